//! The evaluation: how well rca ranks, beside a plain BM25 in the same run.

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use rca_index::{Index, SearchRequest};

use crate::collection::{Collection, JudgedQuery};
use crate::plain::Plain;

/// How deep rankings are looked at, as TREC does.
const DEPTH: usize = 1000;

/// Measures of one ranking, or their means over all queries. Järvelin and Kekäläinen (2002) for nDCG, with the gain
/// 2^grade - 1; the rest as `trec_eval` has them.
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

/// How rca and the baseline did on each query of a collection.
pub struct Evaluation {
    collection: Collection,
    ours: Vec<Measures>,
    theirs: Vec<Measures>,
}

impl Evaluation {
    /// Runs all queries of the collection in a folder.
    pub fn of(folder: &Path) -> Result<Self, Box<dyn Error>> {
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

    /// The main measure of rca against that of the baseline.
    pub fn ratio(&self) -> f64 {
        // The literature states MAP for this one.
        let main = |m: Measures| if self.collection.name == "vaswani_npl" { m.map } else { m.ndcg_10 };
        main(Measures::mean(&self.ours)) / main(Measures::mean(&self.theirs))
    }

    fn print(&self, worst: usize) {
        let Self { collection, ours, theirs } = self;
        print(&collection.name, "rca", ours.len(), Measures::mean(ours));
        print("", "plain BM25", theirs.len(), Measures::mean(theirs));
        println!("{:<20} {:>7}  {:>8.3}", "", "ratio", self.ratio());
        let mut order: Vec<usize> = (0..ours.len()).collect();
        order.sort_by(|&a, &b| (ours[a].ndcg_10 - theirs[a].ndcg_10).total_cmp(&(ours[b].ndcg_10 - theirs[b].ndcg_10)));
        for &i in order.iter().take(worst) {
            let query = &collection.queries[i];
            println!("    {:.2} against {:.2}: {}: {}", ours[i].ndcg_10, theirs[i].ndcg_10, query.id, query.text);
        }
    }
}

pub fn run(folders: &[PathBuf], worst: usize) -> Result<(), Box<dyn Error>> {
    println!(
        "{:<20} {:>7}  {:>8} {:>7} {:>7} {:>7} {:>7}",
        "collection", "queries", "nDCG@10", "MAP", "MRR", "R@10", "R@100"
    );
    let mut ratios = Vec::new();
    for folder in folders {
        let evaluation = Evaluation::of(folder)?;
        evaluation.print(worst);
        ratios.push(evaluation.ratio());
    }
    println!("mean ratio {:.3}", ratios.iter().sum::<f64>() / ratios.len().max(1) as f64);
    Ok(())
}

fn print(collection: &str, engine: &str, queries: usize, m: Measures) {
    println!(
        "{collection:<20} {queries:>7}  {:>8.3} {:>7.3} {:>7.3} {:>7.3} {:>7.3}  {engine}",
        m.ndcg_10, m.map, m.mrr, m.recall_10, m.recall_100
    );
}

/// A query that is itself a document of the collection does not count as its own answer.
fn without(query: &JudgedQuery, ranking: Vec<String>) -> Vec<String> {
    ranking.into_iter().filter(|id| *id != query.id).take(DEPTH).collect()
}

fn search(index: &Index, query: &JudgedQuery) -> Result<Vec<String>, Box<dyn Error>> {
    let mut request = SearchRequest::literal(&query.text)?.limit(DEPTH + 1);
    request.snippets = 0;
    let found = index.search(&request)?;
    Ok(found.hits.into_iter().chain(found.partial).map(|hit| hit.incident.id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(path: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
    }

    #[test]
    fn the_corpus_is_ranked_as_well_as_before() -> Result<(), Box<dyn Error>> {
        let evaluation = Evaluation::of(&folder("../corpus/queries"))?;
        let Measures { ndcg_10, mrr, .. } = Measures::mean(&evaluation.ours);
        assert!(evaluation.ours.len() >= 80, "{} queries", evaluation.ours.len());
        assert!(ndcg_10 >= 0.895, "nDCG@10 {ndcg_10:.4}");
        assert!(mrr >= 0.90, "MRR {mrr:.4}");
        Ok(())
    }

    /// Public collections, which do not come with the sources.
    #[test]
    #[ignore = "takes most of a minute; .ci/run runs it"]
    fn no_collection_is_ranked_worse_than_by_plain_bm25() -> Result<(), Box<dyn Error>> {
        let collections = folder("../../shared/ir");
        let Ok(entries) = collections.read_dir() else {
            println!("skipped: the judged collections ({}) are not there", collections.display());
            return Ok(());
        };
        for entry in entries {
            let path = entry?.path();
            if path.join("qrels.tsv").is_file() {
                let ratio = Evaluation::of(&path)?.ratio();
                println!("{}: {ratio:.3}", path.display());
                assert!(ratio >= 1.0, "{}: {ratio:.3} of the baseline", path.display());
            }
        }
        Ok(())
    }

    #[test]
    fn measures_are_those_of_the_literature() {
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
