//! Words and phrases with their wildcards: `word`, `word*`, `word~2`, `"a phrase"~3`.
//!
//! In: a word as typed, or the parts of a quoted token. Out: a node of the tree; none if there is nothing to search for; or
//! an error.

use crate::error::{MAX_SLOP, QueryErrorKind};
use crate::query::ast::{Node, NodeKind, Span, Text};
use crate::query::unsupported::unsupported;
use crate::schema::TextField;

/// A node; none if the text has no letter or digit.
type Found = Result<Option<Node>, QueryErrorKind>;

/// The text of a quoted token, and what follows it.
pub(super) struct Quoted {
    pub(super) text: String,
    pub(super) slop: Option<String>,
    pub(super) sign: Option<char>,
}

pub(super) fn phrase(field: Option<TextField>, quoted: Quoted, span: Span) -> Found {
    let Quoted { text, slop, sign } = quoted;
    match sign {
        Some('*') => return Err(QueryErrorKind::PhrasePrefix(text)),
        Some(_) => return Err(QueryErrorKind::Boost(format!("\"{text}\""))),
        None => {}
    }
    let slop = match slop.as_deref().map(str::parse::<u32>) {
        None => 0,
        Some(Ok(slop)) if slop <= MAX_SLOP => slop,
        Some(_) => return Err(QueryErrorKind::InvalidSlop(text)),
    };
    Ok(word(field, Text::Phrase { text, slop }, span))
}

/// A word with its wildcards.
pub(super) fn wildcards(field: Option<TextField>, text: &str, span: Span) -> Found {
    if text == "*" {
        return Ok(Some(Node { kind: NodeKind::All, span }));
    }
    // Quotes after a comma protect spaces in a list of values. Text fields have no lists, so the value is words in
    // sequence.
    if text.contains(char::is_whitespace) {
        return Ok(word(field, Text::Phrase { text: text.to_owned(), slop: 0 }, span));
    }
    if let Some(kind) = unsupported(text) {
        return Err(kind);
    }
    let plain = |text: &str| Ok(word(field, Text::Word(text.to_owned()), span.clone()));
    // A prefix or fuzzy word has no syntax to escape a parenthesis or quote in it.
    let sign = |text: &str| text.contains(['(', ')', '"']);
    if let Some(start) = text.strip_suffix('*').filter(|start| has_letter(start) && !sign(start)) {
        if start.contains('*') {
            return plain(text);
        }
        return Ok(word(field, Text::Prefix(start.to_owned()), span));
    }
    // With a distance at its end, a word with a colon could parse as a misspelled field.
    let fuzzy = |stem: &str| has_letter(stem) && !sign(stem) && !stem.contains(':');
    let Some((stem, distance)) = text.rsplit_once('~').filter(|(stem, _)| fuzzy(stem)) else {
        return plain(text);
    };
    let distance = match distance {
        "" => usual_edits(stem),
        "2" => 2,
        "1" => 1,
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => {
            return Err(QueryErrorKind::TooManyEdits(stem.to_owned()));
        }
        _ => return plain(text),
    };
    Ok(word(field, Text::Fuzzy { word: stem.to_owned(), distance }, span))
}

/// How many edits `~` alone allows in a word: two of a short one would match almost anything.
pub(crate) fn usual_edits(word: &str) -> u8 {
    if word.chars().count() <= 5 { 1 } else { 2 }
}

/// A text node; `None` if the text has no letter or digit.
pub(super) fn word(field: Option<TextField>, text: Text, span: Span) -> Option<Node> {
    let (Text::Word(word)
    | Text::Unfinished(word)
    | Text::Prefix(word)
    | Text::Fuzzy { word, .. }
    | Text::Phrase { text: word, .. }) = &text;
    let stated = has_letter(word);
    stated.then_some(Node { kind: NodeKind::Text { field, text }, span })
}

pub(super) fn has_letter(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}
