//! Text fields: title, id, authors, and the sections under known and unknown headings.

use super::{archive, check};

#[test]
fn a_field_searches_one_part_of_a_report() {
    let section =
        |heading: &str| format!("# Fog\n\n## {heading}\n\nThe walrus slept.\n\n## Appendix\n\nNothing more.\n");
    let index = archive([
        ("title", "# The walrus\n\n## Summary\n\nFog.\n".to_owned()),
        ("2025/walrus-in-the-dock", "# Fog\n\n## Summary\n\nFog.\n".to_owned()),
        ("author", "---\nauthor: Ann Walrus\n---\n# Fog\n\nFog.\n".to_owned()),
        ("owner", "# Fog\n\n## Action Items\n\n| Action | Owner |\n|---|---|\n| Sweep | Walrus Team |\n".to_owned()),
        ("summary", section("Summary")),
        ("timeline", section("Timeline")),
        ("cause", section("Root Cause")),
        ("impact", section("Impact")),
        ("resolution", section("Resolution")),
        ("lessons", section("Lessons Learned")),
        ("actions", section("Action Items")),
        ("related", section("Related Incidents")),
        ("weather", section("Weather")),
        ("first", "# Fog\n\nThe walrus slept.\n\n## Summary\n\nFog.\n".to_owned()),
        ("front", "---\nanimal: walrus\n---\n# Fog\n\nFog.\n".to_owned()),
    ]);
    let all = "title 2025/walrus-in-the-dock author owner summary timeline cause impact resolution lessons actions \
               related weather first front";
    check(
        &index,
        &[
            ("walrus", all),
            ("title:walrus", "title"),
            ("id:walrus", "2025/walrus-in-the-dock"),
            ("path:walrus", "2025/walrus-in-the-dock"),
            ("file:2025", "2025/walrus-in-the-dock"),
            ("id:2025/walrus-in-the-dock", "2025/walrus-in-the-dock"),
            ("author:walrus", "author owner"),
            ("owner:walrus", "author owner"),
            ("people:\"walrus team\"", "owner"),
            ("author:\"Ann Walrus\"", "author"),
            ("summary:walrus", "summary"),
            ("abstract:walrus", "summary"),
            ("timeline:walrus", "timeline"),
            ("rootcause:walrus", "cause"),
            ("cause:walrus", "cause"),
            ("root_cause:walrus", "cause"),
            ("root-cause:walrus", "cause"),
            ("impact:walrus", "impact"),
            ("resolution:walrus", "resolution"),
            ("fix:walrus", "resolution"),
            ("mitigation:walrus", "resolution"),
            ("lessons:walrus", "lessons"),
            ("lesson:walrus", "lessons"),
            ("actions:walrus", "actions owner"),
            ("action:walrus", "actions owner"),
            ("related:walrus", "related"),
            // All other text, front matter included.
            ("body:walrus -title:walrus", "weather first front author"),
            ("text:walrus -title:walrus", "weather first front author"),
            ("RootCause:WALRUS", "cause"),
            ("rootcause:walruses", "cause"),
            ("title:slept", ""),
            // Both words in the section, in any order, or in either of two sections.
            ("rootcause:walrus rootcause:slept", "cause"),
            ("rootcause:(walrus slept)", "cause"),
            ("rootcause:(walrus fog)", ""),
            ("rootcause:walrus fog", "cause"),
            ("rootcause:walrus OR impact:walrus", "cause impact"),
            ("rootcause:(fog OR walrus)", "cause"),
            ("rootcause:\\walrus", "cause"),
            ("slept -rootcause:walrus -body:walrus", "summary timeline impact resolution lessons actions related"),
        ],
    );
}

#[test]
fn an_unknown_heading_is_text() {
    let index = archive([
        ("heading", "# Fog\n\n## Pelican weather\n\nNothing.\n"),
        ("below", "# Fog\n\n## Weather\n\n### The pelican\n\nNothing.\n"),
        ("known", "# Fog\n\n## Root Cause\n\nNothing.\n"),
        ("inside", "# Fog\n\n## Root Cause\n\n### A pelican\n\nNothing.\n"),
        ("empty", "# Fog\n\n## A pelican and nothing else\n"),
    ]);
    check(
        &index,
        &[
            ("body:pelican", "heading below empty"),
            ("\"pelican weather\"", "heading"),
            ("weather pelican", "heading below"),
            ("title:pelican", ""),
            ("rootcause:nothing", "known inside"),
            // The heading of a known section only determines its kind; it is not text.
            ("root", ""),
        ],
    );
}

#[test]
fn all_sections_of_a_kind_are_one_field() {
    let index = archive([(
        "two",
        "# Fog\n\n## Root Cause\n\nThe walrus.\n\n## Impact\n\nThe badger.\n\n## Contributing Factors\n\nThe pelican.\n",
    )]);
    check(
        &index,
        &[
            ("rootcause:walrus", "two"),
            ("rootcause:pelican", "two"),
            ("rootcause:badger", ""),
            ("rootcause:(walrus pelican)", "two"),
            ("rootcause:\"walrus the pelican\"", ""),
            ("impact:badger", "two"),
            ("impact:pelican", ""),
        ],
    );
}

#[test]
fn an_unknown_field_name_is_text() {
    let index = archive([("log", "# Fog\n\nconnect to db:5432 failed, errno:110, status 500\n")]);
    check(&index, &[("db:5432", "log"), ("errno:110", "log"), ("port:443", ""), ("Status: 500", "log")]);
}
