//! The document: the stored form of an incident. The only place that knows the engine's fields.
//!
//! In: an incident. Out: a document for the index, and the incident again for a hit. The fields follow the field table.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use tantivy::TantivyDocument;
use tantivy::schema::{
    BytesOptions, FacetOptions, Field, IndexRecordOption, NumericOptions, OwnedValue, STORED, Schema,
    TextFieldIndexing, TextOptions, Value,
};
use tantivy::tokenizer::RAW_TOKENIZER_NAME;

use crate::archive::link_key::{LinkKey, link_keys};
use crate::engine::keys::{self, KEYS};
use crate::engine::permits::{Permit, Permits};
use crate::engine::snapshot::Owner;
use crate::incident::{HouseNames, Incident, Section, SectionKind, Summary, Text};
use crate::parse::{ParseOptions, parse_report, read_text, report_id, stem, visible_text};
use crate::schema::{FIELDS, Facet, FacetValue, FieldKind, LinkField, NumberField, TextField};
use crate::text::analyzer::REGION_MARK;

/// The version of the index format. Raise it with any change of fields, the analyzer, the parser or the stored form.
pub(super) const FORMAT: u32 = 10;
/// Among the names of fields that have a value: the incident comes from a program. No field has this name.
pub(super) const GIVEN: &str = "incident.given";
/// The name of the analyzer in the engine.
pub(super) const ANALYZER: &str = "rca";

/// Among the names of fields that have a value: the date has a time of day. No field has this name.
pub(super) const HAS_TIME: &str = "date.time";

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
    /// The local time that a report states for its date, as if it were UTC, if it differs from the date.
    pub(super) stated: Field,
    /// The rank of the severity, 0 (most severe) to 5.
    pub(super) rank: Field,
    /// The title, as a separate field because its words weigh more.
    pub(super) title: Field,
    pub(super) text: Field,
    pub(super) regions: Field,
    /// The length in bytes of text, for length normalization.
    pub(super) length: Field,
    /// Keys of front matter that the field table does not know, with their values.
    pub(super) keys: Field,
    /// What links of the report say, and where they lead as seen from it: see [`LinkKey`].
    pub(super) links: Field,
    /// The path of the report.
    path: Field,
    /// What lists show of the incident, so that no report is parsed for them.
    summary: Field,
    /// The unchanged text of the report.
    source: Field,
    /// The facts of an incident that was not parsed from a report.
    facts: Field,
    facets: BTreeMap<Facet, FacetFields>,
    numbers: BTreeMap<NumberField, Field>,
}

/// The fields of a facet.
#[derive(Debug, Clone, Copy)]
struct FacetFields {
    /// The keys of an incident's values, and of the values above them, as terms to filter by.
    keys: Field,
    /// The same as a column, to count by: see [`Counted`].
    counted: Field,
}

/// What the column of a facet holds of a value: its key, and how it is shown if that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted<'a> {
    pub(super) key: &'a str,
    /// `None` if the incident has only values below this one.
    pub(super) shown: Option<&'a str>,
}

/// Between the key and what is shown. It sorts before all that a key may hold, so the forms of a key follow each other.
pub(super) const SHOWN: char = '\0';

impl<'a> Counted<'a> {
    pub(super) fn term(&self) -> String {
        match self.shown {
            Some(shown) if shown == self.key => shown.to_owned(),
            shown => format!("{}{SHOWN}{}", self.key, shown.unwrap_or_default()),
        }
    }

    /// The value of a term in the column.
    pub(super) fn of_term(term: &'a str) -> Self {
        match term.split_once(SHOWN) {
            None => Self { key: term, shown: Some(term) },
            Some((key, shown)) => Self { key, shown: Some(shown).filter(|shown| !shown.is_empty()) },
        }
    }
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
        let stated = builder.add_i64_field("stated_date", column.clone());
        let rank = builder.add_u64_field(RANK, column.clone());
        let length = builder.add_u64_field(LENGTH, column.clone());
        let regions = builder.add_u64_field(REGIONS, column.clone());
        // Stored too: the title of a report would have to be parsed.
        let title = builder.add_text_field("title", words.clone().set_stored());
        let text = builder.add_text_field(TEXT, words);
        let keys = builder.add_facet_field(KEYS, FacetOptions::default());
        let links = builder.add_text_field("links", raw.clone());
        let path = builder.add_text_field("path", STORED);
        // As text, because the engine stores bytes one by one.
        let source = builder.add_text_field("source", STORED);
        let summary = builder.add_bytes_field("summary", BytesOptions::from(STORED));
        let facts = builder.add_bytes_field("facts", BytesOptions::from(STORED));
        let (mut facets, mut numbers) = (BTreeMap::new(), BTreeMap::new());
        for spec in FIELDS {
            match spec.kind {
                FieldKind::Facet(facet) => {
                    let keys = builder.add_text_field(&format!("{}_keys", facet_column(facet)), raw.clone());
                    let counted = TextOptions::default().set_fast(RAW_TOKENIZER_NAME);
                    let counted = builder.add_text_field(&facet_column(facet), counted);
                    facets.insert(facet, FacetFields { keys, counted });
                }
                FieldKind::Number(number, _) => {
                    numbers.insert(number, builder.add_f64_field(&number_column(number), column.clone()));
                }
                FieldKind::Text(_) | FieldKind::Date | FieldKind::Link(_) => {}
            }
        }
        let schema = builder.build();
        Self {
            schema,
            key,
            has,
            date,
            stated,
            rank,
            title,
            text,
            regions,
            length,
            keys,
            links,
            path,
            summary,
            source,
            facts,
            facets,
            numbers,
        }
    }

    /// The fields with words: the text, then the title.
    pub(super) fn searched(&self) -> [Field; 2] {
        [self.text, self.title]
    }

    /// The keys of a facet's values.
    pub(super) fn facet_keys(&self, facet: Facet) -> Field {
        self.facets[&facet].keys
    }

    pub(super) fn number(&self, number: NumberField) -> Field {
        self.numbers[&number]
    }

    /// The document of an incident from [`parse_report`], which restores it when it is loaded.
    pub(super) fn document_of_report(
        &self,
        incident: Incident,
        house: &HouseNames,
    ) -> Result<EngineDocument, postcard::Error> {
        let mut doc = self.common(&incident, house)?;
        doc.add(self.path, incident.path);
        doc.add(self.source, incident.source);
        Ok(doc)
    }

    /// The document of any incident.
    pub(super) fn document(
        &self,
        mut incident: Incident,
        house: &HouseNames,
    ) -> Result<EngineDocument, postcard::Error> {
        let mut doc = if house.is_empty() {
            self.common(&incident, house)?
        } else {
            let mut renamed = incident.clone();
            house.rename(&mut renamed);
            self.common(&renamed, house)?
        };
        doc.add(self.path, incident.path.clone());
        doc.add(self.source, std::mem::take(&mut incident.source));
        doc.add(self.facts, postcard::to_stdvec(&incident)?);
        doc.add(self.has, GIVEN.to_owned());
        Ok(doc)
    }

    /// The common part: everything that is indexed, and the summary.
    fn common(&self, incident: &Incident, house: &HouseNames) -> Result<EngineDocument, postcard::Error> {
        let mut doc = EngineDocument { values: Vec::with_capacity(48), permit: None };
        doc.add(self.key, incident.id.clone());
        doc.add(self.length, text_length(incident));
        if let Some(date) = &incident.date {
            doc.add(self.date, date.value.unix_seconds());
            if date.value.stated_seconds() != date.value.unix_seconds() {
                doc.add(self.stated, date.value.stated_seconds());
            }
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
                FieldKind::Facet(facet) => self.add_facets(&mut doc, facet, incident, house),
                FieldKind::Number(number, _) => self.add_number(&mut doc, number, incident),
                FieldKind::Date => incident.date.is_some(),
                FieldKind::Link(LinkField::Links) => self.add_links(&mut doc, incident),
                // Only the other incidents tell.
                FieldKind::Link(LinkField::Backlinks) => false,
            };
            if present {
                has.extend([spec.name, " "]);
            }
        }
        for facet in keys::engine_facets(incident) {
            doc.add(self.keys, facet);
        }
        if incident.date.as_ref().is_some_and(|date| date.value.has_time()) {
            has.push_str(HAS_TIME);
        }
        doc.add(self.has, has);
        doc.add(self.text, text);
        doc.add(self.summary, postcard::to_stdvec(&Summary::unnamed(incident))?);
        Ok(doc)
    }

    fn add_facets(&self, doc: &mut EngineDocument, facet: Facet, incident: &Incident, house: &HouseNames) -> bool {
        let values = facet.entries_of(incident, house);
        let FacetFields { keys, counted } = self.facets[&facet];
        for FacetValue { key, shown } in &values {
            doc.add(counted, Counted { key, shown: Some(shown) }.term());
        }
        let mut above: BTreeSet<&str> = BTreeSet::new();
        if facet.is_hierarchical() {
            above.extend(values.iter().flat_map(|value| levels_above(&value.key)));
            for value in &values {
                above.remove(&*value.key);
            }
        }
        for key in above {
            doc.add(counted, Counted { key, shown: None }.term());
            doc.add(keys, key.to_owned());
        }
        let any = !values.is_empty();
        for value in values {
            doc.add(keys, value.key);
        }
        any
    }

    fn add_links(&self, doc: &mut EngineDocument, incident: &Incident) -> bool {
        let keys = link_keys(incident);
        keys.keys().flat_map(LinkKey::terms).for_each(|term| doc.add(self.links, term));
        !keys.is_empty()
    }

    fn add_number(&self, doc: &mut EngineDocument, number: NumberField, incident: &Incident) -> bool {
        let value = number.value_of(incident);
        if let Some(value) = value {
            doc.add(self.number(number), value);
        }
        value.is_some()
    }

    /// The title and the text, as a reader sees it, of a stored document; no facts are read for it.
    pub(super) fn texts(&self, doc: &TantivyDocument) -> Option<[String; 2]> {
        let text = |field| Some(doc.get_first(field)?.as_str()?.to_owned());
        Some([text(self.title)?, visible_text(&text(self.source)?)])
    }

    /// The summary of a stored document; no report is parsed for it.
    pub(super) fn summary(&self, doc: &TantivyDocument) -> Option<Summary> {
        let text = |field| Some(doc.get_first(field)?.as_str()?.to_owned());
        let summary: Summary = postcard::from_bytes(doc.get_first(self.summary)?.as_bytes()?).ok()?;
        Some(Summary { id: text(self.key)?, path: text(self.path)?, title: text(self.title)?, ..summary })
    }

    /// The summary and the text of a stored document; no facts are read for it.
    pub(super) fn summary_and_text(
        &self,
        doc: &TantivyDocument,
        options: &ParseOptions,
    ) -> Option<(Summary, Text<'static>)> {
        let text = match self.given_incident(doc) {
            Some(Incident { source, sections, markup, .. }) => {
                Text { source: source.into(), sections: sections.into(), markup: markup.into() }
            }
            None => read_text(doc.get_first(self.source)?.as_str()?.to_owned(), options),
        };
        Some((self.summary(doc)?, text))
    }

    /// The text and the summary of a stored report; of a given incident, nothing.
    pub(super) fn report(&self, doc: &TantivyDocument) -> Option<(String, Summary)> {
        let source = doc.get_first(self.source)?.as_str()?;
        doc.get_first(self.facts).is_none().then(|| Some((source.to_owned(), self.summary(doc)?)))?
    }

    /// The incident of a stored document.
    pub(super) fn incident(&self, doc: &TantivyDocument, options: &ParseOptions) -> Option<Incident> {
        #[cfg(test)]
        INCIDENTS_READ.set(INCIDENTS_READ.get() + 1);
        if let Some(mut incident) = self.given_incident(doc) {
            options.house.rename(&mut incident);
            return Some(incident);
        }
        let text = |field| doc.get_first(field)?.as_str();
        let source = text(self.source)?.to_owned();
        let incident = parse_report(text(self.path)?, source, options).incident;
        Some(Incident { id: text(self.key)?.to_owned(), ..incident })
    }
}

impl Fields {
    /// Whose a stored document is.
    pub(super) fn owner(&self, doc: &TantivyDocument) -> Owner {
        if doc.get_first(self.facts).is_some() {
            return Owner::Given;
        }
        Owner::Report(doc.get_first(self.path).and_then(|path| path.as_str()).unwrap_or_default().to_owned())
    }

    /// The id of a stored document that comes from no report.
    pub(super) fn given_id(&self, doc: &TantivyDocument) -> Option<String> {
        doc.get_first(self.facts)?;
        doc.get_first(self.key)?.as_str().map(str::to_owned)
    }

    /// The incident of a stored document that comes from no report, as it was given.
    pub(super) fn given_incident(&self, doc: &TantivyDocument) -> Option<Incident> {
        let facts = doc.get_first(self.facts)?.as_bytes()?;
        let incident: Incident = postcard::from_bytes(facts).ok()?;
        let source = doc.get_first(self.source)?.as_str()?.to_owned();
        Some(Incident { source, ..incident })
    }
}

#[cfg(test)]
thread_local! {
    /// The number of stored documents whose facts this thread has read.
    pub(super) static INCIDENTS_READ: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
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
pub(super) fn region_texts(field: TextField, incident: &Incident) -> Vec<Cow<'_, str>> {
    let texts: Vec<Cow<'_, str>> = match field {
        TextField::Title => vec![incident.title.value.as_str().into()],
        // The name of a report as people write it: an extension is no word of it.
        TextField::Id if report_id(&incident.path) == incident.id => vec![stem(&incident.path).into()],
        TextField::Id => vec![incident.id.as_str().into()],
        TextField::People => {
            let owners = incident.actions.iter().filter_map(|action| action.owner.as_deref());
            let people = incident.author.as_deref().into_iter().chain(incident.prepared_by.as_deref()).chain(owners);
            people.map(Cow::from).collect()
        }
        TextField::Section(kind) => {
            let sections = incident.sections.iter().filter(|section| section.kind == kind);
            // The heading of a known section adds nothing to its kind; any other heading is indexed as text.
            let heading = |section: &Section| kind == SectionKind::Body && !section.is_front_matter();
            sections
                .flat_map(|s| [Cow::from(if heading(s) { s.heading.as_str() } else { "" }), incident.visible_text(s)])
                .collect()
        }
    };
    texts.into_iter().filter(|text| !text.trim().is_empty()).collect()
}

/// Appends a marker and a region.
pub(super) fn push_region(text: &mut String, region: &str) {
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

/// The keys above one with levels: `db` and `db/postgres` of `db/postgres/wal`.
pub(super) fn levels_above(key: &str) -> impl Iterator<Item = &str> {
    key.match_indices('/').map(|(at, _)| &key[..at])
}

/// The length of an incident for length normalization, in bytes.
pub(super) fn text_length(incident: &Incident) -> u64 {
    let sections: usize = incident.sections.iter().map(|section| incident.visible_len(section)).sum();
    (incident.title.value.len() + sections) as u64
}
