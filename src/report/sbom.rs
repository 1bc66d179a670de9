//! What both SBOM formats say of a package, and the names under which they keep what their own fields cannot.
//!
//! A property or annotation `ppl-check:NAME` is read again when the document is checked, so that a document of ours
//! gives the verdicts it was written with.

use super::{Report, escape};
use crate::license::expr::{ExceptionId, Expr, Id};
use crate::model::{Origin, Package, PackageIdx, Resolved};

/// What precedes our own names.
pub(super) const PREFIX: &str = "ppl-check:";

/// The license of a package as an SBOM can say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Concluded {
    /// A valid expression.
    Expression(String),
    /// Nothing is granted.
    None,
    /// It is not decided.
    NoAssertion,
}

/// Returns the license to conclude.
pub(super) fn concluded(report: &Report, idx: PackageIdx, package: &Package) -> Concluded {
    match &package.resolution.resolved {
        Resolved::Expression(Expr::License(license)) if license.id == Id::None => Concluded::None,
        Resolved::Expression(expr) | Resolved::SuffixUnstated(expr)
            if !contradicted(report, idx, package) && is_plain(expr) =>
        {
            Concluded::Expression(expr.to_string())
        }
        Resolved::Missing { complete_look: true } => Concluded::None,
        Resolved::Expression(_)
        | Resolved::SuffixUnstated(_)
        | Resolved::Candidates(_)
        | Resolved::Modified { .. }
        | Resolved::Missing { complete_look: false } => Concluded::NoAssertion,
    }
}

/// Returns whether the sources disagree in a way that decides the verdict: then nothing is concluded.
fn contradicted(report: &Report, idx: PackageIdx, package: &Package) -> bool {
    let judgement = report.judgement(idx);
    !package.resolution.disagreements.is_empty()
        && judgement
            .is_some_and(|judgement| judgement.rules.iter().any(|hit| hit.cause == crate::model::Cause::Evidence))
}

/// Returns whether an expression holds nothing that only newer versions of the grammar, or other documents, define.
fn is_plain(expr: &Expr) -> bool {
    expr.licenses().iter().all(|license| {
        let id = match &license.id {
            Id::Spdx(_) | Id::Ref { document: None, .. } => true,
            Id::Ref { document: Some(_), .. } | Id::None | Id::NoAssertion => false,
        };
        id && !matches!(license.exception, Some(ExceptionId::Ref { .. }))
    })
}

/// Returns what no field of the formats says: name without prefix, and value.
pub(super) fn properties(report: &Report, idx: PackageIdx, package: &Package) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if let Some(judgement) = report.judgement(idx) {
        found.push(("verdict", judgement.verdict.word().to_owned()));
    }
    if let Some(why) = package.not_judged {
        found.push(("not-judged", why.word().to_owned()));
    }
    found.push(("scope", package.scope().word().to_owned()));
    found.push(("relation", package.relation.word().to_owned()));
    if package.optional {
        found.push(("optional", "true".to_owned()));
    }
    found.extend(package.traits.iter().map(|found| ("trait", found.word().to_owned())));
    if let Some(license) = license(report, idx, package) {
        found.push(("license", license));
    }
    found
}

/// Returns the license where the fields of the formats cannot say it.
fn license(report: &Report, idx: PackageIdx, package: &Package) -> Option<String> {
    match (concluded(report, idx, package), &package.resolution.resolved) {
        (Concluded::Expression(_), _) => None,
        (Concluded::None, _) => Some("NONE".to_owned()),
        (Concluded::NoAssertion, Resolved::Candidates(candidates)) => {
            Some(candidates.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "))
        }
        (Concluded::NoAssertion, Resolved::Expression(expr)) if !contradicted(report, idx, package) => {
            Some(expr.to_string())
        }
        (Concluded::NoAssertion, _) => Some("NOASSERTION".to_owned()),
    }
}

/// Returns the web address from which the package came, if its files say so.
pub(super) fn download(origin: &Origin) -> Option<String> {
    match origin {
        Origin::Url(url) => escape::web_address(url).map(str::to_owned),
        Origin::Repository { url, revision } => {
            let url = escape::web_address(url.strip_prefix("git+").unwrap_or(url))?;
            let revision =
                revision.as_deref().filter(|revision| revision.chars().all(|char| char.is_ascii_alphanumeric()));
            Some(format!("git+{url}{}", revision.map(|revision| format!("@{revision}")).unwrap_or_default()))
        }
        Origin::Registry | Origin::OtherRegistry(_) | Origin::Path(_) | Origin::Outside(_) | Origin::Unknown => None,
    }
}

/// Returns a checksum as algorithm (without hyphen, upper case) and digits, if its length fits.
pub(super) fn checksum(checksum: &crate::model::Checksum) -> Option<(&'static str, &'static str, &str)> {
    let (spdx, cyclonedx, length) = match checksum.algorithm.as_str() {
        "md5" => ("MD5", "MD5", 32),
        "sha1" => ("SHA1", "SHA-1", 40),
        "sha256" => ("SHA256", "SHA-256", 64),
        "sha384" => ("SHA384", "SHA-384", 96),
        "sha512" => ("SHA512", "SHA-512", 128),
        _ => return None,
    };
    let fits = checksum.hex.len() == length && checksum.hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then_some((spdx, cyclonedx, checksum.hex.as_str()))
}

/// Returns a random-looking identifier that follows from a document alone (RFC 9562, version 8).
pub(super) fn uuid(document: &str) -> String {
    let digest = crate::base::sha256_hex(document.as_bytes());
    let part = |from: usize, length: usize| digest.get(from..from + length).unwrap_or_default();
    format!("{}-{}-8{}-a{}-{}", part(0, 8), part(8, 4), part(12, 3), part(15, 3), part(18, 12))
}

/// Returns whether something could not be read to its end, so that packages may be missing.
pub(super) fn is_incomplete(report: &Report) -> bool {
    report.diagnostics.iter().any(|diagnostic| diagnostic.code.makes_incomplete())
}
