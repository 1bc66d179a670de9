//! Where a package lies: in the global folder, or in `packages` beside a solution in the old form.

use crate::base::{Code, Diagnostic, Location, RelPath, hex_of_base64};
use crate::ecosystem::{Copies, Mismatch, Surroundings};
use crate::model::{Checksum, PackageRecord};
use crate::scan::{ArchiveKind, Folder, Limits, StoreKind, is_license_name, read_archive};
use crate::syntax::json::Json;

use super::is_plain;
use super::lockfile::CONTENT_HASH;

/// How many folders above a list `packages` is looked for.
const MAX_ABOVE: usize = 4;

/// Finds the copies of a package.
pub(super) fn find(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    let id = record.purl.name();
    let Some(version) = record.purl.version().filter(|version| is_plain(id) && is_plain(version)) else {
        return copies;
    };
    let (lower_id, lower) = (id.to_lowercase(), version.split('+').next().unwrap_or(version).to_lowercase());
    let shown = RelPath::root().join(&format!("{lower_id}/{lower}"));
    for store in surroundings.stores.of(StoreKind::Nuget) {
        if store.list(&shown).is_empty() {
            continue;
        }
        let folder = Folder::on_disk(store, shown.clone(), shown.clone());
        match altered(record, &folder) {
            Some(mismatch) => copies.mismatches.push(mismatch),
            None => copies.folders.push(folder),
        }
    }
    in_solution(record, id, version, surroundings, &mut copies);
    if copies.folders.is_empty() {
        copies.tried.extend(["~/.nuget/packages", "packages"].map(str::to_owned));
    }
    copies
}

/// Returns how an installed package differs from what the lockfile pins, by the checksum that NuGet left.
fn altered(record: &PackageRecord, folder: &Folder) -> Option<Mismatch> {
    const METADATA: &str = ".nupkg.metadata";
    let expected = record.checksums.iter().find(|sum| sum.algorithm == CONTENT_HASH)?;
    let text = folder.read_text(METADATA, Limits::DEFAULT.manifest).ok()?;
    let at = folder.location(METADATA);
    let hash = Json::new(&text).object(&at).ok()?.string("contentHash")?;
    let found = Checksum { algorithm: CONTENT_HASH.to_owned(), hex: hex_of_base64(&hash)? };
    (found != *expected).then(|| Mismatch { at, expected: expected.clone(), found })
}

/// Opens `packages/ID.VERSION/ID.VERSION.nupkg` beside or above the list that names the package.
fn in_solution(record: &PackageRecord, id: &str, version: &str, surroundings: &Surroundings, copies: &mut Copies) {
    let name = format!("{id}.{version}");
    let mut above = record.at.path.parent();
    for _ in 0..MAX_ABOVE {
        let Some(dir) = above else { return };
        let path = dir.join("packages").join(&name).join(&format!("{name}.nupkg"));
        if let Ok(bytes) = surroundings.tree.read(&path, Limits::DEFAULT.archive) {
            let wanted = |file: &str| file.ends_with(".nuspec") || file.split('/').any(is_license_name);
            match read_archive(ArchiveKind::Zip, &bytes, false, &wanted) {
                Ok(files) => copies.folders.push(Folder::in_memory(files, None, path)),
                Err(error) => {
                    let diagnostic = Diagnostic::new(Code::RejectedArchive, Location::file(path), error.to_string());
                    copies.diagnostics.push(diagnostic);
                }
            }
            return;
        }
        above = dir.parent();
    }
}
