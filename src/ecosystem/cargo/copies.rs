//! Where copies of a package lie: vendored, unpacked or packed in `$CARGO_HOME`, checked out by git.

use crate::base::{RelPath, host_of, is_official_registry};
use crate::ecosystem::{Copies, Surroundings};
use crate::model::{Origin, PackageRecord};
use crate::scan::{Folder, ListedKind, Root, StoreKind, Stores, Tree};

use super::ECOSYSTEM;

/// Returns the copies of a package.
pub(super) fn find(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let folders = on_disk(record, surroundings.tree, surroundings.stores);
    Copies { folders, ..Copies::default() }
}

/// Returns the folders on disk that hold a package, best first.
pub(super) fn on_disk(record: &PackageRecord, tree: &Tree, stores: &Stores) -> Vec<Folder> {
    let vendored = record.dir.iter().map(|dir| Folder::on_disk(tree.root(), dir.clone(), dir.clone()));
    let mut found: Vec<Folder> = vendored.collect();
    let Some(version) = record.purl.version() else { return found };
    let name_version = format!("{}-{version}", record.purl.name());
    let Ok(shown) = RelPath::new(&name_version) else { return found };
    for store in stores.of(StoreKind::Cargo) {
        for index in indexes(store, "registry/src", &record.origin) {
            let has = store.list(&index).binary_search_by(|entry| entry.name.as_str().cmp(&name_version));
            if has.is_ok() {
                found.push(Folder::on_disk(store, index.join(&name_version), shown.clone()));
            }
        }
    }
    found
}

/// Returns the folders of a store that belong to the registry a package comes from: each is named `HOST-HASH`.
///
/// Where there is only one, it stands for whatever registry this machine uses in the place of the official one.
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
