//! What scoring needs of an incident, packed as one value of a column: its tokens without stems, and a few numbers.
//!
//! In: what is indexed of an incident. Out: text for the document, and from an answer the same again. A cluster reads a column without
//! unpacking the document that it stores.

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};

use crate::engine::opensearch::mapping::{JOINER, NOTHING};
use crate::text::analyzer::STEM_MARK;

/// What is longer unpacked is none of ours.
const MOST: u64 = 128 << 20;

/// A cluster answers without the padding that it was sent.
const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What scoring needs of an incident.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Scored {
    pub(super) length: u64,
    pub(super) date: Option<i64>,
    pub(super) rank: Option<u8>,
    /// The keys of its services.
    pub(super) services: Vec<String>,
    /// The tokens of the title by position, as in the field of that name.
    pub(super) title: String,
    /// The tokens of the regions, by the number of their field, in the order of the field table.
    pub(super) regions: Vec<(u64, String)>,
}

impl Scored {
    /// As text of a document.
    ///
    /// # Errors
    /// None in practice.
    pub(super) fn packed(&self) -> Result<String, postcard::Error> {
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
        let written = packed.write_all(&postcard::to_stdvec(self)?).and_then(|()| packed.finish());
        written.map(|packed| STANDARD.encode(packed)).map_err(|_| postcard::Error::SerializeBufferFull)
    }

    /// From the text of an answer; `None` if it is not one.
    pub(super) fn unpacked(text: &str) -> Option<Self> {
        let mut bytes = Vec::new();
        DeflateDecoder::new(&ANY_PADDING.decode(text).ok()?[..]).take(MOST).read_to_end(&mut bytes).ok()?;
        postcard::from_bytes(&bytes).ok()
    }
}

/// The tokens of a position without stems, which are found from words where incidents are scored.
pub(super) fn without_stems(group: &str) -> String {
    let mut kept = String::with_capacity(group.len());
    for token in group.split(JOINER).filter(|token| !token.starts_with([STEM_MARK, NOTHING])) {
        if !kept.is_empty() {
            kept.push(JOINER);
        }
        kept.push_str(token);
    }
    if kept.is_empty() {
        kept.push(NOTHING);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_there_again() {
        let scored = Scored {
            length: 3_400,
            date: Some(-5),
            rank: Some(2),
            services: vec!["order-api".to_owned()],
            title: "queue backlog".to_owned(),
            regions: vec![(3, format!("{JOINER}queues {NOTHING} 障害"))],
        };
        let packed = scored.packed().unwrap();
        assert_eq!(Scored::unpacked(packed.trim_end_matches('=')).as_ref(), Some(&scored));
        assert_eq!(Scored::unpacked(&packed), Some(scored));
    }

    #[test]
    fn what_a_stranger_packed_is_nothing() {
        for odd in ["", "?", "AAAA", "queue"] {
            assert_eq!(Scored::unpacked(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_position_is_kept_whatever_is_left_of_it() {
        let nothing = NOTHING.to_string();
        let stem = format!("{STEM_MARK}queue");
        assert_eq!(without_stems(&format!("queues{JOINER}{stem}{JOINER}q")), format!("queues{JOINER}q"));
        assert_eq!((without_stems(&stem), without_stems(&nothing)), (nothing.clone(), nothing));
    }
}
