//! Typed values: the text after `field:`.
//!
//! In: the text of a value. Out: a range of numbers, or an error.

use crate::error::QueryErrorKind;
use crate::parse::{is_currency_sign, plausible_number, unit_named, whole_duration};
use crate::query::ast::{Comparison, NumberRange};
use crate::schema::Unit;

/// `>=`, `>`, `<=`, `<` at the start of a value.
pub(super) fn comparison(value: &str) -> Option<(Comparison, &str)> {
    use Comparison::{Greater, GreaterOrEqual, Less, LessOrEqual};
    let signs = [
        (">=", GreaterOrEqual),
        ("≥", GreaterOrEqual),
        ("<=", LessOrEqual),
        ("≤", LessOrEqual),
        (">", Greater),
        ("<", Less),
    ];
    signs.iter().find_map(|&(sign, comparison)| Some((comparison, value.strip_prefix(sign)?.trim_start())))
}

/// `30`, `>1h30m`, `30..90`, `30..`, `..90`, `..`
pub(super) fn number_range(value: &str, unit: Unit) -> Result<NumberRange, QueryErrorKind> {
    read_range(value, |text| number(text, unit))
}

/// A range whose ends are read by `number`.
pub(super) fn read_range(
    value: &str,
    number: impl Fn(&str) -> Result<f64, QueryErrorKind>,
) -> Result<NumberRange, QueryErrorKind> {
    if let Some((comparison, rest)) = comparison(value) {
        let number = number(rest)?;
        return Ok(match comparison {
            Comparison::Greater => NumberRange { from: Some((number, false)), to: None },
            Comparison::GreaterOrEqual => NumberRange { from: Some((number, true)), to: None },
            Comparison::Less => NumberRange { from: None, to: Some((number, false)) },
            Comparison::LessOrEqual => NumberRange { from: None, to: Some((number, true)) },
        });
    }
    let Some((from, to)) = value.split_once("..") else {
        let number = number(value.trim_start_matches('='))?;
        return Ok(NumberRange { from: Some((number, true)), to: Some((number, true)) });
    };
    let end = |text: &str| if text.is_empty() { Ok(None) } else { number(text).map(|number| Some((number, true))) };
    let range = NumberRange { from: end(from)?, to: end(to)? };
    match (range.from, range.to) {
        (Some((a, _)), Some((b, _))) if a > b => {
            Err(QueryErrorKind::ReversedRange { from: from.to_owned(), to: to.to_owned() })
        }
        _ => Ok(range),
    }
}

/// The factor of a suffix of a unit.
fn factor(unit: Unit, suffix: &str) -> Option<f64> {
    match (unit, suffix) {
        (_, "") | (Unit::Percent, "%") => Some(1.0),
        (Unit::Milliseconds, suffix) => unit_named(suffix).map(|minutes| minutes * 60_000.0),
        (Unit::Count, "k") => Some(1e3),
        (Unit::Count, "m") => Some(1e6),
        (Unit::Count, "bn" | "b") => Some(1e9),
        _ => None,
    }
}

/// A number with a suffix, or a duration: `1h30m`, `1h30`, `PT1H`.
fn number(text: &str, unit: Unit) -> Result<f64, QueryErrorKind> {
    let suffixed = || {
        let text = text.trim().trim_start_matches(is_currency_sign);
        let digits = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_'))).unwrap_or(text.len());
        let number = text[..digits].replace('_', "").parse::<f64>().ok()?;
        plausible_number(number * factor(unit, &text[digits..].to_lowercase())?)
    };
    let read = if unit == Unit::Minutes { whole_duration(text) } else { suffixed() };
    if let Some(number) = read {
        return Ok(number);
    }
    Err(QueryErrorKind::NotANumber { value: text.to_owned(), unit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_converted_from_their_units() {
        let check = |text: &str, unit, expected: Option<f64>| assert_eq!(number(text, unit).ok(), expected, "{text}");
        check("90", Unit::Minutes, Some(90.0));
        check("1h30m", Unit::Minutes, Some(90.0));
        check("1h30", Unit::Minutes, Some(90.0));
        check("2d", Unit::Minutes, Some(2880.0));
        check("1.5h", Unit::Minutes, Some(90.0));
        check("PT1H5M", Unit::Minutes, Some(65.0));
        check("1h 5m", Unit::Minutes, Some(65.0));
        check("1:05:00", Unit::Minutes, Some(65.0));
        check("1_000", Unit::Minutes, Some(1000.0));
        check("2 hours, 5 of them bad", Unit::Minutes, None);
        check("about 5m", Unit::Minutes, None);
        check("2s", Unit::Milliseconds, Some(2000.0));
        check("18%", Unit::Percent, Some(18.0));
        check("$10k", Unit::Count, Some(10_000.0));
        check("1.5m", Unit::Count, Some(1_500_000.0));
        check("10k5", Unit::Count, None);
        check("10x", Unit::Minutes, None);
        check("", Unit::Count, None);
        check("-5", Unit::Count, None);
        for unit in [Unit::Minutes, Unit::Milliseconds, Unit::Percent, Unit::Count] {
            let nines = "9".repeat(400);
            for text in [
                "nan", "inf", "infinity", "-inf", "nan:10", "inf:10", "1e308", "1e5", "0x10", "∞", "9999999999999999",
                &nines,
            ] {
                check(text, unit, None);
            }
        }
        check("999999999999999h", Unit::Minutes, None);
        check("36526d", Unit::Minutes, None);
        check("PT99999999999999999999H", Unit::Minutes, None);
        check("999999999999999h", Unit::Milliseconds, None);
        check("999999999999bn", Unit::Count, None);
    }
}
