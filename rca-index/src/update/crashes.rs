//! Crashes: the power is lost at any step of updates and writes, and what is left is the state before or the state after.
//!
//! In: a recording of the steps of a life of an index. Out: images of the disk as a crash may leave it, each opened, asked and
//! updated.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::archive::Archive;
use crate::durable::recorded::{Chance, Recording};
use crate::error::Error;
use crate::incident::{Incident, SectionKind};
use crate::index::Index;
use crate::search::SearchRequest;
use crate::update::{Batch, UpdateOptions, WriteOptions};

/// Titles by id.
type Incidents = BTreeMap<String, String>;

/// An archive, and the folder beside it in which its index is recorded.
struct Life {
    folder: tempfile::TempDir,
    archive: Archive,
    recording: Recording,
}

/// A change of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Reports are added, changed and removed, then taken in.
    Update(usize),
    Rebuild,
    Give(usize),
    /// An incident so large that the record is rewritten by the next write.
    GiveLarge,
    Delete(usize),
}

/// A life of an index: it is made, changed until segments are merged, rebuilt, and given incidents until the record is rewritten.
const PHASES: &[Phase] = &[
    Phase::Update(0),
    Phase::Update(1),
    Phase::Give(0),
    Phase::Update(2),
    Phase::Update(3),
    Phase::Update(4),
    Phase::Update(5),
    Phase::Rebuild,
    Phase::Delete(0),
    Phase::Update(6),
    Phase::GiveLarge,
    Phase::Give(1),
    Phase::Delete(1),
    Phase::Update(7),
];

/// A folder in memory, where there is one: what is on disk is worked out here, and a sync costs nothing.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

impl Life {
    fn new() -> Self {
        let folder = folder();
        for name in ["archive", "place"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let archive = Archive::open(folder.path().join("archive")).unwrap();
        let recording = Recording::start(&folder.path().join("place"));
        Self { folder, archive, recording }
    }

    fn dir(&self) -> PathBuf {
        self.folder.path().join("place/index")
    }

    fn write_reports(&self, version: usize) {
        for number in version * 2..version * 2 + 12 {
            let path = self.archive.root().join(format!("{number}.md"));
            let text = "The queue of the orders service was full.\n".repeat(1 + number);
            fs::write(path, format!("# Report {number} of {version}\n\n{text}")).unwrap();
        }
        if let Some(gone) = (version * 2).checked_sub(1) {
            fs::remove_file(self.archive.root().join(format!("{gone}.md"))).unwrap();
        }
    }

    fn live(&self, phase: Phase) {
        let index = Index::open_or_create(self.dir()).unwrap();
        let ticket = |number: usize| Incident::new(format!("OPS-{number}"), format!("Ticket {number}"));
        let options = UpdateOptions::default().threads(1);
        match phase {
            Phase::Update(version) => {
                self.write_reports(version);
                index.update(&self.archive, &options, |_| {}).unwrap();
            }
            Phase::Rebuild => drop(index.update(&self.archive, &options.rebuild(true), |_| {}).unwrap()),
            Phase::Give(round) => index.upsert((0..3).map(|number| ticket(round * 3 + number))).unwrap(),
            Phase::GiveLarge => {
                let mut large = ticket(99);
                large.push_section(SectionKind::RootCause, &"The disk was full.\n".repeat(60_000));
                index.upsert([large]).unwrap();
            }
            Phase::Delete(round) => {
                let mut batch = Batch::new();
                batch.delete(format!("OPS-{}", round * 3)).upsert(Incident::new("OPS-1", format!("Changed {round}")));
                index.write(batch, &WriteOptions::default()).unwrap();
            }
        }
    }
}

/// All incidents of an index, or none if there is no index; each is there once, and every file is sound.
fn answers(dir: &Path) -> Result<Incidents, Error> {
    let index = match Index::open(dir) {
        Err(Error::IndexNotFound(_)) => return Ok(Incidents::new()),
        opened => opened?,
    };
    let found = index.search(&SearchRequest::default().limit(1000))?;
    let incidents: Incidents = found.hits.into_iter().map(|h| (h.incident.id, h.incident.title.value)).collect();
    assert_eq!((found.total, index.len()?), (incidents.len(), incidents.len()), "an incident is there twice");
    assert!(index.health()?.damaged.is_empty());
    Ok(incidents)
}

/// The segments of which there are files.
fn segments_on_disk(dir: &Path) -> usize {
    let folders = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()));
    let names = files.map(|name| name.into_string().unwrap());
    let stems: BTreeSet<String> = names.filter_map(|name| Some(name.split_once('.')?.0.to_owned())).collect();
    stems.iter().filter(|stem| stem.len() == 32).count()
}

/// What became of the images.
#[derive(Debug, Default)]
struct Outcomes {
    before: usize,
    after: usize,
}

/// Loses the power at so many steps of each phase.
fn crash(images_per_phase: usize) -> Outcomes {
    let life = Life::new();
    let mut chance = Chance::new(images_per_phase as u64);
    let mut outcomes = Outcomes::default();
    let mut before = Incidents::new();
    for &phase in PHASES {
        let start = life.recording.len();
        life.live(phase);
        let (end, after) = (life.recording.len(), answers(&life.dir()).unwrap());
        let syncs = life.recording.before_syncs(start);
        assert!(end > start + 5 && before != after || phase == Phase::Rebuild, "{phase:?}: {start} to {end}");
        for image in 0..images_per_phase {
            let crashed = folder();
            let dir = crashed.path().join("index");
            let step = match image % 8 {
                // After all is done, nothing may be lost.
                0 => end,
                1..5 => syncs[chance.below(syncs.len())],
                _ => start + chance.below(end - start),
            };
            life.recording.crash(step, &mut chance, crashed.path());
            let what = || format!("{phase:?}, image {image}: after step {step} of {start} to {end}");
            let found = answers(&dir).unwrap_or_else(|error| panic!("{}: {error}", what()));
            assert!(found == after || found == before && step < end, "{}: {found:?}", what());
            if found == after {
                outcomes.after += 1;
            } else {
                outcomes.before += 1;
            }
            // The next update completes what was begun, and leaves nothing of it behind.
            let index = Index::open_or_create(&dir).unwrap_or_else(|error| panic!("{}: {error}", what()));
            let updated = index.update(&life.archive, &UpdateOptions::default().threads(1), |_| {});
            assert!(updated.is_ok(), "{}: {updated:?}", what());
            let next = answers(&dir).unwrap_or_else(|error| panic!("{}: then {error}", what()));
            let is_update = matches!(phase, Phase::Update(_) | Phase::Rebuild);
            assert!(next == after || next == found && !is_update, "{}: then {next:?}", what());
            // An update that finds nothing to do leaves tidying to the next that does.
            index.upsert([Incident::new("last", "Last")]).unwrap();
            assert_eq!(segments_on_disk(&dir), index.health().unwrap().segments, "{}", what());
        }
        before = after;
    }
    outcomes
}

#[test]
fn a_crash_leaves_the_state_before_or_after() {
    let Outcomes { before, after } = crash(4);
    assert!(before > 5 && after > 5, "{before} {after}");
}

#[test]
#[ignore = "takes a minute; .ci/run runs it"]
fn five_hundred_crash_images_are_the_state_before_or_after() {
    let Outcomes { before, after } = crash(36);
    println!("{} crash images: {before} in the state before, {after} in the state after", before + after);
    assert!(before > 100 && after > 100, "{before} {after}");
}
