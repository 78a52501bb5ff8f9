//! What a store of trusted indexes is asked and told, and what is opened without one.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rca_index::{Archive, Error, Incident, Index, IndexOptions, SearchRequest, TrustStore, UpdateOptions};

/// A store in memory.
#[derive(Debug, Default)]
struct Notes(Mutex<Vec<(PathBuf, String)>>);

impl TrustStore for Notes {
    fn trusts(&self, dir: &Path, tokens: &[String]) -> bool {
        let notes = self.0.lock().unwrap();
        notes.iter().any(|(of, token)| of == dir && tokens.contains(token))
    }

    fn remember(&self, dir: &Path, token: &str) {
        self.0.lock().unwrap().push((dir.to_owned(), token.to_owned()));
    }
}

fn options() -> (Arc<Notes>, IndexOptions) {
    let notes = Arc::new(Notes::default());
    (Arc::clone(&notes), IndexOptions::default().trust(notes))
}

fn archive(reports: &[(&str, &str)]) -> (tempfile::TempDir, Archive) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in reports {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let archive = Archive::open(folder.path()).unwrap();
    (folder, archive)
}

fn update(index: &Index, archive: &Archive) {
    index.update(archive, &UpdateOptions::default(), |_| {}).unwrap();
}

fn found(index: &Index, text: &str) -> usize {
    index.search(&SearchRequest::parse(text).unwrap()).unwrap().total
}

fn is_unknown<T>(opened: &Result<T, Error>) -> bool {
    matches!(opened, Err(Error::IndexNotTrusted(_)))
}

#[test]
fn an_own_index_stays_known_over_every_kind_of_write() {
    let (folder, archive) = archive(&[("a.md", "# Queue\n")]);
    let (notes, options) = options();
    let dir = archive.index_dir();
    let index = options.open_or_create(&dir).unwrap();
    assert_eq!(notes.0.lock().unwrap().len(), 1, "noted before anything is written");
    update(&index, &archive);
    let known = |what: &str| assert!(options.open(&dir).is_ok() && options.open_or_create(&dir).is_ok(), "{what}");
    known("an update");
    fs::write(folder.path().join("b.md"), "# Disk\n").unwrap();
    update(&index, &archive);
    index.upsert([Incident::new("OPS-1", "Ticket")]).unwrap();
    known("an upsert");
    index.update(&archive, &UpdateOptions::default().rebuild(true), |_| {}).unwrap();
    known("a rebuild");
    // A program without a store.
    Index::open(&dir).unwrap().upsert([Incident::new("OPS-2", "Ticket")]).unwrap();
    known("a write of another program");
    Index::remove(&dir).unwrap();
    update(&options.open_or_create(&dir).unwrap(), &archive);
    known("an index made again");
    Index::remove(&dir).unwrap();
    update(&Index::open_or_create(&dir).unwrap(), &archive);
    assert!(is_unknown(&options.open(&dir)), "one that somebody else made in its place");
}

#[test]
fn an_unknown_index_is_not_touched_until_it_is_made_anew_or_accepted() {
    let (_folder, archive) = archive(&[("a.md", "# Queue\n")]);
    let dir = archive.index_dir();
    update(&Index::open_or_create(&dir).unwrap(), &archive);
    let (_, other) = archive_with_forged(&dir);
    let (_, mine) = options();
    assert!(is_unknown(&mine.open(&dir)) && is_unknown(&mine.open_or_create(&dir)));
    assert_eq!(found(&Index::open(&dir).unwrap(), "zebra"), 1, "whoever has no store trusts what is there");
    assert!(IndexOptions::default().open(&dir).is_ok());

    let index = mine.recreate(&dir).unwrap();
    update(&index, &archive);
    assert_eq!((found(&index, "zebra"), found(&index, "queue")), (0, 1));
    assert!(mine.open(&dir).is_ok());
    assert!(other.open(&dir).is_ok(), "its other users go on to trust it");
    let (_, third) = options();
    assert!(is_unknown(&third.open(&dir)));
    third.accept(&dir).unwrap();
    assert!(third.open(&dir).is_ok());
}

/// Puts an index of another archive in the place of an index, as somebody with a store makes it.
fn archive_with_forged(dir: &Path) -> (Archive, IndexOptions) {
    let (_folder, forged) = archive(&[("a.md", "# Zebra\n")]);
    let (_, options) = options();
    Index::remove(dir).unwrap();
    update(&options.open_or_create(dir).unwrap(), &forged);
    (forged, options)
}
