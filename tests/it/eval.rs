//! `eval`: the keys and words that other programs rely on, and the exit codes.

use serde_json::Value;

use crate::program::Project;

fn eval(args: &[&str]) -> (Option<i32>, Vec<Value>) {
    let run = Project::new(&[]).run(&[&["eval"], args, &["--format", "json"]].concat());
    let rows = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (run.code, rows)
}

#[test]
fn one_object_a_line_in_the_order_given() {
    let (code, rows) = eval(&["MIT OR PPL", "gpl-3.0-only", "LicenseRef-x"]);
    assert_eq!(code, Some(1));
    let words: Vec<_> = rows
        .iter()
        .map(|row| ["expression", "verdict", "cause"].map(|key| row[key].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(
        words,
        [["MIT OR PPL", "ok", "terms"], ["GPL-3.0-only", "conflict", "terms"], ["LicenseRef-x", "review", "evidence"]]
    );
    assert_eq!(rows[0]["chosen"], "MIT");
    assert_eq!(rows[1]["rules"][0], "copyleft-dependency");
    assert!(rows[1]["obligations"].as_array().unwrap().contains(&"source-offer".into()));
}

#[test]
fn the_use_question_needs_somebody_who_uses() {
    let run = Project::new(&[]).run(&["eval", "PPL", "--question", "use"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    let (code, rows) = eval(&["PPL", "--question", "use", "--entity", "company", "--purpose", "non-commercial"]);
    assert_eq!((code, &rows[0]["verdict"]), (Some(1), &"conflict".into()));
    let (code, rows) = eval(&[
        "PPL",
        "--question",
        "use",
        "--entity",
        "worker-coop",
        "--attest",
        "surplus-to-workers",
        "--use",
        "in-house",
    ]);
    assert_eq!((code, &rows[0]["verdict"]), (Some(0), &"ok".into()));
    let (code, rows) = eval(&["PPL", "--question", "use", "--entity", "worker-coop", "--use", "in-house"]);
    assert_eq!((code, &rows[0]["cause"]), (Some(0), &"entity".into()));
}

#[test]
fn a_user_is_added_to_the_outbound_question() {
    let (_, rows) = eval(&["PPL", "--entity", "company"]);
    assert_eq!(rows[0]["verdict"], "conflict");
    let (_, rows) = eval(&["MIT", "--entity", "company"]);
    assert_eq!(rows[0]["verdict"], "ok");
}

#[test]
fn contradicting_facts_and_unknown_words_are_no_question() {
    for args in [
        &["PPL", "--entity", "company", "--attest", "no-employees,has-employees"][..],
        &["PPL", "--relation", "statick"],
        &["PPL", "--entity", "cooperative"],
        &["MIT AND"],
        &[""],
        &["(MIT"],
        &["MIT", "--form", "paper"],
        &["MIT", "--part", "machine"],
    ] {
        let run = Project::new(&[]).run(&[&["eval"], args].concat());
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    }
}

#[test]
fn another_outbound_license_brings_the_reverse_rules() {
    let (_, rows) = eval(&["PPL", "--as", "MIT"]);
    assert_eq!(rows[0]["verdict"], "conflict");
    assert!(rows[0]["rules"].as_array().unwrap().contains(&"copyfarleft-in-other-license".into()));
    let (_, rows) = eval(&["PPL OR AGPL-3.0-only", "--as", "AGPL-3.0-or-later"]);
    assert_eq!((&rows[0]["verdict"], &rows[0]["chosen"]), (&"obligation".into(), &"AGPL-3.0-only".into()));
    let (_, rows) = eval(&["GPL-3.0-only", "--as", "PPL OR AGPL-3.0-or-later"]);
    assert_eq!(rows[0]["verdict"], "conflict");
    assert_eq!(rows[0]["outbound"].as_array().unwrap().len(), 2);
}

#[test]
fn names_are_read_like_the_fields_that_hold_them() {
    let (code, rows) =
        eval(&["Apache 2.0", "BSD", "Personal Public License", "no such words", "Peer Production License"]);
    assert_eq!(code, Some(1));
    assert_eq!((&rows[0]["raw"], &rows[0]["expression"]), (&"Apache 2.0".into(), &"Apache-2.0".into()));
    assert_eq!(rows[0]["verdict"], "ok");
    // Nothing decides between the licenses called BSD: each is judged, and duties are united.
    assert_eq!((&rows[1]["expression"], &rows[1]["chosen"]), (&Value::Null, &Value::Null));
    assert_eq!(rows[1]["candidates"].as_array().unwrap().len(), 3);
    assert_eq!(rows[1]["verdict"], "obligation");
    // What names no license is not known, and is no license that looks like it.
    for row in &rows[2..4] {
        assert_eq!((&row["expression"], &row["missing"]), (&Value::Null, &true.into()));
        assert_eq!((&row["verdict"], &row["cause"]), (&"review".into(), &"evidence".into()));
    }
    assert_eq!(rows[4]["expression"], "PPL");
}

#[test]
fn a_name_of_an_unknown_number_of_licenses_is_unknown_and_no_conflict() {
    for (name, may_be) in [
        ("PPL-1.0", "PPL"),
        ("PPL-2.0", "LicenseRef-scancode-prosperity-2.0"),
        ("PPL-2.0.0", "LicenseRef-scancode-prosperity-2.0"),
        ("LicenseRef-PPL-2.0.0", "LicenseRef-scancode-prosperity-2.0"),
        ("LicenseRef-PPL", "PPL"),
        ("LicenseRef-PPL-S", "LicenseRef-Public-Prompt-License-S-0.2"),
        ("PPL-S", "LicenseRef-Public-Prompt-License-S-0.2"),
        ("the PPL", "PPL"),
        ("P2P PPL", "PPL"),
        ("PPLv2", "PPL"),
        ("ACSL", "LicenseRef-scancode-anti-capitalist-1.4"),
        ("CSL", "LicenseRef-CSL"),
        ("BSL", "BUSL-1.1"),
    ] {
        let (code, rows) = eval(&[name]);
        let row = &rows[0];
        assert_eq!((code, &row["expression"]), (Some(1), &Value::Null), "{name}");
        assert_eq!((&row["verdict"], &row["cause"]), (&"review".into(), &"evidence".into()), "{name}");
        assert_eq!(row["rules"], serde_json::json!(["ambiguous-license-name"]), "{name}");
        let candidates = row["candidates"].as_array().unwrap();
        assert!(candidates.contains(&may_be.into()) && candidates.contains(&"NOASSERTION".into()), "{name}: {row}");
        assert!(row["because"][0]["because"].as_str().unwrap().contains(may_be), "{name}");
    }
    // Beside a part that conflicts under every reading it proves a conflict, and it makes nothing fine.
    let (_, rows) = eval(&["GPL-3.0-only AND PPL-2.0", "MIT AND LicenseRef-ACSL", "LicenseRef-ACSL-1.4"]);
    assert_eq!(rows[0]["verdict"], "conflict");
    assert_eq!((&rows[1]["verdict"], &rows[1]["cause"]), (&"review".into(), &"evidence".into()));
    assert_eq!(rows[2]["expression"], "LicenseRef-scancode-anti-capitalist-1.4");
    // The versions of one license are all the candidates there are.
    let (_, rows) = eval(&["Business Source License", "Elastic License"]);
    assert_eq!((&rows[0]["verdict"], &rows[1]["verdict"]), (&"conflict".into(), &"conflict".into()));
}

#[test]
fn the_form_and_the_kind_of_the_part_count() {
    let (_, rows) = eval(&["PPL", "MIT", "--form", "app-store"]);
    assert_eq!((&rows[0]["verdict"], &rows[1]["verdict"]), (&"conflict".into(), &"ok".into()));
    assert!(rows[0]["rules"].as_array().unwrap().contains(&"technical-protection".into()));
    // An asset is content, unless something else is said.
    let (_, rows) = eval(&["CC-BY-NC-4.0", "--relation", "asset"]);
    assert_eq!((&rows[0]["verdict"], &rows[0]["cause"]), (&"review".into(), &"reading".into()));
    let (_, rows) = eval(&["CC-BY-NC-4.0", "--relation", "asset", "--part", "software"]);
    assert_eq!(rows[0]["verdict"], "conflict");
}

#[test]
fn an_added_restriction_is_judged_alike_behind_with_and_beside_and() {
    let (_, rows) =
        eval(&["MIT AND LicenseRef-scancode-commons-clause", "MIT WITH LicenseRef-scancode-commons-clause"]);
    for row in rows {
        assert_eq!(row["verdict"], "conflict");
        let clause = &row["because"][0]["clauses"][0];
        assert_eq!(clause["license"], "LicenseRef-scancode-commons-clause", "{row:#}");
        assert_eq!(row["data"].as_str().unwrap().len(), 64);
    }
}

#[test]
fn two_exceptions_are_no_better_than_the_worse() {
    let (_, rows) = eval(&["GPL-2.0-with-autoconf-exception WITH AdditionRef-not-known"]);
    assert_eq!(rows[0]["verdict"], "conflict");
}
