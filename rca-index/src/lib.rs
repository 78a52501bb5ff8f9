//! Full-text search for archives of incident reports: post-mortems and RCAs in Markdown, with or without front matter.
//!
//! A folder of reports goes in; ranked hits with snippets, facet counts and facts (severity, duration, users affected,
//! time to mitigate ...) come out. The library prints nothing, reads no environment variables, and needs neither a
//! server nor an async runtime. The command `rca` is a thin layer on top of it.
//!
//! ```
//! use rca_index::{Archive, Index, SearchRequest, UpdateOptions};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let incidents = tempfile::tempdir()?;
//! let report = "---\ndate: 2025-06-02\nseverity: P2\n---\n# Queue backlog\n\n## Root Cause\n\nThe consumers were too slow.\n";
//! std::fs::write(incidents.path().join("queue.md"), report)?;
//!
//! let archive = Archive::open(incidents.path())?;
//! let index = Index::open_or_create(archive.index_dir())?;
//! index.update(&archive, &UpdateOptions::default(), |_event| {})?;
//!
//! let found = index.search(&SearchRequest::parse("slow consumers severity:>=P2")?)?;
//! assert_eq!(found.hits[0].incident.title.value, "Queue backlog");
//! assert_eq!(found.hits[0].snippets[0].line, 9);
//! # Ok(())
//! # }
//! ```
//!
//! # Where to look
//!
//! | task | see |
//! |---|---|
//! | a folder of reports and its settings | [`Archive`], [`Settings`] |
//! | building, updating, searching | [`Index`] |
//! | indexes that may have come from elsewhere | [`IndexOptions`], [`TrustStore`] |
//! | search requests and results | [`SearchRequest`], [`SearchResults`] |
//! | the query language | [`query`] |
//! | what a pasted alert, log or stack trace tells | [`signal`] |
//! | all fields for search, filters and sorting | [`FIELDS`] |
//! | incidents like a pasted text, and what fixed them | [`Index::seen`], [`Seen`] |
//! | incidents like an incident, and which of them are linked | [`Index::similar`], [`Similar`] |
//! | the facts of an incident | [`Incident`] |
//! | parsing one report without an index | [`parse`] |
//! | problems in reports | [`check()`] |
//! | JSON | [`wire`] |
//! | hits and lists without parsing reports, or with snippets alone | [`Summary`], [`Index::search_summaries`], [`Index::search_passages`] |
//! | what else there is, and when to take it | [`compare`] |
//!
//! # Cookbook
//!
//! ## Incidents without files, filters, facets, sorting, JSON
//!
//! ```
//! use rca_index::query::{parse_filter, parse_sort};
//! use rca_index::{Facet, Incident, Index, OwnField, OwnValue, SearchRequest, SectionKind, Severity, Sourced, Timestamp};
//! use rca_index::wire;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut queue = Incident::new("OPS-1", "Queue backlog in orders");
//! queue.services = vec!["orders".into(), "billing".into()];
//! queue.severity = Severity::parse("P2").map(Sourced::from);
//! queue.date = Timestamp::from_day(2025, 6, 2).map(Sourced::from);
//! queue.push_section(SectionKind::RootCause, "The consumers were too slow.");
//!
//! let mut disk = Incident::new("OPS-2", "Disk full");
//! disk.services = vec!["orders".into()];
//! disk.severity = Severity::parse("critical").map(Sourced::from);
//! disk.push_section(SectionKind::Resolution, "Logs are kept for a week now.");
//!
//! // `upsert` replaces incidents with the same id; `delete` removes incidents by id.
//! let index = Index::in_memory()?;
//! index.upsert([queue, disk])?;
//!
//! // A filter is part of the query, or added by the program.
//! let request = SearchRequest::parse("severity:>=P1")?.filter(parse_filter("service", "orders")?);
//! let found = index.search(&request)?;
//! assert_eq!((found.total, found.hits[0].incident.id.as_str()), (1, "OPS-2"));
//!
//! // Facets are counted over all matches, not only over the hits returned.
//! let found = index.search(&SearchRequest::parse("*")?.limit(0).facet(Facet::Service))?;
//! let counts: Vec<_> = found.facets[0].values.iter().map(|v| (v.value.as_str(), v.count)).collect();
//! assert_eq!(counts, [("orders", 2), ("billing", 1)]);
//!
//! // So are keys of front matter that the field table does not know: `team: payments`.
//! let mut ticket = Incident::new("OPS-3", "Cache cold");
//! let value = OwnValue::One("Payments".into());
//! ticket.front_matter = vec![OwnField { key: "team".into(), value, line: None }];
//! index.upsert([ticket])?;
//! let found = index.search(&SearchRequest::parse("team:payments")?.facet("team"))?;
//! assert_eq!((found.total, found.facets[0].values[0].count), (1, 1));
//! index.delete(["OPS-3"])?;
//!
//! // The second page, most severe incidents first.
//! let request = SearchRequest::parse("*")?.sort(parse_sort("-severity")?).offset(1).limit(1);
//! assert_eq!(index.search(&request)?.hits[0].incident.id, "OPS-1");
//!
//! // The JSON form is versioned, and the same for all front ends.
//! let request = SearchRequest::parse("consumers")?;
//! let json = serde_json::to_value(wire::SearchForm::new(&request, &index.search(&request)?))?;
//! assert_eq!((&json["version"], &json["hits"][0]["id"]), (&2.into(), &"OPS-1".into()));
//! # Ok(())
//! # }
//! ```
//!
//! ## Queries from people or machines
//!
//! ```
//! use rca_index::{Error, SearchRequest};
//!
//! // All errors of a query are reported at once, each with its span, its reason and a fix.
//! let Err(Error::Query(errors)) = SearchRequest::parse("servce:orders (queue") else { panic!("no error") };
//! assert_eq!((errors.0.len(), errors.0[0].span.clone()), (2, 0..7));
//! assert!(errors.0[0].fix().contains("service:orders"));
//!
//! // A log line has no syntax.
//! assert!(SearchRequest::literal("ERROR (orders] \"queue: 10.0.0.1:443").is_ok());
//! ```
//!
//! ## Parse one report
//!
//! ```
//! use rca_index::Milestone;
//! use rca_index::parse::{ParseOptions, parse_report};
//!
//! let text = "# Disk full\n\n**Date:** 2025-06-02\n**Severity:** vermilion\n\n## Timeline\n- 10:00 Alert fired\n- 10:20 Mitigated\n";
//! let parsed = parse_report("disk.md", text.to_owned(), &ParseOptions::default());
//! // A report is never dropped: what cannot be parsed is reported as a problem with its line.
//! assert_eq!(parsed.problems[0].line, 4);
//! assert_eq!(parsed.incident.minutes_to(Milestone::Mitigated), Some(20.0));
//! ```
//!
//! ## Follow an update
//!
//! ```no_run
//! use std::sync::atomic::{AtomicU64, Ordering};
//!
//! use rca_index::{Archive, Index, UpdateEvent, UpdateOptions};
//!
//! # fn main() -> rca_index::Result<()> {
//! let archive = Archive::open("incidents")?;
//! let index = Index::open_or_create(archive.index_dir())?;
//! let read = AtomicU64::new(0);
//! let report = index.update(&archive, &UpdateOptions::default(), |event| {
//!     // Events come from several threads.
//!     if let UpdateEvent::Read { bytes } = event {
//!         read.fetch_add(bytes, Ordering::Relaxed);
//!     }
//! })?;
//! for found in &report.problems {
//!     eprintln!("{}:{}: {}", found.path, found.problem.line, found.problem.reason());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! ## Every incident, one after the other
//!
//! ```
//! use rca_index::{Incident, Index};
//!
//! # fn main() -> rca_index::Result<()> {
//! let index = Index::in_memory()?;
//! index.upsert([Incident::new("OPS-2", "Disk full"), Incident::new("OPS-1", "Queue backlog")])?;
//!
//! // Sorted by id; memory does not grow with the index. `ids` reads less, `incidents` parses each report.
//! for summary in index.summaries()? {
//!     let summary = summary?;
//!     assert!(summary.id == "OPS-1" || summary.title == "Disk full");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! | feature | on by default | what it is for | what it costs |
//! |---|---|---|---|
//! | `archive` | yes | folders of reports: [`Archive`], `rca.toml`, [`Index::update`], [`check()`] and its JSON | 6 of 150 crates: walkdir, ignore, globset, chardetng and what they need |
//! | `languages` | yes | stemmers for [every language](Language::all) | no crate, but the code and tables of 38 stemmers; without it, English and `none` remain |
//! | `german`, `french` ... | with `languages` | the stemmer of one language, by its name in `rca.toml` | one stemmer each |
//! | `opensearch` | no | an index in a cluster of OpenSearch, by `Index::connect`; turns `archive` on | 20 crates: a client for HTTP, TLS in Rust and what they need |
//! | `schema` | no | the JSON schemas of the forms in [`wire`]; turns `archive` on | schemars and five crates that it needs |
//!
//! With none of them, incidents that a program makes are indexed and searched, reports are parsed, and an index that was
//! made of an archive is searched; only its languages must be there. tantivy, rayon, jiff and the readers of Markdown and
//! front matter cannot be left out: a stored report is parsed when it is shown.
//!
//! # Threads
//!
//! An [`Index`] is `Send` and `Sync`, and cheap to clone: clones share one index. A search sees the last commit, of this
//! or another process, without reopening. One update or write runs at a time: threads that share an index queue up, and
//! other processes are waited for as long as [`UpdateOptions::wait`] and [`WriteOptions::wait`] say; after that there is
//! [`Error::IndexLocked`].

// What only reading archives needs stays where it belongs; without the feature, the compiler removes it.
#![cfg_attr(not(feature = "archive"), allow(dead_code, unreachable_pub, unused_imports))]

#[cfg(feature = "archive")]
mod archive;
#[cfg(not(feature = "archive"))]
#[path = "archive/without.rs"]
mod archive;
mod durable;
mod engine;
mod error;
pub mod files;
mod given;
mod incident;
mod index;
mod insight;
pub mod parse;
mod plan;
#[cfg(feature = "archive")]
mod process;
pub mod query;
mod ranking;
mod schema;
mod search;
pub mod signal;
mod text;
#[cfg(feature = "archive")]
mod update;
#[cfg(not(feature = "archive"))]
#[path = "update/without.rs"]
mod update;
pub mod wire;

/// When to take this crate, and when tantivy, milli or SQLite FTS5.
#[doc = include_str!("compare.md")]
pub mod compare {}

#[cfg(feature = "archive")]
pub use archive::{
    AllowedSettings, Archive, Baseline, BaselineEntry, CheckReport, CheckSettings, INDEX_FOLDER, IgnoredSetting,
    MADE_BY_SEARCH, ProblemName, ReportProblem, RequiredFact, SETTINGS, SETTINGS_FILE, Sample, Selection,
    ServiceSettings, SettingSpec, Settings, SeverityRank, SynonymSettings, check, check_selected, fingerprint, suggest,
};
pub use engine::health::{Comparison, Health};
#[cfg(feature = "opensearch")]
pub use engine::opensearch::{Auth, ClusterSettings};
pub use engine::{GivenRepair, TrustStore};
pub use error::{Error, Result};
pub use incident::{
    Action, Bound, CountedFrom, DayZone, FRONT_MATTER, FailedCount, HouseNames, IgnoredCount, IgnoredFile, Incident,
    LeftOut, Lessons, Level, Link, Markup, Measure, MeasureKind, Milestone, MinutesFrom, NotAReport, NotAReportReason,
    OwnField, OwnValue, PROBLEM_KINDS, Place, Precision, Problem, ProblemKind, ProblemSpec, Reached, ReachedAt,
    Section, SectionKind, ServiceNames, Severity, SeverityLabels, Source, Sourced, Summary, TimelineRow, Timestamp,
};
pub use index::{Index, IndexOptions, Named};
pub use insight::{
    Cluster, Fix, FixCount, FixKind, FixSource, Judgement, LinkFilter, Linked, Nearest, Occurrence, Recurring, Runbook,
    Said, Seen, SeenHit, Similar, SimilarHit, SimilarLevel,
};
pub use schema::{
    FIELDS, Facet, FacetName, FieldKind, FieldSpec, FilterFlag, FlagKind, LinkField, NumberField, TextField, Unit,
    fields_named,
};
pub use search::{
    Cut, CutKind, Explanation, FacetCount, FacetCounts, Hit, Likeness, Match, Resemblance, SearchRequest,
    SearchResults, SearchWork, Show, Snippet, Suggestion, UnknownValue, WeightedTexts, WordScore,
};
pub use text::Language;
pub use update::{Batch, WriteOptions, Written};
#[cfg(feature = "archive")]
pub use update::{Freshness, Heartbeat, IntoControlFlow, Looked, UpdateEvent, UpdateOptions, UpdateReport};

/// The work that searches of this thread took since this was asked last, for fuzzing.
#[cfg(fuzzing)]
#[doc(hidden)]
pub fn search_work_taken() -> usize {
    plan::work::taken()
}

/// Tests the examples of the README.
#[cfg(doctest)]
// In a published crate, the README lies beside the manifest.
#[doc = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", env!("CARGO_PKG_README")))]
struct Readme;

/// The steps that this thread took to find snippets since this was asked last, for fuzzing.
#[cfg(fuzzing)]
#[doc(hidden)]
pub fn snippet_work_taken() -> usize {
    search::snippet_work_taken()
}
