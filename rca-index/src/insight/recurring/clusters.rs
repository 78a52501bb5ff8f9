//! Clusters: which incidents are the same again.
//!
//! In: pairs that are alike, each with how much, and pairs of which a report says so; incidents are numbers. Out: clusters that
//! hold together. One pair leads to the next, and a hundred incidents would be one: so each member of a cluster is the same as its
//! most central one, and as at least half of the others.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Two incidents that are the same, and how much alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pair {
    pub(crate) a: usize,
    pub(crate) b: usize,
    pub(crate) likeness: f32,
}

/// The clusters of so many incidents, each with at least two, sorted. What a report says holds in any case: incidents that are
/// connected so are one block, and a block is in one cluster.
pub(crate) fn clusters(incidents: usize, alike: &[Pair], stated: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let blocks = Blocks::new(incidents, stated);
    let neighbors = neighbors(&blocks, alike);
    let mut order: Vec<usize> = (0..incidents).filter(|&at| blocks.of[at] == at).collect();
    // The most central first: that with the most incidents that are the same, of equals the one with the likest.
    let degree = |block: &usize| {
        let near = neighbors.get(block);
        let total: f64 = near.iter().flat_map(|near| near.values()).map(|&likeness| f64::from(likeness)).sum();
        (near.map_or(0, BTreeMap::len), (total * 1e3) as i64)
    };
    order.sort_by_cached_key(|block| (Reverse(degree(block)), *block));
    let mut taken = BTreeSet::new();
    let mut clusters = Vec::new();
    for center in order {
        if !taken.insert(center) {
            continue;
        }
        let mut members = vec![center];
        let mut near: Vec<(usize, f32)> = neighbors.get(&center).into_iter().flatten().map(|(&b, &l)| (b, l)).collect();
        near.retain(|(block, _)| !taken.contains(block));
        near.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        for (block, _) in near {
            let same = members.iter().filter(|&member| is_pair(&neighbors, block, *member)).count();
            if 2 * same >= members.len() {
                members.push(block);
                taken.insert(block);
            }
        }
        let mut cluster: Vec<usize> = members.iter().flat_map(|&block| blocks.members(block)).copied().collect();
        cluster.sort_unstable();
        if cluster.len() > 1 {
            clusters.push(cluster);
        }
    }
    clusters.sort();
    clusters
}

/// The incidents that are connected by what reports say.
struct Blocks {
    /// For each incident its block, by its first incident.
    of: Vec<usize>,
    members: BTreeMap<usize, Vec<usize>>,
}

impl Blocks {
    fn new(incidents: usize, stated: &[(usize, usize)]) -> Self {
        let mut parents: Vec<usize> = (0..incidents).collect();
        for &(a, b) in stated {
            let (a, b) = (root(&mut parents, a), root(&mut parents, b));
            // The smaller one is the root, so that the order of pairs does not matter.
            parents[a.max(b)] = a.min(b);
        }
        let of: Vec<usize> = (0..incidents).map(|at| root(&mut parents, at)).collect();
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        of.iter().enumerate().for_each(|(at, &block)| members.entry(block).or_default().push(at));
        Self { of, members }
    }

    fn members(&self, block: usize) -> &[usize] {
        self.members.get(&block).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The root of an incident's tree, whose path is halved on the way.
fn root(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

type Neighbors = BTreeMap<usize, BTreeMap<usize, f32>>;

/// Which blocks are the same, and how much the likest of their incidents are alike.
fn neighbors(blocks: &Blocks, alike: &[Pair]) -> Neighbors {
    let mut neighbors = Neighbors::new();
    for &Pair { a, b, likeness } in alike {
        let (a, b) = (blocks.of[a], blocks.of[b]);
        if a != b {
            for (from, to) in [(a, b), (b, a)] {
                let known = neighbors.entry(from).or_default().entry(to).or_insert(likeness);
                *known = known.max(likeness);
            }
        }
    }
    neighbors
}

fn is_pair(neighbors: &Neighbors, a: usize, b: usize) -> bool {
    neighbors.get(&a).is_some_and(|near| near.contains_key(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn alike(pairs: &[(usize, usize)]) -> Vec<Pair> {
        pairs.iter().map(|&(a, b)| Pair { a, b, likeness: 1.0 }).collect()
    }

    #[test]
    fn clusters_hold_together() {
        let check = |pairs: &[(usize, usize)], stated: &[(usize, usize)], expected: &[&[usize]]| {
            assert_eq!(clusters(10, &alike(pairs), stated), expected, "{pairs:?} {stated:?}");
        };
        check(&[], &[], &[]);
        check(&[(3, 1)], &[], &[&[1, 3]]);
        check(&[(0, 1), (1, 2), (0, 2)], &[], &[&[0, 1, 2]]);
        // A chain of six is not one cluster.
        check(&[(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)], &[], &[&[0, 1, 2], &[3, 4]]);
        // Of those that are the same as the center, each is the same as half of the others.
        check(&[(0, 1), (0, 2), (0, 3), (0, 4)], &[], &[&[0, 1, 2]]);
        check(&[(0, 1), (0, 2), (0, 3), (1, 2), (2, 3), (1, 3)], &[], &[&[0, 1, 2, 3]]);
        // What reports say holds, however long the chain.
        check(&[], &[(5, 4), (3, 4), (2, 3), (2, 1)], &[&[1, 2, 3, 4, 5]]);
        check(&[(1, 7)], &[(0, 1), (7, 8)], &[&[0, 1, 7, 8]]);
    }

    proptest! {
        #[test]
        fn no_incident_is_in_two_clusters_and_order_does_not_matter(
            pairs in proptest::collection::vec((0_usize..20, 0_usize..20), 0..60),
            stated in proptest::collection::vec((0_usize..20, 0_usize..20), 0..5),
        ) {
            let pairs: Vec<_> = pairs.into_iter().filter(|(a, b)| a != b).collect();
            let found = clusters(20, &alike(&pairs), &stated);
            let mut all: Vec<usize> = found.iter().flatten().copied().collect();
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            prop_assert_eq!(count, all.len());
            prop_assert!(found.iter().all(|cluster| cluster.len() > 1));
            let (mut back, mut said) = (pairs.clone(), stated.clone());
            back.reverse();
            said.reverse();
            prop_assert_eq!(&found, &clusters(20, &alike(&back), &said));
            for (a, b) in stated.into_iter().filter(|(a, b)| a != b) {
                prop_assert!(found.iter().any(|cluster| cluster.contains(&a) && cluster.contains(&b)));
            }
        }
    }
}
