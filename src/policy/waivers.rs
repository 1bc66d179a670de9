//! Waivers: clauses that another licensor has lifted for the project, in a signed document.
//!
//! A waiver counts only as long as the document is the one that was recorded.

use crate::base::{Code, Diagnostic, Location, RelPath, sha256_hex};
use crate::config::{Config, FILE_NAME, Waiver};
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
                    package.waived.insert(waiver.clause.trim().trim_start_matches('§').to_owned());
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

fn check(waiver: &Waiver, read: &ReadDocument) -> Result<(), (Location, String)> {
    let config = || RelPath::new(FILE_NAME).map_or_else(|_| Location::file(RelPath::root()), Location::file);
    let path = RelPath::new(&waiver.document).map_err(|error| (config(), format!("`{}`: {error}", waiver.document)))?;
    let at = Location::file(path.clone());
    let bytes = read(&path).map_err(|reason| (at.clone(), format!("`{path}` could not be read: {reason}")))?;
    let wanted = waiver.sha256.trim_start_matches("sha256:");
    if sha256_hex(&bytes).eq_ignore_ascii_case(wanted) {
        Ok(())
    } else {
        Err((at, format!("`{path}` is not the document that was recorded")))
    }
}
