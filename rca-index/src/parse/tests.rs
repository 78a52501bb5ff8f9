//! Whole reports. What the parts of the parser make of their input is tested beside them.

use super::*;
use crate::incident::{Sourced, Timestamp};

fn parse(path: &str, source: &str) -> Parsed {
    parse_report(path, source.to_owned(), &ParseOptions::default())
}

#[test]
fn names_in_titles_have_no_extension() {
    for (path, name) in [
        ("a/b.md", "a/b"),
        ("b.md.erb", "b"),
        ("v1.2 outage", "v1.2 outage"),
        ("PM - v1.2.mdx", "PM - v1.2"),
        ("a.b/c", "a.b/c"),
        (".md", ".md"),
        ("straße.markdown", "straße"),
    ] {
        assert_eq!(stem(path), name);
    }
}

#[test]
fn the_title_comes_from_front_matter_then_heading_then_path() {
    let title = |path, source| {
        let title = parse(path, source).incident.title;
        (title.value, title.source)
    };
    assert_eq!(title("a.md", "---\ntitle: A\n---\n# B\n"), ("A".to_owned(), Source::FrontMatter));
    assert_eq!(title("a.md", "---\ntitle:\n---\n# B\n"), ("B".to_owned(), Source::Heading));
    assert_eq!(title("a.md", "## Summary\ntext\n# B\n"), ("B".to_owned(), Source::Heading));
    assert_eq!(title("x/2024-disk/index.md", "## Summary\ntext\n"), ("2024-disk".to_owned(), Source::FileName));
    assert_eq!(title("x/disk.md", "text\n"), ("disk".to_owned(), Source::FileName));
}

#[test]
fn the_duration_comes_from_the_best_statement() {
    let duration = |source: &str| parse("a.md", source).incident.duration.map(|d| (d.value, d.source));
    let body =
        "# T\n\n**Duration:** 2h\n\n## Summary\nIt lasted 4 hours.\n\n## Timeline\n- 10:00 begun\n- 13:00 resolved\n";
    assert_eq!(
        duration(&format!("---\ndate: 2024-05-02\nduration: 1h\n---\n{body}")),
        Some((60.0, Source::FrontMatter))
    );
    assert_eq!(duration(&format!("---\ndate: 2024-05-02\n---\n{body}")), Some((120.0, Source::Metadata)));
    let body = body.replace("**Duration:** 2h\n", "");
    let times = "start: 2024-05-02T10:00Z\nend: 2024-05-02T10:30Z\n";
    assert_eq!(duration(&format!("---\n{times}---\n{body}")), Some((30.0, Source::StartAndEnd)));
    // What a sentence states of the incident is sooner right than the span of its timeline.
    assert_eq!(duration(&format!("---\ndate: 2024-05-02\n---\n{body}")), Some((240.0, Source::Prose)));
    let body = body.replace("It lasted 4 hours.", "It was bad.");
    assert_eq!(duration(&format!("---\ndate: 2024-05-02\n---\n{body}")), Some((180.0, Source::Timeline)));
    let seconds = "---\nstart: 2024-05-02T10:00:00Z\nend: 2024-05-02T10:00:50Z\n---\n";
    assert_eq!(duration(seconds), Some((0.83, Source::StartAndEnd)));
    assert_eq!(duration("# T\n"), None);
}

#[test]
fn dates_and_times_of_a_period() {
    let period = |front: &str| {
        let parsed = parse("a.md", &format!("---\n{front}---\n"));
        let text = |time: Option<Sourced<Timestamp>>| time.map(|time| time.value.to_string()).unwrap_or_default();
        let lines: Vec<u32> = parsed.problems.iter().map(|problem| problem.line).collect();
        (text(parsed.incident.date), text(parsed.incident.end), lines)
    };
    let check = |front: &str, start: &str, end: &str, problems: &[u32]| {
        assert_eq!(period(front), (start.to_owned(), end.to_owned(), problems.to_vec()), "{front}");
    };
    check("date: 2024-05-02\nstart: 23:30\nend: 00:15\n", "2024-05-02T23:30Z", "2024-05-03T00:15Z", &[]);
    check("date: 2024-05-02\nstart: 01:00\nend: 02:00\ntimezone: JST\n", "2024-05-01T16:00Z", "2024-05-01T17:00Z", &[]);
    check("date: 2021-03-04 10:00 - 11:30\n", "2021-03-04T10:00Z", "2021-03-04T11:30Z", &[]);
    check("date: 2021-03-04 to 2021-03-06\n", "2021-03-04", "2021-03-06", &[]);
    check(
        "date: 2024-05-02T14:00:00Z\nresolved: true\nresolvedWhen: 2024-05-02T12:40:00Z\n",
        "2024-05-02T14:00:00Z",
        "",
        &[4],
    );
    check("date: 2024-08-13T015:00:00+02:00\n", "2024-08-13", "", &[2]);
    check("title: x\ndate: 2023-02-30\n", "", "", &[3]);
    check("detected: 2024-01-02\n", "2024-01-02", "", &[]);
}

#[test]
fn numbers_that_nobody_means_are_unknown_and_named() {
    let nines = "9".repeat(400);
    let keys = [
        ("duration", "duration-unreadable"),
        ("users_affected", "number-unreadable"),
        ("revenue_lost", "number-unreadable"),
    ];
    for value in [
        "nan",
        "inf",
        "nan:10",
        "inf:10",
        "1e308",
        "1e400",
        "9999999999999999",
        "9999999999999999 hours",
        &nines,
        &format!("{nines}h"),
    ] {
        for (key, code) in keys {
            let forms = [
                format!("---\n{key}: {value}\n---\n# T\n"),
                format!("---\n# YAML\n{key}: {value}\nother: [a]\n---\n# T\n"),
                format!("---json\n{{\"{key}\": \"{value}\"}}\n---\n# T\n"),
                format!("+++\n{key} = \"{value}\"\n+++\n# T\n"),
                format!("# T\n\n**{}:** {value}\n", key.replace('_', " ")),
            ];
            for source in forms {
                let Parsed { incident, problems } = parse("a.md", &source);
                assert_eq!((incident.duration, &incident.measures[..]), (None, &[][..]), "{source}");
                // A line in bold with a word behind it may be anything but a measure.
                let is_named = problems.iter().any(|problem| problem.code() == code);
                assert!(is_named || source.starts_with("# T") && key != "duration", "{source}: {problems:?}");
            }
        }
        let prose = format!(
            "# T\n\n## Impact\n\nIt lasted {value}. {value} users lost ${value}, and {value}% of requests failed.\n"
        );
        let incident = parse("a.md", &prose).incident;
        assert_eq!(incident.duration.map(|duration| duration.value), None, "{prose}");
        assert!(incident.measures.iter().all(|measure| measure.value <= 1e15), "{prose}: {:?}", incident.measures);
    }
}

#[test]
fn dates_elsewhere() {
    let date = |path: &str, source: &str| {
        let date = parse(path, source).incident.date;
        date.map(|date| (date.value.to_string(), date.source))
    };
    assert_eq!(date("a.md", "# 2018-02-22 crash\n"), Some(("2018-02-22".to_owned(), Source::Heading)));
    assert_eq!(date("2023-05-17-x.md", "# crash\n"), Some(("2023-05-17".to_owned(), Source::FileName)));
    assert_eq!(date("2023-05-17-x/index.md", "# crash\n"), Some(("2023-05-17".to_owned(), Source::FileName)));
    let timeline = "# T\n## Summary\nSince May 1, 2020.\n## Timeline\n- 2020-06-01 10:00 x\n";
    assert_eq!(date("a.md", timeline), Some(("2020-06-01T10:00Z".to_owned(), Source::Timeline)));
    assert_eq!(date("a.md", "# T\nOn May 1, 2020 it broke.\n"), Some(("2020-05-01".to_owned(), Source::Prose)));
    let summary = "---\nsummary: On January 15, 2022, at 9:00 AM, it broke.\n---\n# T\n";
    assert_eq!(date("a.md", summary), Some(("2022-01-15T09:00Z".to_owned(), Source::Prose)));
    assert_eq!(date("a.md", "# T\n"), None);
}

#[test]
fn lists_may_be_anything() {
    let services = |front: &str| parse("a.md", &format!("---\n{front}\n---\n")).incident.services;
    assert_eq!(services("services: api"), ["api"]);
    assert_eq!(services("services: [api, API, web (read only)]"), ["api", "web"]);
    assert_eq!(services("services: ~"), [] as [&str; 0]);
    assert_eq!(services("affected:\n  - nothing\n"), [] as [&str; 0]);
    assert_eq!(services("services:\n  - name: api\n    region: eu\n"), ["api"]);
    assert_eq!(services("services: api v2.1, web. The others were fine, and so was mail"), ["api v2.1", "web"]);
    let prose = "everything that had to do with the ordering of goods of any kind in any of our shops";
    assert_eq!(services(&format!("services: {prose}, api")), ["api"]);
    assert_eq!(parse("a.md", "# T\n### Affected services\n- api: slow\n- web\n").incident.services, ["api", "web"]);
}

#[test]
fn front_matter_is_searched_and_its_summary_is_a_summary() {
    let source = "---\nsummary: Disk full.\nteam: blue\n---\n# T\n";
    let incident = parse("a.md", source).incident;
    assert_eq!(incident.texts(SectionKind::Summary).collect::<Vec<_>>(), ["Disk full."]);
    assert!(incident.texts(SectionKind::Body).any(|text| text.contains("blue")));
    assert_eq!(incident.sections.iter().map(|s| s.line).collect::<Vec<_>>(), [2, 2, 6]);
}

#[test]
fn archives_name_their_own_keys() {
    let mut options = ParseOptions::default();
    options.keys.insert("outage_class".to_owned(), "severity".to_owned());
    let parsed = parse_report("a.md", "---\noutage_class: P1\n---\n".to_owned(), &options);
    assert_eq!(parsed.incident.severity.map(|severity| severity.value.name), Some("P1".to_owned()));
}

proptest::proptest! {
    /// Any text gives an incident whose sections lie in the text.
    #[test]
    fn any_text_is_read(source in "(---\n|\\+\\+\\+\n|# |## Timeline\n|- |\\| ?|\n|```|<!--|[a-z]{1,6}: |\\[\\[|10:0[0-9] |2024-0[0-9]-1[0-9]|\\PC|[0-9]{1,3}(ms|%|k)?|é|時刻|users ){0,60}") {
        let parsed = parse("x/é.md", &source);
        for section in &parsed.incident.sections {
            proptest::prop_assert!(parsed.incident.source.get(section.range.clone()).is_some());
        }
        let lines = line_at(&source, source.len());
        proptest::prop_assert!(parsed.problems.iter().all(|problem| (1..=lines).contains(&problem.line)));
    }
}

#[test]
fn the_text_alone_is_that_of_the_incident() {
    fn check(path: &std::path::Path, source: &str) {
        let options = ParseOptions::default();
        let parsed = parse_report(&path.to_string_lossy(), source.to_owned(), &options);
        assert_eq!(read_text(source.to_owned(), &options), parsed.incident.text(), "{}", path.display());
    }
    fn check_all(folder: &std::path::Path, read: &mut usize) {
        for path in std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                check_all(&path, read);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                check(&path, &text);
                *read += 1;
            }
        }
    }
    let inline = std::path::Path::new("a.md");
    for source in [
        "---\nsummary: The queue was full.\n---\n# Queue\n\n## Summary\n\nThe queue was full.\n",
        "---\nsummary:\nabstract: The queue was full.\n---\n# Queue\n",
        "---\ntitle: The queue was full\n---\n# Queue\n\n**Summary:** The queue was full\n",
        "# Queue\n\n**Summary:** The queue was full\n",
        "---\nsummary: [a, b]\n---\n\u{200b}\n",
        "---\nnever closed\n",
        "",
    ] {
        check(inline, source);
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut read = 0;
    for folder in ["../corpus", "../../shared/archives"] {
        let before = read;
        check_all(&root.join(folder), &mut read);
        if read == before {
            println!("skipped: no reports in {folder}");
        }
    }
}
