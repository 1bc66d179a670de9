//! Integration tests, one binary: a module for each subject.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "test helpers"
)]

mod canned;
mod check;
mod ci_files;
mod circumstances;
mod compare;
mod copyfarleft_clauses;
mod corpus;
mod data;
mod determinism;
mod docs;
mod dogfood;
mod ecosystems;
mod eval;
mod eval_deep;
mod evidence_lock;
mod explain;
mod expressions;
mod formats;
mod fuzz_corpus;
mod golden;
#[cfg(unix)]
mod graph;
mod growth;
mod hostile;
mod identify;
mod knowledge;
mod laws;
mod layers;
mod lookup;
mod lookup_counts;
mod lookup_network;
mod lookup_npm;
mod lookup_others;
mod lookup_pypi;
mod policy;
mod policy_commands;
mod private_names;
mod program;
mod real_projects;
mod relations;
mod report;
mod robustness;
mod sbom;
mod sbom_input;
mod schema;
mod server;
mod shipped;
mod silence;
mod silent;
mod sources;
mod spelling_families;
mod spellings;
mod spoofing;
mod submodules;
mod tables;
mod who;
mod wordings;
