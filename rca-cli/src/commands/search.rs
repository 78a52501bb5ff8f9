//! `rca search`: find incidents, best first.
//!
//! In: a query with filters. Out: hits on stdout, with facet counts if they are asked for.

use std::io::{Read as _, stdin};
use std::process::ExitCode;

use clap::Args;
use rca_index::query::{MAX_QUERY_BYTES, parse_sort};
use rca_index::{FacetName, SearchRequest};

use crate::context::Context;
use crate::failure::{Failure, NO_HITS};
use crate::fields::{facet_names, parse_facet};
use crate::filters::{FilterArgs, wrong};
use crate::freshen::open_fresh;
use crate::location::Location;
use crate::render;

/// Find incidents, best first
///
/// Creates the index if there is none, and updates it if reports have changed. `rca help query` explains the query
/// language.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca search queue backlog                       incidents with both words, best first
  rca search '\"connection pool\" -tag:deploy'     a phrase, but not with this tag
  rca search timeout --service billing-api --since 90d
  rca search 'severity:>=P1 duration:>2h' --sort -date
  rca search oom --facets service,severity --format json
  tail -1 app.log | rca search --literal -       a pasted line, from stdin")]
pub(crate) struct Arguments {
    /// The query; `-` reads it from stdin; omit it to match every incident
    #[arg(value_name = "QUERY")]
    pub(crate) query: Vec<String>,
    #[command(flatten)]
    filters: FilterArgs,
    /// Maximum number of hits
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Number of hits to skip
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: usize,
    /// Sort by date, severity, duration, users or another field; a leading `-` puts the latest, most severe or largest
    /// first
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    sort: Option<String>,
    #[arg(long, value_name = "FACETS", value_delimiter = ',', value_parser = parse_facet)]
    #[arg(help = format!("Count the values of these facets over all matches: {}, or keys of your front matter", facet_names()))]
    facets: Vec<FacetName>,
    /// Treat the query as plain text, with no query syntax
    #[arg(long)]
    literal: bool,
    /// Rank by relevance alone, without a preference for recent and severe incidents
    #[arg(long)]
    no_preferences: bool,
    /// Explain the score of each hit
    #[arg(long)]
    explain: bool,
    /// Do not update the index first
    #[arg(long)]
    no_update: bool,
    /// Exit with code 1 if there are no hits
    #[arg(short, long)]
    pub(crate) exit_status: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let request = request(arguments)?;
    let location = Location::find(None, &context.global)?;
    let index = open_fresh(&location, arguments.no_update, context)?;
    let results = arguments.filters.search(&index, &request)?;
    render::search(context, &location, &request, &results)?;
    if results.total == 0 {
        render::hint_at_left_out(context, index.left_out()?.len());
    }
    Ok(if arguments.exit_status && results.total == 0 { ExitCode::from(NO_HITS) } else { ExitCode::SUCCESS })
}

fn request(arguments: &Arguments) -> Result<SearchRequest, Failure> {
    let from_stdin;
    let words = if arguments.query == ["-"] {
        from_stdin = [read_query()?];
        &from_stdin
    } else {
        &arguments.query[..]
    };
    let mut request = arguments.filters.request(words, arguments.literal)?;
    request = request.limit(arguments.limit).offset(arguments.offset).explain(arguments.explain);
    request.preferences = !arguments.no_preferences;
    request = arguments.facets.iter().fold(request, |request, facet| request.facet(facet.clone()));
    if let Some(text) = &arguments.sort {
        request = request.sort(parse_sort(text).map_err(|errors| wrong("--sort", text, &errors))?);
    }
    Ok(request)
}

/// Reads the query from stdin: at most one byte more than a query may have, so that a longer one is noticed.
fn read_query() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = stdin().take(MAX_QUERY_BYTES as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::usage(format!("stdin: {error}"), "pass the query as an argument"))?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}
