//! Records from a lockfile joined with the manifests around it, or from manifests alone.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Checksum, Need, Origin, PackageRecord, Scope, Trait};
use crate::scan::{Limits, is_vendored};

use super::config::Sources;
use super::lock::{self, Lock, Locked};
use super::manifest::{Dependency, Manifest};
use super::vendor::Vendored;
use super::workspace::{Standing, Workspace};
use super::{ECOSYSTEM, LOCKFILE, MANIFEST, copies, requirement};

/// Reads a lockfile and the manifests of all local packages around it.
pub(super) fn from_lock(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let lock = lock::read(input, &text);
    let workspace = Workspace::load(input, &input.dir());
    let mut join = Join::new(input, &lock, &workspace);
    join.add_locked();
    join.add_unlocked();
    join.add_needs();
    let mut parsed = join.parsed;
    parsed.covers = workspace.packages.keys().map(|dir| dir.join(MANIFEST)).collect();
    parsed.covers.insert(input.dir().join(MANIFEST));
    parsed.diagnostics.extend(lock.diagnostics);
    parsed.diagnostics.extend(workspace.diagnostics);
    parsed.diagnostics.sort();
    parsed.diagnostics.dedup();
    parsed
}

/// Reads a manifest that no lockfile covers, with all local packages it leads to.
pub(super) fn from_manifest(input: &Input) -> Parsed {
    if input.tree.has(&input.dir().join(LOCKFILE)) || Workspace::encloses(input) {
        // Read with the lockfile, or with the workspace's own manifest.
        return Parsed::default();
    }
    let lock = Lock::default();
    let workspace = Workspace::load(input, &input.dir());
    let mut join = Join::new(input, &lock, &workspace);
    join.add_unlocked();
    join.add_unpinned();
    let mut parsed = join.parsed;
    parsed.covers = workspace.packages.keys().map(|dir| dir.join(MANIFEST)).collect();
    parsed.diagnostics.extend(workspace.diagnostics);
    parsed.diagnostics.sort();
    parsed.diagnostics.dedup();
    parsed
}

/// The state of joining a lockfile with manifests.
struct Join<'run> {
    input: &'run Input<'run>,
    lock: &'run Lock,
    workspace: &'run Workspace,
    sources: Sources,
    vendored: Vendored,
    /// For each locked package, the folder of the local package it is.
    local: Vec<Option<&'run RelPath>>,
    parsed: Parsed,
}

impl<'run> Join<'run> {
    fn new(input: &'run Input<'run>, lock: &'run Lock, workspace: &'run Workspace) -> Self {
        let sources = Sources::load(input, &input.dir());
        Self {
            vendored: Vendored::find(input, &sources),
            local: find_local(lock, workspace),
            input,
            lock,
            workspace,
            sources,
            parsed: Parsed::default(),
        }
    }

    /// Adds a record for each locked package, at the index it has in the lockfile.
    fn add_locked(&mut self) {
        let mut needed = vec![false; self.lock.packages.len()];
        for target in self.lock.packages.iter().flat_map(|locked| &locked.needs) {
            if let Some(slot) = needed.get_mut(*target) {
                *slot = true;
            }
        }
        for ((locked, local), needed) in self.lock.packages.iter().zip(self.local.clone()).zip(needed) {
            let record = match (&locked.source, local) {
                (Some(source), _) => self.foreign(locked, source),
                (None, Some(dir)) => self.local_record(dir, Some(locked)),
                (None, None) => self.lost(locked, needed),
            };
            self.parsed.records.push(record);
        }
    }

    /// Adds the local packages that the lockfile lacks.
    fn add_unlocked(&mut self) {
        let locked: BTreeSet<&RelPath> = self.local.iter().flatten().copied().collect();
        for (dir, local) in &self.workspace.packages {
            if locked.contains(dir) || local.standing == Standing::Patch {
                continue;
            }
            let Some(manifest) = self.workspace.manifest(dir) else { continue };
            let Some((name, line)) = manifest.name() else { continue };
            if !self.lock.packages.is_empty() {
                self.parsed.diagnostics.push(stale(manifest.location(line), &format!("package `{name}`"), self.input));
            }
            let record = self.local_record(dir, None);
            self.parsed.records.push(record);
        }
    }

    /// Adds the edges between locked packages, with what the manifests say of each.
    fn add_needs(&mut self) {
        let copied = self.copied_dependencies();
        let mut needs = Vec::with_capacity(self.lock.packages.len());
        for ((locked, local), copied) in self.lock.packages.iter().zip(self.local.clone()).zip(copied) {
            let dependencies = match local {
                Some(dir) => self.checked_dependencies(dir, locked),
                None => copied,
            };
            let by_name = by_name(&dependencies);
            let edges = locked.needs.iter().filter_map(|target| Some((*target, self.lock.packages.get(*target)?)));
            let edges = edges.flat_map(|(target, package)| {
                let named = by_name.get(package.name.as_str()).map_or(&[][..], Vec::as_slice);
                let kinds = kinds(named, package).into_iter();
                kinds.map(move |(scope, optional)| Need { target, scope, optional })
            });
            needs.push(edges.collect::<Vec<Need>>());
        }
        for (record, needs) in self.parsed.records.iter_mut().zip(needs) {
            record.needs = needs;
        }
    }

    /// Returns the dependencies in the manifests of the copies at hand, for each package that is not local.
    fn copied_dependencies(&self) -> Vec<Vec<Dependency>> {
        let packages = self.lock.packages.par_iter().zip(&self.parsed.records).zip(&self.local);
        let read = packages.map(|((locked, record), local)| {
            if local.is_some() || locked.needs.is_empty() {
                return Vec::new();
            }
            let copy = copies::on_disk(record, self.input.tree, self.input.stores).into_iter().next();
            let text = copy.and_then(|copy| copy.read_text(MANIFEST, Limits::DEFAULT.manifest).ok());
            let manifest = text.map(|text| Manifest::read_needs(&text, Location::file(RelPath::root())));
            let dependencies = manifest.map(|manifest| manifest.dependencies(None)).unwrap_or_default();
            dependencies.into_iter().filter(|dependency| dependency.scope != Scope::Dev).collect()
        });
        read.collect()
    }

    /// Returns the dependencies of a local package, after comparing them with the lockfile.
    fn checked_dependencies(&mut self, dir: &RelPath, locked: &Locked) -> Vec<Dependency> {
        let dependencies = self.dependencies(dir);
        let (Some(manifest), Some(local)) = (self.workspace.manifest(dir), self.workspace.packages.get(dir)) else {
            return dependencies;
        };
        let mut needed: BTreeMap<&str, Vec<&Locked>> = BTreeMap::new();
        for package in locked.needs.iter().filter_map(|target| self.lock.packages.get(*target)) {
            needed.entry(&package.name).or_default().push(package);
        }
        // Of a package that is no member, the lockfile has what the members' features turn on.
        let is_locked = |dependency: &&Dependency| local.standing == Standing::Member || !dependency.optional;
        for dependency in dependencies.iter().filter(is_locked) {
            let named = needed.get(dependency.package.as_str()).map_or(&[][..], Vec::as_slice);
            let missing = named.is_empty();
            if missing || named.iter().all(|package| is_misfit(dependency, package)) {
                let what = match dependency.requirement.as_ref().filter(|_| !missing) {
                    Some(requirement) => format!("`{}` `{requirement}`", dependency.package),
                    None => format!("`{}`", dependency.package),
                };
                self.parsed.diagnostics.push(stale(manifest.location(dependency.line), &what, self.input));
            }
        }
        dependencies
    }

    /// Returns the dependencies of a local package that count.
    fn dependencies(&self, dir: &RelPath) -> Vec<Dependency> {
        let (Some(manifest), Some(local)) = (self.workspace.manifest(dir), self.workspace.packages.get(dir)) else {
            return Vec::new();
        };
        let mut dependencies = manifest.dependencies(self.workspace.root());
        if local.standing != Standing::Member {
            dependencies.retain(|dependency| dependency.scope != Scope::Dev);
        }
        dependencies
    }

    /// Adds what manifests without a lockfile name: without version.
    fn add_unpinned(&mut self) {
        let own: BTreeMap<RelPath, usize> = self
            .parsed
            .records
            .iter()
            .enumerate()
            .filter_map(|(index, record)| Some((record.dir.clone()?, index)))
            .collect();
        let mut known: BTreeMap<(String, Origin), usize> = BTreeMap::new();
        let n_local = self.parsed.records.len();
        for (dir, index) in &own {
            let mut seen = BTreeSet::new();
            for dependency in self.dependencies(dir) {
                let target = self.workspace.target(dir, &dependency);
                let target = target.and_then(|target| own.get(&target).copied()).unwrap_or_else(|| {
                    let record = self.unpinned(dir, &dependency);
                    *known.entry((dependency.package.clone(), record.origin.clone())).or_insert_with(|| {
                        self.parsed.records.push(record);
                        self.parsed.records.len() - 1
                    })
                });
                if let Some(record) = self.parsed.records.get_mut(*index) {
                    let need = Need { target, scope: dependency.scope, optional: dependency.optional };
                    record.needs.extend(Some(need).filter(|need| seen.insert(need.clone())));
                }
            }
        }
        if self.parsed.records.len() > n_local {
            let at = Location::file(self.input.path.clone());
            let message = format!("the manifest names dependencies, and there is no `{LOCKFILE}` beside it");
            let diagnostic = Diagnostic::new(Code::NoLockfile, at, message);
            self.parsed.diagnostics.push(diagnostic.hint(format!("cargo generate-lockfile, and commit `{LOCKFILE}`")));
        }
    }

    /// Returns the record of a dependency that nothing pins.
    fn unpinned(&self, dir: &RelPath, dependency: &Dependency) -> PackageRecord {
        let at = self.workspace.manifest(dir).map(|manifest| manifest.location(dependency.line));
        let at = at.unwrap_or_else(|| Location::file(self.input.path.clone()));
        let origin = match (&dependency.path, &dependency.git, &dependency.registry) {
            (Some(path), _, _) => Origin::Outside(path.clone()),
            (None, Some(url), _) => super::source::origin(&format!("git+{url}")),
            (None, None, Some(registry)) => Origin::OtherRegistry(registry.clone()),
            (None, None, None) => self.sources.official(),
        };
        PackageRecord { origin, ..PackageRecord::new(Purl::new(ECOSYSTEM, &dependency.package, None), at) }
    }

    /// Returns the record of a package from a registry or repository.
    fn foreign(&self, locked: &Locked, source: &str) -> PackageRecord {
        let origin = self.sources.origin(source);
        let mut purl = Purl::new(ECOSYSTEM, &locked.name, Some(&locked.version));
        match super::source::origin(source) {
            Origin::OtherRegistry(url) => purl = purl.with_qualifier("repository_url", &url),
            Origin::Repository { url, revision } => {
                let revision = revision.map(|revision| format!("@{revision}")).unwrap_or_default();
                purl = purl.with_qualifier("vcs_url", &format!("git+{url}{revision}"));
            }
            Origin::Registry | Origin::Url(_) | Origin::Path(_) | Origin::Outside(_) | Origin::Unknown => {}
        }
        let mut record = PackageRecord { origin, ..PackageRecord::new(purl, self.input.at(locked.line)) };
        let sha256 = |hex: &String| Checksum { algorithm: "sha256".to_owned(), hex: hex.to_ascii_lowercase() };
        record.checksums = locked.checksum.iter().map(sha256).collect();
        if let Some(dir) = self.vendored.get(&locked.name, &locked.version) {
            record.dir = Some(dir.clone());
            record.traits.insert(Trait::Vendored);
        }
        record
    }

    /// Returns the record of a local package inside the tree.
    fn local_record(&self, dir: &RelPath, locked: Option<&Locked>) -> PackageRecord {
        let (Some(manifest), Some(local)) = (self.workspace.manifest(dir), self.workspace.packages.get(dir)) else {
            return PackageRecord::new(Purl::new(ECOSYSTEM, "", None), Location::file(dir.clone()));
        };
        let (name, line) = manifest.name().unwrap_or_default();
        let version = locked.map(|locked| locked.version.as_str()).or_else(|| manifest.version(self.workspace.root()));
        let purl = Purl::new(ECOSYSTEM, name, version);
        let (claims, _) = manifest.claims(self.workspace.root());
        if local.standing == Standing::Patch || is_vendored(dir) {
            // Somebody else's work, copied into the tree.
            let at = locked.map_or_else(|| manifest.location(line), |locked| self.input.at(locked.line));
            let origin = Origin::Path(dir.clone());
            let traits = BTreeSet::from([Trait::Vendored]);
            return PackageRecord { dir: Some(dir.clone()), origin, claims, traits, ..PackageRecord::new(purl, at) };
        }
        PackageRecord { claims, ..PackageRecord::own(purl, manifest.location(line), dir.clone()) }
    }

    /// Returns the record of a local package whose manifest is not in the tree.
    fn lost(&mut self, locked: &Locked, needed: bool) -> PackageRecord {
        let at = self.input.at(locked.line);
        let purl = Purl::new(ECOSYSTEM, &locked.name, Some(&locked.version));
        // A local package that nothing needs is in a lockfile only because it is a member.
        if !needed && self.workspace.root().is_none() {
            return PackageRecord::own(purl, at, self.input.dir());
        }
        let origin = if let Some(path) = self.workspace.outside.get(&locked.name) {
            Origin::Outside(path.clone())
        } else {
            let message = format!("`{}` is a local package, and no manifest of that name was found", locked.name);
            self.parsed.diagnostics.push(Diagnostic::new(Code::MissingFile, at.clone(), message));
            Origin::Unknown
        };
        PackageRecord { origin, ..PackageRecord::new(purl, at) }
    }
}

/// Finds the folders of the locked packages without source, by name and, where several have it, version.
fn find_local<'run>(lock: &Lock, workspace: &'run Workspace) -> Vec<Option<&'run RelPath>> {
    let mut by_name: BTreeMap<&str, Vec<(Option<&str>, &'run RelPath)>> = BTreeMap::new();
    for dir in workspace.packages.keys() {
        if let Some(manifest) = workspace.manifest(dir)
            && let Some((name, _)) = manifest.name()
        {
            by_name.entry(name).or_default().push((manifest.version(workspace.root()), dir));
        }
    }
    let find = |locked: &Locked| {
        let named = by_name.get(locked.name.as_str()).filter(|_| locked.source.is_none())?;
        let exact = named.iter().find(|(version, _)| *version == Some(&locked.version));
        exact.or(named.first()).map(|(_, dir)| *dir)
    };
    lock.packages.iter().map(find).collect()
}

/// Returns the dependencies of a manifest by the name of the package they mean.
fn by_name(dependencies: &[Dependency]) -> BTreeMap<&str, Vec<&Dependency>> {
    let mut by_name: BTreeMap<&str, Vec<&Dependency>> = BTreeMap::new();
    for dependency in dependencies {
        by_name.entry(&dependency.package).or_default().push(dependency);
    }
    by_name
}

/// Returns in which ways the dependencies that name a package need it; runtime where none does.
fn kinds(named: &[&Dependency], package: &Locked) -> BTreeSet<(Scope, bool)> {
    let kind = |dependency: &&Dependency| (dependency.scope, dependency.optional);
    let fitting: BTreeSet<_> = named.iter().filter(|dependency| !is_misfit(dependency, package)).map(kind).collect();
    if !fitting.is_empty() {
        return fitting;
    }
    let named: BTreeSet<_> = named.iter().map(kind).collect();
    if named.is_empty() { BTreeSet::from([(Scope::Runtime, false)]) } else { named }
}

/// Returns whether a dependency surely does not mean a package of the same name.
fn is_misfit(dependency: &Dependency, package: &Locked) -> bool {
    dependency.requirement.as_ref().and_then(|wanted| requirement::fits(wanted, &package.version)) == Some(false)
}

fn stale(at: Location, what: &str, input: &Input) -> Diagnostic {
    let message = format!("the manifest names {what}, which `{}` lacks", input.path);
    Diagnostic::new(Code::StaleLockfile, at, message).hint("cargo update --workspace")
}
