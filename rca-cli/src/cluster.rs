//! The cluster: which one keeps the index, and how to log in to it.
//!
//! In: the command line, the environment, and the user's own configuration; never an archive. Out: an index that is connected.

#[cfg(feature = "opensearch")]
pub(crate) use with::Cluster;
#[cfg(not(feature = "opensearch"))]
pub(crate) use without::Cluster;

#[cfg(feature = "opensearch")]
mod with {
    use std::path::{Path, PathBuf};

    use rca_index::{Auth, ClusterSettings, Error, Index, Result};

    use crate::arguments::GlobalArgs;

    use crate::config::{AuthConfig, ClusterConfig, Config, Secret, config_path};
    use crate::failure::Failure;
    use crate::paths::is_address;

    /// An index in a cluster.
    #[derive(Debug, Clone)]
    pub(crate) struct Cluster {
        address: String,
        settings: ClusterSettings,
        auth: AuthConfig,
        ca: Option<PathBuf>,
    }

    impl Cluster {
        /// The cluster that is meant, if one is: the address of the command line or of the environment, else that of the user's
        /// configuration. Nothing is connected, and no secret is read.
        pub(crate) fn named(global: &GlobalArgs) -> std::result::Result<Option<Self>, Failure> {
            match &global.index {
                Some(place) if !is_address(place) => Ok(None),
                Some(place) => {
                    let address = place.to_string_lossy().into_owned();
                    let config = Config::read()?.cluster.filter(|config| config.is_at(&address)).unwrap_or_default();
                    Self::at(address, config).map(Some)
                }
                None => {
                    let Some(config) = Config::read()?.cluster else { return Ok(None) };
                    let Some(index) = &config.index else { return Ok(None) };
                    let Some(first) = config.addresses.first() else {
                        let file = config_path().unwrap_or_default();
                        let what = format!("{}: [cluster] has no addresses", file.display());
                        return Err(Failure::usage(what, "add one: addresses = [\"https://HOST:9200\"]"));
                    };
                    Self::at(format!("{}/{index}", first.trim_end_matches('/')), config).map(Some)
                }
            }
        }

        fn at(address: String, config: ClusterConfig) -> std::result::Result<Self, Failure> {
            let mut settings = ClusterSettings::new(&address)?;
            for further in &config.addresses {
                settings = settings.address(further)?;
            }
            if let Some(shards) = config.shards {
                settings = settings.shards(shards);
            }
            if let Some(replicas) = config.replicas {
                settings = settings.replicas(replicas);
            }
            if let Some(name) = variable("RCA_CLUSTER_ARCHIVE").or(config.archive) {
                settings = settings.archive(&name)?;
            }
            let of_environment = AuthConfig {
                user: variable("RCA_CLUSTER_USER"),
                password: secret("RCA_CLUSTER_PASSWORD"),
                api_key: secret("RCA_CLUSTER_API_KEY"),
                token: secret("RCA_CLUSTER_TOKEN"),
            };
            let auth = if of_environment.is_empty() { config.auth } else { of_environment };
            let ca = variable("RCA_CLUSTER_CA").map(PathBuf::from).or(config.ca);
            Ok(Self { address, settings, auth, ca })
        }

        pub(crate) fn address(&self) -> &str {
            &self.address
        }

        /// Whether a secret would be sent without TLS to another machine.
        pub(crate) fn exposes_secrets(&self) -> bool {
            let any = Auth::Bearer(String::new());
            !self.auth.is_empty() && self.settings.clone().auth(any).exposes_secrets()
        }

        /// Connects to the index, for an update of the archive in this folder.
        pub(crate) fn connect(&self, updated: Option<&Path>) -> Result<Index> {
            let mut settings = self.settings.clone();
            if let Some(ca) = &self.ca {
                settings = settings.ca(std::fs::read(ca).map_err(|source| Error::Io { path: ca.clone(), source })?);
            }
            if let Some(auth) = self.auth.read().map_err(|reason| Error::ClusterSettings { reason })? {
                settings = settings.auth(auth);
            }
            if let Some(root) = updated {
                settings = settings.folder(root);
            }
            Index::connect(settings)
        }
    }

    impl ClusterConfig {
        /// Whether an index at this address is in this cluster, so that the secrets of the configuration may be sent there.
        fn is_at(&self, address: &str) -> bool {
            let own = address.trim_end_matches('/').rsplit_once('/').map_or(address, |(node, _)| node);
            self.addresses.iter().any(|node| node.trim_end_matches('/').eq_ignore_ascii_case(own))
        }
    }

    impl AuthConfig {
        fn is_empty(&self) -> bool {
            self.user.is_none() && self.password.is_none() && self.api_key.is_none() && self.token.is_none()
        }

        /// Reads the secret; `None` if there is none to read.
        fn read(&self) -> std::result::Result<Option<Auth>, String> {
            match (&self.user, &self.password, &self.api_key, &self.token) {
                (None, None, None, None) => Ok(None),
                (Some(user), Some(password), None, None) => {
                    Ok(Some(Auth::Basic { user: user.clone(), password: password.read()? }))
                }
                (None, None, Some(key), None) => Ok(Some(Auth::ApiKey(key.read()?))),
                (None, None, None, Some(token)) => Ok(Some(Auth::Bearer(token.read()?))),
                (Some(_), None, None, None) => Err("the user of the cluster has no password".to_owned()),
                (None, Some(_), None, None) => Err("the password of the cluster has no user".to_owned()),
                _ => Err("the credentials of the cluster must be a user and a password, an API key, or a token, only one of them".to_owned()),
            }
        }
    }

    /// A variable of the environment; one that is empty is not set.
    fn variable(name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    fn secret(name: &str) -> Option<Secret> {
        variable(name).map(|_| Secret::Env(name.to_owned()))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn secrets_of_the_configuration_go_only_to_its_cluster() {
            let config = ClusterConfig {
                addresses: vec!["https://search.example.com:9200/".into()],
                ..ClusterConfig::default()
            };
            for own in ["https://search.example.com:9200/incidents", "https://Search.example.com:9200/other/"] {
                assert!(config.is_at(own), "{own}");
            }
            for other in [
                "http://search.example.com:9200/incidents",
                "https://search.example.com/incidents",
                "https://search.example.com:9200.evil.example/incidents",
                "https://evil.example/https://search.example.com:9200/incidents",
                "https://search.example.com:9200@evil.example/incidents",
                "https://search.example.com:9200/",
            ] {
                assert!(!config.is_at(other), "{other}");
            }
        }

        #[test]
        fn credentials_are_of_one_kind() {
            let file = || Some(Secret::Command(vec!["echo".into(), "s3cret".into()]));
            let auth = |user: Option<&str>, password, api_key, token| {
                AuthConfig { user: user.map(str::to_owned), password, api_key, token }.read()
            };
            assert_eq!(auth(None, None, None, None), Ok(None));
            assert_eq!(auth(None, None, file(), None), Ok(Some(Auth::ApiKey("s3cret".into()))));
            let basic = Auth::Basic { user: "ada".into(), password: "s3cret".into() };
            assert_eq!(auth(Some("ada"), file(), None, None), Ok(Some(basic)));
            for wrong in [
                auth(Some("ada"), None, None, None),
                auth(None, file(), None, None),
                auth(None, None, file(), file()),
                auth(Some("ada"), file(), file(), None),
            ] {
                assert!(!wrong.unwrap_err().contains("s3cret"));
            }
        }
    }
}

#[cfg(not(feature = "opensearch"))]
mod without {
    use std::convert::Infallible;
    use std::path::Path;

    use rca_index::{Index, Result};

    use crate::arguments::GlobalArgs;

    use crate::failure::Failure;
    use crate::paths::is_address;

    /// There is none in this build.
    #[derive(Debug, Clone)]
    pub(crate) struct Cluster(Infallible);

    impl Cluster {
        pub(crate) fn named(global: &GlobalArgs) -> std::result::Result<Option<Self>, Failure> {
            match &global.index {
                Some(place) if is_address(place) => {
                    let what = format!("{}: this rca was built without support for clusters", place.display());
                    Err(Failure::usage(what, "build it with the feature `opensearch`, or pass a folder: --index DIR"))
                }
                _ => Ok(None),
            }
        }

        pub(crate) fn address(&self) -> &str {
            match self.0 {}
        }

        pub(crate) fn exposes_secrets(&self) -> bool {
            match self.0 {}
        }

        pub(crate) fn connect(&self, _updated: Option<&Path>) -> Result<Index> {
            match self.0 {}
        }
    }
}
