//! What changed from one report to another: findings, packages, licenses, duties.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::Report;
use crate::base::Purl;
use crate::model::{Finding, Package};
use crate::policy::narrowed;

/// What a report leaves for a later one to be compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// For each package, by type and name, its versions.
    packages: BTreeMap<String, Vec<State>>,
    /// The findings by fingerprint.
    findings: BTreeMap<String, Seen>,
}

/// One version of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    version: String,
    license: String,
    duties: BTreeSet<String>,
}

/// A finding of the earlier report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// How it was printed: `conflict`, `unknown`, `question`, `obligation`.
    pub kind: String,
    /// The rule.
    pub rule: String,
    /// What was found.
    pub message: String,
}

/// A package that has another license than before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relicensed {
    /// Type and name.
    pub package: String,
    /// The versions before and now.
    pub versions: (String, String),
    /// The licenses before and now.
    pub licenses: (String, String),
}

/// What changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// What the report was compared with, in words.
    pub base: String,
    /// Indexes of the findings that are new.
    pub new: Vec<usize>,
    /// How many findings were there before.
    pub n_known: usize,
    /// Findings that are gone.
    pub fixed: Vec<Seen>,
    /// Packages that are new: type and name, version.
    pub added: Vec<(String, String)>,
    /// Packages that are gone: type and name, version.
    pub removed: Vec<(String, String)>,
    /// Packages with another version and the same license: type and name, versions before and now.
    pub updated: Vec<(String, String, String)>,
    /// Packages whose license changed.
    pub relicensed: Vec<Relicensed>,
    /// Duties that nothing asked for before: the duty and the first package that asks for it.
    pub new_duties: Vec<(String, String)>,
}

impl Difference {
    /// Returns whether nothing changed that anybody would want to read about.
    pub fn is_empty(&self) -> bool {
        let Self { base: _, n_known: _, new, fixed, added, removed, updated, relicensed, new_duties } = self;
        new.is_empty()
            && fixed.is_empty()
            && added.is_empty()
            && removed.is_empty()
            && updated.is_empty()
            && relicensed.is_empty()
            && new_duties.is_empty()
    }
}

impl Snapshot {
    /// Takes what is compared from a report.
    pub fn of(report: &Report) -> Self {
        let mut snapshot = Self::default();
        for (idx, package) in report.inventory.packages.iter().enumerate() {
            if package.not_judged.is_some() {
                continue;
            }
            let judgement = report.judgement(idx);
            let owed = judgement.into_iter().flat_map(|judgement| &judgement.obligations);
            snapshot.add(
                package_name(package),
                State {
                    version: package.purl.version().unwrap_or_default().to_owned(),
                    license: report.license_words(package),
                    duties: owed.map(|owed| owed.id.clone()).collect(),
                },
            );
        }
        for finding in report.findings.iter().filter(|finding| finding.excepted.is_none()) {
            let seen =
                Seen { kind: finding.word().to_owned(), rule: finding.rule.clone(), message: finding.message.clone() };
            snapshot.see(&seen, &finding.why, &report.purls(&finding.packages), report.fingerprints(finding));
        }
        snapshot
    }

    /// Reads a report that `--format json` wrote.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let document: Document = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if !document.schema.starts_with("ppl-check/") {
            return Err(format!("expected a report of ppl-check, found the schema `{}`", document.schema));
        }
        let mut snapshot = Self::default();
        for row in document.packages.into_iter().filter(|row| row.not_judged.is_none()) {
            let ty = row.purl.trim_start_matches("pkg:").split('/').next().unwrap_or_default();
            let name = format!("{ty}:{}", row.name);
            let duties = row.obligations.into_iter().map(|row| row.id).collect();
            snapshot.add(name, State { version: row.version.unwrap_or_default(), license: row.license, duties });
        }
        for row in document.findings.into_iter().filter(|row| row.excepted.is_none()) {
            let seen = Seen { kind: row.kind, rule: row.rule, message: row.message };
            snapshot.see(&seen, &row.why, &row.purls, row.fingerprints);
        }
        Ok(snapshot)
    }

    /// Takes in a finding: of several packages each by itself, as one may be fixed and another not.
    fn see(&mut self, seen: &Seen, why: &str, purls: &[String], fingerprints: Vec<String>) {
        let one_by_one = purls.len() > 1 && purls.len() == fingerprints.len();
        for (at, fingerprint) in fingerprints.into_iter().enumerate() {
            let purl = purls.get(at).filter(|_| one_by_one).and_then(|purl| purl.parse::<Purl>().ok());
            let message = purl.map(|purl| {
                let version = purl.version().map(|version| format!(" {version}")).unwrap_or_default();
                format!("{}{version}: {why}", purl.full_name())
            });
            let message = message.unwrap_or_else(|| seen.message.clone());
            self.findings.insert(fingerprint, Seen { message, ..seen.clone() });
        }
    }

    /// Returns a finding as far as it is new: of what many packages lack, those that lacked it before are left out.
    pub(super) fn news(&self, report: &Report, finding: &Finding) -> Finding {
        if !finding.lacking {
            return finding.clone();
        }
        let seen = report.fingerprints(finding);
        let new = finding.packages.iter().zip(seen).filter(|(_, print)| !self.knows(print)).map(|(idx, _)| *idx);
        narrowed(&report.inventory, finding, new.collect())
    }

    fn knows(&self, fingerprint: &str) -> bool {
        self.findings.contains_key(fingerprint)
    }

    fn add(&mut self, name: String, version: State) {
        let versions = self.packages.entry(name).or_default();
        versions.push(version);
        versions.sort();
    }

    fn duties(&self) -> BTreeMap<&str, &str> {
        let mut duties = BTreeMap::new();
        for (name, version) in self.packages.iter().flat_map(|(name, all)| all.iter().map(move |one| (name, one))) {
            for duty in &version.duties {
                duties.entry(duty.as_str()).or_insert(name.as_str());
            }
        }
        duties
    }
}

/// Compares a report with an earlier one; `base` says in words which that is.
pub fn difference(base: &str, before: &Snapshot, report: &Report) -> Difference {
    let now = Snapshot::of(report);
    let mut difference = Difference { base: base.to_owned(), ..Difference::default() };
    for (idx, finding) in report.findings.iter().enumerate() {
        // An accepted finding is nobody's news.
        if finding.excepted.is_some() || report.fingerprints(finding).iter().all(|print| before.knows(print)) {
            difference.n_known += 1;
        } else {
            difference.new.push(idx);
        }
    }
    let gone = before.findings.iter().filter(|(print, _)| !now.findings.contains_key(*print));
    difference.fixed = gone.map(|(_, seen)| seen.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let names: BTreeSet<&String> = before.packages.keys().chain(now.packages.keys()).collect();
    for name in names {
        let versions = |snapshot: &'_ Snapshot| snapshot.packages.get(name).cloned().unwrap_or_default();
        compare_versions(name, &versions(before), &versions(&now), &mut difference);
    }
    let asked_before = before.duties();
    let new = now.duties().into_iter().filter(|(duty, _)| !asked_before.contains_key(duty));
    difference.new_duties = new.map(|(duty, name)| (duty.to_owned(), name.to_owned())).collect();
    difference
}

/// Pairs the versions that went with those that came, in order; what is left over was added or removed.
fn compare_versions(name: &str, before: &[State], now: &[State], difference: &mut Difference) {
    let same_version =
        |versions: &[State], wanted: &State| versions.iter().find(|version| version.version == wanted.version).cloned();
    for version in now {
        if let Some(old) = same_version(before, version).filter(|old| old.license != version.license) {
            relicensed(name, &old, version, difference);
        }
    }
    let mut gone = before.iter().filter(|version| same_version(now, version).is_none());
    let mut came = now.iter().filter(|version| same_version(before, version).is_none());
    loop {
        match (gone.next(), came.next()) {
            (Some(old), Some(new)) if old.license != new.license => relicensed(name, old, new, difference),
            (Some(old), Some(new)) => {
                difference.updated.push((name.to_owned(), old.version.clone(), new.version.clone()));
            }
            (Some(old), None) => difference.removed.push((name.to_owned(), old.version.clone())),
            (None, Some(new)) => difference.added.push((name.to_owned(), new.version.clone())),
            (None, None) => return,
        }
    }
}

fn relicensed(name: &str, old: &State, new: &State, difference: &mut Difference) {
    difference.relicensed.push(Relicensed {
        package: name.to_owned(),
        versions: (old.version.clone(), new.version.clone()),
        licenses: (old.license.clone(), new.license.clone()),
    });
}

fn package_name(package: &Package) -> String {
    format!("{}:{}", package.purl.ty(), package.purl.full_name())
}

/// The fields of our own JSON that are compared.
#[derive(Deserialize)]
struct Document {
    schema: String,
    packages: Vec<PackageRow>,
    findings: Vec<FindingRow>,
}

#[derive(Deserialize)]
struct PackageRow {
    purl: String,
    name: String,
    version: Option<String>,
    license: String,
    #[serde(default)]
    not_judged: Option<String>,
    obligations: Vec<ObligationRow>,
}

#[derive(Deserialize)]
struct ObligationRow {
    id: String,
}

#[derive(Deserialize)]
struct FindingRow {
    rule: String,
    kind: String,
    message: String,
    why: String,
    purls: Vec<String>,
    excepted: Option<String>,
    fingerprints: Vec<String>,
}
