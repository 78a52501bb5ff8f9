//! The terminal: colours, width, links and the pager, and protection from control characters in reports.
//!
//! In: text of reports and styles. Out: text on stdout that is safe to show.

mod hyperlinks;
mod pager;
mod palette;

use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::ops::Range;
use std::path::Path;

use anstream::{AutoStream, ColorChoice};
use anstyle::Style;

use crate::arguments::{Color, GlobalArgs};
use crate::characters::is_unsafe;
use crate::failure::Failure;
use crate::terminal::pager::{PagerCommand, Paging};

pub(crate) use hyperlinks::Hyperlinks;
pub(crate) use palette::{HELP, Palette};

/// The width of output that does not go to a terminal, in columns, and the maximum on one: longer lines are hard to read.
const WIDTH: usize = 100;

/// What the user wants to see: colours, links, a pager.
#[derive(Debug, Clone)]
pub(crate) struct Wishes {
    color: Color,
    palette: Palette,
    hyperlinks: Hyperlinks,
    /// Whether the user asked for this format of links, which then does not depend on a terminal.
    asked_for_links: bool,
    pager: bool,
}

impl Wishes {
    /// What the shared options ask for.
    ///
    /// # Errors
    /// A colour or a format of links is wrong.
    pub(crate) fn of(global: &GlobalArgs) -> Result<Self, Failure> {
        let palette = Palette::default().with(global.colors.iter().map(String::as_str)).map_err(|(spec, reason)| {
            Failure::usage(format!("--colors {spec}: {reason}"), "check --colors and RCA_COLORS")
        })?;
        // An empty variable is one that is not set.
        let format = global.hyperlink_format.as_deref().filter(|format| !format.is_empty());
        let hyperlinks = Hyperlinks::parse(format.unwrap_or("default")).map_err(|reason| {
            let what = format!("--hyperlink-format {}: {reason}", format.unwrap_or_default());
            Failure::usage(what, "check --hyperlink-format and RCA_HYPERLINK_FORMAT")
        })?;
        let pager = !global.no_pager;
        Ok(Self { color: global.color, palette, hyperlinks, asked_for_links: format.is_some(), pager })
    }

    /// What is shown before the options are understood, or where they are not.
    pub(crate) fn default_with(color: Color, pager: bool) -> Self {
        let (palette, hyperlinks) = (Palette::default(), Hyperlinks::default());
        Self { color, palette, hyperlinks, asked_for_links: false, pager }
    }
}

/// Buffered stdout. Removes the command's own escape sequences where they are not wanted.
pub(crate) struct Output {
    stream: BufWriter<AutoStream<Box<dyn Write>>>,
    /// The pager that may be used, the columns and rows of the screen, and whether it gets no escape sequences.
    pager: Option<(PagerCommand, (usize, usize), bool)>,
    paging: Option<Paging>,
    /// Why the pager that the user named did not start.
    pager_failure: Option<String>,
    /// The styles of the parts of an answer.
    pub(crate) palette: Palette,
    /// The width in columns.
    pub(crate) width: usize,
    /// Whether stdout is a terminal.
    pub(crate) is_terminal: bool,
    /// The links behind paths, if they are printed as links.
    links: Option<Hyperlinks>,
}

impl Output {
    /// Stdout, with colours only if the format has them.
    pub(crate) fn stdout(wishes: Wishes, has_colors: bool) -> Self {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        let wanted = match wishes.color {
            Color::Auto => AutoStream::choice(&stdout),
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
        };
        // Output for programs contains none of the command's own escape sequences and must arrive unchanged.
        let choice = if has_colors { wanted } else { ColorChoice::AlwaysAnsi };
        let size = terminal_size::terminal_size().filter(|_| is_terminal);
        let screen = size.map(|(width, height)| (usize::from(width.0), usize::from(height.0)));
        let may_page = wishes.pager && screen.is_some();
        let command = may_page.then(|| PagerCommand::of_environment(|name| std::env::var(name).ok())).flatten();
        let has_links = has_colors && wanted != ColorChoice::Never && !wishes.hyperlinks.is_none();
        let shows_links = is_terminal || (wishes.asked_for_links && wishes.color == Color::Always);
        // What takes the escape sequences out writes what is between them piece by piece, and stdout passes on each line.
        let buffered: Box<dyn Write> = Box::new(BufWriter::new(stdout.lock()));
        Self {
            stream: BufWriter::new(AutoStream::new(buffered, choice)),
            pager: command.zip(screen).map(|(command, screen)| (command, screen, choice == ColorChoice::Never)),
            paging: None,
            pager_failure: None,
            palette: wishes.palette,
            width: screen.map_or(WIDTH, |(columns, _)| columns).clamp(20, WIDTH),
            is_terminal,
            links: Some(wishes.hyperlinks).filter(|_| has_links && shows_links),
        }
    }

    /// From now on, what is longer than the screen goes to the pager, if there is one to use.
    pub(crate) fn page(&mut self) -> io::Result<()> {
        if self.paging.is_some() {
            return Ok(());
        }
        if let Some((command, screen, plain)) = self.pager.take() {
            self.stream.flush()?;
            self.paging = Some(Paging::new(command, screen, plain));
        }
        Ok(())
    }

    /// Writes a message to stderr, after what was written before it. A message about paged output stands below it in the pager:
    /// on the terminal it would be written over.
    pub(crate) fn talk(&mut self, message: &str) {
        // If nobody reads the output or stderr, there is nowhere to report that.
        if self.paging.is_some() && io::stderr().is_terminal() {
            let _ = self.write_all(message.as_bytes());
        } else {
            let _ = self.flush();
            let _ = io::stderr().write_all(message.as_bytes());
        }
    }

    /// Ends the output: waits for the pager, or prints what fits the screen.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        if let Some(paging) = self.paging.take() {
            self.stream.write_all(&paging.finish()?)?;
        }
        self.stream.flush()?;
        if let Some(reason) = self.pager_failure.take() {
            self.talk(&format!("rca: {}\n", clean(&reason)));
        }
        Ok(())
    }

    /// A text that is safe to show: on a terminal, without control characters.
    pub(crate) fn shown<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.is_terminal { clean_lines(text) } else { Cow::Borrowed(text) }
    }

    /// A clean text, with a link to a line of a file behind it where links are shown. The path must be absolute.
    pub(crate) fn linked(&self, text: &str, path: Option<&Path>, line: Option<u32>) -> String {
        match (&self.links, path) {
            (Some(links), Some(path)) => format!("\x1b]8;;{}\x1b\\{text}\x1b]8;;\x1b\\", links.of(path, line)),
            _ => text.to_owned(),
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // After a failure; nobody is left to be told of another one.
        let _ = self.finish();
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(paging) = &mut self.paging else { return self.stream.write(bytes) };
        if let Some(not_started) = paging.push(bytes)? {
            self.paging = None;
            self.pager_failure = not_started.reason;
            self.stream.write_all(&not_started.held)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        // What is held for the pager is not complete before the end.
        if self.paging.is_some() { Ok(()) } else { self.stream.flush() }
    }
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

/// A clean text with its lines kept, and the spans of the original mapped to it.
pub(crate) fn clean_marked<'a>(text: &'a str, spans: &[Range<usize>]) -> (Cow<'a, str>, Vec<Range<usize>>) {
    // Characters are cleaned one by one, so a cleaned prefix is a prefix of the cleaned text.
    let at = |offset: usize| text.get(..offset).map_or(0, |before| clean_lines(before).len());
    (clean_lines(text), spans.iter().map(|span| at(span.start)..at(span.end)).collect())
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
    (width, indent): (usize, &str),
    style: Style,
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
            write!(out, "{}{style}{}{style:#}", &text[at..open], &text[open..close])?;
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
    fn lines_of_code_stay_lines() {
        let mut out = Vec::new();
        let text = "pool:\n  size: 8\n  max connections: 100";
        write_marked(&mut out, text, &[9..13], (20, "  "), Style::new()).unwrap();
        let expected = "  pool:\n    size: 8\n    max connections:\n  100\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn highlights_survive_the_line_break() {
        let mut out = Vec::new();
        let style = Palette::default().matched;
        write_marked(&mut out, "a connection pool ran dry", &[2..17], (14, "  "), style).unwrap();
        let expected = format!("  a {style}connection{style:#}\n  {style}pool{style:#} ran dry\n");
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
