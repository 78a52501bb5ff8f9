//! The document: how an incident lies in the engine. The only place that knows the engine's fields.
//!
//! In: an incident. Out: a document for the index, and an incident again for a hit. Fields follow the field table.

use std::collections::BTreeMap;

use tantivy::TantivyDocument;
use tantivy::schema::{
    BytesOptions, FacetOptions, Field, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing,
    TextOptions, Value,
};
use tantivy::tokenizer::RAW_TOKENIZER_NAME;

use crate::incident::{Incident, SectionKind};
use crate::schema::{FIELDS, Facet, FieldKind, NumberField, TextField};

/// The version of the layout. Any change of fields, of the analyzer or of the stored form needs a new one.
pub(crate) const FORMAT: u32 = 1;
/// The name under which the analyzer is known to the engine.
pub(crate) const ANALYZER: &str = "rca";

/// Fast columns that are read by name.
pub(crate) const KEY: &str = "key";
pub(crate) const DATE: &str = "date";
pub(crate) const RANK: &str = "severity_rank";
pub(crate) const LENGTH: &str = "length";

/// The engine's fields.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub(crate) schema: Schema,
    /// The id, one term; also a column, to break ties.
    pub(crate) key: Field,
    /// The names of the fields that have a value, for `has:` and `no:`.
    pub(crate) has: Field,
    pub(crate) date: Field,
    /// The rank of the severity, 0 (most severe) to 5.
    pub(crate) rank: Field,
    /// Bytes of text, for the length norm.
    length: Field,
    /// The incident itself.
    stored: Field,
    texts: BTreeMap<TextField, (Field, f32)>,
    facets: BTreeMap<Facet, Field>,
    numbers: BTreeMap<NumberField, Field>,
}

impl Fields {
    /// The fields of the field table.
    pub(crate) fn new() -> Self {
        let raw = TextFieldIndexing::default()
            .set_tokenizer(RAW_TOKENIZER_NAME)
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false);
        let words = TextFieldIndexing::default()
            .set_tokenizer(ANALYZER)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions)
            .set_fieldnorms(false);
        let words = TextOptions::default().set_indexing_options(words);
        let raw = TextOptions::default().set_indexing_options(raw);
        let column = NumericOptions::default().set_fast();

        let mut builder = Schema::builder();
        let key = builder.add_text_field(KEY, raw.clone().set_fast(RAW_TOKENIZER_NAME));
        let has = builder.add_text_field("has", raw);
        let date = builder.add_i64_field(DATE, column.clone());
        let rank = builder.add_u64_field(RANK, column.clone());
        let length = builder.add_u64_field(LENGTH, column.clone());
        let stored = builder.add_bytes_field("incident", BytesOptions::from(STORED));
        let (mut texts, mut facets, mut numbers) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for spec in FIELDS {
            match spec.kind {
                FieldKind::Text(field) => {
                    texts.insert(
                        field,
                        (builder.add_text_field(&format!("text_{}", spec.name), words.clone()), spec.weight),
                    );
                }
                FieldKind::Facet(facet) => {
                    facets.insert(facet, builder.add_facet_field(&facet_column(facet), FacetOptions::default()));
                }
                FieldKind::Number(number, _) => {
                    numbers.insert(number, builder.add_f64_field(&number_column(number), column.clone()));
                }
                FieldKind::Date => {}
            }
        }
        Self { schema: builder.build(), key, has, date, rank, length, stored, texts, facets, numbers }
    }

    /// The field of a text field and its weight.
    pub(crate) fn text(&self, field: TextField) -> (Field, f32) {
        self.texts[&field]
    }

    /// All text fields and their weights.
    pub(crate) fn all_texts(&self) -> impl Iterator<Item = (Field, f32)> {
        self.texts.values().copied()
    }

    pub(crate) fn facet(&self, facet: Facet) -> Field {
        self.facets[&facet]
    }

    pub(crate) fn number(&self, number: NumberField) -> Field {
        self.numbers[&number]
    }

    /// The document of an incident.
    pub(crate) fn document(&self, incident: &Incident) -> Result<TantivyDocument, postcard::Error> {
        let mut doc = TantivyDocument::default();
        doc.add_text(self.key, &incident.id);
        doc.add_u64(self.length, text_length(incident));
        doc.add_bytes(self.stored, &postcard::to_stdvec(incident)?);
        if let Some(date) = &incident.date {
            doc.add_i64(self.date, date.value.unix_seconds());
            doc.add_text(self.has, DATE);
        }
        if let Some(rank) = incident.severity.as_ref().and_then(|s| s.value.rank) {
            doc.add_u64(self.rank, u64::from(rank));
        }
        for spec in FIELDS {
            let present = match spec.kind {
                FieldKind::Text(field) => self.add_text(&mut doc, field, incident),
                FieldKind::Facet(facet) => self.add_facets(&mut doc, facet, incident),
                FieldKind::Number(number, _) => self.add_number(&mut doc, number, incident),
                FieldKind::Date => false,
            };
            if present {
                doc.add_text(self.has, spec.name);
            }
        }
        Ok(doc)
    }

    fn add_text(&self, doc: &mut TantivyDocument, field: TextField, incident: &Incident) -> bool {
        let (engine_field, _) = self.text(field);
        let mut present = false;
        let mut add = |text: &str| {
            if !text.trim().is_empty() {
                doc.add_text(engine_field, text);
                present = true;
            }
        };
        match field {
            TextField::Title => add(&incident.title.value),
            TextField::Id => add(&incident.id),
            TextField::People => {
                let owners = incident.actions.iter().filter_map(|a| a.owner.as_deref());
                incident
                    .author
                    .as_deref()
                    .into_iter()
                    .chain(incident.prepared_by.as_deref())
                    .chain(owners)
                    .for_each(add);
            }
            TextField::Section(kind) => {
                for section in incident.sections.iter().filter(|s| s.kind == kind) {
                    // A known section's heading says nothing more than its field; any other heading is text like the rest.
                    if kind == SectionKind::Body && !section.is_front_matter() {
                        add(&section.heading);
                    }
                    add(incident.section_text(section));
                }
            }
        }
        present
    }

    fn add_facets(&self, doc: &mut TantivyDocument, facet: Facet, incident: &Incident) -> bool {
        let values = facet.values_of(incident);
        for value in &values {
            doc.add_facet(self.facet(facet), engine_facet(facet, value));
        }
        !values.is_empty()
    }

    fn add_number(&self, doc: &mut TantivyDocument, number: NumberField, incident: &Incident) -> bool {
        let value = number.value_of(incident);
        if let Some(value) = value {
            doc.add_f64(self.number(number), value);
        }
        value.is_some()
    }

    /// The incident that a document was made from.
    pub(crate) fn incident(&self, doc: &TantivyDocument) -> Option<Incident> {
        postcard::from_bytes(doc.get_first(self.stored)?.as_bytes()?).ok()
    }
}

/// The name of a number field's column.
pub(crate) fn number_column(number: NumberField) -> String {
    let spec = FIELDS.iter().find(|spec| matches!(spec.kind, FieldKind::Number(field, _) if field == number));
    format!("number_{}", spec.map_or("", |spec| spec.name))
}

/// The name of a facet's column.
pub(crate) fn facet_column(facet: Facet) -> String {
    format!("facet_{}", facet.name())
}

/// The engine's form of a facet value: `db/postgres` lies below `db` where the facet is a hierarchy.
pub(crate) fn engine_facet(facet: Facet, value: &str) -> tantivy::schema::Facet {
    if facet.is_hierarchical() {
        tantivy::schema::Facet::from_path(value.split('/'))
    } else {
        tantivy::schema::Facet::from_path([value])
    }
}

/// The number of bytes that count for the length norm.
pub(crate) fn text_length(incident: &Incident) -> u64 {
    let sections: usize = incident.sections.iter().map(|s| s.range.len()).sum();
    (incident.title.value.len() + sections) as u64
}
