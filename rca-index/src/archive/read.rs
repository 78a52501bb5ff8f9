//! Reading: from a file to an incident. Every encoding yields its text; bytes that are none are named.
//!
//! In: a file. Out: its bytes and their hash, then its incident and problems, or why it cannot be ingested.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::archive::encoding::decode;
use crate::archive::walk::File;
use crate::files::{Found, Root, found_instead};
use crate::incident::ProblemKind;
use crate::parse::{ParseOptions, Parsed, parse_report};

/// The content of a file.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
    pub(crate) hash: u128,
}

/// Reads a whole file.
///
/// # Errors
/// Why it cannot be ingested: the error of the operating system, or its size.
pub(crate) fn read(file: &File, root: &Root, max_bytes: u64) -> Result<Content, ProblemKind> {
    let too_large = || ProblemKind::FileTooLarge { limit: max_bytes };
    let unreadable = |e: std::io::Error| match found_instead(&e) {
        // It was a regular file when the walk saw it.
        Some(Found::OtherFolder) | None => ProblemKind::FileUnreadable { reason: e.to_string() },
        Some(_) => ProblemKind::FileNotRegular,
    };
    if file.size > max_bytes {
        return Err(too_large());
    }
    let opened = root.open(file.path_below(root.path())).map_err(unreadable)?;
    let bytes = opened.read_within(max_bytes).map_err(unreadable)?.ok_or_else(too_large)?;
    let hash = xxhash_rust::xxh3::xxh3_128(&bytes);
    Ok(Content { bytes, hash })
}

/// Decodes and parses a report. Always returns an incident or a reason, whatever the content.
///
/// # Errors
/// There is no incident because the file has no text: it is empty or binary.
pub(crate) fn decode_report(file: &File, bytes: Vec<u8>, options: &ParseOptions) -> Result<Parsed, ProblemKind> {
    let mut problems = Vec::new();
    let text = decode(bytes, &mut problems)?;
    if text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty() {
        return Err(ProblemKind::FileEmpty);
    }
    // A bug in the parser must cost only this report, not the whole update.
    let parsed = catch_unwind(AssertUnwindSafe(|| parse_report(&file.path, text, options)));
    let mut parsed = parsed.map_err(|_| ProblemKind::ParserBug)?;
    parsed.incident.id = file.id().into_owned();
    problems.append(&mut parsed.problems);
    Ok(Parsed { problems, ..parsed })
}
