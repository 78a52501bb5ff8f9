//! The lexer: from the query's text to tokens. Text without a meaning as syntax is a word, so that pasted text needs no
//! quoting.

use std::ops::Range;

use crate::incident::Severity;
use crate::query::ast::{Node, NodeKind};
use crate::query::command_line::CommandLine;
use crate::query::key::key_at;
use crate::query::unsupported::is_number;
use crate::schema::{FieldKind, fields_named};

/// A token and its position.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    Open,
    Close,
    And,
    Or,
    Not,
    /// `-` before an operand.
    Minus,
    /// `name:` with the name of a field, or almost; its value follows.
    Field(String),
    /// `name:value` with a name that is no field; how long the name is.
    Key {
        text: String,
        name: usize,
    },
    /// Text in quotes, and the text after a `~` that follows.
    Quoted {
        text: String,
        slop: Option<String>,
        closed: bool,
        /// What follows without a space: `*`, or `^` with a number.
        sign: Option<char>,
    },
    /// Text without quotes. `plain` if a backslash turns off its syntax.
    Word {
        text: String,
        plain: bool,
    },
    /// The start of a word that is still being typed.
    Unfinished(String),
}

/// Splits a query into tokens.
pub(super) fn lex(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, depth: 0, command: CommandLine::of(text), tokens: Vec::new() };
    while lexer.next_token() {}
    lexer.tokens
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// The number of open parentheses.
    depth: usize,
    command: CommandLine,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn next_token(&mut self) -> bool {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        let rest = &self.text[self.at..];
        let Some(c) = rest.chars().next() else { return false };
        let next = rest[c.len_utf8()..].chars().next();
        match c {
            '(' => {
                self.depth += 1;
                self.push(TokenKind::Open, 1);
            }
            ')' => {
                self.depth = self.depth.saturating_sub(1);
                self.push(TokenKind::Close, 1);
            }
            '"' => self.quoted(),
            // `--force`, `->` and the options of a command are words.
            '-' if next.is_some_and(|c| c.is_alphanumeric() || matches!(c, '(' | '"' | '_' | '/' | '\\'))
                && !self.is_option(&rest[1..])
                || is_minus_all(rest) =>
            {
                self.push(TokenKind::Minus, 1);
            }
            _ => self.word(),
        }
        true
    }

    /// Whether the text after a `-` is an option of a command, and not a field.
    fn is_option(&self, rest: &str) -> bool {
        // No option begins otherwise. The word behind each of many brackets would reach to the end of the text.
        if !rest.starts_with(char::is_alphanumeric) {
            return false;
        }
        let word = &rest[..word_length(rest, false)];
        let field = word.split_once(':').is_some_and(|(name, _)| is_field(name));
        !field && self.command.has_option(word)
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        self.tokens.push(Token { kind, span: self.at..self.at + length });
        self.at += length;
    }

    fn quoted(&mut self) {
        let start = self.at;
        let (text, length, closed) = unquote(&self.text[start..]);
        let mut end = start + length;
        let mut slop = None;
        if closed && let Some(rest) = self.text[end..].strip_prefix('~') {
            let digits = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
            slop = Some(rest[..digits].to_owned());
            end += 1 + digits;
        }
        let rest = &self.text[end..];
        let number = rest.strip_prefix('^').map(|rest| &rest[..word_length(rest, false)]);
        let sign = match number.filter(|number| is_number(number)) {
            _ if !closed => None,
            Some(number) => {
                end += 1 + number.len();
                Some('^')
            }
            None => rest.starts_with('*').then(|| {
                end += 1;
                '*'
            }),
        };
        self.tokens.push(Token { kind: TokenKind::Quoted { text, slop, closed, sign }, span: start..end });
        self.at = end;
    }

    fn word(&mut self) {
        let rest = &self.text[self.at..];
        if let Some(escaped) = rest.strip_prefix('\\') {
            let length = escaped.find(char::is_whitespace).unwrap_or(escaped.len());
            self.push(TokenKind::Word { text: escaped[..length].to_owned(), plain: true }, length + 1);
            return;
        }
        let name = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count();
        if name > 0 && rest[name..].starts_with(':') {
            let value = &rest[name + 1..];
            // `Summary: the queue` and `http://` are text.
            let given = value.starts_with(|c: char| !c.is_whitespace() && c != ')') && !value.starts_with("//");
            if given && (is_field(&rest[..name]) || is_nearly_field(&rest[..name], value)) {
                self.push(TokenKind::Field(rest[..name].to_owned()), name + 1);
                // The value belongs to the field, whatever character it starts with.
                if !value.starts_with(['(', '"', '\\']) {
                    let length = word_length(value, true);
                    self.push(TokenKind::Word { text: value[..length].to_owned(), plain: false }, length);
                } else if value.starts_with('"') {
                    self.facet_list(value);
                }
                return;
            }
        }
        if let Some((length, name)) = key_at(rest) {
            self.push(TokenKind::Key { text: rest[..length].to_owned(), name }, length);
            return;
        }
        let length = word_length(rest, false);
        let text = &rest[..length];
        let kind = match text {
            "AND" | "&&" => TokenKind::And,
            "OR" => TokenKind::Or,
            "||" if self.command == CommandLine::No => TokenKind::Or,
            "NOT" => TokenKind::Not,
            text => TokenKind::Word { text: text.to_owned(), plain: false },
        };
        self.push(kind, length);
    }

    /// `service:"a b",c`: a single word token, including the quotes.
    fn facet_list(&mut self, value: &str) {
        let (_, length, closed) = unquote(value);
        if closed && value[length..].starts_with(',') {
            let length = word_length(value, true);
            self.push(TokenKind::Word { text: value[..length].to_owned(), plain: false }, length);
        }
    }
}

/// Whether a text starts with `-*`, which excludes every incident.
fn is_minus_all(rest: &str) -> bool {
    rest.strip_prefix("-*").is_some_and(|rest| rest.chars().next().is_none_or(|c| c.is_whitespace() || c == ')'))
}

/// The length of a word. It ends at white space, or at the parenthesis that closes a surrounding group. In a list of
/// values, white space in quotes does not end it.
pub(super) fn word_length(text: &str, values: bool) -> usize {
    let mut inside = 0_usize;
    let mut before = ',';
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '(' => inside += 1,
            ')' if inside == 0 => return at,
            ')' => inside -= 1,
            '"' if values && before == ',' => {
                let (_, length, closed) = unquote(&text[at..]);
                if closed {
                    at += length;
                    before = '"';
                    continue;
                }
            }
            c if c.is_whitespace() => return at,
            _ => {}
        }
        before = c;
        at += c.len_utf8();
    }
    at
}

/// Parses the quoted text at the start of `text`. Returns the text, its length in bytes with the quotes, and whether
/// the quote is closed. In quotes, a backslash escapes a quote or a backslash.
pub(super) fn unquote(text: &str) -> (String, usize, bool) {
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (out, at + 1, true),
            '\\' => match chars.next_if(|(_, next)| matches!(next, '"' | '\\')) {
                Some((_, next)) => out.push(next),
                None => out.push(c),
            },
            c => out.push(c),
        }
    }
    (out, text.len(), false)
}

pub(super) fn is_field(name: &str) -> bool {
    ["has", "no", "sort"].iter().any(|known| name.eq_ignore_ascii_case(known)) || fields_named(name).next().is_some()
}

/// Whether a name is so similar to a field name that it is treated as a typo.
fn is_nearly_field(name: &str, value: &str) -> bool {
    nearest_name(name).is_some() && nearest_field(name, &value_text(value)).is_some()
}

/// The text that the parser will see as the value of a field.
fn value_text(value: &str) -> String {
    if value.starts_with('(') {
        return String::new();
    }
    if let Some(escaped) = value.strip_prefix('\\') {
        return escaped.split(char::is_whitespace).next().unwrap_or_default().to_owned();
    }
    if value.starts_with('"') {
        let (text, length, closed) = unquote(value);
        if !closed || !value[length..].starts_with(',') {
            return text;
        }
    }
    value[..word_length(value, true)].to_owned()
}

/// The field that a name is a typo of: one edit away, or two for long names, with the same first letter, and with a
/// value that is valid for the field. So `port:443` stays text, because `sort:443` is not valid.
pub(super) fn nearest_field(name: &str, value: &str) -> Option<&'static str> {
    let known = nearest_name(name)?;
    // Any value is a name: `lines:40` of a log is hardly a typo of `links:`.
    if fields_named(known).any(|spec| matches!(spec.kind, FieldKind::Link(_))) {
        return None;
    }
    let bare = value.trim_end_matches(')').trim_matches('"');
    // Who mistypes the field names a level that everybody knows.
    super::parse_filter(known, bare).is_ok_and(|node| known_severities(&node)).then_some(known)
}

/// Whether each severity that a node compares with has a rank in every archive.
fn known_severities(node: &Node) -> bool {
    match &node.kind {
        NodeKind::SeverityRank { name, .. } => Severity::parse(name).is_some_and(|severity| severity.rank.is_some()),
        NodeKind::And(nodes) => nodes.iter().all(known_severities),
        _ => true,
    }
}

pub(super) fn nearest_name(name: &str) -> Option<&'static str> {
    if is_field(name) || !name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
        return None;
    }
    let names = crate::schema::FIELDS.iter().flat_map(|spec| std::iter::once(&spec.name).chain(spec.aliases).copied());
    let near = names.filter(|known| known.len() >= 4 && name.len() >= 3 && known.as_bytes()[0] == name.as_bytes()[0]);
    let near = near.map(|known| (strsim::damerau_levenshtein(name, known), known));
    let near = near.filter(|&(edits, known)| edits <= if known.len() > 5 { 2 } else { 1 });
    near.min().map(|(_, known)| known)
}
