//! Trust: whether an index is believed, or may have been made by a stranger who passed it on with an archive.
//!
//! In: an index folder, the tokens in its last commit, and a store of what the caller trusts. Out: an index, or an error. A token
//! is random and made with the index; whoever wrote an index without knowing a token of ours cannot have it.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};

use crate::engine::{CommitNote, Embedded, fault, mend};
use crate::error::{Error, Result};

/// A store of the indexes that a program trusts, kept where nobody else can write. The library calls it when an index is opened or
/// created with [`IndexOptions::trust`](crate::IndexOptions::trust); it reads and writes no such store by itself.
pub trait TrustStore: fmt::Debug + Send + Sync {
    /// Whether the index in this folder is trusted. The path is absolute, without links; the tokens are those in the
    /// index, each 32 hexadecimal digits, and none if it has no commit. A token says that the index grew from one that was created
    /// with it, at any place: so a store must compare the folder as well.
    fn trusts(&self, dir: &Path, tokens: &[String]) -> bool;

    /// Remembers that an index with this token in this folder is trusted. It is called before the index is written. If the store
    /// cannot keep it, the index is not trusted when it is opened again, and no harm is done.
    fn remember(&self, dir: &Path, token: &str);
}

/// How many tokens an index keeps: one for each user who had it made anew.
const MOST_TOKENS: usize = 16;
/// The length of a token in characters.
const TOKEN: usize = 32;

/// A new token: 128 bits from the hasher that the system seeds.
pub(super) fn new_token() -> String {
    let half = || RandomState::new().hash_one(std::process::id());
    format!("{:016x}{:016x}", half(), half())
}

/// Those of these that look like tokens: the index may have been made by anybody.
fn sound(tokens: &[String]) -> Vec<String> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let is_token = |token: &&String| token.len() == TOKEN && token.bytes().all(is_digit);
    tokens.iter().filter(is_token).take(MOST_TOKENS).cloned().collect()
}

/// A folder as a store knows it.
fn place(dir: &Path) -> PathBuf {
    dir.canonicalize().or_else(|_| std::path::absolute(dir)).unwrap_or_else(|_| dir.to_owned())
}

/// Fails if the store does not trust the index in a folder with this commit.
pub(super) fn check(dir: &Path, note: &CommitNote, store: Option<&dyn TrustStore>) -> Result<()> {
    match store {
        Some(store) if !store.trusts(&place(dir), &sound(&note.tokens)) => Err(Error::IndexNotTrusted(dir.to_owned())),
        _ => Ok(()),
    }
}

impl Embedded {
    /// Gives an index that was just opened or created its token, unless it has a commit: then it must be trusted.
    ///
    /// # Errors
    /// [`Error::IndexNotTrusted`], [`Error::IndexDamaged`].
    pub(super) fn begin(&mut self, dir: &Path, store: Option<&dyn TrustStore>, tokens: Vec<String>) -> Result<()> {
        if !self.is_blank()? {
            return check(dir, &self.note()?, store);
        }
        let own = new_token();
        if let Some(store) = store {
            store.remember(&place(dir), &own);
        }
        self.tokens = std::iter::once(own).chain(tokens).take(MOST_TOKENS).collect();
        Ok(())
    }

    /// Whether nothing was ever committed.
    fn is_blank(&self) -> Result<bool> {
        let meta = self.index.load_metas().map_err(|e| self.error(e))?;
        Ok(meta.payload.is_none() && meta.segments.is_empty())
    }

    /// Puts an empty index in the place of one that is not trusted. Nothing of the old one is read but its tokens, which stay,
    /// so that its other users go on to trust it.
    ///
    /// # Errors
    /// As [`Embedded::remove`] and [`Embedded::open_or_create`].
    pub(crate) fn recreate(dir: &Path, store: Option<&dyn TrustStore>) -> Result<Self> {
        let tokens = Self::tokens_of(dir).unwrap_or_default();
        mend::remove(dir)?;
        Self::open_or_create_with(dir, store, tokens)
    }

    /// Tells the store that the index in a folder is trusted, as it is.
    ///
    /// # Errors
    /// As [`Embedded::open`].
    pub(crate) fn accept(dir: &Path, store: &dyn TrustStore) -> Result<()> {
        let tokens = Self::tokens_of(dir)?;
        tokens.iter().for_each(|token| store.remember(&place(dir), token));
        Ok(())
    }

    fn tokens_of(dir: &Path) -> Result<Vec<String>> {
        fault::guarded(dir, || Self::open_as_it_is(dir)).map(|(_, note)| sound(&note.tokens))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::engine::Purpose;
    use crate::incident::Incident;

    #[test]
    fn tokens_are_random_and_what_is_none_is_dropped() {
        let tokens: std::collections::BTreeSet<_> = (0..100).map(|_| new_token()).collect();
        assert_eq!(tokens.len(), 100);
        let mut all: Vec<String> = tokens.into_iter().collect();
        assert_eq!(sound(&all).len(), MOST_TOKENS);
        all.truncate(1);
        let hostile = ["", "../../../../../etc/passwd", "ABCDEF0123456789ABCDEF0123456789", &"é".repeat(16)];
        let with_hostile: Vec<String> = hostile.map(str::to_owned).into_iter().chain(all.clone()).collect();
        assert_eq!(sound(&with_hostile), all);
    }

    /// Trusts nothing.
    #[derive(Debug)]
    struct Nothing;

    impl TrustStore for Nothing {
        fn trusts(&self, _dir: &Path, _tokens: &[String]) -> bool {
            false
        }

        fn remember(&self, _dir: &Path, _token: &str) {}
    }

    #[test]
    fn an_index_that_claims_to_be_unfinished_is_not_built_upon() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        let engine = Embedded::open_or_create(dir).unwrap();
        let mut writer = engine.writer(Purpose::Give, 1, 0, Duration::ZERO).unwrap();
        writer.upsert(Incident::new("OPS-1", "Zebra")).unwrap();
        writer.commit(None).unwrap();
        let meta = Path::new("meta.json");
        let whole: serde_json::Value = serde_json::from_slice(&engine.directory.atomic_read(meta).unwrap()).unwrap();
        let note: CommitNote = serde_json::from_str(whole["payload"].as_str().unwrap()).unwrap();
        // A first update that did not finish does not count as an index: here one with documents that says so of itself.
        let unfinished = serde_json::to_string(&CommitNote { updated: 0, ..note }).unwrap();
        for payload in [unfinished.into(), serde_json::Value::Null] {
            let forged = serde_json::json!({ "payload": payload, "index_settings": whole["index_settings"], "segments": whole["segments"],
                "schema": whole["schema"], "opstamp": whole["opstamp"] });
            engine.directory.atomic_write(meta, &serde_json::to_vec(&forged).unwrap()).unwrap();
            assert!(matches!(Embedded::open_with(dir, Some(&Nothing)), Err(Error::IndexNotFound(_))), "{forged}");
            let opened = Embedded::open_or_create_with(dir, Some(&Nothing), Vec::new());
            assert!(matches!(opened, Err(Error::IndexNotTrusted(_))), "{forged}");
        }
        assert!(Embedded::recreate(dir, Some(&Nothing)).is_ok());
    }
}
