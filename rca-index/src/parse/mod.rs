//! Parsing: from a report's text to an `Incident` and a list of problems, never one or the other.

mod outline;
