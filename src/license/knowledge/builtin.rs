//! The knowledge that `build.rs` compiled into the binary.

use std::io::Read;
use std::sync::LazyLock;

use flate2::read::DeflateDecoder;

use super::data::Knowledge;
use super::load::File;

static COMPILED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/knowledge.bin"));

static BUILTIN: LazyLock<Knowledge> =
    LazyLock::new(|| postcard::from_bytes(COMPILED).expect("`build.rs` wrote it with these very types"));

/// The files it was made from, deflated: only `data` needs them, and they are two thirds of the knowledge's size.
static SOURCE_FILES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/knowledge_files.bin"));

static FILES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let mut bytes = Vec::new();
    DeflateDecoder::new(SOURCE_FILES).read_to_end(&mut bytes).expect("`build.rs` deflated it");
    postcard::from_bytes(&bytes).expect("`build.rs` wrote it with these very types")
});

impl Knowledge {
    /// Returns the knowledge that is compiled in.
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }
}

/// Returns the files the compiled-in knowledge was made from, by path below `licenses/`.
pub fn source_files() -> Vec<File> {
    FILES.iter().map(|(path, text)| File { path: path.clone(), text: text.clone() }).collect()
}
