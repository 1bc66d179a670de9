//! Version requirements, as manifests write them.

use semver::{Comparator, Op, Prerelease, Version, VersionReq};

/// Returns whether a version fits a requirement; `None` where one of them is not valid.
///
/// A pre-release fits like the release it precedes: what is locked was once chosen with the rule in force.
pub(super) fn fits(requirement: &str, version: &str) -> Option<bool> {
    let requirement = VersionReq::parse(requirement).ok()?;
    let version = Version::parse(version).ok()?;
    if version.pre.is_empty() {
        return Some(requirement.matches(&version));
    }
    let release = Version { pre: Prerelease::EMPTY, ..version.clone() };
    let relaxed = requirement.comparators.iter().map(|comparator| match comparator.op {
        // `=1.0.0-beta.1` and the like mean exactly that one.
        Op::Exact => comparator.clone(),
        _ => Comparator { pre: Prerelease::EMPTY, ..comparator.clone() },
    });
    let relaxed = VersionReq { comparators: relaxed.collect() };
    Some(requirement.matches(&version) || relaxed.matches(&release))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_as_cargo_reads_them() {
        for (requirement, version, expect) in [
            ("1", "1.9.3", Some(true)),
            ("1", "2.0.0", Some(false)),
            ("0.2", "0.2.9", Some(true)),
            ("0.2", "0.3.0", Some(false)),
            ("~1.2", "1.3.0", Some(false)),
            (">=1, <1.5", "1.4.9", Some(true)),
            ("*", "0.0.1", Some(true)),
            ("=1.0.0", "1.0.0+meta", Some(true)),
            ("1.0.0-beta.1", "1.0.0-beta.4", Some(true)),
            ("2.0.0-alpha", "1.0.0-alpha", Some(false)),
            ("1", "not a version", None),
            ("what?", "1.0.0", None),
        ] {
            assert_eq!(fits(requirement, version), expect, "{requirement} {version}");
        }
    }
}
