//! The head of the record: its version and identity, and two slots of which the newer one says how much is acknowledged.
//!
//! A slot is written in place, in turn, after what it acknowledges is on disk. So one of the two is always whole, and what
//! follows the length that the newer one states was never acknowledged.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

/// The version of the record. Every later version of this library must read it.
const VERSION: u32 = 1;
/// How the first line begins, before the version.
const MAGIC: &str = "rca given incidents ";
/// The length of the first line.
const FIRST_LINE: usize = MAGIC.len() + 8 + 1 + 16 + 1 + 16 + 1;
/// The length of a slot.
const SLOT: usize = 4 * 17 + 2 + 17 + 17;
/// The length of the head.
pub(super) const HEAD: usize = FIRST_LINE + 2 * SLOT;

/// A state of the record: what an index notes of the record that it was last brought in line with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    /// The identity of the record, which stays.
    pub(super) record: u64,
    /// Raised whenever lines are replaced; only lines of one generation follow each other.
    pub(super) generation: u64,
    /// Raised by every write.
    pub(super) sequence: u64,
    /// The acknowledged length of the file, in bytes.
    pub(super) length: u64,
    /// The checksum of the last acknowledged line.
    pub(super) chain: u64,
}

impl Position {
    /// The identity of the record.
    pub(crate) fn identity(&self) -> String {
        format!("{:016x}", self.record)
    }
}

/// The head of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) position: Position,
    /// The length of the file when it was last compacted.
    pub(super) compacted: u64,
    /// Whether the index has reports of an archive as well.
    pub(super) archive: bool,
    /// Whether a slot is damaged, so that more may have been acknowledged.
    pub(super) doubtful: bool,
}

/// Why a head cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HeadFault {
    /// A version of the record that this library does not know.
    OtherVersion,
    Damaged(&'static str),
}

impl Head {
    /// The head of a record with no lines.
    pub(super) fn new(record: u64) -> Self {
        let length = HEAD as u64;
        let position = Position { record, generation: 0, sequence: 0, length, chain: record };
        Self { position, compacted: length, archive: false, doubtful: false }
    }

    /// The bytes of a new file's head; both slots are the same.
    pub(super) fn to_bytes(self) -> Vec<u8> {
        let first = format!("{MAGIC}{VERSION:08} {:016x}", self.position.record);
        let (first, slot) = (format!("{first} {:016x}\n", xxh3_64(first.as_bytes())), self.slot());
        [first.as_bytes(), &slot, &slot].concat()
    }

    /// The newer slot, and where it is written.
    pub(super) fn slot_to_write(&self) -> (u64, Vec<u8>) {
        let at = FIRST_LINE + if self.position.sequence.is_multiple_of(2) { 0 } else { SLOT };
        (at as u64, self.slot())
    }

    fn slot(&self) -> Vec<u8> {
        let Position { generation, sequence, length, chain, .. } = self.position;
        let archive = u8::from(self.archive);
        let text =
            format!("{sequence:016x} {generation:016x} {length:016x} {chain:016x} {archive:x} {:016x}", self.compacted);
        format!("{text} {:016x}\n", xxh3_64(text.as_bytes())).into_bytes()
    }

    /// Reads a head.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, HeadFault> {
        let first = bytes.get(..FIRST_LINE).and_then(checked).ok_or(HeadFault::Damaged("the first line is damaged"))?;
        let mut words = first.strip_prefix(MAGIC).ok_or(HeadFault::Damaged("not a record"))?.split(' ');
        if words.next().and_then(|version| version.parse().ok()) != Some(VERSION) {
            return Err(HeadFault::OtherVersion);
        }
        let record = words.next().and_then(hex).ok_or(HeadFault::Damaged("the first line is damaged"))?;
        let slot = |at: usize| Self::from_slot(bytes.get(at..at + SLOT)?, record);
        let slots = [slot(FIRST_LINE), slot(FIRST_LINE + SLOT)];
        let doubtful = slots.iter().any(Option::is_none);
        let newest = slots.into_iter().flatten().max_by_key(|head| head.position.sequence);
        newest.map(|head| Self { doubtful, ..head }).ok_or(HeadFault::Damaged("the head is damaged"))
    }

    fn from_slot(bytes: &[u8], record: u64) -> Option<Self> {
        let mut words = checked(bytes)?.split(' ').map(hex);
        let mut next = || words.next()?;
        let (sequence, generation, length, chain) = (next()?, next()?, next()?, next()?);
        let (archive, compacted) = (next()? == 1, next()?);
        let position = Position { record, generation, sequence, length, chain };
        Some(Self { position, compacted, archive, doubtful: false })
    }
}

/// The text of a line that ends with its checksum, if that matches.
fn checked(line: &[u8]) -> Option<&str> {
    let (text, checksum) = std::str::from_utf8(line).ok()?.strip_suffix('\n')?.rsplit_once(' ')?;
    (format!("{:016x}", xxh3_64(text.as_bytes())) == checksum).then_some(text)
}

pub(super) fn hex(word: &str) -> Option<u64> {
    u64::from_str_radix(word, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_reads_as_it_was_written() {
        let mut head = Head::new(0x1234_5678_9abc_def0);
        let mut bytes = head.to_bytes();
        assert_eq!((bytes.len(), Head::from_bytes(&bytes)), (HEAD, Ok(head)));
        for sequence in 1..5 {
            head.position = Position { sequence, length: 1000 * sequence, chain: u64::MAX - sequence, ..head.position };
            head.archive = !head.archive;
            let (at, slot) = head.slot_to_write();
            bytes[at as usize..at as usize + slot.len()].copy_from_slice(&slot);
            assert_eq!(Head::from_bytes(&bytes), Ok(head));
        }
        // The older slot answers where the newer one is damaged, and says that it may not be the last.
        let (at, _) = head.slot_to_write();
        bytes[at as usize + 3] ^= 1;
        let before = Head::from_bytes(&bytes).unwrap();
        assert_eq!((before.position.sequence, before.doubtful), (3, true));
    }

    #[test]
    fn any_damage_is_seen_and_another_version_is_named() {
        let head = Head::new(7);
        let bytes = head.to_bytes();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 4;
            assert!(Head::from_bytes(&damaged).map_or(true, |read| read.doubtful), "byte {at}");
            assert!(Head::from_bytes(&bytes[..at]).map_or(true, |read| read.doubtful), "the first {at} bytes");
        }
        let first = format!("{MAGIC}{:08} {:016x}", 2, 7);
        let next = format!("{first} {:016x}\n", xxh3_64(first.as_bytes()));
        assert_eq!(Head::from_bytes(next.as_bytes()), Err(HeadFault::OtherVersion));
    }
}
