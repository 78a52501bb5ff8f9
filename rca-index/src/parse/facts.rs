//! Facts: what front matter and metadata state of an incident, read into typed values.
//!
//! In: keys and values from both, in their order of precedence. Out: `Facts`. The first statement of a fact counts; what
//! cannot be read becomes a problem and leaves the fact to the next statement.

use crate::incident::Severity;
use crate::incident::{Bound, Level, Link, Measure, MeasureKind, Problem, Source, Sourced};
use crate::incident::{Precision, Timestamp};
use crate::parse::date::{TimeOfDay, find_date, read_date, read_time_of_day, zone_offset};
use crate::parse::duration::read_duration;
use crate::parse::keys::Key;
use crate::parse::value::{Value, clean};

/// The longest value of a facet, in characters; anything longer is a sentence.
const MAX_FACET: usize = 100;

/// What is stated so far.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) title: Option<Sourced<String>>,
    start: Option<Sourced<Moment>>,
    date: Option<Sourced<Moment>>,
    detected: Option<Sourced<Moment>>,
    published: Option<Sourced<Moment>>,
    end: Option<Sourced<Moment>>,
    pub(crate) severity: Option<Sourced<Severity>>,
    pub(crate) services: Vec<String>,
    services_from: Option<Source>,
    pub(crate) tags: Vec<String>,
    pub(crate) status: Option<Sourced<String>>,
    pub(crate) duration: Option<Sourced<f64>>,
    pub(crate) author: Option<String>,
    pub(crate) related: Vec<Link>,
    pub(crate) summary: Option<String>,
    /// Minutes east of UTC of times that name no zone.
    pub(crate) zone: Option<i32>,
    pub(crate) measures: Vec<Measure>,
    pub(crate) problems: Vec<Problem>,
}

/// A time as stated: a date, or a time on a day that another fact states.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Date(Timestamp),
    Time(TimeOfDay),
}

impl Facts {
    /// Takes in one statement.
    pub(crate) fn state(&mut self, key: Key, value: &Value, source: Source, line: u32) {
        let Some(text) = value.text() else { return };
        match key {
            Key::Title => self.title = self.title.take().or(Some(Sourced::new(text, source))),
            Key::Start => self.moment(value, &text, source, line, |facts| &mut facts.start),
            Key::Date => self.moment(value, &text, source, line, |facts| &mut facts.date),
            Key::Detected => self.moment(value, &text, source, line, |facts| &mut facts.detected),
            Key::Published => self.moment(value, &text, source, line, |facts| &mut facts.published),
            Key::End => self.moment(value, &text, source, line, |facts| &mut facts.end),
            Key::Resolved => match text.to_lowercase().as_str() {
                "true" | "yes" => self.status(source, "resolved"),
                "false" | "no" => self.status(source, "open"),
                _ => self.moment(value, &text, source, line, |facts| &mut facts.end),
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
            Key::Duration(minutes) => self.duration(&text, f64::from(minutes), source, line),
            Key::DurationSeconds => self.duration(&text, 1.0 / 60.0, source, line),
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
            Key::Zone => self.zone = self.zone.or_else(|| zone_offset(&text)),
            Key::Measure(kind) => self.measure(kind, &text, line),
        }
    }

    /// When the incident began and ended.
    ///
    /// A start is preferred to a date, a date to the time of detection. An end before the start is a problem and no end.
    pub(crate) fn period(&mut self, line_of_end: u32) -> (Option<Sourced<Timestamp>>, Option<Sourced<Timestamp>>) {
        let day =
            [&self.start, &self.date, &self.detected].into_iter().flatten().find_map(|stated| match stated.value {
                Moment::Date(date) => Some(date),
                Moment::Time(_) => None,
            });
        let zone = self.zone.unwrap_or(0);
        let resolve = |stated: &Sourced<Moment>, day: Option<Timestamp>| {
            let time = match stated.value {
                Moment::Date(date) => date,
                Moment::Time(time) => on_day(day?, time, zone)?,
            };
            Some(Sourced::new(time, stated.source))
        };
        let begun = [&self.start, &self.date, &self.detected];
        let start = begun.into_iter().flatten().find_map(|stated| resolve(stated, day));
        let began = start.as_ref().map(|start| start.value);
        let mut end = self.end.as_ref().and_then(|stated| {
            let mut end = resolve(stated, began.or(day))?;
            // An end that is only a time of day may lie behind midnight.
            if matches!(stated.value, Moment::Time(_)) && began.is_some_and(|began| end.value < began) {
                end.value = Timestamp::from_unix_seconds(end.value.unix_seconds() + 86_400, end.value.precision());
            }
            Some(end)
        });
        if let (Some(began), Some(ended)) = (began, end.as_ref().map(|end| end.value)) {
            let (a, b) = if began.has_time() && ended.has_time() { (began, ended) } else { (began.day(), ended.day()) };
            if b < a {
                self.problem(
                    line_of_end,
                    format!("the end ({ended}) lies before the start ({began}); it is left out"),
                    Level::Error,
                );
                end = None;
            }
        }
        (start, end)
    }

    /// When the report was published, as far as that is a date.
    pub(crate) fn published(&self) -> Option<Sourced<Timestamp>> {
        match self.published.as_ref()?.value {
            Moment::Date(date) => Some(Sourced::new(date, self.published.as_ref()?.source)),
            Moment::Time(_) => None,
        }
    }

    fn moment(
        &mut self,
        value: &Value,
        text: &str,
        source: Source,
        line: u32,
        slot: fn(&mut Self) -> &mut Option<Sourced<Moment>>,
    ) {
        if slot(self).is_some() {
            return;
        }
        let zone = self.zone;
        if let Some((range, date)) = find_date(text, zone) {
            *slot(self) = Some(Sourced::new(Moment::Date(date), source));
            let rest = &text[range.end..];
            if !date.has_time() && date.precision() == Precision::Day && has_clock(rest) {
                let reason = format!("the time of day in `{}` cannot be read; the day is kept", short(text));
                self.problem(line, reason, Level::Error);
            }
            let second = value.texts().get(1).cloned().unwrap_or_else(|| rest.to_owned());
            self.until(date, &second, source);
        } else if let Some((time, _)) = read_time_of_day(text) {
            *slot(self) = Some(Sourced::new(Moment::Time(time), source));
        } else if source == Source::FrontMatter || text.chars().any(|c| c.is_ascii_digit()) {
            self.problem(line, format!("`{}` is no date{}", short(text), template_hint(text)), Level::Error);
        }
    }

    /// A second time in the same value is the end: `2021-03-04 10:00 - 11:30`.
    fn until(&mut self, start: Timestamp, rest: &str, source: Source) {
        let rest = rest.trim_start();
        let after = ["-", "–", "—", "~", "〜", "to ", "until ", "→"].iter().find_map(|dash| rest.strip_prefix(dash));
        let Some(after) = after.map(str::trim_start).filter(|_| self.end.is_none()) else { return };
        let end = match read_date(after, self.zone) {
            Some(end) => Some(Moment::Date(end)),
            None => read_time_of_day(after).filter(|_| start.has_time()).map(|(time, _)| Moment::Time(time)),
        };
        self.end = end.map(|end| Sourced::new(end, source));
    }

    fn severity(&mut self, text: &str, source: Source, line: u32) {
        if self.severity.is_some() {
            return;
        }
        let Some(severity) = Severity::parse(text) else { return };
        if severity.rank.is_none() {
            let reason = format!(
                "severity `{}` is not understood; it is kept as a label with no rank{}",
                short(text),
                template_hint(text)
            );
            self.problem(line, reason, Level::Warning);
        } else if severity.is_misspelled() {
            let reason = format!("severity `{}` is read as `{}`", short(text), severity.name);
            self.problem(line, reason, Level::Warning);
        }
        self.severity = Some(Sourced::new(severity, source));
    }

    fn status(&mut self, source: Source, text: &str) {
        let text: String = text.to_lowercase().chars().take(MAX_FACET).collect();
        self.status.get_or_insert(Sourced::new(text, source));
    }

    fn duration(&mut self, text: &str, minutes: f64, source: Source, line: u32) {
        if self.duration.is_some() {
            return;
        }
        let plain = text.parse::<f64>().is_ok();
        if let Some(read) = read_duration(text) {
            self.duration = Some(Sourced::new(if plain { read * minutes } else { read }, source));
        } else {
            let reason = format!("`{}` is no duration; write `65`, `1h 5m` or `PT1H5M`", short(text));
            let stated = text.chars().any(|c| c.is_ascii_digit());
            self.problem(line, reason, if stated { Level::Error } else { Level::Warning });
        }
    }

    fn measure(&mut self, kind: MeasureKind, text: &str, line: u32) {
        let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
        let qualifier = [('$', "USD"), ('€', "EUR"), ('£', "GBP"), ('¥', "JPY")];
        let qualifier = qualifier.iter().find(|(sign, _)| text.contains(*sign)).map(|(_, code)| (*code).to_owned());
        match digits.parse() {
            Ok(value) => self.measures.push(Measure { kind, value, bound: Bound::Exact, qualifier, line }),
            Err(_) => self.problem(line, format!("`{}` is no number", short(text)), Level::Warning),
        }
    }

    fn problem(&mut self, line: u32, reason: String, level: Level) {
        self.problems.push(Problem { line, reason, level });
    }
}

/// A time of day on the local day of a date.
fn on_day(date: Timestamp, time: TimeOfDay, zone: i32) -> Option<Timestamp> {
    let zone = time.zone.unwrap_or(zone);
    let local = if date.has_time() { date.unix_seconds() + i64::from(zone) * 60 } else { date.unix_seconds() };
    let day = Timestamp::from_unix_seconds(local, Precision::Day).day();
    let civil = day.civil().date().at(time.hour, time.minute, time.second.unwrap_or(0), 0);
    let precision = if time.second.is_some() { Precision::Second } else { Precision::Minute };
    Timestamp::from_civil(civil, zone, precision)
}

/// Whether a text looks like a time of day: digits and colons behind a date.
fn has_clock(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', 't', 'T', ',']);
    rest.starts_with(|c: char| c.is_ascii_digit())
        && rest.get(..6.min(rest.len())).is_some_and(|start| start.contains(':'))
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

fn short(text: &str) -> String {
    let text = clean(text);
    if text.chars().count() <= 60 { text } else { text.chars().take(59).chain(['…']).collect() }
}

fn template_hint(text: &str) -> &'static str {
    let upper = text.to_uppercase();
    let placeholder =
        upper.contains("YYYY") || text.contains("{{") || text.contains('|') || text.starts_with(['<', '[']);
    if placeholder { "; was the template not filled in?" } else { "" }
}
