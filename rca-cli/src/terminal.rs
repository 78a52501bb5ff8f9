//! The terminal: colours, width, links, and keeping what reports contain from driving it.

use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write};
use std::ops::Range;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::cli::Color;

pub(crate) const TITLE: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const MATCH: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const SEVERE: Style = AnsiColor::Red.on_default().bold();
pub(crate) const NOTABLE: Style = AnsiColor::Yellow.on_default();

/// The width of output that goes to no terminal, in columns; on a wide terminal no wider either, for the eye's sake.
const WIDTH: usize = 100;

/// Where the answer goes: stdout, buffered; escape sequences of ours are taken out where they are not wanted.
pub(crate) struct Output {
    stream: BufWriter<AutoStream<StdoutLock<'static>>>,
    /// Columns.
    pub(crate) width: usize,
    /// Whether a person sees this at once.
    pub(crate) is_terminal: bool,
    /// Whether a path may be a link.
    pub(crate) links: bool,
}

impl Output {
    /// Stdout. Only output for people has colours.
    pub(crate) fn stdout(color: Color, for_people: bool) -> Self {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        let wanted = match color {
            Color::Auto => AutoStream::choice(&stdout),
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
        };
        // Machine-readable output has no escape sequences of ours, and must arrive byte for byte.
        let choice = if for_people { wanted } else { ColorChoice::AlwaysAnsi };
        let columns = terminal_size::terminal_size().filter(|_| is_terminal).map(|(width, _)| usize::from(width.0));
        Self {
            stream: BufWriter::new(AutoStream::new(stdout.lock(), choice)),
            width: columns.unwrap_or(WIDTH).clamp(20, WIDTH),
            is_terminal,
            links: is_terminal && for_people && wanted != ColorChoice::Never,
        }
    }

    /// A text as it may be shown: on a terminal no control characters.
    pub(crate) fn shown<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.is_terminal { clean_lines(text) } else { Cow::Borrowed(text) }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Whether a character could drive a terminal or turn the direction of text around. Trojan Source (CVE-2021-42574) names
/// the latter.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A text on one line: white space becomes a space, unsafe characters become visible.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    replace(text, |c| match c {
        '\t' | '\n' | '\r' => ' ',
        _ => '\u{FFFD}',
    })
}

/// A text that keeps its lines and tabs.
pub(crate) fn clean_lines(text: &str) -> Cow<'_, str> {
    replace(text, |c| match c {
        '\t' | '\n' => c,
        '\r' => ' ',
        _ => '\u{FFFD}',
    })
}

fn replace(text: &str, by: impl Fn(char) -> char) -> Cow<'_, str> {
    if text.contains(is_unsafe) {
        Cow::Owned(text.chars().map(|c| if is_unsafe(c) { by(c) } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// A clean text on one line, and where the marked spans of the original are in it.
pub(crate) fn clean_marked<'a>(text: &'a str, spans: &[Range<usize>]) -> (Cow<'a, str>, Vec<Range<usize>>) {
    // Each character is cleaned by itself, so that a cleaned beginning is the beginning of the cleaned text.
    let at = |offset: usize| text.get(..offset).map_or(0, |before| clean(before).len());
    (clean(text), spans.iter().map(|span| at(span.start)..at(span.end)).collect())
}

/// A link that terminals follow (OSC 8), or the text alone.
pub(crate) fn link(text: &str, target: Option<&str>) -> String {
    match target {
        Some(target) => format!("\x1b]8;;{target}\x1b\\{text}\x1b]8;;\x1b\\"),
        None => text.to_owned(),
    }
}

/// Breaks a text into lines of so many columns.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<Cow<'_, str>> {
    let options = textwrap::Options::new(width.max(1)).word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::wrap(text, options)
}

/// Writes a text in lines of so many columns, each behind an indent, with the marked spans highlighted.
pub(crate) fn write_marked(
    out: &mut impl Write,
    text: &str,
    spans: &[Range<usize>],
    width: usize,
    indent: &str,
) -> io::Result<()> {
    let mut from = 0;
    for line in wrap(text, width.saturating_sub(indent.len())) {
        // Lines follow each other in the text, so that the next place that fits is the line's own.
        let start = from + text[from..].find(&*line).unwrap_or(0);
        let end = (start + line.len()).min(text.len());
        from = end;
        write!(out, "{indent}")?;
        let mut at = start;
        for span in spans.iter().filter(|span| span.end > start && span.start < end) {
            let (open, close) = (span.start.max(at), span.end.min(end));
            write!(out, "{}{MATCH}{}{MATCH:#}", &text[at..open], &text[open..close])?;
            at = close;
        }
        writeln!(out, "{}", &text[at..end])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_drives_a_terminal_is_left() {
        assert_eq!(clean("a\x1b[31mb\tc\u{202E}d\u{9b}e"), "a\u{FFFD}[31mb c\u{FFFD}d\u{FFFD}e");
        assert_eq!(clean_lines("a\r\n\tb\x07"), "a \n\tb\u{FFFD}");
        let (text, spans) = clean_marked("é\x1bqueue\u{85}x", &[3..8]);
        assert_eq!(&text[spans[0].clone()], "queue");
    }

    #[test]
    fn highlights_survive_the_line_break() {
        let mut out = Vec::new();
        write_marked(&mut out, "a connection pool ran dry", &[2..17], 14, "  ").unwrap();
        let expected = format!("  a {MATCH}connection{MATCH:#}\n  {MATCH}pool{MATCH:#} ran dry\n");
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
