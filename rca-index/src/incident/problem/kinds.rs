//! The table of the kinds of problems: the stable name, the level and a line of help for each.
//!
//! In: a kind. Out: its row. The compiler refuses a kind with no row; a name is its subject, then what is wrong with it.

use super::{Level, ProblemKind};

/// What is known about a kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProblemSpec {
    /// The stable name.
    pub code: &'static str,
    /// How much it matters.
    pub level: Level,
    /// What is wrong, on one line with no full stop.
    pub help: &'static str,
}

macro_rules! problem_kinds {
    ($($kind:ident $code:literal $level:ident $help:literal;)*) => {
        /// All kinds of problems.
        pub const PROBLEM_KINDS: &[ProblemSpec] =
            &[$(ProblemSpec { code: $code, level: Level::$level, help: $help }),*];

        impl ProblemKind {
            /// The row of this kind.
            pub(super) fn spec(&self) -> &'static ProblemSpec {
                match self {
                    $(Self::$kind { .. } => &ProblemSpec { code: $code, level: Level::$level, help: $help }),*
                }
            }
        }
    };
}

problem_kinds! {
    FolderUnreadable "folder-unreadable" Error "a folder cannot be listed";
    FileUnreadable "file-unreadable" Error "a file cannot be read";
    FileNotRegular "file-not-regular" Error "a pipe, a socket or a device is named like a report; skipped";
    FileTooLarge "file-too-large" Error "a file is larger than `max_report_bytes`; skipped";
    FileEmpty "file-empty" Error "a report has no text";
    SymlinkDangling "symlink-dangling" Error "the target of a symbolic link is missing";
    SymlinkOutside "symlink-outside" Warning "a symbolic link leads out of the archive; not followed";
    IgnoreFileUnreadable "ignore-file-unreadable" Warning "an ignore file cannot be read; it leaves nothing out";
    IgnoreFileTooLarge "ignore-file-too-large" Warning "an ignore file is too large to be read; it leaves nothing out";
    IgnorePatternInvalid "ignore-pattern-invalid" Warning "a pattern of an ignore file is not valid; it leaves nothing out";
    ParserBug "parser-bug" Error "parsing failed, which is a bug in rca";
    Binary "file-binary" Error "a file named like a report is not text; skipped";
    Utf16 "encoding-utf-16" Warning "a report is written in UTF-16";
    NotUtf8 "encoding-not-utf-8" Warning "a report has bytes that are not UTF-8; they are read as Windows-1252";
    OtherEncoding "encoding-other" Warning "a report is written in another encoding than UTF-8; read as such";
    NulBytes "nul-bytes" Warning "the text has NUL bytes";
    FrontMatterUnclosed "front-matter-unclosed" Error "front matter has no closing line";
    FrontMatterUnopened "front-matter-unopened" Warning "front matter has a closing line but no opening one";
    FrontMatterInvalid "front-matter-invalid" Error "front matter is not valid YAML, TOML or JSON; read line by line";
    FrontMatterBeyondLimit "front-matter-beyond-limit" Error "front matter is too large, too deep or expands to too much; read line by line";
    FieldsCutOff "fields-cut-off" Warning "front matter has too many keys of its own, or too long ones";
    MergeConflict "merge-conflict" Error "the marks of a merge that was not finished";
    CodeFenceUnclosed "code-fence-unclosed" Warning "a code fence has no end; its content is read as text";
    HtmlUnclosed "html-unclosed" Warning "a block of HTML has no end; its content is read as text";
    FactsCutOff "facts-cut-off" Warning "a report is longer than `max_facts_bytes`; facts are read from its start only";
    WorkLimit "work-limit" Warning "reading all facts of a report would take too long; some are left out";
    DateUnreadable "date-unreadable" Error "a value that should be a date is not one";
    DateAmbiguous "date-ambiguous" Error "day and month of a date could be the other way round";
    DateOutOfRange "date-out-of-range" Error "a date is too far in the past or future";
    TimeUnreadable "time-unreadable" Error "a day has an invalid time; the day is kept";
    ZoneUnknown "zone-unknown" Error "a time zone is unknown; the day is kept";
    DurationUnreadable "duration-unreadable" Error "a value that should be a duration is not one; a warning if it has no digit";
    EndBeforeStart "end-before-start" Error "the end is before the start; ignored";
    TimelineEmpty "timeline-empty" Warning "a timeline has no entry with a time";
    FactsDisagree "facts-disagree" Error "two facts of a report contradict each other";
    SeverityUnknown "severity-unknown" Warning "a severity is not a known level; kept as a label with no rank";
    SeverityNotChosen "severity-not-chosen" Warning "a severity names several levels, as in a template";
    SeverityMisspelled "severity-misspelled" Warning "a severity has a typo; read as the level it resembles";
    StatusUnknown "status-unknown" Warning "a status does not begin with a known word; ignored";
    StatusNotChosen "status-not-chosen" Warning "a status names several, as in a template";
    ServiceNotAName "service-not-a-name" Warning "a service is a count or a sentence";
    ServiceNearAnother "service-near-another" Warning "a service is in one report only, and nearly another in name";
    NumberUnreadable "number-unreadable" Warning "a value that should be a number is not one";
    LinkDangling "link-dangling" Warning "the target of a link is neither a report nor another file";
    FactMissing "fact-missing" Error "a fact that `required` in `[check]` of rca.toml lists is not stated";
    ValueNotAllowed "value-not-allowed" Error "a value is not among those that `allowed` in `[check]` of rca.toml lists";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_lower_case_words_each_used_once() {
        let mut seen = HashSet::new();
        for spec in PROBLEM_KINDS {
            let plain =
                spec.code.split('-').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric()));
            assert!(plain && spec.code == spec.code.to_lowercase(), "{}", spec.code);
            assert!(seen.insert(spec.code), "{} has two rows", spec.code);
            assert!(!spec.help.is_empty() && !spec.help.ends_with('.'), "{}", spec.code);
        }
        for named in ["date-unreadable", "timeline-empty", "link-dangling", "merge-conflict"] {
            assert!(seen.contains(named), "{named}");
        }
        assert_eq!(ProblemKind::MergeConflict.spec().code, "merge-conflict");
    }
}
