//! A piece of text and where it is in the input.
//!
//! In: the input, a string of its JSON, a line. Out: parts of it, with their places.

use std::ops::Range;

/// A text and its bytes in the input. A text that was decoded, such as a string of JSON with escapes, is longer there.
#[derive(Debug, Clone)]
pub(super) struct Piece<'t> {
    pub(super) text: &'t str,
    pub(super) range: Range<usize>,
}

impl<'t> Piece<'t> {
    /// The part of it at some of its bytes. Of a decoded text, every part is at the place of the whole.
    pub(super) fn slice(&self, range: Range<usize>) -> Self {
        let is_as_written = self.range.len() == self.text.len();
        let place = if is_as_written {
            self.range.start + range.start..self.range.start + range.end
        } else {
            self.range.clone()
        };
        Self { text: self.text.get(range).unwrap_or_default(), range: place }
    }

    /// Its rest from a byte on.
    pub(super) fn from(&self, start: usize) -> Self {
        self.slice(start.min(self.text.len())..self.text.len())
    }

    /// Without white space at its ends.
    pub(super) fn trimmed(&self) -> Self {
        let start = self.text.len() - self.text.trim_start().len();
        self.slice(start..start + self.text.trim().len())
    }

    /// Its lines, without their ends.
    pub(super) fn lines(&self) -> impl Iterator<Item = Piece<'t>> {
        let mut at = 0;
        let whole = self.clone();
        self.text.split_inclusive('\n').map(move |line| {
            let start = at;
            at += line.len();
            whole.slice(start..start + line.trim_end_matches(['\n', '\r']).len())
        })
    }
}
