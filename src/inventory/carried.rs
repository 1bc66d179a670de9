//! Code of others that a file of the project brings into the tree, such as a submodule: who brings it, and what the files
//! in it say that it is.

use std::collections::BTreeMap;

use super::read::ParsedFile;
use crate::base::{Location, Purl, RelPath};
use crate::model::{PackageRecord, Scope, Trait};

/// A package that is in the tree because of another one.
pub(super) struct Carried<'parsed> {
    pub(super) by: &'parsed Purl,
    pub(super) purl: &'parsed Purl,
    /// Where the project says so.
    pub(super) at: &'parsed Location,
    pub(super) scope: Scope,
}

/// Finds what is brought in and by whom: the project of the folder, the fetched repository, the projects in it.
pub(super) fn carried(parsed: &[ParsedFile]) -> Vec<Carried<'_>> {
    let is_fetched = |file: &ParsedFile, record: &PackageRecord| {
        file.file.ty == "generic" && !record.own && record.direct && record.dir.is_some()
    };
    let fetched: Vec<(&ParsedFile, &PackageRecord)> =
        all(parsed).filter(|(file, record)| is_fetched(file, record)).collect();
    if fetched.is_empty() {
        return Vec::new();
    }
    let by_dir: BTreeMap<&RelPath, &PackageRecord> =
        fetched.iter().filter_map(|(_, record)| Some((record.dir.as_ref()?, *record))).collect();
    let mut owns: BTreeMap<&RelPath, Vec<&Purl>> = BTreeMap::new();
    for (_, record) in all(parsed).filter(|(_, record)| record.own) {
        owns.entry(record.dir.as_ref().unwrap_or(&record.at.path)).or_default().push(&record.purl);
    }
    let mut found = Vec::new();
    for (file, record) in &fetched {
        let scope = if file.file.sample { Scope::Test } else { Scope::Runtime };
        let owner = above(&file.file.path).find_map(|dir| owns.get(&dir));
        let by_owner = owner.into_iter().flatten().map(|by| Carried { by, purl: &record.purl, at: &record.at, scope });
        found.extend(by_owner);
    }
    for (file, record) in all(parsed).filter(|(file, record)| !record.own && !is_fetched(file, record)) {
        let Some(dir) = record.dir.as_ref().filter(|_| record.traits.contains(&Trait::Vendored)) else { continue };
        let nearest = std::iter::once(dir.clone()).chain(above(dir)).find_map(|dir| by_dir.get(&dir));
        let inside = nearest.filter(|by| by.dir.as_ref().is_some_and(|folder| file.file.path.is_within(folder)));
        if let Some(by) = inside {
            let scope = if file.file.sample { Scope::Test } else { Scope::Runtime };
            found.push(Carried { by: &by.purl, purl: &record.purl, at: &by.at, scope });
        }
    }
    found
}

fn all(parsed: &[ParsedFile]) -> impl Iterator<Item = (&ParsedFile, &PackageRecord)> {
    parsed.iter().flat_map(|file| file.records.iter().map(move |record| (file, record)))
}

/// Returns the folders above a path, nearest first.
fn above(path: &RelPath) -> impl Iterator<Item = RelPath> {
    std::iter::successors(path.parent(), RelPath::parent)
}
