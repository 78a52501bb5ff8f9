//! Facets: severities and their order, services, tags and their hierarchy, status; `has:` and `no:`.

use super::{archive, check, stating};

#[test]
fn a_severity_is_compared_by_its_rank() {
    let severities =
        ["P0", "P1", "P2", "P3", "P4", "P5", "SEV2", "critical", "vermilion"].map(|s| (s.to_lowercase(), s));
    let reports = severities.iter().map(|(id, severity)| (id.as_str(), stating(&format!("severity: {severity}"))));
    let index = archive(reports.chain([("none", stating("status: open"))]));
    check(
        &index,
        &[
            // More severe is greater: `>P2` is worse than P2.
            ("severity:>P2", "p0 p1 critical"),
            ("severity:>=P2", "p0 p1 critical p2 sev2"),
            ("severity:<P2", "p3 p4 p5"),
            ("severity:<=P2", "p2 sev2 p3 p4 p5"),
            // The ends of the scale.
            ("severity:>P0", ""),
            ("severity:>=P0", "p0"),
            ("severity:<P0", "p1 critical p2 sev2 p3 p4 p5"),
            ("severity:<=P0", "p0 p1 critical p2 sev2 p3 p4 p5"),
            ("severity:<P5", ""),
            ("severity:<=P5", "p5"),
            ("severity:>P5", "p0 p1 critical p2 sev2 p3 p4"),
            ("severity:>=P5", "p0 p1 critical p2 sev2 p3 p4 p5"),
            // Other operators, aliases of the field, other schemes.
            ("severity:≥P1", "p0 p1 critical"),
            ("severity:≤P4", "p4 p5"),
            ("sev:>=sev1", "p0 p1 critical"),
            ("priority:>high", "p0 p1 critical"),
            ("severity:\">=critical\"", "p0 p1 critical"),
            // Equal ranks are one value, in whatever scheme or word; a label without a rank matches only itself.
            ("severity:P2", "p2 sev2"),
            ("severity:sev2", "p2 sev2"),
            ("severity:S2", "p2 sev2"),
            ("severity:high", "p2 sev2"),
            ("severity:P1", "p1 critical"),
            ("severity:critical", "p1 critical"),
            ("severity:CRITICAL", "p1 critical"),
            ("severity:vermilion", "vermilion"),
            ("severity:VERMILION", "vermilion"),
            ("severity:vermilio", ""),
            // A comma means OR, a repeated field means AND, a range includes both ends.
            ("severity:P0,P3", "p0 p3"),
            ("severity:P1,vermilion", "p1 critical vermilion"),
            ("severity:P0 severity:P3", ""),
            ("severity:(P0 OR P3)", "p0 p3"),
            ("severity:>=P3 severity:<P1", "p2 sev2 p3"),
            ("severity:P1..P3", "p1 critical p2 sev2 p3"),
            ("severity:P3..P1", "p1 critical p2 sev2 p3"),
            ("severity:P2..P2", "p2 sev2"),
            // A severity without a rank is neither above nor below.
            ("-severity:>=P4", "p5 vermilion none"),
            ("-severity:<P1", "p0 p1 critical vermilion none"),
            ("-severity:P2", "p0 p1 critical p3 p4 p5 vermilion none"),
            ("no:severity", "none"),
            ("has:severity -severity:>=P5", "vermilion"),
        ],
    );
}

#[test]
fn a_tag_includes_the_tags_below_it() {
    let index = archive([
        ("db", stating("tags: [db]")),
        ("postgres", stating("tags: [db/postgres]")),
        ("wal", stating("tags: [DB / Postgres/wal, net]")),
        ("dbx", stating("tags: [dbx]")),
        ("net", stating("tags: [net]")),
        ("none", stating("status: open")),
    ]);
    check(
        &index,
        &[
            ("tag:db", "db postgres wal"),
            ("tag:db/postgres", "postgres wal"),
            ("tag:db/postgres/wal", "wal"),
            ("tag:db/postgres/wa", ""),
            ("tag:postgres", ""),
            ("tag:dbx", "dbx"),
            ("tag:DB/POSTGRES", "postgres wal"),
            ("tag:\"db / postgres\"", "postgres wal"),
            ("tags:db", "db postgres wal"),
            ("label:db", "db postgres wal"),
            ("category:db", "db postgres wal"),
            // A comma means OR, a repeated field means AND.
            ("tag:db,net", "db postgres wal net"),
            ("tag:net,dbx", "wal net dbx"),
            ("tag:db tag:net", "wal"),
            ("tag:(db OR dbx)", "db postgres wal dbx"),
            ("tag:(db net)", "wal"),
            ("-tag:db", "dbx net none"),
            ("-tag:db/postgres", "db dbx net none"),
            ("-tag:db,dbx", "net none"),
            ("has:tag -tag:net", "db postgres dbx"),
            ("no:tag", "none"),
        ],
    );
}

#[test]
fn accents_and_width_do_not_tell_tags_apart() {
    let index = archive([
        ("accent", stating("tags: [Café]\nstatus: geklärt")),
        ("plain", stating("tags: [cafe]\nstatus: Geklart")),
        ("wide", stating("tags: [ＣＡＦＥ]")),
        ("plus", stating("tags: [C++]")),
        ("c", stating("tags: [C]")),
        ("ga", stating("tags: [が]")),
        ("ka", stating("tags: [か]")),
    ]);
    check(
        &index,
        &[
            ("tag:café", "accent plain wide"),
            ("tag:cafe", "accent plain wide"),
            ("tag:C++", "plus"),
            ("tag:c", "c"),
            ("tag:が", "ga"),
            ("status:geklart", "accent plain"),
        ],
    );
}

#[test]
fn a_service_is_folded() {
    let index = archive([
        ("api", stating("services: [Orders API]")),
        ("spaced", stating("services: ['  orders   api ', billing-api]")),
        ("eu", stating("services: [orders/eu]")),
        ("listed", stating("services: ['a, b']")),
        ("none", stating("status: open")),
    ]);
    check(
        &index,
        &[
            ("service:\"orders api\"", "api spaced"),
            ("service:\"ORDERS  API\"", "api spaced"),
            ("service:orders-api", "api spaced"),
            ("service:Orders_API", "api spaced"),
            ("service:OrdersAPI", "api spaced"),
            ("service:Ｏｒｄｅｒｓ‐ＡＰＩ", "api spaced"),
            ("service:orders.api", ""),
            ("service:orders/api", ""),
            ("service:orders", "eu"),
            ("service:orders/eu", "eu"),
            ("service:api", ""),
            ("service:billing-api", "spaced"),
            ("service:billing", ""),
            ("svc:billing-api", "spaced"),
            ("services:billing-api", "spaced"),
            ("affected:billing-api", "spaced"),
            ("service:orders,billing-api", "eu spaced"),
            ("service:\"orders api\",orders", "api spaced eu"),
            ("service:\"orders api\" service:billing-api", "spaced"),
            ("service:orders service:billing-api", ""),
            ("service:\"a, b\"", "listed"),
            ("service:\"a, b\",orders", "listed eu"),
            ("-service:\"orders api\"", "eu listed none"),
            ("no:service", "none"),
        ],
    );
}

#[test]
fn a_status_is_one_value() {
    let index = archive([
        ("open", stating("status: Open")),
        ("closed", stating("status: resolved")),
        ("review", stating("status: in / review")),
        ("none", stating("severity: P1")),
    ]);
    check(
        &index,
        &[
            ("status:open", "open"),
            ("status:OPEN", "open"),
            ("state:resolved", "closed"),
            ("status:open,resolved", "open closed"),
            ("-status:open", "closed review none"),
            // Only tags and services have levels separated by slashes.
            ("status:in", ""),
            ("status:\"in / review\"", "review"),
            ("has:status", "open closed review"),
            ("no:status", "none"),
        ],
    );
}

#[test]
fn has_and_no_test_whether_there_is_a_value() {
    let report = "---\ndate: 2025-06-02\nduration: 30\nusers: 40\nauthor: Ann\n---\n# Queue\n\n## Root Cause\n\nSlow.\n\n\
                  ## Action Items\n\n- [ ] Add consumers\n\n## Lessons Learned\n\n";
    let timed =
        "---\ndate: 2025-06-02T10:00:00Z\n---\n# Queue\n\n## Timeline\n\n- 10:00 Alert fired\n- 10:20 Mitigated\n";
    let index = archive([("full", report), ("timed", timed), ("bare", "# Queue\n")]);
    check(
        &index,
        &[
            ("has:title", "full timed bare"),
            ("has:id", "full timed bare"),
            ("no:title", ""),
            ("has:date", "full timed"),
            ("no:date", "bare"),
            ("has:author", "full"),
            ("has:rootcause", "full"),
            ("has:cause", "full"),
            ("no:rootcause", "timed bare"),
            ("has:timeline", "timed"),
            ("no:timeline", "full bare"),
            ("has:actions", "full"),
            // A heading without text is not a section.
            ("has:lessons", ""),
            ("no:lessons", "full timed bare"),
            ("has:duration", "full"),
            ("has:users", "full"),
            ("no:users", "timed bare"),
            // The section or the number.
            ("has:impact", "full"),
            ("no:impact", "timed bare"),
            ("has:ttm", "timed"),
            ("no:ttm", "full bare"),
            ("-has:ttm", "full bare"),
            ("-no:ttm", "timed"),
            ("has:ttm OR has:users", "full timed"),
            ("has:ttm has:users", ""),
            ("has:date no:users", "timed"),
        ],
    );
}

#[test]
fn a_star_ends_the_start_of_a_value() {
    let index = archive([
        ("order", stating("services: [order-api]\nstatus: resolved")),
        ("orders", stating("services: [Orders UI, billing]\nstatus: 解決済み")),
        ("nested", stating("services: [order/api]\ntags: [db/postgres]\nstatus: open")),
        ("other", stating("services: [a.order]\ntags: [\"🔥\"]\nstatus: Løst")),
        ("none", stating("title: x")),
    ]);
    check(
        &index,
        &[
            ("service:order*", "order orders nested"),
            // In the name of a service, a separator does not count.
            ("service:ORDER-*", "order orders nested"),
            ("service:order-a*", "order"),
            ("service:order-api*", "order"),
            ("service:\"orders u\"*", "orders"),
            ("service:order/*", "nested"),
            ("service:order/a*", "nested"),
            ("service:b*,a*", "orders other"),
            ("service:*", "order orders nested other"),
            ("-service:order*", "other none"),
            ("service:x*", ""),
            ("tag:d*", "nested"),
            ("tag:🔥", "other"),
            ("-tag:🔥", "order orders nested none"),
        ],
    );
    // Statuses are known by their words in other languages, in reports and in queries.
    check(
        &index,
        &[
            ("status:resolved", "order orders other"),
            ("status:løst", "order orders other"),
            ("status:LØST", "order orders other"),
            ("status:解決済み", "order orders other"),
            ("status:\"gelöst\",open", "order orders nested other"),
            ("-status:løst", "nested none"),
        ],
    );
}
