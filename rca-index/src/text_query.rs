//! The text query: the words of a query, each with all that counts as it, scored over title and text as one.
//!
//! In: words and how many of them a report must have. Out: an engine query. Title and text of a report count as one text
//! in which words of the title weigh more (BM25F, Robertson, Zaragoza and Taylor 2004, "Simple BM25 extension to multiple
//! weighted fields"). This is the first look, over all reports; `rerank` takes a second one at the best.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::index::SegmentId;
use tantivy::postings::TermInfo;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, InvertedIndexReader, Score, Searcher, SegmentReader, TERMINATED, TantivyError, Term};

use crate::analyze::STEM_MARK;
use crate::document::{Fields, LENGTH};
use crate::parts::{InPart, PartReader};
use crate::postings::{AnyForm, FormPostings, Occurrence, Occurrences, Phrase};
use crate::ranking::{B, COVERAGE, EXTRA_WEIGHT, K1, TITLE_WEIGHT};
use crate::schema::TextField;

/// A word of a query, and all that counts as it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Word {
    /// What was typed.
    pub(crate) text: String,
    /// Forms, parts, synonyms and corrections.
    pub(crate) alternatives: Vec<Alternative>,
    /// Where it must stand; none means anywhere.
    pub(crate) part: Option<TextField>,
    /// The number of words typed before it, in the run of words that it belongs to; none when it belongs to none.
    pub(crate) place: Option<Place>,
    /// Whether it only adds to the score of reports that have it: a part of an identifier by itself.
    pub(crate) extra: bool,
}

/// The place of a word among the words typed beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Which run of words.
    pub(crate) run: usize,
    /// The number of words before it.
    pub(crate) offset: u32,
}

/// One thing that counts as a word: terms that stand in a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alternative {
    pub(crate) slots: Vec<Slot>,
    /// How far the terms may stand from their places.
    pub(crate) slop: u32,
    /// What an occurrence counts against one of the word as typed.
    pub(crate) weight: f32,
}

/// One place of an alternative.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Slot {
    /// The words before it.
    pub(crate) offset: u32,
    /// What may stand there.
    pub(crate) forms: Vec<Form>,
}

/// A term that may stand in a slot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Form {
    /// The indexed lexeme.
    pub(crate) text: String,
    /// What an occurrence counts.
    pub(crate) weight: f32,
}

/// What the whole index looks like, for the weights of words and lengths.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Statistics {
    /// Incidents in the index.
    pub(crate) incidents: u64,
    /// Bytes of text of a mean incident.
    pub(crate) mean_length: f32,
}

/// How much of a query a report must have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Needed {
    /// Every word.
    All,
    /// Words that make up this share of the weight of all.
    Share(f32),
}

/// Words looked for in title and text.
#[derive(Debug, Clone)]
pub(crate) struct WordsQuery {
    pub(crate) words: Vec<Word>,
    pub(crate) needed: Needed,
    pub(crate) title: Field,
    pub(crate) text: Field,
    pub(crate) statistics: Statistics,
}

impl WordsQuery {
    pub(crate) fn new(words: Vec<Word>, needed: Needed, fields: &Fields, statistics: Statistics) -> Self {
        Self { words, needed, title: fields.title, text: fields.text, statistics }
    }
}

impl Query for WordsQuery {
    fn weight(&self, enable_scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let searcher = enable_scoring
            .searcher()
            .ok_or_else(|| TantivyError::InvalidArgument("a text query needs a searcher".to_owned()))?;
        Ok(Box::new(WordsWeight::new(self, searcher)?))
    }
}

/// The words of a query, looked up in an index.
pub(crate) struct WordsWeight {
    words: Vec<KnownWord>,
    needed: Needed,
    mean_length: f32,
}

/// A word and where it is in each segment.
struct KnownWord {
    part: Option<TextField>,
    extra: bool,
    alternatives: Vec<Alternative>,
    found: HashMap<SegmentId, Vec<Found>>,
    idf: f32,
}

/// A term found in a segment.
#[derive(Clone)]
struct Found {
    alternative: usize,
    slot: usize,
    field: Field,
    field_weight: f32,
    info: TermInfo,
    form_weight: f32,
}

impl WordsWeight {
    pub(crate) fn new(query: &WordsQuery, searcher: &Searcher) -> tantivy::Result<Self> {
        let fields = [(query.text, 1.0), (query.title, TITLE_WEIGHT)];
        let known = |word: &Word| KnownWord::new(word, &fields, searcher, query.statistics.incidents);
        Ok(Self {
            words: query.words.iter().map(known).collect::<tantivy::Result<_>>()?,
            needed: query.needed,
            mean_length: query.statistics.mean_length,
        })
    }

    /// How much each word weighs: how rare it is.
    pub(crate) fn idf(&self) -> impl Iterator<Item = f32> {
        self.words.iter().map(|word| if word.extra { EXTRA_WEIGHT * word.idf } else { word.idf })
    }

    /// How much each word weighs against the others when it comes to having them all.
    pub(crate) fn shares(&self) -> impl Iterator<Item = f32> {
        self.words.iter().map(|word| if word.extra { 0.0 } else { word.idf })
    }

    /// Each word's occurrences in a segment.
    pub(crate) fn open(&self, reader: &SegmentReader, positions: bool) -> tantivy::Result<Vec<WordPostings>> {
        self.words.iter().map(|word| word.open(reader, positions)).collect()
    }
}

impl KnownWord {
    fn new(word: &Word, fields: &[(Field, f32)], searcher: &Searcher, incidents: u64) -> tantivy::Result<Self> {
        let mut found = HashMap::new();
        // By alternative, slot, form and field: how many incidents have it.
        let mut frequencies: HashMap<(usize, usize, usize, Field), u64> = HashMap::new();
        for reader in searcher.segment_readers() {
            let mut here = Vec::new();
            for &(field, field_weight) in fields {
                let index = reader.inverted_index(field)?;
                for (alternative, slot, form, Form { text, weight }) in forms(word) {
                    let Some(info) = index.get_term_info(&Term::from_field_text(field, text))? else { continue };
                    *frequencies.entry((alternative, slot, form, field)).or_default() +=
                        alive_frequency(reader, &index, &info)?;
                    here.push(Found { alternative, slot, field, field_weight, info, form_weight: *weight });
                }
            }
            found.insert(reader.segment_id(), here);
        }
        let frequency = |alternative, slot, form| {
            // The field that has it most: titles repeat what the text says.
            fields.iter().filter_map(|&(field, _)| frequencies.get(&(alternative, slot, form, field))).max().copied()
        };
        let idf_of = |(at, alternative): (usize, &Alternative)| {
            let slots = alternative.slots.iter().enumerate().map(|(slot, forms)| {
                // The forms of a word exclude each other, nearly; but where a word stands, so does the stem that it has.
                let has_stem = matches!(&forms.forms[..], [_, stem, _] if stem.text.starts_with(STEM_MARK));
                let counted = usize::from(has_stem)..forms.forms.len();
                let all: u64 = counted.filter_map(|form| frequency(at, slot, form)).sum();
                (all > 0).then(|| idf(all.min(incidents), incidents))
            });
            slots.sum::<Option<f32>>()
        };
        // A word is as rare as it is as typed; one that no report has so, as rare as the first thing that counts as it.
        let rarity = word.alternatives.iter().enumerate().find_map(idf_of);
        let idf = rarity.unwrap_or_else(|| idf(0, incidents));
        Ok(Self { part: word.part, extra: word.extra, alternatives: word.alternatives.clone(), found, idf })
    }

    fn open(&self, reader: &SegmentReader, positions: bool) -> tantivy::Result<WordPostings> {
        let found = self.found.get(&reader.segment_id()).map_or(&[][..], Vec::as_slice);
        let filtered = self.part.is_some_and(|part| part != TextField::Title);
        let mut places = Vec::new();
        let mut fields: Vec<(Field, f32)> = found.iter().map(|f| (f.field, f.field_weight)).collect();
        fields.dedup();
        for (field, field_weight) in fields {
            let is_title = field_weight > 1.0;
            if self.part.is_some_and(|part| is_title != (part == TextField::Title)) {
                continue;
            }
            let here = || found.iter().filter(|f| f.field == field);
            let open = |found: &Found, weight: f32, positions: bool| -> tantivy::Result<FormPostings> {
                let option =
                    if positions { IndexRecordOption::WithFreqsAndPositions } else { IndexRecordOption::WithFreqs };
                let index = reader.inverted_index(found.field)?;
                Ok(FormPostings { postings: index.read_postings_from_terminfo(&found.info, option)?, weight })
            };
            let single = |f: &&Found| self.alternatives[f.alternative].slots.len() == 1;
            let words = here()
                .filter(single)
                .map(|f| open(f, f.form_weight * self.alternatives[f.alternative].weight, positions || filtered));
            let words = words.collect::<tantivy::Result<Vec<_>>>()?;
            if !words.is_empty() {
                places.push((Occurrences::Word(AnyForm::new(words)), is_title));
            }
            for (at, alternative) in self.alternatives.iter().enumerate().filter(|(_, a)| a.slots.len() > 1) {
                let mut slots = Vec::new();
                for (index, slot) in alternative.slots.iter().enumerate() {
                    let forms = here().filter(|f| f.alternative == at && f.slot == index);
                    let forms = forms.map(|f| open(f, f.form_weight, true)).collect::<tantivy::Result<Vec<_>>>()?;
                    slots.push((slot.offset, AnyForm::new(forms)));
                }
                let phrase = Phrase::new(slots, alternative.slop, alternative.weight);
                places.push((Occurrences::Phrase(phrase), is_title));
            }
        }
        let mut sources = Vec::with_capacity(places.len());
        for (occurrences, is_title) in places {
            let part = self.part.filter(|_| filtered).map(|part| PartReader::new(reader, part)).transpose()?;
            sources.push(InPart::new(occurrences, is_title, part));
        }
        Ok(WordPostings::new(sources))
    }
}

/// All forms of a word: alternative, slot, form.
fn forms(word: &Word) -> impl Iterator<Item = (usize, usize, usize, &Form)> {
    word.alternatives.iter().enumerate().flat_map(|(alternative, a)| {
        a.slots
            .iter()
            .enumerate()
            .flat_map(move |(slot, s)| s.forms.iter().enumerate().map(move |(form, f)| (alternative, slot, form, f)))
    })
}

/// The number of incidents that have a term, without the deleted ones: so an updated index ranks as a rebuilt one does.
fn alive_frequency(reader: &SegmentReader, index: &Arc<InvertedIndexReader>, info: &TermInfo) -> tantivy::Result<u64> {
    /// Past this an estimate by the share of deleted incidents is as good, and counting would take too long.
    const COUNTED: u32 = 20_000;
    let Some(alive) = reader.alive_bitset() else { return Ok(u64::from(info.doc_freq)) };
    if info.doc_freq > COUNTED {
        return Ok(u64::from(info.doc_freq) * u64::from(reader.num_docs()) / u64::from(reader.max_doc().max(1)));
    }
    let mut postings = index.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
    Ok(u64::from(postings.count(alive)))
}

/// The weight of a word: ln(1 + (N - n + 0.5) / (n + 0.5)), as in Lucene; never negative.
fn idf(frequency: u64, incidents: u64) -> f32 {
    let (n, all) = (frequency as f32, incidents as f32);
    (1.0 + (all - n + 0.5) / (n + 0.5)).ln()
}

/// BM25: how much a word counts that occurs so often in an incident of such a length.
pub(crate) fn saturate(frequency: f32, length: f32, mean_length: f32) -> f32 {
    (K1 + 1.0) * frequency / (frequency + K1 * (1.0 - B + B * length / mean_length))
}

/// The occurrences of a word in one segment, over title and text.
pub(crate) struct WordPostings {
    doc: DocId,
    sources: Vec<InPart>,
}

impl WordPostings {
    fn new(sources: Vec<InPart>) -> Self {
        let doc = sources.iter().map(InPart::doc).min().unwrap_or(TERMINATED);
        Self { doc, sources }
    }

    /// The first incident from `target` on.
    pub(crate) fn seek(&mut self, target: DocId) -> DocId {
        if target > self.doc {
            self.doc = self.sources.iter_mut().map(|source| source.seek(target)).min().unwrap_or(TERMINATED);
        }
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.sources.iter().map(InPart::size_hint).fold(0, u32::saturating_add)
    }

    /// Occurrences in the current incident, those in the title weighed.
    fn frequency(&self) -> f32 {
        let here = self.sources.iter().filter(|source| source.doc() == self.doc);
        here.map(|source| source.frequency() * if source.is_title { TITLE_WEIGHT } else { 1.0 }).sum()
    }

    /// The occurrences in the title (or else the text) of the current incident, in order.
    pub(crate) fn positions(&mut self, in_title: bool, found: &mut Vec<Occurrence>) {
        let mut more = Vec::new();
        found.clear();
        for source in &mut self.sources {
            if source.doc() == self.doc && source.is_title == in_title {
                source.positions(&mut more);
                found.append(&mut more);
            }
        }
        found.sort_unstable_by_key(|&(position, _)| position);
    }
}

impl Weight for WordsWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let words = self.open(reader, false)?.into_iter().zip(self.idf().zip(self.shares()));
        let words = words.map(|(postings, (idf, share))| ScoredWord { postings, idf, share });
        let mut words: Vec<ScoredWord> = words.collect();
        let total: f32 = self.shares().sum();
        let needed = match self.needed {
            Needed::All => {
                // The rarest word leads.
                words.sort_by_key(|word| word.postings.size_hint());
                None
            }
            Needed::Share(share) => Some(share * total),
        };
        let lengths = reader.fast_fields().u64(LENGTH)?;
        let mut scorer =
            WordsScorer { doc: 0, words, needed, total, lengths, mean_length: self.mean_length, boost, covered: 0.0 };
        scorer.doc = scorer.find(0);
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        let found = scorer.doc() <= doc && scorer.seek(doc) == doc;
        Ok(Explanation::new_with_string("words".to_owned(), if found { scorer.score() } else { 0.0 }))
    }
}

struct ScoredWord {
    postings: WordPostings,
    idf: f32,
    share: f32,
}

struct WordsScorer {
    doc: DocId,
    words: Vec<ScoredWord>,
    /// The weight that the words of an incident must have; none means that all words are needed.
    needed: Option<f32>,
    /// The weight of all words.
    total: f32,
    lengths: Column<u64>,
    mean_length: f32,
    boost: f32,
    /// The weight of the words of the current incident.
    covered: f32,
}

impl WordsScorer {
    /// The first incident from `target` on that has what is needed.
    fn find(&mut self, target: DocId) -> DocId {
        match self.needed {
            None => self.find_all(target),
            Some(needed) => self.find_some(target, needed),
        }
    }

    fn find_all(&mut self, mut target: DocId) -> DocId {
        self.covered = self.total;
        'candidate: loop {
            let Some((first, others)) = self.words.split_first_mut() else { return TERMINATED };
            let doc = first.postings.seek(target);
            if doc == TERMINATED {
                return TERMINATED;
            }
            for word in others {
                let next = word.postings.seek(doc);
                if next > doc {
                    target = next;
                    continue 'candidate;
                }
            }
            return doc;
        }
    }

    fn find_some(&mut self, mut target: DocId, needed: f32) -> DocId {
        loop {
            let Some(doc) = self.words.iter_mut().map(|word| word.postings.seek(target)).min() else {
                return TERMINATED;
            };
            if doc == TERMINATED {
                return TERMINATED;
            }
            self.covered = self.words.iter().filter(|word| word.postings.doc == doc).map(|word| word.share).sum();
            // A part of an identifier finds nothing by itself: `CVE-2024-3095` is no match for `CVE-2024-3094`. Sums of
            // the same words in another order differ in their last bits.
            if self.covered > 0.0 && self.covered >= needed * 0.9999 {
                return doc;
            }
            target = doc + 1;
        }
    }
}

impl DocSet for WordsScorer {
    fn advance(&mut self) -> DocId {
        if self.doc != TERMINATED {
            self.doc = self.find(self.doc + 1);
        }
        self.doc
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target > self.doc {
            self.doc = self.find(target);
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.words.first().map_or(0, |word| word.postings.size_hint())
    }
}

impl Scorer for WordsScorer {
    fn score(&mut self) -> Score {
        let length = self.lengths.first(self.doc).unwrap_or(0) as f32;
        let here = self.words.iter().filter(|word| word.postings.doc == self.doc);
        let score: f32 =
            here.map(|word| word.idf * saturate(word.postings.frequency(), length, self.mean_length)).sum();
        score * coverage(self.covered, self.total) * self.boost
    }
}

/// What a report counts that has words of only a part of the weight of all.
pub(crate) fn coverage(covered: f32, total: f32) -> f32 {
    // In most queries every match has all words.
    if covered < total { (covered / total).powf(COVERAGE) } else { 1.0 }
}
