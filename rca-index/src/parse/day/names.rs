//! The names of months and of days of the week, in the languages reports come in.
//!
//! In: a cursor at a word. Out: the month or the day of the week that it names.

use std::sync::LazyLock;

use crate::parse::cursor::Cursor;
use crate::parse::phrases::{WordMap, WordSet, lower};

/// The name of a month, or its short form, with a point or without.
pub(crate) fn month(cursor: &mut Cursor<'_>) -> Option<i8> {
    let word = cursor.word();
    let month = month_named(word)?;
    cursor.skip(word.len());
    // `24. August 2022` has a point behind the day, `Aug. 24` behind the month.
    if cursor.rest().starts_with('.') && word.chars().count() <= 5 {
        cursor.skip(1);
    }
    Some(month)
}

/// The month of a name in any case.
fn month_named(word: &str) -> Option<i8> {
    static BY_NAME: LazyLock<WordMap<&str, i8>> = LazyLock::new(|| MONTHS.iter().rev().copied().collect());
    if !(3..=12).contains(&word.len()) {
        return None;
    }
    // Most words are no month, and begin with another letter.
    let known = |b: u8| !b.is_ascii() || MONTH_LETTERS.contains(&b.to_ascii_lowercase());
    if !word.bytes().next().is_some_and(known) {
        return None;
    }
    BY_NAME.get(&*lower(word)).copied()
}

/// The letters that names of months begin with.
const MONTH_LETTERS: &[u8] = b"adefgjlmnos";

/// Names of days and months.
pub(in crate::parse) fn names() -> impl Iterator<Item = &'static str> {
    MONTHS.iter().map(|&(name, _)| name).chain(WEEKDAYS.iter().copied())
}

/// Eats a day of the week in front of a day: `Thu, May 9`, `Tuesday 4 March`, `Mittwoch, den 5. April`, `le lundi 3 mars`.
pub(crate) fn weekday(cursor: &mut Cursor<'_>) -> bool {
    static NAMES: LazyLock<WordSet<&str>> = LazyLock::new(|| WEEKDAYS.iter().copied().collect());
    if !cursor.peek().is_some_and(char::is_alphabetic) {
        return false;
    }
    let mut ahead = *cursor;
    let word = ahead.word();
    if !(3..=16).contains(&word.len()) || !NAMES.contains(&*lower(word)) {
        return false;
    }
    ahead.skip(word.len());
    ahead.eat(".");
    ahead.eat(",");
    if !ahead.spaces() {
        return false;
    }
    ahead.eat_word(&["the", "den", "le"]).then(|| ahead.spaces());
    *cursor = ahead;
    true
}

/// Eats a day of the week behind a day: `2025-03-04 (Tue)`, `2025年6月2日（月）`, `2025-03-04 Tuesday`.
pub(super) fn behind(cursor: &mut Cursor<'_>) {
    let mut ahead = *cursor;
    if ahead.eat_any(&["（", "("]).is_some() {
        let japanese = ahead
            .eat_any(&["月", "火", "水", "木", "金", "土", "日", "월", "화", "수", "목", "금", "토", "일"])
            .is_some();
        if japanese && ahead.eat_any(&["）", ")", "曜日）", "曜）"]).is_some() {
            *cursor = ahead;
            return;
        }
    }
    let mut ahead = *cursor;
    ahead.eat(",");
    if !ahead.spaces() {
        return;
    }
    let bracket = ahead.eat("(");
    let word = ahead.word();
    if word.len() < 3 || !WEEKDAYS.iter().any(|day| day.eq_ignore_ascii_case(word)) {
        return;
    }
    ahead.skip(word.len());
    if !bracket || ahead.eat(")") {
        *cursor = ahead;
    }
}

/// Names and short forms in English, German, French, Spanish, Portuguese, Italian, Dutch and the Scandinavian languages.
const MONTHS: &[(&str, i8)] = &[
    ("january", 1),
    ("jan", 1),
    ("januar", 1),
    ("jänner", 1),
    ("janvier", 1),
    ("janv", 1),
    ("enero", 1),
    ("janeiro", 1),
    ("gennaio", 1),
    ("januari", 1),
    ("february", 2),
    ("feb", 2),
    ("februar", 2),
    ("février", 2),
    ("fevrier", 2),
    ("févr", 2),
    ("fev", 2),
    ("fév", 2),
    ("febrero", 2),
    ("fevereiro", 2),
    ("febbraio", 2),
    ("februari", 2),
    ("march", 3),
    ("mar", 3),
    ("märz", 3),
    ("maerz", 3),
    ("mrz", 3),
    ("mars", 3),
    ("marzo", 3),
    ("março", 3),
    ("maart", 3),
    ("april", 4),
    ("apr", 4),
    ("avril", 4),
    ("avr", 4),
    ("abril", 4),
    ("abr", 4),
    ("aprile", 4),
    ("may", 5),
    ("mai", 5),
    ("mayo", 5),
    ("maio", 5),
    ("maggio", 5),
    ("mei", 5),
    ("maj", 5),
    ("june", 6),
    ("jun", 6),
    ("juni", 6),
    ("juin", 6),
    ("junio", 6),
    ("junho", 6),
    ("giugno", 6),
    ("july", 7),
    ("jul", 7),
    ("juli", 7),
    ("juillet", 7),
    ("juil", 7),
    ("julio", 7),
    ("julho", 7),
    ("luglio", 7),
    ("august", 8),
    ("aug", 8),
    ("août", 8),
    ("aout", 8),
    ("agosto", 8),
    ("augustus", 8),
    ("augusti", 8),
    ("september", 9),
    ("sep", 9),
    ("sept", 9),
    ("septembre", 9),
    ("septiembre", 9),
    ("setiembre", 9),
    ("setembro", 9),
    ("settembre", 9),
    ("october", 10),
    ("oct", 10),
    ("oktober", 10),
    ("okt", 10),
    ("octobre", 10),
    ("octubre", 10),
    ("outubro", 10),
    ("ottobre", 10),
    ("november", 11),
    ("nov", 11),
    ("novembre", 11),
    ("noviembre", 11),
    ("novembro", 11),
    ("december", 12),
    ("dec", 12),
    ("dezember", 12),
    ("dez", 12),
    ("décembre", 12),
    ("decembre", 12),
    ("déc", 12),
    ("diciembre", 12),
    ("dic", 12),
    ("dezembro", 12),
    ("dicembre", 12),
    ("desember", 12),
    ("des", 12),
];

/// Names of the days of the week, longer ones first.
const WEEKDAYS: &[&str] = &[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "tues", "thurs", "thur", "mon",
    "tue", "wed", "thu", "fri", "sat", "sun", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag",
    "sonntag", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "lunes", "martes", "miércoles",
    "jueves", "viernes", "sábado", "domingo", "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag",
];
