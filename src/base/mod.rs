//! Ground layer: addresses, relative paths, locations, package URLs, diagnostics.
//!
//! **Invariant:** nothing here knows what a license, a package or an ecosystem is,
//! and nothing here reads the disk.

mod address;
mod date;
mod diagnostic;
mod digest;
mod location;
pub mod nearest;
mod path;
mod purl;
mod shared;

pub use address::{
    built_names, followed, host_of, index_address, is_loopback, is_official_registry, is_public_repository,
    official_address, without_credentials,
};
pub use date::Date;
pub use diagnostic::{Code, Diagnostic, Severity};
pub use digest::{base64_sha256, hex, hex_of_base64, sha256_hex, sha512_hex};
pub use location::{Location, Store};
pub use path::{PathError, RelPath};
pub use purl::{Purl, PurlError};
pub use shared::Shared;
