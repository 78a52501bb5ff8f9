//! What was seen like a pasted text, for people: on a terminal, and in Markdown.
//!
//! In: a signal, and what was seen like it. Out: what was understood, how often it was seen and what fixed it, then each hit.

use std::io::{self, Write};

use rca_index::signal::{Part, Signal};
use rca_index::{Action, Fix, FixCount, FixKind, Incident, Judgement, Nearest, Resemblance, Seen, SeenHit};

use crate::location::Location;
use crate::paths::{link_target, slashed};
use crate::quantity::{count, minutes, ordinal, thousands};
use crate::render::text::{FIX_UNKNOWN, place};
use crate::render::{SeenAnswer, human, markdown};
use crate::terminal::{Output, Palette, clean, wrap};

/// How many dates are listed; of more, the first and the last ones.
const DATES: usize = 5;
/// How many words in common and how many open actions of a hit are shown.
const WORDS: usize = 8;
const ACTIONS: usize = 3;
/// How much of a text that was understood is repeated, in characters.
const UNDERSTOOD: usize = 100;
/// The width of what stands before a fact of a hit.
const LABEL: usize = 10;

/// Writes it for people on a terminal.
pub(super) fn for_people(out: &mut Output, location: &Location, answer: &SeenAnswer<'_>) -> io::Result<()> {
    let &SeenAnswer { signal, seen, show_signal } = answer;
    let Palette { dim, title, .. } = out.palette;
    for line in wrap(&clean(&understood(signal)), out.width) {
        writeln!(out, "{dim}{line}{dim:#}")?;
    }
    if show_signal {
        parts(signal).iter().try_for_each(|part| writeln!(out, "  {dim}{}{dim:#}", clean(part)))?;
        writeln!(out)?;
    }
    for line in wrap(&clean(&verdict(seen)), out.width) {
        writeln!(out, "{title}{line}{title:#}")?;
    }
    for runbook in signal.runbooks.iter().map(|part| &part.text) {
        writeln!(out, "Runbook: {}", clean(runbook))?;
    }
    for hit in &seen.hits {
        writeln!(out)?;
        hit_for_people(out, location, hit)?;
    }
    Ok(())
}

fn hit_for_people(out: &mut Output, location: &Location, hit: &SeenHit) -> io::Result<()> {
    let incident = &hit.incident;
    human::leveled_title(out, hit.resemblance.name(), &incident.title.value)?;
    human::fact_line(out, &incident.into())?;
    fixed_by_line(out, location, &incident.path, hit.fix.as_ref())?;
    labeled(out, "because", &seen_in_common(hit))?;
    for text in actions(hit) {
        labeled(out, "open", &text)?;
    }
    for runbook in hit.runbooks() {
        labeled(out, "runbook", &runbook.target)?;
    }
    Ok(())
}

/// Writes what fixed an incident, and where its report says so.
pub(super) fn fixed_by_line(out: &mut Output, location: &Location, report: &str, fix: Option<&Fix>) -> io::Result<()> {
    labeled(out, "fixed by", fix.map_or(FIX_UNKNOWN, |fix| &fix.text))?;
    let kind = fix.and_then(|fix| fix.kind).map(|kind| format!("{}  ", kind.label())).unwrap_or_default();
    let at = place(out, location, report, fix.and_then(|fix| fix.line));
    let dim = out.palette.dim;
    writeln!(out, "  {:LABEL$}{dim}{kind}{at}{dim:#}", "")
}

/// Writes a fact of a hit behind its label.
pub(super) fn labeled(out: &mut Output, label: &str, text: &str) -> io::Result<()> {
    let dim = out.palette.dim;
    for (nth, line) in wrap(&clean(text), out.width.saturating_sub(LABEL + 2)).iter().enumerate() {
        let label = if nth == 0 { label } else { "" };
        writeln!(out, "  {dim}{label:LABEL$}{dim:#}{line}")?;
    }
    Ok(())
}

/// Writes it in Markdown.
pub(super) fn in_markdown(out: &mut Output, location: &Location, answer: &SeenAnswer<'_>) -> io::Result<()> {
    let &SeenAnswer { signal, seen, show_signal } = answer;
    let escape = |text: &str| markdown::escape(&clean(text));
    writeln!(out, "{}\n", escape(&understood(signal)))?;
    if show_signal {
        parts(signal).iter().try_for_each(|part| writeln!(out, "- {}", escape(part)))?;
        writeln!(out)?;
    }
    writeln!(out, "**{}**", escape(&verdict(seen)))?;
    for runbook in &signal.runbooks {
        writeln!(out, "\nRunbook: {}", escape(&runbook.text))?;
    }
    for (nth, hit) in seen.hits.iter().enumerate() {
        let incident = &hit.incident;
        head_in_markdown(out, location, nth, hit.resemblance.name(), incident)?;
        writeln!(out, "   - fixed by: {}", fix_in_markdown(location, &incident.path, hit.fix.as_ref()))?;
        writeln!(out, "   - because: {}", escape(&seen_in_common(hit)))?;
        actions(hit).iter().try_for_each(|action| writeln!(out, "   - open: {}", escape(action)))?;
        hit.runbooks().try_for_each(|link| writeln!(out, "   - runbook: {}", escape(&link.target)))?;
    }
    Ok(())
}

/// Writes the number, the level, the title with a link and the facts of a hit.
pub(super) fn head_in_markdown(
    out: &mut Output,
    location: &Location,
    nth: usize,
    level: &str,
    incident: &Incident,
) -> io::Result<()> {
    let escape = |text: &str| markdown::escape(&clean(text));
    let target = link_target(&location.path_of(&incident.path));
    let newline = if nth == 0 { "\n" } else { "" };
    write!(out, "{newline}{}. {level}: [{}](<{target}>)", nth + 1, escape(&incident.title.value))?;
    let facts = [
        incident.date.as_ref().map(|date| date.value.day().to_string()),
        incident.severity.as_ref().map(|severity| severity.value.name.clone()),
        (!incident.services.is_empty()).then(|| incident.services.join(", ")),
        incident.duration.as_ref().map(|duration| minutes(duration.value)),
    ];
    facts.iter().flatten().try_for_each(|fact| write!(out, " · {}", escape(fact)))?;
    writeln!(out)
}

/// What fixed an incident, and where its report says so, in Markdown.
pub(super) fn fix_in_markdown(location: &Location, report: &str, fix: Option<&Fix>) -> String {
    let Some(fix) = fix else { return FIX_UNKNOWN.to_owned() };
    let line = fix.line.map(|line| format!(":{line}")).unwrap_or_default();
    let path = location.path_of(report);
    let at = markdown::code(&clean(&format!("{}{line}", slashed(&path))));
    format!("{} ({at})", markdown::escape(&clean(&fix.text)))
}

/// What was understood, in one line: `alertmanager: DiskFull · the disk of the collector is full · service log-collector`.
fn understood(signal: &Signal) -> String {
    let list = |parts: &[Part]| {
        let mut texts: Vec<&str> = Vec::new();
        parts.iter().filter(|part| !part.text.is_empty()).for_each(|part| {
            if !texts.contains(&part.text.as_str()) {
                texts.push(&part.text);
            }
        });
        (!texts.is_empty()).then(|| texts.join(", "))
    };
    let heaviest = signal.text.iter().filter(|part| !part.text.trim().is_empty());
    let message = heaviest.reduce(|best, next| if next.weight > best.weight { next } else { best });
    let found = [
        list(&signal.names),
        list(&signal.errors),
        message.map(|part| part.text.split_whitespace().collect::<Vec<_>>().join(" ")),
        list(&signal.services).map(|services| format!("service {services}")),
        signal.at.map(|at| at.to_string()),
    ];
    let found: Vec<String> = found.into_iter().flatten().map(|text| shortened(&text)).collect();
    let kind = signal.kind.name();
    if found.is_empty() { format!("{kind}: nothing to look for") } else { format!("{kind}: {}", found.join(" · ")) }
}

/// The first characters of a text.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(UNDERSTOOD).collect();
    if short.len() < text.len() {
        short.truncate(short.trim_end().len());
        short.push('…');
    }
    short
}

/// Each part of a signal, with its weight and line.
fn parts(signal: &Signal) -> Vec<String> {
    let part = |what: &str, part: &Part| format!("{what:<8} x{:<4} line {:<4} {}", part.weight, part.line, part.text);
    let groups = [
        ("name", &signal.names),
        ("error", &signal.errors),
        ("service", &signal.services),
        ("text", &signal.text),
        ("runbook", &signal.runbooks),
    ];
    let labels = signal.labels.iter().map(|label| part("label", &label.value) + &format!(" ({})", label.name));
    groups.iter().flat_map(|(what, parts)| parts.iter().map(|found| part(what, found))).chain(labels).collect()
}

/// `Seen 3 times: 2023-01-02, 2024-05-06, last 2025-02-03. Fixed by: scaled (2), hot fix (1)`
fn verdict(seen: &Seen) -> String {
    let times = match (seen.judgement, seen.times_seen) {
        (Judgement::Nothing, _) => return nothing(seen.incidents, seen.nearest.as_ref()),
        (Judgement::Like, _) => {
            let are = if seen.like == 1 { "is" } else { "are" };
            format!("Not seen before, but {} {are} like it", count(seen.like, "incident"))
        }
        (_, 1) => "Seen once".to_owned(),
        (_, times) if times == Seen::MOST => format!("Seen at least {times} times"),
        (_, times) => format!("Seen {} times", thousands(times)),
    };
    let days: Vec<String> = seen.dates.iter().map(|date| date.day().to_string()).collect();
    let (skipped, shown) = match &days[..] {
        [first, .., a, b, c] if days.len() > DATES => (true, vec![first.clone(), a.clone(), b.clone(), c.clone()]),
        all => (false, all.to_vec()),
    };
    let dates = match &shown[..] {
        [] => String::new(),
        [only] => format!(": {only}"),
        [earlier @ .., last] => {
            let (first, rest) = earlier.split_at(1);
            let dots = if skipped { vec!["…".to_owned()] } else { Vec::new() };
            let listed: Vec<String> = first.iter().cloned().chain(dots).chain(rest.iter().cloned()).collect();
            format!(": {}, last {last}", listed.join(", "))
        }
    };
    // Beyond what is counted, nobody knows which time it is.
    let counted = seen.judgement == Judgement::Seen && seen.times_seen < Seen::MOST;
    let next = if counted { format!("; this would be the {}", ordinal(seen.times_seen + 1)) } else { String::new() };
    let fixed = fixed_by(&seen.fixes, seen.fixes_unknown).map(|fixed| format!(". {fixed}")).unwrap_or_default();
    format!("{times}{dates}{next}{fixed}")
}

/// What fixed incidents, by kind; `None` where the words of their reports tell no kind.
pub(super) fn fixed_by(fixes: &[FixCount], unknown: usize) -> Option<String> {
    if fixes.is_empty() {
        let who = if unknown == 1 { "The report does not say" } else { "No report says" };
        return Some(format!("{who} what fixed it"));
    }
    if fixes.iter().all(|fix| fix.kind.is_none()) {
        return None;
    }
    let kind = |fix: &FixCount| format!("{} ({})", fix.kind.map_or("another way", FixKind::label), fix.count);
    let fixes = fixes.iter().map(kind).collect::<Vec<_>>().join(", ");
    let unknown = if unknown == 0 { String::new() } else { format!("; unknown ({unknown})") };
    Some(format!("Fixed by: {fixes}{unknown}"))
}

/// `Nothing like it in 66 incidents (nearest: Disk full, 2 of 9 words)`
pub(super) fn nothing(incidents: usize, nearest: Option<&Nearest>) -> String {
    let nearest = nearest.map(|nearest| {
        format!(" (nearest: {}, {} of {} words)", shortened(&nearest.title), nearest.words, nearest.of_words)
    });
    format!("Nothing like it in {}{}", count(incidents, "incident"), nearest.unwrap_or_default())
}

/// `lag, consumer, orders: 9 of 12 words`
fn seen_in_common(hit: &SeenHit) -> String {
    let chance = if hit.resemblance == Resemblance::Weak { ", which any text may have" } else { "" };
    in_common(&hit.words, hit.of_words) + chance
}

/// The first words that two texts have in common, and how many.
pub(super) fn in_common(words: &[String], of_words: usize) -> String {
    let first: Vec<&str> = words.iter().take(WORDS).map(String::as_str).collect();
    let more = if words.len() > WORDS { " …" } else { "" };
    format!("{}{more}: {} of {of_words} words", first.join(", "), words.len())
}

/// An action with its owner and due date.
pub(super) fn action_text(action: &Action) -> String {
    // Many reports name the owner in the text.
    let owner = action.owner.clone().filter(|owner| !action.text.contains(owner.as_str()));
    let details = [owner, action.due.map(|due| format!("due {due}"))];
    let details: Vec<String> = details.into_iter().flatten().collect();
    if details.is_empty() { action.text.clone() } else { format!("{} ({})", action.text, details.join(", ")) }
}

/// The first open actions of a hit, and how many more there are.
fn actions(hit: &SeenHit) -> Vec<String> {
    let mut texts: Vec<String> = hit.open_actions().map(action_text).collect();
    let more = texts.len().saturating_sub(ACTIONS);
    if more > 0 {
        texts.truncate(ACTIONS);
        texts.push(format!("and {}", count(more, "more open action")));
    }
    texts
}
