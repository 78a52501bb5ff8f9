//! A baseline: the problems of an archive that are known already, so that a check fails on new ones only.
//!
//! In: problems, or the text of a baseline. Out: its text, sorted and with a line for each problem, so that branches merge; the
//! problems that are new, and the lines that no longer hold. A problem is known by its path, its kind and what it says, not by
//! its line number.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64;

use crate::archive::ReportProblem;
use crate::incident::{Problem, ProblemKind};

const HEADER: &str =
    "# Known problems, written by `rca check --write-baseline`: path, kind, count, text; separated by tabs";

/// Known problems, each with the number of times that it occurs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    known: BTreeMap<Entry, usize>,
}

/// A problem without its line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Entry {
    /// The path of the report.
    pub path: String,
    /// The kind of the problem.
    pub code: String,
    /// What it says.
    pub text: String,
}

impl Entry {
    fn new(path: &str, problem: &Problem) -> Self {
        Self { path: path.to_owned(), code: problem.code().to_owned(), text: lasting_text(problem) }
    }
}

/// What tells a problem from the others of a report, as 16 hexadecimal digits. It stays the same when lines move.
///
/// # Examples
/// ```
/// use rca_index::{Problem, ProblemKind, fingerprint};
///
/// let at = |line| Problem::new(line, ProblemKind::LinkDangling { target: "gone.md".into() });
/// assert_eq!(fingerprint("queue.md", &at(7)), fingerprint("queue.md", &at(9)));
/// assert_ne!(fingerprint("queue.md", &at(7)), fingerprint("disk.md", &at(7)));
/// ```
pub fn fingerprint(path: &str, problem: &Problem) -> String {
    format!("{:016x}", xxh3_64([path, problem.code(), &lasting_text(problem)].join("\t").as_bytes()))
}

/// What a problem says, without the numbers of other lines.
fn lasting_text(problem: &Problem) -> String {
    match &problem.kind {
        ProblemKind::FactsDisagree { fact, other, .. } => format!("{fact} contradicts {other}"),
        ProblemKind::FrontMatterInvalid { format, reason } => {
            let reason = reason.split(" at line ").next().unwrap_or_default();
            format!("invalid {format} in the front matter: {reason}")
        }
        _ => problem.reason(),
    }
}

impl Baseline {
    /// The problems of a check. `path` is how a baseline names the path of a report.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Archive, Baseline, check};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("queue.md"), "# Queue\n\n**Severity:** vermilion\n")?;
    /// let found = check(&Archive::open(folder.path())?)?;
    /// assert_eq!(Baseline::of(&found.problems, str::to_owned).len(), found.problems.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of<'a>(problems: impl IntoIterator<Item = &'a ReportProblem>, path: impl Fn(&str) -> String) -> Self {
        let mut known = BTreeMap::new();
        for found in problems {
            *known.entry(Entry::new(&path(&found.path), &found.problem)).or_default() += 1;
        }
        Self { known }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// The number of the first line that is not one of a baseline.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Baseline;
    ///
    /// assert_eq!(Baseline::parse("# Known problems\nqueue.md\tlink-dangling\t2\tgone\n").map(|known| known.len()), Ok(2));
    /// assert_eq!(Baseline::parse("# Known problems\nqueue.md\n"), Err(2));
    /// ```
    pub fn parse(text: &str) -> Result<Self, u32> {
        let mut known = BTreeMap::new();
        for (number, line) in (1_u32..).zip(text.lines()) {
            if line.trim().is_empty() || line.starts_with("# ") {
                continue;
            }
            let (entry, count) = parse_line(line).ok_or(number)?;
            // Two branches may have added the same problem.
            *known.entry(entry).or_default() += count;
        }
        Ok(Self { known })
    }

    /// Keeps some of the problems.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Baseline;
    ///
    /// let mut known = Baseline::parse("a.md\tlink-dangling\t1\tgone\nb.md\tlink-dangling\t1\tgone\n").expect("a baseline");
    /// known.retain(|entry| entry.path == "a.md");
    /// assert_eq!(known.len(), 1);
    /// ```
    pub fn retain(&mut self, keep: impl Fn(&Entry) -> bool) {
        self.known.retain(|entry, _| keep(entry));
    }

    /// Adds the problems of another baseline.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Baseline;
    ///
    /// let read = |text: &str| Baseline::parse(text).expect("a baseline");
    /// let mut known = read("a.md\tlink-dangling\t1\tgone\n");
    /// known.extend(read("b.md\tlink-dangling\t1\tgone\n"));
    /// assert_eq!(known.len(), 2);
    /// ```
    pub fn extend(&mut self, other: Self) {
        for (entry, count) in other.known {
            *self.known.entry(entry).or_default() += count;
        }
    }

    /// The number of problems.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Baseline;
    ///
    /// assert_eq!(Baseline::parse("a.md\tlink-dangling\t3\tgone\n").map(|known| known.len()), Ok(3));
    /// ```
    pub fn len(&self) -> usize {
        self.known.values().sum()
    }

    /// Whether no problem is known.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Baseline;
    ///
    /// assert!(Baseline::default().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Leaves out the problems that are known. What remains in the baseline no longer occurs.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Archive, Baseline, check};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("queue.md"), "# Queue\n\n**Severity:** vermilion\n")?;
    /// let found = check(&Archive::open(folder.path())?)?;
    /// let mut known = Baseline::of(&found.problems, str::to_owned);
    /// assert!(known.leave_new(found.problems, str::to_owned).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn leave_new(&mut self, problems: Vec<ReportProblem>, path: impl Fn(&str) -> String) -> Vec<ReportProblem> {
        let is_new = |found: &ReportProblem| {
            let Some(count) = self.known.get_mut(&Entry::new(&path(&found.path), &found.problem)) else { return true };
            let is_known = *count > 0;
            *count = count.saturating_sub(1);
            !is_known
        };
        let new = problems.into_iter().filter(is_new).collect();
        self.known.retain(|_, count| *count > 0);
        new
    }

    /// The problems, sorted.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Baseline;
    ///
    /// let known = Baseline::parse("a.md\tlink-dangling\t1\tgone\n").expect("a baseline");
    /// assert_eq!(known.entries().map(|entry| entry.code.as_str()).collect::<Vec<_>>(), ["link-dangling"]);
    /// ```
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.known.keys()
    }

    /// The text of the baseline.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Baseline;
    ///
    /// let known = Baseline::parse("a.md\tlink-dangling\t1\tgone\n").expect("a baseline");
    /// assert_eq!(Baseline::parse(&known.to_text()), Ok(known));
    /// ```
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for (entry, count) in &self.known {
            let line = [escaped(&entry.path), entry.code.clone(), count.to_string(), escaped(&entry.text)].join("\t");
            text.push_str(&line);
            text.push('\n');
        }
        text
    }
}

fn parse_line(line: &str) -> Option<(Entry, usize)> {
    let mut fields = line.split('\t');
    let (path, code) = (plain(fields.next()?), fields.next()?.to_owned());
    let count = fields.next()?.parse().ok().filter(|count| *count > 0)?;
    let text = plain(fields.next()?);
    fields.next().is_none().then_some((Entry { path, code, text }, count))
}

/// A text on one line with no tab. A `#` in front would be a comment.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r");
    if text.starts_with('#') { format!("\\{text}") } else { text }
}

fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        plain.push(match c {
            '\\' => match characters.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(path: &str, line: u32, target: &str) -> ReportProblem {
        let kind = ProblemKind::LinkDangling { target: target.to_owned() };
        ReportProblem { path: path.to_owned(), problem: Problem::new(line, kind) }
    }

    fn in_docs(path: &str) -> String {
        format!("docs/{path}")
    }

    #[test]
    fn known_problems_are_left_out_wherever_they_stand_now() {
        let old = [problem("b.md", 3, "x"), problem("a.md", 1, "x"), problem("a.md", 9, "x"), problem("a.md", 2, "y")];
        let baseline = Baseline::of(&old, in_docs);
        assert_eq!(baseline.len(), 4);
        let mut read = Baseline::parse(&baseline.to_text()).unwrap();
        assert_eq!(read, baseline);
        let now =
            vec![problem("a.md", 4, "x"), problem("a.md", 7, "x"), problem("a.md", 8, "x"), problem("c.md", 1, "y")];
        assert_eq!(read.leave_new(now, in_docs), [problem("a.md", 8, "x"), problem("c.md", 1, "y")]);
        let stale: Vec<_> = read.entries().map(|entry| (entry.path.as_str(), entry.code.as_str())).collect();
        assert_eq!(stale, [("docs/a.md", "link-dangling"), ("docs/b.md", "link-dangling")]);
    }

    #[test]
    fn its_text_is_sorted_and_survives_odd_names() {
        let odd = [problem("# a\tb\\.md", 1, "x\ny"), problem("#1.md", 1, "x")];
        let baseline = Baseline::of(&odd, str::to_owned);
        let text = baseline.to_text();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.lines().skip(1).is_sorted(), "{text}");
        assert_eq!(Baseline::parse(&text).unwrap(), baseline);
        // What two branches have added is one line more each.
        assert_eq!(Baseline::parse(&format!("{text}{text}")).unwrap().len(), 4);
    }

    #[test]
    fn what_is_no_baseline_is_told() {
        let check = |text: &str, line: u32| assert_eq!(Baseline::parse(text), Err(line), "{text}");
        check("# x\n<<<<<<< HEAD\n", 2);
        check("a.md\tempty\t0\tempty\n", 1);
        check("a.md\tempty\t1\n", 1);
        check("a.md\tempty\t1\tb\tc\n", 1);
        assert!(Baseline::parse("").unwrap().is_empty());
    }

    #[test]
    fn a_fingerprint_depends_on_path_kind_and_text_only() {
        let print = |path: &str, found: &ReportProblem| fingerprint(path, &found.problem);
        assert_eq!(print("a.md", &problem("", 1, "x")), print("a.md", &problem("", 7, "x")));
        assert_ne!(print("a.md", &problem("", 1, "x")), print("b.md", &problem("", 1, "x")));
        assert_ne!(print("a.md", &problem("", 1, "x")), print("a.md", &problem("", 1, "y")));
        let disagree = |line| {
            let kind = ProblemKind::FactsDisagree { fact: "a".into(), other: "b".into(), other_line: line };
            fingerprint("a.md", &Problem::new(1, kind))
        };
        assert_eq!(disagree(3), disagree(9));
    }
}
