//! `stack.yaml.lock` and `stack.yaml`: what a project takes beside the snapshot.

use serde::Deserialize;

use crate::base::{Code, Diagnostic, Location, Purl, without_credentials};
use crate::ecosystem::records::Records;
use crate::ecosystem::wanted::{Project, is_plain, line_number};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Origin, PackageRecord, Scope};
use crate::syntax::yaml;

use super::cabal::projects_below;
use super::{ECOSYSTEM, name_version};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Lock {
    packages: Vec<Locked>,
    snapshots: Vec<Locked>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Locked {
    completed: Completed,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Completed {
    hackage: Option<String>,
    name: Option<String>,
    version: Option<String>,
    git: Option<String>,
    commit: Option<String>,
    url: Option<String>,
}

impl Completed {
    fn record(&self, at: Location) -> Option<PackageRecord> {
        if let Some(text) = &self.hackage {
            return package(text, at);
        }
        let name = self.name.as_deref().filter(|name| is_plain(name))?;
        let version = self.version.as_deref().filter(|version| is_plain(version));
        let origin = match (&self.git, &self.url) {
            (Some(url), _) => Origin::Repository { url: without_credentials(url), revision: self.commit.clone() },
            (None, Some(url)) => Origin::Url(without_credentials(url)),
            (None, None) => return None,
        };
        Some(PackageRecord { origin, ..PackageRecord::new(Purl::new(ECOSYSTEM, name, version), at) })
    }
}

/// Reads `clock-0.8.4@sha256:0123,456`.
fn package(text: &str, at: Location) -> Option<PackageRecord> {
    let (name, version) = name_version(text.split('@').next()?)?;
    Some(PackageRecord::new(Purl::new(ECOSYSTEM, name, Some(version)), at))
}

/// Reads the lockfile, and the projects beside it.
pub(super) fn parse_lock(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let at = Location::file(input.path.clone());
    let lock: Lock = match yaml::read(&text, &at) {
        Ok(lock) => lock,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut parsed = Parsed::default();
    let mut records = Records::default();
    // The writer begins each entry with this word, packages before snapshots.
    let mut lines = text.lines().enumerate().filter(|(_, line)| line.trim_end() == "- completed:");
    let mut next = || lines.next().map_or_else(|| at.clone(), |(index, _)| at.at_line(line_number(index)));
    for locked in &lock.packages {
        let at = next();
        if let Some(record) = locked.completed.record(at.clone()) {
            records.add(record);
        } else {
            let message = "expected a package of Hackage, a repository or an archive";
            parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
        }
    }
    if !lock.snapshots.is_empty() {
        let message = "the snapshot holds the versions of all other packages, and it is not here";
        parsed
            .diagnostics
            .push(Diagnostic::new(Code::NoLockfile, next(), message).hint("run `cabal freeze`, or commit an SBOM"));
    }
    let projects = projects_below(input, &input.dir(), &mut parsed);
    for project in &projects {
        records.add(project.record.clone());
    }
    for project in projects {
        // What is not pinned here is in the snapshot, and was said once.
        let _ = project.join(&mut records, "", "");
    }
    parsed.covers.insert(input.dir().join("stack.yaml"));
    parsed.records = records.finish();
    parsed
}

/// Reads the packages that a project without a lockfile takes beside the snapshot.
pub(super) fn parse_manifest(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut project = Project::unnamed(ECOSYSTEM, Location::file(input.path.clone()), input.dir());
    for (index, line) in text.lines().enumerate() {
        let Some(item) = line.trim_start().strip_prefix("- ") else { continue };
        let at = input.at(line_number(index));
        if let Some(record) = package(item.trim().trim_matches(['"', '\'']), at.clone()) {
            project.want(record.purl, Scope::Runtime, at);
        }
    }
    project.alone("commit `stack.yaml.lock`")
}
