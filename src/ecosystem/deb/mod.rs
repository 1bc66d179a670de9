//! Debian: what a source package builds with and depends on, and what its `copyright` file says.
//!
//! <https://www.debian.org/doc/debian-policy/ch-controlfields.html>,
//! <https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/>.
//! Left out on purpose: versions, which the archive decides; dependencies that the build finds out (`${shlibs:Depends}`);
//! packages that are installed on the machine, except as evidence where the user names a file system.

mod control;
mod copies;
mod copyright;
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
