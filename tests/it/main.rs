//! Integration tests, one binary: a module for each subject.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "test helpers")]

mod knowledge;
mod policy;
mod robustness;
mod spellings;
