//! Dangling links: those whose target is neither a report of the archive nor a file beside it.
//!
//! In: the target of a link as written, and the report that has it. Out: whether there is anything at that place. Folders are
//! listed; no file is opened.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::archive::link_key::{LinkKey, is_name, path_of};
use crate::archive::names::Names;
use crate::parse::stem;

/// Looks up the targets of links.
pub(super) struct Lookup<'a> {
    names: &'a Names,
    root: PathBuf,
    /// The root of the repository that holds the archive. What lies outside of it is not looked at.
    repository: Option<PathBuf>,
    known: HashMap<PathBuf, bool>,
    /// The names in a folder, in lower case.
    listings: HashMap<PathBuf, Vec<String>>,
    /// The names of the documents in the repository, in lower case with no extension; read when first asked for.
    notes: Option<HashSet<String>>,
}

/// More entries of a repository are not gone through.
const MOST_ENTRIES: usize = 100_000;

impl<'a> Lookup<'a> {
    pub(super) fn new(names: &'a Names, root: &Path) -> Self {
        let root = root.canonicalize().or_else(|_| std::path::absolute(root)).unwrap_or_else(|_| root.to_owned());
        let repository = root.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned);
        Self { names, root, repository, known: HashMap::new(), listings: HashMap::new(), notes: None }
    }

    /// Whether a link of this report, given by its path in the archive, leads nowhere. In doubt it does not.
    pub(super) fn is_dangling(&mut self, report: &str, target: &str) -> bool {
        let path = path_of(target);
        let leads = || LinkKey::new(report, target).is_some_and(|key| !self.names.linked(&key).is_empty());
        is_name(&path) && !leads() && !self.is_on_disk(report, &path) && !is_attachment(&path) && !self.is_note(&path)
    }

    /// Whether a name without folders is that of a document anywhere in the repository: note tools link by name alone.
    fn is_note(&mut self, name: &str) -> bool {
        let Some(repository) = self.repository.as_deref().filter(|_| !name.contains('/')) else { return false };
        let notes = self.notes.get_or_insert_with(|| {
            let shown =
                |entry: &DirEntry| entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".");
            let entries = WalkDir::new(repository).into_iter().filter_entry(shown).take(MOST_ENTRIES).flatten();
            let files = entries.filter(|entry| entry.file_type().is_file());
            files.map(|entry| stem(&entry.file_name().to_string_lossy()).to_lowercase()).collect()
        });
        notes.contains(&stem(name).to_lowercase())
    }

    /// Whether a path is there, as seen from the report or, with a `/` in front, from any folder around the archive.
    fn is_on_disk(&mut self, report: &str, path: &str) -> bool {
        // Each folder is a name: `//server/share` is none, which Windows would ask over the network.
        let from_root = path.starts_with('/').then(|| path.trim_start_matches('/'));
        if cfg!(windows) && has_drive(from_root.unwrap_or(path)) {
            return true;
        }
        let places: Vec<PathBuf> = match from_root {
            Some(path) => self.folders_around().map(|folder| folder.join(path)).collect(),
            None => {
                let folder = report.rsplit_once('/').map_or("", |(folder, _)| folder);
                vec![self.root.join(folder).join(path)]
            }
        };
        places.iter().any(|place| self.exists(&without_dots(place)))
    }

    fn folders_around(&self) -> impl Iterator<Item = &Path> {
        let inside = |folder: &&Path| self.repository.as_deref().is_none_or(|root| folder.starts_with(root));
        self.root.ancestors().take_while(inside)
    }

    fn exists(&mut self, path: &Path) -> bool {
        if self.repository.as_deref().is_some_and(|root| !path.starts_with(root)) {
            return true;
        }
        if let Some(&known) = self.known.get(path) {
            return known;
        }
        let found = path.exists() || self.exists_in_another_case(path);
        self.known.insert(path.to_owned(), found);
        found
    }

    /// Whether there is such a path when case is ignored, and the extension too if the last name has none.
    fn exists_in_another_case(&mut self, path: &Path) -> bool {
        let mut at = PathBuf::new();
        let mut names = path.components().peekable();
        while let Some(name) = names.next() {
            let next = at.join(name);
            // The drive alone is no folder.
            if matches!(name, Component::Prefix(_) | Component::RootDir) || next.exists() {
                at = next;
                continue;
            }
            let wanted = name.as_os_str().to_string_lossy().to_lowercase();
            let is_last = names.peek().is_none();
            let Some(found) = self.named(&at, &wanted, is_last) else { return false };
            at.push(found);
        }
        true
    }

    /// The entry of a folder with this name in lower case.
    fn named(&mut self, folder: &Path, wanted: &str, is_last: bool) -> Option<String> {
        let names = self.listings.entry(folder.to_owned()).or_insert_with(|| {
            let entries = folder.read_dir().into_iter().flatten().flatten();
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
        });
        let fits = |name: &&String| {
            let name = name.to_lowercase();
            name == wanted || is_last && stem(&name) == wanted
        };
        names.iter().find(fits).cloned()
    }
}

/// Whether a name without folders is that of a picture or another file, which note tools keep anywhere.
fn is_attachment(path: &str) -> bool {
    let extension = path.len() - stem(path).len();
    let is_report = [".md", ".markdown", ".mdx", ".qmd"].iter().any(|end| path.to_lowercase().ends_with(end));
    !path.contains('/') && (2..=6).contains(&extension) && !is_report
}

/// The start of a name that numbers a series of documents: `ADR-` of `ADR-0007`, nothing of `queue-backlog`.
fn series(name: &str) -> &str {
    &name[..name.find(|c: char| c.is_ascii_digit()).unwrap_or(0)]
}

/// Which names without folders are those of another collection of documents: an archive that links by name to many things
/// that are none of its reports is a part of a larger collection of notes. Of these only names in the series of its reports
/// are missing reports.
pub(super) fn of_another_collection<'t>(names: &Names, dangling: impl Iterator<Item = &'t str>) -> HashSet<&'t str> {
    /// So many names may be mistakes.
    const MOST_MISTAKES: usize = 5;
    let bare: HashSet<&str> = dangling.filter(|target| !target.contains('/')).collect();
    if bare.len() <= MOST_MISTAKES {
        return HashSet::new();
    }
    bare.into_iter().filter(|target| series(target).is_empty() || !names.any_starts_with(series(target))).collect()
}

/// Whether a path begins with a drive. Where there are drives it leads out of the archive, wherever it is joined.
fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// A path with `.` and `..` worked out.
fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A folder with an archive in `docs/incidents` and files beside it.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in ["docs/incidents/2024/a.md", "docs/Runbooks/On Call.md", "docs/Runbooks/orders.png", "top.md"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text").unwrap();
        }
        folder
    }

    fn check(folder: &Path, target: &str, dangling: bool) {
        let mut names = Names::default();
        names.add("2024/a");
        let mut lookup = Lookup::new(&names, &folder.join("docs/incidents"));
        assert_eq!(lookup.is_dangling("2024/a.md", target), dangling, "{target}");
    }

    #[test]
    fn links_are_looked_up_beside_the_archive() {
        let folder = folder();
        for found in [
            "2024/a", "a.md", "../../Runbooks/On%20Call.md", "../../runbooks/on%20call.md#steps",
            "../../runbooks/on call", "../../runbooks/", "../../../top.md?plain=1", "/top.md",
            "/docs/Runbooks/On%20Call.md", "..\\..\\..\\top.md", "../../incidents/2024/a.md",
        ] {
            check(folder.path(), found, false);
        }
        for missing in [
            "PM-2099-001", "../b.md", "../../runbooks/gone.md", "../../gone/orders.md", "/gone.md",
            "../../runbooks/orders/x",
        ] {
            check(folder.path(), missing, true);
        }
    }

    #[test]
    fn a_link_names_no_drive_and_no_server() {
        for path in ["C:/incidents/a.md", "c:a.md", "Z:", "a:b"] {
            assert!(has_drive(path), "{path}");
        }
        for path in ["incidents/a.md", "é:/a.md", "1:/a.md", "", ":", "/C:/a.md", "cc:/a.md"] {
            assert!(!has_drive(path), "{path}");
        }
        // Whatever number of slashes: folders below the root of the archive's surroundings.
        let folder = folder();
        check(folder.path(), "//docs/Runbooks/On%20Call.md", false);
        check(folder.path(), "\\\\docs\\Runbooks\\On Call.md", false);
        for gone in ["//server/share/gone.md", "///server/share/gone.md", "\\\\server\\share\\gone.md"] {
            check(folder.path(), gone, true);
        }
    }

    #[test]
    fn what_is_no_name_of_a_document_is_no_link_to_one() {
        let folder = folder();
        for other in
            ["#impact", "1", "23", "a", "^note", "TOC", "_TOC_", "-f x.md", "{{ name }}", "diagram.png", "^1", ""]
        {
            check(folder.path(), other, false);
        }
    }

    #[test]
    fn many_names_of_no_report_are_those_of_another_collection() {
        let mut names = Names::default();
        names.add("2024/PM-007-queue");
        let linked = ["ADR-1", "ADR-2", "PM-099", "auth-hub", "step-ca", "slo-alerts", "../gone.md"];
        let found = of_another_collection(&names, linked.into_iter());
        assert_eq!(found, ["ADR-1", "ADR-2", "auth-hub", "step-ca", "slo-alerts"].into());
        // A few are mistakes.
        assert_eq!(of_another_collection(&names, linked.into_iter().skip(2)), HashSet::new());
    }

    #[test]
    fn nothing_outside_of_the_repository_is_looked_at() {
        let folder = folder();
        fs::create_dir(folder.path().join("docs/.git")).unwrap();
        check(folder.path(), "../../../gone.md", false);
        check(folder.path(), "../../gone.md", true);
        check(folder.path(), "/Runbooks/On%20Call.md", false);
        check(folder.path(), "/top.md", true);
        check(folder.path(), "top", true);
        check(folder.path(), "on call", false);
    }
}
