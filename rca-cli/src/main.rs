//! The command `rca`: a search engine for a folder of incident reports.
//!
//! Arguments, locations, rendering and exit codes live here; everything else is in the library `rca-index`.

mod arguments;
mod baseline;
mod cli;
mod commands;
mod complete;
mod context;
mod failure;
mod fields;
mod filters;
mod freshen;
#[cfg(test)]
mod imports;
mod location;
mod negation;
mod piped;
mod progress;
mod quantity;
mod render;
mod targets;
mod terminal;
mod usage;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::cli::Cli;
use crate::context::Context;
use crate::failure::Failure;

fn main() -> ExitCode {
    if complete::answer(Cli::command) {
        return ExitCode::SUCCESS;
    }
    let typed: Vec<OsString> = std::env::args_os().collect();
    let cli = match Cli::read(typed.iter().cloned()) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, &typed),
    };
    keep_panics_quiet();
    let has_colors = render::renderer(cli.global.format).has_colors();
    let mut context = Context::new(cli.global, has_colors, Cli::command);
    let command = AssertUnwindSafe(|| commands::run(cli.command, &mut context));
    let outcome = catch_unwind(command).unwrap_or_else(|_| Err(Failure::bug()));
    let outcome = outcome.and_then(|code| context.finish().map(|()| code));
    outcome.unwrap_or_else(|failure| render::failure(failure, &mut context))
}

/// Ends a command line that cannot be run. For clap, help and version are errors too; each has its stream and its exit code.
fn refuse(error: &clap::Error, typed: &[OsString]) -> ExitCode {
    let rca = Cli::command();
    match usage::failure(error, typed, usage::typed_command(&rca, typed)) {
        Some(failure) => render::refusal(&failure),
        None => {
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(failure::USAGE))
        }
    }
}

/// The library turns a panic about one report or a damaged index into an error that names it. The standard library's own
/// message about the panic only helps to find a bug.
fn keep_panics_quiet() {
    if std::env::var_os("RUST_BACKTRACE").is_none_or(|value| value.is_empty()) {
        std::panic::set_hook(Box::new(|_| {}));
    }
}
