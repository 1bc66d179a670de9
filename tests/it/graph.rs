//! The graph: how a package comes in, over workspaces and by how many ways, and from several lockfiles.

use crate::program::{Project, package};

/// A workspace of two members; `leaf` is needed by seven packages, two of which each member needs.
fn workspace() -> Project {
    let member = |name: &str, needs: &[&str]| {
        let needs = needs.iter().map(|need| format!("{need} = \"1\"\n")).collect::<Vec<_>>().concat();
        format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n\n[dependencies]\n{needs}")
    };
    let locked = |name: &str, needs: &[&str]| {
        let source = "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
        let source = if ["shop", "till"].contains(&name) { "" } else { source };
        let needs = needs.iter().map(|need| format!(" \"{need}\",\n")).collect::<Vec<_>>().concat();
        format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n{source}dependencies = [\n{needs}]\n\n")
    };
    let middle = ["m1", "m2", "m3", "m4", "m5"];
    let lock = [
        locked("leaf", &[]),
        middle.map(|name| locked(name, &["leaf"])).concat(),
        locked("shop", &middle),
        locked("till", &["m1", "m2"]),
    ];
    Project::new(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"shop\", \"till\"]\n"),
        ("shop/Cargo.toml", &member("shop", &middle)),
        ("till/Cargo.toml", &member("till", &["m1", "m2"])),
        ("Cargo.lock", &format!("version = 4\n\n{}", lock.concat())),
    ])
}

#[test]
fn five_ways_are_shown_and_the_others_counted() {
    let run = workspace().run(&["why", "leaf"]);
    let ways: Vec<&str> = run.stdout.lines().filter(|line| line.contains('→')).map(str::trim).collect();
    assert_eq!(ways.len(), 5, "{}", run.stdout);
    assert!(ways.iter().all(|way| way.ends_with(" → leaf 1.0.0") && way.matches('→').count() == 2), "{ways:?}");
    assert!(ways.iter().any(|way| way.starts_with("shop 1.0.0 → m")), "{ways:?}");
    // Five from one member and two from the other.
    assert!(run.stdout.contains("… and by 2 other paths"), "{}", run.stdout);
    let run = workspace().run(&["why", "m1"]);
    let ways: Vec<&str> = run.stdout.lines().filter(|line| line.contains('→')).map(str::trim).collect();
    assert_eq!(ways, ["shop 1.0.0 → m1 1.0.0", "till 1.0.0 → m1 1.0.0"], "a member is the start of a way of its own");
    assert!(!run.stdout.contains("other path"), "{}", run.stdout);
}

const MANIFEST: &str = r#"{"name": "shop", "version": "1.0.0", "license": "PPL", "dependencies": {"left": "^1.0.0"}}"#;

/// As npm lays them out: one copy at the top, another version below the package that needs it.
const LOCK: &str = r#"{"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "packages": {
"": {"name": "shop", "version": "1.0.0", "dependencies": {"left": "^1.0.0"}},
"node_modules/left": {"version": "1.0.0", "license": "MIT", "dependencies": {"inner": "^1"}},
"node_modules/inner": {"version": "2.0.1", "license": "Python-2.0"},
"node_modules/left/node_modules/inner": {"version": "1.0.10", "license": "ISC"}}}"#;

#[test]
fn a_stale_lockfile_beside_a_fuller_one_is_said_and_adds_nothing() {
    let project =
        Project::new(&[("package.json", MANIFEST), ("package-lock.json", LOCK), ("yarn.lock", "# yarn lockfile v1\n")]);
    let (code, document) = project.check(&[]);
    let codes: Vec<&str> =
        document["diagnostics"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"duplicate-lockfile") && codes.contains(&"stale-lockfile"), "{codes:?}");
    assert_eq!(code, Some(1));
    let rows = document["packages"].as_array().unwrap();
    let lefts: Vec<&str> =
        rows.iter().filter_map(|row| row["purl"].as_str()).filter(|purl| purl.contains("left")).collect();
    assert_eq!(lefts, ["pkg:npm/left@1.0.0"]);
}

#[test]
fn one_package_of_several_files_remembers_all_and_nested_copies_keep_their_licenses() {
    let other = |text: &str| text.replace("\"shop\"", "\"till\"");
    let project = Project::new(&[
        ("package.json", MANIFEST),
        ("package-lock.json", LOCK),
        ("till/package.json", &other(MANIFEST)),
        ("till/package-lock.json", &other(LOCK)),
    ]);
    let (code, document) = project.check(&[]);
    assert_eq!(code, Some(0), "{document}");
    let at: Vec<String> = package(&document, "pkg:npm/left@1.0.0")["locations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|at| format!("{}:{}", at["path"].as_str().unwrap(), at["line"]))
        .collect();
    assert_eq!(at, ["package-lock.json:3", "till/package-lock.json:3"]);
    let license = |purl: &str| package(&document, purl)["expression"].clone();
    assert_eq!(license("pkg:npm/inner@1.0.10"), "ISC");
    assert_eq!(license("pkg:npm/inner@2.0.1"), "Python-2.0");
}
