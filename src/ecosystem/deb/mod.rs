//! Debian: what a source package builds with and depends on, and what its `copyright` file says.
//!
//! <https://www.debian.org/doc/debian-policy/ch-controlfields.html>,
//! <https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/>.
//! Left out on purpose: versions of what a source package needs, which the archive decides; dependencies that the build
//! finds out (`${shlibs:Depends}`). What is installed on the machine is evidence, and what a file system in the tree has
//! installed is listed.

mod control;
mod copies;
mod copyright;
mod status;
#[cfg(test)]
mod tests;

use super::{Ecosystem, FileKind, Knows, Pattern, Role};

const ECOSYSTEM: &str = "deb";

/// The distribution whose packages they are taken for.
const VENDOR: &str = "debian";

pub(super) static DEB: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "Debian",
    files: &[
        FileKind {
            pattern: Pattern::Path("var/lib/dpkg/status"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges],
            parse: status::parse,
        },
        FileKind {
            pattern: Pattern::Path("debian/control"),
            role: Role::Manifest,
            knows: &[Knows::Edges, Knows::Scopes, Knows::Licenses],
            parse: control::parse,
        },
        FileKind {
            pattern: Pattern::Path("debian/copyright"),
            role: Role::Manifest,
            knows: &[Knows::Licenses],
            parse: copyright::parse,
        },
    ],
    copies: copies::find,
    inspect: copies::inspect,
    fetch_command: "apt-get build-dep .",
};
