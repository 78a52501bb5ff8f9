//! Searches a folder of reports: `cargo run --example search_folder -- corpus/incidents "queue backlog"`.

#![allow(clippy::print_stdout)]

use std::error::Error;

use rca_index::{Archive, Facet, Index, SearchRequest, UpdateOptions};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which folder?")?;
    let query = arguments.next().unwrap_or_default();

    let archive = Archive::open(folder)?;
    let index = Index::in_memory()?;
    let report = index.update(&archive, &UpdateOptions::default(), |_event| {})?;
    println!("{} reports, {} problems, {:?}", report.reports, report.problems.len(), report.took);

    let found = index.search(&SearchRequest::parse(&query)?.limit(5).facet(Facet::Service))?;
    for hit in &found.hits {
        println!("{:6.2}  {}  {}", hit.score, hit.incident.id, hit.incident.title.value);
        for snippet in &hit.snippets {
            println!("        {}:{}: {}", snippet.section.name(), snippet.line, snippet.text);
        }
    }
    for count in found.facets.iter().flat_map(|facet| &facet.values).take(5) {
        println!("{:6}  {}", count.count, count.value);
    }
    println!("{} found in {:?}", found.total, found.took);
    Ok(())
}
