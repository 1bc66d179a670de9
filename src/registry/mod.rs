//! Looking up licenses that are not on disk, in the official registries.
//!
//! Each registry is one file and one line of `REGISTRIES`; their hosts stand in `base/address.rs`.
//! A registry is asked by name and version, over HTTPS, and never at an address that the scanned tree gives.
//! What it answers is read in memory, kept in a cache, and tied to the lockfile by its checksum where there is one.
//!
//! **Invariant:** nothing here reads the environment, knows what a license means, or decides what is asked for.

mod address;
mod cache;
mod cargo;
mod composer;
mod dart;
mod gem;
mod golang;
mod hex;
mod http;
mod lookups;
mod maven;
mod needs;
mod npm;
mod nuget;
mod pypi;
mod range;
mod signed;

use std::time::Duration;

use thiserror::Error;

use crate::base::{Purl, RelPath, Store, sha256_hex};
use crate::ecosystem::Inspection;
use crate::ecosystem::packed::Files;
use crate::model::Checksum;
use crate::scan::{ArchiveError, Folder};

pub use cache::{Cache, CacheError, Held};
pub use http::{AddressError, Network, Patience};
pub use lookups::{Lookups, Progress, Step};
pub use needs::Need;

use http::Session;
use needs::Needs;

/// The name of registries, as stores of evidence, in reports.
pub const STORE: Store = "registry";

/// One registry.
pub struct Registry {
    /// The purl type of its packages.
    pub ty: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// Returns the path of the first request for a package, below the registry's address; `None` if it cannot have one
    /// of that name.
    first: fn(&Purl) -> Option<String>,
    /// Asks for a package.
    look_up: fn(&Asked, &Session) -> Result<Answer, LookupError>,
    /// Reads the archive of a package about whose license the first answer says too little.
    open: Option<Open>,
    /// Reads what an answer says of the license, where it does not look like the package itself.
    inspect: Option<fn(&Folder) -> Inspection>,
    /// Says what a package needs, where its answers do.
    needs: Option<Needs>,
    /// The least time between two requests.
    pause: Duration,
}

impl Registry {
    /// Reads what an answer says of the license.
    pub fn inspect(&self, folder: &Folder) -> Inspection {
        self.inspect.map_or_else(|| inspect_as(self.ty, folder), |inspect| inspect(folder))
    }

    /// Returns whether it has archives that can be read where its first answer says too little.
    pub fn has_archives(&self) -> bool {
        self.open.is_some()
    }
}

/// Reads a folder as the package it is.
fn inspect_as(ty: &str, folder: &Folder) -> Inspection {
    crate::ecosystem::by_type(ty).map(|ecosystem| (ecosystem.inspect)(folder)).unwrap_or_default()
}

type Open = fn(&Asked, &Answer, &Session) -> Result<Answer, LookupError>;

/// Every registry, sorted by purl type.
#[rustfmt::skip]
static REGISTRIES: &[&Registry] = &[
    &cargo::CRATES_IO,
    &composer::PACKAGIST,
    &gem::RUBYGEMS,
    &golang::GO_PROXY,
    &hex::HEX,
    &maven::MAVEN_CENTRAL,
    &npm::NPM,
    &nuget::NUGET,
    &dart::PUB_DEV,
    &pypi::PYPI,
];

/// Finds the official registry for a purl type.
pub fn by_type(ty: &str) -> Option<&'static Registry> {
    REGISTRIES.iter().copied().find(|registry| registry.ty == ty)
}

/// Returns the purl types of packages that can be looked up, sorted.
pub fn types() -> impl Iterator<Item = &'static str> {
    REGISTRIES.iter().map(|registry| registry.ty)
}

/// A package to ask for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'run> {
    /// Its identity.
    pub purl: &'run Purl,
    /// The checksums that the lockfile gives.
    pub checksums: &'run [Checksum],
}

/// What a registry answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Files that speak of the license, by their path inside the package.
    pub files: Files,
    /// Whether the archive was read, and not only what the registry says about it.
    pub whole: bool,
    /// The checksums of the archive, computed where it was read.
    pub checksums: Vec<Checksum>,
}

impl Answer {
    /// Opens the answer like any other copy of the package.
    pub fn folder(&self, purl: &Purl) -> Folder {
        let version = purl.version().unwrap_or_default();
        let shown = RelPath::new(&format!("{}-{version}", purl.full_name())).unwrap_or_default();
        Folder::in_memory(self.files.clone(), Some(STORE), shown)
    }
}

/// What came of asking for a package.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// An answer, and whether a checksum ties it to the lockfile.
    Answered(Answer, Tie),
    /// An answer about other bytes than the lockfile pins.
    Different {
        /// What the lockfile says.
        expected: Checksum,
        /// What the registry has.
        found: Checksum,
    },
    /// No answer.
    Failed(LookupError),
}

/// How an answer hangs together with the lockfile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// The checksums are equal.
    Equal,
    /// There is nothing to compare.
    Loose,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LookupError {
    /// The registry does not have it.
    #[error("not found there")]
    NotFound,
    /// It answers with a status that is no answer.
    #[error("refused with status {0}")]
    Refused(u16),
    /// It is too busy, or failing.
    #[error("the registry answers with status {0}")]
    Busy(u16),
    /// It took too long.
    #[error("timed out")]
    TimedOut,
    /// It cannot be reached.
    #[error("not reachable: {0}")]
    Unreachable(String),
    /// It did not answer for other packages.
    #[error("not asked: the registry did not answer for others")]
    GivenUp,
    /// The answer is over the limit.
    #[error("the answer is over the limit of {0} MiB")]
    TooLarge(u64),
    /// It sends elsewhere.
    #[error("sent to another address, which is not asked")]
    Elsewhere,
    /// The answer is not what such an answer looks like.
    #[error("the answer could not be read: {0}")]
    Garbled(String),
    /// Only the addresses are wanted.
    #[error("not asked")]
    NotAsked,
    /// Nothing is asked in this run, and nothing was kept from another.
    #[error("offline")]
    Offline,
}

impl LookupError {
    /// Returns whether asking again may help.
    fn is_passing(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::TimedOut | Self::Unreachable(_))
    }
}

/// Returns the SHA-256 of an archive, as lockfiles give it.
fn sha256(bytes: &[u8]) -> Checksum {
    Checksum { algorithm: "sha256".to_owned(), hex: sha256_hex(bytes) }
}

impl From<ArchiveError> for LookupError {
    fn from(error: ArchiveError) -> Self {
        Self::Garbled(error.to_string())
    }
}

/// Says where JSON is not what was expected.
fn garbled(error: &serde_json::Error) -> LookupError {
    LookupError::Garbled(format!("it is not the JSON that was expected, at line {}", error.line()))
}

/// Refuses an archive that is not the one which the first answer speaks of.
fn same_as_listed(checksum: &Checksum, first: &Answer) -> Result<(), LookupError> {
    let mut listed = first.checksums.iter().filter(|listed| listed.algorithm == checksum.algorithm).peekable();
    if listed.peek().is_none() || listed.any(|listed| listed == checksum) {
        return Ok(());
    }
    Err(LookupError::Garbled("the archive is not the one that the registry lists".to_owned()))
}

/// Compares the checksums of a lockfile with those of an answer.
///
/// A lockfile may list more files than the registry still has: one in common is enough.
fn tie(lockfile: &[Checksum], found: &[Checksum]) -> Result<Tie, (Checksum, Checksum)> {
    if lockfile.iter().any(|checksum| found.contains(checksum)) {
        return Ok(Tie::Equal);
    }
    let pair = lockfile.iter().find_map(|expected| {
        let other = found.iter().find(|found| found.algorithm == expected.algorithm)?;
        Some((expected.clone(), other.clone()))
    });
    pair.map_or(Ok(Tie::Loose), Err)
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;
    use crate::base::official_address;

    #[test]
    fn the_table_is_sorted_and_every_registry_has_an_address() {
        assert!(REGISTRIES.iter().map(|registry| registry.ty).is_sorted());
        for registry in REGISTRIES {
            assert!(official_address(registry.ty).is_some(), "{}", registry.ty);
        }
    }

    #[test]
    fn one_common_checksum_ties_and_none_comparable_is_loose() {
        let sum = |algorithm: &str, hex: &str| Checksum { algorithm: algorithm.to_owned(), hex: hex.to_owned() };
        let [a, b, c] = &[sum("sha256", "aa"), sum("sha256", "bb"), sum("sha512", "cc")];
        assert_eq!(tie(&[a.clone(), b.clone()], &[b.clone(), c.clone()]), Ok(Tie::Equal));
        assert_eq!(tie(from_ref(a), from_ref(b)), Err((a.clone(), b.clone())));
        assert_eq!(tie(from_ref(a), from_ref(c)), Ok(Tie::Loose));
        assert_eq!(tie(&[], from_ref(a)), Ok(Tie::Loose));
    }
}
