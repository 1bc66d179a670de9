//! What documents say of where a package comes from and who made it, gathered from its claims and copies.

use std::collections::{BTreeMap, BTreeSet};

use super::{Report, escape};
use crate::license::expr::{Expr, text_name};
use crate::license::identify::{Conclusion, Copyright};
use crate::model::{ClaimKind, Package, PackageIdx, Statement};

/// A license text, and the packages it came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LicenseText<'r> {
    /// What the text was recognized as, or the id it is the published text of.
    pub(super) title: String,
    /// The text, verbatim.
    pub(super) text: &'r str,
    /// The packages, in order.
    pub(super) packages: Vec<PackageIdx>,
    /// Whether it is the published text, for packages that came without one.
    pub(super) published: bool,
}

/// Returns the copyright lines of a package, each once, in the order in which they were read.
pub(super) fn copyrights(package: &Package) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    for claim in &package.claims {
        let Statement::Text { identification, .. } = &claim.says else { continue };
        for copyright in identification.copyrights.iter().filter(|copyright| is_filled(copyright)) {
            if seen.insert(copyright.text.clone()) {
                lines.push(copyright.text.clone());
            }
        }
    }
    lines
}

/// Returns whether a statement names somebody, and is not the blank of a template.
fn is_filled(copyright: &Copyright) -> bool {
    const BLANKS: [&str; 6] = ["yyyy", "[year", "<year", "name of", "copyright owner", "copyright holder"];
    let text = copyright.text.to_ascii_lowercase();
    !copyright.holder.is_empty() && !BLANKS.iter().any(|blank| text.contains(blank))
}

/// Returns the address of a package: its project, else its source.
pub(super) fn address(report: &Report, idx: PackageIdx) -> Option<&str> {
    let credits = &report.attributions.get(idx)?.credits;
    let addresses = [credits.homepage.as_deref(), credits.repository.as_deref()];
    addresses.into_iter().flatten().find_map(escape::web_address)
}

/// Returns what a text was recognized as, in words.
pub(super) fn recognized(conclusion: &Conclusion) -> Option<String> {
    match conclusion {
        Conclusion::Expression(expr) | Conclusion::SuffixUnstated(expr) => Some(expr.to_string()),
        Conclusion::Candidates(candidates) => {
            Some(candidates.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or "))
        }
        Conclusion::Modified { id, .. } => Some(format!("{id}, changed")),
        Conclusion::Exception(exception) => Some(exception.to_string()),
        Conclusion::Nothing | Conclusion::Refers(_) => None,
    }
}

/// Returns every license text that these packages came with, each once, and the published text for those without.
///
/// Of a package whose license is a choice, the texts of the branches that were not taken are left out.
pub(super) fn license_texts<'r>(
    report: &'r Report,
    packages: impl Iterator<Item = (PackageIdx, &'r Package)>,
) -> Vec<LicenseText<'r>> {
    let mut found: BTreeMap<(String, bool, &str), LicenseText> = BTreeMap::new();
    for (idx, package) in packages {
        let wanted = ids(report, idx, package);
        let mut with_text = BTreeSet::new();
        let mut kept = texts_of(report, package);
        let is_wanted = |title: &String| wanted.iter().any(|id| text_name(id) == text_name(title));
        if kept.iter().any(|(title, _, _)| title.as_ref().is_some_and(is_wanted)) {
            kept.retain(|(title, _, _)| title.as_ref().is_none_or(is_wanted));
        }
        for (title, sha256, text) in kept {
            with_text.extend(title.as_deref().map(|title| text_name(title).to_owned()));
            let title = title.unwrap_or_else(|| "a license of its own".to_owned());
            add(&mut found, (title, false, sha256), text, idx);
        }
        // One text that is not recognized may be that of all its licenses.
        if with_text.is_empty() && has_text(package) {
            continue;
        }
        for id in wanted.iter().filter(|id| !with_text.contains(text_name(id))) {
            if let Some(text) = report.documents.canonical.get(id) {
                add(&mut found, (id.clone(), true, ""), text, idx);
            }
        }
    }
    found.into_values().collect()
}

/// Returns the licenses of packages that came without a text and of which none is known.
pub(super) fn missing_texts<'r>(
    report: &'r Report,
    packages: impl Iterator<Item = (PackageIdx, &'r Package)>,
) -> BTreeSet<String> {
    let without = packages.filter(|(_, package)| !has_text(package));
    let ids = without.flat_map(|(idx, package)| ids(report, idx, package));
    ids.filter(|id| !report.documents.canonical.contains_key(id)).collect()
}

fn has_text(package: &Package) -> bool {
    package.claims.iter().any(|claim| claim.kind == ClaimKind::Text)
}

/// Returns the license texts of a package: as what each was recognized, its digest and its words.
fn texts_of<'r>(report: &'r Report, package: &'r Package) -> Vec<(Option<String>, &'r str, &'r str)> {
    let texts = package.claims.iter().filter(|claim| claim.kind == ClaimKind::Text);
    texts
        .filter_map(|claim| match &claim.says {
            Statement::Text { sha256, identification } => {
                let text = report.documents.texts.get(sha256)?;
                Some((recognized(&identification.conclusion), sha256.as_str(), text.as_str()))
            }
            Statement::Field { .. } | Statement::SeeFile(_) => None,
        })
        .collect()
}

fn add<'r>(
    found: &mut BTreeMap<(String, bool, &'r str), LicenseText<'r>>,
    key: (String, bool, &'r str),
    text: &'r str,
    idx: PackageIdx,
) {
    let (title, published) = (key.0.clone(), key.1);
    let entry = found.entry(key).or_insert_with(|| LicenseText { title, text, packages: Vec::new(), published });
    if entry.packages.last() != Some(&idx) {
        entry.packages.push(idx);
    }
}

/// Returns the licenses and exceptions that a package is used under, by id.
fn ids(report: &Report, idx: PackageIdx, package: &Package) -> BTreeSet<String> {
    let chosen = report.judgement(idx).and_then(|judgement| judgement.chosen.clone());
    let readings = chosen.map_or_else(|| package.resolution.readings(), |chosen| vec![chosen]);
    readings.iter().flat_map(Expr::names).collect()
}
