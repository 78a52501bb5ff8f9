//! Reading: from a file to an incident. Every encoding yields some text.
//!
//! In: a file. Out: its bytes and their hash, then its incident and problems, or why it cannot be ingested.

use std::fs;
use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::archive::walk::File;
use crate::incident::lines::line_at;
use crate::incident::{Problem, ProblemKind};
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
pub(crate) fn read(file: &File, root: &Path, max_bytes: u64) -> Result<Content, ProblemKind> {
    let too_large = || ProblemKind::TooLarge { limit: max_bytes };
    let unreadable = |e: std::io::Error| ProblemKind::FileNotReadable { reason: e.to_string() };
    if file.size > max_bytes {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(file.size as usize + 1);
    let opened = fs::File::open(file.open_path(root)).map_err(unreadable)?;
    // The file may have grown since the walk.
    opened.take(max_bytes + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > max_bytes {
        return Err(too_large());
    }
    let hash = xxhash_rust::xxh3::xxh3_128(&bytes);
    Ok(Content { bytes, hash })
}

/// Decodes and parses a report. Always returns an incident or a reason, whatever the content.
///
/// # Errors
/// There is no incident because the file has no text.
pub(crate) fn decode_report(file: &File, bytes: Vec<u8>, options: &ParseOptions) -> Result<Parsed, ProblemKind> {
    let mut problems = Vec::new();
    let text = decode(bytes, &mut problems);
    if text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty() {
        return Err(ProblemKind::Empty);
    }
    // A bug in the parser must cost only this report, not the whole update.
    let parsed = catch_unwind(AssertUnwindSafe(|| parse_report(&file.path, text, options)));
    let mut parsed = parsed.map_err(|_| ProblemKind::ParserBug)?;
    file.id().clone_into(&mut parsed.incident.id);
    problems.append(&mut parsed.problems);
    Ok(Parsed { problems, ..parsed })
}

/// Decodes bytes: UTF-16 if there is a byte order mark, else UTF-8, else Latin-1.
fn decode(bytes: Vec<u8>, problems: &mut Vec<Problem>) -> String {
    let mut warn = |line: u32, kind: ProblemKind| problems.push(Problem::new(line, kind));
    if let [0xff, 0xfe, rest @ ..] = &bytes[..] {
        warn(1, ProblemKind::Utf16);
        return decode_utf16(rest, u16::from_le_bytes);
    }
    if let [0xfe, 0xff, rest @ ..] = &bytes[..] {
        warn(1, ProblemKind::Utf16);
        return decode_utf16(rest, u16::from_be_bytes);
    }
    let text = String::from_utf8(bytes).unwrap_or_else(|error| {
        let (valid, bytes) = (error.utf8_error().valid_up_to(), error.into_bytes());
        warn(line_at(&bytes, valid), ProblemKind::NotUtf8);
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(chunk.invalid().iter().map(|&b| char::from(b)));
        }
        text
    });
    if let Some(at) = text.find('\0') {
        warn(line_at(text.as_bytes(), at), ProblemKind::NulBytes);
    }
    text
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks().0.iter().map(|&pair| unit(pair));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], text: &str, expected: &[(u32, ProblemKind)]) {
        let mut problems = Vec::new();
        assert_eq!(decode(bytes.to_vec(), &mut problems), text);
        assert_eq!(problems.into_iter().map(|p| (p.line, p.kind)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn every_encoding_yields_some_text() {
        check("straße".as_bytes(), "straße", &[]);
        check(b"one\nd\xe9j\xe0 vu", "one\ndéjà vu", &[(2, ProblemKind::NotUtf8)]);
        check(b"\xff\xfeh\0i\0", "hi", &[(1, ProblemKind::Utf16)]);
        check(b"\xfe\xff\0h\0i", "hi", &[(1, ProblemKind::Utf16)]);
        check(b"\xff\xfeh\0i\0!", "hi", &[(1, ProblemKind::Utf16)]);
        check(b"a\nb\0c", "a\nb\0c", &[(2, ProblemKind::NulBytes)]);
    }
}
