//! The commands: each is one file with its arguments and its `run`.
//!
//! In: parsed arguments. Out: results, through `render`, and the exit code.

mod check;
mod completions;
mod doctor;
mod facets;
mod help;
mod index;
mod man;
mod recurring;
mod search;
mod seen;
mod show;
mod similar;
mod watch;

use std::process::ExitCode;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;
use crate::render::for_problems_only;

/// The commands of `rca`. The help text of each is that of its arguments.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Index(index::Arguments),
    Search(search::Arguments),
    Seen(seen::Arguments),
    Recurring(recurring::Arguments),
    Show(show::Arguments),
    Similar(similar::Arguments),
    Facets(facets::Arguments),
    Check(check::Arguments),
    Doctor(doctor::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
    Help(help::Arguments),
}

/// Runs a command.
pub(crate) fn run(command: Command, context: &mut Context) -> Result<ExitCode, Failure> {
    if context.global.format.is_for_problems() && !matches!(command, Command::Check(_)) {
        return Err(for_problems_only());
    }
    match command {
        Command::Index(arguments) => index::run(&arguments, context),
        Command::Search(arguments) => search::run(&arguments, context),
        Command::Seen(arguments) => seen::run(&arguments, context),
        Command::Recurring(arguments) => recurring::run(&arguments, context),
        Command::Show(arguments) => show::run(&arguments, context),
        Command::Similar(arguments) => similar::run(&arguments, context),
        Command::Facets(arguments) => facets::run(&arguments, context),
        Command::Check(arguments) => check::run(&arguments, context),
        Command::Doctor(arguments) => doctor::run(&arguments, context),
        Command::Completions(arguments) => completions::run(&arguments, context),
        Command::Man(arguments) => man::run(&arguments, context),
        Command::Help(arguments) => help::run(&arguments, context),
    }
}
