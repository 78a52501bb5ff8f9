use super::*;
use proptest::prelude::*;

/// Lexemes as `position:text`, stems with `~`, parts with `+`.
fn check(text: &str, expected: &str) {
    check_in("english", text, expected);
}

fn check_in(language: &str, text: &str, expected: &str) {
    let analyzer = Analyzer::new(Language::named(language).unwrap());
    check_lexemes(analyzer.lexemes(text), text, expected);
}

fn check_lexemes(mut lexemes: Lexemes<'_>, text: &str, expected: &str) {
    let mut found = Vec::new();
    while let Some(lexeme) = lexemes.next() {
        let mark = match lexeme.kind {
            LexemeKind::Whole => "",
            LexemeKind::Part => "+",
            LexemeKind::Stem => "~",
            LexemeKind::Written => "=",
            LexemeKind::Bare => "!",
            LexemeKind::Last => "$",
        };
        found.push(format!("{}:{mark}{}", lexeme.position, lexeme.text.trim_start_matches(STEM_MARK)));
    }
    assert_eq!(found.join(" "), expected, "{text:?}");
}

#[test]
fn words_yield_themselves_and_their_stems() {
    check("queue backlogs", "0:queue 1:backlogs 1:~backlog");
    check("The user's pods don't start.", "0:the 1:user 2:pods 2:~pod 3:dont 4:start");
    check("Café ＡＰＩ Straße e\u{301}te\u{301}", "0:cafe 1:api 2:strasse 2:~strass 3:ete");
    check("", "");
    check("--- ... |---|", "");
}

#[test]
fn stemming_depends_on_the_language() {
    check_in("german", "Häuser Ausfälle", "0:hauser 0:~haus 1:ausfalle 1:~ausfall");
    // Without the accent on its last letter, this is not a suffix.
    check_in("russian", "Красный", "0:красныи 0:~красн");
    check_in("russian", "красного", "0:красного 0:~красн");
    check_in("none", "queue backlogs", "0:queue 1:backlogs");
}

#[test]
fn the_index_has_the_written_form_of_words_with_accents() {
    let check = |text: &str, expected: &str| check_lexemes(Lexemes::for_index(text), text, expected);
    check("queue backlogs", "0:queue 1:backlogs");
    check("Café-Häuser", "0:cafe-hauser 0:+cafe 0:=cafe\u{1}café 1:+hauser 1:=hauser\u{1}häuser");
    check("障害", "0:+障害 0:$害");
}

#[test]
fn terms_match_stems_of_their_language() {
    let check = |language: &str, term: &str, stem: &str, expected: bool| {
        let analyzer = Analyzer::new(Language::named(language).unwrap());
        assert_eq!(analyzer.has_stem(term, stem), expected, "{language} {term}");
    };
    check("english", "backlogs", "backlog", true);
    check("english", "backlog", "backlog", true);
    check("english", "backlogged", "backlog", true);
    check("english", "blocklog", "backlog", false);
    check("english", "node-7", "node", false);
    check("russian", "красныи\u{1}красный", "красн", true);
    check("russian", "красныи", "красн", false);
    check("german", "hauser\u{1}häuser", "haus", true);
    check("none", "backlogs", "backlog", false);
}

#[test]
fn words_share_a_prefix_with_their_stems() {
    let check = |language: &str, words: &str| {
        let analyzer = Analyzer::new(Language::named(language).unwrap());
        for word in words.split(' ') {
            let folded = folded(word);
            let stem = analyzer.stem(&folded, word).unwrap_or_else(|| folded.clone());
            assert!(folded.starts_with(analyzer.stem_prefix(&stem).unwrap()), "{word} {stem}");
        }
    };
    check(
        "english",
        "abilities capability happiness hopping hoping skies running relational analogies possibly queries",
    );
    check("english", "authorization db ads caches cached failing flies stopped");
    check("english", "being byes ies tied usings adding");
    check("german", "häuser ausfälle störungen gelöst verbindungen");
    check("french", "dégradées journaux réseaux connexions interrompue");
    check("spanish", "interrupciones aplicación conexiones lógicas");
    check("russian", "красный серверами очередей ошибки");
    check("dutch", "gestopte gebroken");
    check("serbian", "сервери");
    // The words of a whole archive would have an empty prefix.
    for language in ["english", "german", "french", "russian"] {
        let analyzer = Analyzer::new(Language::named(language).unwrap());
        for stem in ["by", "in", "hi", "al"] {
            assert!(!analyzer.stem_prefix(stem).unwrap().is_empty(), "{language} {stem}");
        }
        assert_eq!(analyzer.stem_prefix("e"), None);
    }
    assert_eq!(Analyzer::default().stem_prefix("p99"), None);
    assert_eq!(Analyzer::new(Language::NONE).stem_prefix("queue"), None);
}

#[test]
fn short_english_stems_begin_their_words() {
    let analyzer = Analyzer::default();
    let letters = || ('a'..='z').map(String::from);
    let beginnings = letters().chain(letters().flat_map(|a| letters().map(move |b| a.clone() + &b)));
    let endings =
        "s es ies ied ed ing eed eedly edly ingly y e l i ly li bli al ally er ers ion ions ism ity ities ness"
            .split(' ');
    for beginning in beginnings {
        for ending in endings.clone() {
            for last in ["", "s", "ed", "ing", "ly", "al"] {
                let word = format!("{beginning}{ending}{last}");
                let stem = analyzer.stem(&word, &word).unwrap_or_else(|| word.clone());
                // As `dying` is of `die`.
                if stem.ends_with("ie") && word.contains("ying") {
                    continue;
                }
                assert!(word.starts_with(analyzer.stem_prefix(&stem).unwrap_or(&stem)), "{word} {stem}");
            }
        }
    }
}

#[test]
fn identifiers_yield_the_whole_and_their_parts() {
    check("inventory-api", "0:inventory-api 0:+inventory 0:~inventori 1:+api");
    check("ERR_CONN_RESET", "0:err_conn_reset 0:+err 1:+conn 2:+reset");
    check("NullPointerException", "0:nullpointerexception 0:+null 1:+pointer 2:+exception");
    check("OOMKilled", "0:oomkilled 0:+oom 1:+killed");
    check("p99 iPhone OAuth k8s", "0:p99 1:iphone 1:~iphon 2:oauth 3:k8s");
    check("10.0.0.1:443,", "0:10.0.0.1:443 0:+10 1:+0 2:+0 3:+1 4:+443");
    check("CVE-2024-3094", "0:cve-2024-3094 0:+cve 1:+2024 2:+3094");
    check("k8s-node-7.eu-west-1", "0:k8s-node-7.eu-west-1 0:+k8s 1:+node 2:+7 3:+eu 4:+west 5:+1");
    check("/var/log/syslog", "0:var/log/syslog 0:+var 1:+log 2:+syslog");
    check("Error:foo level=warn", "0:error 1:foo 2:level 3:warn");
    let hash = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    check(hash, &format!("0:{hash}"));
}

#[test]
fn text_without_spaces_yields_pairs() {
    check("障害対応", "0:+障害 1:+害対 2:+対応 2:$応");
    check("API障害。鯖", "0:api 1:+障害 1:$害 2:鯖");
    check("장애 발생", "0:+장애 0:$애 1:+발생 1:$생");
}

#[test]
fn text_without_spaces_is_the_same_in_every_encoding() {
    for (text, same) in [
        ("ﾃﾞｰﾀ停止", "データ停止"),
        ("テ\u{3099}ータ停止", "データ停止"),
        ("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}", "한글"),
    ] {
        let texts = |text: &str| {
            let mut found = Vec::new();
            let mut lexemes = Lexemes::for_index(text);
            while let Some(lexeme) = lexemes.next() {
                assert!(text.get(lexeme.span.0..lexeme.span.1).is_some_and(|s| !s.is_empty()));
                found.push((lexeme.position, lexeme.text.to_owned()));
            }
            found
        };
        assert_eq!(texts(text), texts(same));
    }
}

#[test]
fn a_long_run_without_spaces_loses_no_pair() {
    let run = "障害".repeat(400);
    let mut lexemes = Lexemes::for_index(&run);
    let mut pairs = 0;
    while let Some(lexeme) = lexemes.next() {
        pairs += u32::from(lexeme.kind == LexemeKind::Part);
    }
    assert_eq!(pairs, 799);
}

#[test]
fn characters_without_width_do_not_split_a_word() {
    check("ware\u{200b}house \u{feff}pool", "0:warehouse 0:~warehous 1:pool");
}

#[test]
fn plurals_of_abbreviations_are_one_word() {
    check("CRDs, PVCs VMs", "0:crds 1:pvcs 2:vms");
    check("CRDsync", "0:crdsync 0:+cr 1:+dsync");
}

#[test]
fn names_with_a_sign_yield_the_name_without_it_too() {
    check("C++ c#, F# g++", "0:c++ 0:!c 1:c# 1:!c 2:f# 2:!f 3:g++ 3:!g");
    check("C++17", "0:c++ 0:!c 1:17");
    check(".NET (.env) asp.net", "0:.net 0:!net 1:.env 1:!env 2:asp.net 2:+asp 3:+net");
    // Sums, links to headings, points in prose.
    check("a+b i++j #12 pool#size pool# x...y ./run", "0:a 1:b 2:i 3:j 4:12 5:pool 6:size 7:pool 8:x 9:y 10:run");
    check("node.js", "0:node.js 0:+node 1:+js");
}

#[test]
fn long_lexemes_are_truncated_at_a_character_boundary() {
    let long = "é".repeat(400);
    let analyzer = Analyzer::default();
    let mut lexemes = analyzer.lexemes(&long);
    assert_eq!(lexemes.next().map(|l| l.text.len()), Some(255));
}

proptest! {
    #[test]
    fn any_text_yields_ordered_lexemes_with_valid_spans(text in "\\PC{0,80}|[a-zA-Z0-9'._:/ é障ーﾃﾞ+#-]{0,80}") {
        let analyzer = Analyzer::default();
        let mut lexemes = analyzer.lexemes(&text);
        let (mut position, mut start) = (0, 0);
        while let Some(lexeme) = lexemes.next() {
            prop_assert!(lexeme.position >= position && !lexeme.text.is_empty());
            prop_assert!(text.get(lexeme.span.0..lexeme.span.1).is_some_and(|s| !s.is_empty()));
            if lexeme.kind == LexemeKind::Whole {
                prop_assert!(lexeme.span.0 >= start);
                start = lexeme.span.0;
            }
            position = lexeme.position;
        }
    }
}
