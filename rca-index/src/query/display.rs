//! Formats a query as text, as shown in `interpreted`. Parsing the text gives the same query.

use std::fmt::{self, Write as _};

use crate::query::ast::{Comparison, Node, NodeKind, NumberRange, Query, Sort, SortKey, Text};
use crate::query::dates::show_date_range;
use crate::query::lexer::TokenKind;
use crate::query::lexer::lex;
use crate::query::unsupported::unsupported;
use crate::schema::{FIELDS, FieldKind, FieldSpec, NumberField, TextField};

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)?;
        match self.sort {
            Some(sort) => write!(f, " sort:{sort}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.descending { "-" } else { "" };
        let name = match self.key {
            SortKey::Relevance => "relevance",
            SortKey::Date => "date",
            SortKey::Severity => "severity",
            SortKey::Number(number) => number_name(number),
        };
        write!(f, "{sign}{name}")
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        show(self, &mut out)?;
        f.write_str(&out)
    }
}

fn show(node: &Node, out: &mut String) -> fmt::Result {
    match &node.kind {
        NodeKind::All => out.write_char('*'),
        NodeKind::Text { field, text } => {
            if let Some(field) = field {
                write!(out, "{}:", text_name(*field))?;
            }
            show_text(text, field.is_some(), out)
        }
        NodeKind::Facet { facet, values } => {
            let values: Vec<String> = values.iter().map(|value| quoted_if_needed(value)).collect();
            write!(out, "{}:{}", facet.name(), values.join(","))
        }
        NodeKind::FacetPrefix { facet, prefix } => {
            write!(out, "{}:{}*", facet.name(), quoted_if_needed(prefix))
        }
        NodeKind::SeverityRank { comparison, name } => {
            let sign = match comparison {
                Comparison::Less => "<",
                Comparison::LessOrEqual => "<=",
                Comparison::Greater => ">",
                Comparison::GreaterOrEqual => ">=",
            };
            write!(out, "severity:{}", quoted_whole(&format!("{sign}{name}")))
        }
        NodeKind::Number { field, range } => show_number(number_name(*field), *range, out),
        NodeKind::Date(range) => write!(out, "date:{}", show_date_range(*range)),
        NodeKind::Has { field, present } => write!(out, "{}:{field}", if *present { "has" } else { "no" }),
        NodeKind::Links { field, names } => {
            let names: Vec<String> = names.iter().map(|name| quoted_if_needed(name)).collect();
            write!(out, "{}:{}", name_of(|spec| spec.kind == FieldKind::Link(*field)), names.join(","))
        }
        NodeKind::Key { typed, .. } => out.write_str(typed),
        NodeKind::And(nodes) => {
            show_all(nodes, " ", |node| matches!(node.kind, NodeKind::Or(_) | NodeKind::And(_)), out)
        }
        NodeKind::Or(nodes) => {
            show_all(nodes, " OR ", |node| matches!(node.kind, NodeKind::Or(_) | NodeKind::And(_)), out)
        }
        NodeKind::Not(inner) => {
            let grouped = matches!(inner.kind, NodeKind::And(_) | NodeKind::Or(_) | NodeKind::Not(_));
            out.push_str(if grouped { "-" } else { "NOT " });
            group_if(grouped, inner, out)
        }
    }
}

fn show_all(nodes: &[Node], between: &str, grouped: fn(&Node) -> bool, out: &mut String) -> fmt::Result {
    for (i, node) in nodes.iter().enumerate() {
        if i > 0 {
            out.push_str(between);
        }
        group_if(grouped(node), node, out)?;
    }
    Ok(())
}

fn group_if(grouped: bool, node: &Node, out: &mut String) -> fmt::Result {
    if !grouped {
        return show(node, out);
    }
    out.push('(');
    show(node, out)?;
    // A word after a backslash extends to the next space.
    let last = out.rsplit(' ').next().unwrap_or_default();
    if last.contains('\\') {
        out.push(' ');
    }
    out.push(')');
    Ok(())
}

fn show_text(text: &Text, in_field: bool, out: &mut String) -> fmt::Result {
    match text {
        Text::Word(word) if reads_as_word(word, in_field) => out.write_str(word),
        // With the star, `date:` would be a field.
        Text::Unfinished(word) if reads_as_word(word, in_field) && reads_as_word(&format!("{word}a"), in_field) => {
            write!(out, "{word}*")
        }
        Text::Word(word) | Text::Unfinished(word) => write!(out, "\\{word}"),
        Text::Phrase { text, slop } => {
            write!(out, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))?;
            if *slop > 0 { write!(out, "~{slop}") } else { Ok(()) }
        }
        Text::Prefix(start) => write!(out, "{start}*"),
        Text::Fuzzy { word, distance } => write!(out, "{word}~{distance}"),
    }
}

/// Whether a word without a backslash parses as the same word in any place.
fn reads_as_word(word: &str, in_field: bool) -> bool {
    let balanced = !word.contains([')', '(', '"']);
    let tokens = lex(word);
    let plain =
        matches!(&tokens[..], [token] if matches!(&token.kind, TokenKind::Word { text, plain: false } if text == word));
    // After a field, digits and signs may parse as a value, and two slashes as a URL.
    let sign = |c: char| c.is_ascii_digit() || matches!(c, '>' | '<' | '.' | '$' | '≥' | '≤' | '\\');
    let valued = in_field && (word.starts_with(sign) || word.starts_with("//"));
    let supported = unsupported(word).is_none();
    balanced && plain && supported && !valued && word != "*" && !word.ends_with('*') && !word.contains('~')
}

fn quoted_if_needed(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | '+' | '@' | '#');
    let safe = value.chars().all(plain) && !value.contains("..") && value.starts_with(char::is_alphanumeric);
    if safe { value.to_owned() } else { quoted_whole_always(value) }
}

fn quoted_whole(value: &str) -> String {
    if value.contains([' ', '(', ')', '"', '\\']) { quoted_whole_always(value) } else { value.to_owned() }
}

fn quoted_whole_always(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

fn show_number(name: &str, range: NumberRange, out: &mut String) -> fmt::Result {
    match (range.from, range.to) {
        (None, None) => write!(out, "{name}:.."),
        (Some((from, true)), None) => write!(out, "{name}:>={from}"),
        (Some((from, false)), None) => write!(out, "{name}:>{from}"),
        (None, Some((to, true))) => write!(out, "{name}:<={to}"),
        (None, Some((to, false))) => write!(out, "{name}:<{to}"),
        (Some((from, true)), Some((to, true))) if from.to_bits() == to.to_bits() => write!(out, "{name}:{from}"),
        (Some((from, true)), Some((to, true))) => write!(out, "{name}:{from}..{to}"),
        // The language has no syntax for a range with an exclusive end, so write two conditions.
        (Some((from, a)), Some((to, b))) => {
            let (a, b) = (if a { ">=" } else { ">" }, if b { "<=" } else { "<" });
            write!(out, "({name}:{a}{from} {name}:{b}{to})")
        }
    }
}

fn number_name(number: NumberField) -> &'static str {
    name_of(|spec| matches!(spec.kind, FieldKind::Number(field, _) if field == number))
}

fn text_name(text: TextField) -> &'static str {
    name_of(|spec| matches!(spec.kind, FieldKind::Text(field) if field == text))
}

fn name_of(wanted: impl Fn(&FieldSpec) -> bool) -> &'static str {
    FIELDS.iter().find(|spec| wanted(spec)).map_or("", |spec| spec.name)
}
