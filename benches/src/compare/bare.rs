//! A bare program on tantivy, as one would write in an afternoon with its stock parts: a title and nine sections with
//! the English stemmer, four facets, a date, and the stored text.

use std::error::Error;
use std::ops::Bound;
use std::path::Path;

use rayon::prelude::*;
use rca_index::{Archive, Facet, Incident, SectionKind};
use tantivy::collector::{Count, FacetCollector, TopDocs};
use tantivy::query::{AllQuery, BooleanQuery, Occur, Query, QueryParser, RangeQuery, TermQuery};
use tantivy::schema::{
    FacetOptions, Field, IndexRecordOption, NumericOptions, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
    Value,
};
use tantivy::snippet::SnippetGenerator;
use tantivy::{Index, IndexReader, IndexWriter, TantivyDocument, Term};

use crate::compare::queries::{DAYS, Kind, PHRASE, SEVERITIES, TWO_WORDS};
use crate::compare::records::read_records;

const THREADS: usize = 2;
const MEMORY: usize = 240_000_000;

struct Fields {
    path: Field,
    title: Field,
    sections: [Field; 9],
    source: Field,
    date: Field,
    facets: [Field; 4],
}

impl Fields {
    fn new() -> (Self, Schema) {
        let mut schema = Schema::builder();
        let words = TextFieldIndexing::default()
            .set_tokenizer("en_stem")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let words = TextOptions::default().set_indexing_options(words);
        let fields = Self {
            path: schema.add_text_field("path", STRING | STORED),
            title: schema.add_text_field("title", words.clone() | STORED),
            sections: SectionKind::ALL.map(|kind| schema.add_text_field(kind.name(), words.clone())),
            source: schema.add_text_field("source", STORED),
            date: schema.add_i64_field("date", NumericOptions::default().set_fast()),
            facets: Facet::ALL.map(|facet| schema.add_facet_field(facet.name(), FacetOptions::default())),
        };
        (fields, schema.build())
    }

    fn document(&self, incident: &Incident) -> TantivyDocument {
        let mut doc = TantivyDocument::default();
        doc.add_text(self.path, &incident.path);
        doc.add_text(self.title, &incident.title.value);
        doc.add_text(self.source, &incident.source);
        for section in &incident.sections {
            doc.add_text(self.section(section.kind), incident.section_text(section));
        }
        if let Some(date) = &incident.date {
            doc.add_i64(self.date, date.value.unix_seconds());
        }
        for (facet, field) in Facet::ALL.into_iter().zip(self.facets) {
            for value in facet.values_of(incident) {
                doc.add_facet(field, tantivy::schema::Facet::from_path(value.split('/')));
            }
        }
        doc
    }

    fn section(&self, kind: SectionKind) -> Field {
        let at = SectionKind::ALL.iter().position(|&other| other == kind).unwrap_or(0);
        self.sections[at]
    }
}

/// Indexes a file of records.
pub fn index(records: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let (fields, schema) = Fields::new();
    let index = Index::create_in_dir(folder, schema)?;
    let mut writer: IndexWriter = index.writer_with_num_threads(THREADS, MEMORY)?;
    for incident in read_records(records)? {
        writer.add_document(fields.document(&incident?))?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(())
}

/// Walks an archive and reads every file on all processors, a lower bound for building any index. Prints the number of
/// bytes.
pub fn read(root: &Path) -> Result<(), Box<dyn Error>> {
    let archive = Archive::open(root)?;
    let entries = walkdir::WalkDir::new(root).into_iter().filter_map(Result::ok);
    let paths: Vec<_> = entries.map(walkdir::DirEntry::into_path).filter(|path| is_report(&archive, path)).collect();
    let bytes =
        paths.par_iter().map(|path| std::fs::read(path).map(|bytes| bytes.len())).try_reduce(|| 0, |a, b| Ok(a + b))?;
    println!("{bytes}");
    Ok(())
}

fn is_report(archive: &Archive, path: &Path) -> bool {
    archive.is_report(&path.to_string_lossy())
}

/// An open bare index.
pub struct Bare {
    index: Index,
    reader: IndexReader,
    fields: Fields,
}

impl Bare {
    pub fn open(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let index = Index::open_in_dir(folder)?;
        let reader = index.reader()?;
        Ok(Self { index, reader, fields: Fields::new().0 })
    }

    fn query(&self, kind: Kind, rare_word: &str) -> Result<Box<dyn Query>, Box<dyn Error>> {
        let mut fields = vec![self.fields.title];
        fields.extend(self.fields.sections);
        let mut parser = QueryParser::for_index(&self.index, fields);
        parser.set_conjunction_by_default();
        Ok(match kind {
            Kind::TwoWords => parser.parse_query(&TWO_WORDS.join(" "))?,
            Kind::Phrase => parser.parse_query(&format!("\"{PHRASE}\""))?,
            Kind::RareWithFilters => {
                let severity = SEVERITIES.map(|value| -> Box<dyn Query> {
                    let facet = tantivy::schema::Facet::from_path([value]);
                    Box::new(TermQuery::new(Term::from_facet(self.fields.facets[1], &facet), IndexRecordOption::Basic))
                });
                let date = |seconds| Term::from_field_i64(self.fields.date, seconds);
                let dates = RangeQuery::new(Bound::Included(date(DAYS.start)), Bound::Excluded(date(DAYS.end)));
                Box::new(BooleanQuery::new(vec![
                    (Occur::Must, parser.parse_query(rare_word)?),
                    (Occur::Must, Box::new(BooleanQuery::union(severity.into()))),
                    (Occur::Must, Box::new(dates)),
                ]))
            }
            Kind::FacetsOnly => Box::new(AllQuery),
        })
    }

    /// The ten best hits, and the number of matches.
    pub fn top(&self, kind: Kind, rare_word: &str) -> Result<(Vec<TantivyDocument>, usize), Box<dyn Error>> {
        let searcher = self.reader.searcher();
        let query = self.query(kind, rare_word)?;
        let (best, count) = searcher.search(&*query, &(TopDocs::with_limit(10).order_by_score(), Count))?;
        let docs = best.into_iter().map(|(_, address)| searcher.doc(address));
        Ok((docs.collect::<Result<_, _>>()?, count))
    }

    /// The ten best hits with a snippet each, three facets, and the number of matches, as lines; the number is on the
    /// last line.
    pub fn search(&self, kind: Kind, rare_word: &str, facets: bool) -> Result<(Vec<String>, usize), Box<dyn Error>> {
        let searcher = self.reader.searcher();
        let query = self.query(kind, rare_word)?;
        let best = (TopDocs::with_limit(10).order_by_score(), Count);
        let mut lines = Vec::new();
        let (best, count) = if facets {
            let collector = |facet: Facet| {
                let mut collector = FacetCollector::for_field(facet.name());
                collector.add_facet("/");
                collector
            };
            let facets = [Facet::Service, Facet::Severity, Facet::Tag].map(collector);
            let [services, severities, tags] = facets;
            let (best, services, severities, tags) = searcher.search(&*query, &(best, services, severities, tags))?;
            for counts in [services, severities, tags] {
                lines.extend(counts.top_k("/", 10).into_iter().map(|(facet, count)| format!("{facet} {count}")));
            }
            best
        } else {
            searcher.search(&*query, &best)?
        };
        // Snippets come from one section. Any section costs the same, because the whole text is loaded.
        let mut snippets = SnippetGenerator::create(&searcher, &*query, self.fields.section(SectionKind::RootCause))?;
        snippets.set_max_num_chars(220);
        for (score, address) in best {
            let doc: TantivyDocument = searcher.doc(address)?;
            let text = |field| doc.get_first(field).and_then(|value| value.as_str()).unwrap_or_default();
            let snippet = snippets.snippet(text(self.fields.source)).to_html();
            lines.push(format!("{score} {} {}: {snippet}", text(self.fields.path), text(self.fields.title)));
        }
        Ok((lines, count))
    }
}

/// Runs one search and prints the result.
pub fn search(folder: &Path, kind: Kind, rare_word: &str) -> Result<(), Box<dyn Error>> {
    let (lines, count) = Bare::open(folder)?.search(kind, rare_word, kind == Kind::FacetsOnly)?;
    println!("{}\n{count}", lines.join("\n"));
    Ok(())
}
