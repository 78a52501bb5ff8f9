//! Tests of weighted words: the texts, and what is looked for of them.

use super::*;
use crate::incident::{DayZone, HouseNames};
use crate::plan::Vocabulary;
use crate::plan::tests::texts;
use crate::query::{self, QueryOptions};
use crate::text::Synonyms;
use crate::text::analyzer::Analyzer;

/// A vocabulary in which words of this list are in so many incidents of a hundred; other forms count too.
struct Frequencies(&'static [(&'static str, u64)]);

impl Vocabulary for Frequencies {
    fn similar(&self, _: &str, _: u8, _: usize) -> Result<Vec<String>> {
        Ok(vec!["corrected".to_owned()])
    }

    fn has(&self, word: &str) -> Result<bool> {
        Ok(self.0.iter().any(|(known, _)| *known == word))
    }

    fn incidents_with(&self, forms: &[Form]) -> Result<u64> {
        let of = |form: &Form| self.0.iter().find(|(known, _)| *known == form.pattern.text()).map_or(0, |(_, n)| *n);
        Ok(forms.iter().map(of).max().unwrap_or(0))
    }
}

fn weighted(texts: &WeightedTexts, filter: &str) -> Plan {
    const KNOWN: &[(&str, u64)] =
        &[("disk", 40), ("full", 30), ("lag", 3), ("orders", 2), ("order", 20), ("service", 50), ("acquir", 1)];
    let query = query::parse(filter, &QueryOptions::default()).unwrap();
    let (analyzer, synonyms) = (Analyzer::default(), Synonyms::default());
    let (house, zone) = (&HouseNames::default(), &DayZone::default());
    let vocabulary = &Frequencies(KNOWN);
    let planner = Planner { analyzer: &analyzer, synonyms: &synonyms, vocabulary, house, now: 0, zone };
    planner.plan_weighted(texts, &query, 100).unwrap()
}

#[test]
fn of_weighted_texts_the_words_that_say_most_are_looked_for() {
    let texts =
        |words| WeightedTexts::new([("Disk full disk".to_owned(), 1.0), ("lag of the orders".to_owned(), 3.0)], words);
    let plan = weighted(&texts(30), "*");
    assert!(plan.any && plan.needed == plan.ranked && plan.groups.is_empty() && plan.conditions.is_empty());
    assert_eq!(texts_of(&plan), ["disk", "full", "lag", "orders"], "in the order of the texts, without stop words");
    // Three times the weight; the word that is repeated counts a little more.
    assert!((plan.words[2].weight - 3.0).abs() < 1e-6 && plan.words[0].weight > 1.0 && plan.words[0].weight < 1.5);
    // Weight times rarity decides.
    assert_eq!(texts_of(&weighted(&texts(2), "*")), ["lag", "orders"]);
    assert_eq!(texts_of(&weighted(&texts(3), "*")), ["full", "lag", "orders"]);
    assert_eq!(plan.interpreted.to_string(), "disk OR full OR lag OR orders");
}

#[test]
fn weighted_words_have_their_forms_and_nothing_is_corrected() {
    let plan = weighted(&WeightedTexts::new([("acquiring dsik order-service".to_owned(), 1.0)], 30), "*");
    assert_eq!(texts_of(&plan), ["acquiring", "order", "service"], "stems, and parts of identifiers");
    assert!(plan.corrections.is_empty());
    assert!(plan.words[1].weight < 1.0 && !plan.words[1].is_extra(), "a part weighs less, and counts");
    let k8s = weighted(&WeightedTexts::new([("lag".to_owned(), 1.0)], 30), "*");
    assert!(k8s.words[0].forms().any(|form| form.pattern == Pattern::Stem("lag".to_owned())));
    assert!(weighted(&WeightedTexts::default(), "*").ranked.is_empty());
}

#[test]
fn filters_hold_for_weighted_texts_and_services_are_preferred() {
    let mut texts = WeightedTexts::new([("disk full".to_owned(), 1.0)], 30);
    texts.services = vec!["Order Service".to_owned()];
    let plan = weighted(&texts, "lag severity:P1 -full");
    assert_eq!(texts_of(&plan), ["disk", "full"]);
    let [Clause::Words(needed), Clause::Condition(_), Clause::Not(excluded)] = &plan.conditions[..] else {
        panic!("{:?}", plan.conditions)
    };
    assert_eq!(crate::plan::tests::texts(&plan, needed), ["lag"]);
    assert!(matches!(&**excluded, Clause::Words(words) if crate::plan::tests::texts(&plan, words) == ["full"]));
    let key = crate::schema::Facet::Service.key("order-service", &HouseNames::default());
    assert!(matches!(&plan.preferred, Some(Condition::Facet { keys, .. }) if *keys == [key]), "{:?}", plan.preferred);
}

fn texts_of(plan: &Plan) -> Vec<String> {
    texts(plan, &plan.ranked)
}
