//! The words that say of a clause that it did not happen, may happen, did not help, or says only when or why, in ten languages.
//!
//! In: nothing. Out: `SETS`. Words are in lower case, with straight apostrophes.

use super::sets;

sets! {
    /// Before a verb: it did not happen.
    NOT = 0: [
        "not", "no", "never", "without", "cannot", "nothing", "nobody", "none", "neither", "nor", "unable",
        "yet to", "failed to", "fails to", "fail to", "failing to", "didn't", "doesn't", "don't", "isn't", "aren't",
        "wasn't", "weren't", "hasn't", "haven't", "hadn't", "couldn't", "can't", "won't", "wouldn't", "prior to",
        "instead of", "rather than", "nicht", "kein", "keine", "keinen", "ohne", "pas", "aucun", "aucune", "jamais",
        "sans", "sin", "ningún", "ninguna", "ikke", "ingen", "uten", "uden", "aldri", "aldrig", "未", "没有",
        "无法", "不能", "不是", "誤", "미", "안 ", "못",
    ];
    /// Before a verb: it may happen, is tried, planned, asked for, or goes on.
    MAYBE = 1: [
        "will", "would", "should", "could", "can", "may", "might", "must", "need", "needs", "needed", "plan",
        "plans", "planned", "planning", "going", "want", "wants", "wanted", "try", "tries", "tried", "trying",
        "attempt", "attempts", "attempted", "attempting", "hope", "hopes", "hoped", "hoping", "expect", "expects",
        "expected to", "propose", "proposes", "proposed", "suggest", "suggests", "suggested", "consider",
        "considers", "considered", "considering", "prepare", "prepares", "prepared", "preparing", "decide",
        "decides", "decided", "decision", "ask", "asks", "asked", "request", "requests", "requested", "wait",
        "waits", "waited", "waiting", "pending", "ready", "being", "awaiting", "scheduled", "upcoming", "possible",
        "possibly", "potential", "potentially", "maybe", "perhaps", "probably", "assume", "assumed", "assumes",
        "suspect", "suspected", "suspects", "suspecting", "thought", "thinks", "think", "believed", "believes",
        "believe", "believing", "presumed", "presumably", "supposedly", "allegedly", "prematurely", "falsely", "wrongly", "false", "initial",
        "candidate", "todo", "next step", "next steps", "goal", "aim", "option", "options", "search for",
        "searching for", "looking for", "look for", "how to", "unknown", "unclear", "testing", "discuss",
        "discussed", "discussing", "wird versucht", "versuch", "versucht", "geplant", "soll", "sollte",
        "vermutlich", "tentative", "essai", "prévu", "devrait", "intento", "intenta", "debería", "forsøk",
        "forsøker", "forsøg", "forsøger", "planlagt", "skal", "bør", "尝试", "计划", "预计", "怀疑", "疑似", "시도",
        "예정", "推測", "仮説",
    ];
    /// Behind a word: it did not happen, or not yet (languages that negate at the end).
    NOT_BEHIND = 2: [
        "ない", "なかった", "ません", "できず", "されず", "せず", "予定", "検討", "方針", "設計", "試行", "試み",
        "待ち", "計画", "未完", "手順", "準備", "않", "없", "못했", "실패", "대기", "失败", "中止",
    ];
    /// Behind a fix or a recovery: it did not help, or did not last.
    FAILS = 3: [
        "fail", "fails", "failed", "failing", "failure", "fails again", "did not help", "didn't help",
        "does not help", "doesn't help", "no effect", "without effect", "without success", "unsuccessful",
        "unsuccessfully", "did not work", "didn't work", "does not work", "doesn't work", "ineffective",
        "no improvement", "to no avail", "made no difference", "not enough", "insufficient", "worse", "down",
        "unavailable", "unreachable", "timing out", "attempt", "attempts", "plan", "strategy", "procedure",
        "process begins", "stuck", "crash", "crashes", "crashed", "crash-looping", "brief", "briefly",
        "momentarily", "temporarily", "intermittently", "in progress", "ongoing", "underway", "under way",
        "continues", "continue", "pending", "disconnected", "looping", "restarts again", "失敗", "再発",
        "schlägt fehl", "fehlgeschlagen", "échoue", "échoué", "falla", "falló", "feiler", "feilet", "fejler",
        "fejlede", "失败", "실패",
    ];
    /// Opens a clause that takes back the one before.
    BUT = 4: [
        "but", "however", "though", "although", "except", "aber", "jedoch", "allerdings", "mais", "cependant",
        "pero", "sin embargo", "men", "しかし", "ただし", "但", "但是", "하지만",
    ];
    /// Opens a clause that says when, why or whether, and not what happened.
    SUBORDINATE = 5: [
        "if", "when", "whenever", "once", "until", "till", "unless", "before", "because", "since", "whether",
        "after", "so that", "in order to", "despite", "even though", "while", "as soon as", "wenn", "falls", "bis",
        "bevor", "weil", "nachdem", "ob", "si", "avant", "jusqu'à", "après", "quand", "cuando", "hasta", "antes",
        "porque", "hvis", "når", "før", "inntil", "indtil", "fordi", "etter at", "efter at",
    ];
    /// At the head of a clause: nothing has changed.
    STILL = 50: [
        "yet", "still", "weiterhin", "noch", "toujours", "todavía", "fortsatt", "stadig", "仍", "여전히",
        "no better", "no change", "no difference", "no luck", "nothing changes",
    ];
    /// What is right.
    GOOD = 20: [
        "fine", "healthy", "ok", "okay", "normal", "resolved", "working", "works", "recovered", "recovering",
        "recovery", "as expected", "no issues", "no concerns", "no problems", "all clear", "solved", "fixed",
        "stable", "stabilized", "profit", "successful", "success", "successfully", "improvement", "improved",
        "restored", "queues are", "正常", "復旧", "恢复", "정상",
    ];
}
