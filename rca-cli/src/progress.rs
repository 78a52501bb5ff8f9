//! Progress: a bar with rate and remaining time on a terminal, nothing elsewhere.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};
use rca_index::UpdateEvent;

use crate::cli::GlobalArgs;

/// The progress of an update.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn new(global: &GlobalArgs) -> Self {
        let shown = !global.quiet && std::io::stderr().is_terminal();
        let bar = if shown { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let template = "{msg} [{bar:30}] {bytes}/{total_bytes}  {binary_bytes_per_sec}  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { bar }
    }

    pub(crate) fn show(&self, event: &UpdateEvent) {
        match event {
            UpdateEvent::Compared { to_read, bytes, .. } => {
                self.bar.set_length(*bytes);
                self.bar.set_message(format!("{to_read} reports"));
            }
            UpdateEvent::Read { bytes } => self.bar.inc(*bytes),
            UpdateEvent::Committing => self.bar.set_message("writing"),
            _ => {}
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
