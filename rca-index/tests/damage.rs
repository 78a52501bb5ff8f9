//! A damaged index never returns wrong results silently, never panics, and can be rebuilt.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rca_index::{Archive, Error, Facet, Index, Result, SearchRequest, UpdateOptions};

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
    let sorts = ["date:2025 sort:-duration", "cache sort:date"];
    let answer = |query: &&str| {
        let request = SearchRequest::parse(query)?.limit(60).facet(Facet::Service).facet(Facet::Severity);
        let found = index.search(&request)?;
        let hit = |hit: &rca_index::Hit| format!("{:?} {:.3} {:?}", hit.incident, hit.score, hit.snippets);
        let hits: Vec<String> = found.hits.iter().map(hit).collect();
        Ok(format!("{query}: {} {hits:?} {:?}", found.total, found.facets))
    };
    let mut answers = queries.iter().chain(&sorts).map(answer).collect::<Result<Vec<_>>>()?;
    answers.push(format!("{:?} {:?}", index.get("7")?, index.resolve("3")?));
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
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, &target).unwrap();
        let written = file.metadata().unwrap().modified().unwrap();
        File::options().write(true).open(target).unwrap().set_modified(written).unwrap();
    }
}

/// Damages one file, as bit rot or a faulty program would; describes the damage.
fn damage(dir: &Path, chance: &mut Chance) -> String {
    let files = files(dir);
    let file = &files[chance.below(files.len())];
    let name = file.file_name().unwrap().to_string_lossy();
    let written = file.metadata().unwrap().modified().unwrap();
    let mut bytes = fs::read(file).unwrap();
    let how = match chance.below(6) {
        0 => {
            fs::remove_file(file).unwrap();
            return format!("{name} removed");
        }
        1 => {
            bytes.truncate(chance.below(bytes.len().max(1)));
            format!("{name} truncated to {} bytes", bytes.len())
        }
        _ if bytes.is_empty() => {
            bytes.push(b'?');
            format!("{name} no longer empty")
        }
        kind => {
            let flips = if kind == 2 { 1 + chance.below(64) } else { 1 };
            for _ in 0..flips {
                let at = chance.below(bytes.len());
                bytes[at] ^= 1 << chance.below(8);
            }
            format!("{flips} bits flipped in {name}")
        }
    };
    fs::write(file, bytes).unwrap();
    if chance.below(2) == 0 {
        File::options().write(true).open(file).unwrap().set_modified(written).unwrap();
        return format!("{how}, without a trace");
    }
    how
}

/// Whether an error says that the index cannot be trusted.
fn reports_damage(error: &Error) -> bool {
    matches!(error, Error::IndexDamaged { .. } | Error::IndexOtherVersion(_) | Error::IndexNotFound(_))
}

/// Damages indexes; returns how many damages were reported and how many were harmless.
fn damage_indexes(trials: u64) -> (usize, usize) {
    let (folder, archive) = archive();
    let whole = archive.index_dir();
    let expected = answers(&Index::open(&whole).unwrap()).unwrap();
    let mut chance = Chance(trials | 1);
    let (mut reported, mut harmless) = (0, 0);
    for trial in 1..=trials {
        let copied = tempfile::tempdir().unwrap();
        copy(&whole, copied.path());
        let how = damage(copied.path(), &mut chance);
        let looked = Index::open(copied.path()).and_then(|index| Ok((answers(&index)?, index.health()?.damaged)));
        match looked {
            Ok((found, damaged)) => {
                assert_eq!(found, expected, "trial {trial}: {how}: a silently wrong result");
                assert!(damaged.is_empty(), "trial {trial}: {how}: answered from what is damaged: {damaged:?}");
                harmless += 1;
            }
            Err(error) => {
                assert!(reports_damage(&error), "trial {trial}: {how}: {error}");
                reported += 1;
            }
        }
        // An update reports the damage too, or repairs it.
        let updated = Index::open(copied.path()).and_then(|index| {
            update(&index, &archive)?;
            answers(&index)
        });
        match updated {
            Ok(found) => assert_eq!(found, expected, "trial {trial}: {how}: after an update"),
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
#[ignore = "takes a minute; .ci/run runs it"]
fn five_hundred_damages_are_named() {
    let (reported, harmless) = damage_indexes(500);
    println!("500 damages: {reported} reported, {harmless} without any effect on results");
    assert!(reported > 300, "{reported}");
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
