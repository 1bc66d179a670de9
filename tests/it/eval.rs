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
