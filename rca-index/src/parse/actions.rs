//! Actions: what is to be done, from tables and lists, with priority, owner, due date and state.

use crate::incident::Action;
use crate::incident::Severity;
use crate::incident::Timestamp;
use crate::incident::squeeze::squeezed;
use crate::parse::date::{find_date, read_date};
use crate::parse::outline::{Block, Item, Part, Table};

/// What a column holds, by words in its header, in lower case. The first that fits counts.
const COLUMNS: &[(Column, &[&str])] = &[
    (Column::Priority, &["priority", "prio", "severity", "優先度", "重要度"]),
    (Column::Due, &["due", "deadline", "target date", "eta", "until", "by when", "when", "date", "期限", "期日"]),
    (Column::Owner, &["owner", "assignee", "assigned", "who", "responsible", "team", "lead", "dri", "担当"]),
    (Column::State, &["status", "state", "done", "progress", "ステータス", "状態", "進捗"]),
    (
        Column::Text,
        &[
            "action",
            "task",
            "item",
            "what",
            "description",
            "todo",
            "follow",
            "アクション",
            "内容",
            "対応",
            "対策",
            "施策",
        ],
    ),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Priority,
    Due,
    Owner,
    State,
    Text,
}

/// Reads the actions of a part.
pub(crate) fn read_actions(part: &Part<'_>, actions: &mut Vec<Action>) {
    for block in &part.blocks {
        match block {
            Block::Table(table) => from_table(table, actions),
            Block::List(list) => {
                for (i, item) in list.items.iter().enumerate() {
                    // `Monitoring:` above deeper items is a heading of theirs.
                    let heads = list.items.get(i + 1).is_some_and(|next| next.depth > item.depth);
                    if !(heads && item.text.text.trim_end().ends_with([':', '：'])) {
                        actions.extend(from_item(item));
                    }
                }
            }
            _ => {}
        }
    }
}

fn from_table(table: &Table<'_>, actions: &mut Vec<Action>) {
    let names: Vec<Option<Column>> = table.header.iter().map(|header| column(header)).collect();
    let index = |wanted| names.iter().position(|&name| name == Some(wanted));
    let longest = || {
        let length =
            |&i: &usize| table.rows.iter().map(|row| row.cells.get(i).map_or(0, |cell| cell.len())).sum::<usize>();
        (0..names.len()).filter(|&i| names[i].is_none()).max_by_key(length)
    };
    let Some(text) = index(Column::Text).or_else(longest) else { return };
    for row in &table.rows {
        let cell = |i: Option<usize>| i.and_then(|i| stated(row.cells.get(i)?));
        let Some(text) = cell(Some(text)) else { continue };
        let due = cell(index(Column::Due));
        let date = due.as_deref().and_then(|due| read_date(due, None));
        // A due date that is no date (`next week`) is still worth knowing.
        let vague = due.filter(|_| date.is_none()).map(|due| format!(" (due {due})")).unwrap_or_default();
        actions.push(Action {
            priority: cell(index(Column::Priority)),
            text: text + &vague,
            owner: cell(index(Column::Owner)),
            due: date.map(Timestamp::day),
            done: cell(index(Column::State)).and_then(|state| is_done(&state)),
            line: row.line,
        });
    }
}

fn column(header: &str) -> Option<Column> {
    let header = header.to_lowercase();
    let fits = |words: &[&str]| words.iter().any(|word| header.contains(word));
    COLUMNS.iter().find(|(_, words)| fits(words)).map(|&(column, _)| column)
}

/// A cell's text, if it says anything.
fn stated(cell: &str) -> Option<String> {
    const BLANK: [&str; 10] = ["", "-", "—", "–", "n/a", "tbd", "none", "?", "なし", "未定"];
    let text = squeezed(cell);
    (!BLANK.iter().any(|blank| text.eq_ignore_ascii_case(blank))).then(|| text.into_owned())
}

/// Whether a state means done, open, or nothing that is known.
fn is_done(state: &str) -> Option<bool> {
    const DONE: &[&str] = &[
        "done",
        "complete",
        "completed",
        "closed",
        "fixed",
        "resolved",
        "merged",
        "yes",
        "x",
        "✅",
        "☑",
        "✔",
        "完了",
        "済",
        "対応済",
    ];
    const OPEN: &[&str] = &[
        "open",
        "todo",
        "to do",
        "in progress",
        "pending",
        "planned",
        "not started",
        "no",
        "started",
        "new",
        "❌",
        "☐",
        "🚧",
        "未着手",
        "進行中",
        "未対応",
        "対応中",
        "未",
    ];
    let state = state.to_lowercase();
    let begins =
        |word: &str| state.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ',']));
    let says =
        |words: &[&str]| words.iter().any(|word| if word.is_ascii() { begins(word) } else { state.contains(word) });
    match () {
        () if says(OPEN) => Some(false),
        () if says(DONE) => Some(true),
        () => None,
    }
}

/// `- [x] P1: Add an alert (owner: SRE, due 2025-06-09)`
fn from_item(item: &Item<'_>) -> Option<Action> {
    let text = stated(&item.text.text)?;
    let mut action = Action { priority: None, text, owner: None, due: None, done: item.checked, line: item.text.line };
    if let Some((priority, rest)) = leading_priority(&action.text) {
        (action.priority, action.text) = (Some(priority), rest);
    }
    // `…：完了` and `… - done` end with the state.
    if let Some((_, state)) = action.text.rsplit_once(['：', ':', '–', '—']).filter(|_| action.done.is_none()) {
        action.done = is_done(state.trim()).filter(|_| state.chars().count() < 16);
    }
    action.owner = owner(&action.text);
    action.due = due(&action.text);
    Some(action)
}

/// `P1: ...`, `[P2] ...`, `**High** - ...`
fn leading_priority(text: &str) -> Option<(String, String)> {
    let inner = text.trim_start_matches(['[', '(']);
    let end = inner.find([':', ']', ')', '-', '–', '—', ' '])?;
    let (label, rest) = inner.split_at(end);
    let level = label.len() == 2 && label.starts_with(['P', 'p']) && label.ends_with(|c: char| c.is_ascii_digit());
    let word = ["high", "medium", "low", "critical"].contains(&label.to_lowercase().as_str());
    let separated = inner.len() < text.len() || rest.trim_start().starts_with([':', '-', '–', '—']);
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | ']' | ')' | '-' | '–' | '—'));
    let priority = Severity::parse(label).filter(|_| !rest.is_empty() && (level || (word && separated)))?;
    Some((priority.label, rest.to_owned()))
}

/// The owner that a hint names: `(owner: SRE, due ...)`, `Owner: SRE`, `@lin`, `(SRE, 2025-06-09)`.
fn owner(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let named = ["owner:", "assignee:", "assigned to ", "responsible:", "担当:", "担当："].iter().find_map(|hint| {
        let at = lower.find(hint)? + hint.len();
        text.get(at..)?.split([',', ')', ';', '(', ']', '、', '）']).next()
    });
    let mention = || text.split_whitespace().find(|word| word.starts_with('@') && word.len() > 1);
    let closing = || {
        let (_, inside) = text.trim_end_matches('.').strip_suffix(')')?.rsplit_once('(')?;
        let (name, date) = inside.split_once(',')?;
        read_date(date.trim().trim_start_matches("due ").trim_start_matches("by "), None).map(|_| name)
    };
    let owner = named.or_else(mention).or_else(closing)?;
    let owner = owner.trim().trim_start_matches('@').trim_end_matches([',', '.', ')', ':', ';']).trim();
    (!owner.is_empty() && owner.len() < 80).then(|| owner.to_owned())
}

/// The date behind `due`, `by` or `until`, or in brackets at the end.
fn due(text: &str) -> Option<Timestamp> {
    let lower = text.to_lowercase();
    let hinted = ["due:", "due ", "by ", "until ", "deadline:", "期限:", "期限："].iter().find_map(|hint| {
        let at = lower.find(hint)? + hint.len();
        let (range, date) = find_date(text.get(at..)?, None)?;
        (range.start <= 4).then_some(date)
    });
    let closing = || {
        let (_, inside) = text.trim_end_matches('.').strip_suffix(')')?.rsplit_once('(')?;
        find_date(inside, None).map(|(_, date)| date)
    };
    hinted.or_else(closing).map(Timestamp::day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::outline::outline;

    fn actions(source: &str) -> Vec<Action> {
        let mut actions = Vec::new();
        outline(source, 0).parts.iter().for_each(|part| read_actions(part, &mut actions));
        actions
    }

    fn check(
        source: &str,
        priority: Option<&str>,
        text: &str,
        owner: Option<&str>,
        due: Option<&str>,
        done: Option<bool>,
    ) {
        let actions = actions(source);
        let action = &actions[0];
        assert_eq!(
            (action.priority.as_deref(), action.text.as_str(), action.owner.as_deref(), action.done),
            (priority, text, owner, done),
            "{source}"
        );
        assert_eq!(action.due.map(|due| due.to_string()).as_deref(), due, "{source}");
    }

    #[test]
    fn tables() {
        let head = "| Priority | Action | Owner | Due Date | Status |\n|-|-|-|-|-|\n";
        check(
            &format!("{head}| P1 | Alert | SRE | 2025-06-09 | Done |\n"),
            Some("P1"),
            "Alert",
            Some("SRE"),
            Some("2025-06-09"),
            Some(true),
        );
        check(
            &format!("{head}| | Alert | - | next week | In progress |\n"),
            None,
            "Alert (due next week)",
            None,
            None,
            Some(false),
        );
        check(
            "| ID | カテゴリ | アクション | 担当 | 期限 | ステータス |\n|-|-|-|-|-|-|\n| 1 | 予防 | 監視 | 担当者 | 2026-04-18 | 未着手 |\n",
            None,
            "監視",
            Some("担当者"),
            Some("2026-04-18"),
            Some(false),
        );
        check("| # | Thing to do |\n|-|-|\n| 1 | Alert |\n", None, "Alert", None, None, None);
    }

    #[test]
    fn lists() {
        check(
            "- [x] P1: Alert (owner: SRE, due 2025-06-09)\n",
            Some("P1"),
            "Alert (owner: SRE, due 2025-06-09)",
            Some("SRE"),
            Some("2025-06-09"),
            Some(true),
        );
        check(
            "- [ ] Ask @lin for a key by 2025-06-09\n",
            None,
            "Ask @lin for a key by 2025-06-09",
            Some("lin"),
            Some("2025-06-09"),
            Some(false),
        );
        check(
            "- Alert (Team A, 2025-06-09).\n",
            None,
            "Alert (Team A, 2025-06-09).",
            Some("Team A"),
            Some("2025-06-09"),
            None,
        );
        check("- 証明書を配布：完了\n", None, "証明書を配布：完了", None, None, Some(true));
        check("- Low water marks\n", None, "Low water marks", None, None, None);
        check("- High: alert\n", Some("High"), "alert", None, None, None);
        assert_eq!(actions("- Monitoring:\n  - a\n  - b\n").len(), 2);
    }
}
