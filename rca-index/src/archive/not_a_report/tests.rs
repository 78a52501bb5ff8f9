//! What is a report and what is not, by example.

use super::*;
use crate::parse::{ParseOptions, parse_report};

fn judge(path: &str, taking: Taking, text: &str) -> Option<(NotAReportReason, u32)> {
    let parsed = parse_report(path, text.to_owned(), &ParseOptions::default());
    not_a_report(path, taking, &parsed).map(|why| (why.reason, why.line))
}

#[track_caller]
fn check(path: &str, text: &str, expected: Option<(NotAReportReason, u32)>) {
    assert_eq!(judge(path, Taking::Judged, text), expected, "{path}: {text}");
}

const TEMPLATE: NotAReportReason = NotAReportReason::Template;
const INDEX: NotAReportReason = NotAReportReason::Index;
const README: NotAReportReason = NotAReportReason::Readme;

#[test]
fn templates_are_known_by_what_nobody_filled_in() {
    let choice =
        "# Incident report\n\n**Severity:** P1 | P2 | P3\n**Date:** YYYY-MM-DD\n\n## Summary\n\nWhat happened?\n";
    check("a.md", choice, Some((TEMPLATE, 3)));
    let front = "---\ntitle: <title>\ndate: YYYY-MM-DD\nseverity: SEV1|SEV2|SEV3\n---\n\n## Summary\n\n## Root cause\n";
    check("a.md", front, Some((TEMPLATE, 3)));
    check(
        "a.md",
        "# [Incident title]\n\n- **Author:** [Your name]\n- **Date:** DD/MM/YYYY\n\n## Impact\n\nTBD\n",
        Some((TEMPLATE, 4)),
    );
    check(
        "a.md",
        "# Report\n\n## Summary\n\nTODO\n\n## Impact\n\nTODO\n\n## Timeline\n\n- HH:MM <what happened>\n",
        Some((TEMPLATE, 13)),
    );
    check(
        "a.md",
        "# Report\n\n[insert summary here]\n\n## Root cause\n\nTBD\n\n## Fix\n\n{{ fix }}\n",
        Some((TEMPLATE, 3)),
    );
    check("templates/basic.md", "# Incident\n\n## Summary\n\n## Impact\n\n## Timeline\n", Some((TEMPLATE, 3)));
    check(
        "postmortem-template.md",
        "# Incident Title\n\n## Timeline\n\n| Time | Event |\n|---|---|\n| 20xx-MM-DD HH:mm | Short |\n",
        Some((TEMPLATE, 7)),
    );
    check("Vorlage.md", "# Störung\n\n**Datum:** <Datum>\n\n## Ursache\n", Some((TEMPLATE, 3)));
    check("テンプレート.md", "# 障害報告\n\n日時: YYYY-MM-DD HH:MM\n\n## 概要\n", Some((TEMPLATE, 3)));
    let example = "# Post-mortem template\n\nDate: 2024-01-01\nAuthor: <your name>\nSeverity: SEV1 | SEV2\n\n## Summary\n\n[describe the summary]\n";
    check("a.md", example, Some((TEMPLATE, 5)));
}

#[test]
fn a_report_with_a_gap_is_a_report() {
    for (path, text) in [
        (
            "a.md",
            "---\ntitle: Queue full\ndate: YYYY-MM-DD\nseverity: [P1|P2|P3]\nduration: 1h\n---\n## Summary\n\nThe queue was full.\n",
        ),
        (
            "a.md",
            "# Queue full\n\n**Date:** 2025-02-11\n**Severity:** Low | Medium | High\n**Status:** Open / Closed\n\n## Summary\n\nIt was full.\n",
        ),
        ("a.md", "# Queue full\n\n**Date:** 2025-02-11\n\n## Summary\n\nTODO\n\n## Root cause\n\nTBD\n\n## Impact\n\n"),
        (
            "a.md",
            "# Queue full\n\nRun `kubectl delete pod <pod>`.\n\n```\n<name>\nYYYY-MM-DD\n<other>\n```\n\n## Fix\n\nThe format is YYYY-MM-DD now.\n",
        ),
        (
            "2024-05-01-email-template-broken.md",
            "# Email template broken\n\nThe template had `{{ name }}` in it.\n\n- <name>\n",
        ),
        ("a.md", "# Queue full\n\n<!-- [insert summary] -->\n<!--\n<one>\nYYYY-MM-DD\n-->\n\nIt was full.\n"),
        (
            "a.md",
            "# Queue full\n\n| Action | Owner | Status |\n|---|---|---|\n| a | b | TODO |\n| c | d | TODO |\n| e | f | TODO |\n",
        ),
        ("runbook.md", "# Runbook: restart the queue\n\n1. Stop <service>.\n2. Start <service>.\n"),
        ("a.md", "# Title\n\n**Severity:** Low | Medium | High\n**Status:** Open / Closed\n"),
        (
            "2021-template-placeholders.md",
            "---\ntitle: Queue full\ndate: YYYY-MM-DD\nduration: 1h\n---\n## Summary\n\nIt was full.\n",
        ),
        ("draft.md", "# Draft\n\nWe do not know yet.\n"),
    ] {
        check(path, text, None);
    }
}

#[test]
fn an_index_is_links_and_nothing_else() {
    let list = "# Incidents\n\nAll of them:\n\n- [Queue full](queue.md)\n- 2024-05-01 [Disk full](2024/disk.md): P1\n";
    check("incidents.md", list, Some((INDEX, 5)));
    let table =
        "# 2024\n\n| Date | Report |\n|---|---|\n| 2024-05-01 | [Queue full](queue.md) |\n| 2024-06-01 | [[disk]] |\n";
    check("2024.md", table, Some((INDEX, 5)));
    check("x/_index.md", "---\ntitle: Incidents\n---\n", Some((INDEX, 1)));
    check("x/index.md", "# Reports\n\nHow we handle them. See [the guide](guide.md).\n", Some((INDEX, 3)));
    // One line that says something, links out, a date, or a folder of its own: in doubt a report.
    check("a.md", &format!("{list}\nThe queue was restarted.\n"), None);
    check("a.md", "# Queue full\n\n- [Ticket](https://example.org/1)\n- [Chat](https://example.org/2)\n", None);
    check("a.md", &format!("---\ndate: 2024-05-01\n---\n{list}"), None);
    check("x/index.md", "# Queue full\n\nThe queue was full.\n", None);
    assert_eq!(judge("x/index.md", Taking::Alone, "# Queue\n\nSee [the log](log.md).\n"), None);
}

#[test]
fn a_readme_is_a_report_if_it_says_what_a_report_says() {
    let about = "# Post-mortems\n\nOne file per incident.\n\n## Related\n\n- [Template](template.md)\n";
    check("README.md", about, Some((README, 1)));
    check("docs/readme.de.md", about, Some((README, 1)));
    check("CONTRIBUTING.md", "# How to write\n\nUse the template.\n", Some((README, 1)));
    check("LICENSE.md", "MIT\n", Some((README, 1)));
    let report = "# Queue full\n\n**Date:** 2024-05-01\n\n## Summary\n\nIt was full.\n\n## Root cause\n\nA leak.\n";
    check("README.md", report, None);
    assert_eq!(judge("queue/README.md", Taking::Alone, "# Queue\n\nIt was full.\n"), None);
    check("security.md", "# Security of the queue\n\nIt was open.\n", None);
    check("readme-first-outage.md", "# Outage\n\nIt was down.\n", None);
}

#[test]
fn what_the_settings_include_is_a_report() {
    assert_eq!(judge("template.md", Taking::Always, "# Incident Title\n\nYYYY-MM-DD\n"), None);
    assert_eq!(judge("README.md", Taking::Always, "# About\n"), None);
}
