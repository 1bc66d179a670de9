//! A module imports only from lower layers.

use std::path::{Path, PathBuf};

/// The layers, lowest first; modules of one layer may see each other.
const LAYERS: &[&[&str]] = &[
    &["base"],
    &["license"],
    &["model", "scan", "syntax"],
    &["ecosystem"],
    &["config", "inventory", "registry", "resolve"],
    &["policy"],
    &["explain", "report"],
    &["check", "lib"],
    &["cli", "main"],
];

fn layer(module: &str) -> usize {
    LAYERS.iter().position(|modules| modules.contains(&module)).unwrap_or_else(|| panic!("`{module}` has no layer"))
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Returns the code of a file: without comments, and without the tests at its end.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn modules_import_only_from_lower_layers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    assert!(files.len() > 30);
    let mut n_imports = 0;
    for path in files {
        let inside = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let module = inside.split('/').next().unwrap().trim_end_matches(".rs");
        for import in code(&std::fs::read_to_string(&path).unwrap()).split("crate::").skip(1) {
            let name: String = import.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect();
            // What the library re-exports, and macros, are named in `lib.rs`.
            if name.starts_with(|char: char| char.is_uppercase())
                || name.is_empty()
                || module == "cli"
                || module == "main"
            {
                continue;
            }
            n_imports += 1;
            assert!(layer(&name) <= layer(module), "{inside} imports `{name}`, which is above it");
        }
    }
    assert!(n_imports > 100);
}
