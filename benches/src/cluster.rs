//! Speed of an index in a cluster, by the number of shards.
//!
//! In: an archive, and the address of an index. Out: a Markdown file with the time of an update and the times of searches, beside those
//! of plain Query DSL on the same documents and of an index on disk, all in one go and in turn.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use rca_index::{Archive, ClusterSettings, Facet, Index, SearchRequest, UpdateOptions};

#[derive(Args)]
pub struct Arguments {
    /// The archive
    archive: PathBuf,
    /// The address of the index, whose name is extended by the number of shards; without TLS and passwords
    #[arg(long, value_name = "URL")]
    address: String,
    /// Numbers of shards
    #[arg(long, value_delimiter = ',', default_values_t = [1, 3, 6])]
    shards: Vec<u32>,
    /// Copies of each shard
    #[arg(long, default_value_t = 1)]
    replicas: u32,
    /// How often each query is asked
    #[arg(long, default_value_t = 20)]
    rounds: usize,
    /// A line about the machine, for the file
    #[arg(long, default_value = "")]
    note: String,
    /// The file for the figures
    #[arg(long, value_name = "FILE", default_value = "benches/runs/opensearch.md")]
    save: PathBuf,
}

/// Queries of words only, which plain Query DSL can ask as well.
const WORDS: [&str; 8] = [
    "queue backlog", "connection pool", "memory", "certificate expired", "timeout database", "replica lag", "deploy",
    "disk full",
];
/// And others.
const OTHERS: [&str; 6] = [
    "\"connection pool\"", "certif*", "queue severity:P2,P3 date:2018..2023", "(memory OR disk) -queue", "* sort:date",
    "timeuot",
];

/// How long searches took.
#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn add<T>(&mut self, work: impl FnOnce() -> Result<T, Box<dyn Error>>) -> Result<T, Box<dyn Error>> {
        let since = Instant::now();
        let done = work()?;
        self.0.push(since.elapsed());
        Ok(done)
    }

    /// In milliseconds: so many percent took at most that.
    fn percentile(&mut self, percent: usize) -> f64 {
        self.0.sort_unstable();
        let nth = (self.0.len() * percent).div_ceil(100).max(1) - 1;
        self.0.get(nth).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    }

    fn row(&mut self, what: &str, asked: &str) -> String {
        format!("| {what} | {asked} | {:.1} | {:.1} |\n", self.percentile(50), self.percentile(99))
    }
}

pub fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let archive = Archive::open(&arguments.archive)?;
    let folder = tempfile::tempdir()?;
    let disk = Index::open_or_create(folder.path())?;
    let on_disk = updated(&disk, &archive)?;
    let reports = disk.len()?;
    let mut text = format!("# A cluster of OpenSearch, {reports} reports\n\n");
    let _ = writeln!(text, "{}\n", arguments.note);
    let _ = writeln!(
        text,
        "The same searches in turn, {} times each: the ten best with the exact count.\n",
        arguments.rounds
    );
    let mut ingest =
        format!("| index | ingest | reports a second |\n|---|--:|--:|\n| on disk | {}", rate(reports, on_disk));
    let mut rows = String::from("| index | queries | p50 ms | p99 ms |\n|---|---|--:|--:|\n");
    for &shards in &arguments.shards {
        let address = format!("{}-s{shards}", arguments.address);
        let settings = ClusterSettings::new(&address)?.archive("speed")?.shards(shards).replicas(arguments.replicas);
        let cluster = Index::connect(settings)?;
        let took = updated(&cluster, &archive)?;
        println!("{shards} shards: {took:.1?}");
        let _ = write!(ingest, "| {shards} shards | {}", rate(reports, took));
        rows += &searches(&disk, &cluster, &address, shards, arguments.rounds)?;
        save(&arguments.save, &format!("{text}## Ingest\n\n{ingest}\n## Searches\n\n{rows}"))?;
    }
    print!("{rows}");
    Ok(())
}

fn rate(reports: usize, took: Duration) -> String {
    format!("{:.1} s | {:.0} |\n", took.as_secs_f64(), reports as f64 / took.as_secs_f64())
}

fn updated(index: &Index, archive: &Archive) -> Result<Duration, Box<dyn Error>> {
    let since = Instant::now();
    index.update(archive, &UpdateOptions::default(), |_| {})?;
    Ok(since.elapsed())
}

/// The rows of one cluster, and of the index on disk at the same time.
fn searches(
    disk: &Index,
    cluster: &Index,
    address: &str,
    shards: u32,
    rounds: usize,
) -> Result<String, Box<dyn Error>> {
    let mut plain = Plain::connect(address)?;
    let [mut words, mut others, mut disk_words, mut disk_others, mut dsl, mut first] =
        std::array::from_fn(|_| Times::default());
    let ask = |index: &Index, query: &str| -> Result<usize, Box<dyn Error>> {
        let request = SearchRequest::parse(query)?.limit(10).facet(Facet::Service);
        Ok(index.search_summaries(&request)?.total)
    };
    for round in 0..=rounds {
        for query in WORDS {
            let (here, there) = (disk_words.add(|| ask(disk, query))?, words.add(|| ask(cluster, query))?);
            dsl.add(|| plain.search(query))?;
            if here != there {
                return Err(format!("{query}: {here} hits on disk, {there} in the cluster").into());
            }
        }
        for query in OTHERS {
            let (here, there) = (disk_others.add(|| ask(disk, query))?, others.add(|| ask(cluster, query))?);
            if here != there {
                return Err(format!("{query}: {here} hits on disk, {there} in the cluster").into());
            }
        }
        // The first round warms everything up. What it took in the cluster is told too: what is known of words is asked for once.
        if round == 0 {
            first = std::mem::take(&mut words);
            first.0.append(&mut others.0);
            for times in [&mut words, &mut others, &mut disk_words, &mut disk_others, &mut dsl] {
                times.0.clear();
            }
        }
    }
    let name = format!("{shards} shards");
    Ok(words.row(&name, "words, by rca")
        + &dsl.row(&name, "words, plain `match`")
        + &disk_words.row(&format!("on disk (beside {name})"), "words, by rca")
        + &others.row(&name, "phrases, prefixes, filters, typos, by rca")
        + &disk_others.row(&format!("on disk (beside {name})"), "phrases, prefixes, filters, typos, by rca")
        + &first.row(&name, "all of these, the first time"))
}

fn save(file: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    Ok(fs::write(file, text).map_err(|e| format!("{}: {e}", file.display()))?)
}

/// Searches as anybody would write them: a `match` of all words in the field of text, without another pass.
struct Plain {
    host: String,
    index: String,
    stream: BufReader<TcpStream>,
}

impl Plain {
    fn connect(address: &str) -> Result<Self, Box<dyn Error>> {
        let rest = address.strip_prefix("http://").ok_or("the address must begin with http://")?;
        let (host, index) = rest.split_once('/').ok_or("the address has no name of an index")?;
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        Ok(Self { host: host.to_owned(), index: index.to_owned(), stream: BufReader::new(stream) })
    }

    fn search(&mut self, words: &str) -> Result<(), Box<dyn Error>> {
        let matched =
            serde_json::json!({ "match": { "text": { "query": words, "operator": "and", "analyzer": "whitespace" } } });
        let services = serde_json::json!({ "terms": { "field": "facet_shown.service" } });
        let body = serde_json::json!({
            "size": 10, "track_total_hits": true, "_source": ["id", "path"], "query": matched, "aggs": { "services": services },
        })
        .to_string();
        let (host, index, length) = (&self.host, &self.index, body.len());
        let request = format!(
            "POST /{index}/_search HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let (mut length, mut line) = (0, String::new());
        self.stream.read_line(&mut line)?;
        let is_done = line.contains(" 200 ");
        while line.trim_end() != "" {
            line.clear();
            self.stream.read_line(&mut line)?;
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer)?;
        let answer: serde_json::Value = serde_json::from_slice(&answer)?;
        let is_some = answer["hits"]["total"]["value"].as_u64().is_some_and(|hits| hits > 0);
        if is_done && is_some { Ok(()) } else { Err(format!("plain search of `{words}`: {answer}").into()) }
    }
}
