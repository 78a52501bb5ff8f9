//! `rca index --watch`: update whenever a report changes.

use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use notify::{RecursiveMode, Watcher as _};
use rca_index::{Error, Index, UpdateOptions};

use crate::commands::index::update;
use crate::context::Context;
use crate::failure::Failure;
use crate::place::Place;

/// How long nothing must happen before an update begins: editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(200);
/// How long an update waits at most while things keep happening.
const PATIENCE: Duration = Duration::from_secs(2);

/// Updates whenever a report changes, until the process is ended.
pub(crate) fn run(index: &Index, place: &Place, context: &mut Context) -> Result<(), Failure> {
    let root = std::path::absolute(place.archive.root())?;
    let (events, changed) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // The receiver is gone only when the process ends.
        let _ = events.send(event);
    })
    .map_err(|error| cannot_watch(&root, &error))?;
    watcher.watch(&root, RecursiveMode::Recursive).map_err(|error| cannot_watch(&root, &error))?;
    context.say(format_args!("rca: watching {}; end with Ctrl-C", root.display()));

    while let Ok(event) = changed.recv() {
        if !event.is_ok_and(|event| concerns_reports(&event, &root)) {
            continue;
        }
        let first = Instant::now();
        while first.elapsed() < PATIENCE && changed.recv_timeout(QUIET).is_ok() {}
        // An update by another process may have begun before this change.
        let options = UpdateOptions::default().wait(Duration::MAX);
        match update(index, place, &options, context) {
            // What stands in the way may be gone at the next event.
            Err(Failure::Plain { what, .. }) => context.say(format_args!("rca: {what}")),
            outcome => drop(outcome?),
        }
        context.finish()?;
    }
    Ok(())
}

/// Whether an event may change what the index holds. Hidden files and folders, the index among them, never do.
fn concerns_reports(event: &notify::Event, root: &Path) -> bool {
    let hidden = |path: &Path| {
        let inside = path.strip_prefix(root).unwrap_or(path);
        inside.components().any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"."))
    };
    !event.kind.is_access() && !event.paths.iter().all(|path| hidden(path))
}

fn cannot_watch(root: &Path, error: &notify::Error) -> Failure {
    let what = format!("{}: changes cannot be watched: {error}", root.display());
    Failure::from(Error::Io { path: root.to_owned(), source: std::io::Error::other(what) })
}
