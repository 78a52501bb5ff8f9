//! Shapes: which lines of a section are read as lines of their own, and which are one text.
//!
//! In: the text of a section. Out: a shape for each line. Only the beginnings of lines are looked at: snippets are made of
//! thousands of lines in each search.

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Part of a text that goes on in the next line.
    Prose,
    /// A line of code: its white space counts.
    Code,
    /// A row of a table.
    Row,
    /// What only marks the other lines: a fence, the line below the header of a table.
    Mark,
}

impl Shape {
    /// Whether a line of this shape stands for itself.
    pub(super) fn is_own_line(self) -> bool {
        self != Self::Prose
    }
}

/// The shapes of the lines of a text, in order.
pub(super) fn shapes(text: &str) -> Vec<Shape> {
    let mut shapes = Vec::new();
    let mut reader = Reader::default();
    for line in text.split_inclusive('\n') {
        let shape = reader.shape(line);
        // A header is known by the line below it.
        let is_rule = shape == Shape::Mark && reader.in_table;
        if let Some(header) = shapes.last_mut().filter(|header| is_rule && **header == Shape::Prose) {
            *header = Shape::Row;
        }
        shapes.push(shape);
    }
    shapes
}

/// What is known of the lines so far.
#[derive(Default)]
struct Reader {
    /// The character of the open fence, and how many of it.
    fence: Option<(u8, usize)>,
    /// Whether code is open that is written as HTML.
    in_pre: bool,
    in_table: bool,
    /// Whether indented lines belong to an item of a list.
    in_list: bool,
    /// Whether an indented line would be code: after an empty line, or more of it.
    may_indent: bool,
}

impl Reader {
    fn shape(&mut self, line: &str) -> Shape {
        let content = line.trim();
        if let Some((mark, length)) = self.fence {
            let closes = run_of(content, mark) >= length && content.bytes().all(|b| b == mark);
            if closes {
                self.fence = None;
            }
            return if closes { Shape::Mark } else { Shape::Code };
        }
        if self.in_pre || starts_with_tag(content, "<pre") {
            self.in_pre = !content.to_ascii_lowercase().contains("</pre>");
            return Shape::Code;
        }
        let first = content.bytes().next();
        if let Some(mark @ (b'`' | b'~')) = first {
            let length = run_of(content, mark);
            // Backticks on the same line are code within a text.
            if length >= 3 && !(mark == b'`' && content[length..].contains('`')) {
                self.fence = Some((mark, length));
                self.in_table = false;
                return Shape::Mark;
            }
        }
        if content.contains('|') && is_rule(content) {
            self.in_table = true;
            return Shape::Mark;
        }
        self.in_table &= content.contains('|');
        if self.in_table || first == Some(b'|') {
            return Shape::Row;
        }
        self.indented(line, content)
    }

    /// Whether a line is code because it is indented.
    fn indented(&mut self, line: &str, content: &str) -> Shape {
        if content.is_empty() {
            self.may_indent = true;
            return Shape::Prose;
        }
        if line.starts_with("    ") || line.starts_with('\t') {
            return if self.may_indent && !self.in_list { Shape::Code } else { Shape::Prose };
        }
        self.may_indent = false;
        if is_list_item(content) {
            self.in_list = true;
        } else if !line.starts_with([' ', '\t']) {
            self.in_list = false;
        }
        Shape::Prose
    }
}

/// Whether a text begins with a tag, in any case.
fn starts_with_tag(text: &str, tag: &str) -> bool {
    text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag))
}

/// How often a text begins with a byte.
fn run_of(text: &str, mark: u8) -> usize {
    text.bytes().take_while(|b| *b == mark).count()
}

/// Whether a line is that below the header of a table: `|:--|---|`.
fn is_rule(content: &str) -> bool {
    content.contains('-') && content.bytes().all(|b| matches!(b, b'|' | b'-' | b':' | b' ' | b'\t'))
}

fn is_list_item(content: &str) -> bool {
    let mark = content.split([' ', '\t']).next().unwrap_or_default();
    let number = mark.strip_suffix(['.', ')']).unwrap_or_default();
    matches!(mark, "-" | "*" | "+") || (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A letter for each line: Prose, Code, Row, Mark.
    fn letters(text: &str) -> String {
        let letter = |shape: &Shape| match shape {
            Shape::Prose => 'p',
            Shape::Code => 'c',
            Shape::Row => 'r',
            Shape::Mark => 'm',
        };
        shapes(text).iter().map(letter).collect()
    }

    #[test]
    fn lines_of_code_and_tables_are_lines_of_their_own() {
        assert_eq!(letters("text\n```sh\n$ kubectl get pods | grep x\n\n# no heading\n```\ntext"), "pmcccmp");
        assert_eq!(letters("~~~~\n~~~\n| a |\n~~~~\ntext\n"), "mccmp");
        assert_eq!(letters("```never closed\na\n"), "mc");
        assert_eq!(letters("```code``` in a text\nmore\n"), "pp");
        assert_eq!(letters("| a | b |\n|---|---|\n| c | d |\n\ntext"), "rmrpp");
        assert_eq!(letters("a | b\n-: | -\nc | d\ne\nf | g"), "rmrpp");
        assert_eq!(letters("a pipe | in a text\nmore"), "pp");
        assert_eq!(letters("text\n\n    code\n    more\n\ntext\n    goes on"), "ppccppp");
        assert_eq!(letters("- item\n\n    goes on\ntext\n\n\tcode"), "pppppc");
        assert_eq!(letters("<PRE>\na\nb</pre>\ntext\n<pre>a</pre>\ntext"), "cccpcp");
        assert_eq!(letters(""), "");
    }
}
