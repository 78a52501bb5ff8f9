//! Queries while they are typed: the last word is the start of one, and whatever is half-typed is left out.
//!
//! In: a text that may go on. Out: the query that it is so far.

use crate::error::QueryErrors;
use crate::query::ast::{KeyTest, Node, NodeKind, Otherwise, Query, Text};
use crate::query::lexer::{Token, TokenKind, is_field, lex};
use crate::query::parse_filter;
use crate::query::parser::{all_of, parse_tokens};
use crate::schema::{Facet, FieldKind, fields_named};

/// Parses a query that is still being typed: what is wrong at its end is left out.
pub(super) fn parse_unfinished(text: &str) -> Result<Query, QueryErrors> {
    let mut tokens = lex(text);
    let last = tokens.last().map_or(0, |token| token.span.start);
    complete(&mut tokens, !text.ends_with(char::is_whitespace));
    let parsed = parse_tokens(text, tokens.clone(), true);
    let settled = parsed.map(|query| Query { root: settled(query.root, text), ..query });
    match settled {
        Err(QueryErrors(errors)) if errors.iter().all(|error| error.span.end >= last) => {
            tokens.retain(|token| token.span.end <= last);
            complete(&mut tokens, false);
            parse_tokens(text, tokens, true)
        }
        parsed => parsed,
    }
}

/// The query without what only the index could tell of the condition that ends a text, on a key of front matter: of
/// `team:pay`, it is clear that the key is meant, if there is one, and not yet which value.
fn settled(root: Node, text: &str) -> Node {
    let (span, end) = (root.span.clone(), text.trim_end().len());
    let root = without_half(root, end, end == text.len());
    root.unwrap_or(Node { kind: NodeKind::All, span })
}

fn without_half(node: Node, end: usize, goes_on: bool) -> Option<Node> {
    if node.span.end < end {
        return Some(node);
    }
    let parts = |nodes: Vec<Node>| nodes.into_iter().filter_map(|node| without_half(node, end, goes_on)).collect();
    let span = node.span;
    match node.kind {
        NodeKind::And(nodes) => all_of(parts(nodes), span),
        NodeKind::Or(nodes) => {
            let nodes: Vec<Node> = parts(nodes);
            (!nodes.is_empty()).then(|| Node::or(nodes, span))
        }
        // Half a value excludes nothing that is meant.
        NodeKind::Not(inner) if goes_on && matches!(inner.kind, NodeKind::Key { .. }) => None,
        NodeKind::Not(inner) => {
            let inner = without_half(*inner, end, goes_on)?;
            Some(Node { kind: NodeKind::Not(Box::new(inner)), span })
        }
        NodeKind::Key { otherwise: Otherwise::Error(_), .. } => None,
        NodeKind::Key { key, test, typed, otherwise } => {
            let unclear = matches!(test, KeyTest::Invalid(_)) || goes_on && matches!(test, KeyTest::Values { .. });
            let test = if unclear { KeyTest::Present(true) } else { test };
            let otherwise = if goes_on { unfinished_text(otherwise) } else { otherwise };
            Some(Node { kind: NodeKind::Key { key, test, typed, otherwise }, span })
        }
        kind => Some(Node { kind, span }),
    }
}

/// The text that is meant where there is no such key: its last word goes on.
fn unfinished_text(otherwise: Otherwise) -> Otherwise {
    let Otherwise::Node(node) = otherwise else { return otherwise };
    let kind = match node.kind {
        NodeKind::Text { field, text: Text::Word(text) } => NodeKind::Text { field, text: Text::Unfinished(text) },
        kind => kind,
    };
    Otherwise::Node(Box::new(Node { kind, span: node.span }))
}

/// Completes the tokens of a text. `goes_on` says whether its last word may go on, because no space follows it.
fn complete(tokens: &mut Vec<Token>, goes_on: bool) {
    let end = tokens.last().map_or(0, |token| token.span.end);
    close_quote(tokens);
    let is_open = |token: &Token| matches!(token.kind, TokenKind::Open);
    if goes_on || tokens.last().is_some_and(is_open) {
        last_word(tokens);
    }
    drop_operators(tokens);
    let open = tokens.iter().filter(|token| is_open(token)).count();
    let closed = tokens.iter().filter(|token| token.kind == TokenKind::Close).count();
    let close = Token { kind: TokenKind::Close, span: end..end };
    tokens.extend(std::iter::repeat_n(close, open.saturating_sub(closed)));
}

/// Drops operators that lack what follows, and names of fields that lack a value.
fn drop_operators(tokens: &mut Vec<Token>) {
    while let Some(token) = tokens.last() {
        let lacks = match &token.kind {
            TokenKind::Word { text, plain: false } => text.strip_suffix(':').is_some_and(is_field),
            TokenKind::And
            | TokenKind::Or
            | TokenKind::Not
            | TokenKind::Minus
            | TokenKind::Open
            | TokenKind::Field(_) => true,
            _ => false,
        };
        if !lacks {
            break;
        }
        tokens.pop();
    }
}

/// An open quote: the words in it so far are a phrase, the last of them is the start of a word.
fn close_quote(tokens: &mut Vec<Token>) {
    let Some(Token { kind: TokenKind::Quoted { text, closed: false, .. }, span }) = tokens.last().cloned() else {
        return;
    };
    tokens.pop();
    let quoted = |text: &str, sign| TokenKind::Quoted { text: text.to_owned(), slop: None, closed: true, sign };
    if let Some(Token { kind: TokenKind::Field(name), .. }) = tokens.last() {
        let is_facet = has_prefixes(name);
        let words = text.rsplit_once(char::is_whitespace).map_or("", |(words, _)| words);
        match is_facet {
            true if !text.trim().is_empty() => tokens.push(Token { kind: quoted(&text, Some('*')), span }),
            false if !words.trim().is_empty() => tokens.push(Token { kind: quoted(words, None), span }),
            _ => {}
        }
        return;
    }
    let (words, last) = text.rsplit_once(char::is_whitespace).unwrap_or(("", &text));
    if !words.trim().is_empty() {
        tokens.push(Token { kind: quoted(words, None), span: span.clone() });
    }
    // In quotes nothing is syntax.
    if last.chars().any(char::is_alphanumeric) {
        tokens.push(Token { kind: TokenKind::Unfinished(last.to_owned()), span });
    }
}

/// Whether the values of a field may be searched for by their start.
fn has_prefixes(name: &str) -> bool {
    fields_named(name).any(|spec| matches!(spec.kind, FieldKind::Facet(facet) if facet != Facet::Severity))
}

/// The last word, or the last value of a filter.
fn last_word(tokens: &mut Vec<Token>) {
    let Some(Token { kind: TokenKind::Word { text, plain: false }, .. }) = tokens.last().cloned() else { return };
    let before = tokens.len().checked_sub(2).map(|at| tokens[at].kind.clone());
    let name = match before {
        // Half a word excludes what it is the start of, or nothing that is meant.
        Some(TokenKind::Minus | TokenKind::Not) => {
            if text.chars().count() == 1 {
                tokens.pop();
            }
            return;
        }
        Some(TokenKind::Field(name)) => name,
        _ => {
            replace_last(tokens, unfinished(&text));
            return;
        }
    };
    if has_prefixes(&name) {
        if !text.ends_with(['*', ',', '"']) {
            replace_last(tokens, Some(TokenKind::Word { text: format!("{text}*"), plain: false }));
        }
    } else if is_text_field(&name) {
        replace_last(tokens, unfinished(&text));
    } else if is_of_links(&name) || parse_filter(&name, &text).is_err() {
        // The name is dropped as one that lacks a value.
        tokens.pop();
    }
}

/// Whether a field has words only; `impact:` has numbers too.
fn is_text_field(name: &str) -> bool {
    let mut specs = fields_named(name).peekable();
    specs.peek().is_some() && specs.all(|spec| matches!(spec.kind, FieldKind::Text(_)))
}

/// Whether the values of a field are names of incidents; half of one is none.
fn is_of_links(name: &str) -> bool {
    fields_named(name).any(|spec| matches!(spec.kind, FieldKind::Link(_)))
}

fn replace_last(tokens: &mut [Token], kind: Option<TokenKind>) {
    if let (Some(last), Some(kind)) = (tokens.last_mut(), kind) {
        last.kind = kind;
    }
}

/// The start of a word; `None` if it has syntax of its own.
fn unfinished(text: &str) -> Option<TokenKind> {
    let plain = !text.contains(['*', '~', '?', '^', '(', ')']) && !text.ends_with(':');
    (plain && text.chars().any(char::is_alphanumeric)).then(|| TokenKind::Unfinished(text.to_owned()))
}
