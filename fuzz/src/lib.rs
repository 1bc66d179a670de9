//! What is fuzzed; `tests/it/fuzz_corpus.rs` of the project replays the corpus with the same functions.

pub mod targets;
