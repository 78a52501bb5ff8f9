//! `rca search`: find incidents, best first.
//!
//! In: a query with filters. Out: hits on stdout, with facet counts if they are asked for.

use std::io::{Read as _, stdin};
use std::process::ExitCode;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use rca_index::query::{notes, parse_sort};
use rca_index::signal::MAX_SIGNAL_BYTES;
use rca_index::wire::Fields;
use rca_index::{FacetName, Hit, Index, SearchRequest, SearchResults, Show};

use crate::context::Context;
use crate::failure::{Failure, NO_HITS};
use crate::fields::{facet_names, parse_facet};
use crate::filters::{FilterArgs, SyntaxArgs, wrong};
use crate::freshen::ask_fresh;
use crate::location::Location;
use crate::piped::piped_text;
use crate::quantity::MOST_LISTED;
use crate::render::{self, FoundHits, ListedHit};

/// A query that matches nothing.
const NOTHING: &str = "NOT *";

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
  rca search 'severity:P1' --format csv --fields id,date,minutes_to.resolved,front_matter.team
  rca search 'severity:P1 date:2025' --count     only how many there are
  tail -50 app.log | rca search                  pasted text, from stdin: what is like it, without syntax")]
pub(crate) struct Arguments {
    /// The query, or pasted text; `-` reads it from stdin; if it is omitted, text that is piped in is searched for without
    /// syntax, else every incident matches
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
    #[command(flatten)]
    syntax: SyntaxArgs,
    /// Only incidents with all words of the query: no partial matches
    #[arg(long)]
    strict: bool,
    /// The query is still being typed: its last word is the start of one, and what is half-typed is left out
    #[arg(long, conflicts_with_all = ["literal", "as_query"])]
    as_you_type: bool,
    /// Rank by relevance alone, without a preference for recent and severe incidents
    #[arg(long)]
    no_preferences: bool,
    /// Explain the score of each hit
    #[arg(long)]
    explain: bool,
    /// What to show of each hit: the passage that matches best, what fixed it, or its facts alone
    #[arg(long, value_name = "WHAT", default_value = Show::default().name(), value_parser = shows())]
    show: Show,
    /// Write only these fields of each hit, in this order, in json, jsonl and csv; `+actions,links` adds to the usual ones;
    /// `rca help json` lists them
    #[arg(long, value_name = "FIELDS", value_parser = Fields::of_hits, conflicts_with = "show")]
    fields: Option<Fields>,
    /// Print only how many incidents match, partial matches not among them; of pasted text, of which any word suffices, how many
    /// have some
    #[arg(long, conflicts_with_all = ["fields", "offset", "sort", "explain", "facets", "show"])]
    count: bool,
    /// Do not update the index first
    #[arg(long)]
    no_update: bool,
    /// Exit with code 1 if there are no hits
    #[arg(short, long)]
    pub(crate) exit_status: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    render::check_fields(context.global.format, arguments.fields.as_ref())?;
    let mut request = request(arguments, context)?;
    let location = Location::find(None, &context.global)?;
    request.zone = location.day_zone(&context.global)?;
    let is_list = render::is_list(context.global.format);
    let ask = |index: &'static Index| found(arguments, index, &request, is_list);
    let (index, (results, hits)) = ask_fresh(&location, arguments.no_update, context, ask)?;
    if arguments.count {
        render::count(context, &location, &request, &results)?;
        let is_nothing = arguments.exit_status && render::matching(&request, &results) == 0;
        return Ok(if is_nothing { ExitCode::from(NO_HITS) } else { ExitCode::SUCCESS });
    }
    let chosen = arguments.fields.as_ref().map(|fields| (fields, index));
    render::search(context, &location, &request, &results, hits, chosen)?;
    let found = results.total + results.total_some;
    if found == 0 {
        render::hint_at_left_out(context, index.left_out()?.len());
    }
    Ok(if arguments.exit_status && found == 0 { ExitCode::from(NO_HITS) } else { ExitCode::SUCCESS })
}

/// Searches. What fixed an incident is a fact of its report; else a list needs no more than summaries and passages.
fn found<'s>(
    arguments: &Arguments,
    index: &'s Index,
    request: &'s SearchRequest,
    is_list: bool,
) -> Result<(SearchResults, FoundHits<'s>), Failure> {
    if !is_list {
        let (results, hits) = arguments.filters.search_hits(index, request)?;
        return Ok((results, FoundHits::Whole(Box::new(hits))));
    }
    if request.show == Show::Fix {
        let (results, hits) = arguments.filters.search_hits(index, request)?;
        let listed = |hit: Hit| ListedHit { fix: hit.incident.fix(), hit: hit.into() };
        return Ok((results, FoundHits::Listed(Box::new(hits.map(move |hit| hit.map(listed))))));
    }
    let (results, hits) = arguments.filters.search_passages(index, request)?;
    let listed = |hit| ListedHit { hit, fix: None };
    Ok((results, FoundHits::Listed(Box::new(hits.map(move |hit| hit.map(listed))))))
}

fn request(arguments: &Arguments, context: &mut Context) -> Result<SearchRequest, Failure> {
    let from_stdin = match &arguments.query[..] {
        [] => piped_text(context).map(|text| text.trim().to_owned()),
        [only] if only == "-" => Some(read_query()?),
        _ => None,
    };
    // Whoever gives filters alone asks for all that they leave, whatever a scheduler has made of stdin.
    let filters_alone = arguments.query.is_empty() && arguments.filters.are_given();
    let from_stdin = from_stdin.filter(|text| !(filters_alone && text.trim().is_empty()));
    let is_piped = arguments.query.is_empty() && from_stdin.is_some();
    let is_empty = from_stdin.as_ref().is_some_and(|text| text.trim().is_empty());
    let words = from_stdin.map_or_else(|| arguments.query.clone(), |text| vec![text]);
    let filters = &arguments.filters;
    let mut request = if is_empty {
        context.say(format_args!("rca: stdin is empty: there is nothing to search for"));
        filters.request_by(SearchRequest::parse, &[NOTHING.to_owned()])?
    } else if is_piped {
        filters.request_by(|text| arguments.syntax.request_of_piped(text), &words)?
    } else if arguments.as_you_type {
        filters.request_by(SearchRequest::as_you_type, &words)?
    } else {
        filters.request(&words, arguments.syntax)?
    };
    if is_piped && !is_empty && arguments.syntax.is_open() && !request.pasted {
        context.say(format_args!("rca: read as plain text, without syntax; --query reads it as a query"));
    }
    if !arguments.as_you_type && arguments.syntax.has_syntax(&request, is_piped) {
        for note in notes(&request.text).into_iter().take(MOST_LISTED) {
            context.say(format_args!(
                "rca: `{}` is searched for as text; write `{}` if you mean that",
                note.text, note.meant
            ));
        }
    }
    request = request
        .limit(if arguments.count { 0 } else { arguments.limit })
        .offset(arguments.offset)
        .explain(arguments.explain)
        .show(arguments.show)
        .strict(arguments.strict);
    request.preferences = !arguments.no_preferences;
    request = arguments.facets.iter().fold(request, |request, facet| request.facet(facet.clone()));
    if let Some(text) = &arguments.sort {
        request = request.sort(parse_sort(text).map_err(|errors| wrong("--sort", text, &errors))?);
    }
    Ok(request)
}

/// Reads what to show by its name.
fn shows() -> impl TypedValueParser<Value = Show> {
    let named = |name: String| Show::ALL.into_iter().find(|show| show.name() == name).unwrap_or_default();
    PossibleValuesParser::new(Show::ALL.map(Show::name)).map(named)
}

/// Reads the query from stdin: at most one byte more than is read of a pasted text, so that a longer one is noticed.
fn read_query() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = stdin().take(MAX_SIGNAL_BYTES as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::usage(format!("stdin: {error}"), "pass the query as an argument"))?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}
