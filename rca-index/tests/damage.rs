//! A damaged index never returns wrong results silently, never panics, and can be rebuilt.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rca_index::{Archive, Error, Facet, Incident, Index, Result, SearchRequest, SectionKind, UpdateOptions};

/// Pseudorandom numbers that are the same in every run (xorshift64*, Vigna 2016).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % limit as u64) as usize
    }
}

fn write_report(folder: &Path, number: usize, version: usize) {
    let words = ["queue", "disk", "certificate", "deploy", "latency", "failover", "cache"];
    let text: Vec<&str> = (0..40 + number).map(|i| words[(i * number + version) % words.len()]).collect();
    let text = format!(
        "---\ntitle: Report {number} of {version}\ndate: 2025-0{}-11\nseverity: P{}\nservices: [svc-{}]\nduration: {number}\n---\n\n## Summary\n\n{}\n",
        1 + number % 9,
        1 + number % 4,
        number % 5,
        text.join(" ")
    );
    fs::write(folder.join(format!("{number}.md")), text).unwrap();
}

fn update(index: &Index, archive: &Archive) -> Result<()> {
    index.update(archive, &UpdateOptions::default().threads(1), |_| {}).map(|_| ())
}

/// An archive with an index of several commits, segments and deletions.
fn archive() -> (tempfile::TempDir, Archive) {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    for version in 0..4 {
        (version * 3..version * 3 + 30).for_each(|number| write_report(folder.path(), number, version));
        update(&Index::open_or_create(archive.index_dir()).unwrap(), &archive).unwrap();
    }
    (folder, archive)
}

/// Results that depend on every file of the index.
fn answers(index: &Index) -> Result<Vec<String>> {
    let queries = ["*", "queue", "\"disk certificate\"", "service:svc-1 latency", "dep*", "severity:>=P2 failover~"];
    let sorts = ["date:2025 sort:-duration", "cache sort:date", "title:report -deploy"];
    let answer = |query: &&str| {
        let request = SearchRequest::parse(query)?.limit(60).facet(Facet::Service).facet(Facet::Severity);
        let found = index.search(&request)?;
        let hit = |hit: &rca_index::Hit| format!("{:?} {:.3} {:?}", hit.incident, hit.score, hit.snippets);
        let hits: Vec<String> = found.hits.iter().map(hit).collect();
        Ok(format!("{query}: {} {hits:?} {:?}", found.total, found.facets))
    };
    let mut answers = queries.iter().chain(&sorts).map(answer).collect::<Result<Vec<_>>>()?;
    answers.push(format!("{:?} {:?}", index.get("7")?, index.resolve("3")?));
    answers.push(format!("{:?} {:?}", index.len()?, index.ids()?.collect::<Result<Vec<_>>>()?));
    Ok(answers)
}

/// The files of the index, sorted; nothing else is in the engine's folder.
fn files(dir: &Path) -> Vec<PathBuf> {
    let version = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_dir()).unwrap();
    let mut files: Vec<PathBuf> = fs::read_dir(version).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn copy(from: &Path, to: &Path) {
    let record = Some(from.join("given.log")).filter(|record| record.exists());
    for file in files(from).into_iter().chain(record) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, &target).unwrap();
        let written = file.metadata().unwrap().modified().unwrap();
        File::options().write(true).open(target).unwrap().set_modified(written).unwrap();
    }
}

/// What was done to which file.
struct Damage {
    file: PathBuf,
    how: String,
}

/// The files of the engine that the commit of a whole index names.
fn named_files(dir: &Path) -> Vec<PathBuf> {
    let files = files(dir);
    let meta = files.iter().find(|file| file.ends_with("meta.json")).unwrap();
    let meta = fs::read_to_string(meta).unwrap().replace('-', "");
    let is_named = |file: &&PathBuf| {
        let name = file.file_name().unwrap().to_str().unwrap();
        let mut parts = name.split('.');
        let segment = parts.next().is_some_and(|segment| segment.len() == 32 && meta.contains(segment));
        let opstamp = parts.next().and_then(|part| part.parse::<u64>().ok());
        segment && opstamp.is_none_or(|opstamp| meta.contains(&format!("\"opstamp\":{opstamp}")))
    };
    files.iter().filter(is_named).map(|file| file.strip_prefix(dir).unwrap().to_owned()).collect()
}

/// Damages one file, as bit rot or a faulty program would.
fn damage(dir: &Path, chance: &mut Chance, keeps_time: bool) -> Damage {
    let files = files(dir);
    let file = files[chance.below(files.len())].clone();
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let written = file.metadata().unwrap().modified().unwrap();
    let whole = fs::read(&file).unwrap();
    let mut bytes = whole.clone();
    let how = match chance.below(9) {
        0 => {
            fs::remove_file(&file).unwrap();
            return Damage { file, how: format!("{name} removed") };
        }
        1 => {
            bytes.truncate(chance.below(bytes.len().max(1)));
            format!("{name} truncated to {} bytes", bytes.len())
        }
        2 => {
            let added = 1 + chance.below(6_000);
            bytes.extend((0..added).map(|_| chance.below(256) as u8));
            format!("{added} bytes added to {name}")
        }
        3 => {
            bytes = fs::read(&files[chance.below(files.len())]).unwrap();
            format!("{name} replaced by another file")
        }
        _ if bytes.is_empty() => {
            bytes.push(b'?');
            format!("{name} no longer empty")
        }
        kind @ (4 | 5) => {
            let from = chance.below(bytes.len());
            let to = bytes.len().min(from + 1 + chance.below(8_000));
            bytes[from..to].fill_with(|| if kind == 4 { 0 } else { chance.below(256) as u8 });
            format!("bytes {from} to {to} of {name} overwritten")
        }
        kind => {
            let flips = if kind == 6 { 1 + chance.below(64) } else { 1 };
            for _ in 0..flips {
                let at = chance.below(bytes.len());
                bytes[at] ^= 1 << chance.below(8);
            }
            format!("{flips} bits flipped in {name}")
        }
    };
    let how = if bytes == whole { format!("{how}, as it was") } else { how };
    fs::write(&file, bytes).unwrap();
    if keeps_time {
        File::options().write(true).open(&file).unwrap().set_modified(written).unwrap();
        return Damage { file, how: format!("{how}, without a trace") };
    }
    Damage { file, how }
}

/// Whether an error says that the index cannot be trusted.
fn reports_damage(error: &Error) -> bool {
    matches!(error, Error::IndexDamaged { .. } | Error::IndexOtherVersion(_) | Error::IndexNotFound(_))
}

/// Asserts that an index answers as if it were whole, or reports its damage; returns whether it reports it.
fn is_reported(dir: &Path, damage: &Damage, whole: &Whole, trial: u64) -> bool {
    let how = &damage.how;
    let is_reported = match Index::open(dir).and_then(|index| answers(&index)) {
        Ok(found) => {
            assert!(found == whole.answers, "trial {trial}: {how}: a silently wrong result");
            false
        }
        Err(error) => {
            assert!(reports_damage(&error), "trial {trial}: {how}: {error}");
            true
        }
    };
    // What no search has touched is found by the doctor.
    match Index::open(dir).and_then(|index| index.health()) {
        Ok(health) => {
            let file = damage.file.strip_prefix(dir).unwrap().to_owned();
            let must_be_named = whole.named.contains(&file) && !how.contains("as it was");
            let is_named = health.damaged.iter().any(|damaged| file.ends_with(damaged));
            assert!(is_named || !must_be_named && !is_reported, "trial {trial}: {how}: all sound");
        }
        Err(error) => assert!(reports_damage(&error), "trial {trial}: {how}: {error}"),
    }
    is_reported
}

/// What is known of an index before it is damaged.
struct Whole {
    answers: Vec<String>,
    named: Vec<PathBuf>,
}

impl Whole {
    fn of(dir: &Path) -> Self {
        Self { answers: answers(&Index::open(dir).unwrap()).unwrap(), named: named_files(dir) }
    }
}

/// Damages indexes; returns how many damages a search reported, and how many had no effect on it.
fn damage_indexes(trials: u64) -> (usize, usize) {
    let (folder, archive) = archive();
    let dir = archive.index_dir();
    let whole = Whole::of(&dir);
    // An update has reports to add, to replace and to remove.
    (30..50).for_each(|number| write_report(folder.path(), number, 9));
    fs::remove_file(folder.path().join("11.md")).unwrap();
    let updated = {
        let copied = tempfile::tempdir().unwrap();
        copy(&dir, copied.path());
        let index = Index::open(copied.path()).unwrap();
        update(&index, &archive).unwrap();
        answers(&index).unwrap()
    };
    assert!(whole.answers != updated);
    let mut chance = Chance(trials | 1);
    let (mut reported, mut harmless) = (0, 0);
    for trial in 1..=trials {
        let copied = tempfile::tempdir().unwrap();
        copy(&dir, copied.path());
        let keeps_time = chance.below(2) == 0;
        let damage = damage(copied.path(), &mut chance, keeps_time);
        let how = &damage.how;
        let counted = if is_reported(copied.path(), &damage, &whole, trial) { &mut reported } else { &mut harmless };
        *counted += 1;
        // An update reports the damage too, or repairs it.
        let found = Index::open(copied.path()).and_then(|index| {
            update(&index, &archive)?;
            answers(&index)
        });
        match found {
            Ok(found) => assert!(found == updated, "trial {trial}: {how}: after an update"),
            Err(error) => assert!(reports_damage(&error), "trial {trial}: {how}: an update: {error}"),
        }
        if trial % 10 == 0 {
            Index::remove(copied.path()).unwrap();
            let index = Index::open_or_create(copied.path()).unwrap();
            update(&index, &archive).unwrap();
            let total = index.search(&SearchRequest::default()).unwrap().total;
            assert_eq!(total, fs::read_dir(folder.path()).unwrap().count() - 1, "trial {trial}: {how}: rebuilt");
        }
    }
    (reported, harmless)
}

#[test]
fn damage_is_reported() {
    let (reported, _) = damage_indexes(60);
    assert!(reported > 30, "{reported}");
}

#[test]
#[ignore = "takes minutes; .ci/run runs it"]
fn a_thousand_damages_are_named() {
    let (reported, harmless) = damage_indexes(1_000);
    println!("1,000 damages: {reported} reported by a search, {harmless} without any effect on it");
    assert!(reported > 600, "{reported}");
}

/// An index of more than 9 MB. Its texts are hashes, so that they are hardly compressed.
fn large_index() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open_or_create(folder.path()).unwrap();
    let words = ["queue", "disk", "certificate", "deploy", "latency", "failover", "cache", "report"];
    let mut chance = Chance(7);
    for commit in 0..3 {
        // Some incidents take the place of those of the commit before.
        let incidents = (commit * 140..commit * 140 + 150).map(|number| {
            let mut incident = Incident::new(number.to_string(), format!("Report {number}"));
            let word = |at: usize| match at % 3 {
                0 => words[chance.below(words.len())].to_owned(),
                _ => format!("{:08x}{:08x}", chance.below(1 << 32), chance.below(1 << 32)),
            };
            incident.push_section(SectionKind::Summary, &(0..1_000).map(word).collect::<Vec<_>>().join(" "));
            incident
        });
        index.upsert(incidents.collect::<Vec<_>>()).unwrap();
    }
    folder
}

/// Damages a large index without a change of any time stamp. A search reads a small part of it.
#[test]
#[ignore = "takes minutes; .ci/run runs it"]
fn damage_of_a_large_index_without_a_trace_is_named() {
    const TRIALS: u64 = 320;
    let folder = large_index();
    let size: u64 = files(folder.path()).iter().map(|file| file.metadata().unwrap().len()).sum();
    assert!(size > 9_000_000, "{size}");
    let whole = Whole::of(folder.path());
    let (mut chance, mut reported) = (Chance(TRIALS), 0);
    for trial in 1..=TRIALS {
        let copied = tempfile::tempdir().unwrap();
        copy(folder.path(), copied.path());
        assert!(trial > 1 || answers(&Index::open(copied.path()).unwrap()).unwrap() == whole.answers);
        let damage = damage(copied.path(), &mut chance, true);
        reported += u64::from(is_reported(copied.path(), &damage, &whole, trial));
    }
    println!("{TRIALS} damages of an index of {} MB: {reported} reported by a search", size / 1_000_000);
    assert!(reported > TRIALS / 2, "{reported}");
}

#[test]
fn an_index_with_other_fields_is_rebuilt() {
    let (_folder, archive) = archive();
    let dir = archive.index_dir();
    let expected = Index::open(&dir).unwrap().len().unwrap();
    let meta = files(&dir).into_iter().find(|file| file.ends_with("meta.json")).unwrap();
    let text = fs::read_to_string(&meta).unwrap();
    let text = text[..text.len() - 17].replace("severity_rank", "severity_rang");
    fs::write(&meta, format!("{text}{:016x}\n", xxhash_rust::xxh3::xxh3_64(text.as_bytes()))).unwrap();
    assert!(matches!(Index::open(&dir), Err(Error::IndexOtherVersion(_))));
    let index = Index::open_or_create(&dir).unwrap();
    update(&index, &archive).unwrap();
    assert_eq!(Index::open(&dir).unwrap().len().unwrap(), expected);
}
