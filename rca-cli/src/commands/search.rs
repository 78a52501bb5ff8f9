//! `rca search`: find incidents, best first.

use std::io::{Read as _, stdin};
use std::process::ExitCode;

use clap::Args;
use rca_index::query::{MAX_QUERY_BYTES, parse_sort};
use rca_index::{Facet, SearchRequest};

use crate::context::Context;
use crate::failure::{Failure, NO_HITS};
use crate::filters::{FilterArgs, facet, wrong};
use crate::freshen::open_fresh;
use crate::place::Place;
use crate::render;
use crate::unknown::unknown_values;

/// Find incidents, best first
///
/// Builds the index when there is none, and takes in what has changed. The query language is explained by `rca help query`.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca search queue backlog                       both words, best first
  rca search '\"connection pool\" -tag:deploy'     a phrase, without a tag
  rca search timeout --service billing-api --since 90d
  rca search 'severity:>=P1 duration:>2h' --sort -date
  rca search oom --facets service,severity --format json
  tail -1 app.log | rca search --literal -       a pasted line, from stdin")]
pub(crate) struct Arguments {
    /// What to look for; `-` reads it from stdin; nothing means everything
    #[arg(value_name = "QUERY")]
    pub(crate) query: Vec<String>,
    #[command(flatten)]
    filters: FilterArgs,
    /// How many hits to show
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// How many hits to skip
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: usize,
    /// Order by date, severity, duration, users ...; `-` in front for the latest, worst or largest first
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    sort: Option<String>,
    /// Count these over all matches: service, severity, tag, status
    #[arg(long, value_name = "FACETS", value_delimiter = ',', value_parser = facet)]
    facets: Vec<Facet>,
    /// Take every character as it stands: no query syntax
    #[arg(long)]
    literal: bool,
    /// Rank by the words alone: do not prefer recent and severe incidents
    #[arg(long)]
    no_preferences: bool,
    /// Say how each score came about
    #[arg(long)]
    explain: bool,
    /// Take the index as it is
    #[arg(long)]
    no_update: bool,
    /// End with exit code 1 when nothing is found
    #[arg(short, long)]
    pub(crate) exit_status: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let request = request(arguments)?;
    let place = Place::find(None, &context.global)?;
    let index = open_fresh(&place, arguments.no_update, context)?;
    let results = index.search(&request)?;
    let unknown = if results.total == 0 { unknown_values(&index, &request.query)? } else { Vec::new() };
    render::search(context, &place, &request, &results, &unknown)?;
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
    request = arguments.facets.iter().fold(request, |request, &facet| request.facet(facet));
    if let Some(text) = &arguments.sort {
        request = request.sort(parse_sort(text).map_err(|errors| wrong("--sort", text, &errors))?);
    }
    Ok(request)
}

/// The query on stdin: no more of it than a query may have, and one byte to notice that there is more.
fn read_query() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = stdin().take(MAX_QUERY_BYTES as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::usage(format!("stdin: {error}"), "give the query as an argument"))?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}
