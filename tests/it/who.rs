//! `who` and `whatif` on a small project.

use serde_json::Value;

use crate::program::Project;

fn project() -> Project {
    Project::new(&[
        ("LICENSE", "SPDX-License-Identifier: PPL\n"),
        ("package.json", r#"{"name": "shop", "version": "1.0.0", "license": "PPL", "dependencies": {"a": "1.0.0"}}"#),
        (
            "package-lock.json",
            r#"{"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "packages": {
              "": {"name": "shop", "version": "1.0.0", "license": "PPL", "dependencies": {"a": "1.0.0"}},
              "node_modules/a": {"version": "1.0.0", "license": "MIT"}}}"#,
        ),
    ])
}

fn json(args: &[&str]) -> Value {
    let run = project().run(&[args, &["--format", "json"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn the_own_license_counts_for_every_user() {
    let document = json(&["who", "--use", "in-house"]);
    let answer = |words: &str, purpose: &str| {
        let cells = document["cells"].as_array().unwrap();
        let cell = cells.iter().find(|cell| cell["user"] == words && cell["purpose"] == purpose).unwrap();
        cell["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(answer("worker co-ops and collectives that share out all surplus", "commercial"), "ok");
    assert_eq!(answer("worker co-ops with reserves", "commercial"), "review");
    assert_eq!(answer("non-profits", "non-commercial"), "ok");
    assert_eq!(answer("private firms that pay wages", "non-commercial"), "conflict");
}

#[test]
fn an_offer_of_two_licenses_is_answered_by_the_better_branch() {
    let document = json(&["who", "--as", "PPL OR AGPL-3.0-or-later", "--entity", "company", "--use", "in-house"]);
    assert_eq!(document["cells"][0]["verdict"], "ok");
    assert_eq!(document["cells"][0]["branch"], "AGPL-3.0-or-later");
}

#[test]
fn delivery_is_judged_for_both_sides() {
    let document = json(&["who", "--for", "company", "--use", "service"]);
    assert!(document["cells"].as_array().unwrap().iter().all(|cell| cell["verdict"] == "review"), "{document}");
    let document = json(&["who", "--for", "company", "--use", "ship"]);
    assert!(document["cells"].as_array().unwrap().iter().all(|cell| cell["verdict"] == "conflict"), "{document}");
}

#[test]
fn licenses_are_compared_in_the_order_given() {
    let rows = json(&["whatif", "--license", "PPL", "--license", "MIT"]);
    let licenses: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["license"].as_str().unwrap()).collect();
    assert_eq!(licenses, ["PPL", "MIT"]);
}
