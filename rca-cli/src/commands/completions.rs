//! `rca completions`: what a shell needs to complete commands and flags.

use std::process::ExitCode;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::context::Context;
use crate::failure::Failure;

/// Print the completions of a shell
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca completions bash > ~/.local/share/bash-completion/completions/rca
  rca completions fish > ~/.config/fish/completions/rca.fish")]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    use std::io::Write as _;
    // The generator ends the process when it cannot write; into memory it always can.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "rca", &mut script);
    context.out.write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}
