//! What one file says about one package.

use std::collections::BTreeSet;

use crate::base::{Location, Purl, RelPath};

use super::claim::Claim;
use super::verdict::words;

words! {
    /// How strongly a package ends up in the work, weakest first.
    Scope {
        /// Only while testing, or part of a sample.
        Test = "test",
        /// Only while developing.
        Dev = "dev",
        /// While building.
        Build = "build",
        /// In what is shipped or run.
        Runtime = "runtime",
    }
}

words! {
    /// A property of a package that decides how it relates to the work; `licenses/relations.toml` names them.
    Trait {
        /// The package manager copied it into its parent's archive.
        Bundled = "bundled",
        /// A plugin of the package manager or build system.
        BuildPlugin = "build-plugin",
        /// Ships an executable for one platform.
        PlatformExecutable = "platform-executable",
        /// Ships something for one platform; whether a library or a program is not known.
        PlatformFiles = "platform-files",
        /// Ships a shared library for one platform.
        PlatformLibrary = "platform-library",
        /// A base image, a CI action, an infrastructure module: listed, not judged.
        Infrastructure = "infrastructure",
        /// A compiler plugin that writes code into the output.
        ProcMacro = "proc-macro",
        /// A package of an operating system.
        SystemPackage = "system-package",
        /// A font, a picture, a data set.
        Asset = "asset",
        /// Files copied into the tree.
        Vendored = "vendored",
    }
}

/// Where a package comes from, as its file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The ecosystem's official registry, said or implied.
    #[default]
    Registry,
    /// Another registry or index: its address without credentials, never asked.
    OtherRegistry(String),
    /// A version control repository: its address without credentials, and the revision.
    Repository {
        /// The address, without credentials.
        url: String,
        /// The revision, if pinned.
        revision: Option<String>,
    },
    /// An archive at an address, without credentials.
    Url(String),
    /// A folder of the scanned tree.
    Path(RelPath),
    /// A folder outside the scanned tree, as written.
    Outside(String),
    /// The file does not say.
    Unknown,
}

/// A checksum that a lockfile gives for a package's archive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Checksum {
    /// `sha256`, `sha512`, `sha1` …
    pub algorithm: String,
    /// The digest in lower-case hexadecimal.
    pub hex: String,
}

/// One dependency of a record: on another record of the same parsed unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// Index of the other record in `Parsed::records` of its ecosystem.
    pub target: usize,
    /// The scope of this edge.
    pub scope: Scope,
    /// Whether it is optional, an extra, or for other platforms.
    pub optional: bool,
}

/// What one file says about one package.
#[derive(Clone, Debug, PartialEq)]
pub struct PackageRecord {
    /// The package; without version where the file pins none.
    pub purl: Purl,
    /// Where it stands.
    pub at: Location,
    /// Whether it is the project's own: the root, a workspace member, a local path inside the tree.
    pub own: bool,
    /// The folder of the tree that holds the package's own files: for own packages and installed or vendored copies.
    pub dir: Option<RelPath>,
    /// The scope, where the file says it by itself; else it follows from the edges that reach the package.
    pub scope: Option<Scope>,
    /// Whether every way to it is optional, where the file says so.
    pub optional: bool,
    /// Whether the project itself names it; own packages' edges say so too.
    pub direct: bool,
    /// Where it comes from.
    pub origin: Origin,
    /// The checksums of its archive.
    pub checksums: Vec<Checksum>,
    /// What the file says about its license.
    pub claims: Vec<Claim>,
    /// What it needs.
    pub needs: Vec<Need>,
    /// Properties that decide its relation to the work.
    pub traits: BTreeSet<Trait>,
}

impl PackageRecord {
    /// Creates a record of a package from the official registry, about which nothing else is said yet.
    pub fn new(purl: Purl, at: Location) -> Self {
        Self {
            purl,
            at,
            own: false,
            dir: None,
            scope: None,
            optional: false,
            direct: false,
            origin: Origin::Registry,
            checksums: Vec::new(),
            claims: Vec::new(),
            needs: Vec::new(),
            traits: BTreeSet::new(),
        }
    }

    /// Creates a record of one of the project's own packages.
    pub fn own(purl: Purl, at: Location, dir: RelPath) -> Self {
        Self { own: true, origin: Origin::Path(dir.clone()), dir: Some(dir), ..Self::new(purl, at) }
    }
}
