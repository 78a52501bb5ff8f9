//! Markup of Markdown: what a reader does not see of it, found while the outline is read.
//!
//! In: the events of the Markdown reader with their ranges. Out: stretches of the source with what is seen in their place. Marks of
//! lists and tables stay, since they keep words apart and are seen in some form.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use crate::incident::Markup;
use crate::parse::html::{ClosedTags, html_markup, tag_shown};
use crate::parse::invisible::{invisible, without_invisible};

/// Collects markup, event by event.
pub(super) struct MarkupReader<'a> {
    source: &'a str,
    /// What is read so far.
    at: usize,
    found: Vec<Markup>,
    /// Where a link, an image or a heading starts whose content has not begun.
    opening: Option<usize>,
    /// Bytes of the open block of HTML.
    html: Option<Range<usize>>,
    /// Whether the row of marks below the header of a table comes next.
    below_header: bool,
    closed: ClosedTags<'a>,
}

impl<'a> MarkupReader<'a> {
    pub(super) fn new(source: &'a str, start: usize) -> Self {
        Self {
            source,
            at: start,
            found: Vec::new(),
            opening: None,
            html: None,
            below_header: false,
            closed: ClosedTags::new(source),
        }
    }

    /// Goes on at a byte, behind a block that never ends.
    pub(super) fn restart(&mut self, start: usize) {
        *self = Self { found: std::mem::take(&mut self.found), ..Self::new(self.source, start) };
    }

    pub(super) fn event(&mut self, event: &Event<'_>, range: &Range<usize>) {
        self.between(event, range);
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(*tag, range),
            Event::Text(text) => {
                // Most are borrowed from the very place.
                let is_other = |written: &str| !std::ptr::eq(written, &raw const **text) && written != &**text;
                if self.source.get(range.clone()).is_some_and(is_other) {
                    self.replace(range.clone(), without_invisible(text.to_string()));
                }
                self.at = range.end;
            }
            Event::Code(_) => {
                let marks = self.written(range).bytes().take_while(|&b| b == b'`').count();
                self.hide(range.start..range.start + marks);
                self.hide(range.end.saturating_sub(marks)..range.end);
                self.at = range.end;
            }
            Event::Html(_) => {
                if let Some(html) = &mut self.html {
                    html.end = range.end;
                }
                self.at = range.end;
            }
            Event::InlineHtml(_) => {
                if let Some(shown) = tag_shown(self.written(range), &self.closed) {
                    self.replace(range.clone(), shown);
                }
                self.at = range.end;
            }
            Event::SoftBreak | Event::HardBreak | Event::Rule => {
                if !self.written(range).trim().is_empty() {
                    self.hide(range.clone());
                }
                self.at = range.end;
            }
            Event::TaskListMarker(checked) => {
                self.replace(range.clone(), if *checked { "☑" } else { "☐" }.to_owned());
                self.at = range.end;
            }
            _ => self.at = self.at.max(range.end),
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: &Range<usize>) {
        self.at = self.at.max(range.start);
        match tag {
            Tag::Emphasis => self.mark(range.start..range.start + 1),
            Tag::Strong | Tag::Strikethrough => self.mark(range.start..range.start + 2),
            Tag::Link { .. } | Tag::Image { .. } | Tag::Heading { .. } => self.opening = Some(range.start),
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => {
                let line = self.written(range).find('\n').map_or(range.end, |end| range.start + end);
                self.mark(range.start..line);
            }
            Tag::HtmlBlock => self.html = Some(range.start..range.start),
            // All bullets look the same.
            Tag::Item if self.written(range).starts_with('*') => {
                self.replace(range.start..range.start + 1, "-".to_owned());
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Emphasis => self.hide(range.end - 1..range.end),
            TagEnd::Strong | TagEnd::Strikethrough => self.hide(range.end.saturating_sub(2)..range.end),
            TagEnd::Link => self.hide(self.at..range.end),
            // Pictures in a row are not one word.
            TagEnd::Image => self.replace(self.at..range.end, " ".to_owned()),
            TagEnd::CodeBlock if self.written(&(self.at..range.end)).contains(['`', '~']) => {
                self.hide(self.at..range.end);
            }
            TagEnd::HtmlBlock => {
                if let Some(html) = self.html.take() {
                    html_markup(&self.closed, html, &mut self.found);
                }
            }
            TagEnd::TableHead => self.below_header = true,
            // They end behind definitions that follow them.
            TagEnd::List(_) | TagEnd::Item | TagEnd::BlockQuote(_) => return,
            _ => {}
        }
        self.at = self.at.max(range.end);
    }

    /// What lies between the last event and this one.
    fn between(&mut self, event: &Event<'_>, range: &Range<usize>) {
        if let Some(start) = self.opening.take() {
            let is_empty = matches!(event, Event::End(TagEnd::Link | TagEnd::Image));
            let end = if is_empty { self.at } else { range.start };
            self.hide(start..end.max(start));
            self.at = self.at.max(end);
            return;
        }
        if std::mem::take(&mut self.below_header) {
            let end = if matches!(event, Event::Start(_)) { range.start } else { range.end };
            self.hide(self.at..end.max(self.at));
            self.at = self.at.max(end);
            return;
        }
        let gap = self.at..range.start;
        let written = self.written(&gap);
        // Between most events is white space, or the marks of lists and tables.
        if !written.bytes().any(|b| matches!(b, b']' | b'>' | b'\\')) {
            return;
        }
        if let Some(definition) = definition(written) {
            self.hide(gap.start + definition..gap.end);
        } else {
            // Marks of quotes, and a backslash that says that what follows is no markup.
            let quotes = written.match_indices('>').map(|(at, _)| gap.start + at);
            let escape = (written.ends_with('\\') && matches!(event, Event::Text(_))).then(|| gap.end - 1);
            let marks: Vec<usize> = quotes.chain(escape).collect();
            marks.into_iter().for_each(|at| self.hide(at..at + 1));
        }
    }

    fn written(&self, range: &Range<usize>) -> &'a str {
        self.source.get(range.clone()).unwrap_or_default()
    }

    /// Hides a mark that opens something.
    fn mark(&mut self, range: Range<usize>) {
        self.at = range.end;
        self.hide(range);
    }

    fn hide(&mut self, range: Range<usize>) {
        self.replace(range, String::new());
    }

    fn replace(&mut self, range: Range<usize>, shown: String) {
        if !range.is_empty() {
            self.found.push(Markup::new(self.source, range, shown));
        }
    }

    /// All markup that was found; `end` is where the body ends that was read.
    pub(super) fn finish(mut self, end: usize) -> Vec<Markup> {
        let rest = self.at..end.max(self.at);
        if let Some(definition) = definition(self.written(&rest)) {
            self.hide(rest.start + definition..rest.end);
        }
        self.found
    }
}

/// Adds what no reader sees anywhere in a source to the markup of its body, and puts it in order.
pub(crate) fn with_invisible(source: &str, mut found: Vec<Markup>) -> Vec<Markup> {
    found.extend(invisible(source).into_iter().map(|range| Markup::new(source, range, String::new())));
    disjoint(source, found)
}

/// Where the definition of a link's target begins in a text between blocks: `[1]: https://example.org`.
fn definition(text: &str) -> Option<usize> {
    if !text.contains("]:") {
        return None;
    }
    let at = text.match_indices('[').find(|(at, _)| {
        let before = text[..*at].rsplit('\n').next().unwrap_or_default();
        before.trim_start_matches([' ', '>']).is_empty() && !text[*at..].starts_with("[^")
    });
    at.map(|(at, _)| at)
}

/// Orders stretches, and leaves out those that lie in others.
fn disjoint(source: &str, mut found: Vec<Markup>) -> Vec<Markup> {
    found.sort_by(|a, b| a.range.start.cmp(&b.range.start).then(b.range.end.cmp(&a.range.end)));
    let mut end = 0;
    found.retain_mut(|markup| {
        if markup.range.end <= end {
            return false;
        }
        if markup.range.start < end {
            *markup = Markup::new(source, end..markup.range.end, String::new());
        }
        end = markup.range.end;
        true
    });
    found
}

#[cfg(test)]
mod tests;
