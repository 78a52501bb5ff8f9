//! The outline: one pass of the Markdown reader over a report's body, kept as headings, tables, list items and paragraphs.
//!
//! In: the source and where its body starts. Out: an `Outline`, from which metadata, timeline, actions, lessons, measures
//! and links are read. No Markdown type leaves this file.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::incident::{Problem, ProblemKind};

/// A report's body in pieces. All texts are plain: markup removed, white space folded; lines count from 1.
#[derive(Debug, Default)]
pub(crate) struct Outline<'a> {
    /// The parts under headings, in order. The first has no heading when there is text before the first heading.
    pub(crate) parts: Vec<Part<'a>>,
    /// Links and wikilinks, in order.
    pub(crate) links: Vec<OutlineLink<'a>>,
    /// Blocks that never end.
    pub(crate) problems: Vec<Problem>,
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
}

/// Plain text and the line where it starts. Soft and hard line breaks inside a paragraph are kept as `\n`, since
/// metadata lines (`**Severity:** P2`) often follow each other without a blank line.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) line: u32,
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

/// Reads the outline of a body that starts at byte `body_start` of the source.
pub(crate) fn outline(source: &str, body_start: usize) -> Outline<'_> {
    let mut builder = Builder::new(source, body_start);
    let mut start = body_start;
    while let Some(next) = builder.read(start) {
        start = next;
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
            text: Text { text: Cow::default(), line },
            table: None,
            cells: Vec::new(),
            list: None,
            open_items: Vec::new(),
            containers: 0,
            link: None,
        }
    }

    /// Reads from a byte on. A block that never ends would swallow the rest of the report: its first line is taken as text,
    /// and reading goes on at the byte that is returned.
    fn read(&mut self, start: usize) -> Option<usize> {
        let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_WIKILINKS;
        let source = self.lines.source;
        let text = source.get(start..).unwrap_or_default();
        for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
            let range = range.start + start..range.end + start;
            if let Some(kind) = endless(&event, source, &range) {
                let line = self.lines.line_of(range.start);
                self.outline.problems.push(Problem::new(line, kind));
                self.abandon();
                let first_line = source[range.start..].find('\n').map_or(source.len(), |end| range.start + end + 1);
                return Some(first_line);
            }
            self.event(event, range);
        }
        None
    }

    fn event(&mut self, event: Event<'a>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                if let Some(link) = &mut self.link {
                    append(link.label.get_or_insert_default(), text.clone());
                }
                self.push(text);
            }
            Event::SoftBreak | Event::HardBreak => self.push(CowStr::Borrowed("\n")),
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
            Tag::BlockQuote(_) => self.containers += 1,
            Tag::List(_) => {
                self.containers += 1;
                self.list.get_or_insert_with(|| List { items: Vec::new() });
            }
            Tag::Item => {
                let depth = u8::try_from(self.open_items.len()).unwrap_or(u8::MAX);
                if let Some(list) = &mut self.list {
                    self.open_items.push(list.items.len());
                    list.items.push(Item { text: Text { text: Cow::default(), line }, depth, checked: None });
                }
                self.target = Target::Item;
            }
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
                self.part.blocks.push(Block::Paragraph(text));
            }
            TagEnd::CodeBlock => {
                self.part.blocks.push(Block::Code);
                if !self.open_items.is_empty() {
                    self.target = Target::Item;
                }
            }
            TagEnd::BlockQuote(_) => self.containers = self.containers.saturating_sub(1),
            TagEnd::List(_) => {
                self.containers = self.containers.saturating_sub(1);
                if self.open_items.is_empty() {
                    self.part.blocks.extend(self.list.take().map(Block::List));
                    self.target = Target::Nothing;
                }
            }
            TagEnd::Item => {
                self.open_items.pop();
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

    fn heading(&mut self, text: Text<'a>, level: u8, range: Range<usize>) {
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
        self.text = Text { text: Cow::default(), line };
    }

    fn take_text(&mut self) -> Text<'a> {
        self.target = Target::Nothing;
        let line = self.text.line;
        std::mem::replace(&mut self.text, Text { text: Cow::default(), line })
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
