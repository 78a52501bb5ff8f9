//! Engine: the only room that names the search engine it is built on.

pub(crate) mod collect;
pub(crate) mod compile;
pub(crate) mod directory;
pub(crate) mod document;
pub(crate) mod fault;
pub(crate) mod health;
pub(crate) mod lookup;
pub(crate) mod parts;
mod plain_file;
pub(crate) mod postings;
mod queue;
pub(crate) mod scorer;
pub(crate) mod tokenizer;
pub(crate) mod writer;
