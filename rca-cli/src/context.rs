//! The context: what a command needs of the outside. The answer goes to stdout, talk to stderr.

use std::fmt::Arguments;
use std::io::{self, Write};

use crate::cli::{Format, GlobalArgs};
use crate::failure::Failure;
use crate::terminal::{Output, clean_lines};

/// What a command needs of the outside.
pub(crate) struct Context {
    pub(crate) global: GlobalArgs,
    /// Where the answer goes.
    pub(crate) out: Output,
}

impl Context {
    pub(crate) fn new(global: GlobalArgs) -> Self {
        let out = Output::stdout(global.color, global.format == Format::Human);
        Self { global, out }
    }

    /// Says something to people, unless they want it quiet.
    pub(crate) fn say(&mut self, message: Arguments<'_>) {
        if !self.global.quiet {
            // What stands above in the terminal should have been there first.
            let _ = self.out.flush();
            // Nobody is left to be told that stderr is gone.
            let _ = writeln!(io::stderr(), "{}", clean_lines(&message.to_string()));
        }
    }

    /// Says something to people who want to know more.
    pub(crate) fn detail(&mut self, message: Arguments<'_>) {
        if self.global.verbose {
            self.say(message);
        }
    }

    /// Writes what is still to be written.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }
}
