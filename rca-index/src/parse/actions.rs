//! Actions: what is to be done, from tables, lists and numbered sub-headings.
//!
//! In: the parts of the section. Out: actions with priority, owner, due date and state. What stands below an item belongs to
//! it; commands, questions, statements of fact and legends are none.

use std::collections::HashSet;

use crate::incident::squeeze::squeezed;
use crate::incident::{Action, Timestamp};
use crate::parse::action_item::{ActionText, due_date, leading_priority, owner_named, read_item};
use crate::parse::date::read_date;
use crate::parse::outline::{Block, Item, List, Part, Row, Table};
use crate::parse::sections::is_named;
use crate::parse::value::is_blank;
use crate::parse::words::{Column, column, is_done, plain};

/// Reads the actions of the parts of a section. Numbered sub-headings are actions when nothing else is.
pub(crate) fn read_actions<'p>(parts: impl Iterator<Item = &'p Part<'p>>) -> Vec<Action> {
    let (mut actions, mut headed) = (Vec::new(), Vec::new());
    parts.for_each(|part| read_part(part, &mut actions, &mut headed));
    if actions.is_empty() { headed } else { actions }
}

fn read_part(part: &Part<'_>, actions: &mut Vec<Action>, headed: &mut Vec<Action>) {
    if !actions.is_empty() && goes_over_again(&part.heading) {
        return;
    }
    let before = actions.len();
    let lists = part.blocks.iter().filter(|block| matches!(block, Block::Table(_) | Block::List(_))).count();
    for block in &part.blocks {
        match block {
            Block::Table(table) => from_table(table, actions),
            Block::List(list) if lists > 1 && is_legend(list) => {}
            Block::List(list) if action_named(part).is_some() && !has_boxes(list) => {}
            Block::List(list) => from_list(list, actions),
            _ => {}
        }
    }
    // `### 1. Alert on full disks` above prose or details.
    if let Some(name) = action_named(part).filter(|_| actions.len() == before) {
        let mut action = read_item(name, None, part.heading_line);
        if let Some(Block::List(list)) = part.blocks.first() {
            let details: Vec<&Item<'_>> = list.items.iter().collect();
            take_details(&mut action, &details);
        }
        headed.push(action);
    }
    // `Remaining work`, `Completed`: what the heading says of all of them.
    if let Some(done) = state_of_heading(&part.heading) {
        actions[before..].iter_mut().chain(headed.last_mut()).for_each(|action| {
            action.done.get_or_insert(done);
        });
    }
}

/// What a heading says of the state of its items.
fn state_of_heading(heading: &str) -> Option<bool> {
    let heading = plain(heading);
    let says = |words: &[&str]| {
        let mut all = heading.split(|c: char| !c.is_alphanumeric());
        all.any(|word| words.contains(&word))
    };
    match () {
        () if says(&[
            "remaining", "outstanding", "pending", "todo", "open", "pendentes", "pendientes", "offen", "offene",
        ]) =>
        {
            Some(false)
        }
        // `What will be done`
        () if says(&["will", "to", "be", "not", "what", "should", "must"]) => None,
        () if says(&["completed", "done", "implemented", "feitas", "realizadas", "erledigt", "完了"]) => Some(true),
        () => None,
    }
}

/// The action that a numbered sub-heading names.
fn action_named<'p>(part: &'p Part<'_>) -> Option<&'p str> {
    numbered(&part.heading).filter(|name| part.level > 2 && !is_named(name))
}

/// Whether a heading says that its items are those of another section once more.
fn goes_over_again(heading: &str) -> bool {
    let heading = plain(heading);
    let heading = heading.trim_end_matches(|c: char| !c.is_alphanumeric());
    [" status", " details", " progress", "implementation details"].iter().any(|end| heading.ends_with(end))
}

/// The name behind the number of a heading: `1. Alert on full disks`, `Action 2: ...`.
fn numbered(heading: &str) -> Option<&str> {
    let heading = heading.trim().trim_start_matches('#');
    let rest =
        ["Action item", "Action Item", "Action", "AI-", "Step"].iter().find_map(|word| heading.strip_prefix(word));
    let rest = rest.unwrap_or(heading).trim_start_matches([' ', '#', '-']);
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if !(1..=2).contains(&digits) {
        return None;
    }
    let name = rest[digits..].strip_prefix(['.', ')', ':'])?.trim();
    (name.split(' ').count() > 1 || !name.is_ascii()).then_some(name)
}

/// Whether a list explains what the priorities mean: each names another one, and little more.
fn is_legend(list: &List<'_>) -> bool {
    /// In characters.
    const SHORT: usize = 60;
    let mut seen = HashSet::new();
    list.items.len() > 1
        && list.items.iter().all(|item| {
            let short = item.text.text.chars().count() <= SHORT;
            let priority = leading_priority(&item.text.text).map(|(priority, _)| priority);
            short && item.checked.is_none() && priority.is_some_and(|priority| seen.insert(priority))
        })
}

fn has_boxes(list: &List<'_>) -> bool {
    list.items.iter().any(|item| item.checked.is_some())
}

fn from_list(list: &List<'_>, actions: &mut Vec<Action>) {
    let boxes = has_boxes(list);
    let mut rest = &list.items[..];
    while let Some((item, after)) = rest.split_first() {
        let below = after.iter().take_while(|next| next.depth > item.depth).count();
        let (below, after) = after.split_at(below);
        rest = after;
        // A category above the items, or a text above boxes.
        let boxed = boxes && item.checked.is_none() && below.iter().any(|next| next.checked.is_some());
        if !below.is_empty() && (boxed || is_category(item)) {
            rest = &list.items[list.items.len() - after.len() - below.len()..];
            continue;
        }
        if is_no_action(item) {
            continue;
        }
        let text = item.text.text.as_ref();
        let mut action = read_item(text, item.checked, item.text.line);
        let details: Vec<&Item<'_>> = below.iter().collect();
        take_details(&mut action, &details);
        if action.text.chars().any(char::is_alphanumeric) {
            actions.push(action);
        }
        // Boxes below a box are actions of their own.
        actions.extend(
            below
                .iter()
                .filter(|next| next.checked.is_some())
                .map(|next| read_item(&next.text.text, next.checked, next.text.line)),
        );
    }
}

/// `Monitoring:` above deeper items is a heading of theirs; a sentence is not.
fn is_category(item: &Item<'_>) -> bool {
    let text = item.text.text.trim();
    let words = text.split_whitespace().count();
    let label = item.text.bold_label().is_some() && words <= 3;
    (text.ends_with([':', '：']) && words <= 6 && !text.contains(". ")) && item.checked.is_none()
        || label && item.checked.is_none()
}

/// Whether an item is a command, a question, an address or a statement of fact.
fn is_no_action(item: &Item<'_>) -> bool {
    if item.checked.is_some() {
        return item.text.is_code() && item.checked == Some(false);
    }
    let text = item.text.text.trim();
    let lower = plain(text.lines().next().unwrap_or_default());
    let address = !text.contains(char::is_whitespace) && text.contains("://");
    let fact = ["the ", "there ", "this ", "it ", "no ", "our ", "these ", "we had ", "we were "]
        .iter()
        .any(|start| lower.starts_with(start))
        && [" is ", " was ", " are ", " were ", " had ", " did ", " has ", " have been "]
            .iter()
            .any(|word| lower.contains(word))
        && ![" should", " will ", " must ", " need", " to be ", " shall", " can ", " could ", " would ", "todo"]
            .iter()
            .any(|word| lower.contains(word));
    item.text.is_code() || (text.ends_with(['?', '？']) && !text.ends_with("??")) || address || fact
}

/// Takes from labelled details below an item what they say of it: `Owner: SRE`, `Due: 2025-06-09`.
fn take_details(action: &mut Action, details: &[&Item<'_>]) {
    for detail in details.iter().filter(|detail| detail.checked.is_none()) {
        let text = squeezed(&detail.text.text);
        let Some((label, value)) = text.split_once([':', '：']) else { continue };
        let value = value.trim();
        match column(label).filter(|_| label.split(' ').count() <= 2) {
            Some(Column::Owner) => action.owner = action.owner.take().or_else(|| owner_named(value)),
            Some(Column::Due) => action.due = action.due.or_else(|| due_date(value)),
            Some(Column::State) => action.done = action.done.or_else(|| is_done(value)),
            Some(Column::Priority) => action.priority = action.priority.take().or_else(|| stated(value)),
            _ => {}
        }
    }
}

fn from_table(table: &Table<'_>, actions: &mut Vec<Action>) {
    /// More columns are no table of actions.
    const COLUMNS: usize = 40;
    if table.header.len() > COLUMNS {
        return;
    }
    // Some put the rule below the first row, so that the header is one of the rows.
    let names: Vec<Option<Column>> = table.header.iter().map(|header| column(header)).collect();
    let index = |wanted| names.iter().position(|&name| name == Some(wanted));
    let longest = || {
        let length =
            |&i: &usize| table.rows.iter().map(|row| row.cells.get(i).map_or(0, |cell| cell.len())).sum::<usize>();
        (0..names.len()).filter(|&i| names[i].is_none()).max_by_key(length)
    };
    let Some(text) = index(Column::Text).or_else(longest) else { return };
    let columns = Columns {
        text,
        priority: index(Column::Priority),
        owner: index(Column::Owner),
        due: index(Column::Due),
        state: index(Column::State),
    };
    actions.extend(table.rows.iter().filter_map(|row| from_row(row, &columns)));
}

struct Columns {
    text: usize,
    priority: Option<usize>,
    owner: Option<usize>,
    due: Option<usize>,
    state: Option<usize>,
}

fn from_row(row: &Row<'_>, columns: &Columns) -> Option<Action> {
    let cell = |i: Option<usize>| i.and_then(|i| stated(row.cells.get(i)?));
    let text = cell(Some(columns.text)).filter(|text| text.chars().any(char::is_alphanumeric))?;
    let mut read = ActionText::new(&text);
    let due = cell(columns.due);
    let date = due.as_deref().and_then(|due| read_date(due, None).or_else(|| due_date(due)));
    // A due date that is no date (`next week`) is still worth knowing.
    let vague = due.filter(|due| date.is_none() && is_done(due).is_none());
    let vague = vague.map(|due| format!(" (due {due})")).unwrap_or_default();
    let owner = cell(columns.owner);
    let state = cell(columns.state).and_then(|state| is_done(&state));
    // A state may stand in a column of another name.
    let elsewhere = || {
        let others = (0..row.cells.len())
            .filter(|&i| i != columns.text && Some(i) != columns.due && Some(i) != columns.priority);
        others
            .filter_map(|i| row.cells.get(i))
            .filter(|cell| cell.split_whitespace().count() <= 2)
            .find_map(|cell| is_done(cell))
    };
    // `Owner: Platform. Due: 2025-03-14` in one cell.
    let cells = owner.as_deref().unwrap_or_default();
    Some(Action {
        priority: cell(columns.priority).or(read.priority.take()),
        text: read.text.clone() + &vague,
        owner: owner.as_deref().and_then(owner_named).or_else(|| read.owner()),
        due: date.map(Timestamp::day).or_else(|| due_date(cells)).or_else(|| read.due()),
        done: if columns.state.is_some() { state } else { None }.or_else(elsewhere).or(read.done),
        line: row.line,
    })
}

/// A cell's text, if it says anything.
fn stated(cell: &str) -> Option<String> {
    let text = squeezed(cell);
    (!is_blank(&text)).then(|| text.into_owned())
}

#[cfg(test)]
#[path = "actions/tests.rs"]
mod tests;
