//! A tree as it was: files of an earlier revision held in memory, and the package stores of today beside them.
//!
//! Installed packages are in no revision. They are evidence for exactly their name and version, so the stores on disk
//! serve for an earlier revision as they do for the tree itself.

use std::collections::BTreeMap;

use super::root::{Listed, ListedKind};
use crate::base::RelPath;

/// Folders into which package managers install.
#[rustfmt::skip]
const STORE_FOLDERS: &[&str] = &[
    "Pods", "__pypackages__", "_build", "bower_components", "deps", "env", "library", "local", "node_modules",
    "vcpkg_installed", "vendor", "venv", ".pixi", ".venv", ".yarn",
];

/// The files of a revision, by path.
#[derive(Debug, Default)]
pub(super) struct Revision {
    files: BTreeMap<RelPath, Vec<u8>>,
    /// The names and kinds of what lies in each folder.
    folders: BTreeMap<RelPath, BTreeMap<String, ListedKind>>,
}

impl Revision {
    pub(super) fn new(files: BTreeMap<RelPath, Vec<u8>>) -> Self {
        let mut folders: BTreeMap<RelPath, BTreeMap<String, ListedKind>> = BTreeMap::new();
        for path in files.keys() {
            let mut kind = ListedKind::File;
            let mut at = path.clone();
            while let (Some(folder), Some(name)) = (at.parent(), at.file_name().map(str::to_owned)) {
                let known = folders.entry(folder.clone()).or_default().insert(name, kind).is_some();
                if known {
                    break;
                }
                kind = ListedKind::Folder;
                at = folder;
            }
        }
        Self { files, folders }
    }

    pub(super) fn read(&self, path: &RelPath) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// Returns whether what is not in the revision may be looked for on disk.
    pub(super) fn is_store(path: &RelPath) -> bool {
        path.components().any(|name| STORE_FOLDERS.contains(&name))
    }

    /// Lays what the revision has over what a folder holds today.
    pub(super) fn list(&self, folder: &RelPath, today: Vec<Listed>) -> Vec<Listed> {
        let inside_store = Self::is_store(folder);
        let kept = today.into_iter().filter(|entry| inside_store || STORE_FOLDERS.contains(&entry.name.as_str()));
        let mut names: BTreeMap<String, ListedKind> = kept.map(|entry| (entry.name, entry.kind)).collect();
        names.extend(self.folders.get(folder).into_iter().flatten().map(|(name, kind)| (name.clone(), *kind)));
        names.into_iter().map(|(name, kind)| Listed { name, raw: None, kind }).collect()
    }
}
