//! Snippets: the passages of a report that fit a query best, with their lines and what matches in them.
//!
//! In: the words of a query and an incident. Out: passages of about two lines of a terminal. The stored source is read
//! again with the analyzer that indexed it, so whatever matched is what is shown.

use std::collections::HashMap;
use std::ops::Range;

use crate::incident::{Incident, Section, SectionKind};
use crate::plan::{Alternative, Slot, Word};
use crate::schema::{FIELDS, FieldKind, TextField};
use crate::search::Snippet;
use crate::text::analyzer::{Analyzer, STEM_MARK};
use crate::text::class::is_ideograph;

/// About how many bytes a snippet has.
const LENGTH: usize = 220;
/// How many bytes more it may have before a word is cut.
const PATIENCE: usize = 60;
/// How many bytes stand before the first match in a long line.
const LEAD: usize = 60;
/// How much of a report is looked at, in bytes.
const LOOKED_AT: usize = 400_000;

/// What makes a passage a good one.
pub(crate) struct Passages<'a> {
    analyzer: &'a Analyzer,
    /// For each lexeme looked for: the places that it may take.
    lexemes: HashMap<&'a str, Vec<Place>>,
    /// How the words begin that have one of the stems looked for.
    beginnings: Vec<&'a str>,
    alternatives: Vec<Wanted<'a>>,
    words: Vec<WantedWord>,
}

/// A place of an alternative.
#[derive(Clone, Copy, PartialEq)]
struct Place {
    alternative: usize,
    slot: usize,
}

/// One thing that counts as a word of the query.
struct Wanted<'a> {
    word: usize,
    slots: &'a [Slot],
    slop: u32,
}

/// A word of the query.
struct WantedWord {
    /// The part it is looked for in; none means all.
    part: Option<TextField>,
    /// What finding it is worth: how rare it is.
    weight: f32,
}

/// A lexeme that may take a place: its position in the section, and its bytes of the source.
struct Taken {
    place: Place,
    position: u32,
    span: Range<usize>,
}

/// A line of a section and what matches in it.
struct Line {
    section: SectionKind,
    /// What a match here is worth.
    weight: f32,
    /// Which of the incident's sections.
    part: usize,
    number: u32,
    range: Range<usize>,
    /// Spans of the source and the words found there.
    matches: Vec<(Range<usize>, usize)>,
}

impl<'a> Passages<'a> {
    /// Looks for words, each with what finding it is worth.
    pub(crate) fn new(words: impl Iterator<Item = (&'a Word, f32)>, analyzer: &'a Analyzer) -> Self {
        let mut passages = Self {
            analyzer,
            lexemes: HashMap::new(),
            beginnings: Vec::new(),
            alternatives: Vec::new(),
            words: Vec::new(),
        };
        for (word, (text, weight)) in words.enumerate() {
            passages.words.push(WantedWord { part: text.part, weight });
            for Alternative { slots, slop, .. } in &text.alternatives {
                for (slot, forms) in slots.iter().enumerate() {
                    let place = Place { alternative: passages.alternatives.len(), slot };
                    for form in &forms.forms {
                        passages.lexemes.entry(&form.text).or_default().push(place);
                        let stem = form.text.strip_prefix(STEM_MARK);
                        passages.beginnings.extend(stem.and_then(|stem| analyzer.beginning(stem)));
                    }
                }
                passages.alternatives.push(Wanted { word, slots, slop: *slop });
            }
        }
        // Synonyms repeat the words that they share, and every word of a report is held against these.
        passages.beginnings.sort_unstable();
        passages.beginnings.dedup();
        passages
    }

    /// The best passages of an incident, best first; its beginning when nothing in its sections matches.
    pub(crate) fn snippets(&self, incident: &Incident, limit: usize) -> Vec<Snippet> {
        if limit == 0 {
            return Vec::new();
        }
        let lines = self.lines(incident);
        let mut scored: Vec<(f32, usize)> = (0..lines.len()).map(|i| (self.score(&lines, i), i)).collect();
        scored.retain(|&(score, _)| score > 0.0);
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut taken: Vec<Range<usize>> = Vec::new();
        for (_, first) in scored {
            let passage = passage(&lines, first);
            if taken.iter().all(|t| t.end <= passage.start || passage.end <= t.start) {
                taken.push(passage);
            }
            if taken.len() == limit {
                break;
            }
        }
        if taken.is_empty() {
            return beginning(incident).into_iter().collect();
        }
        taken.into_iter().map(|passage| render(&incident.source, &lines[passage])).collect()
    }

    fn lines(&self, incident: &Incident) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut looked_at = 0;
        for (part, section) in incident.sections.iter().enumerate() {
            let weight = weight_of(section);
            let text = incident.section_text(section);
            looked_at += text.len();
            if looked_at > LOOKED_AT {
                break;
            }
            let mut matches = self.matches(section.kind, text, section.range.start).into_iter().peekable();
            let mut at = section.range.start;
            for (number, line) in (section.line..).zip(text.split_inclusive('\n')) {
                let content = line.trim();
                let end = at + line.len();
                let here = std::iter::from_fn(|| matches.next_if(|(span, _)| span.start < end)).collect();
                if !content.is_empty() {
                    let start = at + line.len() - line.trim_start().len();
                    let range = start..start + content.len();
                    lines.push(Line { section: section.kind, weight, part, number, range, matches: here });
                }
                at = end;
            }
        }
        lines
    }

    /// What matches in a section that begins at a byte of the source: spans of the source and words, in order.
    fn matches(&self, section: SectionKind, text: &str, start: usize) -> Vec<(Range<usize>, usize)> {
        let mut found: Vec<(Range<usize>, usize)> = Vec::new();
        let mut taken: Vec<Taken> = Vec::new();
        let mut lexemes = self.analyzer.lexemes_with_stems_of(text, &self.beginnings);
        while let Some(lexeme) = lexemes.next() {
            let Some(places) = self.lexemes.get(lexeme.text) else { continue };
            let span = start + lexeme.span.0..start + lexeme.span.1;
            for &place in places {
                let wanted = &self.alternatives[place.alternative];
                let here = self.words[wanted.word].part.is_none_or(|part| part == TextField::Section(section));
                if here && wanted.slots.len() == 1 {
                    found.push((span.clone(), wanted.word));
                } else if here {
                    taken.push(Taken { place, position: lexeme.position, span: span.clone() });
                }
            }
        }
        self.add_phrases(&taken, &mut found);
        found.sort_by(|a, b| a.0.start.cmp(&b.0.start).then(b.0.end.cmp(&a.0.end)).then(a.1.cmp(&b.1)));
        found.dedup();
        found
    }

    /// Adds the lexemes that stand where a phrase wants them, all of it.
    fn add_phrases(&self, taken: &[Taken], found: &mut Vec<(Range<usize>, usize)>) {
        for first in taken.iter().filter(|taken| taken.place.slot == 0) {
            let wanted = &self.alternatives[first.place.alternative];
            let base = i64::from(first.position) - i64::from(wanted.slots[0].offset);
            let others = (1..wanted.slots.len()).map(|slot| {
                let at = base + i64::from(wanted.slots[slot].offset);
                let (from, to) = (at - i64::from(wanted.slop), at + i64::from(wanted.slop));
                // Lexemes come in the order of their positions.
                let near = &taken[taken.partition_point(|taken| i64::from(taken.position) < from)..];
                let mut near = near.iter().take_while(|taken| i64::from(taken.position) <= to);
                let wanted = Place { slot, ..first.place };
                near.find(|taken| taken.place == wanted).map(|taken| taken.span.clone())
            });
            if let Some(others) = others.collect::<Option<Vec<_>>>() {
                found.push((first.span.clone(), wanted.word));
                found.extend(others.into_iter().map(|span| (span, wanted.word)));
            }
        }
    }

    /// How good the passage is that begins at a line: the words it has, and whether they stand together.
    fn score(&self, lines: &[Line], first: usize) -> f32 {
        if lines[first].matches.is_empty() {
            return 0.0;
        }
        let mut seen = vec![false; self.words.len()];
        let mut score = 0.0;
        for line in &lines[passage(lines, first)] {
            for &(_, word) in &line.matches {
                if !std::mem::replace(&mut seen[word], true) {
                    score += self.words[word].weight;
                }
            }
            // Words of the query that follow each other, as in the query.
            let together = line.matches.windows(2).filter(|pair| {
                let gap = pair[1].0.start.saturating_sub(pair[0].0.end);
                pair[1].1 == pair[0].1 + 1 && gap <= 2
            });
            score += 0.5 * together.count().min(2) as f32;
        }
        score * lines[first].weight
    }
}

/// What a match in a section is worth to a snippet. Front matter is no prose: only what stands nowhere else is shown from it.
fn weight_of(section: &Section) -> f32 {
    if section.is_front_matter() {
        return 0.2;
    }
    let kind = FieldKind::Text(TextField::Section(section.kind));
    1.0 + 0.1 * FIELDS.iter().find(|spec| spec.kind == kind).map_or(1.0, |spec| spec.weight)
}

/// The lines of the passage that begins at a line: as many of its section as make a snippet.
fn passage(lines: &[Line], first: usize) -> Range<usize> {
    let mut length = 0;
    let more = lines[first..].iter().take_while(|line| {
        let goes_on = line.part == lines[first].part && length < LENGTH;
        length += line.range.len();
        goes_on
    });
    first..first + more.count().max(1)
}

/// The first words of the summary, else of the first section under a heading, else of the text.
fn beginning(incident: &Incident) -> Option<Snippet> {
    let has_text = |s: &&Section| !incident.section_text(s).trim().is_empty();
    let sections = || incident.sections.iter().filter(has_text);
    let section = sections()
        .find(|s| s.kind == SectionKind::Summary)
        .or_else(|| sections().find(|s| !s.heading.is_empty() && !s.is_front_matter()))
        .or_else(|| sections().next_back())?;
    let text = incident.section_text(section);
    let content = text.trim_start();
    let skipped = text.len() - content.len();
    let number = section.line + text[..skipped].matches('\n').count() as u32;
    let start = section.range.start + skipped;
    let range = start..start + content.len();
    let line = Line { section: section.kind, weight: 1.0, part: 0, number, range, matches: Vec::new() };
    Some(render(&incident.source, &[line]))
}

/// A passage as one line of text: white space folded, list and table marks dropped, matches marked.
fn render(source: &str, lines: &[Line]) -> Snippet {
    let (first, last) = (&lines[0], &lines[lines.len() - 1]);
    let mut start = first.range.start;
    if let Some((span, _)) = first.matches.first().filter(|(span, _)| span.end > start + LENGTH) {
        start = word_boundary(source, span.start.saturating_sub(LEAD).max(start), span.start);
    }
    let mut spans = lines.iter().flat_map(|line| &line.matches).map(|(span, _)| span.clone()).peekable();
    let mut snippet =
        Snippet { section: first.section, line: first.number, text: String::new(), highlights: Vec::new() };
    if start > first.range.start {
        snippet.text.push('…');
    }
    // Where a highlight that has begun started in the snippet, and where it ends in the source.
    let mut open: Option<(usize, usize)> = None;
    let mut more = false;
    let text = source.get(start..last.range.end).unwrap_or_default();
    for (offset, c) in text.char_indices() {
        let at = start + offset;
        if let Some((from, _)) = open.filter(|&(_, end)| end <= at) {
            snippet.highlights.push(from..snippet.text.len());
            open = None;
        }
        if snippet.text.len() >= LENGTH && (may_break_before(c) || snippet.text.len() >= LENGTH + PATIENCE) {
            more = true;
            break;
        }
        while spans.peek().is_some_and(|span| span.start < at) {
            spans.next();
        }
        if let Some(span) = spans.next_if(|span| span.start == at) {
            // Pairs of characters overlap.
            let (from, end) = open.unwrap_or((snippet.text.len(), 0));
            open = Some((from, end.max(span.end)));
        }
        let inside = open.is_some();
        match c {
            '*' | '`' if !inside => {}
            '|' | '#' | '>' | '-' | '+' if !inside && is_mark(&snippet.text, c) => {}
            _ if c.is_whitespace() || c.is_control() => {
                if !snippet.text.is_empty() && !snippet.text.ends_with(' ') {
                    snippet.text.push(' ');
                }
            }
            _ => snippet.text.push(c),
        }
    }
    if let Some((from, _)) = open {
        snippet.highlights.push(from..snippet.text.len());
    }
    snippet.text.truncate(snippet.text.trim_end_matches([' ', '|']).len());
    if more {
        snippet.text.push('…');
    }
    snippet
}

/// Whether a character is Markdown's mark of a list, quote, heading or table at the beginning of the snippet.
fn is_mark(before: &str, c: char) -> bool {
    before.is_empty() || (c == '|' && before.ends_with("| "))
}

/// Whether a text may be cut before a character: between words, and anywhere in text written without spaces.
fn may_break_before(c: char) -> bool {
    c.is_whitespace() || is_ideograph(c)
}

/// The first place from `at` on where a word begins; `at` itself when none does before `end`.
fn word_boundary(source: &str, at: usize, end: usize) -> usize {
    let at = (at..end).find(|&i| source.is_char_boundary(i)).unwrap_or(end);
    let begins = source[at..end].char_indices().find(|&(_, c)| may_break_before(c));
    begins.map_or(at, |(offset, c)| at + offset + if c.is_whitespace() { c.len_utf8() } else { 0 })
}
