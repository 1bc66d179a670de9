//! File syntaxes without meaning: encodings, lines, JSON, TOML and XML with positions.

pub mod headers;
pub mod imports;
pub mod json;
mod rtf;
pub mod text;
pub mod toml;
pub mod xml;
pub mod yaml;
