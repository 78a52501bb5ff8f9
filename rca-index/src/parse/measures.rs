//! Measures: numbers with a unit that the text states, such as users affected, revenue lost, error rates and latencies.
//!
//! In: the parts of a report. Out: at most one measure of each kind; the impact section is believed before the summary, the
//! summary before the rest, and what stands first before what follows.

use std::borrow::Cow;

use crate::incident::{Measure, MeasureKind, SectionKind};
use crate::parse::numbers::{Number, NumberUnit, PEOPLE, numbers};
use crate::parse::outline::{Block, Part};

/// Reads the measures of a report.
pub(crate) fn read_measures(parts: &[Part<'_>], kinds: &[SectionKind]) -> Vec<Measure> {
    let mut measures = Vec::new();
    for wanted in [SectionKind::Impact, SectionKind::Summary, SectionKind::Body] {
        for (part, _) in parts.iter().zip(kinds).filter(|&(_, &kind)| kind == wanted) {
            statements(part, |text, line| read_statement(text, line, &mut measures));
        }
    }
    measures.sort_by_key(|measure| measure.kind);
    measures
}

/// Calls back with each sentence, list item and table row of a part, and its line.
fn statements(part: &Part<'_>, mut statement: impl FnMut(&str, u32)) {
    let mut sentences = |text: &str, line: u32| {
        for (line, text) in (line..).zip(text.lines()).filter(|(_, text)| has_digit(text)) {
            text.split_inclusive([';', '。'])
                .flat_map(|text| text.split_inclusive(". "))
                .for_each(|text| statement(text, line));
        }
    };
    for block in &part.blocks {
        match block {
            // A sentence may go on in the next line.
            Block::Paragraph(text) if !text.text.lines().any(|line| line.trim_end().ends_with(['.', ':'])) => {
                sentences(&one_line(&text.text), text.line);
            }
            Block::Paragraph(text) => {
                let joined = one_line(&text.text);
                let (mut at, mut line) = (0, text.line);
                for sentence in joined.split_inclusive(". ") {
                    sentences(sentence, line);
                    let read = &text.text[at..at + sentence.len()];
                    line += read.bytes().filter(|&b| b == b'\n').count() as u32;
                    at += sentence.len();
                }
            }
            Block::List(list) => {
                list.items.iter().for_each(|item| sentences(&one_line(&item.text.text), item.text.line));
            }
            Block::Table(table) => table.rows.iter().for_each(|row| sentences(&row.cells.join(": "), row.line)),
            Block::Code => {}
        }
    }
}

/// A text with its lines joined, each byte at its place.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains('\n') { Cow::Owned(text.replace('\n', " ")) } else { Cow::Borrowed(text) }
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
}

fn read_statement(text: &str, line: u32, measures: &mut Vec<Measure>) {
    if !has_digit(text) {
        return;
    }
    let lower = text.to_lowercase();
    // Offsets are shared with the lower case text, which a few letters make longer.
    let lower = if lower.len() == text.len() { lower } else { text.to_ascii_lowercase() };
    let numbers = numbers(&lower);
    let mut add = |kind, number: &Number, qualifier: Option<String>| {
        if !measures.iter().any(|known: &Measure| known.kind == kind) {
            measures.push(Measure { kind, value: number.value, bound: number.bound, qualifier, line });
        }
    };
    for number in &numbers {
        match number.unit {
            NumberUnit::None => {
                if let Some(kind) = counted(&lower, number) {
                    add(kind, number, None);
                }
            }
            NumberUnit::Currency(code) => {
                let words = ["revenue", "sales", "lost", "loss", "losses", "turnover", "売上", "損失", "機会損失"];
                if words.iter().any(|word| contains_word(&lower, word)) {
                    add(MeasureKind::Revenue, number, Some(code.to_owned()));
                }
            }
            NumberUnit::Percent => {
                let after = words_after(&lower, number.range.end, 5);
                let what = ["requests", "request", "traffic", "calls", "queries", "transactions"];
                if after.iter().any(|word| what.contains(word)) && !after.contains(&"error") {
                    add(MeasureKind::RequestsPct, number, None);
                }
            }
            NumberUnit::Time | NumberUnit::Other => {}
        }
    }
    let percents: Vec<&Number> = numbers.iter().filter(|number| number.unit == NumberUnit::Percent).collect();
    let says = |words: &[&str]| words.iter().any(|words| lower.contains(words));
    if !percents.is_empty() && says(&["error rate", "error ratio", "errors:", "エラー率"]) {
        let (before, after) = before_and_after(&lower, &percents);
        after.inspect(|number| add(MeasureKind::ErrorRatePct, number, None));
        before.inspect(|number| add(MeasureKind::ErrorRateBaselinePct, number, None));
    }
    let times: Vec<&Number> = numbers.iter().filter(|number| number.unit == NumberUnit::Time).collect();
    let percentile = if times.is_empty() { None } else { percentile(&lower) };
    if percentile.is_some() || !times.is_empty() && says(&["latency", "latencies", "response time"]) {
        let (before, after) = before_and_after(&lower, &times);
        after.inspect(|number| add(MeasureKind::LatencyAfterMs, number, percentile.clone()));
        before.inspect(|number| add(MeasureKind::LatencyBeforeMs, number, percentile.clone()));
    }
}

/// Which of the numbers is the normal one, and which the worst: `18% (baseline: <1%)`, `from 299ms to 7947ms`.
fn before_and_after<'n>(text: &str, numbers: &[&'n Number]) -> (Option<&'n Number>, Option<&'n Number>) {
    const NORMAL: &[&str] = &[
        "baseline",
        "usual",
        "usually",
        "normal",
        "normally",
        "typical",
        "typically",
        "against",
        "instead of",
        "up from",
        "from",
        "通常",
    ];
    let mut at = 0;
    let mut before = None;
    let mut after = None;
    for &number in numbers {
        let lead = text.get(at..number.range.start).unwrap_or_default();
        let close = &lead[lead.char_indices().rev().nth(24).map_or(0, |(i, _)| i)..];
        let behind = words_after(text, number.range.end, 1);
        // In `from 5 to 8s` the range is one number, and no change.
        let range = close.rsplit_once("from").is_some_and(|(_, rest)| rest.contains(|c: char| c.is_ascii_digit()));
        let normal = NORMAL.iter().any(|word| contains_word(close, word) && !(range && word.ends_with("from")))
            || behind.first().is_some_and(|word| ["usually", "normally", "baseline"].contains(word));
        let slot = if normal && before.is_none() { &mut before } else { &mut after };
        slot.get_or_insert(number);
        at = number.range.end;
    }
    (before, after)
}

/// What a plain number counts, by the words behind it, or by the label before it.
fn counted(text: &str, number: &Number) -> Option<MeasureKind> {
    let kind_of = |word: &str| {
        Some(match word {
            "user" | "users" | "customer" | "customers" | "people" | "visitors" | "shoppers" | "accounts"
            | "subscribers" | "members" | "merchants" | "tenants" | "人" | "名" => MeasureKind::Users,
            "error" | "errors" | "failures" | "exceptions" => MeasureKind::Errors,
            "ticket" | "tickets" => MeasureKind::Tickets,
            _ => return None,
        })
    };
    let after = words_after(text, number.range.end, 5);
    let behind = text.get(number.range.end..).unwrap_or_default().trim_start();
    if PEOPLE.iter().any(|people| behind.starts_with(people)) {
        return Some(MeasureKind::Users);
    }
    let status_code = matches!(number.digits.len(), 3)
        && matches!(number.digits.as_bytes().first(), Some(b'4' | b'5'))
        && after.first().is_some_and(|word| ["error", "errors", "response", "responses", "status"].contains(word))
        && !matches!(number.digits.as_str(), "450" | "550");
    if status_code {
        return None;
    }
    for (i, word) in after.iter().enumerate() {
        let failed = matches!(*word, "failed" | "failing" | "failures")
            && after.get(i + 1).is_some_and(|next| {
                ["requests", "calls", "logins", "payments", "orders", "checkouts", "transactions"].contains(next)
            });
        if failed {
            return Some(MeasureKind::Errors);
        }
        if *word == "support"
            && after.get(i + 1).is_some_and(|next| ["tickets", "cases", "requests", "ticket"].contains(next))
        {
            return Some(MeasureKind::Tickets);
        }
        // Words that begin something else: `3 of the users`, `40 pods lost`, `5 minutes for customers`.
        let stops = [
            "of", "for", "in", "on", "at", "to", "and", "or", "with", "by", "from", "per", "that", "which", "was",
            "were", "after", "before",
        ];
        if stops.contains(word) || (i == 0 && UNITS.contains(word)) {
            break;
        }
        if let Some(kind) = kind_of(word) {
            return Some(kind);
        }
    }
    let (label, rest) = text.get(..number.range.start)?.rsplit_once([':', '：'])?;
    if rest.chars().any(char::is_alphanumeric) {
        return None;
    }
    let label = label.rsplit(['.', ',', '|']).next().unwrap_or(label);
    let mut words = label.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    if words.clone().count() > 5 || label.contains('%') {
        return None;
    }
    words.find_map(kind_of)
}

/// Units of time and size: a number with one of these counts no people.
const UNITS: &[&str] = &[
    "minute", "minutes", "min", "mins", "hour", "hours", "second", "seconds", "sec", "day", "days", "week", "weeks",
    "month", "months", "year", "years", "gb", "mb", "tb", "kb", "pm", "am", "utc",
];

/// The next words of a sentence, up to the next number, bracket or colon.
fn words_after(text: &str, at: usize, count: usize) -> Vec<&str> {
    let rest = text.get(at..).unwrap_or_default();
    let end =
        rest.find(|c: char| c.is_ascii_digit() || matches!(c, '(' | ')' | ':' | ';' | ',' | '|')).unwrap_or(rest.len());
    let words = rest[..end].split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    words.filter(|word| !word.is_empty()).take(count).collect()
}

fn contains_word(text: &str, word: &str) -> bool {
    // To look once is cheaper than to begin a search for each place, and most texts have none.
    text.contains(word)
        && text.match_indices(word).any(|(at, _)| {
            let letter = |c: char| c.is_ascii_alphanumeric();
            !word.is_ascii() || !(text[..at].ends_with(letter) || text[at + word.len()..].starts_with(letter))
        })
}

/// `p99`, `p99.9`, `95th percentile` as `p95`.
fn percentile(text: &str) -> Option<String> {
    let tokens = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).map(|token| token.trim_matches('.'));
    let mut plain = tokens.filter(|token| {
        let digits = token.strip_prefix('p').unwrap_or_default();
        (2..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    });
    let spelled = || {
        let before = text.split("th percentile").next().filter(|before| before.len() < text.len())?;
        Some(format!("p{}", before.get(before.len().checked_sub(2)?..)?))
    };
    plain.next().map(str::to_owned).or_else(spelled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Bound;
    use MeasureKind::{
        ErrorRateBaselinePct, ErrorRatePct, Errors, LatencyAfterMs, LatencyBeforeMs, RequestsPct, Revenue, Tickets,
        Users,
    };

    fn check(text: &str, expected: &[(MeasureKind, f64, Bound, &str)]) {
        let mut measures = Vec::new();
        read_statement(text, 1, &mut measures);
        measures.sort_by_key(|measure| measure.kind);
        let found: Vec<_> =
            measures.iter().map(|m| (m.kind, m.value, m.bound, m.qualifier.as_deref().unwrap_or_default())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn counts() {
        use Bound::{About, AtLeast, AtMost, Exact};
        check(
            "lasted approximately 65 minutes and affected 1348 users and 2 dependent services.",
            &[(Users, 1348.0, Exact, "")],
        );
        check("386 customer-facing errors", &[(Errors, 386.0, Exact, "")]);
        check("89 support tickets created", &[(Tickets, 89.0, Exact, "")]);
        check("About 26,000 visitors saw grey boxes", &[(Users, 26_000.0, About, "")]);
        check(
            "more than 10k users and up to 1.2 million failed requests",
            &[(Users, 10_000.0, AtLeast, ""), (Errors, 1_200_000.0, AtMost, "")],
        );
        check("500+ customers", &[(Users, 500.0, AtLeast, "")]);
        check("Users affected: ~1,200", &[(Users, 1200.0, About, "")]);
        check("約 120 人のユーザー", &[(Users, 120.0, About, "")]);
        check("ユーザー 12 名、約 30 秒周期", &[(Users, 12.0, Exact, "")]);
        check("3400ユーザーに影響", &[(Users, 3400.0, Exact, "")]);
        for text in [
            "HTTP 502 errors",
            "40% of users",
            "90 minutes for customers",
            "2023-01-31 users",
            "node-7 users",
            "in late February 2017 when a user noticed",
            "On April 22 customers saw errors",
            "since 2019 users have asked for it",
            "約 30 秒周期で 同 user の",
            "20 件で停滞 error",
        ] {
            check(text, &[]);
        }
        check("2017 users were locked out", &[(Users, 2017.0, Exact, "")]);
    }

    #[test]
    fn rates_latencies_and_money() {
        use Bound::{About, AtMost, Exact};
        check("Service degradation: 82% of requests affected", &[(RequestsPct, 82.0, Exact, "")]);
        check(
            "Error rate spike: 18% (baseline: <1%)",
            &[(ErrorRatePct, 18.0, Exact, ""), (ErrorRateBaselinePct, 1.0, AtMost, "")],
        );
        check(
            "Error rate for images: 33%, against a usual 0.02%.",
            &[(ErrorRatePct, 33.0, Exact, ""), (ErrorRateBaselinePct, 0.02, Exact, "")],
        );
        check(
            "Latency increase: p99 went from 299ms to 7947ms",
            &[(LatencyBeforeMs, 299.0, Exact, "p99"), (LatencyAfterMs, 7947.0, Exact, "p99")],
        );
        check(
            "p95 latency 7.9 s (usually 300 ms)",
            &[(LatencyBeforeMs, 300.0, Exact, "p95"), (LatencyAfterMs, 7900.0, Exact, "p95")],
        );
        check(
            "response time is unusual: from 5 to 8s (instead of 0.5 to 1s).",
            &[(LatencyBeforeMs, 1000.0, Exact, ""), (LatencyAfterMs, 8000.0, Exact, "")],
        );
        check("Estimated revenue impact: $31442", &[(Revenue, 31_442.0, Exact, "USD")]);
        check("in hindsight, about €260,000 in sales over eleven days", &[(Revenue, 260_000.0, About, "EUR")]);
        check("We lost 1.5m EUR", &[(Revenue, 1_500_000.0, Exact, "EUR")]);
        check("vouchers cost €48,700", &[]);
    }
}
