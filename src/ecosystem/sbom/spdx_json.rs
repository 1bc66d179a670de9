//! SPDX 2.2 and 2.3 documents in JSON (<https://spdx.github.io/spdx-spec/v2.3/>).

use serde_json::value::RawValue;

use super::document::{Document, Element, checksum, concluded};
use super::spdx::{DOCUMENT, VERSIONS, annotate, relate};
use crate::base::Location;
use crate::ecosystem::Parsed;
use crate::syntax::json::{Json, Object, kind, read};

pub(super) fn parse(json: &Json, object: &Object, at: &Location) -> Parsed {
    let mut document = Document::new(at);
    document.expect_version(object.string("spdxVersion").as_deref(), VERSIONS);
    for id in object.array("documentDescribes").into_iter().filter_map(read::<String>) {
        document.about(&id);
    }
    for value in object.array("packages") {
        let line = json.line(value);
        match read::<Object>(value) {
            Some(package) => {
                let element = element(&document, &package, line);
                document.add(element);
            }
            None => document.invalid(line, format!("expected a package, found {}", kind(value))),
        }
    }
    for value in object.array("relationships") {
        let line = json.line(value);
        let relationship: Option<Object> = read(value);
        let field = |name: &str| relationship.as_ref().and_then(|relationship| relationship.string(name));
        match (field("spdxElementId"), field("relationshipType"), field("relatedSpdxElement")) {
            (Some(from), Some(kind), Some(to)) => relate(&mut document, &from, &kind, &to, line),
            _ => document.invalid(line, "expected a relationship between two elements"),
        }
    }
    document.finish()
}

fn element(document: &Document, package: &Object, line: u32) -> Element {
    let at = document.line(line);
    let mut element = Element {
        id: package.string("SPDXID").unwrap_or_default(),
        name: package.string("name").unwrap_or_default(),
        version: package.string("versionInfo").filter(|version| version != "NOASSERTION"),
        line,
        infrastructure: package.string("primaryPackagePurpose").is_some_and(|purpose| {
            matches!(purpose.as_str(), "OPERATING-SYSTEM" | "OPERATING_SYSTEM" | "CONTAINER" | "DEVICE")
        }),
        ..Element::default()
    };
    element.claims.extend(concluded(
        package.string("licenseConcluded").as_deref(),
        package.string("licenseDeclared").as_deref(),
        &at,
    ));
    let objects = |key: &str| package.array(key).into_iter().filter_map(|value: &RawValue| read::<Object>(value));
    element.purl = objects("externalRefs")
        .filter(|reference| reference.string("referenceType").as_deref() == Some("purl"))
        .find_map(|reference| reference.string("referenceLocator"));
    for row in objects("checksums") {
        let digits = row.string("checksumValue").unwrap_or_default();
        element.checksums.extend(row.string("algorithm").and_then(|algorithm| checksum(&algorithm, &digits)));
    }
    for annotation in objects("annotations") {
        annotate(&mut element, &annotation.string("comment").unwrap_or_default());
    }
    if element.id == DOCUMENT {
        element.id.clear();
    }
    element
}
