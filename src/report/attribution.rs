//! What documents say of where a package comes from and who made it, gathered from its claims and copies.

use std::collections::BTreeSet;

use super::{Report, escape};
use crate::license::identify::Conclusion;
use crate::model::{Package, PackageIdx, Statement};

/// Returns the copyright lines of a package, each once, in the order in which they were read.
pub(super) fn copyrights(package: &Package) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    for claim in &package.claims {
        let Statement::Text { identification, .. } = &claim.says else { continue };
        for copyright in identification.copyrights.iter().filter(|copyright| is_filled(&copyright.holder)) {
            if seen.insert(copyright.text.clone()) {
                lines.push(copyright.text.clone());
            }
        }
    }
    lines
}

/// Returns whether a holder is a name, and not the blank of a template.
fn is_filled(holder: &str) -> bool {
    !holder.is_empty() && !holder.starts_with(['[', '<', '{']) && !holder.starts_with("name of")
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
