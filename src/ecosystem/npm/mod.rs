//! JavaScript: lockfiles and manifests of npm, installed packages, npm's cache.
//!
//! Only newer lockfiles of npm hold licenses, and not for every package; the manifest in each package does.

mod copies;
mod graph;
mod inspect;
mod installed;
mod license;
mod lock;
mod manifest;
mod settings;
mod source;
mod spec;
#[cfg(test)]
mod tests;
mod workspace;

pub(crate) use source::checksums;

use super::{Ecosystem, FileKind, Knows, Pattern, Role};

const ECOSYSTEM: &str = "npm";
const MANIFEST: &str = "package.json";

pub(super) static NPM: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "JavaScript",
    files: &[
        FileKind {
            pattern: Pattern::Rule("package-lock.json, npm-shrinkwrap.json", lock::is_lockfile),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes, Knows::Licenses],
            parse: lock::parse,
        },
        FileKind {
            pattern: Pattern::Name(MANIFEST),
            role: Role::Manifest,
            knows: &[Knows::Scopes, Knows::Licenses],
            parse: workspace::parse,
        },
    ],
    copies: copies::find,
    inspect: inspect::inspect,
    fetch_command: "npm ci",
};
