//! Keys: what the name of a field, a label or a pair says about its value.
//!
//! In: a key as written, in JSON, a log or a chat message. Out: its role. One table for all inputs, so that a summary is
//! a summary wherever it stands.

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The name of an alert.
    Name,
    /// The type or code of an error.
    Error,
    /// A service.
    Service,
    /// A summary, a title, a message.
    Message,
    /// A description, a detail.
    Detail,
    /// Any other label.
    Label,
    /// The address of a runbook.
    Runbook,
    /// When it happened.
    At,
    /// Nothing that another incident would have.
    Noise,
}

/// Keys with a role, folded: no case, no `_`, `-`, `.` and spaces.
const ROLES: &[(Role, &[&str])] = &[
    (Role::Name, &["alertname", "alarmname", "alerttitle", "alertrule", "rulename", "monitorname", "checkname"]),
    (
        Role::Error,
        &[
            "exception", "exceptionclass", "exceptiontype", "errortype", "errorclass", "errorcode", "errorname",
            "errno", "sqlstate", "oracode",
        ],
    ),
    (
        Role::Service,
        &[
            "service", "services", "servicename", "app", "appname", "application", "applicationname", "component",
            "microservice", "deployment", "statefulset", "daemonset", "appkubernetesioname", "subsystem", "entity",
            "affectedservice", "affectedservices", "containername", "syslogidentifier", "systemdunit",
        ],
    ),
    (
        Role::Message,
        &[
            "summary", "title", "message", "msg", "subject", "headline", "err", "error", "errormessage",
            "exceptionmessage", "alert", "event", "problem", "panic", "stack", "stacktrace", "traceback",
            "exceptionstacktrace", "errorstack", "errorstacktrace",
        ],
    ),
    (
        Role::Detail,
        &[
            "description", "desc", "details", "detail", "note", "body", "text", "cause", "causedby", "hint", "reason",
            "info", "context", "observation", "code", "exitcode", "statuscode", "httpstatus", "impact", "query",
        ],
    ),
    (Role::Runbook, &["runbook", "runbookurl", "runbooklink", "playbook", "playbookurl", "runbooks"]),
    (
        Role::At,
        &[
            "startsat", "timestamp", "ts", "time", "date", "datetime", "occurredat", "createdat", "firstseen",
            "starttime", "startedat", "eventtime", "firsttimestamp", "when", "t",
        ],
    ),
    (
        Role::Noise,
        &[
            "type", "alerttransition", "alertstatus", "fingerprint", "receiver", "severity", "priority", "urgency",
            "level", "loglevel", "lvl", "status", "state", "version", "prometheus", "alertmanager", "generatorurl",
            "source", "graph", "dashboard", "silence", "grafanafolder", "user", "username", "email", "assignee",
            "assignees", "responders", "teams", "team", "owner", "caller", "thread", "threadname", "pid", "host",
            "hostname", "instance", "pod", "podname", "node", "ip", "client", "clientip", "remoteaddr", "useragent",
            "duration", "durationms", "latency", "elapsed", "took", "count", "value", "values", "numfiring",
            "numresolved", "traceid", "spanid", "requestid", "env", "environment", "region", "availabilityzone",
            "endsat", "updatedat", "lastseen", "lasttimestamp", "labels", "annotations", "details:", "org", "orgid",
            "signature", "stream", "attempt", "attempts", "retries", "offset", "size", "bytes", "port", "line",
            "lineno", "sha", "commit", "release", "platform", "logger", "method", "httpmethod", "requestmethod",
            "browser", "browsername", "device", "alerttype", "transport",
        ],
    ),
];

/// Last words of keys whose values are ids, addresses and times: `trace_id`, `dashboardURL`, `dedup_key`.
const NOISE_ENDS: &[&str] = &[
    "id", "ids", "uid", "uuid", "guid", "url", "uri", "href", "link", "links", "hash", "sha", "arn", "ip", "addr",
    "token", "key", "fingerprint", "ms", "seconds", "bytes", "at", "ts", "timestamp", "avatar", "icon", "image",
    "images",
];

/// The role of a key; none when the table does not have it.
pub(super) fn role(key: &str) -> Option<Role> {
    let folded: String = key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let in_table = || ROLES.iter().find(|(_, keys)| keys.contains(&folded.as_str())).map(|&(role, _)| role);
    let is_runbook = || folded.contains("runbook") || folded.contains("playbook");
    // What the journal of systemd and collectors of logs add.
    let is_added = key.starts_with('_');
    let is_noise = || is_added || NOISE_ENDS.contains(&last_word(key).to_ascii_lowercase().as_str());
    // A key is a name. What is longer is a sentence.
    if key.len() > 64 {
        return None;
    }
    in_table().or_else(|| is_runbook().then_some(Role::Runbook)).or_else(|| is_noise().then_some(Role::Noise))
}

/// The last word of a key: `id` of `trace_id`, `URL` of `dashboardURL`, `At` of `startsAt`.
fn last_word(key: &str) -> &str {
    let word = key.rsplit(['_', '-', '.', ' ', '/']).next().unwrap_or(key);
    let bytes = word.as_bytes();
    let starts_word = |at: usize| {
        let upper = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_uppercase);
        at > 0 && upper(at) && !upper(at - 1)
    };
    let start = (0..bytes.len()).rev().find(|&at| starts_word(at)).unwrap_or(0);
    word.get(start..).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_any_spelling() {
        for (key, expected) in [
            ("alertname", Some(Role::Name)),
            ("service.name", Some(Role::Service)),
            ("Service Name", Some(Role::Service)),
            ("log.level", Some(Role::Noise)),
            ("@timestamp", Some(Role::At)),
            ("trace_id", Some(Role::Noise)),
            ("dashboardURL", Some(Role::Noise)),
            ("runbook_url", Some(Role::Runbook)),
            ("teamRunbookLink", Some(Role::Runbook)),
            ("paid", None),
            ("consumergroup", None),
            ("", None),
        ] {
            assert_eq!(role(key), expected, "{key}");
        }
    }
}
