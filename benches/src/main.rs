//! Benchmarks and evaluation of rca. Each subcommand is one file.

mod collection;
mod eval;
mod plain;

use std::error::Error;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about, version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Relevance: rca beside a plain BM25 on collections of judged queries.
    Eval {
        /// Folders with docs.jsonl, queries.jsonl and qrels.tsv.
        #[arg(required = true)]
        collections: Vec<PathBuf>,
        /// Also print the queries on which rca does worst against the baseline.
        #[arg(long, default_value_t = 0)]
        worst: usize,
    },
}

fn main() -> Result<(), Box<dyn Error>> {
    match Arguments::parse().command {
        Command::Eval { collections, worst } => eval::run(&collections, worst),
    }
}
