//! Squeeze: text on one line, one space between words.

use std::borrow::Cow;

/// A text with every run of white space as one space, and none at its ends. Most texts are so already, and are given back as
/// they are.
pub(crate) fn squeezed(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let spaced = |pair: &[u8]| pair == b"  " || !(b' '..=b'~').contains(&pair[1]);
    let at_ends = |end: Option<&u8>| end.is_some_and(|b| !b.is_ascii_graphic());
    if !at_ends(bytes.first()) && !at_ends(bytes.last()) && !bytes.windows(2).any(spaced) {
        return Cow::Borrowed(text);
    }
    let mut squeezed = String::with_capacity(text.len());
    append_words(&mut squeezed, text);
    Cow::Owned(squeezed)
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
