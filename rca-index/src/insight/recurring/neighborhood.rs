//! The neighborhood of one incident: the cluster that it is in, without comparing all incidents.
//!
//! In: an incident. Out: its cluster, of those that can be reached from it over two pairs; most incidents take one query.

use std::collections::{BTreeMap, VecDeque};

use super::{Cluster, Node, found, said};
use crate::error::Result;
use crate::incident::Incident;
use crate::search::Alike;

/// At most so many incidents are asked for what is like them.
const MOST_ASKED: usize = 40;
/// How many pairs away from the incident the others are: its most central one, and the others around that.
const FAR: usize = 2;

/// The cluster that an incident is in, if it happened before or again.
pub(crate) fn neighborhood(alike: &Alike<'_>, incident: &Incident) -> Result<Option<Cluster>> {
    let mut asked: BTreeMap<String, Node> = BTreeMap::new();
    let mut next = VecDeque::from([(incident.id.clone(), 0)]);
    while let Some((id, far)) = next.pop_front() {
        if asked.contains_key(&id) || asked.len() == MOST_ASKED {
            continue;
        }
        let Some(report) = alike.get(&id)? else { continue };
        let node = Node::read(alike, &report)?;
        if far < FAR {
            let near = node.alike.iter().map(|(id, _)| id).chain(node.said.iter().map(|said| &said.id));
            next.extend(near.map(|id| (id.clone(), far + 1)));
        }
        if far == 0 {
            // What says that it is this one again is mostly like it.
            for other in &node.nearest {
                let Some(report) = alike.get(other)? else { continue };
                if said(alike, &report)?.iter().any(|said| said.id == id) {
                    next.push_back((other.clone(), 1));
                }
            }
        }
        asked.insert(id, node);
    }
    let nodes: Vec<Node> = asked.into_values().collect();
    let is_in = |cluster: &Cluster| cluster.incidents.iter().any(|one| one.incident.id == incident.id);
    Ok(found(alike, &nodes)?.into_iter().find(is_in))
}
