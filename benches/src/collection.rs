//! A test collection: documents, queries, and judgements of which documents are relevant to which query.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use rca_index::parse::report_id;
use rca_index::{Archive, Incident, Index, SectionKind, UpdateOptions};
use serde::Deserialize;

/// A document of the collection.
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
    /// The same documents as incidents.
    pub index: Index,
    pub queries: Vec<JudgedQuery>,
    /// By query: the grade of each judged document; grades above 0 are relevant.
    pub judgements: HashMap<String, HashMap<String, f64>>,
}

impl Collection {
    /// Reads docs.jsonl, queries.jsonl and qrels.tsv from a folder. Without docs.jsonl, the documents are the reports
    /// in the folder `incidents` next to it. Queries without a relevant document are dropped.
    pub fn read(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut judgements: HashMap<String, HashMap<String, f64>> = HashMap::new();
        let qrels = folder.join("qrels.tsv");
        let text = fs::read_to_string(&qrels).map_err(|e| format!("{}: {e}", qrels.display()))?;
        for line in text.lines() {
            let [query, document, grade] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
            let Ok(grade) = grade.parse() else { continue };
            judgements.entry(query.to_owned()).or_default().insert(document.to_owned(), grade);
        }
        judgements.retain(|_, grades| grades.values().any(|&grade| grade > 0.0));
        let mut queries: Vec<JudgedQuery> = lines(&folder.join("queries.jsonl"))?;
        queries.retain(|query| judgements.contains_key(&query.id));
        let docs = folder.join("docs.jsonl");
        let (documents, index) =
            if docs.is_file() { from_lines(&docs)? } else { from_archive(&folder.join("../incidents"))? };
        Ok(Self {
            name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            documents,
            index,
            queries,
            judgements,
        })
    }
}

fn from_lines(path: &Path) -> Result<(Vec<Document>, Index), Box<dyn Error>> {
    let documents: Vec<Document> = lines(path)?;
    let index = Index::in_memory()?;
    index.upsert(documents.iter().map(|document| {
        let mut incident = Incident::new(&document.id, &document.title);
        incident.push_section(SectionKind::Body, &document.text);
        incident
    }))?;
    Ok((documents, index))
}

/// Reads reports as from any archive. The text of a document is the whole file.
fn from_archive(folder: &Path) -> Result<(Vec<Document>, Index), Box<dyn Error>> {
    let archive = Archive::open(folder)?;
    let index = Index::in_memory()?;
    index.update(&archive, &UpdateOptions::default(), |_event| {})?;
    let mut documents = Vec::new();
    for path in archive.report_paths() {
        if let Some(incident) = index.get(&report_id(&path))? {
            documents.push(Document { id: incident.id, title: incident.title.value, text: incident.source });
        }
    }
    Ok((documents, index))
}

fn lines<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<Vec<T>, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    text.lines().filter(|line| !line.is_empty()).map(|line| Ok(serde_json::from_str(line)?)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn judgements_of_the_corpus_refer_to_its_queries_and_reports() -> Result<(), Box<dyn Error>> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../corpus/queries");
        let collection = Collection::read(&folder)?;
        let reports: HashSet<&str> = collection.documents.iter().map(|document| document.id.as_str()).collect();
        let queries: HashSet<&str> = collection.queries.iter().map(|query| query.id.as_str()).collect();
        let texts: HashSet<&str> = collection.queries.iter().map(|query| query.text.as_str()).collect();
        assert_eq!(lines::<JudgedQuery>(&folder.join("queries.jsonl"))?.len(), texts.len(), "each text once, judged");
        assert_eq!(queries.len(), texts.len(), "each id once");
        for (query, grades) in &collection.judgements {
            assert!(queries.contains(query.as_str()), "{query} is judged and no query");
            assert!(grades.values().any(|&grade| grade >= 2.0), "{query} has nothing useful");
            for (report, grade) in grades {
                assert!(reports.contains(report.as_str()), "{query}: {report} is not a report");
                assert!([1.0, 2.0, 3.0].contains(grade), "{query}: {report}: {grade}");
            }
        }
        Ok(())
    }
}
