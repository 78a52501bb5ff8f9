//! What `rca show` is asked for: names and paths as people type them and as other commands print them.
//!
//! In: arguments, and stdin for `-`. Out: incidents, each with the line that was named behind its path.

use std::io::{Read as _, stdin};
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use rca_index::{Archive, IgnoredFile, Incident, Index, LeftOut, Named};

use crate::arguments::GlobalArgs;
use crate::failure::Failure;
use crate::location::{Location, current_dir};
use crate::paths::slashed;
use crate::quoting::unquoted;
use crate::targets::resolved;

/// How much is read from stdin, in bytes: a million paths.
const LONGEST: u64 = 100_000_000;
/// How many of the incidents that a name may mean are listed.
const CANDIDATES: usize = 20;
/// What to do about a report that is left out.
const INCLUDE: &str = "take it in with `include` in rca.toml";

/// The names in the arguments; `-` stands for those on stdin, one a line or with a NUL behind each.
pub(crate) fn names(arguments: &[String]) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for argument in arguments {
        if argument == "-" {
            let mut bytes = Vec::new();
            let read = stdin().lock().take(LONGEST).read_to_end(&mut bytes);
            let read = read.map_err(|error| Failure::usage(format!("stdin: {error}"), "pass names as arguments"))?;
            if read as u64 == LONGEST {
                return Err(Failure::usage("stdin: more than 100 MB of names", "pass fewer names at a time"));
            }
            names.extend(listed(&bytes));
        } else {
            // A space protects words that begin like an option.
            names.push(argument.trim().to_owned());
        }
    }
    Ok(names)
}

/// The names in a list: those before NULs if it has any, else its lines, which may be quoted.
fn listed(list: &[u8]) -> Vec<String> {
    let name = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let names: Vec<String> = if list.contains(&0) {
        list.split(|byte| *byte == 0).map(name).collect()
    } else {
        list.split(|byte| *byte == b'\n')
            .map(|line| name(&unquoted(line.strip_suffix(b"\r").unwrap_or(line))))
            .collect()
    };
    names.into_iter().filter(|name| !name.trim().is_empty()).collect()
}

/// The archive that is meant: that of the first path, if there is none here.
pub(crate) fn location(names: &[String], global: &GlobalArgs) -> Result<Location, Failure> {
    let is_here = global.archive.is_some() || Archive::find(current_dir()).is_some();
    let files = names.iter().flat_map(|name| readings(name)).map(|reading| path_of(reading.name));
    let root = if is_here { None } else { files.filter(|file| file.is_file()).find_map(|file| archive_of(&file)) };
    Location::find(root.as_deref(), global)
}

/// The archive that a file outside of the current folder lies in.
fn archive_of(file: &Path) -> Option<PathBuf> {
    let place = resolved(file);
    if place.starts_with(resolved(&current_dir())) {
        return None;
    }
    place.parent().and_then(Archive::find)
}

/// An incident that was asked for, and the line that was named with it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) incident: Incident,
    pub(crate) line: Option<u32>,
}

/// Finds incidents by what was typed or printed.
pub(crate) struct Finder<'a> {
    index: &'a Index,
    location: &'a Location,
    /// The archive's folder, with links resolved and as it is.
    roots: [PathBuf; 2],
}

/// One way to read a name: with or without a line behind it.
#[derive(Debug, PartialEq)]
struct Reading<'n> {
    name: &'n str,
    line: Option<u32>,
    /// Whether more text follows, so that it must be a path.
    more: bool,
}

impl<'a> Finder<'a> {
    pub(crate) fn new(index: &'a Index, location: &'a Location) -> Self {
        let root = location.archive.root();
        let as_written = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        Self { index, location, roots: [resolved(root), as_written] }
    }

    /// The incident that a name stands for: a path from here comes first, then a name in the archive.
    pub(crate) fn find(&self, name: &str) -> Result<Found, Failure> {
        let readings = readings(name);
        for reading in &readings {
            if let Some(incident) = self.at_path(reading.name)? {
                return Ok(Found { incident, line: reading.line });
            }
        }
        let as_name = |reading: &&Reading| !reading.more;
        // A name with no line behind it has one reading, and is looked up once.
        let is_whole = readings.len() > 1 && !self.index.resolve(name)?.is_empty();
        for reading in readings.iter().filter(as_name).rev().filter(|reading| !is_whole || reading.name == name) {
            match self.index.find(reading.name)? {
                Named::One(incident) => return Ok(Found { incident: *incident, line: reading.line }),
                Named::Several(ids) => return Err(self.several(reading.name, &ids)?),
                Named::LeftOut(file) => return Err(left_out(&file)),
                _ => {}
            }
        }
        Err(self.missing(name, &readings))
    }

    /// The incident of the report at a path as seen from the current folder, or at an absolute path.
    fn at_path(&self, name: &str) -> Result<Option<Incident>, Failure> {
        for relative in self.in_archive(&path_of(name)) {
            for id in self.index.resolve(&relative)? {
                let incident = self.index.get(&id)?.filter(|found| found.path == relative || found.id == relative);
                if incident.is_some() {
                    return Ok(incident);
                }
            }
        }
        Ok(None)
    }

    /// A path as the archive writes it, if it leads into the archive: with links resolved, and as it is.
    fn in_archive(&self, path: &Path) -> Vec<String> {
        let as_written = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mut found = Vec::new();
        for (root, path) in self.roots.iter().zip([resolved(path), as_written]) {
            let Ok(inside) = path.strip_prefix(root) else { continue };
            let relative = slashed(inside);
            if !relative.is_empty() && !found.contains(&relative) {
                found.push(relative);
            }
        }
        found
    }

    /// The failure that lists what a name may mean.
    fn several(&self, name: &str, ids: &[String]) -> Result<Failure, Failure> {
        let mut candidates = Vec::new();
        for id in ids.iter().take(CANDIDATES) {
            let title = self.index.get(id)?.map(|incident| incident.title.value).unwrap_or_default();
            candidates.push((id.clone(), title));
        }
        Ok(Failure::Ambiguous { name: name.to_owned(), candidates, total: ids.len() })
    }

    /// The failure of a name that stands for nothing.
    fn missing(&self, name: &str, readings: &[Reading<'_>]) -> Failure {
        let Some(file) = readings.iter().map(|reading| path_of(reading.name)).find(|path| path.is_file()) else {
            if let Some(reading) = readings.iter().find(|reading| self.is_excluded(reading.name)) {
                return left_out_by_exclude(reading.name);
            }
            let ignored = readings.iter().find_map(|reading| self.location.archive.find_ignored(reading.name));
            return ignored.map_or_else(
                || Failure::usage(format!("{name}: no such incident"), "find it with `rca search`"),
                |ignored| left_out_by_pattern(&ignored),
            );
        };
        let inside = self.in_archive(&file);
        if inside.is_empty() {
            let what = format!("{}: not in the archive {}", file.display(), self.location.archive.root().display());
            return Failure::usage(what, "name its archive with --archive DIR");
        }
        if inside.iter().any(|path| self.location.archive.is_excluded(path)) {
            return left_out_by_exclude(name);
        }
        if let Some(ignored) = inside.iter().find_map(|path| self.location.archive.find_ignored(path)) {
            return left_out_by_pattern(&ignored);
        }
        if let Some(Named::LeftOut(file)) = inside.iter().find_map(|path| self.index.find(path).ok()) {
            return left_out(&file);
        }
        Failure::usage(
            format!("{name}: no report of the archive, or not in the index yet"),
            "update it with `rca index`",
        )
    }

    fn is_excluded(&self, name: &str) -> bool {
        let archive = &self.location.archive;
        archive.is_excluded(name) && archive.root().join(name).is_file()
    }
}

fn left_out_by_exclude(name: &str) -> Failure {
    Failure::usage(format!("{name}: left out by `exclude` in rca.toml"), "remove it from `exclude`")
}

fn left_out_by_pattern(IgnoredFile { path, by, pattern, .. }: &IgnoredFile) -> Failure {
    Failure::usage(format!("{path}: left out by `{pattern}` in {by}"), INCLUDE)
}

fn left_out(file: &LeftOut) -> Failure {
    Failure::usage(format!("{}: left out: {}", file.path, file.why), INCLUDE)
}

/// A path as printed, or behind a link: `file://host/reports/a.md`.
fn path_of(name: &str) -> PathBuf {
    let Some(address) = name.strip_prefix("file://") else { return PathBuf::from(name) };
    let path = address.find('/').map_or(address, |at| &address[at..]);
    PathBuf::from(&*percent_decode_str(path).decode_utf8_lossy())
}

/// The ways to read a name, the whole first: `a.md`, `a.md:12`, `a.md:12:4`, `a.md:12: what is wrong there`.
fn readings(name: &str) -> Vec<Reading<'_>> {
    let mut readings = vec![Reading { name, line: None, more: false }];
    for (at, _) in name.match_indices(':').filter(|(at, _)| *at > 0) {
        let rest = &name[at + 1..];
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (line, behind) = rest.split_at(digits);
        let Some(line) = line.parse().ok().filter(|&line: &u32| line > 0) else { continue };
        let column = behind.strip_prefix(':');
        if !behind.is_empty() && column.is_none() {
            continue;
        }
        let more = column.is_some_and(|column| column.is_empty() || !column.bytes().all(|b| b.is_ascii_digit()));
        readings.push(Reading { name: &name[..at], line: Some(line), more });
    }
    readings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_stand_behind_a_name() {
        let check = |text: &str, expected: &[(&str, Option<u32>, bool)]| {
            let found: Vec<_> = readings(text).iter().map(|r| (r.name, r.line, r.more)).skip(1).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("a.md", &[]);
        check("a.md:12", &[("a.md", Some(12), false)]);
        check("a.md:12:4", &[("a.md", Some(12), false), ("a.md:12", Some(4), false)]);
        check("a.md:12: `x` is wrong", &[("a.md", Some(12), true)]);
        check("a.md:12:4:text", &[("a.md", Some(12), true), ("a.md:12", Some(4), true)]);
        check(r"C:\a.md:12", &[(r"C:\a.md", Some(12), false)]);
        check("a.md:0", &[]);
        check("a.md:12x", &[]);
        check("a.md:99999999999", &[]);
        check(":12", &[]);
    }

    #[test]
    fn a_list_has_lines_or_nuls() {
        assert_eq!(listed(b"a.md\r\n\nb c.md\n"), ["a.md", "b c.md"]);
        assert_eq!(listed(b"a\nb.md\0c.md\0"), ["a\nb.md", "c.md"]);
        assert_eq!(listed(b"\"a\\nb.md\"\n\"c\n d.md\n \n"), ["a\nb.md", "\"c", " d.md"]);
        assert!(listed(b"\n\n").is_empty() && listed(b"").is_empty());
        assert_eq!(path_of("file://host/reports/disk%20full.md"), PathBuf::from("/reports/disk full.md"));
        assert_eq!(path_of("file:///a.md"), PathBuf::from("/a.md"));
    }
}
