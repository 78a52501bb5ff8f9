use super::*;
use crate::archive::{Archive, SETTINGS_FILE};

#[test]
fn an_invalid_settings_file_is_reported_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(SETTINGS_FILE), "exclude = []\ninclud = []\n").unwrap();
    let message = Archive::open(folder.path()).unwrap_err().to_string();
    assert!(message.contains("rca.toml:2: unknown field `includ`"), "{message}");
    std::fs::write(folder.path().join(SETTINGS_FILE), "\nlanguage = \"klingon\"\n").unwrap();
    let message = Archive::open(folder.path()).unwrap_err().to_string();
    assert!(message.contains("rca.toml:2: unknown language `klingon`; these are known: arabic, "), "{message}");
    std::fs::write(folder.path().join(SETTINGS_FILE), "# days\ntimezone = \"Berlin\"\n").unwrap();
    let message = Archive::open(folder.path()).unwrap_err().to_string();
    assert!(message.contains("rca.toml:2: unknown time zone `Berlin`; write a name such as"), "{message}");
    std::fs::write(folder.path().join(SETTINGS_FILE), "timezone = \"Europe/Berlin\"\n").unwrap();
    let zone = Archive::open(folder.path()).unwrap().settings.timezone;
    assert_eq!(zone, DayZone::named("Europe/Berlin").ok());
}

#[test]
fn an_unknown_target_of_a_key_is_reported_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let open = |text: &str| {
        std::fs::write(folder.path().join(SETTINGS_FILE), text).unwrap();
        Archive::open(folder.path()).map(|archive| archive.settings.keys)
    };
    let text = "[keys]\nblast = \"severity\"\nwhat = \"Affected Services\"\nzone = \"sevrity\"\narea = \"nothing\"\n";
    let Err(Error::Settings { path, line, reason }) = open(text) else { panic!("no error") };
    assert_eq!((path, line), (folder.path().join(SETTINGS_FILE), 4));
    assert!(
        reason.starts_with("unknown key `sevrity`; did you mean `severity`? These are known: title, start, date, "),
        "{reason}"
    );
    for known in ["end", "severity", "services", "tags", "status", "duration", "summary", "impact"] {
        assert!(reason.split(", ").any(|name| name == known), "{known} is not in: {reason}");
    }
    assert_eq!(open("[keys]\nsquad = \"team\"\n").unwrap()["squad"], "team");
    for target in ["", "?!", "12", "\\u0000"] {
        let error = open(&format!("[keys]\nsquad = \"{target}\"\n")).unwrap_err().to_string();
        assert!(error.contains("rca.toml:2: `") && error.contains("` is not a name of a key"), "{error}");
    }
    assert_eq!(open("[keys]\nblast = \"severity\"\nort = \"Betroffene Dienste\"\n").unwrap().len(), 2);
}

/// What a settings file is refused for: the line, 0 for the file as a whole, and the reason. None if it is taken.
fn refused(content: &[u8]) -> Option<(u32, String)> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(SETTINGS_FILE), content).unwrap();
    match Archive::open(folder.path()) {
        Ok(_) => None,
        Err(Error::Settings { line, reason, .. }) => Some((line, reason)),
        Err(Error::SettingsUnreadable { reason, .. }) => Some((0, reason)),
        Err(other) => panic!("{other:?}"),
    }
}

/// A list with a line for each item.
fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    let items: Vec<String> = (0..count).map(item).collect();
    format!("[\n{}\n]\n", items.join(",\n"))
}

#[test]
fn strange_settings_files_are_refused_at_the_right_line() {
    let check = |content: &[u8], line: u32, reason: &str| {
        let start = String::from_utf8_lossy(&content[..content.len().min(80)]).into_owned();
        let (at, why) = refused(content).unwrap_or_else(|| panic!("it is taken: {start}"));
        assert!(at == line && why.contains(reason), "{start}\n{at}: {why}");
    };
    let text = |text: String, line, reason| check(text.as_bytes(), line, reason);
    // Globs.
    check(b"# one\n\ninclude = [\n  \"*.txt\",\n  \"a[\",\n]\n", 5, "unclosed character class");
    check(b"include = [\"*.txt\"]\nexclude = [\n\"ok\",\n\"{a,b\"\n]\n", 4, "unclosed alternate group");
    check(b"exclude = [\"ok\"]\n\ninclude = [\"a[\"]\n", 3, "unclosed character class");
    text(format!("exclude = {}", list(1_001, |i| format!("\"x{i}\""))), 1_002, "more than 1000 globs");
    text(format!("exclude = [\"{}\"]", "a*".repeat(501)), 1, "a glob of more than 1000 bytes");
    let large = list(900, |i| format!("\"{}{i}\"", "?".repeat(900)));
    let (line, reason) = refused(format!("exclude = {large}").as_bytes()).unwrap();
    assert!((2..902).contains(&line) && reason.contains("too large"), "{line}: {reason}");
    // Synonyms.
    let chain = |i: usize| format!("[\"w{i}\", \"w{}\"]", i + 1);
    text(format!("[synonyms]\nadd = {}", list(30_000, chain)), 102, "`w100` joins more than 100 words and phrases");
    let hub = |i: usize| format!("[\"hub\", \"w{i}\"]");
    text(format!("[synonyms]\nadd = {}", list(30_000, hub)), 102, "`w99` joins more than 100 words and phrases");
    let pair = |i: usize| format!("[\"a{i}\", \"b{i}\"]");
    text(format!("[synonyms]\nadd = {}", list(5_001, pair)), 5_003, "more than 10000 words and phrases");
    text(format!("[synonyms]\nadd = [[\"a\",\n\"{}\"]]\n", "b ".repeat(17)), 3, "more than 16 words");
    text(format!("[synonyms]\nremove = {}", list(10_001, |i| format!("\"w{i}\""))), 10_003, "more than 10000 words");
    // Tables and lists without end.
    let lines = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    text(format!("[keys]\n{}", lines(1_001, &|i| format!("k{i} = \"team\"\n"))), 1_002, "more than 1000 keys");
    text(
        format!("[headings]\n{}", lines(1_001, &|i| format!("h{i} = \"rootcause\"\n"))),
        1_002,
        "more than 1000 headings",
    );
    text(format!("[severity]\n{}", lines(1_001, &|i| format!("s-{i} = 1\n"))), 1_002, "more than 1000 labels");
    let services = lines(20_001, &|i| format!("[services.s{i}]\n"));
    text(services, 20_001, "more than 20000 names of services");
    let aliases = list(20_000, |i| format!("\"t{i}\""));
    text(format!("[services.s]\naliases = {aliases}"), 20_002, "more than 20000 names of services");
    text(
        format!("[check.allowed]\ntags = {}", list(10_001, |i| format!("\"t{i}\""))),
        10_003,
        "more than 10000 allowed values",
    );
    // Encodings.
    let utf16: Vec<u8> = "day_first = true\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&utf16, 0, "UTF-16; save it as UTF-8");
    check(&[b"\xff\xfe".to_vec(), utf16].concat(), 0, "UTF-16; save it as UTF-8");
    check(b"day_first = true\n[headings]\n\"Ursache f\xfcr\" = \"rootcause\"\n", 3, "invalid UTF-8");
    check(b"\xef\xbb\xbfday_first = true\nfoo = 1\n", 2, "unknown field `foo`");
    check(b"day_first = true\r\nfoo = 1\r\n", 2, "unknown field `foo`");
    check(b"day_first = true\rlanguage = \"german\"\r", 1, "carriage return must be followed by newline");
    check(b"day_first = true\n\n\0\n", 3, "expected");
    // Sizes, numbers, nesting.
    text(format!("# {}\n", "x".repeat(1_000_000)), 0, "larger than 1000000 bytes");
    check(b"\nmax_report_bytes = -1\n", 2, "invalid value: integer `-1`");
    check(b"\nmax_report_bytes = 1e9\n", 2, "invalid type: floating point");
    check(b"\nmax_report_bytes = 99999999999999999999999\n", 2, "");
    text(format!("\na = {}{}\n", "[".repeat(100_000), "]".repeat(100_000)), 2, "recurs");
    text(format!("\n[{}]\n", vec!["a"; 100_000].join(".")), 2, "recurs");
    text(format!("\n{} = 1\n", vec!["a"; 100_000].join(".")), 2, "recurs");
    // Other languages, and what other programs leave behind.
    check(b"<!DOCTYPE html>\n", 1, "expected");
    check(b"day_first = true\n<<<<<<< HEAD\n", 2, "expected");
    check(b"day_first = true\nday_first = false\n", 2, "duplicate key");
    check(b"\ntimezone = \"../../etc/passwd\"\n", 2, "unknown time zone");
}

#[test]
fn settings_at_their_largest_are_taken() {
    let numbers = [i64::MAX as u64, u64::MAX, 1_000_000_001];
    for number in numbers {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("max_report_bytes = {number}\nmax_facts_bytes = {number}\n");
        std::fs::write(folder.path().join(SETTINGS_FILE), text).unwrap();
        std::fs::write(folder.path().join("queue.md"), "# Queue backlog\n\n**Severity:** P2\n").unwrap();
        // It states a terabyte, and costs none.
        let sparse = std::fs::File::create(folder.path().join("sparse.md")).unwrap();
        if sparse.set_len(1 << 40).is_err() {
            println!("skipped: files without content cannot be large here");
        }
        let archive = Archive::open(folder.path()).unwrap();
        let index = crate::Index::in_memory().unwrap();
        let report = index.update(&archive, &crate::UpdateOptions::default(), |_| {}).unwrap();
        let problems: Vec<_> = report.problems.iter().map(|found| (&*found.path, found.problem.code())).collect();
        assert_eq!((report.reports, problems), (1, vec![("sparse.md", "file-too-large")]), "{number}");
        let found = index.get("queue").unwrap().unwrap();
        assert_eq!(found.severity.and_then(|severity| severity.value.rank), Some(2));
    }
    let most = format!(
        "include = {}exclude = {}[synonyms]\nadd = {}",
        list(1_000, |i| format!("\"{i}/**/*a*.x\"")),
        list(1_000, |i| format!("\"x{i}*\"")),
        list(5_000, |i| format!("[\"a{i}\", \"b{i}\"]")),
    );
    let empty = "[synonyms]\nadd = [[\"\", \" \"], [], [\"a\"], [\"a\", \"a\"]]\n[services]\n[check]\nrequired = []\n";
    for taken in [most.as_str(), empty, "", "\n\n", "\u{feff}day_first = true\n", "exclude = [\"\"]\n"] {
        assert_eq!(refused(taken.as_bytes()), None, "{}", &taken[..taken.len().min(80)]);
    }
}

#[test]
fn where_an_index_is_cannot_be_said_by_an_archive() {
    let folder = tempfile::tempdir().unwrap();
    let ignored = |text: &str| {
        std::fs::write(folder.path().join(SETTINGS_FILE), text).unwrap();
        let archive = Archive::open(folder.path()).unwrap();
        assert_eq!(archive.settings.day_first, Some(true), "the rest counts: {text}");
        let mut ignored: Vec<_> = archive.ignored_settings.into_iter().map(|one| (one.line, one.key)).collect();
        ignored.sort();
        ignored
    };
    let index = || "index".to_owned();
    let cluster = || "cluster".to_owned();
    assert_eq!(ignored("day_first = true\nindex = \"https://elsewhere.example/x\"\n"), [(2, index())]);
    assert_eq!(ignored("day_first = true\n'index' = {a = 1}\n"), [(2, index())]);
    assert_eq!(ignored("day_first = true\n\n[cluster]\naddresses = [\"http://x\"]\n"), [(3, cluster())]);
    assert_eq!(ignored("cluster.auth.password = { command = [\"sh\"] }\nday_first = true\n"), [(1, cluster())]);
    assert_eq!(ignored("day_first = true\n[[cluster]]\na = 1\n[[cluster]]\na = 2\n"), [(2, cluster())]);
    assert_eq!(ignored("index = 1\nday_first = true\n[\"cluster\"]\n"), [(1, index()), (3, cluster())]);
    assert_eq!(ignored("day_first = true\n"), []);
    // What comes after is still found wrong, in its line.
    std::fs::write(folder.path().join(SETTINGS_FILE), "index = \"http://x\"\nindexes = 1\n").unwrap();
    let message = Archive::open(folder.path()).unwrap_err().to_string();
    assert!(message.contains("rca.toml:2: unknown field `indexes`"), "{message}");
}
