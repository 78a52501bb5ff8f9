//! Candidates: whatever the number of segments and the order, the best ones.

use super::*;
use crate::engine::Embedded;
use crate::engine::fixture::{add, plan};
use crate::incident::{Incident, Sourced, Timestamp};

/// Three segments of thirty incidents.
fn archive() -> Embedded {
    let engine = Embedded::in_memory().unwrap();
    for segment in 0..3 {
        add(
            &engine,
            (0..30).map(|i| {
                let mut incident = Incident::new(format!("{segment}/{i}"), format!("Disk {i} full"));
                incident.services = vec![format!("service-{}", i % 7)];
                incident.date = Timestamp::from_day(2025, 1 + (i % 12) as i8, 1).map(Sourced::from);
                incident.duration = (i % 5 > 0).then(|| Sourced::from(f64::from(i)));
                incident
            }),
        );
    }
    engine
}

fn collect(snapshot: &Snapshot<'_>, limit: usize, order: Order, parallel: bool) -> Candidates {
    let plan = plan(snapshot, "disk");
    let words = snapshot.look_up(&plan).unwrap();
    let links = snapshot.link_sets(&plan).unwrap();
    let compiler = snapshot.compiler(&words, &links);
    let query = compiler.compile(&plan, Needed::All);
    let collect = Collect { limit, order, facets: vec![crate::schema::Facet::Service.into()] };
    snapshot
        .collect(
            &*query,
            &Collector {
                collect,
                lists: vec![None],
                floor: compiler.floor.clone(),
                is_words: query.is::<WordsQuery>(),
            },
            parallel,
        )
        .unwrap()
}

#[test]
fn several_segments_at_a_time_give_the_same() {
    let engine = archive();
    let snapshot = engine.snapshot().unwrap();
    assert!(snapshot.searcher.segment_readers().len() > 1);
    for order in [Order::Score, Order::Latest, Order::Value(SortKey::Date, Direction::Descending)] {
        let [alone, together] = [false, true].map(|parallel| collect(&snapshot, 50, order, parallel));
        let addresses = |found: &Candidates| found.best.iter().map(|best| best.address).collect::<Vec<_>>();
        assert_eq!(addresses(&alone), addresses(&together));
        let service = crate::schema::Facet::Service.into();
        let values = |found: &Candidates| snapshot.facet_values(&service, &found.facets[0]).unwrap();
        assert_eq!((alone.total, values(&alone)), (together.total, values(&together)));
    }
}

#[test]
fn a_limit_keeps_the_best_and_counts_all() {
    let engine = archive();
    let snapshot = engine.snapshot().unwrap();
    let ids = |found: &Candidates| -> Vec<String> {
        found.best.iter().map(|best| snapshot.incident(best).unwrap().id).collect()
    };
    for order in [
        Order::Score,
        Order::Latest,
        Order::Value(SortKey::Number(crate::schema::NumberField::Duration), Direction::Ascending),
    ] {
        let all = collect(&snapshot, 1000, order, false);
        assert_eq!((all.best.len(), all.total), (90, 90));
        for limit in [1, 7, 40] {
            let some = collect(&snapshot, limit, order, false);
            assert_eq!((ids(&some), some.total), (ids(&all)[..limit].to_vec(), 90), "{order:?} {limit}");
            assert_eq!(
                snapshot.facet_values(&crate::schema::Facet::Service.into(), &some.facets[0]).unwrap()[0],
                ("service-0".to_owned(), 15)
            );
        }
    }
    assert!(collect(&snapshot, 0, Order::Score, false).best.is_empty());
}

#[test]
fn incidents_without_a_value_come_last_either_way() {
    let engine = archive();
    let snapshot = engine.snapshot().unwrap();
    let duration = SortKey::Number(crate::schema::NumberField::Duration);
    for direction in [Direction::Ascending, Direction::Descending] {
        let found = collect(&snapshot, 90, Order::Value(duration, direction), false);
        let durations: Vec<Option<f64>> =
            found.best.iter().map(|best| snapshot.incident(best).unwrap().duration.map(|d| d.value)).collect();
        assert!(durations[..72].iter().all(Option::is_some) && durations[72..].iter().all(Option::is_none));
        let known: Vec<f64> = durations.into_iter().flatten().collect();
        let ordered =
            |pair: &[f64]| if direction == Direction::Ascending { pair[0] <= pair[1] } else { pair[0] >= pair[1] };
        assert!(known.windows(2).all(ordered), "{known:?}");
    }
}
