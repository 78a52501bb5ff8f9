//! Whether text was pasted rather than typed. What is pasted has brackets, quotes, colons and hyphens of its own, so
//! the query language must not be looked for in it.
//!
//! In: the whole text. Out: yes or no, by what people do not type: line breaks, braces, frames of stack traces, the
//! time stamp that begins a line of a log, more than 20 words of prose that are no question.

use crate::schema::fields_named;

/// A text of more words than this is pasted if it is punctuated like prose, a log or code.
const MAX_TYPED_WORDS: usize = 20;
/// A time stamp alone is typed; with as many words after it, it begins a line of a log.
const MIN_LOGGED_WORDS: usize = 2;

/// Whether a text was pasted: it has a line break, a brace, a frame of a stack trace, the time stamp of a log, or more
/// than 20 words with punctuation. A question is typed, however long it is.
///
/// # Examples
/// ```
/// use rca_index::signal::is_paste;
///
/// assert!(is_paste("2025-06-02 10:00:01 ERROR queue is full\n2025-06-02 10:00:02 ERROR giving up"));
/// assert!(!is_paste("queue full service:orders"));
/// ```
#[must_use]
pub fn is_paste(text: &str) -> bool {
    let text = text.trim();
    text.contains(['\n', '\r', '{', '}'])
        || has_java_frame(text)
        || has_python_frame(text)
        || begins_with_time_stamp(text)
        || (text.split_whitespace().nth(MAX_TYPED_WORDS).is_some() && text.split_whitespace().any(is_punctuated))
            && !is_question(text)
}

/// How questions begin in English; in any language, they end with a question mark.
const QUESTION_WORDS: &[&str] = &[
    "what", "what's", "which", "who", "whose", "when", "when's", "where", "why", "how", "do", "does", "did", "is",
    "are", "was", "were", "has", "have", "had", "can", "could", "will", "would", "should",
];

/// Whether a text is a question, or several: it has no other mark than commas and question marks, and a period at its end.
fn is_question(text: &str) -> bool {
    let first =
        text.split(|c: char| !c.is_alphanumeric() && c != '\'').find(|word| !word.is_empty()).unwrap_or_default();
    let asks = text.ends_with(['?', '？']) || QUESTION_WORDS.iter().any(|word| word.eq_ignore_ascii_case(first));
    let inside = text.trim_end_matches(['.', '!', '…']);
    asks && !inside.split_whitespace().any(|word| is_punctuated(word.trim_end_matches([',', '?'])))
}

/// `at java.lang.Thread.run(Thread.java:750)`, `at start0(Native Method)`, `at Object.<anonymous> (/srv/app.js:10:5)`.
fn has_java_frame(text: &str) -> bool {
    let starts = text.match_indices("at ").filter(|&(at, _)| at == 0 || text[..at].ends_with(char::is_whitespace));
    starts.map(|(at, found)| text[at + found.len()..].trim_start()).any(|frame| {
        let Some((name, place)) = frame.split_once('(') else { return false };
        let Some((place, _)) = place.split_once(')') else { return false };
        let is_place = matches!(place, "Native Method" | "Unknown Source") || has_line_number(place);
        // With a space before the bracket, it could open a group of a query.
        let name = if is_place { name.strip_suffix(' ').unwrap_or(name) } else { name };
        !name.is_empty() && !name.contains(char::is_whitespace) && (is_place || name.contains('.'))
    })
}

/// `Traceback (most recent call last):`, `File "/app/db.py", line 41, in connect`.
fn has_python_frame(text: &str) -> bool {
    let frames = || text.match_indices("File \"").map(|(at, found)| &text[at + found.len()..]);
    text.contains("Traceback (most recent call last)")
        || frames().any(|rest| rest.split_once('"').is_some_and(|(_, rest)| rest.starts_with(", line ")))
}

/// `Thread.java:750`, `/srv/app.js:10:5`.
fn has_line_number(place: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    place.rsplit_once(':').is_some_and(|(file, line)| !file.is_empty() && digits(line))
}

/// `2026-01-18T08:31:07Z ERROR ...`, `[18/Jan/2026:08:31:07 +0000] ...`, `Jan 18 08:31:07 host sshd[811]: ...`: a time
/// with seconds, behind nothing but a date, in a text of more words. A day or a time alone may be typed.
fn begins_with_time_stamp(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let before_time = words.by_ref().position(|word| has_seconds(word) || !may_be_date(word));
    let time = before_time.and_then(|at| text.split_whitespace().nth(at));
    time.is_some_and(has_seconds) && words.nth(MIN_LOGGED_WORDS - 1).is_some()
}

/// Whether a word has a time of day with seconds: `08:31:07`.
fn has_seconds(word: &str) -> bool {
    let shape =
        |time: &[u8]| time.iter().enumerate().all(|(at, b)| if at % 3 == 2 { *b == b':' } else { b.is_ascii_digit() });
    word.as_bytes().windows("08:31:07".len()).any(shape)
}

/// Whether a word may be part of the date of a time stamp: `Sun`, `Jan`, `18`, `2026/01/18`, `[E0118`.
fn may_be_date(word: &str) -> bool {
    let is_name = word.len() == 3 && word.starts_with(|c: char| c.is_ascii_uppercase());
    !is_field(word) && (is_name || word.bytes().any(|b| b.is_ascii_digit()))
}

/// Whether a word has a mark that a list of words to search for lacks. The value of a field is syntax.
fn is_punctuated(word: &str) -> bool {
    let inside = word.trim_end_matches(['"', '\'', ')', ']']);
    !is_field(word) && (inside.ends_with(['.', ',', ';', ':', '!', '?']) || word.contains(['=', '[', ']', '|', '<']))
}

/// Whether a word is the name of a field with its value: `service:a`, `-tag:deploy`, `(date:>=2025-06`.
fn is_field(word: &str) -> bool {
    let word = word.trim_start_matches(['-', '+', '(']);
    let (name, value) = word.split_once(':').unwrap_or_default();
    let known = || matches!(name, "has" | "no" | "sort") || fields_named(name).next().is_some();
    !name.is_empty() && !value.is_empty() && known()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_text_is_told_from_typed_text() {
        let long = "kafka rabbitmq lag backlog queue consumer rebalance partition offset broker leader election quorum \
                    timeout retry storm deadlock replica failover primary standby";
        for pasted in [
            "ERROR pool is empty\nretrying",
            "{\"summary\": \"disk full\", \"severity\": \"critical\"}",
            "curl -d {} http://host/",
            "at java.lang.Thread.start0(Native Method)",
            "Exception in thread main at com.example.Basket.load(Basket.java:57)",
            "at Object.<anonymous> (/srv/app.js:10:5)",
            "at connect (node:net:1200:3)",
            "Traceback (most recent call last): ValueError",
            "File \"/app/db.py\", line 41, in connect",
            "2026-01-18T08:31:07Z ERROR [main] connection (refused",
            "[18/Jan/2026:08:31:07 +0000] \"GET /search HTTP/1.1\" 500",
            "Jan 18 08:31:07 web-3 sshd[811]: Failed password",
            &format!("{long}, then we saw an outage."),
            &format!("Is the server up? {long}: connection refused"),
            &format!("what we saw. {long}, then an outage"),
            &format!("{long} level=warn"),
            &format!("service:a {long} and then [pool-3"),
        ] {
            assert!(is_paste(pasted), "{pasted}");
        }
        for typed in [
            "",
            "queue backlog",
            " queue backlog \n",
            "service:billing-api severity:>=P1 (kafka OR rabbitmq) -tag:deploy",
            "the order service is slow, why?",
            "10.0.0.1:443",
            "15:53:01",
            "\"15:53:01\" service:api",
            "service:api 15:53:01 queue backlog lag",
            "date:2025-06-02..2025-07 outage at night (kafka OR lag)",
            "the outage at noon (kafka)",
            "outage 15:53:01 queue backlog (kafka)",
            "queue at api.shop.example (kafka OR lag)",
            "at billing-api (kafka OR rabbitmq)",
            "connection refused (os error 111)",
            long,
            &format!("({long}) severity:>=P1 -service:a,b"),
            &long.replace(' ', " OR "),
            &format!("which of the outages had {long}, and how was it fixed?"),
            &format!("How did we fix the queue, the last time that it had {long}."),
            &format!("wie wurde die Störung behoben, als {long}?"),
            &format!("has it happened before? {long}, and when?"),
        ] {
            assert!(!is_paste(typed), "{typed}");
        }
    }
}
