//! Actions in every shape.

use super::*;
use crate::parse::outline::outline;

fn actions(source: &str) -> Vec<Action> {
    read_actions(outline(source, 0).parts.iter())
}

fn check(source: &str, priority: Option<&str>, text: &str, owner: Option<&str>, due: Option<&str>, done: Option<bool>) {
    let actions = actions(source);
    let action = &actions[0];
    assert_eq!(
        (action.priority.as_deref(), action.text.as_str(), action.owner.as_deref(), action.done),
        (priority, text, owner, done),
        "{source}"
    );
    assert_eq!(action.due.map(|due| due.to_string()).as_deref(), due, "{source}");
}

#[test]
fn tables() {
    let head = "| Priority | Action | Owner | Due Date | Status |\n|-|-|-|-|-|\n";
    check(
        &format!("{head}| P1 | Alert | SRE | 2025-06-09 | Done |\n"),
        Some("P1"),
        "Alert",
        Some("SRE"),
        Some("2025-06-09"),
        Some(true),
    );
    check(
        &format!("{head}| | Alert | - | next week | In progress |\n"),
        None,
        "Alert (due next week)",
        None,
        None,
        Some(false),
    );
    check(
        "| ID | カテゴリ | アクション | 担当 | 期限 | ステータス |\n|-|-|-|-|-|-|\n| 1 | 予防 | 監視 | 担当者 | 2026-04-18 | 未着手 |\n",
        None,
        "監視",
        Some("担当者"),
        Some("2026-04-18"),
        Some(false),
    );
    check("| # | Thing to do |\n|-|-|\n| 1 | Alert |\n", None, "Alert", None, None, None);
}

#[test]
fn lists() {
    check(
        "- [x] P1: Alert (owner: SRE, due 2025-06-09)\n",
        Some("P1"),
        "Alert (owner: SRE, due 2025-06-09)",
        Some("SRE"),
        Some("2025-06-09"),
        Some(true),
    );
    check(
        "- [ ] Ask @lin for a key by 2025-06-09\n",
        None,
        "Ask @lin for a key by 2025-06-09",
        Some("lin"),
        Some("2025-06-09"),
        Some(false),
    );
    check(
        "- Alert (Team A, 2025-06-09).\n",
        None,
        "Alert (Team A, 2025-06-09).",
        Some("Team A"),
        Some("2025-06-09"),
        None,
    );
    check("- 証明書を配布：完了\n", None, "証明書を配布：完了", None, None, Some(true));
    check("- Low water marks\n", None, "Low water marks", None, None, None);
    check("- High: alert\n", Some("High"), "alert", None, None, None);
    assert_eq!(actions("- Monitoring:\n  - a\n  - b\n").len(), 2);
}

/// What the actions of a list or table are: text, owner, due date and state, behind each other.
fn check_all(source: &str, expected: &[&str]) {
    let found: Vec<String> = actions(source)
        .iter()
        .map(|action| {
            let due = action.due.map(|due| due.to_string()).unwrap_or_default();
            let done = action.done.map_or("", |done| if done { "done" } else { "open" });
            let (priority, owner) = (action.priority.as_deref(), action.owner.as_deref());
            format!("{}|{}|{}|{due}|{done}", priority.unwrap_or_default(), action.text, owner.unwrap_or_default())
        })
        .collect();
    assert_eq!(found, expected, "{source}");
}

#[test]
fn details_belong_to_the_item_above() {
    check_all(
        "1. **Watch the disks** (High)\n   - Owner: Lin\n   - Due: 2025-03-14\n   - Why: nobody does\n2. Buy disks\n",
        &["High|Watch the disks (High)|Lin|2025-03-14|", "|Buy disks|||"],
    );
    check_all(
        "- Add alerts. We have none, and need them on:\n  - disks\n",
        &["|Add alerts. We have none, and need them on:|||"],
    );
    check_all("- Monitoring:\n  - Watch disks\n  - Watch queues\n", &["|Watch disks|||", "|Watch queues|||"]);
    check_all("- **Storage**\n  - [x] Buy disks\n  - [ ] Watch them\n", &["|Buy disks|||done", "|Watch them|||open"]);
    check_all("- [ ] Rotate keys\n  - run `rotate --all`\n  - if it fails: page\n", &["|Rotate keys|||open"]);
}

#[test]
fn what_is_no_action() {
    for source in [
        "- `kubectl get pods`\n",
        "- Why did nobody notice?\n",
        "- https://example.org/issues/7\n",
        "- The alert was late\n",
        "- [ ] `resolve_all()`\n",
        "| Action | Owner |\n|-|-|\n| --- | --- |\n",
    ] {
        check_all(source, &[]);
    }
    check_all("- The alert should be louder\n", &["|The alert should be louder|||"]);
    let legend = "- P0 - at once\n- P1 - this month\n\n| Action | Priority |\n|-|-|\n| Watch disks | P0 |\n";
    check_all(legend, &["P0|Watch disks|||"]);
    check_all("- P0: Watch disks\n- P1: Buy disks\n", &["P0|Watch disks|||", "P1|Buy disks|||"]);
}

#[test]
fn states_of_actions() {
    for (item, done) in [
        ("✅ Watch disks", "done"),
        ("~~Watch disks~~", "done"),
        ("[DONE] Watch disks", "done"),
        ("Watch disks — done", "done"),
        ("Watch disks (implemented 2026-02-06)", "done"),
        ("Watch disks (Completed: 2026-04-07)", "done"),
        ("Watch disks ✅", "done"),
        ("Watch disks (in progress)", "open"),
        ("TODO: Watch disks", "open"),
        ("ディスク監視（2026-08-17 実装済み） — 毎分", "done"),
        ("Watch disks", ""),
    ] {
        let action = &actions(&format!("- {item}\n"))[0];
        let expected = match done {
            "done" => Some(true),
            "open" => Some(false),
            _ => None,
        };
        assert_eq!((action.done, action.due), (expected, None), "{item}");
    }
    let table = |state: &str| {
        actions(&format!("| Action | Owner | Note |\n|-|-|-|\n| Watch disks | Lin | {state} |\n"))[0].done
    };
    assert_eq!(
        (table("**DONE**"), table("**TODO**"), table("see the plan of the team")),
        (Some(true), Some(false), None)
    );
    let columns = "| Aksjon | Eier | Status |\n|-|-|-|\n| Overvåke | Lin | Utført |\n";
    check_all(columns, &["|Overvåke|Lin||done"]);
    check_all(
        "| Acción | Responsable | Plazo | Estado |\n|-|-|-|-|\n| Alertar | Lin | 2025-03-14 | Pendiente |\n",
        &["|Alertar|Lin|2025-03-14|open"],
    );
    check_all(
        "| Maßnahme | Verantwortlich | Frist |\n|-|-|-|\n| Alarm | Lin | 2025-03-14 |\n",
        &["|Alarm|Lin|2025-03-14|"],
    );
    check_all("| 조치 | 담당 | 기한 |\n|-|-|-|\n| 알림 | 민 | 2025-03-14 |\n", &["|알림|민|2025-03-14|"]);
    check_all("| 措施 | 负责人 | 状态 |\n|-|-|-|\n| 告警 | 李 | 已完成 |\n", &["|告警|李||done"]);
}

#[test]
fn owners_and_placeholders() {
    for (item, owner, due) in [
        ("Alert (owner=eng, priority=high, due=2026-02-01)", Some("eng"), "2026-02-01"),
        ("Alert (Owner: Team A; Due: 2026-02-01)", Some("Team A"), "2026-02-01"),
        ("Alert. Owner: Platform. Due: 2026-02-01", Some("Platform"), "2026-02-01"),
        ("Alert, assigned to Lin", Some("Lin"), ""),
        ("Alert (owner: ???)", None, ""),
        ("Alert (owner: TBD)", None, ""),
        ("Alert（担当: 要アサイン）", None, ""),
        ("Alert — @lin", Some("lin"), ""),
        ("Tell the owners of the disks", None, ""),
        ("Alert before 2026-02-01", None, "2026-02-01"),
    ] {
        let action = &actions(&format!("- {item}\n"))[0];
        let due_date = action.due.map(|due| due.to_string()).unwrap_or_default();
        assert_eq!((action.owner.as_deref(), due_date.as_str()), (owner, due), "{item}");
    }
    for (cell, owner, due) in [
        ("Owner: Platform. Due: 2025-03-14", Some("Platform"), "2025-03-14"),
        ("(unassigned)", None, ""),
        ("??", None, ""),
        ("Done", None, ""),
        ("@lin", Some("lin"), ""),
    ] {
        let action = &actions(&format!("| Action | Owner |\n|-|-|\n| Alert | {cell} |\n"))[0];
        let due_date = action.due.map(|due| due.to_string()).unwrap_or_default();
        assert_eq!((action.owner.as_deref(), due_date.as_str()), (owner, due), "{cell}");
    }
}

#[test]
fn numbered_sub_headings_are_actions() {
    check_all("### 1. Alert on full disks\n\n```sh\nalert\n```\n", &["|Alert on full disks|||"]);
    check_all("#### Action 2: Buy disks\n- Owner: Lin\n- Cost: much\n", &["|Buy disks|Lin||"]);
    check_all("### 3. Review these resolvers\n- [ ] `a()`\n- [ ] Watch b\n", &["|Watch b|||open"]);
    check_all("### 1. Alert on disks\n\nText.\n\n### Action items\n- Buy disks\n", &["|Buy disks|||"]);
    check_all("### Remaining work\n- Buy disks\n", &["|Buy disks|||open"]);
    check_all("### Completed\n- Buy disks\n", &["|Buy disks|||done"]);
    check_all("### What will be done\n- Buy disks\n", &["|Buy disks|||"]);
    check_all("### 5. Prevention\n1. Buy disks\n", &["|Buy disks|||"]);
    check_all("### This week\n\nText.\n", &[]);
}
