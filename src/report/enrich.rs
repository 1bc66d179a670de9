//! Writing what was found back into an SBOM of somebody else, in JSON: what it says stays, what it lacks is added.
//!
//! A package is the one of the same package URL. Nothing else is touched, save for the order of keys.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Report;
use super::sbom::{self, Concluded};
use crate::base::Purl;
use crate::model::PackageIdx;

/// Returns the document with expressions, verdicts and evidence added.
pub fn enrich(report: &Report, document: &[u8]) -> Result<String, String> {
    let mut value: Value = serde_json::from_slice(document).map_err(|error| format!("it is no JSON: {error}"))?;
    let packages: BTreeMap<&Purl, PackageIdx> = report.shown().map(|(idx, package)| (&package.purl, idx)).collect();
    let known = Known { report, packages };
    if value.get("bomFormat").is_some() {
        if let Some(subject) = value.pointer_mut("/metadata/component") {
            known.component(subject);
        }
        known.components(&mut value);
    } else if value.get("spdxVersion").is_some() {
        for package in rows(&mut value, "packages") {
            known.spdx(package);
        }
    } else {
        return Err("expected an SPDX or CycloneDX document in JSON".to_owned());
    }
    let mut text = Vec::new();
    super::json::write_safe(&value, &mut text).map_err(|error| error.to_string())?;
    String::from_utf8(text).map_err(|error| error.to_string())
}

struct Known<'r> {
    report: &'r Report,
    packages: BTreeMap<&'r Purl, PackageIdx>,
}

impl Known<'_> {
    fn find(&self, purl: Option<&Value>) -> Option<(Concluded, Vec<(&'static str, String)>)> {
        let purl: Purl = purl?.as_str()?.parse().ok()?;
        let idx = *self.packages.get(&purl)?;
        let package = self.report.inventory.packages.get(idx)?;
        let concluded = sbom::concluded(self.report, idx, package);
        let mut properties = sbom::properties(self.report, idx, package);
        properties.extend(package.at.first().map(|at| ("named-in", at.to_string())));
        Some((concluded, properties))
    }

    fn components(&self, parent: &mut Value) {
        for component in rows(parent, "components") {
            self.component(component);
            self.components(component);
        }
    }

    fn component(&self, component: &mut Value) {
        let Some((concluded, properties)) = self.find(component.get("purl")) else { return };
        let Some(object) = component.as_object_mut() else { return };
        let silent = object.get("licenses").and_then(Value::as_array).is_none_or(Vec::is_empty);
        if let (Concluded::Expression(expression), true) = (concluded, silent) {
            object.insert("licenses".to_owned(), json!([{ "expression": expression }]));
        }
        let added = properties.into_iter().map(|(name, value)| json!({ "name": named(name), "value": value }));
        append(object, "properties", added);
    }

    fn spdx(&self, package: &mut Value) {
        let references = package.get("externalRefs").and_then(Value::as_array);
        let mut references = references.into_iter().flatten();
        let purl = references.find(|reference| reference.get("referenceType").is_some_and(|ty| ty == "purl"));
        let found = self.find(purl.and_then(|purl| purl.get("referenceLocator")));
        let (Some((concluded, properties)), Some(object)) = (found, package.as_object_mut()) else { return };
        let silent = object.get("licenseConcluded").is_none_or(|said| said == "NOASSERTION");
        let license = match concluded {
            Concluded::Expression(expression) => Some(expression),
            Concluded::None => Some("NONE".to_owned()),
            Concluded::NoAssertion => None,
        };
        if let (Some(license), true) = (license, silent) {
            object.insert("licenseConcluded".to_owned(), Value::String(license));
        }
        let lines: Vec<String> = properties.iter().map(|(name, value)| format!("{}={value}", named(name))).collect();
        let annotation = json!({
            "annotationDate": self.report.documents.created,
            "annotationType": "OTHER",
            "annotator": format!("Tool: ppl-check-{}", env!("CARGO_PKG_VERSION")),
            "comment": lines.join("\n"),
        });
        append(object, "annotations", std::iter::once(annotation));
    }
}

fn named(name: &str) -> String {
    format!("{}{name}", sbom::PREFIX)
}

fn rows<'v>(value: &'v mut Value, key: &str) -> impl Iterator<Item = &'v mut Value> {
    value.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten()
}

fn append(object: &mut Map<String, Value>, key: &str, added: impl Iterator<Item = Value>) {
    let list = object.entry(key).or_insert_with(|| json!([]));
    if let Some(list) = list.as_array_mut() {
        list.extend(added);
    }
}
