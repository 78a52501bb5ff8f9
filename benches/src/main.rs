//! Benchmarks and evaluation of rca. Each subcommand is in one file.

mod cluster;
mod collection;
mod compare;
mod draw;
mod eval;
mod facts;
#[cfg(test)]
mod floors;
mod generate;
mod growth;
mod peers;
mod plain;
mod seen;
mod similar;
mod words;

use std::error::Error;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about, version)]
#[command(after_help = "\
Examples:
  rca-bench generate --reports 100000 target/100k
  rca-bench compare target/100k --name 100k                    speed and size beside peers
  rca-bench growth --reports 10000,100000,1000000              cost by size, beside peers
  rca-bench compare --against old/rca                          speed beside another build
  rca-bench eval corpus/queries --save scores.jsonl            ranking; then --against it
  rca-bench eval corpus/queries --engine opensearch --address http://127.0.0.1:9200/eval
  rca-bench cluster target/100k --address http://127.0.0.1:9200/speed    speed of a cluster by shards
  rca-bench seen corpus/queries/seen/pastes.jsonl              pasted alerts, logs and stack traces
  rca-bench similar corpus/incidents ../archives/*              reports that link to each other
  rca-bench facts benches/facts/corpus.jsonl --texts corpus/incidents -v
  rca-bench draw corpus/incidents --facts 20 --seed 7          facts to judge one by one")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write an archive of generated reports; the same seed gives the same archive.
    Generate {
        /// The number of reports
        #[arg(long, value_name = "N")]
        reports: u64,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The folder to write to
        folder: PathBuf,
    },
    /// Evaluate ranking on collections of judged queries, in comparison with a plain BM25.
    Eval(eval::Arguments),
    /// Evaluate what is found for pasted alerts, logs and stack traces.
    Seen(seen::Arguments),
    /// Evaluate which incidents are found to be like others, on reports that link to each other.
    Similar(similar::Arguments),
    /// Score the facts that rca states of reports against labels that people wrote.
    Facts(facts::Arguments),
    /// Draw random stated facts, each with its source line, for a person to judge.
    Draw(draw::Arguments),
    /// Compare speed and size with peers at the same work, in turn, or speed with another build.
    Compare(compare::Arguments),
    /// Measure archives of several sizes, to see how cost grows, beside the peers.
    Growth(growth::Arguments),
    /// Measure ingest and searches of a cluster, by shards, beside plain Query DSL and an index on disk.
    Cluster(cluster::Arguments),
    /// The peers that `compare` and `growth` run as processes.
    #[command(subcommand, hide = true)]
    Peer(compare::Peer),
}

fn main() -> Result<(), Box<dyn Error>> {
    match Arguments::parse().command {
        Command::Generate { reports, seed, folder } => generate::run(&folder, reports, seed),
        Command::Eval(arguments) => eval::run(&arguments),
        Command::Seen(arguments) => seen::run(&arguments),
        Command::Similar(arguments) => similar::run(&arguments),
        Command::Facts(arguments) => facts::run(&arguments),
        Command::Draw(arguments) => draw::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Growth(arguments) => growth::run(&arguments),
        Command::Cluster(arguments) => cluster::run(&arguments),
        Command::Peer(peer) => peer.run(),
    }
}
