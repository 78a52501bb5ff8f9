//! The queue: how many documents may be on their way into the engine.
//!
//! The engine's own queue holds ten thousand, which is a hundred megabytes more of memory and no faster. Each document takes
//! one of a few places here, and gives it back when the engine drops it.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Places for documents on their way. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Below nothing when somebody went on without a place.
    free: Mutex<isize>,
    given_back: Condvar,
}

/// A place, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    queue: Queue,
}

impl Queue {
    /// A queue with so many places.
    pub(crate) fn new(places: isize) -> Self {
        Self { inner: Arc::new(Inner { free: Mutex::new(places), given_back: Condvar::new() }) }
    }

    /// Waits for a place. Should none become free for as long as a report may take, there is one anyway: whether the engine
    /// has stopped is for the engine to say.
    pub(crate) fn place(&self) -> Place {
        const LONGEST: Duration = Duration::from_secs(10);
        let free = self.inner.free.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.inner.given_back.wait_timeout_while(free, LONGEST, |free| *free <= 0);
        let (mut free, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Place { queue: self.clone() }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *self.queue.inner.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.queue.inner.given_back.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn who_finds_no_place_waits_for_one() {
        let queue = Queue::new(2);
        let (first, _second) = (queue.place(), queue.place());
        let third = thread::spawn({
            let queue = queue.clone();
            move || queue.place()
        });
        thread::sleep(Duration::from_millis(20));
        assert!(!third.is_finished());
        drop(first);
        drop(third.join().unwrap());
        assert_eq!(*queue.inner.free.lock().unwrap(), 1);
    }
}
