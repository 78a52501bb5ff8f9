//! Manual pages: the sections that readers expect, and no fault for the formatter.

use std::fs;
use std::process::{Command, Stdio};

use super::Workshop;

#[test]
fn every_page_has_its_sections() {
    let workshop = Workshop::new();
    workshop.stdout(&["man", "--out", "share/man1"]);
    let pages = workshop.path().join("share");
    let commands = workshop.commands();
    let names = commands.iter().map(|command| format!("rca-{command}.1")).chain(["rca.1".to_owned()]);
    for name in names {
        let page = fs::read_to_string(pages.join("man1").join(&name)).unwrap();
        for section in ["NAME", "SYNOPSIS", "EXAMPLES", "ENVIRONMENT", "FILES", "\"EXIT STATUS\"", "\"SEE ALSO\""] {
            assert!(page.contains(&format!("\n.SH {section}\n")), "{name}: {section}: {page}");
        }
        assert!(page.contains("RCA_ARCHIVE") && page.contains("rca.toml"), "{name}");
    }
    let query = fs::read_to_string(pages.join("man7/rca-query.7")).unwrap();
    assert_eq!(query, workshop.stdout(&["man", "query"]));
    for part in [".TH rca-query 7", ".SH FIELDS", "certif*", "severity", "NOT binds tighter"] {
        assert!(query.contains(part), "{part}: {}", &query[..400]);
    }
    workshop.stdout(&["man", "--out", "flat"]);
    assert!(workshop.path().join("flat/rca-query.7").is_file());
}

#[test]
fn the_formatter_finds_no_fault() {
    let workshop = Workshop::new();
    for words in [&["man"][..], &["man", "search"], &["man", "query"]] {
        let page = workshop.stdout(words);
        let spawned = Command::new("groff")
            .args(["-k", "-man", "-Tutf8", "-ww", "-z"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let Ok(mut groff) = spawned else {
            println!("skipped: there is no groff to format manual pages");
            return;
        };
        std::io::Write::write_all(&mut groff.stdin.take().unwrap(), page.as_bytes()).unwrap();
        let output = groff.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if said.contains("can't find macro file") || said.contains("fatal error") {
            println!("skipped: groff has no macros for manual pages");
            return;
        }
        assert_eq!(said, "", "{words:?}");
    }
}

#[test]
fn pages_and_help_say_the_same_of_variables_and_exit_codes() {
    let workshop = Workshop::new();
    let (page, help) = (workshop.stdout(&["man"]), workshop.stdout(&["--help"]));
    let variables: Vec<&str> = help.split("[env: ").skip(1).filter_map(|rest| rest.split([']', '=']).next()).collect();
    assert!(variables.contains(&"RCA_ARCHIVE"), "{help}");
    let variables_page = page.split(".SH ENVIRONMENT").nth(1).unwrap();
    assert!(variables.iter().all(|name| variables_page.contains(&format!("\\fB{name}\\fR"))), "{variables:?}: {page}");
    let codes = help.lines().skip_while(|line| *line != "Exit codes:").skip(1).take_while(|line| !line.is_empty());
    let codes: Vec<char> = codes.filter_map(|line| line.chars().nth(2).filter(char::is_ascii_digit)).collect();
    assert_eq!(codes, ['0', '1', '2', '3', '4']);
    let codes_page = page.split(".SH \"EXIT STATUS\"").nth(1).unwrap();
    assert!(codes.iter().all(|code| codes_page.contains(&format!("\\fB{code}\\fR"))), "{page}");
}
