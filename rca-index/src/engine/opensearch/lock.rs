//! The lock of an archive in a cluster: one writer at a time.
//!
//! In: a cluster. Out: the right to write, renewed until it is dropped, or who has it and since when. It saves two writers from each
//! other's work, no more: that only one can commit is a matter of the state, which each writer changes when it begins.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::engine::opensearch::answer::cleaned;
use crate::engine::opensearch::cluster::{Remote, Seen};
use crate::engine::opensearch::origin::{LONGEST_HOST, host};
use crate::error::{Error, Result};
use crate::process::Process;

/// How long a lock holds that nobody renews.
const LEASE: Duration = Duration::from_secs(30);
/// How often it is renewed.
const RENEWAL: Duration = Duration::from_secs(8);
/// How long to sleep while another writer has it.
const POLL: Duration = Duration::from_millis(200);

/// Who has a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Holder {
    host: String,
    pid: u32,
    /// What tells the process from others, by which one of the same machine sees that it has ended.
    #[serde(default)]
    process: Option<Process>,
    /// Random, so that no two writers are taken for one.
    token: String,
    /// In seconds since 1970, UTC.
    since: i64,
    /// In milliseconds since 1970, UTC, by the clock of the holder.
    expires: i64,
}

impl Holder {
    fn new(token: &str) -> Self {
        let now = now();
        let since = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        let (pid, process) = (std::process::id(), Process::this());
        Self { host: host(), pid, process, token: token.to_owned(), since, expires: expiry() }
    }

    /// Whether it will not renew its lock: its time is over, or its process.
    fn is_gone(&self) -> bool {
        let now = i64::try_from(now().as_millis()).unwrap_or(i64::MAX);
        self.expires <= now || self.process.as_ref().is_some_and(Process::has_ended)
    }

    fn document(&self, archive: &str) -> Value {
        json!({ "kind": "lock", "archive": archive, "body": self })
    }

    fn error(&self, place: &str) -> Error {
        let own = self.pid == std::process::id() && self.host == host();
        let host = cleaned(&self.host).chars().take(LONGEST_HOST).collect();
        Error::IndexLocked {
            path: PathBuf::from(place),
            holder: Some(self.pid),
            since: Some(self.since),
            host: Some(host).filter(|host: &String| !host.is_empty()),
            own,
        }
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn expiry() -> i64 {
    i64::try_from((now() + LEASE).as_millis()).unwrap_or(i64::MAX)
}

/// The right to write an archive, until it is dropped.
#[derive(Debug)]
pub(super) struct ClusterLock {
    shared: Arc<Shared>,
    /// Dropped to end the renewals.
    stop: Option<Sender<()>>,
    renewals: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    remote: Remote,
    archive: String,
    holder: Holder,
    /// The lock as it was written last; `None` once another writer has it.
    seen: Mutex<Option<Seen>>,
}

impl ClusterLock {
    /// Waits for the lock of an archive. The token is random.
    ///
    /// # Errors
    /// [`Error::IndexLocked`] if another writer has it for longer than `wait`; errors of the cluster.
    pub(super) fn take(remote: &Remote, archive: &str, token: &str, wait: Duration) -> Result<Self> {
        let seen = take(remote, archive, token, wait)?;
        let holder = Holder::new(token);
        let shared =
            Shared { remote: remote.clone(), archive: archive.to_owned(), holder, seen: Mutex::new(Some(seen)) };
        let shared = Arc::new(shared);
        let (stop, stopped) = channel();
        let renewals = thread::Builder::new().name("rca-lock".to_owned()).spawn({
            let shared = Arc::clone(&shared);
            move || shared.renew_until(&stopped)
        });
        // Without a thread the lock is not renewed, and holds as long as it does.
        Ok(Self { shared, stop: Some(stop), renewals: renewals.ok() })
    }

    /// Fails if another writer has the lock by now.
    pub(super) fn check(&self) -> Result<()> {
        if self.shared.seen().is_some() {
            return Ok(());
        }
        Err(match self.shared.remote.get(&lock_id(&self.shared.archive))?.map(|(body, _)| holder_in(body)) {
            Some(Some(holder)) => holder.error(&self.shared.remote.place),
            _ => self.shared.holder.error(&self.shared.remote.place),
        })
    }
}

impl Drop for ClusterLock {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(renewals) = self.renewals.take() {
            let _ = renewals.join();
        }
        if let Some(seen) = self.shared.seen().take() {
            // One that is left expires.
            let _ = self.shared.remote.remove(&lock_id(&self.shared.archive), seen);
        }
    }
}

impl Shared {
    fn seen(&self) -> std::sync::MutexGuard<'_, Option<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn renew_until(&self, stopped: &Receiver<()>) {
        while stopped.recv_timeout(RENEWAL) == Err(RecvTimeoutError::Timeout) {
            self.renew();
        }
    }

    fn renew(&self) {
        let mut seen = self.seen();
        let Some(before) = *seen else { return };
        let id = lock_id(&self.archive);
        let holder = Holder { expires: expiry(), ..self.holder.clone() };
        match self.remote.put(&id, &holder.document(&self.archive), Some(before)) {
            Ok(Some(now)) => *seen = Some(now),
            // Another writer has it, or this one, whose request arrived twice.
            Ok(None) => {
                *seen = self
                    .remote
                    .get(&id)
                    .ok()
                    .flatten()
                    .and_then(|(body, now)| holder_in(body).filter(|now| now.token == holder.token).map(|_| now));
            }
            // Tried again; if another writer takes it meanwhile, that is found out then.
            Err(_) => {}
        }
    }
}

/// The id of the lock of an archive.
fn lock_id(archive: &str) -> String {
    format!("lock/{archive}")
}

fn holder_in(body: Value) -> Option<Holder> {
    serde_json::from_value(body).ok()
}

fn take(remote: &Remote, archive: &str, token: &str, wait: Duration) -> Result<Seen> {
    let (started, id) = (Instant::now(), lock_id(archive));
    // A lock that nobody renews while it is watched has expired too, whatever the clock of its holder says.
    let mut watched: Option<(Seen, Instant)> = None;
    loop {
        let ours = || Holder::new(token).document(archive);
        let found = remote.get(&id)?;
        let Some((body, seen)) = found else {
            match remote.put(&id, &ours(), None)? {
                Some(taken) => return Ok(taken),
                None => continue,
            }
        };
        let holder = holder_in(body);
        if holder.as_ref().is_some_and(|holder| holder.token == token) {
            return Ok(seen);
        }
        let since = match watched {
            Some((before, since)) if before == seen => since,
            _ => Instant::now(),
        };
        watched = Some((seen, since));
        if holder.as_ref().is_none_or(Holder::is_gone) || since.elapsed() >= LEASE {
            if let Some(taken) = remote.put(&id, &ours(), Some(seen))? {
                return Ok(taken);
            }
        } else if let Some(holder) = holder.filter(|_| started.elapsed() >= wait) {
            return Err(holder.error(&remote.place));
        } else {
            thread::sleep(POLL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::opensearch::fake::Fake;

    fn taken(remote: &Remote, token: &str) -> Result<ClusterLock> {
        ClusterLock::take(remote, "ops", token, Duration::ZERO)
    }

    #[test]
    fn one_at_a_time_and_who_is_known() {
        let fake = Fake::new();
        let remote = Remote::new(fake.clone(), "incidents");
        let lock = taken(&remote, "a").unwrap();
        let Err(Error::IndexLocked { path, holder, since, host, own }) = taken(&remote, "b") else {
            unreachable!("two at once");
        };
        assert_eq!((path.to_str(), holder, own), (Some("http://cluster/incidents"), Some(std::process::id()), true));
        assert!(since.is_some_and(|since| since > 1_700_000_000));
        assert_eq!(host.unwrap_or_default(), super::host());
        // Another archive has another lock.
        ClusterLock::take(&remote, "other", "c", Duration::ZERO).unwrap();
        lock.check().unwrap();
        drop(lock);
        drop(taken(&remote, "b").unwrap());
        assert!(remote.get("lock/ops").unwrap().is_none());
    }

    #[test]
    fn a_lock_that_expired_goes_to_the_next_and_its_holder_is_told() {
        let fake = Fake::new();
        let remote = Remote::new(fake.clone(), "incidents");
        let first = taken(&remote, "a").unwrap();
        let (body, seen) = remote.get("lock/ops").unwrap().unwrap();
        let stale = Holder { expires: 1, host: "web-1\u{1b}[31m".into(), pid: 7, ..holder_in(body).unwrap() };
        let stale = remote.put("lock/ops", &stale.document("ops"), Some(seen)).unwrap();
        assert!(stale.is_some());
        let second = taken(&remote, "b").unwrap();
        // The first finds out when it renews, and leaves the lock of the second alone.
        first.shared.renew();
        assert!(matches!(first.check(), Err(Error::IndexLocked { .. })));
        drop(first);
        second.shared.renew();
        second.check().unwrap();
        assert!(taken(&remote, "c").is_err());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_lock_of_a_process_that_ended_is_free_at_once_on_its_machine() {
        let fake = Fake::new();
        let remote = Remote::new(fake.clone(), "incidents");
        let first = taken(&remote, "a").unwrap();
        assert!(taken(&remote, "b").is_err());
        // An earlier process had this number.
        let mut before = serde_json::to_value(Process::this().unwrap()).unwrap();
        before["started"] = 1.into();
        fake.change("lock/ops", |document| document["body"]["process"] = before.clone());
        fake.change("lock/ops", |document| document["body"]["process"]["boot"] = "another".into());
        assert!(taken(&remote, "b").is_err(), "of another machine");
        fake.change("lock/ops", |document| document["body"]["process"] = before.clone());
        let second = taken(&remote, "b").unwrap();
        first.shared.renew();
        assert!(first.check().is_err());
        second.check().unwrap();
    }

    #[test]
    fn a_request_that_arrived_twice_took_the_lock_once() {
        let fake = Fake::new();
        let remote = Remote::new(fake.clone(), "incidents");
        fake.send_twice("lock%2Fops");
        let lock = taken(&remote, "a").unwrap();
        lock.shared.renew();
        lock.check().unwrap();
    }

    #[test]
    fn a_host_cannot_control_a_terminal() {
        let holder = Holder { host: format!("web\u{1b}[31m{}", "x".repeat(500)), pid: 7, ..Holder::new("a") };
        let message = holder.error("http://cluster/incidents").to_string();
        assert!(message.starts_with("http://cluster/incidents: process 7 on web [31mxx"), "{message}");
        assert!(message.len() < 200 && !message.contains('\u{1b}'), "{message}");
    }
}
