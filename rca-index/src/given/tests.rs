//! The record loses nothing that it acknowledged, whatever becomes of the process or the file.

use std::fs;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::incident::{Bound, OwnValue, Precision, SectionKind, Source, Sourced, Timestamp};
use crate::parse::{ParseOptions, parse_report};

fn open(dir: &Path) -> Appender {
    Appender::open(dir, Duration::ZERO).unwrap()
}

fn write(dir: &Path, changes: impl FnOnce(&mut Appender)) -> Position {
    let mut appender = open(dir).compacted(dir).unwrap();
    changes(&mut appender);
    appender.commit(false).unwrap()
}

fn upsert(dir: &Path, ids: &[&str]) -> Position {
    write(dir, |appender| ids.iter().for_each(|id| appender.upsert(ticket(id)).unwrap()))
}

fn ticket(id: &str) -> Incident {
    let mut incident = Incident::new(id, format!("Ticket {id}"));
    incident.push_section(SectionKind::Summary, "The queue\nwas \u{2028} \"full\" \\ \u{0}.");
    incident
}

fn record(dir: &Path) -> Record {
    Record::open(dir).unwrap().unwrap()
}

fn ids(dir: &Path) -> Vec<String> {
    record(dir).held().unwrap().into_keys().collect()
}

/// An incident that says all there is, each in a way that is easily lost.
fn everything() -> Incident {
    let text = "---\ndate: 2025-06-02T17:53+02:00\nseverity: P2 (all of Europe)\nduration: ~65.25 min\nteam: [a, b]\n\
                services: [inventory-api]\ntags: [db/postgres]\nauthor: Ida\nstatus: Resolved (really)\n---\n# Queue &amp; disk\n\n\
                1,348 users were affected.\n\n## Timeline\n\n- 17:53 alert fired\n- 18:10 mitigated\n\n## Resolution\n\n- restart [x](y.md)\n\n\
                ## Action items\n\n- [ ] P1 more disks @ida due 2025-07-01\n";
    let mut incident = parse_report("a/b.md", text.to_owned(), &ParseOptions::default()).incident;
    incident.end = Some(Sourced::new(Timestamp::from_unix_seconds(1_748_879_581, Precision::Day), Source::Prose));
    incident.duration = Some(Sourced::from(0.1 + 0.2).read_as(Bound::AtLeast).at(7));
    assert!(!incident.timeline.is_empty() && !incident.actions.is_empty() && !incident.measures.is_empty());
    incident
}

/// The form with which nothing of an incident is left out, not even what equality does not look at.
fn exact(incident: &Incident) -> String {
    format!("{incident:?}")
}

#[test]
fn an_incident_reads_as_it_was_given() {
    let incident = everything();
    assert_ne!(incident.date.as_ref().unwrap().value.offset_minutes(), 0);
    let json = form::to_json(incident.clone()).unwrap();
    assert_eq!(exact(&form::from_json(&json).unwrap()), exact(&incident));
    for number in [f64::INFINITY, f64::NAN, -0.0, f64::MIN_POSITIVE, 1e300, 4.35] {
        let given = Incident { duration: Some(Sourced::from(number)), ..Incident::new("a", "") };
        let json = form::to_json(given.clone()).unwrap();
        assert_eq!(exact(&form::from_json(&json).unwrap()), exact(&given));
    }
}

/// Records of version 1 lie in the folders of users: this text must stay readable, and mean the same.
#[test]
fn a_record_of_the_first_version_is_read() {
    let line = r#"{"id":"OPS-1","title":{"value":"Queue backlog"},"date":{"value":[1748872380,"minute",120],"source":"front-matter","line":2},"severity":{"value":{"label":"P2","name":"P2","rank":2}},"services":["orders"],"status":{"value":"resolved"},"duration":{"value":"65.5","bound":"about"},"timeline":[{"time":[1748872380,"minute",0],"label":"15:53","text":"alert","milestone":"detected","line":3}],"milestones":[{"milestone":"resolved","at":{"minutes":"65.5"},"source":"given"}],"measures":[{"kind":"users","value":"40","source":"given","line":1}],"lessons":{"went_well":["alert"],"went_badly":[],"other":[]},"actions":[{"text":"more disks","due":[1751328000,"day",0],"done":false,"line":9}],"links":[{"target":"y.md","external":false,"label":null,"line":4}],"front_matter":[{"key":"team","value":{"One":"payments"},"line":null}],"sections":[{"kind":"rootcause","heading":"","line":1,"range":{"start":0,"end":8}}],"source":"too slow","markup":[{"range":{"start":0,"end":3},"shown":""}]}"#;
    let incident = form::from_json(line.as_bytes()).unwrap();
    let date = incident.date.as_ref().unwrap();
    assert_eq!((date.value.to_string().as_str(), date.value.offset_minutes()), ("2025-06-02T13:53Z", 120));
    assert_eq!((date.source, date.line), (Source::FrontMatter, Some(2)));
    assert_eq!(incident.duration.as_ref().map(|d| (d.value, d.bound)), Some((65.5, Bound::About)));
    assert_eq!(incident.texts(SectionKind::RootCause).collect::<Vec<_>>(), ["too slow"]);
    assert_eq!(incident.front_matter[0].value, OwnValue::One("payments".into()));
    assert_eq!(String::from_utf8(form::to_json(incident).unwrap()).unwrap(), line);
}

#[test]
fn what_was_committed_is_held() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    assert!(Record::open(dir).unwrap().is_none());
    let first = upsert(dir, &["a", "b", "c"]);
    let second = write(dir, |appender| {
        appender.delete("b").unwrap();
        appender.upsert(everything()).unwrap();
    });
    let now = record(dir);
    assert_eq!(now.position(), second);
    let held = now.held().unwrap();
    assert_eq!(held.keys().collect::<Vec<_>>(), ["a", "a/b", "c"]);
    assert_eq!(exact(&now.incident(&held["a/b"]).unwrap()), exact(&everything()));
    // What an index lacks.
    assert!(matches!(now.since(Some(&second)).unwrap(), Since::Nothing));
    assert!(matches!(now.since(None).unwrap(), Since::All(held) if held.len() == 3));
    let Since::Changes(changes) = now.since(Some(&first)).unwrap() else { panic!("no changes") };
    assert_eq!(changes[0], Change::Delete("b".into()));
    assert!(matches!(&changes[1..], [Change::Upsert(incident)] if incident.id == "a/b"));
}

#[test]
fn what_was_not_committed_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let position = upsert(dir, &["a"]);
    let mut appender = open(dir);
    appender.upsert(ticket("b")).unwrap();
    drop(appender);
    assert_eq!((record(dir).position(), ids(dir)), (position, vec!["a".to_owned()]));

    // Taken back after the commit, because the index could not follow.
    let mut appender = open(dir);
    appender.upsert(ticket("b")).unwrap();
    let committed = appender.commit(false).unwrap();
    assert_eq!(ids(dir), ["a", "b"]);
    appender.roll_back();
    assert_eq!(ids(dir), ["a"]);
    // An index that had followed learns of it.
    assert!(matches!(record(dir).since(Some(&committed)).unwrap(), Since::All(_)));
    assert!(matches!(record(dir).since(Some(&position)).unwrap(), Since::All(_)));
    upsert(dir, &["c"]);
    assert_eq!(ids(dir), ["a", "c"]);
}

#[test]
fn a_write_that_was_cut_short_is_as_if_it_had_not_begun() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    upsert(dir, &["a", "b"]);
    let path = dir.join(RECORD_FILE);
    let before = fs::read(&path).unwrap();
    upsert(dir, &["b", "c"]);
    let after = fs::read(&path).unwrap();
    // Killed while it appended: the head is the old one. Killed before or after.
    for length in before.len()..=after.len() {
        fs::write(&path, [&before, &after[before.len()..length]].concat()).unwrap();
        assert_eq!(ids(dir), ["a", "b"], "{length}");
    }
    upsert(dir, &["d"]);
    assert_eq!(ids(dir), ["a", "b", "d"]);
}

#[test]
fn damage_names_the_file_and_drops_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    upsert(dir, &["a", "b"]);
    upsert(dir, &["c"]);
    let path = dir.join(RECORD_FILE);
    let whole = fs::read(&path).unwrap();
    let expected = ids(dir);
    let look = || Record::open(dir).and_then(|record| Ok(record.unwrap().held()?.into_keys().collect::<Vec<_>>()));
    let mut named = 0;
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        for bytes in [&bytes[..], &whole[..at]] {
            fs::write(&path, bytes).unwrap();
            match look() {
                // Damage of the older slot: the other one answers.
                Ok(found) => assert_eq!(found, expected, "byte {at}"),
                Err(Error::IndexDamaged { path: file, .. }) => {
                    assert_eq!(file, path);
                    named += 1;
                }
                Err(other) => panic!("byte {at}: {other}"),
            }
        }
    }
    assert!(named > 2 * whole.len() - 400, "{named}");
    // A line that is missing as a whole, and two that changed places.
    let lines: Vec<&[u8]> = whole.split_inclusive(|&b| b == b'\n').collect();
    for order in [vec![0, 1, 2, 4, 5, 6, 7], vec![0, 1, 2, 4, 3, 5, 6, 7]] {
        fs::write(&path, order.iter().map(|&line| lines[line]).collect::<Vec<_>>().concat()).unwrap();
        assert!(matches!(look(), Err(Error::IndexDamaged { .. })), "{order:?}");
    }
    fs::write(&path, &whole).unwrap();
    assert_eq!(look().unwrap(), expected);
}

#[test]
fn a_damaged_slot_is_healed_by_the_next_write() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    upsert(dir, &["a"]);
    upsert(dir, &["b"]);
    let path = dir.join(RECORD_FILE);
    let (at, _) = record(dir).head.slot_to_write();
    let mut bytes = fs::read(&path).unwrap();
    bytes[at as usize] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert_eq!(ids(dir), ["a", "b"], "what the damaged slot acknowledged is there");
    upsert(dir, &["c"]);
    assert!(!record(dir).head.doubtful);
    assert_eq!(ids(dir), ["a", "b", "c"]);
}

#[test]
fn an_older_or_another_record_is_noticed() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let dir = dir.path();
    upsert(dir, &["a"]);
    let backup = fs::read(dir.join(RECORD_FILE)).unwrap();
    let known = upsert(dir, &["b"]);
    upsert(other.path(), &["a"]);
    for bytes in [backup, fs::read(other.path().join(RECORD_FILE)).unwrap()] {
        fs::write(dir.join(RECORD_FILE), bytes).unwrap();
        assert!(matches!(record(dir).is_ahead_of(Some(&known)), Err(Error::IndexDamaged { .. })));
        assert!(record(dir).is_ahead_of(None).unwrap());
    }
}

#[test]
fn a_record_does_not_grow_without_bound() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let size = || fs::metadata(dir.join(RECORD_FILE)).unwrap().len();
    let text = "queue ".repeat(10_000);
    let mut largest = 0;
    let mut positions = Vec::new();
    for version in 0..100 {
        positions.push(write(dir, |appender| {
            let mut incident = Incident::new("a", format!("Version {version}"));
            incident.push_section(SectionKind::Summary, &text);
            appender.upsert(incident).unwrap();
            appender.upsert(ticket(&format!("b-{version}"))).unwrap();
            appender.delete(&format!("b-{}", version / 2)).unwrap();
        }));
        largest = largest.max(size());
    }
    assert!(largest < 4 * text.len() as u64 + 2 * (1 << 20), "{largest}");
    let now = record(dir);
    let held = now.held().unwrap();
    assert_eq!(held.len(), 51);
    assert_eq!(now.incident(&held["a"]).unwrap().title.value, "Version 99");
    // An index in line with any state before learns what it lacks.
    for known in &positions[..99] {
        assert!(now.is_ahead_of(Some(known)).unwrap());
        assert!(!matches!(now.since(Some(known)).unwrap(), Since::Nothing));
    }
    assert!(!now.is_ahead_of(positions.last()).unwrap());
    assert_eq!(fs::read_dir(dir).unwrap().count(), 2, "a lock and the record");
}

#[test]
fn a_second_writer_waits_or_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let first = open(dir);
    assert!(matches!(Appender::open(dir, Duration::ZERO), Err(Error::IndexLocked { .. })));
    std::thread::scope(|scope| {
        let second = scope.spawn(|| Appender::open(dir, Duration::MAX).map(drop));
        drop(first);
        second.join().unwrap().unwrap();
    });
}

#[test]
fn salvage_keeps_what_can_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    upsert(dir, &["a", "b", "c", "d"]);
    let path = dir.join(RECORD_FILE);
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(8).position(|window| window == b"Ticket b").unwrap();
    bytes[at] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let salvaged = salvage(dir).unwrap();
    assert_eq!(salvaged.held.keys().collect::<Vec<_>>(), ["a", "c", "d"]);
    // The index still has `b`, and a newer `d`.
    let from_index = [ticket("b"), Incident::new("d", "newer")];
    let (kept, aside) = salvaged.replace(dir, from_index.into_iter()).unwrap();
    assert_eq!((kept, ids(dir)), (4, ["a", "b", "c", "d"].map(str::to_owned).to_vec()));
    assert_eq!(fs::read(aside.unwrap()).unwrap(), bytes, "the damaged file is kept");
    let now = record(dir);
    assert_eq!(now.incident(&now.held().unwrap()["d"]).unwrap().title.value, "newer");
}

#[cfg(unix)]
#[test]
fn a_copy_that_shares_the_file_of_the_record_stays_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let copy = tempfile::tempdir_in(dir.path()).unwrap();
    upsert(dir.path(), &["a"]);
    // As a backup by `cp -l` has it.
    fs::hard_link(dir.path().join(RECORD_FILE), copy.path().join(RECORD_FILE)).unwrap();
    let before = fs::read(copy.path().join(RECORD_FILE)).unwrap();
    upsert(dir.path(), &["b"]);
    assert_eq!((ids(dir.path()), ids(copy.path())), (vec!["a".to_owned(), "b".to_owned()], vec!["a".to_owned()]));
    assert_eq!(fs::read(copy.path().join(RECORD_FILE)).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn nothing_of_the_record_is_written_or_read_through_a_link() {
    use std::os::unix::fs::symlink;
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let at = |name: &str| dir.join(name);
    fs::write(at("theirs"), "theirs").unwrap();
    for name in ["given.lock", "given.log"] {
        symlink(at("theirs"), at(name)).unwrap();
        let opened = Appender::open(dir, Duration::ZERO);
        assert!(matches!(opened, Err(Error::Io { path, .. }) if path.ends_with(name)), "{name}");
        fs::remove_file(at(name)).unwrap();
    }
    symlink(at("theirs"), at("given.new")).unwrap();
    symlink(at("new"), at("given.damaged-1.log")).unwrap();
    upsert(dir, &["a"]);
    let (_, aside) = salvage(dir).unwrap().replace(dir, std::iter::empty()).unwrap();
    assert_eq!(aside, Some(at("given.damaged-2.log")));
    assert_eq!(fs::read_to_string(at("theirs")).unwrap(), "theirs");
    assert!(!at("new").exists());
}

/// The reports of a folder and those below it.
fn reports(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for path in fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            reports(&path, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            found.push((path, text));
        }
    }
}

#[test]
fn all_reports_read_as_they_were_given() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    reports(&root.join("../corpus"), &mut found);
    let of_corpus = found.len();
    reports(&root.join("../../shared/archives"), &mut found);
    if found.len() == of_corpus {
        println!("skipped: no real archives");
    }
    let dir = tempfile::tempdir().unwrap();
    let mut appender = open(dir.path());
    let mut given = BTreeMap::new();
    for (path, text) in found {
        let path = path.to_string_lossy().into_owned();
        let incident = parse_report(&path, text, &ParseOptions::default()).incident;
        appender.upsert(incident.clone()).unwrap();
        given.insert(incident.id.clone(), exact(&incident));
    }
    appender.commit(false).unwrap();
    drop(appender);
    let now = record(dir.path());
    let held = now.held().unwrap();
    assert_eq!(held.len(), given.len());
    for (id, span) in held {
        assert_eq!(exact(&now.incident(&span).unwrap()), given[&id]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_and_number_reads_as_it_was_given(
        id in any::<String>(), title in any::<String>(), text in any::<String>(), list in any::<Vec<String>>(),
        number in any::<f64>(), seconds in any::<i64>(), offset in any::<i16>(), line in any::<Option<u32>>(),
    ) {
        let mut incident = Incident::new(id, title);
        incident.push_section(SectionKind::Body, &text);
        incident.tags = list;
        let time = Timestamp::from_unix_seconds(seconds, Precision::Second).at_offset(offset);
        incident.date = Some(Sourced { line, ..Sourced::from(time) });
        incident.duration = Some(Sourced::from(number));
        let read = form::from_json(&form::to_json(incident.clone()).unwrap()).unwrap();
        prop_assert_eq!(exact(&read), exact(&incident));
    }

    /// Any writes, cut off at any byte of the last one: the state before it or after it.
    #[test]
    fn a_kill_leaves_the_state_before_or_after(
        writes in prop::collection::vec(prop::collection::vec((0..6_u8, any::<bool>()), 1..5), 1..6), cut in 0.0..1.0_f64,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let (path, mut states) = (dir.path().join(RECORD_FILE), vec![std::collections::BTreeSet::new()]);
        let mut before = Vec::new();
        for changes in &writes {
            before = fs::read(&path).unwrap_or_default();
            let mut state = states.last().unwrap().clone();
            write(dir.path(), |appender| for (id, is_upsert) in changes {
                let id = id.to_string();
                if *is_upsert { appender.upsert(ticket(&id)).unwrap(); state.insert(id); } else { appender.delete(&id).unwrap(); state.remove(&id); }
            });
            states.push(state);
        }
        prop_assert_eq!(&ids(dir.path()), &states[states.len() - 1].iter().cloned().collect::<Vec<_>>());
        if !before.is_empty() {
            let after = fs::read(&path).unwrap();
            let length = before.len() + ((after.len() - before.len()) as f64 * cut) as usize;
            fs::write(&path, [&before, &after[before.len()..length]].concat()).unwrap();
            prop_assert_eq!(&ids(dir.path()), &states[states.len() - 2].iter().cloned().collect::<Vec<_>>());
        }
    }
}
