//! Postings: the occurrences of words and phrases in the incidents of one segment, with weights.

use std::collections::BTreeSet;

use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::{DocId, DocSet as _, TERMINATED};

use crate::plan::{Occurrence, work};

/// The occurrences of a word or phrase.
pub(super) enum Occurrences {
    Word(AnyForm),
    Phrase(Phrase),
}

impl Occurrences {
    /// The current incident.
    pub(super) fn doc(&self) -> DocId {
        match self {
            Self::Word(word) => word.doc,
            Self::Phrase(phrase) => phrase.doc,
        }
    }

    /// Advances to the first incident at or after `target`.
    pub(super) fn seek(&mut self, target: DocId) -> DocId {
        match self {
            Self::Word(word) => word.seek(target),
            Self::Phrase(phrase) => phrase.seek(target),
        }
    }

    /// The total weight of all occurrences in the current incident.
    pub(super) fn frequency(&self) -> f32 {
        match self {
            Self::Word(word) => word.frequency(),
            Self::Phrase(phrase) => phrase.found.iter().map(|&(_, weight)| weight).sum(),
        }
    }

    /// The occurrences in the current incident, in order. Requires postings with positions.
    pub(super) fn positions(&mut self, found: &mut Vec<Occurrence>) {
        match self {
            Self::Word(word) => word.positions(0, found),
            Self::Phrase(phrase) => found.clone_from(&phrase.found),
        }
    }

    pub(super) fn size_hint(&self) -> u32 {
        match self {
            Self::Word(word) => word.size_hint(),
            Self::Phrase(phrase) => phrase.slots.iter().map(AnyForm::size_hint).min().unwrap_or(0),
        }
    }
}

/// The postings of one form of a word.
pub(super) struct FormPostings {
    pub(super) postings: SegmentPostings,
    pub(super) weight: f32,
}

/// The union of the forms of one word. Where several forms occur at one position, the largest weight counts.
pub(super) struct AnyForm {
    doc: DocId,
    forms: Vec<FormPostings>,
    scratch: Vec<u32>,
}

impl AnyForm {
    pub(super) fn new(forms: Vec<FormPostings>) -> Self {
        let doc = forms.iter().map(|f| f.postings.doc()).min().unwrap_or(TERMINATED);
        Self { doc, forms, scratch: Vec::new() }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.doc {
            return self.doc;
        }
        self.doc = TERMINATED;
        for form in &mut self.forms {
            let mut doc = form.postings.doc();
            if doc < target {
                doc = if doc + 1 == target { form.postings.advance() } else { form.postings.seek(target) };
            }
            self.doc = self.doc.min(doc);
        }
        self.doc
    }

    fn frequency(&self) -> f32 {
        let here = self.forms.iter().filter(|f| f.postings.doc() == self.doc);
        here.map(|f| f.postings.term_freq() as f32 * f.weight).sum()
    }

    /// How often any of the forms occurs in the current incident.
    fn occurrences(&self) -> u32 {
        self.forms.iter().filter(|f| f.postings.doc() == self.doc).map(|f| f.postings.term_freq()).sum()
    }

    fn size_hint(&self) -> u32 {
        self.forms.iter().map(|f| f.postings.size_hint()).fold(0, u32::saturating_add)
    }

    /// The positions in the current incident, shifted by `shift`.
    fn positions(&mut self, shift: u32, found: &mut Vec<Occurrence>) {
        found.clear();
        for form in &mut self.forms {
            if form.postings.doc() == self.doc {
                form.postings.positions_with_offset(shift, &mut self.scratch);
                work::add(self.scratch.len());
                found.extend(self.scratch.iter().map(|&position| (position, form.weight)));
            }
        }
        if self.forms.len() > 1 {
            found.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            found.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1 = kept.1.max(next.1);
                }
                same
            });
        }
    }
}

/// A phrase: matches incidents in which its words occur at their places.
pub(super) struct Phrase {
    doc: DocId,
    slots: Vec<AnyForm>,
    /// The shifts that map the positions of all words to a common position.
    shifts: Vec<u32>,
    /// How often the phrase has the word of each slot.
    times: Vec<u32>,
    /// The slop: the largest allowed displacement, as in Lucene.
    slop: u32,
    weight: f32,
    /// The occurrences in the current incident.
    found: Vec<Occurrence>,
    positions: Vec<Vec<Occurrence>>,
}

impl Phrase {
    /// A phrase of words, each with its offset, and how often the phrase has it.
    pub(super) fn new(slots: Vec<(u32, u32, AnyForm)>, slop: u32, weight: f32) -> Self {
        let last = slots.iter().map(|(offset, ..)| *offset).max().unwrap_or(0);
        let shifts = slots.iter().map(|(offset, ..)| last - offset).collect();
        let times = slots.iter().map(|(_, times, _)| *times).collect();
        let slots: Vec<AnyForm> = slots.into_iter().map(|(.., forms)| forms).collect();
        let positions = vec![Vec::new(); slots.len()];
        let mut phrase = Self { doc: 0, slots, shifts, times, slop, weight, found: Vec::new(), positions };
        phrase.doc = phrase.find(0);
        phrase
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target > self.doc {
            self.doc = self.find(target);
        }
        self.doc
    }

    /// The first incident at or after `target` in which the words occur at their places.
    fn find(&mut self, mut target: DocId) -> DocId {
        loop {
            let Some(doc) = self.slots.iter_mut().map(|slot| slot.seek(target)).max() else { return TERMINATED };
            if doc == TERMINATED {
                return TERMINATED;
            }
            work::add(self.slots.len());
            if self.slots.iter().all(|slot| slot.doc == doc) {
                self.find_here();
                if !self.found.is_empty() {
                    return doc;
                }
                target = doc + 1;
            } else {
                target = doc;
            }
        }
    }

    /// Finds the occurrences in an incident that has all slots.
    fn find_here(&mut self) {
        self.found.clear();
        // Each occurrence of a word fills one slot only.
        if self.slots.iter().zip(&self.times).any(|(slot, &times)| times > 1 && slot.occurrences() < times) {
            return;
        }
        for ((slot, &shift), found) in self.slots.iter_mut().zip(&self.shifts).zip(&mut self.positions) {
            slot.positions(shift, found);
        }
        let last = self.shifts.iter().copied().max().unwrap_or(0);
        if self.slop == 0 { self.find_exact(last) } else { self.find_near(last) }
    }

    /// Finds where all words stand at their places. Every slot moves on to the place that another is at.
    fn find_exact(&mut self, last: u32) {
        let mut at = vec![0; self.positions.len()];
        let (mut place, mut agreeing, mut slot, mut weight) = (0, 0, 0, 1.0_f32);
        loop {
            let found = &self.positions[slot];
            while found.get(at[slot]).is_some_and(|&(position, _)| position < place) {
                at[slot] += 1;
            }
            let Some(&(position, form_weight)) = found.get(at[slot]) else { return };
            (agreeing, weight) =
                if position == place { (agreeing + 1, weight.min(form_weight)) } else { (1, form_weight) };
            place = position;
            if agreeing == self.positions.len() {
                self.found.push((place.saturating_sub(last), self.weight * weight.min(1.0)));
                (place, agreeing, weight) = (place + 1, 0, 1.0);
            }
            slot = (slot + 1) % self.positions.len();
        }
    }

    /// Finds where all words are near their places. An occurrence with displaced words counts less.
    fn find_near(&mut self, last: u32) {
        let mut at = vec![0; self.positions.len()];
        let mut places = BTreeSet::new();
        for (slot, found) in self.positions.iter().enumerate() {
            let Some(&(position, _)) = found.first() else { return };
            places.insert((position, slot));
        }
        while let (Some(&(low, lowest)), Some(&(high, _))) = (places.first(), places.last()) {
            let moved = if high - low > self.slop {
                lowest..lowest + 1
            } else if let Some(slot) = self.place_taken(&at) {
                slot..slot + 1
            } else {
                let weights = self.positions.iter().zip(&at).filter_map(|(found, &i)| found.get(i));
                let weight = weights.fold(1.0_f32, |least, &(_, weight)| least.min(weight));
                self.found.push((low.saturating_sub(last), self.weight * weight / (1 + high - low) as f32));
                // Each occurrence of a word counts for one occurrence of the phrase only.
                0..self.positions.len()
            };
            for slot in moved {
                work::add(1);
                let found = &self.positions[slot];
                places.remove(&(found[at[slot]].0, slot));
                at[slot] += 1;
                let Some(&(position, _)) = found.get(at[slot]) else { return };
                places.insert((position, slot));
            }
        }
    }

    /// A slot whose word stands where the word of an earlier slot stands: a phrase with a word twice needs it twice. Only
    /// with slop can two slots have one place.
    fn place_taken(&self, at: &[usize]) -> Option<usize> {
        let mut taken = BTreeSet::new();
        (0..at.len()).find(|&slot| {
            let place = self.positions[slot].get(at[slot]).map(|&(position, _)| position - self.shifts[slot]);
            !taken.insert(place)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::fixture::{engine, plan};
    use crate::engine::{Collect, Order};
    use crate::plan::{Needed, Occurrence};

    /// Where a word or phrase occurs in the root cause of an only incident, the heading mark before it being position 0.
    fn occurrences(text: &str, query: &str) -> Vec<Occurrence> {
        let engine = engine(&[&[("1", "Title", text)]]);
        let snapshot = engine.snapshot().unwrap();
        let plan = plan(&snapshot, query);
        let words = snapshot.look_up(&plan).unwrap();
        let collect = Collect { limit: 1, order: Order::Score, facets: Vec::new() };
        let found = snapshot.candidates(&plan, &words, Needed::All, collect).unwrap();
        let text = |evidence: crate::plan::Evidence<'_>| evidence.words[0].text.clone();
        let mut found = snapshot.inspect(&words, &plan.ranked, None, &found.best, text).unwrap();
        let first = 3;
        let at = |(position, weight): Occurrence| (position - first, weight / 1.8);
        found.pop().unwrap_or_default().into_iter().map(at).collect()
    }

    fn check(text: &str, query: &str, expected: &[Occurrence]) {
        let found = occurrences(text, query);
        let same = found.len() == expected.len()
            && found.iter().zip(expected).all(|(a, b)| a.0 == b.0 && (a.1 - b.1).abs() < 1e-4);
        assert!(same, "{query} in {text}: {found:?}");
    }

    #[test]
    fn a_word_occurs_in_all_its_forms_once_a_position() {
        check("zebra okapi zebra", "zebra", &[(0, 1.0), (2, 1.0)]);
        check("zebras okapi zebra", "zebra", &[(0, 0.7), (2, 1.0)]);
        check("okapi gnu", "zeb*", &[]);
        check("zebra zebu zeb", "zeb*", &[(0, 0.8), (1, 0.8), (2, 1.0)]);
        check("zebro zebra", "zebra~1", &[(0, 0.6), (1, 1.0)]);
    }

    #[test]
    fn a_phrase_occurs_where_its_words_stand_at_their_places() {
        check("zebra okapi gnu zebra okapi", "\"zebra okapi\"", &[(0, 1.0), (3, 1.0)]);
        check("okapi zebra", "\"zebra okapi\"", &[]);
        check("zebra gnu okapi", "\"zebra okapi\"", &[]);
        // The wider, the less.
        check("zebra gnu okapi", "\"zebra okapi\"~1", &[(0, 0.5)]);
        check("zebra gnu gnu okapi", "\"zebra okapi\"~1", &[]);
        check("zebra gnu gnu okapi", "\"zebra okapi\"~2", &[(0, 1.0 / 3.0)]);
        // A word twice is there twice.
        check("zebra okapi", "\"zebra zebra\"~3", &[]);
        check("zebra okapi zebra", "\"zebra zebra\"~1", &[(0, 0.5)]);
        check("zebra zebra", "\"zebra zebra\"~1", &[(0, 1.0)]);
        // Each occurrence of a word belongs to one occurrence of the phrase.
        check("zebra okapi okapi", "\"zebra okapi\"~2", &[(0, 1.0)]);
    }
}
