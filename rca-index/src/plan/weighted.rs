//! Weighted words: a plan from texts that count differently, as those of a pasted alert, where any word suffices.
//!
//! In: texts with weights, and a vocabulary. Out: a plan of the words that say most, by their weight and by how rare they
//! are in the archive. What no incident has says nothing: nothing is corrected, and nothing has to be there.

use std::collections::{HashMap, HashSet};

use crate::error::Result;
use crate::incident::beginning::beginning;
use crate::incident::{Incident, SectionKind};
use crate::plan::draft::Draft;
use crate::plan::planner::Planner;
use crate::plan::sequence::Sequence;
use crate::plan::words::words;
use crate::plan::{
    Alternative, AnyVocabulary, Clause, Condition, CutKind, Form, Pattern, Plan, TypedAt, Word, WordId, matching_keys,
};
use crate::query::{Node, NodeKind, Query, Text};
use crate::ranking::{
    MAX_OTHER_FORMS, MAX_REPORT_BYTES, MAX_SERVICES, MAX_WEIGHED, MIN_DISTINCT, MIN_PART_BYTES, REPORT_WORDS,
    SIGNAL_WORDS, WEIGHTED_PART_WEIGHT, idf, repeated_weight,
};
use crate::schema::Facet;
use crate::signal::Signal;
use crate::text::analyzer::LexemeKind;

/// What to look for, as texts whose words count differently.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct WeightedTexts {
    /// The texts, and how much each word of them counts.
    pub texts: Vec<(String, f32)>,
    /// Services that an incident had better have. They never exclude another.
    pub services: Vec<String>,
    /// How many words are looked for: those with the most weight that the archive knows.
    pub words: usize,
    /// The id of the incident that the texts are of. It is never found, and what no other incident has says nothing.
    pub except: Option<String>,
}

impl WeightedTexts {
    /// Texts with weights, of which so many words are looked for.
    ///
    /// # Examples
    /// ```
    /// use rca_index::WeightedTexts;
    ///
    /// let texts = WeightedTexts::new([("DiskFull".to_owned(), 3.0), ("no space left".to_owned(), 1.0)], 30);
    /// assert_eq!((texts.texts.len(), texts.words), (2, 30));
    /// ```
    pub fn new(texts: impl IntoIterator<Item = (String, f32)>, words: usize) -> Self {
        Self { texts: texts.into_iter().collect(), services: Vec::new(), words, except: None }
    }

    /// The whole text of a report, for other reports like it. What its section of related incidents says is said of others.
    /// Of a longer text, the first megabyte counts.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, SearchRequest, WeightedTexts};
    ///
    /// # let index = Index::in_memory()?;
    /// let report = Incident::new("OPS-1", "Queue backlog");
    /// index.upsert([report.clone(), Incident::new("OPS-2", "The queue had a backlog")])?;
    /// let found = index.search(&SearchRequest::weighted(WeightedTexts::of_report(&report)))?;
    /// let ids: Vec<&str> = found.hits.iter().map(|hit| hit.incident.id.as_str()).collect();
    /// assert_eq!(ids, ["OPS-2"]);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn of_report(report: &Incident) -> Self {
        let mut left = MAX_REPORT_BYTES;
        let title = [(report.title.value.clone(), 1.0)];
        let sections = report.sections.iter().filter(|section| section.kind != SectionKind::Related);
        let texts = sections.map_while(|section| {
            let mut text = report.visible_text(section).into_owned();
            truncate(&mut text, left);
            left -= text.len();
            (left > 0 || !text.is_empty()).then_some((text, 1.0))
        });
        let found = Self::new(title.into_iter().chain(texts), REPORT_WORDS);
        Self { services: report.services.clone(), except: Some(report.id.clone()), ..found }
    }

    /// What a pasted text tells.
    ///
    /// # Examples
    /// ```
    /// use rca_index::WeightedTexts;
    /// use rca_index::signal::Signal;
    ///
    /// let signal = Signal::read("java.net.SocketTimeoutException: connect timed out");
    /// let texts = WeightedTexts::of_signal(&signal);
    /// assert!(texts.texts.contains(&("SocketTimeoutException".to_owned(), 3.0)), "{texts:?}");
    /// ```
    pub fn of_signal(signal: &Signal) -> Self {
        let parts = signal.names.iter().chain(&signal.errors).chain(&signal.text);
        let parts = parts.chain(signal.labels.iter().map(|label| &label.value));
        let texts = parts.map(|part| (part.text.clone(), part.weight));
        let services = signal.services.iter().map(|service| service.text.clone()).collect();
        Self { services, ..Self::new(texts, SIGNAL_WORDS) }
    }
}

/// Keeps at most so many bytes of a text.
fn truncate(text: &mut String, most: usize) {
    text.truncate(beginning(text, most).len());
}

/// A word of the texts.
struct Weighed {
    /// As it stands in the texts, and folded.
    written: String,
    folded: String,
    /// The weight of the text with the most, and how often it occurs in all.
    weight: f32,
    times: u32,
    /// Where it stands first: the text, and the words before it.
    first: TypedAt,
    /// Synonyms of a run of words that it stands in: `oom` of `out of memory`.
    others: Vec<Alternative>,
}

impl Weighed {
    /// Its weight, with how often it occurs.
    fn repeated_weight(&self) -> f32 {
        self.weight * repeated_weight(self.times)
    }
}

/// The weight of what the archive knows among the heaviest words of a text, as a share of that of all of them.
fn known_share(known: &[f32], unknown: &[f32], words: usize) -> f32 {
    let mut all: Vec<(f32, bool)> = known.iter().map(|&weight| (weight, true)).collect();
    all.extend(unknown.iter().map(|&weight| (weight, false)));
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    all.truncate(words);
    let total: f32 = all.iter().map(|(weight, _)| weight).sum();
    let known: f32 = all.iter().filter(|(_, is_known)| *is_known).map(|(weight, _)| weight).sum();
    if total > 0.0 { known / total } else { 0.0 }
}

impl Planner<'_> {
    /// Plans texts with weights, with the conditions of a query.
    ///
    /// # Errors
    /// The index cannot be read; or the query asks for a field that neither the table nor the index has.
    pub(crate) fn plan_weighted(&self, texts: &WeightedTexts, query: &Query, incidents: u64) -> Result<Plan> {
        let conditions = self.plan(query)?;
        let mut heaviest: Vec<(f32, Weighed)> = Vec::new();
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        let at_least = incidents.max(MIN_DISTINCT);
        let own = match &texts.except {
            Some(id) => u64::from(self.vocabulary.has_incident(id)?),
            None => 0,
        };
        let mut draft = Draft::default();
        let weighed = self.weigh(texts, &mut draft);
        let frequencies = self.frequencies(&weighed, own, &mut draft)?;
        for (weighed, frequency) in weighed.into_iter().zip(frequencies) {
            let weight = weighed.repeated_weight();
            if frequency == 0 {
                unknown.push(weight * idf(0, at_least));
            } else {
                known.push(weight * idf(frequency, at_least));
                heaviest.push((weight * idf(frequency, incidents), Weighed { weight, ..weighed }));
            }
        }
        heaviest.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.written.cmp(&b.1.written)));
        let asked = (known.len() + unknown.len()).min(texts.words);
        // A report has hundreds of words, and the heaviest are its own: all of them count.
        let known = known_share(&known, &unknown, if texts.except.is_some() { usize::MAX } else { texts.words });
        if own > 0 {
            heaviest = self.of_others(heaviest, texts.words, own)?;
        }
        heaviest.truncate(texts.words);
        // In the order of the texts again, so that neighbors are neighbors.
        heaviest.sort_by_key(|(_, weighed)| (weighed.first.sequence, weighed.first.offset));
        let mut ranked = Vec::new();
        for (_, weighed) in heaviest {
            ranked.extend(draft.add(self.weighted_words(&weighed)?));
        }
        let mut seen: HashSet<WordId> = HashSet::new();
        ranked.retain(|&word| seen.insert(word));
        let nodes = ranked.iter().map(|&word| draft.word(word).text.clone());
        let nodes: Vec<Node> = nodes
            .map(|text| Node { kind: NodeKind::Text { field: None, text: Text::Word(text) }, span: 0..0 })
            .collect();
        let mut parts = if nodes.is_empty() { Vec::new() } else { vec![Node::or(nodes, 0..0)] };
        if conditions.interpreted.root.kind != NodeKind::All {
            parts.push(conditions.interpreted.root.clone());
        }
        let interpreted = Query { root: Node::and(parts, 0..0), sort: query.sort };
        let preferred = self.preferred(&texts.services);
        let plan = Plan {
            needed: ranked.clone(),
            ranked,
            preferred,
            known,
            asked,
            any: true,
            interpreted,
            ..draft.into_plan()
        };
        let mut plan = plan.with_conditions_of(conditions);
        let except = texts.except.iter().map(|id| Clause::Not(Box::new(Clause::Condition(Condition::Id(id.clone())))));
        plan.conditions.extend(except);
        Ok(plan)
    }

    /// The first words that another incident has besides the one that the texts are of. Frequencies count versions of it that
    /// were deleted, so a word that an edit has left in it looks like one of two incidents.
    fn of_others(&self, words: Vec<(f32, Weighed)>, most: usize, own: u64) -> Result<Vec<(f32, Weighed)>> {
        let mut kept = Vec::with_capacity(most);
        for (weight, weighed) in words {
            if kept.len() == most {
                break;
            }
            let exact = Form { pattern: Pattern::Word(weighed.folded.clone()), weight: 1.0 };
            if self.vocabulary.incidents_with(&[exact])? > own || self.incidents_with_forms(&weighed)? > own {
                kept.push((weight, weighed));
            }
        }
        Ok(kept)
    }

    /// The words and identifiers of the texts, and the single parts of identifiers, each once.
    fn weigh(&self, texts: &WeightedTexts, draft: &mut Draft) -> Vec<Weighed> {
        let mut found: Vec<Weighed> = Vec::new();
        // Where each word is among those found; nowhere, if there were enough before it.
        let mut known: HashMap<String, Option<usize>> = HashMap::new();
        for (sequence, (text, weight)) in texts.texts.iter().enumerate() {
            let mut of_runs = self.synonyms_of_runs(text);
            let mut wholes = 0;
            // Without stems: those of the words that are looked for are computed then.
            let mut lexemes = self.analyzer.lexemes_with_stems_of(text, &[]);
            while let Some(lexeme) = lexemes.next() {
                let weight = match lexeme.kind {
                    LexemeKind::Whole => *weight,
                    LexemeKind::Part if lexeme.text.len() >= MIN_PART_BYTES => WEIGHTED_PART_WEIGHT * weight,
                    _ => continue,
                };
                let mut others = Vec::new();
                if lexeme.kind == LexemeKind::Whole {
                    others = of_runs.remove(&wholes).unwrap_or_default();
                    wholes += 1;
                }
                if let Some(&at) = known.get(lexeme.text) {
                    if let Some(weighed) = at.and_then(|at| found.get_mut(at)) {
                        if weighed.others.is_empty() {
                            weighed.others = others;
                        }
                        weighed.times += 1;
                        weighed.weight = weighed.weight.max(weight);
                    }
                    continue;
                }
                if self.is_stop_word(lexeme.text) {
                    continue;
                }
                let folded = lexeme.text.to_owned();
                let has_room = found.len() < MAX_WEIGHED;
                known.insert(folded.clone(), has_room.then_some(found.len()));
                if !has_room {
                    continue;
                }
                let written = text.get(lexeme.span.0..lexeme.span.1).unwrap_or(lexeme.text).to_owned();
                let first = TypedAt { sequence, offset: lexeme.position };
                found.push(Weighed { written, folded, weight, times: 1, first, others });
            }
        }
        draft.cut(CutKind::TextWords, found.len(), known.len());
        found
    }

    /// The synonyms of the runs of words of a text, by the number of whole words before the last word of the run that tells
    /// something.
    fn synonyms_of_runs(&self, text: &str) -> HashMap<usize, Vec<Alternative>> {
        let mut wholes: Vec<String> = Vec::new();
        let mut lexemes = self.analyzer.lexemes_with_stems_of(text, &[]);
        while let Some(lexeme) = lexemes.next() {
            if lexeme.kind == LexemeKind::Whole && wholes.len() < MAX_WEIGHED {
                wholes.push(lexeme.text.to_owned());
            }
        }
        let wholes: Vec<&str> = wholes.iter().map(String::as_str).collect();
        let mut found = HashMap::new();
        // Those of a single word come with the word.
        for run in self.synonyms.of(&wholes).into_iter().filter(|run| run.words.len() > 1) {
            let others: Vec<_> = run.others.iter().filter_map(|other| self.synonym(other)).collect();
            // One occurrence of `vm` is not one of `virtual` and another of `machine`.
            let telling = run.words.clone().rev().find(|&at| !self.is_stop_word(wholes[at]));
            found.extend(telling.map(|at| (at, others)));
        }
        found
    }

    /// How many incidents, besides `own`, have each word, or another form of it if none has the word itself. Other forms take a
    /// hundred times longer to find, and a long log has thousands of words that no incident has, so they are those of the
    /// heaviest words. A report is shorter than that.
    fn frequencies(&self, weighed: &[Weighed], own: u64, draft: &mut Draft) -> Result<Vec<u64>> {
        let folded: Vec<&str> = weighed.iter().map(|weighed| weighed.folded.as_str()).collect();
        let mut frequencies = self.vocabulary.frequencies(&folded)?;
        frequencies.iter_mut().for_each(|frequency| *frequency = frequency.saturating_sub(own));
        let mut unknown: Vec<usize> = (0..weighed.len()).filter(|&at| frequencies[at] == 0).collect();
        if own == 0 {
            // The sort is stable: of equals, the first.
            unknown.sort_by(|&a, &b| weighed[b].repeated_weight().total_cmp(&weighed[a].repeated_weight()));
            draft.cut(CutKind::OtherForms, unknown.len().min(MAX_OTHER_FORMS), unknown.len());
            unknown.truncate(MAX_OTHER_FORMS);
        }
        for at in unknown {
            frequencies[at] = self.incidents_with_forms(&weighed[at])?.saturating_sub(own);
        }
        Ok(frequencies)
    }

    /// How many incidents have a word in any form.
    fn incidents_with_forms(&self, weighed: &Weighed) -> Result<u64> {
        let mut most = 0;
        for word in words(self.analyzer, &weighed.written, None) {
            // The parts of an identifier in a row are words of their own here.
            let slots = word.alternatives.iter().filter(|alternative| alternative.slots.len() == 1);
            for slot in slots.flat_map(|alternative| &alternative.slots) {
                let closed: Vec<Form> = slot.forms.iter().filter(|form| !form.pattern.is_open()).cloned().collect();
                most = most.max(self.vocabulary.incidents_with(&closed)?);
            }
        }
        Ok(most)
    }

    /// The words of the plan for a word of the texts: as typed words, with stems and synonyms, and without corrections.
    fn weighted_words(&self, weighed: &Weighed) -> Result<Vec<Word>> {
        let text = Text::Word(weighed.written.clone());
        let node = Node { kind: NodeKind::Text { field: None, text }, span: 0..0 };
        let as_known = Planner { vocabulary: &AnyVocabulary, ..*self };
        let Sequence { plain, .. } = as_known.sequence(&[&node], weighed.first.sequence, &mut Draft::default())?;
        let weighted = |mut word: Word| {
            word.alternatives.extend(weighed.others.iter().cloned());
            word.keep_distinct();
            Word { weight: weighed.weight, typed_at: vec![weighed.first], ..word }
        };
        Ok(plain.into_iter().map(weighted).collect())
    }

    /// The conditions that incidents had better meet.
    fn preferred(&self, services: &[String]) -> Option<Condition> {
        let keys = services.iter().flat_map(|service| matching_keys(Facet::Service, service, self.house));
        let keys: Vec<String> = keys.filter(|key| !key.is_empty()).take(MAX_SERVICES).collect();
        (!keys.is_empty()).then_some(Condition::Facet { facet: Facet::Service, keys })
    }
}

impl Plan {
    /// The same plan, for the incidents that another plan has as conditions. What it looks for is renumbered.
    fn with_conditions_of(mut self, other: Self) -> Self {
        let first = self.words.len();
        self.words.extend(other.words);
        let needed = (!other.needed.is_empty()).then_some(Clause::Words(other.needed));
        let clauses = needed.into_iter().chain(other.groups).chain(other.conditions);
        let clauses = clauses.filter(|clause| *clause != Clause::Everything);
        self.conditions = clauses.map(|clause| clause.renumbered(first)).collect();
        self.cuts.extend(other.cuts);
        self
    }
}

#[cfg(test)]
mod tests;
