//! Query DSL: the few forms of JSON that queries are put together from.

use serde_json::{Value, json};

/// All of these, as filters.
pub(super) fn all_of(mut queries: Vec<Value>) -> Value {
    match queries.len() {
        0 => json!({ "match_all": {} }),
        1 => queries.remove(0),
        _ => json!({ "bool": { "filter": queries } }),
    }
}

/// Any of these.
pub(super) fn any_of(mut queries: Vec<Value>) -> Value {
    match queries.len() {
        0 => none(),
        1 => queries.remove(0),
        _ => json!({ "bool": { "should": queries, "minimum_should_match": 1 } }),
    }
}

/// All incidents but these.
pub(super) fn not(query: &Value) -> Value {
    json!({ "bool": { "must_not": [query] } })
}

/// No incident.
pub(super) fn none() -> Value {
    json!({ "match_none": {} })
}

pub(super) fn term(field: &str, value: &str) -> Value {
    json!({ "term": { field: value } })
}

/// Any of these terms of a field.
pub(super) fn terms<S: serde::Serialize>(field: &str, values: &[S]) -> Value {
    json!({ "terms": { field: values } })
}

/// A pattern of an aggregation that matches terms which start so. Every character that may be a sign of the pattern is quoted.
pub(super) fn starting_with(start: &str) -> String {
    let mut pattern = String::with_capacity(start.len() + 8);
    for c in start.chars() {
        if c.is_ascii_punctuation() {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push_str("(.|\n)*");
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_query_stands_alone_and_none_is_everything_or_nothing() {
        let zebra = || term("text", "zebra");
        assert_eq!(all_of(vec![zebra()]), zebra());
        assert_eq!(any_of(vec![zebra()]), zebra());
        assert_eq!(all_of(vec![]), json!({ "match_all": {} }));
        assert_eq!(any_of(vec![]), json!({ "match_none": {} }));
        assert_eq!(starting_with("a.b\0*"), "a\\.b\0\\*(.|\n)*");
    }
}
