//! The context of a command: shared options and output streams. Results go to stdout, talk to stderr.
//!
//! In: the shared options. Out: text on both streams.

use std::fmt::Arguments;

use crate::arguments::GlobalArgs;
use crate::failure::Failure;
use crate::terminal::{Output, clean};

/// The shared options and the output of a command.
pub(crate) struct Context {
    pub(crate) global: GlobalArgs,
    /// The definition of the command line, for help, completions and manual pages.
    pub(crate) definition: fn() -> clap::Command,
    /// Where results go.
    pub(crate) out: Output,
}

impl Context {
    pub(crate) fn new(global: GlobalArgs, out: Output, definition: fn() -> clap::Command) -> Self {
        Self { global, definition, out }
    }

    /// Prints a message on stderr, on one line whatever it repeats, unless `--quiet` is given.
    pub(crate) fn say(&mut self, message: Arguments<'_>) {
        if !self.global.quiet {
            self.warn(message);
        }
    }

    /// Prints a message on stderr, with `--quiet` too, on one line whatever it repeats.
    pub(crate) fn warn(&mut self, message: Arguments<'_>) {
        self.out.talk(&format!("{}\n", clean(&message.to_string())));
    }

    /// Prints a message on stderr if `--verbose` is given.
    pub(crate) fn detail(&mut self, message: Arguments<'_>) {
        if self.global.verbose {
            self.say(message);
        }
    }

    /// Writes what is still buffered, and waits for the pager.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        Ok(self.out.finish()?)
    }
}
