//! File syntaxes without meaning: encodings, lines, header blocks.

pub mod text;
