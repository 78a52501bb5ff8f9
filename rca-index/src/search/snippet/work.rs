//! Work: what looking for passages may cost, so that it grows with the size of a report only, whatever the query.
//!
//! In: the bytes to be searched, then steps. Out: whether there is any budget left. What lies beyond it is not looked at.

/// Steps for each byte: far more than a query of people takes.
const A_BYTE: usize = 32;
/// Of lines, since each may begin a passage of as many lines as a snippet has bytes.
const A_BYTE_OF_LINES: usize = 128;
/// Steps for a report of no bytes.
const AT_LEAST: usize = 20_000;

/// How many steps may be taken.
pub(super) struct Budget(usize);

impl Budget {
    /// To find words in so many bytes.
    pub(super) fn of_words(bytes: usize) -> Self {
        Self(A_BYTE * bytes + AT_LEAST)
    }

    /// To compare the lines of so many bytes.
    pub(super) fn of_lines(bytes: usize) -> Self {
        Self(A_BYTE_OF_LINES * bytes + AT_LEAST)
    }

    /// Takes steps. `false` if there are not so many left, and then for good.
    pub(super) fn take(&mut self, steps: usize) -> bool {
        #[cfg(any(test, fuzzing))]
        counted::add(steps.min(self.0));
        let left = self.0.checked_sub(steps);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

/// The steps that this thread took, for tests and fuzzing.
#[cfg(any(test, fuzzing))]
pub(crate) mod counted {
    use std::cell::Cell;

    thread_local!(static STEPS: Cell<usize> = const { Cell::new(0) });

    pub(super) fn add(steps: usize) {
        STEPS.set(STEPS.get() + steps);
    }

    /// The steps since this was asked last.
    pub(crate) fn taken() -> usize {
        STEPS.replace(0)
    }
}
