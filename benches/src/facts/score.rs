//! The score: compares the facts that rca states of a report with its label.
//!
//! In: labels and stated facts, report by report. Out: counts by kind of fact, and a description of every fault.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::same::{self, Same};

/// The kind of a fact; in the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Date,
    End,
    Duration,
    Severity,
    Services,
    Status,
    Timeline,
    RowTimes,
    Milestones,
    Measures,
    Actions,
    ActionOwner,
    ActionDue,
    ActionDone,
}

impl Kind {
    pub const ALL: [Self; 14] = [
        Self::Date,
        Self::End,
        Self::Duration,
        Self::Severity,
        Self::Services,
        Self::Status,
        Self::Timeline,
        Self::RowTimes,
        Self::Milestones,
        Self::Measures,
        Self::Actions,
        Self::ActionOwner,
        Self::ActionDue,
        Self::ActionDone,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::End => "end",
            Self::Duration => "duration",
            Self::Severity => "severity",
            Self::Services => "services",
            Self::Status => "status",
            Self::Timeline => "timeline",
            Self::RowTimes => "row times",
            Self::Milestones => "milestones",
            Self::Measures => "measures",
            Self::Actions => "actions",
            Self::ActionOwner => "action owner",
            Self::ActionDue => "action due",
            Self::ActionDone => "action done",
        }
    }
}

/// The outcome of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Right,
    /// Stated, but the report states something else.
    Wrong,
    /// Stated, but the report does not state it.
    Invented,
    /// Not stated, but the report states it.
    Missing,
}

/// The number of facts with each outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub right: usize,
    pub wrong: usize,
    pub invented: usize,
    pub missing: usize,
}

impl Counts {
    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Right => self.right += 1,
            Outcome::Wrong => self.wrong += 1,
            Outcome::Invented => self.invented += 1,
            Outcome::Missing => self.missing += 1,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            right: self.right + other.right,
            wrong: self.wrong + other.wrong,
            invented: self.invented + other.invented,
            missing: self.missing + other.missing,
        }
    }

    /// The share of stated facts that are right.
    pub fn precision(&self) -> f64 {
        share(self.right, self.right + self.wrong + self.invented)
    }

    /// The share of the facts in the reports that are stated and right.
    pub fn recall(&self) -> f64 {
        share(self.right, self.right + self.wrong + self.missing)
    }

    /// A row of the table.
    fn row(&self, name: &str) -> String {
        let Self { right, wrong, invented, missing } = self;
        let (precision, recall) = (self.precision(), self.recall());
        format!("{name:14} {right:6} {wrong:6} {invented:8} {missing:7} {precision:9.3} {recall:7.3}")
    }
}

pub fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// The counts of all reports so far, and the faults.
#[derive(Debug, Default)]
pub struct Score {
    counts: [Counts; Kind::ALL.len()],
    faults: Vec<String>,
}

impl Score {
    /// Compares the facts stated of a report with its label. For a report that is not in the index, they are `null`.
    pub fn compare(&mut self, label: &Value, got: &Value, at: &str) {
        let wanted = |key: &str| label.get(key).filter(|_| !is_arguable(label, key));
        let simple: [(&str, Kind, Same); 5] = [
            ("date", Kind::Date, same::same_day),
            ("end", Kind::End, same::same_moment),
            ("duration_minutes", Kind::Duration, same::near),
            ("severity_rank", Kind::Severity, same::equal),
            ("status", Kind::Status, same::same_status),
        ];
        for (key, kind, same) in simple {
            if let Some(want) = wanted(key) {
                self.one(kind, at, want, &got[key], same);
            }
        }
        if let Some(want) = wanted("services") {
            self.one(Kind::Services, at, unless_empty(want), unless_empty(&got["services"]), same::same_services);
        }
        if wanted("minutes_to").is_some() {
            self.named(Kind::Milestones, label, got, "minutes_to", at);
        }
        if let Some(want) = wanted("timeline") {
            self.timeline(want, list(&got["timeline"]), at);
        }
        if wanted("measures").is_some() {
            self.named(Kind::Measures, label, got, "measures", at);
        }
        if let Some(want) = wanted("actions") {
            self.actions(list(want), list(&got["actions"]), at);
        }
    }

    /// Compares numbers by name.
    fn named(&mut self, kind: Kind, label: &Value, got: &Value, key: &str, at: &str) {
        for (name, want) in label[key].as_object().into_iter().flatten() {
            // Only milestones may be listed by name among the arguable facts.
            let arguable =
                is_arguable(label, &format!("{key}.{name}")) || kind == Kind::Milestones && is_arguable(label, name);
            if !arguable {
                self.one(kind, &format!("{at} {name}"), want, &got[key][name], same::near);
            }
        }
    }

    fn timeline(&mut self, want: &Value, rows: &[Value], at: &str) {
        let count = if rows.is_empty() { Value::Null } else { json!(rows.len()) };
        if want.is_null() {
            self.one(Kind::Timeline, at, want, &count, same::near);
            return;
        }
        self.one(Kind::Timeline, &format!("{at} rows"), &want["rows"], &count, same::as_many);
        // In either direction, because some timelines run newest first.
        let ends = rows.first().into_iter().chain(rows.last()).map(|row| &row["time"]);
        let ends: Vec<&Value> = ends.filter(|time| time.is_string()).collect();
        for key in ["first", "last"] {
            let want = &want[key];
            if want.is_null() {
                continue;
            }
            let outcome = match ends[..] {
                [] => Outcome::Missing,
                _ if ends.iter().any(|end| same::same_moment(want, end)) => Outcome::Right,
                _ => Outcome::Wrong,
            };
            self.say(Kind::RowTimes, outcome, &format!("{at} {key}"), want, &json!(ends));
        }
    }

    /// An action is right if it contains all words of the label. Remaining actions are invented.
    fn actions(&mut self, wanted: &[Value], stated: &[Value], at: &str) {
        let mut stated: Vec<&Value> = stated.iter().collect();
        for want in wanted {
            let has = want["has"].as_str().unwrap_or_default();
            let words = same::words(has);
            let fits = |action: &&Value| words.is_subset(&same::words(action["text"].as_str().unwrap_or_default()));
            let found = stated.iter().position(fits).map_or(&Value::Null, |place| stated.remove(place));
            let outcome = if found.is_null() { Outcome::Missing } else { Outcome::Right };
            self.say(Kind::Actions, outcome, at, &want["has"], &found["text"]);
            let parts: [(&str, Kind, Same); 3] = [
                ("owner", Kind::ActionOwner, same::same_words),
                ("due", Kind::ActionDue, same::same_moment),
                ("done", Kind::ActionDone, same::equal),
            ];
            let at = format!("{at} {}", cut(has, 40));
            for (key, kind, same) in parts {
                if let Some(want) = want.get(key) {
                    self.one(kind, &at, want, &found[key], same);
                }
            }
        }
        for action in stated {
            let text = cut(action["text"].as_str().unwrap_or_default(), 80);
            self.say(Kind::Actions, Outcome::Invented, at, &Value::Null, &json!(text));
        }
    }

    fn one(&mut self, kind: Kind, at: &str, want: &Value, got: &Value, same: Same) {
        let outcome = match (want.is_null(), got.is_null()) {
            (true, true) => return,
            (true, false) => Outcome::Invented,
            (false, true) => Outcome::Missing,
            (false, false) if same(want, got) => Outcome::Right,
            (false, false) => Outcome::Wrong,
        };
        self.say(kind, outcome, at, want, got);
    }

    fn say(&mut self, kind: Kind, outcome: Outcome, at: &str, want: &Value, got: &Value) {
        self.counts[kind as usize].add(outcome);
        let word = match outcome {
            Outcome::Right => return,
            Outcome::Wrong => "wrong",
            Outcome::Invented => "invented",
            Outcome::Missing => "missing",
        };
        self.faults.push(format!("{word:8} {:12} {at}: want {want} got {got}", kind.name()));
    }

    pub fn counts(&self, kind: Kind) -> Counts {
        self.counts[kind as usize]
    }

    /// All kinds of facts together.
    pub fn total(&self) -> Counts {
        self.counts.iter().fold(Counts::default(), |sum, counts| sum.plus(*counts))
    }

    /// The faults, grouped by outcome and kind.
    pub fn faults(&self) -> Vec<&str> {
        let mut faults: Vec<&str> = self.faults.iter().map(String::as_str).collect();
        faults.sort_unstable();
        faults
    }

    pub fn table(&self) -> String {
        let mut out = format!(
            "{:14} {:>6} {:>6} {:>8} {:>7} {:>9} {:>7}\n",
            "kind", "right", "wrong", "invented", "missing", "precision", "recall"
        );
        for kind in Kind::ALL {
            // Writing to a string never fails.
            let _ = writeln!(out, "{}", self.counts(kind).row(kind.name()));
        }
        out + &self.total().row("all") + "\n"
    }
}

fn is_arguable(label: &Value, key: &str) -> bool {
    list(&label["arguable"]).iter().any(|named| named == key)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn unless_empty(value: &Value) -> &Value {
    if list(value).is_empty() { &Value::Null } else { value }
}

fn cut(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(score: &Score, kind: Kind) -> (usize, usize, usize, usize) {
        let Counts { right, wrong, invented, missing } = score.counts(kind);
        (right, wrong, invented, missing)
    }

    #[test]
    fn outcomes_are_counted_except_arguable_and_unlabelled_facts() {
        let label = json!({
            "date": "2025-06-02", "end": null, "duration_minutes": 60, "severity_rank": 1, "services": ["api"],
            "arguable": ["severity_rank"],
        });
        let got = json!({"date": "2025-06-03", "end": "2025-06-02T10:00Z", "duration_minutes": 61, "severity_rank": 3,
            "services": [], "status": "open"});
        let mut score = Score::default();
        score.compare(&label, &got, "a.md");
        assert_eq!(counts(&score, Kind::Date), (0, 1, 0, 0));
        assert_eq!(counts(&score, Kind::End), (0, 0, 1, 0));
        assert_eq!(counts(&score, Kind::Duration), (1, 0, 0, 0));
        assert_eq!(counts(&score, Kind::Severity), (0, 0, 0, 0));
        assert_eq!(counts(&score, Kind::Status), (0, 0, 0, 0));
        assert_eq!(counts(&score, Kind::Services), (0, 0, 0, 1));
        let total = score.total();
        assert_eq!((total.precision(), total.recall()), (1.0 / 3.0, 1.0 / 3.0));
        let faults = score.faults();
        assert_eq!(faults[0], r#"invented end          a.md: want null got "2025-06-02T10:00Z""#);
        assert_eq!(faults.len(), 3);
        assert!(score.table().ends_with("all                 1      1        1       1     0.333   0.333\n"));
    }

    #[test]
    fn all_facts_of_a_missing_report_are_missing() {
        let label = json!({"date": "2025-06-02", "timeline": {"rows": 3, "first": "2025-06-02", "last": null},
            "actions": [{"has": "add an alert", "owner": "SRE", "due": null}], "minutes_to": {"detected": null}});
        let mut score = Score::default();
        score.compare(&label, &Value::Null, "a.md");
        assert_eq!(score.total(), Counts { missing: 5, ..Counts::default() });
    }

    #[test]
    fn the_first_and_last_rows_are_compared_in_either_direction() {
        let label = json!({"timeline": {"rows": 3, "first": "2025-06-02T10:00Z", "last": "2025-06-02T11:00Z"}});
        let row = |time: Value| json!({"time": time});
        let got = |times: [Value; 2]| json!({"timeline": times.map(row)});
        let mut score = Score::default();
        score.compare(&label, &got([json!("2025-06-02T11:00Z"), json!("2025-06-02T10:00Z")]), "newest-first.md");
        assert_eq!((counts(&score, Kind::Timeline), counts(&score, Kind::RowTimes)), ((1, 0, 0, 0), (2, 0, 0, 0)));
        score.compare(&label, &got([json!("2025-06-02T10:30Z"), Value::Null]), "wrong.md");
        assert_eq!(counts(&score, Kind::RowTimes), (2, 2, 0, 0));
        score.compare(&label, &got([Value::Null, Value::Null]), "no-times.md");
        assert_eq!(counts(&score, Kind::RowTimes), (2, 2, 0, 2));
    }

    #[test]
    fn an_action_matches_one_label_and_the_rest_are_invented() {
        let label = json!({"actions": [
            {"has": "alert on lag", "owner": "SRE", "due": "2025-07-01", "done": true},
            {"has": "alert on lag"},
        ]});
        let got = json!({"actions": [
            {"text": "Raise the limit", "owner": null, "due": null, "done": null},
            {"text": "On consumer lag, alert (P1)", "owner": "the SRE", "due": "2025-07-01", "done": null},
        ]});
        let mut score = Score::default();
        score.compare(&label, &got, "a.md");
        assert_eq!(counts(&score, Kind::Actions), (1, 0, 1, 1));
        assert_eq!(counts(&score, Kind::ActionOwner), (0, 1, 0, 0));
        assert_eq!(counts(&score, Kind::ActionDue), (1, 0, 0, 0));
        assert_eq!(counts(&score, Kind::ActionDone), (0, 0, 0, 1));
    }

    #[test]
    fn milestones_and_measures_are_compared_one_by_one() {
        let label = json!({"minutes_to": {"detected": 5, "identified": 9, "resolved": null},
            "measures": {"users": 100, "errors": null}, "arguable": ["identified", "measures.users"]});
        let got = json!({"minutes_to": {"detected": 9, "identified": 1, "resolved": 60}, "measures": {"users": 7}});
        let mut score = Score::default();
        score.compare(&label, &got, "a.md");
        assert_eq!(counts(&score, Kind::Milestones), (0, 1, 1, 0));
        assert_eq!(counts(&score, Kind::Measures), (0, 0, 0, 0));
    }
}
