//! Addresses of nodes, and the names of indexes in them.
//!
//! In: text of the user. Out: an address without secrets, and a name that a cluster accepts for an index.

use std::fmt;
use std::net::IpAddr;

use ureq::http::Uri;

use crate::error::{Error, Result};

/// The longest name of an index, in bytes. A cluster takes 255; names of other versions and of its state are made from it.
const MAX_INDEX_NAME: usize = 200;
/// How much of an invalid address is shown.
const SHOWN: usize = 60;

/// The address of a node: `http` or `https`, host, port, and what paths begin with.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Address {
    scheme: &'static str,
    authority: String,
    host: String,
    /// Without a slash at its end.
    path: String,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, authority, path, .. } = self;
        write!(f, "{scheme}://{authority}{path}")
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Address {
    /// Reads an address.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let invalid = |why: &str| {
            let shown: String =
                without_user(text).chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
            Error::ClusterSettings { reason: format!("`{shown}` is not a valid address of a cluster: {why}") }
        };
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(invalid("it must begin with https:// or http://"));
        };
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => "http",
            "https" => "https",
            _ => return Err(invalid("it must begin with https:// or http://")),
        };
        if rest.split(['/', '?', '#']).next().unwrap_or_default().contains('@') {
            return Err(invalid("it must not contain a user or a password"));
        }
        if rest.contains(['?', '#']) {
            return Err(invalid("it must not contain `?` or `#`"));
        }
        let uri: Uri = text.trim().parse().map_err(|_| invalid("check its host and its port"))?;
        let authority = uri.authority().filter(|authority| !authority.host().is_empty());
        let authority = authority.ok_or_else(|| invalid("it has no host"))?;
        let port = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
        if !port.is_empty() && port.strip_prefix(':').and_then(|port| port.parse::<u16>().ok()).is_none() {
            return Err(invalid("its port must be a number of at most 65535"));
        }
        let path = uri.path().trim_end_matches('/');
        if path.split('/').skip(1).any(|segment| matches!(segment, "" | "." | "..")) {
            return Err(invalid("its path has an empty segment, or one of dots"));
        }
        let host = authority.host().trim_matches(['[', ']']).to_ascii_lowercase();
        Ok(Self { scheme, authority: authority.as_str().to_ascii_lowercase(), host, path: path.to_owned() })
    }

    /// Leaves the name of an index out of its path.
    pub(super) fn leave_out(&mut self, index: &str) {
        if let Some(before) = self.path.strip_suffix(index).and_then(|before| before.strip_suffix('/')) {
            self.path.truncate(before.len());
        }
    }

    pub(super) fn is_tls(&self) -> bool {
        self.scheme == "https"
    }

    /// Whether it is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    }
}

/// An address without what stands before `@` in it, where a secret may be.
fn without_user(text: &str) -> String {
    match text.rsplit_once('@') {
        None => text.to_owned(),
        Some((before, host)) => {
            let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
            if scheme.is_empty() { host.to_owned() } else { format!("{scheme}://{host}") }
        }
    }
}

/// The name of an index, and the address of the node that it is at.
pub(super) fn index_and_address(text: &str) -> Result<(String, Address)> {
    let mut address = Address::parse(text)?;
    let Some((before, index)) = address.path.rsplit_once('/') else {
        let reason = format!("{address} has no name of an index; add one: {address}/incidents");
        return Err(Error::ClusterSettings { reason });
    };
    let (before, index) = (before.len(), index.to_owned());
    if !is_index_name(&index) {
        let shown: String = index.chars().take(SHOWN).collect();
        let reason = format!(
            "`{shown}` cannot be the name of an index; use lower-case letters, digits, `-`, `_` and `.`, at most {MAX_INDEX_NAME}, and begin with a letter or a digit"
        );
        return Err(Error::ClusterSettings { reason });
    }
    address.path.truncate(before);
    Ok((index, address))
}

/// Stricter than a cluster, which lets other scripts in: such names would have to be encoded in every path.
fn is_index_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.len() <= MAX_INDEX_NAME && name.starts_with(is_plain) && name.chars().all(|c| is_plain(c) || "-_.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_segment_is_the_index() {
        for (text, index, address) in [
            ("http://127.0.0.1:9200/incidents", "incidents", "http://127.0.0.1:9200"),
            ("HTTPS://Search.example.com/incidents/", "incidents", "https://search.example.com"),
            ("https://host/search/v2/ops-2026.1", "ops-2026.1", "https://host/search/v2"),
            ("http://[::1]:9200/x", "x", "http://[::1]:9200"),
        ] {
            let (name, at) = index_and_address(text).unwrap();
            assert_eq!((name.as_str(), at.to_string().as_str()), (index, address), "{text}");
        }
    }

    #[test]
    fn invalid_addresses_say_why() {
        for (text, why) in [
            ("incidents", "must begin with"),
            ("ftp://host/incidents", "must begin with"),
            ("http:///incidents", "host"),
            ("http://host:99999/incidents", "port"),
            ("http://host:port/incidents", "port"),
            ("http://host", "no name of an index"),
            ("http://host/", "no name of an index"),
            ("http://host/a?pretty", "`?`"),
            ("http://host/a#b", "`#`"),
            ("http://host/a//b", "empty segment"),
            ("http://host/../b", "dots"),
            ("http://host/Incidents", "cannot be the name"),
            ("http://host/_all", "cannot be the name"),
            ("http://host/*", "cannot be the name"),
            ("http://host/a,b", "cannot be the name"),
            ("http://host/a%2fb", "cannot be the name"),
            ("http://host/-a", "cannot be the name"),
            ("http://user:pass@host/a", "user or a password"),
            ("http://user@evil@host/a", "user or a password"),
            ("http://ho st/a", "check its host"),
            ("http://host\n.example/a", "check its host"),
        ] {
            let error = index_and_address(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
            assert!(!error.contains("pass@") && !error.contains('\n'), "{error}");
        }
        let long = format!("http://host/{}", "x".repeat(300));
        assert!(index_and_address(&long).unwrap_err().to_string().len() < 400);
    }
}
