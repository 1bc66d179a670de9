//! JavaScript: lockfiles of npm, Yarn, pnpm and Bun, manifests, installed packages, caches.
//!
//! Only newer lockfiles of npm hold licenses, and not for every package; the manifest in each package does.

mod bun;
mod copies;
mod graph;
mod inspect;
mod installed;
mod license;
mod lock;
mod manifest;
mod pnpm;
mod settings;
mod source;
mod spec;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_others;
mod workspace;
mod yarn;

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
            pattern: Pattern::Name("pnpm-lock.yaml"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: pnpm::parse,
        },
        FileKind {
            pattern: Pattern::Name("yarn.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: yarn::parse,
        },
        FileKind {
            pattern: Pattern::Name("bun.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: bun::parse,
        },
        FileKind { pattern: Pattern::Name("bun.lockb"), role: Role::Lockfile, knows: &[], parse: bun::parse_binary },
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
