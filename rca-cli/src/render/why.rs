//! Why: each fact of an incident beside the line that states it.

use std::io::{self, Write};

use rca_index::Incident;
use rca_index::wire::stated_facts;

use crate::location::Location;
use crate::render::text::place;
use crate::terminal::{Output, clean};

/// A line a fact: its name, its value, `path:line`, and the text of that line.
pub(crate) fn facts(out: &mut Output, location: &Location, incident: &Incident) -> io::Result<()> {
    /// In columns; a longer value or line is cut.
    const LONGEST: usize = 60;
    let lines: Vec<&str> = incident.source.lines().collect();
    let path = location.path_of(&incident.path);
    let path = clean(&path.to_string_lossy()).into_owned();
    for fact in stated_facts(incident) {
        let value = cut(&clean(&fact.value), LONGEST);
        let kind = serde_json::to_value(fact.place.kind).unwrap_or_default();
        let (at, text) = match fact.place.line {
            Some(line) => {
                let text = lines.get(line as usize - 1).copied().unwrap_or_default();
                (place(out, location, &incident.path, Some(line)), text)
            }
            None => (format!("{path} ({})", kind.as_str().unwrap_or_default()), ""),
        };
        let text = cut(clean(text).trim(), LONGEST);
        writeln!(out, "{}", format!("{:<24}  {value}  {at}  {text}", fact.name).trim_end())?;
    }
    Ok(())
}

/// At most so many characters of a text, and an ellipsis for the rest.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most - 1).chain(['…']).collect() }
}
