//! The attribution bundle that licenses ask for: parts and their credits, source offers, notices, exact texts.

use std::collections::BTreeMap;
use std::io;

use super::attribution::{LicenseText, address, copyrights, license_texts, missing_texts};
use super::page::{self, Block, Page};
use super::words::duties;
use super::{DISCLAIMER, Report, Style, escape};
use crate::model::{Package, PackageIdx, Relation};
use crate::resolve::Asset;

/// Duties that have a chapter of their own.
const CREDIT: &str = "attribution";
const SOURCE: &str = "source-offer";

pub(super) fn text(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    page::text(&bundle(report), out)
}

pub(super) fn markdown(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    page::markdown(&bundle(report), out)
}

pub(super) fn html(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    page::html(&bundle(report), out)
}

fn bundle(report: &Report) -> Page<'_> {
    let parts: Vec<(PackageIdx, &Package)> =
        report.shown().filter(|(idx, _)| report.documents.shipped.contains(idx)).collect();
    let texts = license_texts(report, parts.iter().copied());
    let mut blocks = head(report, &parts);
    blocks.extend(credits(report, &parts, &texts));
    blocks.extend(offers(report, &parts));
    blocks.extend(further(report));
    blocks.extend(notices(report, &parts));
    blocks.extend(verbatim(report, &texts));
    blocks.push(Block::Paragraph(DISCLAIMER.to_owned()));
    Page { language: "en", blocks }
}

fn head<'r>(report: &'r Report, parts: &[(PackageIdx, &Package)]) -> Vec<Block<'r>> {
    let project = &report.project;
    let name = project.name.as_deref().unwrap_or("this work");
    let version = project.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let mut about = vec![("License", project.outbound.clone())];
    about.extend(project.holder.iter().map(|holder| ("Rights held by", holder.clone())));
    let mut forms: Vec<&str> =
        report.artifacts.iter().flat_map(|artifact| artifact.forms.iter().map(String::as_str)).collect();
    forms.sort_unstable();
    forms.dedup();
    if !forms.is_empty() {
        about.push(("Given on as", forms.join(", ")));
    }
    let n_parts = match parts.len() {
        0 => "It contains no parts of others.".to_owned(),
        1 => "It contains one part of others.".to_owned(),
        n => format!("It contains {n} parts of others."),
    };
    let mut blocks = vec![
        Block::Heading(1, format!("Notices for {name}{version}")),
        Block::Fields(about),
        Block::Paragraph(format!("{n_parts} Each part stays under its own license.")),
    ];
    let n_elsewhere = report.documents.elsewhere.len();
    if n_elsewhere > 0 {
        let parts = if n_elsewhere == 1 { "one part".to_owned() } else { format!("{n_elsewhere} parts") };
        blocks.push(Block::Paragraph(format!("Left out, because they do not reach this form of the work: {parts}.")));
    }
    let unknown: Vec<String> = parts
        .iter()
        .filter(|(_, package)| package.resolution.readings().is_empty())
        .map(|(idx, _)| report.package_words(*idx))
        .collect();
    if !unknown.is_empty() {
        blocks.push(Block::Paragraph(format!(
            "This bundle is not complete: no license could be read for {}.",
            unknown.join(", ")
        )));
    }
    let missing = missing_texts(report, parts.iter().copied());
    if !missing.is_empty() {
        let missing = missing.into_iter().collect::<Vec<_>>().join(", ");
        blocks.push(Block::Paragraph(format!("This bundle is not complete: the text of {missing} is not known here.")));
    }
    blocks
}

fn credits<'r>(report: &'r Report, parts: &[(PackageIdx, &Package)], texts: &[LicenseText]) -> Vec<Block<'r>> {
    if parts.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Heading(2, "Parts and credits".to_owned())];
    for (idx, package) in parts {
        blocks.push(Block::Heading(3, report.package_words(*idx)));
        blocks.push(Block::Fields(credit(report, *idx, package, texts)));
    }
    blocks
}

/// Returns author, address, license and changes of one part, and where its texts stand.
fn credit(report: &Report, idx: PackageIdx, package: &Package, texts: &[LicenseText]) -> Vec<(&'static str, String)> {
    let judgement = report.judgement(idx);
    let license = report.license_words(package);
    let chosen = judgement.and_then(|judgement| judgement.chosen.as_ref()).map(ToString::to_string);
    let mut fields = vec![("License", license.clone())];
    fields.extend(chosen.filter(|chosen| *chosen != license).map(|chosen| ("Used under", chosen)));
    // Who asked not to be named is not named.
    if !report.documents.credit_removed.contains(&idx) {
        fields.extend(copyrights(package).into_iter().map(|copyright| ("Copyright", copyright)));
        let credits = report.attributions.get(idx).map(|attribution| &attribution.credits);
        fields
            .extend(credits.into_iter().flat_map(|credits| &credits.authors).map(|author| ("Author", author.clone())));
        fields.extend(address(report, idx).map(|address| ("Address", address.to_owned())));
        fields.extend(assets(report, idx).into_iter().map(|asset| ("File", asset)));
    }
    let owed = |id: &str| judgement.is_some_and(|judgement| judgement.obligations.iter().any(|owed| owed.id == id));
    if package.relation == Relation::Modified {
        fields.push(("Changes", "changed; the files say what".to_owned()));
    } else if owed(CREDIT) {
        fields.push(("Changes", "none: used as it came".to_owned()));
    }
    let numbers: Vec<String> = texts
        .iter()
        .enumerate()
        .filter(|(_, text)| text.packages.contains(&idx))
        .map(|(number, _)| (number + 1).to_string())
        .collect();
    if !numbers.is_empty() {
        fields.push(("Text", numbers.join(", ")));
    }
    fields
}

/// Returns the fonts and pictures that a part of the project's own tree stands for, each with its credit.
fn assets(report: &Report, idx: PackageIdx) -> Vec<String> {
    let assets = report.attributions.get(idx).into_iter().flat_map(|attribution| &attribution.assets);
    let words = |asset: &Asset| {
        let title = asset.title.as_ref().map(|title| format!("\"{title}\""));
        let by = match asset.authors.join(", ") {
            authors if authors.is_empty() => {
                "by an author who is not known here: name them before you pass this on".to_owned()
            }
            authors => format!("by {authors}"),
        };
        let address = asset.address.as_deref().and_then(escape::web_address).map(|address| format!("from {address}"));
        let said: Vec<String> = title.into_iter().chain([by]).chain(address).collect();
        format!("{}: {}", asset.path.as_str(), said.join(", "))
    };
    assets.map(words).collect()
}

fn offers<'r>(report: &'r Report, parts: &[(PackageIdx, &Package)]) -> Vec<Block<'r>> {
    let mut rows = Vec::new();
    for (idx, package) in parts {
        let Some(judgement) = report.judgement(*idx) else { continue };
        for owed in judgement.obligations.iter().filter(|owed| owed.id == SOURCE) {
            let what = match owed.extent.as_deref() {
                Some("work") => "the whole work, this part included",
                Some("network") => "the version that is offered over the network",
                Some("library") => "the library, with changes if any were made",
                _ => "its files, with changes if any were made",
            };
            let credits = report.attributions.get(*idx).map(|attribution| &attribution.credits);
            let source = super::sbom::download(&package.origin)
                .or_else(|| credits.and_then(|credits| credits.repository.clone()))
                .or_else(|| address(report, *idx).map(str::to_owned));
            let place = source.map_or_else(
                || "no address is known: name one here before you pass this on".to_owned(),
                |source| format!("its authors publish it at {source}"),
            );
            rows.push(format!("{} ({}): {what}; {place}.", report.package_words(*idx), owed.license));
        }
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let about = "The source code of these parts is offered to everybody who gets this work:";
    vec![Block::Heading(2, "Source code".to_owned()), Block::Paragraph(about.to_owned()), Block::List(rows)]
}

/// Returns the duties that a document cannot meet by itself.
fn further(report: &Report) -> Vec<Block<'_>> {
    let rows: Vec<String> = duties(report)
        .into_iter()
        .filter(|owing| owing.duty.is_duty && !matches!(owing.id, CREDIT | SOURCE))
        .map(|owing| {
            let names: Vec<String> = owing.packages.iter().map(|idx| report.package_words(*idx)).collect();
            format!("{} For {}.", owing.duty.about, names.join(", "))
        })
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    vec![Block::Heading(2, "What else whoever passes this on has to do".to_owned()), Block::List(rows)]
}

fn notices<'r>(report: &'r Report, parts: &[(PackageIdx, &Package)]) -> Vec<Block<'r>> {
    let mut by_text: BTreeMap<&str, Vec<PackageIdx>> = BTreeMap::new();
    for (idx, _) in parts {
        for notice in report.attributions.get(*idx).into_iter().flat_map(|attribution| &attribution.notices) {
            let packages = by_text.entry(&notice.sha256).or_default();
            if packages.last() != Some(idx) {
                packages.push(*idx);
            }
        }
    }
    let mut texts: Vec<(Vec<PackageIdx>, &str)> = by_text
        .into_iter()
        .filter_map(|(sha256, packages)| Some((packages, report.documents.texts.get(sha256)?.as_str())))
        .collect();
    texts.sort();
    if texts.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Heading(2, "Notices that came with parts".to_owned())];
    for (packages, text) in texts {
        let names: Vec<String> = packages.iter().map(|idx| report.package_words(*idx)).collect();
        blocks.push(Block::Heading(3, format!("Notice of {}", names.join(", "))));
        blocks.push(Block::Verbatim(text));
    }
    blocks
}

fn verbatim<'r>(report: &'r Report, texts: &[LicenseText<'r>]) -> Vec<Block<'r>> {
    let mut blocks = vec![Block::Heading(2, "License texts".to_owned())];
    for terms in &report.documents.terms {
        if let Some(text) = report.documents.canonical.get(&terms.license) {
            blocks.push(Block::Heading(3, format!("{} (this work)", terms.license)));
            blocks.push(Block::Verbatim(text));
        }
    }
    for (index, text) in texts.iter().enumerate() {
        let names: Vec<String> = text.packages.iter().map(|idx| report.package_words(*idx)).collect();
        blocks.push(Block::Heading(3, format!("Text {}: {}", index + 1, text.title)));
        let came = if text.published { "As published; for parts that came without a text" } else { "For" };
        blocks.push(Block::Paragraph(format!("{came}: {}.", names.join(", "))));
        blocks.push(Block::Verbatim(text.text));
    }
    blocks
}
