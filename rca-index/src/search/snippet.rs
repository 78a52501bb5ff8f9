//! Snippets: the passages of a report that match a query best, with their lines and highlights.
//!
//! In: the words of a plan and an incident. Out: passages that fill about two lines of a terminal. What a reader sees of the
//! stored source is analyzed again as it was for the index, so highlights agree with matches.

mod shape;
mod write;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use crate::incident::{Incident, Section, SectionKind};
use crate::plan::{Alternative, Pattern, Slot, Word};
use crate::schema::{FIELDS, FieldKind, TextField};
use crate::search::Snippet;
use crate::search::snippet::shape::{Shape, shapes};
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
    /// The index of the section in the incident.
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
        for (word, (text, weight)) in words.enumerate() {
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
        // Synonyms share words, and every word of a report is compared with each prefix.
        passages.prefixes.sort_unstable();
        passages.prefixes.dedup();
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

    /// The slots that a lexeme can fill.
    fn slots_of(&self, lexeme: &str) -> impl Iterator<Item = SlotId> {
        let known = self.lexemes.get(lexeme).into_iter().flatten().copied();
        let open = self.patterns.iter().filter(move |(pattern, _)| pattern.weight_of(lexeme).is_some());
        known.chain(open.map(|&(_, slot)| slot))
    }

    /// The best passages of an incident, best first. If nothing in its sections matches, the start of its text.
    pub(super) fn snippets(&self, incident: &Incident, limit: usize) -> Vec<Snippet> {
        if limit == 0 {
            return Vec::new();
        }
        let (lines, texts) = self.lines(incident);
        let mut scored: Vec<(f32, usize)> = (0..lines.len()).map(|i| (self.score(&lines, i), i)).collect();
        scored.retain(|&(score, _)| score > 0.0);
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
            return start_of(incident).into_iter().collect();
        }
        chosen.into_iter().map(|passage| render(&texts[lines[passage.start].nth], &lines[passage])).collect()
    }

    /// The lines of the sections, and what a reader sees of each section.
    fn lines<'i>(&self, incident: &'i Incident) -> (Vec<Line>, Vec<Cow<'i, str>>) {
        let (mut lines, mut texts) = (Vec::new(), Vec::new());
        let mut searched = 0;
        for (nth, section) in incident.sections.iter().enumerate() {
            let weight = weight_of(section);
            let text = incident.visible_text(section);
            searched += text.len();
            if searched > MAX_SEARCHED {
                break;
            }
            let matches = self.matches(section.kind, &text);
            // Most sections of a report have none, and their lines are not shown.
            if matches.is_empty() {
                texts.push(text);
                continue;
            }
            let mut matches = matches.into_iter().peekable();
            for mut line in lines_of(incident, section, nth, weight, &text) {
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
    fn matches(&self, section: SectionKind, text: &str) -> Vec<(Range<usize>, usize)> {
        let mut found: Vec<(Range<usize>, usize)> = Vec::new();
        let mut fillings: Vec<Filling> = Vec::new();
        let mut lexemes = self.analyzer.lexemes_with_stems_of(text, &self.prefixes);
        while let Some(lexeme) = lexemes.next() {
            for slot in self.slots_of(lexeme.text) {
                let span = lexeme.span.0..lexeme.span.1;
                let wanted = &self.alternatives[slot.alternative];
                let here = self.words[wanted.word].field.is_none_or(|field| field == TextField::Section(section));
                if here && wanted.slots.len() == 1 {
                    found.push((span, wanted.word));
                } else if here {
                    fillings.push(Filling { slot, position: lexeme.position, span });
                }
            }
        }
        self.add_phrases(&fillings, &mut found);
        found.sort_by(|a, b| a.0.start.cmp(&b.0.start).then(b.0.end.cmp(&a.0.end)).then(a.1.cmp(&b.1)));
        found.dedup();
        found
    }

    /// Adds the matches of alternatives with several slots, where all slots are filled.
    fn add_phrases(&self, fillings: &[Filling], found: &mut Vec<(Range<usize>, usize)>) {
        for first in fillings.iter().filter(|filling| filling.slot.slot == 0) {
            let wanted = &self.alternatives[first.slot.alternative];
            let base = i64::from(first.position) - i64::from(wanted.slots[0].offset);
            let others = (1..wanted.slots.len()).map(|slot| {
                let at = base + i64::from(wanted.slots[slot].offset);
                let (from, to) = (at - i64::from(wanted.slop), at + i64::from(wanted.slop));
                // Lexemes are sorted by position.
                let near = &fillings[fillings.partition_point(|filling| i64::from(filling.position) < from)..];
                let mut near = near.iter().take_while(|filling| i64::from(filling.position) <= to);
                let wanted = SlotId { slot, ..first.slot };
                near.find(|filling| filling.slot == wanted).map(|filling| filling.span.clone())
            });
            if let Some(others) = others.collect::<Option<Vec<_>>>() {
                found.push((first.span.clone(), wanted.word));
                found.extend(others.into_iter().map(|span| (span, wanted.word)));
            }
        }
    }

    /// The score of the passage that starts at a line: the words it contains, and whether they are next to each other.
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
            // Adjacent matches of adjacent words of the query.
            let together = line.matches.windows(2).filter(|pair| {
                let gap = pair[1].0.start.saturating_sub(pair[0].0.end);
                pair[1].1 == pair[0].1 + 1 && gap <= 2
            });
            score += 0.5 * together.count().min(2) as f32;
        }
        score * lines[first].weight
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
fn lines_of(incident: &Incident, section: &Section, nth: usize, weight: f32, text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = 0;
    // A reader does not see the fences of code; what is seen has the lines of the source.
    let shapes = shapes(incident.section_text(section)).into_iter().chain(std::iter::repeat(Shape::Prose));
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
fn start_of(incident: &Incident) -> Option<Snippet> {
    let has_text = |s: &&Section| !incident.visible_text(s).trim().is_empty();
    let sections = || incident.sections.iter().filter(has_text);
    let section = sections()
        .find(|s| s.kind == SectionKind::Summary)
        .or_else(|| sections().find(|s| !s.heading.is_empty() && !s.is_front_matter()))
        .or_else(|| sections().next_back())?;
    let text = incident.visible_text(section);
    let mut lines = lines_of(incident, section, 0, 1.0, &text);
    if lines.iter().any(|line| line.shape != Shape::Mark) {
        lines.retain(|line| line.shape != Shape::Mark);
    }
    let passage = passage(&lines, 0);
    Some(render(&text, &lines[passage]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::SearchRequest;

    /// What is highlighted in the best passage of a report, each piece in brackets.
    fn marked(report: &str, query: &str) -> String {
        let parsed = crate::parse::parse_report("a.md", report.to_owned(), &crate::parse::ParseOptions::default());
        let snippets = SearchRequest::parse(query).unwrap().snippets_of(&parsed.incident);
        let Snippet { text, highlights, .. } = &snippets[0];
        let mut marked = text.clone();
        for range in highlights.iter().rev() {
            marked.insert(range.end, ']');
            marked.insert(range.start, '[');
        }
        marked
    }

    #[test]
    fn what_counts_as_a_word_is_highlighted() {
        let check = |text: &str, query: &str, expected: &str| {
            assert_eq!(marked(&format!("# Title\n\n## Root cause\n\n{text}\n"), query), expected, "{query}");
        };
        check("The queue grew.", "queue", "The [queue] grew.");
        check("The queues grew.", "queue", "The [queues] grew.");
        check("A certificate expired.", "certif*", "A [certificate] expired.");
        check("Kubernets failed.", "kubernetes~1", "[Kubernets] failed.");
        check("Kubrnets failed, kubernetes not.", "kubernetes~1", "Kubrnets failed, [kubernetes] not.");
        check("The load balancer failed.", "lb", "The [load] [balancer] failed.");
        check(
            "A pool of connections; the connection pool.",
            "\"connection pool\"",
            "A pool of connections; the [connection] [pool].",
        );
        check("Restarted inventory-api.", "inventory-api", "Restarted [inventory-api].");
        check("Queue grew.", "title:queue grew", "Queue [grew].");
    }

    #[test]
    fn code_and_tables_keep_their_shape() {
        let check = |text: &str, query: &str, expected: &str| {
            assert_eq!(marked(&format!("# Title\n\n## Root cause\n\n{text}\n"), query), expected, "{query}");
        };
        let config = "The limit was wrong:\n\n```yaml\npool:\n  size: 8\n\n  zebra: on | off\n```\n\nIt is\nright now.";
        check(config, "zebra", "[zebra]: on | off\nIt is right now.");
        check(config, "limit", "The [limit] was wrong:\npool:\n  size: 8\n  zebra: on | off\nIt is right now.");
        check(config, "pool", "[pool]:\n  size: 8\n  zebra: on | off\nIt is right now.");
        check("```\n\tif okapi {\n\t\tpanic()\n```", "okapi", "if [okapi] {\n    panic()");
        check("<pre>\nlemur  x\n y\n</pre>\nz", "lemur", "[lemur]  x\n y\nz");
        let table = "| time | what |\n|:-----|---|\n| 10:05 | the   zebra fell | \n| 10:07 |  | up |\n\n- one\n- two";
        check(table, "zebra", "10:05 | the [zebra] fell\n10:07 | up\n- one - two");
        check(table, "what", "time | [what]\n10:05 | the zebra fell\n10:07 | up\n- one - two");
        let many = format!("```\nokapi\n{}```\n", "x\n".repeat(20));
        check(&many, "okapi", "[okapi]\nx\nx\nx\nx\nx");
        let long = format!("```\n{}\nokapi {}\n```", "a b ".repeat(20), "word ".repeat(80));
        let found = marked(&format!("# T\n\n## Root cause\n\n{long}\n"), "okapi");
        assert!(found.starts_with("[okapi] word") && found.ends_with('…') && found.len() < LENGTH + 70, "{found}");
    }

    #[test]
    fn a_passage_with_more_of_the_words_is_better() {
        let report = "# Title\n\n## Root cause\n\nThe zebra was slow.\n\n## Resolution\n\nThe zebra and the okapi were restarted.\n";
        assert_eq!(marked(report, "zebra okapi"), "The [zebra] and the [okapi] were restarted.");
        assert_eq!(marked(report, "quagga"), "The zebra was slow.", "the beginning, where nothing matches");
    }
}
