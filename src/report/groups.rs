//! Findings as people read them: what is missing for a thousand packages for one cause is one fact.

use std::collections::BTreeMap;

use super::Report;
use super::escape::words;
use crate::base::Location;
use crate::model::{Finding, PackageIdx};

/// How many packages or places of one group are named before the rest is counted.
const MAX_NAMED: usize = 5;

/// Findings that share rule, reason and remedy.
pub(super) struct Group<'r> {
    /// The findings, in the order of the report.
    pub(super) findings: Vec<&'r Finding>,
    /// The packages of all of them.
    pub(super) packages: Vec<PackageIdx>,
}

impl<'r> Group<'r> {
    /// Returns the finding that stands for all.
    pub(super) fn first(&self) -> Option<&'r Finding> {
        self.findings.first().copied()
    }

    /// Returns what was found, in one line.
    pub(super) fn message(&self, report: &Report) -> String {
        let Some(first) = self.first() else { return String::new() };
        if self.findings.len() < 2 {
            return words(&first.message);
        }
        if self.packages.is_empty() {
            let said = if self.says_one_thing() { &first.message } else { &*first.why };
            return format!("{}: {} places", words(said), self.findings.len());
        }
        let names: Vec<String> = self.packages.iter().take(MAX_NAMED).map(|idx| report.package_words(*idx)).collect();
        let n_packages = self.packages.len();
        let more = if n_packages > MAX_NAMED { format!(" and {} more", n_packages - MAX_NAMED) } else { String::new() };
        format!("{n_packages} packages {}: {}{more}", words(&first.why), names.join(", "))
    }

    /// Returns whether every finding says the same, of another place.
    fn says_one_thing(&self) -> bool {
        self.findings.windows(2).all(|pair| pair.first().map(|one| &one.message) == pair.last().map(|one| &one.message))
    }

    /// Returns a line for each place, shown as the caller does, with what is wrong there if that differs.
    pub(super) fn places(&self, shown: &dyn Fn(&Location) -> String) -> Vec<String> {
        if self.findings.len() < 2 || !self.packages.is_empty() {
            return Vec::new();
        }
        let is_said = self.says_one_thing();
        let place = |finding: &&Finding| match &finding.at {
            Some(at) if is_said => shown(at),
            Some(at) => format!("{}   {}", shown(at), words(&finding.message)),
            None => words(&finding.message),
        };
        let mut lines: Vec<String> = self.findings.iter().take(MAX_NAMED).map(place).collect();
        if self.findings.len() > MAX_NAMED {
            lines.push(format!("… and {} more: see `--format json`", self.findings.len() - MAX_NAMED));
        }
        lines
    }
}

/// Groups the unknown by rule, ecosystem, reason and remedy; every other finding stands for itself.
pub(super) fn grouped(report: &Report) -> Vec<Group<'_>> {
    let mut groups: Vec<Group> = Vec::new();
    let mut by_key: BTreeMap<[&str; 4], usize> = BTreeMap::new();
    for finding in &report.findings {
        let fresh = Group { findings: vec![finding], packages: finding.packages.clone() };
        // What packages lack is one finding for all that lack the same.
        if finding.word() != "unknown" || finding.excepted.is_some() || finding.lacking {
            groups.push(fresh);
            continue;
        }
        let first = finding.packages.first().and_then(|idx| report.inventory.packages.get(*idx));
        let ty = first.map(|package| package.purl.ty()).unwrap_or_default();
        let next = finding.next.first().map(AsRef::as_ref).unwrap_or_default();
        let key = [finding.rule.as_str(), ty, &finding.why, next];
        if let Some(group) = by_key.get(&key).and_then(|idx| groups.get_mut(*idx)) {
            group.findings.push(finding);
            group.packages.extend(&finding.packages);
        } else {
            by_key.insert(key, groups.len());
            groups.push(fresh);
        }
    }
    groups
}
