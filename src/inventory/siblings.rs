//! Requirements that another part of the tree fulfills.
//!
//! Where nothing pins a name, and a package of that name is the project's own, that package is meant: the parts of a
//! repository name each other without versions.

use std::collections::{BTreeMap, BTreeSet};

use super::read::ParsedFile;
use crate::base::{Code, Diagnostic, Purl, RelPath};

/// Lets names without a version stand for own packages of the tree, and takes back that nothing pins the names of a
/// file if all of them are such or are pinned by a lockfile.
pub(super) fn settle(parsed: &mut [ParsedFile]) {
    let own = own_packages(parsed);
    let lockfiles = parsed.iter().filter(|file| file.file.lockfile);
    let locked: BTreeSet<Purl> = lockfiles.flat_map(|file| &file.records).map(|record| record.purl.clone()).collect();
    let mut settled: BTreeSet<RelPath> = BTreeSet::new();
    for file in parsed.iter_mut().filter(|file| !file.file.lockfile) {
        let (mut any, mut all) = (false, true);
        for record in file.records.iter_mut().filter(|record| !record.own) {
            if record.purl.version().is_some() {
                all &= locked.contains(&record.purl);
            } else if let Some(Some(purl)) = own.get(&identity(&record.purl)) {
                record.purl = purl.clone();
                any = true;
            } else {
                all = false;
            }
        }
        if any && all {
            settled.insert(file.file.path.clone());
        }
    }
    let is_settled = |diagnostic: &Diagnostic| {
        let about = diagnostic.at.as_ref().filter(|_| diagnostic.code == Code::NoLockfile);
        about.is_some_and(|at| settled.contains(&at.path))
    };
    for file in parsed {
        file.diagnostics.retain(|diagnostic| !is_settled(diagnostic));
    }
}

/// Returns the own packages by type and name; `None` where several have a name.
fn own_packages(parsed: &[ParsedFile]) -> BTreeMap<(String, String), Option<Purl>> {
    let mut own: BTreeMap<(String, String), Option<Purl>> = BTreeMap::new();
    let records = parsed.iter().filter(|file| !file.file.sample).flat_map(|file| &file.records);
    for record in records.filter(|record| record.own) {
        own.entry(identity(&record.purl))
            .and_modify(|known| {
                *known = known.take().filter(|known| *known == record.purl);
            })
            .or_insert_with(|| Some(record.purl.clone()));
    }
    own
}

fn identity(purl: &Purl) -> (String, String) {
    (purl.ty().to_owned(), purl.full_name())
}
