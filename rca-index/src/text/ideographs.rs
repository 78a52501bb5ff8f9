//! Text of Chinese, Japanese and Korean, character by character, however it is encoded.
//!
//! In: a text. Out: its characters as people read them, each with the bytes it takes: half-width kana are full-width,
//! and a letter with separate marks, as in the file names of some systems, is one character.

use unicode_normalization::char::{compose, decompose_compatible};

use crate::text::class::{Class, class};

/// The ideographs that a text starts with, in order: where each ends, and the character.
pub(crate) struct Ideographs<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Ideographs<'t> {
    /// The ideographs from a byte of the text.
    pub(crate) fn from(text: &'t str, at: usize) -> Self {
        Self { text, at }
    }
}

impl Iterator for Ideographs<'_> {
    type Item = (usize, char);

    fn next(&mut self) -> Option<Self::Item> {
        let mut chars = self.text[self.at..].chars();
        let first = chars.next().filter(|&c| class(c) == Class::Ideograph)?;
        let mut read = full_width(first);
        self.at += first.len_utf8();
        for next in chars {
            let Some(both) = is_joined(next).then(|| compose(read, full_width(next))).flatten() else { break };
            read = both;
            self.at += next.len_utf8();
        }
        Some((self.at, read))
    }
}

/// Whether a character may belong to the one before it: a voicing mark, or a vowel or final consonant of a Korean syllable.
fn is_joined(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}' | '\u{1160}'..='\u{11ff}')
}

/// The ordinary form of a character of another width.
fn full_width(c: char) -> char {
    if !matches!(c, '\u{ff65}'..='\u{ffdc}' | '\u{f900}'..='\u{faff}') {
        return c;
    }
    let mut first = None;
    decompose_compatible(c, |d| {
        first.get_or_insert(d);
    });
    first.unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_read_as_people_read_them() {
        let check = |text: &str, expected: &str| {
            let read: String = Ideographs::from(text, 0).map(|(_, c)| c).collect();
            assert_eq!(read, expected, "{text}");
            let end = Ideographs::from(text, 0).last().map(|(end, _)| end);
            assert_eq!(end, Some(text.find(' ').unwrap_or(text.len())), "{text}");
        };
        check("ﾃﾞｰﾀﾍﾞｰｽ", "データベース");
        check("ﾊﾟｽﾜｰﾄﾞ reset", "パスワード");
        check("テ\u{3099}ータ", "データ");
        check("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}", "한글");
        check("障害", "障害");
    }
}
