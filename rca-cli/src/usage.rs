//! Errors of the command line in the voice of all other errors: what is wrong, and what to do.
//!
//! In: an error of the argument parser, and what was typed. Out: a failure, which is printed like any other.

use std::error::Error as _;
use std::ffi::OsString;
use std::fmt::Write as _;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::failure::Failure;

/// How many characters of a value are repeated in a message.
const LONGEST: usize = 100;

/// The failure for an error of the argument parser; none if it is text that was asked for: help, or the version.
pub(crate) fn failure(error: &Error, typed: &[OsString], command: Option<&clap::Command>) -> Option<Failure> {
    let help = match command {
        Some(command) => format!("`rca {} --help`", command.get_name()),
        None => "`rca --help`".to_owned(),
    };
    let (what, hint) = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return None;
        }
        ErrorKind::InvalidSubcommand => unknown_command(error, typed),
        ErrorKind::UnknownArgument => unknown_argument(error, command, &help),
        ErrorKind::InvalidValue => unknown_value(error, &help),
        ErrorKind::ValueValidation => refused_value(error, &help),
        ErrorKind::ArgumentConflict => {
            let others = texts(error, ContextKind::PriorArg).iter().map(|arg| bare(arg)).collect::<Vec<_>>().join(", ");
            let arg = argument(error);
            match others.as_str() {
                "" => (format!("{arg} cannot be used with the other options here"), format!("{help} says why")),
                same if same == arg => (format!("{arg} is given twice"), "leave out one of them".to_owned()),
                _ => (format!("{arg} cannot be used with {others}"), "leave out one of them".to_owned()),
            }
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = texts(error, ContextKind::InvalidArg).join(" ");
            (format!("{missing} is missing"), format!("{help} shows how the command is used"))
        }
        ErrorKind::TooManyValues => {
            (format!("{} takes no value", argument(error)), format!("{help} lists the options"))
        }
        _ => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            (first.trim_start_matches("error: ").to_owned(), format!("{help} shows how the command is used"))
        }
    };
    Some(Failure::usage(what, hint))
}

/// A word in the place of a command: most likely a query.
fn unknown_command(error: &Error, typed: &[OsString]) -> (String, String) {
    let name = texts(error, ContextKind::InvalidSubcommand).concat();
    let words = typed.iter().skip_while(|word| word.to_string_lossy() != name.as_str());
    let words: Vec<String> = words.map(|word| quoted(&word.to_string_lossy())).collect();
    let search = format!("to search, write `rca search {}`", cut(&words.join(" ")));
    let similar = texts(error, ContextKind::SuggestedSubcommand);
    let hint = match similar.first() {
        Some(similar) => format!("did you mean `rca {similar}`? {search}"),
        None => format!("{search}; `rca --help` lists the commands"),
    };
    (format!("unknown command `{}`", cut(&name)), hint)
}

fn unknown_argument(error: &Error, command: Option<&clap::Command>, help: &str) -> (String, String) {
    let given = texts(error, ContextKind::InvalidArg).concat();
    let what = if given.starts_with('-') { "unknown option" } else { "unexpected argument" };
    let similar = texts(error, ContextKind::SuggestedArg);
    let mut hint = match similar.first() {
        Some(similar) => format!("did you mean `{}`?", bare(similar)),
        None if given.starts_with('-') => format!("{help} lists the options"),
        None => format!("{help} shows how the command is used"),
    };
    if command.is_some_and(takes_query) {
        let letter = given.strip_prefix('-').filter(|rest| rest.chars().count() == 1);
        match letter {
            Some(letter) => {
                let _ = write!(hint, "; to exclude the word `{letter}`, write `NOT {letter}`");
            }
            None if given.starts_with("--") => {
                let _ = write!(hint, "; to search for it as text, write `-- {}`", quoted(&cut(&given)));
            }
            None => {}
        }
    }
    (format!("{what} `{}`", cut(&given)), hint)
}

/// A value that is not among those that an option takes.
fn unknown_value(error: &Error, help: &str) -> (String, String) {
    let (arg, value) = (argument(error), texts(error, ContextKind::InvalidValue).concat());
    let known = texts(error, ContextKind::ValidValue).join(", ");
    let takes = if known.is_empty() { format!("{help} says which") } else { format!("it is one of {known}") };
    if value.is_empty() {
        return (format!("{arg}: the value is missing"), takes);
    }
    let hint = match texts(error, ContextKind::SuggestedValue).first() {
        Some(similar) => format!("did you mean `{similar}`? {takes}"),
        None => takes,
    };
    (format!("{arg} {}: unknown value", cut(&value)), hint)
}

/// A value that an option cannot read.
fn refused_value(error: &Error, help: &str) -> (String, String) {
    let (arg, value) = (argument(error), texts(error, ContextKind::InvalidValue).concat());
    let reason = error.source().map(ToString::to_string).unwrap_or_default();
    let is_number = |reason: &str| reason.contains("digit found in string") || reason.contains("number too");
    let (reason, fix) = match reason.split_once("; ") {
        _ if is_number(&reason) => {
            ("not a whole number, or too large a one".to_owned(), format!("{help} says what it takes"))
        }
        Some((reason, fix)) => (reason.to_owned(), fix.to_owned()),
        None => (reason, format!("{help} says what it takes")),
    };
    if value.is_empty() {
        return (format!("{arg}: the value is missing"), fix);
    }
    (format!("{arg} {}: {reason}", cut(&value)), fix)
}

/// Whether a command takes a query.
pub(crate) fn takes_query(command: &clap::Command) -> bool {
    command.get_positionals().any(|argument| argument.get_id() == "query")
}

/// The command that is typed: the first word that is neither an option nor the value of one.
pub(crate) fn typed_command<'c>(rca: &'c clap::Command, typed: &[OsString]) -> Option<&'c clap::Command> {
    let takes_value = |word: &str| {
        let name = word.strip_prefix("--").unwrap_or_default();
        let mut named = rca.get_arguments().filter(|arg| arg.get_long() == Some(name));
        named.any(|arg| arg.get_action().takes_values())
    };
    let mut words = typed.iter().skip(1).map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        if takes_value(&word) {
            words.next();
        } else if !word.starts_with('-') {
            return rca.find_subcommand(&*word);
        } else if word == "--" {
            return None;
        }
    }
    None
}

/// The option or argument that an error is about, without the names of its values.
fn argument(error: &Error) -> String {
    bare(&texts(error, ContextKind::InvalidArg).concat())
}

/// `--format` for `--format <FORMAT>`.
fn bare(argument: &str) -> String {
    match argument.split_once(' ') {
        Some((option, _)) if option.starts_with('-') => option.to_owned(),
        _ => argument.to_owned(),
    }
}

/// What an error says of something: one text, or several.
fn texts(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

/// The first characters of a text.
fn cut(text: &str) -> String {
    let mut cut: String = text.chars().take(LONGEST).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain =
        |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | ',' | '@' | '%' | '+' | '=');
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
