//! Freshen: open an index and update it as far as that is cheap.
//!
//! In: an archive and its index. Out: the index, ready for a search, and on stderr what was done or left out.

use std::mem::ManuallyDrop;
use std::process::ExitCode;
use std::time::Duration;

use rca_index::{Error, Freshness, IgnoredSetting, Index, Looked, SETTINGS_FILE, UpdateOptions, UpdateReport};

use crate::arguments::GlobalArgs;
use crate::context::Context;
use crate::failure::{Failure, REPORTS};
use crate::location::{Location, Opened, Reluctance, Unknown};
use crate::progress::Progress;
use crate::quantity::{age, count, seconds_since, thousands};
use crate::render;
use crate::terminal::clean;
use crate::trust::UserTrust;

/// How long a search waits for another process that builds the first index.
const PATIENCE: Duration = Duration::from_secs(60);

/// Opens the index of an archive for reading: creates it if there is none, and updates it while that is cheap, unless
/// `no_update` forbids both.
///
/// The index is never dropped: the process exits after its answer, and unmapping each file before would take a twentieth of
/// the time of a search.
pub(crate) fn open_fresh(
    location: &Location,
    no_update: bool,
    context: &mut Context,
) -> Result<ManuallyDrop<Index>, Failure> {
    tell_of_place(location, context);
    // Those who search a cluster are many, and need not be able to write to it.
    if location.cluster().is_some() {
        return Ok(ManuallyDrop::new(location.open_index()?));
    }
    let index = match location.open_index() {
        Ok(index) if no_update => index,
        Ok(index) => {
            catch_up(&index, location, context)?;
            index
        }
        Err(Error::IndexNotFound(_) | Error::IndexRemoved(_)) if !no_update => build(location, false, context)?,
        Err(Error::IndexOtherVersion(_) | Error::IndexNotTrusted(_)) if !no_update => build(location, true, context)?,
        // Another user's, perhaps: this user's own is in the cache.
        Err(error) if error.is_read_only() && !no_update => build(location, true, context)?,
        Err(Error::IndexNotTrusted(dir)) => {
            // Said with --quiet too: what follows may be made up.
            let place = clean(&dir.to_string_lossy()).into_owned();
            context.warn(format_args!(
                "rca: {place}: this index is not known to be yours, and --no-update uses it as it is: it may say what no report says"
            ));
            Index::open(dir)?
        }
        Err(error) => return Err(error.into()),
    };
    tell_of_unreadable(location, context);
    tell_given(&index, location, context)?;
    Ok(ManuallyDrop::new(index))
}

/// Opens an index as [`open_fresh`] does, and asks it. If it is removed before it has answered, as by a repair, the next one
/// is asked. The answer may be one that still reads the index, which stays open until the process exits.
pub(crate) fn ask_fresh<T>(
    location: &Location,
    no_update: bool,
    context: &mut Context,
    ask: impl Fn(&'static Index) -> Result<T, Failure>,
) -> Result<(&'static Index, T), Failure> {
    let once = |context: &mut Context| {
        let index: &'static Index = Box::leak(Box::new(open_fresh(location, no_update, context)?));
        let answer = ask(index)?;
        Ok((index, answer))
    };
    match once(context) {
        Err(Failure::IndexRemoved(_)) => once(context),
        outcome => outcome,
    }
}

/// Creates the index of an archive. A folder with no report gets none, unless it had one: it is more likely the wrong
/// folder.
fn build(location: &Location, had_index: bool, context: &mut Context) -> Result<Index, Failure> {
    let root = location.archive.root().display();
    if !had_index && location.archive.report_paths().is_empty() {
        let ignored = location.archive.ignored_counts();
        if !ignored.is_empty() {
            let what = format!("{root}: no index, and all reports here are ignored: {}", render::ignored(&ignored));
            return Err(Failure::index(what, "take them in with `include` in rca.toml"));
        }
        let hint = "pass a folder of Markdown reports with --archive DIR or RCA_ARCHIVE";
        return Err(Failure::index(format!("{root}: no index and no reports here"), hint));
    }
    let (Opened { index, unknown }, reluctance) = location.create_index_for_search()?;
    // If another process is already building it, there is nothing to search before that is done.
    let options = UpdateOptions::default().wait(PATIENCE);
    let report = update_in_turn(&index, location, &options, context)?;
    if let Some(unknown) = unknown {
        tell_unknown(&unknown, &report, location, context);
        return Ok(index);
    }
    // This created a folder that the user did not ask for.
    let (reports, seconds) = (count(report.reports, "report"), report.took.as_secs_f64());
    context.say(format_args!("rca: indexed {reports} from {} in {seconds:.1} s", clean(&root.to_string())));
    if let (Some(reluctance), Some(dir)) = (reluctance, location.index_dir()) {
        let why = match reluctance {
            Reluctance::Root => "this is the root of the file system",
            Reluctance::Home => "this is a home folder",
            Reluctance::FewReports => "fewer than one in five files here is a report",
        };
        let dir = clean(&dir.to_string_lossy()).into_owned();
        context.say(format_args!("rca: the index is in {dir}, because {why}; `rca index` keeps it in .rca here"));
    }
    Ok(index)
}

/// Says what is odd about the place of the index: an archive that names one, or a password that goes unencrypted to a cluster.
pub(crate) fn tell_of_place(location: &Location, context: &mut Context) {
    let file = location.archive.root().join(SETTINGS_FILE).display().to_string();
    for IgnoredSetting { line, key, .. } in location.archive.ignored_settings() {
        context.say(format_args!(
            "rca: {}:{line}: `{key}` is ignored: an archive cannot say where its index is; --index, RCA_INDEX and your own configuration can",
            clean(&file)
        ));
    }
    if let Some(cluster) = location.cluster().filter(|cluster| cluster.exposes_secrets()) {
        context
            .say(format_args!("rca: {}: the credentials are sent unencrypted; use https://", clean(cluster.address())));
    }
}

/// Says that the index of the archive cannot be read, so that another is used.
pub(crate) fn tell_of_unreadable(location: &Location, context: &mut Context) {
    if let Some((unreadable, used, reason)) = location.unreadable_index() {
        let (unreadable, used) = (unreadable.display().to_string(), used.display().to_string());
        let reason = reason.rsplit(": ").next().unwrap_or_default();
        context.say(format_args!(
            "rca: {} cannot be read ({reason}); using the index in {}",
            clean(&unreadable),
            clean(&used)
        ));
    }
}

/// Says what became of an index that was there and is not known to be the user's.
pub(crate) fn tell_unknown(unknown: &Unknown, report: &UpdateReport, location: &Location, context: &mut Context) {
    let place = clean(&unknown.dir.to_string_lossy()).into_owned();
    let (reports, seconds) = (count(report.reports, "report"), report.took.as_secs_f64());
    let what = if unknown.replaced { "built anew" } else { "left alone, and built in your cache folder instead," };
    context.say(format_args!(
        "rca: {place}: this index is not known to be yours; {what} from {reports} in {seconds:.1} s"
    ));
    if let Some(failure) = location.trust().and_then(UserTrust::failure) {
        let failure = clean(&failure).into_owned();
        context.say(format_args!(
            "rca: the new index cannot be noted as yours ({failure}), so it will be unknown again; RCA_TRUST_INDEX=1 trusts it"
        ));
    }
}

/// Says once that there are incidents which no report has: the record of them may have come with the archive.
pub(crate) fn tell_given(index: &Index, location: &Location, context: &mut Context) -> Result<(), Failure> {
    let Some(record) = location.unknown_record(index)? else { return Ok(()) };
    let given = index.given()?;
    if given > 0 {
        let incidents = count(given, "incident");
        context.say(format_args!(
            "rca: {incidents} here {} upserted by a program, and cannot be compared with any file; this is said once",
            if given == 1 { "was" } else { "were" }
        ));
    }
    location.note_record(&record);
    Ok(())
}

/// Updates the index while that is cheap. If it cannot be updated, the search still runs.
fn catch_up(index: &Index, location: &Location, context: &mut Context) -> Result<(), Failure> {
    let progress = Progress::new(&context.global);
    let outcome = index.freshen(&location.archive, |event| progress.show(&event));
    progress.finish();
    match outcome? {
        Freshness::Fresh(report) if report.changed() => context.detail(format_args!(
            "rca: updated the index: {} added, {} modified, {} renamed, {} removed in {:.0?}",
            report.added, report.modified, report.renamed, report.removed, report.took
        )),
        Freshness::NotCompared(looked) => {
            let age = age(seconds_since(index.updated()?.unwrap_or_default()));
            let what = not_compared(&looked);
            context.say(format_args!("rca: the index is {age} old{what}; update it with `rca index`"));
        }
        Freshness::NotUpdated(error) => context.say(format_args!("rca: searching without an update: {error}")),
        _ => {}
    }
    Ok(())
}

/// What was looked at in an archive that is too large to be compared.
fn not_compared(looked: &Looked) -> String {
    if looked.changed {
        return ", and the archive has changed since".to_owned();
    }
    if looked.of_files == 0 {
        return String::new();
    }
    let of = |looked: usize, all: usize, what: &str| format!("{} of {}", thousands(looked), count(all, what));
    let folders = of(looked.folders, looked.of_folders, "folder");
    format!("; {folders} and {} looked at", of(looked.files, looked.of_files, "file"))
}

/// Runs one update as the options say. If another process is at it, says which one is waited for.
pub(crate) fn update_in_turn(
    index: &Index,
    location: &Location,
    options: &UpdateOptions,
    context: &mut Context,
) -> rca_index::Result<UpdateReport> {
    let wait = options.wait;
    match update(index, location, &options.clone().wait(Duration::ZERO), &context.global) {
        Err(Error::IndexLocked { holder, since, own: false, .. }) if !wait.is_zero() => {
            let holder = holder.map_or_else(|| "another process".to_owned(), |id| format!("process {id}"));
            let since = since.map(|since| format!(" for {}", age(seconds_since(since)))).unwrap_or_default();
            context.say(format_args!("rca: waiting for {holder}, which has been updating this index{since}"));
            update(index, location, options, &context.global)
        }
        outcome => outcome,
    }
}

/// The exit code of an update: whether all could be taken in.
pub(crate) fn outcome(report: &UpdateReport) -> ExitCode {
    if report.failed > 0 { ExitCode::from(REPORTS) } else { ExitCode::SUCCESS }
}

/// Runs one update and shows its progress.
pub(crate) fn update(
    index: &Index,
    location: &Location,
    options: &UpdateOptions,
    global: &GlobalArgs,
) -> rca_index::Result<UpdateReport> {
    let progress = Progress::new(global);
    let report = index.update(&location.archive, options, |event| progress.show(&event));
    progress.finish();
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_compared_is_told() {
        let mut looked = Looked::default();
        assert_eq!(not_compared(&looked), "", "nothing is known");
        (looked.folders, looked.of_folders, looked.files, looked.of_files) = (12, 12, 2_345, 100_000);
        assert_eq!(not_compared(&looked), "; 12 of 12 folders and 2,345 of 100,000 files looked at");
        looked.changed = true;
        assert_eq!(not_compared(&looked), ", and the archive has changed since");
    }
}
