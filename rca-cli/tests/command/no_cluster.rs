//! A build without clusters: an address is refused with how to get them, and all else is as before.

use super::Workshop;

#[test]
fn an_address_is_refused_with_what_to_do() {
    let workshop = Workshop::with_archive();
    for index in ["http://127.0.0.1:1/incidents", "https://search.example.com/incidents"] {
        let run = workshop.rca(&["search", "queue", "--index", index]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
        assert!(
            run.stderr.contains("built without support for clusters") && run.stderr.contains("`opensearch`"),
            "{run:?}"
        );
    }
    workshop.write("archive/rca.toml", "index = \"http://127.0.0.1:1/steal\"\n");
    let run = workshop.rca(&["search", "queue", "--archive", "archive"]);
    assert!(run.stdout.contains("Queue backlog") && run.stderr.contains("is ignored"), "{run:?}");
}
