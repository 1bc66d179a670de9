//! The packages as a CycloneDX 1.6 document in JSON (<https://cyclonedx.org/docs/1.6/json/>).

use std::io;

use serde::Serialize;

use super::attribution::{copyrights, recognized};
use super::json::write_safe;
use super::sbom::{self, Concluded};
use super::{DISCLAIMER, Report, Style, escape};
use crate::model::{Package, PackageIdx, Scope, Statement};

pub(super) fn render(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut document = Document::of(report);
    document.serial_number = format!("urn:uuid:{}", sbom::uuid(&serde_json::to_string(&document)?));
    write_safe(&document, out)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'r> {
    bom_format: &'static str,
    spec_version: &'static str,
    serial_number: String,
    version: u32,
    metadata: Metadata<'r>,
    components: Vec<Component<'r>>,
    dependencies: Vec<Dependency>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    compositions: Vec<Composition>,
}

#[derive(Serialize)]
struct Metadata<'r> {
    timestamp: &'r str,
    tools: Tools,
    component: Component<'r>,
    licenses: Vec<LicenseChoice<'r>>,
    properties: Vec<Property>,
}

#[derive(Serialize)]
struct Tools {
    components: Vec<Tool>,
}

#[derive(Serialize)]
struct Tool {
    r#type: &'static str,
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Component<'r> {
    r#type: &'static str,
    #[serde(rename = "bom-ref")]
    bom_ref: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'r str>,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Hash<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<LicenseChoice<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<String>,
    #[serde(rename = "externalReferences", skip_serializing_if = "Vec::is_empty")]
    external_references: Vec<ExternalReference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<Property>,
}

#[derive(Serialize)]
struct Hash<'r> {
    alg: &'static str,
    content: &'r str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum LicenseChoice<'r> {
    Expression { expression: String, acknowledgement: &'static str },
    Id { license: LicenseId },
    Named { license: LicenseName<'r> },
}

#[derive(Serialize)]
struct LicenseId {
    id: &'static str,
}

#[derive(Serialize)]
struct LicenseName<'r> {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledgement: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Attachment<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Attachment<'r> {
    content_type: &'static str,
    content: &'r str,
}

#[derive(Serialize)]
struct ExternalReference {
    r#type: &'static str,
    url: String,
}

#[derive(Serialize)]
struct Evidence {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    occurrences: Vec<Occurrence>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<LicenseChoice<'static>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    copyright: Vec<CopyrightRow>,
}

#[derive(Serialize)]
struct Occurrence {
    location: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

#[derive(Serialize)]
struct CopyrightRow {
    text: String,
}

#[derive(Serialize)]
struct Property {
    name: String,
    value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dependency {
    r#ref: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends_on: Vec<String>,
}

#[derive(Serialize)]
struct Composition {
    aggregate: &'static str,
    assemblies: Vec<String>,
}

fn property(name: &str, value: impl Into<String>) -> Property {
    Property { name: format!("{}{name}", sbom::PREFIX), value: value.into() }
}

impl<'r> Document<'r> {
    fn of(report: &'r Report) -> Self {
        let subject = subject(report);
        let about = match subject {
            Some((idx, package)) => component(report, idx, package),
            None => unnamed(report),
        };
        let subject_ref = about.bom_ref.clone();
        let others = report.shown().filter(|(idx, _)| Some(*idx) != subject.map(|(subject, _)| subject));
        let mut compositions = Vec::new();
        if sbom::is_incomplete(report) {
            compositions.push(Composition { aggregate: "incomplete", assemblies: vec![subject_ref.clone()] });
        }
        Self {
            bom_format: "CycloneDX",
            spec_version: "1.6",
            serial_number: String::new(),
            version: 1,
            metadata: metadata(report, about),
            components: others.map(|(idx, package)| component(report, idx, package)).collect(),
            dependencies: dependencies(report, subject.is_none().then_some(subject_ref)),
            compositions,
        }
    }
}

/// Returns the package that the document is about: the own package in the root, else the first.
fn subject(report: &Report) -> Option<(PackageIdx, &Package)> {
    let own = || report.shown().filter(|(_, package)| package.is_own());
    let at_root = own().find(|(_, package)| package.dirs.iter().any(crate::base::RelPath::is_root));
    at_root.or_else(|| own().next())
}

/// Returns a subject for a tree that holds no package of its own.
fn unnamed(report: &Report) -> Component<'_> {
    Component {
        r#type: "application",
        bom_ref: "project".to_owned(),
        group: None,
        name: report.project.name.clone().unwrap_or_else(|| "project".to_owned()),
        version: report.project.version.as_deref(),
        scope: None,
        hashes: Vec::new(),
        licenses: Vec::new(),
        purl: None,
        external_references: Vec::new(),
        evidence: None,
        properties: Vec::new(),
    }
}

fn metadata<'r>(report: &'r Report, component: Component<'r>) -> Metadata<'r> {
    Metadata {
        timestamp: &report.documents.created,
        tools: Tools {
            components: vec![Tool { r#type: "application", name: "ppl-check", version: env!("CARGO_PKG_VERSION") }],
        },
        component,
        licenses: vec![LicenseChoice::Id { license: LicenseId { id: "CC0-1.0" } }],
        properties: vec![
            property("outbound", &report.project.outbound),
            property("data", &report.data_digest),
            property("policy", &report.policy_digest),
            property("note", DISCLAIMER),
        ],
    }
}

fn component<'r>(report: &'r Report, idx: PackageIdx, package: &'r Package) -> Component<'r> {
    let properties = sbom::properties(report, idx, package);
    Component {
        r#type: if package.is_own() { "application" } else { "library" },
        bom_ref: package.purl.to_string(),
        group: package.purl.namespace(),
        name: package.purl.name().to_owned(),
        version: package.purl.version(),
        scope: match (package.scope(), package.optional) {
            _ if package.is_own() => None,
            (Scope::Runtime, false) => Some("required"),
            (Scope::Runtime, true) => Some("optional"),
            (Scope::Build | Scope::Dev | Scope::Test, _) => Some("excluded"),
        },
        hashes: package
            .checksums
            .iter()
            .filter_map(sbom::checksum)
            .map(|(_, alg, content)| Hash { alg, content })
            .collect(),
        licenses: licenses(report, idx, package),
        purl: Some(package.purl.to_string()),
        external_references: references(report, idx, package),
        evidence: evidence(package),
        properties: properties.into_iter().map(|(name, value)| property(name, value)).collect(),
    }
}

/// Returns the expression; a license that no list defines goes with its text, which the format allows for a name only.
fn licenses<'r>(report: &'r Report, idx: PackageIdx, package: &Package) -> Vec<LicenseChoice<'r>> {
    let Concluded::Expression(expression) = sbom::concluded(report, idx, package) else { return Vec::new() };
    let text = report.documents.canonical.get(&expression).filter(|_| expression.starts_with("LicenseRef-"));
    vec![match text {
        Some(content) => LicenseChoice::Named {
            license: LicenseName {
                name: expression,
                acknowledgement: Some("concluded"),
                text: Some(Attachment { content_type: "text/plain", content }),
            },
        },
        None => LicenseChoice::Expression { expression, acknowledgement: "concluded" },
    }]
}

fn references(report: &Report, idx: PackageIdx, package: &Package) -> Vec<ExternalReference> {
    let credits = report.attributions.get(idx).map(|attribution| &attribution.credits);
    let web = |address: Option<&String>| address.and_then(|address| escape::web_address(address)).map(str::to_owned);
    let website = web(credits.and_then(|credits| credits.homepage.as_ref()));
    let vcs = web(credits.and_then(|credits| credits.repository.as_ref()));
    let found = [("website", website), ("vcs", vcs), ("distribution", sbom::download(&package.origin))];
    found.into_iter().filter_map(|(r#type, url)| Some(ExternalReference { r#type, url: url? })).collect()
}

fn evidence(package: &Package) -> Option<Evidence> {
    let mut names: Vec<String> = package
        .claims
        .iter()
        .filter_map(|claim| match &claim.says {
            Statement::Field { .. } => Some(claim.raw.clone()),
            Statement::SeeFile(file) => Some(format!("see {file}")),
            Statement::Text { identification, .. } => recognized(&identification.conclusion),
        })
        .filter(|name| !name.is_empty())
        .collect();
    names.sort();
    names.dedup();
    let occurrence = |at: &crate::base::Location| Occurrence {
        location: crate::base::Location { line: None, column: None, ..at.clone() }.to_string(),
        line: at.line,
    };
    let evidence = Evidence {
        occurrences: package.at.iter().map(occurrence).collect(),
        licenses: names
            .into_iter()
            .map(|name| LicenseChoice::Named { license: LicenseName { name, acknowledgement: None, text: None } })
            .collect(),
        copyright: copyrights(package).into_iter().map(|text| CopyrightRow { text }).collect(),
    };
    let empty = evidence.occurrences.is_empty() && evidence.licenses.is_empty() && evidence.copyright.is_empty();
    (!empty).then_some(evidence)
}

/// Returns the graph. Without a package of its own, the subject needs what nothing else needs.
fn dependencies(report: &Report, unnamed: Option<String>) -> Vec<Dependency> {
    let inventory = &report.inventory;
    let name = |idx: PackageIdx| inventory.packages.get(idx).map(|package| package.purl.to_string());
    let mut found = Vec::new();
    if let Some(subject) = unnamed {
        let needed: std::collections::BTreeSet<PackageIdx> = inventory.edges.iter().map(|edge| edge.to).collect();
        let roots = report.shown().filter(|(idx, _)| !needed.contains(idx));
        found.push(Dependency { r#ref: subject, depends_on: roots.filter_map(|(idx, _)| name(idx)).collect() });
    }
    for (idx, package) in report.shown() {
        let mut depends_on: Vec<String> = inventory.needs(idx).iter().filter_map(|edge| name(edge.to)).collect();
        depends_on.dedup();
        found.push(Dependency { r#ref: package.purl.to_string(), depends_on });
    }
    found
}
