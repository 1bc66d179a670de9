//! What the tests of all ecosystems need: a tree of given files or of a fixture, and records as readable lines.

use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use super::{Copies, Input, Parsed, Surroundings, by_type};
use crate::base::RelPath;
use crate::model::{Claim, PackageRecord};
use crate::scan::{Folder, StoreKind, Stores, Tree, WalkOptions};

/// A tree, and the stores outside of it.
pub(super) struct World {
    pub(super) tree: Tree,
    pub(super) stores: Stores,
    /// Kept until the test is over.
    dirs: Vec<TempDir>,
}

impl World {
    /// Writes files into a new tree.
    pub(super) fn of(files: &[(&str, &[u8])]) -> Self {
        let dir = write(files);
        Self { tree: walk(dir.path()), stores: Stores::default(), dirs: vec![dir] }
    }

    /// Opens a folder of `tests/fixtures`.
    pub(super) fn fixture(path: &str) -> Self {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(path);
        Self { tree: walk(&dir), stores: Stores::default(), dirs: Vec::new() }
    }

    /// Adds a store with files in it.
    pub(super) fn with_store(mut self, kind: StoreKind, files: &[(&str, &[u8])]) -> Self {
        let dir = write(files);
        self.stores.add(kind, dir.path()).unwrap();
        self.dirs.push(dir);
        self
    }

    /// Parses a file as the ecosystem's table says.
    pub(super) fn parse(&self, ty: &str, file: &str) -> Parsed {
        let path = RelPath::new(file).unwrap();
        let ecosystem = by_type(ty).unwrap();
        let kind = ecosystem.files.iter().find(|kind| kind.pattern.matches(&path)).unwrap();
        super::parse(kind, &Input { tree: &self.tree, stores: &self.stores, path: &path })
    }
}

impl World {
    /// Finds the copies of a record and renders each: `place: claims; identity`.
    pub(super) fn copies(&self, ty: &str, record: &PackageRecord) -> (Vec<String>, Copies) {
        let ecosystem = by_type(ty).unwrap();
        let copies = (ecosystem.copies)(record, &Surroundings { tree: &self.tree, stores: &self.stores });
        let describe = |folder: &Folder| {
            let inspection = (ecosystem.inspect)(folder);
            let claims: Vec<String> =
                inspection.claims.iter().map(|claim| format!("`{}` {}", claim.raw, claim.at)).collect();
            let identity = inspection.identity.map(|(name, version)| format!("{name} {version}"));
            format!("{}: {}; {}", folder.place(), claims.join(", "), identity.unwrap_or_default())
        };
        (copies.folders.iter().map(describe).collect(), copies)
    }
}

/// Packs files into a `.tar.gz` below one folder.
pub(super) fn tar_gz(top: &str, files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len().try_into().unwrap());
        header.set_mode(0o644);
        builder.append_data(&mut header, format!("{top}/{name}"), content.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

/// Renders records: `name version (what) line -> name scope, …`; `?` marks what is optional.
pub(super) fn lines(parsed: &Parsed) -> Vec<String> {
    parsed.records.iter().map(|record| line(parsed, record)).collect()
}

/// Renders diagnostics: `code path:line message`.
pub(super) fn problems(parsed: &Parsed) -> Vec<String> {
    let line = |diagnostic: &crate::base::Diagnostic| {
        let at = diagnostic.at.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{} {at} {}", diagnostic.code.id(), diagnostic.message)
    };
    parsed.diagnostics.iter().map(line).collect()
}

fn line(parsed: &Parsed, record: &PackageRecord) -> String {
    let mut words = vec![record.purl.full_name(), record.purl.version().unwrap_or("-").to_owned()];
    words.extend(record.own.then(|| "own".to_owned()));
    words.extend(record.direct.then(|| "direct".to_owned()));
    words.extend(record.scope.map(|scope| scope.to_string()));
    words.extend(record.optional.then(|| "optional".to_owned()));
    words.extend(record.traits.iter().map(ToString::to_string));
    words.push(record.at.to_string());
    let line = |claim: &Claim| claim.at.line.unwrap_or_default();
    words.extend(record.claims.iter().map(|claim| format!("`{}` {}", claim.raw, line(claim))));
    let needs = record.needs.iter().map(|need| {
        let name = parsed.records.get(need.target).map_or_else(|| "!".to_owned(), |to| to.purl.full_name());
        format!("{name} {}{}", need.scope, if need.optional { "?" } else { "" })
    });
    let needs: Vec<String> = needs.collect();
    words.extend((!needs.is_empty()).then(|| format!("-> {}", needs.join(", "))));
    words.join(" ")
}

fn walk(dir: &Path) -> Tree {
    Tree::walk(dir, &WalkOptions::default()).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "builds a tree")]
fn write(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (file, content) in files {
        let path = dir.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    dir
}
