//! Measures: numbers with a unit that the text states, such as users affected, revenue lost, error rates and latencies.
//!
//! In: the parts of a report. Out: at most one measure of each kind; the impact section is believed before the summary, the
//! summary before the rest, and what stands first before what follows.

pub(crate) mod counted;

use std::borrow::Cow;

use crate::incident::lines::line_ends;
use crate::incident::{Measure, MeasureKind, SectionKind, Source};
use crate::parse::measures::counted::counted;
use crate::parse::numbers::{Number, NumberUnit, numbers};
use crate::parse::outline::{Block, Part, Table};
use crate::parse::phrases::{Bytes, has, has_any, has_digit, may_have};

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
        "during", "peak", "incident", "worst", "outage", "at peak", "während", "pendant", "durante", "発生時", "期间",
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
            // Most lines are one statement.
            if text.is_ascii() && !may_have(text, b";") && !text.contains(". ") {
                statement(text, line);
                continue;
            }
            text.split_inclusive([';', '。'])
                .flat_map(|text| text.split_inclusive(". "))
                .for_each(|text| statement(text, line));
        }
    };
    for block in &part.blocks {
        match block {
            Block::Paragraph(text) if !has_digit(&*text.text) => {}
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
                    line += line_ends(read);
                    at += sentence.len();
                }
            }
            Block::List(list) => {
                let counted = list.items.iter().filter(|item| has_digit(&*item.text.text));
                counted.for_each(|item| sentences(&one_line(&item.text.text), item.text.line));
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
    let says = |words: &[&str]| has_any(&lower, words);
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
        "baseline", "usual", "usually", "normal", "normally", "typical", "typically", "against", "instead of",
        "up from", "from", "通常",
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
        let range = has(close, "from") && close.rsplit_once("from").is_some_and(|(_, rest)| has_digit(rest));
        let bytes = Bytes::of(close);
        let says = |word: &str| bytes.may_hold(word) && contains_word(close, word);
        let normal = NORMAL.iter().any(|word| says(word) && !(range && word.ends_with("from")))
            || behind.first().is_some_and(|word| ["usually", "normally", "baseline"].contains(word));
        let slot = if normal && before.is_none() { &mut before } else { &mut after };
        slot.get_or_insert(number);
        at = number.range.end;
    }
    (before, after)
}

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
    has(text, word)
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
mod tests;
