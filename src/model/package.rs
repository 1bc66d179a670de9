//! Packages, joined from all records about them, and the graph between them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::{Location, Purl, RelPath};

use super::claim::{Claim, ClaimKind, Statement};
use super::record::{Checksum, Origin, Scope, Trait};
use super::resolution::{Disagreement, Resolution, Resolved};
use super::verdict::{Relation, words};

/// Index of a package in [`Inventory::packages`].
pub type PackageIdx = usize;

words! {
    /// Why a package is listed and not judged.
    NotJudged {
        /// It is the project's own.
        Own = "own",
        /// It belongs to a sample: a test, a fixture, an example.
        Sample = "sample",
        /// It is a base image, a CI action, an infrastructure module.
        Infrastructure = "infrastructure",
    }
}

/// Everything known about one package.
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    /// Its identity.
    pub purl: Purl,
    /// Where the project's files name it, in the order of paths.
    pub at: Vec<Location>,
    /// Why it is not judged, if so.
    pub not_judged: Option<NotJudged>,
    /// The folders of the tree that hold its files.
    pub dirs: Vec<RelPath>,
    /// All scopes in which it is needed; the last is the strongest.
    pub scopes: BTreeSet<Scope>,
    /// Whether every way to it is optional.
    pub optional: bool,
    /// Whether an own package names it.
    pub direct: bool,
    /// How it hangs together with the work.
    pub relation: Relation,
    /// Why the relation is taken for that: a fragment for the reader.
    pub relation_because: Arc<str>,
    /// The import because of which it counts as shipped, although the manifest calls it a development dependency.
    pub shipped_because: Option<Box<Location>>,
    /// Where it comes from.
    pub origin: Origin,
    /// Checksums of its archive.
    pub checksums: Vec<Checksum>,
    /// Properties that decide its relation to the work.
    pub traits: BTreeSet<Trait>,
    /// Everything said about its license, most trusted first; `used` marks what counts.
    pub claims: Vec<Claim>,
    /// Indexes of the claims that the resolution rests on.
    pub used_claims: BTreeSet<usize>,
    /// The license reasoned with.
    pub resolution: Resolution,
    /// The clauses of it that the licensor waived for the project, in a signed document.
    pub waived: BTreeSet<String>,
}

impl Package {
    /// Creates a package from the official registry, about which nothing is known yet.
    pub fn new(purl: Purl) -> Self {
        Self {
            purl,
            at: Vec::new(),
            not_judged: None,
            dirs: Vec::new(),
            scopes: BTreeSet::new(),
            optional: false,
            direct: false,
            relation: Relation::Static,
            relation_because: Arc::default(),
            shipped_because: None,
            origin: Origin::Registry,
            checksums: Vec::new(),
            traits: BTreeSet::new(),
            claims: Vec::new(),
            used_claims: BTreeSet::new(),
            waived: BTreeSet::new(),
            resolution: Resolution::missing(false, Vec::new()),
        }
    }

    /// Returns the strongest scope; unknown counts as runtime.
    pub fn scope(&self) -> Scope {
        self.scopes.last().copied().unwrap_or(Scope::Runtime)
    }

    /// Says how two sources about the package contradict each other, as what the package does.
    pub fn contradiction(&self, between: &Disagreement) -> String {
        let Disagreement { used, claim, .. } = between;
        let by_text = self.resolution.basis == Some(ClaimKind::Text);
        let used = if by_text { format!("holds a text of {used}") } else { format!("declares {used}") };
        let words = between.words();
        match self.claims.get(*claim) {
            Some(Claim { says: Statement::Text { .. }, raw, .. }) => format!("{used}, and its {raw} is {words}"),
            Some(claim) if matches!(between.other, Resolved::Missing { .. }) => {
                format!("{used}, and says \"{}\", which names no license that is known here", claim.words())
            }
            Some(claim) => format!("{used}, and also \"{}\", which is {words}", claim.words()),
            None => format!("{used}, and also {words}"),
        }
    }

    /// Returns whether the package is the project's own.
    pub fn is_own(&self) -> bool {
        self.not_judged == Some(NotJudged::Own)
    }
}

/// One edge of the dependency graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The package that needs.
    pub from: PackageIdx,
    /// The package that is needed.
    pub to: PackageIdx,
    /// In which scope.
    pub scope: Scope,
    /// Whether it is optional.
    pub optional: bool,
}

/// All packages, sorted by identity, and the edges between them, sorted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inventory {
    /// The packages.
    pub packages: Vec<Package>,
    /// The edges.
    pub edges: Vec<Edge>,
}

impl Inventory {
    /// Takes in further packages, which no edge names; returns where each package went, the known ones first.
    pub fn extend(&mut self, more: Vec<Package>) -> Vec<PackageIdx> {
        if more.is_empty() {
            return (0..self.packages.len()).collect();
        }
        let mut all: Vec<(usize, Package)> =
            std::mem::take(&mut self.packages).into_iter().chain(more).enumerate().collect();
        all.sort_by(|(_, a), (_, b)| a.purl.cmp(&b.purl));
        let mut places = vec![0; all.len()];
        for (new, (old, _)) in all.iter().enumerate() {
            if let Some(place) = places.get_mut(*old) {
                *place = new;
            }
        }
        self.packages = all.into_iter().map(|(_, package)| package).collect();
        let moved = |idx: PackageIdx| places.get(idx).copied().unwrap_or(idx);
        for edge in &mut self.edges {
            (edge.from, edge.to) = (moved(edge.from), moved(edge.to));
        }
        self.edges.sort();
        places
    }

    /// Returns the edges that leave a package.
    pub fn needs(&self, package_idx: PackageIdx) -> &[Edge] {
        let start = self.edges.partition_point(|edge| edge.from < package_idx);
        let end = self.edges.partition_point(|edge| edge.from <= package_idx);
        self.edges.get(start..end).unwrap_or_default()
    }
}
