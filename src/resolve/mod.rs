//! From claims to one license: opening copies of packages, reading what they say, and weighing it.

mod combine;
mod evidence;
mod names;

use std::collections::BTreeMap;
use std::sync::Mutex;

use rayon::prelude::*;

use crate::base::{Diagnostic, Location};
use crate::config::{Clarification, Config};
use crate::ecosystem::{Credits, Surroundings, by_type};
use crate::license::expr::Expr;
use crate::license::identify::Identification;
use crate::license::knowledge::Knowledge;
use crate::model::{Basis, Claim, ClaimKind, Package, PackageRecord, Resolution, Resolved, Statement, Tried};

pub use combine::holds_all;
pub use names::{FileRole, file_role};

/// What a resolution needs besides the packages.
pub struct Resolver<'run> {
    /// The tree and the stores.
    pub surroundings: Surroundings<'run>,
    /// The configuration, for clarifications.
    pub config: &'run Config,
    /// The license knowledge, for spellings.
    pub knowledge: &'run Knowledge,
    /// Texts that were identified in this run, by digest.
    texts: Texts,
    /// The texts themselves, if documents need them.
    kept: Option<Mutex<EvidenceTexts>>,
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
}

/// A file with notices.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// Where it lies.
    pub at: Location,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

type Texts = Mutex<BTreeMap<String, std::sync::Arc<Identification>>>;

impl<'run> Resolver<'run> {
    /// Creates a resolver for one run.
    pub fn new(surroundings: Surroundings<'run>, config: &'run Config, knowledge: &'run Knowledge) -> Self {
        Self { surroundings, config, knowledge, texts: Texts::default(), kept: None }
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
        let found: Vec<(Attribution, Vec<Diagnostic>)> = packages
            .par_iter_mut()
            .enumerate()
            .map(|(idx, package)| self.resolve(package, records.get(idx).map_or(&[][..], Vec::as_slice)))
            .collect();
        let mut attributions = Vec::with_capacity(found.len());
        let mut diagnostics = Vec::new();
        for (attribution, problems) in found {
            attributions.push(attribution);
            diagnostics.extend(problems);
        }
        (attributions, diagnostics)
    }

    fn resolve(&self, package: &mut Package, records: &[PackageRecord]) -> (Attribution, Vec<Diagnostic>) {
        let mut evidence = evidence::Evidence::default();
        if package.not_judged.is_none() || package.is_own() {
            for record in records {
                evidence.gather(self, record, by_type(package.purl.ty()));
            }
        }
        let at_hand = records.iter().flat_map(|record| record.claims.iter().cloned());
        evidence.add_claims(at_hand);
        package.traits.extend(evidence.traits.iter().copied());
        let combined = combine::combine(&evidence, package.purl.ty(), self.knowledge);
        package.claims = std::mem::take(&mut evidence.claims);
        package.used_claims = combined.used;
        package.resolution = combined.resolution;
        self.clarify(package);
        (evidence.attribution, evidence.diagnostics)
    }

    /// Lets the user's own reading count, as long as the files it rests on are the ones that were read.
    fn clarify(&self, package: &mut Package) {
        let Some(row) = self.config.clarifications.iter().find(|row| row.package.matches(&package.purl)) else {
            return;
        };
        if let Some(outcome) = voided(row, &package.claims) {
            package.resolution.tried.push(Tried { place: "clarification".to_owned(), outcome });
            return;
        }
        let Ok(parsed) = Expr::parse(&row.expression) else { return };
        let at = crate::base::Location::file(crate::base::RelPath::root().join(crate::config::FILE_NAME));
        let format = crate::model::FieldFormat::Spdx;
        package.claims.insert(0, Claim::field(ClaimKind::Clarification, format, &row.expression, at));
        package.used_claims = std::collections::BTreeSet::from([0]);
        let tried = std::mem::take(&mut package.resolution.tried);
        package.resolution = Resolution {
            resolved: Resolved::Expression(parsed.expr),
            basis: Some(Basis::Clarification),
            ..Resolution::missing(false, tried)
        };
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
            None => Some(format!("void: `{}` is not here to compare", file.path)),
        }
    })
}
