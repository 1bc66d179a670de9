//! No parser panics, whatever a file of its kind holds: every fixture, cut short and with bits flipped.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use ppl_check::base::RelPath;
use ppl_check::ecosystem::{ECOSYSTEMS, Ecosystem, FileKind, Input, Surroundings, parse_sbom};
use ppl_check::scan::{StoreKind, Stores, Tree, WalkOptions};
use rayon::prelude::*;

/// How many lengths and how many flipped bits are tried for one file.
const N_CUTS: usize = 24;
const N_FLIPS: usize = 24;

#[test]
fn damaged_files_never_panic() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let cases: Vec<(&Ecosystem, PathBuf)> = ECOSYSTEMS
        .iter()
        .flat_map(|ecosystem| sorted(&fixtures.join(ecosystem.ty)).into_iter().map(|case| (*ecosystem, case)))
        .collect();
    let n_files: usize = cases.par_iter().map(|(ecosystem, case)| damage_case(ecosystem, case)).sum();
    assert!(n_files > ECOSYSTEMS.len());
}

#[test]
fn damaged_sboms_never_panic() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sbom");
    let mut n_files = 0;
    for file in sorted(&fixtures).iter().flat_map(|case| sorted(case)) {
        for (what, damaged) in damages(&std::fs::read(&file).unwrap()) {
            let path = RelPath::new("bom").unwrap();
            let parsed = catch_unwind(AssertUnwindSafe(|| parse_sbom(&path, &damaged)));
            let parsed = parsed.unwrap_or_else(|_| panic!("{}: {what}", file.display()));
            assert!(
                parsed.records.iter().flat_map(|record| &record.needs).all(|need| need.target < parsed.records.len())
            );
        }
        n_files += 1;
    }
    assert!(n_files >= 6);
}

/// Damages each file of a case that belongs to the ecosystem, in a copy of the whole case.
fn damage_case(ecosystem: &Ecosystem, case: &Path) -> usize {
    let copy = tempfile::tempdir().unwrap();
    copy_into(case, copy.path());
    let tree = Tree::walk(copy.path(), &WalkOptions::default()).unwrap();
    let mut stores = Stores::default();
    // Folders of a case that stand for stores: every kind is tried on them.
    for kind in StoreKind::ALL {
        stores.add(*kind, copy.path()).unwrap();
    }
    let mut n_files = 0;
    for file in tree.files() {
        let Some(kind) = ecosystem.files.iter().find(|kind| kind.pattern.matches(&file.path)) else { continue };
        let on_disk = file.path.on_disk(copy.path());
        let whole = std::fs::read(&on_disk).unwrap();
        for (what, damaged) in damages(&whole) {
            std::fs::write(&on_disk, damaged).unwrap();
            let ran = catch_unwind(AssertUnwindSafe(|| run(ecosystem, kind, &tree, &stores, &file.path)));
            assert!(ran.is_ok(), "{} {}: {what}", case.display(), file.path);
        }
        std::fs::write(&on_disk, whole).unwrap();
        n_files += 1;
    }
    n_files
}

/// Parses a file and inspects the copies of everything it names.
fn run(ecosystem: &Ecosystem, kind: &FileKind, tree: &Tree, stores: &Stores, path: &RelPath) {
    let parsed = (kind.parse)(&Input { tree, stores, path });
    for record in &parsed.records {
        assert!(record.needs.iter().all(|need| need.target < parsed.records.len()));
        for folder in (ecosystem.copies)(record, &Surroundings { tree, stores }).folders {
            (ecosystem.inspect)(&folder);
        }
    }
}

fn damages(whole: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut found = vec![("whole".to_owned(), whole.to_vec()), ("without bytes".to_owned(), Vec::new())];
    for cut in 1..=N_CUTS {
        let length = whole.len() * cut / (N_CUTS + 1);
        found.push((format!("cut to {length} bytes"), whole.get(..length).unwrap().to_vec()));
    }
    for flip in 0..N_FLIPS.min(whole.len()) {
        // Spread over the file, another bit each time.
        let at = whole.len() * flip / N_FLIPS;
        let mut damaged = whole.to_vec();
        *damaged.get_mut(at).unwrap() ^= 1 << (flip % 8);
        found.push((format!("bit {} of byte {at} flipped", flip % 8), damaged));
    }
    found
}

fn copy_into(from: &Path, to: &Path) {
    for path in sorted(from) {
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy_into(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
