//! The query language: text to a plain tree, with spans. No engine type here; `compile` is another engine's business.

mod ast;
