//! Sources that `cargo vendor` copied into the tree: `vendor/NAME` or `vendor/NAME-VERSION`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::{Location, RelPath};
use crate::ecosystem::Input;
use crate::scan::{Folder, Limits, ListedKind};

use super::MANIFEST;
use super::config::Sources;
use super::manifest::Manifest;

/// The file that `cargo vendor` puts into each package.
const CHECKSUMS: &str = ".cargo-checksum.json";

/// Returns the checksum of the archive that a vendored package was unpacked from, and where it says so.
pub(super) fn package_checksum(folder: &Folder) -> Option<(String, Location)> {
    #[derive(Deserialize)]
    struct Checksums {
        package: Option<String>,
    }
    let text = folder.read_text(CHECKSUMS, Limits::DEFAULT.manifest).ok()?;
    let checksums: Checksums = serde_json::from_str(&text).ok()?;
    Some((checksums.package?.to_ascii_lowercase(), folder.location(CHECKSUMS)))
}

/// The vendored packages, by name and version.
#[derive(Debug, Default)]
pub(super) struct Vendored(BTreeMap<(String, String), RelPath>);

impl Vendored {
    /// Finds the folders that the configuration names, and `vendor` beside the file or above it.
    pub(super) fn find(input: &Input, sources: &Sources) -> Self {
        let mut folders: Vec<RelPath> = sources.directories().cloned().collect();
        let mut above = Some(input.dir());
        while let Some(dir) = above {
            folders.push(dir.join("vendor"));
            above = dir.parent();
        }
        let mut found = BTreeMap::new();
        for folder in folders {
            for entry in input.tree.root().list(&folder).iter().filter(|entry| entry.kind == ListedKind::Folder) {
                let dir = folder.join(&entry.name);
                let listing = input.tree.root().list(&dir);
                if !listing.iter().any(|file| file.name == CHECKSUMS) {
                    continue;
                }
                let path = dir.join(MANIFEST);
                let Ok(text) = input.tree.read_text(&path, Limits::DEFAULT.manifest) else { continue };
                let manifest = Manifest::read(&text, Location::file(path));
                if let (Some((name, _)), Some(version)) = (manifest.name(), manifest.version(None)) {
                    found.entry((name.to_owned(), version.to_owned())).or_insert(dir);
                }
            }
        }
        Self(found)
    }

    /// Returns the folder of a package.
    pub(super) fn get(&self, name: &str, version: &str) -> Option<&RelPath> {
        self.0.get(&(name.to_owned(), version.to_owned()))
    }
}
