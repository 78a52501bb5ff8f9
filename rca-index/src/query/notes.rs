//! Notes on a query: parts that are read as text, and that people may have meant as syntax.
//!
//! In: the text of a query. Out: what was read as text, and what to write instead.

use crate::query::parse_filter;
use crate::schema::{FieldKind, fields_named};

/// A part of a query that is read as text, and may be meant as syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryNote {
    /// The part, as typed.
    pub text: String,
    /// What to write if it is meant as syntax.
    pub meant: String,
}

/// What in a query in the query language is read as text and may be meant as syntax: `or` in lower case between the words
/// of a short query, `field=value`.
///
/// # Examples
/// ```
/// use rca_index::query::notes;
///
/// let found = notes("kafka or rabbitmq");
/// assert_eq!((found[0].text.as_str(), found[0].meant.as_str()), ("or", "OR"));
/// ```
pub fn notes(text: &str) -> Vec<QueryNote> {
    /// In longer texts, `or` is a word of a sentence.
    const MAX_WORDS: usize = 8;
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() > MAX_WORDS || text.contains('"') {
        return Vec::new();
    }
    let note = |text: &str, meant: String| QueryNote { text: text.to_owned(), meant };
    let inner = if words.len() > 2 { &words[1..words.len() - 1] } else { &[] };
    let mut notes = Vec::new();
    if inner.contains(&"or") && !inner.contains(&"OR") {
        notes.push(note("or", "OR".to_owned()));
    }
    if words.len() == 3 && inner == ["not"] {
        notes.push(note("not", "NOT".to_owned()));
    }
    // A line of a log has several.
    let mut pairs = words.iter().filter_map(|word| word.split_once('=').map(|pair| (*word, pair)));
    if let (Some((word, (name, value))), None) = (pairs.next(), pairs.next())
        && fields_named(name).any(|spec| !matches!(spec.kind, FieldKind::Text(_)))
        && parse_filter(name, value).is_ok()
    {
        notes.push(note(word, format!("{name}:{value}")));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_name_the_syntax() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            let found = notes(text);
            let found: Vec<(&str, &str)> = found.iter().map(|note| (&*note.text, &*note.meant)).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("kafka or rabbitmq", &[("or", "OR")]);
        check("kafka OR rabbitmq", &[]);
        check("kafka not rabbitmq", &[("not", "NOT")]);
        check("why did kafka not start", &[]);
        check("or rabbitmq", &[]);
        check("the disk was full or the quota was too small for it", &[]);
        check("service=billing-api timeout", &[("service=billing-api", "service:billing-api")]);
        check("duration=2h", &[("duration=2h", "duration:2h")]);
        check("level=error status=500", &[]);
        check("level=error", &[]);
        check("title=x", &[]);
        check("duration=long", &[]);
    }
}
