//! The only reader of the scanned tree, of package stores and of archives: bounded, sorted, never following a link
//! out of its root, never writing.
//!
//! **Invariant:** no other module of the library opens a file of the scanned tree.

mod archive;
mod folder;
mod names;
mod revision;
mod root;
mod stores;
mod tree;

pub use archive::{ArchiveError, ArchiveKind, gunzip, read_archive};
pub use folder::{BESIDE, Folder};
pub use names::{is_license_name, is_readme, is_vendored};
pub use root::{Listed, ListedKind, ReadError, Root, read_named};
pub use stores::{StoreKind, Stores};
pub use tree::{ScanError, SkipReason, Skipped, Tree, TreeFile, WalkOptions};

/// How many bytes are read at the most, by what a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A license text.
    pub text: u64,
    /// A manifest.
    pub manifest: u64,
    /// A lockfile.
    pub lockfile: u64,
    /// One member of an archive.
    pub member: u64,
    /// All members of an archive, unpacked.
    pub archive: u64,
    /// Entries of the walk.
    pub entries: usize,
}

impl Limits {
    const MIB: u64 = 1024 * 1024;

    /// The limits in force.
    pub const DEFAULT: Self = Self {
        text: 16 * Self::MIB,
        manifest: 16 * Self::MIB,
        lockfile: 64 * Self::MIB,
        member: 16 * Self::MIB,
        archive: 256 * Self::MIB,
        entries: 5_000_000,
    };
}
