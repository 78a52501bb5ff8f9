//! Severity: the label as written, a short name, and a rank that makes schemes comparable.
//!
//! In: whatever a report writes (`P2`, `Critical (complete cluster outage)`, `🟡 Medium`, `SEV-3（...）`). Out: a `Severity`;
//! a label that is not understood keeps its text and has no rank.

use serde::{Deserialize, Serialize};

use crate::incident::squeeze::squeezed;

/// How bad an incident was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Severity {
    /// The label as written: `Critical (complete cluster outage; all regions)`.
    pub label: String,
    /// The short name, which is the facet's value: `P2`, `SEV1`, `critical`, or the trimmed label when it is not understood.
    pub name: String,
    /// 0 (most severe) to 5; none when the label is not understood.
    pub rank: Option<u8>,
}

/// Words for a severity and their rank. Of several in a label, the first in the text counts.
const WORDS: &[(&str, u8)] = &[
    ("blocker", 0),
    ("emergency", 0),
    ("catastrophic", 0),
    ("critical", 1),
    ("crit", 1),
    ("urgent", 1),
    ("down", 1),
    ("outage", 1),
    ("major outage", 1),
    ("complete outage", 1),
    ("full outage", 1),
    ("重大", 1),
    ("致命的", 1),
    ("緊急", 1),
    ("high", 2),
    ("major", 2),
    ("severe", 2),
    ("serious", 2),
    ("partial outage", 2),
    ("高", 2),
    ("medium", 3),
    ("moderate", 3),
    ("mid", 3),
    ("normal", 3),
    ("disrupted", 3),
    ("disruption", 3),
    ("degraded", 3),
    ("degraded performance", 3),
    ("under maintenance", 5),
    ("中", 3),
    ("low", 4),
    ("minor", 4),
    ("軽微", 4),
    ("低", 4),
    ("trivial", 5),
    ("notice", 5),
    ("info", 5),
    ("informational", 5),
    ("maintenance", 5),
    ("none", 5),
];

/// Words of other languages, which count in front of a label alone: some of them mean something else in English.
const FOREIGN: &[(&str, u8)] = &[
    ("严重", 1),
    ("嚴重", 1),
    ("紧急", 1),
    ("一般", 3),
    ("轻微", 4),
    ("심각", 1),
    ("긴급", 1),
    ("높음", 2),
    ("보통", 3),
    ("중간", 3),
    ("낮음", 4),
    ("kritisch", 1),
    ("schwerwiegend", 2),
    ("hoch", 2),
    ("mittel", 3),
    ("niedrig", 4),
    ("gering", 4),
    ("critique", 1),
    ("majeur", 2),
    ("majeure", 2),
    ("élevée", 2),
    ("élevé", 2),
    ("haute", 2),
    ("moyenne", 3),
    ("moyen", 3),
    ("modéré", 3),
    ("modérée", 3),
    ("mineur", 4),
    ("mineure", 4),
    ("faible", 4),
    ("basse", 4),
    ("crítico", 1),
    ("crítica", 1),
    ("critico", 1),
    ("critica", 1),
    ("alto", 2),
    ("alta", 2),
    ("grave", 2),
    ("medio", 3),
    ("media", 3),
    ("médio", 3),
    ("média", 3),
    ("moderado", 3),
    ("moderada", 3),
    ("baja", 4),
    ("bajo", 4),
    ("baixa", 4),
    ("baixo", 4),
    ("leve", 4),
    ("kritisk", 1),
    ("høy", 2),
    ("hög", 2),
    ("høj", 2),
    ("middels", 3),
    ("lav", 4),
    ("låg", 4),
];

/// The longest label that is kept as a name when it is not understood, in characters.
const MAX_NAME: usize = 60;

impl Severity {
    /// Reads a label. None when it is blank.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Severity;
    ///
    /// let severity = Severity::parse("Critical (complete outage)").expect("not blank");
    /// assert_eq!((severity.name.as_str(), severity.rank), ("critical", Some(1)));
    /// assert_eq!(Severity::parse("vermilion").and_then(|severity| severity.rank), None);
    /// ```
    pub fn parse(label: &str) -> Option<Self> {
        let label = label.trim();
        let bare = label.trim_matches(|c: char| !c.is_alphanumeric());
        if bare.is_empty() {
            return None;
        }
        let known = if choices(bare) > 1 { None } else { level(bare).or_else(|| word(bare)) };
        let (name, rank) = match known {
            Some((name, rank)) => (name, Some(rank)),
            None => (squeezed(bare).chars().take(MAX_NAME).collect(), None),
        };
        Some(Self { label: label.to_owned(), name, rank })
    }

    /// Reads `impact` as the pages of status services state it, where `minor` is the third of four.
    pub(crate) fn of_status_page(impact: &str) -> Option<Self> {
        let name = impact.trim().to_lowercase();
        let rank = match name.as_str() {
            "critical" => 1,
            "major" => 2,
            "minor" => 3,
            "maintenance" => 5,
            _ => return None,
        };
        Some(Self { label: impact.trim().to_owned(), name, rank: Some(rank) })
    }

    /// Reads the level in a title: `[P0] Uploads fail`, `SEV-1: Uploads fail`.
    pub(crate) fn of_title(title: &str) -> Option<Self> {
        let title = title.trim();
        let inside =
            title.split(['[', '【']).skip(1).filter_map(|piece| piece.split_once([']', '】'])).map(|(tag, _)| tag);
        let front = title.split([':', '：', ' ', '|']).next();
        let tags = inside.chain(front).map(str::trim);
        let scheme = |tag: &str| {
            tag.len() <= 6
                && tag.to_lowercase().starts_with("sev") | (tag.len() == 2 && tag.starts_with(['P', 'p']))
                && tag.ends_with(|c: char| c.is_ascii_digit())
        };
        tags.filter(|tag| scheme(tag)).find_map(Self::parse).filter(|severity| severity.rank.is_some())
    }

    /// Whether the label lists levels with none of them chosen, as a template does.
    pub(crate) fn names_several(&self) -> bool {
        self.rank.is_none() && choices(&self.label) > 1
    }

    /// Whether the label was understood only by guessing at a misspelled word.
    pub(crate) fn is_misspelled(&self) -> bool {
        let label = self.label.to_lowercase().replace(['-', '_'], " ");
        self.rank.is_some() && level(&self.name).is_none() && !label.contains(&self.name)
    }
}

/// How many levels a label lists, with bars or slashes between them; one when it lists none.
fn choices(label: &str) -> usize {
    let stated = label.split(['(', '（']).next().unwrap_or_default();
    let pieces: Vec<&str> =
        stated.split(['|', '/']).map(|piece| piece.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let ranked =
        |piece: &&str| level(piece).is_some() || word(piece).is_some_and(|(name, _)| name == piece.to_lowercase());
    let listed = pieces.len() > 1 && pieces.iter().all(ranked);
    let distinct: std::collections::BTreeSet<String> = pieces.iter().map(|piece| piece.to_lowercase()).collect();
    if listed { distinct.len() } else { 1 }
}

/// A level of a scheme that counts: `P2`, `SEV-1`, `Sev 3`, `S1`, `Severity 2`, `priority: 1`, `2`. The first in the text counts.
fn level(text: &str) -> Option<(String, u8)> {
    let lower = text.to_lowercase();
    // A template lists all levels, and means none of them; what stands in brackets is a remark.
    let stated = lower.split(['(', '（']).next().unwrap_or_default();
    if stated.contains('|') || stated.matches('/').count() > 1 {
        return None;
    }
    let mut tokens = lower.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()).peekable();
    let mut first = true;
    while let Some(token) = tokens.next() {
        let letters = token.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = &token[letters.len()..];
        let scheme = match letters {
            "p" | "prio" | "priority" => Some("P"),
            "sev" | "severity" => Some("SEV"),
            "s" => Some("S"),
            "" if first => Some("SEV"),
            _ => None,
        };
        // `SEV-1`, `P 2`: the number is the next token; a bare `s` before a number is too little to go by.
        let digits =
            if digits.is_empty() && letters != "s" { tokens.peek().copied().unwrap_or_default() } else { digits };
        if let (Some(scheme), [digit @ b'0'..=b'5']) = (scheme, digits.as_bytes()) {
            if letters.is_empty() && lower.len() > 1 {
                return None;
            }
            return Some((format!("{scheme}{}", char::from(*digit)), digit - b'0'));
        }
        first = false;
    }
    None
}

/// A word for a severity: the first known word, the longest of those that start there; else the first word if it is a known
/// word misspelled by at most two edits.
fn word(text: &str) -> Option<(String, u8)> {
    let lower = text.to_lowercase();
    if lower.contains('|') {
        return None;
    }
    let lower: String = lower.chars().map(|c| if matches!(c, '-' | '_') { ' ' } else { c }).collect();
    let stands_alone = |at: usize, word: &str| {
        let ascii = word.is_ascii();
        let before = lower[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        let after = lower[at + word.len()..].chars().next().is_some_and(char::is_alphanumeric);
        !ascii || (!before && !after)
    };
    let found = WORDS.iter().filter_map(|&(word, rank)| {
        let at = lower.match_indices(word).map(|(at, _)| at).find(|&at| stands_alone(at, word))?;
        Some((at, std::cmp::Reverse(word.len()), word, rank))
    });
    let found = found.min();
    let first = lower.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty())?;
    let foreign = FOREIGN.iter().find(|(word, _)| *word == first || (*word > "\u{3000}" && lower.starts_with(word)));
    if let Some(&(word, rank)) = foreign {
        return Some((word.to_owned(), rank));
    }
    if let Some((.., word, rank)) = found {
        return Some((word.to_owned(), rank));
    }
    let near = WORDS.iter().filter(|(word, _)| word.len() >= 5 && first.len() >= 5);
    let near = near.map(|&(word, rank)| (strsim::damerau_levenshtein(first, word), word, rank));
    near.filter(|&(edits, word, _)| edits * 4 <= word.len()).min().map(|(_, word, rank)| (word.to_owned(), rank))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_every_scheme() {
        let check = |label: &str, name: &str, rank: Option<u8>| {
            let severity = Severity::parse(label).unwrap();
            assert_eq!((severity.name.as_str(), severity.rank), (name, rank), "{label}");
            assert_eq!(severity.label, label.trim());
        };
        check("P2", "P2", Some(2));
        check("sev-1", "SEV1", Some(1));
        check("SEV 3", "SEV3", Some(3));
        check("S1", "S1", Some(1));
        check("Severity 2", "SEV2", Some(2));
        check("1", "SEV1", Some(1));
        check("P2 (internal: nobody noticed)", "P2", Some(2));
        check("P3, raised to P2", "P3", Some(3));
        check("SEV-3（API / Web / Batch のみ停止。）", "SEV3", Some(3));
        check("P1/P2/P3", "P1/P2/P3", None);
        check("Critical (complete cluster outage; all regions)", "critical", Some(1));
        check("High (no compromise found)", "high", Some(2));
        check("🟡 Medium", "medium", Some(3));
        check("LOW (n_observations: 1)", "low", Some(4));
        check("dissrupted", "disrupted", Some(3));
        check("major-outage", "major outage", Some(1));
        check("partial-outage", "partial outage", Some(2));
        check("under-maintenance", "under maintenance", Some(5));
        check("notice", "notice", Some(5));
        check("高（全停止）", "高", Some(2));
        check("严重", "严重", Some(1));
        check("심각 (전체 중단)", "심각", Some(1));
        check("Alta (API fora do ar)", "alta", Some(2));
        check("Élevée", "élevée", Some(2));
        check("niedrig", "niedrig", Some(4));
        check("Low (media-api only)", "low", Some(4));
        check("Low | Medium | High", "Low | Medium | High", None);
        check("Critical/High", "Critical/High", None);
        check("SEV1/SEV2", "SEV1/SEV2", None);
        check("high / major", "high / major", None);
        check("disk/high", "high", Some(2));
        check("vermilion", "vermilion", None);
        check("[P1|P2|P3]", "P1|P2|P3", None);
    }

    #[test]
    fn titles_may_hold_a_level() {
        let of = |title: &str| Severity::of_title(title).and_then(|severity| severity.rank);
        assert_eq!(
            (of("[INC-7][P0] x"), of("SEV-2: x"), of("【P1】x"), of("P3 x")),
            (Some(0), Some(2), Some(1), Some(3))
        );
        assert_eq!(
            (of("S3 outage in us-east-1"), of("PM-3 x"), of("Python 3 upgrade"), of("Post")),
            (None, None, None, None)
        );
    }

    #[test]
    fn blank_is_no_severity() {
        for label in ["", "  ", "-", "—", "🟡"] {
            assert_eq!(Severity::parse(label), None, "{label:?}");
        }
        assert!(Severity::parse("dissrupted").unwrap().is_misspelled());
        assert!(!Severity::parse("major-outage").unwrap().is_misspelled());
    }
}
