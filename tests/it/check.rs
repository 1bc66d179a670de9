//! `check`, `list` and `why` from end to end.

use crate::program::{Project, package};

const MANIFEST: &str = "[package]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n\n[dependencies]\nserde = \"1\"\nreadline-tool = \"0.3\"\n";

const LOCK: &str = r#"version = 4

[[package]]
name = "readline-tool"
version = "0.3.1"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "serde"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "shop"
version = "1.0.0"
dependencies = ["readline-tool", "serde"]
"#;

/// A project with one permissive and one copyleft dependency, both in the store of the home folder.
pub(crate) fn shop() -> Project {
    let project = Project::new(&[("Cargo.toml", MANIFEST), ("Cargo.lock", LOCK)]);
    for (name, version, license) in [("readline-tool", "0.3.1", "GPL-3.0-only"), ("serde", "1.0.0", "MIT/Apache-2.0")] {
        let manifest = format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nlicense = \"{license}\"\n");
        let folder = project.home().join(format!(".cargo/registry/src/index.crates.io-0/{name}-{version}"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    }
    project
}

#[test]
fn a_copyleft_dependency_is_a_conflict_with_its_clauses() {
    let (code, document) = shop().check(&[]);
    assert_eq!(code, Some(1));
    assert_eq!(document["summary"]["reason"], "conflict");
    let serde = package(&document, "pkg:cargo/serde@1.0.0");
    assert_eq!(serde["expression"], "MIT OR Apache-2.0");
    assert_eq!(serde["verdict"], "ok");
    assert_eq!(serde["claims"][0]["raw"], "MIT/Apache-2.0");
    assert_eq!(serde["claims"][0]["location"]["store"], "cargo");
    assert_eq!(serde["claims"][0]["location"]["line"], 4);
    let tool = package(&document, "pkg:cargo/readline-tool@0.3.1");
    assert_eq!(tool["verdict"], "conflict");
    assert_eq!(tool["relation"], "static");
    assert_eq!(tool["paths"][0][0], "pkg:cargo/shop@1.0.0");
    let finding = &document["findings"][0];
    assert_eq!(finding["rule"], "copyleft-dependency");
    assert_eq!(finding["cause"], "terms");
    assert_eq!(finding["location"]["path"], "Cargo.lock");
    let quotes = finding["clauses"].as_array().unwrap();
    assert!(quotes.iter().any(|clause| clause["license"] == "PPL"));
    assert!(quotes.iter().any(|clause| clause["license"] == "GPL-3.0-only"));
    let shop = package(&document, "pkg:cargo/shop@1.0.0");
    assert_eq!((&shop["own"], &shop["not_judged"]), (&true.into(), &"own".into()));
}

#[test]
fn what_is_not_here_is_unknown_and_fails() {
    let project = shop();
    std::fs::remove_dir_all(project.home().join(".cargo")).unwrap();
    let (code, document) = project.check(&[]);
    assert_eq!(code, Some(1));
    assert_eq!(document["summary"]["reason"], "unknown");
    assert_eq!(package(&document, "pkg:cargo/serde@1.0.0")["missing"], true);
    let run = project.run(&[]);
    assert_eq!(run.stdout.matches("unknown[undetermined-license]").count(), 1, "{}", run.stdout);
    assert!(run.stdout.contains("2 packages"), "{}", run.stdout);
    assert!(run.stdout.contains("cargo fetch"), "{}", run.stdout);
}

#[test]
fn fail_on_decides_the_exit_code() {
    let project = shop();
    assert_eq!(project.run(&["--fail-on", "unknown"]).code, Some(0));
    assert_eq!(project.run(&["--fail-on", "never"]).code, Some(0));
    assert_eq!(project.run(&["--fail-on", "conflict"]).code, Some(1));
    assert_eq!(project.run(&["list"]).code, Some(0));
}

#[test]
fn an_exception_is_reported_and_does_not_fail() {
    let project = shop();
    let exception = "[[exception]]\npackage = \"cargo:readline-tool\"\nrule = \"copyleft-dependency\"\nreason = \"leaves with 1.1\"\nuntil = 2027-01-31\n";
    std::fs::write(project.path().join("ppl-check.toml"), exception).unwrap();
    let (code, document) = project.check(&["--today", "2026-12-31"]);
    assert_eq!((code, &document["findings"][0]["excepted"]), (Some(0), &"leaves with 1.1".into()));
    let (code, document) = project.check(&["--today", "2027-02-01"]);
    assert_eq!((code, &document["findings"][0]["excepted"]), (Some(1), &serde_json::Value::Null));
    assert_eq!(project.run(&["--no-config"]).code, Some(1));
}

#[test]
fn nothing_to_look_at_is_no_answer() {
    let run = Project::new(&[("main.c", "int main(void) { return 0; }\n")]).run(&[]);
    assert_eq!(run.code, Some(2));
    assert!(run.stdout.contains("?  no answer: there is no manifest"), "{}", run.stdout);
    assert!(!run.stdout.contains("nothing found against it"), "{}", run.stdout);
}

#[test]
fn no_answer_is_exit_code_two() {
    let project = Project::new(&[]);
    assert_eq!(project.run(&[]).code, Some(2));
    let run = project.run(&["lst"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("ppl-check list"), "{}", run.stderr);
    assert_eq!(project.run(&["--entity", "corporation"]).code, Some(2));
    std::fs::write(project.path().join("ppl-check.toml"), "[project]\noutbund = \"PPL\"\n").unwrap();
    let run = project.run(&[]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("line 2, column 1") && run.stderr.contains("outbound"), "{}", run.stderr);
}

#[test]
fn a_broken_lockfile_never_passes() {
    let project = shop();
    std::fs::write(project.path().join("Cargo.lock"), "version = 4\n[[package]\n").unwrap();
    let (code, document) = project.check(&[]);
    assert_eq!(code, Some(1));
    assert!(document["findings"].as_array().unwrap().iter().any(|finding| finding["rule"] == "incomplete-scan"));
    assert_eq!(project.run(&["--strict"]).code, Some(2));
}

#[test]
fn why_names_the_path_and_the_rules() {
    let run = shop().run(&["why", "readline-tool"]);
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.contains("shop 1.0.0 → readline-tool 0.3.1"), "{}", run.stdout);
    assert!(run.stdout.contains("copyleft-dependency"), "{}", run.stdout);
    assert_eq!(shop().run(&["why", "left-pad"]).code, Some(2));
}

#[test]
fn a_broken_pipe_and_a_full_device() {
    let project = shop();
    assert_eq!(project.run(&["-o", "/dev/full"]).code, Some(2));
    let out = project.path().join("report.json");
    assert_eq!(project.run(&["--format", "json", "-o", out.to_str().unwrap()]).code, Some(1));
    assert!(std::fs::read_to_string(out).unwrap().starts_with('{'));
}

#[test]
fn the_same_tree_gives_the_same_bytes() {
    let (one, other) = (shop(), shop());
    let bytes = |project: &Project, jobs: &str| project.run(&["--format", "json", "--jobs", jobs]).stdout;
    assert_eq!(bytes(&one, "1"), bytes(&other, "4"));
}

#[test]
fn a_flag_given_twice_is_a_flag_and_of_a_value_the_last_counts() {
    let project = shop();
    let once = project.run_bare(&["list", "--offline"]);
    assert_eq!(once.code, Some(0), "{}", once.stderr);
    for args in [
        &["list", "--offline", "--offline"][..],
        &["--offline", "list", "--offline"],
        &["--offline", "--ascii", "--ascii", "--color", "always", "list", "--color", "never"],
        &["--offline", "--no-source", "--as", "MIT", "list", "--no-source", "--as", "PPL"],
    ] {
        let run = project.run_bare(args);
        assert_eq!((run.code, run.stdout), (Some(0), once.stdout.clone()), "{args:?} {}", run.stderr);
    }
}
