//! Indexes incidents that do not come from files: converts tickets to `Incident`s, adds, updates and deletes them by
//! id, and searches. `cargo run --example index_tickets`.

#![allow(clippy::print_stdout)]

use std::error::Error;

use rca_index::{
    Bound, Incident, Index, Measure, MeasureKind, SearchRequest, SectionKind, Severity, Source, Sourced, Timestamp,
};

/// A ticket of some issue tracker.
struct Ticket {
    key: &'static str,
    title: &'static str,
    priority: &'static str,
    opened: (i16, i8, i8),
    minutes: f64,
    users: f64,
    component: &'static str,
    description: &'static str,
    solution: Option<&'static str>,
}

/// Converts a ticket to an incident. What the ticket does not state stays unknown.
fn incident(ticket: &Ticket) -> Incident {
    let mut incident = Incident::new(ticket.key, ticket.title);
    let (year, month, day) = ticket.opened;
    incident.date = Timestamp::from_day(year, month, day).map(Sourced::from);
    incident.severity = Severity::parse(ticket.priority).map(Sourced::from);
    incident.services = vec![ticket.component.to_owned()];
    incident.duration = Some(Sourced::new(ticket.minutes, Source::Given));
    incident.status = Some(Sourced::from(if ticket.solution.is_some() { "resolved" } else { "open" }.to_owned()));
    let users = Measure {
        kind: MeasureKind::Users,
        value: ticket.users,
        bound: Bound::Exact,
        qualifier: None,
        source: rca_index::Source::Given,
        line: 1,
    };
    incident.measures.push(users);
    incident.push_section(SectionKind::Summary, ticket.description);
    if let Some(solution) = ticket.solution {
        incident.push_section(SectionKind::Resolution, solution);
    }
    incident
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut tickets = [
        Ticket {
            key: "OPS-101",
            title: "Labels are not printed",
            priority: "P2",
            opened: (2025, 3, 3),
            minutes: 95.0,
            users: 40.0,
            component: "label-printer",
            description: "The print queue is stuck behind one label with no address.",
            solution: Some("The label was taken out of the queue by hand."),
        },
        Ticket {
            key: "OPS-102",
            title: "Login is slow",
            priority: "P3",
            opened: (2025, 3, 9),
            minutes: 20.0,
            users: 2500.0,
            component: "auth-service",
            description: "Each login waits two seconds for a name server that is gone.",
            solution: None,
        },
    ];
    let index = Index::in_memory()?;
    index.upsert(tickets.iter().map(incident))?;
    println!("{} tickets", index.len()?);

    let show = |query: &str| -> Result<usize, Box<dyn Error>> {
        let found = index.search(&SearchRequest::parse(query)?)?;
        let titles: Vec<_> =
            found.hits.iter().map(|hit| format!("{} {}", hit.incident.id, hit.incident.title.value)).collect();
        println!("{query}: {}", titles.join("; "));
        Ok(found.total)
    };
    assert_eq!(show("stuck queue severity:>=P2")?, 1);
    assert_eq!(show("impact:>=50k status:open")?, 1);

    // An incident with the same id replaces the old one.
    tickets[1].solution = Some("The name server was taken out of the list.");
    index.upsert([incident(&tickets[1])])?;
    assert_eq!((index.len()?, show("status:open")?, show("resolution:\"name server\"")?), (2, 0, 1));

    assert_eq!(index.delete(["OPS-101", "OPS-999"])?, 1);
    assert_eq!(show("queue")?, 0);
    Ok(())
}
