//! What lies in a submodule is the work of others, with its manifests and what they need.

use crate::program::{Project, package};

#[test]
fn a_manifest_in_a_submodule_is_not_the_projects_own() {
    let project = Project::new(&[
        ("package.json", "{\"name\": \"shop\", \"version\": \"1.0.0\", \"license\": \"PPL\"}"),
        (
            ".gitmodules",
            "[submodule \"ledger\"]\n\tpath = libs/ledger\n\turl = https://git.example.org/coop/ledger.git\n",
        ),
        ("libs/ledger/package.json", "{\"name\": \"ledger\", \"version\": \"2.0.0\", \"license\": \"GPL-3.0-only\"}"),
        ("libs/own/package.json", "{\"name\": \"till\", \"version\": \"1.0.0\", \"license\": \"PPL\"}"),
    ]);
    let (code, document) = project.check(&[]);
    let own = |purl: &str| package(&document, purl)["own"].clone();
    assert_eq!(own("pkg:npm/shop@1.0.0"), true);
    assert_eq!(own("pkg:npm/till@1.0.0"), true);
    assert_eq!(own("pkg:npm/ledger@2.0.0"), false);
    assert_eq!((code, &package(&document, "pkg:npm/ledger@2.0.0")["verdict"]), (Some(1), &"conflict".into()));
}

#[test]
fn what_a_submodule_holds_comes_in_through_the_line_that_names_it() {
    let project = Project::new(&[
        ("package.json", "{\"name\": \"shop\", \"version\": \"1.0.0\", \"license\": \"PPL\"}"),
        (
            ".gitmodules",
            "# Copies.\n[submodule \"ledger\"]\n\tpath = libs/ledger\n\turl = https://git.example.org/coop/ledger.git\n",
        ),
        (
            "libs/ledger/package.json",
            "{\"name\": \"ledger\", \"version\": \"2.0.0\", \"license\": \"GPL-3.0-only\", \"dependencies\": {\"left\": \"^1.0.0\"}}",
        ),
    ]);
    let (_, document) = project.check(&[]);
    let left = package(&document, "pkg:npm/left");
    let path: Vec<&str> = left["paths"][0].as_array().unwrap().iter().map(|purl| purl.as_str().unwrap()).collect();
    let names: Vec<&str> = path.iter().map(|purl| purl.split('?').next().unwrap()).collect();
    assert_eq!(names, ["pkg:npm/shop@1.0.0", "pkg:generic/ledger", "pkg:npm/ledger@2.0.0", "pkg:npm/left"]);
    let findings = document["findings"].as_array().unwrap();
    let conflict = findings.iter().find(|finding| finding["purls"][0] == "pkg:npm/ledger@2.0.0").unwrap();
    assert_eq!((&conflict["location"]["path"], &conflict["location"]["line"]), (&".gitmodules".into(), &2.into()));
}
