//! What the README shows is what the command does.
