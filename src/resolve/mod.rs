//! From claims to one license: opening copies of packages, reading what they say, and weighing it.

mod combine;
mod evidence;
mod names;
mod online;
mod recorded;
mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use rayon::prelude::*;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::config::{Clarification, Config};
use crate::ecosystem::{Credits, Surroundings, by_type};
use crate::license::expr::Expr;
use crate::license::identify::Identification;
use crate::license::knowledge::Knowledge;
use crate::model::{Basis, Claim, ClaimKind, Package, PackageRecord, Resolution, Resolved, Statement, Tried};
use crate::registry::{Lookups, STORE};

pub use combine::holds_all;
pub use names::{FileRole, file_role};
pub use recorded::{LOCK_NAME, Recorded};
pub use sources::{Sources, find as find_sources};

use evidence::Evidence;
use online::Online;
use recorded::Row;

/// What a resolution needs besides the packages.
pub struct Resolver<'run> {
    /// The tree and the stores; none for a package that is not in use yet.
    pub surroundings: Option<Surroundings<'run>>,
    /// The configuration, for clarifications.
    pub config: &'run Config,
    /// The license knowledge, for spellings.
    pub knowledge: &'run Knowledge,
    /// Texts that were identified in this run, by digest and file name: the name says what kind of file it is.
    texts: Texts,
    /// The texts themselves, if documents need them.
    kept: Option<Mutex<EvidenceTexts>>,
    /// Whether answers count that nothing ties to the lockfile.
    untied: Untied,
    /// What the project has recorded.
    recorded: Option<&'run Recorded>,
}

/// What becomes of answers that nothing ties to the lockfile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Untied {
    /// They count, and are counted.
    #[default]
    Counts,
    /// They do not count.
    Unknown,
}

/// Texts that were read as evidence, by SHA-256.
pub type EvidenceTexts = BTreeMap<String, String>;

/// Whom to credit for a package, and which notices go with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attribution {
    /// Authors and addresses.
    pub credits: Credits,
    /// Files with notices for those who get a copy.
    pub notices: Vec<Notice>,
    /// Fonts and pictures of a package that is a file or several of the project's own tree, each with what it says.
    pub assets: Vec<Asset>,
}

/// A font or picture, and whom to credit for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asset {
    /// The file.
    pub path: RelPath,
    /// Its title.
    pub title: Option<String>,
    /// Its authors, as written.
    pub authors: Vec<String>,
    /// Where it comes from.
    pub address: Option<String>,
}

impl Asset {
    /// Returns the credit, with what it does not say taken from another.
    fn or(self, other: Self) -> Self {
        Self {
            path: self.path,
            title: self.title.or(other.title),
            authors: if self.authors.is_empty() { other.authors } else { self.authors },
            address: self.address.or(other.address),
        }
    }
}

/// A file with notices.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// Where it lies.
    pub at: Location,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

type Texts = Mutex<BTreeMap<(String, String), std::sync::Arc<Identification>>>;

impl<'run> Resolver<'run> {
    /// Creates a resolver for one run.
    pub fn new(surroundings: Option<Surroundings<'run>>, config: &'run Config, knowledge: &'run Knowledge) -> Self {
        let (texts, untied) = (Texts::default(), Untied::default());
        Self { surroundings, config, knowledge, texts, kept: None, untied, recorded: None }
    }

    /// Finds out about packages that are not in use yet, from their registries alone; they keep their order.
    pub fn resolve_new(&self, purls: Vec<Purl>, lookups: &Lookups) -> Vec<Package> {
        let mut packages: Vec<Package> = purls.into_iter().map(Package::new).collect();
        let mut attributions = vec![Attribution::default(); packages.len()];
        let problems = self.look_up(&mut packages, &[], &mut attributions, Some(lookups));
        // What could not be read stands in the list of what was tried.
        drop(problems);
        packages
    }

    /// Lets what the project has recorded count.
    #[must_use]
    pub fn with_recorded(self, recorded: &'run Recorded) -> Self {
        Self { recorded: Some(recorded), ..self }
    }

    /// Says what becomes of answers that nothing ties to the lockfile.
    #[must_use]
    pub fn with_untied(self, untied: Untied) -> Self {
        Self { untied, ..self }
    }

    /// Keeps the texts that are read, for documents that quote them.
    #[must_use]
    pub fn keeping_texts(self) -> Self {
        Self { kept: Some(Mutex::default()), ..self }
    }

    /// Returns the texts that were kept.
    pub fn into_texts(self) -> EvidenceTexts {
        self.kept.and_then(|kept| kept.into_inner().ok()).unwrap_or_default()
    }

    /// Resolves the license of every package, in parallel; returns attributions by package and what could not be read.
    ///
    /// `records` holds for each package the records it was joined from.
    pub fn resolve_all(
        &self,
        packages: &mut [Package],
        records: &[Vec<PackageRecord>],
    ) -> (Vec<Attribution>, Vec<Diagnostic>) {
        let mut attributions = vec![Attribution::default(); packages.len()];
        let resolved = packages.par_iter_mut().zip(&mut attributions).enumerate();
        let diagnostics = resolved.flat_map_iter(|(idx, (package, attribution))| {
            let records = records.get(idx).map_or(&[][..], Vec::as_slice);
            // What a parser panics on costs its package and nothing else.
            let resolved = catch_unwind(AssertUnwindSafe(|| self.resolve(package, records, None)));
            let (found, problems) = resolved.unwrap_or_else(|_| (Attribution::default(), vec![given_up(package)]));
            *attribution = found;
            problems
        });
        let diagnostics = diagnostics.collect();
        (attributions, diagnostics)
    }

    fn resolve(
        &self,
        package: &mut Package,
        records: &[PackageRecord],
        online: Option<&Online>,
    ) -> (Attribution, Vec<Diagnostic>) {
        let mut evidence = Evidence::default();
        if package.not_judged.is_none() || package.is_own() {
            for record in records {
                evidence.gather(self, record, by_type(package.purl.ty()));
            }
        }
        if let Some(online) = online {
            evidence.add_online(self, &package.purl, online);
        }
        let at_hand: Vec<Claim> = records.iter().flat_map(|record| record.claims.iter().cloned()).collect();
        let row = self.recorded.filter(|_| package.not_judged.is_none()).and_then(|rows| rows.get(&package.purl));
        let is_answered = online.is_some_and(|online| online.answer.is_some());
        match row.filter(|_| !evidence.looked && !is_answered) {
            Some(row) => from_row(package, &mut evidence, row, at_hand),
            None => self.weigh_claims(package, &mut evidence, row, at_hand),
        }
        let rests_on_answer = package.used_claims.iter().filter_map(|idx| package.claims.get(*idx));
        let rests_on_answer = { rests_on_answer }.any(|claim| claim.at.store == Some(STORE));
        if rests_on_answer && online.is_some_and(|online| online.is_loose) {
            self.loosen(package);
        }
        self.clarify(package);
        (evidence.attribution, evidence.diagnostics)
    }

    /// Weighs what files and copies say, and compares it with the row about the package.
    fn weigh_claims(&self, package: &mut Package, evidence: &mut Evidence, row: Option<&Row>, at_hand: Vec<Claim>) {
        if row.is_none() && self.recorded.is_some_and(|rows| !rows.is_empty()) {
            evidence.tried.push(Tried::new(LOCK_NAME, "has no row"));
        }
        evidence.add_claims(at_hand.into_iter());
        package.traits.extend(evidence.traits.iter().copied());
        let combined = combine::combine(evidence, package.purl.ty(), self.knowledge);
        package.claims = std::mem::take(&mut evidence.claims);
        package.used_claims = combined.used;
        package.resolution = combined.resolution;
        package.resolution.mismatches = std::mem::take(&mut evidence.mismatches);
        if let Some(row) = row {
            let agrees =
                row.fits(&package.checksums).and_then(|()| row.agrees(&package.claims, &package.resolution.resolved));
            package.resolution.mismatches.extend(agrees.err());
        }
    }

    /// Notes that a license rests on an answer that nothing ties to the lockfile.
    fn loosen(&self, package: &mut Package) {
        match self.untied {
            Untied::Counts => package.resolution.unverified_origin = true,
            Untied::Unknown => {
                let mut tried = std::mem::take(&mut package.resolution.tried);
                tried.push(Tried::new(STORE, "does not count: the lockfile has no checksum to compare"));
                package.resolution = Resolution::missing(false, tried);
                package.used_claims.clear();
            }
        }
    }

    /// Lets the user's own reading count, as long as the files it rests on are the ones that were read.
    fn clarify(&self, package: &mut Package) {
        let Some(row) = self.config.clarifications.iter().find(|row| row.package.matches(&package.purl)) else {
            return;
        };
        if let Some(outcome) = voided(row, &package.claims) {
            package.resolution.tried.push(Tried::new("clarification", outcome));
            return;
        }
        let Ok(parsed) = Expr::parse(&row.expression) else { return };
        let at = crate::base::Location::file(crate::base::RelPath::root().join(crate::config::FILE_NAME));
        let format = crate::model::FieldFormat::Spdx;
        package.claims.insert(0, Claim::field(ClaimKind::Clarification, format, &row.expression, at));
        package.used_claims = BTreeSet::from([0]);
        let tried = std::mem::take(&mut package.resolution.tried);
        let mismatches = std::mem::take(&mut package.resolution.mismatches);
        package.resolution = Resolution {
            resolved: Resolved::Expression(parsed.expr),
            basis: Some(Basis::Clarification),
            mismatches,
            ..Resolution::missing(false, tried)
        };
    }
}

/// Takes the row about a package whose bytes are not at hand; what its lockfile says stands beside it.
fn from_row(package: &mut Package, evidence: &mut Evidence, row: &Row, at_hand: Vec<Claim>) {
    let missing = Resolution::missing(false, std::mem::take(&mut evidence.tried));
    let (resolution, mut claims) = row.resolution(missing.clone()).unwrap_or_else(|| (missing, row.texts()));
    package.used_claims = if resolution.basis.is_some() { BTreeSet::from([0]) } else { BTreeSet::new() };
    package.resolution = resolution;
    package.resolution.mismatches = std::mem::take(&mut evidence.mismatches);
    package.resolution.mismatches.extend(row.fits(&package.checksums).err());
    package.traits.extend(row.traits());
    claims.extend(at_hand);
    package.claims = claims;
}

/// Leaves a package whose evidence could not be read without a license, and says so.
fn given_up(package: &mut Package) -> Diagnostic {
    package.claims.clear();
    package.used_claims.clear();
    package.resolution = Resolution::missing(false, Vec::new());
    Diagnostic {
        code: Code::InternalError,
        at: package.at.first().cloned(),
        message: format!("reading the evidence for `{}` failed", package.purl.full_name()),
        hint: Some("this is a defect of ppl-check: report it with the package".to_owned()),
    }
}

/// Returns why a clarification does not count, if so.
fn voided(row: &Clarification, claims: &[Claim]) -> Option<String> {
    row.files.iter().find_map(|file| {
        let found = claims.iter().find_map(|claim| match &claim.says {
            Statement::Text { sha256, .. } if claim.raw == file.path => Some(sha256),
            _ => None,
        });
        match found {
            Some(sha256) if sha256.eq_ignore_ascii_case(file.sha256.trim_start_matches("sha256:")) => None,
            Some(_) => Some(format!("void: `{}` is not the text that was clarified", file.path)),
            None if is_recorded(claims, &file.sha256) => None,
            None => Some(format!("void: `{}` is not here to compare", file.path)),
        }
    })
}

/// Returns whether `ppl-check.lock` records a text: by its digest alone, since it holds no paths.
fn is_recorded(claims: &[Claim], wanted: &str) -> bool {
    claims.iter().filter(|claim| claim.kind == ClaimKind::EvidenceLock).any(|claim| match &claim.says {
        Statement::Text { sha256, .. } => sha256.eq_ignore_ascii_case(wanted.trim_start_matches("sha256:")),
        Statement::Field { .. } | Statement::SeeFile(_) => false,
    })
}
