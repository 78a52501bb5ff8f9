//! The engine in a cluster of OpenSearch, in place of a folder. Only this module knows how to talk to it.
//!
//! In: [`ClusterSettings`], and what the engine in a folder takes. Out: what that one returns.

mod address;
mod answer;
pub(in crate::engine) mod batch;
mod bulk;
mod cluster;
mod compile;
mod counted;
mod counts;
mod document;
mod dsl;
#[cfg(test)]
mod fake;
mod health;
mod http;
mod iterate;
mod links;
mod lock;
mod login;
mod look_up;
mod mapping;
mod nodes;
mod origin;
mod pages;
mod retry;
mod scored;
mod search;
#[cfg(test)]
mod server;
mod settings;
mod snapshot;
mod state;
mod stored;
mod tidy;
mod view;
mod vocabulary;
mod writer;

pub(crate) use cluster::Cluster;
pub(super) use iterate::Sorted;
pub use settings::{Auth, ClusterSettings};
pub(super) use snapshot::Snapshot;
pub(super) use writer::ClusterWriter;
