//! What stays the same about a finding from run to run, so that a service recognizes it.

use crate::base::sha256_hex;
use crate::model::{Finding, Package, Resolved};

use super::Report;

/// The name under which fingerprints are published; it changes with what they are made from.
pub const FINGERPRINT: &str = "pplCheck/v1";

impl Report {
    /// Returns the fingerprint of a finding: rule, package without its version, and license.
    ///
    /// It survives a new version of the package with the same license, and new lines in the lockfile.
    /// Of a finding about several packages the first counts: the others come with it.
    /// What many packages lack is known by their ecosystem, whichever package comes first.
    pub fn fingerprint(&self, finding: &Finding) -> String {
        let first = finding.packages.first().and_then(|idx| self.inventory.packages.get(*idx));
        // A finding about the project itself is known by its place.
        let place = || finding.at.as_ref().map(|at| at.path.to_string()).unwrap_or_default();
        match first {
            Some(package) if finding.lacking && finding.packages.len() > 1 => {
                digest(&[&finding.rule, package.purl.ty(), &license(package)])
            }
            Some(package) => fingerprint(&finding.rule, package),
            None => digest(&[&finding.rule, "", &place()]),
        }
    }

    /// Returns the fingerprints of a finding: one for each of its packages, in their order, so that one that joins
    /// later shows.
    pub fn fingerprints(&self, finding: &Finding) -> Vec<String> {
        if finding.packages.is_empty() {
            return vec![self.fingerprint(finding)];
        }
        let packages = finding.packages.iter().filter_map(|idx| self.inventory.packages.get(*idx));
        packages.map(|package| fingerprint(&finding.rule, package)).collect()
    }
}

fn fingerprint(rule: &str, package: &Package) -> String {
    let name = format!("{}:{}", package.purl.ty(), package.purl.full_name());
    digest(&[rule, &name, &license(package)])
}

/// Returns what a change of license would change.
fn license(package: &Package) -> String {
    match &package.resolution.resolved {
        Resolved::Expression(expr) => expr.to_string(),
        Resolved::SuffixUnstated(expr) => format!("{expr}?"),
        Resolved::Candidates(candidates) => candidates.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "),
        Resolved::Modified { id, changes } => {
            let changes = changes.iter().map(|change| format!("-{}+{}", change.removed, change.added));
            format!("~{id}{}", changes.collect::<String>())
        }
        Resolved::Missing { complete_look } => if *complete_look { "none" } else { "unknown" }.to_owned(),
    }
}

fn digest(parts: &[&str]) -> String {
    sha256_hex(parts.join("\n").as_bytes())
}
