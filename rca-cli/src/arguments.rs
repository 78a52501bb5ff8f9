//! The options that all commands share: where archive and index are, and how results are printed.
//!
//! This module imports no other module of the command, so every module may import it.

use std::path::PathBuf;

use clap::{Arg, Args, Command, Id, ValueEnum};

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Common options")]
pub(crate) struct GlobalArgs {
    /// Folder of reports; defaults to the nearest parent with rca.toml or .rca, else the current folder
    #[arg(long, global = true, value_name = "DIR", env = "RCA_ARCHIVE", hide_env_values = true)]
    pub(crate) archive: Option<PathBuf>,
    /// Folder of the index, or its address in a cluster of OpenSearch, such as https://HOST:9200/NAME; defaults to the cluster of
    /// your configuration file, else to .rca in the archive, or to the user's cache folder if the archive is read-only or is not
    /// known to be one
    #[arg(long, global = true, value_name = "DIR|URL", env = "RCA_INDEX", hide_env_values = true)]
    pub(crate) index: Option<PathBuf>,
    /// Trust every index as it is, also one that came with the archive: for a cache in CI, or a volume of a container
    #[arg(long, global = true, env = "RCA_TRUST_INDEX", hide_env_values = true)]
    #[arg(value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) trust_index: bool,
    /// Time zone of the days in queries, such as Europe/Berlin; defaults to `timezone` in rca.toml, else UTC
    #[arg(long, global = true, value_name = "ZONE", env = "RCA_TIMEZONE", hide_env_values = true)]
    pub(crate) timezone: Option<String>,
    /// Output format
    #[arg(long, global = true, value_enum, default_value_t, hide_possible_values = false)]
    pub(crate) format: Format,
    /// Print paths, each ended by a NUL character, for `xargs -0`; short for --format paths0
    #[arg(short = '0', long, global = true)]
    pub(crate) print0: bool,
    /// When to use colours; NO_COLOR turns them off too
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Colours and styles, as in `match:fg:blue` or `title:style:underline`; parts: title, match, severe, notable, dim
    #[arg(long, global = true, value_name = "SPEC", env = "RCA_COLORS", hide_env_values = true)]
    pub(crate) colors: Vec<String>,
    /// Links behind paths: default, none, file, vscode, kitty and others that ripgrep knows, or a format with {path} and {line}
    #[arg(long, global = true, value_name = "FORMAT", env = "RCA_HYPERLINK_FORMAT", hide_env_values = true)]
    pub(crate) hyperlink_format: Option<String>,
    /// Do not show output that is longer than the screen in a pager; RCA_PAGER or PAGER names the pager
    #[arg(long, global = true)]
    pub(crate) no_pager: bool,
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
    /// Paths of reports, each ended by a NUL character
    Paths0,
    /// One line per passage, as path:line:column:text, for editors
    Vimgrep,
    /// One line per hit: date, severity, title and path:line
    Compact,
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

/// A variable that is set to nothing is not set: that is how scripts switch one off.
pub(crate) fn without_empty_variables(mut rca: Command) -> Command {
    let is_empty = |arg: &&Arg| arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    let empty: Vec<Id> = rca.get_arguments().filter(is_empty).map(|arg| arg.get_id().clone()).collect();
    for id in empty {
        rca = rca.mut_arg(id, |arg| arg.env(None::<&'static str>));
    }
    rca
}
