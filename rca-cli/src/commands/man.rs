//! `rca man`: the manual pages, made from the same definition as the help.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory as _};
use clap_mangen::Man;

use crate::cli::Cli;
use crate::commands::help::subcommand;
use crate::context::Context;
use crate::failure::Failure;

/// Print or write the manual pages
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca man | man -l -                        read the page of rca
  rca man search | man -l -                 read that of a command
  rca man --out ~/.local/share/man/man1     install them all")]
pub(crate) struct Arguments {
    /// The command; rca itself when not given
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
    /// Write all pages into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    if let Some(folder) = &arguments.out {
        let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Cli::command(), folder));
        let cannot = |error| Failure::index(format!("{}: {error}", folder.display()), "name a folder to write to");
        written.map_err(cannot)?;
        return Ok(ExitCode::SUCCESS);
    }
    let command = match &arguments.command {
        Some(name) => {
            let command = subcommand(name)?;
            command.clone().name(format!("rca-{name}")).display_name(format!("rca-{name}"))
        }
        None => Cli::command(),
    };
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    context.out.write_all(&page)?;
    Ok(ExitCode::SUCCESS)
}
