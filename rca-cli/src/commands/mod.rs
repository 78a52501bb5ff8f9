//! The commands. Each is one file with its arguments and its `run`.

mod check;
mod completions;
mod doctor;
mod facets;
mod help;
mod index;
mod man;
mod search;
mod show;
mod watch;

use std::process::ExitCode;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

/// What `rca` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Bring the index in line with the archive
    Index(index::Arguments),
    /// Find incidents, best first
    Search(search::Arguments),
    /// Show one incident
    Show(show::Arguments),
    /// Count incidents per service, severity, tag or status
    Facets(facets::Arguments),
    /// List the problems in reports
    Check(check::Arguments),
    /// Look the index over, and repair it
    Doctor(doctor::Arguments),
    /// Print the completions of a shell
    Completions(completions::Arguments),
    /// Print or write the manual pages
    Man(man::Arguments),
    /// Explain a command, or the query language
    Help(help::Arguments),
}

/// Runs a command.
pub(crate) fn run(command: Command, context: &mut Context) -> Result<ExitCode, Failure> {
    match command {
        Command::Index(arguments) => index::run(&arguments, context),
        Command::Search(arguments) => search::run(&arguments, context),
        Command::Show(arguments) => show::run(&arguments, context),
        Command::Facets(arguments) => facets::run(&arguments, context),
        Command::Check(arguments) => check::run(&arguments, context),
        Command::Doctor(arguments) => doctor::run(&arguments, context),
        Command::Completions(arguments) => completions::run(&arguments, context),
        Command::Man(arguments) => man::run(&arguments, context),
        Command::Help(arguments) => help::run(&arguments, context),
    }
}
