//! Lines: line numbers of bytes. Lines end with a line feed and count from 1.
//!
//! In: a text and a byte of it. Out: the number of the line that the byte is on.

use std::ops::Range;

/// How many lines end in a text: what to add to the line where the text begins to get the line where it ends.
pub(crate) fn line_ends(text: impl AsRef<[u8]>) -> u32 {
    // In runs that a byte can count, of which the compiler counts many bytes at once.
    let of_run = |run: &[u8]| u32::from(run.iter().map(|&b| u8::from(b == b'\n')).sum::<u8>());
    text.as_ref().chunks(255).map(of_run).sum()
}

/// The line of a byte. A byte behind the end is on the last line.
pub(crate) fn line_at(text: impl AsRef<[u8]>, at: usize) -> u32 {
    let text = text.as_ref();
    1 + line_ends(&text[..at.min(text.len())])
}

/// Line numbers of bytes that are asked for mostly in order.
pub(crate) struct Lines<'a> {
    pub(crate) source: &'a str,
    at: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(source: &'a str) -> Self {
        Self { source, at: 0, line: 1 }
    }

    /// The line of a byte.
    pub(crate) fn line_of(&mut self, at: usize) -> u32 {
        let between = |range: Range<usize>| line_ends(self.source.as_bytes().get(range).unwrap_or_default());
        // A row ends where its last cell has been: a step back, which must not mean to count from the top.
        self.line = if at < self.at {
            self.line.saturating_sub(between(at..self.at))
        } else {
            self.line + between(self.at..at)
        };
        self.at = at;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_in_any_order() {
        let text = "one\ntwo\r\n\nfour";
        let mut lines = Lines::new(text);
        for (at, line) in [(0, 1), (3, 1), (4, 2), (9, 3), (10, 4), (4, 2), (14, 4), (0, 1)] {
            assert_eq!((line_at(text, at), lines.line_of(at)), (line, line), "{at}");
        }
        assert_eq!((line_at(text, 99), line_ends(text), line_ends("")), (4, 3, 0));
    }
}
