//! `explain` for everything that has an id.

use serde_json::Value;

use crate::program::Project;

fn project() -> Project {
    Project::new(&[("README", "")])
}

fn json(id: &str) -> Value {
    let run = project().run(&["explain", id, "--format", "json"]);
    assert_eq!(run.code, Some(0), "{id}: {}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

/// Returns the items of a section of the first explanation.
fn section(document: &Value, id: &str) -> Vec<Value> {
    let sections = document["explanations"][0]["sections"].as_array().unwrap();
    let found = sections.iter().find(|section| section["id"] == id);
    found.unwrap_or_else(|| panic!("no section `{id}` in {sections:#?}"))["items"].as_array().unwrap().clone()
}

#[test]
fn a_license_says_who_may_use_it_what_it_asks_and_what_it_does_to_a_project() {
    let document = json("PPL");
    assert_eq!(document["explanations"].as_array().unwrap().len(), 1);
    assert_eq!(document["explanations"][0]["kind"], "license");
    assert_eq!(document["explanations"][0]["title"], "Peer Production License");
    let users = section(&document, "users");
    let barred = users.iter().find(|row| row["name"] == "not as it stands").unwrap();
    assert!(barred["value"].as_str().unwrap().contains("private firms that pay wages"));
    let owed = section(&document, "obligations");
    assert!(owed.iter().any(|row| row["name"] == "attribution"), "{owed:?}");
    let verdicts = section(&document, "verdicts");
    assert!(verdicts.iter().any(|row| row["name"] == "linked into one program" && row["value"] == "obligation"));
    let quotes = section(&document, "quotes");
    assert!(quotes.iter().any(|quote| quote["section"] == "4(d)" && quote["license"] == "PPL"));
    // Where people disagree, every reading stands there with who holds it.
    let readings = section(&document, "contested");
    assert!(readings.len() >= 2);
    assert!(readings.iter().all(|reading| !reading["by"].as_str().unwrap().is_empty()));
}

#[test]
fn an_id_that_stands_for_others_says_what_their_texts_say() {
    for (id, texts) in [
        ("GPL-2.0-or-later", &["GPL-2.0-only", "GPL-3.0-only"][..]),
        ("GPL-2.0+", &["GPL-2.0-only", "GPL-3.0-only"]),
        ("AGPL-3.0", &["AGPL-3.0-only"]),
    ] {
        let document = json(id);
        let quotes = section(&document, "quotes");
        for text in texts {
            assert!(quotes.iter().any(|quote| quote["license"] == *text), "{id}: {quotes:?}");
        }
        let facts = section(&document, "facts");
        assert!(facts.iter().any(|row| row["name"] == "share-alike"), "{id}: {facts:?}");
    }
}

#[test]
fn every_kind_of_thing_is_explained() {
    for (id, kind) in [
        ("GPL-3.0-or-later", "license"),
        ("gpl-2.0", "license"),
        ("LicenseRef-Coopyleft", "license"),
        ("Classpath-exception-2.0", "exception"),
        ("copyleft-dependency", "rule"),
        ("source-offer", "obligation"),
        ("linking-doctrine", "switch"),
        ("outbound", "question"),
        ("cloud-servers", "answer"),
        ("use-is-not-copying", "note"),
        ("stale-lockfile", "diagnostic"),
        ("cargo", "ecosystem"),
        ("commercial-use", "fact"),
        ("worker-coop", "word"),
        ("non-violent", "family"),
        ("rules", "list"),
        ("Peer-Production License", "spelling"),
        ("MIT OR Apache-2.0", "spelling"),
    ] {
        assert_eq!(json(id)["explanations"][0]["kind"], kind, "{id}");
    }
}

#[test]
fn a_rule_quotes_both_sides() {
    let quotes = section(&json("copyleft-dependency"), "quotes");
    for license in ["PPL", "GPL-3.0-only"] {
        assert!(quotes.iter().any(|quote| quote["license"] == license), "{license}: {quotes:#?}");
    }
}

#[test]
fn lists_name_what_there_is() {
    for list in ["ecosystems", "licenses", "rules", "formats", "obligations", "switches", "questions", "faq"] {
        let entries = section(&json(list), "entries");
        assert!(entries.len() >= 2, "{list}");
        assert!(entries.iter().all(|row| !row["name"].as_str().unwrap().is_empty()));
    }
    let faq = section(&json("faq"), "entries");
    for id in ["cloud-servers", "app-stores", "grants", "patches-from-employees", "lost-status"] {
        assert!(faq.iter().any(|row| row["name"] == id), "{id}");
    }
}

#[test]
fn an_unknown_id_is_no_answer_and_names_the_nearest() {
    let run = project().run(&["explain", "copyleft-dependancy"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("did you mean `ppl-check explain copyleft-dependency`?"), "{}", run.stderr);
    assert!(run.stdout.is_empty());
}

#[test]
fn text_is_broken_into_lines_and_holds_the_clauses() {
    let run = project().run(&["explain", "copyleft-dependency"]);
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 100), "{}", run.stdout);
    assert!(run.stdout.contains("PPL §4(d): \"Any use by a business"), "{}", run.stdout);
}
