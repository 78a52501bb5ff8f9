use super::*;
use crate::incident::Precision;
use Milestone::{Acknowledged, Detected, Identified, Mitigated, Resolved};

/// Each text and the milestones that it says were reached, if only by a hint.
fn check(rows: &[(&str, &[Milestone])]) {
    for (text, expected) in rows {
        let claims = read_claims(text, "");
        let said: Vec<Milestone> = Milestone::ALL.into_iter().filter(|&milestone| claims.hints(milestone)).collect();
        assert_eq!(said, *expected, "{text}");
    }
}

#[test]
fn detection() {
    check(&[
        ("Alert fires for the queue", &[Detected]),
        ("PagerDuty receives the first alarm", &[Detected]),
        ("Okafor is notified by a friend", &[Detected]),
        ("Pingdom reports that the shop is down", &[Detected]),
        ("A customer complains about empty carts", &[Detected]),
        ("Support raised a ticket: orders are missing", &[Detected]),
        ("Lin noticed that the lag was growing", &[Detected]),
        ("Detected by the nightly comparison of stock", &[Detected]),
        ("Detection: no parcels since noon", &[Detected]),
        ("First alert on disk space", &[Detected]),
        ("We were alerted by a partner", &[Detected]),
        ("No alert fired", &[]),
        ("The alert did not fire", &[]),
        ("The alert resolves itself", &[]),
        ("Alert silenced for an hour", &[]),
        ("The strategy reports a profit", &[]),
        ("Users report that all is working", &[]),
        ("Should an alert have fired?", &[]),
        ("New alert rule created", &[]),
        ("If the alert fires again, page the database team", &[]),
    ]);
}

#[test]
fn acknowledgement() {
    check(&[
        ("Acknowledged by Mina", &[Acknowledged]),
        ("Okafor acknowledges", &[Acknowledged]),
        ("Investigation started", &[Acknowledged]),
        ("The team begins to look at the graphs", &[Acknowledged]),
        ("On-call starts to look at it", &[Acknowledged]),
        ("On-call engineer joins the bridge", &[Acknowledged]),
        ("Major incident declared", &[Acknowledged]),
        ("SRE picks up the incident", &[Acknowledged]),
        ("Nobody acknowledges for 20 minutes", &[]),
        ("Page not acknowledged", &[]),
        ("Team will start investigating tomorrow", &[]),
    ]);
}

#[test]
fn identification() {
    check(&[
        ("Root cause identified", &[Identified]),
        ("Identifies the discussion on the forum and joins it", &[]),
        ("Mia identified the owner of the table", &[]),
        ("The cause was found in the access log", &[Identified]),
        ("Traced to an expired certificate", &[Identified]),
        ("Identified: the index is missing", &[Identified]),
        ("A bad configuration was identified as the root cause", &[Identified]),
        ("Found that the timeouts were caused by the new proxy", &[Identified]),
        ("Root cause not yet identified", &[]),
        ("Root cause still unknown", &[]),
        ("The root cause was found later", &[]),
        ("Suspected cause: the deployment", &[]),
        ("A fix was identified", &[]),
        ("Looking for the root cause", &[]),
        ("Was the cause identified?", &[]),
    ]);
}

#[test]
fn mitigation() {
    check(&[
        ("Fix deployed to all regions", &[Mitigated]),
        ("Mitigation applied: reads go to the replica", &[Mitigated]),
        ("Workaround in place", &[Mitigated]),
        ("Rolled back to 4.30", &[Mitigated]),
        ("Rollback completed", &[Mitigated]),
        ("Error rate drops to 2%", &[Mitigated]),
        ("Removed the faulty node from the pool", &[Mitigated]),
        ("Service partially restored", &[Mitigated]),
        ("Rollback did not help", &[]),
        ("Rollback completed, but errors continue", &[]),
        ("Rollback done. No better: the backlog grows", &[]),
        ("Rollback begins", &[]),
        ("Rollback attempted", &[]),
        ("Fix merged", &[]),
        ("Fix deployed to staging", &[]),
        ("Decided to roll back", &[]),
        ("The fix was applied without effect", &[]),
        ("Fix applied, service fully down", &[]),
    ]);
}

#[test]
fn resolution() {
    check(&[
        ("Incident resolved", &[Resolved]),
        ("Believing the incident resolved, Mia goes home", &[]),
        ("Resolved", &[Resolved]),
        ("All clear", &[Resolved]),
        ("Traffic is back to normal", &[Resolved]),
        ("All services restored", &[Resolved]),
        ("Service works again", &[Resolved]),
        ("The outage ends", &[Resolved]),
        ("Everything is working", &[Resolved]),
        ("Incident closed", &[Resolved]),
        ("Not yet resolved", &[]),
        ("Incident still not resolved", &[]),
        ("Issue unresolved", &[]),
        ("Recovery fails", &[]),
        ("Recovery attempts fail", &[]),
        ("The service has recovered, but its volumes will not mount", &[]),
        ("A fixed strategy is agreed on", &[]),
        ("Postmortem ticket closed", &[]),
        ("Connection closed by the peer", &[]),
        ("Alert resolved", &[]),
        ("Pull request closed", &[]),
        ("Waiting for the incident to be resolved", &[]),
        ("We expect that the service is restored by noon", &[]),
        ("Is the issue resolved?", &[]),
        ("Before the incident was resolved, traffic doubled", &[]),
        ("The name is resolved to the old address by DNS, says the domain owner", &[]),
    ]);
}

#[test]
fn two_at_once() {
    check(&[
        ("Alert discovered, and investigation started", &[Detected, Acknowledged]),
        ("Fix deployed, all services restored", &[Mitigated, Resolved]),
        ("Root cause identified; fix in progress", &[Identified]),
        ("Investigating. The cause is not known", &[Acknowledged]),
    ]);
}

#[test]
fn labels_and_status_pages() {
    check(&[
        ("Resolved - all systems are fine", &[Resolved]),
        ("Monitoring - We are watching the results", &[Mitigated]),
        ("Identified - The issue is a bad route", &[Identified]),
        ("Investigating We are looking at reports of slow pages", &[Detected, Acknowledged]),
        ("Monitoring dashboards updated", &[]),
        ("Queue empty: Resolved", &[Resolved]),
        ("Responder looks at the graphs: Acknowledged", &[Acknowledged]),
        ("**Root cause identified** (node 4)", &[Identified]),
    ]);
}

#[test]
fn another_time_in_the_text() {
    check(&[
        ("Cause found; 14:09 the index was deleted, resolved", &[Identified]),
        ("Read-only; 16:35 all is back to normal", &[]),
        ("Alert fired (15:10 PDT)", &[Detected]),
    ]);
    assert!(read_claims("Alert fired at 10:05", "10:05 UTC").says(Detected));
}

#[test]
fn other_languages() {
    check(&[
        ("Störung wurde erkannt", &[Detected]),
        ("Ursache gefunden: volle Platte", &[Identified]),
        ("Problem wurde behoben", &[Resolved]),
        ("Problem noch nicht behoben", &[]),
        ("Entwarnung", &[Resolved]),
        ("Alerte reçue par l'astreinte", &[Detected]),
        ("Cause identifiée", &[Identified]),
        ("Retour à la normale", &[Resolved]),
        ("Le service n'est pas rétabli", &[]),
        ("Se detectó una caída", &[Detected]),
        ("Servicio restablecido", &[Resolved]),
        ("El problema no está resuelto", &[]),
        ("Feilen ble oppdaget av vakten", &[Detected]),
        ("Feilen er rettet", &[Resolved]),
        ("Rullet tilbake til forrige versjon", &[Mitigated]),
        ("検知: 決済エラー", &[Detected]),
        ("原因を特定", &[Identified]),
        ("緩和策を適用", &[Mitigated]),
        ("復旧確認", &[Resolved]),
        ("復旧作業の準備", &[]),
        ("原因は特定できず", &[]),
        ("收到告警", &[Detected]),
        ("定位到根本原因", &[Identified]),
        ("服务恢复正常", &[Resolved]),
        ("尚未恢复", &[]),
        ("알림 발생", &[Detected]),
        ("원인 파악", &[Identified]),
        ("서비스 복구 완료", &[Resolved]),
    ]);
}

fn rows(texts: &[(i64, &str)]) -> Vec<TimelineRow> {
    let row = |&(minutes, text): &(i64, &str)| TimelineRow {
        time: Some(Timestamp::from_unix_seconds(minutes * 60, Precision::Minute)),
        label: String::new(),
        text: text.to_owned(),
        milestone: None,
        line: 1 + minutes as u32,
    };
    texts.iter().map(row).collect()
}

#[test]
fn the_first_row_counts_and_for_the_end_the_last() {
    let mut rows = rows(&[
        (0, "deploy"),
        (5, "a customer complains"),
        (7, "alert fires"),
        (30, "service restored"),
        (40, "errors again"),
        (60, "incident resolved"),
    ]);
    let marks = |rows: &[TimelineRow]| rows.iter().map(|row| row.milestone).collect::<Vec<_>>();
    let said = Said::read(&rows);
    said.mark(&mut rows, None);
    assert_eq!(marks(&rows), [None, Some(Detected), None, None, None, Some(Resolved)]);
    // The report says that it ended after 30 minutes.
    said.mark(&mut rows, Some(1800));
    assert_eq!(marks(&rows), [None, Some(Detected), None, Some(Resolved), None, None]);
}

#[test]
fn newest_first() {
    let mut rows = rows(&[(50, "Resolved"), (20, "alert fires again"), (10, "alert fires")]);
    Said::read(&rows).mark(&mut rows, None);
    assert_eq!(rows.iter().map(|row| row.milestone).collect::<Vec<_>>(), [Some(Resolved), None, Some(Detected)]);
}

#[test]
fn what_minutes_are_counted_from() {
    let check = |texts: &[(i64, &str)], duration: Option<f64>, minute: i64, origin: MinutesFrom| {
        let rows = rows(texts);
        let duration = duration.map(|minutes| Sourced::new(minutes, Source::Metadata));
        let from = Said::read(&rows).counted_from(&rows, None, duration.as_ref()).unwrap();
        assert_eq!((from.time.unix_seconds() / 60, from.origin), (minute, origin), "{texts:?}");
    };
    check(&[(0, "orders fail"), (5, "alert fires")], None, 0, MinutesFrom::FirstFailure);
    check(&[(0, "version 4 is rolled out"), (5, "orders fail")], None, 0, MinutesFrom::FirstRow);
    check(&[(0, "version 4 is rolled out"), (500, "orders fail")], None, 500, MinutesFrom::FirstFailure);
    check(&[(0, "a log volume fills up"), (600, "alert fires")], None, 0, MinutesFrom::FirstFailure);
    check(&[(0, "a meeting"), (5, "another one")], None, 0, MinutesFrom::FirstRow);
    check(&[(0, "errors in a test"), (5, "start of the incident")], None, 5, MinutesFrom::FirstFailure);
    let told = [(0, "rollout begins"), (26, "node 7 behaves oddly"), (34, "alert fires"), (198, "resolved")];
    check(&told, Some(172.0), 26, MinutesFrom::FirstFailure);
    let twice =
        [(0, "rollout begins"), (26, "node 7 is odd"), (34, "and 8"), (94, "service restored"), (100, "resolved")];
    check(&twice, Some(68.0), 26, MinutesFrom::FirstFailure);
    check(&told, None, 0, MinutesFrom::FirstRow);
    let rows = rows(&told);
    for (source, origin) in
        [(Source::FrontMatter, MinutesFrom::StatedStart), (Source::Prose, MinutesFrom::StatedWindow)]
    {
        let start = Sourced::new(Timestamp::from_unix_seconds(60, Precision::Minute), source);
        let from = Said::read(&rows).counted_from(&rows, Some(&start), None).unwrap();
        assert_eq!((from.time, from.origin), (start.value, origin));
    }
}

#[test]
fn a_detection_that_minutes_are_counted_from_is_not_measured() {
    let mut rows = rows(&[(0, "version 4 is rolled out"), (500, "a customer complains"), (530, "incident resolved")]);
    let said = Said::read(&rows);
    let from = said.counted_from(&rows, None, None);
    let reached = said.reached(Vec::new(), &mut rows, from, None, None);
    assert_eq!(reached.iter().map(|reached| reached.milestone).collect::<Vec<_>>(), [Resolved]);
}
