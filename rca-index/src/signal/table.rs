//! Tables that `kubectl` prints: a head of column names, and a row for each event, pod or node below it.
//!
//! In: a line. Out: the columns of a head; what the cells of a row are.

use std::ops::Range;

use super::keys::Role;

/// The name of a column, folded, and what its cells are.
pub(super) type Column = (&'static str, Role);

/// The columns of tables.
const COLUMNS: &[Column] = &[
    ("reason", Role::Name),
    ("status", Role::Name),
    ("object", Role::Service),
    ("name", Role::Service),
    ("message", Role::Message),
    ("namespace", Role::Label),
    ("from", Role::Label),
    ("source", Role::Label),
    ("kind", Role::Label),
    ("type", Role::Noise),
    ("age", Role::Noise),
    ("last seen", Role::Noise),
    ("first seen", Role::Noise),
    ("count", Role::Noise),
    ("subobject", Role::Noise),
    ("ready", Role::Noise),
    ("restarts", Role::Noise),
    ("ip", Role::Noise),
    ("node", Role::Noise),
    ("nominated node", Role::Noise),
    ("readiness gates", Role::Noise),
    ("roles", Role::Noise),
    ("version", Role::Noise),
];
/// Types and states of rows in which nothing is wrong.
const SOUND: &[&str] = &["Normal", "Running", "Completed", "Ready", "Active", "Bound", "Succeeded"];

/// The columns of a head, if a line is one: `LAST SEEN   TYPE   REASON   OBJECT   MESSAGE`.
pub(super) fn head(line: &str) -> Option<Vec<Column>> {
    let cells = cells(line, usize::MAX);
    let names: Vec<String> = cells.into_iter().map(|cell| line[cell].to_lowercase()).collect();
    let has = |name: &str| names.iter().any(|column| column == name);
    let is_head = names.len() >= 3 && (has("reason") && has("message") || has("name") && has("status"));
    let column = |name: &String| COLUMNS.iter().find(|(column, _)| column == name).copied();
    if is_head { names.iter().map(column).collect() } else { None }
}

/// The cells of a row below a head that say something; none of a row in which nothing is wrong. `None` if it is no row.
pub(super) fn row(line: &str, columns: &[Column]) -> Option<Vec<(Column, Range<usize>)>> {
    let cells = cells(line, columns.len());
    if cells.len() < columns.len() {
        return None;
    }
    let is_rule = line.bytes().all(|b| matches!(b, b'-' | b' ' | b'\t'));
    let is_sound = cells.iter().any(|cell| SOUND.contains(&&line[cell.clone()]));
    let telling = columns.iter().copied().zip(cells).filter(|((_, role), _)| *role != Role::Noise);
    Some(if is_rule || is_sound { Vec::new() } else { telling.collect() })
}

/// The cells of a line: two spaces or a tab stand between them. The last has the rest of the line.
fn cells(line: &str, most: usize) -> Vec<Range<usize>> {
    let bytes = line.as_bytes();
    let is_gap =
        |at: usize| bytes[at] == b'\t' || bytes[at] == b' ' && matches!(bytes.get(at + 1), None | Some(b' ' | b'\t'));
    let mut cells = Vec::new();
    let mut at = 0;
    while at < bytes.len() && cells.len() < most {
        if matches!(bytes[at], b' ' | b'\t') {
            at += 1;
            continue;
        }
        let end = if cells.len() + 1 == most { None } else { (at..bytes.len()).find(|&end| is_gap(end)) };
        let end = end.unwrap_or(line.trim_end().len());
        cells.push(at..end);
        at = end.max(at + 1);
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_below_a_head() {
        let columns = head("LAST SEEN   TYPE      REASON    OBJECT               MESSAGE").unwrap();
        let cells = |line: &str| {
            row(line, &columns)
                .map(|cells| cells.into_iter().map(|(_, cell)| line[cell].to_owned()).collect::<Vec<_>>())
        };
        let broken = "2m31s       Warning   BackOff   pod/edge-5d8f-x2kqz   Back-off  restarting edge";
        assert_eq!(cells(broken).unwrap(), ["BackOff", "pod/edge-5d8f-x2kqz", "Back-off  restarting edge"]);
        assert_eq!(cells("3m  Normal  Pulled  pod/edge  Image pulled"), Some(vec![]));
        assert_eq!(cells("----  ------  ----  ----  -------"), Some(vec![]));
        assert_eq!(cells("and then it was quiet"), None);
        let described = head("  Type     Reason   Age                From     Message").unwrap();
        let line = "  Warning  BackOff  12s (x9 over 4m)   kubelet  Back-off restarting";
        let cells = row(line, &described).unwrap();
        assert_eq!(&line[cells[0].1.clone()], "BackOff");
        assert_eq!(head("NAME   READY   STATUS   RESTARTS   AGE").map(|columns| columns.len()), Some(5));
        for line in ["the reason is in the message", "name  status  colour", "REASON  MESSAGE", ""] {
            assert_eq!(head(line), None, "{line}");
        }
    }
}
