//! Name resolution: finds incidents by id, path, file name, or the start of a file name, for links, `rca show` and
//! other tools.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization as _;

use crate::archive::link_key::{LinkKey, path_of};
use crate::parse::{name_of_id, report_id, stem};
use crate::text::row::Row;

/// The names of all incidents.
#[derive(Debug, Default)]
pub(crate) struct Names {
    ids: HashSet<String>,
    /// By file name in lower case, or by folder name for `index.md` and the like.
    by_name: BTreeMap<String, Vec<String>>,
}

impl Names {
    /// No names yet, with room for those of so many incidents.
    pub(crate) fn with_room_for(incidents: usize) -> Self {
        Self { ids: HashSet::with_capacity(incidents), ..Self::default() }
    }

    pub(crate) fn add(&mut self, id: &str) {
        self.ids.insert(id.to_owned());
        self.by_name.entry(file_name(&bare(&name_of_id(id))).to_owned()).or_default().push(id.to_owned());
    }

    /// The ids that match a name, sorted. Only the best kind of match counts: the id or path itself, else ids that end
    /// with the name, else ids whose file name starts with the name, up to a word boundary. A link may be
    /// percent-encoded, with a fragment: `PM%201.md#impact`.
    pub(crate) fn resolve(&self, name: &str) -> Vec<String> {
        self.resolved(name, Fit::Start)
    }

    /// The ids that a link may mean, sorted; several if it does not say which. This is the one rule of what links lead to: an
    /// id, else the report at the place that the link leads to as seen from its own report, else what [`Names::resolve`]
    /// says, where a whole file name is not the start of another.
    pub(crate) fn linked(&self, key: &LinkKey) -> Vec<String> {
        if key.is_bare() && self.ids.contains(&key.target) {
            return vec![key.target.clone()];
        }
        if let Some(id) = self.at(&key.place) {
            return vec![id];
        }
        self.resolved(&key.target, if key.is_whole() { Fit::Whole } else { Fit::Start })
    }

    /// The id that a link means, if it means one.
    pub(crate) fn linked_to(&self, key: &LinkKey) -> Option<String> {
        <[String; 1]>::try_from(self.linked(key)).ok().map(|[id]| id)
    }

    /// The id at a path in the archive, in any case.
    fn at(&self, path: &str) -> Option<String> {
        if path.is_empty() {
            return None;
        }
        let id = report_id(path);
        if self.ids.contains(&id) {
            return Some(id);
        }
        let wanted = bare(&name_of_id(path));
        let same = self.by_name.get(file_name(&wanted)).into_iter().flatten();
        let same: Vec<String> = same.filter(|id| bare(&name_of_id(id)) == wanted).cloned().collect();
        <[String; 1]>::try_from(with_extension(same, path)).ok().map(|[id]| id)
    }

    /// The ids that a path means whose last folders and file name are those of a report: a path as seen from elsewhere.
    pub(crate) fn at_the_end_of(&self, path: &str) -> Option<String> {
        let path = path.replace('\\', "/");
        let mut ends = path.match_indices('/').map(|(at, _)| &path[at + 1..]);
        ends.find_map(|end| self.at(end))
    }

    fn resolved(&self, name: &str, fit: Fit) -> Vec<String> {
        let found = self.named(name, fit);
        if !found.is_empty() {
            return found;
        }
        let path = name.split(['#', '?']).next().unwrap_or_default();
        let path = percent_decode_str(path).decode_utf8_lossy();
        if path == name || path.trim().is_empty() { found } else { self.named(&path, fit) }
    }

    /// The ids whose file name has these words in a row, sorted. For people only: a link means a whole name.
    pub(crate) fn with_words(&self, row: &Row) -> Vec<String> {
        let named = self.by_name.iter().filter(|(name, _)| row.is_in(name));
        let mut found: Vec<String> = named.flat_map(|(_, ids)| ids).cloned().collect();
        found.sort();
        found
    }

    /// The ids that a name may mean: as [`resolve`](Self::resolve) finds them, else by a path as seen from elsewhere, else by words in a
    /// row of a file name; sorted.
    pub(crate) fn meant_by(&self, name: &str) -> Vec<String> {
        let found = self.resolve(name);
        if !found.is_empty() {
            return found;
        }
        if let Some(id) = self.at_the_end_of(name) {
            return vec![id];
        }
        Row::of(name).map(|row| self.with_words(&row)).unwrap_or_default()
    }

    /// Whether a file name starts so, in any case.
    pub(crate) fn any_starts_with(&self, start: &str) -> bool {
        let start = start.to_lowercase();
        self.by_name.range(start.clone()..).next().is_some_and(|(name, _)| name.starts_with(&start))
    }

    /// The ids that start so, sorted, or the file names if there are none; at most so many.
    pub(crate) fn starting_with(&self, start: &str, most: usize) -> Vec<String> {
        let mut ids: Vec<&String> = self.ids.iter().filter(|id| id.starts_with(start)).collect();
        ids.sort_unstable();
        if !ids.is_empty() {
            return ids.into_iter().take(most).cloned().collect();
        }
        let lower = start.to_lowercase();
        let named = self.by_name.range(lower.clone()..).take_while(|(name, _)| name.starts_with(&lower));
        let names = named.flat_map(|(_, ids)| ids).map(|id| file_name(id)).filter(|name| name.starts_with(start));
        let mut names: Vec<String> = names.take(most).map(str::to_owned).collect();
        names.dedup();
        names
    }

    fn named(&self, name: &str, fit: Fit) -> Vec<String> {
        if let Some(id) = as_ids(name).into_iter().find(|id| self.ids.contains(id)) {
            return vec![id];
        }
        let name = without_here(name).trim_start_matches("../");
        let found = self.with_name(&bare(&name_of_id(name)), fit);
        if !found.is_empty() {
            return with_extension(found, name);
        }
        // Pages that are made of a report have an extension of their own.
        let without = stem(name);
        if without == name { found } else { self.with_name(&bare(without), fit) }
    }

    /// The ids whose path ends with a bare name, else those whose file name starts so.
    fn with_name(&self, wanted: &str, fit: Fit) -> Vec<String> {
        let last = file_name(wanted);
        if last.is_empty() {
            return Vec::new();
        }
        let folders = &wanted[..wanted.len() - last.len()];
        let folders_fit = |id: &&String| {
            let id = bare(&name_of_id(id));
            let before = id[..id.len() - file_name(&id).len()].strip_suffix(folders);
            before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        let same = self.by_name.get(last).into_iter().flatten().filter(folders_fit);
        let mut found: Vec<String> = same.cloned().collect();
        if found.is_empty() && fit == Fit::Start {
            let longer = self.by_name.range(last.to_owned()..).take_while(|(name, _)| name.starts_with(last));
            let longer = longer.filter(|(name, _)| !name[last.len()..].starts_with(char::is_alphanumeric));
            found = longer.flat_map(|(_, ids)| ids).filter(folders_fit).cloned().collect();
        }
        found.sort();
        found
    }
}

/// The ids that a name may be itself: the first of them that there is, is all that it [means](Names::resolve).
pub(crate) fn as_ids(name: &str) -> [String; 4] {
    // A name may begin or end with a space.
    let trimmed = without_here(name);
    [name.to_owned(), report_id(name), trimmed.to_owned(), report_id(trimmed)]
}

/// A name without the spaces around it, and without the current folder.
fn without_here(name: &str) -> &str {
    name.trim().trim_start_matches("./")
}

/// How a file name must be like the one asked for, where no path is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// It is the same.
    Whole,
    /// It begins with it, up to a word boundary.
    Start,
}

/// The file names, as [`Names`] has them, of which one must be, or begin, that of a report for a link to lead to it.
pub(super) fn sought(target: &str, place: &str) -> BTreeSet<String> {
    let name = |path: &str| file_name(&bare(&name_of_id(path))).to_owned();
    let path = target.split(['#', '?']).next().unwrap_or_default();
    let readings = [target, &percent_decode_str(path).decode_utf8_lossy(), &path_of(target), place];
    // A name may begin or end with a space.
    let readings =
        readings.into_iter().flat_map(|reading| [reading, reading.trim()]).filter(|reading| !reading.is_empty());
    let readings = readings.flat_map(|reading| [reading, reading.trim_start_matches("./").trim_start_matches("../")]);
    // Most links read the same in all of these ways.
    let readings: BTreeSet<&str> = readings.collect();
    readings.into_iter().flat_map(|reading| [name(reading), name(stem(reading)), name(&report_id(reading))]).collect()
}

/// The file names by which links to the report with an id may look for it.
pub(crate) fn seekers(id: &str) -> Vec<String> {
    /// Those in links are not longer, in bytes; only a given id may be.
    const LONGEST: usize = 4_000;
    let name = bare(&name_of_id(id));
    let name = file_name(&name);
    let ends = |at: usize| !name[at..].starts_with(char::is_alphanumeric);
    (0..=name.len().min(LONGEST))
        .filter(|&at| name.is_char_boundary(at) && ends(at))
        .map(|at| name[..at].to_owned())
        .collect()
}

/// Of ids with one name, those with the extension that was written, if there are any: `queue` is `queue.md`, and not `queue.mdx`.
fn with_extension(found: Vec<String>, name: &str) -> Vec<String> {
    if found.len() < 2 {
        return found;
    }
    let wanted = [name.to_lowercase(), report_id(name).to_lowercase()];
    let wanted = wanted.each_ref().map(|name| file_name(name));
    let is_wanted = |id: &&String| wanted.contains(&file_name(&id.to_lowercase()));
    let exact: Vec<String> = found.iter().filter(is_wanted).cloned().collect();
    if exact.is_empty() { found } else { exact }
}

/// An id in lower case, its letters composed, without the `index` of a folder with a single report. Some systems write the
/// names of files with separate accents.
fn bare(id: &str) -> String {
    let mut lower = if id.is_ascii() { id.to_ascii_lowercase() } else { id.to_lowercase().nfc().collect() };
    if let Some(end) = ["/index", "/_index", "/readme"].iter().find(|end| lower.ends_with(**end)) {
        lower.truncate(lower.len() - end.len());
    }
    lower
}

fn file_name(id: &str) -> &str {
    id.rsplit_once('/').map_or(id, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_link_leads_to_what_it_names_as_seen_from_its_report() {
        let mut names = Names::default();
        let ids = [
            "queue", "2024/queue", "2024/disk/index", "2024/README", "2025/queue", "2025/PM-033-mtls-expired",
            "2025/On Call", "2025/100%25 full", "b/queue-backlog", "deep/2023/old", "c/Api.mdx", "c/api", "1-disk",
            "n/0042", "n/00077-dns", "n/2023-12-01-dns", "e/twin", "f/twin",
        ];
        ids.iter().for_each(|id| names.add(id));
        let check = |report: &str, target: &str, expected: &[&str]| {
            let linked = LinkKey::new(report, target).map(|key| names.linked(&key)).unwrap_or_default();
            assert_eq!(linked, expected, "{report}: {target}");
        };
        // The report beside it comes before others of its name, and an id before both.
        check("2024/a.md", "queue.md", &["2024/queue"]);
        check("2024/a.md", "./queue.md#cause", &["2024/queue"]);
        check("2024/a.md", "../2025/QUEUE.md?plain=1", &["2025/queue"]);
        check("2024/a.md", "..\\2025\\queue.md", &["2025/queue"]);
        check("2024/a.md", "queue", &["queue"]);
        check("2024/a.md", "2025/queue", &["2025/queue"]);
        check("2024/a.md", "/queue.md", &["queue"]);
        check("2025/a.md", "PM-033", &["2025/PM-033-mtls-expired"]);
        check("a.md", "pm-033", &["2025/PM-033-mtls-expired"]);
        check("a.md", "2025/On%20Call.md", &["2025/On Call"]);
        check("a.md", "2025/100%25%20full.md", &["2025/100%25 full"]);
        check("a.md", "2025/100% full.md", &["2025/100%25 full"]);
        check("a.md", "c/Api.mdx", &["c/Api.mdx"]);
        check("c/x.md", "API.md", &["c/api"]);
        // A folder stands for the report in it.
        check("2024/a.md", "disk/", &["2024/disk/index"]);
        check("2024/a.md", "disk/index.md", &["2024/disk/index"]);
        check("2025/a.md", "../2024", &["2024/README"]);
        check("2025/a.md", "../b/", &[]);
        // What was moved is found by its name.
        check("2025/a.md", "2023/old.md", &["deep/2023/old"]);
        check("b/a.md", "on call", &["2025/On Call"]);
        // A whole file name is not the start of another, and a path out of the archive is none in it.
        check("a.md", "queue-backlog.md", &["b/queue-backlog"]);
        check("2025/a.md", "PM-033.md", &[]);
        // The mark of a footnote is the name of a report only if one has just this name.
        check("a.md", "0042", &["n/0042"]);
        check("a.md", "1", &[]);
        check("a.md", "2023", &[]);
        check("a.md", "00077", &["n/00077-dns"]);
        check("2025/a.md", "../../queue.md", &[]);
        check("a.md", "../2025/queue.md", &[]);
        // It does not say which.
        check("z/a.md", "x/../q/queue", &[]);
        check("deep/a.md", "2023/../../2024/gone.md", &[]);
        check("a.md", "twin", &["e/twin", "f/twin"]);
        check("f/a.md", "twin", &["f/twin"]);
    }

    #[test]
    fn a_path_as_seen_from_elsewhere_ends_like_one_of_the_archive() {
        let mut names = Names::default();
        ["2025/queue", "disk"].iter().for_each(|id| names.add(id));
        let check = |path: &str, expected: Option<&str>| assert_eq!(names.at_the_end_of(path).as_deref(), expected);
        check("incidents/2025/queue.md", Some("2025/queue"));
        check("/home/x/incidents/2025/queue.md", Some("2025/queue"));
        check("incidents\\disk.md", Some("disk"));
        check("incidents/queue.md", None);
        check("disk", None);
        check("x/", None);
    }

    /// Parts of ids and of targets that meet.
    const PARTS: [&str; 22] = [
        "a", "b", "-", "_", " ", ".", "..", "/", "../", "./", "#", "?", "%20", "%25", "%", ".md", ".mdx", ".html",
        ".png", "é", "e\u{301}", "index",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        /// An index looks only for links whose terms may lead to an id: none is missed.
        #[test]
        fn every_link_is_found_by_the_file_name_of_what_it_leads_to(
            ids in prop::collection::vec(prop::collection::vec(prop::sample::select(&PARTS[..]), 1..6), 1..6),
            links in prop::collection::vec(prop::collection::vec(prop::sample::select(&PARTS[..]), 1..7), 1..8),
            report in prop::sample::select(&["", "a.md", "a/b.md", "a/b/a.md"][..]),
        ) {
            let mut names = Names::default();
            ids.iter().for_each(|parts| names.add(&parts.concat()));
            for target in links.iter().map(|parts| parts.concat()) {
                let Some(key) = LinkKey::new(report, &target) else { continue };
                let terms: Vec<String> = key.terms().collect();
                for id in names.linked(&key) {
                    let starts: Vec<String> = seekers(&id).iter().map(|name| LinkKey::terms_start(name)).collect();
                    let is_found = terms.iter().any(|term| starts.iter().any(|start| term.starts_with(start)));
                    prop_assert!(is_found, "{:?} in {:?} leads to {:?}: {:?}, {:?}", target, report, id, terms, starts);
                }
            }
        }
    }

    #[test]
    fn a_link_to_a_name_that_begins_with_a_space_is_found() {
        let mut names = Names::default();
        names.add(" %");
        let key = LinkKey::new("", "%20%25").unwrap();
        assert_eq!(names.linked(&key), [" %"]);
        assert!(key.terms().any(|term| term.starts_with(&LinkKey::terms_start(" %"))));
    }

    #[test]
    fn names_match_the_end_of_an_id_or_the_start_of_a_file_name() {
        let mut names = Names::default();
        let ids = [
            "pm/PM-2026-033-mtls-expired", "pm/PM-2026-0331-other", "2024/disk/index", "a/queue", "b/queue", "xa/queue",
        ];
        ids.iter().for_each(|id| names.add(id));
        names.add("pm/Cafe\u{301} テ\u{3099}ータ");
        let check = |name: &str, expected: &[&str]| assert_eq!(names.resolve(name), expected, "{name}");
        check("pm/PM-2026-033-mtls-expired", &["pm/PM-2026-033-mtls-expired"]);
        check("./pm/PM-2026-033-mtls-expired.md", &["pm/PM-2026-033-mtls-expired"]);
        check("PM-2026-033", &["pm/PM-2026-033-mtls-expired"]);
        check("pm-2026-033", &["pm/PM-2026-033-mtls-expired"]);
        check("../2024/disk/index.md", &["2024/disk/index"]);
        check("disk", &["2024/disk/index"]);
        check("queue", &["a/queue", "b/queue", "xa/queue"]);
        check("a/queue.md", &["a/queue"]);
        check("PM-2099-001", &[]);
        check("", &[]);
        check("../a/queue.md#root-cause", &["a/queue"]);
        check("PM%2D2026-033#impact", &["pm/PM-2026-033-mtls-expired"]);
        check("#impact", &[]);
        check("%ff", &[]);
        assert_eq!(names.starting_with("pm/PM", 9), ["pm/PM-2026-033-mtls-expired", "pm/PM-2026-0331-other"]);
        assert_eq!(names.starting_with("pm/PM", 1), ["pm/PM-2026-033-mtls-expired"]);
        assert_eq!(names.starting_with("que", 9), ["queue"]);
        assert_eq!((names.starting_with("", 9).len(), names.starting_with("zzz", 9).len()), (7, 0));
        check("café データ", &["pm/Cafe\u{301} テ\u{3099}ータ"]);
        check("pm/café.md", &["pm/Cafe\u{301} テ\u{3099}ータ"]);
        check("cafe\u{301}", &["pm/Cafe\u{301} テ\u{3099}ータ"]);
    }

    #[test]
    fn a_name_with_no_extension_finds_its_report() {
        let mut names = Names::default();
        let paths = [
            "a/queue.mdx", "a/disk.md", "b/disk.mdx", "b/disk.MARKDOWN", "cert.markdown.md", "PM-9 no extension",
            "100% full.md", "c/index.html", "dns v1.2.md", "%FF.md",
        ];
        paths.iter().for_each(|path| names.add(&report_id(path)));
        names.add("%FE");
        let check = |name: &str, expected: &[&str]| assert_eq!(names.resolve(name), expected, "{name}");
        check("queue", &["a/queue.mdx"]);
        check("a/queue", &["a/queue.mdx"]);
        check("a/queue.md", &["a/queue.mdx"]);
        check("queue.html", &["a/queue.mdx"]);
        check("disk", &["a/disk"]);
        check("disk.mdx", &["b/disk.mdx"]);
        check("b/disk.markdown", &["b/disk.MARKDOWN"]);
        check("b/disk", &["b/disk.MARKDOWN", "b/disk.mdx"]);
        check("cert", &["cert.markdown.md"]);
        check("cert.markdown", &["cert.markdown.md"]);
        check("PM-9 no extension", &["PM-9 no extension."]);
        check("PM-9", &["PM-9 no extension."]);
        check("100% full", &["100%25 full"]);
        check("100%", &["100%25 full"]);
        check("100%25 full", &["100%25 full"]);
        check("100%25%20full.md", &["100%25 full"]);
        check("c", &["c/index.html"]);
        check("dns v1.2", &["dns v1.2"]);
        check("dns v1", &["dns v1.2"]);
        check("%FF.md", &["%25FF"]);
        check("%FE", &["%FE"]);
        check("%FE.md", &["%FE"]);
        names.add(" spaced ");
        assert_eq!(names.resolve(" spaced .md"), [" spaced "]);
    }

    #[test]
    fn words_of_a_file_name_are_for_people() {
        let mut names = Names::default();
        let ids = ["pm/PM-2026-033-mTLS-expired", "pm/PM-2026-034-expired-token", "2024/disk full/index"];
        ids.iter().for_each(|id| names.add(id));
        let check = |words: &str, expected: &[&str]| {
            assert_eq!(names.with_words(&Row::of(words).unwrap()), expected, "{words}");
            assert!(names.resolve(words).is_empty() || words == "disk full", "no link means {words}");
        };
        check("mtls EXPIRED", &["pm/PM-2026-033-mTLS-expired"]);
        check("expired", &["pm/PM-2026-033-mTLS-expired", "pm/PM-2026-034-expired-token"]);
        check("034", &["pm/PM-2026-034-expired-token"]);
        check("disk full", &["2024/disk full/index"]);
        check("index", &[]);
        check("03", &[]);
    }
}
