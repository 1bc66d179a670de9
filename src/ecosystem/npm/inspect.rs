//! What a package's own folder says of it.

use std::collections::BTreeSet;

use crate::ecosystem::Inspection;
use crate::model::Trait;
use crate::scan::{Folder, Limits, ReadError};

use super::manifest::Manifest;
use super::{MANIFEST, license};

/// Ends of names of compiled code that a program loads into itself.
const LIBRARY_ENDS: &[&str] = &[".dll", ".dylib", ".node", ".so", ".wasm"];

/// Reads the manifest in a folder.
pub(super) fn inspect(folder: &Folder) -> Inspection {
    let at = folder.location(MANIFEST);
    let text = match folder.read_text(MANIFEST, Limits::DEFAULT.manifest) {
        Ok(text) => text,
        Err(ReadError::NotFound) => return Inspection::default(),
        Err(error) => return Inspection { diagnostics: vec![error.diagnostic(at)], ..Inspection::default() },
    };
    let manifest = Manifest::read(&text, at);
    let traits = platform_traits(&manifest, folder);
    Inspection {
        identity: manifest.name.zip(manifest.version).map(|((name, _), version)| (name, version)),
        license_files: license::named_files(&manifest.claims),
        claims: manifest.claims,
        credits: manifest.credits,
        traits,
        diagnostics: manifest.diagnostics,
        whole: true,
        ..Inspection::default()
    }
}

/// Finds out what a package for some platforms ships.
///
/// It counts as a program of its own only if it holds an executable and nothing that could be loaded or imported.
fn platform_traits(manifest: &Manifest, folder: &Folder) -> BTreeSet<Trait> {
    if !manifest.is_for_platforms {
        return BTreeSet::new();
    }
    let is_library = |file: &String| LIBRARY_ENDS.iter().any(|end| file.ends_with(end)) || file.contains(".so.");
    let top = folder.files("");
    let with_library = top.iter().any(is_library) || folder.files("lib").iter().any(is_library);
    let is_loaded = manifest.entry.as_ref().is_some_and(is_library);
    let is_imported = manifest.entry.is_some() || top.iter().any(|file| file == "index.js");
    let with_program =
        !folder.files("bin").is_empty() || top.iter().any(|file| file.split('.').next_back() == Some("exe"));
    let mut traits = BTreeSet::from([Trait::PlatformFiles]);
    if with_library || is_loaded {
        traits.insert(Trait::PlatformLibrary);
    } else if with_program && !is_imported {
        traits.insert(Trait::PlatformExecutable);
    }
    traits
}
