//! SBOMs are valid by the official schemas, and right where schemas do not look.

use std::collections::BTreeSet;
use std::path::Path;

use ppl_check::base::{Purl, sha256_hex};
use ppl_check::report::{Report, Style, document};
use serde_json::Value;

use crate::canned::{HOSTILE, PLAIN, report};

fn schema(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn written(name: &str, report: &Report) -> Value {
    let mut out = Vec::new();
    (document(name).unwrap().render)(report, &Style::default(), &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn validate(schema_name: &str, document: &Value) {
    let problems = problems(schema_name, document);
    assert!(problems.is_empty(), "{problems:#?}");
}

fn problems(schema_name: &str, document: &Value) -> Vec<String> {
    let registry = jsonschema::Registry::new()
        .add("http://cyclonedx.org/schema/spdx.schema.json", schema("spdx.schema.json"))
        .and_then(|registry| {
            registry.add("http://cyclonedx.org/schema/jsf-0.82.schema.json", schema("jsf-0.82.schema.json"))
        })
        .and_then(jsonschema::RegistryBuilder::prepare)
        .unwrap();
    let schema = schema(schema_name);
    let validator = jsonschema::options().with_registry(&registry).build(&schema).unwrap();
    let problem = |error: jsonschema::ValidationError| {
        format!("{} at {}", error.to_string().chars().take(300).collect::<String>(), error.instance_path())
    };
    validator.iter_errors(document).map(problem).collect()
}

#[test]
fn the_schemas_are_the_official_ones() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas");
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let mut n_schemas = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let row = readme.lines().find(|line| line.contains(&format!("`{name}`"))).unwrap_or_default();
            assert!(row.contains(&sha256_hex(&std::fs::read(&path).unwrap())), "{name}");
            n_schemas += 1;
        }
    }
    assert!(n_schemas >= 4);
}

#[test]
fn documents_are_valid_by_the_official_schemas() {
    for words in [PLAIN, HOSTILE] {
        let report = report(words);
        validate("spdx-2.3.schema.json", &written("spdx", &report));
        validate("cyclonedx-1.6.schema.json", &written("cyclonedx", &report));
    }
}

#[test]
fn the_schemas_see_a_planted_mistake() {
    for (name, schema, at, wrong) in [
        ("spdx", "spdx-2.3.schema.json", "/relationships/0/relationshipType", "NEEDS"),
        ("spdx", "spdx-2.3.schema.json", "/packages/0/checksums/0/algorithm", "CRC32"),
        ("cyclonedx", "cyclonedx-1.6.schema.json", "/components/0/type", "part"),
        ("cyclonedx", "cyclonedx-1.6.schema.json", "/components/0/hashes/0/content", "short"),
    ] {
        let mut document = written(name, &report(HOSTILE));
        *document.pointer_mut(at).unwrap() = wrong.into();
        assert!(!problems(schema, &document).is_empty(), "{name} {at}");
    }
}

#[test]
fn an_spdx_document_is_right_where_the_schema_does_not_look() {
    let report = report(HOSTILE);
    let document = written("spdx", &report);
    assert_eq!(document["spdxVersion"], "SPDX-2.3");
    assert_eq!(document["dataLicense"], "CC0-1.0");
    let packages = document["packages"].as_array().unwrap();
    assert_eq!(packages.len(), report.inventory.packages.len());
    let ids: Vec<&str> = packages.iter().map(|package| package["SPDXID"].as_str().unwrap()).collect();
    let allowed = |char: char| char.is_ascii_alphanumeric() || ".-".contains(char);
    assert!(ids.iter().all(|id| id.strip_prefix("SPDXRef-").is_some_and(|rest| rest.chars().all(allowed))), "{ids:?}");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "ids are unique");
    for (package, known) in packages.iter().zip(&report.inventory.packages) {
        let purl: Purl = package["externalRefs"][0]["referenceLocator"].as_str().unwrap().parse().unwrap();
        assert_eq!(purl, known.purl);
    }
    let known: BTreeSet<&str> = ids.iter().copied().chain(["SPDXRef-DOCUMENT", "NOASSERTION"]).collect();
    for relationship in document["relationships"].as_array().unwrap() {
        for end in ["spdxElementId", "relatedSpdxElement"] {
            assert!(known.contains(relationship[end].as_str().unwrap()), "{relationship}");
        }
    }
    let kinds: Vec<&str> = document["relationships"]
        .as_array()
        .unwrap()
        .iter()
        .map(|relationship| relationship["relationshipType"].as_str().unwrap())
        .collect();
    // One own package; two runtime edges, a dev edge, an optional one; and a lockfile that was not read to its end.
    assert_eq!(kinds.iter().filter(|kind| **kind == "DESCRIBES").count(), 1);
    assert_eq!(kinds.iter().filter(|kind| **kind == "DEPENDS_ON").count(), 3);
    assert!(kinds.contains(&"DEV_DEPENDENCY_OF") && kinds.contains(&"OPTIONAL_DEPENDENCY_OF"), "{kinds:?}");
    let concluded: Vec<&str> = packages.iter().map(|package| package["licenseConcluded"].as_str().unwrap()).collect();
    let expected = ["PPL", "GPL-3.0-only", "MIT", "NOASSERTION", "NOASSERTION", "LicenseRef-x AND MPL-2.0"];
    assert_eq!(concluded, expected);
    assert_eq!(document["hasExtractedLicensingInfos"][0]["licenseId"], "LicenseRef-x");
    assert_eq!(packages[2]["copyrightText"], "Copyright (c) 2019-2024 Coop Shop <a@example.org>");
}

#[test]
fn a_cyclonedx_document_is_right_where_the_schema_does_not_look() {
    let report = report(HOSTILE);
    let document = written("cyclonedx", &report);
    assert_eq!((&document["bomFormat"], &document["specVersion"]), (&"CycloneDX".into(), &"1.6".into()));
    let subject = &document["metadata"]["component"];
    let components = document["components"].as_array().unwrap();
    let refs: Vec<&str> =
        std::iter::once(subject).chain(components).map(|component| component["bom-ref"].as_str().unwrap()).collect();
    assert_eq!(refs.iter().collect::<BTreeSet<_>>().len(), report.inventory.packages.len());
    for component in std::iter::once(subject).chain(components) {
        let purl: Purl = component["purl"].as_str().unwrap().parse().unwrap();
        assert!(report.inventory.packages.iter().any(|package| package.purl == purl));
    }
    let dependencies = document["dependencies"].as_array().unwrap();
    for dependency in dependencies {
        assert!(refs.contains(&dependency["ref"].as_str().unwrap()));
        for needed in dependency["dependsOn"].as_array().into_iter().flatten() {
            assert!(refs.contains(&needed.as_str().unwrap()));
        }
    }
    let n_edges: usize = dependencies.iter().filter_map(|row| row["dependsOn"].as_array()).map(Vec::len).sum();
    assert_eq!(n_edges, report.inventory.edges.len());
    assert_eq!(components[0]["licenses"][0]["expression"], "GPL-3.0-only");
    assert_eq!(components[2].get("licenses"), None, "a changed text is no license of the list");
    assert_eq!(components[1]["scope"], "excluded");
    assert_eq!(document["compositions"][0]["aggregate"], "incomplete");
}
