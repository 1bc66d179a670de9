//! One statement about one license, verbatim.

use std::sync::Arc;

use crate::base::Location;
use crate::license::identify::Identification;
pub use crate::license::lenient::FieldFormat;

use super::verdict::words;

words! {
    /// Where a claim comes from, most trusted first.
    ClaimKind {
        /// The user's own clarification.
        Clarification = "clarification",
        /// The text of a license.
        Text = "text",
        /// A header or notice in a file.
        Notice = "notice",
        /// An SPDX tag.
        Tag = "tag",
        /// A field of the package's own manifest.
        Declared = "declared",
        /// Concluded by the author of an SBOM.
        Concluded = "concluded",
        /// A row of `ppl-check.lock`.
        EvidenceLock = "evidence-lock",
        /// A field of a lockfile.
        Lockfile = "lockfile",
        /// The answer of a registry.
        Registry = "registry",
    }
}

words! {
    /// How several values of one field combine.
    Join {
        /// Any may be chosen.
        Or = "or",
        /// All apply.
        And = "and",
        /// One of them applies, and it is not said which.
        OneOf = "one-of",
        /// The format does not say.
        Unknown = "unknown",
    }
}

/// One statement about one license, as it stands in a file.
///
/// A parser quotes; what the words mean is decided later, by the data in `licenses/`.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Where it comes from.
    pub kind: ClaimKind,
    /// The verbatim words, or for a text its file name.
    pub raw: String,
    /// Where it stands.
    pub at: Location,
    /// What it states.
    pub says: Statement,
    /// Whether it was read from code by its literals alone.
    pub heuristic: bool,
}

/// The content of a claim.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// Values of a field.
    Field {
        /// The values, verbatim.
        values: Vec<String>,
        /// How they combine.
        join: Join,
        /// What kind of words they are.
        format: FieldFormat,
    },
    /// A file that holds the license, relative to the claim's file.
    SeeFile(String),
    /// A text that was read.
    Text {
        /// SHA-256 of its bytes, in lower-case hexadecimal.
        sha256: String,
        /// What it was recognized as.
        identification: Arc<Identification>,
    },
}

impl Claim {
    /// Creates a claim from one value of a field.
    pub fn field(kind: ClaimKind, format: FieldFormat, raw: &str, at: Location) -> Self {
        Self::fields(kind, format, Join::Unknown, vec![raw.to_owned()], at)
    }

    /// Creates a claim from several values of a field.
    pub fn fields(kind: ClaimKind, format: FieldFormat, join: Join, values: Vec<String>, at: Location) -> Self {
        Self { kind, raw: values.join(" | "), at, says: Statement::Field { values, join, format }, heuristic: false }
    }

    /// Returns what the claim says, for a sentence: of a classifier its last part.
    pub fn words(&self) -> String {
        match &self.says {
            Statement::Field { values, format: FieldFormat::Classifier, .. } => {
                let last = |value: &String| value.rsplit("::").next().unwrap_or(value).trim().to_owned();
                values.iter().map(last).collect::<Vec<_>>().join(" | ")
            }
            Statement::Field { .. } | Statement::SeeFile(_) | Statement::Text { .. } => self.raw.clone(),
        }
    }

    /// Creates a claim that points at a file.
    pub fn see_file(kind: ClaimKind, file: &str, at: Location) -> Self {
        Self { kind, raw: file.to_owned(), at, says: Statement::SeeFile(file.to_owned()), heuristic: false }
    }

    /// Marks the claim as read from code by its literals alone.
    #[must_use]
    pub fn heuristic(mut self) -> Self {
        self.heuristic = true;
        self
    }
}
