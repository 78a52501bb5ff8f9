//! Character classes for the analyzer, and fast paths for the most common words.

use unicode_normalization::char::is_combining_mark;

use crate::text::analyzer::{MAX_LEXEME_BYTES, REGION_MARK};
use crate::text::fold::is_invisible;

/// The class of a character.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Lower,
    Upper,
    /// Digits, and letters without case.
    Other,
    /// Part of the word but dropped when folded: apostrophes, combining marks, characters without width.
    Silent,
    /// Joins the parts of an identifier if it is between two of them.
    Joiner,
    /// Ends a name such as `C++` or `C#`; white space anywhere else.
    Sign,
    /// A character of a script written without spaces.
    Ideograph,
    /// The start of a region of a report.
    Mark,
    Space,
}

/// The class of a character.
pub(crate) fn class(c: char) -> Class {
    match c {
        '\0'..='\x7f' => ascii_class(c as u8),
        '\u{2019}' => Class::Silent,
        _ if is_invisible(c) => Class::Silent,
        _ if is_ideograph(c) => Class::Ideograph,
        _ if c.is_uppercase() => Class::Upper,
        _ if c.is_lowercase() => Class::Lower,
        _ if c.is_alphanumeric() => Class::Other,
        _ if is_combining_mark(c) => Class::Silent,
        _ => Class::Space,
    }
}

const fn ascii_class(b: u8) -> Class {
    match b {
        b'a'..=b'z' => Class::Lower,
        b'A'..=b'Z' => Class::Upper,
        b'0'..=b'9' => Class::Other,
        b'-' | b'.' | b'/' | b'_' | b':' | b'\\' => Class::Joiner,
        b'\'' => Class::Silent,
        b'+' | b'#' => Class::Sign,
        _ if b == REGION_MARK as u8 => Class::Mark,
        _ => Class::Space,
    }
}

/// The class of each ASCII byte. Other bytes may be part of a letter.
pub(crate) static BYTE_CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut b = 0;
    while b < 128 {
        classes[b] = ascii_class(b as u8);
        b += 1;
    }
    classes
};

/// Whether a word that starts here begins with the point before it: `.NET`, `.env`.
pub(crate) fn is_dotted(text: &str, start: usize) -> bool {
    let bytes = text.as_bytes();
    let opens = |b: u8| b.is_ascii_whitespace() || matches!(b, b'(' | b'"' | b'`' | b'*') || b == REGION_MARK as u8;
    start > 0
        && bytes[start - 1] == b'.'
        && bytes.get(start).is_some_and(u8::is_ascii_alphabetic)
        && (start == 1 || opens(bytes[start - 2]))
}

/// The end of the sign that belongs to a name of letters: `C++`, `C#`. `length` is the length of the name, which ends
/// at `at`. What follows the sign is no letter, nor another sign.
pub(crate) fn name_sign(text: &str, at: usize, length: usize) -> Option<usize> {
    /// Longer names have a `#` only in links to a heading.
    const MAX_SHARP: usize = 2;
    let rest = &text.as_bytes()[at..];
    let sign = match rest {
        [b'+', b'+', ..] => 2,
        [b'#', ..] if length <= MAX_SHARP => 1,
        _ => return None,
    };
    let next = text[at + sign..].chars().next();
    let digit = |c: char| c.is_ascii_digit() && sign == 2;
    let ends = next.is_none_or(|c| digit(c) || !(c.is_alphanumeric() || matches!(c, '+' | '#')));
    ends.then_some(at + sign)
}

/// Letters of Chinese, Japanese and Korean.
pub(crate) fn is_ideograph(c: char) -> bool {
    let block = matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{323af}');
    block && c.is_alphanumeric()
}

/// The end of the word that starts here, if it is of the most common kind: any letter followed by lower-case letters.
pub(crate) fn plain_word(text: &str, start: usize) -> Option<usize> {
    let word = text.as_bytes().get(start..)?;
    let letters = 1 + word.get(1..)?.iter().take_while(|b| b.is_ascii_lowercase()).count();
    (word.first()?.is_ascii_alphabetic() && is_whole(word, letters)).then_some(start + letters)
}

/// The end of the number that starts here, if it consists of digits only.
pub(crate) fn plain_number(text: &str, start: usize) -> Option<usize> {
    let number = text.as_bytes().get(start..)?;
    let digits = number.iter().take_while(|b| b.is_ascii_digit()).count();
    (digits > 0 && is_whole(number, digits)).then_some(start + digits)
}

/// Whether the first `length` bytes are a whole word: what follows clearly is not part of it.
fn is_whole(text: &[u8], length: usize) -> bool {
    let class = |at: usize| text.get(at).map_or(Class::Space, |&b| BYTE_CLASSES[b as usize]);
    let is_end = |class| matches!(class, Class::Space | Class::Mark);
    length <= MAX_LEXEME_BYTES && (is_end(class(length)) || class(length) == Class::Joiner && is_end(class(length + 1)))
}
