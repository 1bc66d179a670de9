//! Compiles `licenses/` into the binary.
//!
//! The knowledge is read by the code that reads a user's own at run time, and stored as its decoded form.
//! A problem in any file fails the build with file, line and column.

#![expect(clippy::disallowed_methods, reason = "a build script reads `licenses/` and writes to the output folder")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

#[path = "src/base"]
#[expect(unreachable_pub, reason = "shared with the library")]
mod base {
    pub mod nearest;
}

#[path = "src/license"]
#[expect(dead_code, unreachable_pub, reason = "shared with the library, which uses more of it")]
mod license {
    pub mod facts;
    #[path = "knowledge"]
    pub mod knowledge {
        mod aliases;
        pub mod data;
        mod error;
        pub mod load;
        mod load_rules;
        pub mod rule_schema;
        mod rules;
        pub mod schema;
        pub mod vocabulary;
    }
}

#[path = "src/license/identify/compile.rs"]
mod identify;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use license::knowledge::data::Knowledge;
use license::knowledge::load::File;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=licenses");
    println!("cargo::rerun-if-changed=src/base/nearest.rs");
    println!("cargo::rerun-if-changed=src/license/facts");
    println!("cargo::rerun-if-changed=src/license/knowledge");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("licenses");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    println!("cargo::rerun-if-changed=src/license/identify");
    if let Err(error) = identify::run(&root, &out.join("texts.idx")) {
        println!("cargo::error={error}");
        return ExitCode::FAILURE;
    }
    compile_knowledge(&root, &out)
}

fn compile_knowledge(root: &Path, out: &Path) -> ExitCode {
    let mut files = Vec::new();
    list_files(root, root, &mut files);
    files.sort_by(|left, right| left.path.cmp(&right.path));
    let mut knowledge = match Knowledge::load(&files) {
        Ok(knowledge) => knowledge,
        Err(errors) => {
            for error in errors {
                println!("cargo::error=licenses/{error}");
            }
            return ExitCode::FAILURE;
        }
    };
    knowledge.drop_cases();
    let bytes = postcard::to_allocvec(&knowledge).expect("the knowledge is plain data");
    fs::write(out.join("knowledge.bin"), bytes).expect("the output folder can be written");

    let rows: Vec<(&str, &str)> = files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let bytes = postcard::to_allocvec(&rows).expect("paths and texts are plain data");
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    let packed = packed.write_all(&bytes).and_then(|()| packed.finish()).expect("a vector takes all bytes");
    fs::write(out.join("knowledge_files.bin"), packed).expect("the output folder can be written");
    ExitCode::SUCCESS
}

/// Lists the knowledge files below `folder`; texts of licenses are not among them.
fn list_files(root: &Path, folder: &Path, files: &mut Vec<File>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            list_files(root, &path, files);
            continue;
        }
        let extension = path.extension().and_then(|extension| extension.to_str());
        if matches!(extension, Some("toml" | "md")) {
            let text = fs::read_to_string(&path).expect("knowledge files are UTF-8");
            let relative = path.strip_prefix(root).expect("it was found below the root");
            let path = relative.to_str().expect("names are UTF-8").replace('\\', "/");
            files.push(File { path, text });
        }
    }
}
