//! `rca man`: print or install the manual pages.
//!
//! In: the definition of the command line, and the reference of the query language. Out: one page on stdout, or all pages in a
//! folder.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, roman};
use rca_index::{FIELDS, query};

use crate::commands::help::subcommand;
use crate::context::Context;
use crate::failure::Failure;

/// The page about the query language, in the section of conventions.
const QUERY_PAGE: &str = "rca-query";

/// Environment variables, and what they do.
const VARIABLES: &[(&str, &str)] = &[
    ("RCA_ARCHIVE", "The folder of reports, when --archive is not given."),
    ("RCA_INDEX", "The folder or the address of the index, when --index is not given."),
    ("RCA_CLUSTER_USER, RCA_CLUSTER_PASSWORD", "The user and the password to log in to a cluster with."),
    ("RCA_CLUSTER_API_KEY", "An API key to log in to a cluster with."),
    ("RCA_CLUSTER_TOKEN", "A token to log in to a cluster with."),
    ("RCA_CLUSTER_CA", "A file with the certificates, in PEM, that the certificate of a cluster must be signed by."),
    ("RCA_CLUSTER_ARCHIVE", "The name of the archive among those that share an index in a cluster."),
    ("RCA_TRUST_INDEX", "If set to 1, every index is trusted as it is, as with --trust-index."),
    ("RCA_TIMEZONE", "The zone of the days in queries, when --timezone is not given."),
    ("RCA_COLORS", "Colours, as --colors takes them; --colors is read after it."),
    ("RCA_HYPERLINK_FORMAT", "The format of links, when --hyperlink-format is not given."),
    (
        "RCA_PAGER, PAGER",
        "The pager for output longer than the screen, less -FRX if neither is set; nothing or cat for none.",
    ),
    ("LESS", "FRX for the pager, unless it is set."),
    ("NO_COLOR", "If set, no colours; --color=always overrides it."),
    (
        "XDG_CACHE_HOME",
        "Where the indexes of read-only archives are: in the folder rca below it; ~/.cache if it is not set.",
    ),
    (
        "XDG_CONFIG_HOME",
        "Where your configuration is: in the file rca/config.toml below it; ~/.config if it is not set.",
    ),
    (
        "XDG_STATE_HOME",
        "Where the indexes that you trust are noted: in the folder rca/trusted below it; ~/.local/state if it is not set.",
    ),
    ("RUST_BACKTRACE", "If set, the message of a bug is shown with its place."),
];

/// Files, and what they hold.
const FILES: &[(&str, &str)] = &[
    ("rca.toml", "In the root of an archive: its settings. `rca help settings` lists the keys."),
    (".rca/", "In the root of an archive: its index. It can be deleted at any time."),
    ("~/.config/rca/config.toml", "Your configuration: which cluster keeps your indexes, and where its password is."),
    ("~/.cache/rca/", "The indexes of archives that are read-only."),
    ("~/.local/state/rca/trusted/", "Which indexes are yours. Without it they are built anew once."),
];

/// Exit codes, and what they mean.
const STATUS: &[(&str, &str)] = &[
    ("0", "Success."),
    ("1", "No hits; only with --exit-status."),
    ("2", "The command line or the query is invalid."),
    ("3", "The index is missing, locked, damaged or from another version, or its cluster is not available."),
    ("4", "Done, but some reports could not be read; for rca check, errors were found, or warnings with --strict."),
];

/// Print or install the manual pages
///
/// `rca man query` prints the page about the query language. In a folder named man1, that page goes to man7 beside it.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca man | man -l -                        read the page about rca
  rca man search | man -l -                 read the page about a command
  rca man query | man -l -                  read the page about the query language
  rca man --out ~/.local/share/man/man1     install all pages")]
pub(crate) struct Arguments {
    /// Command to describe, or `query`; defaults to rca itself
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
    /// Write all pages to this folder
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let mut rca = (context.definition)();
    // Only this passes common options on to the commands.
    rca.build();
    if let Some(folder) = &arguments.out {
        let cannot =
            |error| Failure::index(format!("{}: {error}", folder.display()), "pass a folder that can be written to");
        install(&rca, folder).map_err(cannot)?;
        return Ok(ExitCode::SUCCESS);
    }
    let page = match arguments.command.as_deref() {
        Some("query") => query_page(),
        Some(name) => command_page(&subcommand((context.definition)(), name)?, name)?,
        None => rca_page(&rca)?,
    };
    context.out.write_all(&page)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes all pages.
fn install(rca: &Command, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("rca.1"), rca_page(rca)?)?;
    for command in rca.get_subcommands() {
        let name = command.get_name();
        fs::write(folder.join(format!("rca-{name}.1")), command_page(command, name)?)?;
    }
    let conventions = match folder.file_name() {
        Some(name) if name == "man1" => folder.with_file_name("man7"),
        _ => folder.to_owned(),
    };
    fs::create_dir_all(&conventions)?;
    fs::write(conventions.join(format!("{QUERY_PAGE}.7")), query_page())
}

/// The page about rca itself.
fn rca_page(rca: &Command) -> io::Result<Vec<u8>> {
    page(rca, |man, page| man.render_subcommands_section(page))
}

/// The page about a command.
fn command_page(command: &Command, name: &str) -> io::Result<Vec<u8>> {
    let usage = format!("rca {name}");
    let command = command.clone().name(format!("rca-{name}")).display_name(format!("rca-{name}")).bin_name(usage);
    page(&command, |_, _| Ok(()))
}

/// A page: what clap knows, and what it does not.
fn page(command: &Command, commands: impl Fn(&Man, &mut Vec<u8>) -> io::Result<()>) -> io::Result<Vec<u8>> {
    let examples = command.get_before_help().map(ToString::to_string).unwrap_or_default();
    let man = Man::new(command.clone()).source(format!("rca {}", env!("CARGO_PKG_VERSION"))).manual("rca");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    commands(&man, &mut page)?;
    let mut rest = Roff::new();
    rest.control("SH", ["EXAMPLES"]);
    literal(&mut rest, examples.lines().skip(1));
    for (heading, rows) in [("ENVIRONMENT", VARIABLES), ("FILES", FILES), ("EXIT STATUS", STATUS)] {
        rest.control("SH", [heading]);
        for (name, what) in rows {
            rest.control("TP", []).text([bold(*name)]).text([roman(*what)]);
        }
    }
    rest.control("SH", ["SEE ALSO"]);
    rest.text([bold("rca"), roman("(1), "), bold(QUERY_PAGE), roman("(7)")]);
    rest.to_writer(&mut page)?;
    Ok(page)
}

/// Lines as they are, in a fixed width.
fn literal<'a>(roff: &mut Roff, lines: impl Iterator<Item = &'a str>) {
    roff.control("nf", []).control("ft", ["CW"]);
    for line in lines {
        roff.text([roman(line)]);
    }
    roff.control("ft", ["P"]).control("fi", []);
}

/// The page about the query language: the reference that `rca help query` prints, and the fields.
fn query_page() -> Vec<u8> {
    let mut roff = Roff::new();
    let version = format!("rca {}", env!("CARGO_PKG_VERSION"));
    roff.control("TH", [QUERY_PAGE, "7", "", &version, "rca"]);
    roff.control("SH", ["NAME"]).text([roman("rca-query - the query language of rca")]);
    roff.control("SH", ["DESCRIPTION"]);
    let mut lines = query::REFERENCE.lines().skip_while(|line| line.starts_with("# ")).peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            literal(&mut roff, block.into_iter());
        } else if let Some(heading) = line.strip_prefix("## ") {
            roff.control("SH", [heading.to_uppercase().as_str()]);
        } else if line.is_empty() {
            roff.control("PP", []);
        } else {
            roff.text(inline(line));
        }
    }
    roff.control("SH", ["FIELDS"]);
    for field in FIELDS {
        let aliases = field.aliases.join(", ");
        let also = if aliases.is_empty() { String::new() } else { format!(" Also {aliases}.") };
        let what = format!("{} ({}).{also}", field.help, field.kind.value_name());
        roff.control("TP", []).text([bold(field.name)]).text([roman(what)]);
    }
    roff.control("SH", ["SEE ALSO"]);
    roff.text([bold("rca"), roman("(1), "), bold("rca-search"), roman("(1)")]);
    roff.to_roff().into_bytes()
}

/// A line of Markdown whose code is bold.
fn inline(line: &str) -> Vec<Inline> {
    let parts = line.split('`').enumerate();
    parts.map(|(i, part)| if i % 2 == 1 { bold(part) } else { roman(part) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_in_a_line_is_bold() {
        assert_eq!(inline("a `b` c"), [roman("a "), bold("b"), roman(" c")]);
    }
}
