//! `rca completions`: the script with which a shell completes commands and flags.
//!
//! In: the definition of the command line. Out: a script on stdout.

use std::process::ExitCode;

use clap::Args;
use clap_complete::Shell;

use crate::context::Context;
use crate::failure::Failure;

/// Print shell completions
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca completions bash > ~/.local/share/bash-completion/completions/rca
  rca completions fish > ~/.config/fish/completions/rca.fish")]
pub(crate) struct Arguments {
    /// Shell to print completions for
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    use std::io::Write as _;
    // The generator exits the process if a write fails; writes to memory never do.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut (context.definition)(), "rca", &mut script);
    context.out.write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}
