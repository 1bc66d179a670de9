//! `why`: how a package comes in, over workspaces and by how many ways.

use crate::program::Project;

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
