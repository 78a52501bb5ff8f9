//! Recorded writes: the engine's own files, as unit tests record them.
//!
//! In: a file that the engine writes. Out: the same file, each step of which is in the recording, if there is one.

use std::io::{self, Write};
use std::path::Path;

use tantivy::directory::{AntiCallToken, TerminatingWrite};

use crate::durable::recorded::{self, FileId};

type Inner = Box<dyn TerminatingWrite + Send + Sync>;

struct RecordedFile {
    file: Inner,
    id: Option<FileId>,
    at: u64,
}

/// A file that was just created at this path.
pub(super) fn recorded(file: Inner, path: &Path) -> Inner {
    let id = recorded::opened(path);
    Box::new(RecordedFile { file, id, at: 0 })
}

impl Write for RecordedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        recorded::written(self.id, self.at, &bytes[..written]);
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl TerminatingWrite for RecordedFile {
    /// The engine's directory syncs a file when it is terminated.
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        recorded::synced(self.id);
        self.file.terminate_ref(token)
    }
}
