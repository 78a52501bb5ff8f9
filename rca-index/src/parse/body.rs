//! The body: everything below the front matter that is no metadata, read from the outline.
//!
//! In: the outline and the kinds of its parts. Out: a `Body`: sections, measures, lists of steps, lessons, actions, links.

use crate::incident::Timestamp;
use crate::incident::squeeze::squeezed;
use crate::incident::{Action, Lessons, Link, Measure, Section, SectionKind};
use crate::parse::actions::read_actions;
use crate::parse::lists::{items, of_kind, read_closing, read_lessons, read_links};
use crate::parse::measures::read_measures;
use crate::parse::outline::{Outline, Part};

/// What a report's body states.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) sections: Vec<Section>,
    pub(crate) measures: Vec<Measure>,
    pub(crate) contributing_factors: Vec<String>,
    pub(crate) resolution_steps: Vec<String>,
    pub(crate) lessons: Lessons,
    pub(crate) actions: Vec<Action>,
    pub(crate) links: Vec<Link>,
    pub(crate) prepared_by: Option<String>,
    pub(crate) prepared_on: Option<Timestamp>,
}

/// Reads the body.
pub(crate) fn read_body(outline: &Outline<'_>, kinds: &[SectionKind]) -> Body {
    let parts = &outline.parts[..];
    let actions = read_actions(of_kind(parts, kinds, SectionKind::Actions));
    let (prepared_by, prepared_on) = read_closing(outline);
    Body {
        sections: sections(parts, kinds),
        measures: read_measures(parts, kinds),
        contributing_factors: of_kind(parts, kinds, SectionKind::RootCause).flat_map(items).collect(),
        resolution_steps: of_kind(parts, kinds, SectionKind::Resolution).flat_map(items).collect(),
        lessons: read_lessons(of_kind(parts, kinds, SectionKind::Lessons)),
        actions,
        links: read_links(outline),
        prepared_by,
        prepared_on,
    }
}

/// The sections of a body, of the kinds of its parts.
pub(super) fn sections(parts: &[Part<'_>], kinds: &[SectionKind]) -> Vec<Section> {
    let section = |(part, &kind): (&Part<'_>, &SectionKind)| {
        let heading = squeezed(&part.heading).into_owned();
        Section { kind, heading, line: part.line, range: part.range.clone() }
    };
    parts.iter().zip(kinds).map(section).collect()
}
