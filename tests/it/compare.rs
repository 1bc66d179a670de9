//! Comparing a run with an earlier one.

use serde_json::{Value, json};

use crate::program::Project;

/// Rows of a lockfile: name, version, license.
fn lock(project: &Project, rows: &[(&str, &str, &str)]) {
    let rows: Vec<Value> = rows
        .iter()
        .map(|(name, version, license)| json!({ "name": format!("acme/{name}"), "version": version, "license": [license] }))
        .collect();
    project.write("composer.lock", json!({ "packages": rows, "packages-dev": [] }).to_string());
}

/// A project that was checked, and whose report was kept.
fn before() -> Project {
    let project = Project::new(&[("composer.json", r#"{ "name": "coop/shop", "license": "PPL" }"#)]);
    lock(&project, &[("gpl", "1.0.0", "GPL-3.0-only"), ("mit", "1.0.0", "MIT"), ("old", "1.0.0", "AGPL-3.0-only")]);
    assert_eq!(project.run(&["--format", "json=before.json"]).code, Some(1));
    project
}

#[test]
fn nothing_is_new_when_nothing_changed() {
    let project = before();
    let (code, document) = project.check(&["--baseline", "before.json"]);
    assert_eq!(code, Some(0));
    assert_eq!(document["findings"], json!([]));
    assert_eq!(document["comparison"]["known"], 2);
    // The answer about the whole stays what it is.
    assert_eq!(document["summary"]["conflict"], 2);
    let run = project.run(&["diff", "before.json"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "nothing changed since before.json\n"));
    let run = project.run(&["diff", "before.json", "--format", "markdown"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""));
}

#[test]
fn a_new_version_with_the_same_license_is_not_new() {
    let project = before();
    lock(&project, &[("gpl", "2.0.0", "GPL-3.0-only"), ("mit", "1.0.0", "MIT"), ("old", "1.0.0", "AGPL-3.0-only")]);
    let (code, document) = project.check(&["--baseline", "before.json"]);
    assert_eq!(code, Some(0));
    assert_eq!(
        document["comparison"]["updated"],
        json!([{ "package": "composer:acme/gpl", "before": "1.0.0", "now": "2.0.0" }])
    );
}

#[test]
fn what_is_new_fixed_and_relicensed_is_told_apart() {
    let project = before();
    lock(&project, &[("gpl", "1.0.0", "GPL-3.0-only"), ("mit", "2.0.0", "SSPL-1.0"), ("new", "0.1.0", "ISC")]);
    let (code, document) = project.check(&["--baseline", "before.json"]);
    assert_eq!(code, Some(1));
    let findings = document["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0]["purls"], json!(["pkg:composer/acme/mit@2.0.0"]));
    let comparison = &document["comparison"];
    assert_eq!(comparison["known"], 1);
    assert_eq!(comparison["fixed"][0]["rule"], "copyleft-linked-dynamically");
    assert_eq!(comparison["relicensed"][0]["licenses"], json!(["MIT", "SSPL-1.0"]));
    assert_eq!(comparison["added"], json!([{ "package": "composer:acme/new", "version": "0.1.0" }]));
    assert_eq!(comparison["removed"], json!([{ "package": "composer:acme/old", "version": "1.0.0" }]));
    let run = project.run(&["diff", "before.json"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("license   composer:acme/mit 1.0.0 → 2.0.0: MIT → SSPL-1.0"), "{}", run.stdout);
    let comment = project.run(&["diff", "before.json", "--format", "markdown"]).stdout;
    assert!(comment.contains("### New conflicts (1)"), "{comment}");
    assert!(comment.contains("### Licenses that changed (1)"));
    assert!(comment.contains("### Fixed (1)"));
}

/// A Composer project whose packages say nothing of their licenses and are not installed.
fn without_copies(project: &Project, names: &[&str]) {
    let rows: Vec<Value> =
        names.iter().map(|name| json!({ "name": format!("acme/{name}"), "version": "1.0.0" })).collect();
    project.write("composer.lock", json!({ "packages": rows, "packages-dev": [] }).to_string());
}

#[test]
fn of_packages_that_lack_the_same_only_those_that_came_are_new() {
    let project = Project::new(&[("composer.json", r#"{ "name": "coop/shop", "license": "PPL" }"#)]);
    without_copies(&project, &["a", "b", "c"]);
    let (_, document) = project.check(&["--format", "json=before.json"]);
    let findings = document["findings"].as_array().unwrap();
    let purls = json!(["pkg:composer/acme/a@1.0.0", "pkg:composer/acme/b@1.0.0", "pkg:composer/acme/c@1.0.0"]);
    assert_eq!((findings.len(), &findings[0]["purls"]), (1, &purls), "{findings:?}");
    let message = "3 packages have no copy here to read a license from: acme/a 1.0.0, acme/b 1.0.0, acme/c 1.0.0";
    assert_eq!(findings[0]["message"], message);
    assert_eq!(document["summary"]["unknown"], 3);
    assert_eq!(project.check(&["--baseline", "before.json"]).1["findings"], json!([]));

    without_copies(&project, &["b", "c", "d"]);
    let (code, document) = project.check(&["--baseline", "before.json"]);
    assert_eq!(code, Some(1));
    let findings = document["findings"].as_array().unwrap();
    assert_eq!((findings.len(), &findings[0]["purls"]), (1, &json!(["pkg:composer/acme/d@1.0.0"])), "{findings:?}");
    assert_eq!(findings[0]["message"], "acme/d 1.0.0 has no copy here to read a license from");
    let fixed = document["comparison"]["fixed"].as_array().unwrap();
    assert_eq!(fixed.len(), 1, "{fixed:?}");
    assert!(fixed[0]["message"].as_str().unwrap().starts_with("acme/a 1.0.0: "), "{fixed:?}");

    // One that is accepted stands by itself, and leaves the others as they are.
    let row = "[[exception]]\npackage = \"composer:acme/b\"\nrule = \"undetermined-license\"\nreason = \"asked\"\n";
    project.write("ppl-check.toml", row);
    let (_, document) = project.check(&[]);
    let purls: Vec<_> =
        document["findings"].as_array().unwrap().iter().map(|row| (&row["purls"], &row["excepted"])).collect();
    let others = json!(["pkg:composer/acme/c@1.0.0", "pkg:composer/acme/d@1.0.0"]);
    let accepted = json!(["pkg:composer/acme/b@1.0.0"]);
    assert_eq!(purls, [(&others, &Value::Null), (&accepted, &json!("asked"))]);
    // What one row accepts is one finding too.
    project.write("ppl-check.toml", row.replace("acme/b", "acme/*"));
    let (_, document) = project.check(&[]);
    let findings = document["findings"].as_array().unwrap();
    assert_eq!((findings.len(), findings[0]["purls"].as_array().unwrap().len()), (1, 3), "{findings:?}");
    assert_eq!(findings[0]["excepted"], "asked");
}

#[test]
fn a_summary_names_some_of_many_that_lack_the_same() {
    let project = Project::new(&[("composer.json", r#"{ "name": "coop/shop", "license": "PPL" }"#)]);
    let names: Vec<String> = (10..40).map(|n| format!("p{n}")).collect();
    without_copies(&project, &names.iter().map(String::as_str).collect::<Vec<_>>());
    let summary = project.run(&["--format", "markdown"]).stdout;
    assert_eq!(summary.matches("### unknown").count(), 1, "{summary}");
    assert_eq!(
        summary.lines().filter(|line| line.starts_with("- ") && line.contains("acme/p")).count(),
        20,
        "{summary}"
    );
    assert!(summary.contains("\n- and 10 more: see the table of packages\n"), "{summary}");
}

#[test]
fn a_comment_is_capped_and_holds_no_markup_of_others() {
    let project = before();
    let names: Vec<String> = (0..40).map(|n| format!("p{n}")).collect();
    let version = "1 @all <img src=x>](http://e) `b`";
    let mut rows: Vec<(&str, &str, &str)> = names.iter().map(|name| (name.as_str(), version, "GPL-2.0-only")).collect();
    rows.push(("gpl", "1.0.0", "GPL-3.0-only"));
    lock(&project, &rows);
    let comment = project.run(&["diff", "before.json", "--format", "markdown"]).stdout;
    assert!(comment.contains("### New conflicts (40)") && comment.contains("- … and 20 more"), "{comment}");
    let unescaped = comment.replace(r"\`", "").replace(r"\<", "").replace(r"\]", "");
    let outside_of_code: String = unescaped.split('`').step_by(2).collect();
    assert!(!outside_of_code.contains("<img") && !outside_of_code.contains("](") && !outside_of_code.contains("@all"));
}

#[test]
fn a_baseline_that_is_none_is_an_error() {
    let project = before();
    for (file, text) in [("none.json", None), ("other.json", Some("{}")), ("broken.json", Some("{"))] {
        if let Some(text) = text {
            project.write(file, text);
        }
        let run = project.run(&["--baseline", file]);
        assert_eq!(run.code, Some(2), "{file}");
        assert!(run.stderr.contains(file), "{}", run.stderr);
    }
}
