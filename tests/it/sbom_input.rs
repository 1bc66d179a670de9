//! SBOMs as input, and our own read again.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::Value;

use crate::check::shop;
use crate::program::{Project, package};

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/sbom/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn checked(path: &str) -> Value {
    Project::new(&[]).check(&[path]).1
}

fn verdicts(document: &Value) -> Vec<(String, Value, Value)> {
    let rows = document["packages"].as_array().unwrap();
    let row = |row: &Value| (row["purl"].as_str().unwrap().to_owned(), row["verdict"].clone(), row["own"].clone());
    rows.iter().map(row).collect()
}

#[test]
fn npm_writes_spdx() {
    let document = checked(&fixture("npm-spdx/bom.spdx.json"));
    assert_eq!((&document["project"]["name"], &document["project"]["outbound"]), (&"shop".into(), &"PPL".into()));
    assert_eq!(package(&document, "pkg:npm/shop@1.0.0")["own"], true);
    let left_pad = package(&document, "pkg:npm/left-pad@1.3.0");
    assert_eq!((&left_pad["expression"], &left_pad["direct"]), (&"WTFPL".into(), &true.into()));
    assert_eq!(left_pad["claims"][0]["kind"], "declared");
    assert_eq!(left_pad["locations"][0]["line"], 24);
    assert_eq!(package(&document, "pkg:npm/ms@2.1.3")["scope"], "dev");
    // Concluded and declared differ: either may hold, and the worse one counts.
    let differs = package(&document, "pkg:npm/differs@1.0.0");
    assert_eq!(differs["candidates"], serde_json::json!(["GPL-3.0-only", "MIT"]));
    assert_eq!((&differs["verdict"], &differs["claims"][0]["kind"]), (&"conflict".into(), &"concluded".into()));
    let silent = package(&document, "pkg:npm/silent@1.0.0");
    assert_eq!((&silent["verdict"], &silent["cause"]), (&"review".into(), &"evidence".into()));
    let path = serde_json::json!(["pkg:npm/shop@1.0.0", "pkg:npm/left-pad@1.3.0", "pkg:npm/silent@1.0.0"]);
    assert_eq!(silent["paths"][0], path);
    assert_eq!(package(&document, "pkg:generic/granted-nothing@1.0.0")["verdict"], "conflict");
}

#[test]
fn npm_writes_cyclonedx() {
    let document = checked(&fixture("npm-cyclonedx/bom.json"));
    assert_eq!(document["project"]["name"], "shop");
    assert_eq!(package(&document, "pkg:npm/left-pad@1.3.0")["scope"], "runtime");
    let tool = package(&document, "pkg:npm/ms@2.1.3");
    assert_eq!((&tool["scope"], &tool["relation"]), (&"dev".into(), &"dev".into()));
    let inside = package(&document, "pkg:generic/inside@1.0.0");
    assert_eq!((&inside["expression"], &inside["scope"]), (&"MIT OR Apache-2.0".into(), &"runtime".into()));
    // As a free name the three letters mean several licenses; as an id they would mean one.
    let named = package(&document, "pkg:npm/%40scope/named@1.0.0");
    assert_eq!(named["expression"], Value::Null);
    assert!(named["candidates"].as_array().unwrap().len() > 1);
    assert_eq!(package(&document, "pkg:generic/debian@12")["not_judged"], "infrastructure");
}

#[test]
fn python_writes_cyclonedx_in_xml() {
    let document = checked(&fixture("python-cyclonedx-xml/bom.xml"));
    assert_eq!(document["packages"].as_array().unwrap().len(), 2);
    let packaging = package(&document, "pkg:pypi/packaging@25.0");
    assert_eq!((&packaging["expression"], &packaging["verdict"]), (&"Apache-2.0 OR BSD-2-Clause".into(), &"ok".into()));
    let tool = package(&document, "pkg:pypi/readline-tool@1.0");
    assert_eq!((&tool["verdict"], &tool["optional"]), (&"conflict".into(), &true.into()));
    assert_eq!((&tool["claims"][0]["kind"], &tool["locations"][0]["line"]), (&"concluded".into(), &29.into()));
}

#[test]
fn tags_and_values() {
    let document = checked(&fixture("tag-value/bom.spdx"));
    assert_eq!(document["packages"].as_array().unwrap().len(), 2);
    assert_eq!(document["project"]["name"], "shop");
    let tool = package(&document, "pkg:cargo/readline-tool@0.3.1");
    assert_eq!((&tool["verdict"], &tool["claims"][0]["kind"]), (&"conflict".into(), &"concluded".into()));
    assert_eq!(tool["paths"][0].as_array().unwrap().len(), 2);
}

#[test]
fn what_is_broken_or_no_sbom_never_passes() {
    let (code, document) = Project::new(&[]).check(&[&fixture("broken/bom.json")]);
    assert_eq!(code, Some(1));
    let codes: Vec<&str> =
        document["diagnostics"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap()).collect();
    for expected in ["unknown-lockfile-version", "invalid-entry", "incomplete-sbom"] {
        assert!(codes.contains(&expected), "{codes:?}");
    }
    assert_eq!(package(&document, "pkg:npm/good@1.0.0")["verdict"], "ok");
    assert_eq!(package(&document, "pkg:generic/bad-purl@1.0.0")["verdict"], "ok");
    let (code, document) = Project::new(&[]).check(&[&fixture("near-miss/package.json")]);
    assert_eq!(code, Some(1));
    assert_eq!(document["diagnostics"][0]["code"], "invalid-syntax");
}

#[test]
fn a_list_without_a_subject_is_judged_as_a_whole() {
    let row = |id: &str| serde_json::json!({ "SPDXID": format!("SPDXRef-{id}"), "name": id, "licenseDeclared": "GPL-3.0-only" });
    let list = serde_json::json!({
        "spdxVersion": "SPDX-2.3", "packages": [row("a"), row("b")],
        "documentDescribes": ["SPDXRef-a", "SPDXRef-b"], "relationships": [],
    });
    let alone = serde_json::json!({
        "spdxVersion": "SPDX-2.3", "packages": [row("a")], "documentDescribes": ["SPDXRef-a"], "relationships": [],
    });
    let project = Project::new(&[("list.json", &list.to_string()), ("alone.json", &alone.to_string())]);
    for name in ["list.json", "alone.json"] {
        let (code, document) = project.check(&[name]);
        assert_eq!(code, Some(1), "{name}");
        assert!(verdicts(&document).iter().all(|(_, verdict, own)| verdict == "conflict" && own == false), "{name}");
    }
}

#[test]
fn our_own_documents_give_the_verdicts_they_were_written_with() {
    let mut folders: Vec<PathBuf> = vec![shop().path()];
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for ty in ["cargo", "composer", "npm", "pypi"] {
        let cases = std::fs::read_dir(fixtures.join(ty)).unwrap().map(|entry| entry.unwrap().path());
        folders.extend(cases.filter(|case| case.is_dir()));
    }
    let project = shop();
    folders[0] = project.path();
    let home = project.home();
    let n_packages: usize = folders.par_iter().map(|folder| round_trip(&project, folder, &home)).sum();
    assert!(n_packages > 100, "{n_packages}");
}

fn round_trip(project: &Project, folder: &Path, home: &Path) -> usize {
    let variables = [("HOME", home.to_str().unwrap())];
    let run = |args: &[&str]| project.run_in(folder, args, &variables).stdout;
    let whole: Value = serde_json::from_str(&run(&["--format", "json", "--include-tests"])).unwrap();
    let outbound = whole["project"]["outbound"].as_str().unwrap();
    let place = tempfile::tempdir().unwrap();
    for format in ["spdx", "cyclonedx"] {
        let file = place.path().join(format);
        let file = file.to_str().unwrap();
        run(&["report", "--include-tests", "--format", &format!("{format}={file}")]);
        // Without the home folder nothing but the document speaks.
        let again = project.run_in(folder, &[file, "--format", "json", "--as", outbound], &[]).stdout;
        let again: Value = serde_json::from_str(&again).unwrap();
        assert_eq!(verdicts(&again), verdicts(&whole), "{} as {format}", folder.display());
    }
    whole["packages"].as_array().unwrap().len()
}

#[test]
fn standard_input_is_a_path() {
    let text = std::fs::read(fixture("npm-spdx/bom.spdx.json")).unwrap();
    let project = Project::new(&[]);
    let run = project.run_with(&["-", "--format", "json"], &text);
    let document: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    assert_eq!(document["packages"].as_array().unwrap().len(), 6);
}
