//! The events of a watch: what happened, for people and for programs that supervise it.
//!
//! In: events. Out: a JSON object a line in the format for lines, talk in the others.

use std::io::{self, Write};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rca_index::wire::VERSION;
use rca_index::{Level, Precision, Timestamp, UpdateReport};
use serde::Serialize;

use crate::context::Context;
use crate::failure::Failure;
use crate::location::Location;
use crate::render::json::escape;
use crate::render::talk::of_level;
use crate::render::text::ignored_files;
use crate::render::{renderer, update};

/// What happened while an archive is watched.
#[derive(Debug)]
pub(crate) enum WatchEvent<'a> {
    /// The process is ready to look at the archive.
    Started { archive: &'a str },
    /// Changes are noticed from now on; again after the folder was replaced.
    Watching { archive: &'a str },
    /// An update is done.
    Updated(&'a UpdateReport),
    /// An update failed, and when the next attempt is; at the next change if there is no time.
    Failed { reason: &'a str, hint: &'a str, retry_in: Option<Duration> },
    /// The process ends because it was asked to.
    Stopped,
}

/// The JSON form of an event.
#[derive(Debug, Serialize)]
struct Line<'a> {
    version: u32,
    time: Timestamp,
    #[serde(flatten)]
    event: Form<'a>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Form<'a> {
    Started {
        archive: &'a str,
        pid: u32,
    },
    Watching {
        archive: &'a str,
    },
    Updated {
        reports: usize,
        added: usize,
        modified: usize,
        renamed: usize,
        removed: usize,
        unchanged: usize,
        failed: usize,
        left_out: usize,
        ignored: usize,
        errors: usize,
        warnings: usize,
        took_ms: f64,
    },
    Failed {
        reason: &'a str,
        hint: &'a str,
        retry_in_seconds: Option<u64>,
    },
    Stopped,
}

impl<'a> Form<'a> {
    fn new(event: &WatchEvent<'a>) -> Self {
        match *event {
            WatchEvent::Started { archive } => Self::Started { archive, pid: std::process::id() },
            WatchEvent::Watching { archive } => Self::Watching { archive },
            WatchEvent::Updated(report) => {
                let [errors, warnings] = [Level::Error, Level::Warning].map(|level| of_level(&report.problems, level));
                Self::Updated {
                    reports: report.reports,
                    added: report.added,
                    modified: report.modified,
                    renamed: report.renamed,
                    removed: report.removed,
                    unchanged: report.unchanged,
                    failed: report.failed,
                    left_out: report.left_out.len(),
                    ignored: ignored_files(&report.ignored),
                    errors,
                    warnings,
                    took_ms: (report.took.as_secs_f64() * 1e6).round() / 1e3,
                }
            }
            WatchEvent::Failed { reason, hint, retry_in } => {
                Self::Failed { reason, hint, retry_in_seconds: retry_in.map(|time| time.as_secs()) }
            }
            WatchEvent::Stopped => Self::Stopped,
        }
    }
}

/// Writes an event as a line.
pub(super) fn line(out: &mut impl Write, event: &WatchEvent<'_>) -> io::Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let time = Timestamp::from_unix_seconds(now.cast_signed(), Precision::Second);
    let line = Line { version: VERSION, time, event: Form::new(event) };
    writeln!(out, "{}", escape(&serde_json::to_string(&line)?))
}

/// Prints an event.
pub(crate) fn watch_event(context: &mut Context, location: &Location, event: &WatchEvent<'_>) -> Result<(), Failure> {
    if !renderer(context.global.format).watch_event(&mut context.out, event)? {
        match event {
            WatchEvent::Started { .. } => {}
            WatchEvent::Watching { archive } => {
                context.say(format_args!("rca: watching {archive}; stop with Ctrl-C"));
            }
            WatchEvent::Updated(report) => update(context, location, report)?,
            WatchEvent::Failed { reason, hint, retry_in } => {
                let next = match retry_in {
                    Some(time) => format!("in {} s", time.as_secs()),
                    None => "when it is back".to_owned(),
                };
                context.say(format_args!("rca: {reason}; {hint}; trying again {next}"));
            }
            WatchEvent::Stopped => context.say(format_args!("rca: stopped")),
        }
    }
    context.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_an_object_with_its_kind_and_time() {
        let json = |event: &WatchEvent<'_>| -> serde_json::Value {
            let mut out = Vec::new();
            line(&mut out, event).unwrap();
            assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), 1);
            serde_json::from_slice(&out).unwrap()
        };
        let failed = WatchEvent::Failed { reason: "disk\nfull", hint: "x", retry_in: Some(Duration::from_secs(2)) };
        let failed = json(&failed);
        assert_eq!((&failed["type"], &failed["retry_in_seconds"]), (&"failed".into(), &2.into()));
        assert_eq!(failed["version"], VERSION);
        assert!(failed["time"].as_str().unwrap().ends_with('Z'), "{failed}");
        assert_eq!(json(&WatchEvent::Stopped)["type"], "stopped");
        let updated = json(&WatchEvent::Updated(&UpdateReport::default()));
        assert_eq!((&updated["type"], &updated["reports"]), (&"updated".into(), &0.into()));
    }
}
