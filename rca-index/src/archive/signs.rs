//! Signs that a file is to be filled in, or only leads to others: placeholders, choices, empty sections, lists of links.
//!
//! In: the text of a file and its problems. Out: each sign with its line, and how many lines have content. Code, comments and
//! running text are not looked at: `kubectl delete pod <pod>` is a command, `**Author:** <name>` is a placeholder.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::incident::{Problem, ProblemKind};

/// What a sign is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SignKind {
    /// A field that names all of its values: `P1 | P2 | P3`.
    Choice,
    /// The pattern of a date or a time: `YYYY-MM-DD`, `HH:MM`.
    Date,
    /// Text in brackets, alone: `<name>`, `[Your name]`, `{{ summary }}`; `[insert ...]` anywhere.
    Bracket,
    /// `TODO`, `TBD`, `XXX`, `...`, alone.
    Todo,
    /// A heading with nothing below it.
    Empty,
}

impl SignKind {
    pub(super) const ALL: [Self; 5] = [Self::Choice, Self::Date, Self::Bracket, Self::Todo, Self::Empty];
}

/// A sign and its line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sign {
    pub(super) kind: SignKind,
    pub(super) line: u32,
}

/// The signs of a file.
#[derive(Debug, Default)]
pub(super) struct Signs {
    /// At most one a line, in order.
    pub(super) found: Vec<Sign>,
    /// Lines with content: no headings, code or comments.
    pub(super) lines: usize,
    pub(super) headings: usize,
    /// Whether the first heading is a placeholder: `Incident Title`, `[Title]`.
    pub(super) title_is_placeholder: bool,
    /// Whether all lines with content have a link, the first few aside.
    pub(super) is_list_of_links: bool,
}

/// Reads the signs of a text.
pub(super) fn read_signs(source: &str, problems: &[Problem]) -> Signs {
    let mut reader = Reader::default();
    let choices = problems.iter().filter(|problem| is_choice(&problem.kind)).map(|problem| problem.line);
    reader.choices = choices.collect();
    let lines = source.trim_start_matches('\u{feff}').lines();
    for (number, line) in (1..).zip(lines) {
        reader.line(number, line);
    }
    reader.end_of_section(0);
    let Reader { mut signs, links, .. } = reader;
    signs.is_list_of_links = links.listed >= 2 && links.others == 0 && links.before <= 3;
    signs
}

fn is_choice(kind: &ProblemKind) -> bool {
    matches!(kind, ProblemKind::SeverityNotChosen { .. } | ProblemKind::StatusNotChosen { .. })
}

#[derive(Default)]
struct Reader {
    signs: Signs,
    choices: BTreeSet<u32>,
    links: Links,
    front: Front,
    /// The characters of the open code fence.
    fence: Option<&'static str>,
    in_comment: bool,
    /// The last heading: its line and level, while nothing stands below it.
    open_heading: Option<(u32, usize)>,
    in_table: bool,
}

/// Lines of a list of links.
#[derive(Default)]
struct Links {
    listed: usize,
    /// Lines with no link before the first link.
    before: usize,
    /// And behind it.
    others: usize,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Front {
    #[default]
    NotYet,
    Open(&'static str),
    Past,
}

impl Reader {
    fn line(&mut self, number: u32, line: &str) {
        let line = line.trim();
        if self.is_front_matter(number, line) || self.is_code(line) {
            return;
        }
        let visible = self.without_comments(line);
        let line = visible.trim();
        if line.is_empty() {
            self.in_table = false;
            return;
        }
        if let Some((level, text)) = heading(line) {
            self.end_of_section(level);
            self.open_heading = Some((number, level));
            self.signs.headings += 1;
            let sign = unfilled(text, false);
            if self.signs.headings == 1 && (sign.is_some() || is_title_placeholder(text)) {
                self.signs.title_is_placeholder = true;
            }
            self.found(number, sign);
            return;
        }
        let is_rule = line.chars().all(|c| matches!(c, '-' | '=' | '*' | '_' | '|' | ':' | ' ' | '+'));
        if line.starts_with('|') {
            self.table_row(number, line, is_rule);
            return;
        }
        // A bullet with nothing behind it is as empty as no bullet.
        if is_rule {
            return;
        }
        self.content(number, line);
        let value = value_of(line);
        let is_field = value.len() < line.trim_start_matches(MARKS).len();
        self.found(number, unfilled(value, !is_field || line.contains("**")));
    }

    /// Whether a line belongs to the front matter, whose values are looked at.
    fn is_front_matter(&mut self, number: u32, line: &str) -> bool {
        match self.front {
            Front::NotYet if line.is_empty() => true,
            Front::NotYet => {
                let open = ["---", "+++"].into_iter().find(|mark| line.starts_with(mark));
                self.front = open.map_or(Front::Past, Front::Open);
                open.is_some()
            }
            Front::Open(mark) if line == mark => {
                self.front = Front::Past;
                true
            }
            Front::Open(_) => {
                let value = line.split_once([':', '=']).map_or("", |(_, value)| value);
                let value = value.trim().trim_matches(['"', '\'']);
                if !value.is_empty() && !line.starts_with('#') {
                    self.signs.lines += 1;
                    self.found(number, unfilled(value, false));
                }
                true
            }
            Front::Past => false,
        }
    }

    fn is_code(&mut self, line: &str) -> bool {
        let fence = ["```", "~~~"].into_iter().find(|fence| line.starts_with(fence));
        match (self.fence, fence) {
            (Some(open), Some(close)) if open == close => self.fence = None,
            (Some(_), _) => {}
            (None, Some(open)) => {
                self.fence = Some(open);
                self.open_heading = None;
                self.signs.lines += 1;
                self.links.add(false);
            }
            (None, None) => return false,
        }
        true
    }

    /// What of a line is outside of comments, which may go over several lines.
    fn without_comments<'l>(&mut self, line: &'l str) -> Cow<'l, str> {
        if !self.in_comment && !line.contains('<') {
            return Cow::Borrowed(line);
        }
        let mut visible = String::new();
        let mut rest = line;
        loop {
            if self.in_comment {
                let Some(end) = rest.find("-->") else { return Cow::Owned(visible) };
                self.in_comment = false;
                rest = &rest[end + 3..];
            } else {
                let Some(start) = rest.find("<!--") else { break };
                visible.push_str(&rest[..start]);
                self.in_comment = true;
                rest = &rest[start + 4..];
            }
        }
        visible.push_str(rest);
        Cow::Owned(visible)
    }

    fn table_row(&mut self, number: u32, line: &str, is_rule: bool) {
        // The header says nothing of the incident.
        if !std::mem::replace(&mut self.in_table, true) || is_rule {
            return;
        }
        self.content(number, line);
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        // The first of two cells is a key; the pattern of a time is none.
        let is_key = |(i, kind): &(usize, SignKind)| cells.len() == 2 && *i == 0 && *kind != SignKind::Date;
        let unfilled = cells.iter().enumerate().filter_map(|(i, cell)| Some((i, unfilled(cell, false)?)));
        let unfilled = unfilled.filter(|found| !is_key(found)).map(|(_, kind)| kind);
        self.found(number, unfilled.min());
    }

    fn content(&mut self, number: u32, line: &str) {
        self.open_heading = None;
        self.signs.lines += 1;
        let link = line.contains("](") || line.contains("[[");
        self.links.add(link && !self.choices.contains(&number));
    }

    /// Ends the section above a heading of a level.
    fn end_of_section(&mut self, level: usize) {
        self.in_table = false;
        if let Some((number, _)) = self.open_heading.take().filter(|&(_, above)| above >= level && above > 1) {
            self.found(number, Some(SignKind::Empty));
        }
    }

    fn found(&mut self, line: u32, kind: Option<SignKind>) {
        let kind = if self.choices.contains(&line) { Some(SignKind::Choice) } else { kind };
        let Some(kind) = kind else { return };
        match self.signs.found.last_mut() {
            Some(last) if last.line == line => last.kind = last.kind.min(kind),
            _ => self.signs.found.push(Sign { kind, line }),
        }
    }
}

impl Links {
    fn add(&mut self, link: bool) {
        match (link, self.listed) {
            (true, _) => self.listed += 1,
            (false, 0) => self.before += 1,
            (false, _) => self.others += 1,
        }
    }
}

/// Marks of lists and quotes.
const MARKS: [char; 5] = ['-', '*', '+', '>', ' '];

fn heading(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    ((1..=6).contains(&level) && (text.is_empty() || text.starts_with(' ')))
        .then(|| (level, text.trim_matches([' ', '#'])))
}

/// The value of a line: behind the mark of its item, its number, its checkbox and a short label.
fn value_of(line: &str) -> &str {
    let text = line.trim_start_matches(MARKS);
    let numbered = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let text = if numbered.len() < text.len() { numbered.strip_prefix(['.', ')']).unwrap_or(text) } else { text };
    let text = text.trim_start();
    let text = ["[ ]", "[x]", "[X]"].iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text).trim_start();
    let label = text.split_once([':', '：']).filter(|(label, value)| {
        // `10:00`, `HH:MM`
        let is_time =
            label.rsplit(' ').next().is_some_and(|word| (1..=2).contains(&word.trim_start_matches('*').len()))
                && value.starts_with(|c: char| c.is_alphanumeric());
        let is_placeholder =
            label.contains(['<', '{', '[']) || is_pattern(label.rsplit(' ').next().unwrap_or_default());
        label.chars().count() <= 40 && !is_time && !is_placeholder
    });
    label.map_or(text, |(_, value)| value).trim().trim_matches('*').trim()
}

/// What a value is that nobody has filled in. A value that is running text is none.
fn unfilled(value: &str, may_be_todo: bool) -> Option<SignKind> {
    /// More than this beside a placeholder is a sentence.
    const MAX_REST: usize = 12;
    let value = value.trim().trim_matches(['*', '_', '`']);
    if value.is_empty() || value.len() > 300 {
        return None;
    }
    let (rest, brackets, orders) = without_brackets(value);
    let (mut pattern, mut todo, mut beside) = (false, false, 0);
    for word in rest.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '~')) {
        if is_pattern(word) {
            pattern = true;
        } else if is_todo(word) {
            todo = true;
        } else {
            beside += word.chars().filter(|c| c.is_alphanumeric()).count();
        }
        if beside > MAX_REST {
            return orders.then_some(SignKind::Bracket);
        }
    }
    if pattern || brackets.iter().any(|text| text.split(' ').any(is_pattern)) {
        return Some(SignKind::Date);
    }
    if orders || (!brackets.is_empty() && beside == 0) {
        return Some(SignKind::Bracket);
    }
    (may_be_todo && todo && beside == 0).then_some(SignKind::Todo)
}

/// A text without its placeholders in brackets, these, and whether one is an order: `[insert date]`.
fn without_brackets(text: &str) -> (Cow<'_, str>, Vec<&str>, bool) {
    const PAIRS: [(&str, &str); 4] = [("{{", "}}"), ("<", ">"), ("[", "]"), ("{", "}")];
    const ORDERS: [&str; 12] = [
        "insert ", "your ", "describe ", "enter ", "fill in", "add ", "replace ", "placeholder", "todo", "tbd",
        "provide ", "list ",
    ];
    if !text.bytes().any(|byte| matches!(byte, b'<' | b'[' | b'{')) {
        return (Cow::Borrowed(text), Vec::new(), false);
    }
    let (mut rest, mut found, mut orders) = (String::with_capacity(text.len()), Vec::new(), false);
    let mut at = text;
    'next: while let Some(c) = at.chars().next() {
        for (open, close) in PAIRS {
            let Some(inside) = at.strip_prefix(open) else { continue };
            let Some(end) = inside.find(close) else { break };
            let (inside, behind) = (inside[..end].trim(), &inside[end + close.len()..]);
            if is_placeholder(open, inside, behind) {
                let lower = inside.to_lowercase();
                orders |= open != "{" && ORDERS.iter().any(|order| lower.starts_with(order)) && lower.contains(' ');
                found.push(inside);
                at = behind;
                continue 'next;
            }
            break;
        }
        rest.push(c);
        at = &at[c.len_utf8()..];
    }
    (Cow::Owned(rest), found, orders)
}

/// Whether what stands in brackets is there to be replaced, and is not a tag, a link, an address or an expression.
fn is_placeholder(open: &str, inside: &str, behind: &str) -> bool {
    let first = inside.chars().next();
    if !first.is_some_and(char::is_alphabetic) || inside.len() < 3 || inside.contains("://") || inside.contains('@') {
        return false;
    }
    let is_plain = |c: char| {
        c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '/' | ',' | '|' | ':' | '.' | '\'' | '?' | '(' | ')')
    };
    match open {
        "[" => !behind.starts_with(['(', '[', ':']) && !inside.starts_with('^'),
        // `{{ site.url }}`, `{{ $labels.job }}` are of template engines that publish reports.
        "{{" | "{" => (!inside.contains('.') || inside.contains(' ')) && inside.chars().all(is_plain),
        _ => inside.chars().all(is_plain) && !is_element(inside),
    }
}

/// Whether it is the name of an element of HTML.
fn is_element(inside: &str) -> bool {
    const ELEMENTS: &[&str] = &[
        "abbr", "article", "aside", "audio", "blockquote", "body", "br/", "br /", "button", "center", "cite", "code",
        "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font",
        "footer", "form", "head", "header", "hr", "html", "iframe", "img", "input", "ins", "kbd", "label", "li",
        "link", "main", "mark", "meta", "nav", "ol", "option", "p", "picture", "pre", "samp", "script", "section",
        "select", "small", "source", "span", "strike", "strong", "style", "sub", "summary", "sup", "svg", "table",
        "tbody", "td", "textarea", "tfoot", "th", "thead", "title", "tr", "tt", "ul", "var", "video",
    ];
    ELEMENTS.contains(&inside.to_ascii_lowercase().as_str()) && inside != "title"
}

/// Whether a word is the pattern of a date or a time: `YYYY-MM-DD`, `20xx/mm/dd`, `HH:MM`, `XX:XX`.
fn is_pattern(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    if !word.bytes().all(|byte| b"ymdhsxtz-/:.02".contains(&byte.to_ascii_lowercase())) {
        return false;
    }
    let tells =
        ["yyyy", "20yy", "20xx", "yy-mm", "yy/mm", "hh:mm", "xx:xx", "mm/dd", "dd/mm", "dd.mm", "mm-dd", "hhmm"];
    let lower = word.to_ascii_lowercase();
    tells.iter().any(|pattern| lower.contains(pattern))
}

/// Whether a word stands for what is still to be written.
fn is_todo(word: &str) -> bool {
    let word = word.trim_matches([':', '.', '!', '*', '_', '[', ']']);
    matches!(word, "TODO" | "TBD" | "FIXME" | "XXX" | "YYY" | "ZZZ" | "Todo" | "Tbd" | "tbd" | "todo") || word == "…"
}

/// Whether a title is what stands where a title should be.
fn is_title_placeholder(title: &str) -> bool {
    const TITLES: &[&str] = &[
        "title", "incident title", "title of the incident", "title of incident", "incident name", "name of incident",
        "name of the incident", "postmortem title", "post-mortem title", "post mortem title", "report title",
        "your title", "short title", "incident summary title",
    ];
    TITLES.contains(&title.trim().to_lowercase().as_str())
}
