//! PHP: `composer.lock`, `composer.json`, and the index of installed packages.
//!
//! <https://getcomposer.org/doc/04-schema.md>. A lockfile holds the license of each package.
//! Requirements on the platform (`php`, `ext-*`) name no packages.
//! Left out on purpose: Composer's cache of archives, whose names say nothing of versions.

mod installed;
mod lock;
mod manifest;
mod package;
#[cfg(test)]
mod tests;

use super::{Copies, Ecosystem, FileKind, Knows, Pattern, Role, Surroundings};
use crate::model::PackageRecord;
use crate::scan::Folder;

pub(super) static COMPOSER: Ecosystem = Ecosystem {
    ty: "composer",
    name: "PHP (Composer)",
    files: &[
        FileKind {
            pattern: Pattern::Name("composer.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes, Knows::Licenses],
            parse: lock::parse,
        },
        FileKind {
            pattern: Pattern::Name("composer.json"),
            role: Role::Manifest,
            knows: &[Knows::Scopes, Knows::Licenses],
            parse: manifest::parse,
        },
        FileKind {
            pattern: Pattern::Path("composer/installed.json"),
            role: Role::Manifest,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes, Knows::Licenses],
            parse: installed::parse,
        },
    ],
    copies,
    inspect: manifest::inspect,
    fetch_command: "composer install",
};

/// The index of installed packages says where each lies; the reader of the lockfile has looked it up.
fn copies(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    match &record.dir {
        Some(dir) => copies.folders.push(Folder::on_disk(surroundings.tree.root(), dir.clone(), dir.clone())),
        None => copies.tried.push(format!("vendor/{}", record.purl.full_name())),
    }
    copies
}
