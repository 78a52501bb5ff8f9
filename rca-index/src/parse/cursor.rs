//! Cursor: a position in a text that the readers of times move on from left to right.
//!
//! In: a text. Out: the small steps of which the readers' grammars are made. Every step looks at a bounded number of bytes.

/// A position in a text. It is copied to try something and come back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        #[cfg(any(test, fuzzing))]
        work::add(1);
        Self { text, at: 0 }
    }

    /// Bytes read so far.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn rest(&self) -> &'a str {
        #[cfg(any(test, fuzzing))]
        work::add(1);
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Moves on by bytes of the text.
    pub(crate) fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    pub(crate) fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        self.at += if found { text.len() } else { 0 };
        found
    }

    /// Eats the first of these texts that stands here.
    pub(crate) fn eat_any(&mut self, texts: &[&'static str]) -> Option<&'static str> {
        let first = self.rest().bytes().next()?;
        texts.iter().copied().filter(|text| text.as_bytes().first() == Some(&first)).find(|text| self.eat(text))
    }

    /// Eats an ASCII text in any case.
    pub(crate) fn eat_ignoring_case(&mut self, text: &str) -> bool {
        let found = self.rest().get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text));
        self.at += if found { text.len() } else { 0 };
        found
    }

    /// Eats the first of these words, which no letter may follow.
    pub(crate) fn eat_word(&mut self, words: &[&str]) -> bool {
        // Most words differ in their first letter.
        let Some(first) = self.rest().bytes().next().map(|b| b.to_ascii_lowercase()) else { return false };
        words.iter().filter(|word| word.as_bytes().first() == Some(&first)).any(|word| {
            let mut ahead = *self;
            let found = ahead.eat_ignoring_case(word) && (!word.ends_with(char::is_alphanumeric) || ahead.ends());
            if found {
                *self = ahead;
            }
            found
        })
    }

    /// Skips spaces of any width, and says whether there were any.
    pub(crate) fn spaces(&mut self) -> bool {
        let rest = self.rest();
        let length = rest.len() - rest.trim_start_matches(is_space).len();
        self.at += length;
        length > 0
    }

    /// A run of ASCII digits that is no shorter or longer than this.
    pub(crate) fn number(&mut self, least: usize, most: usize) -> Option<i32> {
        let digits = self.digits(most + 1);
        if !(least..=most).contains(&digits) {
            return None;
        }
        let number = self.rest().get(..digits)?.parse().ok()?;
        self.at += digits;
        Some(number)
    }

    /// How many ASCII digits stand here, of which no more than `most` are counted.
    pub(crate) fn digits(&self, most: usize) -> usize {
        self.rest().bytes().take(most).take_while(u8::is_ascii_digit).count()
    }

    /// The word that stands here: letters of any alphabet, no more than 24 bytes of them.
    pub(crate) fn word(&self) -> &'a str {
        let rest = self.rest();
        let end = rest.char_indices().find(|&(at, c)| at > 24 || !c.is_alphabetic());
        end.map_or(rest, |(end, _)| &rest[..end])
    }

    /// Whether neither a letter nor a digit of the Latin alphabet follows.
    pub(crate) fn ends(&self) -> bool {
        !self.peek().is_some_and(is_latin)
    }
}

/// The steps that this thread took to read reports, for tests and fuzzing of how work grows.
#[cfg(any(test, fuzzing))]
pub(crate) mod work {
    use std::cell::Cell;

    thread_local!(static STEPS: Cell<usize> = const { Cell::new(0) });

    pub(crate) fn add(steps: usize) {
        STEPS.set(STEPS.get() + steps);
    }

    /// The steps since this was asked last.
    pub(crate) fn taken() -> usize {
        STEPS.replace(0)
    }
}

/// Spaces between words of a line.
pub(crate) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{3000}')
}

/// Letters and digits that run on in one word. Japanese, Chinese and Korean put no space between words.
pub(crate) fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric() || (c.is_alphanumeric() && c < '\u{1100}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_stand_still_where_nothing_fits() {
        let mut cursor = Cursor::new("12:05 März x");
        assert_eq!((cursor.number(1, 1), cursor.at()), (None, 0));
        assert_eq!((cursor.number(1, 2), cursor.at()), (Some(12), 2));
        assert!(!cursor.eat("-") && cursor.eat(":"));
        assert_eq!(cursor.number(2, 2), Some(5));
        assert!(cursor.spaces() && !cursor.spaces());
        assert_eq!(cursor.word(), "März");
        assert!(!cursor.eat_word(&["m", "mär"]) && cursor.eat_word(&["märz", "März"]) && cursor.ends());
        assert_eq!(cursor.rest(), " x");
    }
}
