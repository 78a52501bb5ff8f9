//! The command line as a whole: the definition behind parsing, help, completions and manual pages.
//!
//! In: the arguments of the process. Out: the options that all commands share, and one command with its own arguments.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, FromArgMatches as _, Parser};

use crate::arguments::{Format, GlobalArgs, without_empty_variables};
use crate::commands::Command;
use crate::negation::protect;
use crate::terminal::HELP;
use crate::usage::{takes_query, typed_command};

const EXAMPLES: &str = "\
Examples:
  rca search \"queue backlog\"                find incidents, best first
  rca search timeout --service billing-api  only incidents that affected one service
  rca seen < alert.json                     paste an alert: what is like it, and what fixed it
  rca show 2025-06-02-message-queue         show one incident in full
  rca similar 2025-06-02-message-queue      incidents like it, and which of them it links to
  rca facets service                        count incidents per service";

const EXIT_CODES: &str = "\
Exit codes:
  0  success
  1  no hits (only with --exit-status)
  2  invalid command line or query
  3  the index is missing, locked, damaged or from another version, or its cluster is not available
  4  done, but some reports could not be read; for `rca check`: errors were found, or warnings with --strict";

/// A search engine for a folder of incident reports (RCAs and post-mortems in Markdown)
#[derive(Debug, Parser)]
#[command(name = "rca", version, styles = HELP, before_help = EXAMPLES, after_help = EXIT_CODES, disable_help_subcommand = true)]
#[command(max_term_width = 100, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// Parses the command line.
    pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut rca = without_empty_variables(Self::command());
        let mut arguments: Vec<OsString> = arguments.into_iter().collect();
        // Only where there is a query can a word be excluded from it.
        if typed_command(&rca, &arguments).is_some_and(takes_query) {
            let words = arguments.iter_mut().take_while(|argument| *argument != "--");
            words.for_each(|argument| *argument = protect(std::mem::take(argument)));
        }
        let mut matches = rca.try_get_matches_from_mut(arguments)?;
        let mut cli = Self::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut rca))?;
        if cli.global.print0 {
            if !matches!(cli.global.format, Format::Human | Format::Paths | Format::Paths0) {
                return Err(conflict("--print0", "--format"));
            }
            cli.global.format = Format::Paths0;
        }
        Ok(cli)
    }
}

/// The error of two options that do not go together.
fn conflict(option: &str, other: &str) -> clap::Error {
    let mut error = clap::Error::new(ErrorKind::ArgumentConflict);
    for (kind, option) in [(ContextKind::InvalidArg, option), (ContextKind::PriorArg, other)] {
        error.insert(kind, ContextValue::String(option.to_owned()));
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Failure;
    use crate::negation::{SHORT_OPTIONS, query_text};
    use crate::usage::failure;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_short_option_is_known() {
        let mut rca = Cli::command();
        rca.build();
        let arguments = rca.get_subcommands().flat_map(clap::Command::get_arguments).chain(rca.get_arguments());
        for short in arguments.filter_map(clap::Arg::get_short) {
            assert!(SHORT_OPTIONS.contains(short), "-{short} would be read as a negation");
        }
    }

    #[test]
    fn negations_are_no_options() {
        let words = |line: &str| {
            let cli = Cli::read(line.split(' ').map(OsString::from)).unwrap();
            let Command::Search(search) = cli.command else { panic!("no search: {line}") };
            (query_text(&search.query), cli.global.quiet, search.exit_status)
        };
        assert_eq!(words("rca search queue -tag:deploy"), ("queue -tag:deploy".to_owned(), false, false));
        assert_eq!(words("rca search -error queue -q"), ("-error queue".to_owned(), true, false));
        assert_eq!(words("rca search queue -eq"), ("queue".to_owned(), true, true));
        assert_eq!(words("rca search queue -n5"), ("queue".to_owned(), false, false));
        assert_eq!(words("rca search queue -n=5 -p1"), ("queue -p1".to_owned(), false, false));
        let unknown = Cli::read("rca search -s billing-api queue".split(' ').map(OsString::from));
        assert!(unknown.unwrap_err().to_string().contains("unexpected argument '-s'"));
        assert_eq!(words("rca search -- -eq -x"), ("-eq -x".to_owned(), false, false));
    }

    /// What a command line fails with.
    fn failed(line: &[&str]) -> String {
        let typed: Vec<OsString> = std::iter::once("rca").chain(line.iter().copied()).map(OsString::from).collect();
        let error = Cli::read(typed.clone()).unwrap_err();
        let rca = Cli::command();
        let Some(Failure::Plain { what, hint, code: 2 }) = failure(&error, &typed, typed_command(&rca, &typed)) else {
            panic!("no failure of usage: {line:?}")
        };
        format!("{what}; {hint}")
    }

    #[test]
    fn every_error_says_what_to_do() {
        let check = |line: &[&str], expected: &str| {
            let failed = failed(line);
            assert!(failed.contains(expected), "{line:?}: {failed}");
        };
        check(&["queue", "backlog"], "unknown command `queue`; to search, write `rca search queue backlog`");
        check(&["it's down"], "`rca search 'it'\\''s down'`");
        check(&["--archive", "x", "serach", "y"], "did you mean `rca search`? to search, write `rca search serach y`");
        check(
            &["search", "-z"],
            "unknown option `-z`; `rca search --help` lists the options; to exclude the word `z`, write `NOT z`",
        );
        check(&["search", "--limt", "3"], "unknown option `--limt`; did you mean `--limit`?");
        check(&["search", "--nonsense"], "to search for it as text, write `-- --nonsense`");
        check(&["doctor", "-xyz"], "unknown option `-x`; `rca doctor --help` lists the options");
        check(&["doctor", "word"], "unexpected argument `word`; `rca doctor --help` shows how");
        check(&["search", "--format", "jsn"], "--format jsn: unknown value; did you mean `json");
        check(&["search", "--format", "nothing"], "--format nothing: unknown value; it is one of human, json,");
        check(&["search", "--color"], "--color: the value is missing; it is one of auto,");
        check(&["search", "-n", "many"], "not a whole number");
        check(&["search", "--facets", "title"], "--facets title: not a facet; the facets are service,");
        check(
            &["search", "--fields", "id,colour"],
            "--fields id,colour: `colour` is not a field; the fields are match, id,",
        );
        check(&["search", "--literal", "--query", "x"], "--literal cannot be used with --query; leave out one of them");
        check(
            &["search", "x", "-0", "--format", "json"],
            "--print0 cannot be used with --format; leave out one of them",
        );
        check(&["show"], "<NAME>... is missing; `rca show --help`");
        check(&["search", "--strict=1"], "--strict takes no value");
    }

    #[test]
    fn the_command_is_found_behind_options() {
        let rca = Cli::command();
        let name = |line: &str| {
            let typed: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            typed_command(&rca, &typed).map(|command| command.get_name().to_owned())
        };
        assert_eq!(name("rca --archive show search x").as_deref(), Some("search"));
        assert_eq!(name("rca -q --archive=show facets").as_deref(), Some("facets"));
        assert_eq!(name("rca -- search"), None);
        assert_eq!(name("rca nonsense search"), None);
    }
}
