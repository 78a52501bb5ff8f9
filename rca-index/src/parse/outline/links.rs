//! Which brackets of a body are links: the Markdown reader takes `[[a]](#notes)` for a wikilink, and `[^1]` for a link where
//! something with the look of a definition follows.
//!
//! In: the source and the range of what the Markdown reader calls a link. Out: its target, or that it is none.

use std::ops::Range;

/// Whether this is the mark of a footnote: `[^1]`.
pub(super) fn is_footnote(source: &str, range: &Range<usize>) -> bool {
    source.get(range.clone()).is_some_and(|text| text.starts_with("[^") || text.starts_with("[[^"))
}

/// What a wikilink is when something is written right behind it.
#[derive(Debug, PartialEq)]
pub(super) enum Behind<'a> {
    /// A wikilink: nothing that belongs to it follows.
    Nothing,
    /// The target in `[[a]](target)`, where the text of an ordinary link is in brackets.
    Target(&'a str),
    /// The name of a definition, in `[[a]][name]`.
    Definition,
}

/// What follows a wikilink that ends here.
pub(super) fn behind_wikilink(source: &str, end: usize) -> Behind<'_> {
    let rest = source.get(end..).unwrap_or_default();
    if let Some(rest) = rest.strip_prefix('(') {
        let inside = rest.split(['\n', ')']).next().unwrap_or_default();
        let closed = rest[inside.len()..].starts_with(')');
        let (target, title) = inside.trim().split_once(' ').unwrap_or((inside.trim(), ""));
        let has_title = title.is_empty() || title.trim_start().starts_with(['"', '\'']);
        if closed && has_title {
            return Behind::Target(target.trim_start_matches('<').trim_end_matches('>'));
        }
    }
    if let Some(rest) = rest.strip_prefix('[') {
        let name = rest.split(['\n', ']', '[']).next().unwrap_or_default();
        if !name.is_empty() && rest[name.len()..].starts_with(']') {
            return Behind::Definition;
        }
    }
    Behind::Nothing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_wikilink_may_be_its_target() {
        let check = |source: &str, expected: Behind<'_>| assert_eq!(behind_wikilink(source, 0), expected, "{source}");
        check("(#notes)", Behind::Target("#notes"));
        check("(<../a.md> \"A title\") x", Behind::Target("../a.md"));
        check("(see below)", Behind::Nothing);
        check("(a\n)", Behind::Nothing);
        check(" (a)", Behind::Nothing);
        check("[1]", Behind::Definition);
        check("[[other]]", Behind::Nothing);
        check("", Behind::Nothing);
    }
}
