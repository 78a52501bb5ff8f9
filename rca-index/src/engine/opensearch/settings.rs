//! Where a cluster is, how to log in to it, and how an index in it is made.
//!
//! In: addresses and secrets of the user, never of an archive. Out: settings that are valid, and never show a secret.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::engine::opensearch::address::{Address, index_and_address};
use crate::engine::opensearch::origin::{Origin, name_of};
use crate::error::{Error, Result};

/// How long a request may take, unless the settings say otherwise.
const TIMEOUT: Duration = Duration::from_secs(60);
/// The longest name of an archive, in bytes. It is a part of the ids of documents, which have at most 512.
const MAX_ARCHIVE_NAME: usize = 100;

/// An index in a cluster of OpenSearch: where it is, how to log in, and how it is made.
///
/// Whoever writes an archive must not choose these: they say where the reports and the secrets are sent.
///
/// # Examples
/// ```
/// use rca_index::{Auth, ClusterSettings};
///
/// let settings = ClusterSettings::new("https://search-1.example.com:9200/incidents")?
///     .address("https://search-2.example.com:9200")?
///     .auth(Auth::Basic { user: "rca".into(), password: "correct horse".into() })
///     .replicas(2);
/// assert!(!format!("{settings:?}").contains("horse"));
/// # Ok::<(), rca_index::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClusterSettings {
    pub(super) addresses: Vec<Address>,
    pub(super) index: String,
    pub(super) auth: Option<Auth>,
    /// Certificates in PEM that replace those that the system trusts.
    pub(super) ca: Option<Vec<u8>>,
    pub(super) shards: u32,
    pub(super) replicas: u32,
    pub(super) archive: Option<String>,
    /// The folder that is to be updated: its name, and what tells it from others.
    pub(super) folder: Option<(String, Origin)>,
    pub(super) timeout: Duration,
}

/// How to log in to a cluster.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// A user and a password.
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: String,
    },
    /// An API key, as the cluster printed it: encoded in base64.
    ApiKey(String),
    /// A token.
    Bearer(String),
}

/// Without the secret.
impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic { user, .. } => f.debug_struct("Basic").field("user", user).finish_non_exhaustive(),
            Self::ApiKey(_) => f.debug_tuple("ApiKey").finish_non_exhaustive(),
            Self::Bearer(_) => f.debug_tuple("Bearer").finish_non_exhaustive(),
        }
    }
}

impl ClusterSettings {
    /// The index at an address, whose last segment is its name.
    ///
    /// # Errors
    /// [`Error::ClusterSettings`] if it is not an address with `http` or `https`, contains a user or a password, or ends with what cannot
    /// be the name of an index.
    ///
    /// # Examples
    /// ```
    /// use rca_index::ClusterSettings;
    ///
    /// assert!(ClusterSettings::new("http://127.0.0.1:9200/incidents").is_ok());
    /// // An address is shown in messages and lists of processes, so it must not contain secrets.
    /// assert!(ClusterSettings::new("https://rca:secret@search.example.com/incidents").is_err());
    /// ```
    pub fn new(address: &str) -> Result<Self> {
        let (index, address) = index_and_address(address)?;
        Ok(Self {
            addresses: vec![address],
            index,
            auth: None,
            ca: None,
            shards: 1,
            replicas: 1,
            archive: None,
            folder: None,
            timeout: TIMEOUT,
        })
    }

    /// Adds the address of another node of the same cluster, for when the first cannot be reached.
    ///
    /// # Errors
    /// [`Error::ClusterSettings`], as [`new`](Self::new).
    ///
    /// # Examples
    /// ```
    /// use rca_index::ClusterSettings;
    ///
    /// let settings = ClusterSettings::new("http://10.0.0.1:9200/incidents")?.address("http://10.0.0.2:9200")?;
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn address(mut self, address: &str) -> Result<Self> {
        let mut address = Address::parse(address)?;
        address.leave_out(&self.index);
        if !self.addresses.contains(&address) {
            self.addresses.push(address);
        }
        Ok(self)
    }

    /// How to log in; the default is not to.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Auth, ClusterSettings};
    ///
    /// let key = std::env::var("SEARCH_KEY").unwrap_or_default();
    /// let settings = ClusterSettings::new("https://search.example.com/incidents")?.auth(Auth::ApiKey(key));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[must_use]
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = Some(auth);
        self
    }

    /// Certificates in PEM that the cluster's must be signed by, in place of those that the system trusts.
    ///
    /// # Examples
    /// ```no_run
    /// use rca_index::{ClusterSettings, Index};
    ///
    /// let settings = ClusterSettings::new("https://search.example.com/incidents")?.ca(std::fs::read("ca.pem")?);
    /// let index = Index::connect(settings)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn ca(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca = Some(pem.into());
        self
    }

    /// Into how many shards the index is split when it is made; the default is 1.
    ///
    /// # Examples
    /// ```
    /// use rca_index::ClusterSettings;
    ///
    /// // Three nodes search a part each, and one may fail.
    /// let settings = ClusterSettings::new("http://127.0.0.1:9200/incidents")?.shards(3).replicas(1);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[must_use]
    pub fn shards(mut self, shards: u32) -> Self {
        self.shards = shards.max(1);
        self
    }

    /// How many copies of each shard there are besides itself when the index is made; the default is 1.
    ///
    /// # Examples
    /// ```
    /// use rca_index::ClusterSettings;
    ///
    /// // A cluster of one node has no place for a copy.
    /// let settings = ClusterSettings::new("http://127.0.0.1:9200/incidents")?.replicas(0);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[must_use]
    pub fn replicas(mut self, replicas: u32) -> Self {
        self.replicas = replicas;
        self
    }

    /// The name of the archive among those that share the index. Whoever updates an archive of this name replaces all of its reports
    /// with those of their folder. Without a name, the only archive of the index is read, and an update fails unless it is of a
    /// [`folder`](Self::folder).
    ///
    /// # Errors
    /// [`Error::ClusterSettings`] if it is empty, longer than 100 bytes, or has control characters or `/` in it.
    ///
    /// # Examples
    /// ```
    /// use rca_index::ClusterSettings;
    ///
    /// let settings = ClusterSettings::new("http://127.0.0.1:9200/incidents")?;
    /// assert!(settings.clone().archive("payments").is_ok() && settings.archive("").is_err());
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn archive(mut self, name: &str) -> Result<Self> {
        self.archive = Some(valid_archive_name(name)?.to_owned());
        Ok(self)
    }

    /// The folder whose reports an update takes. An archive without a name is called as this folder is. Then an update fails with
    /// [`Error::ArchiveElsewhere`] if the reports that the index has under that name are those of another folder: it would remove them.
    ///
    /// # Examples
    /// ```no_run
    /// use rca_index::{Archive, ClusterSettings, Index, UpdateOptions};
    ///
    /// let archive = Archive::open("incidents")?;
    /// let settings = ClusterSettings::new("http://127.0.0.1:9200/incidents")?.folder(archive.root());
    /// Index::connect(settings)?.update(&archive, &UpdateOptions::default(), |_| {})?;
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[must_use]
    pub fn folder(mut self, root: impl AsRef<Path>) -> Self {
        self.folder = Some((name_of(root.as_ref()), Origin::of(root.as_ref())));
        self
    }

    /// The name of the archive, if one was set.
    ///
    /// # Examples
    /// ```
    /// use rca_index::ClusterSettings;
    ///
    /// let settings = ClusterSettings::new("http://127.0.0.1:9200/incidents")?.archive("payments")?;
    /// assert_eq!(settings.archive_name(), Some("payments"));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn archive_name(&self) -> Option<&str> {
        self.archive.as_deref()
    }

    /// How long one request may take; the default is a minute.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// use rca_index::ClusterSettings;
    ///
    /// let settings = ClusterSettings::new("http://127.0.0.1:9200/incidents")?.timeout(Duration::from_secs(5));
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Whether a secret would be sent without TLS to another machine, where whoever is between can read it.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Auth, ClusterSettings};
    ///
    /// let key = || Auth::ApiKey("a2V5".into());
    /// assert!(ClusterSettings::new("http://search.example.com/incidents")?.auth(key()).exposes_secrets());
    /// assert!(!ClusterSettings::new("http://127.0.0.1:9200/incidents")?.auth(key()).exposes_secrets());
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn exposes_secrets(&self) -> bool {
        self.auth.is_some() && self.addresses.iter().any(|address| !address.is_tls() && !address.is_loopback())
    }
}

/// The name, if an archive may have it.
pub(super) fn valid_archive_name(name: &str) -> Result<&str> {
    let is_odd = |c: char| c.is_control() || c == '/' || c == '@';
    if name.is_empty() || name.len() > MAX_ARCHIVE_NAME || name.contains(is_odd) {
        let reason = format!("not a name of an archive: {:?}", name.chars().take(40).collect::<String>());
        return Err(Error::ClusterSettings { reason });
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(result: Result<ClusterSettings>) -> String {
        result.map(|settings| format!("{settings:?}")).unwrap_err().to_string()
    }

    #[test]
    fn settings_and_auth_never_show_a_secret() {
        let settings = ClusterSettings::new("https://search.example.com/incidents").unwrap();
        let all = [
            Auth::Basic { user: "rca".into(), password: "s3cret".into() },
            Auth::ApiKey("s3cret".into()),
            Auth::Bearer("s3cret".into()),
        ];
        for auth in all {
            let shown = format!("{:?} {:#?}", settings.clone().auth(auth.clone()), auth);
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }

    #[test]
    fn an_address_with_a_secret_is_refused_without_showing_it() {
        for address in ["https://rca:s3cret@host/incidents", "https://s3cret@host/incidents", "http://a:s3cret@/x"] {
            let reason = reason(ClusterSettings::new(address));
            assert!(!reason.contains("s3cret"), "{reason}");
        }
    }

    #[test]
    fn a_further_address_may_name_the_index_or_not() {
        let settings = || ClusterSettings::new("http://one:9200/search/incidents").unwrap();
        for same in ["http://two:9200/search", "http://two:9200/search/", "http://two:9200/search/incidents"] {
            let two = settings().address(same).unwrap();
            assert_eq!(two.addresses[1].to_string(), "http://two:9200/search", "{same}");
        }
        assert_eq!(settings().address("http://one:9200/search").unwrap().addresses.len(), 1);
    }

    #[test]
    fn names_of_archives_have_no_separators() {
        for name in ["", "a/b", "a@1", "a\nb", &"x".repeat(101)] {
            let settings = ClusterSettings::new("http://one/incidents").unwrap();
            assert!(reason(settings.archive(name)).starts_with("not a name of an archive"), "{name}");
        }
    }

    #[test]
    fn secrets_without_tls_are_noticed_except_to_this_machine() {
        let exposes =
            |address: &str| ClusterSettings::new(address).unwrap().auth(Auth::Bearer("t".into())).exposes_secrets();
        for address in ["http://10.0.0.1:9200/i", "http://localhost.example.com/i", "http://127.0.0.1.example.com/i"] {
            assert!(exposes(address), "{address}");
        }
        for address in ["https://10.0.0.1:9200/i", "http://localhost/i", "http://127.0.0.1:9/i", "http://[::1]:9/i"] {
            assert!(!exposes(address), "{address}");
        }
    }
}
