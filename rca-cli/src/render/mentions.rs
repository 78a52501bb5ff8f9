//! The incidents that link to one that is shown, for people.
//!
//! In: an incident, and the index that knows who links to it. Out: a title, date and path each, the newest first.

use std::io::Write as _;

use rca_index::SearchRequest;

use crate::failure::Failure;
use crate::location::Location;
use crate::quantity::thousands;
use crate::render::IncidentAnswer;
use crate::render::text::place;
use crate::terminal::{Output, Palette, clean, wrap};

/// How many are listed.
const MOST: usize = 10;

/// Writes the list, if it is not empty and no section is asked for by itself.
pub(super) fn for_people(out: &mut Output, location: &Location, answer: &IncidentAnswer<'_>) -> Result<(), Failure> {
    if !answer.sections.is_empty() {
        return Ok(());
    }
    let found = answer.index.search_summaries(&SearchRequest::linking_to(&answer.incident.id).limit(MOST))?;
    if found.total == 0 {
        return Ok(());
    }
    let Palette { title: bold, dim, .. } = out.palette;
    writeln!(out, "\n{bold}Mentioned in{bold:#}")?;
    for summary in found.hits.iter().map(|hit| &hit.incident) {
        for line in wrap(&clean(&summary.title), out.width.saturating_sub(2)) {
            writeln!(out, "  {line}")?;
        }
        let date = summary.date.map(|date| format!("{}  ", date.day())).unwrap_or_default();
        let place = if summary.path.is_empty() {
            clean(&summary.id).into_owned()
        } else {
            place(out, location, &summary.path, None)
        };
        writeln!(out, "    {dim}{date}{place}{dim:#}")?;
    }
    if found.total > found.hits.len() {
        let more = thousands(found.total - found.hits.len());
        writeln!(out, "  {dim}and {more} more; `rca search` lists them: {}{dim:#}", clean(&found.interpreted))?;
    }
    Ok(())
}
