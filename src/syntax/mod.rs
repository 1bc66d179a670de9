//! File syntaxes without meaning: encodings, lines, TOML with positions.

pub mod text;
pub mod toml;
