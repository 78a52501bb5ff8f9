//! `rca recurring`: what happened again, and what was promised in between.
//!
//! In: a query with filters. Out: clusters of incidents that are the same, on stdout.

use std::process::ExitCode;

use clap::Args;
use rca_index::{Index, Recurring};

use crate::context::Context;
use crate::failure::{Failure, NO_HITS};
use crate::filters::{FilterArgs, SyntaxArgs};
use crate::freshen::ask_fresh;
use crate::location::Location;
use crate::quantity::thousands;
use crate::render::{self, RecurringAnswer};

/// What happened again, and what was promised and not done before it came back
///
/// Two incidents are the same if each report is the same as the other by its words, and they share a service where both name
/// some; or if one of them says so, as in `a recurrence of [[2024-queue-backlog]]`, or by a key `recurrence_of`. A mere link says
/// nothing.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  rca recurring                                  what was seen more than once, the most frequent first
  rca recurring --min 3 --since 2y               at least three times in two years
  rca recurring --unfinished                     with promises that were open when it came back
  rca recurring kafka --service billing-api      of incidents that match a query
  rca recurring --unfinished --format csv > review.csv")]
#[command(after_help = format!("The latest {} incidents that match are looked at.", thousands(Recurring::MOST)))]
pub(crate) struct Arguments {
    /// The query; omit it to look at every incident
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// How often it was seen at least: 2 or more
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = times)]
    min: usize,
    /// Only what came back before all was done that was promised
    #[arg(long)]
    unfinished: bool,
    #[command(flatten)]
    filters: FilterArgs,
    /// Maximum number of clusters
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    limit: usize,
    #[command(flatten)]
    syntax: SyntaxArgs,
    /// Do not update the index first
    #[arg(long)]
    no_update: bool,
    /// Exit with code 1 if nothing happened again
    #[arg(short, long)]
    exit_status: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> Result<ExitCode, Failure> {
    let mut request = arguments.filters.request(&arguments.query, arguments.syntax)?;
    let location = Location::find(None, &context.global)?;
    request.zone = location.day_zone(&context.global)?;
    let ask = |index: &Index| arguments.filters.ask(&request, || index.recurring(&request));
    let (index, recurring) = ask_fresh(&location, arguments.no_update, context, ask)?;
    let mut recurring = recurring.at_least(arguments.min);
    if arguments.unfinished {
        recurring = recurring.only_unfinished();
    }
    let total = recurring.clusters.len();
    recurring.clusters.truncate(arguments.limit);
    let answer =
        RecurringAnswer { query: &request.text, recurring: &recurring, total, unfinished: arguments.unfinished };
    render::recurring(context, &location, &answer)?;
    if total == 0 {
        render::hint_at_left_out(context, index.left_out()?.len());
    }
    Ok(if arguments.exit_status && total == 0 { ExitCode::from(NO_HITS) } else { ExitCode::SUCCESS })
}

/// Reads how often something was seen at least. What was seen once did not happen again.
fn times(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(times @ 2..) => Ok(times),
        Ok(_) => Err("what was seen once did not happen again; pass 2 or more".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
