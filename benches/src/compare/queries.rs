//! The four kinds of query, in the query language of each contestant.

use clap::ValueEnum;

/// The severities in the filter.
pub const SEVERITIES: [&str; 2] = ["P2", "P3"];
/// The date range of the filter (end exclusive), in seconds since 1970.
pub const DAYS: std::ops::Range<i64> = 1_514_764_800..1_704_067_200;
/// The words of `Kind::TwoWords`: frequent words, as their stems.
pub const TWO_WORDS: [&str; 2] = ["queue", "backlog"];
pub const PHRASE: &str = "connection pool";
/// The facets of `Kind::FacetsOnly`.
pub const FACETS: &str = "service,severity,tag";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    TwoWords,
    Phrase,
    RareWithFilters,
    FacetsOnly,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::TwoWords, Self::Phrase, Self::RareWithFilters, Self::FacetsOnly];

    pub fn cold_work(self) -> &'static str {
        match self {
            Self::TwoWords => "cold search, two words",
            Self::Phrase => "cold search, phrase",
            Self::RareWithFilters => "cold search, rare word, filters",
            Self::FacetsOnly => "cold search, facets only",
        }
    }

    pub fn warm_work(self) -> &'static str {
        match self {
            Self::TwoWords => "warm search, two words",
            Self::Phrase => "warm search, phrase",
            Self::RareWithFilters => "warm search, rare word, filters",
            Self::FacetsOnly => "warm search, facets only",
        }
    }

    /// In rca's query language.
    pub fn rca(self, rare_word: &str) -> String {
        match self {
            Self::TwoWords => TWO_WORDS.join(" "),
            Self::Phrase => format!("\"{PHRASE}\""),
            Self::RareWithFilters => format!("{rare_word} severity:{} date:2018..2023", SEVERITIES.join(",")),
            Self::FacetsOnly => "*".to_owned(),
        }
    }

    /// As SQL: the ten best hits with snippets, or the facets; the number of hits is on the last line.
    pub fn sql(self, rare_word: &str) -> String {
        const FILTERS: &str = "facts.id = reports.rowid and severity in ('P2', 'P3') \
             and date >= 1514764800 and date < 1704067200 and";
        let ranked = |text: &str, tables: &str, filters: &str| {
            format!(
                "select path, snippet(reports, 2, '[', ']', '...', 30) from {tables} \
                 where {filters} reports match '{text}' order by rank limit 10; \
                 select count(*) from {tables} where {filters} reports match '{text}';"
            )
        };
        match self {
            Self::TwoWords => ranked(&TWO_WORDS.join(" "), "reports", ""),
            Self::Phrase => ranked(&format!("\"{PHRASE}\""), "reports", ""),
            Self::RareWithFilters => ranked(rare_word, "reports, facts", FILTERS),
            Self::FacetsOnly => "select service, count(*) from services group by service; \
                 select severity, count(*) from facts group by severity; \
                 select tag, count(*) from tags group by tag; \
                 select path from reports, facts where reports.rowid = facts.id and facts.id in \
                 (select id from facts order by date desc limit 10); select count(*) from facts;"
                .to_owned(),
        }
    }

    /// For ripgrep, as a shell command that lists the files; facets and filters are not supported.
    pub fn ripgrep(self, rare_word: &str) -> Option<String> {
        match self {
            Self::TwoWords => {
                let [first, second] = TWO_WORDS;
                Some(format!("rg -0 -l -i -w {first} \"$0\" | xargs -0 rg -l -i -w {second}"))
            }
            Self::Phrase => Some(format!("rg -l -i -w '{PHRASE}' \"$0\"")),
            Self::RareWithFilters => Some(format!("rg -l -i -w {rare_word} \"$0\"")),
            Self::FacetsOnly => None,
        }
    }
}
