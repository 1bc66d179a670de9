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

#[test]
fn what_was_not_seen_leaves_the_answer_open() {
    let files = [
        ("web/composer.json", r#"{"name": "coop/web", "license": "PPL", "require": {"acme/part": "*"}}"#),
        (
            "web/composer.lock",
            r#"{"packages": [{"name": "acme/part", "version": "1.0.0", "license": ["MIT"]}], "packages-dev": []}"#,
        ),
        (
            "ppl-check.toml",
            "[[artifact]]\nname = \"web\"\nroots = [\"web\"]\n\n[[artifact]]\nname = \"api\"\nroots = [\"api\"]\n",
        ),
    ];
    let told = |files: &[(&str, &str)]| {
        let project = Project::new(files);
        let artifacts = project.check(&[]).1["artifacts"].clone();
        let verdicts: Vec<String> =
            artifacts.as_array().unwrap().iter().map(|part| part["verdict"].as_str().unwrap().to_owned()).collect();
        let cells: serde_json::Value = serde_json::from_str(&project.run(&["who", "--format", "json"]).stdout).unwrap();
        (verdicts, cells["cells"][0]["answer"].as_str().unwrap().to_owned(), project.run(&[]).stdout)
    };
    let all = "worker co-ops and collectives that share out all surplus: ";
    let (verdicts, answer, text) = told(&files);
    assert_eq!((verdicts, answer.as_str()), (vec!["ok".to_owned(), "ok".to_owned()], "yes, with duties"), "{text}");
    assert!(text.contains(&format!("{all}yes, with duties")), "{text}");
    // What `api` needs is pinned nowhere: it may be anything, and the other part is as it was.
    let open = ("api/composer.json", r#"{"name": "coop/api", "license": "PPL", "require": {"acme/ledger": "^1"}}"#);
    let (verdicts, answer, text) = told(&[&files[..], &[open]].concat());
    assert_eq!((verdicts, answer.as_str()), (vec!["ok".to_owned(), "review".to_owned()], "unknown"), "{text}");
    assert!(text.contains(&format!("{all}unknown")), "{text}");
    // A file that cannot be read leaves open what is in it; it lies above both.
    let (verdicts, answer, text) = told(&[&files[..], &[("Cargo.lock", "version = [")]].concat());
    assert_eq!((verdicts, answer.as_str()), (vec!["review".to_owned(), "review".to_owned()], "unknown"), "{text}");
}
