//! What the compiler has registered, and the archives that Cabal keeps.

use crate::base::{Code, Diagnostic, Location, RelPath};
use crate::ecosystem::packed::{Packing, unpack};
use crate::ecosystem::{Copies, Inspection, Surroundings};
use crate::model::{Claim, ClaimKind, FieldFormat, PackageRecord};
use crate::scan::{ArchiveKind, Folder, Limits, StoreKind};
use crate::syntax::headers::first_block;

use super::cabal::{Description, EXTENSION};

const PACKING: Packing =
    Packing { kind: ArchiveKind::TarGz, strip: true, is_manifest: |file| file.ends_with(EXTENSION), inspect };

/// How many registries are looked into.
const MAX_HOSTS: usize = 16;

/// Finds the archive of a package, and what the compiler's index of packages says of it.
pub(super) fn find(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    let (name, version) = (record.purl.name(), record.purl.version().unwrap_or_default());
    let id = format!("{name}-{version}");
    let shown = RelPath::root().join(&id);
    for store in surroundings.stores.of(StoreKind::Haskell) {
        // A folder of archives has one folder for each registry; an index of packages has files alone.
        for host in store.list(&RelPath::root()).iter().take(MAX_HOSTS) {
            let path = RelPath::root().join(&format!("{}/{name}/{version}/{id}.tar.gz", host.name));
            let Ok(bytes) = store.read(&path, Limits::DEFAULT.archive) else { continue };
            match unpack(&bytes, &PACKING) {
                Ok(files) => copies.folders.push(Folder::in_memory(files, store.store(), shown.clone())),
                Err(error) => {
                    let at = Location { store: store.store(), ..Location::file(shown.clone()) };
                    copies.diagnostics.push(Diagnostic::new(Code::RejectedArchive, at, error.to_string()));
                }
            }
        }
        // The index of the compiler's own packages has no hash in its names, that of Cabal has one; the runtime system
        // has no version either, and its entry is held against the version that is asked for.
        let mut listing = store.list_starting(&RelPath::root(), &id);
        listing.extend(store.list_starting(&RelPath::root(), &format!("{name}.conf")));
        let is_of = |file: &str| {
            let rest = file.strip_suffix(".conf").and_then(|file| file.strip_prefix(&id));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-')) || file == format!("{name}.conf")
        };
        if let Some(entry) = listing.iter().find(|entry| is_of(&entry.name))
            && let Ok(bytes) = store.read(&RelPath::root().join(&entry.name), Limits::DEFAULT.manifest)
        {
            let files = [(entry.name.clone(), bytes)].into();
            copies.folders.push(Folder::in_memory(files, store.store(), shown.clone()));
        }
    }
    if copies.folders.is_empty() {
        copies.tried.push("Cabal's packages".to_owned());
    }
    copies
}

/// Reads the description of a package, or its entry in the compiler's index.
pub(super) fn inspect(folder: &Folder) -> Inspection {
    let mut inspection = Inspection::default();
    for file in folder.files("") {
        let Some(end) = [EXTENSION, ".conf"].into_iter().find(|end| file.ends_with(end)) else { continue };
        let Ok(text) = folder.read_text(&file, Limits::DEFAULT.manifest) else { continue };
        let at = folder.location(&file);
        if end == EXTENSION {
            let description = Description::read(&text, &at.path);
            let record = description.project.record;
            inspection.identity = record.purl.version().map(|version| (record.purl.full_name(), version.to_owned()));
            let here = |claim: Claim| Claim { at: Location { store: at.store, ..claim.at }, ..claim };
            inspection.claims.extend(record.claims.into_iter().map(here));
            inspection.license_files = description.license_files;
            continue;
        }
        let block = first_block(&text);
        inspection.identity =
            block.str("name").zip(block.str("version")).map(|(name, version)| (name.to_owned(), version.to_owned()));
        let license = block.get("license").filter(|field| !field.value.is_empty());
        inspection.claims.extend(
            license.map(|field| {
                Claim::field(ClaimKind::Declared, FieldFormat::Spdx, &field.value, at.at_line(field.line))
            }),
        );
    }
    inspection
}
