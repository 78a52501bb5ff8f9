//! What is searched and quoted is what a reader sees, in every encoding.

use std::fs;

use crate::Workshop;

const REPORT: &str = "---\ntitle: Stock is late\ndate: 2025-06-02\n---\n\n## Root cause\n\n\
    The consumers re**start**ed; see [the log](https://example.org/zebra) &amp; ![disk](data:image/png;base64,iVBORw0KGgo=).\n\
    <!-- okapi -->\n\n<div class=\"lemur\">An inven\u{ad}tory of R&amp;D.</div>\n";

#[test]
fn markup_is_not_found_and_not_quoted() {
    let workshop = Workshop::new();
    workshop.write("archive/a.md", REPORT);
    let search = |query: &str| workshop.json(&["search", query, "--archive", "archive"]);
    for markup in ["zebra", "okapi", "lemur", "iVBORw0KGgo", "amp", "div", "base64"] {
        assert_eq!(search(markup)["total"], 0, "{markup}");
    }
    let found = search("restarted");
    let snippet = &found["hits"][0]["snippets"][0];
    assert_eq!(snippet["line"], 8);
    let text = snippet["text"].as_str().unwrap();
    assert!(text.starts_with("The consumers restarted; see the log & disk ."), "{text}");
    let snippet = search("inventory")["hits"][0]["snippets"][0].clone();
    assert_eq!((&snippet["line"], &snippet["text"]), (&11.into(), &"An inventory of R&D.".into()));
    // The report itself is shown as it is.
    assert_eq!(workshop.stdout(&["show", "a", "--archive", "archive", "--format", "markdown"]).trim(), REPORT.trim());
}

#[test]
fn reports_in_other_encodings_are_found_quoted_and_shown() {
    let workshop = Workshop::with_archive();
    let text = "# Warteschlange überlastet\n\n## Ursache\n\nDer Verbraucher für Größen war zu langsam – für Stunden.\n";
    let windows: Vec<u8> = text.chars().map(|c| if c == '–' { 0x96 } else { c as u8 }).collect();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(workshop.path().join("archive/windows.md"), windows).unwrap();
    fs::write(workshop.path().join("archive/utf16.md"), utf16).unwrap();
    fs::write(workshop.path().join("archive/zip.md"), b"PK\x03\x04\x14\0\x06\0").unwrap();
    let run = workshop.rca(&["check", "archive"]);
    for expected in [
        "windows.md:1: warning: written in windows-1252; read as such",
        "utf16.md:1: warning: written in UTF-16; read as such",
        "zip.md:1: a binary file (ZIP); skipped",
    ] {
        assert!(run.stdout.contains(expected), "{expected}: {run:?}");
    }
    assert_eq!(run.code, 4, "{run:?}");
    let found = workshop.json(&["search", "Größen", "--archive", "archive"]);
    assert_eq!(found["total"], 2);
    for hit in found["hits"].as_array().unwrap() {
        let text = hit["snippets"][0]["text"].as_str().unwrap();
        assert_eq!(
            (&hit["snippets"][0]["line"], text),
            (&5.into(), "Der Verbraucher für Größen war zu langsam – für Stunden.")
        );
    }
    for name in ["windows", "utf16"] {
        assert_eq!(workshop.stdout(&["show", name, "--archive", "archive", "--format", "markdown"]), text);
        let why = workshop.stdout(&["show", name, "--archive", "archive", "--why"]);
        assert!(why.contains("Warteschlange überlastet"), "{why}");
    }
}
