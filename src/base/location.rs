//! Where something was read.

use std::fmt;

use super::RelPath;

/// A place outside the scanned tree that evidence was read from, by its name in reports.
///
/// The name says which kind of store it is (`cargo`, `npm`, `site-packages`), never where it lies on the machine.
pub type Store = &'static str;

/// A position in a file: the path, and from 1 the line and column where known.
///
/// Inside the scanned tree `store` is `None` and the path is relative to the root.
/// In a store the path starts with the package (`name-version/LICENSE`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The store outside the tree, if any.
    pub store: Option<Store>,
    /// The file.
    pub path: RelPath,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column, from 1.
    pub column: Option<u32>,
}

impl Location {
    /// Points at a whole file of the tree.
    pub fn file(path: RelPath) -> Self {
        Self { store: None, path, line: None, column: None }
    }

    /// Points at a line of a file of the tree.
    pub fn line(path: RelPath, line: u32) -> Self {
        Self { store: None, path, line: Some(line), column: None }
    }

    /// Returns the same position with another line.
    #[must_use]
    pub fn at_line(&self, line: u32) -> Self {
        Self { line: Some(line), column: None, ..self.clone() }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(store) = self.store {
            write!(out, "{store}:")?;
        }
        write!(out, "{}", self.path)?;
        if let Some(line) = self.line {
            write!(out, ":{line}")?;
            if let Some(column) = self.column {
                write!(out, ":{column}")?;
            }
        }
        Ok(())
    }
}
