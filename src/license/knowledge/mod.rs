//! The license knowledge of `licenses/`: loaded from the binary or from a folder.

pub mod schema;
