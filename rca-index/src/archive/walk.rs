//! The walk: finds the files of an archive that are reports, with their size and when they were changed.
//!
//! In: an archive. Out: files sorted by path, problems of what could not be read, and what ignore files leave out.

use std::borrow::Cow;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use crate::archive::Archive;
use crate::archive::ReportProblem;
use crate::archive::ignore_files::{IgnoreFiles, ignore_files_first};
use crate::archive::ignored::Ignored;
use crate::archive::not_a_report::{Taking, is_folder_page};
use crate::archive::stamp::Stamp;
use crate::incident::{IgnoredFile, Problem, ProblemKind};
use crate::parse::{escaped, id_of_escaped};

/// The file of a report. Kept small, because all files of the archive are in memory at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// The path in the archive, with `/` between folders. If it is not Unicode, bytes that are not and `%` are
    /// percent-encoded, as `%FF`; then `own_path` is set.
    pub(crate) path: Box<str>,
    /// The path to open, if `path` had to be encoded.
    pub(crate) own_path: Option<Box<Path>>,
    /// The size in bytes.
    pub(crate) size: u64,
    /// When it was last changed.
    pub(crate) stamp: Stamp,
    /// How it is taken.
    pub(crate) taking: Taking,
}

impl File {
    /// The incident's id.
    pub(crate) fn id(&self) -> Cow<'_, str> {
        id_of(&self.path, self.own_path.is_some())
    }

    /// What tells it from all other files, in the order of walks. A path that had to be encoded may read like another one.
    pub(crate) fn key(&self) -> (&str, bool) {
        (&self.path, self.own_path.is_some())
    }

    /// The path to open, as seen from the archive's folder.
    pub(crate) fn path_below(&self, root: &Path) -> &Path {
        let path = self.own_path.as_deref().unwrap_or(Path::new(&*self.path));
        path.strip_prefix(root).unwrap_or(path)
    }
}

/// The id of the report at a path as a walk writes it, and whether it had to be encoded.
pub(crate) fn id_of(path: &str, is_encoded: bool) -> Cow<'_, str> {
    match escaped(path) {
        Cow::Owned(escaped) if !is_encoded => Cow::Owned(id_of_escaped(&escaped).into_owned()),
        _ => id_of_escaped(path),
    }
}

/// A folder whose files are looked for. Its times change when a file in it is added, removed, renamed or replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folder {
    /// The path in the archive, with `/` between folders; empty for the archive itself.
    pub(crate) path: Box<str>,
    /// Whether the path had to be encoded, because it is not Unicode.
    pub(crate) encoded: bool,
    /// When it was last changed, as read before it was listed.
    pub(crate) stamp: Stamp,
}

impl Folder {
    /// The stamp of the folder at a path. Only the archive's own may be behind a link.
    pub(crate) fn stamp_at(path: &Path, is_root: bool) -> Option<Stamp> {
        let metadata = if is_root { path.metadata() } else { path.symlink_metadata() };
        metadata.ok().filter(std::fs::Metadata::is_dir).map(|metadata| Stamp::of(&metadata))
    }

    /// A folder that the walk is about to list.
    fn of(archive: &Archive, entry: &DirEntry) -> Option<Self> {
        let stamp = Self::stamp_at(entry.path(), entry.depth() == 0)?;
        let path = archive_path(archive.root(), entry.path()).into();
        Some(Self { path, encoded: entry.path().to_str().is_none(), stamp })
    }
}

/// The result of a walk.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    /// The reports, sorted by path.
    pub(crate) files: Vec<File>,
    /// The folders that were listed, with a limit that asks for them. Not those that ignore files leave out, although `include` may
    /// take files of them in.
    pub(crate) folders: Vec<Folder>,
    /// Folders that cannot be listed, and files of which nothing can be told, by path in the archive. They may still exist.
    pub(crate) unreadable: Vec<String>,
    /// Problems of files and folders that are not in `files`.
    pub(crate) problems: Vec<ReportProblem>,
    /// What ignore files leave out. With a time limit, ignored folders are not looked into.
    pub(crate) ignored: Ignored,
}

/// The time limit of a walk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) time: Duration,
    /// The number of files at the last update.
    pub(crate) files: usize,
    /// Whether the folders are wanted too, which takes one more call of the system for each.
    pub(crate) folders: bool,
}

impl Limit {
    /// Whether the walk takes too long, or certainly will, judging by the files found so far.
    fn is_hopeless(&self, elapsed: Duration, found: usize) -> bool {
        /// Fewer files are not a reliable sample: other files may come first.
        const MIN_SAMPLE: usize = 1_000;
        let can_tell = found >= MIN_SAMPLE && elapsed > self.time / 20;
        // Finding a file is at most half of the work; reading its metadata is still to come.
        let whole = || 2.0 * elapsed.as_secs_f64() * self.files as f64 / found as f64;
        elapsed > self.time || can_tell && whole() > self.time.as_secs_f64()
    }
}

/// With fewer files, one thread is as fast.
const PARALLEL_FILES: usize = 4000;

/// Walks an archive. Returns `None` as soon as it is clear that the walk takes longer than the limit.
pub(crate) fn walk(archive: &Archive, limit: Option<Limit>) -> Option<Walk> {
    /// The clock is read once per this many entries.
    const CLOCK_INTERVAL: usize = 256;
    let started = Instant::now();
    let hopeless = |found| limit.is_some_and(|limit| limit.is_hopeless(started.elapsed(), found));
    let late = || limit.is_some_and(|limit| started.elapsed() > limit.time);
    let mut walk = Walk::default();
    let mut reports = Vec::new();
    let mut ignoring = Ignoring::new(archive, limit.is_none());
    let has_folders = limit.is_none_or(|limit| limit.folders);
    let mut entries = WalkDir::new(archive.root());
    if ignoring.files.is_some() {
        entries = entries.sort_by(ignore_files_first);
    }
    let mut entries = entries.into_iter();
    let mut count = 0;
    while let Some(entry) = entries.next() {
        if count % CLOCK_INTERVAL == 0 && hopeless(reports.len()) {
            return None;
        }
        count += 1;
        match entry {
            Ok(entry) => match ignoring.decide(archive, &entry) {
                Decision::Take => {
                    if has_folders && (entry.depth() == 0 || entry.file_type().is_dir()) {
                        walk.folders.extend(Folder::of(archive, &entry));
                    }
                    reports.extend(walk.report(archive, entry));
                }
                Decision::LeaveOut => {}
                Decision::LeaveOutFolder => entries.skip_current_dir(),
            },
            Err(error) => {
                let path = error.path().map(|path| archive_path(archive.root(), path)).unwrap_or_default();
                let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                walk.problem(path.clone(), ProblemKind::FolderUnreadable { reason });
                walk.unreadable.push(path);
            }
        }
    }
    walk.ignored = ignoring.ignored;
    walk.problems.extend(ignoring.files.into_iter().flat_map(|files| files.problems));
    // Reading the metadata of the files takes longer than finding them.
    let metadata = |(path, entry)| if late() { None } else { Some(file(path, &entry)) };
    let files: Option<Vec<_>> = if reports.len() < PARALLEL_FILES {
        reports.into_iter().map(metadata).collect()
    } else {
        reports.into_par_iter().map(metadata).collect()
    };
    for file in files? {
        match file {
            Ok(file) => walk.files.push(file),
            // Removed since it was found.
            Err((_, error)) if error.kind() == ErrorKind::NotFound => {}
            Err((path, error)) => {
                walk.problem(path.clone(), ProblemKind::FileUnreadable { reason: error.to_string() });
                walk.unreadable.push(path);
            }
        }
    }
    if walk.files.len() < PARALLEL_FILES {
        walk.files.sort_unstable_by(|a, b| a.key().cmp(&b.key()));
    } else {
        walk.files.par_sort_unstable_by(|a, b| a.key().cmp(&b.key()));
    }
    decide_taking(&mut walk.files, archive);
    Some(walk)
}

/// What becomes of an entry of the walk.
enum Decision {
    Take,
    LeaveOut,
    LeaveOutFolder,
}

/// The part of the walk that leaves out hidden and ignored files and folders.
struct Ignoring {
    /// `None` if the settings say that ignore files do not count.
    files: Option<IgnoreFiles>,
    /// The depth of the ignored folder that the walk is in, and what ignores it.
    inside: Option<(usize, Box<str>, Box<str>)>,
    ignored: Ignored,
    /// Whether ignored folders are looked into, to tell how many reports are in them.
    lists: bool,
}

impl Ignoring {
    fn new(archive: &Archive, lists: bool) -> Self {
        let files = archive.uses_ignore_files().then(|| IgnoreFiles::above(archive.root(), archive.has_own_names()));
        Self { files, inside: None, ignored: Ignored::default(), lists }
    }

    fn decide(&mut self, archive: &Archive, entry: &DirEntry) -> Decision {
        if entry.depth() == 0 {
            return Decision::Take;
        }
        let is_folder = entry.file_type().is_dir();
        if is_hidden(entry) {
            if let Some(files) = self.files.as_mut().filter(|_| self.inside.is_none()) {
                files.take_in(archive.root(), entry);
            }
            return if is_folder { Decision::LeaveOutFolder } else { Decision::LeaveOut };
        }
        let Some(files) = &mut self.files else { return Decision::Take };
        if self.inside.as_ref().is_some_and(|(depth, ..)| entry.depth() <= *depth) {
            self.inside = None;
        }
        if self.inside.is_some() {
            return self.decide_inside(archive, entry);
        }
        // Nearly all files are taken, and few patterns are of files.
        if !is_folder && files.are_of_folders() {
            return Decision::Take;
        }
        let Some((by, pattern)) = files.ignored(archive.root(), entry) else { return Decision::Take };
        let path = archive_path(archive.root(), entry.path());
        if is_folder {
            let (by, pattern) = (by.into(), pattern.into());
            if archive.includes_inside(&path) || self.lists && !self.ignored.is_full() {
                self.inside = Some((entry.depth(), by, pattern));
                return Decision::LeaveOut;
            }
            self.ignored.skip_folder(&by);
            return Decision::LeaveOutFolder;
        }
        if archive.is_included(&path) {
            return Decision::Take;
        }
        if archive.is_report(&path) {
            self.ignored.add(IgnoredFile { path, by: by.to_owned(), pattern: pattern.to_owned() });
        }
        Decision::LeaveOut
    }

    /// Decides about an entry in an ignored folder: only what `include` names by its folder is taken.
    fn decide_inside(&mut self, archive: &Archive, entry: &DirEntry) -> Decision {
        let Some((_, by, pattern)) = &self.inside else { return Decision::Take };
        let path = archive_path(archive.root(), entry.path());
        if entry.file_type().is_dir() {
            if archive.includes_inside(&path) || self.lists && !self.ignored.is_full() {
                return Decision::LeaveOut;
            }
            self.ignored.skip_folder(by);
            return Decision::LeaveOutFolder;
        }
        if archive.is_included_inside(&path) {
            return Decision::Take;
        }
        self.ignored.look_at();
        if archive.is_report(&path) {
            self.ignored.add(IgnoredFile { path, by: (**by).to_owned(), pattern: (**pattern).to_owned() });
        }
        Decision::LeaveOut
    }
}

/// Decides how each file is taken. What is alone in and below its folder is known only here; files are sorted by path.
fn decide_taking(files: &mut [File], archive: &Archive) {
    let is_alone = |file: &File, files: &[File]| {
        let folder = file.path.rfind('/').map_or("", |end| &file.path[..=end]);
        let from = files.partition_point(|other| &*other.path < folder);
        files[from..].iter().take_while(|other| other.path.starts_with(folder)).take(2).count() == 1
    };
    for i in 0..files.len() {
        files[i].taking = if archive.is_included(&files[i].path) {
            Taking::Always
        } else if is_folder_page(&files[i].path) && is_alone(&files[i], files) {
            Taking::Alone
        } else {
            Taking::Judged
        };
    }
}

impl Walk {
    /// The path in the archive of an entry, if it is a report.
    fn report(&mut self, archive: &Archive, entry: DirEntry) -> Option<(String, DirEntry)> {
        let kind = entry.file_type();
        if kind.is_dir() {
            return None;
        }
        let path = archive_path(archive.root(), entry.path());
        if kind.is_symlink() {
            self.check_link(archive, &entry, path);
            return None;
        }
        if !archive.is_report(&path) {
            return None;
        }
        if !kind.is_file() {
            self.problem(path, ProblemKind::FileNotRegular);
            return None;
        }
        Some((path, entry))
    }

    /// Symbolic links are not followed: a link inside the archive would duplicate a report, and a link out of it may
    /// lead anywhere.
    fn check_link(&mut self, archive: &Archive, entry: &DirEntry, path: String) {
        let Ok(target) = entry.path().canonicalize() else {
            if archive.is_report(&path) {
                self.problem(path, ProblemKind::SymlinkDangling);
            }
            return;
        };
        let inside = archive.root().canonicalize().is_ok_and(|root| target.starts_with(root));
        if !inside && (target.is_dir() || archive.is_report(&path)) {
            self.problem(path, ProblemKind::SymlinkOutside);
        }
    }

    fn problem(&mut self, path: String, kind: ProblemKind) {
        self.problems.push(ReportProblem { path, problem: Problem::new(1, kind) });
    }
}

/// The metadata of a report's file.
fn file(path: String, entry: &DirEntry) -> Result<File, (String, io::Error)> {
    match entry.metadata() {
        Ok(metadata) => Ok(File {
            own_path: entry.path().to_str().is_none().then(|| entry.path().into()),
            path: path.into(),
            size: metadata.len(),
            stamp: Stamp::of(&metadata),
            taking: Taking::Judged,
        }),
        Err(error) => Err((path, error.into())),
    }
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// A path as text. If it is not Unicode, what is not and `%` are percent-encoded, so that different names stay different.
fn readable(path: &Path) -> Cow<'_, str> {
    if let Some(path) = path.to_str() {
        return Cow::Borrowed(path);
    }
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(&escaped(chunk.valid()));
        text.extend(chunk.invalid().iter().map(|byte| format!("%{byte:02X}")));
    }
    Cow::Owned(text)
}

pub(super) fn archive_path(root: &Path, path: &Path) -> String {
    let path = readable(path.strip_prefix(root).unwrap_or(path));
    if std::path::MAIN_SEPARATOR == '/' { path.into_owned() } else { path.replace(std::path::MAIN_SEPARATOR, "/") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn reports_are_sorted_and_have_unique_ids() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["b.md", "a.markdown", "a.md", "2024/index.md", ".hidden/x.md", ".y.md", "notes.txt"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text").unwrap();
        }
        let walk = walk(&Archive::open(folder.path()).unwrap(), None).unwrap();
        let found: Vec<_> = walk.files.iter().map(|f| (&*f.path, f.id().into_owned(), f.size)).collect();
        let expected = [
            ("2024/index.md", "2024/index".to_owned(), 4),
            ("a.markdown", "a.markdown".to_owned(), 4),
            ("a.md", "a".to_owned(), 4),
            ("b.md", "b".to_owned(), 4),
        ];
        assert_eq!(found, expected);
        assert!(walk.problems.is_empty());
    }

    #[test]
    fn a_page_alone_in_its_folder_and_what_is_included_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        let paths = [
            "2024-01/README.md", "2024-02/index.md", "2024-02/notes.txt", "2024-03/README.md", "2024-03/x/log.md",
            "2024-03.md", "README.md", "template.md",
        ];
        for path in paths {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text").unwrap();
        }
        fs::write(folder.path().join("rca.toml"), "include = [\"templ*.md\"]\n").unwrap();
        let walk = walk(&Archive::open(folder.path()).unwrap(), None).unwrap();
        let taken: Vec<_> =
            walk.files.iter().filter(|f| f.taking != Taking::Judged).map(|f| (&*f.path, f.taking)).collect();
        let expected = [
            ("2024-01/README.md", Taking::Alone),
            ("2024-02/index.md", Taking::Alone),
            ("template.md", Taking::Always),
        ];
        assert_eq!(taken, expected);
    }

    #[test]
    fn a_walk_stops_as_soon_as_it_cannot_finish_in_time() {
        let limit = Limit { time: Duration::from_millis(100), files: 10_000, folders: false };
        let check = |elapsed, found, hopeless| {
            assert_eq!(limit.is_hopeless(Duration::from_millis(elapsed), found), hopeless, "{elapsed} {found}");
        };
        check(1, 0, false);
        check(5, 0, false);
        check(90, 900, false);
        check(6, 1_000, true);
        check(6, 5_000, false);
        check(40, 9_000, false);
        check(101, 10_000, true);
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_had_to_be_encoded_is_not_taken_for_one_that_reads_like_it() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        let folder = tempfile::tempdir().unwrap();
        for name in [&b"\xff\xfe.md"[..], b"%FF%FE.md", b"100%.md", b"100%\xff.md", b"100%25%FF.md"] {
            fs::write(folder.path().join(OsStr::from_bytes(name)), "text").unwrap();
        }
        let walk = walk(&Archive::open(folder.path()).unwrap(), None).unwrap();
        let found: Vec<_> = walk.files.iter().map(|f| (&*f.path, f.id().into_owned())).collect();
        let expected = [
            ("%FF%FE.md", "%25FF%25FE"),
            ("%FF%FE.md", "%FF%FE"),
            ("100%.md", "100%25"),
            ("100%25%FF.md", "100%2525%25FF"),
            ("100%25%FF.md", "100%25%FF"),
        ];
        assert_eq!(found, expected.map(|(path, id)| (path, id.to_owned())));
    }

    #[cfg(unix)]
    #[test]
    fn links_and_pipes_are_not_read() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.md"), "text").unwrap();
        fs::write(outside.path().join("secret.md"), "text").unwrap();
        symlink("a.md", folder.path().join("same.md")).unwrap();
        symlink(".", folder.path().join("loop")).unwrap();
        symlink("gone.md", folder.path().join("nowhere.md")).unwrap();
        symlink(outside.path().join("secret.md"), folder.path().join("out.md")).unwrap();
        let walk = walk(&Archive::open(folder.path()).unwrap(), None).unwrap();
        assert_eq!(walk.files.len(), 1);
        let mut problems: Vec<_> = walk.problems.iter().map(|p| (p.path.as_str(), p.problem.code())).collect();
        problems.sort_unstable();
        let expected = [("nowhere.md", "symlink-dangling"), ("out.md", "symlink-outside")];
        assert_eq!(problems, expected);
    }
}
