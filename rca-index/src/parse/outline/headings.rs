//! Headings of an outline: Markdown headings, and labels that open a block as a heading does.
//!
//! In: the text of a heading, a paragraph or a list that the builder has read. Out: where one part ends and the next begins.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::Builder;
use crate::parse::keys::key_named;
use crate::parse::outline::blocks::{Block, Item, List, Part, Text};
use crate::parse::sections::is_named;

/// A heading longer than this is a paragraph with a rule below it.
const MAX_HEADING: usize = 300;

/// A label is not longer, in bytes.
const MAX_LABEL: usize = 80;

/// The level of a label that opens a block as a heading does: below every heading.
pub(crate) const LABEL_LEVEL: u8 = 7;

impl<'a> Builder<'a> {
    /// The label that a paragraph is, when it names a section or a key and opens what follows: bold, or right above a list
    /// or a table.
    pub(super) fn opening_label<'t>(&self, text: &'t Text<'a>, end: usize) -> Option<&'t str> {
        if text.text.len() > MAX_LABEL {
            return None;
        }
        let plain = || {
            let rest = self.lines.source.get(end..)?.trim_start();
            let block = ["- ", "* ", "+ ", "| ", "1. ", "1) "].iter().any(|mark| rest.starts_with(mark));
            let label = text.text.trim().trim_end_matches([':', '：']);
            let capital = label.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_ascii());
            (block && capital && text.bold.is_empty() && is_named(label)).then_some(label)
        };
        let names = |label: &&str| is_named(label) || key_named(label, &BTreeMap::new()).is_some();
        text.bold_label().map(|label| label.trim_end_matches([':', '：', '.'])).filter(names).or_else(plain)
    }

    /// Items that are a bold label above deeper items are headings of what they hold.
    pub(super) fn list_ends(&mut self, list: List<'a>) {
        let opens = |(item, next): (&Item<'_>, Option<&Item<'_>>)| {
            let label = item.text.bold_label().map(|label| label.trim_end_matches([':', '：', '.']));
            let deeper = next.is_some_and(|next| next.depth > 0);
            item.depth == 0 && deeper && label.is_some_and(is_named)
        };
        let follower = list.items.iter().skip(1).map(Some).chain([None]);
        let labels: Vec<usize> =
            list.items.iter().zip(follower).enumerate().filter(|&(_, pair)| opens(pair)).map(|(i, _)| i).collect();
        if labels.is_empty() {
            self.part.blocks.push(Block::List(list));
            return;
        }
        let mut open = Vec::new();
        for (i, mut item) in list.items.into_iter().enumerate() {
            if labels.binary_search(&i).is_ok() {
                self.push_list(std::mem::take(&mut open));
                self.part.range.end = item.start;
                let label = item.text.bold_label().unwrap_or_default().trim_end_matches([':', '：']).to_owned();
                let line_end =
                    self.lines.source[item.start..].find('\n').map_or(self.lines.source.len(), |at| item.start + at);
                self.heading(Text { text: label.into(), ..item.text }, LABEL_LEVEL, item.start..line_end);
            } else {
                if i > labels[0] {
                    item.depth = item.depth.saturating_sub(1);
                }
                open.push(item);
            }
        }
        self.push_list(open);
    }

    fn push_list(&mut self, items: Vec<Item<'a>>) {
        if !items.is_empty() {
            self.part.blocks.push(Block::List(List { items }));
        }
    }

    pub(super) fn heading(&mut self, mut text: Text<'a>, level: u8, range: Range<usize>) {
        without_attributes(&mut text.text);
        if text.text.len() > MAX_HEADING || text.text.contains('\n') {
            self.part.range.end = self.lines.source.len();
            self.part.blocks.push(Block::Paragraph(text));
            return;
        }
        let source = self.lines.source;
        let mut start = range.end;
        // A carriage return alone ends a line too.
        if !source[..start].ends_with(['\n', '\r']) {
            start += source[start..].find(['\n', '\r']).map_or(source.len() - start, |end| end + 1);
        }
        if source[..start].ends_with('\r') && source[start..].starts_with('\n') {
            start += 1;
        }
        let line = self.lines.line_of(start);
        let next = Part {
            heading: text.text,
            level,
            heading_line: text.line,
            range: start..source.len(),
            line,
            blocks: Vec::new(),
        };
        let done = std::mem::replace(&mut self.part, next);
        self.add(done);
    }

    /// Text before the first heading is a part only when there is any.
    pub(super) fn add(&mut self, part: Part<'a>) {
        let range = part.range.clone();
        if part.level > 0 || self.lines.source.get(range).is_some_and(|text| !text.trim().is_empty()) {
            self.outline.parts.push(part);
        }
    }
}

/// Cuts the attributes off a heading: `Timeline { #when .table }`.
fn without_attributes(heading: &mut Cow<'_, str>) {
    let Some(open) = heading.trim_end().strip_suffix('}').and_then(|rest| rest.rfind('{')) else { return };
    let inside = heading[open + 1..].trim().trim_end_matches('}').trim();
    let attribute = |word: &str| word.starts_with(['#', '.', ':']) || word.contains('=');
    if !inside.is_empty() && inside.split_whitespace().all(attribute) {
        let rest = heading[..open].trim_end().to_owned();
        *heading = Cow::Owned(rest);
    }
}
