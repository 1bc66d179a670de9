//! Where the files of a module lie: copied into `vendor`, unpacked or packed in the module cache.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{Code, Diagnostic, Location, RelPath};
use crate::ecosystem::packed::Files;
use crate::ecosystem::{Copies, Inspection, Mismatch, Surroundings};
use crate::model::{Checksum, Origin, PackageRecord};
use crate::scan::{ArchiveError, ArchiveKind, Folder, Limits, Root, StoreKind, Tree, is_license_name, read_archive};

use super::file::{is_module_path, is_version};
use super::sums::checksum_of;
use super::vendor::{INDEX, Vendored};

/// How many folders of a module are searched for license texts.
const MAX_FOLDERS: usize = 2_000;

/// Finds the copies of a module; its archive is opened only where nothing is unpacked.
pub(super) fn find(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    if let Some(dir) = &record.dir {
        match vendored(surroundings.tree, dir) {
            Some(folder) => copies.folders.push(folder),
            None => copies.tried.push(format!("a license text in {dir}")),
        }
    }
    if !matches!(record.origin, Origin::Registry | Origin::OtherRegistry(_)) {
        return copies;
    }
    let Some(version) = record.purl.version() else { return copies };
    let path = record.purl.full_name();
    let Some(unpacked) = escaped(&path, version) else { return copies };
    let shown = RelPath::root().join(&format!("{path}@{version}"));
    for store in surroundings.stores.of(StoreKind::Go) {
        if store.list(&unpacked).is_empty() {
            packed(record, &path, version, store, &shown, &mut copies);
        } else {
            copies.folders.push(Folder::on_disk(store, unpacked.clone(), shown.clone()));
        }
    }
    if copies.folders.is_empty() {
        let vendor = Some("vendor").filter(|_| record.dir.is_none());
        copies.tried.extend(vendor.into_iter().chain(["$GOMODCACHE"]).map(str::to_owned));
    }
    copies
}

/// Returns where the cache unpacks a module: upper-case letters are written `!x`.
fn escaped(path: &str, version: &str) -> Option<RelPath> {
    let valid = is_module_path(path) && is_version(version);
    valid.then(|| RelPath::root().join(&format!("{}@{}", escape(path), escape(version))))
}

/// Returns where the cache keeps a file about a module: `info`, `mod`, `zip`.
pub(super) fn downloaded(path: &str, version: &str, extension: &str) -> Option<RelPath> {
    let valid = is_module_path(path) && is_version(version);
    let file = || format!("cache/download/{}/@v/{}.{extension}", escape(path), escape(version));
    valid.then(|| RelPath::root().join(&file()))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_ascii_uppercase() {
            escaped.push('!');
        }
        escaped.push(char.to_ascii_lowercase());
    }
    escaped
}

/// Opens a copied module that has license texts: Go copies those at its top by a list of names, and without any of them
/// nothing says that there was none.
///
/// Where there is none at its top, the texts beside its packages are all there is. Folders below it may belong to other
/// modules, so only those that the index lists are opened.
fn vendored(tree: &Tree, dir: &RelPath) -> Option<Folder> {
    let whole = Folder::on_disk(tree.root(), dir.clone(), dir.clone());
    if whole.files("").iter().any(|name| is_license_name(name)) {
        return Some(whole);
    }
    let (vendor, path) = split(tree, dir).filter(|_| whole.exists())?;
    let mut files = BTreeMap::new();
    for package in Vendored::read(tree, vendor).modules.remove(&path)?.packages {
        let Some(below) = package.strip_prefix(&path).map(|rest| rest.trim_start_matches('/')) else { continue };
        for name in whole.files(below).into_iter().filter(|name| is_license_name(name)) {
            let file = format!("{below}/{name}");
            if let Ok(bytes) = whole.read(&file, Limits::DEFAULT.text) {
                files.insert(file, bytes);
            }
        }
    }
    (!files.is_empty()).then(|| Folder::in_memory(files, None, dir.clone()))
}

/// Splits the place of a copied module into the folder of copies and its path.
fn split(tree: &Tree, dir: &RelPath) -> Option<(RelPath, String)> {
    let mut above = dir.parent();
    while let Some(folder) = above {
        if folder.file_name() == Some("vendor") && tree.root().has_file(&folder.join(INDEX)) {
            let path = dir.as_str().strip_prefix(folder.as_str())?.trim_start_matches('/');
            return Some((folder, path.to_owned()));
        }
        above = folder.parent();
    }
    None
}

/// Opens the archive of a module and compares its checksum with the one of `go.sum`.
fn packed(record: &PackageRecord, path: &str, version: &str, store: &Arc<Root>, shown: &RelPath, copies: &mut Copies) {
    let Some(file) = downloaded(path, version, "zip") else { return };
    let Ok(bytes) = store.read(&file, Limits::DEFAULT.archive) else { return };
    let at = Location { store: store.store(), ..Location::file(RelPath::root().join(&format!("{shown}.zip"))) };
    let (files, found) = match unpack(&bytes, path, version) {
        Ok(unpacked) => unpacked,
        Err(error) => return copies.diagnostics.push(Diagnostic::new(Code::RejectedArchive, at, error.to_string())),
    };
    if let Some(expected) = record.checksums.iter().find(|expected| **expected != found) {
        let expected = expected.clone();
        return copies.mismatches.push(Mismatch { at, expected, found });
    }
    copies.folders.push(Folder::in_memory(files, store.store(), shown.clone()));
}

/// Reads the license texts of a module's archive, and the checksum of everything in it.
///
/// Of other files the names are enough: they show that there was something to look at.
pub(crate) fn unpack(bytes: &[u8], path: &str, version: &str) -> Result<(Files, Checksum), ArchiveError> {
    let files = read_archive(ArchiveKind::Zip, bytes, false, &|_| true)?;
    let checksum = checksum_of(&files);
    let top = format!("{path}@{version}/");
    let inside = files.into_iter().filter_map(|(name, content)| Some((name.strip_prefix(&top)?.to_owned(), content)));
    let kept = inside.map(|(name, content)| {
        let is_text = name.split('/').any(is_license_name);
        (name, if is_text { content } else { Vec::new() })
    });
    Ok((kept.collect(), checksum))
}

/// Returns the path at which a proxy has the archive of a module.
pub(crate) fn proxy_path(path: &str, version: &str) -> Option<String> {
    let valid = is_module_path(path) && is_version(version);
    valid.then(|| format!("/{}/@v/{}.zip", escape(path), escape(version)))
}

/// Names the license texts of a module: those at its top, else those in the folders of its packages.
pub(super) fn inspect(folder: &Folder) -> Inspection {
    let mut inspection = Inspection::default();
    if folder.files("").iter().any(|name| is_license_name(name)) {
        return inspection;
    }
    let mut queue = std::collections::VecDeque::from([String::new()]);
    let mut n_seen = 0;
    while let Some(below) = queue.pop_front() {
        n_seen += 1;
        if n_seen > MAX_FOLDERS {
            break;
        }
        let inside = |name: String| if below.is_empty() { name } else { format!("{below}/{name}") };
        let texts = folder.files(&below).into_iter().filter(|name| is_license_name(name)).map(inside);
        inspection.license_files.extend(texts);
        let folders = folder.folders(&below).into_iter().filter(|name| name != "testdata" && name != "vendor");
        queue.extend(folders.map(inside));
    }
    inspection
}
