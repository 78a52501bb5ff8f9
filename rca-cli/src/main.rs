//! The command `rca`: finds the right incident report in a folder of Markdown post-mortems, in milliseconds.
//!
//! Arguments, settings, rendering and exit codes live here; everything else is the library's, `rca-index`.

mod cli;
mod commands;
mod context;
mod failure;
mod filters;
mod freshen;
mod place;
mod progress;
mod quantity;
mod render;
mod terminal;
mod unknown;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use crate::cli::Cli;
use crate::context::Context;
use crate::failure::Failure;

fn main() -> ExitCode {
    let cli = match Cli::read(std::env::args_os()) {
        Ok(cli) => cli,
        // Help and version are errors here too; each knows its stream and its exit code.
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    keep_panics_quiet();
    let mut context = Context::new(cli.global);
    let run = AssertUnwindSafe(|| commands::run(cli.command, &mut context));
    let outcome = catch_unwind(run).unwrap_or_else(|_| Err(Failure::bug()));
    let outcome = outcome.and_then(|code| context.finish().map(|()| code));
    outcome.unwrap_or_else(|failure| failure.tell(&mut context))
}

/// The library catches a panic over one report or a damaged index and names it. What the standard library would print of it
/// helps only who looks for a bug.
fn keep_panics_quiet() {
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        std::panic::set_hook(Box::new(|_| {}));
    }
}
