//! The header that logs in.
//!
//! In: credentials. Out: the value of a header, which is never shown.

use ureq::http::HeaderValue;

use crate::engine::opensearch::settings::Auth;
use crate::error::{Error, Result};

/// A shorter secret is hidden only as a whole header: each text has its letters.
const SHORTEST_HIDDEN: usize = 4;

/// How a client logs in.
pub(super) struct Login {
    header: HeaderValue,
    /// What must not be shown.
    secrets: Vec<String>,
}

impl Login {
    /// # Errors
    /// [`Error::ClusterSettings`] if the secret cannot be sent.
    pub(super) fn new(auth: &Auth) -> Result<Self> {
        let invalid = |reason: &str| Error::ClusterSettings { reason: reason.to_owned() };
        let (scheme, value, secret) = match auth {
            Auth::Basic { user, .. } if user.contains(':') => {
                return Err(invalid("the name of a user of a cluster cannot contain `:`"));
            }
            Auth::Basic { user, password } => ("Basic", base64(format!("{user}:{password}").as_bytes()), password),
            Auth::ApiKey(key) => ("ApiKey", key.trim().to_owned(), key),
            Auth::Bearer(token) => ("Bearer", token.trim().to_owned(), token),
        };
        if value.is_empty() {
            return Err(invalid("the credentials of the cluster are empty"));
        }
        let mut header = HeaderValue::from_str(&format!("{scheme} {value}")).map_err(|_| {
            invalid("the credentials of the cluster have characters that cannot be sent, such as a line break")
        })?;
        header.set_sensitive(true);
        let secrets = [value.as_str(), secret.trim()].into_iter().filter(|secret| secret.len() >= SHORTEST_HIDDEN);
        Ok(Self { header, secrets: secrets.map(str::to_owned).collect() })
    }

    pub(super) fn header(&self) -> &HeaderValue {
        &self.header
    }

    /// The text without the secrets.
    pub(super) fn hide(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "…"))
    }
}

/// Base64 with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - three.len()));
        for digit in 0..4 {
            let is_padding = digit > three.len();
            let six = (bits >> (18 - 6 * digit)) as usize & 63;
            text.push(if is_padding { '=' } else { char::from(DIGITS[six]) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_the_standard() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xff, 0xfe, 0xfd]), "//79");
    }

    #[test]
    fn headers_as_the_cluster_wants_them() {
        let header = |auth: Auth| Login::new(&auth).map(|login| login.header().to_str().unwrap().to_owned());
        let basic = Auth::Basic { user: "Aladdin".into(), password: "open sesame".into() };
        assert_eq!(header(basic).unwrap(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!(header(Auth::ApiKey("a2V5\n".into())).unwrap(), "ApiKey a2V5");
        assert_eq!(header(Auth::Bearer("t0ken".into())).unwrap(), "Bearer t0ken");
    }

    #[test]
    fn what_cannot_be_sent_is_refused_without_showing_it() {
        for auth in [
            Auth::Bearer("s3cret\r\nx-evil: 1".into()),
            Auth::ApiKey(String::new()),
            Auth::Basic { user: "a:b".into(), password: "s3cret".into() },
        ] {
            let error = Login::new(&auth).err().unwrap().to_string();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn secrets_that_are_echoed_are_hidden() {
        let login = Login::new(&Auth::Basic { user: "ada".into(), password: "s3cret".into() }).unwrap();
        let echoed = format!("got {} for ada / s3cret", login.header().to_str().unwrap());
        assert_eq!(login.hide(&echoed), "got Basic … for ada / …");
    }
}
