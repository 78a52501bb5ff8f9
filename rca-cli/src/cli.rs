//! The command line as a whole: the definition behind parsing, help, completions and manual pages.
//!
//! In: the arguments of the process. Out: the options that all commands share, and one command with its own arguments.

use std::ffi::OsString;

use clap::Parser;

use crate::arguments::GlobalArgs;
use crate::commands::Command;
use crate::negation::protect;
use crate::terminal::HELP;

const EXAMPLES: &str = "\
Examples:
  rca search \"queue backlog\"                find incidents, best first
  rca search timeout --service billing-api  only incidents that affected one service
  rca show 2025-06-02-message-queue         show one incident in full
  rca facets service                        count incidents per service";

const EXIT_CODES: &str = "\
Exit codes:
  0  success
  1  no hits (only with --exit-status)
  2  invalid command line or query
  3  the index is missing, locked, damaged or from another version
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
        let mut options_ended = false;
        let arguments = arguments.into_iter().map(|argument| {
            options_ended |= argument == "--";
            if options_ended { argument } else { protect(argument) }
        });
        Self::try_parse_from(arguments)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::negation::{SHORT_OPTIONS, query_text};

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
        let unknown = Cli::read("rca search -s billing-api queue".split(' ').map(OsString::from));
        assert!(unknown.unwrap_err().to_string().contains("unexpected argument '-s'"));
        assert_eq!(words("rca search -- -eq -x"), ("-eq -x".to_owned(), false, false));
    }
}
