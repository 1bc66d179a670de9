//! The packages of one project while its files are read: found by id, whatever its case.

use std::collections::BTreeMap;

use crate::base::{Purl, RelPath};
use crate::ecosystem::Input;
use crate::ecosystem::records::Records;
use crate::model::{Origin, PackageRecord, Scope};

use super::ECOSYSTEM;
use super::project::Project;

/// Packages while a file is being read.
#[derive(Debug, Default)]
pub(super) struct Packages {
    pub(super) records: Records,
    /// For each target framework, the records by id in lower case.
    by_id: BTreeMap<(String, String), usize>,
    /// The other projects of the tree that are referenced, by each of their names.
    projects: BTreeMap<String, usize>,
}

impl Packages {
    /// Adds a package of a target framework.
    pub(super) fn add(&mut self, framework: &str, id: &str, record: PackageRecord) -> usize {
        let record = self.records.add(record);
        self.by_id.insert((framework.to_owned(), id.to_lowercase()), record);
        record
    }

    /// Returns a package of a target framework, or a project of that name.
    pub(super) fn find(&self, framework: &str, id: &str) -> Option<usize> {
        let id = id.to_lowercase();
        let of = |framework: &str| self.by_id.get(&(framework.to_owned(), id.clone()));
        // What is listed for a platform (`net8.0/linux-x64`) comes on top of what is listed without one.
        let base = || framework.split_once('/').and_then(|(base, _)| of(base));
        of(framework).or_else(base).or_else(|| self.projects.get(&id)).copied()
    }

    /// Notes what a package of a target framework needs.
    pub(super) fn need(&mut self, framework: &str, from: usize, ids: &[String]) {
        for id in ids {
            if let Some(target) = self.find(framework, id) {
                self.records.need(from, target, Scope::Runtime, false);
            }
        }
    }

    /// Adds the projects that a project references.
    pub(super) fn connect_projects(&mut self, input: &Input, project: &Project, own: usize) {
        let scope = if project.is_test() { Scope::Test } else { Scope::Runtime };
        for found in &project.projects {
            let target = match found {
                Ok(path) if input.tree.has(path) => {
                    let other = Project::read(input, path);
                    let target = self.records.add(other.record());
                    self.projects.extend(other.names().into_iter().map(|name| (name, target)));
                    target
                }
                Ok(path) => self.records.add(outside(input, path.as_str())),
                Err(written) => self.records.add(outside(input, written)),
            };
            self.records.need(own, target, scope, false);
        }
    }
}

/// Returns the record of a project that is not in the tree.
fn outside(input: &Input, written: &str) -> PackageRecord {
    let file = written.rsplit(['/', '\\']).next().unwrap_or(written);
    let name = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let record = PackageRecord::new(Purl::new(ECOSYSTEM, name, None), crate::base::Location::file(input.path.clone()));
    PackageRecord { origin: Origin::Outside(written.to_owned()), ..record }
}

/// Returns whose project a lockfile is: `packages.NAME.lock.json` says so, else the only one beside it.
pub(super) fn owner(projects: Vec<RelPath>, name: Option<&str>) -> Option<RelPath> {
    match name {
        Some(name) => {
            let stem = |path: &RelPath| path.file_name().and_then(|file| Some(file.rsplit_once('.')?.0.to_owned()));
            projects.into_iter().find(|path| stem(path).is_some_and(|stem| stem.eq_ignore_ascii_case(name)))
        }
        None => Some(projects).filter(|projects| projects.len() == 1)?.pop(),
    }
}
