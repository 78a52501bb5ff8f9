//! `rca facets`: how many incidents each service, severity, tag or status has.

use std::process::ExitCode;

use clap::Args;
use rca_index::{Facet, SearchRequest};

use crate::context::Context;
use crate::failure::Failure;
use crate::filters::{FilterArgs, facet};
use crate::freshen::open_fresh;
use crate::place::Place;
use crate::render;

/// Count incidents per service, severity, tag or status
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca facets                             all four
  rca facets service                     incidents per service
  rca facets tag 'certificate date:2025' only those that a query finds
  rca facets severity --service billing-api --format csv")]
pub(crate) struct Arguments {
    /// service, severity, tag or status; all of them when not given
    #[arg(value_name = "FIELD", value_parser = facet)]
    field: Option<Facet>,
    /// Count only incidents that this finds
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    #[command(flatten)]
    filters: FilterArgs,
    /// How many values to show of each; all when not given
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
    /// Take the query as it stands: no syntax
    #[arg(long)]
    literal: bool,
    /// Take the index as it is
    #[arg(long)]
    no_update: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let request = arguments.filters.request(&arguments.query, arguments.literal)?.limit(0);
    let facets = arguments.field.map_or_else(|| Facet::ALL.to_vec(), |facet| vec![facet]);
    let request = facets.into_iter().fold(request, SearchRequest::facet);
    let place = Place::find(None, &context.global)?;
    let index = open_fresh(&place, arguments.no_update, context)?;
    let mut results = index.search(&request)?;
    for counts in &mut results.facets {
        counts.values.truncate(arguments.limit.unwrap_or(usize::MAX));
    }
    render::facets(context, &request, &results)?;
    Ok(ExitCode::SUCCESS)
}
