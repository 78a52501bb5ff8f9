//! Negations on the command line: `-tag:deploy` is part of a query, not a group of short options.
//!
//! In: the arguments as typed, and the words of a query as clap returns them. Out: arguments that clap reads as words, and
//! the text of the query.

use std::ffi::OsString;

/// The short options of all commands.
pub(crate) const SHORT_OPTIONS: &str = "0enqvhV";

/// Protects a negation with a leading space, so that clap does not read `-tag:deploy` as a group of short options.
/// [`query_text`] removes the space.
pub(crate) fn protect(argument: OsString) -> OsString {
    let text = argument.to_string_lossy();
    let negation = text.strip_prefix('-').is_some_and(|rest| {
        // A single letter is an option, known or not: nobody excludes the word `s`.
        if rest.len() == 1 && rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return false;
        }
        // `-n5` is a limit, and so is `-n=5`.
        let rest = if rest.get(1..2) == Some("=") { &rest[..1] } else { rest };
        let options = rest.trim_end_matches(|c: char| c.is_ascii_digit());
        !rest.is_empty() && !rest.starts_with('-') && !options.chars().all(|c| SHORT_OPTIONS.contains(c))
    });
    if negation { format!(" {text}").into() } else { argument }
}

/// Joins the words on the command line to the text of a query.
pub(crate) fn query_text(words: &[String]) -> String {
    let bare = |word: &String| word.strip_prefix(" -").map_or_else(|| word.clone(), |rest| format!("-{rest}"));
    words.iter().map(bare).collect::<Vec<_>>().join(" ")
}
