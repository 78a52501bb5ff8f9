//! Limits of front matter: how large, deep and many its values may be, the same in YAML, TOML and JSON.
//!
//! In: a block, then each value that is made of it. Out: why a block is not read, with the line.

use std::fmt::{Display, Formatter, Result as Written};

/// More than this is no front matter; the line reader is enough for it.
pub(crate) const MAX_BYTES: usize = 256 * 1024;
/// How deep lists and maps may lie in each other: what the readers of all three languages can do.
pub(crate) const MAX_NESTING: usize = 64;
/// How many texts, lists and maps there may be. Each takes about a hundred bytes.
pub(crate) const MAX_VALUES: usize = 100_000;
/// How long all texts may be together. Only what aliases repeat can be longer than the block.
pub(crate) const MAX_TEXT: usize = 1_000_000;

/// A limit of front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    Bytes,
    Nesting,
    Values,
    Text,
}

impl Display for Limit {
    fn fmt(&self, f: &mut Formatter<'_>) -> Written {
        match self {
            Self::Bytes => write!(f, "more than {MAX_BYTES} bytes"),
            Self::Nesting => write!(f, "lists or maps nested more than {MAX_NESTING} deep"),
            Self::Values => write!(f, "more than {MAX_VALUES} values"),
            Self::Text => write!(f, "aliases that make more than {MAX_TEXT} bytes of text"),
        }
    }
}

/// Why a block cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The line within the block, counted from 1.
    pub(crate) line: u32,
    pub(crate) why: Why,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The language has no such sentence.
    Invalid(String),
    Beyond(Limit),
}

impl Refusal {
    pub(crate) fn invalid(line: u32, reason: impl Into<String>) -> Self {
        Self { line, why: Why::Invalid(reason.into()) }
    }

    pub(crate) fn beyond(line: u32, limit: Limit) -> Self {
        Self { line, why: Why::Beyond(limit) }
    }
}

/// What the values that are made of a block have cost so far.
#[derive(Default)]
pub(crate) struct Budget {
    values: usize,
    text: usize,
    /// The limit that the last value exceeded.
    pub(crate) exceeded: Option<Limit>,
}

impl Budget {
    /// Pays for a value in this many lists and maps, with this many bytes of text of its own.
    pub(crate) fn pay(&mut self, depth: usize, text: usize) -> Result<(), Limit> {
        self.values += 1;
        self.text += text;
        self.exceeded = if depth > MAX_NESTING {
            Some(Limit::Nesting)
        } else if self.values > MAX_VALUES {
            Some(Limit::Values)
        } else {
            (self.text > MAX_TEXT).then_some(Limit::Text)
        };
        self.exceeded.map_or(Ok(()), Err)
    }
}

/// Refuses a block that is too large.
pub(crate) fn check_size(block: &str) -> Result<(), Refusal> {
    if block.len() <= MAX_BYTES {
        return Ok(());
    }
    let line = 1 + block.as_bytes()[..MAX_BYTES].iter().filter(|&&b| b == b'\n').count() as u32;
    Err(Refusal::beyond(line, Limit::Bytes))
}

/// The line of the bracket, or of the name with dots, that lies too deep; else the first line.
pub(crate) fn line_of_depth(block: &str) -> u32 {
    let mut depth = 0_usize;
    for (line, text) in (1..).zip(block.lines()) {
        let mut dots = 0;
        for byte in text.bytes() {
            match byte {
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth = depth.saturating_sub(1),
                b'.' => dots += 1,
                _ => {}
            }
            if depth.max(dots) > MAX_NESTING {
                return line;
            }
        }
    }
    1
}
