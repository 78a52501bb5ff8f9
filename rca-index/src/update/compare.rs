//! Comparing: whether the index says what the files of the archive say, whatever their time stamps are.
//!
//! In: an archive and an engine. Out: what differs. It reads every file; an update would read only those that seem changed.

use std::borrow::Cow;
use std::collections::HashSet;

use rayon::prelude::*;

use crate::archive::Archive;
use crate::archive::read::{decode_report, read};
use crate::archive::stamp::Stamp;
use crate::archive::walk::{File, walk};
use crate::engine::health::Comparison;
use crate::engine::{Engine, Snapshot};
use crate::error::Result;
use crate::files::Root;
use crate::incident::Summary;
use crate::parse::ParseOptions;
use crate::update::changes::is_same;
use crate::update::last_update;
use crate::update::manifest::Entry;

/// The outcome of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Same,
    Differs,
    Outdated,
}

/// Compares every report.
pub(crate) fn compare(engine: &Engine, archive: &Archive) -> Result<Comparison> {
    let (note, before) = last_update(engine)?;
    let options = note.settings.reading.map(|reading| reading.parse).unwrap_or_default();
    let files = walk(archive, None).unwrap_or_default().files;
    let known: HashSet<_> = before.indexed().map(Entry::id).collect();
    let snapshot = engine.snapshot()?;
    let root = archive.open_root();
    let compare_one = |entry: &Entry| {
        let file = files.binary_search_by(|file| file.key().cmp(&entry.key())).ok().map(|at| &files[at]);
        let outcome = match file {
            Some(file) => compare_file(&snapshot, (archive, &root), &options, (entry, file))?,
            // It is gone, or was not looked at.
            None => Outcome::Outdated,
        };
        Ok((entry.id().into_owned(), outcome))
    };
    let compared: Vec<_> =
        before.entries.par_iter().filter(|entry| entry.is_indexed()).map(compare_one).collect::<Result<_>>()?;
    let of = |wanted: Outcome| compared.iter().filter(move |(_, outcome)| *outcome == wanted);
    let mut differing: Vec<String> = of(Outcome::Differs).map(|(id, _)| id.clone()).collect();
    differing.extend(without_a_file(engine.snapshot()?.ids(), &snapshot, &known)?);
    differing.sort();
    let is_new = |file: &&File| before.entries.binary_search_by(|entry| entry.key().cmp(&file.key())).is_err();
    Ok(Comparison {
        reports: compared.len(),
        differing,
        outdated: of(Outcome::Outdated).count() + files.iter().filter(is_new).count(),
        sees_kept_times: files.iter().all(|file| file.stamp.has_change_time()),
    })
}

fn compare_file(
    snapshot: &Snapshot<'_>,
    (archive, root): (&Archive, &Root),
    options: &ParseOptions,
    (entry, file): (&Entry, &File),
) -> Result<Outcome> {
    let indexed = snapshot.stored_report(&entry.id())?;
    let content = read(file, root, archive.max_report_bytes()).ok();
    let hash = content.as_ref().map(|content| content.hash);
    let now =
        content.and_then(|content| decode_report(file, content.bytes, options).ok()).map(|parsed| parsed.incident);
    let (Some((source, summary)), Some(now)) = (&indexed, &now) else {
        return Ok(if indexed.is_none() { Outcome::Differs } else { Outcome::Outdated });
    };
    if *source == now.source && *summary == Summary::from(now) {
        return Ok(Outcome::Same);
    }
    // An update believes the hash, or the stamp that was read before the file.
    let opened = || root.open(file.path_below(root.path()));
    let as_walked = || opened().is_ok_and(|now| Stamp::of(&now.metadata) == file.stamp);
    let is_believed = entry.known_hash() == hash || is_same(entry, file) && as_walked();
    Ok(if is_believed { Outcome::Differs } else { Outcome::Outdated })
}

/// The ids of reports in the index that the last update knows nothing of.
fn without_a_file(
    ids: impl Iterator<Item = Result<String>>,
    snapshot: &Snapshot<'_>,
    known: &HashSet<Cow<'_, str>>,
) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for id in ids {
        let id = id?;
        if !known.contains(id.as_str()) && snapshot.stored_report(&id)?.is_some() {
            found.push(id);
        }
    }
    Ok(found)
}
