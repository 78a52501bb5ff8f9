//! Filters: what the flags of `search` and `facets` add to a query. Each flag is a field of the query language.

use clap::Args;
use rca_index::query::{DateRange, NodeKind, QueryError, QueryErrors, parse_filter};
use rca_index::{Facet, FieldKind, SearchRequest, fields_named};

use crate::cli::query_text;
use crate::failure::Failure;

/// Conditions beside the query. A comma is OR; a repeated flag is AND.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Filters (a comma is OR, a repeated flag is AND)")]
pub(crate) struct FilterArgs {
    /// Only incidents of these services
    #[arg(long, value_name = "NAMES")]
    service: Vec<String>,
    /// Only these severities; `>=P1` is P1 or worse
    #[arg(long, value_name = "LEVELS")]
    severity: Vec<String>,
    /// Only these tags; `db` also means `db/postgres`
    #[arg(long, value_name = "TAGS")]
    tag: Vec<String>,
    /// Only incidents in this state, such as resolved
    #[arg(long, value_name = "STATES")]
    status: Vec<String>,
    /// From this day on, or in the last days: 2025-06-01, 2025, 90d, 6m, 1y
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// Up to this day, inclusive: 2025-06-30, 2025-06, 2025
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// No shorter than this: 90, 30m, 1h30m, 2d; minutes when no unit is given
    #[arg(long, value_name = "TIME")]
    min_duration: Option<String>,
    /// No longer than this
    #[arg(long, value_name = "TIME")]
    max_duration: Option<String>,
    /// No fewer users affected: 500, 10k
    #[arg(long, value_name = "N")]
    min_users: Option<String>,
    /// No less impact, in user-minutes: 50k, 2m
    #[arg(long, value_name = "N")]
    min_impact: Option<String>,
    /// Only incidents that have this section or value: actions, rootcause, users
    #[arg(long, value_name = "FIELD")]
    has: Vec<String>,
    /// Only incidents that lack it
    #[arg(long, value_name = "FIELD")]
    without: Vec<String>,
}

impl FilterArgs {
    /// Narrows a request by all the flags.
    fn apply(&self, mut request: SearchRequest) -> Result<SearchRequest, Failure> {
        let repeated = [
            ("--service", "service", &self.service),
            ("--severity", "severity", &self.severity),
            ("--tag", "tag", &self.tag),
            ("--status", "status", &self.status),
            ("--has", "has", &self.has),
            ("--without", "no", &self.without),
        ];
        let compared = [
            ("--since", "date", ">=", &self.since),
            ("--until", "date", "<=", &self.until),
            ("--min-duration", "duration", ">=", &self.min_duration),
            ("--max-duration", "duration", "<=", &self.max_duration),
            ("--min-users", "users", ">=", &self.min_users),
            ("--min-impact", "impact", ">=", &self.min_impact),
        ];
        for (flag, field, values) in repeated {
            for value in values {
                request = request.filter(parse_filter(field, value).map_err(|errors| wrong(flag, value, &errors))?);
            }
        }
        for (flag, field, comparison, value) in compared {
            if let Some(value) = value {
                // `90d` is a period that ends now; it needs no comparison.
                let period = parse_filter(field, value).ok();
                let period = period.filter(|node| matches!(node.kind, NodeKind::Date(DateRange::Last { .. })));
                let node = match period {
                    Some(period) if comparison == ">=" => Ok(period),
                    _ => parse_filter(field, &format!("{comparison}{value}")),
                };
                request = request.filter(node.map_err(|errors| wrong(flag, value, &errors))?);
            }
        }
        Ok(request)
    }

    /// The request that a query and these flags make.
    pub(crate) fn request(&self, words: &[String], literal: bool) -> Result<SearchRequest, Failure> {
        let text = query_text(words);
        let parsed = if literal { SearchRequest::literal(&text) } else { SearchRequest::parse(&text) };
        let request = parsed.map_err(|error| match Failure::from(error) {
            Failure::Query { errors, .. } => Failure::Query { text, errors },
            other => other,
        })?;
        self.apply(request)
    }
}

/// A flag's value that cannot be understood.
pub(crate) fn wrong(flag: &str, value: &str, errors: &QueryErrors) -> Failure {
    let reason = errors.0.iter().map(QueryError::reason).collect::<Vec<_>>().join("; ");
    let fix = errors.0.iter().map(QueryError::fix).collect::<Vec<_>>().join("; ");
    Failure::usage(format!("{flag} {value}: {reason}"), fix)
}

/// The facet that a name or alias on the command line means.
pub(crate) fn facet(name: &str) -> Result<Facet, String> {
    fields_named(name)
        .find_map(|spec| match spec.kind {
            FieldKind::Facet(facet) => Some(facet),
            _ => None,
        })
        .ok_or_else(|| format!("no facet of this name; they are {}", Facet::ALL.map(Facet::name).join(", ")))
}
