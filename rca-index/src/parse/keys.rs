//! Keys: what the names of front matter keys and metadata lines stand for, in English and Japanese.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use crate::incident::MeasureKind;

/// What a key states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Title,
    /// When it began.
    Start,
    /// The day of the incident or of the report.
    Date,
    /// When it was noticed; stands in for the start when nothing else does.
    Detected,
    /// When the report was published: better than no date at all.
    Published,
    End,
    /// The end when it is a time, the status when it is yes or no.
    Resolved,
    Severity,
    Services,
    Tags,
    Status,
    /// A duration; bare numbers are of this many minutes.
    Duration(u16),
    DurationSeconds,
    Author,
    Related,
    Summary,
    Zone,
    Measure(MeasureKind),
}

/// Names of keys, in lower case, with no space, `_` or `-`.
const KEYS: &[(Key, &[&str])] = &[
    (
        Key::Title,
        &[
            "title",
            "name",
            "incident",
            "incidenttitle",
            "headline",
            "subject",
            "件名",
            "タイトル",
            "インシデント名",
            "障害名",
        ],
    ),
    (
        Key::Start,
        &[
            "start",
            "started",
            "startedat",
            "starttime",
            "startdate",
            "incidentstart",
            "began",
            "begin",
            "from",
            "occurred",
            "occurredat",
            "impactstart",
            "startutc",
            "period",
            "影響期間",
            "発生期間",
            "期間",
            "発生日時",
            "発生時刻",
            "開始日時",
            "開始時刻",
            "発生",
            "開始",
        ],
    ),
    (Key::Date, &["date", "incidentdate", "dateofincident", "day", "when", "datetime", "日付", "発生日", "日時"]),
    (
        Key::Detected,
        &[
            "detected",
            "detectedat",
            "detectiontime",
            "timedetected",
            "reported",
            "reportedat",
            "検知日時",
            "検知時刻",
            "検出日時",
        ],
    ),
    (
        Key::Published,
        &[
            "published",
            "publishedat",
            "publishdate",
            "pubdate",
            "sourcepublishedat",
            "created",
            "createdat",
            "作成日",
            "公開日",
        ],
    ),
    (
        Key::End,
        &[
            "end",
            "ended",
            "endedat",
            "endtime",
            "enddate",
            "incidentend",
            "until",
            "to",
            "finish",
            "finished",
            "resolvedwhen",
            "resolvedat",
            "resolvedon",
            "resolutiontime",
            "timeresolved",
            "dateresolved",
            "impactend",
            "復旧日時",
            "復旧時刻",
            "終了日時",
            "終了時刻",
            "解決日時",
            "復旧",
            "終了",
        ],
    ),
    (Key::Resolved, &["resolved"]),
    (
        Key::Severity,
        &[
            "severity",
            "sev",
            "priority",
            "level",
            "severitylevel",
            "incidentseverity",
            "impactlevel",
            "criticality",
            "重大度",
            "深刻度",
            "影響度",
            "優先度",
            "重要度",
            "障害レベル",
        ],
    ),
    (
        Key::Services,
        &[
            "services",
            "service",
            "affected",
            "affectedservices",
            "affectedservice",
            "servicesaffected",
            "affectedsystems",
            "affectedsystem",
            "affectedcomponents",
            "components",
            "component",
            "systems",
            "system",
            "products",
            "product",
            "application",
            "applications",
            "影響サービス",
            "影響を受けたサービス",
            "対象サービス",
            "サービス",
            "影響システム",
            "対象システム",
            "影響範囲サービス",
        ],
    ),
    (
        Key::Tags,
        &[
            "tags",
            "tag",
            "labels",
            "label",
            "categories",
            "category",
            "keywords",
            "topics",
            "company",
            "タグ",
            "カテゴリ",
            "分類",
            "ラベル",
        ],
    ),
    (Key::Status, &["status", "state", "incidentstatus", "ステータス", "状態", "状況"]),
    (
        Key::Duration(1),
        &[
            "duration",
            "durationminutes",
            "durationmin",
            "durationmins",
            "minutes",
            "length",
            "downtime",
            "downtimeminutes",
            "outageduration",
            "incidentduration",
            "totalduration",
            "timetorecovery",
            "timetorecover",
            "timetoresolve",
            "timetoresolution",
            "impactduration",
            "影響時間",
            "停止時間",
            "障害時間",
            "継続時間",
            "所要時間",
        ],
    ),
    (Key::Duration(60), &["durationhours", "hours", "downtimehours"]),
    (Key::DurationSeconds, &["durationseconds", "durationsecs", "downtimeseconds"]),
    (
        Key::Author,
        &[
            "author",
            "authors",
            "writtenby",
            "preparedby",
            "owner",
            "lead",
            "incidentlead",
            "incidentcommander",
            "commander",
            "reporter",
            "作成者",
            "担当者",
            "執筆者",
            "報告者",
        ],
    ),
    (
        Key::Related,
        &["related", "relatedincidents", "relatedincident", "relatedreports", "seealso", "関連インシデント", "関連"],
    ),
    (Key::Summary, &["summary", "description", "abstract", "tldr", "概要"]),
    (Key::Zone, &["timezone", "tz", "zone", "タイムゾーン"]),
    (
        Key::Measure(MeasureKind::Users),
        &[
            "users",
            "usersaffected",
            "affectedusers",
            "customersaffected",
            "affectedcustomers",
            "usersimpacted",
            "影響ユーザー数",
        ],
    ),
    (Key::Measure(MeasureKind::Errors), &["errors", "errorcount", "failedrequests"]),
    (Key::Measure(MeasureKind::Tickets), &["tickets", "supporttickets"]),
    (Key::Measure(MeasureKind::Revenue), &["revenue", "revenueimpact", "revenueloss", "lostrevenue"]),
    (Key::Measure(MeasureKind::RequestsPct), &["requestspct", "requestsaffected", "requestsaffectedpct"]),
    (Key::Measure(MeasureKind::ErrorRatePct), &["errorrate", "errorratepct"]),
];

/// What a key states, if it is known. `own` are more keys, from the archive's settings, and the known key each stands for.
pub(crate) fn key_named(name: &str, own: &BTreeMap<String, String>) -> Option<Key> {
    let wanted = normal(name);
    let own = own.iter().find(|(key, _)| normal(key) == wanted).map(|(_, meaning)| normal(meaning));
    BY_NAME.get(own.unwrap_or(wanted).as_str()).copied()
}

static BY_NAME: LazyLock<HashMap<&str, Key>> =
    LazyLock::new(|| KEYS.iter().flat_map(|&(key, names)| names.iter().map(move |&name| (name, key))).collect());

/// Lower case letters and digits; what stands in brackets does not count: `Start (UTC)`.
fn normal(name: &str) -> String {
    let name = name.split(['(', '（']).next().unwrap_or(name);
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_spelling() {
        let none = BTreeMap::new();
        for (name, key) in [
            ("duration_minutes", Some(Key::Duration(1))),
            ("resolvedWhen", Some(Key::End)),
            ("Start (UTC)", Some(Key::Start)),
            ("Affected Services", Some(Key::Services)),
            ("重大度", Some(Key::Severity)),
            ("note", None),
            ("", None),
        ] {
            assert_eq!(key_named(name, &none), key, "{name}");
        }
        let own = BTreeMap::from([("outage_class".to_owned(), "severity".to_owned())]);
        assert_eq!(key_named("Outage class", &own), Some(Key::Severity));
    }

    #[test]
    fn no_name_means_two_things() {
        let mut names: Vec<&str> = KEYS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
