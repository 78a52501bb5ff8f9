//! The text of a snippet: a passage as it is shown.
//!
//! In: the text of a section and lines of it. Out: one text with highlights, in which code and tables keep their lines.

use std::ops::Range;

use crate::search::Snippet;
use crate::search::snippet::shape::Shape;
use crate::search::snippet::{LENGTH, Line};
use crate::text::class::is_ideograph;

/// How many more bytes than its length a snippet may have before a word is cut.
const MAX_OVERRUN: usize = 60;
/// How many bytes precede the first match in a long line.
const LEAD: usize = 60;
/// How many columns a line of code is indented at most, beyond the least indented one.
const MAX_INDENT: usize = 16;

/// Renders a passage of a section's text: prose on one line with its white space collapsed and marks of lists at its start
/// dropped, code and rows of tables on lines of their own; matches highlighted.
pub(super) fn render(source: &str, lines: &[Line]) -> Snippet {
    let first = &lines[0];
    let mut start = first.range.start;
    if let Some((span, _)) = first.matches.first().filter(|(span, _)| span.end > start + LENGTH) {
        start = word_boundary(source, span.start.saturating_sub(LEAD).max(start), span.start);
    }
    let mut writer = Writer::default();
    if start > first.range.start {
        writer.text.push('…');
    }
    let indents = lines.iter().filter(|line| line.shape == Shape::Code).map(|line| indent_of(source, line));
    let least = indents.min().unwrap_or(0);
    for (nth, line) in lines.iter().enumerate() {
        if nth > 0 && !writer.next_line(lines[nth - 1].shape, line.shape) {
            break;
        }
        if line.shape == Shape::Code && start <= line.range.start {
            let indent = (indent_of(source, line) - least).min(MAX_INDENT);
            writer.text.extend(std::iter::repeat_n(' ', indent));
        }
        if !writer.line(source, line, start.max(line.range.start)) {
            break;
        }
    }
    let is_code = lines.last().is_some_and(|line| line.shape == Shape::Code);
    let end = if is_code { writer.text.trim_end() } else { writer.text.trim_end_matches([' ', '|', '\n']) };
    writer.truncate(end.len());
    let Writer { mut text, highlights, more, .. } = writer;
    if more {
        text.push('…');
    }
    Snippet { section: first.section, line: first.number, text, highlights }
}

/// How deep a line is indented, in columns; a tab counts as four.
fn indent_of(source: &str, line: &Line) -> usize {
    let before = source[..line.range.start].bytes().rev().take_while(|b| matches!(b, b' ' | b'\t'));
    before.map(|b| if b == b'\t' { 4 } else { 1 }).sum()
}

/// A snippet that is being written.
#[derive(Default)]
struct Writer {
    text: String,
    highlights: Vec<Range<usize>>,
    /// Where the line begins that is being written.
    line_start: usize,
    /// Whether the passage was cut.
    more: bool,
}

impl Writer {
    /// Goes on to the next line. `false` if the snippet is full.
    fn next_line(&mut self, shape: Shape, next: Shape) -> bool {
        if self.text.len() >= LENGTH {
            self.more = true;
            return false;
        }
        if shape.is_own_line() || next.is_own_line() {
            let written = self.text.trim_end_matches(|c| c == ' ' || (c == '|' && shape == Shape::Row)).len();
            self.truncate(written);
            if !self.text.is_empty() {
                self.text.push('\n');
            }
            self.line_start = self.text.len();
        } else if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
        true
    }

    /// Writes a line from a byte of the source on. `false` if the snippet is full.
    fn line(&mut self, source: &str, line: &Line, start: usize) -> bool {
        let mut spans = line.matches.iter().map(|(span, _)| span.clone()).peekable();
        // The open highlight: its start in the snippet, and its end in the source.
        let mut open: Option<(usize, usize)> = None;
        let is_code = line.shape == Shape::Code;
        let text = source.get(start..line.range.end).unwrap_or_default();
        for (offset, c) in text.char_indices() {
            let at = start + offset;
            if let Some((from, _)) = open.take_if(|&mut (_, end)| end <= at) {
                self.highlight_from(from);
            }
            let length = self.text.len();
            if length >= LENGTH && (may_break_before(c) || length >= LENGTH + MAX_OVERRUN) {
                self.more = true;
                break;
            }
            while spans.peek().is_some_and(|span| span.start < at) {
                spans.next();
            }
            if let Some(span) = spans.next_if(|span| span.start == at) {
                // Pairs of characters overlap.
                let (from, end) = open.unwrap_or((self.text.len(), 0));
                open = Some((from, end.max(span.end)));
            }
            let before = &self.text[self.line_start..];
            let is_mark = |c| open.is_none() && !is_code && is_mark(before, c);
            match c {
                '\t' if is_code => self.text.push_str("    "),
                _ if is_code && c.is_control() => self.text.push(' '),
                '|' | '#' | '>' if is_mark(c) => {}
                '-' | '+' | '*' if length == 0 && is_mark(c) && is_followed_by_space(&text[offset + 1..]) => {}
                _ if !is_code && (c.is_whitespace() || c.is_control()) => {
                    if !before.is_empty() && !before.ends_with(' ') {
                        self.text.push(' ');
                    }
                }
                _ => self.text.push(c),
            }
        }
        if let Some((from, _)) = open {
            self.highlight_from(from);
        }
        !self.more
    }

    /// Highlights what was written since, if anything was: of a control character that matches, nothing or a blank is.
    fn highlight_from(&mut self, from: usize) {
        let end = self.text.trim_end().len();
        if from < end {
            self.highlights.push(from..end);
        }
    }

    /// Takes back what was written behind a byte, with its highlights.
    fn truncate(&mut self, length: usize) {
        self.text.truncate(length);
        while let Some(last) = self.highlights.pop_if(|last| last.end > length) {
            if last.start < length {
                self.highlights.push(last.start..length);
                break;
            }
        }
    }
}

/// Whether a character is Markdown markup of a list, quote, heading or table, rather than text.
fn is_mark(before: &str, c: char) -> bool {
    before.is_empty() || (c == '|' && before.ends_with("| "))
}

/// Whether a mark of a list is one: `--force` begins with none.
fn is_followed_by_space(rest: &str) -> bool {
    rest.chars().next().is_none_or(char::is_whitespace)
}

/// Whether a line may break before a character: between words, and anywhere in text written without spaces.
fn may_break_before(c: char) -> bool {
    c.is_whitespace() || is_ideograph(c)
}

/// The start of the first word after `at`, or `at` if no word starts before `end`.
fn word_boundary(source: &str, at: usize, end: usize) -> usize {
    let at = (at..end).find(|&i| source.is_char_boundary(i)).unwrap_or(end);
    let begins = source[at..end].char_indices().find(|&(_, c)| may_break_before(c));
    begins.map_or(at, |(offset, c)| at + offset + if c.is_whitespace() { c.len_utf8() } else { 0 })
}
