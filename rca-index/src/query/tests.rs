//! The whole language: every construct, every error, and properties of arbitrary input.

use proptest::prelude::*;

use super::*;
use crate::schema::{FIELDS, Facet, FieldKind, LinkField, NumberField, TextField};

fn query(text: &str) -> Query {
    parse(text, &QueryOptions::default()).unwrap_or_else(|errors| panic!("{text}: {errors}"))
}

/// The query as parsed, with parentheses around every group.
fn shape(node: &Node) -> String {
    let all =
        |parts: &[Node], between: &str| format!("({})", parts.iter().map(shape).collect::<Vec<_>>().join(between));
    match &node.kind {
        NodeKind::And(parts) => all(parts, " & "),
        NodeKind::Or(parts) => all(parts, " | "),
        NodeKind::Not(inner) => format!("!{}", shape(inner)),
        _ => node.to_string(),
    }
}

fn check(text: &str, expected: &str) {
    assert_eq!(shape(&query(text).root), expected, "{text}");
}

#[test]
fn words_phrases_and_wildcards() {
    check("queue backlog", "(queue & backlog)");
    check("\"connection pool\"   \"pool leak\"~3", "(\"connection pool\" & \"pool leak\"~3)");
    check("certif* kubernets~ leak~", "(certif* & kubernets~2 & leak~1)");
    check("kubernets~1", "kubernets~1");
    check("*", "*");
    check("", "*");
    check("don't", "don't");
    check("\"\" queue", "queue");
    check("queue , -- !", "queue");
}

#[test]
fn operators() {
    check("a OR b c", "(a | (b & c))");
    check("a AND b OR c AND d", "((a & b) | (c & d))");
    check("NOT a b", "(!a & b)");
    check("-ab -\"b c\" -(d e)", "(!ab & !\"b c\" & !(d & e))");
    check("NOT NOT a", "a");
    check("(kafka OR rabbitmq) rootcause:lag", "((kafka | rabbitmq) & rootcause:lag)");
    check("a (b (c d))", "(a & b & c & d)");
    check("or and not", "(or & and & not)");
    check("() a", "a");
}

#[test]
fn operators_of_other_tools() {
    check("kafka || rabbitmq", "(kafka | rabbitmq)");
    check("kafka && rabbitmq || redis", "((kafka & rabbitmq) | redis)");
    check("-* a", "(!* & a)");
    check("NOT * a", "(!* & a)");
    check("NOT n a", "(!n & a)");
    check("-锁", "!锁");
    check("what? 2*3 **bold** a||b", "(what? & 2*3 & \\**bold** & a||b)");
}

#[test]
fn options_of_a_pasted_command_are_words() {
    check("kubectl -n payments delete pod", "(kubectl & \\-n & payments & delete & pod)");
    check("java -Xmx4g -jar app.jar", "(java & -Xmx4g & \\-jar & app.jar)");
    check("curl --retry 5 -H upload", "(curl & --retry & 5 & \\-H & upload)");
    check("tar -czf logs.tgz", "(tar & \\-czf & logs.tgz)");
    check("kubectl -tag:deploy -(a b) -\"c d\"", "(kubectl & !tag:deploy & !(a & b) & !\"c d\")");
    check("java -spring NOT n", "(java & !spring & !n)");
    check("kubectl get pods || exit", "(kubectl & get & pods & exit)");
}

#[test]
fn a_query_is_lenient_while_it_is_typed() {
    let check = |text: &str, expected: &str| {
        let query = parse(text, &QueryOptions::as_you_type()).unwrap_or_else(|errors| panic!("{text}: {errors}"));
        assert_eq!(shape(&query.root), expected, "{text}");
    };
    // Every step of a query.
    for (text, expected) in [
        ("", "*"),
        ("q", "q*"),
        ("queue", "queue*"),
        ("queue ", "queue"),
        ("queue b", "(queue & b*)"),
        ("queue -", "queue"),
        ("queue -d", "queue"),
        ("queue -dep", "(queue & !dep)"),
        ("queue A", "(queue & A*)"),
        ("queue AND", "queue"),
        ("queue AND ", "queue"),
        ("queue OR k", "(queue | k*)"),
        ("queue NOT", "queue"),
        ("queue s", "(queue & s*)"),
        ("queue service", "(queue & service*)"),
        ("queue service:", "queue"),
        ("queue -service:", "queue"),
        ("queue service:inv", "(queue & service:inv*)"),
        ("queue service:inv ", "(queue & service:inv)"),
        ("queue service:a,", "(queue & service:a)"),
        ("queue service:a,b", "(queue & (service:a | service:b*))"),
        ("queue service:\"", "queue"),
        ("queue service:\"order s", "(queue & service:\"order s\"*)"),
        ("queue severity:", "queue"),
        ("queue severity:>=", "queue"),
        ("queue severity:>=P1", "(queue & severity:>=P1)"),
        ("queue date:2", "queue"),
        ("queue date:2025-0", "queue"),
        ("queue date:2025-06", "(queue & date:2025-06)"),
        ("queue date:last-", "queue"),
        ("queue duration:>", "queue"),
        ("queue duration:>1", "(queue & duration:>1)"),
        ("queue sort:", "queue"),
        ("queue sort:-d", "queue"),
        ("queue has:act", "queue"),
        ("queue has:act ", "queue"),
        ("queue has:actions", "(queue & has:actions)"),
        ("queue -team:pay", "queue"),
        ("queue servce:bil", "queue"),
        ("(", "*"),
        ("(kafka", "kafka*"),
        ("(kafka OR ", "kafka"),
        ("(kafka OR rab", "(kafka | rab*)"),
        ("rootcause:(", "*"),
        ("rootcause:(la", "rootcause:la*"),
        ("title:dis", "title:dis*"),
        ("title:\"disk fu", "title:\"disk\""),
        ("\"", "*"),
        ("\"connection po", "(\"connection\" & po*)"),
        ("\"connection pool\"", "\"connection pool\""),
        ("a ka*a", "a"),
        ("inventory-a", "inventory-a*"),
        ("10.0.0.1:4", "10.0.0.1:4*"),
        ("certif*", "certif*"),
    ] {
        check(text, expected);
    }
    // What is wrong before the end stays an error.
    assert!(parse("servce:billing queue", &QueryOptions::as_you_type()).is_err());
    assert!(parse("date:soon queue", &QueryOptions::as_you_type()).is_err());
}

#[test]
fn values_of_facets() {
    check("tag:🔥", "tag:\"🔥\"");
    check("service:order*", "service:order*");
    check("service:\"order s\"*", "service:\"order s\"*");
    check("service:order*,billing tag:\"a*\"", "((service:billing | service:order*) & tag:\"a*\")");
    check("service:*", "has:service");
    check("-service:*", "!has:service");
    assert!(parse("tag:,", &QueryOptions::default()).is_err());
}

#[test]
fn fields() {
    check("service:billing-api severity:P1,P2", "(service:billing-api & severity:P1,P2)");
    check("services:\"a b\",c", "service:\"a b\",c");
    check("tag:(db OR net) -tag:deploy", "((tag:db | tag:net) & !tag:deploy)");
    check("title:\"disk full\"", "title:\"disk full\"");
    check("rootcause:(lag OR lo*)", "(rootcause:lag | rootcause:lo*)");
    check("impact:revenue impact:>50000 impact:100..", "(impact:revenue & impact:>50000 & impact:>=100)");
    check("severity:>=P1 severity:<sev3", "(severity:>=P1 & severity:<sev3)");
    check("severity:\">=major outage\"", "severity:\">=major outage\"");
    check("severity:P1..P3", "(severity:>=P3 & severity:<=P1)");
    check("duration:>1h30m duration:30..90 ttm:<30m", "(duration:>90 & duration:30..90 & ttm:<30)");
    check(
        "users:1000 revenue:>=10k latency:>2s error_rate:5%",
        "(users:1000 & revenue:>=10000 & latency:>2000 & error_rate:5)",
    );
    check("date:2025-06 date:2025-06..2025-07 date:30d", "(date:2025-06 & date:2025-06-01..2025-07-31 & date:30d)");
    check("has:actions no:cause", "(has:actions & no:rootcause)");
    assert_eq!(
        query("x sort:-duration").sort,
        Some(Sort { key: SortKey::Number(NumberField::Duration), descending: true })
    );
    assert_eq!(query("sort:date").root.kind, NodeKind::All);
}

/// The text that a key stands for where the archive does not have it, and what is asked of it where it does.
fn key(text: &str) -> (String, KeyTest) {
    match query(text).root.kind {
        NodeKind::Key { test, otherwise: Otherwise::Node(node), .. } => (shape(&node), test),
        kind => panic!("{text} is no key: {kind:?}"),
    }
}

#[test]
fn a_name_that_is_no_field_may_be_a_key() {
    let values = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    let check_key = |text: &str, literal: &str, expected: &[&str]| {
        let (shown, test) = key(text);
        assert_eq!(shown, literal, "{text}");
        assert!(
            matches!(&test, KeyTest::Values { values: found, .. } if *found == values(expected)),
            "{text}: {test:?}"
        );
        check(text, text);
    };
    check_key("team:payments", "\\team:payments", &["payments"]);
    check_key("team:\"order processing\"", "(\\team:\"order & \\processing\")", &["order processing"]);
    check_key("team:\"a, b\",c", "(\\team:\"a, & \\b\",c)", &["a, b", "c"]);
    check_key("vendor.name:acme", "\\vendor.name:acme", &["acme"]);
    check_key("チーム:決済", "\\チーム:決済", &["決済"]);
    check("-team:a (team:b OR x)", "(!team:a & (team:b | x))");
    check("has:team no:vendor.name", "(has:team & no:vendor.name)");
    // A number by another name, which an archive may have as a key.
    assert_eq!(key("cost:>100").0, "revenue:>100");
    check("cost:>100 revenue:>100", "(cost:>100 & revenue:>100)");
    // In a field, a colon is part of a word.
    check("rootcause:(level:error)", "rootcause:\\level:error");
    for text in ["10.0.0.1:443", "std::fmt", "C:\\Windows", "\\team:a", "\"team:a\"", "team: a", "f:(x)", "=a:b"] {
        let names_a_key = format!("{:?}", query(text)).contains("Key {");
        assert!(!names_a_key, "{text}");
    }
    assert_eq!(parse("team:a", &QueryOptions::literal()).unwrap().to_string(), "\\team:a");
}

#[test]
fn pasted_text_is_plain_words() {
    check("10.0.0.1:443", "10.0.0.1:443");
    check("ERROR: timed out", "(ERROR: & timed & out)");
    check("http://host/path?x=1&y=(2)", "\\http://host/path?x=1&y=(2)");
    check("at Foo.bar(Foo.java:12)", "(at & \\Foo.bar(Foo.java:12))");
    check("{\"level\":\"error\"}", "\\{\"level\":\"error\"}");
    check("port:443 C:\\Windows", "(port:443 & C:\\Windows)");
    check("--force x->y", "(--force & x->y)");
    check("12:30:01 [main] WARN", "(12:30:01 & [main] & WARN)");
    check("Status: 500", "(Status: & 500)");
    check("\\AND \\service:x", "(\\AND & \\service:x)");
    for odd in [
        "severyty:>#\0~",
        "(title:\\0 title://a) OR title:a",
        "&vici sevmrity:P0,\"\r..\"\"\"P2userq:csev",
        "sev:>0\0(",
    ] {
        assert_eq!(query(&query(odd).to_string()), query(odd), "{odd}");
    }
    let literal = parse("\"AND -x service:y (", &QueryOptions::literal()).unwrap();
    assert_eq!(shape(&literal.root), "(\\\"AND & \\-x & \\service:y)");
}

/// For each error: the text of its span, the reason and the fix.
fn errors(text: &str) -> Vec<(String, String, String)> {
    let errors = parse(text, &QueryOptions::default()).expect_err(text);
    errors.0.into_iter().map(|e| (text[e.span.clone()].to_owned(), e.reason(), e.fix())).collect()
}

#[test]
fn errors_have_a_span_a_reason_and_a_fix() {
    let check = |text: &str, span: &str, reason: &str, fix: &str| {
        let found = errors(text);
        assert!(found[0].0 == span && found[0].1.contains(reason) && found[0].2.contains(fix), "{text}: {found:?}");
    };
    check("a \"b c", "\"b c", "unclosed quote", "--literal");
    check("(a b", "(", "unclosed `(`", "--literal");
    check("a) b", ")", "unmatched `)`", "--literal");
    check("a OR", "OR", "both sides", "`or`");
    check("OR a", "OR", "both sides", "`or`");
    check("a AND", "AND", "both sides", "`and`");
    check("a NOT", "NOT", "nothing to exclude", "`not`");
    check("serviec:billing", "serviec:", "unknown field `serviec`", "`service:billing`");
    check("severte:ty:P2\\,\"-]3  P2\\,\"-0", "severte:", "unknown field `severte`", "`severity:ty");
    check("duration:soon", "soon", "`soon` is not a duration", "`1h30m`");
    check("date:2025-13", "2025-13", "not a valid date", "`2025-06`");
    check("date:>=4024", ">=4024", "not a valid date", "`2025-06`");
    check("severity:>=-", ">=-", "not a severity", ">=P1");
    check("duration:90..30", "90..30", "ends before it begins", "30..90");
    check("has:\"a b\"", "has:\"a b\"", "unknown field `a b`", "title");
    check("sort:wings", "wings", "cannot sort by `wings`", "duration");
    check("x~9", "x~9", "at most 2", "x~2");
    check("\"a b\"~x", "\"a b\"~x", "not a valid number", "~3");
    check("a*b*", "a*b*", "end of a word", "a*");
    check("k?fka died", "k?fka", "end of a word", "`k*`");
    check("*kafka*", "*kafka*", "end of a word", "`kafka*`");
    check("service:or*er", "or*er", "end of a word", "`or*`");
    check("kafka^2 lag", "kafka^2", "no weights", "`kafka`");
    check("\"kafka lag\"^2", "\"kafka lag\"^2", "no weights", "`\"kafka lag\"`");
    check("\"fire on part\"*", "\"fire on part\"*", "no wildcard", "`\"fire on\" part*`");
    check("/kaf.*a/", "/kaf.*a/", "regular expressions", "`kaf*`");
    check("queue -n", "-n", "exclude the word `n`", "`NOT n`");
    check("severity:P*", "P*", "not a severity", ">=P1");
    check("kafka ||", "||", "both sides", "`or`");
    check("!!", "!!", "no word", "`*`");
    check("()", "()", "no word", "`*`");
    check(&"(".repeat(100), "(", "nested too deeply", "");
    assert_eq!(errors("duration:x users:y (a").len(), 3);
    assert!(parse(&"a".repeat(MAX_QUERY_BYTES + 1), &QueryOptions::default()).is_err());
}

#[test]
fn filters_and_sort_keys_parse_on_their_own() {
    assert_eq!(parse_filter("service", "a,b").unwrap().to_string(), "service:a,b");
    assert_eq!(parse_filter("duration", ">=30m").unwrap().to_string(), "duration:>=30");
    assert_eq!(parse_filter("date", "90d").unwrap().to_string(), "date:90d");
    assert!(parse_filter("wings", "a").is_err());
    assert_eq!(key_filter("Wings", "a,b").unwrap().to_string(), "wings:a,b");
    assert!(key_filter("wings", " ").is_err() && key_filter("wings", ">x").is_err());
    assert!(parse_filter("service", " ").is_err());
    assert_eq!(parse_sort("-date").unwrap(), Sort { key: SortKey::Date, descending: true });
    assert!(parse_sort("tags").is_err());
    let both = query("a b").and(parse_filter("tag", "c").unwrap());
    assert_eq!(both.to_string(), "a b tag:c");
    assert_eq!(query("").and(parse_filter("tag", "c").unwrap()).to_string(), "tag:c");
}

fn node(kind: NodeKind) -> Node {
    Node { kind, span: 0..0 }
}

fn text_fields() -> Vec<Option<TextField>> {
    let fields = FIELDS.iter().filter_map(|spec| match spec.kind {
        FieldKind::Text(field) => Some(Some(field)),
        _ => None,
    });
    fields.chain([None, None, None]).collect()
}

fn leaf() -> impl Strategy<Value = Node> {
    let word = "[a-zA-Z0-9é日\\-_.:/\\\\()\"~*><=$]{0,6}[a-z0-9][a-z0-9:()\"*~\\\\]{0,3}";
    let plain = "[a-z0-9][a-z0-9-]{0,6}[a-z0-9]";
    let text = prop_oneof![
        4 => word.prop_map(Text::Word),
        1 => prop::sample::select(&["AND", "OR", "NOT", "-a", "service:x", "\\a"][..]).prop_map(|word| Text::Word(word.into())),
        2 => ("[a-z\"\\\\ :()]{0,8}[a-z]", 0..9_u32).prop_map(|(text, slop)| Text::Phrase { text, slop }),
        1 => plain.prop_map(Text::Prefix),
        1 => (plain, 1..3_u8).prop_map(|(word, distance)| Text::Fuzzy { word, distance }),
    ];
    let text =
        (prop::sample::select(text_fields()), text).prop_map(|(field, text)| node(NodeKind::Text { field, text }));
    let facet = (prop::sample::select(&Facet::ALL[..]), prop::collection::vec("[a-z0-9 ,\"()\\\\/-]{0,4}[a-z]", 1..3))
        .prop_map(|(facet, values)| {
            node(NodeKind::Facet { facet, values: values.iter().map(|v| v.trim().to_owned()).collect() })
        });
    let prefix =
        (prop::sample::select(&[Facet::Service, Facet::Tag, Facet::Status][..]), "[a-z0-9 ,\"()\\\\/*-]{0,4}[a-z]")
            .prop_map(|(facet, prefix)| node(NodeKind::FacetPrefix { facet, prefix: prefix.trim().to_owned() }));
    let number = (0..100_000_u32, 0..100_u32, 0..5).prop_map(|(a, b, form)| {
        let (a, b) = (f64::from(a) / 4.0, f64::from(a) / 4.0 + f64::from(b));
        let range = match form {
            0 => NumberRange { from: Some((a, true)), to: Some((b, true)) },
            1 => NumberRange { from: Some((a, false)), to: None },
            2 => NumberRange { from: None, to: Some((a, false)) },
            3 => NumberRange { from: None, to: Some((a, true)) },
            _ => NumberRange { from: None, to: None },
        };
        node(NodeKind::Number { field: NumberField::Impact, range })
    });
    let second = 0..4_000_000_000_i64;
    let date = prop_oneof![
        (second.clone(), 1..100_000_000_i64)
            .prop_map(|(from, length)| DateRange::Between { from: Some(from), until: Some(from + length) }),
        second.clone().prop_map(|from| DateRange::Between { from: Some(from), until: None }),
        second.prop_map(|until| DateRange::Between { from: None, until: Some(until) }),
        (1..9000_i64).prop_map(|hours| DateRange::Last { seconds: hours * 3600 }),
    ];
    let severity = (prop::sample::select(&["P1", "sev3", "critical"][..]), any::<bool>()).prop_map(|(name, worse)| {
        let comparison = if worse { Comparison::GreaterOrEqual } else { Comparison::Less };
        node(NodeKind::SeverityRank { comparison, name: name.into() })
    });
    let links =
        (any::<bool>(), prop::collection::vec("[a-z0-9 ,\"()\\\\/*:#%-]{0,6}[a-z]", 1..3)).prop_map(|(to, names)| {
            let field = if to { LinkField::Links } else { LinkField::Backlinks };
            node(NodeKind::Links { field, names: names.iter().map(|name| name.trim().to_owned()).collect() })
        });
    let has = (prop::sample::select(FIELDS), any::<bool>())
        .prop_map(|(spec, present)| node(NodeKind::Has { field: spec.name, present }));
    prop_oneof![5 => text, 1 => facet, 1 => prefix, 1 => number, 1 => date.prop_map(|range| node(NodeKind::Date(range))), 1 => severity, 1 => links, 1 => has, 1 => Just(node(NodeKind::All))]
}

/// Trees as the parser builds them: no AND directly in an AND, no OR in an OR, no NOT in a NOT.
fn tree() -> impl Strategy<Value = Node> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        let several = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            several.clone().prop_map(|parts| {
                let flat = parts.into_iter().flat_map(|part| match part.kind {
                    NodeKind::And(inner) => inner,
                    kind => vec![node(kind)],
                });
                node(NodeKind::And(flat.collect()))
            }),
            several.prop_map(|parts| {
                let flat = parts.into_iter().flat_map(|part| match part.kind {
                    NodeKind::Or(inner) => inner,
                    kind => vec![node(kind)],
                });
                node(NodeKind::Or(flat.collect()))
            }),
            inner.prop_map(|part| match part.kind {
                NodeKind::Not(inner) => *inner,
                kind => node(NodeKind::Not(Box::new(node(kind)))),
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_formatted_query_parses_as_itself(root in tree(), sorted in any::<bool>()) {
        let sort = sorted.then_some(Sort { key: SortKey::Severity, descending: true });
        let query = Query { root, sort };
        let text = query.to_string();
        prop_assert_eq!(parse(&text, &QueryOptions::default()), Ok(query), "{}", text);
    }

    #[test]
    fn any_text_parses_or_fails_with_valid_spans(text in "(\\PC|[a-z]{1,4}|service:|date:|>=|\\(|\\)|\"| |AND |OR |NOT |-|\\*|~|\\\\|,|\\.\\.){0,40}") {
        match parse(&text, &QueryOptions::default()) {
            Ok(query) => prop_assert_eq!(parse(&query.to_string(), &QueryOptions::default()), Ok(query)),
            Err(errors) => {
                prop_assert!(!errors.0.is_empty());
                for error in errors.0 {
                    prop_assert!(text.get(error.span.clone()).is_some() && !error.reason().is_empty() && !error.fix().is_empty());
                }
            }
        }
        let literal = parse(&text, &QueryOptions::literal());
        // Of what is half-typed nothing remains that cannot be formatted.
        if let Ok(query) = parse(&text, &QueryOptions::as_you_type()) {
            prop_assert!(parse(&query.to_string(), &QueryOptions::default()).is_ok(), "{}", query);
        }
        prop_assert_eq!(literal.is_err(), !text.trim().is_empty() && !text.chars().any(char::is_alphanumeric));
    }
}

#[test]
fn literal_signs_are_formatted_as_text() {
    for text in [
        "severity:,>P1",
        "impact:ch,\"! \"\"\"\"x y.",
        "severity:,\">P1\",",
        "(NO \"d* O((b OR NO \" \\dO((b ) OR (NO \"Zy eO\" y-~1 eO\"y(~1)",
        "(a \\AND!(b ) OR (NOT a AND!(\"y-f*)",
    ] {
        if let Ok(query) = parse(text, &QueryOptions::default()) {
            let written = query.to_string();
            assert_eq!(parse(&written, &QueryOptions::default()).map(|query| query.to_string()), Ok(written), "{text}");
        }
    }
}
