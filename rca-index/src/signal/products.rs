//! Products: which JSON is whose, and where in it what is said. One row a product; no code.
//!
//! A row is as in the documentation of its vendor, and `corpus/queries/seen` has a sample of each.

use super::SignalKind;
use super::keys::Role;

/// How the value at a path is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// A string or a number with a role.
    Is(Role),
    /// An object: each key is looked up in the table of keys, and has this role if that does not know it.
    Map(Role),
    /// `a:b` in a string with commas, a list of them, or a list of pairs.
    Tags,
    /// Objects with a `name` and a `value`.
    Named,
    /// Frames of a stack trace, as Sentry has them.
    Frames,
    /// JSON in a string.
    Embedded,
}

/// A product's JSON.
pub(super) struct Product {
    pub(super) kind: SignalKind,
    /// Paths that it has, `path=value` with a value.
    pub(super) signs: &'static [&'static str],
    /// The path of its alerts, each an object.
    pub(super) alerts: &'static str,
    /// The key of an alert and its value when it is firing. If none is, all count.
    pub(super) firing: Option<(&'static str, &'static str)>,
    /// What the paths of an alert hold. Nothing else of it is read.
    pub(super) fields: &'static [(&'static str, Field)],
}

/// Labels of Prometheus that say who scraped, not what is wrong.
pub(super) const SCRAPED_BY: &[&str] =
    &["job", "endpoint", "container", "exported_job", "exported_namespace", "metrics_path"];

const ALERT: &[(&str, Field)] = &[
    ("labels", Field::Map(Role::Label)),
    ("annotations", Field::Map(Role::Detail)),
    ("startsAt", Field::Is(Role::At)),
];

const ALARM: &[(&str, Field)] = &[
    ("AlarmName", Field::Is(Role::Name)),
    ("AlarmDescription", Field::Is(Role::Message)),
    // The same sentence for every alarm: `Threshold Crossed: 1 datapoint ...`.
    ("NewStateReason", Field::Is(Role::Noise)),
    ("StateChangeTime", Field::Is(Role::At)),
    ("Trigger.MetricName", Field::Is(Role::Label)),
    ("Trigger.Namespace", Field::Is(Role::Label)),
    ("Trigger.Dimensions.*", Field::Named),
];

const KUBERNETES: &[(&str, Field)] = &[
    ("reason", Field::Is(Role::Name)),
    ("message", Field::Is(Role::Message)),
    ("note", Field::Is(Role::Message)),
    ("involvedObject.name", Field::Is(Role::Service)),
    ("regarding.name", Field::Is(Role::Service)),
    ("involvedObject.kind", Field::Is(Role::Label)),
    ("regarding.kind", Field::Is(Role::Label)),
    ("metadata.namespace", Field::Is(Role::Label)),
    ("action", Field::Is(Role::Label)),
    ("source.component", Field::Is(Role::Label)),
    ("reportingController", Field::Is(Role::Label)),
    ("firstTimestamp", Field::Is(Role::At)),
    ("eventTime", Field::Is(Role::At)),
];

const OPSGENIE: &[(&str, Field)] = &[
    ("message", Field::Is(Role::Message)),
    ("description", Field::Is(Role::Detail)),
    ("entity", Field::Is(Role::Service)),
    ("tags", Field::Tags),
    ("details", Field::Map(Role::Detail)),
    ("createdAt", Field::Is(Role::At)),
];

/// The products. The first whose signs are there counts.
pub(super) const PRODUCTS: &[Product] = &[
    Product {
        kind: SignalKind::Grafana,
        signs: &["alerts.*.labels", "orgId"],
        alerts: "alerts.*",
        firing: Some(("status", "firing")),
        fields: ALERT,
    },
    Product {
        kind: SignalKind::Alertmanager,
        signs: &["alerts.*.labels"],
        alerts: "alerts.*",
        firing: Some(("status", "firing")),
        fields: ALERT,
    },
    // What its API and `amtool -o json` list.
    Product {
        kind: SignalKind::Alertmanager,
        signs: &["*.labels.alertname"],
        alerts: "*",
        firing: Some(("status.state", "active")),
        fields: ALERT,
    },
    // Its alerts before version 9.
    Product {
        kind: SignalKind::Grafana,
        signs: &["ruleName", "evalMatches"],
        alerts: "",
        firing: None,
        fields: &[
            ("ruleName", Field::Is(Role::Name)),
            ("message", Field::Is(Role::Message)),
            ("evalMatches.*.metric", Field::Is(Role::Label)),
            ("tags", Field::Map(Role::Label)),
        ],
    },
    Product {
        kind: SignalKind::PagerDuty,
        signs: &["event.event_type", "event.data"],
        alerts: "event",
        firing: None,
        fields: &[
            ("data.title", Field::Is(Role::Message)),
            ("data.service.summary", Field::Is(Role::Service)),
            ("data.body.details", Field::Map(Role::Detail)),
            ("occurred_at", Field::Is(Role::At)),
        ],
    },
    Product {
        kind: SignalKind::PagerDutyEvents,
        signs: &["event_action", "payload.summary"],
        alerts: "",
        firing: None,
        fields: &[
            ("payload.summary", Field::Is(Role::Message)),
            ("payload.source", Field::Is(Role::Label)),
            ("payload.component", Field::Is(Role::Service)),
            ("payload.group", Field::Is(Role::Label)),
            ("payload.class", Field::Is(Role::Label)),
            ("payload.custom_details", Field::Map(Role::Detail)),
            ("payload.timestamp", Field::Is(Role::At)),
        ],
    },
    Product {
        kind: SignalKind::Opsgenie,
        signs: &["action", "alert.message"],
        alerts: "alert",
        firing: None,
        fields: OPSGENIE,
    },
    Product {
        kind: SignalKind::Opsgenie,
        signs: &["message", "alias", "priority"],
        alerts: "",
        firing: None,
        fields: OPSGENIE,
    },
    Product {
        kind: SignalKind::Datadog,
        signs: &["title", "event_type", "org"],
        alerts: "",
        firing: None,
        fields: &[
            ("title", Field::Is(Role::Message)),
            ("alert_title", Field::Is(Role::Message)),
            ("body", Field::Is(Role::Detail)),
            ("text_only_msg", Field::Is(Role::Detail)),
            ("alert_metric", Field::Is(Role::Label)),
            ("alert_scope", Field::Tags),
            ("tags", Field::Tags),
            ("date", Field::Is(Role::At)),
        ],
    },
    Product {
        kind: SignalKind::Sentry,
        signs: &["data.event.event_id"],
        alerts: "data",
        firing: None,
        fields: &[
            ("event.exception.values.*.type", Field::Is(Role::Error)),
            ("event.exception.values.*.value", Field::Is(Role::Message)),
            ("event.exception.values.*.stacktrace.frames", Field::Frames),
            ("event.title", Field::Is(Role::Message)),
            ("event.message", Field::Is(Role::Message)),
            ("event.culprit", Field::Is(Role::Detail)),
            ("event.tags", Field::Tags),
            ("event.datetime", Field::Is(Role::At)),
            ("triggered_rule", Field::Is(Role::Detail)),
        ],
    },
    Product {
        kind: SignalKind::Sentry,
        signs: &["data.issue.title"],
        alerts: "data.issue",
        firing: None,
        fields: &[
            ("metadata.type", Field::Is(Role::Error)),
            ("metadata.value", Field::Is(Role::Message)),
            ("title", Field::Is(Role::Message)),
            ("culprit", Field::Is(Role::Detail)),
            ("project.slug", Field::Is(Role::Service)),
            ("firstSeen", Field::Is(Role::At)),
        ],
    },
    Product {
        kind: SignalKind::Sentry,
        signs: &["data.metric_alert"],
        alerts: "data",
        firing: None,
        fields: &[
            ("metric_alert.alert_rule.name", Field::Is(Role::Name)),
            ("description_title", Field::Is(Role::Message)),
            ("description_text", Field::Is(Role::Detail)),
            ("metric_alert.alert_rule.query", Field::Is(Role::Label)),
            ("metric_alert.projects.*", Field::Is(Role::Service)),
            ("metric_alert.date_started", Field::Is(Role::At)),
        ],
    },
    Product {
        kind: SignalKind::Kubernetes,
        signs: &["kind=Event", "involvedObject.kind"],
        alerts: "",
        firing: None,
        fields: KUBERNETES,
    },
    Product {
        kind: SignalKind::Kubernetes,
        signs: &["kind=Event", "regarding.kind"],
        alerts: "",
        firing: None,
        fields: KUBERNETES,
    },
    Product {
        kind: SignalKind::Kubernetes,
        signs: &["items.*.involvedObject"],
        alerts: "items.*",
        firing: Some(("type", "Warning")),
        fields: KUBERNETES,
    },
    Product {
        kind: SignalKind::Kubernetes,
        signs: &["items.*.regarding"],
        alerts: "items.*",
        firing: Some(("type", "Warning")),
        fields: KUBERNETES,
    },
    Product {
        kind: SignalKind::CloudWatch,
        signs: &["AlarmName", "NewStateValue"],
        alerts: "",
        firing: None,
        fields: ALARM,
    },
    Product {
        kind: SignalKind::CloudWatch,
        signs: &["detail-type", "detail.alarmName"],
        alerts: "",
        firing: None,
        fields: &[
            ("detail.alarmName", Field::Is(Role::Name)),
            ("detail.configuration.description", Field::Is(Role::Message)),
            ("detail.state.reason", Field::Is(Role::Noise)),
            ("detail.configuration.metrics.*.metricStat.metric.name", Field::Is(Role::Label)),
            ("detail.configuration.metrics.*.metricStat.metric.dimensions", Field::Map(Role::Label)),
            ("time", Field::Is(Role::At)),
        ],
    },
    // The message is an alarm, other JSON, or text.
    Product {
        kind: SignalKind::CloudWatch,
        signs: &["Type=Notification", "TopicArn", "Message"],
        alerts: "",
        firing: None,
        fields: &[("Message", Field::Embedded), ("Timestamp", Field::Is(Role::At))],
    },
];
