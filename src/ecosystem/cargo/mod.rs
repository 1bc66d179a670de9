//! Rust packages: `Cargo.lock`, `Cargo.toml`, `$CARGO_HOME`, vendored sources.
//!
//! The lockfile has names, versions and edges; whether an edge is needed to run, to build or to develop stands in the
//! manifests: of the members in the tree, of all others in their copies, where there are any.
//! An edge about which nothing is known counts as runtime.
//! Features are not evaluated: what the lockfile pins may be used.
//! Left out on purpose: `local-registry` sources, `paths` overrides, artifact dependencies as a relation of their own.

mod config;
mod copies;
mod inspect;
mod lock;
mod manifest;
mod records;
mod requirement;
mod source;
mod vendor;
mod workspace;

use super::{Ecosystem, FileKind, Knows, Pattern, Role};

const ECOSYSTEM: &str = "cargo";
const LOCKFILE: &str = "Cargo.lock";
const MANIFEST: &str = "Cargo.toml";

/// Cargo.
pub(super) static CARGO: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "Cargo",
    files: &[
        FileKind {
            pattern: Pattern::Name(LOCKFILE),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: records::from_lock,
        },
        FileKind {
            pattern: Pattern::Name(MANIFEST),
            role: Role::Manifest,
            knows: &[Knows::Edges, Knows::Scopes, Knows::Licenses],
            parse: records::from_manifest,
        },
    ],
    copies: copies::find,
    inspect: inspect::inspect,
    fetch_command: "cargo fetch",
};

#[cfg(test)]
mod tests;
