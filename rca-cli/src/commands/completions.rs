//! `rca completions`: the script with which a shell completes commands, flags and values.
//!
//! In: the name of a shell. Out: a script on stdout.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use clap_complete::Shell;

use crate::complete::script;
use crate::context::Context;
use crate::failure::Failure;

/// Print shell completions
///
/// They know the services, tags, keys and ids of the archive: the script asks rca for them each time, so that it need not be
/// made again. They never create or update an index.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca completions bash > ~/.local/share/bash-completion/completions/rca
  echo 'source <(rca completions zsh)' >> ~/.zshrc
  rca completions fish > ~/.config/fish/completions/rca.fish")]
pub(crate) struct Arguments {
    /// Shell to print completions for
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let name = arguments.shell.to_string();
    let unknown =
        || Failure::usage(format!("{name}: no completions for this shell"), "`rca completions --help` lists them");
    let script = script(&name)?.ok_or_else(unknown)?;
    context.out.write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}
