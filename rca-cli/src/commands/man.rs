//! `rca man`: print or install the manual pages.
//!
//! In: the definition of the command line. Out: one page on stdout, or all pages in a folder.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap_mangen::Man;

use crate::commands::help::subcommand;
use crate::context::Context;
use crate::failure::Failure;

/// Print or install the manual pages
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca man | man -l -                        read the page about rca
  rca man search | man -l -                 read the page about a command
  rca man --out ~/.local/share/man/man1     install all pages")]
pub(crate) struct Arguments {
    /// Command to describe; defaults to rca itself
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
    /// Write all pages to this folder
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let definition = (context.definition)();
    if let Some(folder) = &arguments.out {
        let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(definition, folder));
        let cannot =
            |error| Failure::index(format!("{}: {error}", folder.display()), "pass a folder that can be written to");
        written.map_err(cannot)?;
        return Ok(ExitCode::SUCCESS);
    }
    let command = match &arguments.command {
        Some(name) => {
            let command = subcommand(definition, name)?;
            command.clone().name(format!("rca-{name}")).display_name(format!("rca-{name}"))
        }
        None => definition,
    };
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    context.out.write_all(&page)?;
    Ok(ExitCode::SUCCESS)
}
