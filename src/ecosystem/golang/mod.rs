//! Go modules: `go.mod`, `go.work`, and the index of `vendor`.
//!
//! <https://go.dev/ref/mod>. Since Go 1.17 a `go.mod` lists everything that its packages need; older ones list what is
//! asked for directly, and the module cache knows the rest.
//! There is no license in any of these files: the texts in a module's folder are all there is.
//! Left out on purpose: the source files, which would tell what only tests import; and `go.sum` as a list, since it
//! holds every version that was ever considered.

mod copies;
mod file;
mod graph;
mod module;
mod sums;
#[cfg(test)]
mod tests;
mod vendor;

pub(crate) use copies::{proxy_path, unpack};

use super::{Ecosystem, FileKind, Knows, Pattern, Role};

const ECOSYSTEM: &str = "golang";

pub(super) static GOLANG: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "Go",
    files: &[
        FileKind {
            pattern: Pattern::Name("go.work"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges],
            parse: module::parse_workspace,
        },
        FileKind {
            pattern: Pattern::Name("go.mod"),
            role: Role::Manifest,
            knows: &[Knows::Versions, Knows::Edges],
            parse: module::parse_module,
        },
        FileKind { pattern: Pattern::Name("go.sum"), role: Role::Manifest, knows: &[], parse: sums::parse },
        FileKind {
            pattern: Pattern::Path("vendor/modules.txt"),
            role: Role::Manifest,
            knows: &[Knows::Versions],
            parse: vendor::parse,
        },
    ],
    copies: copies::find,
    inspect: copies::inspect,
    fetch_command: "go mod download",
};
