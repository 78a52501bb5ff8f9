//! Keys of front matter that the field table does not know: filtered, counted, listed, shown, renamed.

use super::Workshop;

fn with_keys() -> Workshop {
    let workshop = Workshop::with_archive();
    let report =
        |keys: &str| format!("---\ntitle: Cache cold\n{keys}\n---\n\n## Summary\n\nA level:warn was logged.\n");
    workshop.write("archive/cold.md", &report("team: Payments\ncost: 250\nregions: [eu, us]\nreview_date: 2025-03-04"));
    workshop.write("archive/warm.md", &report("squad: order processing\ncost: 90\nregions: us"));
    workshop
}

#[test]
fn keys_filter_and_the_query_as_understood_says_so() {
    let workshop = with_keys();
    let found = |query: &str| {
        let found = workshop.json(&["search", query, "--archive", "archive"]);
        let mut ids: Vec<String> =
            found["hits"].as_array().unwrap().iter().map(|hit| hit["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        (ids.join(" "), found["interpreted"].as_str().unwrap().to_owned())
    };
    let check = |query: &str, ids: &str, interpreted: &str| {
        assert_eq!(found(query), (ids.to_owned(), interpreted.to_owned()), "{query}");
    };
    check("team:payments", "cold", "team:payments");
    check("cost:>100", "cold", "cost:>100");
    check("review_date:>=2025-01", "cold", "review_date:>=2025-01");
    check("cold -cost:>100", "warm", "cold NOT cost:>100");
    check("cold level:warn", "cold warm", "cold \\level:warn");
    let literal = workshop.json(&["search", "--literal", "team:payments", "--archive", "archive"]);
    assert_eq!(literal["interpreted"], "\\team:payments");
    let wrong = workshop.rca(&["search", "cold has:wings", "--archive", "archive"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("unknown field `wings`\n  cold has:wings\n       ^^^^^^^^^ "), "{wrong:?}");
    let flag = workshop.json(&["search", "--has", "team", "--archive", "archive"]);
    assert_eq!((&flag["total"], &flag["interpreted"]), (&1.into(), &"has:team".into()));
    let near = workshop.rca(&["search", "team:paymnts", "--archive", "archive"]);
    assert_eq!(near.stderr, "rca: no incident has the team `paymnts`; did you mean `payments`?\n");
}

#[test]
fn keys_are_listed_and_counted() {
    let workshop = with_keys();
    let fields = workshop.stdout(&["facets", "--archive", "archive", "-q"]);
    let expected = "field\n  3  severity\n  2  cost\n  2  regions\n  2  service\n  1  review_date\n  1  squad\n  1  status\n  \
                    1  tag\n  1  team\n";
    assert_eq!(fields, expected);
    let some = workshop.stdout(&["facets", "--service", "orders", "--archive", "archive", "-q", "-n", "1"]);
    assert_eq!(some, "field\n  2  service\n");
    let regions = workshop.stdout(&["facets", "regions", "--archive", "archive", "-q"]);
    assert_eq!(regions, "regions\n  2  us\n  1  eu\n");
    let found = workshop.json(&["search", "cold", "--facets", "Regions,service", "--archive", "archive"]);
    assert_eq!(found["facets"]["regions"][0], serde_json::json!({"value": "us", "count": 2}));
    for command in [&["facets", "wings"][..], &["search", "cold", "--facets", "wings"]] {
        let wrong = workshop.rca(&[command, &["--archive", "archive"]].concat());
        assert_eq!((wrong.code, wrong.stdout.as_str()), (2, ""), "{wrong:?}");
        let expected = "rca: `wings` is not a facet; the facets are service, severity, tag, status; the other keys of front \
                        matter here: cost, regions, review_date, squad, team\n";
        assert_eq!(wrong.stderr, expected);
    }
    let other = workshop.rca(&["facets", "title", "--archive", "archive"]);
    assert!(other.code == 2 && other.stderr.contains("not a facet"), "{other:?}");
}

#[test]
fn keys_are_shown() {
    let workshop = with_keys();
    let shown = workshop.json(&["show", "cold", "--archive", "archive"]);
    let expected = serde_json::json!({
        "team": "Payments", "cost": "250", "regions": ["eu", "us"], "review_date": "2025-03-04"
    });
    assert_eq!(shown["front_matter"], expected);
    assert_eq!(shown["sources"]["front_matter.team"], serde_json::json!({"kind": "front-matter", "line": 3}));
    let shown = workshop.stdout(&["show", "cold", "--archive", "archive"]);
    assert!(shown.contains("\n  team          Payments\n  cost          250\n  regions       eu, us\n"), "{shown}");
    let why = workshop.stdout(&["show", "cold", "--why", "--archive", "archive"]);
    assert!(why.contains("front_matter.cost         250  archive/cold.md:4  cost: 250\n"), "{why}");
}

#[test]
fn keys_are_renamed_by_the_settings() {
    let workshop = with_keys();
    workshop.write("archive/rca.toml", "[keys]\nsquad = \"team\"\n");
    let teams = workshop.stdout(&["facets", "team", "--archive", "archive", "-q"]);
    assert_eq!(teams, "team\n  1  order processing\n  1  payments\n");
    workshop.write("archive/rca.toml", "[keys]\nsquad = \"statsu\"\n");
    let wrong = workshop.rca(&["facets", "team", "--archive", "archive"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("rca.toml:2: unknown key `statsu`; did you mean `status`?"), "{wrong:?}");
}

#[test]
fn a_stranger_s_keys_do_not_drive_the_terminal() {
    let workshop = Workshop::new();
    let many: String = (0..300).map(|i| format!("key{i}: v\n")).collect::<Vec<_>>().concat();
    workshop.write("archive/a.md", &format!("---\n\"te\\e[31mam\": \"a\\0b\\e]0;x\\a\"\n{many}---\n# A\n"));
    for command in [&["facets"][..], &["facets", "team"], &["show", "a"], &["search", "has:team", "--facets", "team"]] {
        for format in ["human", "json", "csv", "markdown"] {
            let run = workshop.rca(&[command, &["--archive", "archive", "--format", format]].concat());
            let unsafe_text = run.stdout.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r'));
            assert!(run.code == 0 && !unsafe_text, "{command:?} {format}: {run:?}");
        }
    }
    let check = workshop.rca(&["check", "archive"]);
    assert!(
        check.stdout.contains("a.md:202: warning: more than 200 keys of your own in the front matter"),
        "{check:?}"
    );
}
