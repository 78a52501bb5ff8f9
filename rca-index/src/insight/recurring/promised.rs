//! Promises: which actions of a report were not done before the incident came back.
//!
//! In: a report, and when the next incident began. Out: its actions that are open, or were done later. Where a report says of no
//! action whether it is done, nothing is known of any.

use crate::incident::{Action, Incident, Timestamp};
use crate::parse::find_date;

/// The actions of a report that were not done when the next incident began.
pub(crate) fn unfinished(report: &Incident, next: Timestamp) -> Vec<Action> {
    let says_states = report.actions.iter().any(|action| action.done.is_some());
    let is_unfinished = |action: &&Action| match action.done {
        Some(false) => true,
        None => says_states,
        Some(true) => done_on(report, action).is_some_and(|done| done.day() > next.day()),
    };
    report.actions.iter().filter(is_unfinished).cloned().collect()
}

/// Words behind which the day stands on which something was done.
const DONE: &[&str] = &[
    "done", "completed", "complete", "closed", "finished", "fixed", "merged", "deployed", "shipped", "implemented",
    "resolved", "erledigt", "abgeschlossen", "fait", "hecho", "ferdig", "完了", "対応済", "已完成", "완료",
];

/// The day on which an action was done, where its line says so: `done 2025-06-09`, `completed on 9 June 2025`.
fn done_on(report: &Incident, action: &Action) -> Option<Timestamp> {
    /// How far behind the word the day may begin, in bytes.
    const NEAR: usize = 8;
    let own = report.source.lines().nth((action.line as usize).checked_sub(1)?).unwrap_or_default();
    let text = if report.path.is_empty() || own.is_empty() { &action.text } else { own };
    let lower = text.to_ascii_lowercase();
    DONE.iter().flat_map(|word| lower.match_indices(word)).find_map(|(at, word)| {
        let behind = text.get(at + word.len()..)?;
        let (range, day) = find_date(behind, None)?;
        (range.start <= NEAR).then_some(day)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{ParseOptions, parse_report};

    fn left(actions: &str) -> Vec<String> {
        let text = format!("# Queue\n\n## Action Items\n\n{actions}\n");
        let report = parse_report("a.md", text, &ParseOptions::default()).incident;
        let next = Timestamp::from_day(2025, 6, 10).unwrap();
        unfinished(&report, next).into_iter().map(|action| action.text).collect()
    }

    #[test]
    fn what_was_not_done_in_time() {
        assert_eq!(left("- [ ] Alert\n- [x] Scale"), ["Alert"]);
        assert_eq!(left("- [x] Alert, done 2025-07-01\n- [x] Scale, done 2025-06-01"), ["Alert, done 2025-07-01"]);
        assert_eq!(left("- [x] Alert (completed on 2025-06-10)"), [] as [&str; 0]);
        let table = "| Action | Owner | State |\n|---|---|---|\n| Alert | ada | open |\n| Scale | ada | done 2025-08-01 |\n| Test | ada | done |";
        assert_eq!(left(table), ["Alert", "Scale"]);
    }

    #[test]
    fn what_is_unknown_is_not_unfinished() {
        assert_eq!(left("- Alert\n- Scale"), [] as [&str; 0]);
        // Where the report marks what is done, what has no mark is not.
        assert_eq!(left("- Alert\n- [x] Scale"), ["Alert"]);
    }
}
