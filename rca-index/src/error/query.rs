//! Query errors as data: a kind and a span. The reason and the suggested fix are derived from the kind.

use std::fmt;
use std::ops::Range;

use crate::schema::{FIELDS, Unit};

/// One error in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryError {
    /// The byte range in the query's text, on character boundaries.
    pub span: Range<usize>,
    /// What is wrong.
    pub kind: QueryErrorKind,
}

impl QueryError {
    /// An error at a byte range of the query.
    ///
    /// # Examples
    /// ```
    /// use rca_index::query::{QueryError, QueryErrorKind};
    ///
    /// let error = QueryError::new(0..5, QueryErrorKind::NotADate("later".into()));
    /// assert_eq!(error.span, 0..5);
    /// ```
    pub fn new(span: Range<usize>, kind: QueryErrorKind) -> Self {
        Self { span, kind }
    }

    /// What is wrong, as text.
    ///
    /// # Examples
    /// ```
    /// use rca_index::query::{QueryOptions, parse};
    ///
    /// let errors = parse("duration:long", &QueryOptions::default()).unwrap_err();
    /// assert_eq!(errors.0[0].reason(), "`long` is not a duration");
    /// ```
    pub fn reason(&self) -> String {
        self.kind.to_string()
    }

    /// What to write instead, as text.
    ///
    /// # Examples
    /// ```
    /// use rca_index::query::{QueryOptions, parse};
    ///
    /// let errors = parse("servce:orders", &QueryOptions::default()).unwrap_err();
    /// assert_eq!(errors.0[0].fix(), "did you mean `service:orders`?");
    /// ```
    pub fn fix(&self) -> String {
        self.kind.fix()
    }
}

/// What can be wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueryErrorKind {
    /// The query is longer than this many bytes.
    TooLong(usize),
    /// The query contains no word to search for.
    NoWord,
    /// A `)` without a matching `(`.
    UnmatchedBracket,
    /// A `(` without a matching `)`.
    UnclosedBracket,
    /// Parentheses are nested too deeply.
    NestedTooDeeply,
    /// A quote that is never closed.
    UnclosedQuote,
    /// `AND` or `OR` with an operand missing.
    MissingOperand(&'static str),
    /// `NOT` or `-` with nothing after it.
    NothingToExclude,
    /// There is no field of this name. If a similar field exists, it is suggested.
    UnknownField {
        /// The name as typed.
        name: String,
        /// The suggestion, as `field:value`.
        meant: Option<String>,
    },
    /// A field without a value; the name as typed.
    MissingValue(String),
    /// A value that is not a number in the unit of its field.
    NotANumber {
        /// The value as typed.
        value: String,
        /// The unit of the field.
        unit: Unit,
    },
    /// A name that means no incident, or several.
    UnknownReport {
        /// The name as typed.
        name: String,
        /// The first ids that it may mean.
        ids: Vec<String>,
        /// How many ids it may mean.
        of: usize,
    },
    /// A value that is not a date.
    NotADate(String),
    /// A value that is not a severity with a rank.
    NotASeverity(String),
    /// A range whose end is before its start.
    ReversedRange {
        /// The start as typed.
        from: String,
        /// The end as typed.
        to: String,
    },
    /// Not a sort key.
    CannotSort(String),
    /// The text after the `~` of a phrase is not a valid slop; the phrase.
    InvalidSlop(String),
    /// A `*` or `?` inside a word; the text before it.
    WildcardInside(String),
    /// A larger edit distance than allowed; the word.
    TooManyEdits(String),
    /// `-` before a single letter or digit, which is hardly meant to be excluded; the letter.
    OneLetterExclusion(String),
    /// A `*` after a phrase; the phrase.
    PhrasePrefix(String),
    /// A weight such as `^2`; what it belongs to.
    Boost(String),
    /// A regular expression between slashes; the letters that it starts with.
    Regex(String),
}

/// The largest slop of a phrase.
pub(crate) const MAX_SLOP: u32 = 50;

impl QueryErrorKind {
    /// A stable code, for programs.
    ///
    /// # Examples
    /// ```
    /// use rca_index::query::QueryErrorKind;
    ///
    /// assert_eq!(QueryErrorKind::UnclosedQuote.code(), "unclosed-quote");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong(_) => "too-long",
            Self::NoWord => "no-word",
            Self::UnmatchedBracket => "unmatched-bracket",
            Self::UnclosedBracket => "unclosed-bracket",
            Self::NestedTooDeeply => "nested-too-deeply",
            Self::UnclosedQuote => "unclosed-quote",
            Self::MissingOperand(_) => "missing-operand",
            Self::NothingToExclude => "nothing-to-exclude",
            Self::UnknownField { .. } => "unknown-field",
            Self::MissingValue(_) => "missing-value",
            Self::NotANumber { .. } => "not-a-number",
            Self::UnknownReport { .. } => "unknown-report",
            Self::NotADate(_) => "not-a-date",
            Self::NotASeverity(_) => "not-a-severity",
            Self::ReversedRange { .. } => "reversed-range",
            Self::CannotSort(_) => "cannot-sort",
            Self::InvalidSlop(_) => "invalid-slop",
            Self::WildcardInside(_) => "wildcard-inside",
            Self::TooManyEdits(_) => "too-many-edits",
            Self::OneLetterExclusion(_) => "one-letter-exclusion",
            Self::PhrasePrefix(_) => "phrase-prefix",
            Self::Boost(_) => "boost",
            Self::Regex(_) => "regex",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::TooLong(_) => "search for the most distinctive part of it".into(),
            Self::NoWord => "write a word, or `*` to match every incident".into(),
            Self::UnmatchedBracket => "remove it, or turn the syntax off with --literal".into(),
            Self::UnclosedBracket | Self::UnclosedQuote => "close it, or turn the syntax off with --literal".into(),
            Self::NestedTooDeeply => "remove some of them".into(),
            Self::MissingOperand(operator) => {
                format!("write the missing side, or `{}` for the word", operator.to_lowercase())
            }
            Self::NothingToExclude => "write what to exclude, or `not` for the word".into(),
            Self::UnknownField { meant: Some(meant), .. } => format!("did you mean `{meant}`?"),
            Self::UnknownField { meant: None, .. } => {
                let names: Vec<&str> = FIELDS.iter().map(|spec| spec.name).take(16).collect();
                format!("fields are {} ...", names.join(", "))
            }
            Self::MissingValue(_) => "write one after it".into(),
            Self::NotANumber { unit, .. } => match unit {
                Unit::Minutes => "write minutes or units: `90`, `1h30m`, `2d`, `>30m`, `30..90`".into(),
                Unit::Milliseconds => "write milliseconds or units: `300`, `300ms`, `2s`, `>1s`".into(),
                Unit::Percent => "write `18`, `18%`, `>5%`".into(),
                Unit::Count => "write `1000`, `10k`, `1.5m`, `>1000`, `100..500`".into(),
            },
            Self::UnknownReport { ids, .. } if ids.is_empty() => {
                "write an id, a path or a file name, as `rca search` prints them".into()
            }
            Self::UnknownReport { ids, of, .. } => {
                let more = if *of > ids.len() { format!(" and {} more", of - ids.len()) } else { String::new() };
                format!("write one of these ids: `{}`{more}", ids.join("`, `"))
            }
            Self::NotADate(_) => {
                "write `2025`, `2025-06`, `2025-06-02`, `2025-Q3`, `\"June 2025\"`, `2025-06..2025-07`, `>=2025-06-02`, `last-month`, `yesterday`, or `30d` for the last 30 days"
                    .into()
            }
            Self::NotASeverity(_) => {
                "write `P1`, `sev2`, `critical`, `high` ...; `severity:>=P1` is P1 or worse".into()
            }
            Self::ReversedRange { from, to } => format!("write `{to}..{from}`"),
            Self::CannotSort(_) => {
                "write `date`, `severity`, `relevance` or a number such as `duration`; `-` before it for the largest first"
                    .into()
            }
            Self::InvalidSlop(text) => format!("write a number up to {MAX_SLOP}: `\"{text}\"~3`"),
            Self::WildcardInside(prefix) => format!("write `{prefix}*`"),
            Self::TooManyEdits(word) => format!("write `{word}~2`"),
            Self::OneLetterExclusion(letter) => {
                format!("write `NOT {letter}` to exclude it, or turn the syntax off with --literal")
            }
            Self::PhrasePrefix(text) => match text.trim_end().rsplit_once(char::is_whitespace) {
                Some((start, last)) => format!("write `\"{}\" {last}*`", start.trim_end()),
                None => format!("write `{text}*`"),
            },
            Self::Boost(word) => format!("write `{word}`"),
            Self::Regex(start) if start.is_empty() => "write the start of a word and `*`, or `OR` between words".into(),
            Self::Regex(start) => format!("write `{start}*`, or `OR` between words"),
        }
    }
}

impl fmt::Display for QueryErrorKind {
    /// The reason, as text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(bytes) => write!(f, "the query is longer than {bytes} bytes"),
            Self::NoWord => write!(f, "the query has no word"),
            Self::UnmatchedBracket => write!(f, "unmatched `)`"),
            Self::UnclosedBracket => write!(f, "unclosed `(`"),
            Self::NestedTooDeeply => write!(f, "brackets are nested too deeply"),
            Self::UnclosedQuote => write!(f, "unclosed quote"),
            Self::MissingOperand(operator) => write!(f, "{operator} needs something on both sides"),
            Self::NothingToExclude => write!(f, "nothing to exclude"),
            Self::UnknownField { name, .. } => write!(f, "unknown field `{name}`"),
            Self::MissingValue(field) => write!(f, "`{field}:` has no value"),
            Self::NotANumber { value, unit } => {
                let what = match unit {
                    Unit::Minutes | Unit::Milliseconds => "duration",
                    Unit::Percent => "percentage",
                    Unit::Count => "number",
                };
                write!(f, "`{value}` is not a {what}")
            }
            Self::UnknownReport { name, of: 0, .. } => write!(f, "no such incident: `{name}`"),
            Self::UnknownReport { name, of, .. } => write!(f, "`{name}` may mean {of} incidents"),
            Self::NotADate(value) => write!(f, "`{value}` is not a valid date"),
            Self::NotASeverity(value) => write!(f, "`{value}` is not a severity with a rank"),
            Self::ReversedRange { from, to } => write!(f, "the range `{from}..{to}` ends before it begins"),
            Self::CannotSort(name) => write!(f, "cannot sort by `{name}`"),
            Self::InvalidSlop(_) => write!(f, "the distance after `~` is not a valid number"),
            Self::WildcardInside(_) => write!(f, "a wildcard is only allowed at the end of a word"),
            Self::TooManyEdits(_) => write!(f, "at most 2 typing errors per word"),
            Self::OneLetterExclusion(letter) => write!(f, "`-{letter}` would exclude the word `{letter}`"),
            Self::PhrasePrefix(_) => write!(f, "a phrase has no wildcard"),
            Self::Boost(_) => write!(f, "words have no weights"),
            Self::Regex(_) => write!(f, "regular expressions are not supported"),
        }
    }
}

/// All errors in a query, in the order of their spans; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryErrors(pub Vec<QueryError>);

impl From<QueryError> for QueryErrors {
    fn from(error: QueryError) -> Self {
        Self(vec![error])
    }
}

impl fmt::Display for QueryErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            let between = if i == 0 { "" } else { "; " };
            write!(f, "{between}{} ({})", error.kind, error.fix())?;
        }
        Ok(())
    }
}

impl std::error::Error for QueryErrors {}
