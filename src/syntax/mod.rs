//! File syntaxes without meaning: encodings, lines, TOML with positions.

pub mod headers;
pub mod json;
pub mod text;
pub mod toml;
