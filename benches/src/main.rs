//! Benchmarks and evaluation of rca. Each subcommand is one file.

mod collection;
mod compare;
mod eval;
mod generate;
mod plain;
mod words;

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
    /// Write an archive of generated reports; the same seed gives the same archive.
    Generate {
        /// How many.
        #[arg(long, value_name = "N")]
        reports: u64,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The folder to write to.
        folder: PathBuf,
    },
    /// Relevance: rca beside a plain BM25 on collections of judged queries.
    Eval {
        /// Folders with docs.jsonl, queries.jsonl and qrels.tsv; with no docs.jsonl, the reports in `../incidents` count.
        #[arg(required = true)]
        collections: Vec<PathBuf>,
        /// Also print the queries on which rca does worst against the baseline.
        #[arg(long, default_value_t = 0)]
        worst: usize,
    },
    /// Speed and size: rca beside its peers at the same work, in one go and in turn.
    Compare(compare::Arguments),
    /// What `compare` runs as a peer.
    #[command(subcommand, hide = true)]
    Peer(compare::Peer),
}

fn main() -> Result<(), Box<dyn Error>> {
    match Arguments::parse().command {
        Command::Generate { reports, seed, folder } => generate::run(&folder, reports, seed),
        Command::Eval { collections, worst } => eval::run(&collections, worst),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Peer(peer) => peer.run(),
    }
}
