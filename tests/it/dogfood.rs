//! The project passes its own check, and its fixtures are not mistaken for dependencies.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Where cargo fetched the crates that this test was built from.
fn cargo_home() -> PathBuf {
    let home = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    home("CARGO_HOME").or_else(|| Some(home("HOME")?.join(".cargo"))).unwrap()
}

fn check(args: &[&str]) -> (Option<i32>, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_ppl-check"))
        .args(["--offline", "--format", "json"])
        .args(args)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .env_clear()
        .env("CARGO_HOME", cargo_home())
        .output()
        .unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

fn judged(document: &Value) -> Vec<&Value> {
    let packages = document["packages"].as_array().unwrap();
    packages.iter().filter(|package| package["not_judged"].is_null()).collect()
}

#[test]
fn the_project_passes_its_own_check_with_and_without_its_configuration() {
    let lock = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).unwrap();
    let n_locked = lock.lines().filter(|line| *line == "[[package]]").count();
    for args in [&[][..], &["--no-config"]] {
        let (code, document) = check(args);
        assert_eq!((code, &document["findings"]), (Some(0), &Value::Array(Vec::new())), "{args:?}");
        let judged = judged(&document);
        assert_eq!(judged.len(), n_locked - 1, "every locked package but the project itself, {args:?}");
        for package in judged {
            assert!(package["purl"].as_str().unwrap().starts_with("pkg:cargo/"), "{package}");
            assert!(package["expression"].is_string(), "{package}");
        }
    }
}
