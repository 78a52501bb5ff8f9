//! Keys of front matter that the field table does not know: how they are stored, asked for and counted.
//!
//! In: the fields of an incident; a condition on a key. Out: a value of the document for each key and each of its values, and
//! a query. All keys share one facet field, in which a value lies below its key, so that none costs anything where no
//! incident has one.

use std::collections::BTreeSet;

use tantivy::query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Facet, Field, IndexRecordOption};
use tantivy::{BitSet, DocId, DocSet as _, Score, SegmentReader, TERMINATED, TantivyError, Term};

use crate::engine::snapshot::Snapshot;
use crate::error::Result;
use crate::incident::{Incident, OwnField};
use crate::plan::Condition;
use crate::query::KeyRange;

/// The column of all keys and values.
pub(super) const KEYS: &str = "front_matter";

/// What separates a key from its value in the engine.
pub(super) const SEPARATOR: char = '\0';

/// The keys of an incident, and their values, as the engine stores them; each once.
pub(super) fn engine_facets(incident: &Incident) -> BTreeSet<Facet> {
    let mut facets = BTreeSet::new();
    for field in &incident.front_matter {
        let key = OwnField::name(&field.key);
        if key.is_empty() {
            continue;
        }
        let values = field.value.texts().iter().map(|value| OwnField::folded(value)).filter(|value| !value.is_empty());
        facets.extend(values.map(|value| Facet::from_path([&key, &value])));
        facets.insert(Facet::from_path([key]));
    }
    facets
}

/// The term of a key, or of one of its values.
pub(super) fn term(field: Field, key: &str, value: Option<&str>) -> Term {
    Term::from_facet(field, &Facet::from_path([Some(key), value].into_iter().flatten()))
}

impl Snapshot<'_> {
    /// Whether any incident has one of the values that a condition asks for. Other conditions are not looked at.
    ///
    /// # Errors
    /// [`Error::IndexDamaged`](crate::Error::IndexDamaged), [`Error::Io`](crate::Error::Io).
    pub(crate) fn has_any(&self, condition: &Condition) -> Result<bool> {
        let terms: Vec<Term> = match condition {
            Condition::Facet { facet, keys } => {
                let field = self.engine.fields.facet_keys(*facet);
                keys.iter().map(|key| Term::from_field_text(field, key)).collect()
            }
            Condition::Key { key, values } => {
                values.iter().map(|value| term(self.engine.fields.keys, key, Some(value))).collect()
            }
            _ => return Ok(true),
        };
        for term in &terms {
            if self.has_term(term).map_err(|e| self.engine.error(e))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether an incident that was not removed has this term.
    pub(super) fn has_term(&self, term: &Term) -> tantivy::Result<bool> {
        for reader in self.searcher.segment_readers() {
            let index = reader.inverted_index(term.field())?;
            let Some(mut postings) = index.read_postings(term, IndexRecordOption::Basic)? else { continue };
            while postings.doc() != TERMINATED {
                if !reader.is_deleted(postings.doc()) {
                    return Ok(true);
                }
                postings.advance();
            }
        }
        Ok(false)
    }
}

/// Incidents with a value of a key in a range. The values of the key are read one by one when the query runs.
#[derive(Debug, Clone)]
pub(super) struct InRange {
    pub(super) field: Field,
    pub(super) key: String,
    pub(super) range: KeyRange,
}

impl Query for InRange {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for InRange {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut found = BitSet::with_max_value(reader.max_doc());
        let index = reader.inverted_index(self.field)?;
        let first = format!("{}{SEPARATOR}", self.key);
        let mut terms = index.terms().range().ge(&first).into_stream()?;
        while terms.advance() {
            let Some(value) = terms.key().strip_prefix(first.as_bytes()) else { break };
            if !std::str::from_utf8(value).is_ok_and(|value| self.range.contains(value)) {
                continue;
            }
            let mut postings = index.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)?;
            while postings.doc() != TERMINATED {
                found.insert(postings.doc());
                postings.advance();
            }
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found), boost)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.seek(doc) == doc {
            return Ok(Explanation::new("in range", 1.0));
        }
        Err(TantivyError::InvalidArgument(format!("incident {doc} is not in the range")))
    }
}
