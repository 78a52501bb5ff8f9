//! `rca similar`: the incidents like an incident.
//!
//! In: a name as `rca show` takes it, with filters. Out: the incidents like it on stdout, those that are linked with it marked.

use std::process::ExitCode;

use clap::Args;
use rca_index::{LinkFilter, SearchRequest};

use crate::context::Context;
use crate::failure::{Failure, NO_HITS};
use crate::filters::FilterArgs;
use crate::freshen::open_fresh;
use crate::render::{self, SimilarAnswer};
use crate::wanted::{self, Finder};

/// Find the incidents like an incident, and candidates for a link
///
/// Compares the whole text. A name is an id, a path as other commands print it, the start of a file name, or words in a row of a
/// file name or a title.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca similar 2025-06-02-message-queue-backlog     near duplicates, then incidents like it
  rca similar PM-2026-033 --unlinked               candidates for its section of related incidents
  rca similar 'queue backlog' --linked             those that it links to, or that link to it
  rca similar disk-full --service log-collector --since 2y
  rca similar -e --format json disk-full           for a bot: exit code 1 if nothing is like it")]
pub(crate) struct Arguments {
    /// An id, a path, or a part of a file name or a title
    #[arg(value_name = "NAME")]
    id: String,
    /// Maximum number of hits
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Only incidents that it is not linked with, in either direction: candidates for a link
    #[arg(long, conflicts_with = "linked")]
    unlinked: bool,
    /// Only incidents that it is linked with, in either direction, weak ones too
    #[arg(long)]
    linked: bool,
    /// Show weak hits too: those that are no more like it than any report is by chance
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    filters: FilterArgs,
    /// Explain the score of each hit
    #[arg(long)]
    explain: bool,
    /// Do not update the index first
    #[arg(long)]
    no_update: bool,
    /// Exit with code 1 if nothing is like it
    #[arg(short, long)]
    exit_status: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let name = [arguments.id.trim().to_owned()];
    let filtered = arguments.filters.request_by(|_| Ok(SearchRequest::default()), &[])?;
    let location = wanted::location(&name, &context.global)?;
    let index = open_fresh(&location, arguments.no_update, context)?;
    let incident = Finder::new(&index, &location).find(&name[0])?.incident;
    let mut request = SearchRequest::from_incident(&incident).limit(arguments.limit);
    request.query = filtered.query;
    request.zone = location.day_zone(&context.global)?;
    let links = match (arguments.linked, arguments.unlinked) {
        (true, _) => LinkFilter::Linked,
        (_, true) => LinkFilter::Unlinked,
        _ => LinkFilter::Any,
    };
    let similar = arguments.filters.ask(&request, || index.similar(&incident, &request, links, arguments.all))?;
    let answer = SimilarAnswer { incident: &incident, similar: &similar, explain: arguments.explain };
    render::similar(context, &location, &answer)?;
    Ok(if arguments.exit_status && similar.is_nothing() { ExitCode::from(NO_HITS) } else { ExitCode::SUCCESS })
}
