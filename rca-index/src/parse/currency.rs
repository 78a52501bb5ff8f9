//! Currencies: how amounts of money are marked.
//!
//! In: the text in front of a number or behind it, in lower case. Out: the ISO 4217 code of its currency.

/// A currency, and what marks an amount of it.
pub(crate) struct Currency {
    /// ISO 4217.
    pub(crate) code: &'static str,
    /// What stands right in front of a number, longer ones first.
    before: &'static [&'static str],
    /// What stands behind a number.
    pub(crate) behind: &'static [&'static str],
}

pub(crate) const CURRENCIES: &[Currency] = &[
    Currency { code: "USD", before: &["us$", "$", "usd "], behind: &["usd", "dollars"] },
    Currency { code: "EUR", before: &["€", "eur "], behind: &["eur", "euros", "euro", "€"] },
    Currency { code: "GBP", before: &["£", "gbp "], behind: &["gbp"] },
    Currency { code: "JPY", before: &["¥", "￥", "jpy "], behind: &["円"] },
    Currency { code: "CHF", before: &["chf "], behind: &["chf"] },
    // `sek` behind a number are seconds.
    Currency { code: "SEK", before: &["sek "], behind: &[] },
    Currency { code: "DKK", before: &["dkk "], behind: &[] },
];

/// The code of the currency that a text ends with, and the bytes of its mark.
pub(crate) fn currency_before(text: &str) -> Option<(&'static str, usize)> {
    // Most numbers have none: all marks end with a sign or a space.
    if text.ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    // `€ 1.2m` as `€1.2m`.
    let spaced = text.strip_suffix(' ').filter(|text| text.ends_with(is_currency_sign));
    let (text, space) = spaced.map_or((text, 0), |text| (text, 1));
    let last = text.as_bytes().last();
    CURRENCIES.iter().find_map(|currency| {
        let fits = |mark: &&&str| mark.as_bytes().last() == last && text.ends_with(**mark);
        let mark = currency.before.iter().find(fits)?;
        Some((currency.code, mark.len() + space))
    })
}

/// Whether a character in front of a number makes it an amount of money.
pub(crate) fn is_currency_sign(c: char) -> bool {
    let sign = |mark: &&str| mark.strip_prefix(c).is_some_and(str::is_empty);
    !c.is_ascii_alphanumeric() && CURRENCIES.iter().any(|currency| currency.before.iter().any(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_in_front_of_a_number() {
        for (text, expected) in [
            ("lost us$", Some(("USD", 3))),
            ("lost $ ", Some(("USD", 2))),
            ("about €", Some(("EUR", 3))),
            ("about eur ", Some(("EUR", 4))),
            ("￥ ", Some(("JPY", 4))),
            ("sek ", Some(("SEK", 4))),
            ("eur", None),
            ("users ", None),
            ("", None),
        ] {
            assert_eq!(currency_before(text), expected, "{text}");
        }
        assert!("$€£¥￥".chars().all(is_currency_sign) && !"uUs#円".chars().any(is_currency_sign));
    }
}
