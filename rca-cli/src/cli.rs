//! The arguments that all commands share, and how the command line is read.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, ValueEnum};

use crate::commands::Command;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Yellow.on_default().bold())
    .usage(AnsiColor::Yellow.on_default().bold())
    .literal(AnsiColor::Green.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
Examples:
  rca search \"queue backlog\"                the reports about it, best first
  rca search timeout --service billing-api  only those of one service
  rca show 2025-06-02-message-queue         one incident, whole
  rca facets service                        incidents per service";

const EXIT_CODES: &str = "\
Exit codes:
  0  success
  1  no hits, with --exit-status only
  2  the command line or the query is wrong
  3  the index is missing, locked, damaged or from another version
  4  done, but some reports could not be read; for `rca check`, problems were found";

/// Finds the right incident report in a folder of Markdown post-mortems, in milliseconds
#[derive(Debug, Parser)]
#[command(name = "rca", version, styles = STYLES, before_help = EXAMPLES, after_help = EXIT_CODES, disable_help_subcommand = true)]
#[command(max_term_width = 100, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Common options")]
pub(crate) struct GlobalArgs {
    /// The folder of reports; else the nearest parent with rca.toml or .rca, else the current folder
    #[arg(long, global = true, value_name = "DIR", env = "RCA_ARCHIVE", hide_env_values = true)]
    pub(crate) archive: Option<PathBuf>,
    /// The folder of the index; else .rca in the archive, or the user's cache folder when the archive is read-only
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) index: Option<PathBuf>,
    /// How the answer is written
    #[arg(long, global = true, value_enum, default_value_t, hide_possible_values = false)]
    pub(crate) format: Format,
    /// When to use colours; NO_COLOR switches them off too
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Say nothing but the answer and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more of what is being done
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

/// How answers are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Human,
    /// One JSON document
    Json,
    /// One JSON document a line
    Jsonl,
    /// Comma-separated values with a header
    Csv,
    /// The same for a spreadsheet: no cell is taken for a formula
    CsvSafe,
    /// Markdown, to paste into a chat or a ticket
    Markdown,
    /// Paths of reports, one a line
    Paths,
}

/// When colours are used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    #[default]
    Auto,
    /// Also in a pipe
    Always,
    /// Never
    Never,
}

impl Cli {
    /// Reads the command line.
    pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut options_ended = false;
        let arguments = arguments.into_iter().map(|argument| {
            options_ended |= argument == "--";
            if options_ended { argument } else { protect_negation(argument) }
        });
        Self::try_parse_from(arguments)
    }
}

/// The short options of all commands.
const SHORT_OPTIONS: &str = "enqvhV";

/// `-tag:deploy` means "without the tag" in a query. A space in front keeps it from being read as a bundle of options;
/// [`query_text`] takes the space away.
fn protect_negation(argument: OsString) -> OsString {
    let text = argument.to_string_lossy();
    let negation = text.strip_prefix('-').is_some_and(|rest| {
        // `-n5` is a limit.
        let options = rest.trim_end_matches(|c: char| c.is_ascii_digit());
        !rest.is_empty() && !rest.starts_with('-') && !options.chars().all(|c| SHORT_OPTIONS.contains(c))
    });
    if negation { format!(" {text}").into() } else { argument }
}

/// The query that the words on the command line make up.
pub(crate) fn query_text(words: &[String]) -> String {
    let bare = |word: &String| word.strip_prefix(" -").map_or_else(|| word.clone(), |rest| format!("-{rest}"));
    words.iter().map(bare).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

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
            assert!(SHORT_OPTIONS.contains(short), "-{short} would be taken for a negation");
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
        assert_eq!(words("rca search -- -eq -x"), ("-eq -x".to_owned(), false, false));
    }
}
