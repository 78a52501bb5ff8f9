//! Ranking in a cluster beside ranking by the embedded engine.
//!
//! In: collections whose documents are an archive, and the address of an index. Out: how often the first ten are the same in the same
//! order, and both means of nDCG; an error if they differ by more than was promised.

use std::error::Error;
use std::path::PathBuf;

use rca_index::{Archive, ClusterSettings, Index, UpdateOptions};

use crate::collection::{Collection, archive_of};
use crate::eval::{Measures, search, without};

/// So many of a hundred queries have the same first ten.
const SAME: usize = 95;
/// And so much may the means of nDCG@10 differ.
const DIFFERENCE: f64 = 0.01;

pub fn compare(folders: &[PathBuf], address: &str) -> Result<(), Box<dyn Error>> {
    let mut is_kept = true;
    for folder in folders {
        let collection = Collection::read(folder)?;
        if collection.has_documents {
            println!("skipped: {} is no archive, and a cluster holds archives", collection.name);
            continue;
        }
        let settings = ClusterSettings::new(address)?.archive(&collection.name)?.replicas(0);
        let cluster = Index::connect(settings)?;
        cluster.update(&Archive::open(archive_of(folder)?)?, &UpdateOptions::default(), |_| {})?;
        let (mut same, mut here, mut there) = (0, Vec::new(), Vec::new());
        for query in &collection.queries {
            let grades = &collection.judgements[&query.id];
            let ranking = |index: &Index| search(index, query).map(|ranking| without(query, ranking));
            let (on_disk, in_cluster) = (ranking(&collection.index)?, ranking(&cluster)?);
            if on_disk.iter().take(10).eq(in_cluster.iter().take(10)) {
                same += 1;
            } else {
                println!("    another order: {}: {}", query.id, query.text.chars().take(100).collect::<String>());
            }
            here.push(Measures::of(&on_disk, grades));
            there.push(Measures::of(&in_cluster, grades));
        }
        let queries = collection.queries.len();
        let (here, there) = (Measures::mean(&here).ndcg_10, Measures::mean(&there).ndcg_10);
        println!(
            "{:<20} {queries:>7} queries, {same} with the same first ten ({:.1} %); nDCG@10 {here:.4} embedded, {there:.4} in the cluster",
            collection.name,
            100.0 * same as f64 / queries.max(1) as f64
        );
        is_kept &= same * 100 >= queries * SAME && (here - there).abs() <= DIFFERENCE;
    }
    if is_kept { Ok(()) } else { Err("the engines rank differently".into()) }
}
