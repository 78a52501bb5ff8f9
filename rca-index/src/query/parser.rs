//! The parser: from tokens to a tree, by recursive descent. It continues after an error, so that it can report all of
//! them.
//!
//! ```text
//! or    = and { "OR" and }
//! and   = unary { [ "AND" ] unary }
//! unary = ( "NOT" | "-" ) unary | "(" or ")" | field | phrase | word
//! ```

use crate::error::{QueryError, QueryErrorKind, QueryErrors};
use crate::query::ast::{Node, NodeKind, Otherwise, Query, Sort, SortKey, Span, Text};
use crate::query::dates::date_range;
use crate::query::facets::{facet_condition, severity_range};
use crate::query::key::{alias_test, key_or, key_test, presence, quoted as as_quoted, values};
use crate::query::lexer::{Token, TokenKind, lex, nearest_field};
use crate::query::terms::{Quoted, has_letter, phrase, wildcards, word};
use crate::query::values::{comparison, number_range};
use crate::schema::{Facet, FieldKind, FieldSpec, TextField, Unit, fields_named};

/// The maximum nesting depth of parentheses and negations.
const MAX_DEPTH: usize = 64;

pub(super) fn parse_query(text: &str) -> Result<Query, QueryErrors> {
    parse_tokens(text, lex(text), text.trim().is_empty())
}

/// Parses the tokens of a text, which may be none if `empty`.
pub(super) fn parse_tokens(text: &str, tokens: Vec<Token>, empty: bool) -> Result<Query, QueryErrors> {
    let mut parser = Parser { tokens, at: 0, end: text.len(), depth: 0, field: None, sort: None, errors: Vec::new() };
    let mut nodes: Vec<Node> = Vec::new();
    loop {
        nodes.extend(parser.or());
        // The rest starts with an unmatched parenthesis.
        let Some(token) = parser.next() else { break };
        parser.error(token.span, QueryErrorKind::UnmatchedBracket);
    }
    let root = all_of(nodes, 0..text.len());
    if root.is_none() && parser.errors.is_empty() && parser.sort.is_none() && !empty {
        parser.error(0..text.len(), QueryErrorKind::NoWord);
    }
    if parser.errors.is_empty() {
        let all = Node { kind: NodeKind::All, span: 0..text.len() };
        return Ok(Query { root: root.unwrap_or(all), sort: parser.sort });
    }
    parser.errors.sort_by_key(|error| (error.span.start, error.span.end));
    Err(QueryErrors(parser.errors))
}

/// Parses one value of one field, without other syntax.
pub(super) fn parse_value(field: &str, value: &str) -> Result<Node, QueryErrors> {
    let mut parser =
        Parser { tokens: Vec::new(), at: 0, end: value.len(), depth: 0, field: None, sort: None, errors: Vec::new() };
    let span = 0..value.len();
    let node = match (field, spec_for(field, value)) {
        ("has" | "no", _) => parser.has(value, field == "has", span.clone()),
        (_, Some(spec)) => parser.value(spec, value, span.clone()),
        (_, None) => {
            parser.error(span.clone(), unknown_field(field));
            None
        }
    };
    match node {
        Some(node) if parser.errors.is_empty() => Ok(node),
        _ => {
            if parser.errors.is_empty() {
                parser.error(span, QueryErrorKind::MissingValue(field.to_owned()));
            }
            Err(QueryErrors(parser.errors))
        }
    }
}

/// `date`, `-duration`: a sort key, with `-` for descending order.
pub(super) fn sort_of(text: &str) -> Option<Sort> {
    let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
    let key = fields_named(name).find_map(|spec| match spec.kind {
        FieldKind::Number(number, _) => Some(SortKey::Number(number)),
        FieldKind::Date => Some(SortKey::Date),
        FieldKind::Facet(Facet::Severity) => Some(SortKey::Severity),
        _ => None,
    });
    let relevance = ["relevance", "score"].iter().any(|known| name.eq_ignore_ascii_case(known));
    key.or(relevance.then_some(SortKey::Relevance)).map(|key| Sort { key, descending })
}

/// The row of the field table for a name and its value: `impact:` before a word is the section, before a number it is
/// the number.
fn spec_for(name: &str, value: &str) -> Option<&'static FieldSpec> {
    let specs: Vec<&FieldSpec> = fields_named(name).collect();
    let figures = comparison(value).is_some()
        || value.starts_with("..")
        || value.starts_with(|c: char| c.is_ascii_digit() || c == '$') && number_range(value, Unit::Count).is_ok();
    let number = specs.iter().find(|spec| matches!(spec.kind, FieldKind::Number(..)));
    number.filter(|_| figures).or(specs.first()).copied()
}

fn text_field(name: &str) -> Option<TextField> {
    fields_named(name).find_map(|spec| match spec.kind {
        FieldKind::Text(field) => Some(field),
        _ => None,
    })
}

fn unknown_field(name: &str) -> QueryErrorKind {
    QueryErrorKind::UnknownField { name: name.to_owned(), meant: None }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    /// The length of the text.
    end: usize,
    depth: usize,
    /// The field of the current group: `rootcause:(a OR b)`.
    field: Option<&'static str>,
    sort: Option<Sort>,
    errors: Vec<QueryError>,
}

impl Parser {
    fn or(&mut self) -> Option<Node> {
        let start = self.here();
        let mut nodes: Vec<Node> = self.and().into_iter().collect();
        let mut operators = 0;
        while let Some(span) = self.next_if(&TokenKind::Or) {
            operators += 1;
            if nodes.len() < operators || self.at_end() {
                self.error(span, QueryErrorKind::MissingOperand("OR"));
            }
            nodes.extend(self.and());
        }
        let span = start..self.before();
        if nodes.len() < 2 {
            return nodes.pop();
        }
        let mut flat = Vec::new();
        for node in nodes {
            match node.kind {
                NodeKind::Or(inner) => flat.extend(inner),
                kind => flat.push(Node { kind, span: node.span }),
            }
        }
        Some(Node { kind: NodeKind::Or(flat), span })
    }

    fn and(&mut self) -> Option<Node> {
        let start = self.here();
        let mut nodes = Vec::new();
        let mut first = true;
        loop {
            if let Some(span) = self.next_if(&TokenKind::And) {
                if first || self.at_end() || self.peek() == Some(&TokenKind::Or) {
                    self.error(span, QueryErrorKind::MissingOperand("AND"));
                }
                first = false;
                continue;
            }
            match self.peek() {
                None | Some(TokenKind::Or | TokenKind::Close) => break,
                Some(_) => nodes.extend(self.unary()),
            }
            first = false;
        }
        all_of(nodes, start..self.before())
    }

    fn unary(&mut self) -> Option<Node> {
        let mut negated = false;
        let start = self.here();
        while let Some(span) = self.next_if(&TokenKind::Not).or_else(|| self.next_if(&TokenKind::Minus)) {
            negated = !negated;
            if self.at_end() || matches!(self.peek(), Some(TokenKind::And | TokenKind::Or)) {
                self.error(span, QueryErrorKind::NothingToExclude);
                return None;
            }
        }
        if negated && let Some(letter) = self.single_letter() {
            self.next();
            self.error(start..self.before(), QueryErrorKind::OneLetterExclusion(letter));
            return None;
        }
        let node = self.primary()?;
        if !negated {
            return Some(node);
        }
        let span = start..node.span.end;
        match node.kind {
            NodeKind::Not(inner) => Some(*inner),
            kind => Some(Node { kind: NodeKind::Not(Box::new(Node { kind, span: node.span })), span }),
        }
    }

    /// The letter or digit that a `-` excludes, as in `-n`: hardly what is meant.
    fn single_letter(&self) -> Option<String> {
        let minus = self.at.checked_sub(1).and_then(|at| self.tokens.get(at))?;
        match &self.tokens.get(self.at)?.kind {
            TokenKind::Word { text, .. } if minus.kind == TokenKind::Minus && text.len() == 1 && has_letter(text) => {
                Some(text.clone())
            }
            _ => None,
        }
    }

    fn primary(&mut self) -> Option<Node> {
        let token = self.next()?;
        let span = token.span;
        match token.kind {
            TokenKind::Open => self.group(span),
            TokenKind::Field(name) => self.field(&name, span),
            TokenKind::Key { text, name } => self.key(&text, name, span),
            TokenKind::Quoted { closed: false, .. } => {
                self.error(span, QueryErrorKind::UnclosedQuote);
                None
            }
            TokenKind::Quoted { text, slop, sign, .. } => match self.field {
                Some(field) => self.field_phrase(field, Quoted { text, slop, sign }, span),
                None => self.phrase(None, Quoted { text, slop, sign }, span),
            },
            TokenKind::Word { text, plain: true } => word(self.field.and_then(text_field), Text::Word(text), span),
            TokenKind::Unfinished(text) => word(self.field.and_then(text_field), Text::Unfinished(text), span),
            TokenKind::Word { text, plain: false } => match self.field {
                Some(field) => self.value(spec_for(field, &text)?, &text, span),
                None => self.word(None, &text, span),
            },
            TokenKind::And | TokenKind::Or | TokenKind::Not | TokenKind::Minus | TokenKind::Close => None,
        }
    }

    fn group(&mut self, open: Span) -> Option<Node> {
        if self.depth >= MAX_DEPTH {
            self.error(open, QueryErrorKind::NestedTooDeeply);
            self.at = self.tokens.len();
            return None;
        }
        self.depth += 1;
        let inner = self.or();
        self.depth -= 1;
        // Beyond the maximum depth nothing is parsed, so nothing is missing either.
        let too_deep = |error: &QueryError| error.kind == QueryErrorKind::NestedTooDeeply;
        let cut_off = self.at > 0 && self.at == self.tokens.len() && self.errors.iter().any(too_deep);
        if self.next_if(&TokenKind::Close).is_none() && !cut_off {
            self.error(open, QueryErrorKind::UnclosedBracket);
        }
        inner
    }

    fn field(&mut self, name: &str, span: Span) -> Option<Node> {
        let value = match self.tokens.get(self.at) {
            Some(Token { kind: TokenKind::Word { text, .. } | TokenKind::Quoted { text, .. }, .. }) => text.clone(),
            _ => String::new(),
        };
        if let Some(near) = nearest_field(name, &value) {
            self.next();
            let meant = Some(format!("{near}:{value}"));
            self.error(span, QueryErrorKind::UnknownField { name: name.to_owned(), meant });
            return None;
        }
        let lower = name.to_ascii_lowercase();
        if matches!(lower.as_str(), "has" | "no" | "sort") {
            let value_span = self.next().map_or(span.clone(), |token| token.span);
            return if lower == "sort" {
                self.sort_by(&value, value_span)
            } else {
                self.has(&value, lower == "has", span.start..value_span.end)
            };
        }
        let spec = spec_for(name, &value)?;
        let Some(token) = self.next() else {
            self.error(span, QueryErrorKind::MissingValue(name.to_owned()));
            return None;
        };
        let whole = span.start..token.span.end;
        match token.kind {
            TokenKind::Open => {
                let around = self.field.replace(spec.name);
                let node = self.group(token.span);
                self.field = around;
                node
            }
            TokenKind::Quoted { closed: false, .. } => {
                self.error(token.span, QueryErrorKind::UnclosedQuote);
                None
            }
            TokenKind::Quoted { text, slop, sign, .. } => {
                let (errors, typed) = (self.errors.len(), as_quoted(name, &text));
                let node = self.field_phrase(spec.name, Quoted { text, slop, sign }, whole.clone());
                self.or_key((spec, whole), &typed, node, errors)
            }
            TokenKind::Unfinished(text) => word(text_field(name), Text::Unfinished(text), whole),
            TokenKind::Word { text, plain: true } => match text_field(name) {
                Some(field) => word(Some(field), Text::Word(text), whole),
                None => self.value(spec, &text, whole),
            },
            TokenKind::Word { text, plain: false } => {
                let errors = self.errors.len();
                let node = self.value(spec, &text, token.span.clone());
                if node.is_none() && self.errors.len() == errors {
                    self.error(token.span, QueryErrorKind::MissingValue(name.to_owned()));
                }
                let node = node.map(|node| Node { span: whole.clone(), ..node });
                self.or_key((spec, whole), &format!("{name}:{text}"), node, errors)
            }
            _ => None,
        }
    }

    /// `team:payments`: a key, or text where the archive has no such key.
    fn key(&mut self, typed: &str, name: usize, span: Span) -> Option<Node> {
        let pieces = typed.split_whitespace().filter_map(|piece| match self.field {
            Some(field) => self.value(spec_for(field, piece)?, piece, span.clone()),
            None => self.word(None, piece, span.clone()),
        });
        let text = all_of(pieces.collect(), span.clone())?;
        match key_test(&typed[name + 1..]).filter(|_| self.field.is_none()) {
            Some(test) => Some(key_or(Otherwise::Node(Box::new(text)), test, typed, span)),
            None => Some(text),
        }
    }

    /// An alias of a number, such as `cost`, which an archive may have as a key; then the key is meant.
    fn or_key(&mut self, at: (&FieldSpec, Span), typed: &str, node: Option<Node>, errors: usize) -> Option<Node> {
        let Some(test) = alias_test(at.0, typed).filter(|_| self.field.is_none()) else { return node };
        let otherwise = match node {
            Some(node) => Otherwise::Node(Box::new(node)),
            None => Otherwise::Error(self.errors.drain(errors..).next()?.kind),
        };
        Some(key_or(otherwise, test, typed, at.1))
    }

    /// A quoted value: a phrase for a text field, a single value for any other.
    fn field_phrase(&mut self, field: &'static str, quoted: Quoted, span: Span) -> Option<Node> {
        let spec = spec_for(field, &quoted.text)?;
        let text = match spec.kind {
            FieldKind::Text(field) => return self.phrase(Some(field), quoted, span),
            FieldKind::Facet(facet) if quoted.sign == Some('*') && facet != Facet::Severity => {
                return Some(Node { kind: NodeKind::FacetPrefix { facet, prefix: quoted.text }, span });
            }
            _ => quoted.text,
        };
        match spec.kind {
            // `severity:">=major outage"` compares, as it does without quotes.
            FieldKind::Link(_) if text.trim().is_empty() => self.value(spec, &text, span),
            FieldKind::Link(field) => Some(Node { kind: NodeKind::Links { field, names: vec![text] }, span }),
            FieldKind::Facet(facet) if facet != Facet::Severity || comparison(&text).is_none() => {
                Some(Node { kind: NodeKind::Facet { facet, values: vec![text] }, span })
            }
            _ => self.value(spec, &text, span),
        }
    }

    /// A value of a field, parsed according to the kind of the field.
    fn value(&mut self, spec: &'static FieldSpec, value: &str, span: Span) -> Option<Node> {
        let kind = match spec.kind {
            FieldKind::Text(field) => return self.word(Some(field), value, span),
            FieldKind::Facet(Facet::Severity) if comparison(value).is_some() || value.contains("..") => {
                severity_range(value, &span)
            }
            FieldKind::Facet(_) | FieldKind::Link(_) if value == "*" => {
                Ok(NodeKind::Has { field: spec.name, present: true })
            }
            FieldKind::Facet(facet) => facet_condition(facet, spec.name, value, &span),
            FieldKind::Link(field) => match values(value) {
                names if names.is_empty() => Err(QueryErrorKind::MissingValue(spec.name.to_owned())),
                names => Ok(NodeKind::Links { field, names }),
            },
            FieldKind::Number(field, unit) => number_range(value, unit).map(|range| NodeKind::Number { field, range }),
            FieldKind::Date => date_range(value).map(NodeKind::Date),
        };
        match kind {
            Ok(kind) => Some(Node { kind, span }),
            Err(kind) => {
                self.error(span, kind);
                None
            }
        }
    }

    fn has(&mut self, value: &str, present: bool, span: Span) -> Option<Node> {
        match presence(value, present, span.clone()) {
            Ok(node) => Some(node),
            Err(kind) => {
                self.error(span, kind);
                None
            }
        }
    }

    fn sort_by(&mut self, value: &str, span: Span) -> Option<Node> {
        match sort_of(value) {
            Some(sort) => self.sort = Some(sort),
            None => self.error(span, QueryErrorKind::CannotSort(value.to_owned())),
        }
        None
    }

    fn phrase(&mut self, field: Option<TextField>, quoted: Quoted, span: Span) -> Option<Node> {
        let node = phrase(field, quoted, span.clone());
        self.or_error(node, span)
    }

    /// A word with its wildcards.
    fn word(&mut self, field: Option<TextField>, text: &str, span: Span) -> Option<Node> {
        let node = wildcards(field, text, span.clone());
        self.or_error(node, span)
    }

    fn or_error(&mut self, node: Result<Option<Node>, QueryErrorKind>, span: Span) -> Option<Node> {
        node.unwrap_or_else(|kind| {
            self.error(span, kind);
            None
        })
    }

    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned()?;
        self.at += 1;
        Some(token)
    }

    fn next_if(&mut self, kind: &TokenKind) -> Option<Span> {
        (self.peek() == Some(kind)).then(|| self.next().map(|token| token.span))?
    }

    /// Whether this group ends here.
    fn at_end(&self) -> bool {
        matches!(self.peek(), None | Some(TokenKind::Close))
    }

    fn here(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |token| token.span.start)
    }

    fn before(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(self.end, |token| token.span.end)
    }

    fn error(&mut self, span: Span, kind: QueryErrorKind) {
        self.errors.push(QueryError::new(span, kind));
    }
}

/// All of these nodes; `None` if there are none. Nested ANDs are flattened.
pub(super) fn all_of(nodes: Vec<Node>, span: Span) -> Option<Node> {
    let mut flat = Vec::new();
    for node in nodes {
        match node.kind {
            NodeKind::And(inner) => flat.extend(inner),
            kind => flat.push(Node { kind, span: node.span }),
        }
    }
    match flat.len() {
        0 | 1 => flat.pop(),
        _ => Some(Node { kind: NodeKind::And(flat), span }),
    }
}
