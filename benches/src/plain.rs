//! The baseline: plain BM25 with k1 1.2 and b 0.75, which are tantivy's, and its English stemmer. Title and text are one
//! text; any word is enough to match.

use std::error::Error;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value};
use tantivy::{Index, IndexWriter, TantivyDocument, Term};

use crate::collection::Document;

pub struct Plain {
    index: Index,
    id: Field,
    text: Field,
}

impl Plain {
    pub fn new(documents: &[Document]) -> Result<Self, Box<dyn Error>> {
        let mut schema = Schema::builder();
        let id = schema.add_text_field("id", STRING | STORED);
        let words = TextFieldIndexing::default()
            .set_tokenizer("en_stem")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let words = TextOptions::default().set_indexing_options(words);
        let text = schema.add_text_field("text", words);
        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 50_000_000)?;
        for document in documents {
            let mut doc = TantivyDocument::default();
            doc.add_text(id, &document.id);
            doc.add_text(text, format!("{}\n\n{}", document.title, document.text));
            writer.add_document(doc)?;
        }
        writer.commit()?;
        Ok(Self { index, id, text })
    }

    /// The ids of the best documents, best first.
    pub fn search(&self, text: &str, limit: usize) -> Result<Vec<String>, Box<dyn Error>> {
        let mut terms: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let mut analyzer = self.index.tokenizer_for_field(self.text)?;
        analyzer.token_stream(text).process(&mut |token| {
            let term = Term::from_field_text(self.text, &token.text);
            terms.push((Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))));
        });
        let searcher = self.index.reader()?.searcher();
        let found = searcher.search(&BooleanQuery::new(terms), &TopDocs::with_limit(limit).order_by_score())?;
        let id_of = |address| -> Result<String, Box<dyn Error>> {
            let doc: TantivyDocument = searcher.doc(address)?;
            Ok(doc.get_first(self.id).and_then(|id| id.as_str()).unwrap_or_default().to_owned())
        };
        found.into_iter().map(|(_, address)| id_of(address)).collect()
    }
}
