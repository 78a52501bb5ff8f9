//! The index folder: damage of any file of it is an error, is named by the doctor, or has no effect; never a panic, and never an
//! answer that differs in silence.
#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use rca_index::{Archive, Error, Facet, Incident, Index, Result, SearchRequest, UpdateOptions};

/// A small index as it was prepared, where it is damaged, and what it answers, before and after an update.
struct Prepared {
    archive: Archive,
    files: Vec<(PathBuf, Vec<u8>)>,
    work: PathBuf,
    answers: Vec<String>,
    updated: Vec<String>,
}

impl Prepared {
    /// Puts all files back.
    fn restore(&self) {
        let _ = fs::remove_dir_all(&self.work);
        for (name, content) in &self.files {
            let path = self.work.join(name);
            fs::create_dir_all(path.parent().unwrap_or(&path)).expect("a folder");
            fs::write(path, content).expect("a file");
        }
    }
}

fn update(index: &Index, archive: &Archive) -> Result<()> {
    index.update(archive, &UpdateOptions::default().threads(1), |_| {}).map(|_| ())
}

fn prepare() -> Prepared {
    // One folder for each process of the fuzzer, in memory where there is such a place.
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = place.join(format!("rca-fuzz-index-{}", std::process::id()));
    let (reports, work) = (folder.join("reports"), folder.join("work"));
    fs::create_dir_all(&reports).expect("a folder of reports");
    let archive = Archive::open(&reports).expect("an archive");
    // Two commits, with deletions.
    for version in 0..2 {
        (version * 4..version * 4 + 12).for_each(|number| write_report(&reports, number, version));
        let index = Index::open_or_create(archive.index_dir()).expect("an index");
        update(&index, &archive).expect("an update");
        index.upsert([Incident::new(format!("OPS-{version}"), "Queue backlog")]).expect("a given incident");
    }
    let dir = archive.index_dir();
    let mut files = Vec::new();
    read(&dir, &dir, &mut files);
    files.sort();
    let mut prepared = Prepared { archive, files, work, answers: Vec::new(), updated: Vec::new() };
    prepared.restore();
    prepared.answers = answers(&Index::open(&prepared.work).expect("the index")).expect("answers");
    // An update has something to do.
    (14..18).for_each(|number| write_report(&reports, number, 3));
    let index = Index::open(&prepared.work).expect("the index");
    update(&index, &prepared.archive).expect("an update");
    prepared.updated = answers(&index).expect("answers");
    assert_ne!(prepared.answers, prepared.updated);
    prepared
}

fn write_report(folder: &Path, number: usize, version: usize) {
    let words = ["queue", "disk", "certificate", "deploy", "latency", "failover", "cache"];
    let text: Vec<&str> = (0..30 + number).map(|i| words[(i * (number + 1) + version) % words.len()]).collect();
    let (month, severity, service, text) = (1 + number % 9, 1 + number % 4, number % 3, text.join(" "));
    let report = format!(
        "---\ntitle: Report {number} of {version}\ndate: 2025-0{month}-11\nseverity: P{severity}\nservices: [svc-{service}]\n---\n\n\
         ## Summary\n\n{text}\n"
    );
    fs::write(folder.join(format!("{number}.md")), report).expect("a report");
}

fn read(dir: &Path, folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => read(dir, &path, files),
            false => files.push((path.strip_prefix(dir).expect("a path").to_owned(), fs::read(&path).expect("a file"))),
        }
    }
}

fn answers(index: &Index) -> Result<Vec<String>> {
    let queries =
        ["*", "queue", "\"disk certificate\"", "service:svc-1 latency", "dep*", "severity:>=P2 failover~ sort:date"];
    let answer = |query: &&str| {
        let request = SearchRequest::parse(query)?.limit(60).facet(Facet::Service).facet(Facet::Severity);
        let found = index.search(&request)?;
        Ok(format!("{query}: {} {:?} {:?}", found.total, found.hits, found.facets))
    };
    let mut answers = queries.iter().map(answer).collect::<Result<Vec<_>>>()?;
    answers.push(format!("{:?} {:?} {:?}", index.get("7")?, index.get("OPS-1")?, index.resolve("3")?));
    answers.push(format!("{} {:?}", index.len()?, index.ids()?.collect::<Result<Vec<_>>>()?));
    Ok(answers)
}

/// The file, what is done to it (overwritten, cut short, appended to, removed), where, and with which bytes.
fn damaged(content: &[u8], how: u8, at: usize, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut content = content.to_vec();
    let at = at % (content.len() + 1);
    match how % 8 {
        0 => content.truncate(at),
        1 => content.extend_from_slice(bytes),
        2 => return None,
        3 => drop(content.splice(at..at, bytes.iter().copied())),
        _ => content[at..].iter_mut().zip(bytes).for_each(|(old, new)| *old = *new),
    }
    Some(content)
}

fn reports_damage(error: &Error) -> bool {
    matches!(error, Error::IndexDamaged { .. } | Error::IndexOtherVersion(_) | Error::IndexNotFound(_))
}

fuzz_target!(|data: &[u8]| {
    static PREPARED: OnceLock<Prepared> = OnceLock::new();
    let prepared = PREPARED.get_or_init(|| {
        // The library turns panics about damage into errors; the fuzzer's hook would end the process before.
        std::panic::set_hook(Box::new(|_| {}));
        prepare()
    });
    let [file, how, a, b, c, bytes @ ..] = data else { return };
    let (name, content) = &prepared.files[usize::from(*file) % prepared.files.len()];
    let at = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
    let now = damaged(content, *how, at, bytes);
    if now.as_ref() == Some(content) {
        return;
    }
    prepared.restore();
    let path = prepared.work.join(name);
    match now {
        Some(bytes) => fs::write(path, bytes).expect("a file"),
        None => fs::remove_file(path).expect("a file"),
    }
    let check = |found: Result<Vec<String>>, expected: &[String], when: &str| match found {
        Ok(answers) if answers != expected => wrong(&format!("{when}: a wrong answer without an error: {name:?}")),
        Err(error) if !reports_damage(&error) => wrong(&format!("{when}: {name:?}: {error:?}")),
        _ => {}
    };
    check(Index::open(&prepared.work).and_then(|index| answers(&index)), &prepared.answers, "a search");
    if let Err(error) = Index::open(&prepared.work).and_then(|index| index.health())
        && !reports_damage(&error)
    {
        wrong(&format!("the doctor: {name:?}: {error:?}"));
    }
    let updated = Index::open(&prepared.work).and_then(|index| {
        update(&index, &prepared.archive)?;
        answers(&index)
    });
    check(updated, &prepared.updated, "an update");
});

fn wrong(what: &str) {
    eprintln!("{what}");
    std::process::abort();
}
