//! Projects without a lockfile: what they ask for, and what of it is installed.

use std::collections::BTreeMap;

use crate::base::{Code, Diagnostic, Location, Purl};
use crate::ecosystem::records::Records;
use crate::ecosystem::{Input, Parsed};
use crate::model::{PackageRecord, Scope};

use super::environment::Environments;
use super::project::{Project, Want, normal_name};

/// Reads a project's files together, once for all of them.
pub(super) fn parse(input: &Input) -> Parsed {
    if !Project::is_first_file(input) {
        return Parsed::default();
    }
    let Some(project) = Project::read(input, &input.dir()) else { return Parsed::default() };
    let covers = project.files.iter().cloned().collect();
    if project.is_silent() {
        return Parsed { diagnostics: project.diagnostics, covers, ..Parsed::default() };
    }
    let environments = Environments::around(input);
    let mut records = Records::default();
    let own_name = project.record.purl.name().to_owned();
    let own = records.add(project.record);
    environments.add_given(input, &mut records);
    let mut open: BTreeMap<String, &Location> = BTreeMap::new();
    for want in &project.wants {
        let name = want.normal_name();
        if name == own_name {
            continue;
        }
        let record = record(input, want, &environments);
        // What lies in the tree has files of its own that say what it needs.
        if record.dir.is_none() && !environments.has(&name) {
            open.entry(name).or_insert(&want.at);
        }
        let target = records.add(record);
        records.need(own, target, want.scope, want.optional);
    }
    // A program may compute what it needs: what was installed for it tells.
    for requirement in environments.requirements(&own_name) {
        let Some(version) = environments.version(&normal_name(&requirement.name)) else { continue };
        let at = records.get(own).map_or_else(|| Location::file(input.path.clone()), |record| record.at.clone());
        let target = records.add(PackageRecord::new(Purl::new("pypi", &requirement.name, Some(&version)), at));
        records.need(own, target, Scope::Runtime, requirement.is_optional());
    }
    let mut diagnostics = project.diagnostics;
    if let Some(at) = open.values().min() {
        let names: Vec<_> = open.keys().map(|name| format!("`{name}`")).collect();
        let message = format!("nothing pins {} or further dependencies", names.join(", "));
        let hint = "commit a lockfile (`uv lock`, `poetry lock`, `pdm lock`), or install into `.venv`";
        diagnostics.push(Diagnostic::new(Code::NoLockfile, (*at).clone(), message).hint(hint));
    }
    Parsed { records: records.finish(), diagnostics, covers }
}

fn record(input: &Input, want: &Want, environments: &Environments) -> PackageRecord {
    let record = want.resolve(input);
    match environments.version(&want.normal_name()).filter(|_| want.version.is_none() && !record.own) {
        Some(version) => PackageRecord { purl: Purl::new("pypi", &want.name, Some(&version)), ..record },
        None => record,
    }
}
