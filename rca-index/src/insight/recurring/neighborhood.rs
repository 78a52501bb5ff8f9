//! The neighborhood of one incident: the cluster that it is in, without comparing all incidents.
//!
//! In: an incident. Out: its cluster, of those that are connected with it by pairs and by what reports say, however far. Most
//! incidents take one query, and no other report is read than those that refer to it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::stated::KEYS;
use super::{Cluster, Node, found, said};
use crate::error::Result;
use crate::incident::Incident;
use crate::ranking::RECURRING_EVIDENCE;
use crate::search::Alike;

/// At most so many incidents are asked for what is like them.
const MOST_ASKED: usize = 40;
/// At most so many incidents that refer to one are read for what they say of it; of more, those that are most like it.
const MOST_REFERRING: usize = 20;

/// The cluster that an incident is in, if it happened before or again.
pub(crate) fn neighborhood(alike: &Alike<'_>, incident: &Incident) -> Result<Option<Cluster>> {
    let mut asked: BTreeMap<String, Node> = BTreeMap::new();
    let mut followed = BTreeSet::new();
    // Each with the one that it is like, unless a report says that they are the same.
    let mut next: VecDeque<(String, Option<String>)> = VecDeque::from([(incident.id.clone(), None)]);
    while let Some((id, from)) = next.pop_front() {
        if !asked.contains_key(&id) {
            if asked.len() == MOST_ASKED {
                continue;
            }
            let Some(report) = read(alike, &id, incident)? else { continue };
            // Those that cannot be the same are not even counted.
            let near = alike.like(&report, RECURRING_EVIDENCE, true)?;
            asked.insert(id.clone(), Node::new(alike, &report, near)?);
        }
        let Some(node) = asked.get(&id) else { continue };
        let from = from.and_then(|from| asked.get(&from));
        let is_same = from.is_none_or(|from| from.is_same(node).is_some());
        if is_same && followed.insert(id.clone()) {
            next.extend(node.alike.iter().map(|(other, _)| (other.clone(), Some(id.clone()))));
            let said = node.said.iter().map(|said| said.id.clone());
            next.extend(said_by_others(alike, &id, incident)?.into_iter().chain(said).map(|other| (other, None)));
        }
    }
    let nodes: Vec<Node> = asked.into_values().collect();
    let is_in = |cluster: &Cluster| cluster.incidents.iter().any(|one| one.incident.id == incident.id);
    Ok(found(alike, &nodes)?.into_iter().find(is_in))
}

/// The incident with this id; that which was asked with is not read again.
fn read<'i>(alike: &Alike<'_>, id: &str, asked: &'i Incident) -> Result<Option<Cow<'i, Incident>>> {
    if *id == asked.id {
        return Ok(alike.has(id)?.then_some(Cow::Borrowed(asked)));
    }
    Ok(alike.get(id)?.map(Cow::Owned))
}

/// The ids of the incidents whose reports say that they are the same as one.
fn said_by_others(alike: &Alike<'_>, id: &str, asked: &Incident) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let nearest = || read(alike, id, asked)?.map_or(Ok(Vec::new()), |report| alike.nearest(&report));
    for other in alike.referring_to(id, KEYS, &nearest, MOST_REFERRING)? {
        let Some(report) = alike.get(&other)? else { continue };
        if said(alike, &report)?.iter().any(|said| said.id == id) {
            found.push(other);
        }
    }
    Ok(found)
}
