//! Any sequence of what programs, archives and versions do, compared with two maps: what was given, and the reports.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use rca_index::{Archive, Batch, Error, Incident, Index, UpdateOptions, WriteOptions};

use super::{archive, dir, ids, open, version_folder};

#[derive(Debug, Clone)]
enum Step {
    /// Upserts (with a version) and deletions, by id.
    Write(Vec<(usize, Option<u8>)>),
    /// A report appears or disappears.
    Report(usize, bool),
    Update {
        rebuild: bool,
        cancel: bool,
    },
    Reopen,
    Remove,
    OtherVersion(&'static str),
}

const IDS: [&str; 4] = ["w", "x", "y", "z"];

fn step() -> impl Strategy<Value = Step> {
    let change = (0..IDS.len(), prop::option::weighted(0.7, any::<u8>()));
    prop_oneof![
        5 => prop::collection::vec(change, 1..4).prop_map(Step::Write),
        4 => (0..IDS.len(), any::<bool>()).prop_map(|(id, exists)| Step::Report(id, exists)),
        3 => (any::<bool>(), any::<bool>()).prop_map(|(rebuild, cancel)| Step::Update { rebuild, cancel }),
        1 => Just(Step::Reopen),
        1 => Just(Step::Remove),
        1 => prop_oneof![Just("v9"), Just("v6")].prop_map(Step::OtherVersion),
    ]
}

/// What the index should hold: titles by id.
#[derive(Debug, Default)]
struct Model {
    given: BTreeMap<&'static str, String>,
    /// The reports as of the last update.
    indexed: Vec<&'static str>,
    /// The reports on disk.
    reports: Vec<&'static str>,
}

impl Model {
    fn titles(&self) -> BTreeMap<&str, String> {
        let reports = self.indexed.iter().map(|id| (*id, format!("Report {id}")));
        self.given.iter().map(|(id, title)| (*id, title.clone())).chain(reports).collect()
    }

    fn hidden(&self) -> Vec<&str> {
        self.given.keys().filter(|id| self.indexed.contains(id)).copied().collect()
    }

    /// Whether a batch is taken: no id that it names is a report's, but for the deletion of a hidden incident.
    fn write(&mut self, changes: &[(usize, Option<u8>)]) -> bool {
        let mut given = self.given.clone();
        for (id, version) in changes {
            let id = IDS[*id];
            let is_report = self.indexed.contains(&id);
            match version {
                Some(_) if is_report => return false,
                Some(version) => drop(given.insert(id, format!("Given {version}"))),
                None if given.remove(id).is_none() && is_report => return false,
                None => {}
            }
        }
        self.given = given;
        true
    }
}

fn batch(changes: &[(usize, Option<u8>)]) -> Batch {
    let mut batch = Batch::new();
    for (id, version) in changes {
        match version {
            Some(version) => batch.upsert(Incident::new(IDS[*id], format!("Given {version}"))),
            None => batch.delete(IDS[*id]),
        };
    }
    batch
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_whatever_happens(steps in prop::collection::vec(step(), 1..16)) {
        let folder = archive(&[]);
        let archive = Archive::open(folder.path()).unwrap();
        let mut model = Model::default();
        let mut index = open(&folder);
        index.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
        for step in &steps {
            match step {
                Step::Write(changes) => {
                    let written = index.write(batch(changes), &WriteOptions::default());
                    if model.write(changes) {
                        written.unwrap();
                    } else {
                        prop_assert!(matches!(written, Err(Error::IdOfReport { .. })), "{:?}", written);
                    }
                }
                Step::Report(id, exists) => {
                    model.reports.retain(|report| *report != IDS[*id]);
                    if *exists {
                        super::report(folder.path(), IDS[*id]);
                        model.reports.push(IDS[*id]);
                    } else {
                        let _ = fs::remove_file(folder.path().join(format!("{}.md", IDS[*id])));
                    }
                }
                Step::Update { rebuild, cancel: true } => {
                    let seen = AtomicUsize::new(0);
                    let stop = |_| if seen.fetch_add(1, Ordering::Relaxed) > 0 {
                        std::ops::ControlFlow::Break(())
                    } else {
                        std::ops::ControlFlow::Continue(())
                    };
                    let updated = index.update(&archive, &UpdateOptions::default().rebuild(*rebuild), stop);
                    // Nothing to do is no reason to ask.
                    prop_assert!(updated.is_ok() || matches!(updated, Err(Error::Cancelled)));
                }
                Step::Update { rebuild, cancel: false } => {
                    model.indexed = model.reports.clone();
                    let updated = index.update(&archive, &UpdateOptions::default().rebuild(*rebuild), |_| {}).unwrap();
                    prop_assert_eq!(updated.hidden, model.hidden());
                }
                Step::Reopen => index = Index::open(dir(&folder)).unwrap(),
                Step::Remove | Step::OtherVersion(_) => {
                    drop(index);
                    match step {
                        Step::OtherVersion(name) => fs::rename(version_folder(&folder), dir(&folder).join(name)).unwrap(),
                        _ => Index::remove(dir(&folder)).unwrap(),
                    }
                    index = open(&folder);
                    model.indexed = model.reports.clone();
                    index.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
                }
            }
            let titles = model.titles();
            prop_assert_eq!(ids(&index), titles.keys().copied().collect::<Vec<_>>(), "after {:?} of {:?}", step, steps);
            for (id, title) in titles {
                prop_assert_eq!(index.get(id).unwrap().unwrap().title.value, title);
            }
            let health = index.health().unwrap();
            prop_assert_eq!((health.given, health.hidden), (model.given.len(), model.hidden().iter().map(|id| (*id).to_owned()).collect()));
        }
    }
}
