//! From files to packages: which files are read, how their records join, and what the graph says of scopes.
//!
//! **Invariant:** nothing here reads a license; `resolve` does.

mod carried;
mod join;
mod read;
mod relation;
mod scope;
mod shipped;
mod siblings;

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Code, Diagnostic, Location, RelPath};
use crate::config::Config;
use crate::ecosystem::{parse_sbom, unread};
use crate::model::{Inventory, PackageRecord};
use crate::scan::{Stores, Tree, is_vendored};

pub use read::ReadFile;
pub use relation::relate;
pub use shipped::raise_shipped;

/// What the files of a tree say.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    /// The packages and the graph; their licenses are not resolved yet.
    pub inventory: Inventory,
    /// For each package of the inventory, the records it was joined from.
    pub records: Vec<Vec<PackageRecord>>,
    /// The files that were read, by path.
    pub files: Vec<ReadFile>,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
    /// What is wrong with samples, wherever that stands: a lockfile of a sample may lag behind a manifest of the work.
    pub sample_diagnostics: Vec<Diagnostic>,
}

/// Whether samples are judged like everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Samples {
    /// They are listed with scope `test`.
    Listed,
    /// They are judged.
    Judged,
}

/// Reads every lockfile and manifest of the tree and joins what they say.
pub fn collect(tree: &Tree, stores: &Stores, config: &Config, samples: Samples) -> Collected {
    let mut parsed = read::read_all(tree, stores);
    mark_samples(&mut parsed, samples);
    siblings::settle(&mut parsed);
    let (mut diagnostics, mut sample_diagnostics) = (Vec::new(), Vec::new());
    for file in &mut parsed {
        let place = if file.file.sample { &mut sample_diagnostics } else { &mut diagnostics };
        place.append(&mut file.diagnostics);
    }
    diagnostics.extend(duplicate_lockfiles(&parsed));
    diagnostics.extend(unread_files(tree));
    let mut collected = join::join(parsed, config);
    scope::derive(&mut collected.inventory, &collected.records);
    Collected { diagnostics, sample_diagnostics, ..collected }
}

/// Takes what an SBOM says for the whole project.
pub fn collect_sbom(path: &RelPath, bytes: &[u8], config: &Config) -> Collected {
    let parsed = read::guarded(path, || parse_sbom(path, bytes));
    let file = ReadFile {
        path: path.clone(),
        ty: "sbom",
        kind_idx: 0,
        lockfile: true,
        sample: false,
        n_records: parsed.records.len(),
    };
    let file = read::ParsedFile { file, records: parsed.records, diagnostics: Vec::new() };
    let mut collected = join::join(vec![file], config);
    scope::derive(&mut collected.inventory, &collected.records);
    Collected { diagnostics: parsed.diagnostics, ..collected }
}

/// Finds out which files belong to samples. A workspace member is none, whatever its folder is called; what other
/// package managers left in its folder may be.
fn mark_samples(parsed: &mut [read::ParsedFile], samples: Samples) {
    if samples == Samples::Judged {
        return;
    }
    let root = RelPath::root();
    let members: BTreeSet<(&'static str, RelPath)> = parsed
        .iter()
        .filter(|file| !Tree::is_sample(&file.file.path, &root))
        .flat_map(|file| file.records.iter().map(|record| (file.file.ty, record)))
        .filter(|(_, record)| record.own)
        .filter_map(|(ty, record)| Some((ty, record.dir.clone()?)))
        .collect();
    for file in parsed {
        let path = &file.file.path;
        let mut base = path.parent().unwrap_or_default();
        while !base.is_root() && !members.contains(&(file.file.ty, base.clone())) {
            base = base.parent().unwrap_or_default();
        }
        file.file.sample = Tree::is_sample(path, &base);
    }
}

/// Names the files of package managers that nobody reads. What copied code says of itself is no part of the project.
fn unread_files(tree: &Tree) -> Vec<Diagnostic> {
    let files = tree.files().iter().filter(|file| !is_vendored(&file.path));
    let found = files.filter_map(|file| Some((file, unread(&file.path, |path| tree.has(path))?)));
    found
        .map(|(file, of)| {
            let message = format!("a file of {of}, which is not read");
            let diagnostic = Diagnostic::new(Code::NotUnderstood, Location::file(file.path.clone()), message);
            diagnostic.hint("check what it names by other means, or leave the file out with `[scan] exclude`")
        })
        .collect()
}

fn duplicate_lockfiles(parsed: &[read::ParsedFile]) -> Vec<Diagnostic> {
    let mut by_folder: BTreeMap<(&str, RelPath), Vec<&ReadFile>> = BTreeMap::new();
    for file in parsed.iter().map(|file| &file.file).filter(|file| file.lockfile) {
        by_folder.entry((file.ty, file.path.parent().unwrap_or_default())).or_default().push(file);
    }
    let mut diagnostics = Vec::new();
    for ((_, _), files) in by_folder {
        let kinds: BTreeSet<usize> = files.iter().map(|file| file.kind_idx).collect();
        let (Some(first), true) = (files.first(), kinds.len() > 1) else { continue };
        let names: Vec<_> =
            files.iter().map(|file| format!("`{}`", file.path.file_name().unwrap_or_default())).collect();
        let message = format!("{} lie side by side; their packages are united", names.join(" and "));
        let diagnostic = Diagnostic::new(Code::DuplicateLockfile, Location::file(first.path.clone()), message);
        diagnostics.push(diagnostic.hint("remove the lockfiles that are not in use"));
    }
    diagnostics
}
