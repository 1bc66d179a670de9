//! `data`, `--data` and `data = […]`: license knowledge that somebody changed.

use serde_json::Value;

use crate::program::{Project, Run};

const GARDEN: &str = r#"
id = "garden"
title = "garden licenses"
about = "Everybody may use, change and share the work."
[facts]
grant = "full"
commercial-use = "allowed"
share-alike = { scope = "none", trigger = "none" }
further-restrictions-forbidden = "no"
source = "none"
network-clause = "none"
license-copy = "copy"
attribution = ["notice"]
[[license]]
id = "LicenseRef-Garden"
name = "Garden License"
status = "read"
sources = ["https://example.org/garden.txt"]
[[license.quotes]]
fact = "attribution"
clause = "1"
text = "keep this notice … in all copies"
"#;

const GARDEN_TEXT: &str = "1. Whoever gives copies on shall keep this notice\nand these terms in all copies.\n";

fn verdict(run: &Run) -> String {
    let row: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stderr));
    row["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_exported_is_what_is_compiled_in() {
    let project = Project::new(&[("README", "")]);
    let run = project.run(&["data", "export", "knowledge"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(project.path().join("knowledge/rules/copyleft-dependency.toml").is_file());
    assert!(project.path().join("knowledge/texts/LicenseRef-Coopyleft.txt").is_file());
    assert!(project.path().join("knowledge/README.md").is_file());
    // A second time it would overwrite what somebody may have changed.
    assert_eq!(project.run(&["data", "export", "knowledge"]).code, Some(2));

    let run = project.run(&["data", "check", "knowledge", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}\n{}", run.stdout, run.stderr);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["moved"], serde_json::json!([]));
    assert!(document["cases"].as_u64().unwrap() > 250 && document["quotes"].as_u64().unwrap() > 2400);
    let explained = project.run(&["explain", "rules", "--format", "json"]);
    let explained: Value = serde_json::from_str(&explained.stdout).unwrap();
    assert_eq!(document["data"], explained["data"]);

    // Somebody changes a fact, an example and a quote.
    let path = project.path().join("knowledge/families/mit.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("commercial-use = \"allowed\""));
    std::fs::write(&path, text.replacen("commercial-use = \"allowed\"", "commercial-use = \"forbidden\"", 1)).unwrap();
    let run = project.run(&["data", "check", "knowledge"]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(run.stdout.contains("shipped under the PPL, in one binary: ok → conflict"), "{}", run.stdout);
    assert!(run.stdout.contains("example  permissive-dependency"), "{}", run.stdout);
    let eval = ["eval", "MIT", "--format", "json"];
    assert_eq!(verdict(&project.run(&eval)), "ok");
    assert_eq!(verdict(&project.run(&[&eval[..], &["--data", "knowledge"]].concat())), "conflict");

    std::fs::write(&path, text.replacen("commercial-use", "comercial-use", 1)).unwrap();
    let run = project.run(&["data", "check", "knowledge"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("families/mit.toml:"), "{}", run.stdout);
    assert!(run.stdout.contains("did you mean `commercial-use`?"), "{}", run.stdout);
    // Other commands have no answer with it.
    let run = project.run(&[&eval[..], &["--data", "knowledge"]].concat());
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("knowledge/families/mit.toml:"), "{}", run.stderr);
}

#[test]
fn licenses_of_ones_own_are_laid_over() {
    let project = Project::new(&[
        ("ppl-check.toml", "data = [\"legal/licenses\"]\n"),
        ("legal/licenses/families/garden.toml", GARDEN),
        ("legal/licenses/texts/LicenseRef-Garden.txt", GARDEN_TEXT),
        ("legal/licenses/aliases.toml", "[alias]\n\"The Garden License\" = \"LicenseRef-Garden\"\n"),
        (
            "package-lock.json",
            r#"{"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "packages": {
              "": {"name": "shop", "version": "1.0.0", "license": "PPL", "dependencies": {"a": "1.0.0"}},
              "node_modules/a": {"version": "1.0.0", "license": "The Garden License"}}}"#,
        ),
    ]);
    assert_eq!(project.run(&["data", "check", "legal/licenses"]).code, Some(0));
    let eval = ["eval", "LicenseRef-Garden", "--format", "json"];
    assert_eq!(verdict(&project.run(&eval)), "ok");
    assert_eq!(verdict(&project.run(&[&eval[..], &["--no-config"]].concat())), "review");
    let explained = project.run(&["explain", "The Garden License"]);
    assert!(explained.stdout.contains("Garden License"), "{}", explained.stdout);
}

#[test]
fn quotes_of_ones_own_are_looked_for_in_ones_own_texts() {
    let project = Project::new(&[
        ("own/families/garden.toml", GARDEN),
        ("own/texts/LicenseRef-Garden.txt", "1. Whoever gives copies on may drop this notice.\n"),
    ]);
    let run = project.run(&["data", "check", "own"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("this does not stand in LicenseRef-Garden 1"), "{}", run.stdout);
}

#[test]
fn rules_facts_and_relations_of_ones_own_count() {
    let rule = "id = \"permissive-dependency\"\ntitle = \"t\"\nwhy = \"w\"\nfix = \"f\"\nquestion = \"outbound\"\n\
                refs = []\n[[when]]\nis = { grant = \"full\", share-alike = \"none\" }\nverdict = \"review\"\n\
                [[case]]\nname = \"a\"\nlicense = \"MIT\"\nexpect = \"review\"\n\
                [[case]]\nname = \"b\"\nlicense = \"GPL-3.0-only\"\nexpect = \"silent\"\n";
    let fact = "id = \"isc\"\ntitle = \"t\"\nabout = \"a\"\n[[license]]\nid = \"ISC\"\nstatus = \"read\"\n\
                facts = { field-of-use = [\"ethics\"] }\n";
    let project = Project::new(&[("own/rules/permissive-dependency.toml", rule), ("own/families/isc.toml", fact)]);
    let eval = |license: &str| verdict(&project.run(&["eval", license, "--format", "json", "--data", "own"]));
    assert_eq!(eval("MIT"), "review");
    assert_eq!(eval("GPL-3.0-only"), "conflict");
    let run = project.run(&["eval", "ISC", "--format", "json", "--data", "own"]);
    assert!(run.stdout.contains("field-of-use-dependency"), "{}", run.stdout);
}

#[test]
fn what_lies_outside_the_project_is_not_read() {
    let project = Project::new(&[("ppl-check.toml", "data = [\"../elsewhere\"]\n"), ("README", "")]);
    let run = project.run(&["check"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("../elsewhere"), "{}", run.stderr);
    let run = project.run(&["check", "--data", "not-there"]);
    assert_eq!(run.code, Some(2));
}

#[test]
fn a_decision_names_a_known_question_and_answer() {
    let decision = |question: &str, answer: &str| {
        let text = format!("[[decision]]\nquestion = \"{question}\"\nanswer = \"{answer}\"\nreason = \"r\"\n");
        Project::new(&[("ppl-check.toml", &text), ("README", "")]).run(&["check"])
    };
    let run = decision("linking-doctrin", "eu");
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("did you mean `linking-doctrine`?"), "{}", run.stderr);
    let run = decision("linking-doctrine", "european");
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("no answer to `linking-doctrine`"), "{}", run.stderr);
}
