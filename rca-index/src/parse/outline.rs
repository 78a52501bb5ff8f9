//! The outline: one pass of the Markdown reader over a report's body, kept as headings, tables, list items and paragraphs.
//!
//! In: the source and where its body starts. Out: an `Outline`, from which metadata, timeline, actions, lessons, measures
//! and links are read. No Markdown type leaves this module. The pieces are defined in `outline/blocks.rs`; what opens a part
//! is decided in `outline/headings.rs`.

mod blocks;
mod headings;
mod links;
mod markup;

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::incident::lines::Lines;
use crate::incident::{Problem, ProblemKind};
use crate::parse::html::html_blocks;
use crate::parse::invisible::without_invisible;
use crate::parse::outline::links::{Behind, behind_wikilink, is_footnote};
use crate::parse::outline::markup::MarkupReader;

pub(crate) use crate::parse::outline::blocks::{Block, Item, List, Outline, OutlineLink, Part, Row, Table, Text};
pub(crate) use crate::parse::outline::headings::LABEL_LEVEL;
pub(crate) use crate::parse::outline::markup::with_invisible;

/// How often a body may be read over: once, and once more for each of some blocks that never end.
const PASSES: usize = 12;

/// So much work is never too much.
const SMALL: usize = 50_000;

/// Reads the outline of a body that starts at byte `body_start` of the source.
pub(crate) fn outline(source: &str, body_start: usize) -> Outline<'_> {
    let mut builder = Builder::new(source, body_start);
    let budget = PASSES * (source.len() - body_start) + SMALL;
    let mut start = body_start;
    while let Some(next) = builder.read(start) {
        start = next;
        // Each block that never ends means to read the rest once more.
        if builder.outline.work > budget {
            let line = builder.lines.line_of(start);
            builder.outline.problems.push(Problem::new(line, ProblemKind::WorkLimit));
            break;
        }
    }
    #[cfg(fuzzing)]
    crate::parse::cursor::work::add(builder.outline.work);
    builder.finish()
}

/// As many parts as most reports have.
const PARTS: usize = 16;

/// What a run of text belongs to.
enum Target {
    Nothing,
    Heading,
    Paragraph,
    Cell,
    Item,
}

struct Builder<'a> {
    outline: Outline<'a>,
    part: Part<'a>,
    lines: Lines<'a>,
    target: Target,
    text: Text<'a>,
    table: Option<Table<'a>>,
    cells: Vec<Cow<'a, str>>,
    list: Option<List<'a>>,
    /// Where the open items are in the list.
    open_items: Vec<usize>,
    /// Headings inside lists and quotes are no headings of the report.
    containers: usize,
    link: Option<OutlineLink<'a>>,
    /// Where the open bold text starts.
    bold_from: Option<usize>,
    /// Bytes of HTML in the open block of it.
    html: Option<Range<usize>>,
    markup: MarkupReader<'a>,
}

impl<'a> Builder<'a> {
    fn new(source: &'a str, body_start: usize) -> Self {
        let mut lines = Lines::new(source);
        let line = lines.line_of(body_start);
        let part = Part {
            heading: Cow::default(),
            level: 0,
            heading_line: line,
            range: body_start..source.len(),
            line,
            blocks: Vec::new(),
        };
        Self {
            outline: Outline { parts: Vec::with_capacity(PARTS), ..Outline::default() },
            part,
            lines,
            target: Target::Nothing,
            text: Text::empty(line),
            table: None,
            cells: Vec::new(),
            list: None,
            open_items: Vec::new(),
            containers: 0,
            link: None,
            bold_from: None,
            html: None,
            markup: MarkupReader::new(source, body_start),
        }
    }

    /// Reads from a byte on. A block that never ends would swallow the rest of the report: its first line is taken as text,
    /// and reading goes on at the byte that is returned.
    fn read(&mut self, start: usize) -> Option<usize> {
        let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_WIKILINKS;
        let source = self.lines.source;
        let text = source.get(start..).unwrap_or_default();
        self.outline.work += text.len();
        for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
            let range = range.start + start..range.end + start;
            if let Some(kind) = endless(&event, source, &range) {
                let line = self.lines.line_of(range.start);
                self.outline.problems.push(Problem::new(line, kind));
                self.abandon();
                let first_line = source[range.start..].find('\n').map_or(source.len(), |end| range.start + end + 1);
                self.markup.restart(first_line);
                return Some(first_line);
            }
            self.outline.work += 1;
            self.markup.event(&event, &range);
            self.event(event, range);
        }
        None
    }

    fn event(&mut self, event: Event<'a>, range: Range<usize>) {
        let code = matches!(event, Event::Code(_));
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                let says = text.contains(char::is_alphanumeric);
                if let Some(current) = self.current().filter(|_| says) {
                    if code { current.code.0 = true } else { current.code.1 = true }
                }
                if let Some(link) = &mut self.link {
                    append(link.label.get_or_insert_default(), text.clone());
                }
                self.push(text);
            }
            Event::SoftBreak | Event::HardBreak => self.push(CowStr::Borrowed("\n")),
            Event::Html(_) => {
                if let Some(html) = &mut self.html {
                    html.end = range.end;
                }
            }
            Event::InlineHtml(tag) if tag.starts_with("<br") => self.push(CowStr::Borrowed("\n")),
            Event::TaskListMarker(checked) => {
                if let Some(item) = self.item() {
                    item.checked = Some(checked);
                }
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'a>, range: Range<usize>) {
        let line = self.lines.line_of(range.start);
        match tag {
            Tag::Heading { .. } if self.containers == 0 => {
                self.part.range.end = range.start;
                self.begin(Target::Heading, line);
            }
            Tag::Paragraph | Tag::Heading { .. } => match self.item() {
                Some(item) => {
                    if !item.text.text.is_empty() {
                        item.text.text.to_mut().push('\n');
                    }
                    self.target = Target::Item;
                }
                None => self.begin(Target::Paragraph, line),
            },
            Tag::CodeBlock(_) => self.target = Target::Nothing,
            Tag::HtmlBlock if self.containers == 0 => self.html = Some(range.start..range.start),
            Tag::BlockQuote(_) => self.containers += 1,
            Tag::List(_) => {
                self.containers += 1;
                self.list.get_or_insert_with(|| List { items: Vec::new() });
            }
            Tag::Item => {
                let depth = u8::try_from(self.open_items.len()).unwrap_or(u8::MAX);
                if let Some(list) = &mut self.list {
                    self.open_items.push(list.items.len());
                    list.items.push(Item { text: Text::empty(line), depth, checked: None, start: range.start });
                }
                self.target = Target::Item;
            }
            Tag::Strong => self.bold_from = self.current().map(|text| text.text.len()),
            Tag::Table(_) => self.table = Some(Table { header: Vec::new(), rows: Vec::new(), line }),
            Tag::TableRow => self.text.line = line,
            Tag::TableCell => self.begin(Target::Cell, line),
            Tag::Link { link_type, dest_url, .. } => {
                let source = self.lines.source;
                let wiki = matches!(link_type, LinkType::WikiLink { .. });
                let behind = if wiki { behind_wikilink(source, range.end) } else { Behind::Nothing };
                let (target, wiki) = match behind {
                    Behind::Nothing => (cow(dest_url), wiki),
                    Behind::Target(target) => (Cow::Borrowed(target), false),
                    Behind::Definition => return,
                };
                if !is_footnote(source, &range) {
                    self.link = Some(OutlineLink { target, label: None, wiki, line });
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Heading(_) | TagEnd::Paragraph if matches!(self.target, Target::Item) => {}
            TagEnd::Heading(level) if self.containers == 0 => {
                let text = self.take_text();
                self.heading(text, level as u8, range);
            }
            TagEnd::Paragraph | TagEnd::Heading(_) => {
                let text = self.take_text();
                match self.opening_label(&text, range.end).map(str::to_owned) {
                    Some(label) if self.containers == 0 => {
                        self.part.range.end = range.start;
                        self.heading(Text { text: label.into(), ..text }, LABEL_LEVEL, range);
                    }
                    _ => self.part.blocks.push(Block::Paragraph(text)),
                }
            }
            TagEnd::CodeBlock => {
                self.part.blocks.push(Block::Code);
                if !self.open_items.is_empty() {
                    self.target = Target::Item;
                }
            }
            TagEnd::HtmlBlock => {
                if let Some(html) = self.html.take() {
                    let line = self.lines.line_of(html.start);
                    self.part.blocks.extend(html_blocks(&self.lines.source[html], line));
                }
            }
            TagEnd::BlockQuote(_) => self.containers = self.containers.saturating_sub(1),
            TagEnd::List(_) => {
                self.containers = self.containers.saturating_sub(1);
                if self.open_items.is_empty() {
                    if let Some(list) = self.list.take() {
                        self.list_ends(list);
                    }
                    self.target = Target::Nothing;
                }
            }
            TagEnd::Item => {
                self.open_items.pop();
            }
            TagEnd::Strong => {
                if let (Some(from), Some(text)) = (self.bold_from.take(), self.current()) {
                    text.bold.push(from..text.text.len());
                }
            }
            TagEnd::TableCell => {
                let cell = self.take_text().text;
                self.cells.push(cell);
            }
            TagEnd::TableHead => {
                if let Some(table) = &mut self.table {
                    table.header = std::mem::take(&mut self.cells);
                }
            }
            TagEnd::TableRow => {
                let line = self.lines.line_of(range.start);
                if let Some(table) = &mut self.table {
                    table.rows.push(Row { cells: std::mem::take(&mut self.cells), line });
                }
            }
            TagEnd::Table => self.part.blocks.extend(self.table.take().map(Block::Table)),
            TagEnd::Link => {
                if let Some(mut link) = self.link.take() {
                    // A wikilink with no text of its own shows its target.
                    link.label = link.label.filter(|label| !(label.is_empty() || link.wiki && *label == link.target));
                    self.outline.links.push(link);
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, target: Target, line: u32) {
        self.target = target;
        self.text = Text::empty(line);
    }

    fn take_text(&mut self) -> Text<'a> {
        self.target = Target::Nothing;
        let line = self.text.line;
        std::mem::replace(&mut self.text, Text::empty(line))
    }

    fn push(&mut self, text: CowStr<'a>) {
        let text = if text.is_ascii() { text } else { seen(text) };
        match self.target {
            Target::Item => {
                if let Some(item) = self.item() {
                    append(&mut item.text.text, text);
                }
            }
            Target::Nothing => {}
            _ => append(&mut self.text.text, text),
        }
    }

    /// The text that is being read.
    fn current(&mut self) -> Option<&mut Text<'a>> {
        match self.target {
            Target::Item => self.item().map(|item| &mut item.text),
            Target::Nothing => None,
            _ => Some(&mut self.text),
        }
    }

    fn item(&mut self) -> Option<&mut Item<'a>> {
        let &open = self.open_items.last()?;
        self.list.as_mut()?.items.get_mut(open)
    }

    /// Closes whatever is open.
    fn abandon(&mut self) {
        if !self.text.text.is_empty() && matches!(self.target, Target::Paragraph) {
            let text = self.take_text();
            self.part.blocks.push(Block::Paragraph(text));
        }
        self.part.blocks.extend(self.list.take().map(Block::List));
        self.part.blocks.extend(self.table.take().map(Block::Table));
        self.open_items.clear();
        self.cells.clear();
        self.containers = 0;
        self.link = None;
        self.bold_from = None;
        self.html = None;
        self.target = Target::Nothing;
    }

    fn finish(mut self) -> Outline<'a> {
        self.abandon();
        let last = std::mem::replace(
            &mut self.part,
            Part { heading: Cow::default(), level: 0, heading_line: 0, range: 0..0, line: 0, blocks: Vec::new() },
        );
        self.add(last);
        self.outline.markup = self.markup.finish(self.lines.source.len());
        self.outline
    }
}

/// Why a block that starts here has no end of its own, though the report goes on below it.
fn endless(event: &Event<'_>, source: &str, range: &Range<usize>) -> Option<ProblemKind> {
    // Lists within lists begin as many blocks as they have levels, each as long as the rest: only these are gone through.
    if !matches!(event, Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_)) | Tag::HtmlBlock)) {
        return None;
    }
    let block = source.get(range.clone())?;
    if !source.get(range.end..)?.trim().is_empty() || !block.trim_end().contains('\n') {
        return None;
    }
    match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
            let fence = block.trim_start().chars().next()?;
            let last = block.trim_end().lines().next_back()?.trim();
            let closed = last.len() >= 3 && last.chars().all(|c| c == fence);
            (!closed).then_some(ProblemKind::CodeFenceUnclosed)
        }
        Event::Start(Tag::HtmlBlock) => {
            let start: String = block.trim_start().chars().take(9).flat_map(char::to_lowercase).collect();
            let ends = [("<!--", "-->"), ("<pre", "</pre"), ("<script", "</script"), ("<style", "</style")];
            let (_, end) = ends.iter().find(|(begin, _)| start.starts_with(begin))?;
            let closed = block.to_ascii_lowercase().contains(end);
            (!closed).then_some(ProblemKind::HtmlUnclosed)
        }
        _ => None,
    }
}

/// Appends without copying while there is only one piece.
fn append<'a>(text: &mut Cow<'a, str>, more: CowStr<'a>) {
    if text.is_empty() { *text = cow(more) } else { text.to_mut().push_str(&more) }
}

/// A text without characters of no width.
fn seen(text: CowStr<'_>) -> CowStr<'_> {
    let without = without_invisible(text.to_string());
    if without.len() == text.len() { text } else { without.into() }
}

fn cow(text: CowStr<'_>) -> Cow<'_, str> {
    match text {
        CowStr::Borrowed(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.into_string()),
    }
}

#[cfg(test)]
mod tests;
