//! The project's own files: code copied in, headers that name another license, fonts and pictures.
//!
//! A folder with a license text of its own, and a file whose header or metadata names another license than the project's,
//! is a package by itself wherever it lies. It inherits nothing from the folders around it.
//! Left out: package stores, which their package managers describe, and samples.

mod credits;
mod folders;
mod headers;
mod media;
mod reuse;

pub(super) use media::is_media;

use std::collections::{BTreeMap, BTreeSet};

use super::{Asset, Resolver};
use crate::base::{Diagnostic, Location, Purl, RelPath};
use crate::inventory::Samples;
use crate::license::expr::Expr;
use crate::license::identify::{Conclusion, Identification};
use crate::model::{Inventory, Origin, Package, PackageRecord, Resolved, Scope, Statement, Trait};
use crate::scan::Tree;

/// What the project's own files hold that is not the project's.
#[derive(Debug, Default)]
pub struct Sources {
    /// Packages whose license is not resolved yet.
    pub packages: Vec<Package>,
    /// For each of them, the records it was made from.
    pub records: Vec<Vec<PackageRecord>>,
    /// For each of them, the fonts and pictures it stands for, with what they say of their authors.
    pub assets: Vec<Vec<Asset>>,
    /// What the license text in the root says, where no package lies there whose manifest could.
    pub declared: Option<Expr>,
    /// Pictures of which nothing says that they are somebody else's.
    pub n_images: usize,
    /// Whether any file speaks of a license, the project's own included.
    pub speaks: bool,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// Looks through the files of the tree.
pub fn find(resolver: &Resolver, tree: &Tree, inventory: &Inventory, samples: Samples) -> Sources {
    let mut reuse = reuse::Statements::read(tree);
    let mut own = Own::new(resolver, tree, inventory, samples);
    let copies = folders::find(resolver, &own);
    own.taken.extend(copies.iter().filter_map(|record| record.dir.clone()));
    let headers = headers::read(&own, &reuse);
    own.learn(&headers);
    let silent = folders::silent(&own, &headers.iter().map(|stated| &stated.path).collect());
    let media = media::read(&own, &reuse);
    let mut sources = Sources {
        n_images: media.n_images,
        diagnostics: std::mem::take(&mut reuse.diagnostics),
        declared: own.declared.take(),
        speaks: !own.licenses.is_empty() || !headers.is_empty() || !copies.is_empty(),
        ..Sources::default()
    };
    let foreign = headers.into_iter().filter(|stated| own.is_foreign(&stated.conclusion)).collect();
    let copies = copies.into_iter().chain(silent).map(|record| (record, Vec::new()));
    let records = copies.chain(grouped(foreign, Trait::Vendored)).chain(media.records);
    let mut by_purl: BTreeMap<Purl, (Vec<PackageRecord>, Vec<Asset>)> = BTreeMap::new();
    for (record, assets) in records {
        let found = by_purl.entry(record.purl.clone()).or_default();
        found.0.push(record);
        found.1.extend(assets);
    }
    for (purl, (records, assets)) in by_purl {
        if inventory.packages.iter().all(|package| package.purl != purl) {
            sources.packages.push(package(purl, &records));
            sources.records.push(records);
            sources.assets.push(assets);
        }
    }
    sources
}

/// What is known of the project itself.
struct Own<'run> {
    samples: Samples,
    /// What its packages, or else its license file, say: the licenses of all expressions.
    licenses: BTreeSet<String>,
    /// The license of the text in the root, if no package lies there.
    declared: Option<Expr>,
    /// Digests of its license texts.
    texts: BTreeSet<String>,
    /// Folders that packages were found in: theirs are their own affair.
    taken: BTreeSet<RelPath>,
    /// Folders of own packages.
    dirs: BTreeSet<RelPath>,
    tree: &'run Tree,
}

impl<'run> Own<'run> {
    fn new(resolver: &Resolver, tree: &'run Tree, inventory: &Inventory, samples: Samples) -> Self {
        let mut own = Self {
            samples,
            licenses: BTreeSet::new(),
            declared: None,
            texts: BTreeSet::new(),
            taken: BTreeSet::new(),
            dirs: BTreeSet::from([RelPath::root()]),
            tree,
        };
        for package in &inventory.packages {
            if !package.is_own() {
                own.taken.extend(package.dirs.iter().cloned());
                continue;
            }
            own.dirs.extend(package.dirs.iter().cloned());
            if let Resolved::Expression(expr) | Resolved::SuffixUnstated(expr) = &package.resolution.resolved {
                own.licenses.extend(names(expr));
            }
            for claim in &package.claims {
                if let Statement::Text { sha256, identification } = &claim.says {
                    own.texts.insert(sha256.clone());
                    own.licenses.extend(expressions(&identification.conclusion).flat_map(names));
                }
            }
        }
        let no_package = own.licenses.is_empty();
        let mut said = BTreeSet::new();
        for (file, sha256, identification) in folders::texts_in(resolver, tree, &RelPath::root()) {
            own.texts.insert(sha256);
            said.extend(expressions(&identification.conclusion).cloned());
            if no_package && !file.is_root() {
                own.licenses.extend(expressions(&identification.conclusion).flat_map(names));
            }
        }
        let is_root = |package: &Package| package.is_own() && package.dirs.iter().any(RelPath::is_root);
        if said.len() == 1 && !inventory.packages.iter().any(is_root) {
            own.declared = said.pop_first();
        }
        own
    }

    /// Where nothing declares a license, what most headers say is the project's own.
    fn learn(&mut self, headers: &[Stated]) {
        if !self.licenses.is_empty() {
            return;
        }
        let mut counts: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for stated in headers {
            *counts.entry(expressions(&stated.conclusion).flat_map(names).collect()).or_default() += 1;
        }
        if let Some((most, _)) = counts.into_iter().max_by_key(|(_, count)| *count) {
            self.licenses.extend(most);
        }
    }

    /// Whether a file is looked at: not in a sample, and not in the folder of another package.
    fn looks_at(&self, path: &RelPath) -> bool {
        let sample = self.samples == Samples::Listed && Tree::is_sample(path, &self.dir_of(path));
        !sample && !self.taken.iter().any(|dir| path.is_within(dir) && !self.dirs.contains(dir))
    }

    /// The folder of the own package that a file belongs to.
    fn dir_of(&self, path: &RelPath) -> RelPath {
        let mut dir = path.parent().unwrap_or_default();
        while !self.dirs.contains(&dir) {
            dir = dir.parent().unwrap_or_default();
        }
        dir
    }

    /// Whether words on a license name one that is not among the project's own.
    fn is_foreign(&self, conclusion: &Conclusion) -> bool {
        let own = |expr: &Expr| names(expr).all(|name| self.licenses.contains(&name));
        match conclusion {
            Conclusion::Expression(expr) | Conclusion::SuffixUnstated(expr) => !own(expr),
            // `BSD` in a project under one of them means that one.
            // A name that further licenses bear may always mean another than the project's.
            Conclusion::Candidates(candidates) => candidates.iter().any(Expr::is_open) || !candidates.iter().any(own),
            Conclusion::Modified { .. } => true,
            Conclusion::Nothing | Conclusion::Exception(_) | Conclusion::Refers(_) => false,
        }
    }
}

/// A file and what is said of its license.
struct Stated {
    path: RelPath,
    conclusion: Conclusion,
    claim: crate::model::Claim,
    asset: Asset,
}

fn expressions(conclusion: &Conclusion) -> impl Iterator<Item = &Expr> {
    let one = match conclusion {
        Conclusion::Expression(expr) | Conclusion::SuffixUnstated(expr) => Some(expr),
        _ => None,
    };
    one.into_iter()
}

/// The licenses of an expression, each with its exception.
fn names(expr: &Expr) -> impl Iterator<Item = String> {
    expr.licenses().into_iter().map(ToString::to_string).collect::<Vec<_>>().into_iter()
}

/// One record for the files of a folder that say the same; a file that is alone with it stands for itself.
fn grouped(stated: Vec<Stated>, what: Trait) -> Vec<(PackageRecord, Vec<Asset>)> {
    let mut groups: BTreeMap<(RelPath, String), Vec<Stated>> = BTreeMap::new();
    for stated in stated {
        let folder = stated.path.parent().unwrap_or_default();
        groups.entry((folder, format!("{:?}", said(&stated.conclusion)))).or_default().push(stated);
    }
    let mut n_groups: BTreeMap<RelPath, usize> = BTreeMap::new();
    for (folder, _) in groups.keys() {
        *n_groups.entry(folder.clone()).or_default() += 1;
    }
    let mut records = Vec::new();
    for ((folder, _), mut files) in groups {
        let alone = files.len() == 1 || folder.is_root() || n_groups.get(&folder).is_some_and(|count| *count > 1);
        let credited = files.iter().filter(|_| what == Trait::Asset);
        let mut assets: Vec<Asset> =
            credited.map(|file| Asset { path: file.path.clone(), ..file.asset.clone() }).collect();
        assets.sort();
        let first = files.swap_remove(0);
        let named = if alone { &first.path } else { &folder };
        records.push((record(named, first.claim, what), assets));
    }
    records
}

/// What of a conclusion makes two files one package.
fn said(conclusion: &Conclusion) -> Vec<String> {
    match conclusion {
        Conclusion::Expression(expr) => vec![expr.canonical().to_string()],
        Conclusion::SuffixUnstated(expr) => vec![expr.canonical().to_string(), "unstated".to_owned()],
        Conclusion::Candidates(candidates) => candidates.iter().map(ToString::to_string).collect(),
        Conclusion::Modified { id, .. } => vec![id.clone(), "modified".to_owned()],
        Conclusion::Nothing | Conclusion::Exception(_) | Conclusion::Refers(_) => Vec::new(),
    }
}

fn record(path: &RelPath, claim: crate::model::Claim, what: Trait) -> PackageRecord {
    PackageRecord { claims: vec![claim], ..bare_record(path, what) }
}

fn bare_record(path: &RelPath, what: Trait) -> PackageRecord {
    PackageRecord {
        scope: Some(Scope::Runtime),
        direct: true,
        origin: Origin::Unknown,
        traits: BTreeSet::from([what]),
        ..PackageRecord::new(Purl::new("generic", path.as_str(), None), Location::file(path.clone()))
    }
}

fn package(purl: Purl, records: &[PackageRecord]) -> Package {
    Package {
        at: records.iter().map(|record| record.at.clone()).collect(),
        dirs: records.iter().filter_map(|record| record.dir.clone()).collect(),
        scopes: BTreeSet::from([Scope::Runtime]),
        direct: true,
        origin: records.iter().map(|record| record.origin.clone()).max().unwrap_or_default(),
        traits: records.iter().flat_map(|record| record.traits.iter().copied()).collect(),
        ..Package::new(purl)
    }
}

/// Returns whether words on a license were found at all.
fn is_said(identification: &Identification) -> bool {
    !matches!(identification.conclusion, Conclusion::Nothing | Conclusion::Exception(_) | Conclusion::Refers(_))
}
