//! Weighted words: a plan from texts that count differently, as those of a pasted alert, where any word suffices.
//!
//! In: texts with weights, and a vocabulary. Out: a plan of the words that say most, by their weight and by how rare they
//! are in the archive. What no incident has says nothing: nothing is corrected, and nothing has to be there.

use std::collections::{HashMap, HashSet};

use crate::error::Result;
use crate::incident::Incident;
use crate::plan::draft::Draft;
use crate::plan::planner::Planner;
use crate::plan::sequence::Sequence;
use crate::plan::words::words;
use crate::plan::{Alternative, AnyVocabulary, Clause, Condition, Form, Plan, TypedAt, Word, WordId, matching_keys};
use crate::query::{Node, NodeKind, Query, Text};
use crate::ranking::{
    MAX_SERVICES, MAX_WEIGHED, MIN_DISTINCT, MIN_PART_BYTES, REPORT_WORDS, SIGNAL_WORDS, WEIGHTED_PART_WEIGHT, idf,
    repeated_weight,
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
        Self { texts: texts.into_iter().collect(), services: Vec::new(), words }
    }

    /// The whole text of a report, for reports like it.
    ///
    /// # Examples
    /// ```
    /// use rca_index::{Incident, Index, SearchRequest, WeightedTexts};
    ///
    /// # let index = Index::in_memory()?;
    /// let report = Incident::new("OPS-1", "Queue backlog");
    /// index.upsert([report.clone(), Incident::new("OPS-2", "The queue had a backlog")])?;
    /// let found = index.search(&SearchRequest::weighted(WeightedTexts::of_report(&report)))?;
    /// assert_eq!(found.hits.len(), 2);
    /// # Ok::<(), rca_index::Error>(())
    /// ```
    pub fn of_report(report: &Incident) -> Self {
        let title = (report.title.value.clone(), 1.0);
        let sections = report.sections.iter().map(|section| (report.visible_text(section).into_owned(), 1.0));
        Self { services: report.services.clone(), ..Self::new([title].into_iter().chain(sections), REPORT_WORDS) }
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

/// A word of the texts.
struct Weighed {
    /// As it stands in the texts.
    written: String,
    /// The weight of the text with the most, and how often it occurs in all.
    weight: f32,
    times: u32,
    /// Where it stands first: the text, and the words before it.
    first: TypedAt,
    /// Synonyms of a run of words that it stands in: `oom` of `out of memory`.
    others: Vec<Alternative>,
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
        for weighed in self.weigh(texts) {
            let frequency = self.frequency(&weighed.written)?;
            let weight = weighed.weight * repeated_weight(weighed.times);
            if frequency == 0 {
                unknown.push(weight * idf(0, at_least));
            } else {
                known.push(weight * idf(frequency, at_least));
                heaviest.push((weight * idf(frequency, incidents), Weighed { weight, ..weighed }));
            }
        }
        heaviest.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.written.cmp(&b.1.written)));
        let known = known_share(&known, &unknown, texts.words);
        heaviest.truncate(texts.words);
        // In the order of the texts again, so that neighbors are neighbors.
        heaviest.sort_by_key(|(_, weighed)| (weighed.first.sequence, weighed.first.offset));
        let mut draft = Draft::default();
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
        let plan = Plan { ranked, preferred, known, any: true, interpreted, ..draft.into_plan() };
        Ok(plan.with_conditions_of(conditions))
    }

    /// The words and identifiers of the texts, and the single parts of identifiers, each once.
    fn weigh(&self, texts: &WeightedTexts) -> Vec<Weighed> {
        let mut found: Vec<Weighed> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for (sequence, (text, weight)) in texts.texts.iter().enumerate() {
            let mut of_runs = self.synonyms_of_runs(text);
            let mut wholes = 0;
            let mut lexemes = self.analyzer.lexemes(text);
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
                    let weighed: &mut Weighed = &mut found[at];
                    if weighed.others.is_empty() {
                        weighed.others = others;
                    }
                    weighed.times += 1;
                    weighed.weight = weighed.weight.max(weight);
                    continue;
                }
                if self.is_stop_word(lexeme.text) || found.len() == MAX_WEIGHED {
                    continue;
                }
                known.insert(lexeme.text.to_owned(), found.len());
                let written = text.get(lexeme.span.0..lexeme.span.1).unwrap_or(lexeme.text).to_owned();
                let first = TypedAt { sequence, offset: lexeme.position };
                found.push(Weighed { written, weight, times: 1, first, others });
            }
        }
        found
    }

    /// The synonyms of the runs of words of a text, by the number of whole words before the last word of the run that tells
    /// something.
    fn synonyms_of_runs(&self, text: &str) -> HashMap<usize, Vec<Alternative>> {
        let mut wholes: Vec<String> = Vec::new();
        let mut lexemes = self.analyzer.lexemes(text);
        while let Some(lexeme) = lexemes.next() {
            if lexeme.kind == LexemeKind::Whole && wholes.len() < MAX_WEIGHED {
                wholes.push(lexeme.text.to_owned());
            }
        }
        let wholes: Vec<&str> = wholes.iter().map(String::as_str).collect();
        let mut found = HashMap::new();
        // Those of a single word come with the word.
        for run in self.synonyms.of(&wholes).into_iter().filter(|run| run.words.len() > 1) {
            let others: Vec<_> = run.others.iter().filter_map(|other| self.synonym(&other.join(" "))).collect();
            // One occurrence of `vm` is not one of `virtual` and another of `machine`.
            let telling = run.words.clone().rev().find(|&at| !self.is_stop_word(wholes[at]));
            found.extend(telling.map(|at| (at, others)));
        }
        found
    }

    /// How many incidents have a word, or another form of it if none has the word itself.
    fn frequency(&self, written: &str) -> Result<u64> {
        let exact = self.vocabulary.frequency(&self.folded(written))?;
        if exact > 0 {
            return Ok(exact);
        }
        let mut most = 0;
        for word in words(self.analyzer, written, None) {
            // The parts of an identifier in a row are words of their own here.
            let slots = word.alternatives.iter().filter(|alternative| alternative.slots.len() == 1);
            for slot in slots.flat_map(|alternative| &alternative.slots) {
                let closed: Vec<Form> = slot.forms.iter().filter(|form| !form.pattern.is_open()).cloned().collect();
                most = most.max(self.vocabulary.incidents_with(&closed)?);
            }
        }
        Ok(most)
    }

    fn folded(&self, written: &str) -> String {
        self.analyzer.lexemes(written).next().map(|lexeme| lexeme.text.to_owned()).unwrap_or_default()
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
