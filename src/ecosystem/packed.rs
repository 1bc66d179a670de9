//! The part of a package's archive that speaks of its license, read in memory.

use std::collections::{BTreeMap, BTreeSet};

use super::Inspection;
use crate::base::RelPath;
use crate::model::Statement;
use crate::scan::{ArchiveError, ArchiveKind, BESIDE, Folder, is_license_name, is_readme, read_archive};

/// How a package manager packs what it gives out.
#[derive(Clone, Copy, Debug)]
pub struct Packing {
    /// The container format.
    pub kind: ArchiveKind,
    /// Whether all members lie below one folder that is not part of their names.
    pub strip: bool,
    /// Returns whether a file, by its path inside the archive, is the package's manifest.
    pub is_manifest: fn(&str) -> bool,
    /// Reads the manifest, for the files it names.
    pub inspect: fn(&Folder) -> Inspection,
}

/// Files by their path inside a package.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Reads the manifest of an archive, its license texts by their names, and the files that the manifest names.
pub fn unpack(bytes: &[u8], packing: &Packing) -> Result<Files, ArchiveError> {
    let read = |wanted: &dyn Fn(&str) -> bool| read_archive(packing.kind, bytes, packing.strip, wanted);
    let by_name = |file: &str| file.rsplit('/').next().is_some_and(is_license_name);
    let in_folder = |file: &str| file.split_once('/').is_some_and(|(folder, _)| is_license_name(folder));
    let mut files = read(&|file| (packing.is_manifest)(file) || by_name(file) || in_folder(file))?;
    let inspection = (packing.inspect)(&Folder::in_memory(files.clone(), None, RelPath::root()));
    let missing: BTreeSet<String> = named_files(&inspection).filter(|file| !files.contains_key(file)).collect();
    // Where nothing else speaks of a license, the description may.
    let is_silent =
        inspection.claims.is_empty() && missing.is_empty() && files.keys().all(|file| (packing.is_manifest)(file));
    let is_wanted = |file: &str| missing.contains(file) || is_silent && is_readme(file);
    if !missing.is_empty() || is_silent {
        files.extend(read(&is_wanted)?);
    }
    Ok(files)
}

/// Reads the metadata folder of a Python wheel, and license texts beside it, whose names start with `../`.
///
/// A wheel has exactly one such folder, and one with more is none.
pub fn unpack_wheel(bytes: &[u8]) -> Result<Option<Files>, ArchiveError> {
    let info = |member: &str| member.split_once('/').is_some_and(|(folder, _)| folder.ends_with(".dist-info"));
    let by_name = |member: &str| member.rsplit('/').next().is_some_and(is_license_name);
    let members = read_archive(ArchiveKind::Zip, bytes, false, &|member| info(member) || by_name(member))?;
    let mut infos: Vec<&str> =
        members.keys().filter(|member| info(member)).filter_map(|member| Some(member.split_once('/')?.0)).collect();
    infos.dedup();
    if infos.len() != 1 {
        return Ok(None);
    }
    let named = |(member, bytes): (String, Vec<u8>)| {
        let inside = member.split_once('/').filter(|_| info(&member)).map(|(_, inside)| inside.to_owned());
        (inside.unwrap_or_else(|| format!("{BESIDE}{member}")), bytes)
    };
    Ok(Some(members.into_iter().map(named).collect()))
}

/// Returns the files that, as a manifest says, hold the license.
pub fn named_files(inspection: &Inspection) -> impl Iterator<Item = String> {
    let pointers = inspection.claims.iter().filter_map(|claim| match &claim.says {
        Statement::SeeFile(file) => Some(file),
        Statement::Field { .. } | Statement::Text { .. } => None,
    });
    let named = inspection.license_files.iter().chain(pointers);
    named.filter_map(|file| {
        let (beside, inside) = file.strip_prefix(BESIDE).map_or(("", file.as_str()), |inside| (BESIDE, inside));
        Some(format!("{beside}{}", RelPath::new(inside).ok()?.as_str()))
    })
}
