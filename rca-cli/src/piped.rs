//! Piped text: the query of a search when text is piped in and no query is given.
//!
//! In: stdin. Out: the start of its text, longer than is read of a pasted text if the text is; nothing if stdin is a terminal or nowhere, as under cron.

use std::io::{Read as _, stdin};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rca_index::signal::MAX_SIGNAL_BYTES;

use crate::context::Context;

/// How long a pipe may be silent. Some programs start others with a pipe that they never write to or close.
const PATIENCE: Duration = Duration::from_secs(3);

/// How much is read, in bytes: more than is read of a pasted text, so that the command says that it cut the text.
const LONGEST: u64 = MAX_SIGNAL_BYTES as u64 + 1;

/// The text that is piped into the command, if any; it may be empty.
pub(crate) fn piped_text(context: &mut Context) -> Option<String> {
    if !is_piped() {
        return None;
    }
    let (sender, receiver) = mpsc::channel();
    // A silent pipe cannot be read without waiting, so this thread may outlive the command.
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut input = stdin().lock();
        let first = (&mut input).take(1).read_to_end(&mut bytes);
        // The receiver is gone only if it waits no more.
        let _ = sender.send(first.map(|_| Vec::new()));
        let rest = input.take(LONGEST).read_to_end(&mut bytes);
        let _ = sender.send(rest.map(|_| bytes));
    });
    if receiver.recv_timeout(PATIENCE).is_err() {
        context.say(format_args!("rca: nothing arrived on stdin; pass `-` to wait for it"));
        return None;
    }
    let bytes = receiver.recv().ok()?.ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether stdin is a pipe, a socket or a file.
#[cfg(unix)]
fn is_piped() -> bool {
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::FileTypeExt as _;
    let Ok(owned) = stdin().as_fd().try_clone_to_owned() else { return false };
    let Ok(metadata) = std::fs::File::from(owned).metadata() else { return false };
    let kind = metadata.file_type();
    kind.is_fifo() || kind.is_socket() || kind.is_file()
}

/// Whether stdin is a pipe, a socket or a file. A task of the scheduler has the null device there, or nothing at all.
#[cfg(windows)]
fn is_piped() -> bool {
    use winapi_util::{HandleRef, file};
    file::typ(HandleRef::stdin()).is_ok_and(|kind| kind.is_disk() || kind.is_pipe())
}
