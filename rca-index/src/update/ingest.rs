//! Ingesting: reads, parses and indexes the files that an update found changed.
//!
//! In: files, and what the last update knew of each. Out: their entries in the manifest, and counts.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::archive::Archive;
use crate::archive::not_a_report::not_a_report;
use crate::archive::read::{decode_report, read};
use crate::archive::stamp::Stamp;
use crate::archive::walk::File;
use crate::engine::Writer;
use crate::error::{Error, Result};
use crate::files::Root;
use crate::incident::{Problem, ProblemKind};
use crate::parse::{ParseOptions, Parsed};
use crate::update::changes::{Changes, ToRead};
use crate::update::manifest::Entry;
use crate::update::settle::reliable;
use crate::update::{UpdateEvent, UpdateReport};

/// The outcome of a file that was read.
pub(super) struct Ingested {
    pub(super) entry: Entry,
    outcome: Outcome,
    /// Whether the entry differs from the one of the last update.
    pub(super) is_new_entry: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Added,
    Modified,
    /// The stamp changed, the text did not.
    Same,
    Failed,
    /// It is not a report; whether its report was in the index before.
    LeftOut {
        was_indexed: bool,
    },
}

/// Reads, parses and indexes all files in parallel. The engine's queue is bounded, so readers wait for it.
pub(super) fn ingest_all(
    to_read: Vec<ToRead>,
    archive: &Archive,
    writer: &Writer<'_>,
    threads: usize,
    walked: i64,
    tell: &(impl Fn(UpdateEvent) -> Result<()> + Sync),
) -> Result<Vec<Ingested>> {
    let (options, root) = (archive.parse_options(), archive.open_root());
    let ingest_one = |(file, before): ToRead| {
        let bytes = file.size;
        let known = before.clone();
        let (mut entry, outcome) = ingest(file, before, (archive, &root), &options, writer)?;
        entry.stamp = reliable(entry.stamp, walked);
        tell(UpdateEvent::Read { bytes })?;
        Ok(Ingested { is_new_entry: known.is_none_or(|known| *known != entry), entry, outcome })
    };
    let files = to_read.len();
    let batches = batches(to_read, |(file, _)| file.size);
    if threads == 1 || files == 1 {
        return batches.into_iter().flatten().map(ingest_one).collect();
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|e| Error::io(archive.root())(std::io::Error::other(e)))?;
    let mut ingested = Vec::with_capacity(files);
    for batch in batches {
        ingested.append(&mut pool.install(|| batch.into_par_iter().map(ingest_one).collect::<Result<_>>())?);
    }
    Ok(ingested)
}

/// Splits files into batches of similar sizes, the largest first, so that no thread is left alone with them at the end; each
/// keeps its order. Finished files free the memory of the batch before. The engine packs the positions and frequencies of 128
/// neighbors with as many bits as the largest of them takes: one long report among short ones makes all of theirs as wide as
/// its own.
fn batches<T>(files: Vec<T>, size: impl Fn(&T) -> u64) -> Vec<Vec<T>> {
    /// The number of files per batch.
    const BATCH: usize = 20_000;
    /// Smaller files are all alike: most of what is in them has short positions.
    const SMALL: u64 = 4_096;
    let mut of_class: BTreeMap<u32, Vec<T>> = BTreeMap::new();
    for file in files {
        // Each class goes up to twice the size of the one before.
        let class = (size(&file) / SMALL).checked_ilog2().map_or(0, |class| class + 1);
        of_class.entry(class).or_default().push(file);
    }
    let mut batches = Vec::new();
    for class in of_class.into_values().rev() {
        // Each has memory of its own: a list from which the rest is split off would keep that of all.
        let mut files = class.into_iter();
        while files.len() > 0 {
            batches.push(files.by_ref().take(BATCH).collect());
        }
    }
    batches
}

/// Reads, parses and indexes one file. Any defect becomes a problem of that file.
fn ingest(
    file: File,
    mut before: Option<Box<Entry>>,
    (archive, root): (&Archive, &Root),
    options: &ParseOptions,
    writer: &Writer<'_>,
) -> Result<(Entry, Outcome)> {
    let failed = |kind: ProblemKind| [Problem::new(1, kind)].into();
    let known = before.as_ref().and_then(|before| before.hash);
    let content = match read(&file, root, archive.max_report_bytes()) {
        Ok(content) => content,
        Err(kind) => {
            // The last known version stays searchable; the next update tries again, unless the size is what is wrong.
            let stamp = if matches!(kind, ProblemKind::FileTooLarge { .. }) { file.stamp } else { Stamp::UNKNOWN };
            let problems = before.iter().flat_map(|before| before.problems_of_content().cloned());
            let problems = problems.chain(failed(kind)).collect();
            let left_out = before.as_mut().and_then(|before| before.left_out.take());
            return Ok((Entry { stamp, left_out, ..entry(file, known, problems) }, Outcome::Failed));
        }
    };
    let was_indexed = before.as_ref().is_some_and(|before| before.is_indexed());
    if let Some(before) = before.filter(|before| known == Some(content.hash) && before.taking == file.taking) {
        let problems = before.problems_of_content().cloned().collect();
        return Ok((Entry { left_out: before.left_out, ..entry(file, known, problems) }, Outcome::Same));
    }
    if was_indexed {
        writer.remove(&file.id())?;
    }
    let parsed = match decode_report(&file, content.bytes, options) {
        Ok(parsed) => parsed,
        Err(kind) => return Ok((entry(file, None, failed(kind)), Outcome::Failed)),
    };
    let left_out = not_a_report(&file.path, file.taking, &parsed).map(Box::new);
    if left_out.is_some() {
        let entry = Entry { left_out, ..entry(file, Some(content.hash), Box::default()) };
        return Ok((entry, Outcome::LeftOut { was_indexed }));
    }
    let Parsed { incident, problems } = parsed;
    writer.add_report(incident)?;
    let outcome = if was_indexed { Outcome::Modified } else { Outcome::Added };
    Ok((entry(file, Some(content.hash), problems.into()), outcome))
}

fn entry(file: File, hash: Option<u128>, problems: Box<[Problem]>) -> Entry {
    let File { path, own_path, size, stamp, taking, .. } = file;
    Entry { path, encoded: own_path.is_some(), size, stamp, hash, taking, left_out: None, problems }
}

/// Counts the changes. A new file with the text of a removed file was renamed.
pub(super) fn count(changes: &Changes, ingested: &[Ingested]) -> UpdateReport {
    let mut gone: HashMap<u128, usize> = HashMap::new();
    let removed = changes.removed.iter().filter(|entry| entry.is_indexed());
    for hash in removed.filter_map(|entry| entry.hash) {
        *gone.entry(hash).or_default() += 1;
    }
    let mut counts = UpdateReport::default();
    for ingested in ingested {
        match ingested.outcome {
            Outcome::Added => {
                match ingested.entry.hash.and_then(|hash| gone.get_mut(&hash)).filter(|left| **left > 0) {
                    Some(left) => {
                        *left -= 1;
                        counts.renamed += 1;
                    }
                    None => counts.added += 1,
                }
            }
            Outcome::Modified => counts.modified += 1,
            Outcome::Same => counts.unchanged += usize::from(ingested.entry.is_indexed()),
            // A report that became a template.
            Outcome::LeftOut { was_indexed } => counts.removed += usize::from(was_indexed),
            Outcome::Failed => {}
        }
    }
    counts.removed += gone.values().sum::<usize>();
    counts.unchanged += changes.unchanged.iter().filter(|entry| entry.is_indexed()).count();
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_similar_sizes_are_indexed_one_after_another() {
        let sizes = [9_000, 1, 3_000, 4_096, 0, 70_000, 4_095, 8_191, 8_192, 16_384, 2];
        let expected: [&[u64]; 5] = [&[70_000], &[16_384], &[9_000, 8_192], &[4_096, 8_191], &[1, 3_000, 0, 4_095, 2]];
        assert_eq!(batches(sizes.to_vec(), |size| *size), expected);
        assert!(batches(Vec::new(), |size| *size).is_empty());
    }

    #[test]
    fn no_batch_is_too_large_and_no_file_is_lost() {
        let files: Vec<u64> = (0..45_000).collect();
        let found = batches(files.clone(), |_| 100);
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [20_000, 20_000, 5_000]);
        assert_eq!(found.concat(), files);
        // Nor has one the memory of others.
        assert!(found.iter().map(Vec::capacity).sum::<usize>() <= files.len() + found.len());
    }
}
