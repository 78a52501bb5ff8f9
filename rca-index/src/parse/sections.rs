//! Sections: which part of a report is about what, by its heading.
//!
//! In: the outline. Out: the kind of each part. A heading that says nothing belongs to the section it stands in.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use crate::incident::SectionKind::{
    self, Actions, Body, Impact, Lessons, Related, Resolution, RootCause, Summary, Timeline,
};
use crate::incident::squeeze::squeezed;
use crate::parse::outline::Part;

/// Headings, in lower case, and what stands below them.
const HEADINGS: &[(SectionKind, &[&str])] = &[
    (
        Summary,
        &[
            "summary",
            "executive summary",
            "incident summary",
            "issue summary",
            "tl;dr",
            "tldr",
            "overview",
            "abstract",
            "synopsis",
            "description",
            "what happened",
            "in short",
            "in brief",
            "at a glance",
            "the incident",
            "incident overview",
            "incident description",
            "what it looked like",
            "problem",
            "problem statement",
            "概要",
            "要約",
            "サマリー",
            "サマリ",
            "インシデント概要",
            "障害概要",
        ],
    ),
    (
        Timeline,
        &[
            "timeline",
            "time line",
            "chronology",
            "sequence of events",
            "incident timeline",
            "events",
            "log of events",
            "timeline of events",
            "detection and response",
            "incident log",
            "updates",
            "タイムライン",
            "時系列",
            "経緯",
            "対応経緯",
        ],
    ),
    (
        RootCause,
        &[
            "root cause",
            "root causes",
            "cause",
            "causes",
            "root cause analysis",
            "cause analysis",
            "why it happened",
            "why did it happen",
            "what caused it",
            "contributing factors",
            "contributing factor",
            "contributing causes",
            "contributing conditions",
            "5 whys",
            "5-whys",
            "five whys",
            "the five whys",
            "trigger",
            "triggers",
            "underlying cause",
            "proximate cause",
            "technical analysis",
            "analysis",
            "background",
            "fault",
            "how the attack worked",
            "what went wrong technically",
            "diagnosis",
            "investigation",
            "rca",
            "根本原因",
            "根本原因分析",
            "原因",
            "直接原因",
            "原因分析",
            "発生原因",
            "寄与要因",
            "なぜなぜ分析",
            "トリガー",
            "背景要因",
        ],
    ),
    (
        Impact,
        &[
            "impact",
            "impacts",
            "customer impact",
            "user impact",
            "business impact",
            "affected services",
            "services affected",
            "affected systems",
            "affected users",
            "scope",
            "scope of impact",
            "blast radius",
            "damage",
            "effect",
            "effects",
            "consequences",
            "what was affected",
            "who was affected",
            "what it meant for people",
            "what was down",
            "影響",
            "影響範囲",
            "影響度",
            "定量的影響",
            "顧客影響",
            "ユーザー影響",
            "被害",
        ],
    ),
    (
        Resolution,
        &[
            "resolution",
            "resolutions",
            "recovery",
            "mitigation",
            "mitigations",
            "fix",
            "the fix",
            "fixes",
            "remediation",
            "solution",
            "how it was resolved",
            "how we fixed it",
            "how we got out",
            "resolution and recovery",
            "corrective actions taken",
            "actions taken",
            "response",
            "repair",
            "workaround",
            "what we did",
            "resulting action",
            "containment",
            "対応",
            "対応内容",
            "実施した対応",
            "復旧",
            "復旧対応",
            "復旧手順",
            "解決",
            "解決策",
            "修正",
            "修正内容",
            "暫定対応",
            "暫定対処",
            "対処",
            "緩和策",
        ],
    ),
    (
        Lessons,
        &[
            "lessons learned",
            "lessons learnt",
            "lessons",
            "lesson learned",
            "what we learned",
            "what we learnt",
            "learnings",
            "takeaways",
            "key takeaways",
            "retrospective",
            "reflections",
            "what i take from it",
            "what we take from it",
            "what we think about it",
            "what went well",
            "things that went well",
            "went well",
            "what worked",
            "what worked well",
            "what went wrong",
            "what went badly",
            "what went poorly",
            "what did not go well",
            "what didn't go well",
            "things that went poorly",
            "things that went wrong",
            "what could be improved",
            "what could have gone better",
            "what did not work",
            "where we got lucky",
            "where we were lucky",
            "we got lucky",
            "luck",
            "教訓",
            "学び",
            "学んだこと",
            "得られた教訓",
            "振り返り",
            "対応の評価",
            "技術的教訓",
            "組織的教訓",
            "うまくいったこと",
            "良かったこと",
            "良かった点",
            "うまくいかなかったこと",
            "改善が必要なこと",
            "改善点",
            "悪かったこと",
            "悪かった点",
            "運が良かったこと",
            "幸運だったこと",
        ],
    ),
    (
        Actions,
        &[
            "action items",
            "action item",
            "actions",
            "action points",
            "action plan",
            "follow-up",
            "follow up",
            "follow-ups",
            "followups",
            "follow up actions",
            "follow-up actions",
            "next steps",
            "todo",
            "todos",
            "to do",
            "to-do",
            "corrective actions",
            "preventive actions",
            "preventative actions",
            "corrective and preventive actions",
            "preventive measures",
            "prevention",
            "remediation items",
            "improvements",
            "process improvements",
            "technical improvements",
            "documentation improvements",
            "what we will do",
            "what we are going to do",
            "tickets",
            "tasks",
            "future work",
            "アクションアイテム",
            "アクション",
            "再発防止",
            "再発防止策",
            "恒久対応",
            "恒久対策",
            "対策",
            "今後の対応",
            "今後の対策",
            "次のステップ",
            "フォローアップ",
        ],
    ),
    (
        Related,
        &[
            "related incidents",
            "related incident",
            "related",
            "related links",
            "related documents",
            "related reports",
            "similar incidents",
            "previous incidents",
            "see also",
            "references",
            "reference",
            "links",
            "further reading",
            "resources",
            "related resources",
            "関連",
            "関連インシデント",
            "関連リンク",
            "関連資料",
            "関連ドキュメント",
            "関連リソース",
            "参考",
            "参考資料",
            "参考情報",
            "参照",
            "外部資料",
        ],
    ),
    (
        Body,
        &[
            "metadata",
            "stats",
            "statistics",
            "attendees",
            "participants",
            "people",
            "appendix",
            "glossary",
            "context",
            "changelog",
            "メタデータ",
            "検知",
            "付録",
            "用語",
            "基本情報",
        ],
    ),
];

/// Which part is about what. `headings` are more headings, in any case, from the archive's settings.
pub(crate) fn kinds(parts: &[Part<'_>], headings: &BTreeMap<String, SectionKind>) -> Vec<SectionKind> {
    let own: BTreeMap<String, SectionKind> = headings.iter().map(|(text, &kind)| (normal(text), kind)).collect();
    // The sections that a heading stands in, from the outside.
    let mut around: Vec<(u8, SectionKind)> = Vec::new();
    let mut titled = false;
    let mut kind_of = |part: &Part<'_>| {
        around.retain(|&(level, _)| level < part.level);
        // The first heading of the top level is the title, and says what the report is about, not the section.
        let title = part.level == 1 && !titled;
        titled |= part.level == 1;
        let inherited = around.last().map_or(Body, |&(_, kind)| kind);
        let kind = named(&part.heading, &own, title).unwrap_or(inherited);
        if part.level > 0 {
            around.push((part.level, kind));
        }
        kind
    };
    parts.iter().map(&mut kind_of).collect()
}

/// Whether a heading, whole, is the name of a section.
pub(crate) fn is_named(heading: &str) -> bool {
    named(heading, &BTreeMap::new(), true).is_some()
}

/// The kind that a heading names. In a title, only the whole heading counts.
fn named(heading: &str, own: &BTreeMap<String, SectionKind>, title: bool) -> Option<SectionKind> {
    let whole = normal(heading);
    let exact = |text: &str| {
        let text = text.trim();
        own.get(text).copied().or_else(|| BY_NAME.get(text).copied())
    };
    if title || whole.is_empty() {
        return exact(&whole);
    }
    exact(&whole)
        .or_else(|| {
            // `Root cause: a lost lock`, `検知（Detect）`, `Impact & scope`
            let (first, _) = SEPARATORS.iter().filter_map(|&sep| whole.split_once(sep)).min_by_key(|(a, _)| a.len())?;
            exact(first)
        })
        .or_else(|| {
            // `Detailed timeline of the day`: the longest known heading among its words.
            let short = whole.split(' ').count() <= 6;
            let listed = HEADINGS.iter().flat_map(|&(kind, names)| names.iter().map(move |&name| (kind, name)));
            let inside = listed.filter(|(_, name)| {
                let ascii = name.is_ascii();
                (!ascii || short) && name.len() <= whole.len() && {
                    whole.match_indices(name).any(|(at, _)| {
                        let (before, after) = (&whole[..at], &whole[at + name.len()..]);
                        !ascii
                            || ((before.is_empty() || before.ends_with(' '))
                                && (after.is_empty() || after.starts_with(' ')))
                    })
                }
            });
            inside
                .filter(|(kind, name)| *kind != Body && !VAGUE.contains(name))
                .max_by_key(|(_, name)| name.len())
                .map(|(kind, _)| kind)
        })
}

/// The kind of each listed heading.
static BY_NAME: LazyLock<HashMap<&str, SectionKind>> =
    LazyLock::new(|| HEADINGS.iter().flat_map(|&(kind, names)| names.iter().map(move |&name| (name, kind))).collect());

const SEPARATORS: &[&str] = &[":", "：", " (", "（", " - ", " – ", " — ", " & ", " and ", " / ", ", ", "・"];

/// Words that name a section when they are the whole heading, and nothing as a part of one.
const VAGUE: &[&str] = &[
    "events",
    "fault",
    "problem",
    "description",
    "analysis",
    "background",
    "response",
    "people",
    "links",
    "resources",
    "reference",
    "effect",
    "scope",
    "tasks",
    "tickets",
    "related",
    "improvements",
    "updates",
    "luck",
    "対応",
    "原因",
    "対策",
    "修正",
    "解決",
    "参考",
    "関連",
    "影響",
];

/// Lower case, no numbering, emoji or closing punctuation, one space between words.
fn normal(heading: &str) -> String {
    let lower = heading.to_lowercase().replace('’', "'");
    // `5 whys` begins with a number that counts; `5. Impact` with one that does not.
    let numbered = lower.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ')');
    let number = &lower[..lower.len() - numbered.len()];
    let text = if number.contains(['.', ')']) { numbered } else { &lower };
    let text = text.trim_matches(|c: char| !(c.is_alphanumeric() || matches!(c, ')' | '）' | '(' | '（')));
    squeezed(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::outline::outline;

    fn check(source: &str, expected: &[SectionKind]) {
        let parts = outline(source, 0).parts;
        assert_eq!(kinds(&parts, &BTreeMap::new()), expected, "{source}");
    }

    #[test]
    fn headings_name_sections() {
        for (heading, kind) in [
            ("Root Causes", RootCause),
            ("5 Whys", RootCause),
            ("Trigger", RootCause),
            ("What happened?", Summary),
            ("2. Impact", Impact),
            ("🔥 Impact", Impact),
            ("Timeline (UTC)", Timeline),
            ("Detailed timeline of events", Timeline),
            ("Resolution & recovery", Resolution),
            ("What didn’t go well", Lessons),
            ("Action items:", Actions),
            ("根本原因（共通）", RootCause),
            ("関連 PM / ADR", Body),
            ("予防（Prevent）", Body),
            ("再発防止策一覧", Actions),
            ("Something else", Body),
        ] {
            check(&format!("# Title\n\n## {heading}\n"), &[Body, kind]);
        }
    }

    #[test]
    fn a_heading_that_says_nothing_belongs_to_the_section_around_it() {
        let source = "# Impact of the disk\n## Impact\n### In the shop\n#### Timeline\n### Elsewhere\n## Weather\n";
        check(source, &[Body, Impact, Impact, Timeline, Impact, Body]);
        check("# Timeline\n# Impact\n", &[Timeline, Impact]);
        check("text\n# Title\n", &[Body, Body]);
    }

    #[test]
    fn archives_add_headings() {
        let headings = BTreeMap::from([("What broke".to_owned(), RootCause)]);
        assert_eq!(kinds(&outline("## what broke?\n", 0).parts, &headings), [RootCause]);
    }
}
