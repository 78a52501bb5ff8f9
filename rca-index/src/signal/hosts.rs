//! Hosts: of the addresses in a text, those that a program asked, and what their names say.
//!
//! In: a word, and the one before it. Out: the name of the host that was asked, without what every name of a cluster has.

/// Methods of HTTP. What stands behind one is asked for.
const METHODS: &[&str] = &["get", "head", "post", "put", "patch", "delete", "options"];
/// Ends of the names that a cluster gives to its services. They say nothing.
const INTERNAL_ENDS: &[&str] = &[".svc.cluster.local", ".svc", ".cluster.local", ".internal", ".local", ".consul"];
/// Hosts that watch others, by how their names begin.
const WATCHERS: &[&str] = &["prometheus", "alertmanager", "grafana", "kibana", "localhost", "monitoring"];

/// The host of an address that a program asked for: `Post https://ledger.pay.svc:8443/book`. Addresses for people, of
/// dashboards and wikis, have neither a method nor a port.
pub(super) fn asked_host<'w>(word: &'w str, previous: &str) -> &'w str {
    let Some((_, rest)) = word.split_once("://") else { return "" };
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))).unwrap_or(rest.len());
    let (host, behind) = rest.split_at(end);
    let is_method = || {
        METHODS
            .iter()
            .any(|method| method.eq_ignore_ascii_case(previous.trim_matches(|c: char| c.is_ascii_punctuation())))
    };
    let is_internal = || !host.contains('.') || INTERNAL_ENDS.iter().any(|end| host.ends_with(end));
    let has_port = || behind.strip_prefix(':').is_some_and(|port| port.starts_with(|c: char| c.is_ascii_digit()));
    let is_watcher = || WATCHERS.iter().any(|name| host.starts_with(name));
    let is_asked = !host.is_empty() && (is_method() || is_internal() || has_port()) && !is_watcher();
    if is_asked { without_internal_end(host) } else { "" }
}

/// `ledger.pay` of `ledger.pay.svc.cluster.local`.
pub(super) fn without_internal_end(host: &str) -> &str {
    INTERNAL_ENDS.iter().find_map(|end| host.strip_suffix(end)).filter(|name| !name.is_empty()).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_programs_ask() {
        for (previous, word, expected) in [
            ("Post", "https://ledger.pay.svc:443/book?a=1:", "ledger.pay"),
            ("Get", "\"http://stock-api/v2\":", "stock-api"),
            ("\"GET", "https://api.cards.example/v1\"", "api.cards.example"),
            ("from", "(https://repo.example:8443/public/)", "repo.example"),
            ("see", "https://wiki.example/runbooks/x", ""),
            ("at", "http://grafana.mon.svc:3000/d/1", ""),
            ("Get", "ledger.pay.svc", ""),
        ] {
            assert_eq!(asked_host(word, previous), expected, "{word}");
        }
        assert_eq!(without_internal_end("ledger.pay.svc.cluster.local"), "ledger.pay");
        assert_eq!(without_internal_end(".local"), ".local");
    }
}
