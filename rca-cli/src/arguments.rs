//! The options that all commands share: where archive and index are, and how results are printed.
//!
//! This module imports no other module of the command, so every module may import it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Common options")]
pub(crate) struct GlobalArgs {
    /// Folder of reports; defaults to the nearest parent with rca.toml or .rca, else the current folder
    #[arg(long, global = true, value_name = "DIR", env = "RCA_ARCHIVE", hide_env_values = true)]
    pub(crate) archive: Option<PathBuf>,
    /// Folder of the index; defaults to .rca in the archive, or to the user's cache folder if the archive is read-only or
    /// is not known to be one
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) index: Option<PathBuf>,
    /// Time zone of the days in queries, such as Europe/Berlin; defaults to `timezone` in rca.toml, else UTC
    #[arg(long, global = true, value_name = "ZONE", env = "RCA_TIMEZONE", hide_env_values = true)]
    pub(crate) timezone: Option<String>,
    /// Output format
    #[arg(long, global = true, value_enum, default_value_t, hide_possible_values = false)]
    pub(crate) format: Format,
    /// When to use colours; NO_COLOR turns them off too
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Print only results and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print more about what is being done
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

/// Output formats.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for people
    #[default]
    Human,
    /// One JSON document
    Json,
    /// One JSON document per line
    Jsonl,
    /// Comma-separated values with a header
    Csv,
    /// CSV with cells escaped so that spreadsheets do not run them as formulas
    CsvSafe,
    /// Markdown, to paste into a chat or a ticket
    Markdown,
    /// Paths of reports, one per line
    Paths,
    /// Annotations of a pull request on GitHub; for `rca check`
    Github,
    /// SARIF 2.1.0, for code scanning services; for `rca check`
    Sarif,
}

impl Format {
    /// Whether this is a format for problems alone.
    pub(crate) fn is_for_problems(self) -> bool {
        matches!(self, Self::Github | Self::Sarif)
    }
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    #[default]
    Auto,
    /// Always, even in a pipe
    Always,
    /// Never
    Never,
}
