//! The command `rca`: a search engine for a folder of incident reports.
//!
//! Arguments, locations, rendering and exit codes live here; everything else is in the library `rca-index`.

mod arguments;
mod baseline;
mod characters;
mod cli;
mod cluster;
mod commands;
mod complete;
#[cfg(feature = "opensearch")]
mod config;
mod context;
mod failure;
mod fields;
mod filters;
mod freshen;
#[cfg(test)]
mod imports;
mod location;
mod negation;
mod owner;
mod paths;
mod piped;
mod progress;
mod pulse;
mod quantity;
mod quoting;
mod render;
mod targets;
mod terminal;
mod trust;
mod usage;
mod wanted;
mod watched;

use std::ffi::OsString;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::CommandFactory as _;
use clap::error::ErrorKind;

use crate::arguments::Color;
use crate::cli::Cli;
use crate::context::Context;
use crate::failure::Failure;
use crate::terminal::{Output, Wishes};

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
    let wishes = Wishes::of(&cli.global);
    let shown = wishes.as_ref().map_or_else(|_| Wishes::default_with(cli.global.color, false), Wishes::clone);
    let mut context = Context::new(cli.global, Output::stdout(shown, has_colors), Cli::command);
    let command = AssertUnwindSafe(|| wishes.and_then(|_| commands::run(cli.command, &mut context)));
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
            print(error);
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(failure::USAGE))
        }
    }
}

/// Prints the help or version that was asked for; help in a pager, if it is long.
fn print(error: &clap::Error) {
    if error.use_stderr() || error.kind() == ErrorKind::DisplayVersion {
        let _ = error.print();
        return;
    }
    let wants_pager = std::env::args_os().all(|argument| argument != "--no-pager");
    let mut out = Output::stdout(Wishes::default_with(Color::Auto, wants_pager), true);
    // If the reader is gone, there is nobody to tell.
    let _ = out.page().and_then(|()| write!(out, "{}", error.render().ansi())).and_then(|()| out.finish());
}

/// The library turns a panic about one report or a damaged index into an error that names it. The standard library's own
/// message about the panic only helps to find a bug.
fn keep_panics_quiet() {
    if std::env::var_os("RUST_BACKTRACE").is_none_or(|value| value.is_empty()) {
        std::panic::set_hook(Box::new(|_| {}));
    }
}
