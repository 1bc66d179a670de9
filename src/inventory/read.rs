//! Finding and reading the files of all ecosystems.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use crate::base::{Code, Diagnostic, Location, RelPath};
use crate::ecosystem::{self, ECOSYSTEMS, FileKind, Input, Parsed, Pattern, Role, settings};
use crate::model::{PackageRecord, Trait};
use crate::scan::{Stores, Tree};

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReadFile {
    /// Where it is.
    pub path: RelPath,
    /// The purl type of its ecosystem.
    pub ty: &'static str,
    /// Which kind of file of its ecosystem it is.
    pub kind_idx: usize,
    /// Whether it pins the set of packages.
    pub lockfile: bool,
    /// Whether it belongs to a sample.
    pub sample: bool,
    /// How many packages it names, its own included.
    pub n_records: usize,
}

/// A file and what it says.
pub(super) struct ParsedFile {
    pub(super) file: ReadFile,
    pub(super) records: Vec<PackageRecord>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Reads lockfiles first, then the manifests that no lockfile covers.
pub(super) fn read_all(tree: &Tree, stores: &Stores) -> Vec<ParsedFile> {
    let found = find(tree);
    let (lockfiles, manifests): (Vec<_>, Vec<_>) = found.into_iter().partition(|file| file.lockfile);
    let mut parsed = Vec::new();
    let mut covered = BTreeSet::new();
    let mut take = |read: Vec<(ReadFile, Parsed)>, covered: &mut BTreeSet<RelPath>| {
        for (mut file, result) in read {
            file.n_records = result.records.len();
            // What a sample reads along, such as the manifest of the work that it tries, is not read with it.
            let is_sample = |path: &RelPath| Tree::is_sample(path, &RelPath::root());
            let covers = result.covers.into_iter();
            covered.extend(covers.filter(|path| !is_sample(&file.path) || is_sample(path)));
            parsed.push(ParsedFile { file, records: result.records, diagnostics: result.diagnostics });
        }
    };
    take(parse_all(lockfiles, tree, stores), &mut covered);
    // A manifest may cover others: a workspace its members.
    let mut left = manifests;
    while !left.is_empty() {
        left.retain(|file| !covered.contains(&file.path));
        let depth = left.iter().map(|file| file.path.components().count()).min().unwrap_or_default();
        let (now, later): (Vec<_>, Vec<_>) = left.into_iter().partition(|file| file.path.components().count() == depth);
        take(parse_all(now, tree, stores), &mut covered);
        left = later;
    }
    parsed.sort_by(|a, b| a.file.cmp(&b.file));
    disown_copied(&mut parsed);
    parsed
}

/// Takes for others' work what lies in a folder of which a file outside says that its contents come from elsewhere: a
/// submodule, fetched sources.
fn disown_copied(parsed: &mut [ParsedFile]) {
    let is_below = |path: &RelPath, folders: &BTreeSet<RelPath>| {
        std::iter::successors(Some(path.clone()), RelPath::parent).any(|above| folders.contains(&above))
    };
    let mut copied = BTreeSet::new();
    for ParsedFile { file, records, .. } in parsed.iter() {
        let vendored = records.iter().filter(|record| !record.own && record.traits.contains(&Trait::Vendored));
        let folders: BTreeSet<RelPath> = vendored.filter_map(|record| record.dir.clone()).collect();
        copied.extend(folders.into_iter().filter(|folder| !is_below(&file.path, &BTreeSet::from([folder.clone()]))));
    }
    if copied.is_empty() {
        return;
    }
    for record in parsed.iter_mut().flat_map(|file| &mut file.records).filter(|record| record.own) {
        if record.dir.as_ref().is_some_and(|dir| is_below(dir, &copied)) {
            record.own = false;
            record.traits.insert(Trait::Vendored);
        }
    }
}

fn parse_all(files: Vec<ReadFile>, tree: &Tree, stores: &Stores) -> Vec<(ReadFile, Parsed)> {
    files
        .into_par_iter()
        .map(|file| {
            let parsed = match kind_of(&file) {
                Some(kind) => parse_one(kind, &Input { tree, stores, path: &file.path }),
                None => Parsed::default(),
            };
            (file, parsed)
        })
        .collect()
}

fn parse_one(kind: &FileKind, input: &Input) -> Parsed {
    guarded(input.path, || {
        let mut parsed = ecosystem::parse(kind, input);
        settings::apply(input, &mut parsed.records);
        parsed
    })
}

/// Runs a parser; one that panics costs its file and nothing else.
pub(super) fn guarded(path: &RelPath, parse: impl FnOnce() -> Parsed) -> Parsed {
    catch_unwind(AssertUnwindSafe(parse)).unwrap_or_else(|_| {
        let at = Location::file(path.clone());
        let diagnostic = Diagnostic::new(Code::InternalError, at, "the parser of this file failed");
        Parsed::failed(diagnostic.hint("this is a defect of ppl-check: report it with the file"))
    })
}

fn kind_of(file: &ReadFile) -> Option<&'static FileKind> {
    let ecosystem = ECOSYSTEMS.iter().find(|ecosystem| ecosystem.ty == file.ty)?;
    ecosystem.files.get(file.kind_idx)
}

/// Finds the files of all ecosystems, looking most names up in one step.
fn find(tree: &Tree) -> Vec<ReadFile> {
    let mut by_name: BTreeMap<&str, Vec<(&'static str, usize, Role)>> = BTreeMap::new();
    let mut others: Vec<(&'static str, usize, &'static FileKind)> = Vec::new();
    for ecosystem in ECOSYSTEMS {
        for (kind_idx, kind) in ecosystem.files.iter().enumerate() {
            match kind.pattern {
                Pattern::Name(name) => by_name.entry(name).or_default().push((ecosystem.ty, kind_idx, kind.role)),
                Pattern::Suffix(_) | Pattern::Path(_) | Pattern::Inside(..) | Pattern::Rule(..) => {
                    others.push((ecosystem.ty, kind_idx, kind));
                }
            }
        }
    }
    let mut found = Vec::new();
    for file in tree.files() {
        let Some(name) = file.path.file_name() else { continue };
        let mut add = |ty, kind_idx, role| {
            let lockfile = role == Role::Lockfile;
            found.push(ReadFile { path: file.path.clone(), ty, kind_idx, lockfile, sample: false, n_records: 0 });
        };
        for (ty, kind_idx, role) in by_name.get(name).into_iter().flatten() {
            add(ty, *kind_idx, *role);
        }
        for (ty, kind_idx, kind) in &others {
            if kind.pattern.matches(&file.path) {
                add(ty, *kind_idx, kind.role);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::{Pattern, Role};
    use crate::scan::WalkOptions;

    #[test]
    fn a_parser_that_panics_costs_its_file_alone() {
        fn parse(_: &Input) -> Parsed {
            panic!("a defect")
        }
        let kind = FileKind { pattern: Pattern::Name("x.lock"), role: Role::Lockfile, knows: &[], parse };
        let folder = tempfile::tempdir().unwrap();
        let tree = Tree::walk(folder.path(), &WalkOptions::default()).unwrap();
        let path = RelPath::new("a/x.lock").unwrap();
        let parsed = parse_one(&kind, &Input { tree: &tree, stores: &Stores::default(), path: &path });
        assert!(parsed.records.is_empty());
        let [diagnostic] = parsed.diagnostics.as_slice() else { panic!("{:?}", parsed.diagnostics) };
        assert_eq!((diagnostic.code, &diagnostic.at), (Code::InternalError, &Some(Location::file(path))));
        assert!(diagnostic.code.makes_incomplete());
    }
}
