//! The packages as an SPDX 2.3 document in JSON (<https://spdx.github.io/spdx-spec/v2.3/>).
//!
//! Left out on purpose: files and snippets. `filesAnalyzed` is false, so no verification code is owed.

#![expect(clippy::struct_field_names, reason = "the names of the format")]

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde::Serialize;

use super::attribution::{address, copyrights};
use super::json::write_safe;
use super::sbom::{self, Concluded};
use super::{DISCLAIMER, Report, Style};
use crate::license::expr::{Expr, Id};
use crate::model::{Edge, Package, PackageIdx, Scope, Statement};

/// The word for what nobody says.
const NOASSERTION: &str = "NOASSERTION";

pub(super) fn render(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut document = Document::of(report);
    let uuid = sbom::uuid(&serde_json::to_string(&document)?);
    document.document_namespace = format!("urn:uuid:{uuid}");
    write_safe(&document, out)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'r> {
    #[serde(rename = "SPDXID")]
    id: &'static str,
    spdx_version: &'static str,
    data_license: &'static str,
    name: String,
    document_namespace: String,
    comment: String,
    creation_info: CreationInfo<'r>,
    packages: Vec<PackageRow<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    has_extracted_licensing_infos: Vec<ExtractedLicense>,
    relationships: Vec<Relationship>,
}

#[derive(Serialize)]
struct CreationInfo<'r> {
    created: &'r str,
    creators: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PackageRow<'r> {
    #[serde(rename = "SPDXID")]
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_info: Option<&'r str>,
    download_location: String,
    files_analyzed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_package_purpose: Option<&'static str>,
    license_concluded: String,
    license_declared: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    license_comments: Option<String>,
    copyright_text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    homepage: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_info: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attribution_texts: Vec<&'r str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checksums: Vec<ChecksumRow<'r>>,
    external_refs: Vec<ExternalRef>,
    annotations: Vec<Annotation<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChecksumRow<'r> {
    algorithm: &'static str,
    checksum_value: &'r str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExternalRef {
    reference_category: &'static str,
    reference_type: &'static str,
    reference_locator: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Annotation<'r> {
    annotation_date: &'r str,
    annotation_type: &'static str,
    annotator: String,
    comment: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExtractedLicense {
    license_id: String,
    extracted_text: String,
    name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Relationship {
    spdx_element_id: String,
    relationship_type: &'static str,
    related_spdx_element: String,
}

fn creator() -> String {
    format!("Tool: ppl-check-{}", env!("CARGO_PKG_VERSION"))
}

impl<'r> Document<'r> {
    fn of(report: &'r Report) -> Self {
        let project = &report.project;
        let name = project.name.clone().unwrap_or_else(|| "project".to_owned());
        let ids = element_ids(report);
        Self {
            id: "SPDXRef-DOCUMENT",
            spdx_version: "SPDX-2.3",
            data_license: "CC0-1.0",
            name: project.version.as_ref().map_or_else(|| name.clone(), |version| format!("{name} {version}")),
            document_namespace: String::new(),
            comment: format!(
                "Judged as offered under {}. {DISCLAIMER} License knowledge {}, policy {}.",
                project.outbound, report.data_digest, report.policy_digest
            ),
            creation_info: CreationInfo { created: &report.documents.created, creators: vec![creator()] },
            packages: report.shown().filter_map(|(idx, package)| row(report, idx, package, &ids)).collect(),
            has_extracted_licensing_infos: extracted(report),
            relationships: relationships(report, &ids),
        }
    }
}

/// Returns an identifier for each package: its purl in the letters that are allowed, made unique.
fn element_ids(report: &Report) -> BTreeMap<PackageIdx, String> {
    let mut taken = BTreeSet::new();
    let mut ids = BTreeMap::new();
    for (idx, package) in report.shown() {
        let version = package.purl.version().unwrap_or_default();
        let words = [package.purl.ty(), &package.purl.full_name(), version];
        let plain = |char: char| if char.is_ascii_alphanumeric() || char == '.' { char } else { '-' };
        let words: Vec<String> = words.iter().map(|word| word.chars().take(80).map(plain).collect()).collect();
        let wanted = format!("SPDXRef-Package-{}", words.join("-").trim_matches('-'));
        let mut id = wanted.clone();
        let mut n_taken = 1;
        while !taken.insert(id.clone()) {
            n_taken += 1;
            id = format!("{wanted}-{n_taken}");
        }
        ids.insert(idx, id);
    }
    ids
}

fn row<'r>(
    report: &'r Report,
    idx: PackageIdx,
    package: &'r Package,
    ids: &BTreeMap<PackageIdx, String>,
) -> Option<PackageRow<'r>> {
    let copyrights = copyrights(package);
    let locations: Vec<String> = package.at.iter().map(ToString::to_string).collect();
    let notices = report.attributions.get(idx).map(|attribution| attribution.notices.as_slice()).unwrap_or_default();
    let comment: Vec<String> = sbom::properties(report, idx, package)
        .iter()
        .map(|(name, value)| format!("{}{name}={value}", sbom::PREFIX))
        .collect();
    Some(PackageRow {
        id: ids.get(&idx)?.clone(),
        name: package.purl.full_name(),
        version_info: package.purl.version(),
        download_location: sbom::download(&package.origin).unwrap_or_else(|| NOASSERTION.to_owned()),
        files_analyzed: false,
        primary_package_purpose: package.is_own().then_some("APPLICATION"),
        license_concluded: match sbom::concluded(report, idx, package) {
            Concluded::Expression(expression) => expression,
            Concluded::None => "NONE".to_owned(),
            Concluded::NoAssertion => NOASSERTION.to_owned(),
        },
        license_declared: declared(package),
        license_comments: Some(evidence(package)).filter(|words| !words.is_empty()),
        copyright_text: if copyrights.is_empty() { NOASSERTION.to_owned() } else { copyrights.join("\n") },
        homepage: address(report, idx),
        source_info: (!locations.is_empty()).then(|| format!("named in {}", locations.join(", "))),
        attribution_texts: notices
            .iter()
            .filter_map(|notice| report.documents.texts.get(&notice.sha256).map(String::as_str))
            .collect(),
        checksums: package
            .checksums
            .iter()
            .filter_map(sbom::checksum)
            .map(|(algorithm, _, checksum_value)| ChecksumRow { algorithm, checksum_value })
            .collect(),
        external_refs: vec![ExternalRef {
            reference_category: "PACKAGE-MANAGER",
            reference_type: "purl",
            reference_locator: package.purl.to_string(),
        }],
        annotations: vec![Annotation {
            annotation_date: &report.documents.created,
            annotation_type: "OTHER",
            annotator: creator(),
            comment: comment.join("\n"),
        }],
    })
}

/// Returns what the package declares, if its words are a valid expression as they stand.
fn declared(package: &Package) -> String {
    let fields = package.claims.iter().filter_map(|claim| match &claim.says {
        Statement::Field { values, .. } => Some(values),
        Statement::SeeFile(_) | Statement::Text { .. } => None,
    });
    let plain = |expr: &Expr| {
        expr.licenses().iter().all(|license| {
            matches!(license.id, Id::Spdx(_)) && {
                !matches!(license.exception, Some(crate::license::expr::ExceptionId::Ref { .. }))
            }
        })
    };
    fields
        .filter_map(|values| match values.as_slice() {
            [only] => Expr::parse(only).ok().map(|parsed| parsed.expr),
            _ => None,
        })
        .find(plain)
        .map_or_else(|| NOASSERTION.to_owned(), |expr| expr.to_string())
}

/// Returns on what the conclusion rests, in words.
fn evidence(package: &Package) -> String {
    let used = package.used_claims.iter().filter_map(|idx| package.claims.get(*idx));
    let words: Vec<String> = used
        .map(|claim| match &claim.says {
            Statement::Text { sha256, .. } => format!("text of {} (SHA-256 {sha256})", claim.at),
            Statement::Field { .. } | Statement::SeeFile(_) => {
                format!("{} \"{}\" in {}", claim.kind, super::escape::line(&claim.raw), claim.at)
            }
        })
        .collect();
    words.join("; ")
}

/// Returns the licenses that no list defines, with their texts where they are known.
fn extracted(report: &Report) -> Vec<ExtractedLicense> {
    let mut found: BTreeMap<String, ExtractedLicense> = BTreeMap::new();
    for (idx, package) in report.shown() {
        let Concluded::Expression(_) = sbom::concluded(report, idx, package) else { continue };
        for expr in package.resolution.readings() {
            for license in expr.licenses().iter().filter(|license| matches!(license.id, Id::Ref { .. })) {
                let id = license.id.to_string();
                let text = text_of(report, package, &id);
                found.entry(id.clone()).or_insert_with(|| ExtractedLicense {
                    name: id.trim_start_matches("LicenseRef-").to_owned(),
                    extracted_text: text.unwrap_or_else(|| NOASSERTION.to_owned()),
                    license_id: id,
                });
            }
        }
    }
    found.into_values().collect()
}

/// Returns the text that the package came with if it is that license, else the published one.
fn text_of(report: &Report, package: &Package, id: &str) -> Option<String> {
    let own = package.claims.iter().find_map(|claim| match &claim.says {
        Statement::Text { sha256, identification }
            if super::attribution::recognized(&identification.conclusion).as_deref() == Some(id) =>
        {
            report.documents.texts.get(sha256)
        }
        _ => None,
    });
    own.or_else(|| report.documents.canonical.get(id)).cloned()
}

fn relationships(report: &Report, ids: &BTreeMap<PackageIdx, String>) -> Vec<Relationship> {
    let own = report.shown().filter(|(_, package)| package.is_own()).map(|(idx, _)| idx);
    let mut described: Vec<PackageIdx> = own.collect();
    if described.is_empty() {
        let needed: BTreeSet<PackageIdx> = report.inventory.edges.iter().map(|edge| edge.to).collect();
        described = ids.keys().copied().filter(|idx| !needed.contains(idx)).collect();
    }
    let relationship = |from: &str, kind: &'static str, to: &str| Relationship {
        spdx_element_id: from.to_owned(),
        relationship_type: kind,
        related_spdx_element: to.to_owned(),
    };
    let mut found: Vec<Relationship> = described
        .iter()
        .filter_map(|idx| ids.get(idx))
        .map(|id| relationship("SPDXRef-DOCUMENT", "DESCRIBES", id))
        .collect();
    for edge in &report.inventory.edges {
        let (Some(from), Some(to)) = (ids.get(&edge.from), ids.get(&edge.to)) else { continue };
        found.push(match edge_kind(edge) {
            Some(kind) => relationship(to, kind, from),
            None => relationship(from, "DEPENDS_ON", to),
        });
    }
    if sbom::is_incomplete(report) {
        let first = described.first().and_then(|idx| ids.get(idx)).map_or("SPDXRef-DOCUMENT", String::as_str);
        found.push(relationship(first, "DEPENDS_ON", NOASSERTION));
    }
    found
}

/// Returns the relationship of what is needed to what needs it, if it is more than a plain dependency.
fn edge_kind(edge: &Edge) -> Option<&'static str> {
    match (edge.scope, edge.optional) {
        (Scope::Test, _) => Some("TEST_DEPENDENCY_OF"),
        (Scope::Dev, _) => Some("DEV_DEPENDENCY_OF"),
        (Scope::Build, _) => Some("BUILD_DEPENDENCY_OF"),
        (Scope::Runtime, true) => Some("OPTIONAL_DEPENDENCY_OF"),
        (Scope::Runtime, false) => None,
    }
}
