//! `ppl-check.toml`: what a project says about itself, about its users, and about single packages.
//!
//! Files are given as texts: reading them is the caller's.
//! Errors name path, line and key, never the text of the file.

mod load;
mod pattern;
mod schema;

use thiserror::Error;

pub use load::{ReadBase, Setting, load, settings};
pub use pattern::{PackagePattern, PatternError};
pub use schema::{
    Artifact, Clarification, ClarifiedFile, Config, Decision, Exception, OwnRelation, Project, RuleLevel, RuleSetting,
    Scan, Waiver, You,
};

/// The name of the file in the root of a project.
pub const FILE_NAME: &str = "ppl-check.toml";

/// Why the configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file is not valid.
    #[error("`{path}`, line {line}, column {column}: {message}")]
    Invalid {
        /// The file.
        path: String,
        /// The line, from 1.
        line: u32,
        /// The column, from 1.
        column: u32,
        /// What was found and what was expected.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// A value is not allowed.
    #[error("`{path}`, key `{key}`: {message}")]
    Value {
        /// The file.
        path: String,
        /// The key.
        key: String,
        /// What was found and what was expected.
        message: String,
    },
    /// A file named in `extends` cannot be read.
    #[error("failed to read `{path}`, which `{by}` extends: {message}")]
    Extends {
        /// The file that cannot be read.
        path: String,
        /// The file that names it.
        by: String,
        /// What is wrong.
        message: String,
    },
    /// A key that a base marks as final is set again.
    #[error("`{path}` sets `{key}`, which the policy it extends marks as final")]
    Final {
        /// The file.
        path: String,
        /// The key.
        key: String,
    },
}
