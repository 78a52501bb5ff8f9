//! The outline: one pass of the Markdown reader over a report's body, kept as headings, tables, list items and paragraphs.
//!
//! In: the source and where its body starts. Out: an `Outline`, from which metadata, timeline, actions, lessons, measures
//! and links are read. No Markdown type leaves this file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::incident::{Problem, ProblemKind};
use crate::parse::html::html_blocks;
use crate::parse::keys::key_named;
use crate::parse::sections::is_named;

/// A report's body in pieces. All texts are plain: markup removed, white space folded; lines count from 1.
#[derive(Debug, Default)]
pub(crate) struct Outline<'a> {
    /// The parts under headings, in order. The first has no heading when there is text before the first heading.
    pub(crate) parts: Vec<Part<'a>>,
    /// Links and wikilinks, in order.
    pub(crate) links: Vec<OutlineLink<'a>>,
    /// Blocks that never end.
    pub(crate) problems: Vec<Problem>,
    /// Bytes and tokens looked at.
    pub(crate) work: usize,
}

/// The text under one heading, up to the next heading of any level.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    /// The heading's text; empty for text before the first heading.
    pub(crate) heading: Cow<'a, str>,
    /// 1 to 6; 0 for text before the first heading.
    pub(crate) level: u8,
    /// The heading's line.
    pub(crate) heading_line: u32,
    /// Bytes of the source below the heading.
    pub(crate) range: Range<usize>,
    /// The line of `range.start`.
    pub(crate) line: u32,
    /// Tables, lists and paragraphs, in order.
    pub(crate) blocks: Vec<Block<'a>>,
}

#[derive(Debug)]
pub(crate) enum Block<'a> {
    Table(Table<'a>),
    List(List<'a>),
    Paragraph(Text<'a>),
    /// A fenced or indented code block.
    Code,
}

#[derive(Debug)]
pub(crate) struct Table<'a> {
    pub(crate) header: Vec<Cow<'a, str>>,
    pub(crate) rows: Vec<Row<'a>>,
    pub(crate) line: u32,
}

#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) cells: Vec<Cow<'a, str>>,
    pub(crate) line: u32,
}

#[derive(Debug)]
pub(crate) struct List<'a> {
    /// Items of all depths, in order.
    pub(crate) items: Vec<Item<'a>>,
}

#[derive(Debug)]
pub(crate) struct Item<'a> {
    pub(crate) text: Text<'a>,
    /// 0 for the outermost list.
    pub(crate) depth: u8,
    /// The state of a checkbox `- [x]`.
    pub(crate) checked: Option<bool>,
    /// Where it starts, in bytes of the source.
    pub(crate) start: usize,
}

/// Plain text and the line where it starts. Soft and hard line breaks inside a paragraph are kept as `\n`, since
/// metadata lines (`**Severity:** P2`) often follow each other without a blank line.
#[derive(Debug)]
#[allow(clippy::struct_field_names)]
pub(crate) struct Text<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) line: u32,
    /// What is bold, as bytes of the text.
    pub(crate) bold: Vec<Range<usize>>,
    /// Letters that stand in code, and elsewhere.
    code: (bool, bool),
}

impl Text<'_> {
    fn empty(line: u32) -> Self {
        Self { text: Cow::default(), line, bold: Vec::new(), code: (false, false) }
    }

    /// Whether the text is nothing but code.
    pub(crate) fn is_code(&self) -> bool {
        self.code == (true, false)
    }

    /// The text when it is one line that is all bold, a colon behind it aside: a label that opens what follows.
    pub(crate) fn bold_label(&self) -> Option<&str> {
        let [bold] = &self.bold[..] else { return None };
        let rest = self.text.get(bold.end..)?.trim();
        (bold.start == 0 && matches!(rest, "" | ":" | "：" | ".")).then_some(())?;
        Some(self.text.get(bold.clone())?.trim()).filter(|label| !label.contains('\n'))
    }
}

#[derive(Debug)]
pub(crate) struct OutlineLink<'a> {
    pub(crate) target: Cow<'a, str>,
    pub(crate) label: Option<Cow<'a, str>>,
    pub(crate) wiki: bool,
    pub(crate) line: u32,
}

/// A heading longer than this is a paragraph with a rule below it.
const MAX_HEADING: usize = 300;

/// How often a body may be read over: once, and once more for each of some blocks that never end.
const PASSES: usize = 12;

/// So much work is never too much.
const SMALL: usize = 50_000;

/// A label is not longer, in bytes.
const MAX_LABEL: usize = 80;

/// The level of a label that opens a block as a heading does: below every heading.
pub(crate) const LABEL_LEVEL: u8 = 7;

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
    builder.finish()
}

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
}

impl<'a> Builder<'a> {
    fn new(source: &'a str, body_start: usize) -> Self {
        let mut lines = Lines { source, at: 0, line: 1 };
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
            outline: Outline::default(),
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
                return Some(first_line);
            }
            self.outline.work += 1;
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
                let wiki = matches!(link_type, LinkType::WikiLink { .. });
                self.link = Some(OutlineLink { target: cow(dest_url), label: None, wiki, line });
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

    /// The label that a paragraph is, when it names a section or a key and opens what follows: bold, or right above a list
    /// or a table.
    fn opening_label<'t>(&self, text: &'t Text<'a>, end: usize) -> Option<&'t str> {
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
    fn list_ends(&mut self, list: List<'a>) {
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

    fn heading(&mut self, mut text: Text<'a>, level: u8, range: Range<usize>) {
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
    fn add(&mut self, part: Part<'a>) {
        let range = part.range.clone();
        if part.level > 0 || self.lines.source.get(range).is_some_and(|text| !text.trim().is_empty()) {
            self.outline.parts.push(part);
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
        self.outline
    }
}

/// Why a block that starts here has no end of its own, though the report goes on below it.
fn endless(event: &Event<'_>, source: &str, range: &Range<usize>) -> Option<ProblemKind> {
    let block = source.get(range.clone())?;
    if !source.get(range.end..)?.trim().is_empty() || !block.trim_end().contains('\n') {
        return None;
    }
    match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
            let fence = block.trim_start().chars().next()?;
            let last = block.trim_end().lines().next_back()?.trim();
            let closed = last.len() >= 3 && last.chars().all(|c| c == fence);
            (!closed).then_some(ProblemKind::CodeFenceNeverClosed)
        }
        Event::Start(Tag::HtmlBlock) => {
            let start: String = block.trim_start().chars().take(9).flat_map(char::to_lowercase).collect();
            let ends = [("<!--", "-->"), ("<pre", "</pre"), ("<script", "</script"), ("<style", "</style")];
            let (_, end) = ends.iter().find(|(begin, _)| start.starts_with(begin))?;
            let closed = block.to_ascii_lowercase().contains(end);
            (!closed).then_some(ProblemKind::HtmlNeverClosed)
        }
        _ => None,
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

/// Appends without copying while there is only one piece.
fn append<'a>(text: &mut Cow<'a, str>, more: CowStr<'a>) {
    if text.is_empty() { *text = cow(more) } else { text.to_mut().push_str(&more) }
}

fn cow(text: CowStr<'_>) -> Cow<'_, str> {
    match text {
        CowStr::Borrowed(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.into_string()),
    }
}

/// Line numbers of bytes that are asked for mostly in order.
struct Lines<'a> {
    source: &'a str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn line_of(&mut self, at: usize) -> u32 {
        let newlines = |range: Range<usize>| {
            let between = self.source.as_bytes().get(range).unwrap_or_default();
            between.iter().filter(|&&b| b == b'\n').count() as u32
        };
        // A row ends where its last cell has been: a step back, which must not mean to count from the top.
        self.line = if at < self.at {
            self.line.saturating_sub(newlines(at..self.at))
        } else {
            self.line + newlines(self.at..at)
        };
        self.at = at;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings(source: &str) -> Vec<(String, u8, u32)> {
        outline(source, 0).parts.iter().map(|p| (p.heading.to_string(), p.level, p.line)).collect()
    }

    #[test]
    fn a_carriage_return_ends_a_heading() {
        let source = "# One\rtwo\r\n---\r\ntext\n";
        let outline = outline(source, 0);
        let texts: Vec<_> = outline.parts.iter().map(|part| &source[part.range.clone()]).collect();
        assert_eq!((texts, headings(source)[1].0.as_str()), (vec!["", "text\n"], "two"));
    }

    #[test]
    fn parts_are_what_stands_below_headings() {
        let source = "before\n\n# One *two*\ntext\n\n## Three\n\n- a\n- b\n";
        let expected = [("", 0, 1), ("One two", 1, 4), ("Three", 2, 7)];
        assert_eq!(headings(source), expected.map(|(heading, level, line)| (heading.to_owned(), level, line)));
        let outline = outline(source, 0);
        let texts: Vec<_> = outline.parts.iter().map(|part| &source[part.range.clone()]).collect();
        assert_eq!(texts, ["before\n\n", "text\n\n", "\n- a\n- b\n"]);
    }

    #[test]
    fn headings_in_fences_comments_lists_and_quotes_are_none() {
        let source = "# A\n```\n# no\n```\n<!--\n# no\n-->\n> # no\n\n- # no\n\n# B\n";
        assert_eq!(headings(source).iter().map(|h| h.0.as_str()).collect::<Vec<_>>(), ["A", "B"]);
    }

    #[test]
    fn blocks_that_never_end_do_not_swallow_the_rest() {
        for opening in ["```", "~~~ text", "<!--", "<pre>"] {
            let source = format!("# A\n{opening}\ncode\n\n## B\ntext\n");
            let outline = outline(&source, 0);
            assert_eq!(outline.parts.len(), 2, "{opening}");
            assert_eq!(outline.problems[0].line, 2, "{opening}");
        }
        assert_eq!(outline("# A\n```\ncode\n```\n", 0).problems, []);
        assert_eq!(outline("# A\n- x\n  ```\n  code\n\n# B\n", 0).parts.len(), 2);
    }

    #[test]
    fn tables_lists_and_links_keep_their_lines() {
        let source = "| a | b |\n|---|---|\n| **1** | x `y` |\n\n- [x] done\n  - deep\n\n  more\n- [[name|label]] and [[plain]] and [t](u.md)\n";
        let outline = outline(source, 0);
        let [Block::Table(table), Block::List(list)] = &outline.parts[0].blocks[..] else { panic!("{outline:?}") };
        assert_eq!((table.header[1].as_ref(), table.rows[0].cells[1].as_ref(), table.rows[0].line), ("b", "x y", 3));
        let items: Vec<_> =
            list.items.iter().map(|i| (i.text.text.as_ref(), i.depth, i.checked, i.text.line)).collect();
        assert_eq!(items[0], ("done\nmore", 0, Some(true), 5));
        assert_eq!(items[1], ("deep", 1, None, 6));
        assert_eq!(items[2].3, 9);
        let links: Vec<_> = outline.links.iter().map(|l| (l.target.as_ref(), l.label.as_deref(), l.wiki)).collect();
        assert_eq!(links, [("name", Some("label"), true), ("plain", None, true), ("u.md", Some("t"), false)]);
    }
}
