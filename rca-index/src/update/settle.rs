//! Settling: reads the few files whose stamp alone is new, or that could not be read, before the index is locked for them.
//!
//! In: changes. Out: the same without the files that have the content that the index has. A backup, a link or `chmod` gives a
//! file a new change time; that is not a modification, and costs one reading.

use rayon::prelude::*;

use crate::archive::Archive;
use crate::archive::read::read;
use crate::archive::stamp::Stamp;
use crate::archive::walk::File;
use crate::files::Root;
use crate::incident::ProblemKind;
use crate::update::changes::{Changes, ToRead};
use crate::update::manifest::Entry;

/// More files, or more bytes, are read once the index is locked: they are read a second time if their content is new.
const MOST_FILES: usize = 1_000;
const MOST_BYTES: u64 = 8_000_000;
/// With less text, one thread is as fast.
const PARALLEL_BYTES: u64 = 500_000;

/// Settles what reading settles. `walked` is when the walk began, in nanoseconds since 1970.
pub(crate) fn settle(changes: &mut Changes, archive: &Archive, walked: i64) {
    let (may_be_same, to_read): (Vec<ToRead>, Vec<ToRead>) =
        std::mem::take(&mut changes.to_read).into_iter().partition(may_be_same);
    changes.to_read = to_read;
    let of = (archive, &archive.open_root());
    let bytes: u64 = may_be_same.iter().map(|(file, _)| file.size).sum();
    let looked_at: Vec<(ToRead, Option<Stamp>)> = if may_be_same.len() > MOST_FILES || bytes > MOST_BYTES {
        may_be_same.into_iter().map(|file| (file, None)).collect()
    } else if bytes > PARALLEL_BYTES {
        may_be_same.into_par_iter().map(|file| look(file, of, walked)).collect()
    } else {
        may_be_same.into_iter().map(|file| look(file, of, walked)).collect()
    };
    for ((file, before), stamp) in looked_at {
        match (before, stamp) {
            (Some(before), Some(stamp)) => {
                changes.restamped |= before.stamp != stamp;
                changes.unchanged.push(Entry { stamp, ..*before });
            }
            (before, _) => changes.to_read.push((file, before)),
        }
    }
    changes.to_read.sort_unstable_by(|(a, _), (b, _)| a.key().cmp(&b.key()));
    changes.unchanged.sort_unstable_by(|a, b| a.key().cmp(&b.key()));
}

/// Whether the content of a file may be what the index has.
fn may_be_same((file, before): &ToRead) -> bool {
    before.as_deref().is_some_and(|before| {
        before.size == file.size
            && before.taking == file.taking
            && (before.known_hash().is_some() || unreadable(before).is_some())
    })
}

/// The new stamp of a file, if its content is what the index has.
fn look((file, before): ToRead, (archive, root): (&Archive, &Root), walked: i64) -> (ToRead, Option<Stamp>) {
    let stamp = before.as_deref().and_then(|before| stamp(&file, before, root, archive.max_report_bytes(), walked));
    ((file, before), stamp)
}

fn stamp(file: &File, before: &Entry, root: &Root, max_bytes: u64, walked: i64) -> Option<Stamp> {
    match read(file, root, max_bytes) {
        // Tried again at every update, and written down once.
        Err(kind) => (unreadable(before) == Some(&kind)).then_some(before.stamp),
        Ok(_) if unreadable(before).is_some() => None,
        Ok(content) if before.known_hash() == Some(content.hash) => Some(reliable(file.stamp, walked)),
        Ok(_) => None,
    }
}

/// Why a file could not be read at the last update.
fn unreadable(before: &Entry) -> Option<&ProblemKind> {
    let mut kinds = before.problems.iter().map(|problem| &problem.kind);
    kinds.rfind(|kind| matches!(kind, ProblemKind::FileUnreadable { .. }))
}

/// The stamp of a file that was read after the walk, as far as it proves anything at the next update.
pub(crate) fn reliable(stamp: Stamp, walked: i64) -> Stamp {
    if stamp.is_recent(walked) { Stamp::UNKNOWN } else { stamp }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::archive::not_a_report::Taking;
    use crate::incident::Problem;

    const WALKED: i64 = 1_700_000_000_000_000_000;

    /// A file of six bytes and its entry, which knows the hash of this text.
    fn pair(known: &str, problems: &[ProblemKind]) -> ToRead {
        let (path, size, taking): (Box<str>, _, _) = ("a.md".into(), 6, Taking::Judged);
        let file = File { path: path.clone(), own_path: None, size, stamp: Stamp::at(0, Some(9)), taking };
        let hash = Some(xxhash_rust::xxh3::xxh3_128(known.as_bytes()));
        let problems = problems.iter().map(|kind| Problem::new(1, kind.clone())).collect();
        let stamp = Stamp::at(0, Some(8));
        (file, Some(Box::new(Entry { path, encoded: false, size, stamp, hash, taking, left_out: None, problems })))
    }

    fn settled(archive: &Archive, pair: ToRead) -> Changes {
        let mut changes = Changes { to_read: vec![pair], ..Changes::default() };
        settle(&mut changes, archive, WALKED);
        changes
    }

    #[test]
    fn only_what_has_the_known_content_is_settled() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(folder.path()).unwrap();
        fs::write(folder.path().join("a.md"), "# Disk").unwrap();
        let same = settled(&archive, pair("# Disk", &[]));
        assert!(same.is_empty() && same.restamped);
        assert_eq!(same.unchanged[0].stamp, Stamp::at(0, Some(9)));
        assert_eq!(settled(&archive, pair("# Host", &[])).to_read.len(), 1);
        let (file, before) = pair("# Disk", &[]);
        assert_eq!(
            settled(&archive, (file.clone(), before.map(|e| Box::new(Entry { size: 5, ..*e })))).to_read.len(),
            1
        );
        assert_eq!(settled(&archive, (file, None)).to_read.len(), 1, "a new file");
        let (file, before) = pair("# Disk", &[]);
        let recent = File { stamp: Stamp::at(0, Some(WALKED)), ..file };
        assert_eq!(settled(&archive, (recent, before)).unchanged[0].stamp, Stamp::UNKNOWN);
    }

    #[test]
    fn a_file_that_still_cannot_be_read_is_no_news_and_one_that_can_is() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(folder.path()).unwrap();
        let (file, _) = pair("", &[]);
        let missing = read(&file, &archive.open_root(), 100).unwrap_err();
        let still = settled(&archive, pair("# Disk", std::slice::from_ref(&missing)));
        assert!(still.is_empty() && !still.restamped);
        let other = ProblemKind::FileUnreadable { reason: "another".into() };
        assert_eq!(settled(&archive, pair("# Disk", &[other])).to_read.len(), 1, "another reason");
        fs::write(folder.path().join("a.md"), "# Disk").unwrap();
        assert_eq!(settled(&archive, pair("# Disk", &[missing])).to_read.len(), 1, "it can be read again");
    }
}
