//! Paths as text: with `/` between folders, as the system writes them, and as addresses.
//!
//! In: paths. Out: the same text on every system where it goes into a format, and the system's own for people. What is
//! particular to Windows is said in functions of texts, so that it is tested everywhere.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::characters::is_unsafe;

/// Characters that a path may contain unescaped (RFC 3986, section 3.3).
pub(crate) const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// How a system writes paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Unix,
    Windows,
}

const HERE: Style = if cfg!(windows) { Style::Windows } else { Style::Unix };

/// A path with `/` between folders, as formats and the archive write it.
pub(crate) fn slashed(path: &Path) -> String {
    slashed_in(HERE, &path.to_string_lossy())
}

/// On Unix a backslash is a character of a name like any other.
fn slashed_in(style: Style, path: &str) -> String {
    match style {
        Style::Unix => path.to_owned(),
        Style::Windows => path.replace('\\', "/"),
    }
}

/// Whether the place of an index is an address, not a folder.
pub(crate) fn is_address(place: &Path) -> bool {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    place.to_str().and_then(|text| text.split_once("://")).is_some_and(|(scheme, _)| is_scheme(scheme))
}

/// The path of a report in a folder, with one kind of separator: that of the system, however the folder was typed.
pub(crate) fn within(folder: &Path, report: &str) -> PathBuf {
    let path = folder.join(report);
    match HERE {
        Style::Unix => path,
        Style::Windows => path.components().collect(),
    }
}

/// A path as the target of a link in Markdown, between angle brackets: relative or absolute, but never with a scheme or a
/// server in front, however the path begins, and with nothing that ends the link or means something else in an address.
pub(crate) fn link_target(path: &Path) -> String {
    if let Some(url) = file_url(path).filter(|_| HERE == Style::Windows) {
        return url;
    }
    relative_reference(&slashed(path))
}

/// A path as a reference (RFC 3986, section 4.2).
fn relative_reference(path: &str) -> String {
    let mut target = String::with_capacity(path.len());
    for c in path.chars() {
        if is_unsafe(c) || matches!(c, '<' | '>' | '[' | ']' | '`' | '\\' | '&' | '%' | '#' | '?' | '|') {
            target.extend(utf8_percent_encode(c.encode_utf8(&mut [0; 4]), NON_ALPHANUMERIC));
        } else {
            target.push(c);
        }
    }
    // `//host` is a server.
    if target.starts_with("//") {
        return format!("/{}", target.trim_start_matches('/'));
    }
    let first = target.split('/').next().unwrap_or_default();
    let is_plain = first.trim() == first && !first.contains(':');
    if is_plain { target } else { format!("./{target}") }
}

/// The address of a file, given by its absolute path. None if the path has none, as that of a device.
pub(crate) fn file_url(path: &Path) -> Option<String> {
    file_url_in(HERE, &path.to_string_lossy())
}

fn file_url_in(style: Style, path: &str) -> Option<String> {
    if style == Style::Unix {
        return path.starts_with('/').then(|| format!("file://{}", utf8_percent_encode(path, PLAIN)));
    }
    let plain = plain_of(path).unwrap_or_else(|| path.to_owned());
    // What cannot be written plainly has a prefix that no address has.
    let path = slashed_in(style, plain.strip_prefix(r"\\?\").filter(|rest| drive(rest).is_some()).unwrap_or(&plain));
    if let Some(rest) = drive(&path) {
        return Some(format!("file:///{}{}", &path[..2], utf8_percent_encode(rest, PLAIN)));
    }
    let server = path.strip_prefix("//").filter(|rest| !rest.starts_with(['.', '?', '/']))?;
    Some(format!("file://{}", utf8_percent_encode(server, PLAIN)))
}

/// What follows the drive of a path from its root: `\a` of `C:\a`.
fn drive(path: &str) -> Option<&str> {
    let has_drive = matches!(path.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    has_drive.then(|| &path[2..])
}

/// A path as people write it. On Windows a resolved path begins with `\\?\`, which most programs do not understand.
pub(crate) fn plain(path: PathBuf) -> PathBuf {
    match HERE {
        Style::Unix => path,
        Style::Windows => path.to_str().and_then(plain_of).map_or(path, PathBuf::from),
    }
}

/// A Windows path without the prefix `\\?\`, if it means the same file then.
fn plain_of(path: &str) -> Option<String> {
    /// The longest path, with the NUL behind it, that Windows takes without the prefix.
    const MAX_PATH: usize = 260;
    let rest = path.strip_prefix(r"\\?\")?;
    let (plain, names) = match (drive(rest), rest.strip_prefix(r"UNC\")) {
        (Some(names), _) => (rest.to_owned(), names),
        (None, Some(share)) => (format!(r"\\{share}"), share),
        (None, None) => return None,
    };
    let means_the_same = |name: &str| !name.contains('/') && !name.ends_with(['.', ' ']) && !is_device(name);
    (plain.encode_utf16().count() < MAX_PATH && names.split('\\').all(means_the_same)).then_some(plain)
}

/// Whether Windows takes a name for a device, whatever its extension and folder.
fn is_device(name: &str) -> bool {
    let stem = name.split(['.', ':']).next().unwrap_or(name).trim_end().to_ascii_uppercase();
    let is_numbered = ["COM", "LPT"].iter().any(|port| {
        let number = stem.strip_prefix(port).map(|rest| rest.chars().collect::<Vec<_>>());
        number.is_some_and(|number| matches!(number[..], ['0'..='9' | '¹' | '²' | '³']))
    });
    is_numbered || matches!(&*stem, "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
}

#[cfg(test)]
mod tests {
    use std::path::MAIN_SEPARATOR;

    use super::*;

    #[test]
    fn addresses_are_not_folders() {
        for address in ["http://127.0.0.1:9200/x", "HTTPS://host/x", "ftp://host/x", "opensearch+tls://host"] {
            assert!(is_address(Path::new(address)), "{address}");
        }
        for folder in ["index", "/var/lib/rca", "C:\\index", "./http://x", "http:/x", "a b://x", "://x", "2://x"] {
            assert!(!is_address(Path::new(folder)), "{folder}");
        }
    }

    #[test]
    fn separators_are_those_of_the_style() {
        for (windows, slashes) in [
            (r"corpus\incidents\a.md", "corpus/incidents/a.md"),
            (r"C:\Users\on call\a.md", "C:/Users/on call/a.md"),
            (r"\\server\share\a.md", "//server/share/a.md"),
            (r"2024/a.md", "2024/a.md"),
            (r"障害\報告.md", "障害/報告.md"),
        ] {
            assert_eq!(slashed_in(Style::Windows, windows), slashes);
        }
        // On Unix these are names.
        assert_eq!(slashed_in(Style::Unix, r"a\b/c:d.md"), r"a\b/c:d.md");
    }

    #[test]
    fn a_report_within_a_folder_has_one_kind_of_separator() {
        let path = within(Path::new("corpus"), "2024/a.md");
        assert_eq!(path, Path::new("corpus").join("2024").join("a.md"));
        assert_eq!(path.to_string_lossy().matches(MAIN_SEPARATOR).count(), 2);
        assert_eq!(slashed(&path), "corpus/2024/a.md");
        assert_eq!(within(Path::new("docs/corpus"), "a.md").to_string_lossy().matches(MAIN_SEPARATOR).count(), 2);
        assert_eq!(within(Path::new(""), "a.md"), Path::new("a.md"));
        assert_eq!(within(Path::new("corpus"), "障害/報告.md"), Path::new("corpus").join("障害").join("報告.md"));
    }

    #[test]
    fn no_target_of_a_link_begins_with_a_scheme() {
        for (path, target) in [
            ("corpus/a b.md", "corpus/a b.md"),
            ("/srv/a.md", "/srv/a.md"),
            ("障害/é.md", "障害/é.md"),
            ("javascript:alert(1).md", "./javascript:alert(1).md"),
            ("http:x.md", "./http:x.md"),
            ("http://x.md", "./http://x.md"),
            (" javascript:x.md", "./ javascript:x.md"),
            ("a/javascript:x.md", "a/javascript:x.md"),
            ("java\nscript:x.md", "./java%0Ascript:x.md"),
            ("javascript&colon;x.md", "javascript%26colon;x.md"),
            ("javascript%3Ax.md", "javascript%253Ax.md"),
            ("\u{1}javascript:x.md", "./%01javascript:x.md"),
            ("//host/a.md", "/host/a.md"),
            ("///host/a.md", "/host/a.md"),
            (r"\\host\a.md", "%5C%5Chost%5Ca.md"),
            ("a#b?c.md", "a%23b%3Fc.md"),
            ("a>b<c`d.md", "a%3Eb%3Cc%60d.md"),
            ("](javascript:x)[y.md", "./%5D(javascript:x)%5By.md"),
            ("c:a.md", "./c:a.md"),
            ("\u{202E}x.md", "%E2%80%AEx.md"),
        ] {
            assert_eq!(relative_reference(path), target);
        }
    }

    #[test]
    fn addresses_of_files() {
        let check =
            |style, path: &str, url: Option<&str>| assert_eq!(file_url_in(style, path).as_deref(), url, "{path}");
        check(Style::Unix, "/srv/on call/a#1.md", Some("file:///srv/on%20call/a%231.md"));
        check(Style::Unix, r"/srv/a\b.md", Some("file:///srv/a%5Cb.md"));
        check(Style::Unix, "a.md", None);
        check(Style::Windows, r"C:\on call\a#1.md", Some("file:///C:/on%20call/a%231.md"));
        check(Style::Windows, r"c:/archive/a.md", Some("file:///c:/archive/a.md"));
        check(Style::Windows, r"C:\archive/2024/a.md", Some("file:///C:/archive/2024/a.md"));
        check(Style::Windows, r"\\server\share\a b.md", Some("file://server/share/a%20b.md"));
        check(Style::Windows, r"\\?\C:\archive\a.md", Some("file:///C:/archive/a.md"));
        check(Style::Windows, r"\\?\UNC\server\share\a.md", Some("file://server/share/a.md"));
        check(Style::Windows, r"\\?\C:\archive\nul.md", Some("file:///C:/archive/nul.md"));
        for none in [r"\\.\COM1", r"\\?\Volume{1}\a.md", r"C:a.md", r"archive\a.md", r"\archive\a.md"] {
            check(Style::Windows, none, None);
        }
    }

    #[test]
    fn a_resolved_path_is_written_plainly_if_that_means_the_same() {
        let check = |path: &str, plain: Option<&str>| assert_eq!(plain_of(path).as_deref(), plain, "{path}");
        check(r"\\?\C:\archive\a.md", Some(r"C:\archive\a.md"));
        check(r"\\?\C:\", Some(r"C:\"));
        check(r"\\?\UNC\server\share\archive", Some(r"\\server\share\archive"));
        check(r"\\?\C:\console\null.md", Some(r"C:\console\null.md"));
        for other in [
            r"\\?\Volume{1b3b1146-4076-11e1-84aa-806e6f6e6963}\a",
            r"\\?\C:\a.",
            r"\\?\C:\a \b",
            r"\\?\C:\aux",
            r"\\?\C:\NUL.md",
            r"\\?\C:\com1.2024.md",
            r"\\?\C:\lpt² \a.md",
            r"\\?\C:\a/b",
            r"C:\archive",
            r"archive",
            r"\\server\share",
            "",
        ] {
            check(other, None);
        }
        let long = |names| format!(r"\\?\C:\{}", r"long-name\".repeat(names));
        check(&long(3), Some(&long(3)[4..]));
        check(&long(26), None);
    }

    #[test]
    fn devices_have_names_that_no_file_can_have() {
        for device in ["CON", "con", "Aux.md", "nul.tar.gz", "COM1", "lpt9.txt", "com¹", "PRN .md", "CONIN$", "nul:x"]
        {
            assert!(is_device(device), "{device}");
        }
        for name in ["console", "COM", "COM10", "auxiliary.md", "null", "lptx", "a.con", "", "incident-nul"] {
            assert!(!is_device(name), "{name}");
        }
    }
}
