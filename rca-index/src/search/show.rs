//! What of each hit is shown below its facts.

/// What of each hit is shown below its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Show {
    /// The passages that match best.
    #[default]
    Snippet,
    /// What fixed it, which [`Incident::fix`](crate::Incident::fix) tells; no passages.
    Fix,
    /// Nothing.
    Nothing,
}

impl Show {
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::Snippet, Self::Fix, Self::Nothing];

    /// The name on a command line: `snippet`, `fix` or `none`.
    ///
    /// # Examples
    /// ```
    /// use rca_index::Show;
    ///
    /// assert_eq!(Show::ALL.map(Show::name), ["snippet", "fix", "none"]);
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Snippet => "snippet",
            Self::Fix => "fix",
            Self::Nothing => "none",
        }
    }
}
