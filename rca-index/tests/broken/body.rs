//! Headings, links and actions of a body that is not what it seems.

use rca_index::{Archive, Index, SectionKind, UpdateOptions, check};

use crate::{found, incident, kinds, problems};

#[test]
fn heading_in_a_fence() {
    assert!(!kinds(&incident("heading-in-fence")).contains(&SectionKind::RootCause));
    assert_eq!(found("summary:kangaroo"), ["heading-in-fence"]);
}

#[test]
fn fence_never_closed() {
    assert!(kinds(&incident("fence-never-closed")).contains(&SectionKind::Resolution));
    assert!(problems("fence-never-closed.md")[0].starts_with("11: code fence never closed"));
}

#[test]
fn heading_in_a_comment() {
    assert!(!kinds(&incident("html-comment")).contains(&SectionKind::RootCause));
}

#[test]
fn link_without_a_target() {
    assert!(incident("link-to-nothing").links.iter().any(|link| link.target == "PM-2099-001"));
    assert!(problems("link-to-nothing.md")[0].contains("PM-2099-001"));
}

#[test]
fn link_by_the_start_of_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("PM-2026-033-mtls-gap.md", "# A gap\n");
    write("later.md", "# Later\n\nAs in [[PM-2026-033]] and [there](PM-2026-033-mtls-gap.md#impact).\n");
    let archive = Archive::open(folder.path()).unwrap();
    assert_eq!(check(&archive).unwrap().problems, []);
    let index = Index::in_memory().unwrap();
    index.update(&archive, &UpdateOptions::default(), |_| {}).unwrap();
    for link in index.get("later").unwrap().unwrap().links {
        assert_eq!(index.resolve(&link.target).unwrap(), ["PM-2026-033-mtls-gap"], "{}", link.target);
    }
}

#[test]
fn long_line() {
    assert!(incident("long-line").source.len() > 20_000);
}

#[test]
fn action_without_owner_and_state() {
    let actions = incident("action-done-unknown").actions;
    assert_eq!(actions.len(), 2);
    assert!(actions.iter().all(|action| action.owner.is_none() && action.done.is_none()));
    assert!(actions[0].text.contains("next week") && actions[0].due.is_none());
}

#[test]
fn actions_with_placeholders() {
    let actions = incident("actions-with-placeholders").actions;
    let actions: Vec<_> = actions.iter().map(|a| (a.text.as_str(), a.owner.as_deref(), a.done)).collect();
    let expected = [
        ("Order paper (owner=stock, due=2025-02-20)", Some("stock"), Some(true)),
        ("Count the paper every Monday. Owner: ???", None, None),
    ];
    assert_eq!(actions, expected);
}
