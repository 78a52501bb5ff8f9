//! The user's own configuration file: what no archive may say, namely which cluster keeps the index, and how to log in to it.
//!
//! In: `config.toml` in the user's configuration folder. Out: its values. Secrets are named in it, and read when they are needed.

use std::fs;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rca_index::files;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::failure::Failure;

/// A larger file is not read.
const MAX_CONFIG_BYTES: u64 = 1_000_000;
/// A longer secret is not one.
const MAX_SECRET_BYTES: u64 = 64_000;

/// The configuration of this user.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    pub(crate) cluster: Option<ClusterConfig>,
}

/// `[cluster]`: the cluster that this user's indexes are in.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ClusterConfig {
    /// Its nodes.
    pub(crate) addresses: Vec<String>,
    /// The index that is used when no other is named.
    pub(crate) index: Option<String>,
    /// The name of the archive among those of the index.
    pub(crate) archive: Option<String>,
    /// A file of certificates in PEM.
    pub(crate) ca: Option<PathBuf>,
    pub(crate) shards: Option<u32>,
    pub(crate) replicas: Option<u32>,
    pub(crate) auth: AuthConfig,
}

/// `[cluster.auth]`: a user and a password, an API key, or a token.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AuthConfig {
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Secret>,
    pub(crate) api_key: Option<Secret>,
    pub(crate) token: Option<Secret>,
}

/// Where a secret is. It is never in the file itself, which people copy and show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Secret {
    /// In a variable of the environment.
    Env(String),
    /// In a file.
    File(PathBuf),
    /// What a program prints; it is run without a shell.
    Command(Vec<String>),
}

/// The usual errors would repeat the value, which is a password if it is written where its place should be.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        const FORM: &str =
            "a secret is { env = \"NAME\" }, { file = \"PATH\" } or { command = [\"PROGRAM\", ..] }, and never here";
        let Ok(toml::Value::Table(table)) = toml::Value::deserialize(from) else { return Err(D::Error::custom(FORM)) };
        let mut pairs = table.into_iter();
        let secret = match (pairs.next(), pairs.next()) {
            (Some((key, value)), None) => match key.as_str() {
                "env" => value.try_into().ok().map(Self::Env),
                "file" => value.try_into().ok().map(Self::File),
                "command" => value.try_into().ok().map(Self::Command),
                _ => None,
            },
            _ => None,
        };
        secret.ok_or_else(|| D::Error::custom(FORM))
    }
}

/// Where the configuration file is.
pub(crate) fn config_path() -> Option<PathBuf> {
    Some(dirs::config_dir()?.join("rca").join("config.toml"))
}

impl Config {
    /// The configuration of this user; empty if there is no file.
    pub(crate) fn read() -> Result<Self, Failure> {
        config_path().map_or_else(|| Ok(Self::default()), |path| Self::of_file(&path))
    }

    fn of_file(path: &Path) -> Result<Self, Failure> {
        let place = path.display();
        let bytes = match files::read(path, MAX_CONFIG_BYTES) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(Self::default());
            }
            Err(error) => {
                return Err(Failure::usage(format!("{place}: {error}"), "make it a file of text that you may read"));
            }
            Ok(bytes) => bytes,
        };
        if others_write(path) {
            // They could have programs run, and send the secrets elsewhere.
            return Err(Failure::usage(
                format!("{place}: others can write to this file"),
                format!("chmod go-w {place}"),
            ));
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| Failure::usage(format!("{place}: invalid UTF-8"), "save it as UTF-8"))?;
        toml::from_str(&text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            // The message repeats names, not values.
            Failure::usage(format!("{place}:{line}: {}", error.message()), "fix this line")
        })
    }
}

/// Whether others than the owner of a file can write to it.
#[cfg(unix)]
fn others_write(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).is_ok_and(|metadata| metadata.mode() & 0o022 != 0)
}

/// Folders of the user are private by their place.
#[cfg(not(unix))]
fn others_write(_path: &Path) -> bool {
    false
}

impl Secret {
    /// Reads the secret, without line breaks at its end; else why it cannot be read.
    pub(crate) fn read(&self) -> Result<String, String> {
        let secret = match self {
            Self::Env(name) => std::env::var(name).map_err(|_| format!("the variable {name} is not set")),
            Self::File(path) => {
                let read = fs::File::open(path).and_then(|file| {
                    let mut text = String::new();
                    file.take(MAX_SECRET_BYTES).read_to_string(&mut text).map(|_| text)
                });
                read.map_err(|error| format!("{}: {error}", path.display()))
            }
            Self::Command(words) => output(words),
        }?;
        let secret = secret.trim_end_matches(['\r', '\n']);
        if secret.is_empty() { Err("the secret is empty".to_owned()) } else { Ok(secret.to_owned()) }
    }
}

/// What a program prints.
fn output(words: &[String]) -> Result<String, String> {
    let Some((program, arguments)) = words.split_first() else { return Err("the command is empty".to_owned()) };
    let failed = |why: String| format!("the credential command {program}: {why}");
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
    let mut text = String::new();
    let read = child.stdout.take().map(|stdout| stdout.take(MAX_SECRET_BYTES).read_to_string(&mut text));
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    match read {
        _ if !status.success() => Err(failed(status.to_string())),
        Some(Ok(_)) => Ok(text),
        _ => Err(failed("its output cannot be read".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, text).unwrap();
        Config::of_file(&path).map_err(|failure| match failure {
            Failure::Plain { what, code: 2, .. } => what,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn a_cluster_with_all_that_is_known() {
        let text = "[cluster]\naddresses = [\"https://a:9200\", \"https://b:9200\"]\nindex = \"incidents\"\narchive = \"payments\"\n\
                    ca = \"/etc/ca.pem\"\nshards = 3\nreplicas = 2\n[cluster.auth]\nuser = \"rca\"\npassword = { file = \"/run/p\" }\n";
        let cluster = read(text).unwrap().cluster.unwrap();
        assert_eq!(
            (cluster.addresses.len(), cluster.shards, cluster.auth.password),
            (2, Some(3), Some(Secret::File("/run/p".into())))
        );
        assert!(read("").unwrap().cluster.is_none());
    }

    #[test]
    fn the_configuration_of_the_readme_is_valid() {
        let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join(env!("CARGO_PKG_README"));
        let readme = fs::read_to_string(readme).unwrap();
        let text = readme
            .split("```toml\n")
            .find_map(|block| block.starts_with("[cluster]").then(|| block.split("```").next()));
        let cluster = read(text.flatten().unwrap()).unwrap().cluster.unwrap();
        assert_eq!((cluster.addresses.len(), cluster.archive.as_deref()), (2, Some("payments")));
        let command = ["pass", "search/rca"].map(str::to_owned).to_vec();
        assert_eq!(cluster.auth.password, Some(Secret::Command(command)));
    }

    #[test]
    fn a_wrong_line_is_named_and_no_secret_shown() {
        for (text, expected) in [
            ("[cluster]\nadresses = []\n", "config.toml:2: unknown field `adresses`"),
            ("[clusters]\n", "config.toml:1: unknown field `clusters`"),
            ("\n[cluster.auth]\npassword = \"s3cret\"\n", "config.toml:3: a secret is {"),
            ("\n[cluster.auth]\ntoken = [\"s3cret\"]\n", "config.toml:3: a secret is {"),
            ("\n[cluster.auth]\ntoken = { env = \"A\", file = \"s3cret\" }\n", "config.toml:3: a secret is {"),
            ("\n[cluster.auth]\ntoken = { command = \"echo s3cret\" }\n", "config.toml:3: a secret is {"),
            ("\n[cluster]\npassword = \"s3cret\"\n", "config.toml:3: unknown field `password`"),
            ("\n[cluster.auth]\npassword = { value = \"s3cret\" }\n", "config.toml:3: a secret is {"),
            ("[cluster]\nshards = -1\n", "config.toml:2: "),
            ("[cluster\n", "config.toml:1: "),
        ] {
            let what = read(text).map(|config| format!("{config:?}")).unwrap_err();
            assert!(what.contains(expected) && !what.contains("s3cret"), "{what}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_write_to_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, "").unwrap();
        for (mode, is_fine) in [(0o600, true), (0o644, true), (0o664, false), (0o606, false)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(Config::of_file(&path).is_ok(), is_fine, "{mode:o}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn secrets_come_from_files_and_programs() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        fs::write(&file, "horse\n").unwrap();
        let command = |words: &[&str]| Secret::Command(words.iter().map(|&word| word.to_owned()).collect()).read();
        assert_eq!(Secret::File(file.clone()).read().unwrap(), "horse");
        assert_eq!(command(&["echo", "$HOME; horse"]).unwrap(), "$HOME; horse", "no shell");
        assert!(command(&["false"]).unwrap_err().contains("exit status: 1"));
        assert!(command(&["/no/such/program"]).unwrap_err().contains("No such file"));
        assert!(command(&[]).is_err() && command(&["true"]).is_err());
        assert!(Secret::Env("RCA_NO_SUCH_VARIABLE".into()).read().is_err());
        fs::write(&file, "\n").unwrap();
        assert!(Secret::File(file).read().is_err());
    }
}
