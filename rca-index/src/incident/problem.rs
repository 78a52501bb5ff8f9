//! Problems: what in a report could not be read as it stands.
//!
//! In: a line and a kind with what its text needs. Out: a stable code for programs, and the one text for people.

mod kinds;

use std::fmt::{Display, Formatter, Result};

use serde::{Deserialize, Serialize};

use super::Timestamp;

pub use kinds::{PROBLEM_KINDS, ProblemSpec};

/// Something in a report that could not be read as it stands; the report is indexed all the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Problem {
    /// The line in the report, counted from 1.
    pub line: u32,
    /// What is wrong.
    pub kind: ProblemKind,
}

impl Problem {
    /// A problem at a line, counted from 1.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Problem, ProblemKind};
    ///
    /// let problem = Problem::new(1, ProblemKind::FactMissing { fact: "date".into() });
    /// assert_eq!(problem.line, 1);
    /// ```
    pub fn new(line: u32, kind: ProblemKind) -> Self {
        Self { line, kind }
    }

    /// How much it matters.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Level, Problem, ProblemKind};
    ///
    /// let problem = Problem::new(7, ProblemKind::LinkDangling { target: "gone.md".into() });
    /// assert_eq!(problem.level(), Level::Warning);
    /// ```
    pub fn level(&self) -> Level {
        self.kind.level()
    }

    /// The kind's stable name.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Problem, ProblemKind};
    ///
    /// assert_eq!(Problem::new(7, ProblemKind::LinkDangling { target: "gone.md".into() }).code(), "link-dangling");
    /// ```
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// What is wrong and what was made of it, as one sentence with no full stop.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Problem, ProblemKind};
    ///
    /// let problem = Problem::new(7, ProblemKind::LinkDangling { target: "gone.md".into() });
    /// assert_eq!(problem.reason(), "link target `gone.md` matches no report");
    /// ```
    pub fn reason(&self) -> String {
        self.kind.to_string()
    }
}

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Something is lost: the report could not be read, or a stated value is not understood.
    Error,
    /// The value was understood, but others may not understand it.
    Warning,
}

/// What is wrong in a report. `text` is a value as written, on one line and not too long for a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum ProblemKind {
    /// The system refuses to list a folder.
    FolderUnreadable { reason: String },
    /// The system refuses to read a file.
    FileUnreadable { reason: String },
    /// A pipe, a socket or a device.
    FileNotRegular,
    /// A symbolic link whose target is missing.
    SymlinkDangling,
    /// A symbolic link whose target lies outside the archive.
    SymlinkOutside,
    /// More bytes than `max_report_bytes`.
    FileTooLarge { limit: u64 },
    /// No text at all.
    FileEmpty,
    /// The parser has a bug.
    ParserBug,
    /// No text in any encoding; `format` is what the first bytes say, if they say anything.
    Binary { format: String },
    /// UTF-16, by its mark or by what it looks like.
    Utf16,
    /// UTF-8 with bytes that are not.
    NotUtf8,
    /// Text in another encoding.
    OtherEncoding { encoding: String },
    /// NUL bytes in the text.
    NulBytes,
    /// Front matter with no closing line; `keys_read` when the keys at its start are read.
    FrontMatterUnclosed { keys_read: bool },
    /// Front matter with a closing line only.
    FrontMatterUnopened,
    /// Front matter that its format's reader refuses: `YAML`, `TOML`, `JSON`.
    FrontMatterInvalid { format: String, reason: String },
    /// Front matter that is larger, deeper or more than is read.
    FrontMatterBeyondLimit { format: String, limit: String },
    /// Some keys or values of the front matter are no fields, because there are too many or they are too long.
    FieldsCutOff { keys: u64, bytes: u64 },
    /// The marks of a merge that was not finished.
    MergeConflict,
    /// A code fence with no end.
    CodeFenceUnclosed,
    /// A block of HTML with no end.
    HtmlUnclosed,
    /// Facts are read from the start of the report only.
    FactsCutOff { limit: u64 },
    /// Reading facts took more work than a report is worth.
    WorkLimit,
    /// A value that should be a date.
    DateUnreadable { text: String },
    /// A date whose day and month could be the other way round.
    DateAmbiguous { text: String, readings: Vec<Timestamp> },
    /// A year in which the incident cannot have been.
    DateOutOfRange { text: String },
    /// A day is understood, its time of day is not.
    TimeUnreadable { text: String },
    /// A time zone that is not known.
    ZoneUnknown { text: String },
    /// A value that should be a duration.
    DurationUnreadable { text: String },
    /// An end before the start.
    EndBeforeStart { end: Timestamp, start: Timestamp },
    /// A section headed as a timeline with no row in it.
    TimelineEmpty,
    /// Two facts that cannot both be true; the other one stands at `other_line`.
    FactsDisagree { fact: String, other: String, other_line: u32 },
    /// A severity with no rank.
    SeverityUnknown { text: String },
    /// A severity that names several ranks, as in a template.
    SeverityNotChosen { text: String },
    /// A severity written with a typo.
    SeverityMisspelled { text: String, name: String },
    /// A status that names several, as in a template.
    StatusNotChosen { text: String, choices: Vec<String> },
    /// A status that is a sentence with no known word in front.
    StatusUnknown { text: String },
    /// A service that is a count or a sentence; `name` is what it is read as.
    ServiceNotAName { text: String, name: Option<String> },
    /// A service of one report alone, whose name is nearly that of another.
    ServiceNearAnother { service: String, other: String },
    /// A value that should be a number.
    NumberUnreadable { text: String },
    /// A link whose target is neither a report nor a file.
    LinkDangling { target: String },
    /// A fact that `required` in the settings asks for and the report does not state.
    FactMissing { fact: String },
    /// A value that is not among those that `allowed` in the settings lists.
    ValueNotAllowed { fact: String, text: String, meant: Option<String> },
    /// The system refuses to read an ignore file, or it is a link, a pipe or a device.
    IgnoreFileUnreadable { reason: String },
    /// An ignore file has more bytes than are read, alone or with others.
    IgnoreFileTooLarge { limit: u64 },
    /// A pattern of an ignore file.
    IgnorePatternInvalid { text: String, reason: String },
}

impl ProblemKind {
    /// Whether a file or folder cannot be read now, so that what is in it is unknown.
    #[cfg(feature = "archive")]
    pub(crate) fn is_unreadable(&self) -> bool {
        matches!(self, Self::FolderUnreadable { .. } | Self::FileUnreadable { .. } | Self::FileTooLarge { .. })
    }

    /// Whether it is why a file or folder is not in the index.
    ///
    /// # Examples
    /// ```
    /// use rca_index::ProblemKind;
    ///
    /// assert!(ProblemKind::FileEmpty.keeps_out());
    /// assert!(!ProblemKind::LinkDangling { target: "gone.md".into() }.keeps_out());
    /// ```
    pub fn keeps_out(&self) -> bool {
        matches!(
            self,
            Self::FolderUnreadable { .. }
                | Self::FileUnreadable { .. }
                | Self::FileNotRegular
                | Self::FileTooLarge { .. }
                | Self::FileEmpty
                | Self::SymlinkDangling
                | Self::ParserBug
                | Self::Binary { .. }
        )
    }

    /// The stable name, for programs that read machine output.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{PROBLEM_KINDS, ProblemKind};
    ///
    /// let code = ProblemKind::LinkDangling { target: "gone.md".into() }.code();
    /// assert!(PROBLEM_KINDS.iter().any(|spec| spec.code == code));
    /// ```
    pub fn code(&self) -> &'static str {
        self.spec().code
    }

    /// How much it matters.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Level, ProblemKind};
    ///
    /// assert_eq!(ProblemKind::LinkDangling { target: "gone.md".into() }.level(), Level::Warning);
    /// ```
    pub fn level(&self) -> Level {
        match self {
            // What holds no digit states no duration: `Duration: ongoing`.
            Self::DurationUnreadable { text } if !text.contains(|c: char| c.is_ascii_digit()) => Level::Warning,
            _ => self.spec().level,
        }
    }

    /// Whether a limit keeps facts from being read.
    pub(crate) fn is_limit(&self) -> bool {
        matches!(
            self,
            Self::FactsCutOff { .. }
                | Self::WorkLimit
                | Self::FrontMatterBeyondLimit { .. }
                | Self::FieldsCutOff { .. }
        )
    }
}

impl Display for ProblemKind {
    // An arm for each kind.
    #[allow(clippy::too_many_lines)]
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::FolderUnreadable { reason } => write!(f, "cannot read this folder: {reason}"),
            Self::FileUnreadable { reason } => write!(f, "cannot read this file: {reason}"),
            Self::FileNotRegular => f.write_str("not a regular file; skipped"),
            Self::SymlinkDangling => f.write_str("the target of this symbolic link is missing"),
            Self::SymlinkOutside => f.write_str("this symbolic link leads out of the archive; skipped"),
            Self::FileTooLarge { limit } => {
                write!(f, "larger than {limit} bytes; `max_report_bytes` in rca.toml sets the limit")
            }
            Self::FileEmpty => f.write_str("empty"),
            Self::ParserBug => f.write_str("parsing this report failed; please report this as a bug"),
            Self::Utf16 => f.write_str("written in UTF-16; read as such"),
            Self::Binary { format } if format.is_empty() => f.write_str("a binary file; skipped"),
            Self::Binary { format } => write!(f, "a binary file ({format}); skipped"),
            Self::NotUtf8 => f.write_str("invalid UTF-8; these bytes are read as Windows-1252"),
            Self::OtherEncoding { encoding } => write!(f, "written in {encoding}; read as such"),
            Self::NulBytes => f.write_str("NUL bytes in the text"),
            Self::FrontMatterUnclosed { keys_read: true } => {
                f.write_str("front matter never closed; the keys before the first blank line or heading are read")
            }
            Self::FrontMatterUnclosed { keys_read: false } => f.write_str("front matter never closed; read as text"),
            Self::FrontMatterUnopened => f.write_str("front matter with no opening `---`; read all the same"),
            Self::FrontMatterInvalid { format, reason } => {
                write!(f, "invalid {format} in the front matter: {reason}; read line by line instead")
            }
            Self::FrontMatterBeyondLimit { format, limit } => {
                write!(f, "too much {format} in the front matter: {limit}; read line by line instead")
            }
            Self::FieldsCutOff { keys, bytes } => write!(
                f,
                "more than {keys} keys of your own in the front matter, or {bytes} bytes of them; \
                 the rest are no fields, all text is searched"
            ),
            Self::MergeConflict => f.write_str("merge conflict not resolved; both sides are read"),
            Self::CodeFenceUnclosed => f.write_str("code fence never closed; its content is read as text"),
            Self::HtmlUnclosed => f.write_str("HTML block never closed; its content is read as text"),
            Self::FactsCutOff { limit } => write!(
                f,
                "facts are read from the first {limit} bytes only, all text is searched; \
                 `max_facts_bytes` in rca.toml sets the limit"
            ),
            Self::WorkLimit => f.write_str("too costly to read further facts from; all text is searched"),
            // A sentence may well name days.
            Self::DateUnreadable { text } if text.contains('。') || text.ends_with('…') => {
                write!(f, "`{text}` is not understood as one date")
            }
            Self::DateUnreadable { text } => write!(f, "`{text}` is not a valid date{}", template_hint(text)),
            Self::DateAmbiguous { text, readings } => {
                write!(f, "`{text}` could be ")?;
                for (i, reading) in readings.iter().enumerate() {
                    write!(f, "{}{reading}", if i == 0 { "" } else { " or " })?;
                }
                f.write_str("; set `day_first` in rca.toml, or write the date as YYYY-MM-DD")
            }
            Self::DateOutOfRange { text } => write!(f, "`{text}` is too far in the past or future"),
            Self::TimeUnreadable { text } => write!(f, "the time in `{text}` is not valid; the day is kept"),
            Self::ZoneUnknown { text } => write!(f, "`{text}` is not a known time zone; the day is kept"),
            Self::DurationUnreadable { text } => {
                write!(
                    f,
                    "`{text}` is not understood as one duration; write `65`, `1h 5m` or `PT1H5M`{}",
                    template_hint(text)
                )
            }
            Self::EndBeforeStart { end, start } => write!(f, "the end ({end}) is before the start ({start}); ignored"),
            Self::TimelineEmpty => f.write_str("no entry of this timeline has a time that is understood"),
            Self::FactsDisagree { fact, other, other_line } => {
                write!(f, "{fact} contradicts {other} in line {other_line}")
            }
            Self::SeverityUnknown { text } => {
                write!(f, "severity `{text}` is unknown; kept as a label with no rank{}", template_hint(text))
            }
            Self::SeverityNotChosen { text } => {
                write!(f, "severity `{text}` names more than one level{}", template_hint(text))
            }
            Self::SeverityMisspelled { text, name } => write!(f, "severity `{text}` is read as `{name}`"),
            Self::StatusNotChosen { text, choices } => {
                write!(f, "status `{text}` could be {}; was the template not filled in?", choices.join(" or "))
            }
            Self::StatusUnknown { text } => {
                write!(f, "status `{text}` does not begin with a known word; ignored")
            }
            Self::ServiceNotAName { text, name: Some(name) } => {
                write!(f, "`{text}` is not the name of a service; read as `{name}`")
            }
            Self::ServiceNotAName { text, name: None } => {
                write!(f, "`{text}` is not the name of a service; ignored")
            }
            Self::ServiceNearAnother { service, other } => {
                write!(f, "service `{service}` is in no other report; did you mean `{other}`?")
            }
            Self::NumberUnreadable { text } => {
                write!(f, "`{text}` is not understood as a number{}", template_hint(text))
            }
            Self::LinkDangling { target } => write!(f, "link target `{target}` matches no report"),
            Self::FactMissing { fact } => write!(f, "no {fact}; rca.toml requires it"),
            Self::ValueNotAllowed { fact, text, meant } => {
                write!(f, "{fact} `{text}` is not allowed by rca.toml")?;
                meant.as_ref().map_or(Ok(()), |meant| write!(f, "; did you mean `{meant}`?"))
            }
            Self::IgnoreFileUnreadable { reason } => {
                write!(f, "cannot read this ignore file: {reason}; it leaves nothing out")
            }
            Self::IgnoreFileTooLarge { limit } => {
                write!(f, "this ignore file has more than the {limit} bytes that are read here; it leaves nothing out")
            }
            Self::IgnorePatternInvalid { text, reason } => {
                write!(f, "pattern `{text}` is not valid: {reason}; it leaves nothing out")
            }
        }
    }
}

/// What is asked behind a value that looks like a template's.
fn template_hint(text: &str) -> &'static str {
    let placeholder = text.to_uppercase().contains("YYYY")
        || text.contains("{{")
        || text.contains('|')
        || text.starts_with(['<', '[']);
    if placeholder { "; was the template not filled in?" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_a_code_a_level_and_a_text() {
        let check = |kind: ProblemKind, code: &str, level: Level, reason: &str| {
            let problem = Problem::new(1, kind);
            assert_eq!((problem.code(), problem.level(), problem.reason().as_str()), (code, level, reason));
        };
        let text = |text: &str| text.to_owned();
        check(
            ProblemKind::DateUnreadable { text: text("2023-02-30") },
            "date-unreadable",
            Level::Error,
            "`2023-02-30` is not a valid date",
        );
        check(
            ProblemKind::DateUnreadable { text: text("YYYY-MM-DD") },
            "date-unreadable",
            Level::Error,
            "`YYYY-MM-DD` is not a valid date; was the template not filled in?",
        );
        check(
            ProblemKind::NotUtf8,
            "encoding-not-utf-8",
            Level::Warning,
            "invalid UTF-8; these bytes are read as Windows-1252",
        );
        let link = ProblemKind::LinkDangling { target: text("X") };
        check(link, "link-dangling", Level::Warning, "link target `X` matches no report");
        for (value, level) in [("-5m", Level::Error), ("ongoing", Level::Warning)] {
            let problem = Problem::new(1, ProblemKind::DurationUnreadable { text: text(value) });
            assert_eq!(problem.level(), level, "{value}");
        }
    }
}
