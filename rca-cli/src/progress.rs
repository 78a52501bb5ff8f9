//! Progress: a bar with rate and remaining time on a terminal, nothing elsewhere.
//!
//! In: the events of an update. Out: a bar on stderr.

use std::io::IsTerminal as _;
use std::sync::Once;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rca_index::UpdateEvent;

use crate::arguments::GlobalArgs;
use crate::quantity::count;

/// An update that takes less time shows no bar.
const PATIENCE: Duration = Duration::from_millis(150);

/// The progress of an update.
pub(crate) struct Progress {
    bar: ProgressBar,
    wanted: bool,
    started: Instant,
    shown: Once,
}

impl Progress {
    pub(crate) fn new(global: &GlobalArgs) -> Self {
        let bar = ProgressBar::hidden();
        if let Ok(style) = ProgressStyle::with_template(
            "{msg} [{wide_bar}] {bytes} of {total_bytes}  {binary_bytes_per_sec}  {eta} left",
        ) {
            bar.set_style(style.progress_chars("=> "));
        }
        let wanted = !global.quiet && std::io::stderr().is_terminal();
        Self { bar, wanted, started: Instant::now(), shown: Once::new() }
    }

    pub(crate) fn show(&self, event: &UpdateEvent) {
        match event {
            UpdateEvent::Compared { to_read, bytes, .. } => {
                self.bar.set_length(*bytes);
                self.bar.set_message(count(*to_read, "report"));
            }
            UpdateEvent::Read { bytes } => self.bar.inc(*bytes),
            UpdateEvent::Committing => self.bar.set_message("committing"),
            _ => {}
        }
        if self.wanted && self.started.elapsed() > PATIENCE {
            self.shown.call_once(|| self.bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
