//! Package archives: the manifest and the license files are read, nothing else is unpacked.

use std::collections::BTreeMap;

use crate::base::RelPath;
use crate::scan::{ArchiveKind, is_license_name, read_archive};
use crate::syntax::text::decode;

/// Reads the manifest of an archive, every file that looks like a license by its name or folder, and what the manifest
/// itself names.
pub(super) fn open(
    kind: ArchiveKind,
    bytes: &[u8],
    manifest: &str,
    named: &dyn Fn(&str) -> Vec<String>,
) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let read =
        |wanted: &dyn Fn(&str) -> bool| read_archive(kind, bytes, true, wanted).map_err(|error| error.to_string());
    let by_name = |file: &str| file == manifest || file.split('/').next_back().is_some_and(is_license_name);
    let in_folder = |file: &str| file.split_once('/').is_some_and(|(folder, _)| is_license_name(folder));
    let mut files = read(&|file| by_name(file) || in_folder(file))?;
    let named = files.get(manifest).map(|bytes| named(&decode(bytes).text)).unwrap_or_default();
    let named: Vec<RelPath> = named.iter().filter_map(|file| RelPath::new(file).ok()).collect();
    if named.iter().any(|file| !files.contains_key(file.as_str())) {
        files.extend(read(&|file| named.iter().any(|named| named.as_str() == file))?);
    }
    Ok(files)
}
