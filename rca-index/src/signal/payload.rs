//! JSON: one reader by key paths.
//!
//! In: a value of JSON. Out: what the row of its product, or else the names of its keys, say that it holds; gathered.

use std::ops::Range;

use super::frames::is_foreign_code;
use super::gather::{Gather, role_of};
use super::json::Json;
use super::keys::Role;
use super::lines::{self, Tally};
use super::piece::Piece;
use super::products::{Field, PRODUCTS, Product, SCRAPED_BY};
use super::{DETAIL_WEIGHT, MESSAGE_WEIGHT, SignalKind};

/// A reader of one document.
pub(super) struct Payload<'g> {
    pub(super) gather: &'g mut Gather,
    /// The string of the input that the document was decoded from. Its places mean nothing in the input.
    pub(super) within: Option<Range<usize>>,
    /// The kind that it is known to be of.
    pub(super) from: Option<SignalKind>,
}

impl Payload<'_> {
    /// Reads a document. Yields whose it is, if that is known.
    pub(super) fn read(&mut self, json: &Json) -> Option<SignalKind> {
        let is_of = |product: &&Product| match self.from {
            Some(kind) => product.kind == kind,
            None => product.signs.iter().all(|sign| has_sign(json, sign)),
        };
        let Some(product) = PRODUCTS.iter().find(is_of) else {
            self.by_keys("", json, Role::Label);
            return None;
        };
        let mut kind = product.kind;
        for alert in firing(product, json) {
            for (path, field) in product.fields {
                for value in alert.at(path) {
                    kind = self.field(path.rsplit('.').next().unwrap_or(path), *field, value).unwrap_or(kind);
                }
            }
        }
        Some(kind)
    }

    fn piece<'t>(&self, text: &'t str, range: &Range<usize>) -> Piece<'t> {
        Piece { text, range: self.within.clone().unwrap_or_else(|| range.clone()) }
    }

    /// Reads the value of a field. Yields whose document was in it.
    fn field(&mut self, key: &str, field: Field, value: &Json) -> Option<SignalKind> {
        match field {
            Field::Is(role) => self.is(key, role, value),
            Field::Map(otherwise) => self.by_keys(key, value, otherwise),
            Field::Tags => self.tags(value, true),
            Field::Named => {
                if let (Some(name), Some(value)) = (text_of(value, "name"), value.get("value")) {
                    self.by_keys(name, value, Role::Label);
                }
            }
            Field::Frames => self.frames(value),
            Field::Embedded => return self.embedded(value),
        }
        None
    }

    /// A value with a role.
    fn is(&mut self, key: &str, role: Role, value: &Json) {
        if let Json::Array(elements) = value {
            elements.iter().for_each(|element| self.is(key, role, element));
        }
        let Some((text, range)) = value.scalar() else { return };
        let piece = self.piece(text, range);
        match role {
            Role::Message => self.text(&piece, MESSAGE_WEIGHT),
            Role::Detail if text.contains([' ', '\n']) => self.text(&piece, DETAIL_WEIGHT),
            role => self.gather.valued(key, role, &piece),
        }
    }

    fn text(&mut self, piece: &Piece, weight: f32) {
        lines::read(self.gather, piece, weight, &mut Tally::default());
    }

    /// Values by the names of their keys. What the table of keys does not know has this role.
    fn by_keys(&mut self, key: &str, value: &Json, otherwise: Role) {
        match value {
            Json::Object(fields) => {
                for (name, value) in fields {
                    let is_error = matches!(name.as_ref(), "type" | "class" | "code" | "name") && is_error(key);
                    // `"service": {"name": "..."}`
                    let is_service = matches!(name.as_ref(), "name" | "summary") && is_service(key);
                    match value.scalar().filter(|_| is_error || is_service) {
                        Some((text, range)) => {
                            let piece = self.piece(text, range);
                            self.gather.valued(name, if is_error { Role::Error } else { Role::Service }, &piece);
                        }
                        None => self.by_keys(name, value, otherwise),
                    }
                }
            }
            Json::Text(text, _) if is_tags(key) && text.contains(':') => self.tags(value, true),
            Json::Array(elements) => elements.iter().for_each(|element| self.by_keys(key, element, otherwise)),
            value if !(otherwise == Role::Label && SCRAPED_BY.contains(&key)) => {
                let is_sentence = value.scalar().is_some_and(|(text, _)| text.trim().contains(' '));
                let otherwise = if is_sentence { Role::Detail } else { otherwise };
                self.is(key, role_of(key, otherwise), value);
            }
            _ => {}
        }
    }

    /// `service:edge, env:prod`; `["service:edge"]`; `[["service", "edge"]]`.
    fn tags(&mut self, value: &Json, is_list: bool) {
        if let Json::Array(elements) = value {
            match elements.as_slice() {
                [Json::Text(key, _), value @ Json::Text(..)] if !is_list => {
                    self.is(key, role_of(key, Role::Label), value);
                }
                elements => elements.iter().for_each(|element| self.tags(element, false)),
            }
        }
        let Some((text, range)) = value.scalar() else { return };
        for tag in text.split(',') {
            let (key, value) = tag.trim().split_once(':').unwrap_or(("tag", tag.trim()));
            let piece = self.piece(value, range);
            self.gather.valued(key, role_of(key, Role::Label), &piece);
        }
    }

    /// Frames as objects: those of the team's own code. If none is said to be, the table of languages decides.
    fn frames(&mut self, value: &Json) {
        let Json::Array(frames) = value else { return };
        for frame in frames {
            let place = text_of(frame, "abs_path").or_else(|| text_of(frame, "filename")).unwrap_or_default();
            let module = text_of(frame, "module").unwrap_or_default();
            let function = text_of(frame, "function").unwrap_or_default();
            let is_own = !is_foreign_code(if module.is_empty() { function } else { module }, place);
            let Some((name, range)) = frame.get("function").and_then(Json::scalar) else { continue };
            let is_marked_foreign = matches!(frame.get("in_app"), Some(Json::Word(false)));
            if is_own && !is_marked_foreign {
                let called = format!("{module} {name}");
                let piece = self.piece(&called, range);
                self.gather.prose(&piece, DETAIL_WEIGHT);
            }
        }
    }

    /// JSON in a string, or text. A document in a document in a document is text.
    fn embedded(&mut self, value: &Json) -> Option<SignalKind> {
        let (text, range) = value.scalar()?;
        let inner = Json::read(text, 0).ok().filter(|(_, end)| text[*end..].trim().is_empty());
        self.gather.work += text.len();
        match inner.filter(|_| self.within.is_none() && text.trim_start().starts_with(['{', '['])) {
            Some((json, _)) => Payload { gather: self.gather, within: Some(range.clone()), from: None }.read(&json),
            None => {
                let piece = self.piece(text, range);
                self.text(&piece, MESSAGE_WEIGHT);
                None
            }
        }
    }
}

/// The alerts of a payload that are firing; all of them if none is.
fn firing<'j, 't>(product: &Product, json: &'j Json<'t>) -> Vec<&'j Json<'t>> {
    let alerts = json.at(product.alerts);
    let Some((key, state)) = product.firing else { return alerts };
    let is_firing =
        |alert: &&&Json| alert.at(key).iter().any(|value| value.scalar().is_some_and(|(text, _)| text == state));
    let firing: Vec<_> = alerts.iter().filter(is_firing).copied().collect();
    if firing.is_empty() { alerts } else { firing }
}

/// Whether a key has an error as an object: `"error": {"type": "..."}`.
fn is_error(key: &str) -> bool {
    ["error", "errors", "exception", "root_cause", "cause", "err"].iter().any(|name| name.eq_ignore_ascii_case(key))
}

fn is_service(key: &str) -> bool {
    role_of(key, Role::Label) == Role::Service
}

/// Whether a key has tags: `env:prod,service:edge`.
fn is_tags(key: &str) -> bool {
    matches!(key, "tags" | "scope" | "alert_scope" | "ddtags")
}

fn has_sign(json: &Json, sign: &str) -> bool {
    match sign.split_once('=') {
        Some((path, expected)) => {
            json.at(path).iter().any(|value| value.scalar().is_some_and(|(text, _)| text == expected))
        }
        None => !json.at(sign).is_empty(),
    }
}

fn text_of<'j>(json: &'j Json, key: &str) -> Option<&'j str> {
    json.get(key).and_then(Json::scalar).map(|(text, _)| text)
}
