//! The words of durations, in the languages reports come in: units, spelled numbers, and what stands around them.
//!
//! In: nothing, or a text. Out: the tables that `duration.rs` reads with; units are in minutes; whether a spelled amount may
//! begin.

use std::sync::LazyLock;

use crate::parse::phrases::{ByByte, FirstLetters};

pub(super) const HOUR: f64 = 60.0;
pub(super) const DAY: f64 = 1440.0;

/// Numbers that prose spells out.
pub(super) const SPELLED: &[(&str, f64)] = &[
    ("an", 1.0),
    ("a", 1.0),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("fifteen", 15.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("forty-five", 45.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("ninety", 90.0),
    ("eine", 1.0),
    ("einer", 1.0),
    ("zwei", 2.0),
    ("drei", 3.0),
    ("une", 1.0),
    ("deux", 2.0),
    ("trois", 3.0),
    ("una", 1.0),
    ("dos", 2.0),
    ("tres", 3.0),
    ("en", 1.0),
    ("to", 2.0),
    ("tre", 3.0),
    ("fem", 5.0),
];

/// Units that are written with no space, longer ones first.
pub(super) const CJK_UNITS: &[(&str, f64)] = &[
    ("時間", HOUR),
    ("个小时", HOUR),
    ("小时", HOUR),
    ("小時", HOUR),
    ("시간", HOUR),
    ("分間", 1.0),
    ("分钟", 1.0),
    ("分鐘", 1.0),
    ("分", 1.0),
    ("분", 1.0),
    ("秒間", 1.0 / 60.0),
    ("秒钟", 1.0 / 60.0),
    ("秒", 1.0 / 60.0),
    ("초", 1.0 / 60.0),
    ("日間", DAY),
    ("日", DAY),
    ("天", DAY),
    ("일", DAY),
    ("週間", 7.0 * DAY),
    ("周", 7.0 * DAY),
    ("주일", 7.0 * DAY),
];

/// Units by their spelling in lower case, and their minutes.
pub(super) const UNITS: &[(&str, f64)] = &[
    ("ms", 1.0 / 60_000.0),
    ("milliseconds", 1.0 / 60_000.0),
    ("s", 1.0 / 60.0),
    ("sec", 1.0 / 60.0),
    ("secs", 1.0 / 60.0),
    ("second", 1.0 / 60.0),
    ("seconds", 1.0 / 60.0),
    ("sek", 1.0 / 60.0),
    ("sekunden", 1.0 / 60.0),
    ("secondes", 1.0 / 60.0),
    ("segundos", 1.0 / 60.0),
    ("sekunder", 1.0 / 60.0),
    ("m", 1.0),
    ("mn", 1.0),
    ("min", 1.0),
    ("mins", 1.0),
    ("minute", 1.0),
    ("minutes", 1.0),
    ("minuten", 1.0),
    ("minuto", 1.0),
    ("minutos", 1.0),
    ("minutt", 1.0),
    ("minutter", 1.0),
    ("minuti", 1.0),
    ("h", HOUR),
    ("hr", HOUR),
    ("hrs", HOUR),
    ("hour", HOUR),
    ("hours", HOUR),
    ("std", HOUR),
    ("stunde", HOUR),
    ("stunden", HOUR),
    ("heure", HOUR),
    ("heures", HOUR),
    ("hora", HOUR),
    ("horas", HOUR),
    ("time", HOUR),
    ("timer", HOUR),
    ("uur", HOUR),
    ("ore", HOUR),
    ("d", DAY),
    ("day", DAY),
    ("days", DAY),
    ("tag", DAY),
    ("tage", DAY),
    ("tagen", DAY),
    ("jour", DAY),
    ("jours", DAY),
    ("día", DAY),
    ("días", DAY),
    ("dia", DAY),
    ("dias", DAY),
    ("dag", DAY),
    ("dager", DAY),
    ("dagen", DAY),
    ("giorni", DAY),
    ("w", 7.0 * DAY),
    ("week", 7.0 * DAY),
    ("weeks", 7.0 * DAY),
    ("woche", 7.0 * DAY),
    ("wochen", 7.0 * DAY),
    ("semaine", 7.0 * DAY),
    ("semaines", 7.0 * DAY),
    ("semana", 7.0 * DAY),
    ("semanas", 7.0 * DAY),
    ("uke", 7.0 * DAY),
    ("uker", 7.0 * DAY),
];

/// Words before an amount that is an estimate.
pub(super) const ABOUT: &[&str] = &[
    "about", "approximately", "approx.", "approx", "around", "roughly", "ca.", "ca", "circa", "c.", "nearly", "almost",
    "some", "an estimated", "estimated", "environ", "etwa", "ungefähr", "rund", "cerca de", "aproximadamente", "unos",
    "omtrent", "est.",
];

/// Words before an amount that may be more.
pub(super) const LEAST: &[&str] =
    &["at least", "more than", "over", "mindestens", "plus de", "más de", "mais de", "minst", "au moins"];

/// Words before an amount that may be less.
pub(super) const MOST: &[&str] =
    &["less than", "under", "up to", "at most", "no more than", "max.", "max", "moins de", "weniger als", "bis zu"];

/// Words before an amount that say no more than that it is one.
pub(super) const PLAIN: &[&str] = &["a total of", "total of", "total", "in total", "for", "lasted", "lasting", "just"];

/// Amounts that are words only: the words, how many, and the minutes of the unit.
pub(super) const WHOLE: &[(&str, f64, f64)] = &[
    ("half an hour", 0.5, HOUR),
    ("half hour", 0.5, HOUR),
    ("half-hour", 0.5, HOUR),
    ("half a day", 0.5, DAY),
    ("half a minute", 0.5, 1.0),
    ("a quarter of an hour", 0.25, HOUR),
    ("quarter of an hour", 0.25, HOUR),
    ("quarter hour", 0.25, HOUR),
    ("three quarters of an hour", 0.75, HOUR),
    ("three-quarters of an hour", 0.75, HOUR),
    ("une demi-heure", 0.5, HOUR),
    ("demi-heure", 0.5, HOUR),
    ("eine halbe stunde", 0.5, HOUR),
    ("media hora", 0.5, HOUR),
    ("meia hora", 0.5, HOUR),
    ("anderthalb stunden", 1.5, HOUR),
    ("halvannen time", 1.5, HOUR),
    ("en halv time", 0.5, HOUR),
    ("半小时", 0.5, HOUR),
    ("半時間", 0.5, HOUR),
    ("半日", 0.5, DAY),
];

pub(super) const DOUBTS: [&str; 9] = ["not", "never", "unknown", "unclear", "tbd", "tbc", "per", "nicht", "unbekannt"];

/// Whether the letters that a text begins with are a word that spelled amounts begin with: `two`, `half` of `half-hour`.
pub(super) fn begins_with_amount(text: &str) -> bool {
    static LETTERS: LazyLock<FirstLetters> = LazyLock::new(|| words().collect());
    static WORDS: LazyLock<ByByte<&[u8]>> =
        LazyLock::new(|| words().map(|word| &word.as_bytes()[..letters(word)]).map(|word| (word[0], word)).collect());
    fn words() -> impl Iterator<Item = &'static str> {
        let words = SPELLED.iter().map(|(word, _)| *word).chain(WHOLE.iter().map(|(words, ..)| *words));
        words.filter(|word| letters(word) > 0)
    }
    fn letters(text: &str) -> usize {
        text.bytes().take_while(u8::is_ascii_alphabetic).count()
    }
    LETTERS.may_begin(text) && {
        let word = &text.as_bytes()[..letters(text)];
        WORDS.of(word[0].to_ascii_lowercase()).iter().any(|known| known.eq_ignore_ascii_case(word))
    }
}
