//! The ignore files that hold in an archive: `.gitignore` and `.ignore` of each folder, of the folders above up to the root of the
//! repository, and `info/exclude` of the repository.
//!
//! In: the entries of a walk, folder by folder, ignore files first. Out: which ignore file leaves out an entry, if any. What holds
//! for every user of the archive counts; git's `core.excludesFile` is one user's and does not.

use std::cmp::Ordering;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use ignore::Match;
use walkdir::DirEntry;

use crate::archive::ReportProblem;
use crate::archive::ignore_patterns::{MAX_BYTES, Patterns, patterns};
use crate::archive::walk::archive_path;
use crate::files::{found_instead, open_below, open_regular, read_within};
use crate::incident::{Problem, ProblemKind};

const GIT_FOLDER: &str = ".git";
const GITIGNORE: &str = ".gitignore";
const IGNORE: &str = ".ignore";

/// So many bytes of ignore files are read in one walk. A search waits for it.
const MAX_TOTAL_BYTES: u64 = 1024 * 1024;
/// So many bytes of ignore files may hold in one folder: every file is matched against them.
const MAX_HELD_BYTES: u64 = 128 * 1024;

/// The ignore files that hold at one place of the walk.
#[derive(Debug, Default)]
pub(super) struct IgnoreFiles {
    /// The archive's folder, as seen from the root of its repository.
    prefix: PathBuf,
    /// From the weakest to the strongest.
    levels: Vec<Level>,
    /// How many of these hold in the whole archive.
    above: usize,
    total_bytes: u64,
    /// Whether a report may have any name.
    any_name: bool,
    pub(super) problems: Vec<ReportProblem>,
}

/// One ignore file.
#[derive(Debug)]
struct Level {
    /// The depth of the folder that it is in, below the archive's.
    depth: usize,
    kind: Kind,
    /// Its path, as seen from the archive.
    name: String,
    bytes: u64,
}

#[derive(Debug)]
enum Kind {
    Git(Patterns),
    /// An `.ignore`, which no `.gitignore` overrides.
    Own(Patterns),
    /// The root of a repository inside: what git was told outside does not hold here.
    Repository,
}

/// Sorts the files that decide about their folder before the others, which keep their order.
pub(super) fn ignore_files_first(a: &DirEntry, b: &DirEntry) -> Ordering {
    let rank = |entry: &DirEntry| match entry.file_name().as_encoded_bytes() {
        [b'.', b'g', b'i', b't'] => 0,
        b".gitignore" => 1,
        b".ignore" => 2,
        _ => 3,
    };
    rank(a).cmp(&rank(b))
}

impl IgnoreFiles {
    /// The ignore files that hold in the whole archive. If `any_name`, a report may have any name, and not only one with a usual
    /// extension.
    pub(super) fn above(root: &Path, any_name: bool) -> Self {
        let mut files = Self { any_name, ..Self::default() };
        let Ok(root) = root.canonicalize() else { return files };
        let Some(repository) = root.ancestors().find(|folder| has_git(folder)) else { return files };
        files.prefix = root.strip_prefix(repository).unwrap_or(Path::new("")).to_owned();
        if let Some(exclude) = exclude_file(repository) {
            files.read(open_regular(&exclude), exclude_name(&exclude, &root), Path::new(""), 0, Kind::Git);
        }
        let inside: Vec<&OsStr> = files.prefix.iter().collect();
        let inside: Vec<PathBuf> = inside.iter().map(PathBuf::from).collect();
        let mut folder = PathBuf::new();
        for (depth, name) in inside.iter().enumerate() {
            let up = "../".repeat(inside.len() - depth);
            for (file, kind) in [(GITIGNORE, Kind::Git as fn(Patterns) -> Kind), (IGNORE, Kind::Own)] {
                let path = repository.join(&folder).join(file);
                if path.symlink_metadata().is_ok() {
                    files.read(open_regular(&path), format!("{up}{file}"), &folder, 0, kind);
                }
            }
            folder.push(name);
            // The repository ignores the archive as a whole, which was asked for all the same: only its own files hold.
            if files.decide(&folder, true).is_some() {
                return Self { any_name, problems: files.problems, ..Self::default() };
            }
        }
        files.above = files.levels.len();
        files
    }

    /// Takes in a hidden entry if it is one that decides about its folder.
    pub(super) fn take_in(&mut self, root: &Path, entry: &DirEntry) {
        let depth = entry.depth() - 1;
        let name = entry.file_name();
        if name == GIT_FOLDER {
            // That of the archive's folder is where the walk began.
            if depth > 0 {
                self.leave(depth);
                self.levels.push(Level { depth, kind: Kind::Repository, name: String::new(), bytes: 0 });
            }
            return;
        }
        let kind = match name {
            name if name == GITIGNORE => Kind::Git,
            name if name == IGNORE => Kind::Own,
            _ => return,
        };
        if !entry.file_type().is_dir() {
            self.leave(depth);
            let path = entry.path();
            let inside = path.strip_prefix(root).unwrap_or(path);
            let folder = self.prefix.join(inside.parent().unwrap_or(Path::new("")));
            self.read(open_below(root, inside), archive_path(root, path), &folder, depth, kind);
        }
    }

    /// Forgets the ignore files of folders that the walk has left, when it is at an entry of a folder of this depth.
    fn leave(&mut self, depth: usize) {
        while self.levels.len() > self.above && self.levels.last().is_some_and(|level| level.depth > depth) {
            self.levels.pop();
        }
    }

    /// Whether no ignore file leaves out a report by its own name here.
    pub(super) fn are_of_folders(&self) -> bool {
        self.levels.iter().all(|level| match &level.kind {
            Kind::Git(patterns) | Kind::Own(patterns) => patterns.are_of_folders(),
            Kind::Repository => true,
        })
    }

    /// The name of the ignore file that leaves out an entry of the walk, as seen from the archive, and the pattern.
    pub(super) fn ignored(&mut self, root: &Path, entry: &DirEntry) -> Option<(&str, &str)> {
        // A folder of the same depth was left.
        let depth = entry.depth() - 1;
        self.leave(depth);
        if self.levels.is_empty() {
            return None;
        }
        let path = entry.path().strip_prefix(root).unwrap_or(entry.path());
        let is_folder = entry.file_type().is_dir();
        if self.prefix.as_os_str().is_empty() {
            self.decide(path, is_folder)
        } else {
            self.decide(&self.prefix.join(path), is_folder)
        }
    }

    /// The same for a path as seen from the root of the repository.
    fn decide(&self, path: &Path, is_folder: bool) -> Option<(&str, &str)> {
        let own = self.levels.iter().rev().filter_map(|level| match &level.kind {
            Kind::Own(patterns) => Some((&level.name, patterns)),
            _ => None,
        });
        let of_git = self.levels.iter().rev().map_while(|level| match &level.kind {
            Kind::Git(patterns) => Some(Some((&level.name, patterns))),
            Kind::Own(_) => Some(None),
            Kind::Repository => None,
        });
        for (name, patterns) in own.chain(of_git.flatten()) {
            match patterns.matched(path, is_folder) {
                Match::Ignore(glob) => return Some((name.as_str(), glob.original())),
                Match::Whitelist(_) => return None,
                Match::None => {}
            }
        }
        None
    }

    /// Reads an ignore file. What cannot be read or is not valid is a problem, and leaves nothing out.
    fn read(&mut self, file: io::Result<File>, name: String, folder: &Path, depth: usize, kind: fn(Patterns) -> Kind) {
        let held: u64 = self.levels.iter().map(|level| level.bytes).sum();
        let left = MAX_BYTES.min(MAX_TOTAL_BYTES - self.total_bytes).min(MAX_HELD_BYTES - held);
        let problem = |problem| ReportProblem { path: name.clone(), problem };
        let bytes = match file.and_then(|file| read_within(file, left)) {
            Ok(Some(bytes)) => bytes,
            not_read => {
                let kind = match not_read {
                    Ok(_) => ProblemKind::IgnoreFileTooLarge { limit: left },
                    // It may lead anywhere, or never end.
                    Err(e) if found_instead(&e).is_some() => {
                        ProblemKind::IgnoreFileUnreadable { reason: "not a regular file".to_owned() }
                    }
                    Err(e) => ProblemKind::IgnoreFileUnreadable { reason: e.to_string() },
                };
                return self.problems.push(problem(Problem::new(1, kind)));
            }
        };
        let length = bytes.len() as u64;
        self.total_bytes += length;
        let (found, problems) = patterns(folder, &bytes, self.any_name);
        self.problems.extend(problems.into_iter().map(problem));
        if let Some(patterns) = found {
            self.levels.push(Level { depth, kind: kind(patterns), name, bytes: length });
        }
    }
}

/// Whether a folder is the root of a repository, of a worktree or of a submodule.
fn has_git(folder: &Path) -> bool {
    folder.join(GIT_FOLDER).symlink_metadata().is_ok()
}

/// The `info/exclude` of a repository, if there is one. In a worktree or a submodule, `.git` is a file that says where it is.
fn exclude_file(repository: &Path) -> Option<PathBuf> {
    let git = repository.join(GIT_FOLDER);
    let is_folder = git.symlink_metadata().ok()?.is_dir();
    let folder = if is_folder { git } else { folder_elsewhere(repository, &git)? };
    let exclude = folder.join("info/exclude");
    exclude.symlink_metadata().is_ok().then_some(exclude)
}

/// The folder of a repository whose `.git` is a file. Whoever wrote that file can name any folder of this machine, so the folder
/// must belong to it: that of a submodule is in a `.git` above, and that of a worktree names the worktree.
fn folder_elsewhere(repository: &Path, git: &Path) -> Option<PathBuf> {
    let text = text_of(git)?;
    let place = text.strip_prefix("gitdir:")?.trim();
    // Nobody must have a server asked: `//host/share` is one on Windows.
    if place.starts_with("//") || place.starts_with(r"\\") {
        return None;
    }
    let folder = repository.join(place).canonicalize().ok()?;
    if repository.ancestors().skip(1).any(|above| folder.starts_with(above.join(GIT_FOLDER))) {
        return Some(folder);
    }
    let back = folder.join(text_of(&folder.join("gitdir"))?.trim()).canonicalize().ok()?;
    if back != git.canonicalize().ok()? {
        return None;
    }
    // The worktrees of a repository share it, and have their folders in it.
    let common = folder.join(text_of(&folder.join("commondir"))?.trim()).canonicalize().ok()?;
    folder.starts_with(common.join("worktrees")).then_some(common)
}

/// The text of a small file of git.
fn text_of(path: &Path) -> Option<String> {
    /// Longer paths do not exist.
    const MAX_PATH: u64 = 8 * 1024;
    String::from_utf8(read_within(open_regular(path).ok()?, MAX_PATH).ok()??).ok()
}

/// How `info/exclude` is named: as seen from the archive, if the repository's folder is in one around it.
fn exclude_name(exclude: &Path, root: &Path) -> String {
    let up = root.ancestors().position(|folder| exclude.starts_with(folder) && folder.parent().is_some());
    let inside = up.and_then(|up| exclude.strip_prefix(root.ancestors().nth(up)?).ok().map(|path| (up, path)));
    match inside {
        Some((up, path)) => "../".repeat(up) + &path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"),
        None => exclude.to_string_lossy().into_owned(),
    }
}

#[cfg(test)]
mod tests;
