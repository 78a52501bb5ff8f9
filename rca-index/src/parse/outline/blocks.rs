//! What an outline is made of: parts under headings, and the tables, lists and paragraphs in them.
//!
//! In: what the Markdown reader made out. Out: plain texts with their lines, in which the rest of `parse` looks for facts.

use std::borrow::Cow;
use std::ops::Range;

use crate::incident::{Markup, Problem};

/// A report's body in pieces. All texts are plain: markup removed, white space folded; lines count from 1.
#[derive(Debug, Default)]
pub(crate) struct Outline<'a> {
    /// The parts under headings, in order. The first has no heading when there is text before the first heading.
    pub(crate) parts: Vec<Part<'a>>,
    /// Links and wikilinks, in order.
    pub(crate) links: Vec<OutlineLink<'a>>,
    /// What a reader does not see of the body as it is written.
    pub(crate) markup: Vec<Markup>,
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
    pub(super) code: (bool, bool),
}

impl Text<'_> {
    pub(super) fn empty(line: u32) -> Self {
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
