//! The JSON documents keep the published shape.

use crate::program::Project;

fn validate(document: &serde_json::Value) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/check.schema.json");
    let schema: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> =
        validator.iter_errors(document).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn check_documents_are_valid() {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    let project = Project::new(&[("README", "")]);
    let mut n_packages = 0;
    for folder in std::fs::read_dir(fixtures).unwrap() {
        let folder = folder.unwrap().path();
        let run = project.run_in(&folder, &["--format", "json", "--include-tests"], &[]);
        let document = serde_json::from_str(&run.stdout).unwrap();
        validate(&document);
        n_packages += document["packages"].as_array().unwrap().len();
    }
    assert!(n_packages > 30);
    let empty = project.run(&["--format", "json"]);
    validate(&serde_json::from_str(&empty.stdout).unwrap());
}

#[test]
fn a_document_of_another_shape_is_not_valid() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/check.schema.json");
    let schema: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(!validator.is_valid(&serde_json::json!({ "schema": "ppl-check/1" })));
}
