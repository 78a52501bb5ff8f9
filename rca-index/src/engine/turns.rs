//! Turns: the writers of one process queue up at an index.
//!
//! In: threads that want to write. Out: one of them at a time; a thread that would wait for itself is told.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

thread_local! {
    /// The index whose update this thread tells about, by its address; 0 if there is none.
    static TELLING: Cell<usize> = const { Cell::new(0) };
}

/// Who writes to an index.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<()>);

/// The right to write to an index.
#[derive(Debug)]
pub(super) struct Turn<'t> {
    _guard: MutexGuard<'t, ()>,
}

/// While it lives, this thread tells about an update, and must not wait for the end of that.
pub(crate) struct Telling<'t> {
    before: usize,
    of: PhantomData<&'t Turns>,
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        TELLING.set(self.before);
    }
}

impl Turns {
    /// Waits for the writers that came before; `None` if this thread tells about an update of the same index.
    pub(super) fn wait(&self) -> Option<Turn<'_>> {
        if TELLING.get() == self.address() {
            return None;
        }
        Some(Turn { _guard: self.0.lock().unwrap_or_else(PoisonError::into_inner) })
    }

    /// The right to write, if no other thread has it.
    pub(super) fn take(&self) -> Option<Turn<'_>> {
        match self.0.try_lock() {
            Ok(guard) => Some(Turn { _guard: guard }),
            Err(TryLockError::Poisoned(poisoned)) => Some(Turn { _guard: poisoned.into_inner() }),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Marks this thread as one that tells about an update.
    pub(super) fn tell(&self) -> Telling<'_> {
        Telling { before: TELLING.replace(self.address()), of: PhantomData }
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}
