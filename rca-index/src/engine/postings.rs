//! Phrases: where the words of a phrase stand at their places in an incident, with weights.
//!
//! In: the terms of a segment, and an incident. Out: occurrences. Which incidents may have a phrase is known without positions,
//! and so is how often at most.

use std::collections::BTreeSet;

use tantivy::DocId;

use crate::engine::read_log::ReadLog;
use crate::engine::terms::{Bits, Term, Window};
use crate::plan::{Occurrence, work};

/// What counts as a word, in any of these forms: the numbers of terms, each with the weight of an occurrence.
pub(super) type Forms = Vec<(usize, f32)>;

/// Adds the incidents of a window that have any of the forms.
pub(super) fn add_present(terms: &mut [Term], forms: &Forms, window: Window, found: &mut Bits) {
    forms.iter().for_each(|&(term, _)| found.add(terms[term].present(window)));
}

/// The total weight of the occurrences of many forms in each incident of a window, added up form by form: few of them are in any
/// one incident.
#[derive(Debug, Default)]
pub(super) struct Sums {
    window: Option<Window>,
    /// By place in the window.
    weights: Vec<f32>,
}

/// From so many forms on, they are added up for all incidents of a window.
const MANY_FORMS: usize = 8;

/// The total weight of all occurrences of the forms in an incident of a window.
pub(super) fn frequency(terms: &mut [Term], (forms, sums): (&Forms, &mut Sums), window: Window, place: usize) -> f32 {
    if forms.len() >= MANY_FORMS {
        return sums.of(terms, forms, window)[place];
    }
    let mut sum = 0.0;
    for &(term, weight) in forms {
        match terms[term].count(window, place) {
            0 => {}
            count => sum += count as f32 * weight,
        }
    }
    sum
}

impl Sums {
    fn of(&mut self, terms: &mut [Term], forms: &Forms, window: Window) -> &[f32] {
        if self.window != Some(window) {
            self.window = Some(window);
            self.weights.clear();
            self.weights.resize(window.len(), 0.0);
            for &(term, weight) in forms {
                terms[term].each(window, |place, count| self.weights[place] += count as f32 * weight);
            }
        }
        &self.weights
    }
}

/// The occurrences of the forms in an incident, shifted. Where several forms occur at one position, the largest weight counts.
pub(super) fn positions(
    terms: &mut [Term],
    forms: &Forms,
    (window, doc, shift): (Window, DocId, u32),
    log: &ReadLog,
    found: &mut Vec<Occurrence>,
) {
    found.clear();
    for &(term, weight) in forms {
        if terms[term].count(window, window.place(doc)) > 0 {
            found.extend(terms[term].positions(doc, log).iter().map(|&position| (position + shift, weight)));
        }
    }
    if forms.len() > 1 {
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

/// A phrase of a segment.
pub(super) struct Phrase {
    slots: Vec<Place>,
    /// The shifts that map the positions of all words to a common position.
    shifts: Vec<u32>,
    /// The slop: the largest allowed displacement, as in Lucene.
    slop: u32,
    weight: f32,
    /// The window whose incidents were looked at, and those of them that have all words.
    window: Option<Window>,
    present: Bits,
    slot: Bits,
    /// The incident that was looked at, and the occurrences in it.
    doc: Option<DocId>,
    found: Vec<Occurrence>,
    positions: Vec<Vec<Occurrence>>,
    at: Vec<usize>,
}

/// A word of a phrase.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    pub(super) forms: Forms,
    /// The number of words before it.
    pub(super) offset: u32,
    /// How often the phrase has it.
    pub(super) times: u32,
}

impl Phrase {
    pub(super) fn new(slots: Vec<Place>, slop: u32, weight: f32) -> Self {
        let last = slots.iter().map(|slot| slot.offset).max().unwrap_or(0);
        let shifts = slots.iter().map(|slot| last - slot.offset).collect();
        let positions = vec![Vec::new(); slots.len()];
        Self {
            slots,
            shifts,
            slop,
            weight,
            window: None,
            present: Bits::default(),
            slot: Bits::default(),
            doc: None,
            found: Vec::new(),
            positions,
            at: Vec::new(),
        }
    }

    /// Whether it is the same phrase.
    pub(super) fn is(&self, slots: &[Place], slop: u32, weight: f32) -> bool {
        self.slop == slop && self.weight.to_bits() == weight.to_bits() && self.slots == slots
    }

    /// The words of it.
    pub(super) fn words(&self) -> impl Iterator<Item = &Forms> {
        self.slots.iter().map(|slot| &slot.forms)
    }

    /// The incidents of a window that have all of its words.
    pub(super) fn present(&mut self, terms: &mut [Term], window: Window) -> &Bits {
        if self.window != Some(window) {
            self.window = Some(window);
            self.present.fill(window);
            for slot in &self.slots {
                self.slot.clear(window);
                add_present(terms, &slot.forms, window, &mut self.slot);
                self.present.keep(&self.slot);
                if self.present.is_empty() {
                    break;
                }
            }
        }
        &self.present
    }

    /// At most the total weight of its occurrences in an incident of a window: each has an occurrence of every word, and weighs
    /// no more than that.
    pub(super) fn most(&mut self, terms: &mut [Term], window: Window, place: usize) -> f32 {
        if !self.present(terms, window).has(place) {
            return 0.0;
        }
        let of_slot = |slot: &Place| -> f32 {
            let forms = slot.forms.iter();
            forms.map(|&(term, weight)| terms[term].count(window, place) as f32 * weight.min(1.0)).sum()
        };
        self.weight * self.slots.iter().map(of_slot).fold(f32::INFINITY, f32::min)
    }

    /// The occurrences in an incident of a window. Incidents must be asked for in ascending order.
    pub(super) fn find(&mut self, terms: &mut [Term], window: Window, doc: DocId, log: &ReadLog) -> &[Occurrence] {
        if self.doc != Some(doc) {
            self.doc = Some(doc);
            self.found.clear();
            if self.present(terms, window).has(window.place(doc)) {
                self.find_here(terms, window, doc, log);
            }
        }
        &self.found
    }

    /// Finds the occurrences in an incident that has all words.
    fn find_here(&mut self, terms: &mut [Term], window: Window, doc: DocId, log: &ReadLog) {
        work::add(self.slots.len());
        // Each occurrence of a word fills one slot only.
        let place = window.place(doc);
        for slot in self.slots.iter().filter(|slot| slot.times > 1) {
            let times: u32 = slot.forms.iter().map(|&(term, _)| terms[term].count(window, place)).sum();
            if times < slot.times {
                return;
            }
        }
        for ((slot, &shift), found) in self.slots.iter().zip(&self.shifts).zip(&mut self.positions) {
            positions(terms, &slot.forms, (window, doc, shift), log, found);
        }
        let last = self.shifts.iter().copied().max().unwrap_or(0);
        let mut at = std::mem::take(&mut self.at);
        at.clear();
        at.resize(self.slots.len(), 0);
        if self.slop == 0 {
            self.find_exact(last, &mut at);
        } else {
            self.find_near(last, &mut at);
        }
        self.at = at;
    }

    /// Finds where all words stand at their places. Every slot moves on to the place that another is at.
    fn find_exact(&mut self, last: u32, at: &mut [usize]) {
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
    fn find_near(&mut self, last: u32, at: &mut [usize]) {
        let mut places = BTreeSet::new();
        for (slot, found) in self.positions.iter().enumerate() {
            let Some(&(position, _)) = found.first() else { return };
            places.insert((position, slot));
        }
        while let (Some(&(low, lowest)), Some(&(high, _))) = (places.first(), places.last()) {
            let moved = if high - low > self.slop {
                lowest..lowest + 1
            } else if let Some(slot) = self.place_taken(at) {
                slot..slot + 1
            } else {
                let weights = self.positions.iter().zip(&*at).filter_map(|(found, &i)| found.get(i));
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
