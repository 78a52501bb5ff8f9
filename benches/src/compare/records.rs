//! Prepares the reports for the peers: already parsed, in one file, so that peers are measured at indexing alone.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rca_index::parse::{ParseOptions, parse_report};
use rca_index::{Archive, Incident};

use crate::peers::Line;

/// The number of reports parsed at once.
const CHUNK: usize = 2000;

/// The prepared files.
pub struct Prepared {
    /// Incidents in sequence, each preceded by its length.
    pub records: PathBuf,
    /// Lines of JSON, one report each.
    pub lines: PathBuf,
    pub reports: u64,
    pub bytes: u64,
    /// A word that occurs in about twenty reports and that stemmers do not change.
    pub rare_word: String,
}

/// Parses an archive once for all peers.
pub fn prepare(archive: &Archive, work: &Path) -> Result<Prepared, Box<dyn Error>> {
    let (records, lines) = (work.join("records.bin"), work.join("lines.jsonl"));
    let mut records_out = BufWriter::new(File::create(&records)?);
    let mut lines_out = BufWriter::new(File::create(&lines)?);
    let (mut reports, mut bytes) = (0, 0);
    let mut frequencies: HashMap<String, u32> = HashMap::new();
    for chunk in archive.report_paths().chunks(CHUNK) {
        let parsed: Vec<Incident> = chunk
            .par_iter()
            .map(|path| -> std::io::Result<Incident> {
                let text = std::fs::read_to_string(archive.root().join(path))?;
                Ok(parse_report(path, text, &ParseOptions::default()).incident)
            })
            .collect::<Result<_, _>>()?;
        for incident in parsed {
            reports += 1;
            bytes += incident.source.len() as u64;
            let words = incident.source.split(|c: char| !c.is_alphanumeric()).filter(|word| is_plain(word));
            for word in words.collect::<HashSet<_>>() {
                match frequencies.get_mut(word) {
                    Some(count) => *count += 1,
                    None => drop(frequencies.insert(word.to_owned(), 1)),
                }
            }
            let record = postcard::to_stdvec(&incident)?;
            records_out.write_all(&(record.len() as u64).to_le_bytes())?;
            records_out.write_all(&record)?;
            serde_json::to_writer(&mut lines_out, &Line::from(&incident))?;
            lines_out.write_all(b"\n")?;
        }
    }
    records_out.flush()?;
    lines_out.flush()?;
    let rare = frequencies.into_iter().min_by_key(|(word, count)| (count.abs_diff(20), word.clone()));
    let rare_word = rare.map(|(word, _)| word).ok_or("no report has a plain word")?;
    Ok(Prepared { records, lines, reports, bytes, rare_word })
}

/// Lower-case letters that end with a vowel that no stemmer removes.
fn is_plain(word: &str) -> bool {
    (6..=12).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase()) && word.ends_with(['a', 'o'])
}

/// Reads the incidents of a file of records.
pub fn read_records(path: &Path) -> Result<impl Iterator<Item = Result<Incident, Box<dyn Error>>>, Box<dyn Error>> {
    let mut file = BufReader::with_capacity(1 << 20, File::open(path)?);
    let mut record = Vec::new();
    Ok(std::iter::from_fn(move || {
        let mut length = [0; 8];
        file.read_exact(&mut length).ok()?;
        record.resize(u64::from_le_bytes(length) as usize, 0);
        let read = file.read_exact(&mut record).map_err(Box::from);
        Some(read.and_then(|()| Ok(postcard::from_bytes(&record)?)))
    }))
}
