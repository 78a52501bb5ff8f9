//! Permits: limit how many documents are queued for indexing.
//!
//! The engine's own queue holds ten thousand, which takes a hundred megabytes more memory and is no faster. Each
//! document holds a permit until the engine drops it.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A counting semaphore. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Permits {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Negative if a permit was granted after a timeout.
    free: Mutex<isize>,
    released: Condvar,
}

/// A permit, released when dropped.
#[derive(Debug)]
pub(super) struct Permit {
    permits: Permits,
}

impl Permits {
    /// This many permits.
    pub(super) fn new(permits: isize) -> Self {
        Self { inner: Arc::new(Inner { free: Mutex::new(permits), released: Condvar::new() }) }
    }

    /// Waits for a permit. After a timeout the permit is granted anyway: if the engine has died, indexing the document
    /// reports the error.
    pub(super) fn acquire(&self) -> Permit {
        const TIMEOUT: Duration = Duration::from_secs(10);
        let free = self.inner.free.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.inner.released.wait_timeout_while(free, TIMEOUT, |free| *free <= 0);
        let (mut free, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Permit { permits: self.clone() }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *self.permits.inner.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.permits.inner.released.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn acquire_waits_for_a_permit() {
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
