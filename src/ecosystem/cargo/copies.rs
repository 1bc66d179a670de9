//! Where copies of a package lie: vendored, unpacked or packed in `$CARGO_HOME`, checked out by git.

use crate::base::{Code, Diagnostic, Location, RelPath, host_of, is_official_registry, sha256_hex};
use crate::ecosystem::packed::{Packing, unpack};
use crate::ecosystem::{Copies, Mismatch, Surroundings};
use crate::model::{Checksum, Origin, PackageRecord};
use crate::scan::{ArchiveKind, Folder, Limits, ListedKind, Root, StoreKind, Stores, Tree};

use super::inspect::inspect;
use super::manifest::Manifest;
use super::vendor::package_checksum;
use super::{ECOSYSTEM, MANIFEST};

/// How a `.crate` is packed.
const PACKING: Packing =
    Packing { kind: ArchiveKind::TarGz, strip: true, is_manifest: |file| file == MANIFEST, inspect };

/// How many folders of a checkout are searched for a package.
const MAX_CHECKOUT_FOLDERS: usize = 20_000;

/// Finds the copies of a package; archives are opened only where nothing is unpacked.
pub(super) fn find(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    let folders = on_disk(record, surroundings.tree, surroundings.stores);
    for folder in folders {
        match altered(record, &folder) {
            Some(mismatch) => copies.mismatches.push(mismatch),
            None => copies.folders.push(folder),
        }
    }
    if copies.folders.is_empty() {
        for store in surroundings.stores.of(StoreKind::Cargo) {
            archived(record, store, &mut copies);
        }
    }
    if copies.folders.is_empty() {
        copies.tried.extend(places(record, surroundings));
    }
    copies
}

/// Returns the folders on disk that hold a package, best first.
pub(super) fn on_disk(record: &PackageRecord, tree: &Tree, stores: &Stores) -> Vec<Folder> {
    let vendored = record.dir.iter().map(|dir| Folder::on_disk(tree.root(), dir.clone(), dir.clone()));
    let mut found: Vec<Folder> = vendored.collect();
    for store in stores.of(StoreKind::Cargo) {
        if let Origin::Repository { url, revision: Some(revision) } = &record.origin {
            found.extend(checked_out(record, store, url, revision));
            continue;
        }
        let Some((name_version, shown)) = name_version(record) else { continue };
        for index in indexes(store, "registry/src", &record.origin) {
            let listing = store.list(&index);
            if listing.binary_search_by(|entry| entry.name.as_str().cmp(&name_version)).is_ok() {
                found.push(Folder::on_disk(store, index.join(&name_version), shown.clone()));
            }
        }
    }
    found
}

/// Returns the words for where copies could have been.
fn places(record: &PackageRecord, surroundings: &Surroundings) -> Vec<String> {
    if surroundings.stores.of(StoreKind::Cargo).next().is_none() {
        return vec!["$CARGO_HOME".to_owned()];
    }
    let below: &[&str] = match record.origin {
        Origin::Repository { .. } => &["git/checkouts"],
        Origin::Registry | Origin::OtherRegistry(_) => &["registry/src", "registry/cache"],
        Origin::Url(_) | Origin::Path(_) | Origin::Outside(_) | Origin::Unknown => &[],
    };
    below.iter().map(|place| format!("$CARGO_HOME/{place}")).collect()
}

fn name_version(record: &PackageRecord) -> Option<(String, RelPath)> {
    let name_version = format!("{}-{}", record.purl.name(), record.purl.version()?);
    // A name with a slash in it is no name, and would lead elsewhere.
    let shown = RelPath::new(&name_version).ok().filter(|path| path.components().count() == 1)?;
    (shown.as_str() == name_version).then_some((name_version, shown))
}

/// Returns the folders of a store that belong to the registry a package comes from: each is named `HOST-HASH`.
///
/// Where there is only one, it stands for whatever this machine uses in the place of the official registry.
fn indexes(store: &Root, below: &str, origin: &Origin) -> Vec<RelPath> {
    let Ok(parent) = RelPath::new(below) else { return Vec::new() };
    let listing = store.list(&parent);
    let folders: Vec<&str> =
        listing.iter().filter(|entry| entry.kind != ListedKind::File).map(|entry| entry.name.as_str()).collect();
    let host = |name: &str| name.rsplit_once('-').map_or(name, |(host, _)| host).to_owned();
    let belongs = |name: &str| match origin {
        Origin::Registry => folders.len() == 1 || is_official_registry(ECOSYSTEM, &format!("https://{}/", host(name))),
        Origin::OtherRegistry(url) => host_of(url) == Some(host(name).as_str()),
        Origin::Repository { .. } | Origin::Url(_) | Origin::Path(_) | Origin::Outside(_) | Origin::Unknown => false,
    };
    folders.iter().filter(|name| belongs(name)).map(|name| parent.join(name)).collect()
}

/// Returns how a vendored package differs from what the lockfile pins, if its checksum file says so.
fn altered(record: &PackageRecord, folder: &Folder) -> Option<Mismatch> {
    let expected = record.checksums.first().filter(|_| record.dir.is_some())?;
    let (hex, at) = package_checksum(folder)?;
    let found = Checksum { algorithm: "sha256".to_owned(), hex };
    (found != *expected).then(|| Mismatch { at, expected: expected.clone(), found })
}

/// Opens the archives of a package in one store: those of its own registry, and any that has the pinned checksum.
fn archived(record: &PackageRecord, store: &Root, copies: &mut Copies) {
    let Some((name_version, shown)) = name_version(record) else { return };
    let own = indexes(store, "registry/cache", &record.origin);
    let Ok(parent) = RelPath::new("registry/cache") else { return };
    let all: Vec<RelPath> = store.list(&parent).iter().map(|entry| parent.join(&entry.name)).collect();
    let expected = record.checksums.first();
    for index in own.iter().chain(all.iter().filter(|index| !own.contains(index))) {
        let Ok(bytes) = store.read(&index.join(&format!("{name_version}.crate")), Limits::DEFAULT.archive) else {
            continue;
        };
        let at =
            Location { store: store.store(), ..Location::file(RelPath::root().join(&format!("{name_version}.crate"))) };
        let found = Checksum { algorithm: "sha256".to_owned(), hex: sha256_hex(&bytes) };
        match expected {
            Some(expected) if found == *expected => {}
            // The archive of another registry's package of this name tells nothing.
            _ if !own.contains(index) => continue,
            Some(expected) => {
                copies.mismatches.push(Mismatch { at, expected: expected.clone(), found });
                continue;
            }
            None => {}
        }
        match unpack(&bytes, &PACKING) {
            Ok(files) => copies.folders.push(Folder::in_memory(files, store.store(), shown)),
            Err(error) => copies.diagnostics.push(Diagnostic::new(Code::RejectedArchive, at, error.to_string())),
        }
        return;
    }
}

/// Finds a package in the checkouts of a repository: `git/checkouts/REPOSITORY-HASH/SHORT-REVISION`.
fn checked_out(record: &PackageRecord, store: &std::sync::Arc<Root>, url: &str, revision: &str) -> Option<Folder> {
    let repository = url.trim_end_matches('/').rsplit('/').next().unwrap_or_default().trim_end_matches(".git");
    let parent = RelPath::new("git/checkouts").ok()?;
    for clone in store.list(&parent).iter() {
        // Cargo lowers the case of addresses of one well-known host before it hashes them.
        if clone.name.rsplit_once('-').is_none_or(|(name, _)| !name.eq_ignore_ascii_case(repository)) {
            continue;
        }
        let clone = parent.join(&clone.name);
        for short in store.list(&clone).iter() {
            if short.name.len() >= 7 && revision.starts_with(&short.name) {
                let checkout = clone.join(&short.name);
                if let Some(dir) = find_package(store, &checkout, record.purl.name()) {
                    let shown = name_version(record).map(|(_, shown)| shown)?;
                    let root = Folder::on_disk(store, checkout, RelPath::root().join(repository));
                    return Some(Folder::on_disk(store, dir, shown).inside(root));
                }
            }
        }
    }
    None
}

/// Finds the folder whose manifest has a package's name; folders named like the package first.
fn find_package(store: &Root, checkout: &RelPath, name: &str) -> Option<RelPath> {
    let mut with_manifest = Vec::new();
    let mut queue = std::collections::VecDeque::from([checkout.clone()]);
    let mut n_seen = 0;
    while let Some(dir) = queue.pop_front() {
        n_seen += 1;
        if n_seen > MAX_CHECKOUT_FOLDERS {
            break;
        }
        for entry in store.list(&dir).iter() {
            match entry.kind {
                ListedKind::Folder if !matches!(entry.name.as_str(), ".git" | "target") => {
                    queue.push_back(dir.join(&entry.name));
                }
                ListedKind::File if entry.name == MANIFEST => with_manifest.push(dir.clone()),
                ListedKind::Folder | ListedKind::File | ListedKind::Link | ListedKind::Other => {}
            }
        }
    }
    with_manifest.sort_by_key(|dir| dir.file_name() != Some(name));
    with_manifest.into_iter().find(|dir| {
        let path = dir.join(MANIFEST);
        let text =
            store.read(&path, Limits::DEFAULT.manifest).ok().map(|bytes| crate::syntax::text::decode(&bytes).text);
        let manifest = text.map(|text| Manifest::read(&text, Location::file(path)));
        manifest.is_some_and(|manifest| manifest.name().is_some_and(|(found, _)| found == name))
    })
}
