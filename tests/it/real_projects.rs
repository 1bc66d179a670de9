//! Shapes that real projects have, shrunken to what matters, and what a person reads about them.

use crate::program::{Project, package};

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// A program with a library, and a tool that only its tests need.
fn cargo_project() -> Project {
    let manifest = "[package]\nname = \"till\"\nversion = \"0.4.0\"\nlicense = \"PPL\"\n\n[dependencies]\nledger = \"1\"\n\n[dev-dependencies]\nassert-ledger = \"2\"\n";
    let entry = |name: &str, version: &str| {
        format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"{REGISTRY}\"\n\n")
    };
    let lock = format!(
        "version = 4\n\n{}{}[[package]]\nname = \"till\"\nversion = \"0.4.0\"\ndependencies = [\n \"assert-ledger\",\n \"ledger\",\n]\n",
        entry("assert-ledger", "2.0.0"),
        entry("ledger", "1.2.0"),
    );
    Project::new(&[("Cargo.toml", manifest), ("Cargo.lock", &lock)])
}

/// Puts a fetched copy of a package beside the project.
fn fetch(project: &Project, name_version: &str, files: &[(&str, &str)]) {
    let folder = project.home().join(format!(".cargo/registry/src/index.crates.io-0/{name_version}"));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

fn headings(text: &str) -> Vec<&str> {
    let kinds = ["conflict[", "unknown[", "question["];
    text.lines().filter(|line| kinds.iter().any(|kind| line.starts_with(kind))).collect()
}

#[test]
fn copies_that_are_missing_are_one_finding_for_the_work_and_its_tools() {
    let run = cargo_project().run(&[]);
    assert_eq!(
        headings(&run.stdout),
        [
            "unknown[undetermined-license] 2 packages have no copy here to read a license from (1 of them tools): ledger 1.2.0, assert-ledger 2.0.0"
        ]
    );
    assert!(run.stdout.contains("\n  next     cargo fetch"), "{}", run.stdout);
    assert_eq!(run.stdout.matches("not there").count(), 1, "{}", run.stdout);
}

#[test]
fn a_license_text_that_nobody_knows_is_unknown_and_none_at_all_is_a_conflict() {
    let project = cargo_project();
    let manifest = |name: &str, more: &str| format!("[package]\nname = \"{name}\"\nversion = \"1.2.0\"\n{more}");
    let own = "The village may use this library on days without rain.\n";
    fetch(
        &project,
        "ledger-1.2.0",
        &[("Cargo.toml", &manifest("ledger", "license-file = \"TERMS\"\n")), ("TERMS", own)],
    );
    let (_, document) = project.check(&[]);
    let ledger = package(&document, "pkg:cargo/ledger@1.2.0");
    assert_eq!((&ledger["verdict"], &ledger["cause"]), (&"review".into(), &"evidence".into()));
    let run = project.run(&[]);
    assert!(run.stdout.contains("ledger 1.2.0 says \"TERMS\", which names no license"), "{}", run.stdout);

    for license in ["", "\n \n"] {
        fetch(&project, "ledger-1.2.0", &[("Cargo.toml", &manifest("ledger", "")), ("LICENSE", license)]);
        std::fs::remove_file(project.home().join(".cargo/registry/src/index.crates.io-0/ledger-1.2.0/TERMS")).ok();
        let (code, document) = project.check(&[]);
        let ledger = package(&document, "pkg:cargo/ledger@1.2.0");
        assert_eq!(
            (code, &ledger["verdict"], &ledger["rules"][0]),
            (Some(1), &"conflict".into(), &"no-license".into())
        );
    }
}

#[test]
fn what_could_not_be_read_is_said_once_with_its_own_remedy() {
    let project = Project::new(&[
        ("api/requirements.txt", "flask\n"),
        ("jobs/requirements.txt", "celery\n"),
        ("pyproject.toml", "[project]\nname = \"x\"\nversion = \"1\"\nlicense = \"PPL\"\n"),
    ]);
    let run = project.run(&[]);
    assert_eq!(run.stdout.matches("does not pin").count(), 2, "{}", run.stdout);
    assert_eq!(run.stdout.matches("[incomplete-scan]").count(), 1, "{}", run.stdout);
    assert!(run.stdout.contains("  api/requirements.txt:1   "), "{}", run.stdout);
    assert!(run.stdout.contains("  jobs/requirements.txt:1   "), "{}", run.stdout);
    assert!(run.stdout.contains("next     compile it with hashes"), "{}", run.stdout);
    assert!(!run.stdout.contains("warning["), "{}", run.stdout);
}

#[test]
fn what_the_project_says_of_itself_comes_first() {
    let manifest = r#"{"name": "coop/shop", "license": "Peer Production License", "require": {"acme/pay": "*"}}"#;
    let lock =
        r#"{"packages": [{"name": "acme/pay", "version": "1.0.0", "license": ["proprietary"]}], "packages-dev": []}"#;
    let mit = spdx::license_id("MIT").unwrap().text();
    let project = Project::new(&[("composer.json", manifest), ("composer.lock", lock), ("LICENSE", mit)]);
    let run = project.run(&[]);
    assert_eq!(
        headings(&run.stdout),
        [
            "unknown[own-license-contradicts] coop/shop declares PPL, LICENSE is MIT",
            "conflict[no-license] acme/pay 1.0.0 says \"proprietary\", read as NONE, loaded by the interpreter",
        ]
    );
}
