//! Hyperlinks: the addresses behind paths on a terminal.
//!
//! In: a format with ripgrep's names and variables. Out: for a file and a line, the address that an editor opens.

use std::fmt;
use std::path::Path;

use percent_encoding::percent_encode;

use crate::paths::PLAIN;

/// The formats that have a name, as ripgrep has them.
const NAMED: [(&str, &str); 11] = [
    ("default", if cfg!(windows) { "file://{path}" } else { "file://{host}{path}" }),
    ("none", ""),
    ("file", "file://{host}{path}"),
    ("vscode", "vscode://file{path}:{line}:{column}"),
    ("vscode-insiders", "vscode-insiders://file{path}:{line}:{column}"),
    ("vscodium", "vscodium://file{path}:{line}:{column}"),
    ("cursor", "cursor://file{path}:{line}:{column}"),
    ("textmate", "txmt://open?url=file://{path}&line={line}&column={column}"),
    ("macvim", "mvim://open?url=file://{path}&line={line}&column={column}"),
    ("grep+", "grep+://{path}:{line}"),
    ("kitty", "file://{host}{path}#{line}"),
];

/// The names of the formats, for messages.
fn format_names() -> String {
    NAMED.map(|(name, _)| name).join(", ")
}

/// A format of addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Hyperlinks {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Path,
    Line,
    Column,
}

/// Why a format is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FormatError {
    /// It is not a name and has no variable.
    Name,
    /// It has no `{path}`.
    NoPath,
    /// It has a `{column}` and no `{line}`.
    NoLine,
    /// There is no variable of this name.
    Variable(String),
    /// A brace has no partner.
    Brace,
    /// It does not begin with the scheme of an address, as `file:` is.
    Scheme,
    /// It has a character that ends the address or drives the terminal.
    Character,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variables = "{path}, {line}, {column}, {host} and {wslprefix}";
        match self {
            Self::Name => write!(f, "no format has this name; known are {}", format_names()),
            Self::NoPath => write!(f, "a format needs {{path}}"),
            Self::NoLine => write!(f, "a format with {{column}} needs {{line}}"),
            Self::Variable(name) => write!(f, "unknown variable `{{{name}}}`; known are {variables}"),
            Self::Brace => write!(f, "a brace without its partner; write `{{{{` or `}}}}` for a brace itself"),
            Self::Scheme => write!(f, "a format begins with a scheme, as `vscode://` is one"),
            Self::Character => write!(f, "a format has no control characters and no spaces"),
        }
    }
}

impl Hyperlinks {
    /// The format with a name, or an own one.
    ///
    /// # Errors
    /// Why it is not a format.
    pub(crate) fn parse(text: &str) -> Result<Self, FormatError> {
        let named = NAMED.iter().find(|(name, _)| *name == text).map(|(_, format)| *format);
        if named.is_none() && !text.contains(['{', '}']) {
            return Err(FormatError::Name);
        }
        let format = named.unwrap_or(text);
        if format.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(FormatError::Character);
        }
        let parts = parts(format)?;
        let has = |part: &Part| parts.contains(part);
        if !parts.is_empty() {
            if !has(&Part::Path) {
                return Err(FormatError::NoPath);
            }
            if has(&Part::Column) && !has(&Part::Line) {
                return Err(FormatError::NoLine);
            }
            if !begins_with_scheme(&parts) {
                return Err(FormatError::Scheme);
            }
        }
        Ok(Self { parts })
    }

    /// Whether nothing is linked.
    pub(crate) fn is_none(&self) -> bool {
        self.parts.is_empty()
    }

    /// The address of a file, given by its absolute path, and of a line in it, which is the first where none is known.
    pub(crate) fn of(&self, path: &Path, line: Option<u32>) -> String {
        let mut address = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => address.push_str(text),
                Part::Path => address.push_str(&encoded(path)),
                Part::Line => address.push_str(&line.unwrap_or(1).to_string()),
                Part::Column => address.push('1'),
            }
        }
        address
    }
}

/// The parts of a format. Host and prefix do not depend on the file.
fn parts(format: &str) -> Result<Vec<Part>, FormatError> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = format;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let (brace, behind) = rest[at..].split_at(1);
        if let Some(behind) = behind.strip_prefix(brace) {
            text.push_str(brace);
            rest = behind;
            continue;
        }
        let (name, behind) = behind.split_once('}').filter(|_| brace == "{").ok_or(FormatError::Brace)?;
        let variable = match name {
            "path" => Some(Part::Path),
            "line" => Some(Part::Line),
            "column" => Some(Part::Column),
            "host" => {
                text.push_str(&host());
                None
            }
            "wslprefix" => {
                text.push_str(&wsl_prefix(std::env::var("WSL_DISTRO_NAME").ok().as_deref()));
                None
            }
            _ => return Err(FormatError::Variable(name.to_owned())),
        };
        if let Some(variable) = variable {
            if !text.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut text)));
            }
            parts.push(variable);
        }
        rest = behind;
    }
    text.push_str(rest);
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    Ok(parts)
}

/// Whether an address begins with a scheme (RFC 3986, section 3.1).
fn begins_with_scheme(parts: &[Part]) -> bool {
    let Some(Part::Text(text)) = parts.first() else { return false };
    let Some((scheme, _)) = text.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// A path as part of an address.
#[cfg(not(windows))]
fn encoded(path: &Path) -> String {
    percent_encode(path.as_os_str().as_encoded_bytes(), PLAIN).to_string()
}

#[cfg(windows)]
fn encoded(path: &Path) -> String {
    encoded_windows(&path.to_string_lossy())
}

/// A path of Windows as part of an address: `C:\reports\a.md` is `/C:/reports/a.md`.
#[cfg(any(windows, test))]
fn encoded_windows(path: &str) -> String {
    const DRIVE: &percent_encoding::AsciiSet = &PLAIN.remove(b':');
    let path = path.strip_prefix(r"\\?\").unwrap_or(path).replace('\\', "/");
    let lead = if path.starts_with('/') { "" } else { "/" };
    format!("{lead}{}", percent_encode(path.as_bytes(), DRIVE))
}

/// The name of this machine, for terminals that show another one; nothing if it is not known.
fn host() -> String {
    let told = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let told = told.or_else(|| ["HOSTNAME", "COMPUTERNAME"].iter().find_map(|name| std::env::var(name).ok()));
    let name = told.unwrap_or_default();
    name.trim().chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')).collect()
}

/// What stands before a path of a Linux that runs in Windows.
fn wsl_prefix(distribution: Option<&str>) -> String {
    distribution.map(|name| format!("wsl$/{}", percent_encode(name.as_bytes(), PLAIN))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formats_of_ripgrep() {
        let link = |format: &str| {
            Hyperlinks::parse(format).unwrap().of(Path::new("/reports/disk full.md"), Some(31)).replace(&host(), "HOST")
        };
        for (format, expected) in [
            ("file", "file://HOST/reports/disk%20full.md"),
            ("vscode", "vscode://file/reports/disk%20full.md:31:1"),
            ("vscode-insiders", "vscode-insiders://file/reports/disk%20full.md:31:1"),
            ("vscodium", "vscodium://file/reports/disk%20full.md:31:1"),
            ("cursor", "cursor://file/reports/disk%20full.md:31:1"),
            ("textmate", "txmt://open?url=file:///reports/disk%20full.md&line=31&column=1"),
            ("macvim", "mvim://open?url=file:///reports/disk%20full.md&line=31&column=1"),
            ("grep+", "grep+:///reports/disk%20full.md:31"),
            ("kitty", "file://HOST/reports/disk%20full.md#31"),
            ("emacs+x://{path}?l={line}&{{b}}", "emacs+x:///reports/disk%20full.md?l=31&{b}"),
        ] {
            if !host().is_empty() || !expected.contains("HOST") {
                assert_eq!(link(format), expected, "{format}");
            }
        }
        assert!(Hyperlinks::parse("none").unwrap().is_none() && !Hyperlinks::parse("default").unwrap().is_none());
        assert_eq!(Hyperlinks::parse("grep+").unwrap().of(Path::new("/a"), None), "grep+:///a:1", "the first line");
    }

    #[test]
    fn a_wrong_format_says_why() {
        for (format, expected) in [
            ("vs-code", FormatError::Name),
            ("", FormatError::Name),
            ("x://{line}", FormatError::NoPath),
            ("x://{path}:{column}", FormatError::NoLine),
            ("x://{file}", FormatError::Variable("file".to_owned())),
            ("x://{path", FormatError::Brace),
            ("x://{path}}", FormatError::Brace),
            ("x://path}", FormatError::Brace),
            ("{path}", FormatError::Scheme),
            ("/x{path}", FormatError::Scheme),
            ("1x:{path}", FormatError::Scheme),
            ("x://{path}\u{1b}\\", FormatError::Character),
            ("x://{path} ", FormatError::Character),
        ] {
            assert_eq!(Hyperlinks::parse(format), Err(expected), "{format}");
        }
    }

    #[test]
    fn paths_of_every_system_are_addresses() {
        assert_eq!(encoded_windows(r"C:\incident reports\a#1.md"), "/C:/incident%20reports/a%231.md");
        assert_eq!(encoded_windows(r"\\?\D:\a.md"), "/D:/a.md");
        assert_eq!(encoded_windows(r"\\server\share\a.md"), "//server/share/a.md");
        assert_eq!(wsl_prefix(Some("Ubuntu 24")), "wsl$/Ubuntu%2024");
        assert_eq!(wsl_prefix(None), "");
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt as _;
            let path = Path::new(std::ffi::OsStr::from_bytes(b"/a\xff\x1b.md"));
            assert_eq!(Hyperlinks::parse("grep+").unwrap().of(path, Some(2)), "grep+:///a%FF%1B.md:2");
        }
    }
}
