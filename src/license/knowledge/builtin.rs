//! The knowledge that `build.rs` compiled into the binary.

use std::sync::LazyLock;

use super::data::Knowledge;
use super::load::File;

static COMPILED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/knowledge.bin"));

static BUILTIN: LazyLock<Knowledge> =
    LazyLock::new(|| postcard::from_bytes(COMPILED).expect("`build.rs` wrote it with these very types"));

include!(concat!(env!("OUT_DIR"), "/knowledge_files.rs"));

impl Knowledge {
    /// Returns the knowledge that is compiled in.
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }
}

/// Returns the files the compiled-in knowledge was made from, by path below `licenses/`.
pub fn source_files() -> Vec<File> {
    SOURCE_FILES.iter().map(|&(path, text)| File { path: path.to_owned(), text: text.to_owned() }).collect()
}
