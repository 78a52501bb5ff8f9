//! Listed words: the incidents of a segment that have all words of a query, where each word has a list.
//!
//! In: lists with the largest factor of each block of incidents. Out: for a block, which incidents have all words, at most
//! which score, and the score of each. Blocks that are below the floor need no scores, and their incidents still count.

use std::sync::Arc;

use tantivy::DocId;

use crate::engine::word_list::WordList;

/// The incidents of a block.
const BLOCK: u32 = u64::BITS;

/// Words with their lists and weights.
pub(super) struct ListedWords {
    words: Vec<(f32, Arc<WordList>)>,
    boost: f32,
}

/// Some incidents of a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Block {
    start: DocId,
    bits: u64,
    /// At most this is the score of any.
    pub(super) most: f32,
}

impl ListedWords {
    /// Words with their weights, in the order in which scores are summed; `None` if there are none.
    pub(super) fn new(words: Vec<(f32, Arc<WordList>)>, boost: f32) -> Option<Self> {
        (!words.is_empty()).then_some(Self { words, boost })
    }

    /// The blocks that have incidents with all words.
    pub(super) fn blocks(&self) -> impl DoubleEndedIterator<Item = Block> + Clone {
        let blocks = self.words.iter().map(|(_, list)| list.blocks()).min().unwrap_or(0);
        (0..blocks).map(|at| self.block(at)).filter(|block| block.bits != 0)
    }

    fn block(&self, at: usize) -> Block {
        let (mut bits, mut sum) = (u64::MAX, 0.0);
        for (weight, list) in &self.words {
            let (here, most) = list.block(at);
            bits &= here;
            sum += weight * most;
        }
        Block { start: at as DocId * BLOCK, bits, most: sum * self.boost }
    }

    /// The score of an incident that has all words.
    #[inline]
    pub(super) fn score(&self, doc: DocId) -> f32 {
        self.words.iter().map(|(weight, list)| weight * list.factor(doc)).sum::<f32>() * self.boost
    }
}

impl Block {
    /// The number of incidents.
    pub(super) fn len(self) -> usize {
        self.bits.count_ones() as usize
    }

    /// Keeps some of the incidents.
    pub(super) fn retain(&mut self, keep: impl Fn(DocId) -> bool) {
        for doc in self.docs().filter(|&doc| !keep(doc)) {
            self.bits &= !(1 << (doc - self.start));
        }
    }

    /// The incidents, in order.
    pub(super) fn docs(self) -> impl Iterator<Item = DocId> + use<> {
        let mut bits = self.bits;
        std::iter::from_fn(move || {
            let place = (bits != 0).then(|| bits.trailing_zeros())?;
            bits &= bits - 1;
            Some(self.start + place)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_has_its_incidents_in_order() {
        let mut block = Block { start: 128, bits: 1 | 1 << 5 | 1 << 63, most: 1.0 };
        assert_eq!((block.docs().collect::<Vec<_>>(), block.len()), (vec![128, 133, 191], 3));
        block.retain(|doc| doc != 133);
        assert_eq!((block.docs().collect::<Vec<_>>(), block.len()), (vec![128, 191], 2));
        assert_eq!(Block { bits: 0, ..block }.docs().next(), None);
    }
}
