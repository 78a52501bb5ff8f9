//! Links between incidents of a cluster, and ranges of keys: conditions that take a look at the terms of the index first.
//!
//! In: conditions of a plan. Out: queries. What a link leads to is decided by the names of the incidents of this generation, as in the
//! embedded engine.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::archive::link_key::{LinkKey, link_keys};
use crate::archive::names::{Names, seekers};
use crate::engine::collect::Candidate;
use crate::engine::keys::SEPARATOR;
use crate::engine::links::{Meanings, add_conditions};
use crate::engine::opensearch::compile::Resolved;
use crate::engine::opensearch::counts::Counter as _;
use crate::engine::opensearch::dsl::{all_of, any_of, none, term, terms};
use crate::engine::opensearch::mapping::{FRONT, ID, LINKS, front};
use crate::engine::opensearch::pages::Pages;
use crate::engine::opensearch::snapshot::{Snapshot, everything, hits};
use crate::engine::seam::{Nearest, Reads as _};
use crate::error::Result;
use crate::plan::{Condition, Plan};

/// How many terms, or ids, one request returns.
const AT_ONCE: usize = 1_000;
/// How many ids a page has of which nothing else is read.
const IDS_AT_ONCE: usize = 10_000;

impl Snapshot<'_> {
    /// The queries of the conditions of a plan that only the cluster can tell.
    pub(super) fn resolved(&self, plan: &Plan) -> Result<Resolved> {
        let mut conditions = Vec::new();
        plan.groups.iter().chain(&plan.conditions).for_each(|clause| add_conditions(clause, &mut conditions));
        let mut resolved = Resolved::default();
        for condition in conditions {
            let query = match condition {
                Condition::LinksTo(ids) => self.linking_to(ids)?,
                Condition::LinkedFrom(ids) => self.linked_from(ids)?,
                Condition::Linked => terms(ID, &self.linked()?),
                Condition::KeyRange { key, range } => {
                    let start = front(key, Some(""));
                    let is_in =
                        |term: &String| term.split_once(SEPARATOR).is_some_and(|(_, value)| range.contains(value));
                    let values: Vec<String> = self.terms_of(FRONT, &start)?.into_iter().filter(is_in).collect();
                    terms(FRONT, &values)
                }
                _ => continue,
            };
            resolved.add(condition, query);
        }
        Ok(resolved)
    }

    /// The terms of a field that start so, of the incidents of this generation.
    fn terms_of(&self, field: &str, start: &str) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let mut after = Value::Null;
        loop {
            let mut composite = json!({ "size": AT_ONCE, "sources": [{ "term": { "terms": { "field": field } } }] });
            // The terms before it are no answer; those behind the last of these end the list.
            if !after.is_null() {
                composite["after"] = json!({ "term": after });
            } else if !start.is_empty() {
                composite["after"] = json!({ "term": before(start) });
            }
            let query =
                self.living_and(if start.is_empty() { everything() } else { json!({ "prefix": { field: start } }) });
            let body = json!({
                "size": 0, "track_total_hits": false, "query": query, "aggs": { "terms": { "composite": composite } },
            });
            let answer = self.ask(&body)?;
            let page = &answer["aggregations"]["terms"];
            let here = page["buckets"].as_array().into_iter().flatten();
            let here: Vec<&str> = here.filter_map(|bucket| bucket["key"]["term"].as_str()).collect();
            let is_last =
                here.len() < AT_ONCE || here.last().is_some_and(|last| *last > start && !last.starts_with(start));
            found.extend(here.into_iter().filter(|term| term.starts_with(start)).map(str::to_owned));
            after = page["after_key"]["term"].clone();
            if is_last || after.is_null() {
                return Ok(found);
            }
        }
    }

    /// The incidents that link to any of these, each but itself.
    fn linking_to(&self, ids: &[String]) -> Result<Value> {
        let mut meanings = Meanings::new(self.all_names()?);
        let mut any = Vec::new();
        for id in ids {
            let mut found = Vec::new();
            for name in seekers(id) {
                let terms = self.terms_of(LINKS, &LinkKey::terms_start(&name))?;
                found.extend(terms.into_iter().filter(|term| meanings.of(term) == Some(id)));
            }
            found.sort_unstable();
            found.dedup();
            if !found.is_empty() {
                any.push(json!({ "bool": { "filter": [terms(LINKS, &found)], "must_not": [term(ID, id)] } }));
            }
        }
        Ok(any_of(any))
    }

    /// The ids of the incidents that link to this one, and of those that have one of these keys of front matter, sorted. Of more
    /// than `most`, only the first of `near` that are among them.
    pub(crate) fn referring_to(&self, id: &str, keys: &[&str], near: Nearest<'_>, most: usize) -> Result<Vec<String>> {
        let keys: Vec<String> = keys.iter().map(|key| front(key, None)).collect();
        let referring = any_of(vec![self.linking_to(&[id.to_owned()])?, terms(FRONT, &keys)]);
        let mut ids = self.ids_of(&referring, most + 1)?;
        if ids.len() > most {
            let near = near()?;
            let near: Vec<&str> = near.iter().map(Candidate::id).collect();
            let found = self.ids_of(&all_of(vec![referring, terms(ID, &near)]), near.len())?;
            let found = near.into_iter().filter(|near| found.iter().any(|found| found == near));
            return Ok(found.take(most).map(str::to_owned).collect());
        }
        ids.retain(|other| other != id);
        ids.sort_unstable();
        Ok(ids)
    }

    /// The ids of at most so many incidents that match, in no order.
    fn ids_of(&self, query: &Value, most: usize) -> Result<Vec<String>> {
        let body = json!({
            "size": most, "track_total_hits": false, "_source": false, "stored_fields": "_none_",
            "docvalue_fields": [ID], "query": self.living_and(query.clone()),
        });
        let answer = self.ask(&body)?;
        Ok(hits(&answer).filter_map(|hit| hit["fields"][ID][0].as_str()).map(str::to_owned).collect())
    }

    /// The incidents that any of these link to, each but itself.
    fn linked_from(&self, ids: &[String]) -> Result<Value> {
        let names = self.all_names()?;
        let mut found = Vec::new();
        for id in ids {
            let Some(incident) = self.get(id)? else { continue };
            let linked = link_keys(&incident).into_keys().filter_map(|key| names.linked_to(&key));
            found.extend(linked.filter(|linked| linked != id));
        }
        Ok(if found.is_empty() { none() } else { terms(ID, &found) })
    }

    /// The ids of the incidents that another one links to; found once in a commit.
    fn linked(&self) -> Result<Arc<[String]>> {
        if let Some(known) = self.view().linked.get() {
            return Ok(Arc::clone(known));
        }
        let mut meanings = Meanings::new(self.all_names()?);
        let mut targets: HashMap<String, Vec<String>> = HashMap::new();
        for term in self.terms_of(LINKS, "")? {
            if let Some(id) = meanings.of(&term) {
                targets.entry(id.clone()).or_default().push(term);
            }
        }
        let targets: Vec<(String, Vec<String>)> = targets.into_iter().collect();
        let from_others = |(id, links): &(String, Vec<String>)| json!({ "bool": { "filter": [terms(LINKS, links)], "must_not": [term(ID, id)] } });
        let counts = self.counts(targets.iter().map(from_others).collect())?;
        let linked = targets.into_iter().zip(counts).filter(|(_, count)| *count > 0).map(|((id, _), _)| id);
        let linked: Arc<[String]> = linked.collect();
        Ok(Arc::clone(self.view().linked.get_or_init(|| linked)))
    }

    /// The names of all incidents, loaded once in a commit.
    pub(super) fn all_names(&self) -> Result<Arc<Names>> {
        if let Some(known) = self.view().names.get() {
            return Ok(Arc::clone(known));
        }
        let mut names = Names::default();
        let mut pages = self.by_id();
        while let Some(page) = pages.next(IDS_AT_ONCE, &[])? {
            hits(&page).filter_map(|hit| hit["sort"][0].as_str()).for_each(|id| names.add(id));
        }
        Ok(Arc::clone(self.view().names.get_or_init(|| Arc::new(names))))
    }

    /// All incidents, sorted by id.
    pub(super) fn by_id(&self) -> Pages<'_> {
        let query = self.living_and(everything());
        let mut pages = Pages::new(self, json!({ "query": query, "sort": [{ ID: "asc" }], "track_total_hits": false }));
        pages.keep_open = true;
        pages
    }
}

/// A text before all that start so, and behind most others that are before these.
fn before(start: &str) -> String {
    let mut text = start.to_owned();
    text.pop();
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_begins_before_what_it_is_of() {
        assert_eq!((before("team\0"), before("é")), ("team".to_owned(), String::new()));
    }
}
