//! Progress: on a terminal, a sign of life while reports are looked for, then a bar with rate and remaining time.
//!
//! In: the events of an update. Out: a line on stderr, which disappears at the end; nothing where stderr is no terminal.

use std::io::IsTerminal as _;
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rca_index::UpdateEvent;

use crate::arguments::GlobalArgs;
use crate::quantity::count;

/// An update that takes less time shows nothing.
const PATIENCE: Duration = Duration::from_millis(150);
/// How often the sign of life changes.
const TICK: Duration = Duration::from_millis(100);

const LOOKING: &str = "{spinner} {msg}";
const READING: &str = "{msg} [{wide_bar}] {bytes} of {total_bytes}  {binary_bytes_per_sec}  {eta} left";

/// The progress of an update.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn new(global: &GlobalArgs) -> Self {
        let bar = ProgressBar::hidden().with_message("looking for reports");
        set_style(&bar, LOOKING);
        if !global.quiet && std::io::stderr().is_terminal() {
            let bar = bar.clone();
            // No event comes while a large folder is scanned, so the line cannot wait for one.
            thread::spawn(move || {
                thread::sleep(PATIENCE);
                if !bar.is_finished() {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                    bar.enable_steady_tick(TICK);
                }
            });
        }
        Self { bar }
    }

    pub(crate) fn show(&self, event: &UpdateEvent) {
        match event {
            UpdateEvent::Compared { to_read, bytes, .. } => {
                set_style(&self.bar, READING);
                self.bar.set_length(*bytes);
                self.bar.set_message(count(*to_read, "report"));
                self.bar.reset_eta();
            }
            UpdateEvent::Read { bytes } => self.bar.inc(*bytes),
            UpdateEvent::Committing => {
                set_style(&self.bar, LOOKING);
                self.bar.set_message("committing");
            }
            _ => {}
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn set_style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> ").tick_chars("|/-\\ "));
    }
}
