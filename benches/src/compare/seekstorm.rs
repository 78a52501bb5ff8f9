//! SeekStorm: a search engine library designed for speed. Title and body with the English stemmer; the body is stored.

use std::collections::HashSet;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use seekstorm::commit::Commit;
use seekstorm::index::{
    AccessType, Clustering, DocumentCompression, FileType, FrequentwordType, IndexArc, IndexDocument, IndexMetaObject,
    LexicalSimilarity, NgramSet, StemmerType, StopwordType, TokenizerType, create_index, open_index,
};
use seekstorm::search::{QueryRewriting, QueryType, ResultType, Search, SearchMode};
use seekstorm::vector::Inference;
use tokio::runtime::Runtime;

use crate::compare::queries::TWO_WORDS;

const SCHEMA: &str = r#"[
    {"field": "id", "field_type": "Text", "store": true, "index_lexical": false},
    {"field": "title", "field_type": "Text", "store": true, "index_lexical": true},
    {"field": "body", "field_type": "Text", "store": true, "index_lexical": true}
]"#;

/// Indexes `{"id": .., "title": .., "body": ..}` lines.
pub fn index(lines: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let meta = IndexMetaObject {
        id: 0,
        name: "reports".to_owned(),
        lexical_similarity: LexicalSimilarity::Bm25f,
        tokenizer: TokenizerType::UnicodeAlphanumeric,
        stemmer: StemmerType::English,
        stop_words: StopwordType::None,
        frequent_words: FrequentwordType::English,
        ngram_indexing: NgramSet::NgramFF as u8,
        document_compression: DocumentCompression::Lz4,
        access_type: AccessType::Mmap,
        spelling_correction: None,
        query_completion: None,
        clustering: Clustering::None,
        inference: Inference::None,
        segment_number_bits: 11,
    };
    std::fs::create_dir_all(folder)?;
    let schema = serde_json::from_str(SCHEMA)?;
    Runtime::new()?.block_on(async {
        let index = create_index(folder, meta, &schema, &Vec::new(), true, None).await?;
        for line in BufReader::new(File::open(lines)?).lines() {
            index.index_document(serde_json::from_str(&line?)?, FileType::None).await;
        }
        index.commit().await;
        Ok(())
    })
}

/// An open index.
pub struct SeekStorm {
    runtime: Runtime,
    index: IndexArc,
}

impl SeekStorm {
    pub fn open(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let runtime = Runtime::new()?;
        let index = runtime.block_on(open_index(folder))?;
        Ok(Self { runtime, index })
    }

    /// The ten best hits as whole documents, and the number of matches, for two words.
    pub fn top(&self) -> Result<usize, Box<dyn Error>> {
        self.runtime.block_on(async {
            let found = self.index.search(
                TWO_WORDS.join(" "),
                None,
                QueryType::Intersection,
                SearchMode::Lexical,
                false,
                0,
                10,
                ResultType::TopkCount,
                false,
                Vec::new(),
                Vec::new(),
                Vec::new(),
                Vec::new(),
                QueryRewriting::SearchOnly,
            );
            let found = found.await;
            let index = self.index.read().await;
            for result in &found.results {
                index.get_document(result.doc_id, false, &None, &HashSet::new(), &Vec::new()).await?;
            }
            Ok(found.result_count_total)
        })
    }
}
