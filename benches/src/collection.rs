//! A test collection: documents, queries, and judgements of which documents are relevant to which query.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

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
    /// Whether it has documents of its own, rather than the reports of an archive.
    pub has_documents: bool,
    pub documents: Vec<Document>,
    /// The same documents as incidents.
    pub index: Index,
    pub queries: Vec<JudgedQuery>,
    /// By query: the grade of each judged document; grades above 0 are relevant.
    pub judgements: HashMap<String, HashMap<String, f64>>,
}

impl Collection {
    /// Reads docs.jsonl, queries.jsonl and qrels.tsv from a folder. Without docs.jsonl, the documents are the reports
    /// in the nearest folder `incidents` beside it or above. Queries without a relevant document are dropped.
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
        let has_documents = docs.is_file();
        let (documents, index) = if has_documents { from_lines(&docs)? } else { from_archive(&archive_of(folder)?)? };
        if !has_documents {
            for grades in judgements.values_mut() {
                *grades = with_ids_of(&index, std::mem::take(grades))?;
            }
        }
        Ok(Self {
            name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            has_documents,
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

/// Grades by the ids of an index. Judgements may name a report as people do, with no extension.
fn with_ids_of(index: &Index, grades: HashMap<String, f64>) -> Result<HashMap<String, f64>, Box<dyn Error>> {
    let mut by_id = HashMap::new();
    for (name, grade) in grades {
        let id = match &index.resolve(&name)?[..] {
            [id] => id.clone(),
            _ => name,
        };
        by_id.insert(id, grade);
    }
    Ok(by_id)
}

/// The nearest folder `incidents` beside a folder or above.
pub fn archive_of(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let folder = folder.canonicalize().map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut beside = folder.ancestors().skip(1).map(|above| above.join("incidents"));
    let found = beside.find(|incidents| incidents.is_dir());
    Ok(found.ok_or_else(|| format!("{}: neither docs.jsonl nor a folder `incidents` beside it", folder.display()))?)
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

    use super::*;

    #[test]
    fn judgements_of_the_corpus_refer_to_its_queries_and_reports() -> Result<(), Box<dyn Error>> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../corpus/queries");
        check_judgements(&folder)?;
        let pasted = check_judgements(&folder.join("pasted"))?;
        let short = pasted.queries.iter().find(|query| query.text.split_whitespace().count() <= 15);
        assert!(pasted.queries.len() >= 40 && short.is_none(), "{} pasted, {short:?}", pasted.queries.len());
        Ok(())
    }

    #[test]
    fn judgements_may_name_a_report_with_no_extension() -> Result<(), Box<dyn Error>> {
        let index = Index::in_memory()?;
        index.upsert(["2025/queue.mdx", "disk"].map(|id| Incident::new(id, "")))?;
        let grades = ["2025/queue", "disk", "gone"].map(|name| (name.to_owned(), 3.0));
        let found = with_ids_of(&index, grades.into())?;
        assert_eq!(found, ["2025/queue.mdx", "disk", "gone"].map(|id| (id.to_owned(), 3.0)).into());
        Ok(())
    }

    fn check_judgements(folder: &Path) -> Result<Collection, Box<dyn Error>> {
        let collection = Collection::read(folder)?;
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
        Ok(collection)
    }
}
