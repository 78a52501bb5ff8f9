//! What fixed it: the sentence of a report that says what ended the incident, and its kind.
//!
//! In: an incident. Out: a text with its line, or nothing where the report does not say it. A ladder: the section about the
//! resolution, front matter, the rows of the timeline that mark the end, a sentence that says so elsewhere, done actions.

mod claim;
mod kind;
mod words;

use std::borrow::Cow;

pub use kind::FixKind;

use crate::incident::beginning::beginning;
use crate::incident::lines::line_ends;
use crate::incident::squeeze::squeezed;
use crate::incident::{Incident, Milestone, OwnField, SectionKind};
use crate::parse::outline::{Block, outline};
use crate::parse::{is_blank, sentences};
use claim::{Claim, read_claim};

/// What ended an incident, as its report says it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fix {
    /// The sentence, row or step that says it, on one line; cut behind [`Fix::MOST_BYTES`].
    pub text: String,
    /// What kind of fix it is, where its words tell.
    pub kind: Option<FixKind>,
    /// What part of the report says it.
    pub source: FixSource,
    /// The line, counted from 1; none for an incident that is no file, or a key with no line.
    pub line: Option<u32>,
}

/// What part of a report says what fixed it, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FixSource {
    /// The section about the resolution.
    Resolution,
    /// A key of the front matter or a line of metadata, such as `resolution`.
    FrontMatter,
    /// A row of the timeline that marks the incident as mitigated or resolved.
    Timeline,
    /// A sentence elsewhere that says what ended it.
    Sentence,
    /// An action that is done.
    Action,
}

impl FixSource {
    /// The name in machine-readable output.
    ///
    /// # Examples
    /// ```
    /// use rca_index::FixSource;
    ///
    /// assert_eq!(FixSource::FrontMatter.name(), "front-matter");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Resolution => "resolution",
            Self::FrontMatter => "front-matter",
            Self::Timeline => "timeline",
            Self::Sentence => "sentence",
            Self::Action => "action",
        }
    }
}

/// Names of own keys that say it, as [`OwnField::name`] writes them.
const KEYS: &[&str] = &[
    "resolution", "fix", "fixed_by", "mitigation", "remediation", "solution", "workaround", "what_fixed_it",
    "resolved_by_action",
];

/// So many sentences of a section are read.
const MOST_SENTENCES: usize = 200;

impl Fix {
    /// The longest text, in bytes.
    pub const MOST_BYTES: usize = 300;

    fn new(text: &str, claim: Claim, source: FixSource, line: Option<u32>) -> Self {
        let text =
            squeezed(text.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | '[' | '"' | '`')))
                .into_owned();
        Self { text: shortened(text), kind: claim.kind(), source, line }
    }
}

impl Incident {
    /// What fixed it, as the report says it; `None` where it does not.
    ///
    /// # Examples
    /// ```
    /// use rca_index::parse::{ParseOptions, parse_report};
    /// use rca_index::{FixKind, FixSource};
    ///
    /// let text = "# Queue\n\n## Resolution\n\nA restart did not help. The consumers were scaled to 12.\n".to_owned();
    /// let incident = parse_report("queue.md", text, &ParseOptions::default()).incident;
    /// let fix = incident.fix().expect("the report says it");
    /// assert_eq!((fix.text.as_str(), fix.line), ("The consumers were scaled to 12.", Some(5)));
    /// assert_eq!((fix.kind, fix.source), (Some(FixKind::Scaled), FixSource::Resolution));
    /// ```
    pub fn fix(&self) -> Option<Fix> {
        by_resolution(self)
            .or_else(|| by_front_matter(self))
            .or_else(|| by_timeline(self))
            .or_else(|| by_sentence(self))
            .or_else(|| by_action(self))
    }
}

/// A stretch of a report that is read for itself.
struct Passage {
    text: String,
    claim: Claim,
    line: u32,
}

/// The best of some passages: that which claims the most, of equals the first.
fn best(passages: impl IntoIterator<Item = Passage>, at_least: impl Fn(Claim) -> bool) -> Option<Passage> {
    let fits = passages.into_iter().filter(|passage| at_least(passage.claim));
    fits.reduce(|best, next| if rank(next.claim) > rank(best.claim) { next } else { best })
}

/// How much a claim tells. A kind tells more than a mere `resolved by`.
fn rank(claim: Claim) -> u8 {
    match claim {
        Claim::Nothing | Claim::Over => 0,
        Claim::Step(_) => 1,
        Claim::Done(_) | Claim::Ended(None) => 2,
        Claim::Ended(Some(_)) => 3,
    }
}

/// The section says it by its heading: what is best in it, else its first sentence that says more than that it is over.
fn by_resolution(incident: &Incident) -> Option<Fix> {
    let mut passages: Vec<Passage> = passages(incident, |kind| kind == SectionKind::Resolution);
    passages.retain(|passage| passage.claim != Claim::Over && !is_placeholder(&passage.text));
    let opens = |passage: &&Passage| !passage.text.ends_with(':') && !opens_with_doubt(&passage.text);
    let first = passages.iter().find(opens).map(|first| (first.text.clone(), first.claim, first.line));
    let (text, claim, line) = match best(passages, |claim| rank(claim) > 0) {
        Some(best) => (best.text, best.claim, best.line),
        None => first?,
    };
    Some(Fix::new(&text, claim, FixSource::Resolution, line_of(incident, line)))
}

fn by_front_matter(incident: &Incident) -> Option<Fix> {
    let says = |field: &&OwnField| KEYS.contains(&OwnField::name(&field.key).as_str());
    incident.front_matter.iter().filter(says).find_map(|field| {
        let text = field.value.texts().iter().find(|text| tells(text))?;
        Some(Fix::new(text, read_claim(text), FixSource::FrontMatter, field.line))
    })
}

/// Whether a value says what was done: more than a word such as `done`.
fn tells(text: &str) -> bool {
    !is_placeholder(text) && (text.split_whitespace().count() > 2 || read_claim(text).kind().is_some())
}

fn by_timeline(incident: &Incident) -> Option<Fix> {
    let row_of = |milestone| {
        let row = incident.timeline.iter().find(|row| row.milestone == Some(milestone))?;
        let passages = sentences(&row.text).map(|sentence| passage(sentence, row.line));
        let best = best(passages, |claim| claim.kind().is_some() || matches!(claim, Claim::Ended(None)))?;
        Some(Fix::new(&best.text, best.claim, FixSource::Timeline, line_of(incident, row.line)))
    };
    row_of(Milestone::Mitigated).or_else(|| row_of(Milestone::Resolved))
}

fn by_sentence(incident: &Incident) -> Option<Fix> {
    let kinds =
        [SectionKind::Summary, SectionKind::Impact, SectionKind::RootCause, SectionKind::Body, SectionKind::Timeline];
    kinds.iter().find_map(|&wanted| {
        let best = best(passages(incident, |kind| kind == wanted), |claim| matches!(claim, Claim::Ended(_)))?;
        Some(Fix::new(&best.text, best.claim, FixSource::Sentence, line_of(incident, best.line)))
    })
}

fn by_action(incident: &Incident) -> Option<Fix> {
    let done = incident.actions.iter().filter(|action| action.done == Some(true));
    let passages = done.map(|action| passage(&action.text, action.line));
    let best = best(passages, |claim| claim.kind().is_some() && !matches!(claim, Claim::Step(_)))?;
    Some(Fix::new(&best.text, best.claim, FixSource::Action, line_of(incident, best.line)))
}

/// Lines of an incident that is no file are lines of nothing.
fn line_of(incident: &Incident, line: u32) -> Option<u32> {
    (!incident.path.is_empty()).then_some(line)
}

fn passage(text: &str, line: u32) -> Passage {
    Passage { text: text.trim().to_owned(), claim: read_claim(text), line }
}

/// The sentences, steps and rows of the sections of some kinds.
fn passages(incident: &Incident, wanted: impl Fn(SectionKind) -> bool) -> Vec<Passage> {
    let mut found = Vec::new();
    let sections = incident.sections.iter().filter(|section| wanted(section.kind) && !section.is_front_matter());
    for section in sections {
        // Each section by itself: what stands before it is not read again for its lines.
        let text = incident.section_text(section);
        if text.trim().is_empty() {
            continue;
        }
        let line_of = |line: u32| section.line + line - 1;
        for part in outline(text, 0).parts {
            for block in &part.blocks {
                match block {
                    Block::Paragraph(text) => add_sentences(&mut found, &text.text, line_of(text.line)),
                    Block::List(list) => {
                        for item in &list.items {
                            add_sentences(&mut found, &item.text.text, line_of(item.text.line));
                        }
                    }
                    Block::Table(table) => {
                        for row in &table.rows {
                            let cells: Vec<&str> =
                                row.cells.iter().map(Cow::as_ref).filter(|cell| !cell.is_empty()).collect();
                            add_sentences(&mut found, &cells.join(", "), line_of(row.line));
                        }
                    }
                    Block::Code => {}
                }
                if found.len() > MOST_SENTENCES {
                    return found;
                }
            }
        }
    }
    found
}

fn add_sentences(found: &mut Vec<Passage>, text: &str, first: u32) {
    let mut line = first;
    for sentence in sentences(text).take(MOST_SENTENCES) {
        let start = sentence.len() - sentence.trim_start().len();
        let begins = line + line_ends(&sentence[..start]);
        line += line_ends(sentence);
        if sentence.contains(char::is_alphanumeric) {
            found.push(passage(sentence, begins));
        }
    }
}

/// Whether a sentence begins with what did not help.
fn opens_with_doubt(text: &str) -> bool {
    const DOUBTS: &[&str] =
        &["despite", "however", "although", "though", "while", "unfortunately", "but", "initially", "if", "until"];
    let first = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    DOUBTS.iter().any(|doubt| first.eq_ignore_ascii_case(doubt))
}

/// Whether a text stands for one that nobody has written yet: `TBD`, `<what was done>`.
fn is_placeholder(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    let lower = bare.to_lowercase();
    is_blank(bare) || lower.starts_with("todo") || lower.starts_with("tbd") || text.trim_start().starts_with(['<', '{'])
}

/// A text that is not longer than [`Fix::MOST_BYTES`], cut between words.
fn shortened(mut text: String) -> String {
    if text.len() <= Fix::MOST_BYTES {
        return text;
    }
    let start = beginning(&text, Fix::MOST_BYTES);
    let end = start.rfind(' ').filter(|&end| end > start.len() / 2).unwrap_or(start.len());
    text.truncate(end);
    text.push('…');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{ParseOptions, parse_report};

    /// Its text, kind, source and line.
    type Told = (String, Option<FixKind>, FixSource, Option<u32>);

    fn fix(text: &str) -> Option<Told> {
        let incident = parse_report("a.md", text.to_owned(), &ParseOptions::default()).incident;
        incident.fix().map(|fix| (fix.text, fix.kind, fix.source, fix.line))
    }

    #[allow(clippy::unnecessary_wraps)]
    fn found(text: &str, kind: impl Into<Option<FixKind>>, source: FixSource, line: u32) -> Option<Told> {
        Some((text.to_owned(), kind.into(), source, Some(line)))
    }

    #[test]
    fn each_rung_of_the_ladder() {
        use FixKind::{DataRestored, Limited, Restarted, RolledBack};
        use FixSource::{Action, FrontMatter, Resolution, Sentence, Timeline};
        let summary = "# Q\n\n## Summary\n\nThe queue was full. It was resolved by restarting the broker.\n";
        assert_eq!(fix(summary), found("It was resolved by restarting the broker.", Restarted, Sentence, 5));
        let actions = "## Action Items\n\n- [x] Restored the rows from the backup\n- [ ] Roll back faster\n";
        let only_actions = format!("# Q\n\n{actions}");
        assert_eq!(fix(&only_actions), found("Restored the rows from the backup", DataRestored, Action, 5));
        let rows = "## Timeline\n\n- 10:00 Alert fired\n- 10:20 Mitigated: rolled back the release\n- 10:40 Resolved\n";
        let timeline = format!("{summary}\n{rows}\n{actions}");
        assert_eq!(fix(&timeline), found("Mitigated: rolled back the release", RolledBack, Timeline, 10));
        let front = format!("---\nresolution: The client was blocked.\n---\n{timeline}");
        assert_eq!(fix(&front), found("The client was blocked.", Limited, FrontMatter, 2));
        let section = format!("{front}\n## Resolution\n\n1. Drained the queue by hand\n2. Restarted the broker\n");
        assert_eq!(fix(&section), found("Restarted the broker", Restarted, Resolution, 24));
        let unclear = "# Q\n\n## Resolution\n\nThe rows were sorted before they were locked. More later.\n";
        assert_eq!(fix(unclear), found("The rows were sorted before they were locked.", None, Resolution, 5));
    }

    #[test]
    fn what_no_report_says_is_unknown() {
        for text in [
            "# Q\n\n## Resolution\n\nTBD\n",
            "# Q\n\n## Resolution\n\nThe issue was resolved at 10:40.\n",
            "# Q\n\n## Resolution\n\n<what was done>\n",
            "# Q\n\n## Summary\n\nA restart caused the outage. Service was restored by 10:40.\n",
            "# Q\n\n## Summary\n\nWe tried to restart the broker, without success.\n",
            "# Q\n\n## Timeline\n\n- 10:00 Restarted the broker, did not help\n- 10:40 Resolved\n",
            "# Q\n\n## Action Items\n\n- [x] Add an alert\n- [ ] Restarted pods get a label\n",
            "# Q\n",
        ] {
            assert_eq!(fix(text), None, "{text}");
        }
    }

    #[test]
    fn lines_are_those_of_the_report_however_many_sections_stand_before() {
        let text =
            format!("# Q\n\n{}## Resolution\n\n| step |\n|---|\n| Restarted the broker |\n", "## A\n\n".repeat(3_000));
        assert_eq!(fix(&text), found("Restarted the broker", FixKind::Restarted, FixSource::Resolution, 6_007));
    }

    #[test]
    fn long_texts_are_cut_and_lines_counted() {
        let long = format!("# Q\n\n## Fix\n\nFirst\nwords. {} was restarted.\n", "Very ".repeat(100));
        let (text, kind, _, line) = fix(&long).unwrap();
        assert!(text.len() <= Fix::MOST_BYTES + '…'.len_utf8() && text.ends_with('…'), "{text}");
        assert_eq!((kind, line), (Some(FixKind::Restarted), Some(6)));
        let given = {
            let mut incident = Incident::new("OPS-1", "Queue");
            incident.push_section(SectionKind::Resolution, "The broker was restarted.");
            incident.fix().unwrap()
        };
        assert_eq!((given.kind, given.line), (Some(FixKind::Restarted), None));
    }
}
