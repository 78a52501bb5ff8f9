//! Snippets: the passages of a report that fit a query best, with their lines and what matches in them.
//!
//! In: the words of a query and an incident. Out: passages of about two lines of a terminal. The stored source is read
//! again with the analyzer that indexed it, so whatever matched is what is shown.

use std::collections::HashMap;
use std::ops::Range;

use crate::analyze::{Analyzer, LexemeKind};
use crate::incident::{Incident, Section, SectionKind};
use crate::query::{Node, NodeKind, Text};
use crate::schema::{FIELDS, FieldKind, TextField};
use crate::search::Snippet;
use crate::words::chunks;

/// About how many bytes a snippet has.
const LENGTH: usize = 220;
/// How many bytes stand before the first match in a long line.
const LEAD: usize = 60;
/// How much of a report is looked at, in bytes.
const LOOKED_AT: usize = 400_000;

/// What makes a passage a good one.
pub(crate) struct Passages<'a> {
    analyzer: &'a Analyzer,
    /// For each lexeme looked for: the words of the query it stands for.
    lexemes: HashMap<String, Vec<usize>>,
    words: Vec<Wanted>,
}

/// A word of the query.
struct Wanted {
    /// The field it is looked for in; none means all.
    field: Option<TextField>,
    how: How,
    /// What finding it is worth: long words say more than short ones.
    weight: f32,
}

enum How {
    Lexeme,
    Prefix(String),
    Fuzzy(String, u8),
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
    pub(crate) fn new(root: &Node, analyzer: &'a Analyzer) -> Self {
        let mut passages = Self { analyzer, lexemes: HashMap::new(), words: Vec::new() };
        passages.add(root);
        passages
    }

    /// Notes the words of a tree; what is excluded is not looked for.
    fn add(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::And(parts) | NodeKind::Or(parts) => parts.iter().for_each(|part| self.add(part)),
            NodeKind::Text { field, text: Text::Word(text) } => self.add_words(*field, text, true),
            NodeKind::Text { field, text: Text::Phrase { text, .. } } => self.add_words(*field, text, false),
            NodeKind::Text { field, text: Text::Prefix(start) } => {
                self.add_word(*field, How::Prefix(start.to_lowercase()), start.len());
            }
            NodeKind::Text { field, text: Text::Fuzzy { word, distance } } => {
                self.add_word(*field, How::Fuzzy(word.to_lowercase(), *distance), word.len());
            }
            _ => {}
        }
    }

    fn add_words(&mut self, field: Option<TextField>, text: &str, stemmed: bool) {
        for word in chunks(self.analyzer, text, stemmed) {
            for slot in word.slots {
                let length = slot.forms.first().map_or(0, |form| form.text.len());
                let id = self.add_word(field, How::Lexeme, length);
                for form in slot.forms {
                    self.lexemes.entry(form.text).or_default().push(id);
                }
            }
        }
    }

    fn add_word(&mut self, field: Option<TextField>, how: How, length: usize) -> usize {
        self.words.push(Wanted { field, how, weight: length.clamp(2, 8) as f32 / 8.0 });
        self.words.len() - 1
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
            let mut at = section.range.start;
            for (number, line) in (section.line..).zip(text.split_inclusive('\n')) {
                let content = line.trim();
                if !content.is_empty() {
                    let start = at + line.len() - line.trim_start().len();
                    let matches = self.matches(section.kind, content, start);
                    let range = start..start + content.len();
                    lines.push(Line { section: section.kind, weight, part, number, range, matches });
                }
                at += line.len();
            }
        }
        lines
    }

    fn matches(&self, section: SectionKind, text: &str, start: usize) -> Vec<(Range<usize>, usize)> {
        let here = |id: &usize| self.words[*id].field.is_none_or(|field| field == TextField::Section(section));
        let mut found: Vec<(Range<usize>, usize)> = Vec::new();
        let mut lexemes = self.analyzer.lexemes(text);
        while let Some(lexeme) = lexemes.next() {
            let span = start + lexeme.span.0..start + lexeme.span.1;
            if let Some(ids) = self.lexemes.get(lexeme.text) {
                found.extend(ids.iter().filter(|id| here(id)).map(|&id| (span.clone(), id)));
            }
            if lexeme.kind == LexemeKind::Stem {
                continue;
            }
            for (id, word) in self.words.iter().enumerate() {
                let matches = match &word.how {
                    How::Lexeme => false,
                    How::Prefix(start) => lexeme.text.starts_with(start.as_str()),
                    How::Fuzzy(word, distance) => {
                        strsim::damerau_levenshtein(word, lexeme.text) <= usize::from(*distance)
                    }
                };
                if matches && here(&id) {
                    found.push((span.clone(), id));
                }
            }
        }
        found.sort_by(|a, b| a.0.start.cmp(&b.0.start).then(b.0.end.cmp(&a.0.end)));
        found
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
        start = word_boundary(source, span.start.saturating_sub(LEAD));
    }
    let mut spans = lines.iter().flat_map(|line| &line.matches).map(|(span, _)| span.clone()).peekable();
    let mut snippet =
        Snippet { section: first.section, line: first.number, text: String::new(), highlights: Vec::new() };
    if start > first.range.start {
        snippet.text.push('…');
    }
    // Where a highlight that has begun started in the snippet, and where it ends in the source.
    let mut open: Option<(usize, usize)> = None;
    let text = source.get(start..last.range.end).unwrap_or_default();
    for (offset, c) in text.char_indices() {
        let at = start + offset;
        if let Some((from, _)) = open.filter(|&(_, end)| end <= at) {
            snippet.highlights.push(from..snippet.text.len());
            open = None;
        }
        if snippet.text.len() >= LENGTH && c.is_whitespace() {
            snippet.text.push('…');
            break;
        }
        while spans.peek().is_some_and(|span| span.start < at) {
            spans.next();
        }
        if let Some(span) = spans.next_if(|span| span.start == at) {
            open.get_or_insert((snippet.text.len(), span.end));
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
    snippet
}

/// Whether a character is Markdown's mark of a list, quote, heading or table at the beginning of the snippet.
fn is_mark(before: &str, c: char) -> bool {
    before.is_empty() || (c == '|' && before.ends_with("| "))
}

/// The first place from `at` on where a word begins.
fn word_boundary(source: &str, at: usize) -> usize {
    let at = (at..=source.len()).find(|&i| source.is_char_boundary(i)).unwrap_or(at);
    source[at..].find(char::is_whitespace).map_or(at, |space| at + space + 1)
}
