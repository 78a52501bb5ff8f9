//! The analyzer: turns text into the lexemes that are indexed and searched, in one pass.
//!
//! A word yields itself. An identifier (`inventory-api`, `NullPointerException`, `10.0.0.1:443`) yields the whole and its parts. Each
//! part has its own position, so that phrases of parts match. A name with a sign (`C++`, `.NET`) yields the name without it too.
//! Chinese, Japanese and Korean text yields overlapping pairs of characters, and the last character of a run, so that each character
//! starts a lexeme. Case, accents, strokes and widths are folded.
//!
//! The index stores no stems; they are resolved at query time, to all indexed words with the same stem. So the index does not depend
//! on the language, and is a third smaller. For a word with accents, its written form is indexed too: stems may depend on accents.

#[cfg(feature = "opensearch")]
mod marked;

use frostem::Stemmer;

use crate::incident::beginning::beginning;
use crate::text::Language;
use crate::text::class::{BYTE_CLASSES, Class, class, is_dotted, name_sign, plain_number, plain_word};
use crate::text::fold::{as_written, fold_into, folded};
use crate::text::ideographs::Ideographs;

/// The first character of every stem, and the separator between a word and its written form. Text of reports must not produce it.
pub(crate) const STEM_MARK: char = '\u{1}';
/// Precedes every region of a report. It is a lexeme of its own, so its position is where a region starts. Text of
/// reports must not contain it.
pub(crate) const REGION_MARK: char = '\u{2}';
/// Longer lexemes are truncated, both in reports and in queries. 40-character hashes and host names fit.
pub(crate) const MAX_LEXEME_BYTES: usize = 255;
/// A longer chain of parts is split into several identifiers.
const MAX_PARTS: usize = 32;
/// Words whose length is outside this range are not stemmed.
const STEMMED_BYTES: std::ops::RangeInclusive<usize> = 3..=40;

/// The kind of a lexeme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LexemeKind {
    /// A word or a whole identifier.
    Whole,
    /// A part of an identifier, or a pair of characters of text without spaces.
    Part,
    /// The whole at the same position without its sign: `c` of `C++`, `net` of `.NET`.
    Bare,
    /// The last character of text without spaces, at the position of the last pair.
    Last,
    /// The stem of the word or part at the same position.
    Stem,
    /// The word or part at the same position, followed by a marker and its written form.
    Written,
}

/// The smallest unit that is indexed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lexeme<'a> {
    /// The folded text; a stem starts with the marker.
    pub(crate) text: &'a str,
    /// Its kind.
    pub(crate) kind: LexemeKind,
    /// Its position: the number of words and parts before it.
    pub(crate) position: u32,
    /// The byte range in the source text.
    pub(crate) span: (usize, usize),
    /// The number of words and whole identifiers before the one it belongs to.
    pub(crate) chunk: u32,
}

/// Splits text into lexemes.
#[derive(Clone, Copy)]
pub(crate) struct Analyzer {
    language: Language,
    stemmer: Option<Stemmer>,
}

impl Default for Analyzer {
    fn default() -> Self {
        Self::new(Language::default())
    }
}

impl Analyzer {
    /// An analyzer for a language.
    pub(crate) fn new(language: Language) -> Self {
        Self { language, stemmer: language.stemmer() }
    }

    /// The language of this analyzer.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// The lexemes of a text in order, including stems.
    pub(crate) fn lexemes<'t>(&self, text: &'t str) -> Lexemes<'t> {
        Lexemes::new(text, Variants::Stems(*self, &[""]))
    }

    /// The same, but with stems only of words that start with one of these prefixes: in order, none with another at its start.
    pub(crate) fn lexemes_with_stems_of<'t>(&self, text: &'t str, prefixes: &'t [&'t str]) -> Lexemes<'t> {
        Lexemes::new(text, Variants::Stems(*self, prefixes))
    }

    /// Whether an indexed term has a stem. A term is a folded word, or a folded word with its written form.
    pub(crate) fn has_stem(&self, term: &str, stem: &str) -> bool {
        let Some(stemmer) = self.stemmer else { return false };
        match term.split_once(STEM_MARK) {
            Some((_, written)) => self.by_accents() && folded(&stemmer.stem(written)) == stem,
            None => is_stemmed(term) && stemmer.stem(term) == stem,
        }
    }

    /// The prefix that all words with a stem share; `None` if the text is not a stem.
    pub(crate) fn stem_prefix<'s>(&self, stem: &'s str) -> Option<&'s str> {
        self.stemmer.filter(|_| stem.chars().all(char::is_alphabetic)).and_then(|_| self.language.stem_prefix(stem))
    }

    /// Whether words have stems.
    pub(crate) fn has_stemmer(&self) -> bool {
        self.stemmer.is_some()
    }

    /// Whether two folded words have the same stem.
    pub(crate) fn share_stem(&self, a: &str, b: &str) -> bool {
        self.stemmer.is_some_and(|stemmer| stemmer.stem(a) == stemmer.stem(b))
    }

    /// Whether stems depend on accents. English words are stemmed without accents, because most people omit them.
    fn by_accents(&self) -> bool {
        !self.language.is_english()
    }

    /// The stem of a word, folded, if it differs from the word.
    fn stem(&self, word: &str, written: &str) -> Option<String> {
        let stemmer = self.stemmer?;
        let stem = if self.by_accents() && !written.is_ascii() {
            folded(&stemmer.stem(&as_written(written)))
        } else {
            stemmer.stem(word).into_owned()
        };
        (!stem.is_empty() && stem != word).then_some(stem)
    }
}

/// Whether a folded word has a stem: a word of ordinary length without digits.
fn is_stemmed(word: &str) -> bool {
    STEMMED_BYTES.contains(&word.len()) && word.chars().all(char::is_alphabetic)
}

/// The extra lexemes at the position of a word.
enum Variants<'t> {
    /// Stems of the words with one of these prefixes: for searches.
    Stems(Analyzer, &'t [&'t str]),
    /// The written form of words with accents: for the index.
    Written,
}

/// A cursor over the lexemes of a text.
pub(crate) struct Lexemes<'t> {
    variants: Variants<'t>,
    text: &'t str,
    at: usize,
    position: u32,
    chunk: u32,
    /// The folded texts of the pending lexemes.
    buffer: String,
    ready: Vec<Ready>,
    given: usize,
    /// The cuts of the last word.
    cuts: Vec<Cut>,
}

struct Ready {
    text: (usize, usize),
    kind: LexemeKind,
    position: u32,
    span: (usize, usize),
}

impl<'t> Lexemes<'t> {
    /// The lexemes of a text for the index.
    pub(crate) fn for_index(text: &'t str) -> Self {
        Self::new(text, Variants::Written)
    }

    fn new(text: &'t str, variants: Variants<'t>) -> Self {
        Self {
            variants,
            text,
            at: 0,
            position: 0,
            chunk: 0,
            buffer: String::new(),
            ready: Vec::new(),
            given: 0,
            cuts: Vec::new(),
        }
    }

    /// Advances to the next lexeme.
    pub(crate) fn next(&mut self) -> Option<Lexeme<'_>> {
        while self.given == self.ready.len() {
            self.ready.clear();
            self.buffer.clear();
            self.given = 0;
            self.read_chunk()?;
        }
        let ready = &self.ready[self.given];
        self.given += 1;
        let text = &self.buffer[ready.text.0..ready.text.1];
        Some(Lexeme { text, kind: ready.kind, position: ready.position, span: ready.span, chunk: self.chunk - 1 })
    }

    /// A fast path for the index: if the next lexeme is a plain lower-case or capitalized word, returns its folded
    /// text, position and byte range.
    pub(crate) fn next_plain(&mut self, folded: &mut String) -> Option<(u32, (usize, usize))> {
        if self.given < self.ready.len() {
            return None;
        }
        let rest = &self.text.as_bytes()[self.at..];
        let between =
            |&&b: &&u8| matches!(BYTE_CLASSES[b as usize], Class::Space | Class::Joiner | Class::Silent | Class::Sign);
        let start = self.at + rest.iter().take_while(between).count();
        if is_dotted(self.text, start) {
            return None;
        }
        let end = plain_word(self.text, start).or_else(|| plain_number(self.text, start))?;
        folded.push_str(&self.text[start..end]);
        folded.make_ascii_lowercase();
        let position = self.position;
        self.at = end;
        self.chunk += 1;
        self.position += 1;
        Some((position, (start, end)))
    }

    /// Queues the lexemes of the next word, identifier or run of ideographs.
    fn read_chunk(&mut self) -> Option<()> {
        let start = self.text[self.at..].char_indices().find_map(|(i, c)| match class(c) {
            Class::Space | Class::Joiner | Class::Silent | Class::Sign => None,
            class => Some((self.at + i, class)),
        });
        let Some((start, first)) = start else {
            self.at = self.text.len();
            return None;
        };
        self.chunk += 1;
        match first {
            Class::Ideograph => self.read_ideographs(start),
            Class::Mark => self.read_mark(start),
            _ => self.read_word(start),
        }
        Some(())
    }

    fn read_mark(&mut self, start: usize) {
        self.at = start + REGION_MARK.len_utf8();
        self.buffer.push(REGION_MARK);
        self.push(LexemeKind::Whole, 0, (start, self.at));
        self.position += 1;
    }

    /// Pairs of characters, one position each, and the last one; a single character is a lexeme by itself.
    fn read_ideographs(&mut self, start: usize) {
        let mut previous = None;
        let mut from = start;
        let mut pairs = 0;
        for (end, c) in Ideographs::from(self.text, start) {
            if let Some((first, before)) = previous {
                let text = self.buffer.len();
                self.buffer.extend([before, c]);
                self.push(LexemeKind::Part, text, (first, end));
                self.position += 1;
                pairs += 1;
                // A run may be as long as the file: emit what is pending, and continue from here.
                if pairs == MAX_LEXEME_BYTES {
                    self.at = from;
                    return;
                }
            }
            previous = Some((from, c));
            from = end;
        }
        self.at = from;
        let Some((first, last)) = previous else { return };
        let text = self.buffer.len();
        self.buffer.push(last);
        if pairs == 0 {
            self.push(LexemeKind::Whole, text, (first, from));
            self.position += 1;
        } else {
            self.position -= 1;
            self.push(LexemeKind::Last, text, (first, from));
            self.position += 1;
        }
    }

    /// A word, or an identifier with its parts.
    fn read_word(&mut self, start: usize) {
        let dotted = is_dotted(self.text, start);
        if let Some(end) = plain_word(self.text, start).filter(|_| !dotted) {
            self.at = end;
            let text = self.fold(start, end);
            self.push(LexemeKind::Whole, text, (start, end));
            self.push_variant(text, (start, end));
            self.position += 1;
            return;
        }
        let mut cuts = std::mem::take(&mut self.cuts);
        cuts.clear();
        let word = Word::read(self.text, start, &mut cuts);
        if cuts.is_empty() && (dotted || word.sign.is_some()) {
            self.push_with_sign(start - usize::from(dotted), (start, word.end), word.sign.unwrap_or(word.end));
        } else {
            self.push_word(start, &word, &cuts);
        }
        self.cuts = cuts;
    }

    /// Queues a name with its signs, which stand before or after it, and the bare name.
    fn push_with_sign(&mut self, start: usize, bare: (usize, usize), end: usize) {
        self.at = end;
        let whole = self.fold(start, end);
        self.push(LexemeKind::Whole, whole, (start, end));
        let name = self.fold(bare.0, bare.1);
        self.push(LexemeKind::Bare, name, bare);
        self.position += 1;
    }

    /// Queues a word: the whole, and its parts at the cuts.
    fn push_word(&mut self, start: usize, word: &Word, cuts: &[Cut]) {
        self.at = word.end;
        let whole = self.fold(start, word.end);
        let first = self.position;
        if cuts.is_empty() {
            self.push(LexemeKind::Whole, whole, (start, word.end));
            if word.plain {
                self.push_variant(whole, (start, word.end));
            }
            self.position = first + 1;
            return;
        }
        self.push(LexemeKind::Whole, whole, (start, word.end));
        let mut from = start;
        for &(end, next) in cuts.iter().chain(std::iter::once(&(word.end, word.end))) {
            let part = self.fold(from, end);
            self.push(LexemeKind::Part, part, (from, end));
            if word.plain {
                self.push_variant(part, (from, end));
            }
            self.position += 1;
            from = next;
        }
    }

    /// Appends the folded text of a span to the buffer, and returns where it starts.
    fn fold(&mut self, start: usize, end: usize) -> usize {
        let from = self.buffer.len();
        let written = &self.text[start..end];
        if written.len() <= MAX_LEXEME_BYTES && written.bytes().all(|b| b.is_ascii() && b != b'\'') {
            self.buffer.push_str(written);
            self.buffer[from..].make_ascii_lowercase();
            return from;
        }
        fold_into(written, &mut self.buffer);
        // The English possessive is not part of a name.
        if (written.ends_with("'s") || written.ends_with("\u{2019}s")) && self.buffer.len() > from + 1 {
            self.buffer.pop();
        }
        if self.buffer.len() > from + MAX_LEXEME_BYTES {
            self.buffer.truncate(beginning(&self.buffer, from + MAX_LEXEME_BYTES).len());
        }
        from
    }

    /// Queues the text from `text` to the end of the buffer.
    fn push(&mut self, kind: LexemeKind, text: usize, span: (usize, usize)) {
        if text < self.buffer.len() {
            self.ready.push(Ready { text: (text, self.buffer.len()), kind, position: self.position, span });
        }
    }

    /// Queues the extra lexeme of the word from `text` to the end of the buffer, if it differs from the word.
    fn push_variant(&mut self, text: usize, span: (usize, usize)) {
        let end = self.buffer.len();
        let word = &self.buffer[text..];
        if !STEMMED_BYTES.contains(&word.len()) {
            return;
        }
        let written = &self.text[span.0..span.1];
        let kind = match &self.variants {
            Variants::Stems(analyzer, prefixes) => {
                // None begins with another, so only the last one up to the word can begin it.
                let upto = prefixes.partition_point(|prefix| *prefix <= word);
                let Some(_) = prefixes[..upto].last().filter(|prefix| word.starts_with(**prefix)) else { return };
                let Some(stem) = analyzer.stem(word, written) else { return };
                self.buffer.push(STEM_MARK);
                self.buffer.push_str(&stem);
                LexemeKind::Stem
            }
            Variants::Written => {
                if written.is_ascii() {
                    return;
                }
                let written = as_written(written);
                if written == word {
                    return;
                }
                self.buffer.extend_from_within(text..end);
                self.buffer.push(STEM_MARK);
                self.buffer.push_str(&written);
                LexemeKind::Written
            }
        };
        self.push(kind, end, span);
    }
}

/// Where a part of an identifier ends, and where the next one starts.
type Cut = (usize, usize);

/// A word or identifier in a text.
struct Word {
    /// Where it ends.
    end: usize,
    /// Whether it consists of ordinary words, which have stems: no digits, no inner capitals, no joiner except the
    /// hyphen.
    plain: bool,
    /// The end of the sign behind it, as in `C++`.
    sign: Option<usize>,
}

impl Word {
    /// Scans the word that starts at a letter or digit, and its cuts. A word that is not an identifier has no cuts.
    fn read(text: &str, start: usize, cuts: &mut Vec<Cut>) -> Self {
        let mut word = Self { end: start, plain: true, sign: None };
        let mut part = start;
        let mut before = [Class::Space; 2];
        let mut chars = text[start..].char_indices().map(|(i, c)| (start + i, c, class(c))).peekable();
        while let Some((at, c, class)) = chars.next() {
            match class {
                Class::Space | Class::Ideograph | Class::Mark => break,
                Class::Sign => {
                    word.sign = name_sign(text, at, at - start).filter(|_| word.plain && word.end == at);
                    break;
                }
                Class::Silent => {
                    let inside = chars.peek().is_some_and(|&(_, _, next)| is_letter(next) || next == Class::Silent);
                    if !inside {
                        break;
                    }
                    word.end = at + c.len_utf8();
                    continue;
                }
                Class::Joiner => {
                    // `host:9092` is an identifier, `Note:see` is not.
                    let joins =
                        chars.peek().is_some_and(|&(_, n, next)| is_letter(next) && (c != ':' || n.is_ascii_digit()));
                    if !joins || cuts.len() + 1 >= MAX_PARTS {
                        break;
                    }
                    cuts.push((at, at + 1));
                    word.plain &= c == '-';
                    part = at + 1;
                    before = [Class::Space; 2];
                    continue;
                }
                Class::Upper | Class::Lower | Class::Other => {}
            }
            word.plain &= class != Class::Other || !c.is_numeric();
            // A part starts at `K` in `OOMKilled` and at `P` in `nullPointer`. A single letter is not a part.
            let hump = match (before, class) {
                ([_, Class::Lower], Class::Upper) => Some(at),
                // The plural of an abbreviation is one word: `CRDs`.
                ([Class::Upper, Class::Upper], Class::Lower)
                    if c == 's' && !chars.peek().is_some_and(|&(_, _, next)| is_letter(next)) =>
                {
                    None
                }
                ([Class::Upper, Class::Upper], Class::Lower) => Some(at - previous_len(text, at)),
                _ => None,
            };
            if let Some(hump) = hump.filter(|&hump| hump > part + 1 && cuts.len() + 1 < MAX_PARTS) {
                cuts.push((hump, hump));
                word.plain = false;
                part = hump;
            }
            before = [before[1], class];
            word.end = at + c.len_utf8();
        }
        word
    }
}

fn is_letter(class: Class) -> bool {
    matches!(class, Class::Lower | Class::Upper | Class::Other)
}

fn previous_len(text: &str, at: usize) -> usize {
    text[..at].chars().next_back().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests;
