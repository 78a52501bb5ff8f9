//! Searches in one process with the index open, as in a tool that embeds the library.

use std::error::Error;
use std::time::Instant;

use rca_index::{Facet, Index, SearchRequest};

use crate::compare::bare::Bare;
use crate::compare::queries::Kind;
use crate::compare::table::{Log, OURS, Run};

/// The work that contestants without snippets and facets do too.
pub const TOP: &str = "warm top 10 with the count";
/// The contestant that calls the engine directly.
pub const BARE: &str = "bare tantivy";

/// Searches with snippets and three facets.
pub fn with_snippets(
    index: &Index,
    bare: &Bare,
    kind: Kind,
    rare_word: &str,
    rounds: usize,
    log: &mut Log,
) -> Result<(), Box<dyn Error>> {
    let text = kind.rca(rare_word);
    let mut ours = || {
        let request = SearchRequest::parse(&text)?;
        let request = request.facet(Facet::Service).facet(Facet::Severity).facet(Facet::Tag);
        Ok(index.search(&request)?.total)
    };
    let mut theirs = || Ok(bare.search(kind, rare_word, true)?.1);
    in_turn(kind.warm_work(), rounds, log, &mut [(OURS, &mut ours), (BARE, &mut theirs)])
}

/// A pasted text, from its bytes to ten hits with snippets. No peer does this.
pub fn pasted(
    index: &Index,
    work: &'static str,
    text: &str,
    rounds: usize,
    log: &mut Log,
) -> Result<(), Box<dyn Error>> {
    let mut ours = || Ok(index.search(&SearchRequest::pasted(text)?)?.total_some);
    in_turn(work, rounds, log, &mut [(OURS, &mut ours)])
}

/// The ten best hits for two words, by rca.
pub fn ours(index: &Index) -> impl FnMut() -> Result<usize, Box<dyn Error>> {
    || {
        let mut request = SearchRequest::parse(&Kind::TwoWords.rca(""))?;
        request.snippets = 0;
        Ok(index.search(&request)?.total)
    }
}

/// The ten best hits for two words, by the engine.
pub fn bare(bare: &Bare) -> impl FnMut() -> Result<usize, Box<dyn Error>> {
    || Ok(bare.top(Kind::TwoWords, "")?.1)
}

/// A search to measure; returns the number of hits.
pub type Search<'a> = &'a mut dyn FnMut() -> Result<usize, Box<dyn Error>>;

/// Measures each call separately, in turn.
pub fn in_turn(
    work: &'static str,
    rounds: usize,
    log: &mut Log,
    contestants: &mut [(&'static str, Search<'_>)],
) -> Result<(), Box<dyn Error>> {
    // The first calls map files and fill caches.
    for _ in 0..3 {
        for (_, search) in contestants.iter_mut() {
            search()?;
        }
    }
    for round in 0..rounds {
        for (contestant, search) in contestants.iter_mut() {
            let started = Instant::now();
            let hits = search()?;
            let seconds = started.elapsed().as_secs_f64();
            log.add(Run { work, contestant, round, seconds, hits: Some(hits as u64), ..Run::default() });
        }
    }
    Ok(())
}
