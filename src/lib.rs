//! License compliance for projects under the Peer Production License.
//!
//! The library finds every dependency of a source tree, resolves its license into an SPDX expression
//! with the evidence for it, and judges it against copyfarleft terms.
//! It never prints, never reads the environment and starts no process.

pub mod base;
mod check;
pub mod config;
pub mod ecosystem;
pub mod explain;
pub mod inventory;
pub mod license;
pub mod model;
pub mod policy;
pub mod registry;
pub mod report;
pub mod resolve;
pub mod scan;
pub mod syntax;

pub use check::{CheckError, CheckOptions, OwnFiles, Records, check};
