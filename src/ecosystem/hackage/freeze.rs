//! `cabal.project.freeze`: one constraint for each package, and no word on who needs whom.

use crate::base::{Code, Diagnostic, Location, Purl};
use crate::ecosystem::records::Records;
use crate::ecosystem::wanted::{is_plain, line_number};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::PackageRecord;

use super::ECOSYSTEM;
use super::cabal::projects_below;

/// Reads the file, and the projects that it freezes.
pub(super) fn parse(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut parsed = Parsed::default();
    // Where cabal left its plan the plan says more, and names every package that the freeze file does.
    if input.tree.has(&input.dir().join("dist-newstyle/cache/plan.json")) {
        return parsed;
    }
    let mut records = Records::default();
    let mut in_constraints = false;
    for (index, line) in text.lines().enumerate() {
        let is_field = !line.starts_with([' ', '\t']);
        let list = if is_field {
            let list = line.strip_prefix("constraints:");
            in_constraints = list.is_some();
            list.unwrap_or_default()
        } else {
            line
        };
        if !in_constraints {
            continue;
        }
        for constraint in list.split(',').map(str::trim).filter(|constraint| constraint.contains("==")) {
            let (name, version) = constraint.split_once("==").unwrap_or_default();
            let name = name.trim();
            let (name, version) = (name.strip_prefix("any.").unwrap_or(name), version.trim());
            let at = input.at(line_number(index));
            if is_plain(name) && is_plain(version) {
                records.add(PackageRecord::new(Purl::new(ECOSYSTEM, name, Some(version)), at));
            } else {
                let message = "expected `NAME ==VERSION`";
                parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            }
        }
    }
    if records.clone().finish().is_empty() && parsed.diagnostics.is_empty() {
        let message = "it pins no package";
        let at = Location::file(input.path.clone());
        parsed.diagnostics.push(Diagnostic::new(Code::NoLockfile, at, message).hint("run `cabal freeze`"));
        return parsed;
    }
    let projects = projects_below(input, &input.dir(), &mut parsed);
    for project in &projects {
        records.add(project.record.clone());
    }
    for project in projects {
        let hint = "bring it up to date with `cabal freeze`";
        parsed.diagnostics.extend(project.join(&mut records, "cabal.project.freeze", hint));
    }
    parsed.records = records.finish();
    parsed
}
