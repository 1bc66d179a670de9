//! CycloneDX 1.4 to 1.7 in JSON (<https://cyclonedx.org/docs/1.6/json/>).

use serde_json::value::RawValue;

use super::cyclonedx::{Licenses, VERSIONS, is_infrastructure, is_partial, scope};
use super::document::{Document, Element, Link, checksum, ours};
use crate::base::Location;
use crate::ecosystem::Parsed;
use crate::syntax::json::{Json, Object, kind, read};

/// How deep components may lie in components.
const MAX_DEPTH: usize = 32;

pub(super) fn parse(json: &Json, object: &Object, at: &Location) -> Parsed {
    let mut document = Document::new(at);
    document.expect_version(object.string("specVersion").as_deref(), VERSIONS);
    if let Some(value) = object.object("metadata").get("component")
        && let Some(id) = component(json, &mut document, value, None, 0)
    {
        document.about(&id);
    }
    for value in object.array("components") {
        component(json, &mut document, value, None, 0);
    }
    for value in object.array("dependencies") {
        let Some(row) = read::<Object>(value) else {
            document.invalid(json.line(value), format!("expected a dependency, found {}", kind(value)));
            continue;
        };
        let from = row.string("ref").unwrap_or_default();
        for to in row.array("dependsOn").into_iter().filter_map(read::<String>) {
            document.link(&from, &to, Link::RUNTIME);
        }
    }
    for value in object.array("compositions") {
        let aggregate = read::<Object>(value).and_then(|row| row.string("aggregate"));
        if aggregate.as_deref().is_some_and(is_partial) {
            document.incomplete(json.line(value));
        }
    }
    document.finish()
}

/// Adds a component and those inside it, and returns its identifier.
fn component(
    json: &Json,
    document: &mut Document,
    value: &RawValue,
    parent: Option<&str>,
    depth: usize,
) -> Option<String> {
    let line = json.line(value);
    let Some(object) = read::<Object>(value).filter(|_| depth < MAX_DEPTH) else {
        document.invalid(line, format!("expected a component, found {}", kind(value)));
        return None;
    };
    let at = document.line(line);
    let mut element = Element {
        // Those without an identifier are told apart by where they stand.
        id: object.string("bom-ref").unwrap_or_else(|| format!("offset {}", json.offset(value))),
        purl: object.string("purl"),
        group: object.string("group"),
        name: object.string("name").unwrap_or_default(),
        version: object.string("version"),
        line,
        ..Element::default()
    };
    let mut licenses = Licenses::default();
    for choice in object.array("licenses").into_iter().filter_map(read::<Object>) {
        licenses.acknowledged(choice.string("acknowledgement").as_deref());
        if let Some(expression) = choice.string("expression") {
            licenses.expression(&expression);
        }
        let license = choice.object("license");
        licenses.acknowledged(license.string("acknowledgement").as_deref());
        licenses.license(license.string("id").as_deref(), license.string("name").as_deref());
    }
    element.claims.extend(licenses.claim(&at));
    for hash in object.array("hashes").into_iter().filter_map(read::<Object>) {
        let digits = hash.string("content").unwrap_or_default();
        element.checksums.extend(hash.string("alg").and_then(|alg| checksum(&alg, &digits)));
    }
    (element.scope, element.optional) = scope(object.string("scope").as_deref());
    for property in object.array("properties").into_iter().filter_map(read::<Object>) {
        let (name, value) = (property.string("name").unwrap_or_default(), property.string("value").unwrap_or_default());
        super::cyclonedx::property(&mut element, &name, &value);
        element.ours.extend(ours(&name).map(|name| (name.to_owned(), value)));
    }
    element.infrastructure = is_infrastructure(object.string("type").as_deref(), &element);
    let id = element.id.clone();
    document.add(element);
    if let Some(parent) = parent {
        document.link(parent, &id, Link::RUNTIME);
    }
    for inner in object.array("components") {
        component(json, document, inner, Some(&id), depth + 1);
    }
    Some(id)
}
