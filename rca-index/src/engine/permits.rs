//! Permits: how many documents may be on their way into the engine.
//!
//! The engine's own queue holds ten thousand, which is a hundred megabytes more of memory and no faster. Each document holds
//! one of a few permits, until the engine drops it.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A counting semaphore. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Permits {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Negative when somebody went on without waiting.
    free: Mutex<isize>,
    given_back: Condvar,
}

/// A permit, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Permit {
    permits: Permits,
}

impl Permits {
    /// So many permits.
    pub(super) fn new(permits: isize) -> Self {
        Self { inner: Arc::new(Inner { free: Mutex::new(permits), given_back: Condvar::new() }) }
    }

    /// Waits for a permit. If none becomes free for as long as a report may take, it is given anyway: whether the engine has
    /// stopped is for the engine to say.
    pub(super) fn acquire(&self) -> Permit {
        const LONGEST: Duration = Duration::from_secs(10);
        let free = self.inner.free.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.inner.given_back.wait_timeout_while(free, LONGEST, |free| *free <= 0);
        let (mut free, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Permit { permits: self.clone() }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *self.permits.inner.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.permits.inner.given_back.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn who_gets_no_permit_waits_for_one() {
        let permits = Permits::new(2);
        let (first, _second) = (permits.acquire(), permits.acquire());
        let third = thread::spawn({
            let permits = permits.clone();
            move || permits.acquire()
        });
        thread::sleep(Duration::from_millis(20));
        assert!(!third.is_finished());
        drop(first);
        drop(third.join().unwrap());
        assert_eq!(*permits.inner.free.lock().unwrap(), 1);
    }
}
