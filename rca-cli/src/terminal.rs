//! The terminal: colours, width and links, and protection from control characters in reports.
//!
//! In: text of reports and styles. Out: text on stdout that is safe to show.

use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write};
use std::ops::Range;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::arguments::Color;

pub(crate) const TITLE: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const MATCH: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const SEVERE: Style = AnsiColor::Red.on_default().bold();
pub(crate) const NOTABLE: Style = AnsiColor::Yellow.on_default();

/// The width of output that does not go to a terminal, in columns, and the maximum on one: longer lines are hard to read.
const WIDTH: usize = 100;

/// Buffered stdout. Removes the command's own escape sequences where they are not wanted.
pub(crate) struct Output {
    stream: BufWriter<AutoStream<StdoutLock<'static>>>,
    /// The width in columns.
    pub(crate) width: usize,
    /// Whether stdout is a terminal.
    pub(crate) is_terminal: bool,
    /// Whether paths are printed as links.
    pub(crate) links: bool,
}

impl Output {
    /// Stdout, with colours only if the format has them.
    pub(crate) fn stdout(color: Color, has_colors: bool) -> Self {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        let wanted = match color {
            Color::Auto => AutoStream::choice(&stdout),
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
        };
        // Output for programs contains none of the command's own escape sequences and must arrive unchanged.
        let choice = if has_colors { wanted } else { ColorChoice::AlwaysAnsi };
        let columns = terminal_size::terminal_size().filter(|_| is_terminal).map(|(width, _)| usize::from(width.0));
        Self {
            stream: BufWriter::new(AutoStream::new(stdout.lock(), choice)),
            width: columns.unwrap_or(WIDTH).clamp(20, WIDTH),
            is_terminal,
            links: is_terminal && has_colors && wanted != ColorChoice::Never,
        }
    }

    /// A text that is safe to show: on a terminal, without control characters.
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

/// Whether a character could control a terminal or reverse the direction of text; the latter are those of Trojan Source
/// (CVE-2021-42574).
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A text on one line: line breaks and tabs become spaces, unsafe characters become visible.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    replace(text, |c| match c {
        '\t' | '\n' | '\r' => ' ',
        _ => '\u{FFFD}',
    })
}

/// A text with its lines and tabs kept; unsafe characters become visible.
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

/// A clean text on one line, with the spans of the original mapped to it.
pub(crate) fn clean_marked<'a>(text: &'a str, spans: &[Range<usize>]) -> (Cow<'a, str>, Vec<Range<usize>>) {
    // Characters are cleaned one by one, so a cleaned prefix is a prefix of the cleaned text.
    let at = |offset: usize| text.get(..offset).map_or(0, |before| clean(before).len());
    (clean(text), spans.iter().map(|span| at(span.start)..at(span.end)).collect())
}

/// A terminal hyperlink (OSC 8), or the text alone if there is no target.
pub(crate) fn link(text: &str, target: Option<&str>) -> String {
    match target {
        Some(target) => format!("\x1b]8;;{target}\x1b\\{text}\x1b]8;;\x1b\\"),
        None => text.to_owned(),
    }
}

/// Breaks a text into lines of at most `width` columns.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<Cow<'_, str>> {
    let options = textwrap::Options::new(width.max(1)).word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::wrap(text, options)
}

/// Writes a text in indented lines of at most `width` columns, with the spans highlighted.
pub(crate) fn write_marked(
    out: &mut impl Write,
    text: &str,
    spans: &[Range<usize>],
    width: usize,
    indent: &str,
) -> io::Result<()> {
    let mut from = 0;
    for line in wrap(text, width.saturating_sub(indent.len())) {
        // Lines come in the order of the text, so the next match is the line itself.
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
