//! Noise: words of a paste that no other incident has, such as ids, addresses and time stamps.
//!
//! In: a stretch of text. Out: its words without the noise. A number stays only where it tells something: `exit code
//! 137`, `HTTP 503`, `SQLSTATE 23505`.

use super::hosts::{asked_host, without_internal_end};

/// Words before a number that tells something.
const BEFORE_CODES: &[&str] =
    &["code", "status", "errno", "exit", "sqlstate", "http", "error", "signal", "version", "release", "cve"];
/// Units: a number with one is a measured value.
const UNITS: &[&str] = &[
    "ns", "us", "µs", "ms", "s", "sec", "secs", "second", "seconds", "m", "min", "minutes", "h", "d", "b", "k", "kb",
    "mb", "gb", "tb", "g", "t", "kib", "mib", "gib", "tib", "bytes", "rps", "qps", "x", "°c", "px",
];
const MONTHS_AND_DAYS: &[&str] = &[
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Mon", "Tue", "Wed", "Thu",
    "Fri", "Sat", "Sun",
];
/// Levels of logs, as logs write them.
const LEVELS: &[&str] = &[
    "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "ERR", "CRITICAL", "CRIT", "FATAL", "SEVERE",
    "ALERT", "EMERG", "PANIC",
];
/// Values of labels that say nothing.
const EMPTY_VALUES: &[&str] = &["true", "false", "null", "none", "nil", "undefined", "unknown", "n/a", "http", "https"];
/// How the names of threads begin.
const THREADS: &[&str] =
    &["nio-", "http-nio-", "https-jsse-", "pool-", "thread-", "qtp", "exec-", "xnio-", "mutationstage-"];
/// Levels that only a colon tells from an ordinary word: `pengine: warning: forcing resource`.
const SPOKEN_LEVELS: &[&str] =
    &["trace", "debug", "info", "notice", "warn", "warning", "critical", "crit", "fatal", "severe"];
/// What PostgreSQL writes before the parts of a message.
const PARTS_OF_MESSAGES: &[&str] = &["DETAIL", "HINT", "CONTEXT", "STATEMENT", "QUERY", "LOCATION"];
/// The characters of the random part of a pod's name.
const POD_CHARACTERS: &str = "bcdfghjklmnpqrstvwxz2456789";

/// The words of a text without noise, with one space between them.
pub(super) fn cleaned(text: &str) -> String {
    cleaned_after(text, "")
}

/// The words of a text without noise. What stands before it, such as the name of a field, may give a number a meaning.
pub(super) fn cleaned_after(text: &str, before: &str) -> String {
    cleaned_seen(text, before, |_| {})
}

/// The words of a text without noise; every word is shown as it is found.
pub(super) fn cleaned_seen<'t>(text: &'t str, before: &'t str, mut see: impl FnMut(&'t str)) -> String {
    let mut cleaned = String::new();
    let mut words = words(text).peekable();
    let (mut before, mut previous) = ("", before);
    while let Some(word) = words.next() {
        see(word);
        let next = words.peek().copied().unwrap_or_default();
        let kept = if is_upgrade(before, previous, word, next) { Some(word) } else { kept(word, previous, next) };
        if let Some(kept) = kept {
            if !cleaned.is_empty() {
                cleaned.push(' ');
            }
            push_path(&mut cleaned, kept);
        }
        (before, previous) = (previous, word);
    }
    cleaned
}

/// Appends a word. Of a path, numbers and ids are left out: `/mnt/2026/05/12/88120.png`.
fn push_path(cleaned: &mut String, word: &str) {
    if !word.contains('/') {
        return cleaned.push_str(word);
    }
    let is_noise = |segment: &str| {
        let stem = segment.split('.').next().unwrap_or(segment);
        stem.is_empty() || is_number(stem) || is_id(stem)
    };
    let kept: Vec<&str> = word.split('/').filter(|segment| !is_noise(segment)).collect();
    // `4/5`, `HTTP/1.1`: what is a number there is part of the word.
    let is_short = kept.len() < 2 && word.len() < 12;
    cleaned.push_str(&if is_short { word.to_owned() } else { kept.join("/") });
}

/// The value of a label without noise; empty if it says nothing.
pub(super) fn cleaned_value(text: &str, key: &str) -> String {
    let cleaned = cleaned_after(text, key);
    let is_empty = EMPTY_VALUES.iter().any(|value| cleaned.eq_ignore_ascii_case(value));
    if is_empty { String::new() } else { cleaned }
}

/// The words of a text, without what stands around them. An address is no word, and neither are its parts.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    // A mention, an emoji and a placeholder are known by their first character.
    let is_marked =
        |word: &&str| word.starts_with('@') || word.len() > 2 && word.starts_with(':') && word.ends_with(':');
    let mut previous = "";
    let separated = text.split_whitespace().flat_map(move |word| {
        let host = asked_host(word, previous);
        previous = word;
        let word =
            if is_marked_level(word) || is_measured_key(word) || word.contains("<anonymous>") { "" } else { word };
        let (before, behind) = around_address(word);
        before.split(is_separator).chain(std::iter::once(host)).chain(behind.split(is_separator))
    });
    let without_commas = separated.flat_map(|word| {
        // A comma is part of a number: `1,200`, `08:31:07,118`.
        let is_in_number = word.contains(',') && is_number(word.trim_end_matches(','));
        let (whole, parts) = if is_in_number { (word, "") } else { ("", word) };
        std::iter::once(whole).chain(parts.split(','))
    });
    without_commas
        .filter(move |word| !is_marked(word))
        .map(|word| word.trim_matches(is_edge))
        .filter(|word| !word.is_empty())
}

/// Whether a character stands between words, besides white space.
fn is_separator(c: char) -> bool {
    matches!(c, '"' | '`' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | ';' | '|' | '=' | '“' | '”')
}

/// Whether a character is no part of a word at its ends.
fn is_edge(c: char) -> bool {
    c.is_ascii_punctuation() || matches!(c, '•' | '·' | '…' | '–' | '—' | '→' | '“' | '”')
}

/// What stands before and behind an address in a word: `<https://a.example/?b=c|Open>`.
fn around_address(word: &str) -> (&str, &str) {
    let Some(middle) = word.find("://") else { return (word, "") };
    let is_end = |c: char| matches!(c, '"' | '\'' | '<' | '>' | '|' | '`' | '(' | ')' | '[' | ']');
    let start = word[..middle]
        .rfind(|c: char| !c.is_ascii_alphanumeric())
        .map_or(0, |at| at + word[at..].chars().next().map_or(1, char::len_utf8));
    let end = word[middle..].find(is_end).map_or(word.len(), |end| middle + end);
    (&word[..start], &word[end..])
}

/// `warning:`, `[warn]:`: a level, written as an ordinary word.
fn is_marked_level(word: &str) -> bool {
    let bare = word.trim_matches(|c| matches!(c, '[' | ']' | ':' | '<' | '>'));
    let is_of = |levels: &[&str]| levels.iter().any(|level| level.eq_ignore_ascii_case(bare));
    let is_heading = || PARTS_OF_MESSAGES.contains(&bare);
    (word.ends_with(':') && (is_of(SPOKEN_LEVELS) || is_heading()))
        || (word.starts_with('[') && word.contains(']') && is_of(LEVELS))
}

/// `max=1`, `anon-rss:7654321kB`: a key whose number tells nothing. `stock-api:8080` is an address.
fn is_measured_key(word: &str) -> bool {
    let word = word.trim_matches(|c: char| is_edge(c) && c != '_');
    let is_quantity = |value: &str| !is_number(value) && is_measure(value);
    let is_tagged = || word.split_once(':').is_some_and(|(key, value)| is_key(key) && is_quantity(value));
    let is_silent = |key: &str, value: &str| is_number(value) && !is_code(value, key) || is_quantity(value);
    let is_pair = || word.split_once('=').is_some_and(|(key, value)| is_key(key) && is_silent(key, value));
    is_tagged() || is_pair()
}

fn is_key(word: &str) -> bool {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.bytes().all(is_part)
}

/// Whether a word is a version that something was upgraded from or to: `from 1.21 to 1.22`. Behind a unit, both are measured.
fn is_upgrade(before: &str, previous: &str, word: &str, next: &str) -> bool {
    let is_version = |word: &str| {
        let mut fields = word.split('.');
        let mut is_field =
            || fields.next().is_some_and(|f| (1..=4).contains(&f.len()) && f.bytes().all(|b| b.is_ascii_digit()));
        is_field() && is_field() && fields.next().is_none()
    };
    let is_measured = || UNITS.iter().any(|unit| unit.eq_ignore_ascii_case(next));
    is_version(word)
        && (previous.eq_ignore_ascii_case("from") && next == "to"
            || previous == "to" && is_version(before) && !is_measured())
}

/// What is kept of a word: all, all but a part that is noise, or nothing.
fn kept<'w>(word: &'w str, previous: &str, next: &str) -> Option<&'w str> {
    let is_level = LEVELS.contains(&word) || is_short_level(word, next);
    let is_unit = UNITS.iter().any(|unit| unit.eq_ignore_ascii_case(word)) && is_number(previous);
    // A flag, a column, a variable.
    let is_letter = word.len() == 1 && word.as_bytes()[0].is_ascii_alphabetic();
    let is_date = MONTHS_AND_DAYS.contains(&word) && (is_number(next) || is_number(previous));
    if is_level || is_letter || is_unit || is_date || is_address(word) || is_id(word) || is_thread(word) {
        return None;
    }
    if is_number(word) {
        let is_measured = UNITS.iter().any(|unit| unit.eq_ignore_ascii_case(next));
        // `ERROR 1205 (HY000)`
        let is_numbered = is_sqlstate(next) && LEVELS.contains(&previous);
        return ((is_code(word, previous) && !is_measured) || is_numbered).then_some(word);
    }
    if is_measure(word) || matches!(word, "UTC" | "GMT" | "CET" | "CEST") && is_number(previous) {
        return None;
    }
    let named =
        |word| without_ordinal(without_pod_hash(without_date(without_uuid(without_internal_end(without_line(word))))));
    let kept = if word.is_ascii() { named(word) } else { word };
    kept.contains(char::is_alphanumeric).then_some(kept)
}

/// `HY000`, `40P01`
fn is_sqlstate(word: &str) -> bool {
    let is_part = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    word.len() == 5 && word.bytes().all(is_part) && word.bytes().filter(u8::is_ascii_digit).count() >= 3
}

/// Whether a word is a level of a log, in any case.
pub(super) fn is_level(word: &str) -> bool {
    word == "LOG" || LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word))
}

/// `E0422` before a time: the level and the day, as Kubernetes logs them.
fn is_short_level(word: &str, next: &str) -> bool {
    let day = word.strip_prefix(['I', 'W', 'E', 'F']).unwrap_or_default();
    day.len() == 4 && day.bytes().all(|b| b.is_ascii_digit()) && next.contains(':') && is_number(next)
}

/// A number, a date or a time: digits, and what stands between them.
pub(super) fn is_number(word: &str) -> bool {
    let is_mark =
        |c: char| matches!(c, '.' | ',' | ':' | '-' | '/' | '+' | '_' | '#' | '*' | 'T' | 'Z' | '%' | '×' | '€');
    let has_month = || {
        let mut fields = word.split(['/', '-']);
        fields.next().is_some_and(|day| day.len() <= 2 && day.bytes().all(|b| b.is_ascii_digit()))
            && fields.next().is_some_and(is_month)
    };
    let mut characters = word.chars();
    characters.by_ref().next().is_some_and(|c| c.is_ascii_digit())
        && (characters.all(|c| c.is_ascii_digit() || is_mark(c)) || has_month())
}

fn is_month(word: &str) -> bool {
    MONTHS_AND_DAYS.iter().take(12).any(|month| month.eq_ignore_ascii_case(word))
}

/// A number that tells something: the status of an error in HTTP, a version of three numbers, or any number behind such a word
/// as `code`.
fn is_code(number: &str, previous: &str) -> bool {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = digits == number.len();
    let is_status = is_plain && digits == 3 && number.starts_with(['4', '5']);
    let is_version = number.matches('.').count() == 2 && number.len() == digits + 2;
    let is_after_level = LEVELS.contains(&previous);
    let previous = previous.to_ascii_lowercase();
    let is_after_code = !is_after_level && BEFORE_CODES.iter().any(|word| previous.ends_with(word));
    let is_counted = matches!(previous.as_str(), "of" | "than" | "above" | "below" | "about" | "over" | "under");
    (is_status && !is_counted)
        || is_version
        || (is_after_code && digits <= 8 && !number.contains([':', '/', '%', '#', ',']))
}

/// `30000ms`, `4m12s`, `95GiB`. `503s` are several answers.
fn is_measure(word: &str) -> bool {
    if word.len() == 4 && word.ends_with('s') && is_code(&word[..3], "") {
        return false;
    }
    let rate = ["/s", "/sec", "/min"].iter().find_map(|end| word.strip_suffix(end));
    let mut rest = rate.unwrap_or(word);
    while let Some(unit) = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':') {
        let end = rest[unit..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| unit + at);
        let name = rest[unit..end].trim_end_matches(['/', '%']);
        let is_unit = name.is_empty() || UNITS.iter().any(|known| known.eq_ignore_ascii_case(name));
        if unit == 0 || !is_unit {
            return false;
        }
        rest = &rest[end..];
    }
    word.starts_with(|c: char| c.is_ascii_digit()) && !word.is_empty()
}

/// An address on the web or in a network, a mail address, a browser that says what it is.
fn is_address(word: &str) -> bool {
    let is_ipv4 = || {
        let host = word.split([':', '/', '-']).next().unwrap_or_default();
        host.split('.').count() == 4 && host.split('.').all(|byte| byte.len() <= 3 && byte.parse::<u8>().is_ok())
    };
    let is_ipv6 = || {
        word.matches(':').count() >= 2
            && word.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.' | '/' | '%'))
    };
    let is_named_by_address = || {
        let name = word.strip_prefix("ip-").unwrap_or_default();
        name.split('-').take(3).filter(|byte| byte.parse::<u8>().is_ok()).count() == 3
    };
    let is_mail = || word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let is_browser =
        || ["Mozilla/", "AppleWebKit/", "Chrome/", "Safari/", "Gecko/"].iter().any(|b| word.starts_with(b));
    word.contains("://")
        || word.starts_with("www.")
        || is_ipv4()
        || is_ipv6()
        || is_named_by_address()
        || is_mail()
        || is_browser()
}

/// A UUID, a hash, a hexadecimal number, letters and digits at random, the path of an Amazon resource.
fn is_id(word: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    let has_digit = || word.bytes().any(|b| b.is_ascii_digit());
    let is_hash = || word.len() >= 7 && is_hex(word) && has_digit();
    let pointer = word.strip_prefix("0x").or_else(|| word.strip_prefix("+0x"));
    let is_random = || word.len() >= 10 && word.bytes().all(|b| b.is_ascii_alphanumeric()) && changes(word) >= 4;
    pointer.is_some_and(|digits| !digits.is_empty() && is_hex(digits))
        || word.starts_with("arn:")
        || is_long(word)
        || (!is_number(word) && (is_uuid(word) || is_hash() || is_random()))
}

/// Longer than a word is. Languages without spaces have no longest word.
fn is_long(word: &str) -> bool {
    word.len() > 200 && word.is_ascii()
}

/// How often letters and digits alternate.
fn changes(word: &str) -> usize {
    let bytes = word.as_bytes();
    bytes.iter().zip(bytes.iter().skip(1)).filter(|(a, b)| a.is_ascii_digit() != b.is_ascii_digit()).count()
}

fn is_thread(word: &str) -> bool {
    let begins = |thread: &&str| word.get(..thread.len()).is_some_and(|start| start.eq_ignore_ascii_case(thread));
    THREADS.iter().any(begins) && word.ends_with(|c: char| c.is_ascii_digit())
}

/// `scale_up.go` of `scale_up.go:301`, `labels.example` of `labels.example:443`.
fn without_line(word: &str) -> &str {
    let mut kept = word;
    while let Some((before, number)) = kept.rsplit_once(':') {
        let is_line = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        if !is_line || is_code(number, before) && !before.contains('.') {
            break;
        }
        kept = before;
    }
    kept
}

/// `pvc` of `pvc-7f0c2d1e-4b1a-4d57-9a52-0f4f6b6f1a11`, `leader` of `leader_7f0c...`.
fn without_uuid(word: &str) -> &str {
    const LENGTH: usize = "7f0c2d1e-4b1a-4d57-9a52-0f4f6b6f1a11".len();
    let at = word.len().saturating_sub(LENGTH);
    match word.get(at..).filter(|uuid| at > 1 && is_uuid(uuid)) {
        Some(_) => word[..at].trim_end_matches(['-', '_', '.']),
        None => word,
    }
}

fn is_uuid(word: &str) -> bool {
    word.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && word.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// `logs` of `logs-2026.03.14`, `binlog` of `binlog.000881`.
fn without_date(word: &str) -> &str {
    let is_date = |rest: &str| is_number(rest) && rest.bytes().filter(u8::is_ascii_digit).count() >= 6;
    let marks = word.char_indices().filter(|&(at, c)| at > 0 && matches!(c, '-' | '.' | '_'));
    let mut dates = marks.map(|(at, _)| at).filter(|&at| is_date(&word[at + 1..]));
    if word.starts_with("CVE-") { word } else { dates.next().map_or(word, |at| &word[..at]) }
}

/// `checkout-web` of `checkout-web-7d9f8c6b5-x2kqj` and of `checkout-web-x2kqj`.
pub(super) fn without_pod_hash(word: &str) -> &str {
    let has_both =
        |part: &str| part.bytes().any(|b| b.is_ascii_digit()) && part.bytes().any(|b| b.is_ascii_lowercase());
    let is_random = |part: &str| has_both(part) && part.chars().all(|c| POD_CHARACTERS.contains(c));
    let is_hash = |part: &str| {
        (4..=10).contains(&part.len())
            && part.bytes().any(|b| b.is_ascii_digit())
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    // `coredns-6f647f5754-2lq9x_kube-system`: a pod and its namespace.
    if let Some((pod, _)) = word.split_once('_') {
        let name = without_pod_hash(pod);
        return if name.len() < pod.len() { name } else { word };
    }
    let Some((before, last)) = word.rsplit_once('-').filter(|(before, _)| !before.is_empty()) else { return word };
    // `checkout-web-58bd9f6c7`
    if (8..=10).contains(&last.len()) && is_random(last) {
        return before;
    }
    let is_pod = last.len() == 5 && last.chars().all(|c| POD_CHARACTERS.contains(c));
    match before.rsplit_once('-').filter(|(name, hash)| is_pod && !name.is_empty() && is_hash(hash)) {
        Some((name, _)) if !last.bytes().all(|b| b.is_ascii_digit()) => name,
        None if last.len() == 5 && is_random(last) => before,
        _ => word,
    }
}

/// `inventory-stock` of `inventory-stock-4`: which of several is seldom what is wrong.
fn without_ordinal(word: &str) -> &str {
    match word.rsplit_once('-') {
        Some((name, number))
            if (1..=3).contains(&number.len())
                && number.bytes().all(|b| b.is_ascii_digit())
                && name.len() > 2
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.')) =>
        {
            name
        }
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_removed() {
        for (text, expected) in [
            ("id 4bf92f3577b34da6a3ce929d0e0e4736 failed", "id failed"),
            ("event 7f0c2d1e-4b1a-4d57-9a52-0f4f6b6f1a11 seen", "event seen"),
            ("pod checkout-web-7d9f8c6b5-x2kqj crashed", "pod checkout-web crashed"),
            ("pod node-exporter-x7k2p, inventory-stock-4", "pod node-exporter inventory-stock"),
            ("checkout-web-58bd9f6c7 temp-privatek8s", "checkout-web temp-privatek8s"),
            ("in pod coredns-6f647f5754-2lq9x_kube-system", "in pod coredns"),
            ("it couldn't open '/mnt/a' or 'b'", "it couldn't open mnt/a or"),
            ("<https://a.example/?b=c|Open> x=(https://d.example)", "Open"),
            ("Mar 14 02:11:09 disk full", "disk full"),
            ("2026-05-04T08:31:02.114Z ERROR disk full", "disk full"),
            ("[03/Feb/2026:09:12:45 +0000] \"GET /healthz\" 429 162", "GET healthz 429"),
            ("see https://wiki.example/x?a=1 or mail a@b.example", "see or mail"),
            ("10.42.3.17:9100 and 2001:db8:40::17 and ip-10-42-3-17.ec2.internal", "and and"),
            ("took 30000ms, 4m12s, 95%, 1,200 MB, 0.9GiB/s", "took"),
            ("goroutine at 0xc0004a2000 +0x3a5", "goroutine at"),
            ("E0422 16:21:30.118822 1 scale_up.go:301] cannot grow", "scale_up.go cannot grow"),
            ("[nio-8080-exec-41] s.Reservation : no lock", "s.Reservation no lock"),
            ("Mozilla/5.0", ""),
            ("/mnt/a/2026/05/12/88120.png of logs-2026.03.14", "mnt/a of logs"),
            ("@webhook-oncall :fire: look", "look"),
            (
                "volume pvc-7f0c2d1e-4b1a-4d57-9a52-0f4f6b6f1a11 of ctl_7f0c2d1e-4b1a-4d57-9a52-0f4f6b6f1a11",
                "volume pvc of ctl",
            ),
            ("total-vm:8123456kB, anon-rss:76kB DETAIL:  by <anonymous>", "by"),
            ("pengine: warning: no quorum", "pengine no quorum"),
            ("[warn]: buffer is full; Fatal: stop", "buffer is full stop"),
            ("gave up (max=3) size=48211, used=98%", "gave up"),
            ("open https://wiki.example/x or http://grafana:3000/d/1", "open or"),
            ("latency rose from 1.2 to 14.5 s", "latency rose from 1.2 to"),
        ] {
            assert_eq!(cleaned(text), expected.trim_start(), "{text}");
        }
    }

    #[test]
    fn telling_numbers_stay() {
        for (text, expected) in [
            ("HTTP 503 for 5xx", "HTTP 503 for 5xx"),
            ("exit code 137 after 12 restarts", "exit code 137 after restarts"),
            ("SQLSTATE 23505, ORA-00600, E11000", "SQLSTATE 23505 ORA-00600 E11000"),
            ("Error_code: 1062", "Error_code 1062"),
            ("ERROR 1205 (HY000): lock wait", "1205 HY000 lock wait"),
            ("it throws 503s for 30s", "it throws 503s for"),
            ("CVE-2021-44228 in log4j 2.14.1", "CVE-2021-44228 in log4j 2.14.1"),
            ("waited 500 ms", "waited"),
            ("dial stock-api:8080", "dial stock-api"),
            ("Error: no route; the warning came late", "Error no route the warning came late"),
            ("failed with code=137, status=503", "failed with code 137 status 503"),
            ("upgrade of the cluster from 1.21 to 1.22", "upgrade of the cluster from 1.21 to 1.22"),
            ("Post https://ledger.pay.svc:8443/book?a=1: refused", "Post ledger.pay refused"),
            ("Get \"http://stock-api/v2\": EOF", "Get stock-api EOF"),
            ("GET https://api.cards.example/v1 failed", "GET api.cards.example failed"),
            ("lookup ledger.pay.svc.cluster.local:53 failed", "lookup ledger.pay failed"),
            ("TLSv1.3 and utf8mb4 and k8s", "TLSv1.3 and utf8mb4 and k8s"),
            ("X509Certificate2 PAGE_FAULT_IN_NONPAGED_AREA", "X509Certificate2 PAGE_FAULT_IN_NONPAGED_AREA"),
            ("検索 インデックス 遅延", "検索 インデックス 遅延"),
        ] {
            assert_eq!(cleaned(text), expected, "{text}");
        }
        let sentence = "検索インデックスの更新が遅い".repeat(9);
        assert_eq!((cleaned(&sentence), cleaned(&"a".repeat(201))), (sentence, String::new()));
        assert_eq!(cleaned_value("137", "exit_code"), "137");
        assert_eq!(cleaned_value("137", "restarts"), "");
        assert_eq!(cleaned_value("true", "handled"), "");
    }
}
