//! What a package's own folder says of its license.

use crate::base::{Code, Diagnostic};
use crate::ecosystem::{Credits, Inspection};
use crate::model::Trait;
use crate::scan::{Folder, Limits, ReadError};

use super::MANIFEST;
use super::manifest::Manifest;

/// Reads the manifest in a folder, and the workspace around it for what it inherits.
pub(super) fn inspect(folder: &Folder) -> Inspection {
    let manifest = match read(folder) {
        Ok(manifest) => manifest,
        Err(diagnostic) => return Inspection { diagnostics: vec![diagnostic], ..Inspection::default() },
    };
    // Published manifests inherit nothing; those in a checkout may.
    let workspace = folder.outer().and_then(|outer| read(outer).ok());
    let workspace = workspace.as_ref();
    let (claims, file) = manifest.claims(workspace);
    let one = |field: &str| manifest.texts(field, workspace).into_iter().next();
    let version = manifest.version(workspace).unwrap_or_default().to_owned();
    Inspection {
        identity: manifest.name().map(|(name, _)| (name.to_owned(), version)),
        claims,
        license_files: file.into_iter().collect(),
        credits: Credits {
            authors: manifest.texts("authors", workspace),
            homepage: one("homepage"),
            repository: one("repository"),
        },
        traits: manifest.is_proc_macro().then_some(Trait::ProcMacro).into_iter().collect(),
        diagnostics: manifest.diagnostics,
        whole: true,
        ..Inspection::default()
    }
}

fn read(folder: &Folder) -> Result<Manifest, Diagnostic> {
    let at = folder.location(MANIFEST);
    match folder.read_text(MANIFEST, Limits::DEFAULT.manifest) {
        Ok(text) => Ok(Manifest::read_package(&text, at)),
        Err(ReadError::NotFound) => Err(Diagnostic::new(Code::MissingFile, at, format!("there is no `{MANIFEST}`"))),
        Err(error) => Err(error.diagnostic(at)),
    }
}
