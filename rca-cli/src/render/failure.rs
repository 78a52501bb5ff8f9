//! Failures, for people on stderr and for programs on stdout.
//!
//! In: a failure. Out: one line with cause and hint, or a query with carets under its errors; and the exit code.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use rca_index::query::QueryErrors;
use rca_index::wire::QueryErrorsForm;

use textwrap::core::display_width;

use crate::context::Context;
use crate::failure::{Failure, INDEX, USAGE};
use crate::quantity::{MOST_LISTED, count, thousands};
use crate::render::renderer;
use crate::terminal::clean;

/// Prints the failure of a command line that is not run, and returns its exit code.
pub(crate) fn refusal(failure: &Failure) -> ExitCode {
    let Failure::Plain { what, hint, code } = failure else { return ExitCode::from(USAGE) };
    let _ = io::stderr().write_all(plain(what, hint).as_bytes());
    ExitCode::from(*code)
}

/// What failed and what to do, on one line.
fn plain(what: &str, hint: &str) -> String {
    format!("rca: {}; {}\n", clean(what), clean(hint))
}

/// Prints a failure and returns its exit code.
pub(crate) fn failure(failure: Failure, context: &mut Context) -> ExitCode {
    let (message, code) = match failure {
        Failure::ReaderGone => return ExitCode::SUCCESS,
        Failure::Plain { what, hint, code } => (plain(&what, &hint), code),
        Failure::IndexRemoved(what) => (plain(&what, "make it again with `rca index`"), INDEX),
        Failure::Ambiguous { name, candidates, total } => (listed(&name, &candidates, total), USAGE),
        Failure::Query { text, errors } => {
            let renderer = renderer(context.global.format);
            // If this fails, the errors are still printed below.
            let _ = renderer.query_errors(&mut context.out, &QueryErrorsForm::new(&text, &errors));
            let _ = context.finish();
            (draw(&text, &errors), USAGE)
        }
    };
    context.out.talk(&message);
    ExitCode::from(code)
}

/// What a name may mean, one incident a line with its title.
fn listed(name: &str, candidates: &[(String, String)], total: usize) -> String {
    /// A longer id moves its title to the right.
    const LONGEST: usize = 60;
    let incidents = count(total, "incident");
    let mut message = format!("rca: {}: {incidents} match this name; use one of these\n", clean(name));
    let ids: Vec<_> = candidates.iter().map(|(id, _)| clean(id)).collect();
    let width = ids.iter().map(|id| display_width(id)).filter(|&width| width <= LONGEST).max().unwrap_or(0);
    for (id, (_, title)) in ids.iter().zip(candidates) {
        let gap = width.saturating_sub(display_width(id)) + 2;
        let _ = writeln!(message, "  {id}{:gap$}{}", "", clean(title));
    }
    if total > candidates.len() {
        let _ = writeln!(message, "  and {}; `rca search` finds them", thousands(total - candidates.len()));
    }
    message
}

/// The errors of a query, each with carets under its span.
fn draw(query: &str, errors: &QueryErrors) -> String {
    /// How many characters of the query are shown before the error.
    const BEFORE: usize = 40;
    /// How many characters of the query are shown.
    const SHOWN: usize = 90;
    let mut message = String::new();
    for error in errors.0.iter().take(MOST_LISTED) {
        let (reason, fix) = (error.reason(), error.fix());
        let (reason, fix) = (clean(&reason), clean(&fix));
        let upto = |end: usize| query.get(..end).map_or(0, |text| text.chars().count());
        let (start, end) = (upto(error.span.start), upto(error.span.end));
        let from = if start > SHOWN - 10 { start - BEFORE } else { 0 };
        let column = |from: usize, to: usize| -> (String, usize) {
            let piece: String = query.chars().skip(from).take(to.saturating_sub(from)).collect();
            let piece = clean(&piece).into_owned();
            let width = display_width(&piece);
            (piece, width)
        };
        let (shown, shown_width) = column(from, from + SHOWN);
        let (_, before) = column(from, start);
        let (_, marked) = column(start, end);
        let carets = "^".repeat(marked.clamp(1, (shown_width + 1).saturating_sub(before).max(1)));
        let _ = write!(message, "rca: {reason}\n  {shown}\n  {:before$}{carets} {fix}\n", "");
    }
    if errors.0.len() > MOST_LISTED {
        let more = thousands(errors.0.len() - MOST_LISTED);
        let _ = writeln!(message, "rca: and {more} more; --format json has all");
    }
    message
}

#[cfg(test)]
mod tests {
    use rca_index::{Error, SearchRequest};

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
