//! The facts that rca states of the reports of an archive, by the library or by a built command.
//!
//! In: a folder. Out: for each report in the index, the JSON of `rca show --format json`.

use std::collections::HashMap;
use std::error::Error;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use rca_index::wire::{IncidentForm, NoLinks};
use rca_index::{Archive, Incident, Index, SearchRequest, UpdateOptions};
use serde_json::Value;

/// A limit above the number of reports in any labelled archive.
const ALL: usize = 10_000;

/// The facts of each report, by path in the archive.
pub type Stated = HashMap<String, Value>;

/// The incidents of all reports in an archive.
pub fn incidents(archive: &Path) -> Result<Vec<Incident>, Box<dyn Error>> {
    let archive = Archive::open(archive)?;
    let index = Index::in_memory()?;
    index.update(&archive, &UpdateOptions::default(), |_event| {})?;
    let mut request = SearchRequest::parse("*")?.limit(ALL);
    request.snippets = 0;
    Ok(index.search(&request)?.hits.into_iter().map(|hit| hit.incident).collect())
}

/// By the library that this program is built with.
pub fn by_library(archive: &Path) -> Result<Stated, Box<dyn Error>> {
    let facts = |incident: Incident| -> Result<(String, Value), Box<dyn Error>> {
        let facts = serde_json::to_value(IncidentForm::new(&incident, &NoLinks))?;
        Ok((incident.path, facts))
    };
    incidents(archive)?.into_iter().map(facts).collect()
}

/// By a command, possibly of another version, for these reports only.
pub fn by_command(rca: &Path, archive: &Path, paths: &[&str]) -> Result<Stated, Box<dyn Error>> {
    let index = tempfile::tempdir()?;
    let place: [&OsStr; 4] = ["--archive".as_ref(), archive.as_ref(), "--index".as_ref(), index.path().as_ref()];
    // The command exits with 4 if some file cannot be read; a report that is not in the index counts as missing below.
    let _ = output(rca, ["index", "--quiet"], &[&place[2..], &[archive.as_ref()]].concat())?;
    let listed = json(&output(rca, ["search", "*", "-n", &ALL.to_string(), "--format", "json"], &place)?)?;
    let mut stated = Stated::new();
    for hit in listed["hits"].as_array().into_iter().flatten() {
        let (Some(path), Some(id)) = (hit["path"].as_str(), hit["id"].as_str()) else { continue };
        if paths.contains(&path) {
            let shown = output(rca, ["show", id, "--format", "json", "--no-update"], &place)?;
            // An id that is a prefix of another id may be ambiguous; the report then counts as missing.
            if let Ok(facts) = json(&shown) {
                stated.insert(path.to_owned(), facts);
            }
        }
    }
    Ok(stated)
}

fn output<const N: usize>(rca: &Path, words: [&str; N], place: &[&OsStr]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut command = Command::new(rca);
    command.args(words).args(place).stdin(Stdio::null()).stderr(Stdio::null());
    command.env("XDG_STATE_HOME", std::env::temp_dir().join("rca-bench-state"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("RCA")) {
        command.env_remove(name);
    }
    Ok(command.output().map_err(|e| format!("{}: {e}", rca.display()))?.stdout)
}

fn json(output: &[u8]) -> Result<Value, Box<dyn Error>> {
    serde_json::from_slice(output).map_err(|e| format!("the command's output is not JSON: {e}").into())
}
