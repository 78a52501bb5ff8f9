//! Measures: numbers with a unit that the text states, such as users affected, revenue lost, error rates and latencies.
//!
//! In: the parts of a report. Out: at most one measure of each kind; the impact section is believed before the summary, the
//! summary before the rest, and what stands first before what follows.

use std::borrow::Cow;

use crate::incident::{Measure, MeasureKind, SectionKind, Source};
use crate::parse::numbers::{Number, NumberUnit, PEOPLE, numbers, read_digits};
use crate::parse::outline::{Block, Part, Table};

/// Reads the measures of a report.
pub(crate) fn read_measures(parts: &[Part<'_>], kinds: &[SectionKind]) -> Vec<Measure> {
    let mut measures = Vec::new();
    for wanted in [SectionKind::Impact, SectionKind::Summary, SectionKind::Body] {
        for (part, _) in parts.iter().zip(kinds).filter(|&(_, &kind)| kind == wanted) {
            for block in &part.blocks {
                if let Block::Table(table) = block {
                    before_and_during(table, &mut measures);
                }
            }
            statements(part, |text, line| read_statement(text, line, &mut measures));
        }
    }
    measures.sort_by_key(|measure| measure.kind);
    measures
}

/// A table with more columns states no measures in its rows.
const COLUMNS: usize = 12;

/// Rows of a table whose columns are the ordinary value and the bad one: `Metric | Before | During`.
fn before_and_during(table: &Table<'_>, measures: &mut Vec<Measure>) {
    const ORDINARY: &[&str] =
        &["before", "baseline", "normal", "usual", "typical", "vorher", "avant", "antes", "通常", "正常"];
    const BAD: &[&str] = &[
        "during",
        "peak",
        "incident",
        "worst",
        "outage",
        "at peak",
        "während",
        "pendant",
        "durante",
        "発生時",
        "期间",
        "after",
    ];
    if table.header.len() > COLUMNS {
        return;
    }
    let header: Vec<String> = table.header.iter().map(|cell| cell.to_lowercase()).collect();
    let column =
        |words: &[&str]| words.iter().find_map(|word| header.iter().skip(1).position(|cell| cell.contains(word)));
    let (Some(before), Some(during)) = (column(ORDINARY), column(BAD)) else { return };
    for row in table.rows.iter().filter(|_| before != during) {
        let cell = |i: usize| row.cells.get(i).map(|cell| cell.trim()).unwrap_or_default();
        let text = format!("{}: {} → {}", cell(0), cell(before + 1), cell(during + 1));
        read_statement(&text, row.line, measures);
    }
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
            Block::Table(table) => table.rows.iter().for_each(|row| {
                // What a row says is as long as a sentence.
                // In one row below a header, the header says what each cell is.
                let pairs_of_header = table.rows.len() == 1 && table.header.len() > 2;
                if row.cells.len() <= COLUMNS && !pairs_of_header {
                    sentences(&row.cells.join(": "), row.line);
                }
            }),
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

/// Words of a sentence that states what an outage cost.
const LOSSES: &[&str] = &["revenue", "sales", "lost", "loss", "losses", "turnover", "売上", "損失", "機会損失"];

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
            measures.push(Measure {
                kind,
                value: number.value,
                bound: number.bound,
                qualifier,
                source: Source::Prose,
                line,
            });
        }
    };
    // The whole sentence is looked at once, however many amounts it has.
    let mut loses_money = None;
    for number in &numbers {
        match number.unit {
            NumberUnit::None => {
                if let Some(kind) = counted(&lower, number) {
                    add(kind, &Number { value: number.whole, ..number.clone() }, None);
                }
            }
            NumberUnit::Currency(code) => {
                if *loses_money.get_or_insert_with(|| LOSSES.iter().any(|word| contains_word(&lower, word))) {
                    add(MeasureKind::Revenue, &Number { value: number.whole, ..number.clone() }, Some(code.to_owned()));
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
        // An arrow leads from the ordinary value to the bad one.
        let arrow = lead.trim().trim_end_matches('~').trim_end();
        if matches!(arrow, "→" | "->" | "=>" | "⇒" | "-->") && before.is_none() {
            before = after.take();
        }
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
    let after = words_after(text, number.range.end, 8);
    let behind = text.get(number.range.end..).unwrap_or_default().trim_start();
    if PEOPLE.iter().any(|people| behind.starts_with(people)) {
        return Some(MeasureKind::Users);
    }
    if is_status_code(number, &after) || is_of_a_share(text, number) {
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
        if stops.contains(word) || *word == "out" {
            // `120 of 4000 users`: the first number counts what the second does.
            let whole = || counted_by_the_whole(text, number);
            match (i == 0 && matches!(*word, "of" | "out")).then(whole).flatten() {
                Some(kind) => return Some(kind),
                None => break,
            }
        }
        if UNITS.contains(word) {
            break;
        }
        if let Some(kind) = kind_of(word) {
            return Some(kind).filter(|_| kind != MeasureKind::Users || !only_tell(&after[i + 1..]));
        }
        // Another thing is counted: `3 nodes users ...`.
        if is_plural(word) {
            return None;
        }
    }
    if after.first().is_some_and(|word| !["in", "on", "at", "during", "for", "and", "or", "total"].contains(word)) {
        return None;
    }
    let (label, rest) = close_before(text, number.range.start).rsplit_once([':', '：'])?;
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

/// The text in front of a byte, as far as a label reaches: a line of many numbers is not gone through for each of them.
fn close_before(text: &str, at: usize) -> &str {
    const REACH: usize = 160;
    let from = (at.saturating_sub(REACH)..=at).find(|&from| text.is_char_boundary(from)).unwrap_or(at);
    text.get(from..at).unwrap_or_default()
}

/// Whether a number is the code of an HTTP status.
fn is_status_code(number: &Number, after: &[&str]) -> bool {
    const CODES: &[&str] = &[
        "400", "401", "403", "404", "405", "408", "409", "410", "413", "415", "422", "425", "429", "431", "451", "499",
        "500", "501", "502", "503", "504", "505", "507", "508", "511", "520", "521", "522", "523", "524", "525", "526",
        "530",
    ];
    const WORDS: &[&str] = &[
        "http",
        "https",
        "error",
        "errors",
        "response",
        "responses",
        "status",
        "internal",
        "bad",
        "gateway",
        "service",
        "not",
        "forbidden",
        "unauthorized",
        "too",
        "timeout",
        "timeouts",
        "failures",
        "server",
        "exceptions",
    ];
    CODES.contains(&number.digits.as_str()) && after.first().is_some_and(|word| WORDS.contains(word))
}

/// Whether a number is the whole of which another is a part: `4 out of 10 customers`, `120 of 4000 users`.
fn is_of_a_share(text: &str, number: &Number) -> bool {
    let before = text.get(..number.range.start).unwrap_or_default().trim_end();
    let lead = ["out of", "of", "in", "of the", "of our", "von", "sur"].iter().find_map(|of| before.strip_suffix(of));
    lead.is_some_and(|lead| {
        let lead = lead.trim_end_matches(" out").trim_end();
        lead.ends_with(|c: char| c.is_ascii_digit() || c == '%')
    })
}

/// What the whole counts of which a number is a part. A part of ten is a share of all, and counts nobody.
fn counted_by_the_whole(text: &str, number: &Number) -> Option<MeasureKind> {
    /// A smaller whole is a way to state a share.
    const SMALLEST: f64 = 10.0;
    let rest = text.get(number.range.end..)?;
    let of = rest.trim_start().strip_prefix("out of").or_else(|| rest.trim_start().strip_prefix("of"))?;
    let of = of.trim_start().trim_start_matches("the ").trim_start_matches("our ").trim_start_matches('~');
    let whole = read_digits(of);
    if whole.length == 0 || whole.thousands.or(whole.value)? <= SMALLEST {
        return None;
    }
    let at = text.len() - of.len() + whole.length;
    words_after(text, at, 3)
        .into_iter()
        .take_while(|word| !is_plural(word) || kind_of(word).is_some())
        .find_map(kind_of)
}

/// Whether people only say what they saw: `2 users reported`.
fn only_tell(after: &[&str]) -> bool {
    const TELL: &[&str] = &[
        "reported",
        "report",
        "reporting",
        "confirmed",
        "complained",
        "contacted",
        "notified",
        "told",
        "asked",
        "opened",
        "raised",
        "wrote",
        "called",
        "informed",
        "alerted",
        "mentioned",
        "messaged",
    ];
    let auxiliary = |word: &&&str| ["have", "has", "had", "who", "also", "then", "that"].contains(*word);
    after.iter().find(|word| !auxiliary(word)).is_some_and(|word| TELL.contains(word))
}

/// Whether a word looks like the plural of a thing.
fn is_plural(word: &str) -> bool {
    let other = [
        "business",
        "previous",
        "various",
        "ios",
        "macos",
        "windows",
        "sales",
        "kubernetes",
        "aws",
        "famous",
        "serious",
    ];
    word.len() > 3
        && word.ends_with('s')
        && !word.ends_with("ss")
        && !word.ends_with("us")
        && !word.contains('\'')
        && !other.contains(&word)
}

/// What a word counts.
fn kind_of(word: &str) -> Option<MeasureKind> {
    Some(match word {
        "user" | "users" | "customer" | "customers" | "people" | "visitors" | "shoppers" | "accounts"
        | "subscribers" | "members" | "merchants" | "tenants" | "人" | "名" | "nutzer" | "benutzer" | "kunden"
        | "utilisateurs" | "clients" | "usuarios" | "clientes" | "usuários" | "brukere" | "kunder" => {
            MeasureKind::Users
        }
        "error" | "errors" | "failures" | "exceptions" | "fehler" | "erreurs" | "errores" | "erros" => {
            MeasureKind::Errors
        }
        "ticket" | "tickets" => MeasureKind::Tickets,
        _ => return None,
    })
}

/// Units of time and size: a number with one of these counts no people.
pub(crate) const UNITS: &[&str] = &[
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
        for text in [
            "On 3 nodes users saw errors",
            "4 out of 10 customers could not log in",
            "Every user session: 30+ pods evicted",
            "users saw 503 http errors, and some a 404 not found error",
            "5-10% of users",
            "2 customers reported it",
            "3 users have confirmed the fix",
            "users on port 8080 and in ticket 4711",
            "version 12 users",
            "users: 1,2,3",
        ] {
            check(text, &[]);
        }
        check("12.345 users were affected", &[(Users, 12_345.0, Exact, "")]);
        check("12 345 users", &[(Users, 12_345.0, Exact, "")]);
        check("1.234.567 failed requests", &[(Errors, 1_234_567.0, Exact, "")]);
        check("12'345 customers", &[(Users, 12_345.0, Exact, "")]);
        check("4,300 of 36,000 users were hit", &[(Users, 4300.0, Exact, "")]);
        check("120 out of 4000 customers", &[(Users, 120.0, Exact, "")]);
        check("12 business customers", &[(Users, 12.0, Exact, "")]);
        check("etwa 3.000 Nutzer", &[(Users, 3000.0, About, "")]);
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
        check("We lost € 1.2m in sales", &[(Revenue, 1_200_000.0, Exact, "EUR")]);
        check("Umsatzverlust (loss): €1.234,50", &[(Revenue, 1234.5, Exact, "EUR")]);
        check("error rate: 0.5% → 37%", &[(ErrorRatePct, 37.0, Exact, ""), (ErrorRateBaselinePct, 0.5, Exact, "")]);
        check(
            "p99 latency: 300ms -> 4500ms",
            &[(LatencyBeforeMs, 300.0, Exact, "p99"), (LatencyAfterMs, 4500.0, Exact, "p99")],
        );
        check("error rate 0,5%", &[(ErrorRatePct, 0.5, Exact, "")]);
        check("We lost 1.5m EUR", &[(Revenue, 1_500_000.0, Exact, "EUR")]);
        check("vouchers cost €48,700", &[]);
    }
}
