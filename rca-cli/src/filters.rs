//! Filters: flags of `search` and `facets` that narrow a query. Each flag belongs to a field of the query language.
//!
//! In: the flags of the field table, and their values on the command line. Out: a narrower search request.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use rca_index::query::{Node, QueryError, QueryErrorKind, QueryErrors, parse_flag};
use rca_index::signal::is_paste;
use rca_index::{Error, FIELDS, FilterFlag, FlagKind, Hit, Index, SearchRequest, SearchResults, Summary};

use crate::failure::Failure;
use crate::fields::{facet_names, unknown_key};
use crate::negation::query_text;

const HEADING: &str = "Filters (a comma is OR, a repeated flag is AND)";

/// A flag, and the field of the query language that it filters by.
#[derive(Debug, Clone, Copy)]
struct Filter {
    field: &'static str,
    flag: FilterFlag,
}

/// Filters by whether an incident has a value in a field.
const PRESENCE: [Filter; 2] = [
    presence("has", "has", "Only incidents that have this section or value, such as actions, rootcause or users"),
    presence("no", "without", "Only incidents that lack this section or value"),
];

const fn presence(field: &'static str, name: &'static str, help: &'static str) -> Filter {
    Filter { field, flag: FilterFlag { name, kind: FlagKind::AnyOf, value_name: "FIELD", help } }
}

/// All filters, in the order of the help.
fn filters() -> impl Iterator<Item = Filter> {
    let of_fields = FIELDS.iter().flat_map(|spec| spec.flags.iter().map(|&flag| Filter { field: spec.name, flag }));
    of_fields.chain(PRESENCE)
}

impl Filter {
    /// The flag, for clap.
    fn arg(self) -> Arg {
        let FilterFlag { name, kind, value_name, help } = self.flag;
        let action = if kind == FlagKind::AnyOf { ArgAction::Append } else { ArgAction::Set };
        Arg::new(name).long(name).value_name(value_name).help(help).help_heading(HEADING).action(action)
    }

    /// The condition that a value of the flag stands for.
    fn condition(self, value: &str) -> Result<Node, QueryErrors> {
        parse_flag(self.field, self.flag.kind, value)
    }
}

/// Whether a query has syntax. Without a flag, text that was pasted has none.
#[derive(Debug, Default, Clone, Copy, Args)]
pub(crate) struct SyntaxArgs {
    /// Treat the query as plain text, with no query syntax
    #[arg(long)]
    literal: bool,
    /// Treat the query as one in the query language, even if it looks like pasted text
    #[arg(long = "query", conflicts_with = "literal")]
    as_query: bool,
}

impl SyntaxArgs {
    fn request(self, text: &str) -> rca_index::Result<SearchRequest> {
        match self {
            Self { literal: true, .. } => SearchRequest::literal(text),
            Self { as_query: true, .. } => SearchRequest::parse(text),
            _ => SearchRequest::typed_or_pasted(text),
        }
    }

    /// The request for piped text, which has no syntax unless a flag says so.
    pub(crate) fn request_of_piped(self, text: &str) -> rca_index::Result<SearchRequest> {
        if self.as_query || is_paste(text) { self.request(text) } else { SearchRequest::literal(text) }
    }

    /// Whether the syntax of this request counts.
    pub(crate) fn has_syntax(self, request: &SearchRequest, is_piped: bool) -> bool {
        self.as_query || !(self.literal || request.pasted || is_piped)
    }

    /// Whether no flag says how to read the query.
    pub(crate) fn is_open(self) -> bool {
        !self.literal && !self.as_query
    }
}

/// The filters on the command line.
#[derive(Debug, Default)]
pub(crate) struct FilterArgs {
    /// Filters and their values; comparisons come last.
    given: Vec<(Filter, String)>,
}

impl Args for FilterArgs {
    fn augment_args(command: Command) -> Command {
        command.args(filters().map(Filter::arg))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for FilterArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut filters: Vec<Filter> = filters().collect();
        filters.sort_by_key(|filter| filter.flag.kind != FlagKind::AnyOf);
        let values = |filter: Filter| {
            let values = matches.get_many::<String>(filter.flag.name).unwrap_or_default();
            values.map(move |value| (filter, value.clone()))
        };
        Ok(Self { given: filters.into_iter().flat_map(values).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl FilterArgs {
    /// The request for a query, narrowed by these filters.
    pub(crate) fn request(&self, words: &[String], syntax: SyntaxArgs) -> Result<SearchRequest, Failure> {
        self.request_by(|text| syntax.request(text), words)
    }

    /// The request for a query that is read in this way, narrowed by these filters.
    pub(crate) fn request_by(
        &self,
        read: impl FnOnce(&str) -> rca_index::Result<SearchRequest>,
        words: &[String],
    ) -> Result<SearchRequest, Failure> {
        let text = query_text(words);
        let request = read(&text).map_err(|error| match error {
            Error::Query(errors) => Failure::of_query(&text, errors),
            error => error.into(),
        })?;
        self.given.iter().try_fold(request, |request, (filter, value)| {
            let flag = format!("--{}", filter.flag.name);
            Ok(request.filter(filter.condition(value).map_err(|errors| wrong(&flag, value, &errors))?))
        })
    }

    /// Whether there is any filter.
    pub(crate) fn are_given(&self) -> bool {
        !self.given.is_empty()
    }

    /// Runs a search for a request from these filters. Facets that are neither of the table nor keys of the index are a
    /// failure.
    pub(crate) fn search(&self, index: &Index, request: &SearchRequest) -> Result<SearchResults, Failure> {
        let results = self.ask(request, || index.search(request))?;
        check_facets(index, &results).map(|()| results)
    }

    /// The same with hits that are made as they are taken.
    pub(crate) fn search_hits<'s>(
        &self,
        index: &'s Index,
        request: &'s SearchRequest,
    ) -> Result<(SearchResults, impl Iterator<Item = rca_index::Result<Hit>> + use<'s>), Failure> {
        let (results, hits) = self.ask(request, || index.search_hits(request))?;
        check_facets(index, &results).map(|()| (results, hits))
    }

    /// The same with summaries and snippets alone.
    pub(crate) fn search_passages<'s>(
        &self,
        index: &'s Index,
        request: &'s SearchRequest,
    ) -> Result<(SearchResults, impl Iterator<Item = rca_index::Result<Hit<Summary>>> + use<'s>), Failure> {
        let (results, hits) = self.ask(request, || index.search_passages(request))?;
        check_facets(index, &results).map(|()| (results, hits))
    }

    /// Asks an index for a request from these filters. A filter that the index knows to be wrong is a failure of its flag.
    pub(crate) fn ask<T>(
        &self,
        request: &SearchRequest,
        ask: impl FnOnce() -> rca_index::Result<T>,
    ) -> Result<T, Failure> {
        ask().map_err(|error| match error {
            Error::Query(errors) => self.at_flag(&errors).unwrap_or_else(|| Failure::of_query(&request.text, errors)),
            error => error.into(),
        })
    }

    /// The failure of the flag with a value of which only the index knows that it is wrong: there is no such field, or no
    /// such severity.
    fn at_flag(&self, errors: &QueryErrors) -> Option<Failure> {
        let (QueryErrorKind::UnknownField { name, .. } | QueryErrorKind::NotASeverity(name)) = &errors.0.first()?.kind
        else {
            return None;
        };
        let holds = |value: &str| value.trim_start_matches(['<', '>', '=']).split("..").any(|part| part == name);
        let (filter, value) = self.given.iter().find(|(_, value)| holds(value))?;
        Some(wrong(&format!("--{}", filter.flag.name), value, errors))
    }
}

/// Fails if a facet that was counted is neither of the table nor a key of the index.
fn check_facets(index: &Index, results: &SearchResults) -> Result<(), Failure> {
    match unknown_key(index, results)? {
        None => Ok(()),
        Some((key, known)) => Err(not_a_facet(key, &known)),
    }
}

/// The failure for a facet that is neither of the table nor a key of the index.
fn not_a_facet(key: &str, known: &[String]) -> Failure {
    /// How many of the keys are listed.
    const LISTED: usize = 20;
    let listed = known.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let keys = match known.len() {
        0 => "none".to_owned(),
        count if count > LISTED => format!("{listed} and {} more", count - LISTED),
        _ => listed,
    };
    let fix = format!("the facets are {}; the other keys of front matter here: {keys}", facet_names());
    Failure::usage(format!("`{key}` is not a facet"), fix)
}

/// The failure for an invalid value of a flag.
pub(crate) fn wrong(flag: &str, value: &str, errors: &QueryErrors) -> Failure {
    let reason = errors.0.iter().map(QueryError::reason).collect::<Vec<_>>().join("; ");
    let fix = errors.0.iter().map(QueryError::fix).collect::<Vec<_>>().join("; ");
    Failure::usage(format!("{flag} {value}: {reason}"), fix)
}

#[cfg(test)]
mod tests {
    use rca_index::FieldKind;

    use super::*;

    /// The query that flags on the command line stand for.
    fn narrowed(line: &[&str]) -> String {
        let command = FilterArgs::augment_args(Command::new("search")).no_binary_name(true);
        let arguments = FilterArgs::from_arg_matches(&command.get_matches_from(line)).unwrap();
        arguments.request(&[], SyntaxArgs::default()).unwrap().query.to_string()
    }

    #[test]
    fn every_facet_has_a_flag_of_its_name() {
        for spec in FIELDS.iter().filter(|spec| matches!(spec.kind, FieldKind::Facet(_))) {
            let flag = format!("--{}", spec.name);
            assert_eq!(narrowed(&[&flag, "p1,p2", &flag, "p3"]).matches(spec.name).count(), 2, "{flag}");
        }
    }

    #[test]
    fn flags_are_conditions_on_their_fields() {
        assert_eq!(narrowed(&["--min-duration", "1h", "--max-duration", "2h"]), "duration:>=60 duration:<=120");
        assert_eq!(narrowed(&["--since", "2025", "--tag", "db"]), "tag:db date:>=2025-01-01");
        assert_eq!(narrowed(&["--since", "90d", "--until", "2025-06"]), "date:90d date:<2025-07-01");
        assert_eq!(narrowed(&["--without", "date", "--has", "users"]), "has:users no:date");
    }
}
