//! What a search sees of an archive that it cannot walk, by the number of folders and files that it looks at.

use std::fs;
use std::path::PathBuf;
use std::thread::sleep;

use super::*;
use crate::archive::walk::walk;
use crate::search::{SearchRequest, search_summaries};
use crate::update::freshness::{Freshness, Limits, freshen_within};
use crate::update::{Queue, UpdateOptions, UpdateReport, update};

/// Long after all changes, in nanoseconds since 1970.
const LATER: i64 = i64::MAX / 2;
/// The folders beside the archive's own, and the files in each.
const FOLDERS: usize = 8;
const FILES: usize = 130;
const ALL_FOLDERS: usize = FOLDERS + 1;
const ALL_FILES: usize = FOLDERS * FILES;

/// What is done, how, and what an update then counts: added, modified, renamed, removed.
type Change = (&'static str, fn(&Large), (usize, usize, usize, usize));

/// An archive that no search walks: no time is given to it.
struct Large {
    root: tempfile::TempDir,
    archive: Archive,
    engine: Engine,
}

impl Large {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in 0..FOLDERS {
            fs::create_dir(root.path().join(folder.to_string())).unwrap();
            for file in 0..FILES {
                fs::write(root.path().join(format!("{folder}/{file}.md")), "# Disk\n").unwrap();
            }
        }
        let archive = Archive::open(root.path()).unwrap();
        let engine = Engine::from(crate::engine::Embedded::open_or_create(&archive.index_dir()).unwrap());
        let large = Self { root, archive, engine };
        large.update();
        large
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn write(&self, path: &str, word: &str) {
        fs::write(self.path(path), format!("# {word}\n")).unwrap();
    }

    /// Updates the index, and leaves a list as if the last change were long ago: no clock is waited for, but that of the file
    /// system, which ticks a few hundred times a second.
    fn update(&self) {
        sleep(Duration::from_millis(20));
        update(&self.engine, &self.archive, &UpdateOptions::default(), Queue::Wait, &|_| {}).unwrap();
        let walk = walk(&self.archive, None).unwrap();
        LookList::of(&walk, LATER, &self.engine).unwrap().unwrap().keep(&self.engine).unwrap();
    }

    fn look(&self, looks: usize) -> Looked {
        look(&self.engine, &self.archive, Budget { time: Duration::MAX, looks }).unwrap()
    }

    /// What a search does that may look at so many folders and files, and may walk once it has found a change, or may not.
    fn freshen(&self, looks: usize, walks: bool) -> Freshness {
        let limits = Limits {
            walked_although_watched: usize::MAX,
            scan: Duration::ZERO,
            most_scanned: usize::MAX,
            look: Budget { time: Duration::MAX, looks },
            scan_of_changed: if walks { Duration::MAX } else { Duration::ZERO },
        };
        freshen_within(&self.engine, &self.archive, limits, &|_| {}).unwrap()
    }

    fn found(&self, word: &str) -> usize {
        search_summaries(&self.engine, &SearchRequest::parse(word).unwrap()).unwrap().total
    }
}

fn looked(folders: usize, files: usize) -> Looked {
    Looked { folders, files, of_folders: ALL_FOLDERS, of_files: ALL_FILES, changed: false }
}

fn counts(freshness: Freshness) -> (usize, usize, usize, usize) {
    match freshness {
        Freshness::Fresh(UpdateReport { added, modified, renamed, removed, .. }) => (added, modified, renamed, removed),
        other => panic!("{other:?}"),
    }
}

#[test]
fn folders_are_looked_at_first_and_no_more_than_the_budget_allows() {
    let large = Large::new();
    for (budget, expected) in [
        (0, looked(0, 0)),
        (5, looked(5, 0)),
        (ALL_FOLDERS, looked(ALL_FOLDERS, 0)),
        (ALL_FOLDERS + 7, looked(ALL_FOLDERS, 7)),
        (usize::MAX, looked(ALL_FOLDERS, ALL_FILES)),
    ] {
        assert_eq!(large.look(budget), expected, "{budget}");
        assert!(matches!(large.freshen(budget, true), Freshness::NotCompared(found) if found == expected), "{budget}");
    }
    // With no time, nothing.
    let budget = Budget { time: Duration::ZERO, looks: usize::MAX };
    assert_eq!(look(&large.engine, &large.archive, budget).unwrap(), looked(0, 0));
}

#[test]
fn what_changes_the_times_of_a_folder_is_seen_by_looking_at_folders() {
    let large = Large::new();
    let changes: [Change; 8] = [
        ("added", |large| large.write("3/new.md", "kangaroo"), (1, 0, 0, 0)),
        ("added to the archive's own folder", |large| large.write("new.md", "kangaroo"), (1, 0, 0, 0)),
        ("renamed", |large| fs::rename(large.path("3/new.md"), large.path("3/newer.md")).unwrap(), (0, 0, 1, 0)),
        ("moved", |large| fs::rename(large.path("new.md"), large.path("5/new.md")).unwrap(), (0, 0, 1, 0)),
        ("removed", |large| fs::remove_file(large.path("3/newer.md")).unwrap(), (0, 0, 0, 1)),
        (
            "replaced, as editors do",
            |large| {
                large.write("1/.swap", "wombat");
                fs::rename(large.path("1/.swap"), large.path("1/7.md")).unwrap();
            },
            (0, 1, 0, 0),
        ),
        (
            "a new folder",
            |large| {
                fs::create_dir(large.path("2/more")).unwrap();
                large.write("2/more/a.md", "wombat");
            },
            (1, 0, 0, 0),
        ),
        ("a removed folder", |large| fs::remove_dir_all(large.path("2/more")).unwrap(), (0, 0, 0, 1)),
    ];
    for (what, change, expected) in changes {
        change(&large);
        let seen = large.look(ALL_FOLDERS + 1);
        assert!(seen.changed && seen.files == 0, "{what}: {seen:?}");
        assert!(
            matches!(large.freshen(ALL_FOLDERS + 1, false), Freshness::NotCompared(found) if found.changed),
            "{what}: it is told where there is no time to update"
        );
        assert_eq!(counts(large.freshen(ALL_FOLDERS + 1, true)), expected, "{what}");
        large.update();
        assert!(!large.look(usize::MAX).changed, "{what}");
    }
    assert_eq!((large.found("kangaroo"), large.found("wombat")), (1, 1));
}

#[test]
fn a_file_edited_in_place_is_seen_if_it_is_among_the_last_changed() {
    let large = Large::new();
    large.write("6/3.md", "kangaroo");
    large.update();
    // It is the first file now.
    large.write("6/3.md", "wallabys");
    let seen = large.look(usize::MAX);
    assert_eq!(seen, Looked { changed: true, ..looked(ALL_FOLDERS, 1) });
    assert_eq!(counts(large.freshen(ALL_FOLDERS + 1, true)), (0, 1, 0, 0));
    assert_eq!((large.found("kangaroo"), large.found("wallabys")), (0, 1));
    // The oldest one is not looked at in time. That is told, and is not taken for fresh.
    large.update();
    large.write("0/0.md", "kangaroo");
    let few = ALL_FOLDERS + ALL_FILES / 2;
    assert!(
        matches!(large.freshen(few, true), Freshness::NotCompared(found) if found == looked(ALL_FOLDERS, ALL_FILES / 2))
    );
    assert_eq!(large.found("kangaroo"), 0);
    assert_eq!(counts(large.freshen(usize::MAX, true)), (0, 1, 0, 0));
    assert_eq!(large.found("kangaroo"), 1);
}

#[test]
fn what_changed_shortly_before_the_walk_counts_as_changed_until_the_next_one() {
    let large = Large::new();
    let walk = walk(&large.archive, None).unwrap();
    // As if the walk were at the time of the last change.
    let last = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as i64;
    LookList::of(&walk, last, &large.engine).unwrap().unwrap().keep(&large.engine).unwrap();
    assert!(large.look(usize::MAX).changed);
    large.update();
    assert!(!large.look(usize::MAX).changed);
}

#[test]
fn a_list_is_made_anew_only_for_other_folders_or_files() {
    let large = Large::new();
    let is_taken_over = || {
        let walk = walk(&large.archive, None).unwrap();
        !LookList::of(&walk, LATER, &large.engine).unwrap().unwrap().manifest.is_empty()
    };
    assert!(is_taken_over());
    large.write("3/7.md", "Disks");
    assert!(!is_taken_over(), "a file of another size");
    large.update();
    assert!(is_taken_over());
    fs::create_dir(large.path("3/new")).unwrap();
    assert!(!is_taken_over(), "another folder");
}

#[test]
fn settings_that_no_update_has_applied_are_a_change() {
    let mut large = Large::new();
    large.write("rca.toml", "");
    fs::write(large.path("rca.toml"), "day_first = true\n").unwrap();
    large.archive = Archive::open(large.root.path()).unwrap();
    assert_eq!(large.look(usize::MAX), Looked { changed: true, ..looked(0, 0) });
}

#[test]
fn a_list_that_cannot_be_used_means_that_nothing_was_looked_at() {
    let large = Large::new();
    let engine = &large.engine;
    let list = LookList::kept(engine).unwrap();
    let write = |list: LookList| LookList { manifest: String::new(), ..list }.keep(engine).unwrap();
    let stamp = Stamp::at(1, Some(1));
    write(list.clone());
    assert_eq!(large.look(usize::MAX), looked(ALL_FOLDERS, ALL_FILES), "the list as it was");
    for path in ["../x", "/etc", "a/../../x", "."] {
        let extent = Extent { folders: vec![(path.into(), stamp)], ..list.extent.clone() };
        write(LookList { extent, ..list.clone() });
        assert_eq!(large.look(usize::MAX), Looked::default(), "{path}");
        let files: Vec<Listed> = vec![(path.into(), 1, stamp)];
        write(LookList { files: postcard::to_stdvec(&files).unwrap(), ..list.clone() });
        assert_eq!(large.look(usize::MAX), Looked::default(), "{path}");
    }
    write(list);
    let whole = engine.look_list().unwrap();
    let other = [&whole[..1], b"X", &whole[2..]].concat();
    let damaged = [&whole[..whole.len() - 1], b"X"].concat();
    let cut = whole[..whole.len() - 1].to_vec();
    let nonsense = [vec![], vec![0xff; 9], b"nonsense".to_vec()];
    for bytes in [other, damaged, cut].into_iter().chain(nonsense) {
        engine.write_look_list(&bytes).unwrap();
        assert_eq!(large.look(usize::MAX), Looked::default(), "{bytes:?}");
        assert!(matches!(large.freshen(usize::MAX, true), Freshness::NotCompared(found) if found == Looked::default()));
    }
    // The next update leaves a good one.
    large.update();
    assert_eq!(large.look(usize::MAX), looked(ALL_FOLDERS, ALL_FILES));
}

#[test]
fn a_small_archive_has_no_list_and_a_large_one_a_short_one() {
    let files = |n: usize| {
        let file = |i: usize| File {
            path: format!("{i}.md").into(),
            own_path: None,
            size: 1,
            stamp: Stamp::at(7, i64::try_from(i).ok()),
            taking: crate::archive::not_a_report::Taking::Judged,
        };
        Walk { files: (0..n).map(file).collect(), ..Walk::default() }
    };
    let engine = Engine::in_memory().unwrap();
    assert_eq!(LookList::of(&files(FEWEST_FILES - 1), 0, &engine).unwrap(), None);
    let list = LookList::of(&files(MOST_LISTED + 500), LATER, &engine).unwrap().unwrap();
    let files: Vec<Listed> = postcard::from_bytes(&list.files).unwrap();
    assert_eq!((list.extent.of, files.len()), ((0, MOST_LISTED + 500), MOST_LISTED));
    assert_eq!((&*files[0].0, &*files[MOST_LISTED - 1].0), ("4499.md", "500.md"), "the last changed first");
}
