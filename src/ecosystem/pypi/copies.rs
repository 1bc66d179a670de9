//! Where the files of a distribution may lie: environments in the tree and outside, uv's cache, pip's cache.

use std::sync::Arc;

use crate::base::{Code, Diagnostic, Location, RelPath};
use crate::ecosystem::packed::unpack_wheel;
use crate::ecosystem::{Copies, Surroundings};
use crate::model::PackageRecord;
use crate::scan::{Folder, Limits, Listed, ListedKind, Root, StoreKind};

use super::environment::Site;
use super::project::normal_name;
use super::requirement::is_name;

/// Finds the copies of a distribution, installed ones first.
pub(super) fn find(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    let name = record.purl.name();
    let version = record.purl.version();
    let mut sites = Site::in_tree(surroundings.tree);
    for kind in [StoreKind::PythonEnv, StoreKind::SitePackages] {
        sites.extend(Site::in_stores(surroundings.stores, kind));
    }
    if sites.is_empty() {
        copies.tried.push("a virtual environment".to_owned());
    }
    for site in &sites {
        match site.distribution(name, version) {
            Some(found) => copies.folders.push(site.open(&found)),
            None => copies.tried.push(site.place()),
        }
    }
    // A cache holds many versions: which one is meant has to be known.
    let Some(version) = version.filter(|_| is_name(name)) else { return copies };
    for root in surroundings.stores.of(StoreKind::Uv) {
        let found = in_uv_cache(root, name, version);
        if found.is_none() {
            copies.tried.push("uv's cache".to_owned());
        }
        copies.folders.extend(found);
    }
    for root in surroundings.stores.of(StoreKind::Pip) {
        in_pip_cache(root, name, version, &mut copies);
    }
    copies
}

/// uv links `wheels-v*/pypi/NAME/VERSION-TAGS` to the unpacked wheel in `archive-v0`.
fn in_uv_cache(root: &Arc<Root>, name: &str, version: &str) -> Option<Folder> {
    let top = root.list(&RelPath::root());
    let buckets = top.iter().filter(|entry| entry.name.starts_with("wheels-v"));
    let packages = buckets.map(|bucket| RelPath::root().join(&bucket.name).join("pypi").join(name));
    packages.into_iter().find_map(|package| {
        let wheels = root.list(&package);
        let of_version = |wheel: &&Listed| {
            let is_tagged = wheel.name.strip_prefix(version).is_some_and(|rest| rest.starts_with('-'));
            is_tagged && wheel.kind != ListedKind::File
        };
        wheels.iter().filter(of_version).find_map(|wheel| {
            let unpacked = package.join(&wheel.name);
            let listing = root.list(&unpacked);
            let info = listing.iter().find(|entry| {
                let stem = entry.name.strip_suffix(".dist-info").and_then(|stem| stem.rsplit_once('-'));
                stem.is_some_and(|(stem, _)| normal_name(stem) == name)
            })?;
            let folder = Folder::on_disk(root, unpacked.join(&info.name), RelPath::root().join(&info.name));
            Some(folder.with_rest(Folder::on_disk(root, unpacked, RelPath::root())))
        })
    })
}

/// pip keeps the wheels it built in `wheels/xx/xx/xx/…/NAME-VERSION-TAGS.whl`.
fn in_pip_cache(root: &Arc<Root>, name: &str, version: &str, copies: &mut Copies) {
    let n_before = copies.folders.len();
    for wheel in root.list_deep(&RelPath::root().join("wheels"), 4).iter() {
        let Some(file) = wheel.file_name().filter(|file| is_wheel(file, name, version)) else { continue };
        match read_wheel(root, wheel, file) {
            Ok(folder) => copies.folders.extend(folder),
            Err(diagnostic) => copies.diagnostics.push(diagnostic),
        }
    }
    if copies.folders.len() == n_before {
        copies.tried.push("pip's cache".to_owned());
    }
}

fn is_wheel(file: &str, name: &str, version: &str) -> bool {
    let mut parts = file.strip_suffix(".whl").unwrap_or_default().split('-');
    let (Some(wheel_name), Some(wheel_version)) = (parts.next(), parts.next()) else { return false };
    normal_name(wheel_name) == name && wheel_version == version.replace('-', "_")
}

/// Reads the metadata and license files of a wheel.
fn read_wheel(root: &Root, path: &RelPath, file: &str) -> Result<Option<Folder>, Diagnostic> {
    let shown = RelPath::root().join(file);
    let at = || Location { store: root.store(), ..Location::file(shown.clone()) };
    let bytes = root.read(path, Limits::DEFAULT.archive).map_err(|error| error.diagnostic(at()))?;
    let files =
        unpack_wheel(&bytes).map_err(|error| Diagnostic::new(Code::RejectedArchive, at(), error.to_string()))?;
    Ok(files.map(|files| Folder::in_memory(files, root.store(), shown)))
}
