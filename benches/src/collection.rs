//! A test collection: documents, queries, and judgements of which documents answer which query.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use serde::Deserialize;

/// A document as the collection has it.
#[derive(Debug, Clone, Deserialize)]
pub struct Document {
    pub id: String,
    #[serde(default)]
    pub title: String,
    pub text: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct JudgedQuery {
    pub id: String,
    pub text: String,
}

/// Documents, queries and judgements.
pub struct Collection {
    pub name: String,
    pub documents: Vec<Document>,
    pub queries: Vec<JudgedQuery>,
    /// By query: the grade of each judged document; above 0 is relevant.
    pub judgements: HashMap<String, HashMap<String, f64>>,
}

impl Collection {
    /// Reads docs.jsonl, queries.jsonl and qrels.tsv of a folder. Queries with no relevant document are left out.
    pub fn read(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut judgements: HashMap<String, HashMap<String, f64>> = HashMap::new();
        for line in fs::read_to_string(folder.join("qrels.tsv"))?.lines() {
            let [query, document, grade] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
            let Ok(grade) = grade.parse() else { continue };
            judgements.entry(query.to_owned()).or_default().insert(document.to_owned(), grade);
        }
        judgements.retain(|_, grades| grades.values().any(|&grade| grade > 0.0));
        let mut queries: Vec<JudgedQuery> = lines(&folder.join("queries.jsonl"))?;
        queries.retain(|query| judgements.contains_key(&query.id));
        Ok(Self {
            name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            documents: lines(&folder.join("docs.jsonl"))?,
            queries,
            judgements,
        })
    }
}

fn lines<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<Vec<T>, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    text.lines().filter(|line| !line.is_empty()).map(|line| Ok(serde_json::from_str(line)?)).collect()
}
