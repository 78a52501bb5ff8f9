//! Tests of the measures that sentences state.

use super::*;
use crate::incident::Bound;
use MeasureKind::{
    ErrorRateBaselinePct, ErrorRatePct, Errors, LatencyAfterMs, LatencyBeforeMs, RequestsPct, Revenue, Tickets, Users,
};

fn check(text: &str, expected: &[(MeasureKind, f64, Bound, &str)]) {
    let mut measures = Vec::new();
    read_statement(text, 1, &mut measures);
    measures.sort_by_key(|measure| measure.kind);
    let found: Vec<_> =
        measures.iter().map(|m| (m.kind, m.value, m.bound, m.qualifier.as_deref().unwrap_or_default())).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn counts() {
    use Bound::{About, AtLeast, AtMost, Exact};
    check(
        "lasted approximately 65 minutes and affected 1348 users and 2 dependent services.",
        &[(Users, 1348.0, Exact, "")],
    );
    check("386 customer-facing errors", &[(Errors, 386.0, Exact, "")]);
    check("89 support tickets created", &[(Tickets, 89.0, Exact, "")]);
    check("About 26,000 visitors saw grey boxes", &[(Users, 26_000.0, About, "")]);
    check(
        "more than 10k users and up to 1.2 million failed requests",
        &[(Users, 10_000.0, AtLeast, ""), (Errors, 1_200_000.0, AtMost, "")],
    );
    check("500+ customers", &[(Users, 500.0, AtLeast, "")]);
    check("Users affected: ~1,200", &[(Users, 1200.0, About, "")]);
    check("約 120 人のユーザー", &[(Users, 120.0, About, "")]);
    check("ユーザー 12 名、約 30 秒周期", &[(Users, 12.0, Exact, "")]);
    check("3400ユーザーに影響", &[(Users, 3400.0, Exact, "")]);
    for text in [
        "HTTP 502 errors",
        "40% of users",
        "90 minutes for customers",
        "2023-01-31 users",
        "node-7 users",
        "in late February 2017 when a user noticed",
        "On April 22 customers saw errors",
        "since 2019 users have asked for it",
        "約 30 秒周期で 同 user の",
        "20 件で停滞 error",
    ] {
        check(text, &[]);
    }
    for text in [
        "On 3 nodes users saw errors",
        "4 out of 10 customers could not log in",
        "Every user session: 30+ pods evicted",
        "users saw 503 http errors, and some a 404 not found error",
        "5-10% of users",
        "2 customers reported it",
        "3 users have confirmed the fix",
        "users on port 8080 and in ticket 4711",
        "version 12 users",
        "users: 1,2,3",
    ] {
        check(text, &[]);
    }
    check("100 first time users", &[(Users, 100.0, Exact, "")]);
    check("2 stunden kunden ausgesperrt", &[]);
    check("12.345 users were affected", &[(Users, 12_345.0, Exact, "")]);
    check("12 345 users", &[(Users, 12_345.0, Exact, "")]);
    check("1.234.567 failed requests", &[(Errors, 1_234_567.0, Exact, "")]);
    check("12'345 customers", &[(Users, 12_345.0, Exact, "")]);
    check("4,300 of 36,000 users were hit", &[(Users, 4300.0, Exact, "")]);
    check("120 out of 4000 customers", &[(Users, 120.0, Exact, "")]);
    check("12 business customers", &[(Users, 12.0, Exact, "")]);
    check("etwa 3.000 Nutzer", &[(Users, 3000.0, About, "")]);
    check("2017 users were locked out", &[(Users, 2017.0, Exact, "")]);
}

#[test]
fn rates_latencies_and_money() {
    use Bound::{About, AtMost, Exact};
    check("Service degradation: 82% of requests affected", &[(RequestsPct, 82.0, Exact, "")]);
    check(
        "Error rate spike: 18% (baseline: <1%)",
        &[(ErrorRatePct, 18.0, Exact, ""), (ErrorRateBaselinePct, 1.0, AtMost, "")],
    );
    check(
        "Error rate for images: 33%, against a usual 0.02%.",
        &[(ErrorRatePct, 33.0, Exact, ""), (ErrorRateBaselinePct, 0.02, Exact, "")],
    );
    check(
        "Latency increase: p99 went from 299ms to 7947ms",
        &[(LatencyBeforeMs, 299.0, Exact, "p99"), (LatencyAfterMs, 7947.0, Exact, "p99")],
    );
    check(
        "p95 latency 7.9 s (usually 300 ms)",
        &[(LatencyBeforeMs, 300.0, Exact, "p95"), (LatencyAfterMs, 7900.0, Exact, "p95")],
    );
    check(
        "response time is unusual: from 5 to 8s (instead of 0.5 to 1s).",
        &[(LatencyBeforeMs, 1000.0, Exact, ""), (LatencyAfterMs, 8000.0, Exact, "")],
    );
    check("Estimated revenue impact: $31442", &[(Revenue, 31_442.0, Exact, "USD")]);
    check("in hindsight, about €260,000 in sales over eleven days", &[(Revenue, 260_000.0, About, "EUR")]);
    check("We lost € 1.2m in sales", &[(Revenue, 1_200_000.0, Exact, "EUR")]);
    check("Umsatzverlust (loss): €1.234,50", &[(Revenue, 1234.5, Exact, "EUR")]);
    check("error rate: 0.5% → 37%", &[(ErrorRatePct, 37.0, Exact, ""), (ErrorRateBaselinePct, 0.5, Exact, "")]);
    check(
        "p99 latency: 300ms -> 4500ms",
        &[(LatencyBeforeMs, 300.0, Exact, "p99"), (LatencyAfterMs, 4500.0, Exact, "p99")],
    );
    check("error rate 0,5%", &[(ErrorRatePct, 0.5, Exact, "")]);
    check("We lost 1.5m EUR", &[(Revenue, 1_500_000.0, Exact, "EUR")]);
    check("vouchers cost €48,700", &[]);
}
