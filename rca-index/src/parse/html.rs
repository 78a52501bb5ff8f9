//! HTML: tables that exports of wikis hold, read as Markdown's own.
//!
//! In: a block of HTML. Out: its tables, and what of it is markup. Anything else in it is text that is searched, and states
//! nothing.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{Event, Parser};

use crate::incident::Markup;
use crate::incident::lines::line_ends;
use crate::incident::squeeze::squeezed;
use crate::parse::invisible::without_invisible;
use crate::parse::outline::{Block, Row, Table};

/// The tables of a block of HTML that starts at a line.
pub(crate) fn html_blocks(html: &str, line: u32) -> Vec<Block<'_>> {
    if !html.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("<table")) && !html.contains("<table") {
        return Vec::new();
    }
    let mut reader = Reader { line, ..Reader::default() };
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        reader.text(&rest[..open]);
        let Some(close) = rest[open..].find('>') else { break };
        let tag = &rest[open + 1..open + close];
        reader.tag(tag);
        reader.line += line_ends(tag);
        rest = &rest[open + close + 1..];
    }
    reader.tables.into_iter().map(Block::Table).collect()
}

/// What a reader does not see of a block of HTML: tags, comments, scripts and styles; entities are what they stand for.
pub(crate) fn html_markup(closed: &ClosedTags<'_>, range: Range<usize>, found: &mut Vec<Markup>) {
    let source = closed.source;
    let html = source.get(range.clone()).unwrap_or_default();
    let mut add = |part: Range<usize>, shown: String| {
        found.push(Markup::new(source, range.start + part.start..range.start + part.end, shown));
    };
    // An end that is missing is looked for once.
    let mut endless = [false; UNSEEN.len()];
    let mut at = 0;
    while let Some(next) = html[at..].find(['<', '&']).map(|next| at + next) {
        let rest = &html[next..];
        if rest.starts_with('&') {
            at = next + 1;
            if let Some((length, shown)) = entity(rest) {
                at = next + length;
                add(next..at, shown);
            }
            continue;
        }
        let length = unseen_element(rest, &mut endless);
        let Some(end) = length.or_else(|| rest.find('>').map(|end| end + 1)) else { break };
        at = next + 1;
        let shown = if length.is_some() { Some(" ".to_owned()) } else { tag_shown(&rest[..end], closed) };
        if let Some(shown) = shown {
            at = next + end;
            add(next..at, shown);
        }
    }
}

/// The elements whose content is not seen.
const UNSEEN: [(&str, &str); 4] =
    [("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>"), ("<![CDATA[", "]]>")];

/// The length of a comment, a script or a style with what is in it, at the start of a text.
fn unseen_element(html: &str, endless: &mut [bool; UNSEEN.len()]) -> Option<usize> {
    let is_open = |open: &str| html.get(..open.len()).is_some_and(|start| start.eq_ignore_ascii_case(open));
    let at = UNSEEN.iter().position(|(open, _)| is_open(open)).filter(|&at| !endless[at])?;
    let close = UNSEEN[at].1;
    // What ends in capitals ends too.
    let end = html.find(close).or_else(|| html.find(&close.to_ascii_uppercase()));
    endless[at] = end.is_none();
    let end = end?;
    Some(end + close.len())
}

/// What a reader sees of a tag: nothing of one inside a line, a space of one that ends it, the description of a picture. `None` if
/// it is no tag but a word in angle brackets: `<pod>`.
pub(crate) fn tag_shown(tag: &str, closed: &ClosedTags<'_>) -> Option<String> {
    /// Elements inside a line: `re<b>start</b>ed` is one word.
    const INLINE: &[&str] = &[
        "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
        "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
        "wbr",
    ];
    const BLOCKS: &[&str] = &[
        "address", "article", "aside", "audio", "base", "blockquote", "body", "br", "button", "canvas", "caption",
        "center", "col", "colgroup", "dd", "details", "dialog", "dir", "div", "dl", "dt", "embed", "fieldset",
        "figcaption", "figure", "footer", "form", "frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head",
        "header", "hr", "html", "iframe", "input", "legend", "li", "link", "main", "map", "menu", "meta", "nav",
        "noframes", "noscript", "object", "ol", "optgroup", "option", "output", "p", "param", "picture", "pre",
        "progress", "rp", "rt", "ruby", "script", "search", "section", "select", "source", "style", "summary", "svg",
        "table", "tbody", "td", "template", "textarea", "tfoot", "th", "thead", "title", "tr", "track", "ul", "video",
    ];
    let inside = tag.strip_prefix('<')?;
    if inside.starts_with(['!', '?']) {
        return Some(String::new());
    }
    let closes = inside.starts_with('/');
    let name: String = inside.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
    let lower = name.to_ascii_lowercase();
    if INLINE.contains(&lower.as_str()) {
        return Some(String::new());
    }
    if lower == "img" {
        return Some(format!(" {} ", attribute(tag, "alt").unwrap_or_default()));
    }
    let is_tag = BLOCKS.contains(&lower.as_str()) || closes || tag.ends_with("/>") || tag.contains('=');
    // A component of a site's own: `<Callout>`, which is closed somewhere.
    (is_tag || closed.has(&name)).then(|| " ".to_owned())
}

/// The names of tags that a source closes somewhere, found when the first one is asked for.
pub(crate) struct ClosedTags<'a> {
    source: &'a str,
    names: OnceCell<HashSet<&'a str>>,
}

impl<'a> ClosedTags<'a> {
    pub(crate) fn new(source: &'a str) -> Self {
        Self { source, names: OnceCell::new() }
    }

    fn has(&self, name: &str) -> bool {
        let names = || {
            let tags = self.source.match_indices("</").map(|(at, open)| &self.source[at + open.len()..]);
            tags.map(|tag| &tag[..tag.bytes().take_while(u8::is_ascii_alphanumeric).count()]).collect()
        };
        self.names.get_or_init(names).contains(name)
    }
}

/// The value of an attribute in quotes.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let rest = &tag[tag.find(&format!("{name}="))? + name.len() + 1..];
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest[1..].split_once(quote).map(|(value, _)| value)
}

/// The length of an entity at the start of a text, and the character that it stands for.
fn entity(text: &str) -> Option<(usize, String)> {
    /// The longest name has 31 letters.
    const MAX: usize = 33;
    let end = text.bytes().take(MAX).position(|b| b == b';')? + 1;
    let entity = text.get(..end).filter(|entity| !entity.contains(char::is_whitespace))?;
    let mut events = Parser::new(entity);
    let shown = events.find_map(|event| if let Event::Text(text) = event { Some(text.to_string()) } else { None })?;
    (shown != entity).then(|| (end, without_invisible(shown)))
}

#[derive(Default)]
struct Reader<'a> {
    tables: Vec<Table<'a>>,
    line: u32,
    /// The cells of the open row, its line, and how many of them are headers.
    row: Vec<Cow<'a, str>>,
    row_line: Option<u32>,
    headers: usize,
    cell: Option<String>,
}

impl Reader<'_> {
    fn text(&mut self, text: &str) {
        self.line += line_ends(text);
        if let Some(cell) = &mut self.cell {
            let entities = [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
            if text.contains('&') {
                let text = entities.iter().fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c));
                cell.push_str(&text);
            } else {
                cell.push_str(text);
            }
        }
    }

    fn tag(&mut self, tag: &str) {
        let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
        match name.to_ascii_lowercase().as_str() {
            "table" => self.tables.push(Table { header: Vec::new(), rows: Vec::new(), line: self.line }),
            "tr" => {
                self.end_of_row();
                self.row_line = Some(self.line);
            }
            header @ ("td" | "th") => {
                self.end_of_cell();
                // A cell opens a row where no tag has.
                self.row_line.get_or_insert(self.line);
                self.headers += usize::from(header == "th");
                self.cell = Some(String::new());
            }
            "/td" | "/th" => self.end_of_cell(),
            "/tr" | "/table" => self.end_of_row(),
            "br" | "br/" => self.text("\n"),
            _ => {}
        }
    }

    fn end_of_cell(&mut self) {
        if let Some(cell) = self.cell.take() {
            let lines: Vec<_> = cell.lines().map(squeezed).filter(|line| !line.is_empty()).collect();
            self.row.push(Cow::Owned(lines.join("\n")));
        }
    }

    /// A first row that is all headers is the header of the table.
    fn end_of_row(&mut self) {
        self.end_of_cell();
        let line = self.row_line.take().unwrap_or(self.line);
        let (cells, headers) = (std::mem::take(&mut self.row), std::mem::take(&mut self.headers));
        let Some(table) = self.tables.last_mut().filter(|_| !cells.is_empty()) else { return };
        if table.rows.is_empty() && table.header.is_empty() && headers == cells.len() {
            table.header = cells;
        } else {
            table.rows.push(Row { cells, line });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_html() {
        let html = "<table class=\"x\">\n<tr><th>Time</th><th>Event</th></tr>\n<tr>\n<td>10:00</td><td>a &amp; <b>b</b></td></tr>\n</table>";
        let blocks = html_blocks(html, 3);
        let [Block::Table(table)] = &blocks[..] else { panic!("{blocks:?}") };
        assert_eq!((&table.header[..], table.line), (&["Time".into(), "Event".into()][..], 3));
        assert_eq!((&table.rows[0].cells[..], table.rows[0].line), (&["10:00".into(), "a & b".into()][..], 5));
        let blocks = html_blocks("<table><tbody><tr><th>Severity</th><td>x<br>y</td></tr><tr><td>never closed", 1);
        let [Block::Table(table)] = &blocks[..] else { panic!("{blocks:?}") };
        assert_eq!(table.rows[0].cells, ["Severity", "x\ny"]);
        let blocks = html_blocks("<table>\n<td>a</td></tr>\n<td>b</td></tr>\n<tr>\n<td>c</td></table>", 1);
        let [Block::Table(table)] = &blocks[..] else { panic!("{blocks:?}") };
        assert_eq!(table.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 4], "rows that no tag opens");
        assert!(html_blocks("<div>text</div>", 1).is_empty());
    }
}
