//! Ids of reports: one function of the path, so that no id depends on which other files there are.
//!
//! In: a path in the archive. Out: an id that no other path has. From an id, its path can be told.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Extensions of documents, in any case. Where a name without its final `.md` ends in one of these, `.md` stays, because that
/// shorter name may be a file as well.
const EXTENSIONS: [&str; 19] = [
    "md", "markdown", "mdx", "qmd", "erb", "rmd", "mkd", "mdown", "html", "htm", "xhtml", "txt", "text", "adoc",
    "asciidoc", "rst", "org", "textile", "tex",
];

/// The id of the report at a path in an archive, `/` between folders. No other path has this id:
///
/// - a final `.md` is left out, unless what is left ends in an extension of documents, or in a point;
/// - any other extension of documents stays: `a.mdx`, `a.html`, `a.MD`;
/// - a name with no such extension, which only `include` in the settings takes in, gets a point at its end;
/// - `%` is written as `%25`. Bytes of a path that are not UTF-8 are written as `%FF`.
///
/// # Examples
/// ```
/// use rca_index::parse::report_id;
///
/// assert_eq!(report_id("2025/queue backlog.md"), "2025/queue backlog");
/// assert_eq!(report_id("a.markdown"), "a.markdown");
/// assert_eq!(report_id("a.markdown.md"), "a.markdown.md");
/// assert_eq!(report_id("100% full.md"), "100%25 full");
/// ```
pub fn report_id(path: &str) -> String {
    id_of_escaped(&escaped(path)).into_owned()
}

/// The id of the report at a path whose `%` and bytes that are not UTF-8 are escaped.
pub(crate) fn id_of_escaped(path: &str) -> Cow<'_, str> {
    if let Some(rest) = path.strip_suffix(".md")
        && !has_extension(rest)
        && !rest.ends_with(['.', '/'])
        && !rest.is_empty()
    {
        return Cow::Borrowed(rest);
    }
    if has_extension(path) { Cow::Borrowed(path) } else { Cow::Owned(format!("{path}.")) }
}

/// The path, in bytes, of the report with an id: what [`report_id`] and the escapes in it stand for.
///
/// # Examples
/// ```
/// use rca_index::parse::report_path;
///
/// assert_eq!(report_path("2025/queue backlog"), b"2025/queue backlog.md");
/// assert_eq!(report_path("a.markdown"), b"a.markdown");
/// assert_eq!(report_path("100%25 full%FF"), b"100% full\xFF.md");
/// ```
pub fn report_path(id: &str) -> Vec<u8> {
    let (path, extension) = match id.strip_suffix('.') {
        Some(path) => (path, ""),
        None if has_extension(id) => (id, ""),
        None => (id, ".md"),
    };
    percent_decode_str(path).chain(extension.bytes()).collect()
}

/// A path with its `%` escaped.
pub(crate) fn escaped(path: &str) -> Cow<'_, str> {
    if path.contains('%') { Cow::Owned(path.replace('%', "%25")) } else { Cow::Borrowed(path) }
}

/// An id as people write the name: with no extension, and with `%` as itself.
pub(crate) fn name_of_id(id: &str) -> Cow<'_, str> {
    let name = match id.rfind('.') {
        Some(at) if has_extension(id) => &id[..at],
        _ => id.strip_suffix('.').unwrap_or(id),
    };
    if name.contains("%25") { Cow::Owned(name.replace("%25", "%")) } else { Cow::Borrowed(name) }
}

/// Whether a path ends in an extension of documents.
fn has_extension(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, last)| EXTENSIONS.iter().any(|known| last.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;
    use crate::parse::stem;

    #[test]
    fn an_id_is_the_path_made_unique() {
        for (path, id) in [
            ("a/b.md", "a/b"),
            ("a.mdx", "a.mdx"),
            ("straße.markdown", "straße.markdown"),
            ("a.html", "a.html"),
            ("a.html.md", "a.html.md"),
            ("a.markdown.md", "a.markdown.md"),
            ("a.md.md", "a.md.md"),
            ("a.MD.md", "a.MD.md"),
            ("a.MD", "a.MD"),
            ("a.Md", "a.Md"),
            ("b.md.erb", "b.md.erb"),
            ("b.md.erb.md", "b.md.erb.md"),
            ("v1.2 outage.md", "v1.2 outage"),
            ("v1.2.md", "v1.2"),
            ("example.com.md", "example.com"),
            ("a.b/c.md", "a.b/c"),
            ("v1.2 outage", "v1.2 outage."),
            ("a.foo", "a.foo."),
            ("a.", "a.."),
            ("a..md", "a..md"),
            ("a.b/c", "a.b/c."),
            (".md", ".md"),
            ("a/.md", "a/.md"),
            ("md", "md."),
            ("100%.md", "100%25"),
            ("%FF.md", "%25FF"),
            ("%25.md", "%2525"),
        ] {
            assert_eq!(report_id(path), id, "{path}");
        }
    }

    #[test]
    fn the_name_of_an_id_has_no_extension() {
        for (path, name) in [
            ("a/b.md", "a/b"),
            ("a.mdx", "a"),
            ("a.MD", "a"),
            ("b.md.erb", "b.md"),
            ("a.markdown.md", "a.markdown"),
            ("PM2022-009 - no extension", "PM2022-009 - no extension"),
            ("v1.2.md", "v1.2"),
            ("100% full.md", "100% full"),
        ] {
            assert_eq!(name_of_id(&report_id(path)), name, "{path}");
        }
    }

    /// Parts of names that have met in a collision, or nearly.
    const PARTS: [&str; 26] = [
        "a", "b", ".", "..", ".md", ".MD", ".Md", ".markdown", ".mdx", ".qmd", ".erb", ".html", ".HTML", ".txt",
        ".foo", "md", "%", "%25", "%FF", "%FE", "25", "/", " ", "é", "e\u{301}", "index",
    ];

    /// A path as bytes: parts, and bytes that are not UTF-8.
    fn path() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            8 => prop::sample::select(&PARTS[..]).prop_map(|part| part.as_bytes().to_vec()),
            1 => prop::sample::select(&[0xFF_u8, 0xFE, 0x80, 0xC3][..]).prop_map(|byte| vec![byte]),
        ];
        (prop::collection::vec(part, 1..6), prop::bool::ANY).prop_map(|(parts, is_md)| {
            let mut path = parts.concat();
            path.extend(if is_md { &b".md"[..] } else { b"" });
            path
        })
    }

    /// The id of a path as the walk makes it.
    fn id(path: &[u8]) -> String {
        let mut text = String::new();
        for chunk in path.utf8_chunks() {
            text.push_str(&escaped(chunk.valid()));
            text.extend(chunk.invalid().iter().map(|byte| format!("%{byte:02X}")));
        }
        id_of_escaped(&text).into_owned()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn no_two_paths_have_one_id_and_no_id_depends_on_the_others(paths in prop::collection::vec(path(), 1..40)) {
            let paths: BTreeSet<Vec<u8>> = paths.into_iter().collect();
            let mut owners: BTreeMap<String, &[u8]> = BTreeMap::new();
            for path in &paths {
                let id = id(path);
                prop_assert_eq!(&report_path(&id), path);
                if let Ok(text) = std::str::from_utf8(path) {
                    prop_assert_eq!(&report_id(text), &id);
                }
                if let Some(other) = owners.insert(id.clone(), path) {
                    prop_assert!(false, "{:?} and {:?} are both {}", other, path, id);
                }
            }
        }

        #[test]
        fn a_usual_report_has_the_id_that_people_expect(name in "[a-z0-9][a-z0-9 -]{0,20}") {
            let path = format!("2025/{name}.md");
            prop_assert_eq!(report_id(&path), stem(&path));
        }
    }
}
