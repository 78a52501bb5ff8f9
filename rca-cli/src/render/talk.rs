//! Talk: what is printed on stderr beside results, decided here for all formats.
//!
//! In: results of the library. Out: messages for people, unless the format prints the same as part of its results.

use rca_index::signal::UnreadReason;
use rca_index::{
    CheckReport, FailedCount, Level, LinkFilter, Match, ReportProblem, SearchRequest, SearchResults, SearchWork,
    Similar, UnknownValue, UpdateReport,
};

use crate::context::Context;
use crate::location::Location;
use crate::quantity::{MOST_LISTED, count, thousands};
use crate::render::text::{ignored, problem, some_of};
use crate::render::{RecurringAnswer, SeenAnswer};
use crate::terminal::clean;

/// What a format prints on stderr beside its results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Talk {
    /// That matches are partial, and what else was searched for because no incident contains a word.
    pub(crate) feedback: bool,
    /// That the last hits are partial matches, for results that cannot mark them.
    pub(crate) partial: bool,
    /// How many incidents match and how long the search took; if there are none, why.
    pub(crate) counts: bool,
    /// The number of problems that a check found.
    pub(crate) problem_counts: bool,
    /// The problems that an update found. The summary of the update is for people too, so `--quiet` omits it.
    pub(crate) problems: bool,
}

/// How many hits were shown, and how many of them are partial matches.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct ShownHits {
    hits: usize,
    partial: usize,
}

impl ShownHits {
    /// Counts a hit.
    pub(crate) fn add(&mut self, matched: Match) {
        self.hits += 1;
        self.partial += usize::from(matched == Match::Some);
    }
}

impl Talk {
    /// For results that include all of it.
    pub(crate) const NOTHING: Self =
        Self { feedback: false, partial: false, counts: false, problem_counts: false, problems: false };
    /// For results that are plain data.
    pub(crate) const FEEDBACK: Self = Self { feedback: true, ..Self::NOTHING };
    /// For results that people read on a terminal.
    pub(crate) const EVERYTHING: Self =
        Self { feedback: true, counts: true, problem_counts: true, problems: true, ..Self::NOTHING };

    /// Talk after the hits of a search, of which so many were shown.
    pub(crate) fn after_search(
        self,
        context: &mut Context,
        request: &SearchRequest,
        results: &SearchResults,
        shown: ShownHits,
    ) {
        if self.feedback {
            feedback(context, request, results);
        }
        let ShownHits { hits, partial: some } = shown;
        if self.partial && some > 0 && !results.relaxed {
            let hits = count(hits, "hit");
            context.say(format_args!("rca: {hits}; the last {some} have some of the words only; --strict omits them"));
        }
        if self.counts {
            hit_counts(context, request, results, shown);
        }
        if self.counts && request.explain {
            work(context, results.work);
        }
        not_taken_in(context, results.failed);
        context.detail(format_args!("rca: interpreted as {}", clean(&results.interpreted)));
    }

    /// Talk after what was seen like a pasted text.
    pub(crate) fn after_seen(self, context: &mut Context, answer: &SeenAnswer<'_>) {
        let seen = answer.seen;
        if self.feedback {
            for unread in &answer.signal.unread {
                let bytes = thousands(unread.range.len());
                match unread.reason {
                    UnreadReason::TooDeep => {
                        context
                            .say(format_args!("rca: {bytes} bytes of JSON are nested too deeply, and were not read"));
                    }
                    _ => {
                        let read = thousands(unread.range.start);
                        context.say(format_args!("rca: the text is too long; its first {read} bytes were read"));
                    }
                }
            }
            seen.cuts.iter().for_each(|cut| context.say(format_args!("rca: {cut}")));
        }
        if self.counts {
            seen.unknown_values.iter().take(MOST_LISTED).for_each(|unknown| unknown_value(context, unknown));
            let more = seen.like.saturating_sub(seen.hits.len());
            if more > 0 {
                let n = seen.like;
                context.say(format_args!("rca: {} more like it; -n {n} shows all", thousands(more)));
            }
        }
        not_taken_in(context, seen.failed);
        context.detail(format_args!("rca: interpreted as {}", clean(&seen.interpreted)));
    }

    /// Talk after what happened again.
    pub(crate) fn after_recurring(self, context: &mut Context, answer: &RecurringAnswer<'_>) {
        let recurring = answer.recurring;
        if self.feedback {
            recurring.cuts.iter().for_each(|cut| context.say(format_args!("rca: {cut}")));
            if recurring.looked_at < recurring.matching {
                let (looked_at, all) = (thousands(recurring.looked_at), count(recurring.matching, "incident"));
                context.say(format_args!(
                    "rca: the latest {looked_at} of {all} were looked at; a query or --since narrows it"
                ));
            }
        }
        if self.counts {
            recurring.unknown_values.iter().take(MOST_LISTED).for_each(|unknown| unknown_value(context, unknown));
            let more = answer.total.saturating_sub(recurring.clusters.len());
            if more > 0 {
                context.say(format_args!("rca: {} more; -n {} shows all", thousands(more), answer.total));
            }
            let seconds = recurring.took.as_secs_f64();
            let (looked_at, total) = (count(recurring.looked_at, "incident"), thousands(answer.total));
            context.say(format_args!("{total} recurring in {looked_at}, in {seconds:.1} s"));
        }
        not_taken_in(context, recurring.failed);
        context.detail(format_args!("rca: interpreted as {}", clean(&recurring.interpreted)));
    }

    /// Talk after the incidents like an incident.
    pub(crate) fn after_similar(self, context: &mut Context, similar: &Similar) {
        if self.feedback {
            similar.cuts.iter().for_each(|cut| context.say(format_args!("rca: {cut}")));
        }
        if self.counts {
            similar.unknown_values.iter().take(MOST_LISTED).for_each(|unknown| unknown_value(context, unknown));
            let more = similar.like.saturating_sub(similar.hits.len());
            if more > 0 && similar.links == LinkFilter::Any {
                let n = similar.like;
                context.say(format_args!("rca: {} more like it; -n {n} shows all", thousands(more)));
            }
        }
        not_taken_in(context, similar.failed);
        context.detail(format_args!("rca: interpreted as {}", clean(&similar.interpreted)));
    }

    /// Talk after facet counts.
    pub(crate) fn after_facets(self, context: &mut Context, results: &SearchResults) {
        if self.counts {
            let counted = if results.relaxed { results.total_some } else { results.total };
            context.say(format_args!("counted over {}", count(counted, "incident")));
        }
        not_taken_in(context, results.failed);
    }

    /// Talk before the summary of an update.
    pub(crate) fn before_update(self, context: &mut Context, location: &Location, report: &UpdateReport) {
        if !self.problems {
            return;
        }
        let verbose = context.global.verbose;
        let told = |found: &&ReportProblem| verbose || found.problem.level() == Level::Error;
        let mut told: Vec<&ReportProblem> = report.problems.iter().filter(told).collect();
        // What is missing from the index comes before what is wrong in it.
        told.sort_by_key(|found| (!found.problem.kind.keeps_out(), found.problem.level() != Level::Error));
        for found in told.iter().take(MOST_LISTED) {
            context.say(format_args!("{}", problem(location, found)));
        }
        say_more(context, told.len(), "`rca check` lists all");
        if report.kept > 0 {
            let (kept, are) = (count(report.kept, "report"), if report.kept == 1 { "is" } else { "are" });
            context.say(format_args!("rca: {kept} cannot be read now, and {are} as an earlier update read them"));
        }
        if report.lost > 0 {
            let (lost, were) = (count(report.lost, "report"), if report.lost == 1 { "was" } else { "were" });
            context.say(format_args!(
                "rca: {lost} that {were} in the index before cannot be read now, and {} gone from it until an update can read them",
                if report.lost == 1 { "is" } else { "are" }
            ));
        }
        if !report.left_out.is_empty() {
            context.say(format_args!("rca: {}", left_out_text(report.left_out.len())));
        }
        if !report.hidden.is_empty() {
            let (hidden, ids) = (count(report.hidden.len(), "upserted incident"), some_of(&report.hidden));
            context.say(format_args!("rca: {hidden} hidden by a report with the same id, and kept: {ids}"));
        }
        if !report.ignored.is_empty() {
            let ignored = ignored(&report.ignored);
            context.say(format_args!("rca: ignored: {ignored}; `include` in rca.toml takes them in"));
        }
        let warnings = of_level(&report.problems, Level::Warning);
        if warnings > 0 && !verbose {
            context.say(format_args!("rca: {}; `rca check` lists them", count(warnings, "warning")));
        }
    }

    /// Talk after a search that found nothing, in an archive where files were left out.
    pub(crate) fn after_nothing_found(self, context: &mut Context, left_out: usize) {
        if self.counts && left_out > 0 {
            context.say(format_args!("rca: {}", left_out_text(left_out)));
        }
    }

    /// Whether the summary of an update is omitted.
    pub(crate) fn omits_update(self, context: &Context) -> bool {
        self.problems && context.global.quiet
    }

    /// Talk after the problems that a check found.
    pub(crate) fn after_check(self, context: &mut Context, report: &CheckReport) {
        if self.problem_counts {
            let [errors, warnings] = [Level::Error, Level::Warning].map(|level| of_level(&report.problems, level));
            let (errors, warnings) = (count(errors, "error"), count(warnings, "warning"));
            context.say(format_args!("{errors}, {warnings} in {}", count(report.reports, "report")));
        }
    }
}

/// How many files and folders are missing from the index, whatever the format: nobody finds what is in them.
fn not_taken_in(context: &mut Context, failed: FailedCount) {
    let parts = [(failed.files, "file"), (failed.folders, "folder")];
    let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| count(*n, what)).collect();
    if !parts.is_empty() {
        context.say(format_args!("rca: {} could not be taken in; `rca index` names them", parts.join(" and ")));
    }
}

/// Says how many there are beside those that were listed.
fn say_more(context: &mut Context, all: usize, how: &str) {
    if all > MOST_LISTED {
        context.say(format_args!("rca: and {} more; {how}", thousands(all - MOST_LISTED)));
    }
}

/// How many files were left out, and how to see which.
fn left_out_text(files: usize) -> String {
    let are = if files == 1 { "is not a report and was" } else { "are not reports and were" };
    format!("{} {are} left out; `rca check --not-reports` says why", count(files, "file"))
}

/// The number of problems of a level.
pub(super) fn of_level(problems: &[ReportProblem], level: Level) -> usize {
    problems.iter().filter(|found| found.problem.level() == level).count()
}

/// How the query was read, if not as it was given, and how it was changed because no incident contains all of its words.
fn feedback(context: &mut Context, request: &SearchRequest, results: &SearchResults) {
    let is_weighted = request.weighted.is_some();
    if request.pasted {
        let any = if is_weighted { ": the words that say most, of which any suffices" } else { "" };
        context.say(format_args!("rca: read as pasted text, without syntax{any}; --query reads it as a query"));
    }
    if request.cut {
        let bytes = request.text.len();
        context.say(format_args!("rca: the text is too long; searched for its first {bytes} bytes"));
    }
    for cut in &results.cuts {
        context.say(format_args!("rca: {cut}"));
    }
    if results.relaxed && !is_weighted {
        context.say(format_args!("rca: no incident contains all of these words; showing partial matches"));
    }
    for suggestion in results.suggestions.iter().take(MOST_LISTED) {
        let meant = suggestion.meant.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        context.say(format_args!(
            "rca: no incident contains `{}`; also searched for {}",
            clean(&suggestion.typed),
            clean(&meant)
        ));
    }
    say_more(context, results.suggestions.len(), "--format json has all");
}

fn hit_counts(
    context: &mut Context,
    request: &SearchRequest,
    results: &SearchResults,
    ShownHits { hits, partial: some }: ShownHits,
) {
    let took = results.took.as_secs_f64() * 1000.0;
    let total = count(results.total, "incident");
    match hits {
        _ if !results.unknown_values.is_empty() => {
            results.unknown_values.iter().take(MOST_LISTED).for_each(|unknown| unknown_value(context, unknown));
            say_more(context, results.unknown_values.len(), "--format json has all");
        }
        _ if results.total + results.total_some == 0 && request.weighted.is_some() => {
            let words = if request.relax { "any" } else { "all" };
            context.say(format_args!("rca: no incident has {words} of these words; try other words or fewer filters"));
        }
        _ if results.total + results.total_some == 0 => {
            let query = clean(&results.interpreted);
            context.say(format_args!("rca: no incident matches {query}; try fewer words or filters"));
        }
        hits => {
            let shown = |shown: usize, total: String, all: usize| {
                if shown < all { format!("{} of {total}", thousands(shown)) } else { total }
            };
            let full = shown(hits - some, total, results.total);
            let partial = || shown(some, count(results.total_some, "partial match"), results.total_some);
            let text = match (results.relaxed, some) {
                (true, _) => partial(),
                (false, 0) => full,
                (false, _) => format!("{full}, {}", partial()),
            };
            context.say(format_args!("{text} in {took:.1} ms"));
        }
    }
}

/// What a search read.
fn work(context: &mut Context, work: SearchWork) {
    let [postings, positions] = [(work.postings, "posting"), (work.positions, "position")]
        .map(|(n, what)| count(usize::try_from(n).unwrap_or(usize::MAX), what));
    let reports = count(usize::try_from(work.reports).unwrap_or(usize::MAX), "report");
    context.say(format_args!("rca: {postings} read, {positions} decoded, {reports} parsed"));
}

/// A value that the query asks for and no incident has.
fn unknown_value(context: &mut Context, unknown: &UnknownValue) {
    let facet = unknown.facet.name();
    let fix = match &unknown.meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("`rca facets {facet}` lists the values"),
    };
    context.say(format_args!("rca: no incident has the {facet} `{}`; {}", clean(&unknown.value), clean(&fix)));
}
