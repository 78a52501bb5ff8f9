//! Work: how much a search did, in units that do not depend on the machine, for tests and fuzzing of how it grows: terms of
//! the dictionary visited, postings read, occurrences and pairs of words looked at.

/// What a search did, in units that do not depend on the machine. It says how a search grows with the archive and the query.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SearchWork {
    /// The postings that were read: each says that an incident has a term, and how often.
    pub postings: u64,
    /// The positions that were decoded: where in an incident a term stands.
    pub positions: u64,
    /// The incidents in the lists of words that earlier searches of the same commit have made, instead of their postings.
    pub listed: u64,
    /// The reports that were parsed to show hits.
    pub reports: u64,
}

/// Counts work of this thread. Costs nothing in other builds.
#[inline]
#[cfg_attr(not(any(test, fuzzing)), allow(unused_variables))]
pub(crate) fn add(steps: usize) {
    #[cfg(any(test, fuzzing))]
    count::STEPS.set(count::STEPS.get() + steps);
}

/// Counts postings that were read, which are work too.
#[inline]
pub(crate) fn add_postings(postings: usize) {
    add(postings);
    #[cfg(test)]
    count::POSTINGS.set(count::POSTINGS.get() + postings);
}

/// Counts positions that were read, which are work too.
#[inline]
pub(crate) fn add_positions(positions: usize) {
    add(positions);
    #[cfg(test)]
    count::POSITIONS.set(count::POSITIONS.get() + positions);
}

/// The work of this thread since this was asked last.
#[cfg(any(test, fuzzing))]
pub(crate) fn taken() -> usize {
    count::STEPS.replace(0)
}

/// The postings and the positions that this thread has read since this was asked last.
#[cfg(test)]
pub(crate) fn read() -> (usize, usize) {
    (count::POSTINGS.replace(0), count::POSITIONS.replace(0))
}

#[cfg(any(test, fuzzing))]
mod count {
    use std::cell::Cell;

    thread_local! {
        pub(super) static STEPS: Cell<usize> = const { Cell::new(0) };
        #[cfg(test)]
        pub(super) static POSTINGS: Cell<usize> = const { Cell::new(0) };
        #[cfg(test)]
        pub(super) static POSITIONS: Cell<usize> = const { Cell::new(0) };
    }
}
