//! The document of an incident in a cluster.
//!
//! In: an incident. Out: JSON with the tokens, positions, facets, numbers, keys and links that the embedded engine would index
//! of it, and what restores it. The tokens are those of the embedded engine's own tokenizer, over the same text.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use tantivy::tokenizer::{TokenStream as _, Tokenizer as _};

use crate::archive::link_key::{LinkKey, link_keys};
use crate::engine::document::{Counted, HAS_TIME, levels_above, push_region, region_texts, text_length};
use crate::engine::opensearch::mapping::{self, JOINER, NEVER, NOTHING};
use crate::engine::opensearch::scored::{Scored, without_stems};
use crate::engine::tokenizer::LexemeTokenizer;
use crate::incident::{HouseNames, Incident, OwnField, Summary, Timestamp};
use crate::schema::{FIELDS, Facet, FacetValue, FieldKind, LinkField, TextField};
use crate::text::analyzer::{Analyzer, REGION_MARK};

/// A document as it is sent. The fields of `region` are in the order of the field table: the cluster copies them one after another.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    archive: &'a str,
    id: String,
    path: String,
    born: i64,
    dead: i64,
    length: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stated_date: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rank: Option<u8>,
    title: String,
    region: Regions,
    words: BTreeSet<String>,
    facet: BTreeMap<&'static str, BTreeSet<String>>,
    facet_shown: BTreeMap<&'static str, BTreeSet<String>>,
    number: BTreeMap<&'static str, f64>,
    has: Vec<&'static str>,
    front: BTreeSet<String>,
    links: BTreeSet<String>,
    scored: String,
    store: Store,
}

/// What restores the incident.
#[derive(Debug, Default, Serialize, serde::Deserialize)]
pub(super) struct Store {
    pub(super) title: String,
    pub(super) source: String,
    /// A [`Summary`] without its names.
    summary: String,
}

impl Store {
    /// The summary, but for the id and the path.
    pub(super) fn summary(&self) -> Option<Summary> {
        let summary = postcard::from_bytes(&STANDARD.decode(&self.summary).ok()?).ok()?;
        Some(Summary { title: self.title.clone(), ..summary })
    }
}

impl<'a> Document<'a> {
    /// The document of an incident from [`parse_report`](crate::parse::parse_report), which restores it when it is loaded.
    ///
    /// # Errors
    /// None in practice.
    pub(super) fn of_report(
        incident: Incident,
        (house, analyzer): (&HouseNames, &Analyzer),
        archive: &'a str,
        born: i64,
    ) -> Result<Self, postcard::Error> {
        let mut doc = Self::common(&incident, (house, analyzer), archive, born)?;
        doc.path = incident.path;
        doc.id = incident.id;
        doc.store.source = incident.source;
        Ok(doc)
    }

    /// The common part: everything that is indexed, and the summary.
    fn common(
        incident: &Incident,
        (house, analyzer): (&HouseNames, &Analyzer),
        archive: &'a str,
        born: i64,
    ) -> Result<Self, postcard::Error> {
        let mut has = Vec::new();
        let (mut text, mut fields) = (String::with_capacity(incident.source.len() + 256), Vec::new());
        let (mut facet, mut facet_shown, mut number) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let links: BTreeSet<String> = link_keys(incident).keys().flat_map(LinkKey::terms).collect();
        for spec in FIELDS {
            let present = match spec.kind {
                FieldKind::Text(TextField::Title) => !incident.title.value.is_empty(),
                FieldKind::Text(field) => {
                    let texts = region_texts(field, incident);
                    for region in &texts {
                        push_region(&mut text, region);
                        fields.push(field);
                    }
                    !texts.is_empty()
                }
                FieldKind::Facet(of) => {
                    let FacetTerms { keys, counted } = facet_terms(of, incident, house);
                    let any = !keys.is_empty();
                    if any {
                        facet.insert(of.name(), keys);
                        facet_shown.insert(of.name(), counted);
                    }
                    any
                }
                FieldKind::Number(of, _) => {
                    let value = of.value_of(incident);
                    value.map(|value| number.insert(mapping::number_name(of), value));
                    value.is_some()
                }
                FieldKind::Date => incident.date.is_some(),
                FieldKind::Link(LinkField::Links) => !links.is_empty(),
                // Only the other incidents tell.
                FieldKind::Link(LinkField::Backlinks) => false,
            };
            if present {
                has.push(spec.name);
            }
        }
        let date = incident.date.as_ref().map(|date| &date.value);
        if date.is_some_and(Timestamp::has_time) {
            has.push(HAS_TIME);
        }
        let mut words = BTreeSet::new();
        let title = Positions::of(&incident.title.value, analyzer, &mut words);
        let region = Regions::of(Positions::of(&text, analyzer, &mut words), &fields);
        let store = Store {
            title: incident.title.value.clone(),
            source: String::new(),
            summary: STANDARD.encode(postcard::to_stdvec(&Summary::unnamed(incident))?),
        };
        let length = text_length(incident);
        let rank = incident.severity.as_ref().and_then(|severity| severity.value.rank);
        let services = facet.get(Facet::Service.name()).into_iter().flatten();
        let scored = Scored {
            length,
            date: date.map(|date| date.unix_seconds()),
            rank,
            services: services.cloned().collect(),
            title: scored(&title.groups),
            regions: region.0.iter().map(|(field, groups)| (field.number(), scored(groups))).collect(),
        };
        Ok(Self {
            archive,
            id: String::new(),
            path: String::new(),
            born,
            dead: NEVER,
            length,
            date: date.map(|date| date.unix_seconds()),
            stated_date: date.filter(|date| date.stated_seconds() != date.unix_seconds()).map(|d| d.stated_seconds()),
            rank,
            title: title.groups.join(" "),
            region,
            words,
            facet,
            facet_shown,
            number,
            has,
            front: front_terms(incident),
            links,
            scored: scored.packed()?,
            store,
        })
    }

    /// The id of the incident.
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

/// The tokens of a text by position.
struct Positions {
    /// For each position its tokens, joined.
    groups: Vec<String>,
}

impl Positions {
    fn of(text: &str, analyzer: &Analyzer, words: &mut BTreeSet<String>) -> Self {
        let mut groups: Vec<String> = Vec::new();
        let mut tokenizer = LexemeTokenizer;
        let mut stream = tokenizer.token_stream(text);
        while stream.advance() {
            let token = stream.token();
            if groups.len() <= token.position {
                groups.resize(token.position + 1, String::new());
            }
            let group = &mut groups[token.position];
            if !group.is_empty() {
                group.push(JOINER);
            }
            group.push_str(&mapping::term(&token.text));
            if let Some(stem) = analyzer.stem_token(&token.text) {
                group.push(JOINER);
                group.push_str(&stem);
            }
            if !words.contains(&token.text) {
                words.insert(token.text.clone());
            }
        }
        groups.iter_mut().filter(|group| group.is_empty()).for_each(|group| group.push(NOTHING));
        Self { groups }
    }
}

/// The tokens of positions, as they are scored.
fn scored(groups: &[String]) -> String {
    groups.iter().map(|group| without_stems(group)).collect::<Vec<_>>().join(" ")
}

/// The regions of a text: for each text field of the table that has any, in the order of the table, its positions.
#[derive(Debug)]
struct Regions(Vec<(TextField, Vec<String>)>);

impl Regions {
    /// Splits the positions of a text at the marks, of which there is one for each of `fields`.
    fn of(positions: Positions, fields: &[TextField]) -> Self {
        let mut regions: Vec<(TextField, Vec<String>)> = Vec::new();
        let mut fields = fields.iter();
        for group in positions.groups {
            if group.starts_with(REGION_MARK)
                && let Some(&field) = fields.next()
                && regions.last().is_none_or(|(last, _)| *last != field)
            {
                regions.push((field, Vec::new()));
            }
            if let Some((_, groups)) = regions.last_mut() {
                groups.push(group);
            }
        }
        Self(regions)
    }
}

impl Serialize for Regions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (field, groups) in &self.0 {
            map.serialize_entry(mapping::region_name(*field), &groups.join(" "))?;
        }
        map.end()
    }
}

/// The terms of a facet.
struct FacetTerms {
    keys: BTreeSet<String>,
    counted: BTreeSet<String>,
}

fn facet_terms(facet: Facet, incident: &Incident, house: &HouseNames) -> FacetTerms {
    let values = facet.entries_of(incident, house);
    let of_value = |FacetValue { key, shown }: &FacetValue| Counted { key, shown: Some(shown) }.term();
    let mut counted: BTreeSet<String> = values.iter().map(of_value).collect();
    let mut keys: BTreeSet<String> = values.iter().map(|value| value.key.clone()).collect();
    if facet.is_hierarchical() {
        for key in values.iter().flat_map(|value| levels_above(&value.key)) {
            if keys.insert(key.to_owned()) {
                counted.insert(Counted { key, shown: None }.term());
            }
        }
    }
    FacetTerms { keys, counted }
}

/// The terms of the keys that the field table does not know.
fn front_terms(incident: &Incident) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    for field in &incident.front_matter {
        let key = OwnField::name(&field.key);
        if key.is_empty() {
            continue;
        }
        let values = field.value.texts().iter().map(|value| OwnField::folded(value)).filter(|value| !value.is_empty());
        terms.extend(values.map(|value| mapping::front(&key, Some(&value))));
        terms.insert(key);
    }
    terms
}

#[cfg(test)]
mod tests;
