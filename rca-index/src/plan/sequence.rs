//! Sequences: words typed next to each other, interpreted together: synonyms, stop words, corrections.
//!
//! In: the texts of an AND. Out: words, and the interpreted texts.

use std::ops::Range;

use crate::error::Result;
use crate::plan::draft::Draft;
use crate::plan::planner::Planner;
use crate::plan::words::{folded_words, in_a_row, parts_alone, phrase, words};
use crate::plan::{Alternative, Correction, CutKind, Form, Pattern, Slot, TypedAt, Word};
use crate::query::{Node, NodeKind, Span, Text, usual_edits};
use crate::ranking::{
    FUZZY_WEIGHT, MAX_CORRECTED, MAX_CORRECTIONS, MAX_FUZZY, MAX_PHRASE_WORDS, MAX_WORDS, SYNONYM_WEIGHT,
};
use crate::schema::TextField;

/// How many similar words are looked at for each correction, because some are stop words.
const LOOKED_AT: usize = 4;

/// An interpreted sequence of words.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    /// Plain words, without dropped ones.
    pub(super) plain: Vec<Word>,
    /// Phrases and patterns.
    pub(super) phrases: Vec<Word>,
    /// Single parts of identifiers.
    pub(super) extra: Vec<Word>,
    /// The interpreted texts, plain words first.
    pub(super) interpreted: Vec<Node>,
}

/// A plain word during planning.
pub(super) struct Typed<'q> {
    pub(super) word: Word,
    /// The text node that it is from.
    node: &'q Node,
    /// Whether it is the only word of its text node.
    alone: bool,
    pub(super) dropped: bool,
    /// Its corrections, if it occurs in no incident.
    meant: Vec<String>,
    /// Whether it is still being typed.
    unfinished: bool,
}

impl<'q> Typed<'q> {
    fn new(word: Word, node: &'q Node, alone: bool) -> Self {
        Self { word, node, alone, dropped: false, meant: Vec::new(), unfinished: false }
    }

    /// Words that start with this one match too.
    fn goes_on(&mut self) {
        self.unfinished = true;
        let start = Form { pattern: Pattern::Start(self.word.text.clone()), weight: 1.0 };
        if let Some(slot) = self.word.alternatives.first_mut().and_then(|first| first.slots.last_mut()) {
            slot.forms.push(start);
        }
    }
}

/// A run of words that has synonyms, or is also written as one word.
pub(super) struct SynonymRun {
    pub(super) words: Range<usize>,
    /// The synonyms, each with its words separated by spaces.
    pub(super) others: Vec<String>,
}

impl Planner<'_> {
    /// Interprets the texts of an AND; `number` distinguishes the sequence from others of the query.
    pub(super) fn sequence(&self, texts: &[&Node], number: usize, draft: &mut Draft) -> Result<Sequence> {
        let mut typed: Vec<Typed<'_>> = Vec::new();
        let mut sequence = Sequence::default();
        let mut others = Vec::new();
        for &node in texts {
            let NodeKind::Text { field, text } = &node.kind else { continue };
            if let Text::Word(text) | Text::Unfinished(text) = text {
                let words = words(self.analyzer, text, *field);
                let alone = words.len() == 1;
                typed.extend(words.into_iter().map(|word| Typed::new(word, node, alone)));
                if let (NodeKind::Text { text: Text::Unfinished(_), .. }, Some(last)) = (&node.kind, typed.last_mut()) {
                    last.goes_on();
                }
            } else {
                sequence.phrases.extend(self.phrase_or_pattern(text, *field, draft));
                others.push(node.clone());
            }
        }
        for (offset, typed) in (0..).zip(&mut typed) {
            typed.word.typed_at = vec![TypedAt { sequence: number, offset }];
        }
        let as_typed: Vec<Word> = typed.iter().map(|typed| typed.word.clone()).collect();
        sequence.extra = parts_alone(self.analyzer, &as_typed);
        let mut runs = self.add_synonyms(&mut typed);
        let joined = self.join(&mut typed)?;
        self.drop_stop_words(&mut typed);
        self.correct(&mut typed, draft)?;
        self.divide(&mut typed, draft)?;
        typed.iter_mut().for_each(|typed| typed.word.keep_distinct());
        let apart = |a: &SynonymRun, b: &SynonymRun| a.words.end <= b.words.start || b.words.end <= a.words.start;
        let alone: Vec<_> = joined.into_iter().filter(|run| runs.iter().all(|other| apart(run, other))).collect();
        runs.extend(alone);
        sequence.interpreted = interpreted(&typed, &runs);
        sequence.interpreted.append(&mut others);
        sequence.plain = typed.into_iter().filter(|typed| !typed.dropped).map(|typed| typed.word).collect();
        Ok(sequence)
    }

    /// A phrase or a pattern. A pattern of several words is one of each: in `foo=bar*` the last is a prefix, and in `foo=bar~` each
    /// may be spelled with as many edits as its own length allows.
    fn phrase_or_pattern(&self, text: &Text, field: Option<TextField>, draft: &mut Draft) -> Vec<Word> {
        let word = |text: &str, pattern| {
            let alternative = Alternative::of_slot(Slot::of_pattern(pattern));
            Word::new(text.to_owned(), vec![alternative], field)
        };
        match text {
            Text::Word(_) | Text::Unfinished(_) => Vec::new(),
            Text::Phrase { text, slop } => {
                let Some(mut phrase) = phrase(self.analyzer, text, *slop) else { return Vec::new() };
                if phrase.slots.len() > MAX_PHRASE_WORDS {
                    draft.cut(CutKind::PhraseWords, MAX_PHRASE_WORDS, phrase.slots.len());
                    phrase.slots.truncate(MAX_PHRASE_WORDS);
                }
                vec![Word::new(text.clone(), vec![phrase], field)]
            }
            Text::Prefix(prefix) => {
                let mut parts = folded_words(self.analyzer, prefix);
                let last = parts.pop().unwrap_or_default();
                let typed = if parts.is_empty() { prefix } else { &last };
                let last = word(typed, Pattern::Prefix(last.clone()));
                parts.into_iter().map(|part| word(&part, Pattern::Word(part.clone()))).chain([last]).collect()
            }
            Text::Fuzzy { word: typed, distance } => {
                let parts = folded_words(self.analyzer, typed);
                let is_one = parts.len() < 2;
                let mut fuzzy = |part: String| {
                    let distance = if is_one { *distance } else { usual_edits(&part).min(*distance) };
                    let text = if is_one { typed } else { &part };
                    let typo = Pattern::Typo { word: part.clone(), distance };
                    let is_kept = draft.may_be_fuzzy(&typo, MAX_FUZZY);
                    word(text, if is_kept { typo } else { Pattern::Word(part.clone()) })
                };
                if parts.is_empty() { vec![fuzzy(String::new())] } else { parts.into_iter().map(fuzzy).collect() }
            }
        }
    }

    /// Adds synonyms. If a run of words such as `load balancer` has a synonym, each of its words also matches where the
    /// synonym occurs. Words in different fields do not form a run.
    fn add_synonyms(&self, typed: &mut [Typed<'_>]) -> Vec<SynonymRun> {
        let mut runs = Vec::new();
        let mut start = 0;
        for stretch in typed.chunk_by_mut(|a, b| a.word.field == b.word.field) {
            let texts: Vec<String> = stretch.iter().map(|typed| typed.word.text.clone()).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            for run in self.synonyms.of(&texts) {
                let others: Vec<String> = run.others.iter().map(|&other| other.to_owned()).collect();
                let alternatives: Vec<Alternative> = others.iter().filter_map(|other| self.synonym(other)).collect();
                let significant = run.words.clone().any(|at| !self.is_stop_word(texts[at]));
                for at in run.words.clone().filter(|&at| !significant || !self.is_stop_word(texts[at])) {
                    stretch[at].word.alternatives.extend(alternatives.iter().cloned());
                }
                runs.push(SynonymRun { words: start + run.words.start..start + run.words.end, others });
            }
            start += stretch.len();
        }
        runs
    }

    pub(super) fn synonym(&self, text: &str) -> Option<Alternative> {
        let slots = in_a_row(self.analyzer, text, true);
        (!slots.is_empty()).then(|| Alternative::new(slots, SYNONYM_WEIGHT))
    }

    /// Drops stop words if there is any other word. A stop word after a field name is kept.
    fn drop_stop_words(&self, typed: &mut [Typed<'_>]) {
        if typed.iter().all(|typed| self.is_stop_word(&typed.word.text)) {
            return;
        }
        for typed in typed {
            typed.dropped = typed.word.field.is_none() && !typed.unfinished && self.is_stop_word(&typed.word.text);
        }
    }

    /// Adds corrections to the words that occur in no incident, synonyms and other forms included.
    fn correct(&self, typed: &mut [Typed<'_>], draft: &mut Draft) -> Result<()> {
        for Typed { word, meant, .. } in typed.iter_mut().filter(|typed| !typed.dropped && !typed.unfinished) {
            if !is_correctable(&word.text) {
                continue;
            }
            if !draft.corrected.contains_key(&word.text) {
                // Limited, because a pasted page is not full of typos and each lookup takes a millisecond.
                let looked_at = draft.tried < MAX_CORRECTED && draft.corrected.len() < MAX_WORDS;
                let found = if !looked_at || self.is_known(word)? {
                    None
                } else {
                    draft.tried += 1;
                    self.similar(&word.text)?
                };
                if let Some((found, _)) = &found {
                    draft.corrections.push(Correction { typed: word.text.clone(), meant: found.clone() });
                }
                draft.corrected.insert(word.text.clone(), found);
            }
            let Some(Some((found, distance))) = draft.corrected.get(&word.text) else { continue };
            let slots = found.iter().flat_map(|text| in_a_row(self.analyzer, text, true));
            let slot = Slot { offset: 0, forms: slots.flat_map(|slot| slot.forms).collect() };
            word.alternatives.push(Alternative::new(vec![slot], FUZZY_WEIGHT.powi(i32::from(*distance))));
            meant.clone_from(found);
        }
        Ok(())
    }

    fn is_known(&self, word: &Word) -> Result<bool> {
        for slot in word.alternatives.iter().flat_map(|alternative| &alternative.slots) {
            if self.vocabulary.incidents_with(&slot.forms)? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Known words with a similar spelling, and their edit distance.
    fn similar(&self, word: &str) -> Result<Option<(Vec<String>, u8)>> {
        // Two edits of a short word would match almost anything.
        let most = if word.len() < 9 { 1 } else { 2 };
        for distance in 1..=most {
            let mut found = self.vocabulary.similar(word, distance, MAX_CORRECTIONS * LOOKED_AT)?;
            // `chat` is not `that` misspelled: stop words are the most frequent words, and nobody searches for one.
            found.retain(|similar| !self.is_stop_word(similar));
            found.truncate(MAX_CORRECTIONS);
            if !found.is_empty() {
                return Ok(Some((found, distance)));
            }
        }
        Ok(None)
    }

    pub(super) fn is_stop_word(&self, word: &str) -> bool {
        self.analyzer.language().is_stop_word(word)
    }
}

/// Whether a word may be a typo. Identifiers and numbers are never corrected.
fn is_correctable(word: &str) -> bool {
    word.len() >= 4 && word.bytes().all(|b| b.is_ascii_lowercase())
}

/// Interpreted plain words. A text of several words, such as `level=warn`, stays as typed unless one of its words was
/// changed.
fn interpreted(typed: &[Typed<'_>], runs: &[SynonymRun]) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut at = 0;
    // For each word, the run that it belongs to.
    let mut run_of: Vec<Option<&SynonymRun>> = vec![None; typed.len()];
    for run in runs.iter().rev() {
        run_of[run.words.clone()].fill(Some(run));
    }
    let changed = |typed: &Typed<'_>, at: usize| typed.dropped || !typed.meant.is_empty() || run_of[at].is_some();
    while at < typed.len() {
        let first = &typed[at];
        if let Some(run) = run_of[at].filter(|run| run.words.start == at) {
            nodes.push(with_synonyms(&typed[run.words.clone()], run));
            at = run.words.end;
            continue;
        }
        let same_text = typed[at..].iter().take_while(|other| std::ptr::eq(other.node, first.node)).count();
        if (at..at + same_text).any(|at| changed(&typed[at], at)) {
            nodes.extend((!first.dropped).then(|| corrected(first)));
            at += 1;
        } else {
            nodes.push(first.node.clone());
            at += same_text;
        }
    }
    nodes
}

/// The words of a run, or any of their synonyms.
fn with_synonyms(typed: &[Typed<'_>], run: &SynonymRun) -> Node {
    let (field, span) = (typed[0].word.field, typed[0].node.span.clone());
    let itself = Node::and(typed.iter().map(corrected).collect(), span.clone());
    let others = run.others.iter().map(|other| text_node(other.clone(), field, span.clone()));
    Node::or(std::iter::once(itself).chain(others).collect(), span)
}

/// A word as typed, or any of its corrections.
fn corrected(typed: &Typed<'_>) -> Node {
    let Typed { word, node, alone, meant, .. } = typed;
    let span = node.span.clone();
    let itself = if *alone { (*node).clone() } else { text_node(word.text.clone(), word.field, span.clone()) };
    let meant = meant.iter().map(|meant| text_node(meant.clone(), word.field, span.clone()));
    Node::or(std::iter::once(itself).chain(meant).collect(), span)
}

fn text_node(text: String, field: Option<TextField>, span: Span) -> Node {
    let text = if text.contains(' ') { Text::Phrase { text, slop: 0 } } else { Text::Word(text) };
    Node { kind: NodeKind::Text { field, text }, span }
}
