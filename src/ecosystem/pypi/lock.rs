//! What all of Python's lockfiles have in common: the project beside them, local packages, checksums, staleness.

use std::collections::BTreeMap;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::ecosystem::install::not_in_lockfile;
use crate::ecosystem::records::Records;
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Checksum, Origin, PackageRecord, Trait};
use crate::syntax::toml::{Document, Value};

use super::environment::Environments;
use super::origin::{Local, local};
use super::project::{Project, Want};
use super::pylock::is_pylock;
use super::pyproject::syntax_diagnostic;
use super::requirement::{MAX_NAME, is_name};

/// The names of lockfiles that pin a whole set.
pub(super) const LOCKFILES: &[&str] = &["Pipfile.lock", "pdm.lock", "poetry.lock", "pylock.toml", "uv.lock"];

/// Returns whether a file name is that of a lockfile that pins a whole set.
pub(super) fn is_lockfile(name: &str) -> bool {
    LOCKFILES.contains(&name) || is_pylock(name)
}

/// A lockfile while it is being read.
pub(super) struct Lock<'input, 'run> {
    /// The file and its surroundings.
    pub(super) input: &'input Input<'run>,
    /// The packages.
    pub(super) records: Records,
    /// What could not be read.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What the project in the same folder asks for.
    pub(super) wants: Vec<Want>,
    covers: Vec<RelPath>,
    own: BTreeMap<RelPath, usize>,
    member_wants: BTreeMap<RelPath, Vec<Want>>,
    /// Whether the syntax has mistakes, so that what is missing may just not have been read.
    broken: bool,
}

impl<'input, 'run> Lock<'input, 'run> {
    /// Reads a lockfile in TOML, as far as its syntax allows, with the project in its folder.
    pub(super) fn read(input: &'input Input<'run>) -> Result<(Self, Value), Diagnostic> {
        let document = Document::parse(&input.text(Role::Lockfile)?);
        let mut lock = Self::new(input);
        let problem = syntax_diagnostic(&document, &Location::file(input.path.clone()));
        lock.broken = problem.is_some();
        lock.diagnostics.extend(problem);
        Ok((lock, document.root))
    }

    /// Starts with the project in the folder of the lockfile.
    pub(super) fn new(input: &'input Input<'run>) -> Self {
        let mut lock = Self {
            input,
            records: Records::default(),
            diagnostics: Vec::new(),
            wants: Vec::new(),
            covers: Vec::new(),
            own: BTreeMap::new(),
            member_wants: BTreeMap::new(),
            broken: false,
        };
        lock.read_project(&input.dir());
        lock.wants = lock.member_wants.remove(&input.dir()).unwrap_or_default();
        lock
    }

    /// Returns the index of the project in the folder of the lockfile.
    pub(super) fn project(&self) -> Option<usize> {
        self.own.get(&self.input.dir()).copied()
    }

    /// Returns the index of the user's own package in a folder, and what it asks for.
    pub(super) fn member(&self, dir: &RelPath) -> Option<(usize, Vec<Want>)> {
        Some((*self.own.get(dir)?, self.member_wants.get(dir)?.clone()))
    }

    /// Reads the name and version of an entry; a name that is none costs the entry.
    pub(super) fn purl(&mut self, name: Option<&str>, version: Option<&str>, line: u32) -> Option<Purl> {
        let name = name.filter(|name| is_name(name));
        let fits = version.is_none_or(|version| version.len() <= MAX_NAME);
        if name.is_none() || !fits {
            self.invalid(line, "expected a package with a valid `name` and `version`");
        }
        name.filter(|_| fits).map(|name| Purl::new("pypi", name, version))
    }

    /// Adds a package that lies in a folder, and returns its index.
    pub(super) fn add_local(&mut self, purl: Purl, reference: &str, line: u32) -> usize {
        let at = self.input.at(line);
        match local(self.input, reference) {
            Local::Own(dir) => {
                if let Some(&known) = self.own.get(&dir) {
                    return known;
                }
                if let Some(own_idx) = self.read_project(&dir) {
                    return own_idx;
                }
                let own_idx = self.records.add(PackageRecord::own(purl, at, dir.clone()));
                self.own.insert(dir, own_idx);
                own_idx
            }
            Local::Vendored(dir) => {
                let record = PackageRecord::new(purl, at);
                let traits = [Trait::Vendored].into();
                self.records.add(PackageRecord { origin: Origin::Path(dir.clone()), dir: Some(dir), traits, ..record })
            }
            Local::Outside(path) => {
                self.records.add(PackageRecord { origin: Origin::Outside(path), ..PackageRecord::new(purl, at) })
            }
        }
    }

    /// Reads the project in a folder as the user's own, and returns its index.
    fn read_project(&mut self, dir: &RelPath) -> Option<usize> {
        let project = Project::read(self.input, dir)?;
        let own_idx = self.records.add(project.record);
        self.own.insert(dir.clone(), own_idx);
        self.member_wants.insert(dir.clone(), project.wants);
        self.covers.extend(project.files);
        self.diagnostics.extend(project.diagnostics);
        Some(own_idx)
    }

    /// Draws the edges from the project to what it asks for.
    pub(super) fn connect_project(&mut self) {
        let Some(project) = self.project() else { return };
        for want in self.wants.clone() {
            self.records.need_named(project, &want.normal_name(), want.scope, want.optional);
        }
    }

    /// Reports what a project asks for and the lockfile lacks, and lists it where no other lockfile could have it.
    pub(super) fn report_missing(&mut self, project: usize, wants: &[Want]) {
        let alone = self.is_alone();
        let mut missing: BTreeMap<String, &Want> = BTreeMap::new();
        for want in wants.iter().filter(|want| !want.conditional) {
            if self.records.named(&want.normal_name()).is_empty() {
                missing.entry(want.normal_name()).or_insert(want);
            }
        }
        let Some(first) = missing.values().min_by_key(|want| want.at.line) else { return };
        let names: Vec<_> = missing.keys().map(|name| format!("`{name}`")).collect();
        let lockfile = self.input.path.file_name().unwrap_or_default();
        let message = format!("{} not in `{lockfile}`", names.join(", "));
        let hint = format!("bring `{lockfile}` up to date, or remove it if it is not used");
        if !self.broken {
            self.diagnostics.push(Diagnostic::new(Code::StaleLockfile, first.at.clone(), message).hint(hint));
        }
        for want in missing.values().filter(|_| alone) {
            let target = self.records.add(want.resolve(self.input));
            self.records.need(project, target, want.scope, want.optional);
        }
    }

    /// Returns whether no other lockfile lies beside this one.
    fn is_alone(&self) -> bool {
        let dir = self.input.dir();
        LOCKFILES.iter().filter(|name| self.input.tree.has(&dir.join(name))).count() < 2
    }

    /// Reports an entry that could not be read.
    pub(super) fn invalid(&mut self, line: u32, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(Code::InvalidEntry, self.input.at(line), message));
    }

    /// Reports a version of the format that is not known, unless `known` starts it.
    pub(super) fn expect_version(&mut self, key: &str, version: Option<&str>, known: &[&str]) {
        let major = version.map(|version| version.split('.').next().unwrap_or(version));
        if !self.broken && major.is_none_or(|major| !known.contains(&major)) {
            let found = version.map_or("none".to_owned(), |version| format!("`{version}`"));
            let message = format!("expected `{key}` {}, found {found}", known.join(" or "));
            let at = Location::file(self.input.path.clone());
            self.diagnostics.push(Diagnostic::new(Code::UnknownLockfileVersion, at, message));
        }
    }

    /// Ends the reading.
    pub(super) fn finish(mut self) -> Parsed {
        let dir = self.input.dir();
        if self.is_alone() && !self.broken {
            let installed = Environments::installed_in(self.input, &dir).into_iter();
            let unnamed: Vec<String> = installed.filter(|name| self.records.named(name).is_empty()).collect();
            self.diagnostics.extend(not_in_lockfile(&Location::file(self.input.path.clone()), &unnamed));
        }
        Parsed {
            records: self.records.finish(),
            diagnostics: self.diagnostics,
            covers: self.covers.into_iter().collect(),
        }
    }
}

/// Reads a checksum as `sha256:0123…`.
pub(super) fn checksum(text: &str) -> Option<Checksum> {
    let (algorithm, hex) = text.split_once(':')?;
    let valid = !algorithm.is_empty()
        && !hex.is_empty()
        && hex.len() <= 128
        && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    valid.then(|| Checksum { algorithm: algorithm.to_ascii_lowercase(), hex: hex.to_ascii_lowercase() })
}
