//! `rca index --watch`: watch the archive and update on every change.
//!
//! In: events of the file system. Out: an update after each burst of them, until the process is stopped.

use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use notify::{RecursiveMode, Watcher as _};
use rca_index::{Error, Index, UpdateOptions};

use crate::context::Context;
use crate::failure::Failure;
use crate::freshen::update;
use crate::location::Location;
use crate::render;

/// How long there must be no event before an update starts: editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(200);
/// The longest that an update is put off while events keep coming.
const PATIENCE: Duration = Duration::from_secs(2);

/// Updates on every change, until the process is stopped.
pub(crate) fn watch(index: &Index, location: &Location, context: &mut Context) -> Result<(), Failure> {
    let root = std::path::absolute(location.archive.root())?;
    let (events, changed) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // The receiver lives as long as the process.
        let _ = events.send(event);
    })
    .map_err(|error| cannot_watch(&root, &error))?;
    watcher.watch(&root, RecursiveMode::Recursive).map_err(|error| cannot_watch(&root, &error))?;
    context.say(format_args!("rca: watching {}; stop with Ctrl-C", root.display()));

    while let Ok(event) = changed.recv() {
        if !event.is_ok_and(|event| concerns_reports(&event, &root)) {
            continue;
        }
        let first = Instant::now();
        while first.elapsed() < PATIENCE && changed.recv_timeout(QUIET).is_ok() {}
        // An update by another process may have begun before this change.
        let options = UpdateOptions::default().wait(Duration::MAX);
        let updated = update(index, location, &options, context).map_err(Failure::from);
        match updated.and_then(|report| render::update(context, location, &report)) {
            // The cause may be gone at the next event.
            Err(Failure::Plain { what, .. }) => context.say(format_args!("rca: {what}")),
            outcome => outcome?,
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
    let what = format!("{}: cannot watch for changes: {error}", root.display());
    Failure::from(Error::Io { path: root.to_owned(), source: std::io::Error::other(what) })
}
