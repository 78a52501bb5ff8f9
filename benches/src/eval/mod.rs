//! Evaluation of ranking: rca in comparison with a plain BM25 in the same run.

mod engines;
mod interval;
mod saved;

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use rca_index::{Index, SearchRequest};

use crate::collection::{Collection, JudgedQuery};
use crate::eval::interval::{Pair, interval, ratio};
use crate::eval::saved::{Comparison, Score};
use crate::plain::Plain;

#[derive(Args)]
pub struct Arguments {
    /// Folders with docs.jsonl, queries.jsonl and qrels.tsv; without docs.jsonl, the nearest folder `incidents` beside or
    /// above is used. Folders in them that have queries of their own are evaluated as well
    #[arg(required = true)]
    collections: Vec<PathBuf>,
    /// Also print the queries on which rca does worst compared with the baseline
    #[arg(long, value_name = "N", default_value_t = 0)]
    worst: usize,
    /// Save the scores of each query, as JSON lines
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Compare with previously saved scores
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// With --against: the number of queries to print, of those that changed most in each direction
    #[arg(long, value_name = "N", default_value_t = 5)]
    changes: usize,
    /// The engine. The one in a cluster is compared with the embedded one: the order of the first ten, and nDCG
    #[arg(long, value_enum, default_value_t = Engine::Embedded)]
    engine: Engine,
    /// The address of an index in a cluster, for --engine opensearch; the index is made
    #[arg(long, value_name = "URL", required_if_eq("engine", "opensearch"))]
    address: Option<String>,
}

/// An engine of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    Embedded,
    Opensearch,
}

/// The depth of rankings, as in TREC.
const DEPTH: usize = 1000;

const NDCG_10: &str = "nDCG@10";
const MAP: &str = "MAP";

/// Measures of one ranking, or their means over all queries. nDCG as in Järvelin and Kekäläinen (2002), with the gain
/// 2^grade - 1; the others as in `trec_eval`.
#[derive(Debug, Clone, Copy, Default)]
struct Measures {
    ndcg_10: f64,
    map: f64,
    mrr: f64,
    recall_10: f64,
    recall_100: f64,
}

impl Measures {
    fn of(ranking: &[String], grades: &HashMap<String, f64>) -> Self {
        let gain = |grade: f64| grade.exp2() - 1.0;
        let discount = |rank: usize| 1.0 / (rank as f64 + 2.0).log2();
        let grade = |id: &String| grades.get(id).copied().unwrap_or(0.0).max(0.0);
        let dcg: f64 = ranking.iter().take(10).enumerate().map(|(rank, id)| gain(grade(id)) * discount(rank)).sum();
        let mut ideal: Vec<f64> = grades.values().copied().filter(|&grade| grade > 0.0).collect();
        ideal.sort_by(|a, b| b.total_cmp(a));
        let best: f64 = ideal.iter().take(10).enumerate().map(|(rank, &grade)| gain(grade) * discount(rank)).sum();
        let relevant = ideal.len() as f64;
        let hits: Vec<usize> = (0..ranking.len()).filter(|&rank| grade(&ranking[rank]) > 0.0).collect();
        let precision = |(found, &rank): (usize, &usize)| (found + 1) as f64 / (rank + 1) as f64;
        let within = |depth: usize| hits.iter().filter(|&&rank| rank < depth).count() as f64 / relevant;
        Self {
            ndcg_10: dcg / best,
            map: hits.iter().enumerate().map(precision).sum::<f64>() / relevant,
            mrr: hits.first().map_or(0.0, |&rank| 1.0 / (rank + 1) as f64),
            recall_10: within(10),
            recall_100: within(100),
        }
    }

    /// The measures by name.
    fn named(self) -> [(&'static str, f64); 5] {
        let Self { ndcg_10, map, mrr, recall_10, recall_100 } = self;
        [(NDCG_10, ndcg_10), (MAP, map), ("MRR", mrr), ("R@10", recall_10), ("R@100", recall_100)]
    }

    fn get(self, name: &str) -> f64 {
        self.named().into_iter().find_map(|(known, value)| (known == name).then_some(value)).unwrap_or_default()
    }

    fn mean(all: &[Self]) -> Self {
        let mean = |get: fn(&Self) -> f64| all.iter().map(get).sum::<f64>() / all.len().max(1) as f64;
        Self {
            ndcg_10: mean(|m| m.ndcg_10),
            map: mean(|m| m.map),
            mrr: mean(|m| m.mrr),
            recall_10: mean(|m| m.recall_10),
            recall_100: mean(|m| m.recall_100),
        }
    }
}

/// The measures of rca and the baseline for each query of a collection.
struct Evaluation {
    collection: Collection,
    ours: Vec<Measures>,
    theirs: Vec<Measures>,
}

impl Evaluation {
    /// Runs all queries of the collection in a folder.
    fn of(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let collection = Collection::read(folder)?;
        let plain = Plain::new(&collection.documents)?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for query in &collection.queries {
            let grades = &collection.judgements[&query.id];
            ours.push(Measures::of(&without(query, search(&collection.index, query)?), grades));
            theirs.push(Measures::of(&without(query, plain.search(&query.text, DEPTH + 1)?), grades));
        }
        Ok(Self { collection, ours, theirs })
    }

    /// The name of the main measure.
    fn main_measure(&self) -> &'static str {
        // The literature reports MAP for this collection.
        if self.collection.name == "vaswani_npl" { MAP } else { NDCG_10 }
    }

    /// The main measure of rca and of the baseline, for each query.
    fn pairs(&self) -> Vec<Pair> {
        let measure = self.main_measure();
        self.ours.iter().zip(&self.theirs).map(|(ours, theirs)| (ours.get(measure), theirs.get(measure))).collect()
    }

    /// The main measure of rca relative to that of the baseline.
    fn ratio(&self) -> f64 {
        ratio(self.pairs())
    }

    /// All measures of rca for all queries.
    fn scores(&self) -> impl Iterator<Item = Score> {
        let queries = self.collection.queries.iter().zip(&self.ours);
        queries.flat_map(|(query, measures)| {
            measures.named().map(|(measure, value)| Score {
                collection: self.collection.name.clone(),
                query: query.id.clone(),
                measure: measure.to_owned(),
                value,
            })
        })
    }

    fn compare(&self, before: &[Score], changes: usize) -> String {
        let Self { collection, ours, .. } = self;
        let measure = self.main_measure();
        let now = collection.queries.iter().zip(ours).map(|(query, ours)| (query.id.as_str(), ours.get(measure)));
        let comparison = Comparison::new(&collection.name, measure, &now.collect::<Vec<_>>(), before);
        comparison.shown(changes, |id| {
            let query = collection.queries.iter().find(|query| query.id == id);
            query.map(|query| query.text.chars().take(100).collect()).unwrap_or_default()
        })
    }

    fn print(&self, worst: usize) {
        let Self { collection, ours, theirs } = self;
        print(&collection.name, "rca", ours.len(), Measures::mean(ours));
        print("", "plain BM25", theirs.len(), Measures::mean(theirs));
        let (low, high) = interval(&self.pairs());
        let ratio = self.ratio();
        println!("{:<20} {:>7}  {ratio:>8.3}  {low:.3} to {high:.3} ({})", "", "ratio", self.main_measure());
        let mut order: Vec<usize> = (0..ours.len()).collect();
        order.sort_by(|&a, &b| (ours[a].ndcg_10 - theirs[a].ndcg_10).total_cmp(&(ours[b].ndcg_10 - theirs[b].ndcg_10)));
        for &i in order.iter().take(worst) {
            let query = &collection.queries[i];
            println!("    {:.2} against {:.2}: {}: {}", ours[i].ndcg_10, theirs[i].ndcg_10, query.id, query.text);
        }
    }
}

pub fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let Arguments { collections, worst, save, against, changes, engine, address } = arguments;
    if let (Engine::Opensearch, Some(address)) = (engine, address) {
        return engines::compare(&with_nested(collections)?, address);
    }
    // Report an unreadable file before the work is done.
    let before = against.as_deref().map(saved::read).transpose()?;
    println!(
        "{:<20} {:>7}  {:>8} {:>7} {:>7} {:>7} {:>7}",
        "collection", "queries", NDCG_10, MAP, "MRR", "R@10", "R@100"
    );
    let mut evaluations = Vec::new();
    for folder in with_nested(collections)? {
        let evaluation = Evaluation::of(&folder)?;
        evaluation.print(*worst);
        evaluations.push(evaluation);
    }
    print_summary(&evaluations);
    if let Some(before) = before {
        println!("\n{}", saved::heading());
        for evaluation in &evaluations {
            print!("{}", evaluation.compare(&before, *changes));
        }
    }
    if let Some(file) = save {
        saved::write(file, &evaluations.iter().flat_map(Evaluation::scores).collect::<Vec<_>>())?;
    }
    Ok(())
}

/// The folders, each followed by the folders in it that hold queries too.
fn with_nested(folders: &[PathBuf]) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut all = Vec::new();
    for folder in folders {
        all.push(folder.clone());
        let entries = folder.read_dir().map_err(|e| format!("{}: {e}", folder.display()))?;
        let paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
        let mut nested: Vec<PathBuf> = paths.into_iter().filter(|path| path.join("queries.jsonl").is_file()).collect();
        nested.sort();
        all.append(&mut nested);
    }
    Ok(all)
}

/// Prints the mean and the lowest ratio, over all collections and over those that have documents of their own: the
/// others share an archive, and count as much as a collection otherwise.
fn print_summary(evaluations: &[Evaluation]) {
    let summary = |of: &str, ratios: &[(f64, &str)]| {
        let Some((lowest, name)) = ratios.iter().copied().min_by(|a, b| a.0.total_cmp(&b.0)) else { return };
        let mean = ratios.iter().map(|(ratio, _)| ratio).sum::<f64>() / ratios.len() as f64;
        println!("mean ratio {mean:.3} over {} {of}; lowest {lowest:.3}, {name}", ratios.len());
    };
    let ratios = |of: &dyn Fn(&&Evaluation) -> bool| {
        let of = evaluations.iter().filter(of);
        of.map(|evaluation| (evaluation.ratio(), evaluation.collection.name.as_str())).collect::<Vec<_>>()
    };
    let (all, own) = (ratios(&|_| true), ratios(&|evaluation| evaluation.collection.has_documents));
    summary("collections", &all);
    if own.len() < all.len() {
        summary("collections with documents of their own", &own);
    }
}

fn print(collection: &str, engine: &str, queries: usize, m: Measures) {
    println!(
        "{collection:<20} {queries:>7}  {:>8.3} {:>7.3} {:>7.3} {:>7.3} {:>7.3}  {engine}",
        m.ndcg_10, m.map, m.mrr, m.recall_10, m.recall_100
    );
}

/// A query that is a document of the collection does not count as its own result.
fn without(query: &JudgedQuery, ranking: Vec<String>) -> Vec<String> {
    ranking.into_iter().filter(|id| *id != query.id).take(DEPTH).collect()
}

fn search(index: &Index, query: &JudgedQuery) -> Result<Vec<String>, Box<dyn Error>> {
    let mut request = SearchRequest::literal(&query.text)?.limit(DEPTH + 1);
    request.snippets = 0;
    let found = index.search(&request)?;
    Ok(found.hits.into_iter().map(|hit| hit.incident.id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floors::Floors;

    fn folder(path: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
    }

    #[test]
    fn ranking_of_the_corpus_does_not_get_worse() -> Result<(), Box<dyn Error>> {
        let evaluation = Evaluation::of(&folder("../corpus/queries"))?;
        let Measures { ndcg_10, mrr, .. } = Measures::mean(&evaluation.ours);
        assert!(evaluation.ours.len() >= 80, "{} queries", evaluation.ours.len());
        assert!(ndcg_10 >= 0.895, "nDCG@10 {ndcg_10:.4}");
        assert!(mrr >= 0.90, "MRR {mrr:.4}");
        Ok(())
    }

    #[test]
    fn ranking_of_pasted_text_does_not_get_worse() -> Result<(), Box<dyn Error>> {
        let evaluation = Evaluation::of(&folder("../corpus/queries/pasted"))?;
        let Measures { ndcg_10, recall_100, .. } = Measures::mean(&evaluation.ours);
        assert!(ndcg_10 >= 0.955, "nDCG@10 {ndcg_10:.4}");
        assert!(recall_100 >= 0.999, "R@100 {recall_100:.4}: each right report is found, if not first");
        Ok(())
    }

    /// Public collections, which are not part of the sources.
    #[test]
    #[ignore = "takes most of a minute; .ci/run runs it"]
    fn ranking_of_public_collections_does_not_get_worse() -> Result<(), Box<dyn Error>> {
        let mut floors = Floors::read()?;
        for collections in [folder("../../shared/ir"), folder("../../shared/ir_open")] {
            let Ok(entries) = collections.read_dir() else {
                println!("skipped: the judged collections ({}) are not there", collections.display());
                continue;
            };
            for entry in entries {
                let path = entry?.path();
                if path.join("qrels.tsv").is_file() {
                    let evaluation = Evaluation::of(&path)?;
                    let (name, measure) = (&evaluation.collection.name, evaluation.main_measure());
                    let value = Measures::mean(&evaluation.ours).get(measure);
                    floors.check(&format!("ranking/{name}"), measure, value);
                }
            }
        }
        assert_eq!(floors.fallen(), [""; 0], "collections are ranked worse than before");
        Ok(())
    }

    #[test]
    fn measures_agree_with_the_literature() {
        let grades = HashMap::from([("a", 3.0), ("b", 1.0), ("c", 0.0)].map(|(id, grade)| (id.to_owned(), grade)));
        let of = |ids: &[&str]| Measures::of(&ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>(), &grades);
        let ideal = of(&["a", "b", "c"]);
        assert_eq!((ideal.ndcg_10, ideal.map, ideal.mrr, ideal.recall_10), (1.0, 1.0, 1.0, 1.0));
        let second = of(&["c", "a"]);
        // The gain of grade 3 is 7, that of grade 1 is 1, and rank r is divided by log2(r + 1).
        let expected = (7.0 / 3_f64.log2()) / (7.0 + 1.0 / 3_f64.log2());
        assert!((second.ndcg_10 - expected).abs() < 1e-9, "{second:?}");
        assert_eq!((second.map, second.mrr, second.recall_10), (0.25, 0.5, 0.5));
    }
}
