//! What a package needs directly, as the answer of its registry names it, and which versions that means today.
//!
//! A requirement stands for the newest version it allows: that is what a package manager would add without a lockfile.
//! Left out on purpose: what only development, tests or extras need, and what the needed packages need themselves.

use super::range::{Dialect, newest};
use super::{Answer, LookupError, http::Session};
use crate::base::Purl;

/// How a registry says what packages need.
pub(super) struct Needs {
    /// Reads the direct dependencies from the answer about a package.
    pub(super) named: fn(&Answer) -> Result<Vec<Named>, LookupError>,
    /// Asks which versions of a package there are.
    pub(super) versions: fn(&Purl, &Session) -> Result<Vec<String>, LookupError>,
    /// How requirements are written.
    pub(super) dialect: Dialect,
}

/// A dependency as a package names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The package, without a version.
    pub(super) purl: Purl,
    /// Which versions will do, or where it comes from.
    pub(super) requirement: String,
    /// Whether the package works without it.
    pub(super) optional: bool,
    /// Whether it comes from anywhere but the registry.
    pub(super) elsewhere: bool,
}

impl Named {
    pub(super) fn new(purl: Purl, requirement: &str) -> Self {
        Self { purl, requirement: requirement.to_owned(), optional: false, elsewhere: false }
    }

    /// Finds the version that the requirement means.
    pub(super) fn settle(self, needs: &Needs, session: &Session) -> Need {
        let chosen = if self.elsewhere {
            Err("it comes from elsewhere".to_owned())
        } else {
            (needs.versions)(&self.purl, session).map_err(|error| error.to_string()).and_then(|versions| {
                let found = newest(&versions, &self.requirement, needs.dialect).map(str::to_owned);
                found.ok_or_else(|| "the registry has no version that fits".to_owned())
            })
        };
        let Self { purl, requirement, optional, .. } = self;
        let at_version =
            |version: String| Purl::with_namespace(purl.ty(), purl.namespace(), purl.name(), Some(&version));
        Need { chosen: chosen.map(at_version), purl, requirement, optional }
    }
}

/// A direct dependency of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The package, without a version.
    pub purl: Purl,
    /// Which versions will do, as written.
    pub requirement: String,
    /// Whether the package works without it.
    pub optional: bool,
    /// The newest version that will do, or why there is none.
    pub chosen: Result<Purl, String>,
}
