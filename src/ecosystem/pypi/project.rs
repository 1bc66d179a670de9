//! What a project says of itself: `pyproject.toml` (PEP 621, 639, 735, Poetry, PDM, uv), `setup.cfg`, the literals of
//! `setup.py`, and `Pipfile`, taken together for one folder.
//!
//! Left out on purpose: `build-system.requires`, which no lockfile pins and which does not end up in the work, and
//! everything that only running `setup.py` could tell.

use crate::base::{Diagnostic, Location, Purl, RelPath};
use crate::ecosystem::Input;
use crate::model::{Claim, Origin, PackageRecord, Scope, Trait};
use crate::scan::is_vendored;

use super::origin::{self, Local};
use super::requirement::Requirement;
use super::{pipfile, pyproject, setup};

/// The project in one folder.
#[derive(Debug)]
pub(super) struct Project {
    /// Its record, without edges.
    pub(super) record: PackageRecord,
    /// What it asks for.
    pub(super) wants: Vec<Want>,
    /// The files that were read.
    pub(super) files: Vec<RelPath>,
    /// Whether the files give the project a name.
    is_named: bool,
    /// What could not be read.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// One dependency that a project asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Want {
    /// The name, as written.
    pub(super) name: String,
    /// The version, if exactly one is allowed.
    pub(super) version: Option<String>,
    /// Where it is to come from.
    pub(super) origin: Origin,
    /// Where it is asked for.
    pub(super) at: Location,
    /// In which scope.
    pub(super) scope: Scope,
    /// Whether it belongs to an extra or to some platforms.
    pub(super) optional: bool,
    /// Whether a marker may leave it out.
    pub(super) conditional: bool,
}

impl Want {
    /// Reads a requirement string.
    pub(super) fn parse(text: &str, at: Location, scope: Scope) -> Option<Self> {
        let requirement = Requirement::parse(text)?;
        Some(Self {
            version: requirement.pinned().map(str::to_owned),
            origin: requirement.url.as_deref().map(origin::of_reference).unwrap_or_default(),
            at,
            scope,
            optional: requirement.is_optional(),
            conditional: !requirement.marker.is_empty(),
            name: requirement.name,
        })
    }

    /// Returns a record for a dependency of which nothing else is known.
    pub(super) fn record(&self) -> PackageRecord {
        let purl = Purl::new("pypi", &self.name, self.version.as_deref());
        PackageRecord { origin: self.origin.clone(), ..PackageRecord::new(purl, self.at.clone()) }
    }

    /// Returns a record, with a path followed to where it leads.
    pub(super) fn resolve(&self, input: &Input) -> PackageRecord {
        let record = self.record();
        let Origin::Outside(reference) = &self.origin else { return record };
        match origin::local(input, reference) {
            Local::Own(dir) => {
                let own = PackageRecord::own(record.purl, record.at, dir.clone());
                Project::read(input, &dir).map_or(own, |project| project.record)
            }
            Local::Vendored(dir) => {
                let (origin, traits) = (Origin::Path(dir.clone()), [Trait::Vendored].into());
                PackageRecord { origin, traits, dir: Some(dir), ..record }
            }
            Local::Outside(_) => record,
        }
    }

    /// Returns the name as purls have it.
    pub(super) fn normal_name(&self) -> String {
        normal_name(&self.name)
    }
}

/// Returns a name as PEP 503 normalizes it.
pub(super) fn normal_name(name: &str) -> String {
    Purl::new("pypi", name, None).name().to_owned()
}

/// What one file says of a project.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The name and where it stands.
    pub(super) name: Option<(String, Location)>,
    /// The version.
    pub(super) version: Option<String>,
    /// The license.
    pub(super) claims: Vec<Claim>,
    /// The dependencies.
    pub(super) wants: Vec<Want>,
    /// What could not be read.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Reads one of a project's files.
type Reader = fn(&str, &RelPath) -> Said;

/// The files of a project, the one that counts most first.
const FILES: &[(&str, Reader)] = &[
    ("pyproject.toml", pyproject::read),
    ("setup.cfg", setup::read_cfg),
    ("setup.py", setup::read_py),
    ("Pipfile", pipfile::read_manifest),
];

impl Project {
    /// Reads the files of a project in a folder; a folder without any is none.
    pub(super) fn read(input: &Input, dir: &RelPath) -> Option<Self> {
        let mut said = Said::default();
        let mut files = Vec::new();
        for (name, read) in FILES {
            let path = dir.join(name);
            let Some(text) = input.other(&path) else { continue };
            match text {
                Ok(text) => said.merge(read(&text, &path)),
                Err(diagnostic) => said.diagnostics.push(diagnostic),
            }
            files.push(path);
        }
        let first = files.first()?;
        let is_named = said.name.is_some();
        let (name, at) = said.name.unwrap_or_else(|| (folder_name(dir), Location::file(first.clone())));
        let mut record = PackageRecord::own(Purl::new("pypi", &name, said.version.as_deref()), at, dir.clone());
        if is_vendored(dir) {
            record.own = false;
            record.traits.insert(Trait::Vendored);
        }
        record.claims = said.claims;
        Some(Self { record, wants: said.wants, files, is_named, diagnostics: said.diagnostics })
    }

    /// Returns whether `path` is the file of its folder whose reading covers the others.
    pub(super) fn is_first_file(input: &Input) -> bool {
        let dir = input.dir();
        let first = FILES.iter().map(|(name, _)| dir.join(name)).find(|path| input.tree.has(path));
        first.as_ref() == Some(input.path)
    }

    /// Returns whether the files say nothing that concerns packages: a `pyproject.toml` may only configure tools.
    pub(super) fn is_silent(&self) -> bool {
        !self.is_named && self.wants.is_empty() && self.record.claims.is_empty()
    }
}

impl Said {
    fn merge(&mut self, other: Self) {
        self.name = self.name.take().or(other.name);
        self.version = self.version.take().or(other.version);
        for claim in other.claims {
            if !self.claims.contains(&claim) {
                self.claims.push(claim);
            }
        }
        self.wants.extend(other.wants);
        self.diagnostics.extend(other.diagnostics);
    }
}

/// A project that has no name of its own is called after its folder; the root's name says nothing of the project.
fn folder_name(dir: &RelPath) -> String {
    dir.file_name().unwrap_or("project").to_owned()
}
