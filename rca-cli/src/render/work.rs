//! Work: the steps of the renderers, counted so that tests hold that they grow with the size of a report only.
//!
//! In: steps. Out: their number. In tests only.

use std::cell::Cell;

thread_local!(static STEPS: Cell<usize> = const { Cell::new(0) });

pub(super) fn add(steps: usize) {
    STEPS.set(STEPS.get() + steps);
}

/// The steps of this thread since this was asked last.
pub(super) fn taken() -> usize {
    STEPS.replace(0)
}
