//! What a package's own folder says of its license.

use crate::base::Code;
use crate::base::Diagnostic;
use crate::ecosystem::{Credits, Inspection};
use crate::model::Trait;
use crate::scan::{Folder, Limits, ReadError};

use super::MANIFEST;
use super::manifest::Manifest;

/// Reads the manifest in a folder.
pub(super) fn inspect(folder: &Folder) -> Inspection {
    let at = folder.location(MANIFEST);
    let text = match folder.read_text(MANIFEST, Limits::DEFAULT.manifest) {
        Ok(text) => text,
        Err(error) => {
            let diagnostic = match error {
                ReadError::NotFound => Diagnostic::new(Code::MissingFile, at, format!("there is no `{MANIFEST}`")),
                _ => error.diagnostic(at),
            };
            return Inspection { diagnostics: vec![diagnostic], ..Inspection::default() };
        }
    };
    let manifest = Manifest::read(&text, at);
    let (claims, file) = manifest.claims(None);
    let one = |field: &str| manifest.texts(field, None).into_iter().next();
    Inspection {
        identity: manifest
            .name()
            .zip(manifest.version(None))
            .map(|((name, _), version)| (name.to_owned(), version.to_owned())),
        claims,
        license_files: file.into_iter().collect(),
        credits: Credits {
            authors: manifest.texts("authors", None),
            homepage: one("homepage"),
            repository: one("repository"),
        },
        traits: manifest.is_proc_macro().then_some(Trait::ProcMacro).into_iter().collect(),
        diagnostics: manifest.diagnostics,
    }
}
