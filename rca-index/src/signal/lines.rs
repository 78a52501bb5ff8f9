//! Text line by line: chat messages, logs, stack traces, prose.
//!
//! In: a piece of text of many lines. Out: what its lines tell, gathered; and what kind of lines they are.

use std::ops::Range;

use super::frames::{self, Frame};
use super::gather::{Gather, role_of};
use super::keys::{self, Role};
use super::noise::{cleaned, is_level, is_number, words};
use super::pairs::{entry, pairs};
use super::piece::Piece;
use super::table;
use super::{DETAIL_WEIGHT, SignalKind};

/// How many lines there were of each kind.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Tally {
    lines: usize,
    syslog: usize,
    logfmt: usize,
    stamped: usize,
    frames: usize,
    alerts: usize,
    /// Rows of tables of `kubectl`.
    rows: usize,
}

impl Tally {
    /// What the lines are: a trace if any is a frame, a log if at least half of them are lines of one.
    pub(super) fn kind(&self) -> SignalKind {
        let most = |lines: usize| lines > 0 && 2 * lines >= self.lines;
        match self {
            _ if self.alerts > 0 => SignalKind::AlertmanagerText,
            _ if self.rows > 0 => SignalKind::Kubernetes,
            _ if self.frames > 0 => SignalKind::Trace,
            _ if most(self.syslog) => SignalKind::Syslog,
            _ if most(self.logfmt) => SignalKind::Logfmt,
            _ if most(self.stamped) => SignalKind::Log,
            _ => SignalKind::Text,
        }
    }
}

/// Words in brackets before a title that say what became of the alert.
const STATES: &[&str] = &[
    "firing", "resolved", "triggered", "re-triggered", "recovered", "renotify", "warn", "no", "alert", "alerting",
    "critical", "warning", "ok", "p1", "p2", "p3", "p4", "p5", "sev1", "sev2", "sev3", "test",
];

/// Headings of the templates of chat messages and mails.
const HEADINGS: &[&str] = &[
    "Labels", "Annotations", "Details", "Value", "Source", "Alerts", "Firing", "Resolved", "Events", "Containers",
    "Init Containers", "Conditions", "Volumes", "Mounts", "Limits", "Requests", "Environment",
];

/// Lines that announce the alerts behind them.
const FIRING: &[&str] = &["Alerts Firing:", "**Firing**", "[FIRING"];
const RESOLVED: &[&str] = &["Alerts Resolved:", "**Resolved**", "[RESOLVED"];

/// Reads a text of many lines. Its messages have this weight.
pub(super) fn read(gather: &mut Gather, piece: &Piece, weight: f32, tally: &mut Tally) {
    gather.work += piece.text.len();
    let has_firing = FIRING.iter().any(|firing| piece.text.contains(firing));
    let mut is_over = false;
    let mut columns = None;
    let mut lines = piece.lines().peekable();
    while let Some(line) = lines.next() {
        let trimmed = without_symbols(&line.trimmed());
        if RESOLVED.iter().any(|resolved| trimmed.text.starts_with(resolved)) {
            is_over = has_firing;
        } else if FIRING.iter().any(|firing| trimmed.text.starts_with(firing)) {
            is_over = false;
        }
        if trimmed.text.is_empty() || is_over {
            columns = None;
            continue;
        }
        if let Some(head) = table::head(trimmed.text) {
            columns = Some(head);
            continue;
        }
        if let Some(cells) = columns.as_ref().and_then(|columns| table::row(trimmed.text, columns)) {
            tally.rows += 1;
            row(gather, &trimmed, cells, weight);
            continue;
        }
        let next = lines.peek().map_or("", |next| next.text);
        if frames::is_marker(next) {
            continue;
        }
        if let Some(frame) = frames::frame(line.text, next) {
            tally.frames += 1;
            own_frame(gather, &trimmed, frame);
            if frame.lines > 1 {
                lines.next();
            }
        } else if !frames::is_noise(trimmed.text) {
            tally.lines += 1;
            self::line(gather, &trimmed, weight, tally);
        }
    }
}

/// A heading without the emojis before it: `🔥 [FIRING:1] DiskFull`.
fn without_symbols<'t>(line: &Piece<'t>) -> Piece<'t> {
    let is_symbol = |c: char| !c.is_ascii() && !c.is_alphanumeric() || c.is_whitespace();
    let rest = line.text.trim_start_matches(is_symbol);
    if rest.starts_with('[') { line.from(line.text.len() - rest.len()) } else { line.clone() }
}

/// A line of nginx without the fields behind its message: `..., client: 10.0.0.1, server: shop.example, request: "GET /
/// HTTP/1.1"`. They are labels.
fn without_request<'t>(gather: &mut Gather, line: &Piece<'t>) -> Piece<'t> {
    let Some(end) = line.text.find(", client: ") else { return line.clone() };
    let mut at = end;
    for field in line.text[end..].split(", ") {
        if let Some((key @ ("server" | "request" | "upstream"), value)) = field.split_once(": ") {
            let start = at + key.len() + 2;
            gather.label(key, &line.slice(start..start + value.len()));
        }
        at += field.len() + 2;
    }
    line.slice(0..end)
}

/// Reads the cells of a row. An object is written with its kind: `pod/edge-5d8f9c7b6-x2kqz`.
fn row(gather: &mut Gather, line: &Piece, cells: Vec<(table::Column, Range<usize>)>, weight: f32) {
    for ((name, role), cell) in cells {
        let cell = line.slice(cell);
        match role {
            Role::Message => gather.prose(&cell, weight),
            Role::Service => {
                let name = cell.text.rfind('/').map_or(0, |at| at + 1);
                gather.service(&cell.from(name));
            }
            role => gather.valued(name, role, &cell),
        }
    }
}

fn own_frame(gather: &mut Gather, line: &Piece, frame: Frame) {
    if frame.is_own {
        gather.prose(&Piece { text: frame.function, range: line.range.clone() }, DETAIL_WEIGHT);
    }
}

/// A line that is no frame.
fn line(gather: &mut Gather, line: &Piece, weight: f32, tally: &mut Tally) {
    let is_heading = [FIRING, RESOLVED].iter().any(|heads| heads.iter().any(|head| line.text.starts_with(head)));
    if is_heading {
        tally.alerts += 1;
        return heading(gather, line);
    }
    let line = titled(gather, &without_severity(line));
    let line = logged(gather, &line, tally);
    let line = without_request(gather, &line);
    let line = line.from(frames::before_error(line.text)).trimmed();
    if let Some((found, between)) = pairs(line.text, &mut gather.work) {
        // Pairs with quoted keys are of JSON that is broken.
        let is_quoted = found.iter().any(|pair| line.text[..pair.key.start].ends_with('"'));
        tally.logfmt += usize::from(!is_quoted && between.len() <= found.len());
        for pair in found {
            let key = &line.text[pair.key];
            gather.valued(key, role_of(key, Role::Label), &line.slice(pair.value));
        }
        for text in between {
            gather.prose(&line.slice(text), weight);
        }
        return;
    }
    if let Some((key, value, is_sure)) = entry(line.text) {
        tally.alerts += usize::from(is_sure && key == "alertname");
        let value = line.slice(value).trimmed();
        let role = keys::role(key);
        // `status: 503 from the shop` is a sentence.
        let is_word = || words(value.text).nth(1).is_none();
        let is_value =
            role.is_some_and(|role| is_sure || is_word() || !matches!(role, Role::Noise | Role::At | Role::Service));
        if is_sure || is_value {
            return gather.valued(key, role.unwrap_or(Role::Label), &value);
        }
        if role == Some(Role::Noise) && value.text.contains("://") {
            return gather.runbooks(&value);
        }
    }
    if !HEADINGS.contains(&line.text.trim_matches(['*', ':'])) {
        gather.prose(&line, weight);
    }
}

/// `[FIRING:1] DiskFull (edge critical)`: the name of the alert. What is in brackets are values of its labels.
fn heading(gather: &mut Gather, line: &Piece) {
    let Some(end) = line.text.find(']') else { return };
    let rest = line.from(end + 1).trimmed();
    let end = rest.text.find(" (").or_else(|| rest.text.find(" - ")).unwrap_or(rest.text.len());
    let name = rest.slice(0..end);
    if words(name.text).count() <= 6 {
        gather.name(&name);
    } else {
        gather.prose(&rest, super::MESSAGE_WEIGHT);
    }
}

/// A line without what stands in brackets before it: the state of the alert, or its name.
fn titled<'t>(gather: &mut Gather, line: &Piece<'t>) -> Piece<'t> {
    let Some(inside) = line.text.strip_prefix('[') else { return line.clone() };
    let Some(end) = inside.find(']') else { return line.clone() };
    let inside = &inside[..end];
    let first = inside.split([' ', ':', '-']).next().unwrap_or_default();
    let is_state = STATES.iter().any(|state| state.eq_ignore_ascii_case(first));
    let has_humps = || {
        let lower = inside.find(|c: char| c.is_ascii_lowercase());
        lower.is_some_and(|at| inside[at..].contains(|c: char| c.is_ascii_uppercase()))
    };
    let is_name = inside.bytes().all(|b| b.is_ascii_alphanumeric()) && has_humps();
    if is_name {
        gather.name(&line.slice(1..1 + end));
    }
    if is_name || is_state { line.from(end + 2).trimmed() } else { line.clone() }
}

/// A line without the severity that a chat message has behind a title: "disk full - `critical`".
fn without_severity<'t>(line: &Piece<'t>) -> Piece<'t> {
    let severity = line.text.strip_suffix('`').and_then(|text| text.rsplit_once(" - `"));
    match severity.filter(|(_, word)| !word.contains([' ', '`'])) {
        Some((title, _)) => line.slice(0..title.len()),
        None => line.clone(),
    }
}

/// A line without what a log writes before every message. What of it tells something is gathered.
fn logged<'t>(gather: &mut Gather, line: &Piece<'t>, tally: &mut Tally) -> Piece<'t> {
    let behind_priority = without_priority(line);
    if let Some(message) = syslog(gather, &behind_priority) {
        tally.syslog += 1;
        return message;
    }
    let mut first = line.text.split_whitespace();
    let time = first.next().unwrap_or_default().trim_start_matches('[');
    let time = time.split(']').next().unwrap_or(time).trim_end_matches(',');
    let clock = first.next().unwrap_or_default().trim_end_matches([']', ',']);
    let has_clock = is_time(clock) && (is_number(time) || is_short_level(time));
    let is_access = has_access_time(line.text);
    if !is_time(time) && !has_clock && !is_access {
        return line.clone();
    }
    tally.stamped += 1;
    // With a space between day and time: `2026-07-01 18:02:44.118`.
    let day = time.replace('/', "-");
    gather.at(&if time.contains('T') { time.to_owned() } else { format!("{day}T{}Z", clock.replace(',', ".")) });
    // What a browser says it is.
    let end = line.text.find("\"Mozilla/").filter(|_| is_access).unwrap_or(line.text.len());
    without_level(&line.slice(0..end))
}

/// A line of a log without its level and the noise before it: `[error] 1211#1211: no route`, `WARNING planner: slow`.
fn without_level<'t>(line: &Piece<'t>) -> Piece<'t> {
    let is_separator = |c: char| c.is_whitespace() || matches!(c, '[' | ']' | '|' | '(' | ')');
    let mut at = 0;
    for _ in 0..8 {
        let rest = &line.text[at..];
        let start = at + rest.len() - rest.trim_start_matches(is_separator).len();
        let end = line.text[start..].find(is_separator).map_or(line.text.len(), |end| start + end);
        let word = &line.text[start..end];
        if is_level(word.trim_end_matches(':')) {
            return line.from(end);
        }
        if word.is_empty() || !cleaned(word).is_empty() {
            break;
        }
        at = end;
    }
    line.clone()
}

/// A time of day, or a date with one: it has a colon, and is long enough.
fn is_time(word: &str) -> bool {
    word.len() >= 8 && word.contains(':') && is_number(word.trim_end_matches([']', ',']))
}

fn is_short_level(word: &str) -> bool {
    word.len() == 5 && word.starts_with(['I', 'W', 'E', 'F']) && word[1..].bytes().all(|b| b.is_ascii_digit())
}

/// `192.0.2.14 - - [03/Feb/2026:09:12:45 +0000] "GET / HTTP/1.1" 200`
fn has_access_time(line: &str) -> bool {
    let time = line.split_once(" [").and_then(|(_, rest)| rest.split_once(' ')).map_or("", |(time, _)| time);
    time.len() == "03/Feb/2026:09:12:45".len() && is_number(time)
}

/// A line without `<165>` or `<165>1 ` before it.
fn without_priority<'t>(line: &Piece<'t>) -> Piece<'t> {
    let priority = line.text.strip_prefix('<').and_then(|rest| rest.split_once('>'));
    match priority.filter(|(number, _)| number.len() <= 3 && is_number(number)) {
        Some((number, rest)) => line.from(number.len() + 2 + usize::from(rest.starts_with('1'))).trimmed(),
        None => line.clone(),
    }
}

/// The message of a line of syslog: `Mar 14 02:11:09 HOST APP[811]: MESSAGE`, `2026-... HOST APP 811 - - MESSAGE`,
/// `APP[811]: MESSAGE`.
fn syslog<'t>(gather: &mut Gather, line: &Piece<'t>) -> Option<Piece<'t>> {
    let fields = fields(line.text, 7);
    let field = |at: usize| fields.get(at).map_or("", |field| &line.text[field.clone()]);
    // RFC 5424: a time, a host, an application, a process, the id of the message, data.
    let is_process = field(3) == "-" || is_number(field(3));
    if fields.len() == 7 && is_time(field(0)) && field(0).contains('T') && is_process && !field(2).ends_with(':') {
        gather.at(field(0));
        gather.service(&line.slice(fields[2].clone()));
        return Some(line.from(fields[6].start));
    }
    let is_3164 = field(0).len() == 3 && is_number(field(1)) && is_time(field(2));
    let tag = fields.get(if is_3164 { 4 } else { 0 })?;
    let name = line.text[tag.clone()].strip_suffix(':')?;
    let process = name.split_once('[').filter(|(_, number)| is_number(number.trim_end_matches(']')));
    if !is_3164 && process.is_none() {
        return None;
    }
    let name = process.map_or(name, |(name, _)| name);
    gather.service(&line.slice(tag.start..tag.start + name.len()));
    Some(line.from(tag.end).trimmed())
}

/// The first fields of a line, apart by white space.
fn fields(line: &str, most: usize) -> Vec<Range<usize>> {
    let mut at = 0;
    let mut fields = Vec::new();
    for word in line.split_inclusive(char::is_whitespace) {
        let field = word.trim_end();
        if !field.is_empty() {
            fields.push(at..at + field.len());
        }
        at += word.len();
        if fields.len() == most {
            break;
        }
    }
    fields
}
