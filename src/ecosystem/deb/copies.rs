//! The `copyright` file that every installed package leaves: in a file system of the tree, or on the machine.

use crate::base::RelPath;
use crate::ecosystem::{Copies, Inspection, Surroundings};
use crate::model::PackageRecord;
use crate::scan::{Folder, Limits, StoreKind};

use super::control::is_name;
use super::copyright::Copyright;

const FILE: &str = "copyright";

/// Finds the folder of a package's documents.
pub(super) fn find(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    let name = record.purl.name();
    let root = surroundings.tree.root();
    if let Some(dir) = record.dir.as_ref().filter(|_| !record.own) {
        // The machine may have another version than the file system that was looked into.
        if root.has_file(&dir.join(FILE)) {
            copies.folders.push(Folder::on_disk(root, dir.clone(), dir.clone()));
        } else {
            copies.tried.push(dir.to_string());
        }
        return copies;
    }
    for store in surroundings.stores.of(StoreKind::Dpkg).filter(|_| is_name(name)) {
        let path = RelPath::root().join(&format!("usr/share/doc/{name}"));
        if store.has_file(&path.join(FILE)) {
            copies.folders.push(Folder::on_disk(store, path, RelPath::root().join(name)));
        }
    }
    if copies.folders.is_empty() {
        copies.tried.push(format!("/usr/share/doc/{name}"));
    }
    copies
}

/// Reads a machine-readable `copyright` file; any other is read as the text that it is.
pub(super) fn inspect(folder: &Folder) -> Inspection {
    let mut inspection = Inspection::default();
    if let Ok(text) = folder.read_text(FILE, Limits::DEFAULT.manifest) {
        let copyright = Copyright::read(&text);
        inspection.claims.extend(copyright.and_then(|copyright| copyright.claim(&folder.location(FILE))));
    }
    inspection
}
