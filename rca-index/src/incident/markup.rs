//! Markup: what of a report's source a reader does not see as it is written.
//!
//! In: stretches of the source and what is seen in their place. Out: the text that is searched and quoted. It has the lines of
//! the source, so that a line number means the same in both.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Incident, Section};

/// A stretch of the source that is markup: a link's target, a tag, an entity, a soft hyphen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Markup {
    /// Bytes of the source.
    pub range: Range<usize>,
    /// What a reader sees in its place; mostly nothing. It has the line breaks of the stretch.
    pub shown: String,
}

impl Markup {
    /// Markup that is seen as `shown`. Line breaks of the stretch that are missing there are added.
    pub(crate) fn new(source: &str, range: Range<usize>, mut shown: String) -> Self {
        let breaks = |text: &str| text.bytes().filter(|&b| b == b'\n').count();
        let wanted = source.get(range.clone()).map_or(0, breaks);
        (breaks(&shown)..wanted).for_each(|_| shown.push('\n'));
        Self { range, shown }
    }
}

/// A text in sections: all of a report that is searched and quoted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text<'a> {
    pub(crate) source: Cow<'a, str>,
    pub(crate) sections: Cow<'a, [Section]>,
    pub(crate) markup: Cow<'a, [Markup]>,
}

impl Text<'_> {
    /// A section as it stands in the source.
    pub(crate) fn section_text(&self, section: &Section) -> &str {
        self.source.get(section.range.clone()).unwrap_or_default()
    }

    /// A section as a reader sees it, line by line.
    pub(crate) fn visible_text(&self, section: &Section) -> Cow<'_, str> {
        visible(&self.source, &self.markup, section.range.clone())
    }
}

impl Incident {
    /// The text of this incident.
    pub(crate) fn text(&self) -> Text<'_> {
        let Self { source, sections, markup, .. } = self;
        Text { source: source.into(), sections: sections.into(), markup: markup.into() }
    }

    /// The text of one of this incident's sections, as it stands in the report.
    ///
    /// # Examples
    /// ```
    /// use rca_index::parse::{ParseOptions, parse_report};
    ///
    /// let text = "# Queue\n\n## Root Cause\n\nSee [the graph](https://graphs.example/1).\n".to_owned();
    /// let incident = parse_report("queue.md", text, &ParseOptions::default()).incident;
    /// let cause = incident.sections.last().expect("a section");
    /// assert!(incident.section_text(cause).contains("[the graph](https://graphs.example/1)"));
    /// ```
    pub fn section_text(&self, section: &Section) -> &str {
        self.source.get(section.range.clone()).unwrap_or_default()
    }

    /// The text of one of this incident's sections as a reader sees it, line by line: this is what is searched.
    ///
    /// # Examples
    /// ```
    /// use rca_index::parse::{ParseOptions, parse_report};
    ///
    /// let text = "# Queue\n\n## Root Cause\n\nSee [the graph](https://graphs.example/1).\n".to_owned();
    /// let incident = parse_report("queue.md", text, &ParseOptions::default()).incident;
    /// let cause = incident.sections.last().expect("a section");
    /// assert_eq!(incident.visible_text(cause).trim(), "See the graph.");
    /// ```
    pub fn visible_text(&self, section: &Section) -> Cow<'_, str> {
        visible(&self.source, &self.markup, section.range.clone())
    }

    /// The whole text as a reader sees it.
    #[cfg(test)]
    pub(crate) fn visible_source(&self) -> Cow<'_, str> {
        visible(&self.source, &self.markup, 0..self.source.len())
    }

    /// The length in bytes of what a reader sees of a section.
    pub(crate) fn visible_len(&self, section: &Section) -> usize {
        visible_len(&self.markup, &section.range)
    }
}

/// The markup in a range of the source. Stretches are in order and do not overlap.
fn within<'m>(markup: &'m [Markup], range: &Range<usize>) -> &'m [Markup] {
    let from = markup.partition_point(|stretch| stretch.range.end <= range.start);
    let to = markup.partition_point(|stretch| stretch.range.start < range.end);
    markup.get(from..to).unwrap_or_default()
}

/// What a reader sees of a range of the source.
pub(crate) fn visible<'s>(source: &'s str, markup: &[Markup], range: Range<usize>) -> Cow<'s, str> {
    let stretches = within(markup, &range);
    if stretches.is_empty() {
        return Cow::Borrowed(source.get(range).unwrap_or_default());
    }
    let mut text = String::with_capacity(range.len());
    let mut at = range.start;
    for stretch in stretches {
        text.push_str(source.get(at..stretch.range.start.max(at)).unwrap_or_default());
        if stretch.range.start >= range.start {
            text.push_str(&stretch.shown);
        }
        at = stretch.range.end.min(range.end).max(at);
    }
    text.push_str(source.get(at..range.end).unwrap_or_default());
    Cow::Owned(text)
}

/// The length in bytes of what a reader sees of a range of the source.
fn visible_len(markup: &[Markup], range: &Range<usize>) -> usize {
    let stretches = within(markup, range).iter();
    let (hidden, shown) = stretches.fold((0, 0), |(hidden, shown), stretch| {
        let (start, end) = (stretch.range.start.max(range.start), stretch.range.end.min(range.end));
        (hidden + (end - start), shown + stretch.shown.len())
    });
    (range.len() + shown).saturating_sub(hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_has_the_lines_of_the_source() {
        let source = "a [b](c\n\"t\") &amp; d\n";
        let markup = [
            Markup::new(source, 2..3, String::new()),
            Markup::new(source, 4..12, String::new()),
            Markup::new(source, 13..18, "&".to_owned()),
        ];
        assert_eq!(visible(source, &markup, 0..source.len()), "a b\n & d\n");
        assert_eq!(visible_len(&markup, &(0..source.len())), 9);
        assert_eq!(visible(source, &markup, 0..2), "a ");
        assert!(matches!(visible(source, &markup, 18..20), Cow::Borrowed(" d")));
        assert_eq!(visible(source, &markup, 8..20), " & d");
        assert_eq!(visible(source, &[], 0..4), "a [b");
    }
}
