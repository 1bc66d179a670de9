//! Waivers: clauses that another licensor has lifted for the project, in a signed document.
//!
//! A waiver counts only as long as the document is the one that was recorded.

use std::collections::BTreeSet;

use super::assess::Scene;
use crate::base::{Code, Diagnostic, Location, RelPath, sha256_hex};
use crate::config::{Config, FILE_NAME, Waiver};
use crate::license::expr::Expr;
use crate::license::knowledge::{Knowledge, License};
use crate::model::Package;

/// Reads a file of the project, or says why not.
pub type ReadDocument<'run> = dyn Fn(&RelPath) -> Result<Vec<u8>, String> + 'run;

/// Notes on each package the clauses that were waived for it, and returns a problem for each waiver that does not count.
pub fn waive(packages: &mut [Package], config: &Config, read: &ReadDocument) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for waiver in &config.waivers {
        match check(waiver, read) {
            Ok(()) => {
                for package in packages.iter_mut().filter(|package| waiver.package.matches(&package.purl)) {
                    package.waived.insert(section(&waiver.clause));
                }
            }
            Err((at, reason)) => {
                let message = format!("the waiver of {} by {} does not count: {reason}", waiver.clause, waiver.from);
                let hint = "record the signed document with its SHA-256, or take the waiver out";
                problems.push(Diagnostic::new(Code::VoidWaiver, at, message).hint(hint));
            }
        }
    }
    problems
}

/// Returns a clause as the license numbers it: `4(c)` of `Section 4(c)` and `§ 4 (c)`.
fn section(clause: &str) -> String {
    let lower = clause.to_lowercase();
    let number = lower.trim().trim_start_matches(['§', ' ']);
    let number = ["section", "sec.", "clause"].iter().find_map(|word| number.strip_prefix(word)).unwrap_or(number);
    number.chars().filter(|char| !char.is_whitespace()).collect()
}

/// Returns whether a waived clause is, or holds, a clause of a license: `4(c)` holds `4(c)(ii)`, and `1` not `10`.
pub(super) fn covers(waived: &str, clause: &str) -> bool {
    clause.strip_prefix(waived).is_some_and(|rest| rest.is_empty() || rest.starts_with(['(', '.']))
}

/// Says of each waiver that would lift nothing what could be waived.
pub(super) fn idle<'run>(scene: &'run Scene) -> impl Iterator<Item = Diagnostic> + 'run {
    scene.config.waivers.iter().filter_map(|waiver| {
        let waived = section(&waiver.clause);
        let named = || scene.inventory.packages.iter().filter(|package| waiver.package.matches(&package.purl));
        let licenses: Vec<&License> = named().flat_map(|package| licenses(scene.knowledge, package)).collect();
        let clauses = || licenses.iter().flat_map(|license| license.waivable.iter().map(|(clause, _)| clause.as_str()));
        // Of a package that is not there, or whose license is not known, other findings speak.
        if licenses.is_empty() || clauses().any(|clause| covers(&waived, clause)) {
            return None;
        }
        let message = format!("[[waiver]] of {} for `{}` changes nothing", waiver.clause, waiver.package.as_str());
        let known: BTreeSet<&str> = clauses().collect();
        let hint = if known.is_empty() {
            "its license has no clause whose waiver changes an answer; another license is what can be asked for"
                .to_owned()
        } else {
            format!("what can be waived: {}", known.into_iter().collect::<Vec<_>>().join(", "))
        };
        Some(Diagnostic::new(Code::UnusedRow, config_file(), message).hint(hint))
    })
}

fn licenses<'k>(knowledge: &'k Knowledge, package: &Package) -> Vec<&'k License> {
    let readings = package.resolution.readings();
    let ids = readings.iter().flat_map(Expr::licenses).map(|license| license.id.to_string());
    ids.filter_map(|id| knowledge.license(&id)).collect()
}

fn config_file() -> Location {
    Location::file(RelPath::root().join(FILE_NAME))
}

fn check(waiver: &Waiver, read: &ReadDocument) -> Result<(), (Location, String)> {
    if section(&waiver.clause).is_empty() {
        return Err((config_file(), "it names no clause".to_owned()));
    }
    let path =
        RelPath::new(&waiver.document).map_err(|error| (config_file(), format!("`{}`: {error}", waiver.document)))?;
    let at = Location::file(path.clone());
    let bytes = read(&path).map_err(|reason| (at.clone(), format!("`{path}` could not be read: {reason}")))?;
    let wanted = waiver.sha256.trim_start_matches("sha256:");
    if sha256_hex(&bytes).eq_ignore_ascii_case(wanted) {
        Ok(())
    } else {
        Err((at, format!("`{path}` is not the document that was recorded")))
    }
}
