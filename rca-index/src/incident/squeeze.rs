//! Squeeze: text on one line, one space between words.

use std::borrow::Cow;

/// A text with every run of white space as one space, and none at its ends. Most texts are so already, and are given back as
/// they are.
pub(crate) fn squeezed(text: &str) -> Cow<'_, str> {
    if is_squeezed(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let mut squeezed = String::with_capacity(text.len());
    append_words(&mut squeezed, text);
    Cow::Owned(squeezed)
}

/// Whether a text is printable ASCII with no white space but one space between words. No step depends on the one before,
/// so that the compiler looks at many bytes at once.
fn is_squeezed(bytes: &[u8]) -> bool {
    let at_ends = |end: Option<&u8>| end.is_some_and(|b| !b.is_ascii_graphic());
    let odd = |a: u8, b: u8| u8::from(!(b' '..=b'~').contains(&a)) | u8::from(a == b' ') & u8::from(b == b' ');
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    !at_ends(bytes.first()) && !at_ends(bytes.last()) && pairs.fold(0, |found, (&a, &b)| found | odd(a, b)) == 0
}

/// Appends the words of a text, one space before each that is not the first.
pub(crate) fn append_words(text: &mut String, more: &str) {
    for word in more.split_whitespace() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_stay_and_spaces_become_one(text in "[ab\u{a0}\u{3000}é\t\n ]{0,12}") {
            let words: Vec<&str> = text.split_whitespace().collect();
            prop_assert_eq!(squeezed(&text), words.join(" "));
        }
    }

    #[test]
    fn a_text_that_is_so_already_is_not_copied() {
        assert!(matches!(squeezed("one line, all plain"), Cow::Borrowed(_)));
        assert!(matches!(squeezed(""), Cow::Borrowed(_)));
    }
}
