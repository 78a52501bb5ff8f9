//! What was understood of a pasted text, as plain data.
//!
//! Every part has a weight and the place in the input that it was found at, so that a program can show why.

use std::ops::Range;

use crate::incident::Timestamp;

/// The weight of the name of an alert and of the type of an error.
pub const NAME_WEIGHT: f32 = 3.0;
/// The weight of a summary, a title and a message.
pub const MESSAGE_WEIGHT: f32 = 2.0;
/// The weight of a description, a detail and a frame of the team's own code.
pub const DETAIL_WEIGHT: f32 = 1.0;
/// The weight of any other label.
pub const LABEL_WEIGHT: f32 = 0.3;

/// What a pasted text tells: what is wrong, and where.
///
/// The text of every part is free of noise: addresses, ids, time stamps, hashes of pods, and numbers that mean nothing
/// in another incident are not in it.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Signal {
    /// What the text is.
    pub kind: SignalKind,
    /// The names of alerts.
    pub names: Vec<Part>,
    /// Types of exceptions and codes of errors: `SocketTimeoutException`, `ENOTFOUND`, `ORA-00600`.
    pub errors: Vec<Part>,
    /// Names of services, as the input has them. The archive may know other services, or none of these.
    pub services: Vec<Part>,
    /// Summaries, messages, descriptions, frames of the team's own code.
    pub text: Vec<Part>,
    /// Other labels.
    pub labels: Vec<Label>,
    /// Addresses of runbooks.
    pub runbooks: Vec<Part>,
    /// When it began: the earliest time that an alert states, or the time of the first line of a log.
    pub at: Option<Timestamp>,
    /// What was not read.
    pub unread: Vec<Unread>,
}

/// A piece of the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Its text, without noise.
    pub text: String,
    /// How much its words count: [`NAME_WEIGHT`], [`MESSAGE_WEIGHT`], [`DETAIL_WEIGHT`] or [`LABEL_WEIGHT`].
    pub weight: f32,
    /// The bytes of the input that it was found at. A string of JSON that has escapes is one place as a whole.
    pub range: Range<usize>,
    /// The line of its first byte, counted from 1.
    pub line: u32,
}

/// A label: a name and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// The name, as the input has it.
    pub name: String,
    /// The value.
    pub value: Part,
}

/// A stretch of the input that was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Its bytes.
    pub range: Range<usize>,
    /// Why it was not read.
    pub reason: UnreadReason,
}

/// Why a stretch of the input was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnreadReason {
    /// It is behind the first [`MAX_SIGNAL_BYTES`](super::MAX_SIGNAL_BYTES).
    TooLong,
    /// It is JSON nested too deeply.
    TooDeep,
}

/// What a pasted text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SignalKind {
    /// A webhook of Prometheus Alertmanager, or its API's list of alerts.
    Alertmanager,
    /// What Alertmanager writes into a chat or a mail.
    AlertmanagerText,
    /// A webhook of Grafana.
    Grafana,
    /// A webhook of PagerDuty, version 3.
    PagerDuty,
    /// An event for PagerDuty, Events API version 2.
    PagerDutyEvents,
    /// A webhook of Opsgenie, or a request to create an alert.
    Opsgenie,
    /// A webhook of Datadog.
    Datadog,
    /// A webhook of Sentry.
    Sentry,
    /// An event of Kubernetes, or a list of events.
    Kubernetes,
    /// An alarm of Amazon CloudWatch, alone, in a notification of SNS, or from EventBridge.
    CloudWatch,
    /// Other JSON.
    Json,
    /// JSON, one object a line.
    JsonLines,
    /// Lines of `key=value`.
    Logfmt,
    /// Lines of a system log.
    Syslog,
    /// Other lines that begin with a time.
    Log,
    /// A stack trace.
    Trace,
    /// Anything else.
    #[default]
    Text,
}

impl SignalKind {
    /// All kinds.
    pub const ALL: &[Self] = &[
        Self::Alertmanager,
        Self::AlertmanagerText,
        Self::Grafana,
        Self::PagerDuty,
        Self::PagerDutyEvents,
        Self::Opsgenie,
        Self::Datadog,
        Self::Sentry,
        Self::Kubernetes,
        Self::CloudWatch,
        Self::Json,
        Self::JsonLines,
        Self::Logfmt,
        Self::Syslog,
        Self::Log,
        Self::Trace,
        Self::Text,
    ];

    /// Its name in settings and JSON.
    ///
    /// # Examples
    /// ```
    /// use rca_index::signal::SignalKind;
    ///
    /// assert_eq!(SignalKind::JsonLines.name(), "json-lines");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Alertmanager => "alertmanager",
            Self::AlertmanagerText => "alertmanager-text",
            Self::Grafana => "grafana",
            Self::PagerDuty => "pagerduty",
            Self::PagerDutyEvents => "pagerduty-events",
            Self::Opsgenie => "opsgenie",
            Self::Datadog => "datadog",
            Self::Sentry => "sentry",
            Self::Kubernetes => "kubernetes",
            Self::CloudWatch => "cloudwatch",
            Self::Json => "json",
            Self::JsonLines => "json-lines",
            Self::Logfmt => "logfmt",
            Self::Syslog => "syslog",
            Self::Log => "log",
            Self::Trace => "trace",
            Self::Text => "text",
        }
    }

    /// The kind with a name.
    ///
    /// # Examples
    /// ```
    /// use rca_index::signal::SignalKind;
    ///
    /// assert_eq!(SignalKind::named("sentry"), Some(SignalKind::Sentry));
    /// assert_eq!(SignalKind::named("carrier pigeon"), None);
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        for &kind in SignalKind::ALL {
            assert_eq!(SignalKind::named(kind.name()), Some(kind));
        }
        assert_eq!(SignalKind::named("nagios"), None);
    }
}
