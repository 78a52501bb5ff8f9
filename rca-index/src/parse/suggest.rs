//! Suggestions: the front matter that the facts of a report would make.
//!
//! In: a report. Out: lines to insert, and where. Only facts that a line of metadata or the heading states for certain, and that
//! the front matter lacks; the report with these lines has the same facts, which is tried before it is suggested.

use crate::incident::{Incident, Milestone, Place, Problem, ProblemKind, Source, Sourced, Timestamp};
use crate::parse::front_matter::{FrontMatter, read_front_matter};
use crate::parse::keys::Key;
use crate::parse::{ParseOptions, Parsed, parse_report};

/// Lines to insert in a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Insertion {
    /// Where, in bytes: the start of a line.
    pub(crate) at: usize,
    /// Whole lines, with line ends as the report has them.
    pub(crate) lines: String,
}

/// A key of front matter, and its value.
type Entry = (&'static str, Entered);

/// A value, which each format writes in its own way.
enum Entered {
    /// A date or a number, which needs no quotes in YAML.
    Plain(String),
    Text(String),
    List(Vec<String>),
}

/// The form of the block that lines are added to.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    New,
    Yaml,
    Toml,
}

/// The front matter that a report lacks, if its facts would make any.
pub(crate) fn suggestion(path: &str, source: &str, options: &ParseOptions) -> Option<Insertion> {
    let parsed = parse_report(path, source.to_owned(), options);
    let is_unsure = |kind: &ProblemKind| {
        matches!(
            kind,
            ProblemKind::FrontMatterInvalid { .. }
                | ProblemKind::FrontMatterUnclosed { .. }
                | ProblemKind::FrontMatterUnopened
                | ProblemKind::MergeConflict
                | ProblemKind::ParserBug
        )
    };
    if parsed.problems.iter().any(|problem| is_unsure(&problem.kind)) {
        return None;
    }
    let front = read_front_matter(source);
    let (form, at) = place(source, &front)?;
    let entries = certain(&parsed.incident, &front, options);
    let whole = |entries: &[&Entry]| Insertion { at, lines: lines(entries, form, source, at) };
    let holds = |insertion: &Insertion| {
        let text = [&source[..at], &insertion.lines, &source[at..]].concat();
        says_the_same(&parsed, &parse_report(path, text, options))
    };
    let all: Vec<&Entry> = entries.iter().collect();
    let mut kept = Vec::new();
    if all.is_empty() || holds(&whole(&all)) {
        kept = all;
    } else {
        // One of them changes something: those that do not are kept.
        for entry in all {
            kept.push(entry);
            if !holds(&whole(&kept)) {
                kept.pop();
            }
        }
    }
    // A title alone says no more than the heading.
    kept.iter().any(|(name, _)| *name != "title").then(|| whole(&kept))
}

/// Where lines are inserted: in front of the closing line of a block, or at the top.
fn place(source: &str, front: &FrontMatter) -> Option<(Form, usize)> {
    let opening = source.get(..front.range.start)?.lines().next_back().unwrap_or_default().trim();
    let has_block = front.range.start > 0 && front.body_start >= front.range.end && !opening.is_empty();
    match opening.trim_start_matches('\u{feff}') {
        // What stands behind a byte order mark would no longer be at the start.
        _ if !has_block => (!source.starts_with('\u{feff}')).then_some((Form::New, 0)),
        "---" | "--- yaml" | "---yaml" => Some((Form::Yaml, front.range.end)),
        // A table may end the block, so new keys go to its start.
        "+++" | "---toml" | "--- toml" => Some((Form::Toml, front.range.start)),
        _ => None,
    }
}

/// The facts that a line states for certain and that the front matter has no key for.
fn certain(incident: &Incident, front: &FrontMatter, options: &ParseOptions) -> Vec<Entry> {
    let known: Vec<Key> = front.keys(&options.keys).into_iter().map(|(key, ..)| key).collect();
    let lacks = |keys: &[Key]| !keys.iter().any(|key| known.contains(key));
    let stated = |source: Source, line: Option<u32>| {
        source == Source::Metadata && !line.is_some_and(|line| is_doubtful(&incident.source, line))
    };
    let of = |fact: &Sourced<Timestamp>| stated(fact.source, fact.line).then(|| fact.value.to_string());
    let mut entries = Vec::new();
    if incident.title.source == Source::Heading && lacks(&[Key::Title, Key::Name]) {
        entries.push(("title", Entered::Text(incident.title.value.clone())));
    }
    if lacks(&[Key::Start, Key::Date, Key::Detected, Key::Published, Key::Zone]) {
        entries.extend(incident.date.as_ref().and_then(of).map(|date| ("date", Entered::Plain(date))));
    }
    if lacks(&[Key::End, Key::Resolved, Key::Zone]) {
        entries.extend(incident.end.as_ref().and_then(of).map(|end| ("end", Entered::Plain(end))));
    }
    if let Some(duration) = &incident.duration
        && stated(duration.source, duration.line)
        && !known.iter().any(|key| matches!(key, Key::Duration(_) | Key::DurationSeconds))
    {
        entries.push(("duration", Entered::Plain(duration.value.to_string())));
    }
    if let Some(severity) = &incident.severity
        && severity.value.rank.is_some()
        && stated(severity.source, severity.line)
        && is_label(&severity.value.label)
        && lacks(&[Key::Severity, Key::Impact])
    {
        entries.push(("severity", Entered::Text(severity.value.label.clone())));
    }
    if let Some(status) = &incident.status
        && stated(status.source, status.line)
        && lacks(&[Key::Status, Key::Resolved])
    {
        let label = incident.status_label.as_ref().unwrap_or(&status.value);
        if is_label(label) {
            entries.push(("status", Entered::Text(label.clone())));
        }
    }
    let list = |at: Option<Place>| at.is_some_and(|at| stated(at.source, at.line));
    if list(incident.services_at) && lacks(&[Key::Services]) {
        entries.push(("services", Entered::List(incident.services.clone())));
    }
    if list(incident.tags_at) && lacks(&[Key::Tags]) {
        entries.push(("tags", Entered::List(incident.tags.clone())));
    }
    entries
}

/// Whether a text is a label, perhaps with a remark, and no sentence.
fn is_label(text: &str) -> bool {
    const LONGEST: usize = 60;
    text.chars().count() <= LONGEST && !text.contains('。') && !text.contains(". ") && !text.contains(',')
}

/// Whether a line marks what it says as uncertain.
fn is_doubtful(source: &str, line: u32) -> bool {
    const SIGNS: &[&str] = &["~", "≈", "?", "？", "≥", "≤", "<", "approx", "tbd", "tbc"];
    const WORDS: &[&str] = &[
        "about", "around", "roughly", "circa", "ca", "c", "estimated", "est", "likely", "probably", "possibly",
        "unknown", "unclear", "nearly", "almost", "over", "under", "least", "most", "up", "more", "less", "ongoing",
        "約", "およそ", "etwa", "ungefähr", "environ", "aproximadamente", "cerca",
    ];
    let number = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
    let text = source.lines().nth(number).unwrap_or_default().to_lowercase();
    SIGNS.iter().any(|sign| text.contains(sign))
        || text.contains('約')
        || text.split(|c: char| !c.is_alphanumeric()).any(|word| WORDS.contains(&word))
}

fn lines(entries: &[&Entry], form: Form, source: &str, at: usize) -> String {
    let near = if at == 0 { source } else { source.get(..at).unwrap_or_default() };
    let end = match (at, near.find('\n'), near.rfind('\n')) {
        (0, Some(end), _) | (_, _, Some(end)) if near[..end].ends_with('\r') => "\r\n",
        _ => "\n",
    };
    let mut lines = String::new();
    let mut add = |line: &str| {
        lines.push_str(line);
        lines.push_str(end);
    };
    if form == Form::New {
        add("---");
    }
    for (name, value) in entries {
        let value = match value {
            Entered::Plain(value) if form != Form::Toml || value.parse::<f64>().is_ok() => value.clone(),
            Entered::Plain(value) => quoted(value),
            Entered::Text(value) => scalar(value, form),
            Entered::List(values) => {
                let values: Vec<String> = values.iter().map(|value| scalar(value, form)).collect();
                format!("[{}]", values.join(", "))
            }
        };
        add(&format!("{name}{}{value}", if form == Form::Toml { " = " } else { ": " }));
    }
    if form == Form::New {
        add("---");
        if !source.starts_with(['\n', '\r']) {
            add("");
        }
    }
    lines
}

/// A text as YAML or TOML write it, with no quotes where YAML needs none.
fn scalar(text: &str, form: Form) -> String {
    const RESERVED: &[&str] = &["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let plain = text.starts_with(char::is_alphabetic)
        && text.ends_with(|c: char| c.is_alphanumeric())
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '/'))
        && !RESERVED.contains(&text.to_lowercase().as_str());
    if plain && form != Form::Toml { text.to_owned() } else { quoted(text) }
}

/// A text in double quotes. The escapes of JSON are those of YAML and TOML too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Whether a report with more front matter says the same as before, and has no new problem.
fn says_the_same(before: &Parsed, after: &Parsed) -> bool {
    let value = |incident: &Incident| {
        let severity = incident.severity.as_ref().map(|severity| severity.value.clone());
        let minutes: Vec<_> = Milestone::ALL.into_iter().map(|milestone| incident.minutes_to(milestone)).collect();
        let rows: Vec<_> = incident.timeline.iter().map(|row| (row.time, row.text.clone(), row.milestone)).collect();
        let measures: Vec<_> = incident.measures.iter().map(|m| (m.kind, m.value, m.qualifier.clone())).collect();
        let times = [&incident.date, &incident.end].map(|time| time.as_ref().map(|time| time.value));
        let lists = [&incident.services, &incident.tags].map(Clone::clone);
        let texts = [
            Some(incident.title.value.clone()),
            incident.status.as_ref().map(|status| status.value.clone()),
            incident.status_label.clone(),
            incident.document_status.as_ref().map(|status| status.value.clone()),
            incident.author.clone(),
            incident.prepared_by.clone(),
        ];
        let duration = incident.duration.as_ref().map(|duration| duration.value);
        let actions: Vec<_> =
            incident.actions.iter().map(|a| (a.text.clone(), a.owner.clone(), a.due, a.done)).collect();
        ((severity, minutes, rows, measures, times), (lists, texts, duration, actions, incident.links.len()))
    };
    let mut codes: Vec<&str> = before.problems.iter().map(Problem::code).collect();
    let is_known = |code: &str| {
        let at = codes.iter().position(|known| *known == code);
        at.map(|at| codes.swap_remove(at)).is_some()
    };
    value(&before.incident) == value(&after.incident) && after.problems.iter().map(Problem::code).all(is_known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: Option<&str>) {
        let found = suggestion("a.md", source, &ParseOptions::default());
        let text = found.map(|found| [&source[..found.at], &found.lines, &source[found.at..]].concat());
        assert_eq!(text.as_deref(), expected, "{source}");
    }

    #[test]
    fn facts_of_metadata_make_front_matter() {
        check(
            "# Disk full: again\n\n**Severity:** P2\n**Date:** 2024-05-06\n**Duration:** 1h 5m\n**Services:** orders, web #2\n\nText.\n",
            Some(
                "---\ntitle: \"Disk full: again\"\ndate: 2024-05-06\nduration: 65\nseverity: P2\nservices: [orders, \"web #2\"]\n---\n\n\
                 # Disk full: again\n\n**Severity:** P2\n**Date:** 2024-05-06\n**Duration:** 1h 5m\n**Services:** orders, web #2\n\nText.\n",
            ),
        );
        check(
            "# A\r\n\r\n**Severity:** P2\r\n",
            Some("---\r\ntitle: A\r\nseverity: P2\r\n---\r\n\r\n# A\r\n\r\n**Severity:** P2\r\n"),
        );
        check("**Severity:** P2", Some("---\nseverity: P2\n---\n\n**Severity:** P2"));
    }

    #[test]
    fn existing_front_matter_gets_what_it_lacks() {
        check(
            "---\ntitle: B\nseverity:\ntags:\n- x\n---\n# A\n\n**Severity:** P2\n**Status:** Resolved\n",
            Some(
                "---\ntitle: B\nseverity:\ntags:\n- x\nstatus: Resolved\n---\n# A\n\n**Severity:** P2\n**Status:** Resolved\n",
            ),
        );
        check(
            "+++\ntitle = \"B\"\n[extra]\nweight = 1\n+++\n\n**Severity:** P2\n**Date:** 2024-05-06\n",
            Some(
                "+++\ndate = \"2024-05-06\"\nseverity = \"P2\"\ntitle = \"B\"\n[extra]\nweight = 1\n+++\n\n**Severity:** P2\n**Date:** 2024-05-06\n",
            ),
        );
    }

    #[test]
    fn what_is_not_certain_is_not_suggested() {
        check("# A\n\nText of 2024-05-06, SEV2.\n", None);
        check("# A\n\n**Duration:** about 2 hours\n", None);
        check("# A\n\n**Date:** 2024-05-06?\n", None);
        check("# A\n\n**Severity:** vermilion\n", None);
        check("# A\n\nSeverity: P3, raised to P2 on the second day. Nobody noticed.\n", None);
        check("---\nseverity: P2\nseverity: P3\n---\n\n**Status:** Resolved\n", None);
        check("---json\n{\"title\": \"B\"}\n---\n\n**Severity:** P2\n", None);
        check("\u{feff}# A\n\n**Severity:** P2\n", None);
        check("---\nseverity: P2\n---\n# A\n\n**Severity:** P2\n", None);
        check("", None);
    }
}
