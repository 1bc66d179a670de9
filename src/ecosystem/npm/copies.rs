//! Where copies of a package lie: installed below `node_modules`, packed in npm's cache by their digest or in Yarn's
//! by their name.
//!
//! A package is opened at exactly the path that its lockfile gives, never by its name: nested copies differ.
//! Left out on purpose: what is bundled in the archive of another package, and archives known only by a SHA-1.

use std::sync::Arc;

use crate::base::{Code, Diagnostic, Location, RelPath, is_official_registry, sha512_hex};
use crate::ecosystem::packed::{Packing, unpack};
use crate::ecosystem::{Copies, Mismatch, Surroundings};
use crate::model::{Checksum, Origin, PackageRecord};
use crate::scan::{ArchiveKind, Folder, Limits, Root, StoreKind};

use super::inspect::inspect;
use super::manifest::Manifest;
use super::{ECOSYSTEM, MANIFEST};

/// How an archive is packed.
const PACKING: Packing =
    Packing { kind: ArchiveKind::TarGz, strip: true, is_manifest: |file| file == MANIFEST, inspect };

/// How Yarn packs one: below `node_modules`, in a folder of the package's name.
const YARN_PACKING: Packing = Packing {
    kind: ArchiveKind::Zip,
    strip: true,
    is_manifest: |file| file.rsplit('/').next() == Some(MANIFEST),
    inspect,
};

/// Finds the copies of a package; archives are opened only where what is unpacked does not fit.
pub(super) fn find(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    if installed(record, surroundings, &mut copies) {
        return copies;
    }
    if let Origin::Url(url) = &record.origin
        && let Some(path) = url.strip_prefix("file:").and_then(|path| RelPath::new(path).ok())
    {
        archive(record, surroundings.tree.root(), &path, &path, &mut copies);
    }
    for store in surroundings.stores.of(StoreKind::Npm) {
        cached(record, store, &mut copies);
    }
    for store in surroundings.stores.of(StoreKind::Deno) {
        unpacked(record, store, &mut copies);
    }
    zipped(record, surroundings, &mut copies);
    copies
}

/// Takes the installed copy, and returns whether it is of the version that was asked for.
fn installed(record: &PackageRecord, surroundings: &Surroundings, copies: &mut Copies) -> bool {
    let Some(dir) = &record.dir else {
        copies.tried.push(format!("node_modules/{}", record.purl.full_name()));
        return false;
    };
    let folder = Folder::on_disk(surroundings.tree.root(), dir.clone(), dir.clone());
    let text = folder.read_text(MANIFEST, Limits::DEFAULT.manifest).unwrap_or_default();
    let found = Manifest::read(&text, folder.location(MANIFEST)).version;
    let fits = found.as_deref().is_none_or(|found| record.purl.version().is_none_or(|wanted| wanted == found));
    // One that does not fit is named among what was tried.
    copies.folders.push(folder);
    fits
}

/// Deno keeps what it has fetched unpacked, for each registry: `npm/HOST/NAME/VERSION`.
fn unpacked(record: &PackageRecord, store: &Arc<Root>, copies: &mut Copies) {
    let (name, Some(version), Origin::Registry) = (record.purl.full_name(), record.purl.version(), &record.origin)
    else {
        return;
    };
    let registries = RelPath::root().join("npm");
    let listing = store.list(&registries);
    let is_official = |host: &str| is_official_registry(ECOSYSTEM, &format!("https://{host}"));
    for host in listing.iter().filter(|host| is_official(&host.name)) {
        let Ok(dir) = RelPath::new(&format!("npm/{}/{name}/{version}", host.name)) else { continue };
        if store.has_file(&dir.join(MANIFEST)) {
            let shown = RelPath::root().join(&format!("{name}-{version}"));
            copies.folders.push(Folder::on_disk(store, dir, shown));
        }
    }
}

/// npm keeps every archive it has fetched under the digest of its bytes.
fn cached(record: &PackageRecord, store: &Arc<Root>, copies: &mut Copies) {
    let digest = record.checksums.iter().find(|checksum| checksum.algorithm == "sha512");
    let path = digest.and_then(|digest| {
        let (first, rest) = digest.hex.split_at_checked(2)?;
        let (second, rest) = rest.split_at_checked(2)?;
        RelPath::new(&format!("_cacache/content-v2/sha512/{first}/{second}/{rest}")).ok()
    });
    let Some(path) = path.filter(|path| store.has_file(path)) else {
        copies.tried.push("npm's cache".to_owned());
        return;
    };
    let name_version = format!("{}-{}", record.purl.full_name(), record.purl.version().unwrap_or_default());
    let Ok(shown) = RelPath::new(&name_version) else { return };
    archive(record, store, &path, &shown, copies);
}

/// Yarn keeps packages as `NAME-npm-VERSION-HASH-KEY.zip`: in the project, in the folder of the lockfile, or in the
/// user's own cache.
fn zipped(record: &PackageRecord, surroundings: &Surroundings, copies: &mut Copies) {
    let (Some(version), true) = (record.purl.version(), record.at.path.file_name() == Some("yarn.lock")) else {
        return;
    };
    let name = record.purl.full_name();
    let prefix = format!("{}-npm-{version}-", name.replace('/', "-"));
    let is_archive = |file: &str| {
        let hash = file.strip_suffix(".zip").and_then(|file| file.strip_prefix(&prefix)?.split('-').next());
        hash.is_some_and(|hash| hash.len() == 10 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let beside = record.at.path.parent().unwrap_or_default().join(".yarn").join("cache");
    let tree = (surroundings.tree.root(), beside);
    let stores = surroundings.stores.of(StoreKind::Yarn).map(|store| (store, RelPath::root()));
    for (root, folder) in stores.chain([tree]) {
        let listing = root.list(&folder);
        let Some(file) = listing.iter().find(|entry| is_archive(&entry.name)) else { continue };
        let shown = if root.store().is_some() { RelPath::root().join(&file.name) } else { folder.join(&file.name) };
        let at = Location { store: root.store(), ..Location::file(shown.clone()) };
        let Ok(bytes) = root.read(&folder.join(&file.name), Limits::DEFAULT.archive) else { continue };
        let inner = format!("{name}/");
        let strip = |(file, bytes): (String, Vec<u8>)| Some((file.strip_prefix(&inner)?.to_owned(), bytes));
        match unpack(&bytes, &YARN_PACKING) {
            Ok(files) => {
                let files = files.into_iter().filter_map(strip).collect();
                copies.folders.push(Folder::in_memory(files, root.store(), shown));
            }
            Err(error) => copies.diagnostics.push(Diagnostic::new(Code::RejectedArchive, at, error.to_string())),
        }
    }
    if copies.folders.is_empty() {
        copies.tried.push(format!(".yarn/cache/{prefix}*.zip"));
    }
}

/// Reads the manifest and the license files of an archive, if it is the one that was locked.
fn archive(record: &PackageRecord, root: &Arc<Root>, path: &RelPath, shown: &RelPath, copies: &mut Copies) {
    let at = Location { store: root.store(), ..Location::file(shown.clone()) };
    let Ok(bytes) = root.read(path, Limits::DEFAULT.archive) else {
        copies.tried.push(shown.to_string());
        return;
    };
    if let Some(expected) = record.checksums.iter().find(|checksum| checksum.algorithm == "sha512") {
        let found = Checksum { algorithm: expected.algorithm.clone(), hex: sha512_hex(&bytes) };
        if found != *expected {
            copies.mismatches.push(Mismatch { at, expected: expected.clone(), found });
            return;
        }
    }
    match unpack(&bytes, &PACKING) {
        Ok(files) => copies.folders.push(Folder::in_memory(files, root.store(), shown.clone())),
        Err(error) => copies.diagnostics.push(Diagnostic::new(Code::RejectedArchive, at, error.to_string())),
    }
}
