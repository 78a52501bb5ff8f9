//! `rca facets`: count incidents per value of a facet.
//!
//! In: facets, and a query with filters. Out: counts over the incidents that match.

use std::process::ExitCode;

use clap::Args;
use rca_index::{FacetName, Index};

use crate::context::Context;
use crate::failure::Failure;
use crate::fields::{any_facet_name, facet_names, parse_facet};
use crate::filters::{FilterArgs, SyntaxArgs};
use crate::freshen::ask_fresh;
use crate::location::Location;
use crate::render;

#[derive(Debug, Args)]
#[command(about = format!("Count incidents per {}", any_facet_name()))]
#[command(before_help = "\
Examples:
  rca facets                             the facets there are, and how many incidents have each
  rca facets service                     incidents per service
  rca facets tag 'certificate date:2025' only incidents that match a query
  rca facets team                        incidents per value of `team:` in the front matter
  rca facets severity --service billing-api --format csv")]
pub(crate) struct Arguments {
    #[arg(value_name = "FIELD", value_parser = parse_facet)]
    #[arg(help = format!("Facet to count: {}, or a key of your front matter; omit it to list them", facet_names()))]
    field: Option<FacetName>,
    /// Count only incidents that match this query
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    #[command(flatten)]
    filters: FilterArgs,
    /// Maximum number of values per facet; defaults to all
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    syntax: SyntaxArgs,
    /// Do not update the index first
    #[arg(long)]
    no_update: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let request = arguments.filters.request(&arguments.query, arguments.syntax)?.limit(0);
    let mut request = request.facet(arguments.field.clone().unwrap_or(FacetName::Fields));
    let location = Location::find(None, &context.global)?;
    request.zone = location.day_zone(&context.global)?;
    let ask = |index: &Index| arguments.filters.search(index, &request);
    let (_, mut results) = ask_fresh(&location, arguments.no_update, context, ask)?;
    for counts in &mut results.facets {
        counts.values.truncate(arguments.limit.unwrap_or(usize::MAX));
    }
    render::facets(context, &request, &results)?;
    Ok(ExitCode::SUCCESS)
}
