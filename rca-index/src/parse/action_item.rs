//! One action: what its text says of priority, owner, due date and state.
//!
//! In: the text of an item or a cell. Out: the action. Who is a placeholder (`TBD`, `???`) is nobody.

use std::borrow::Cow;

use crate::incident::squeeze::squeezed;
use crate::incident::{Action, Severity, Timestamp};
use crate::parse::date::{find_date, read_date};
use crate::parse::phrases::{has, may_have};
use crate::parse::value::is_blank;
use crate::parse::words::{is_done, plain};

/// The text of an action without its marks, and what these say.
pub(crate) struct ActionText {
    pub(crate) text: String,
    pub(crate) priority: Option<String>,
    pub(crate) done: Option<bool>,
}

/// `- [x] P1: Add an alert (owner: SRE, due 2025-06-09)`
pub(crate) fn read_item(text: &str, checked: Option<bool>, line: u32) -> Action {
    let read = ActionText::new(text);
    let (owner, due) = (read.owner(), read.due());
    Action { priority: read.priority, text: read.text, owner, due, done: checked.or(read.done), line }
}

impl ActionText {
    pub(crate) fn new(text: &str) -> Self {
        let text = squeezed(text);
        let (done, rest) = leading_mark(&text);
        let mut read = Self { text: rest.to_owned(), priority: None, done };
        if let Some((priority, rest)) = leading_priority(&read.text) {
            (read.priority, read.text) = (Some(priority), rest);
        }
        if is_marked(&read.text) {
            read.done = read.done.or_else(|| trailing_state(&read.text));
            read.priority = read.priority.take().or_else(|| named_priority(&read.text));
        }
        read
    }

    /// Who does it: `(owner: SRE, due ...)`, `Owner: SRE`, `owner=eng`, `@lin`, `(SRE, 2025-06-09)`.
    pub(crate) fn owner(&self) -> Option<String> {
        let text = self.text.as_str();
        let named = field(text, OWNERS);
        let mention = || text.split_whitespace().find(|word| word.starts_with('@') && word.len() > 1);
        let closing = || {
            let (name, date) = closing_bracket(text)?.split_once([',', '、'])?;
            let date = date.trim().trim_start_matches("due ").trim_start_matches("by ");
            read_date(date, None).map(|_| name)
        };
        match named {
            Some(name) => owner_named(name),
            None => mention().or_else(closing).and_then(owner_named),
        }
    }

    /// By when: the date behind `due`, `by` or `until`, or in brackets at the end unless that says when it was done.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        if let Some(due) = field(&self.text, DUES) {
            return due_date(due);
        }
        let lower = lower_of(&self.text);
        let hinted = ["due ", "by ", "until ", "before ", "till "].iter().find_map(|hint| {
            let at = word_at(&lower, hint)? + hint.len();
            let (range, date) = find_date(self.text.get(at..)?, None)?;
            (range.start <= 4).then_some(date)
        });
        let closing = || {
            let inside = closing_bracket(&self.text)?;
            let over = [
                "complet", "done", "implement", "fixed", "merged", "closed", "deployed", "resolved", "shipped",
                "since", "added", "済", "完了", "已",
            ];
            let lower = lower_of(inside);
            (!over.iter().any(|word| lower.contains(word))).then(|| find_date(inside, None))?.map(|(_, date)| date)
        };
        hinted.or_else(closing).map(Timestamp::day)
    }
}

const OWNERS: &[&str] = &[
    "owner", "owners", "assignee", "assigned to", "responsible", "dri", "担当", "担当者", "负责人", "verantwortlich",
    "responsable", "responsavel", "eier", "ansvarlig", "담당", "담당자",
];
const DUES: &[&str] = &[
    "due", "due date", "deadline", "eta", "target date", "期限", "截止", "fallig", "echeance", "vencimiento", "prazo",
    "frist", "기한",
];

/// Stands behind an owner with no colon.
const ASSIGNED: &str = "assigned to";

/// The value of a labelled field in a text: `Owner: SRE`, `owner=eng`, up to the next field or the end of the bracket.
fn field<'t>(text: &'t str, names: &[&str]) -> Option<&'t str> {
    let marked = text.contains([':', '=', '：']);
    // Accents come off the letters of a text: only in plain ones the word stands as it is.
    let assigned = names.contains(&ASSIGNED) && (!text.is_ascii() || may_have(text, b"assigned"));
    // Most texts have no field at all: look before anything else.
    if !(marked || assigned && text.contains(char::is_whitespace)) {
        return None;
    }
    let lower = lower_of(text);
    let named = if marked { name_before_mark(&lower, names) } else { None };
    let assigned = || {
        let start = word_at(&lower, ASSIGNED).filter(|_| assigned)?;
        let end = start + ASSIGNED.len();
        let behind = lower[end..].trim_start_matches(['*', ' ']);
        let mark = behind.chars().next().filter(|c| is_mark(*c)).map_or(0, char::len_utf8);
        Some((start, lower.len() - behind.len() + mark))
    };
    let (_, at) = named.into_iter().chain(assigned()).min()?;
    let value = text.get(at..)?;
    let ends = [",", ")", ";", "(", "]", "、", "）", "|", ". ", " — ", " – ", " due ", " Due"];
    let end = ends.iter().filter_map(|end| value.find(end)).min().unwrap_or(value.len());
    Some(value[..end].trim())
}

fn is_mark(c: char) -> bool {
    matches!(c, ':' | '=' | '：')
}

/// Where the first name begins that a mark follows, and where its value begins.
fn name_before_mark(text: &str, names: &[&str]) -> Option<(usize, usize)> {
    text.match_indices(is_mark).find_map(|(at, mark)| {
        let before = text[..at].trim_end_matches(['*', ' ']);
        let fits = |name: &&&str| {
            before.strip_suffix(**name).is_some_and(|lead| !lead.ends_with(|c: char| c.is_ascii_alphanumeric()))
        };
        let longest = names.iter().filter(fits).map(|name| name.len()).max()?;
        Some((before.len() - longest, at + mark.len()))
    })
}

/// Where a word starts that has no letter beside it.
fn word_at(text: &str, word: &str) -> Option<usize> {
    let letter = |c: char| c.is_alphanumeric() && c.is_ascii();
    let begins = |at: usize| !text[..at].ends_with(letter);
    let ends = |end: usize| word.ends_with(' ') || !text[end..].starts_with(letter);
    text.match_indices(word).map(|(at, _)| at).find(|&at| begins(at) && ends(at + word.len()))
}

/// A text in lower case whose bytes are where they were.
fn lower_of(text: &str) -> Cow<'_, str> {
    let lower = plain(text);
    if lower.len() == text.len() { lower } else { text.to_ascii_lowercase().into() }
}

/// What stands in brackets at the end.
fn closing_bracket(text: &str) -> Option<&str> {
    let text = text.trim_end_matches(['.', '。']);
    let inside = text.strip_suffix(')').and_then(|text| text.rsplit_once('('));
    inside.or_else(|| text.strip_suffix('）')?.rsplit_once('（')).map(|(_, inside)| inside)
}

/// A name, unless it stands for nobody.
pub(crate) fn owner_named(name: &str) -> Option<String> {
    const NOBODY: &[&str] = &[
        "tba", "tbc", "unassigned", "not assigned", "nobody", "to be assigned", "todo", "to be determined",
        "to be decided", "open", "no owner", "owner", "name", "未割当", "未アサイン", "要アサイン", "待定", "未分配",
        "미정", "offen", "a definir", "por definir", "a determiner", "ingen", "prior", "various",
    ];
    /// In characters.
    const LONGEST: usize = 80;
    // In one cell with the due date: `Owner: Platform. Due: 2025-03-14`.
    let name = field(name, OWNERS).unwrap_or(name);
    let lower = lower_of(name);
    let due = has(&lower, "due").then(|| [". due", "; due", ", due", " due:"].iter().filter_map(|due| lower.find(due)));
    let due = due.and_then(Iterator::min);
    let name = name[..due.unwrap_or(name.len())].trim();
    let name = name.trim_matches(|c: char| matches!(c, '*' | '`' | '_' | '~') || c.is_whitespace());
    let bracketed = name.starts_with(['(', '[', '<', '{', '（']) && name.ends_with([')', ']', '>', '}', '）']);
    let inside = name.trim_matches(|c: char| !c.is_alphanumeric());
    let folded = plain(inside);
    let nobody = is_blank(&folded) || NOBODY.contains(&&*folded) || (is_state(&folded) && !name.starts_with('@'));
    if nobody || bracketed || name.chars().count() >= LONGEST {
        return None;
    }
    let name = name.trim_start_matches('@').trim_end_matches([',', '.', ':', ';']).trim();
    let name = if name.contains('(') { name } else { name.trim_end_matches(')') };
    (!name.is_empty()).then(|| name.to_owned())
}

/// Whether a name is a state that slipped into the wrong column.
fn is_state(name: &str) -> bool {
    ["done", "completed", "complete", "in progress", "pending", "fixed", "closed", "完了", "進行中"].contains(&name)
}

/// The date that a value names, unless it says when something was done.
pub(crate) fn due_date(value: &str) -> Option<Timestamp> {
    let value = field(value, DUES).unwrap_or(value);
    let (range, date) = find_date(value, None)?;
    (range.start <= 24 && is_done(&value[..range.start]) != Some(true)).then(|| date.day())
}

/// Marks of a state in front of an action, and whether they mean done.
const TICKS: &[(&str, bool)] = &[
    ("✅", true),
    ("☑️", true),
    ("☑", true),
    ("✔️", true),
    ("✔", true),
    ("✓", true),
    ("❌", false),
    ("☐", false),
    ("⬜", false),
    ("🔲", false),
    ("🚧", false),
    ("⏳", false),
    ("🔄", false),
    ("[x]", true),
    ("[X]", true),
    ("[ ]", false),
];

/// A state in front: `✅ Alert`, `[DONE] Alert`, `DONE: Alert`, `~~Alert~~`.
fn leading_mark(text: &str) -> (Option<bool>, &str) {
    let text = text.trim();
    if let Some(inside) = text.strip_prefix("~~").and_then(|rest| rest.split_once("~~")) {
        let (struck, rest) = inside;
        return (Some(true), if rest.trim().is_empty() { struck } else { text.trim_start_matches("~~") });
    }
    if let Some((tick, done)) = TICKS.iter().find(|(tick, _)| text.starts_with(tick)) {
        return (Some(*done), text[tick.len()..].trim_start_matches(['\u{fe0f}', ' ', ':', '-']));
    }
    let bracket = text.strip_prefix(['[', '(']).and_then(|rest| rest.split_once([']', ')']));
    if let Some((state, rest)) = bracket.filter(|(state, _)| state.len() <= 16)
        && let Some(done) = is_done(state)
    {
        return (Some(done), rest.trim_start_matches([' ', ':', '-']));
    }
    let words = ["DONE", "TODO", "Done", "Todo", "Completed", "COMPLETED", "Pending"];
    let word = words.iter().find_map(|word| Some((*word, text.strip_prefix(word)?.trim_start())));
    match word.filter(|(_, rest)| rest.starts_with([':', '-', '–', '—'])) {
        Some((word, rest)) => (is_done(word), rest.trim_start_matches([':', '-', '–', '—', ' '])),
        None => (None, text),
    }
}

/// Whether a text has a sign that a state or a priority stands behind: most have none.
fn is_marked(text: &str) -> bool {
    let sign = |byte: u8| !byte.is_ascii() | matches!(byte, b':' | b'=' | b'(' | b')' | b'[' | b']');
    text.bytes().fold(false, |found, byte| found | sign(byte)) || may_have(text, b" - ")
}

/// A state behind: `…：完了`, `… - done`, `… (implemented 2026-02-06)`, `… ✅`.
fn trailing_state(text: &str) -> Option<bool> {
    let text = text.trim_end_matches(['.', ' ']);
    if text.trim_end_matches('\u{fe0f}').ends_with(['✅', '✔', '☑']) {
        return Some(true);
    }
    let bracket = closing_bracket(text).and_then(|inside| {
        let inside = inside.trim();
        let named = field(inside, &["status", "state"]);
        let words = inside.split([',', ';']).next().unwrap_or_default();
        let dated = words
            .split(' ')
            .filter(|word| !word.starts_with(|c: char| c.is_ascii_digit()))
            .collect::<Vec<_>>()
            .join(" ");
        let short = dated.split(' ').count() <= 3;
        named.or(Some(&*dated).filter(|_| short)).and_then(is_done)
    });
    bracket
        .or_else(|| {
            let (_, state) = text.rsplit_once(['：', ':', '–', '—']).or_else(|| text.rsplit_once(" - "))?;
            is_done(state.trim()).filter(|_| state.chars().count() < 16)
        })
        .or_else(|| {
            // `1. Name（2026-08-17 実装済み） — explanation`
            let inside = text.split_once(['（', '('])?.1.split_once(['）', ')'])?.0;
            (inside.chars().count() < 24 && inside >= "\u{2e80}" || inside.starts_with(|c: char| c.is_ascii_digit()))
                .then(|| {
                    is_done(inside.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '/' | ' ')))
                })?
        })
}

/// `P1: ...`, `[P2] ...`, `**High** - ...`
pub(crate) fn leading_priority(text: &str) -> Option<(String, String)> {
    let inner = text.trim_start_matches(['[', '(']);
    let end = inner.find([':', ']', ')', '-', '–', '—', ' '])?;
    let (label, rest) = inner.split_at(end);
    let separated = inner.len() < text.len() || rest.trim_start().starts_with([':', '-', '–', '—']);
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | ']' | ')' | '-' | '–' | '—'));
    // Most texts begin with another word: look before reading a severity.
    let fits = !rest.is_empty() && (is_level(label) || (separated && is_priority_word(label)));
    fits.then(|| Severity::parse(label)).flatten().map(|priority| (priority.label, rest.to_owned()))
}

/// A priority in brackets or in a field: `Alert (High)`, `Alert [P1]`, `(priority=high)`.
fn named_priority(text: &str) -> Option<String> {
    let named = field(text, &["priority", "prio", "優先度", "优先级"]);
    let bracketed = || {
        let pieces = text.split(['(', '[']).skip(1).filter_map(|piece| piece.split_once([')', ']']));
        let insides = pieces.map(|(inside, _)| inside.trim());
        insides
            .map(|inside| inside.trim_end_matches(" priority").trim_end_matches(" Priority"))
            .find(|inside| is_level(inside) || is_priority_word(inside))
    };
    named.or_else(bracketed).filter(|priority| !priority.is_empty() && priority.len() <= 24).map(str::to_owned)
}

fn is_level(label: &str) -> bool {
    label.len() == 2 && label.starts_with(['P', 'p']) && label.ends_with(|c: char| c.is_ascii_digit())
}

fn is_priority_word(label: &str) -> bool {
    let words = ["high", "medium", "low", "critical", "urgent", "must", "should"];
    words.iter().any(|word| word.eq_ignore_ascii_case(label))
}
