//! Views: one generation of an archive in a cluster, and what is remembered of it for the searches that follow.
//!
//! In: the state of the last commit. Out: statistics, the analyzer, caches. A generation never changes, so nothing is forgotten until
//! the next one is seen.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::Value;

use crate::archive::names::Names;
use crate::engine::commit::Commit;
use crate::engine::facets::Forms;
use crate::engine::opensearch::counts::Counts;
use crate::engine::opensearch::state::State;
use crate::plan::{Pattern, Statistics};
use crate::schema::Facet;
use crate::text::analyzer::Analyzer;

/// One generation.
pub(super) struct View {
    /// The index that holds its documents; empty before the first commit.
    pub(super) index: String,
    pub(super) generation: i64,
    pub(super) incidents: u64,
    /// The filters that find its incidents.
    pub(super) living: Vec<Value>,
    pub(super) commit: Arc<Commit>,
    pub(super) counts: Counts,
    pub(super) names: OnceLock<Arc<Names>>,
    /// The ids of incidents that another one links to.
    pub(super) linked: OnceLock<Arc<[String]>>,
    forms: Mutex<HashMap<Facet, Arc<Forms>>>,
    expansions: Mutex<HashMap<Pattern, Arc<[String]>>>,
}

impl View {
    /// The view of a state; `None` before the first commit.
    pub(super) fn new(state: Option<State>, archive: &str) -> Self {
        let (index, living, state) = match state {
            Some(state) => (state.index.clone(), state.living(archive), state),
            None => (String::new(), Vec::new(), State::default()),
        };
        Self {
            index,
            generation: state.generation,
            incidents: state.incidents,
            living,
            commit: Arc::new(Commit::new(state.note, state.incidents)),
            counts: Counts::default(),
            names: OnceLock::new(),
            linked: OnceLock::new(),
            forms: Mutex::default(),
            expansions: Mutex::default(),
        }
    }

    pub(super) fn statistics(&self) -> Statistics {
        self.commit.statistics
    }

    pub(super) fn analyzer(&self) -> &Analyzer {
        &self.commit.analyzer
    }

    /// The words that open patterns stand for.
    pub(super) fn expansions(&self) -> MutexGuard<'_, HashMap<Pattern, Arc<[String]>>> {
        self.expansions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The forms of facets.
    pub(super) fn forms(&self) -> MutexGuard<'_, HashMap<Facet, Arc<Forms>>> {
        self.forms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The view that was seen last.
#[derive(Default)]
pub(super) struct Latest(Mutex<Option<Arc<View>>>);

impl fmt::Debug for Latest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Latest")
    }
}

impl Latest {
    /// The view of a state: the one that is known, if it is of this generation.
    pub(super) fn view(&self, state: Option<State>, archive: &str) -> Arc<View> {
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (generation, index) = state.as_ref().map_or((0, ""), |state| (state.generation, state.index.as_str()));
        if let Some(known) = latest.as_ref().filter(|view| view.generation == generation && view.index == index) {
            return Arc::clone(known);
        }
        let view = Arc::new(View::new(state, archive));
        *latest = Some(Arc::clone(&view));
        view
    }
}
