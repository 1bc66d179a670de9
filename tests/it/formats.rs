//! The formats for services: valid by schemas and readers that are not ours, whatever names the tree holds.
//!
//! `tests/outside/formats.py` reads the golden files of the others.

use serde_json::Value;

use crate::canned;
use crate::golden::render;
use crate::program::Project;

/// A version that tries to leave whatever it is put into.
const HOSTILE: &str = "x%0A::stop-commands::t\u{1b}[2J##[add-path]<b>]]>&\u{202e},a:b";

/// A project with a conflict in the work, an unknown among its tools, and a package that is fine.
fn shop(version: &str) -> Project {
    let lock = serde_json::json!({
        "packages": [
            { "name": "acme/pay", "version": version, "license": ["GPL-3.0-only"] },
            { "name": "acme/fine", "version": "1.0.0", "license": ["MIT"] },
        ],
        "packages-dev": [{ "name": "acme/tool", "version": "1.0.0", "license": [] }],
    });
    let manifest = serde_json::json!({
        "name": "coop/shop", "license": "PPL",
        "require": { "acme/pay": "*", "acme/fine": "*" }, "require-dev": { "acme/tool": "*" },
    });
    Project::new(&[("composer.json", &manifest.to_string()), ("composer.lock", &lock.to_string())])
}

fn in_format(project: &Project, format: &str, args: &[&str]) -> (Option<i32>, String) {
    let run = project.run(&[&["check", "--format", format], args].concat());
    assert!(run.stderr.is_empty(), "{}", run.stderr);
    (run.code, run.stdout)
}

fn validate(document: &Value, schema: &str) {
    let problems = problems(document, schema);
    assert!(problems.is_empty(), "{problems:#?}");
}

fn problems(document: &Value, schema: &str) -> Vec<String> {
    let path = format!("{}/{schema}", env!("CARGO_MANIFEST_DIR"));
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    // One pattern of the SARIF schema has a `]` too many and is no regular expression; nothing we write is held to it.
    for part in ["run", "toolComponent"] {
        if let Some(language) = schema.pointer_mut(&format!("/definitions/{part}/properties/language")) {
            *language = serde_json::json!({});
        }
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(document).map(|error| format!("{error} at {}", error.instance_path())).collect()
}

#[test]
fn every_schema_sees_a_planted_mistake() {
    let written = |name: &str| render(ppl_check::report::format(name).unwrap(), canned::HOSTILE);
    for (name, schema, at, wrong) in [
        ("sarif", "tests/schemas/sarif-2.1.0.json", "/runs/0/results/0/level", "fatal"),
        ("sarif", "tests/schemas/sarif-2.1.0.json", "/runs/0/tool/driver/rules", "none"),
        ("json", "docs/check.schema.json", "/packages/0/verdict", "fine"),
        ("json", "docs/check.schema.json", "/findings/0/cause", "bad luck"),
        ("gitlab", "tests/schemas/gitlab-codeclimate.json", "/0/location/lines/begin", "first"),
        ("gitlab", "tests/schemas/gitlab-codeclimate.json", "/0/location", "composer.lock"),
    ] {
        let mut document: Value = serde_json::from_str(&written(name)).unwrap();
        *document.pointer_mut(at).unwrap() = wrong.into();
        let document = if name == "gitlab" { &document[0] } else { &document };
        assert_eq!(problems(document, schema).len(), 1, "{name} {at}");
    }
}

#[test]
fn sarif_is_valid_and_names_every_rule() {
    for version in ["2.0.0", HOSTILE] {
        let (code, text) = in_format(&shop(version), "sarif", &[]);
        assert_eq!(code, Some(1));
        assert!(!text.contains("##["));
        let document: Value = serde_json::from_str(&text).unwrap();
        validate(&document, "tests/schemas/sarif-2.1.0.json");
        assert_eq!(document["version"], "2.1.0");
        let run = &document["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/licenses/rules")).unwrap().count();
        assert_eq!(rules.len(), files);
        let conflict = &run["results"][0];
        assert_eq!((&conflict["ruleId"], &conflict["level"]), (&"copyleft-linked-dynamically".into(), &"error".into()));
        assert_eq!(rules[usize::try_from(conflict["ruleIndex"].as_u64().unwrap()).unwrap()]["id"], conflict["ruleId"]);
        let place = &conflict["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "composer.lock");
        assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
    }
}

#[test]
fn fingerprints_survive_a_new_version_and_not_a_new_license() {
    let fingerprint = |version: &str, license: &str| {
        let project = shop("2.0.0");
        let lock = std::fs::read_to_string(project.path().join("composer.lock")).unwrap();
        let lock = lock.replace("2.0.0", version).replace("GPL-3.0-only", license);
        project.write("composer.lock", lock);
        let document: Value = serde_json::from_str(&in_format(&project, "sarif", &[]).1).unwrap();
        document["runs"][0]["results"][0]["partialFingerprints"]["pplCheck/v1"].as_str().unwrap().to_owned()
    };
    let first = fingerprint("3.0.0", "GPL-3.0-only");
    assert_eq!(fingerprint("2.0.0", "GPL-3.0-only"), first);
    assert_ne!(fingerprint("3.0.0", "AGPL-3.0-only"), first);
}

#[test]
fn accepted_findings_are_suppressed_skipped_or_left_out() {
    let project = shop("2.0.0");
    let exception = "[[exception]]\npackage = \"composer:acme/pay\"\nrule = \"copyleft-linked-dynamically\"\n\
                     reason = \"separate contract\"\n";
    project.write("ppl-check.toml", exception);
    let (code, text) = in_format(&project, "sarif", &[]);
    assert_eq!(code, Some(0));
    let document: Value = serde_json::from_str(&text).unwrap();
    let results = document["runs"][0]["results"].as_array().unwrap();
    let conflict = results.iter().find(|result| result["ruleId"] == "copyleft-linked-dynamically").unwrap();
    assert_eq!(conflict["suppressions"][0]["justification"], "separate contract");
    let (_, text) = in_format(&project, "junit", &[]);
    let document = roxmltree::Document::parse(&text).unwrap();
    let skipped = document.descendants().find(|node| node.has_tag_name("skipped")).unwrap();
    assert_eq!(skipped.attribute("message"), Some("separate contract"));
    let issues: Value = serde_json::from_str(&in_format(&project, "gitlab", &[]).1).unwrap();
    assert!(issues.as_array().unwrap().iter().all(|issue| issue["check_name"] != "copyleft-linked-dynamically"));
}

#[test]
fn gitlab_issues_have_what_gitlab_needs() {
    let (_, text) = in_format(&shop(HOSTILE), "gitlab", &[]);
    let issues: Value = serde_json::from_str(&text).unwrap();
    let issues = issues.as_array().unwrap();
    let mut fingerprints = Vec::new();
    for issue in issues {
        validate(issue, "tests/schemas/gitlab-codeclimate.json");
        assert!(issue["description"].as_str().is_some_and(|text| !text.is_empty()));
        assert!(issue["check_name"].is_string());
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&issue["severity"].as_str().unwrap()));
        assert!(issue["location"]["path"].as_str().is_some_and(|path| !path.starts_with("./")));
        assert!(issue["location"]["lines"]["begin"].as_u64().is_some_and(|line| line >= 1));
        fingerprints.push(issue["fingerprint"].as_str().unwrap());
    }
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), issues.len());
    assert_eq!(issues[0]["severity"], "critical");
}

#[test]
fn junit_has_a_case_for_each_package() {
    let (_, text) = in_format(&shop(HOSTILE), "junit", &[]);
    let document = roxmltree::Document::parse(&text).unwrap();
    let suite = document.root_element().children().find(|node| node.has_tag_name("testsuite")).unwrap();
    let cases: Vec<_> = suite.children().filter(|node| node.has_tag_name("testcase")).collect();
    assert_eq!(cases.len(), 3);
    assert_eq!((suite.attribute("tests"), suite.attribute("failures")), (Some("3"), Some("1")));
    let failed = cases.iter().find(|case| case.children().any(|node| node.has_tag_name("failure"))).unwrap();
    assert!(failed.attribute("name").unwrap().starts_with("pkg:composer/acme/pay@"));
    let failure = failed.children().find(|node| node.has_tag_name("failure")).unwrap();
    assert_eq!(failure.attribute("type"), Some("conflict[copyleft-linked-dynamically]"));
}

/// A command as the runner reads it: `::name key=value,key=value::message` at the start of a trimmed line, escapes
/// undone; or the older `##[name]` anywhere in a line.
fn commands(log: &str) -> Vec<(String, String)> {
    let undo = |text: &str| {
        text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
    };
    let mut found = Vec::new();
    for line in log.split(['\n', '\r']) {
        if let Some((_, rest)) = line.split_once("##[") {
            found.push((rest.to_owned(), String::new()));
        }
        let Some(rest) = line.trim_start().strip_prefix("::") else { continue };
        let Some((head, message)) = rest.split_once("::") else { continue };
        found.push((undo(head), undo(message)));
    }
    found
}

#[test]
fn github_reads_our_commands_and_no_other() {
    let (code, log) = in_format(&shop(HOSTILE), "github", &[]);
    assert_eq!(code, Some(1));
    let commands = commands(&log);
    let names: Vec<&str> = commands.iter().map(|(head, _)| head.split(' ').next().unwrap()).collect();
    assert_eq!(names, ["error", "warning"]);
    assert!(
        commands[0].0.contains("file=composer.lock,line=1,title=conflict[copyleft-linked-dynamically]"),
        "{commands:?}"
    );
    assert!(commands[0].1.contains("next: "));
    // The report for people stands above them.
    assert!(log.contains("Ship it under PPL?"));
}

/// The report that holds every hostile word in every place.
#[test]
fn readers_that_are_not_ours_read_the_hostile_report() {
    let written = |name: &str| render(ppl_check::report::format(name).unwrap(), canned::HOSTILE);
    let json = |name: &str| serde_json::from_str::<Value>(&written(name)).unwrap();
    validate(&json("sarif"), "tests/schemas/sarif-2.1.0.json");
    validate(&json("json"), "docs/check.schema.json");
    let issues = json("gitlab");
    assert_eq!(issues.as_array().unwrap().len(), 2);
    for issue in issues.as_array().unwrap() {
        validate(issue, "tests/schemas/gitlab-codeclimate.json");
    }
    let text = written("junit");
    let document = roxmltree::Document::parse(&text).unwrap();
    let names: std::collections::BTreeSet<_> =
        document.descendants().filter(roxmltree::Node::is_element).map(|node| node.tag_name().name()).collect();
    let known = ["failure", "properties", "property", "skipped", "system-out", "testcase", "testsuite", "testsuites"];
    assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
    // One annotation for each finding, and no other command.
    let log = written("github");
    let heads: Vec<String> = commands(&log).into_iter().map(|(head, _)| head).collect();
    assert_eq!(
        heads.iter().map(|head| head.split(' ').next().unwrap()).collect::<Vec<_>>(),
        ["error", "error", "notice"]
    );
    assert!(heads.iter().all(|head| head.contains(" file=") && head.contains(",title=")), "{heads:?}");
}

#[test]
fn many_annotations_are_capped_and_counted() {
    let rows: Vec<Value> = (0..25)
        .map(|n| serde_json::json!({ "name": format!("acme/p{n}"), "version": "1", "license": ["GPL-3.0-only"] }))
        .collect();
    let lock = serde_json::json!({ "packages": rows, "packages-dev": [] });
    let project = Project::new(&[("composer.json", r#"{"license":"PPL"}"#), ("composer.lock", &lock.to_string())]);
    let (_, log) = in_format(&project, "github", &[]);
    let errors: Vec<_> = commands(&log).into_iter().filter(|(head, _)| head.starts_with("error")).collect();
    assert_eq!(errors.len(), 10);
    assert_eq!(errors[9].1, "and 16 more findings: see the log of this step");
}

#[test]
fn empty_results_are_valid_documents() {
    let project = Project::new(&[("composer.json", r#"{"license":"PPL"}"#)]);
    let sarif: Value = serde_json::from_str(&in_format(&project, "sarif", &[]).1).unwrap();
    validate(&sarif, "tests/schemas/sarif-2.1.0.json");
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
    assert_eq!(in_format(&project, "gitlab", &[]).1.trim(), "[]");
    let junit = in_format(&project, "junit", &[]).1;
    let document = roxmltree::Document::parse(&junit).unwrap();
    assert_eq!(document.root_element().attribute("tests"), Some("0"));
    assert!(commands(&in_format(&project, "github", &[]).1).is_empty());
}

#[test]
fn several_formats_come_from_one_run() {
    let project = shop("2.0.0");
    let run = project.run(&["--format", "text", "--format", "sarif=a.sarif", "--format", "junit=b.xml"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("conflict[copyleft-linked-dynamically]"));
    let sarif = std::fs::read_to_string(project.path().join("a.sarif")).unwrap();
    assert_eq!(sarif, in_format(&shop("2.0.0"), "sarif", &[]).1);
    assert!(std::fs::read_to_string(project.path().join("b.xml")).unwrap().starts_with("<?xml"));
}

#[test]
#[cfg(unix)]
fn a_link_is_replaced_and_never_followed_to_a_file() {
    use std::os::unix::fs::symlink;
    let project = shop("2.0.0");
    let elsewhere = project.home().join("profile");
    std::fs::create_dir_all(project.home()).unwrap();
    std::fs::write(&elsewhere, "mine").unwrap();
    symlink(&elsewhere, project.path().join("report.sarif")).unwrap();
    symlink("/dev/full", project.path().join("full")).unwrap();
    assert_eq!(project.run(&["--format", "sarif=report.sarif"]).code, Some(1));
    assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "mine");
    assert!(std::fs::read_to_string(project.path().join("report.sarif")).unwrap().starts_with('{'));
    let run = project.run(&["--format", "sarif=full"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("failed to write `full`"), "{}", run.stderr);
}
