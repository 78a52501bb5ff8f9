//! Signals: text that was pasted from an alert, a log or a stack trace.
//!
//! In: what was typed or pasted. Out: which of the two it was. Whatever has to tell them apart asks [`is_paste`].

mod paste;

pub use paste::is_paste;
