//! The nodes of a cluster, and which of them are there.
//!
//! In: addresses, and what became of requests. Out: the node to ask next. One that fails is left out for a while, longer each time.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::engine::opensearch::address::Address;

/// How long a node is left out after its first failure in a row.
const FIRST_REST: Duration = Duration::from_secs(30);
/// And at most.
const LONGEST_REST: Duration = Duration::from_secs(600);

/// A node.
pub(super) struct Node {
    address: Address,
    rest: Mutex<Rest>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Rest {
    failures: u32,
    until: Option<Instant>,
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

impl Node {
    fn rest(&self) -> Rest {
        *self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_rest(&self, rest: Rest) {
        *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = rest;
    }
}

/// The nodes of a cluster.
pub(super) struct Nodes {
    all: Vec<Node>,
    /// The node that is asked first.
    preferred: AtomicUsize,
    ever_answered: AtomicBool,
}

impl fmt::Debug for Nodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all.iter().map(|node| &node.address)).finish()
    }
}

impl Nodes {
    /// Addresses, of which there is at least one.
    pub(super) fn new(addresses: &[Address]) -> Self {
        let nodes = addresses.iter().map(|address| Node { address: address.clone(), rest: Mutex::default() });
        Self { all: nodes.collect(), preferred: AtomicUsize::new(0), ever_answered: AtomicBool::new(false) }
    }

    pub(super) fn first(&self) -> &Node {
        &self.all[0]
    }

    /// The node to ask: the preferred one or the next that is not left out; if all are, the one that comes back first.
    pub(super) fn next(&self) -> &Node {
        let now = Instant::now();
        let from = self.preferred.load(Ordering::Relaxed) % self.all.len();
        let in_turn = || self.all[from..].iter().chain(&self.all[..from]);
        let is_there = |node: &&Node| node.rest().until.is_none_or(|until| until <= now);
        let soonest = || in_turn().min_by_key(|node| node.rest().until);
        in_turn().find(is_there).or_else(soonest).unwrap_or_else(|| self.first())
    }

    /// Prefers the next node.
    pub(super) fn rotate(&self) {
        self.preferred.fetch_add(1, Ordering::Relaxed);
    }

    /// A node answered.
    pub(super) fn answered(&self, node: &Node) {
        self.ever_answered.store(true, Ordering::Relaxed);
        if node.rest().failures > 0 {
            node.set_rest(Rest::default());
        }
    }

    /// A node cannot be reached. Whether another one is there to ask.
    pub(super) fn failed(&self, node: &Node) -> bool {
        let failures = node.rest().failures.saturating_add(1);
        let rest = FIRST_REST.saturating_mul(1 << (failures - 1).min(5)).min(LONGEST_REST);
        let now = Instant::now();
        node.set_rest(Rest { failures, until: Some(now + rest) });
        self.all.iter().any(|node| node.rest().until.is_none_or(|until| until <= now))
    }

    /// Whether any node answered since the start.
    pub(super) fn ever_answered(&self) -> bool {
        self.ever_answered.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(addresses: &[&str]) -> Nodes {
        let addresses: Vec<_> = addresses.iter().map(|address| Address::parse(address).unwrap()).collect();
        Nodes::new(&addresses)
    }

    #[test]
    fn a_node_that_fails_is_left_out_until_it_answers() {
        let nodes = nodes(&["http://a", "http://b"]);
        assert_eq!(nodes.next().to_string(), "http://a");
        assert!(nodes.failed(nodes.first()), "b is there");
        assert_eq!(nodes.next().to_string(), "http://b");
        nodes.answered(nodes.first());
        assert_eq!(nodes.next().to_string(), "http://a");
    }

    #[test]
    fn if_all_are_left_out_the_one_that_comes_back_first_is_asked() {
        let nodes = nodes(&["http://a", "http://b"]);
        nodes.failed(&nodes.all[0]);
        nodes.failed(&nodes.all[0]);
        assert!(!nodes.failed(&nodes.all[1]), "none is there");
        assert_eq!(nodes.next().to_string(), "http://b");
    }

    #[test]
    fn a_rest_has_a_limit() {
        let nodes = nodes(&["http://a"]);
        for _ in 0..1_000 {
            nodes.failed(nodes.first());
        }
        assert!(nodes.first().rest().until.unwrap() <= Instant::now() + LONGEST_REST);
    }

    #[test]
    fn busy_nodes_are_asked_in_turn() {
        let nodes = nodes(&["http://a", "http://b", "http://c"]);
        let asked: Vec<_> = (0..4)
            .map(|_| {
                let node = nodes.next().to_string();
                nodes.rotate();
                node
            })
            .collect();
        assert_eq!(asked, ["http://a", "http://b", "http://c", "http://a"]);
    }
}
