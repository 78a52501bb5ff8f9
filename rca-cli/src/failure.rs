//! Failures: one line with what failed and what to do, and the exit code.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use rca_index::query::QueryErrors;
use rca_index::{Error, wire};

use crate::cli::Format;
use crate::context::Context;
use crate::render;
use crate::terminal::clean;

/// No hits, and the caller asked to be told.
pub(crate) const NO_HITS: u8 = 1;
/// The command line or the query is wrong.
const USAGE: u8 = 2;
/// The index is missing, locked, damaged or from another version, or a place cannot be used.
pub(crate) const INDEX: u8 = 3;
/// Done, but some reports could not be read.
pub(crate) const REPORTS: u8 = 4;

/// The code of a program that panics.
const BUG: u8 = 101;

/// Why a command could not do what it was asked to.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What failed, what to do, and the exit code.
    Plain { what: String, hint: String, code: u8 },
    /// A query that cannot be understood.
    Query { text: String, errors: QueryErrors },
    /// The reader of the answer has gone: no failure of ours.
    ReaderGone,
}

impl Failure {
    /// Something that the user can put right on the command line.
    pub(crate) fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Plain { what: what.into(), hint: hint.into(), code: USAGE }
    }

    /// Something about the index or a place.
    pub(crate) fn index(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Plain { what: what.into(), hint: hint.into(), code: INDEX }
    }

    /// Something that must not happen.
    pub(crate) fn bug() -> Self {
        let what = "this is a bug in rca".to_owned();
        let hint = "please report it with what RUST_BACKTRACE=1 makes it say".to_owned();
        Self::Plain { what, hint, code: BUG }
    }

    /// Tells the user, and gives the exit code.
    pub(crate) fn tell(self, context: &mut Context) -> ExitCode {
        let (message, code) = match self {
            Self::ReaderGone => return ExitCode::SUCCESS,
            Self::Plain { what, hint, code } => (format!("rca: {}; {}\n", clean(&what), clean(&hint)), code),
            Self::Query { text, errors } => {
                if matches!(context.global.format, Format::Json | Format::Jsonl) {
                    // A program that waits for JSON gets it.
                    let _ = render::json::document(&mut context.out, &wire::QueryErrorsForm::new(&text, &errors));
                    let _ = context.finish();
                }
                (draw(&text, &errors), USAGE)
            }
        };
        let _ = io::stderr().write_all(message.as_bytes());
        ExitCode::from(code)
    }
}

/// The errors of a query, each with a caret under its place.
fn draw(query: &str, errors: &QueryErrors) -> String {
    /// How much of the query stands before the error, in characters.
    const BEFORE: usize = 40;
    /// How much of the query is shown, in characters.
    const SHOWN: usize = 90;
    let mut message = String::new();
    for error in &errors.0 {
        let (reason, fix) = (error.reason(), error.fix());
        let (reason, fix) = (clean(&reason), clean(&fix));
        let upto = |end: usize| query.get(..end).map_or(0, |text| text.chars().count());
        let (start, end) = (upto(error.span.start), upto(error.span.end));
        let from = if start > SHOWN - 10 { start - BEFORE } else { 0 };
        let column = |from: usize, to: usize| -> (String, usize) {
            let piece: String = query.chars().skip(from).take(to.saturating_sub(from)).collect();
            let piece = clean(&piece).into_owned();
            let width = textwrap::core::display_width(&piece);
            (piece, width)
        };
        let (shown, shown_width) = column(from, from + SHOWN);
        let (_, before) = column(from, start);
        let (_, marked) = column(start, end);
        let carets = "^".repeat(marked.clamp(1, (shown_width + 1).saturating_sub(before).max(1)));
        let _ = write!(message, "rca: {reason}\n  {shown}\n  {:before$}{carets} {fix}\n", "");
    }
    message
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let what = error.to_string();
        match error {
            Error::ArchiveNotFound(_) | Error::ArchiveNotAFolder(_) => {
                Self::usage(what, "name a folder of reports, with --archive DIR or RCA_ARCHIVE")
            }
            Error::Settings { .. } => Self::usage(what, "put this line of the settings right"),
            Error::Query(errors) => Self::Query { text: String::new(), errors },
            Error::IndexNotFound(_) => Self::index(what, "build it with `rca index`"),
            Error::IndexOtherVersion(_) => Self::index(what, "build it anew with `rca index`"),
            Error::IndexLocked { .. } => Self::index(what, "let it end, or wait for it with `rca index --wait`"),
            Error::IndexDamaged { .. } => Self::index(what, "build it anew with `rca doctor --repair`"),
            Error::Io { source, .. } if is_full(&source) => Self::index(
                what,
                "make room, or put the index elsewhere with --index DIR; what was indexed before is kept",
            ),
            _ => Self::index(what, "see to its permissions, or put the index elsewhere with --index DIR"),
        }
    }
}

/// Whether there is no room for more: on the disk, for this user, or in one file.
fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ReaderGone;
        }
        Self::index(format!("the answer cannot be written: {error}"), "see where the output goes")
    }
}

impl From<csv::Error> for Failure {
    fn from(error: csv::Error) -> Self {
        // The conversion of the csv library forgets the kind of error, and with it that the reader has gone.
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Self::from(error),
            other => Self::from(io::Error::other(format!("{other:?}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use rca_index::SearchRequest;

    use super::*;

    #[test]
    fn a_caret_stands_under_the_place() {
        let query = "日本 servce:billing";
        let Err(Error::Query(errors)) = SearchRequest::parse(query) else { panic!("no error") };
        let drawn = draw(query, &errors);
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines[1], "  日本 servce:billing");
        assert!(lines[2].starts_with("       ^"), "{drawn}");
    }
}
