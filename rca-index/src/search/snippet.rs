//! Snippets: the passages of a report that match a query best, with their lines and highlights.
//!
//! In: the words of a plan and a text in sections. Out: passages that fill about two lines of a terminal. What a reader sees of the
//! stored source is analyzed again as it was for the index, so highlights agree with matches.

mod shape;
pub(super) mod work;
mod write;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use crate::incident::{Section, SectionKind, Text};
use crate::plan::{Alternative, Pattern, Slot, Word};
use crate::schema::{FIELDS, FieldKind, TextField};
use crate::search::Snippet;
use crate::search::snippet::shape::{Shape, shapes};
use crate::search::snippet::work::Budget;
use crate::search::snippet::write::render;
use crate::text::analyzer::{Analyzer, STEM_MARK};

/// The approximate length of a snippet, in bytes.
const LENGTH: usize = 220;
/// How many lines it may have, where these are lines of their own: of code, of a table.
const MAX_LINES: usize = 6;
/// How much of a report is searched for passages, in bytes.
const MAX_SEARCHED: usize = 400_000;

/// Finds passages for the words of a query.
pub(super) struct Passages<'a> {
    analyzer: &'a Analyzer,
    /// For each lexeme of the query, the slots that it can fill.
    lexemes: HashMap<String, Vec<SlotId>>,
    /// Patterns that match several words, and the slots that these can fill.
    patterns: Vec<(&'a Pattern, SlotId)>,
    /// The prefixes of words that can have one of the stems.
    prefixes: Vec<&'a str>,
    alternatives: Vec<Wanted<'a>>,
    words: Vec<WantedWord>,
}

/// A slot of an alternative.
#[derive(Clone, Copy, PartialEq)]
struct SlotId {
    alternative: usize,
    slot: usize,
}

/// An alternative for a word of the query.
struct Wanted<'a> {
    word: usize,
    slots: &'a [Slot],
    slop: u32,
}

/// A word of the query.
struct WantedWord {
    /// The field in which it must occur; `None` means any.
    field: Option<TextField>,
    /// The weight of a match: the inverse document frequency.
    weight: f32,
}

/// A word that was wanted before: its alternatives, and which one it is.
type Known<'a> = (&'a [Alternative], usize);

/// A lexeme that can fill a slot, with its position in the section and its byte range in the section's text.
struct Filling {
    slot: SlotId,
    position: u32,
    span: Range<usize>,
}

/// A line of a section with its matches.
struct Line {
    section: SectionKind,
    shape: Shape,
    /// The weight of a match in this line.
    weight: f32,
    /// The index of the section in the text.
    nth: usize,
    number: u32,
    /// Bytes of the section's text.
    range: Range<usize>,
    /// Byte ranges in the section's text, and the words that match there.
    matches: Vec<(Range<usize>, usize)>,
}

impl<'a> Passages<'a> {
    /// Takes words with their weights.
    pub(super) fn new(words: impl Iterator<Item = (&'a Word, f32)>, analyzer: &'a Analyzer) -> Self {
        let mut passages = Self {
            analyzer,
            lexemes: HashMap::new(),
            patterns: Vec::new(),
            prefixes: Vec::new(),
            alternatives: Vec::new(),
            words: Vec::new(),
        };
        let mut known: HashMap<(&str, Option<TextField>), Vec<Known<'_>>> = HashMap::new();
        for (text, weight) in words {
            // A word that is typed again fills the same slots, and weighs as much again.
            let same = known.entry((&text.text, text.field)).or_default();
            if let Some(&(_, word)) = same.iter().find(|(alternatives, _)| *alternatives == text.alternatives) {
                passages.words[word].weight += weight;
                continue;
            }
            let word = passages.words.len();
            same.push((&text.alternatives, word));
            passages.words.push(WantedWord { field: text.field, weight });
            for Alternative { slots, slop, .. } in &text.alternatives {
                for (slot, forms) in slots.iter().enumerate() {
                    let slot = SlotId { alternative: passages.alternatives.len(), slot };
                    for form in &forms.forms {
                        passages.want(&form.pattern, slot);
                    }
                }
                passages.alternatives.push(Wanted { word, slots, slop: *slop });
            }
        }
        // Every word of a report is looked up among the prefixes: of one that begins with another, the other is enough.
        passages.prefixes.sort_unstable();
        passages.prefixes.dedup_by(|longer, shorter| longer.starts_with(*shorter));
        passages
    }

    fn want(&mut self, pattern: &'a Pattern, slot: SlotId) {
        let lexeme = match pattern {
            Pattern::Word(word) => word.clone(),
            Pattern::Stem(stem) => {
                self.prefixes.extend(self.analyzer.stem_prefix(stem));
                format!("{STEM_MARK}{stem}")
            }
            Pattern::Prefix(_) | Pattern::Start(_) | Pattern::Typo { .. } => {
                return self.patterns.push((pattern, slot));
            }
        };
        self.lexemes.entry(lexeme).or_default().push(slot);
    }

    /// Calls for each slot that a lexeme can fill. `false` if that costs too much.
    fn each_slot(&self, lexeme: &str, budget: &mut Budget, mut fill: impl FnMut(SlotId, &mut Budget) -> bool) -> bool {
        let known = self.lexemes.get(lexeme).into_iter().flatten();
        budget.take(1)
            && known.copied().all(|slot| fill(slot, budget))
            && self.patterns.iter().all(|&(pattern, slot)| {
                budget.take(cost(pattern, lexeme)) && (pattern.weight_of(lexeme).is_none() || fill(slot, budget))
            })
    }

    /// The best passages of a text, best first. If nothing in its sections matches, its start.
    pub(super) fn snippets(&self, text: &Text<'_>, limit: usize) -> Vec<Snippet> {
        if limit == 0 {
            return Vec::new();
        }
        let (lines, texts) = self.lines(text);
        let mut scored = self.scored(&lines);
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut chosen: Vec<Range<usize>> = Vec::new();
        for (_, first) in scored {
            let passage = passage(&lines, first);
            if chosen.iter().all(|t| t.end <= passage.start || passage.end <= t.start) {
                chosen.push(passage);
            }
            if chosen.len() == limit {
                break;
            }
        }
        if chosen.is_empty() {
            return start_of(text).into_iter().collect();
        }
        chosen.into_iter().map(|passage| render(&texts[lines[passage.start].nth], &lines[passage])).collect()
    }

    /// The lines of the sections, and what a reader sees of each section.
    fn lines<'t>(&self, whole: &'t Text<'_>) -> (Vec<Line>, Vec<Cow<'t, str>>) {
        let (mut lines, mut texts) = (Vec::new(), Vec::new());
        let mut searched = 0;
        let bytes: usize = whole.sections.iter().map(|section| section.range.len()).sum();
        let mut budget = Budget::of_words(bytes.min(MAX_SEARCHED));
        for (nth, section) in whole.sections.iter().enumerate() {
            let weight = weight_of(section);
            let text = whole.visible_text(section);
            searched += text.len();
            if searched > MAX_SEARCHED {
                break;
            }
            let matches = self.matches(section.kind, &text, &mut budget);
            // Most sections of a report have none, and their lines are not shown.
            if matches.is_empty() {
                texts.push(text);
                continue;
            }
            let mut matches = matches.into_iter().peekable();
            for mut line in lines_of(whole, section, nth, weight, &text) {
                let end = line.range.end;
                line.matches = std::iter::from_fn(|| matches.next_if(|(span, _)| span.start < end)).collect();
                // What marks other lines is shown only if it was asked for.
                if line.shape != Shape::Mark || !line.matches.is_empty() {
                    lines.push(line);
                }
            }
            texts.push(text);
        }
        (lines, texts)
    }

    /// The matches in the text of a section: byte ranges and words, in order.
    fn matches(&self, section: SectionKind, text: &str, budget: &mut Budget) -> Vec<(Range<usize>, usize)> {
        /// What a match costs besides looking it up: it is kept and sorted.
        const MATCH: usize = 4;
        let mut found: Vec<(Range<usize>, usize)> = Vec::new();
        let mut fillings: Vec<Filling> = Vec::new();
        let mut lexemes = self.analyzer.lexemes_with_stems_of(text, &self.prefixes);
        while let Some(lexeme) = lexemes.next() {
            let affordable = self.each_slot(lexeme.text, budget, |slot, budget| {
                let span = lexeme.span.0..lexeme.span.1;
                let wanted = &self.alternatives[slot.alternative];
                let here = self.words[wanted.word].field.is_none_or(|field| field == TextField::Section(section));
                if here && wanted.slots.len() == 1 {
                    found.push((span, wanted.word));
                } else if here {
                    fillings.push(Filling { slot, position: lexeme.position, span });
                }
                budget.take(if here { MATCH } else { 1 })
            });
            if !affordable {
                break;
            }
        }
        self.add_phrases(&fillings, &mut found, budget);
        found.sort_by(|a, b| a.0.start.cmp(&b.0.start).then(b.0.end.cmp(&a.0.end)).then(a.1.cmp(&b.1)));
        found.dedup();
        found
    }

    /// Adds the matches of alternatives with several slots, where all slots are filled.
    fn add_phrases(&self, fillings: &[Filling], found: &mut Vec<(Range<usize>, usize)>, budget: &mut Budget) {
        let mut others = Vec::new();
        for first in fillings.iter().filter(|filling| filling.slot.slot == 0) {
            let wanted = &self.alternatives[first.slot.alternative];
            let base = i64::from(first.position) - i64::from(wanted.slots[0].offset);
            others.clear();
            for (slot, at) in wanted.slots.iter().enumerate().skip(1) {
                let at = base + i64::from(at.offset);
                let (from, to) = (at - i64::from(wanted.slop), at + i64::from(wanted.slop));
                // Lexemes are sorted by position.
                let near = &fillings[fillings.partition_point(|filling| i64::from(filling.position) < from)..];
                let wanted = SlotId { slot, ..first.slot };
                let mut near = near.iter().take_while(|filling| i64::from(filling.position) <= to && budget.take(1));
                let Some(filling) = near.find(|filling| filling.slot == wanted) else { break };
                others.push((filling.span.clone(), self.alternatives[first.slot.alternative].word));
            }
            if others.len() + 1 == wanted.slots.len() && budget.take(wanted.slots.len()) {
                found.push((first.span.clone(), wanted.word));
                found.append(&mut others);
            }
        }
    }

    /// The lines with a score, and the score of the passage that starts there: the words it contains, and whether they are
    /// next to each other.
    fn scored(&self, lines: &[Line]) -> Vec<(f32, usize)> {
        let mut budget = Budget::of_lines(lines.iter().map(|line| line.range.len() + 1).sum());
        // For each word the last line that began a passage with it.
        let mut seen = vec![usize::MAX; self.words.len()];
        let mut scored = Vec::new();
        for (first, line) in lines.iter().enumerate().filter(|(_, line)| !line.matches.is_empty()) {
            let mut score = 0.0;
            for line in &lines[passage(lines, first)] {
                if !budget.take(1 + line.matches.len()) {
                    return scored;
                }
                for &(_, word) in &line.matches {
                    if std::mem::replace(&mut seen[word], first) != first {
                        score += self.words[word].weight;
                    }
                }
                // Adjacent matches of adjacent words of the query.
                let together = line.matches.windows(2).filter(|pair| {
                    let gap = pair[1].0.start.saturating_sub(pair[0].0.end);
                    pair[1].1 == pair[0].1 + 1 && gap <= 2
                });
                score += 0.5 * together.count().min(2) as f32;
            }
            score *= line.weight;
            if score > 0.0 {
                scored.push((score, first));
            }
        }
        scored
    }
}

/// What comparing a lexeme with a pattern costs.
fn cost(pattern: &Pattern, lexeme: &str) -> usize {
    match pattern {
        Pattern::Typo { word, distance } if word.len().abs_diff(lexeme.len()) <= 4 * usize::from(*distance) => {
            1 + word.len() * lexeme.len() / 16
        }
        _ => 1,
    }
}

/// The weight of a match in a section. Front matter is not prose, so it is shown only if nothing else matches.
fn weight_of(section: &Section) -> f32 {
    if section.is_front_matter() {
        return 0.2;
    }
    let kind = FieldKind::Text(TextField::Section(section.kind));
    1.0 + 0.1 * FIELDS.iter().find(|spec| spec.kind == kind).map_or(1.0, |spec| spec.weight)
}

/// The lines of a section that have text, with no matches yet.
fn lines_of(whole: &Text<'_>, section: &Section, nth: usize, weight: f32, text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = 0;
    // A reader does not see the fences of code; what is seen has the lines of the source.
    let shapes = shapes(whole.section_text(section)).into_iter().chain(std::iter::repeat(Shape::Prose));
    for ((number, line), shape) in (section.line..).zip(text.split_inclusive('\n')).zip(shapes) {
        let content = line.trim();
        if !content.is_empty() {
            let start = at + line.len() - line.trim_start().len();
            let range = start..start + content.len();
            lines.push(Line { section: section.kind, shape, weight, nth, number, range, matches: Vec::new() });
        }
        at += line.len();
    }
    lines
}

/// The lines of the passage that starts at a line: as many lines of its section as fill a snippet.
fn passage(lines: &[Line], first: usize) -> Range<usize> {
    let (mut length, mut own) = (0, 0);
    let more = lines[first..].iter().take_while(|line| {
        let goes_on = line.nth == lines[first].nth && length < LENGTH && own < MAX_LINES;
        length += line.range.len();
        own += usize::from(line.shape.is_own_line());
        goes_on
    });
    first..first + more.count().max(1)
}

/// The start of the summary, else of the first section with a heading, else of the text.
fn start_of(whole: &Text<'_>) -> Option<Snippet> {
    let has_text = |s: &&Section| !whole.visible_text(s).trim().is_empty();
    let sections = || whole.sections.iter().filter(has_text);
    let section = sections()
        .find(|s| s.kind == SectionKind::Summary)
        .or_else(|| sections().find(|s| !s.heading.is_empty() && !s.is_front_matter()))
        .or_else(|| sections().next_back())?;
    let text = whole.visible_text(section);
    let mut lines = lines_of(whole, section, 0, 1.0, &text);
    if lines.iter().any(|line| line.shape != Shape::Mark) {
        lines.retain(|line| line.shape != Shape::Mark);
    }
    let passage = passage(&lines, 0);
    Some(render(&text, &lines[passage]))
}

#[cfg(test)]
mod tests;
