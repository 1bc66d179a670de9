//! Where a gem lies: installed below `vendor/bundle` or in a gem folder of the machine, or packed in `vendor/cache`.

use std::sync::Arc;

use crate::base::{Code, Diagnostic, Location, RelPath, sha256_hex};
use crate::ecosystem::{Copies, Inspection, Mismatch, Surroundings};
use crate::model::{Origin, PackageRecord};
use crate::scan::{ArchiveKind, Folder, Limits, Listed, Root, StoreKind, gunzip, is_license_name, read_archive};

use super::gemspec::{Gemspec, read_metadata};
use super::is_gem_name;

/// The metadata of an archive, unpacked.
const METADATA: &str = "metadata";

/// Finds the copies of a gem, installed ones first.
pub(super) fn find(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    let name = record.purl.name();
    let Some(version) = record.purl.version().filter(|_| is_gem_name(name)) else { return copies };
    let tree = surroundings.tree.root();
    let vendor = record.at.path.parent().unwrap_or_default().join("vendor");
    let mut homes: Vec<(&Arc<Root>, RelPath)> = Vec::new();
    for below in [vendor.join("bundle").join("ruby"), vendor.join("ruby")] {
        homes.extend(tree.list(&below).iter().map(|entry| (tree, below.join(&entry.name))));
    }
    homes.extend(surroundings.stores.of(StoreKind::Gems).map(|store| (store, RelPath::root())));
    for (root, home) in homes {
        match &record.origin {
            Origin::Registry | Origin::OtherRegistry(_) => copies.folders.extend(installed(root, &home, name, version)),
            Origin::Repository { url, revision: Some(revision) } => {
                copies.folders.extend(checked_out(root, &home, name, url, revision));
            }
            Origin::Repository { .. } | Origin::Url(_) | Origin::Path(_) | Origin::Outside(_) | Origin::Unknown => {}
        }
    }
    if copies.folders.is_empty() {
        packed(record, name, version, tree, &vendor.join("cache"), &mut copies);
    }
    if copies.folders.is_empty() {
        copies.tried.extend(["vendor/bundle", "vendor/cache", "$GEM_HOME"].map(str::to_owned));
    }
    copies
}

/// Finds a gem in a folder with `gems` and `specifications`, for whatever platform.
fn installed(root: &Arc<Root>, home: &RelPath, name: &str, version: &str) -> Vec<Folder> {
    let exact = format!("{name}-{version}");
    let specs = home.join("specifications");
    let listing = root.list(&specs);
    let stem = |entry: &Listed| entry.name.strip_suffix(".gemspec").map(str::to_owned);
    let of_gem = |stem: &String| stem.strip_prefix(&exact).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    let start = listing.partition_point(|entry| entry.name.as_str() < exact.as_str());
    let near = listing.get(start..).unwrap_or_default().iter().take_while(|entry| entry.name.starts_with(&exact));
    near.filter_map(stem)
        .filter(of_gem)
        .map(|stem| {
            let folder = on_disk(root, home.join("gems").join(&stem), &stem);
            let file = format!("{stem}.gemspec");
            with_spec(folder, root, &specs, &file)
        })
        .collect()
}

/// Finds a gem in a checkout: `bundler/gems/REPOSITORY-SHORTREVISION`, at its top or in a folder of its name.
fn checked_out(root: &Arc<Root>, home: &RelPath, name: &str, url: &str, revision: &str) -> Option<Folder> {
    let repository = url.trim_end_matches('/').rsplit(['/', ':']).next()?.trim_end_matches(".git");
    let checkouts = home.join("bundler").join("gems");
    let listing = root.list(&checkouts);
    let is_it = |entry: &&Listed| {
        let split = entry.name.rsplit_once('-');
        split.is_some_and(|(found, short)| found == repository && short.len() >= 7 && revision.starts_with(short))
    };
    let checkout = checkouts.join(&listing.iter().find(is_it)?.name);
    let file = format!("{name}.gemspec");
    let places = [checkout.clone(), checkout.join(name)];
    let dir = places.into_iter().find(|dir| root.has_file(&dir.join(&file)))?;
    Some(with_spec(on_disk(root, dir.clone(), name), root, &dir, &file))
}

/// In the tree a report names the place; of a store it names the gem alone.
fn on_disk(root: &Arc<Root>, path: RelPath, name: &str) -> Folder {
    let shown = if root.store().is_some() { RelPath::root().join(name) } else { path.clone() };
    Folder::on_disk(root, path, shown)
}

/// Puts the specification of a gem around its folder, since it lies elsewhere.
fn with_spec(folder: Folder, root: &Arc<Root>, dir: &RelPath, file: &str) -> Folder {
    let bytes = root.read(&dir.join(file), Limits::DEFAULT.manifest).unwrap_or_default();
    let shown = if root.store().is_some() { RelPath::root() } else { dir.clone() };
    folder.inside(Folder::in_memory([(file.to_owned(), bytes)].into(), root.store(), shown))
}

/// Opens the archive of a gem: a tar file of two compressed members.
fn packed(record: &PackageRecord, name: &str, version: &str, root: &Arc<Root>, cache: &RelPath, copies: &mut Copies) {
    let exact = format!("{name}-{version}");
    let listing = root.list(cache);
    let is_it = |entry: &&Listed| {
        let stem = entry.name.strip_suffix(".gem").and_then(|stem| stem.strip_prefix(&exact));
        stem.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    for entry in listing.iter().filter(is_it) {
        let path = cache.join(&entry.name);
        let Ok(bytes) = root.read(&path, Limits::DEFAULT.archive) else { continue };
        let at = Location::file(path.clone());
        let found = crate::model::Checksum { algorithm: "sha256".to_owned(), hex: sha256_hex(&bytes) };
        let mut expected = record.checksums.iter().filter(|sum| sum.algorithm == found.algorithm);
        // A gem may have an archive for each platform, each with its own checksum.
        if expected.clone().next().is_some() && !expected.any(|expected| *expected == found) {
            if let Some(expected) = record.checksums.first().cloned() {
                copies.mismatches.push(Mismatch { at, expected, found });
            }
            continue;
        }
        match unpack(&bytes, path) {
            Ok(folder) => copies.folders.push(folder),
            Err(message) => copies.diagnostics.push(Diagnostic::new(Code::RejectedArchive, at, message)),
        }
    }
}

fn unpack(bytes: &[u8], shown: RelPath) -> Result<Folder, String> {
    let message = |error: crate::scan::ArchiveError| error.to_string();
    let members = read_archive(ArchiveKind::Tar, bytes, false, &|name| matches!(name, "data.tar.gz" | "metadata.gz"))
        .map_err(message)?;
    let empty = Vec::new();
    let data = members.get("data.tar.gz").unwrap_or(&empty);
    let wanted = |name: &str| name.split('/').any(is_license_name);
    let mut files = read_archive(ArchiveKind::TarGz, data, false, &wanted).map_err(message)?;
    let metadata = members.get("metadata.gz").map(|bytes| gunzip(bytes, Limits::DEFAULT.manifest));
    let metadata = metadata.transpose().map_err(message)?.unwrap_or_default();
    // The archive is a copy even if it has no license text.
    files.insert("data.tar.gz".to_owned(), Vec::new());
    let outer = Folder::in_memory([(METADATA.to_owned(), metadata)].into(), None, shown.clone());
    Ok(Folder::in_memory(files, None, shown).inside(outer))
}

/// Reads the specification around the folder of a gem, or the metadata of its archive.
pub(super) fn inspect(folder: &Folder) -> Inspection {
    let Some(outer) = folder.outer() else { return Inspection::default() };
    if let Ok(text) = outer.read_text(METADATA, Limits::DEFAULT.manifest) {
        return read_metadata(&text, &outer.location(METADATA));
    }
    let Some(file) = outer.files("").into_iter().find(|name| name.ends_with(".gemspec")) else {
        return Inspection::default();
    };
    match outer.read_text(&file, Limits::DEFAULT.manifest) {
        Ok(text) => Gemspec::read(&text, &outer.location(&file)).inspection(),
        Err(error) => {
            Inspection { diagnostics: vec![error.diagnostic(outer.location(&file))], ..Inspection::default() }
        }
    }
}
