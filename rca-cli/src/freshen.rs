//! Freshen: an index that is in line with its archive, as far as that can be had at once.

use std::mem::ManuallyDrop;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rca_index::{Error, Index, UpdateOptions};

use crate::context::Context;
use crate::failure::Failure;
use crate::place::Place;
use crate::progress::Progress;
use crate::quantity::{age, count};
use crate::terminal::clean;

/// How long looking for changes may take before a search goes on without them.
const SCAN_LIMIT: Duration = Duration::from_millis(100);

/// Opens the index of an archive for reading: builds one where there is none, and takes in what has changed while that is
/// cheap. With `no_update`, takes it as it is.
///
/// The index is never dropped: the process ends when it has answered, and to unmap one file after the other before would be a
/// twentieth of a search.
pub(crate) fn open_fresh(
    place: &Place,
    no_update: bool,
    context: &mut Context,
) -> Result<ManuallyDrop<Index>, Failure> {
    let index = match place.open_index() {
        Ok(index) if no_update => index,
        Ok(index) => {
            catch_up(&index, place, context)?;
            index
        }
        Err(Error::IndexNotFound(_) | Error::IndexOtherVersion(_)) if !no_update => build(place, context)?,
        Err(error) => return Err(error.into()),
    };
    Ok(ManuallyDrop::new(index))
}

/// Builds the index of an archive. An archive with no report gets none: more likely it is the wrong folder.
fn build(place: &Place, context: &mut Context) -> Result<Index, Failure> {
    let root = place.archive.root().display();
    if place.archive.report_paths().is_empty() {
        let hint = "name a folder of Markdown reports, with --archive DIR or RCA_ARCHIVE";
        return Err(Failure::index(format!("{root}: no index and no reports here"), hint));
    }
    let index = place.open_or_create_index()?;
    let progress = Progress::new(&context.global);
    // Should another process be building it already, there is no answer before that is done.
    let options = UpdateOptions::default().wait(Duration::MAX);
    let report = index.update(&place.archive, &options, |event| progress.show(&event))?;
    progress.finish();
    // A folder has come into being that nobody asked for by name.
    let (reports, seconds) = (count(report.reports as u64, "report"), report.took.as_secs_f64());
    context.say(format_args!("rca: indexed {reports} of {} in {seconds:.1} s", clean(&root.to_string())));
    Ok(index)
}

/// Takes in what has changed. That it cannot be done is no reason not to answer.
fn catch_up(index: &Index, place: &Place, context: &mut Context) -> Result<(), Failure> {
    let options = UpdateOptions::default().scan_limit(SCAN_LIMIT);
    let progress = Progress::new(&context.global);
    let outcome = index.update(&place.archive, &options, |event| progress.show(&event));
    progress.finish();
    match outcome {
        Ok(report) if report.given_up => {
            let seconds = seconds_since(index.updated()?.unwrap_or_default());
            let age = age(seconds);
            context.say(format_args!("rca: this index is {age} old; bring it up to date with `rca index`"));
        }
        Ok(report) if report.changed() => context.detail(format_args!(
            "rca: took in {} added, {} modified, {} renamed, {} removed in {:.0?}",
            report.added, report.modified, report.renamed, report.removed, report.took
        )),
        Ok(_) => {}
        Err(error @ (Error::IndexLocked { .. } | Error::Io { .. })) => {
            context.say(format_args!("rca: answering from the index as it is: {error}"));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Seconds from a point in time, in seconds since 1970, until now.
pub(crate) fn seconds_since(then: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    now.cast_signed() - then
}
