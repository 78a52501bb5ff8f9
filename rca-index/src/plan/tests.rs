//! Tests of plans: the query, and the expected plan.

use super::*;
use crate::error::Result;
use crate::incident::{DayZone, HouseNames};
use crate::query::{self, QueryOptions};
use crate::ranking::{
    EXTRA_WEIGHT, FUZZY_WEIGHT, MAX_CORRECTED, MAX_EXCLUDED, MAX_FUZZY, MAX_PHRASE_WORDS, MAX_WORDS, PREFIX_WEIGHT,
    SYNONYM_WEIGHT,
};
use crate::text::Synonyms;
use crate::text::analyzer::Analyzer;

/// A vocabulary of these words; words one edit away are similar.
struct Words(&'static [&'static str]);

/// A vocabulary of words that has the key `team` with the value `payments`, and the key `due` with a day in June.
struct Keys;

impl Vocabulary for Keys {
    fn similar(&self, _: &str, _: u8, _: usize) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn incidents_with(&self, _: &[Form]) -> Result<u64> {
        Ok(1)
    }

    fn has(&self, _: &str) -> Result<bool> {
        Ok(false)
    }

    fn has_key(&self, key: &str) -> Result<bool> {
        Ok(["team", "due", "cost"].contains(&key))
    }

    fn has_value(&self, key: &str, value: &str) -> Result<bool> {
        Ok([("team", "payments"), ("due", "2025-06-02"), ("cost", "100")].contains(&(key, value)))
    }
}

impl Vocabulary for Words {
    fn similar(&self, word: &str, distance: u8, most: usize) -> Result<Vec<String>> {
        let pattern = Pattern::Typo { word: word.to_owned(), distance };
        let similar = self.0.iter().filter(|known| pattern.weight_of(known).is_some());
        Ok(similar.take(most).map(|&known| known.to_owned()).collect())
    }

    fn has(&self, word: &str) -> Result<bool> {
        Ok(self.0.contains(&word))
    }

    fn incidents_with(&self, forms: &[Form]) -> Result<u64> {
        Ok(forms.iter().filter(|form| self.0.contains(&form.pattern.text())).count() as u64)
    }
}

fn plan_with(text: &str, vocabulary: &dyn Vocabulary) -> Plan {
    let query = query::parse(text, &QueryOptions::default()).unwrap();
    let (analyzer, synonyms) = (Analyzer::default(), Synonyms::default());
    let (house, zone) = (&HouseNames::default(), &DayZone::default());
    Planner { analyzer: &analyzer, synonyms: &synonyms, vocabulary, house, now: 1_000_000, zone }.plan(&query).unwrap()
}

fn plan(text: &str) -> Plan {
    plan_with(text, &AnyVocabulary)
}

pub(super) fn texts(plan: &Plan, words: &[WordId]) -> Vec<String> {
    words.iter().map(|&id| plan.words[id].text.clone()).collect()
}

/// The required words, and the other words for ranking.
fn check(text: &str, needed: &[&str], beside: &[&str], interpreted: &str) {
    let plan = plan(text);
    let others: Vec<WordId> = plan.ranked.iter().copied().filter(|id| !plan.needed.contains(id)).collect();
    assert_eq!(texts(&plan, &plan.needed), needed, "needed: {text}");
    assert_eq!(texts(&plan, &others), beside, "ranked beside: {text}");
    assert_eq!(plan.interpreted.to_string(), interpreted, "interpreted: {text}");
}

#[test]
fn words_are_required_and_ranked() {
    check("zebra quagga", &["zebra", "quagga"], &[], "zebra quagga");
    check("zebra \"blue quagga\"", &["zebra", "blue quagga"], &[], "zebra \"blue quagga\"");
    check("zeb* quagga~1", &["zeb", "quagga"], &[], "zeb* quagga~1");
    check("zebra (quagga OR okapi)", &["zebra"], &["quagga", "okapi"], "zebra (quagga OR okapi)");
    check("zebra -quagga", &["zebra"], &[], "zebra NOT quagga");
    check("*", &[], &[], "*");
    check("severity:P1", &[], &[], "severity:P1");
    check("zebra-quagga", &["zebra-quagga"], &["zebra", "quagga"], "zebra-quagga");
}

#[test]
fn filters_become_clauses() {
    let plan = plan("zebra (quagga OR okapi) -gnu severity:P1 date:1d has:actions");
    assert!(matches!(&plan.groups[..], [Clause::Any(parts)] if parts.len() == 2));
    let [Clause::Not(excluded), conditions @ ..] = &plan.conditions[..] else { panic!("{:?}", plan.conditions) };
    assert!(matches!(&**excluded, Clause::Words(words) if texts(&plan, words) == ["gnu"]));
    let severity = crate::schema::Facet::Severity;
    let keys = vec![severity.key("sev1", &HouseNames::default())];
    let expected = [
        Condition::Facet { facet: severity, keys },
        Condition::Date {
            range: TimeRange { from: Some(1_000_000 - 86_400), until: Some(1_000_000 + 86_400) },
            days: false,
            zoned: None,
        },
        Condition::Has { field: "actions", present: true },
    ];
    assert_eq!(conditions, expected.map(Clause::Condition));
}

#[test]
fn words_of_a_group_are_interpreted_together() {
    let plan = plan("zebra OR (load balancer the)");
    assert!(plan.needed.is_empty());
    assert_eq!(texts(&plan, &plan.ranked), ["zebra", "load", "balancer"]);
    let [Clause::Any(parts)] = &plan.groups[..] else { panic!("{:?}", plan.groups) };
    assert!(matches!(&parts[1], Clause::Words(words) if texts(&plan, words) == ["load", "balancer"]));
    let text = plan.interpreted.to_string();
    assert!(text.starts_with("zebra OR ((load balancer) OR lb OR "), "{text}");
}

#[test]
fn stop_words_are_dropped_beside_other_words() {
    check("the zebra", &["zebra"], &[], "zebra");
    check("the", &["the"], &[], "the");
    check("who was the", &["who", "was", "the"], &[], "who was the");
    // A word after a field name counts as another word, and is kept even if it is a stop word.
    check("the rootcause:zebra", &["zebra"], &[], "rootcause:zebra");
    check("zebra title:the", &["zebra", "the"], &[], "zebra title:the");
    check("the \"blue zebra\"", &["the", "blue zebra"], &[], "the \"blue zebra\"");
}

#[test]
fn synonyms_are_alternatives_of_the_words() {
    let synonyms_of = |plan: &Plan, word: usize| -> Vec<String> {
        let others = plan.words[word].alternatives.iter().filter(|a| (a.weight - SYNONYM_WEIGHT).abs() < 1e-6);
        let text = |a: &Alternative| a.slots.iter().map(|s| s.forms[0].pattern.text()).collect::<Vec<_>>().join(" ");
        others.map(text).collect()
    };
    let k8s = plan("k8s");
    assert_eq!(synonyms_of(&k8s, 0), ["kubernetes", "kube"]);
    assert_eq!(k8s.interpreted.to_string(), "k8s OR kubernetes OR kube");
    let both = plan("load balancer");
    assert!(synonyms_of(&both, 0).contains(&"lb".to_owned()) && synonyms_of(&both, 1).contains(&"lb".to_owned()));
    // A run does not cross into another field.
    for text in ["rootcause:load balancer", "load rootcause:balancer", "title:load rootcause:balancer"] {
        let plan = plan(text);
        assert!((0..2).all(|word| synonyms_of(&plan, word).iter().all(|other| other != "lb")), "{text}");
        assert_eq!(plan.interpreted.to_string(), text);
    }
    let inside = plan("rootcause:k8s");
    assert_eq!(synonyms_of(&inside, 0), ["kubernetes", "kube"]);
    assert_eq!(inside.interpreted.to_string(), "rootcause:k8s OR rootcause:kubernetes OR rootcause:kube");
}

#[test]
fn a_text_of_several_words_stays_as_typed_unless_one_changes() {
    check("zebra=quagga", &["zebra", "quagga"], &[], "zebra=quagga");
    check("zebra=the", &["zebra"], &[], "zebra");
    let plan = plan("zebra=k8s");
    assert_eq!(plan.interpreted.to_string(), "zebra (k8s OR kubernetes OR kube)");
}

#[test]
fn an_unknown_word_is_corrected() {
    let words = Words(&["zebra", "zebre", "quagga"]);
    let plan = plan_with("zebro quagga", &words);
    let meant = ["zebra", "zebre"].map(str::to_owned).to_vec();
    assert_eq!(plan.corrections, [Correction { typed: "zebro".to_owned(), meant }]);
    assert_eq!(plan.interpreted.to_string(), "(zebro OR zebra OR zebre) quagga");
    let last = plan.words[0].alternatives.last().unwrap();
    assert!((last.weight - FUZZY_WEIGHT).abs() < 1e-6);
    // Other forms of the corrections match, with less weight.
    let forms = &last.slots[0].forms;
    let exact: Vec<&str> = forms.iter().filter(|form| form.weight >= 1.0).map(|form| form.pattern.text()).collect();
    assert_eq!(exact, ["zebra", "zebre"]);
    assert!(forms.iter().any(|form| matches!(form.pattern, Pattern::Stem(_))));
    // Not corrected: excluded words, identifiers, numbers, short words.
    for text in ["quagga -zebro", "zebr0", "zeb", "zebra-1"] {
        assert!(plan_with(text, &words).corrections.is_empty(), "{text}");
    }
    // A word is known if an incident has one of its synonyms.
    assert!(plan_with("kubernetez", &Words(&["kubernetes"])).corrections.len() == 1);
    assert!(plan_with("kubernetes", &Words(&["k8s"])).corrections.is_empty());
}

#[test]
fn long_words_allow_two_edits_and_corrections_are_limited() {
    let words = Words(&["consumers", "lagged"]);
    assert_eq!(plan_with("konzumers", &words).corrections.len(), 1);
    assert!(plan_with("lxgxed", &words).corrections.is_empty(), "two edits leave little of a short word");
    let pasted: Vec<String> = ('a'..='t').map(|c| format!("lagge{c}")).filter(|word| word != "lagged").collect();
    assert_eq!(plan_with(&pasted.join(" "), &words).corrections.len(), MAX_CORRECTED);
    let groups: Vec<String> = pasted.iter().map(|word| format!("(consumers {word})")).collect();
    assert_eq!(plan_with(&groups.join(" OR "), &words).corrections.len(), MAX_CORRECTED, "in all groups together");
    let same = plan_with("laggex zebra laggex", &words);
    assert_eq!(same.corrections.len(), 1);
    assert_eq!(same.interpreted.to_string(), "(laggex OR lagged) zebra (laggex OR lagged)");
}

#[test]
fn equal_words_are_one_word_that_counts_as_often_as_it_was_typed() {
    let times = |text: &str| -> Vec<(String, u32)> {
        plan(text).ranked_words().map(|word| (word.text.clone(), word.times)).collect()
    };
    let word = |text: &str, times| (text.to_owned(), times);
    assert_eq!(times("zebra quagga zebra Zebra"), [word("zebra", 3), word("quagga", 1)]);
    assert_eq!(times("zebra (zebra OR quagga) zebra"), [word("zebra", 3), word("quagga", 1)]);
    assert_eq!(times("\"blue zebra\" \"blue zebra\" zeb* zeb*"), [word("blue zebra", 2), word("zeb", 2)]);
    assert_eq!(times("zebra title:zebra zebra~1"), [word("zebra", 1), word("zebra", 1), word("zebra", 1)]);
    assert_eq!(times("okapi-gnus okapi-gnus"), [word("okapi-gnus", 2), word("okapi", 2), word("gnus", 2)]);
    let plan = plan("zebra quagga zebra -zebra -zebra -zebra");
    let at = |offset| TypedAt { sequence: 0, offset };
    assert_eq!(plan.words[0].typed_at, [at(0), at(2)]);
    assert_eq!((plan.typed(), plan.needed.len(), plan.words.len()), (3, 2, 3));
    assert_eq!(plan.conditions.len(), 1, "an exclusion counts once");
    assert!(plan.cuts.is_empty());
}

#[test]
fn what_a_query_has_too_much_of_is_cut_and_named() {
    let cut = |what, kept, of| Cut { what, kept, of };
    let numbered =
        |count: usize, made: &dyn Fn(usize) -> String| -> String { (0..count).map(made).collect::<Vec<_>>().join(" ") };
    let phrase = plan(&format!("\"{}\"~3", numbered(100, &|i| format!("w{i}x"))));
    assert_eq!(phrase.cuts, [cut(CutKind::PhraseWords, MAX_PHRASE_WORDS, 100)]);
    assert_eq!(phrase.words[0].alternatives[0].slots.len(), MAX_PHRASE_WORDS);

    let fuzzy = plan(&(numbered(20, &|i| format!("{}zebra~2", (b'a' + i as u8) as char)) + " azebra~2"));
    assert_eq!(fuzzy.cuts, [cut(CutKind::FuzzyWords, MAX_FUZZY, 20)]);
    let is_fuzzy = |word: &Word| word.forms().any(|form| matches!(form.pattern, Pattern::Typo { .. }));
    assert_eq!(fuzzy.ranked_words().filter(|word| is_fuzzy(word)).count(), MAX_FUZZY);
    assert_eq!(fuzzy.ranked.len(), 20, "the others match as typed");

    // The words that the archive has are the last.
    let many = numbered(MAX_WORDS + 100, &|i| format!("{i}")) + " zebra quagga";
    let words = plan_with(&many, &Words(&["zebra", "quagga"]));
    assert_eq!(words.cuts, [cut(CutKind::Words, MAX_WORDS, MAX_WORDS + 102)]);
    assert_eq!((words.ranked.len(), words.needed.len()), (MAX_WORDS, MAX_WORDS));
    assert!(["zebra", "quagga"].iter().all(|known| words.ranked_words().any(|word| word.text == *known)));

    let excluded = plan(&("zebra ".to_owned() + &numbered(MAX_EXCLUDED + 10, &|i| format!("-10{i}"))));
    assert_eq!(excluded.cuts, [cut(CutKind::ExcludedWords, MAX_EXCLUDED, MAX_EXCLUDED + 10)]);
    assert_eq!((excluded.conditions.len(), excluded.ranked.len()), (MAX_EXCLUDED, 1));
    assert!(plan(&numbered(MAX_WORDS, &|i| format!("{i}"))).cuts.is_empty());
}

#[test]
fn the_rarest_words_are_affordable() {
    let kept = |text: &str, most: u64| {
        let mut plan = plan(text);
        let cost = |word: WordId| [10, 1, 100, 5][word];
        plan.keep_affordable(|word| 1.0 / cost(word) as f32, cost, most);
        (texts(&plan, &plan.ranked).join(" "), plan.needed.len(), plan.groups, plan.cuts)
    };
    let cut = |kept| vec![Cut { what: CutKind::Words, kept, of: 4 }];
    assert_eq!(kept("aa bb cc dd", 116), ("aa bb cc dd".to_owned(), 4, Vec::new(), Vec::new()));
    assert_eq!(kept("aa bb cc dd", 16), ("aa bb dd".to_owned(), 3, Vec::new(), cut(3)));
    assert_eq!(kept("aa bb cc dd", 0), ("bb".to_owned(), 1, Vec::new(), cut(1)), "one is always kept");
    // What is left of a group is asked for.
    let (words, needed, groups, _) = kept("aa bb (cc OR dd)", 16);
    assert_eq!((words.as_str(), needed), ("aa bb dd", 2));
    assert_eq!(groups, [Clause::Any(vec![Clause::Words(vec![3])])]);
    assert_eq!(kept("aa bb (cc OR dd)", 1).2, [], "a group of which nothing is left holds");
}

#[test]
fn parts_of_identifiers_add_to_the_score_only() {
    let plan = plan("inventory-api checkout-web");
    assert_eq!((plan.typed(), plan.ranked.len()), (2, 6));
    let part = plan.ranked_words().find(|word| word.text == "inventory").unwrap();
    assert!(part.is_extra() && (part.weight - EXTRA_WEIGHT).abs() < 1e-6);
    assert_eq!(super::tests::plan("inventory-api").ranked_words().filter(|word| !word.is_extra()).count(), 1);
}

#[test]
fn words_keep_their_typed_position() {
    let plan = plan("zebra \"blue okapi\" quagga");
    let at = |text: &str| plan.ranked_words().find(|word| word.text == text).unwrap().typed_at.clone();
    assert_eq!(at("zebra"), [TypedAt { sequence: 0, offset: 0 }]);
    assert_eq!(at("quagga"), [TypedAt { sequence: 0, offset: 1 }]);
    assert_eq!(at("blue okapi"), []);
}

#[test]
fn patterns_match_words() {
    let check = |pattern: &Pattern, word: &str, expected: Option<f32>| {
        assert_eq!(pattern.weight_of(word), expected, "{pattern:?} {word}");
    };
    let prefix = Pattern::Prefix("certif".to_owned());
    check(&prefix, "certif", Some(1.0));
    check(&prefix, "certificate", Some(PREFIX_WEIGHT));
    check(&prefix, "certi", None);
    let typo = |word: &str, distance| Pattern::Typo { word: word.to_owned(), distance };
    check(&typo("queue", 1), "queue", Some(1.0));
    check(&typo("queue", 1), "queeu", Some(FUZZY_WEIGHT));
    check(&typo("queue", 1), "quee", Some(FUZZY_WEIGHT));
    check(&typo("queue", 1), "que", None);
    check(&typo("queue", 2), "que", Some(FUZZY_WEIGHT * FUZZY_WEIGHT));
    check(&typo("queue", 2), "qu", None);
    check(&Pattern::Word("queue".to_owned()), "queue", Some(1.0));
    check(&Pattern::Word("queue".to_owned()), "queues", None);
}

#[test]
fn a_plan_can_be_built_from_weighted_words() {
    let plan = Plan::of_words([
        Word::weighted(vec!["lag".to_owned(), "lags".to_owned()], 3.0),
        Word::weighted(vec!["kafka".to_owned()], 1.5),
    ]);
    let ranked: Vec<(&str, f32, usize)> =
        plan.ranked_words().map(|word| (word.text.as_str(), word.weight, word.forms().count())).collect();
    assert_eq!(ranked, [("lag", 3.0, 2), ("kafka", 1.5, 1)]);
    assert_eq!((plan.needed.len(), plan.typed(), plan.conditions.len()), (2, 2, 0));
}

#[test]
fn excluded_words_are_excluded_as_typed() {
    let words = Words(&["zebra", "kubernetes", "quagga"]);
    for text in ["quagga -zebro", "quagga -k8s", "quagga -(zebro k8s)"] {
        let plan = plan_with(text, &words);
        let [Clause::Not(_)] = &plan.conditions[..] else { panic!("{:?}", plan.conditions) };
        let excluded = plan.words.iter().enumerate().filter(|(id, _)| !plan.ranked.contains(id));
        for (_, word) in excluded {
            assert_eq!(word.alternatives.len(), 1, "{text}: {word:?}");
        }
        assert!(plan.corrections.is_empty());
    }
}

#[test]
fn a_key_is_a_filter_where_the_index_has_it_and_text_elsewhere() {
    let conditions = |text: &str| {
        let plan = plan_with(text, &Keys);
        let shown = plan.interpreted.to_string();
        (plan.conditions, shown)
    };
    let filter = |key: &str, values: &[&str]| {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        Clause::Condition(Condition::Key { key: key.to_owned(), values })
    };
    let has = |present| Clause::Condition(Condition::HasKey { key: "team".to_owned(), present });
    assert_eq!(conditions("zebra Team:Payments,\"A  b\"").0, [filter("team", &["payments", "a b"])]);
    assert_eq!(conditions("zebra -team:a").0, [Clause::Not(Box::new(filter("team", &["a"])))]);
    assert_eq!(conditions("has:team").0, [has(true)]);
    assert_eq!(conditions("no:team").0, [has(false)]);
    // A day is a value, a month that is none covers its days.
    assert_eq!(conditions("due:2025-06-02").0, [filter("due", &["2025-06-02"])]);
    let is_range = |text: &str| matches!(&conditions(text).0[..], [Clause::Condition(Condition::KeyRange { .. })]);
    assert!(is_range("due:2025-06") && is_range("due:>=2025") && is_range("cost:>5"));
    assert_eq!(conditions("zebra team:payments level:error").1, "zebra \\level:error team:payments");

    let half = |text: &str| {
        let query = query::parse(text, &QueryOptions::as_you_type()).unwrap();
        let (analyzer, synonyms, house) = (Analyzer::default(), Synonyms::default(), HouseNames::default());
        let zone = &DayZone::default();
        Planner { analyzer: &analyzer, synonyms: &synonyms, vocabulary: &Keys, house: &house, now: 0, zone }
            .plan(&query)
            .unwrap()
    };
    for text in ["zebra team:pay", "zebra due:>="] {
        let present = |clause: &Clause| matches!(clause, Clause::Condition(Condition::HasKey { present: true, .. }));
        assert!(matches!(&half(text).conditions[..], [only] if present(only)), "{text}: {:?}", half(text).conditions);
    }
    assert_eq!(half("zebra team:payments ").conditions, [filter("team", &["payments"])]);
    // Where there is no such key, its last word goes on.
    let text = half("zebra level:err");
    let slots = text.words.iter().flat_map(|word| &word.alternatives).flat_map(|alternative| &alternative.slots);
    let start = Pattern::Start("err".to_owned());
    assert!(slots.flat_map(|slot| &slot.forms).any(|form| form.pattern == start));

    let literal = plan_with("zebra level:error msg:\"lost it\"", &Keys);
    assert!(literal.conditions.is_empty());
    assert_eq!(literal.words, plan_with("zebra \\level:error \\msg:\"lost it\"", &Keys).words);
    assert!(matches!(&plan("team:payments").conditions[..], []), "no index, no keys");
    assert!(matches!(&plan("cost:>5").conditions[..], [Clause::Condition(Condition::Number { .. })]));
    let filter_only = query::key_filter("squad", "a").unwrap();
    let query = query::parse("", &QueryOptions::default()).unwrap().and(filter_only);
    let (analyzer, synonyms, house) = (Analyzer::default(), Synonyms::default(), HouseNames::default());
    let zone = &DayZone::default();
    let planner = Planner { analyzer: &analyzer, synonyms: &synonyms, vocabulary: &Keys, house: &house, now: 0, zone };
    assert_eq!(planner.plan(&query).unwrap().conditions, [filter("squad", &["a"])]);
    for (text, reason) in [("has:wings", "unknown field `wings`"), ("x due:>soon", "`>soon` is not a number")] {
        let query = query::parse(text, &QueryOptions::default());
        let error = query.map_err(crate::Error::from).and_then(|query| planner.plan(&query)).unwrap_err();
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[test]
fn a_pattern_of_several_words_is_one_of_each() {
    let check = |query: &str, expected: &[Pattern]| {
        let plan = plan(query);
        let forms = plan.ranked_words().flat_map(|word| word.forms().map(|form| form.pattern.clone()));
        assert_eq!(forms.collect::<Vec<_>>(), expected, "{query}");
        assert_eq!(plan.needed.len(), expected.len(), "{query}");
    };
    let typo = |word: &str, distance| Pattern::Typo { word: word.to_owned(), distance };
    let exact = |word: &str| Pattern::Word(word.to_owned());
    let prefix = |word: &str| Pattern::Prefix(word.to_owned());
    // Two edits of a short part would match almost anything, whatever the length of the whole.
    check("uk*bernetes~", &[typo("uk", 1), typo("bernetes", 2)]);
    check("uk*bernetes~1", &[typo("uk", 1), typo("bernetes", 1)]);
    check("uk*bernetes~2", &[typo("uk", 1), typo("bernetes", 2)]);
    check("a=bcdefgh~", &[typo("a", 1), typo("bcdefgh", 2)]);
    check("level=warning,critical~", &[typo("level", 1), typo("warning", 2), typo("critical", 2)]);
    check("Große*Fehlersuche~", &[typo("grosse", 2), typo("fehlersuche", 2)]);
    check("x*y~", &[typo("x", 1), typo("y", 1)]);
    // One word has the distance that was asked for, and an identifier is one.
    check("uk~2", &[typo("uk", 2)]);
    check("uk~", &[typo("uk", 1)]);
    check("kubernets~", &[typo("kubernets", 2)]);
    check("kubernets~1", &[typo("kubernets", 1)]);
    check("order-api~", &[typo("order-api", 2)]);
    check("certif*", &[prefix("certif")]);
    check("level=warn*", &[exact("level"), prefix("warn")]);
}
