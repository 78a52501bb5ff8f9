//! Rules: which sets of words, in one clause, say that a milestone was reached, and which labels do.
//!
//! In: the sets of `words`. Out: `RULES`, `LABELS` and `STATUS_WORDS`.

use super::words::{
    ACKNOWLEDGED, ALERT_ON, ALERTS, APPLIED, BEGINS, CAUSE, CAUSED, CLEARS, CLOSED, DECLARED, DIAGNOSED, FALLS, FIRES,
    FIRST, FIX, FIX_WORDS, FOUND, IDENTIFIED, INCIDENT, INVESTIGATION, LATER, LEARNT, LOAD, MITIGATED, NOT_LIVE,
    NOTICED, OFFENDER, OTHER, OVER, PAGED, PARTIAL, REPORTS, RESOLVED, RESPONSE, RESTORED, REVERTED, SERVICE, STOPPED,
    TAKES, TEAM, TOLD, TROUBLE, USERS,
};
use crate::incident::Milestone::{self, Acknowledged, Detected, Identified, Mitigated, Resolved};
use crate::parse::clauses::{GOOD, Set};

/// What one clause says: all of `needs`, the last of them as its verb, and none of `lacks`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) milestone: Milestone,
    pub(super) needs: &'static [Set],
    pub(super) lacks: Set,
    /// Counts only where no other row says so plainly.
    pub(super) weak: bool,
}

const fn rule(milestone: Milestone, needs: &'static [Set], lacks: Set) -> Rule {
    Rule { milestone, needs, lacks, weak: false }
}

const fn weak(milestone: Milestone, needs: &'static [Set], lacks: Set) -> Rule {
    Rule { milestone, needs, lacks, weak: true }
}

pub(super) const RULES: &[Rule] = &[
    rule(Detected, &[ALERTS, FIRES], CLEARS | GOOD),
    rule(Detected, &[FIRST, ALERTS], CLEARS | GOOD),
    rule(Detected, &[USERS, REPORTS], GOOD | CLEARS | CAUSE),
    rule(Detected, &[TROUBLE, TOLD], GOOD | CLEARS | CAUSE),
    rule(Detected, &[NOTICED], GOOD | CAUSE | MITIGATED),
    rule(Detected, &[PAGED], GOOD),
    rule(Detected, &[ALERT_ON], GOOD | CAUSE | CLEARS),
    rule(Acknowledged, &[ACKNOWLEDGED], 0),
    rule(Acknowledged, &[INVESTIGATION, BEGINS], 0),
    rule(Acknowledged, &[TEAM, TAKES], 0),
    rule(Acknowledged, &[RESPONSE, DECLARED], GOOD),
    weak(Acknowledged, &[PAGED], 0),
    rule(Identified, &[CAUSE, FOUND], LATER),
    rule(Identified, &[IDENTIFIED], LATER | FIX_WORDS),
    rule(Identified, &[DIAGNOSED], LATER | GOOD),
    rule(Identified, &[CAUSED, LEARNT], LATER),
    rule(Mitigated, &[MITIGATED], 0),
    rule(Mitigated, &[FIX, APPLIED], NOT_LIVE),
    rule(Mitigated, &[REVERTED], NOT_LIVE),
    rule(Mitigated, &[LOAD, FALLS], 0),
    rule(Mitigated, &[OFFENDER, STOPPED], 0),
    rule(Mitigated, &[PARTIAL, RESTORED], 0),
    rule(Resolved, &[OVER], OTHER | PARTIAL | LATER),
    rule(Resolved, &[RESOLVED], OTHER | PARTIAL | LATER),
    rule(Resolved, &[INCIDENT, CLOSED], OTHER | PARTIAL | LATER),
    rule(Resolved, &[SERVICE, RESTORED], OTHER | PARTIAL | LATER),
];

/// What a row says by the word that it begins with, as a label, or that fills a cell beside it.
pub(super) const LABELS: &[(Milestone, &[&str])] = &[
    (
        Detected,
        &[
            "detected", "detection", "discovery", "discovered", "alert", "alarm", "first report", "first alert",
            "reported", "noticed", "alert fired", "alert triggered", "incident detected", "issue detected",
            "detected by", "detected at", "time detected", "検知", "発覚", "検出", "检测", "发现", "发现时间",
            "erkannt", "erkennung", "entdeckt", "détection", "détecté", "detección", "detectado", "oppdaget",
            "opdaget", "감지", "탐지", "발견", "인지",
        ],
    ),
    (
        Acknowledged,
        &[
            "acknowledged", "ack", "acknowledgement", "response", "investigating", "investigation",
            "investigation started", "triage", "acknowledged by", "acknowledged at", "対応開始", "調査開始", "调查中",
            "响应", "bestätigt", "in untersuchung", "prise en charge", "reconocido", "investigando", "undersøkes",
            "undersøges", "조사 중", "대응 시작",
        ],
    ),
    (
        Identified,
        &[
            "identified", "identified at", "root cause identified", "cause identified", "root cause found",
            "cause found", "root cause", "diagnosis", "diagnosed", "原因特定", "原因判明", "定位", "根因定位",
            "identifiziert", "ursache gefunden", "identifié", "cause identifiée", "identificado", "causa identificada",
            "identifisert", "identificeret", "원인 파악", "원인 식별",
        ],
    ),
    (
        Mitigated,
        &[
            "mitigated", "mitigation", "mitigated at", "monitoring", "workaround", "containment", "contained", "緩和",
            "緩和策", "緩和策適用", "暫定復旧", "缓解", "mitigiert", "atténué", "atténuation", "mitigado",
            "mitigación", "완화",
        ],
    ),
    (
        Resolved,
        &[
            "resolved", "resolution", "recovered", "restored", "resolved at", "closed", "fixed", "all clear",
            "incident resolved", "issue resolved", "completed", "end", "incident closed", "復旧", "解決", "完全復旧",
            "復旧完了", "終息", "恢复", "解决", "已解决", "behoben", "gelöst", "wiederhergestellt", "entwarnung",
            "résolu", "rétabli", "resuelto", "restablecido", "løst", "rettet", "gjenopprettet", "genoprettet", "복구",
            "해결", "복구 완료",
        ],
    ),
];

/// Words with which a page of status begins an update; what follows begins with a capital.
pub(super) const STATUS_WORDS: &[(&str, Milestone)] =
    &[("Investigating", Acknowledged), ("Identified", Identified), ("Monitoring", Mitigated), ("Resolved", Resolved)];

/// Whether a heading is one of these words and nothing else.
pub(crate) fn is_status_word(heading: &str) -> bool {
    STATUS_WORDS.iter().any(|(word, _)| heading.trim() == *word)
}
