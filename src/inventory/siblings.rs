//! Requirements that another part of the tree fulfills.
//!
//! Where nothing pins a name, and a package of that name is the project's own, that package is meant: the parts of a
//! repository name each other without versions. What a stale or empty lockfile lacks is the one that a fuller one beside
//! it pins.

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
    for file in parsed.iter_mut() {
        file.diagnostics.retain(|diagnostic| !is_settled(diagnostic));
    }
    settle_beside(parsed);
}

/// Lets what one lockfile lacks be the only version that another one in its folder pins.
fn settle_beside(parsed: &mut [ParsedFile]) {
    let place = |file: &ParsedFile| (file.file.ty, file.file.path.parent().unwrap_or_default());
    let mut by_place: BTreeMap<(&'static str, RelPath), Vec<usize>> = BTreeMap::new();
    for (idx, file) in parsed.iter().enumerate().filter(|(_, file)| file.file.lockfile) {
        by_place.entry(place(file)).or_default().push(idx);
    }
    for together in by_place.into_values().filter(|together| together.len() > 1) {
        let mut pinned: BTreeMap<(String, String), Option<Purl>> = BTreeMap::new();
        let files = together.iter().filter_map(|idx| parsed.get(*idx));
        for record in files.flat_map(|file| &file.records).filter(|record| record.purl.version().is_some()) {
            remember(&mut pinned, &record.purl);
        }
        for idx in together {
            let records = parsed.get_mut(idx).map(|file| &mut file.records);
            for record in records.into_iter().flatten().filter(|record| record.purl.version().is_none() && !record.own)
            {
                if let Some(Some(purl)) = pinned.get(&identity(&record.purl)) {
                    record.purl = purl.clone();
                }
            }
        }
    }
}

/// Notes a package by its name; a name of several packages means none.
fn remember(known: &mut BTreeMap<(String, String), Option<Purl>>, purl: &Purl) {
    known
        .entry(identity(purl))
        .and_modify(|known| *known = known.take().filter(|known| known == purl))
        .or_insert_with(|| Some(purl.clone()));
}

/// Returns the own packages by type and name; `None` where several have a name.
fn own_packages(parsed: &[ParsedFile]) -> BTreeMap<(String, String), Option<Purl>> {
    let mut own: BTreeMap<(String, String), Option<Purl>> = BTreeMap::new();
    let records = parsed.iter().filter(|file| !file.file.sample).flat_map(|file| &file.records);
    for record in records.filter(|record| record.own) {
        remember(&mut own, &record.purl);
    }
    own
}

fn identity(purl: &Purl) -> (String, String) {
    (purl.ty().to_owned(), purl.full_name())
}
