//! Asking registries for what is not at hand, and weighing their answers like any other evidence.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Attribution, Resolver};
use crate::base::{Code, Diagnostic};
use crate::model::{Checksum, Origin, Package, PackageIdx, PackageRecord, Resolved, Tried};
use crate::registry::{Answer, Asked, LookupError, Lookups, Outcome, STORE, Step, Tie, by_type};

/// How many packages are asked for before what was answered is weighed and let go: answers may hold whole texts.
const MAX_ASKED_AT_ONCE: usize = 4096;

/// What a registry said of one package, in both steps.
#[derive(Clone, Debug, Default)]
pub(super) struct Online {
    pub(super) answer: Option<Box<Answer>>,
    /// Whether nothing ties the answer to the lockfile.
    pub(super) is_loose: bool,
    pub(super) mismatch: Option<Box<(Checksum, Checksum)>>,
    pub(super) tried: Vec<Tried>,
    failed: Option<LookupError>,
}

impl Online {
    fn tried(outcome: impl Into<Cow<'static, str>>) -> Self {
        Self { tried: vec![Tried::new(STORE, outcome)], ..Self::default() }
    }

    /// Adds the outcome of one more step.
    fn take(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Answered(answer, tie) => {
                // An archive is checked against the first answer too, which may be what the lockfile is tied to.
                self.is_loose = tie == Tie::Loose && (self.answer.is_none() || self.is_loose);
                self.answer = Some(Box::new(answer));
            }
            Outcome::Different { expected, found } => self.mismatch = Some(Box::new((expected, found))),
            Outcome::Failed(error) => {
                // There may be as many as packages.
                self.tried.reserve_exact(1);
                self.tried.push(Tried::new(STORE, error.to_string()));
                self.failed = Some(error);
            }
        }
    }
}

impl Resolver<'_> {
    /// Asks registries for the packages whose license was not found at hand; without look-ups, says that it did not.
    ///
    /// Where the first answer leaves the license open, the archive is read.
    pub fn look_up(
        &self,
        packages: &mut [Package],
        records: &[Vec<PackageRecord>],
        attributions: &mut [Attribution],
        lookups: Option<&Lookups>,
    ) -> Vec<Diagnostic> {
        let mut found: BTreeMap<PackageIdx, Online> = BTreeMap::new();
        let mut open = Vec::new();
        for (idx, package) in packages.iter().enumerate().filter(|(_, package)| is_open(package)) {
            match (why_not(package), lookups) {
                (Some(why), _) => drop(found.insert(idx, Online::tried(format!("not asked: {why}")))),
                (None, None) => drop(found.insert(idx, Online::tried(LookupError::Offline.to_string()))),
                (None, Some(_)) => open.push(idx),
            }
        }
        let mut diagnostics = self.weigh(packages, records, attributions, &found);
        drop(found);
        let Some(lookups) = lookups else { return diagnostics };
        let mut failed = Failures::new();
        for some in open.chunks(MAX_ASKED_AT_ONCE) {
            diagnostics.extend(self.look_up_some(packages, records, attributions, lookups, some, &mut failed));
        }
        diagnostics.extend(failures(failed));
        diagnostics
    }

    /// Asks for some packages, and weighs what is answered.
    fn look_up_some(
        &self,
        packages: &mut [Package],
        records: &[Vec<PackageRecord>],
        attributions: &mut [Attribution],
        lookups: &Lookups,
        wanted: &[PackageIdx],
        failed: &mut Failures,
    ) -> Vec<Diagnostic> {
        let mut found = BTreeMap::new();
        ask(lookups, packages, wanted, &mut found);
        let mut diagnostics = self.weigh(packages, records, attributions, &found);
        let has_archive = |idx: &usize| {
            packages.get(*idx).is_some_and(|package| {
                is_unsettled(package) && by_type(package.purl.ty()).is_some_and(crate::registry::Registry::has_archives)
            })
        };
        let answered = |idx: &usize| {
            found.get(idx).is_some_and(|online| online.answer.as_ref().is_some_and(|answer| !answer.whole))
        };
        let again: Vec<PackageIdx> = wanted.iter().copied().filter(|idx| has_archive(idx) && answered(idx)).collect();
        ask(lookups, packages, &again, &mut found);
        note_failures(packages, &found, failed);
        found.retain(|idx, _| again.binary_search(idx).is_ok());
        diagnostics.extend(self.weigh(packages, records, attributions, &found));
        diagnostics
    }

    /// Resolves packages anew with what was found about them.
    fn weigh(
        &self,
        packages: &mut [Package],
        records: &[Vec<PackageRecord>],
        attributions: &mut [Attribution],
        found: &BTreeMap<PackageIdx, Online>,
    ) -> Vec<Diagnostic> {
        let (Some((&first, _)), Some((&last, _))) = (found.first_key_value(), found.last_key_value()) else {
            return Vec::new();
        };
        let (Some(packages), Some(attributions)) = (packages.get_mut(first..=last), attributions.get_mut(first..=last))
        else {
            return Vec::new();
        };
        let problems =
            packages.par_iter_mut().zip(attributions).enumerate().filter_map(|(at, (package, attribution))| {
                let idx = first + at;
                let online = found.get(&idx)?;
                let (new, problems) =
                    self.resolve(package, records.get(idx).map_or(&[][..], Vec::as_slice), Some(online));
                *attribution = new;
                Some(problems)
            });
        problems.flatten().collect()
    }
}

fn ask(lookups: &Lookups, packages: &[Package], open: &[PackageIdx], found: &mut BTreeMap<PackageIdx, Online>) {
    let first: Vec<(PackageIdx, Option<Box<Answer>>)> =
        open.iter().map(|idx| (*idx, found.get(idx).and_then(|online| online.answer.clone()))).collect();
    let wanted: Vec<(Asked, Step)> = first
        .iter()
        .filter_map(|(idx, answer)| {
            let package = packages.get(*idx)?;
            let step = answer.as_deref().map_or(Step::First, Step::Archive);
            Some((Asked { purl: &package.purl, checksums: &package.checksums }, step))
        })
        .collect();
    for (idx, outcome) in open.iter().zip(lookups.ask(&wanted)) {
        found.entry(*idx).or_default().take(outcome);
    }
}

/// Returns whether nothing at hand says what the license of a package is.
fn is_open(package: &Package) -> bool {
    package.not_judged.is_none() && package.resolution.resolved == Resolved::Missing { complete_look: false }
}

/// Returns whether an archive could say more about the license of a package than the registry did.
fn is_unsettled(package: &Package) -> bool {
    match package.resolution.resolved {
        Resolved::Missing { complete_look } => !complete_look,
        Resolved::Candidates(_) => true,
        Resolved::Expression(_) | Resolved::SuffixUnstated(_) | Resolved::Modified { .. } => false,
    }
}

/// Returns why a package must not be asked for, if so.
fn why_not(package: &Package) -> Option<&'static str> {
    if !package.resolution.mismatches.is_empty() {
        return Some("the copy here is not what the lockfile pins");
    }
    match package.origin {
        Origin::Registry => {}
        Origin::OtherRegistry(_) => return Some("it comes from another registry"),
        Origin::Repository { .. } => return Some("it comes from a repository"),
        Origin::Url(_) => return Some("it comes from an address of its own"),
        Origin::Path(_) | Origin::Outside(_) => return Some("it is local"),
        Origin::Unknown => return Some("it is not said where it comes from"),
    }
    if package.purl.version().is_none() {
        return Some("its version is not known");
    }
    // Two packages of one name and version differ in their qualifiers.
    if package.purl.qualifiers().contains_key("repository_url") || package.purl.qualifiers().contains_key("vcs_url") {
        return Some("it comes from another registry");
    }
    by_type(package.purl.ty()).is_none().then_some("there is no registry for it")
}

/// How often each registry failed, and why.
type Failures = BTreeMap<(&'static str, String), usize>;

fn note_failures(packages: &[Package], found: &BTreeMap<PackageIdx, Online>, failed: &mut Failures) {
    for (idx, online) in found {
        let (Some(error), Some(package)) = (&online.failed, packages.get(*idx)) else { continue };
        if !matches!(error, LookupError::NotFound | LookupError::NotAsked | LookupError::Offline) {
            let name = by_type(package.purl.ty()).map_or("the registry", |registry| registry.name);
            *failed.entry((name, error.to_string())).or_default() += 1;
        }
    }
}

/// Says once for each registry that it failed, and why.
fn failures(failed: Failures) -> Vec<Diagnostic> {
    let diagnostic = |((name, error), n): ((&str, String), usize)| {
        let packages = if n == 1 { "1 package".to_owned() } else { format!("{n} packages") };
        let message = format!("{name} gave no answer for {packages}: {error}");
        Diagnostic { code: Code::LookupFailed, at: None, message, hint: Some("run it again later".to_owned()) }
    };
    failed.into_iter().map(diagnostic).collect()
}
