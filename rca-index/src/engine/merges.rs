//! Merges: which segments are made one.
//!
//! In: the segments of an index. Out: those to merge. Few large segments stay as they are: searches go over them in parallel,
//! and to rewrite all of them takes a fifth of the time of a first index.

use std::collections::HashMap;

use tantivy::SegmentMeta;
use tantivy::index::SegmentId;
use tantivy::indexer::{LogMergePolicy, MergeCandidate, MergePolicy};

/// The number of segments of similar size that are merged. A merge maps all of them, so a larger number takes more memory.
const MERGED_AT_ONCE: usize = 4;
/// Segments with fewer incidents all count as the same size.
const SMALL_SEGMENT: u32 = 1_000;
/// Segments with as many incidents stay as they are while the index has few segments.
const LARGE_SEGMENT: u32 = 5_000;
/// So many segments are few: those of 150,000 reports of 3 KB that are indexed at once.
const FEW_SEGMENTS: usize = 6;
/// Segments with more incidents are not merged with others: rewriting them costs more than it saves. Four of those that a writer
/// makes of short reports have about 100,000.
const LARGEST_MERGED: usize = 60_000;
/// Segments in which a larger share of incidents is deleted are rewritten.
const DELETED_SHARE: f32 = 0.2;

/// The merge policy of a writer.
#[derive(Debug)]
pub(super) struct Merges(LogMergePolicy);

impl Default for Merges {
    fn default() -> Self {
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(MERGED_AT_ONCE);
        policy.set_min_layer_size(SMALL_SEGMENT);
        policy.set_max_docs_before_merge(LARGEST_MERGED);
        policy.set_del_docs_ratio_before_merge(DELETED_SHARE);
        Self(policy)
    }
}

impl MergePolicy for Merges {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let sizes: HashMap<_, _> = segments
            .iter()
            .map(|segment| (segment.id(), Size { incidents: segment.num_docs(), deleted: segment.num_deleted_docs() }))
            .collect();
        let size = |id: &SegmentId| sizes.get(id).copied().unwrap_or_default();
        // The policy merges all of a size at once, which are many where segments are written faster than they are merged.
        let candidates = self.0.compute_merge_candidates(segments).into_iter();
        let parts = candidates.flat_map(|MergeCandidate(ids)| {
            ids.chunks(MERGED_AT_ONCE).map(|part| MergeCandidate(part.to_vec())).collect::<Vec<_>>()
        });
        let parts =
            parts.filter(|MergeCandidate(ids)| is_worth(segments.len(), &ids.iter().map(size).collect::<Vec<_>>()));
        // The policy leaves out the largest, whatever is deleted of them.
        let is_alone = |size: &Size| size.incidents as usize > LARGEST_MERGED && size.is_holey();
        let alone = sizes.iter().filter(|(_, size)| is_alone(size)).map(|(&id, _)| MergeCandidate(vec![id]));
        parts.chain(alone).collect()
    }
}

/// The size of a segment.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    incidents: u32,
    /// Others that it still has.
    deleted: u32,
}

impl Size {
    fn is_holey(self) -> bool {
        self.deleted as f32 > DELETED_SHARE * (self.incidents + self.deleted) as f32
    }
}

/// Whether it is worth it to merge these of so many segments.
fn is_worth(all: usize, sizes: &[Size]) -> bool {
    let stay = all <= FEW_SEGMENTS && sizes.iter().all(|size| size.incidents >= LARGE_SEGMENT);
    sizes.iter().any(|size| size.is_holey()) || sizes.len() >= MERGED_AT_ONCE && !stay
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_large_segments_stay_unless_much_of_them_is_deleted() {
        let of = |incidents| Size { incidents, deleted: 0 };
        let large = [of(LARGE_SEGMENT); MERGED_AT_ONCE];
        assert!(!is_worth(MERGED_AT_ONCE, &large) && !is_worth(FEW_SEGMENTS, &large));
        assert!(is_worth(FEW_SEGMENTS + 1, &large), "no longer few");
        let mut mixed = large;
        mixed[3] = of(LARGE_SEGMENT - 1);
        assert!(is_worth(FEW_SEGMENTS, &mixed));
        assert!(is_worth(4, &[of(1); 4]) && !is_worth(40, &[of(1); 3]), "so few of many are left for later");
        mixed[3] = Size { incidents: LARGE_SEGMENT, deleted: LARGE_SEGMENT / 3 };
        assert!(is_worth(FEW_SEGMENTS, &mixed) && is_worth(1, &mixed[3..]));
        mixed[3].deleted = LARGE_SEGMENT / 5;
        assert!(!is_worth(FEW_SEGMENTS, &mixed));
    }
}
