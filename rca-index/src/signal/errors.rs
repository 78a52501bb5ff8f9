//! Errors: types of exceptions and codes that name an error.
//!
//! In: a word. Out: the name of the error, if it is one.

/// How the names of types of errors end.
const TYPE_ENDS: &[&str] = &["Exception", "Error", "Failure", "Panic"];
/// Codes of the operating system, of Node.js and of npm.
const SYSTEM_CODES: &[&str] = &[
    "EACCES", "EADDRINUSE", "EADDRNOTAVAIL", "EAGAIN", "EAI_AGAIN", "EBADF", "EBUSY", "ECONNABORTED", "ECONNREFUSED",
    "ECONNRESET", "EDEADLK", "EDQUOT", "EEXIST", "EHOSTUNREACH", "EINTEGRITY", "EINVAL", "EIO", "EMFILE",
    "ENETUNREACH", "ENFILE", "ENOENT", "ENOMEM", "ENOSPC", "ENOTCONN", "ENOTEMPTY", "ENOTFOUND", "EPERM", "EPIPE",
    "EPROTO", "ERESOLVE", "EROFS", "ESTALE", "ETIMEDOUT",
];
/// Words of Kubernetes and the kernel for how a process ended or does not start.
const STATES: &[&str] = &[
    "OOMKilled", "CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError", "Evicted",
    "FailedScheduling", "FailedMount", "NodeNotReady", "DiskPressure", "MemoryPressure", "PIDPressure", "SIGSEGV",
    "SIGKILL", "SIGBUS", "NXDOMAIN", "SERVFAIL", "NOSPACE",
];

/// The error that a word names: `SocketTimeoutException` of `java.net.SocketTimeoutException`, `ENOTFOUND`, `ORA-00600`.
pub(super) fn error_named(word: &str) -> Option<&str> {
    let name = word.rsplit(['.', ':', '$', '/', '\\']).find(|segment| !segment.is_empty())?;
    let is_code = || {
        let digits = |prefix: &str| {
            let number = name.strip_prefix(prefix).unwrap_or_default();
            number.len() == 5 && number.bytes().all(|b| b.is_ascii_digit())
        };
        digits("ORA-") || digits("E") || digits("CVE-") || name.starts_with("CVE-") || name.starts_with("ERR_")
    };
    let known = || SYSTEM_CODES.contains(&name) || STATES.contains(&name);
    // `circuit_breaking_exception`
    let is_snake = || name.len() > 10 && name.ends_with("_exception");
    (is_type(name) || is_snake() || known() || is_code()).then_some(name)
}

/// Whether a name is that of a type of errors. `Error` alone says nothing.
fn is_type(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && TYPE_ENDS.iter().any(|end| name.len() > end.len() && name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_known_by_their_names() {
        for (word, expected) in [
            ("java.net.SocketTimeoutException", Some("SocketTimeoutException")),
            ("recommend.errors.StartupError", Some("StartupError")),
            ("System.FormatException", Some("FormatException")),
            ("NET::ERR_CERT_DATE_INVALID", Some("ERR_CERT_DATE_INVALID")),
            ("circuit_breaking_exception", Some("circuit_breaking_exception")),
            ("ENOTFOUND", Some("ENOTFOUND")),
            ("ORA-00600", Some("ORA-00600")),
            ("E11000", Some("E11000")),
            ("CVE-2021-44228", Some("CVE-2021-44228")),
            ("OOMKilled", Some("OOMKilled")),
            ("Error", None),
            ("Exception", None),
            ("ERROR", None),
            ("ENABLED", None),
            ("", None),
        ] {
            assert_eq!(error_named(word), expected, "{word}");
        }
    }
}
