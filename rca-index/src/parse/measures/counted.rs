//! What a plain number of a sentence counts: users, errors, tickets, or nothing of interest.
//!
//! In: a sentence in lower case and a number in it. Out: the kind of measure, by the words behind it or the label before it.

use super::words_after;
use crate::incident::MeasureKind;
use crate::parse::duration::unit_named;
use crate::parse::numbers::{Number, PEOPLE, read_digits};

/// What a plain number counts, by the words behind it, or by the label before it.
pub(super) fn counted(text: &str, number: &Number) -> Option<MeasureKind> {
    let after = words_after(text, number.range.end, 8);
    let behind = text.get(number.range.end..).unwrap_or_default().trim_start();
    if PEOPLE.iter().any(|people| behind.starts_with(people)) {
        return Some(MeasureKind::Users);
    }
    if is_status_code(&text[number.written.clone()], &after) || is_of_a_share(text, number) {
        return None;
    }
    for (i, word) in after.iter().enumerate() {
        let failed = matches!(*word, "failed" | "failing" | "failures")
            && after.get(i + 1).is_some_and(|next| {
                ["requests", "calls", "logins", "payments", "orders", "checkouts", "transactions"].contains(next)
            });
        if failed {
            return Some(MeasureKind::Errors);
        }
        if *word == "support"
            && after.get(i + 1).is_some_and(|next| ["tickets", "cases", "requests", "ticket"].contains(next))
        {
            return Some(MeasureKind::Tickets);
        }
        // Words that begin something else: `3 of the users`, `40 pods lost`, `5 minutes for customers`.
        let stops = [
            "of", "for", "in", "on", "at", "to", "and", "or", "with", "by", "from", "per", "that", "which", "was",
            "were", "after", "before",
        ];
        if stops.contains(word) || *word == "out" {
            // `120 of 4000 users`: the first number counts what the second does.
            let whole = || counted_by_the_whole(text, number);
            match (i == 0 && matches!(*word, "of" | "out")).then(whole).flatten() {
                Some(kind) => return Some(kind),
                None => break,
            }
        }
        if is_time_or_size(word) {
            break;
        }
        if let Some(kind) = kind_of(word) {
            return Some(kind).filter(|_| kind != MeasureKind::Users || !only_tell(&after[i + 1..]));
        }
        // Another thing is counted: `3 nodes users ...`.
        if is_plural(word) {
            return None;
        }
    }
    if after.first().is_some_and(|word| !["in", "on", "at", "during", "for", "and", "or", "total"].contains(word)) {
        return None;
    }
    let (label, rest) = close_before(text, number.range.start).rsplit_once([':', '：'])?;
    if rest.chars().any(char::is_alphanumeric) {
        return None;
    }
    let label = label.rsplit(['.', ',', '|']).next().unwrap_or(label);
    let mut words = label.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    if words.clone().count() > 5 || label.contains('%') {
        return None;
    }
    words.find_map(kind_of)
}

/// The text in front of a byte, as far as a label reaches: a line of many numbers is not gone through for each of them.
fn close_before(text: &str, at: usize) -> &str {
    const REACH: usize = 160;
    let from = (at.saturating_sub(REACH)..=at).find(|&from| text.is_char_boundary(from)).unwrap_or(at);
    text.get(from..at).unwrap_or_default()
}

/// Whether a number is the code of an HTTP status.
fn is_status_code(written: &str, after: &[&str]) -> bool {
    const CODES: &[&str] = &[
        "400", "401", "403", "404", "405", "408", "409", "410", "413", "415", "422", "425", "429", "431", "451", "499",
        "500", "501", "502", "503", "504", "505", "507", "508", "511", "520", "521", "522", "523", "524", "525", "526",
        "530",
    ];
    const WORDS: &[&str] = &[
        "http", "https", "error", "errors", "response", "responses", "status", "internal", "bad", "gateway", "service",
        "not", "forbidden", "unauthorized", "too", "timeout", "timeouts", "failures", "server", "exceptions",
    ];
    let digits = || written.bytes().filter(u8::is_ascii_digit);
    digits().count() == 3
        && CODES.iter().any(|code| code.bytes().eq(digits()))
        && after.first().is_some_and(|word| WORDS.contains(word))
}

/// Whether a number is the whole of which another is a part: `4 out of 10 customers`, `120 of 4000 users`.
fn is_of_a_share(text: &str, number: &Number) -> bool {
    let before = text.get(..number.range.start).unwrap_or_default().trim_end();
    let lead = ["out of", "of", "in", "of the", "of our", "von", "sur"].iter().find_map(|of| before.strip_suffix(of));
    lead.is_some_and(|lead| {
        let lead = lead.trim_end_matches(" out").trim_end();
        lead.ends_with(|c: char| c.is_ascii_digit() || c == '%')
    })
}

/// What the whole counts of which a number is a part. A part of ten is a share of all, and counts nobody.
fn counted_by_the_whole(text: &str, number: &Number) -> Option<MeasureKind> {
    /// A smaller whole is a way to state a share.
    const SMALLEST: f64 = 10.0;
    let rest = text.get(number.range.end..)?;
    let of = rest.trim_start().strip_prefix("out of").or_else(|| rest.trim_start().strip_prefix("of"))?;
    let of = of.trim_start().trim_start_matches("the ").trim_start_matches("our ").trim_start_matches('~');
    let whole = read_digits(of);
    if whole.length == 0 || whole.thousands.or(whole.value)? <= SMALLEST {
        return None;
    }
    let at = text.len() - of.len() + whole.length;
    words_after(text, at, 3)
        .into_iter()
        .take_while(|word| !is_plural(word) || kind_of(word).is_some())
        .find_map(kind_of)
}

/// Whether people only say what they saw: `2 users reported`.
fn only_tell(after: &[&str]) -> bool {
    const TELL: &[&str] = &[
        "reported", "report", "reporting", "confirmed", "complained", "contacted", "notified", "told", "asked",
        "opened", "raised", "wrote", "called", "informed", "alerted", "mentioned", "messaged",
    ];
    let auxiliary = |word: &&&str| ["have", "has", "had", "who", "also", "then", "that"].contains(*word);
    after.iter().find(|word| !auxiliary(word)).is_some_and(|word| TELL.contains(word))
}

/// Whether a word looks like the plural of a thing.
fn is_plural(word: &str) -> bool {
    let other = [
        "business", "previous", "various", "ios", "macos", "windows", "sales", "kubernetes", "aws", "famous", "serious",
    ];
    word.len() > 3
        && word.ends_with('s')
        && !word.ends_with("ss")
        && !word.ends_with("us")
        && !word.contains('\'')
        && !other.contains(&word)
}

/// What a word counts.
fn kind_of(word: &str) -> Option<MeasureKind> {
    Some(match word {
        "user" | "users" | "customer" | "customers" | "people" | "visitors" | "shoppers" | "accounts"
        | "subscribers" | "members" | "merchants" | "tenants" | "人" | "名" | "nutzer" | "benutzer" | "kunden"
        | "utilisateurs" | "clients" | "usuarios" | "clientes" | "usuários" | "brukere" | "kunder" => {
            MeasureKind::Users
        }
        "error" | "errors" | "failures" | "exceptions" | "fehler" | "erreurs" | "errores" | "erros" => {
            MeasureKind::Errors
        }
        "ticket" | "tickets" => MeasureKind::Tickets,
        _ => return None,
    })
}

/// Whether a word is a unit of time or size: a number with one of these counts no people.
pub(crate) fn is_time_or_size(word: &str) -> bool {
    const OTHERS: &[&str] = &["month", "months", "year", "years", "gb", "mb", "tb", "kb", "pm", "am", "utc"];
    // `time` are hours in Norwegian, but `100 first time users` are users.
    OTHERS.contains(&word) || word != "time" && unit_named(word).is_some()
}
