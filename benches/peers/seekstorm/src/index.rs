//! Indexes reports, given as lines of JSON.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use seekstorm::commit::Commit;
use seekstorm::index::{
    AccessType, Close, Clustering, DocumentCompression, FileType, FrequentwordType, IndexDocument, IndexMetaObject,
    LexicalSimilarity, NgramSet, StemmerType, StopwordType, TokenizerType, create_index,
};
use seekstorm::vector::Inference;
use tokio::runtime::Runtime;

const SCHEMA: &str = r#"[
    {"field": "id", "field_type": "Text", "store": true, "index_lexical": false},
    {"field": "title", "field_type": "Text", "store": true, "index_lexical": true},
    {"field": "body", "field_type": "Text", "store": true, "index_lexical": true, "longest": true},
    {"field": "services", "field_type": "StringSet16", "store": false, "index_lexical": false, "facet": true},
    {"field": "severity", "field_type": "String16", "store": false, "index_lexical": false, "facet": true},
    {"field": "tags", "field_type": "StringSet16", "store": false, "index_lexical": false, "facet": true}
]"#;

pub fn run(lines: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
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
        index.close().await;
        Ok(())
    })
}
