//! Facts: what front matter and metadata state of an incident, read into typed values.
//!
//! In: keys and values from both, in their order of precedence. Out: `Facts`. The first statement of a fact counts; what
//! cannot be read becomes a problem and leaves the fact to the next statement.

use crate::incident::Severity;
use crate::incident::{Bound, Link, Measure, MeasureKind, Problem, ProblemKind, Source, Sourced};
use crate::parse::keys::Key;
use crate::parse::value::{Value, clean};
use crate::parse::when::When;

/// The longest value of a facet, in characters; anything longer is a sentence.
const MAX_FACET: usize = 100;

/// What is stated so far.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) title: Option<Sourced<String>>,
    /// When it was and how long.
    pub(crate) when: When,
    pub(crate) severity: Option<Sourced<Severity>>,
    pub(crate) services: Vec<String>,
    services_from: Option<Source>,
    pub(crate) tags: Vec<String>,
    pub(crate) status: Option<Sourced<String>>,
    pub(crate) author: Option<String>,
    pub(crate) related: Vec<Link>,
    pub(crate) summary: Option<String>,
    pub(crate) measures: Vec<Measure>,
    pub(crate) problems: Vec<Problem>,
}

impl Facts {
    /// Takes in one statement.
    pub(crate) fn state(&mut self, key: Key, value: &Value, source: Source, line: u32) {
        let Some(text) = value.text() else { return };
        match key {
            Key::Title => self.title = self.title.take().or(Some(Sourced::new(text, source))),
            Key::Start
            | Key::Date
            | Key::Detected
            | Key::Published
            | Key::End
            | Key::Zone
            | Key::Duration(_)
            | Key::DurationSeconds => self.when.state(key, value, source, line, &mut self.problems),
            Key::Resolved => match text.to_lowercase().as_str() {
                "true" | "yes" => self.status(source, "resolved"),
                "false" | "no" => self.status(source, "open"),
                _ => self.when.state(Key::End, value, source, line, &mut self.problems),
            },
            Key::Severity => self.severity(&text, source, line),
            Key::Services => {
                // Lists in front matter, a metadata line and a table often repeat each other; the first counts.
                if *self.services_from.get_or_insert(source) == source {
                    let names = service_names(value);
                    add_each(&mut self.services, names.iter().map(String::as_str));
                }
            }
            Key::Tags => add_each(&mut self.tags, value.texts().iter().map(String::as_str)),
            Key::Status => self.status(source, &text),
            Key::Author => {
                let names = value.texts();
                self.author.get_or_insert_with(|| names.join(", "));
            }
            Key::Related => {
                let target = |text: &String| {
                    let inner = text.trim_start_matches('[').trim_end_matches(']');
                    let (target, label) = inner.split_once('|').map_or((inner, None), |(a, b)| (a, Some(b)));
                    Link { target: target.trim().to_owned(), label: label.map(|label| label.trim().to_owned()), line }
                };
                self.related.extend(nested_texts(value).iter().map(target).filter(|link| !link.target.is_empty()));
            }
            Key::Summary => self.summary = self.summary.take().or_else(|| raw_text(value)),
            Key::Measure(kind) => self.measure(kind, &text, line),
        }
    }

    fn severity(&mut self, text: &str, source: Source, line: u32) {
        if self.severity.is_some() {
            return;
        }
        let Some(severity) = Severity::parse(text) else { return };
        if severity.rank.is_none() {
            self.problem(line, ProblemKind::SeverityNotUnderstood { text: short(text) });
        } else if severity.is_misspelled() {
            let kind = ProblemKind::SeverityMisspelled { text: short(text), name: severity.name.clone() };
            self.problem(line, kind);
        }
        self.severity = Some(Sourced::new(severity, source));
    }

    fn status(&mut self, source: Source, text: &str) {
        let text: String = text.to_lowercase().chars().take(MAX_FACET).collect();
        self.status.get_or_insert(Sourced::new(text, source));
    }

    fn measure(&mut self, kind: MeasureKind, text: &str, line: u32) {
        let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
        let qualifier = [('$', "USD"), ('€', "EUR"), ('£', "GBP"), ('¥', "JPY")];
        let qualifier = qualifier.iter().find(|(sign, _)| text.contains(*sign)).map(|(_, code)| (*code).to_owned());
        match digits.parse() {
            Ok(value) => self.measures.push(Measure { kind, value, bound: Bound::Exact, qualifier, line }),
            Err(_) => self.problem(line, ProblemKind::NumberNotUnderstood { text: short(text) }),
        }
    }

    fn problem(&mut self, line: u32, kind: ProblemKind) {
        self.problems.push(Problem::new(line, kind));
    }
}

fn add_each<'a>(list: &mut Vec<String>, texts: impl Iterator<Item = &'a str>) {
    for text in texts {
        let text: String = text.trim().chars().take(MAX_FACET).collect();
        if !text.is_empty() && !list.iter().any(|known| known.eq_ignore_ascii_case(&text)) {
            list.push(text);
        }
    }
}

/// The services that a value names. Whoever goes on in prose names them in the first sentence; what is too long for a
/// name is none.
fn service_names(value: &Value) -> Vec<String> {
    /// In characters.
    const LONGEST: usize = 60;
    let texts = match value {
        Value::Text(text) => Value::Text(first_sentence(text).to_owned()).texts(),
        other => other.texts(),
    };
    let names = texts.iter().map(|text| without_remark(first_sentence(text)).to_owned());
    names.filter(|name| name.chars().count() <= LONGEST).collect()
}

fn first_sentence(text: &str) -> &str {
    let end = ["。", ". ", "! "].iter().filter_map(|end| text.find(end)).filter(|&at| at > 0).min();
    end.map_or(text, |end| &text[..end])
}

/// `rag-orchestrator（全面停止）` without the remark in brackets.
fn without_remark(text: &str) -> &str {
    text.find(['(', '（']).filter(|&at| at > 0).map_or(text, |at| text[..at].trim_end())
}

/// The texts of lists in lists: YAML reads an unquoted `[[name]]` as one.
fn nested_texts(value: &Value) -> Vec<String> {
    match value {
        Value::List(items) => items.iter().flat_map(nested_texts).collect(),
        other => other.texts(),
    }
}

fn raw_text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        _ => None,
    }
}

pub(crate) fn short(text: &str) -> String {
    let text = clean(text);
    if text.chars().count() <= 60 { text } else { text.chars().take(59).chain(['…']).collect() }
}
