//! The incidents like an incident, for people: on a terminal, and in Markdown.
//!
//! In: an incident, and what was found to be like it. Out: how many there are, then each with its level, its links, and why.

use std::io::{self, Write};

use rca_index::{LinkFilter, Similar, SimilarHit, SimilarLevel};

use crate::location::Location;
use crate::quantity::count;
use crate::render::seen::{fix_in_markdown, fixed_by_line, head_in_markdown, in_common, labeled, nothing};
use crate::render::text::place;
use crate::render::{SimilarAnswer, human, markdown};
use crate::terminal::{Output, Palette, clean, wrap};

/// Writes it for people on a terminal.
pub(super) fn for_people(out: &mut Output, location: &Location, answer: &SimilarAnswer<'_>) -> io::Result<()> {
    let &SimilarAnswer { incident, similar, explain } = answer;
    let Palette { dim, title, .. } = out.palette;
    for line in wrap(&clean(&incident.title.value), out.width) {
        writeln!(out, "{dim}{line}{dim:#}")?;
    }
    for line in wrap(&clean(&verdict(similar)), out.width) {
        writeln!(out, "{title}{line}{title:#}")?;
    }
    for hit in &similar.hits {
        writeln!(out)?;
        human::leveled_title(out, &level(hit), &hit.incident.title.value)?;
        human::fact_line(out, &(&hit.incident).into())?;
        fixed_by_line(out, location, &hit.incident.path, hit.fix.as_ref())?;
        labeled(out, "because", &because(hit))?;
        for (text, report, line) in links(hit, &incident.path) {
            labeled(out, "link", text)?;
            let at = place(out, location, report, Some(line));
            writeln!(out, "            {dim}{at}{dim:#}")?;
        }
        let explanation = if explain { hit.explanation.to_string() } else { String::new() };
        explanation.lines().try_for_each(|line| writeln!(out, "    {dim}{}{dim:#}", clean(line)))?;
    }
    Ok(())
}

/// Writes it in Markdown.
pub(super) fn in_markdown(out: &mut Output, location: &Location, answer: &SimilarAnswer<'_>) -> io::Result<()> {
    let &SimilarAnswer { incident, similar, explain } = answer;
    let escape = |text: &str| markdown::escape(&clean(text));
    writeln!(out, "{}\n\n**{}**", escape(&incident.title.value), escape(&verdict(similar)))?;
    for (nth, hit) in similar.hits.iter().enumerate() {
        head_in_markdown(out, location, nth, &level(hit), &hit.incident)?;
        writeln!(out, "   - fixed by: {}", fix_in_markdown(location, &hit.incident.path, hit.fix.as_ref()))?;
        writeln!(out, "   - because: {}", escape(&because(hit)))?;
        for (text, report, line) in links(hit, &incident.path) {
            let at = format!("{}:{line}", location.path_of(report).to_string_lossy());
            writeln!(out, "   - link: {text} ({})", markdown::code(&clean(&at)))?;
        }
        if explain {
            let explanation = hit.explanation.to_string();
            explanation.lines().try_for_each(|line| writeln!(out, "   - {}", escape(line)))?;
        }
    }
    Ok(())
}

/// `near duplicate, linked`
pub(super) fn level(hit: &SimilarHit) -> String {
    let linked = if hit.linked.is_some() { ", linked" } else { "" };
    format!("{}{linked}", hit.level.label())
}

/// `4 incidents are like it`
fn verdict(similar: &Similar) -> String {
    let shown = similar.hits.iter().filter(|hit| hit.level != SimilarLevel::Weak).count();
    let are = |n: usize| if n == 1 { "is" } else { "are" };
    match similar.links {
        LinkFilter::Linked if similar.is_nothing() => {
            "No incident with anything in common is linked with it".to_owned()
        }
        LinkFilter::Linked => {
            let n = similar.hits.len();
            format!("{} {} linked with it", count(n, "incident"), are(n))
        }
        _ if similar.like == 0 => nothing(similar.incidents, similar.nearest.as_ref()),
        LinkFilter::Unlinked if shown == 0 => "Nothing like it that is not linked with it already".to_owned(),
        LinkFilter::Unlinked => format!("{} like it {} not linked with it", count(shown, "incident"), are(shown)),
        LinkFilter::Any => format!("{} {} like it", count(similar.like, "incident"), are(similar.like)),
    }
}

/// What the two have in common.
fn because(hit: &SimilarHit) -> String {
    let service = if hit.services.len() == 1 { "service" } else { "services" };
    let services = (!hit.services.is_empty()).then(|| format!("{service} {}", hit.services.join(", ")));
    let same_day = hit.same_day.then(|| "the same day".to_owned());
    let wording =
        (hit.level == SimilarLevel::NearDuplicate).then(|| format!("{:.0} % of the wording", 100.0 * hit.wording));
    let chance = (hit.level == SimilarLevel::Weak).then(|| "which any report may have".to_owned());
    let words = in_common(&hit.words, hit.of_words);
    let parts = [Some(words), chance, services, same_day, wording];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// The links between a hit and the report that was asked with: what links to what, in which report and line.
fn links<'a>(hit: &'a SimilarHit, asked: &'a str) -> impl Iterator<Item = (&'static str, &'a str, u32)> {
    let [to, from] = hit.linked.map(|linked| [linked.to, linked.from]).unwrap_or_default();
    let to = to.map(|line| ("this report links to it", asked, line));
    let from = from.map(|line| ("it links to this report", hit.incident.path.as_str(), line));
    to.into_iter().chain(from)
}
