//! The value of a measure under a key: read whole, or not at all.
//!
//! In: what the key measures, and its value. Out: the number, and how it is to be read.

use crate::incident::{Bound, MeasureKind};
use crate::parse::measures::counted::is_time_or_size;
use crate::parse::numbers::{Number, NumberUnit, numbers};
use crate::parse::words::plain;

/// A number as a key states it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MeasureValue {
    pub(crate) value: f64,
    pub(crate) bound: Bound,
    /// The currency.
    pub(crate) qualifier: Option<String>,
}

/// Reads a value. `share`: a bare number up to one is a share of all, as `error-rate: 0.0038`.
pub(crate) fn measure_value(kind: MeasureKind, share: bool, text: &str) -> Option<MeasureValue> {
    /// A longer value is prose, in bytes.
    const LONGEST: usize = 200;
    if text.len() > LONGEST {
        return None;
    }
    let text = ranges_apart(&plain(text));
    let found = numbers(&text);
    let first = found.first()?;
    let lead = text[..first.range.start].trim();
    // Whatever stands in front is a word or two: `about`, `up to`, `between`.
    if lead.split_whitespace().count() > 3 || lead.contains(|c: char| c.is_ascii_digit() || c == '-') {
        return None;
    }
    let number = match found.get(1) {
        None => first.clone(),
        Some(second) => {
            let between = text[first.range.end..second.range.start].trim();
            let range = matches!(between, "–" | "—" | "-" | "to" | "bis" | "a" | ".." | "...")
                || (between == "and" && lead.ends_with("between"));
            let part = ["of", "out of", "von", "sur", "de", "/"].iter().any(|of| between.starts_with(of));
            let remark = between.starts_with(['(', ',', ';', '–', '—', '[']) || between.contains(" (");
            match () {
                () if range => Number { bound: Bound::AtMost, ..second.clone() },
                () if part || remark => first.clone(),
                () => return None,
            }
        }
    };
    let rest = &text[number.range.end.min(text.len())..];
    let glued = rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '/' | ':'));
    if glued && rest.chars().nth(1).is_some_and(char::is_alphanumeric) {
        return None;
    }
    let noun = rest.split_whitespace().next().unwrap_or_default().trim_matches(|c: char| !c.is_alphanumeric());
    if is_time_or_size(noun) {
        return None;
    }
    let (value, qualifier) = in_unit(kind, share, &number)?;
    Some(MeasureValue { value, bound: number.bound, qualifier })
}

/// The number in the unit of its kind, if it has that unit.
fn in_unit(kind: MeasureKind, share: bool, number: &Number) -> Option<(f64, Option<String>)> {
    match (kind, &number.unit) {
        (MeasureKind::Users | MeasureKind::Errors | MeasureKind::Tickets, NumberUnit::None) => {
            (number.whole.fract() == 0.0).then_some((number.whole, None))
        }
        (MeasureKind::Revenue, NumberUnit::Currency(code)) => Some((number.whole, Some((*code).to_owned()))),
        (MeasureKind::Revenue, NumberUnit::None) => Some((number.whole, None)),
        (MeasureKind::RequestsPct | MeasureKind::ErrorRatePct | MeasureKind::ErrorRateBaselinePct, unit) => {
            match unit {
                NumberUnit::None if share && number.value <= 1.0 => Some((hundredfold(number.value), None)),
                NumberUnit::Percent | NumberUnit::None => Some((number.value, None)),
                _ => None,
            }
        }
        (MeasureKind::LatencyBeforeMs | MeasureKind::LatencyAfterMs, NumberUnit::Time) => Some((number.value, None)),
        _ => None,
    }
}

/// A share in per cent, without the noise that binary fractions add.
fn hundredfold(share: f64) -> f64 {
    (share * 1e8).round() / 1e6
}

/// A dash between two numbers with a space on either side: `5-10%` is a range here, and no date.
fn ranges_apart(text: &str) -> String {
    let mut apart = String::with_capacity(text.len() + 4);
    if text.matches(['-', '–', '—']).count() > 1 {
        return text.to_owned();
    }
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let number = apart.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '%' | 'k' | 'm'));
        if matches!(c, '-' | '–' | '—') && number && chars.peek().is_some_and(char::is_ascii_digit) {
            apart.push_str(" – ");
        } else {
            apart.push(c);
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;
    use MeasureKind::{ErrorRatePct, Revenue, Tickets, Users};

    #[test]
    fn values_are_read_whole_or_not_at_all() {
        let check = |kind, text: &str, value: Option<f64>| {
            assert_eq!(measure_value(kind, false, text).map(|read| read.value), value, "{text}");
        };
        check(Users, "1348", Some(1348.0));
        check(Users, "12.345", Some(12_345.0));
        check(Users, "12,345", Some(12_345.0));
        check(Users, "1.2M", Some(1_200_000.0));
        check(Users, "~1.2k users (3 % of all)", Some(1200.0));
        check(Users, "120 of 4000", Some(120.0));
        check(Users, "4,300 of 36,000 users", Some(4300.0));
        check(Users, "100-200", Some(200.0));
        check(Users, "between 100 and 200", Some(200.0));
        check(Users, "0", Some(0.0));
        check(Users, "5%", None);
        check(Users, "12 minutes", None);
        check(Users, "12 or 13", None);
        check(Users, "2024-05-06", None);
        check(Users, "-5", None);
        check(Users, "1.5", None);
        check(Users, "all", None);
        check(Tickets, "3", Some(3.0));
        check(Revenue, "€ 45k", Some(45_000.0));
        check(Revenue, "$1,234.50", Some(1234.5));
        check(Revenue, "45 %", None);
        check(ErrorRatePct, "5-10%", Some(10.0));
        check(ErrorRatePct, "0.5", Some(0.5));
        check(ErrorRatePct, "0,5 %", Some(0.5));
        let share = |text: &str| measure_value(ErrorRatePct, true, text).map(|read| read.value);
        assert_eq!((share("0.0038"), share("0.38%"), share("37")), (Some(0.38), Some(0.38), Some(37.0)));
        assert_eq!(measure_value(Users, false, "~12").map(|read| read.bound), Some(Bound::About));
        assert_eq!(measure_value(Revenue, false, "€12").and_then(|read| read.qualifier).as_deref(), Some("EUR"));
    }
}
