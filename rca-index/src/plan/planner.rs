//! The planner: from a query tree to a plan.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::error::Result;
use crate::incident::{DayZone, HouseNames};
use crate::plan::dates::date_condition;
use crate::plan::draft::Draft;
use crate::plan::keys;
use crate::plan::sequence::Sequence;
use crate::plan::{AnyVocabulary, Clause, Condition, Plan, Vocabulary, WordId, matching_keys};
use crate::query::{Node, NodeKind, Query};
use crate::schema::{FieldKind, LinkField, fields_named};
use crate::text::Synonyms;
use crate::text::analyzer::Analyzer;

/// Builds plans.
pub(crate) struct Planner<'a> {
    pub(crate) analyzer: &'a Analyzer,
    pub(crate) synonyms: &'a Synonyms,
    pub(crate) vocabulary: &'a dyn Vocabulary,
    pub(crate) house: &'a HouseNames,
    /// Now, in seconds since 1970, UTC.
    pub(crate) now: i64,
    /// The zone of days.
    pub(crate) zone: &'a DayZone,
}

/// For what is excluded.
static NO_SYNONYMS: LazyLock<Synonyms> = LazyLock::new(Synonyms::none);

/// An interpreted group of a query.
struct Group {
    clause: Clause,
    /// The words for ranking among its words.
    ranked: Vec<WordId>,
    interpreted: Node,
}

impl Planner<'_> {
    /// Plans a query.
    ///
    /// # Errors
    /// The index cannot be read; or the query asks for a field that neither the table nor the index has.
    pub(crate) fn plan(&self, query: &Query) -> Result<Plan> {
        let query = &*keys::resolve(query, self.vocabulary)?;
        let mut draft = Draft::default();
        let (texts, others) = texts_and_others(&query.root);
        let Sequence { plain, phrases, extra, interpreted } = self.sequence(&texts, 0, &mut draft)?;
        let needed = draft.add(plain.into_iter().chain(phrases));
        let mut ranked: Vec<WordId> = needed.iter().copied().chain(draft.add(extra)).collect();
        let (mut groups, mut conditions, mut nodes) = (Vec::new(), Vec::new(), interpreted);
        for node in others {
            let group = self.group(node, &mut draft)?;
            nodes.push(group.interpreted);
            if is_text(node) {
                ranked.extend(group.ranked);
                add_distinct(&mut groups, group.clause);
            } else {
                add_distinct(&mut conditions, group.clause);
            }
        }
        let root = Node::and(nodes, query.root.span.clone());
        let interpreted = Query { root, sort: query.sort };
        ranked = distinct(ranked);
        let mut plan = Plan { ranked, needed, groups, conditions, interpreted, ..draft.into_plan() };
        plan.keep_most_words(self.vocabulary)?;
        Ok(plan)
    }

    fn group(&self, node: &Node, draft: &mut Draft) -> Result<Group> {
        match &node.kind {
            NodeKind::Text { .. } | NodeKind::And(_) => self.every(node, draft),
            NodeKind::Or(parts) => {
                let (mut clauses, mut ranked, mut nodes) = (Vec::new(), Vec::new(), Vec::new());
                for part in parts {
                    let group = self.group(part, draft)?;
                    add_distinct(&mut clauses, group.clause);
                    ranked.extend(group.ranked);
                    nodes.push(group.interpreted);
                }
                let interpreted = Node { kind: NodeKind::Or(nodes), span: node.span.clone() };
                Ok(Group { clause: Clause::Any(clauses), ranked, interpreted })
            }
            NodeKind::Not(inner) => {
                // Excluded words are not corrected or expanded with synonyms; a word that occurs in no incident
                // excludes nothing.
                let as_typed = Planner { synonyms: &NO_SYNONYMS, vocabulary: &AnyVocabulary, ..*self };
                let excluded = draft.excluding(|draft| Ok(as_typed.group(inner, draft)?.clause))?;
                let clause = Clause::Not(Box::new(excluded));
                Ok(Group { clause, ranked: Vec::new(), interpreted: node.clone() })
            }
            kind => {
                let clause = match kind {
                    NodeKind::Has { field, present: false } if is_backlinks(field) => {
                        Clause::Not(Box::new(Clause::Condition(Condition::Linked)))
                    }
                    _ => self.condition(kind).map_or(Clause::Everything, Clause::Condition),
                };
                Ok(Group { clause, ranked: Vec::new(), interpreted: node.clone() })
            }
        }
    }

    /// A group of which all parts are required.
    fn every(&self, node: &Node, draft: &mut Draft) -> Result<Group> {
        let (texts, others) = texts_and_others(node);
        draft.sequences += 1;
        let number = draft.sequences;
        let Sequence { plain, phrases, extra, interpreted } = self.sequence(&texts, number, draft)?;
        let words = draft.add(plain.into_iter().chain(phrases));
        let mut ranked: Vec<WordId> = words.iter().copied().chain(draft.add(extra)).collect();
        let (mut clauses, mut nodes) = (Vec::new(), interpreted);
        if !words.is_empty() {
            clauses.push(Clause::Words(words));
        }
        for part in others {
            let group = self.group(part, draft)?;
            add_distinct(&mut clauses, group.clause);
            ranked.extend(group.ranked);
            nodes.push(group.interpreted);
        }
        Ok(Group { clause: Clause::all(clauses), ranked, interpreted: Node::and(nodes, node.span.clone()) })
    }

    /// The condition of a node on a value; `None` if the node matches everything.
    fn condition(&self, kind: &NodeKind) -> Option<Condition> {
        Some(match kind {
            NodeKind::Facet { facet, values } => {
                let keys = values.iter().flat_map(|value| matching_keys(*facet, value, self.house));
                let mut seen = HashSet::new();
                let keys = keys.filter(|key| seen.insert(key.clone())).collect();
                Condition::Facet { facet: *facet, keys }
            }
            NodeKind::FacetPrefix { facet, prefix } => Condition::facet_prefix(*facet, prefix),
            NodeKind::SeverityRank { comparison, name } => {
                let rank = self.house.severities.rank(name)?;
                Condition::SeverityRank { comparison: *comparison, rank }
            }
            NodeKind::Number { field, range } => Condition::Number { field: *field, range: *range },
            NodeKind::Date(range) => date_condition(*range, self.now, self.zone),
            NodeKind::Key { key, test, .. } => keys::condition(key, test)?,
            NodeKind::Links { field: LinkField::Links, names } => Condition::LinksTo(names.clone()),
            NodeKind::Links { field: LinkField::Backlinks, names } => Condition::LinkedFrom(names.clone()),
            NodeKind::Has { field, present: true } if is_backlinks(field) => Condition::Linked,
            NodeKind::Has { field, present } => Condition::Has { field, present: *present },
            NodeKind::All | NodeKind::Text { .. } | NodeKind::And(_) | NodeKind::Or(_) | NodeKind::Not(_) => {
                return None;
            }
        })
    }
}

impl Clause {
    /// All of these clauses; everything if there are none.
    fn all(mut clauses: Vec<Self>) -> Self {
        match clauses.len() {
            0 => Self::Everything,
            1 => clauses.remove(0),
            _ => Self::All(clauses),
        }
    }
}

/// Whether a field is told by other incidents alone.
fn is_backlinks(field: &str) -> bool {
    fields_named(field).any(|spec| spec.kind == FieldKind::Link(LinkField::Backlinks))
}

/// Adds a clause unless it is there.
fn add_distinct(clauses: &mut Vec<Clause>, clause: Clause) {
    if !clauses.contains(&clause) {
        clauses.push(clause);
    }
}

/// Each number once, in the order of their first places.
fn distinct(mut words: Vec<WordId>) -> Vec<WordId> {
    let mut seen = HashSet::new();
    words.retain(|&word| seen.insert(word));
    words
}

/// Splits an AND, or a single node, into texts and everything else.
fn texts_and_others(node: &Node) -> (Vec<&Node>, Vec<&Node>) {
    let parts = match &node.kind {
        NodeKind::And(parts) => parts.as_slice(),
        _ => std::slice::from_ref(node),
    };
    parts.iter().partition(|part| matches!(part.kind, NodeKind::Text { .. }))
}

/// Whether a part of a query consists of words only, so that a partial match may lack it.
fn is_text(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Text { .. } => true,
        NodeKind::Or(parts) | NodeKind::And(parts) => parts.iter().all(is_text),
        _ => false,
    }
}
