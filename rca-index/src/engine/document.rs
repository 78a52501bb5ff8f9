//! The document: the stored form of an incident. The only place that knows the engine's fields.
//!
//! In: an incident. Out: a document for the index, and the incident again for a hit. The fields follow the field table.

use std::collections::BTreeMap;

use tantivy::TantivyDocument;
use tantivy::schema::{
    BytesOptions, FacetOptions, Field, IndexRecordOption, NumericOptions, OwnedValue, STORED, Schema,
    TextFieldIndexing, TextOptions, Value,
};
use tantivy::tokenizer::RAW_TOKENIZER_NAME;

use crate::engine::keys::{self, KEYS};
use crate::engine::permits::{Permit, Permits};
use crate::incident::{Incident, Section, SectionKind};
use crate::parse::{ParseOptions, parse_report};
use crate::schema::{FIELDS, Facet, FieldKind, NumberField, TextField};
use crate::text::analyzer::REGION_MARK;

/// The version of the index format. Raise it with any change of fields, the analyzer, the parser or the stored form.
pub(super) const FORMAT: u32 = 6;
/// The name of the analyzer in the engine.
pub(super) const ANALYZER: &str = "rca";

/// The engine's tokenizer that splits at white space only.
const WORDS_TOKENIZER: &str = "whitespace";

/// The text of an incident without the title: its regions in sequence, each preceded by a marker.
pub(super) const TEXT: &str = "text";
/// Columns that are read by name.
pub(super) const KEY: &str = "key";
pub(super) const DATE: &str = "date";
pub(super) const RANK: &str = "severity_rank";
pub(super) const LENGTH: &str = "length";
/// The fields of the regions, in order.
pub(super) const REGIONS: &str = "regions";

/// The engine's fields.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    pub(super) schema: Schema,
    /// The id as a single term; also a column, to break ties.
    pub(super) key: Field,
    /// The names of the fields that have a value, separated by spaces, for `has:` and `no:`.
    pub(super) has: Field,
    pub(super) date: Field,
    /// The rank of the severity, 0 (most severe) to 5.
    pub(super) rank: Field,
    /// The title, as a separate field because its words weigh more.
    pub(super) title: Field,
    pub(super) text: Field,
    regions: Field,
    /// The length in bytes of text, for length normalization.
    length: Field,
    /// Keys of front matter that the field table does not know, with their values.
    pub(super) keys: Field,
    /// The path of the report.
    path: Field,
    /// The unchanged text of the report.
    source: Field,
    /// The facts of an incident that was not parsed from a report.
    facts: Field,
    facets: BTreeMap<Facet, Field>,
    numbers: BTreeMap<NumberField, Field>,
}

impl Fields {
    /// The fields for the field table.
    pub(super) fn new() -> Self {
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
        let key = builder.add_text_field(KEY, raw.clone().set_fast(RAW_TOKENIZER_NAME).set_stored());
        let names = TextFieldIndexing::default()
            .set_tokenizer(WORDS_TOKENIZER)
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false);
        let has = builder.add_text_field("has", TextOptions::default().set_indexing_options(names));
        let date = builder.add_i64_field(DATE, column.clone());
        let rank = builder.add_u64_field(RANK, column.clone());
        let length = builder.add_u64_field(LENGTH, column.clone());
        let regions = builder.add_u64_field(REGIONS, column.clone());
        let title = builder.add_text_field("title", words.clone());
        let text = builder.add_text_field(TEXT, words);
        let keys = builder.add_facet_field(KEYS, FacetOptions::default());
        let path = builder.add_text_field("path", STORED);
        // As text, because the engine stores bytes one by one.
        let source = builder.add_text_field("source", STORED);
        let facts = builder.add_bytes_field("facts", BytesOptions::from(STORED));
        let (mut facets, mut numbers) = (BTreeMap::new(), BTreeMap::new());
        for spec in FIELDS {
            match spec.kind {
                FieldKind::Facet(facet) => {
                    facets.insert(facet, builder.add_facet_field(&facet_column(facet), FacetOptions::default()));
                }
                FieldKind::Number(number, _) => {
                    numbers.insert(number, builder.add_f64_field(&number_column(number), column.clone()));
                }
                FieldKind::Text(_) | FieldKind::Date => {}
            }
        }
        let schema = builder.build();
        Self { schema, key, has, date, rank, title, text, regions, length, keys, path, source, facts, facets, numbers }
    }

    /// The fields with words: the text, then the title.
    pub(super) fn searched(&self) -> [Field; 2] {
        [self.text, self.title]
    }

    pub(super) fn facet(&self, facet: Facet) -> Field {
        self.facets[&facet]
    }

    pub(super) fn number(&self, number: NumberField) -> Field {
        self.numbers[&number]
    }

    /// The document of an incident from [`parse_report`], which restores it when it is loaded.
    pub(super) fn document_of_report(&self, incident: Incident) -> EngineDocument {
        let mut doc = self.common(&incident);
        doc.add(self.path, incident.path);
        doc.add(self.source, incident.source);
        doc
    }

    /// The document of any incident.
    pub(super) fn document(&self, mut incident: Incident) -> Result<EngineDocument, postcard::Error> {
        let mut doc = self.common(&incident);
        doc.add(self.source, std::mem::take(&mut incident.source));
        doc.add(self.facts, postcard::to_stdvec(&incident)?);
        Ok(doc)
    }

    /// The common part: everything that is indexed.
    fn common(&self, incident: &Incident) -> EngineDocument {
        let mut doc = EngineDocument { values: Vec::with_capacity(48), permit: None };
        doc.add(self.key, incident.id.clone());
        doc.add(self.length, text_length(incident));
        if let Some(date) = &incident.date {
            doc.add(self.date, date.value.unix_seconds());
        }
        if let Some(rank) = incident.severity.as_ref().and_then(|s| s.value.rank) {
            doc.add(self.rank, u64::from(rank));
        }
        doc.add(self.title, incident.title.value.clone());
        let mut text = String::with_capacity(incident.source.len() + 256);
        let mut has = String::with_capacity(256);
        for spec in FIELDS {
            let present = match spec.kind {
                FieldKind::Text(TextField::Title) => !incident.title.value.is_empty(),
                FieldKind::Text(field) => {
                    let texts = region_texts(field, incident);
                    for region in &texts {
                        push_region(&mut text, region);
                        doc.add(self.regions, field.number());
                    }
                    !texts.is_empty()
                }
                FieldKind::Facet(facet) => self.add_facets(&mut doc, facet, incident),
                FieldKind::Number(number, _) => self.add_number(&mut doc, number, incident),
                FieldKind::Date => incident.date.is_some(),
            };
            if present {
                has.extend([spec.name, " "]);
            }
        }
        for facet in keys::engine_facets(incident) {
            doc.add(self.keys, facet);
        }
        doc.add(self.has, has);
        doc.add(self.text, text);
        doc
    }

    fn add_facets(&self, doc: &mut EngineDocument, facet: Facet, incident: &Incident) -> bool {
        let values = facet.values_of(incident);
        for value in &values {
            doc.add(self.facet(facet), engine_facet(facet, value));
        }
        !values.is_empty()
    }

    fn add_number(&self, doc: &mut EngineDocument, number: NumberField, incident: &Incident) -> bool {
        let value = number.value_of(incident);
        if let Some(value) = value {
            doc.add(self.number(number), value);
        }
        value.is_some()
    }

    /// The incident of a stored document.
    pub(super) fn incident(&self, doc: &TantivyDocument, options: &ParseOptions) -> Option<Incident> {
        let text = |field| doc.get_first(field)?.as_str();
        let source = text(self.source)?.to_owned();
        if let Some(facts) = doc.get_first(self.facts).and_then(|facts| facts.as_bytes()) {
            let incident: Incident = postcard::from_bytes(facts).ok()?;
            return Some(Incident { source, ..incident });
        }
        let incident = parse_report(text(self.path)?, source, options).incident;
        Some(Incident { id: text(self.key)?.to_owned(), ..incident })
    }
}

/// A field and its value.
type FieldValue = (Field, OwnedValue);

/// A document to be indexed. It takes over the texts of the incident, which the engine's own document type would copy.
#[derive(Debug)]
pub(super) struct EngineDocument {
    values: Vec<FieldValue>,
    /// Released when the engine drops the document.
    permit: Option<Permit>,
}

impl EngineDocument {
    /// Waits for a permit.
    pub(super) fn wait_for(&mut self, permits: &Permits) {
        self.permit = Some(permits.acquire());
    }

    fn add(&mut self, field: Field, value: impl Into<OwnedValue>) {
        self.values.push((field, value.into()));
    }
}

impl tantivy::Document for EngineDocument {
    type Value<'a> = &'a OwnedValue;
    type FieldsValuesIter<'a> =
        std::iter::Map<std::slice::Iter<'a, FieldValue>, fn(&'a FieldValue) -> (Field, &'a OwnedValue)>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.values.iter().map(|(field, value)| (*field, value))
    }
}

/// The texts of a field as indexed, one per region; empty if the incident has none.
fn region_texts(field: TextField, incident: &Incident) -> Vec<&str> {
    let texts: Vec<&str> = match field {
        TextField::Title => vec![&incident.title.value],
        TextField::Id => vec![&incident.id],
        TextField::People => {
            let owners = incident.actions.iter().filter_map(|action| action.owner.as_deref());
            incident.author.as_deref().into_iter().chain(incident.prepared_by.as_deref()).chain(owners).collect()
        }
        TextField::Section(kind) => {
            let sections = incident.sections.iter().filter(|section| section.kind == kind);
            // The heading of a known section adds nothing to its kind; any other heading is indexed as text.
            let heading = |section: &Section| kind == SectionKind::Body && !section.is_front_matter();
            sections
                .flat_map(|s| [if heading(s) { s.heading.as_str() } else { "" }, incident.section_text(s)])
                .collect()
        }
    };
    texts.into_iter().filter(|text| !text.trim().is_empty()).collect()
}

/// Appends a marker and a region.
fn push_region(text: &mut String, region: &str) {
    text.push(REGION_MARK);
    if region.contains(REGION_MARK) {
        text.extend(region.chars().map(|c| if c == REGION_MARK { ' ' } else { c }));
    } else {
        text.push_str(region);
    }
}

/// The column of a numeric field.
pub(super) fn number_column(number: NumberField) -> String {
    let spec = FIELDS.iter().find(|spec| matches!(spec.kind, FieldKind::Number(field, _) if field == number));
    format!("number_{}", spec.map_or("", |spec| spec.name))
}

/// The column of a facet.
pub(super) fn facet_column(facet: Facet) -> String {
    format!("facet_{}", facet.name())
}

/// The engine's form of a facet value: `db/postgres` is below `db` if the facet is hierarchical.
pub(super) fn engine_facet(facet: Facet, value: &str) -> tantivy::schema::Facet {
    if facet.is_hierarchical() {
        tantivy::schema::Facet::from_path(value.split('/'))
    } else {
        tantivy::schema::Facet::from_path([value])
    }
}

/// The length of an incident for length normalization, in bytes.
pub(super) fn text_length(incident: &Incident) -> u64 {
    let sections: usize = incident.sections.iter().map(|s| s.range.len()).sum();
    (incident.title.value.len() + sections) as u64
}
