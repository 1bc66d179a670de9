//! The license that a package is reasoned about with, and how it was reached.

use std::borrow::Cow;

use crate::license::expr::{Expr, Repair};
use crate::license::identify::Change;

use super::claim::ClaimKind;

/// How a license was reached.
pub type Basis = ClaimKind;

/// What the claims about a package come to.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolved {
    /// One expression.
    Expression(Expr),
    /// A GNU text without a notice: the `-only` expression; whether later versions count is not said.
    SuffixUnstated(Expr),
    /// Several readings between which nothing decides: each is judged, the worst counts.
    Candidates(Vec<Expr>),
    /// The text of a license with an operative clause changed.
    Modified {
        /// The license it was made from.
        id: String,
        /// What was removed and added.
        changes: Vec<Change>,
    },
    /// No license was found.
    Missing {
        /// Whether the package's own contents were read to the end, so that there is none.
        complete_look: bool,
    },
}

/// Returns how a candidate is called among others: one that nobody knows has no name.
pub fn candidate_words(candidate: &str) -> &str {
    if candidate == "NOASSERTION" { "another license of that name" } else { candidate }
}

/// One place in which evidence was looked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tried {
    /// Which place: `package-lock.json`, `node_modules/map-widget`, `registry`.
    pub place: Cow<'static, str>,
    /// What came of it: `not installed`, `offline`, `says nothing`.
    pub outcome: Cow<'static, str>,
}

impl Tried {
    /// The outcome of reading what is there and finding no word on a license.
    pub const SAYS_NOTHING: &'static str = "says nothing";

    /// Notes what came of looking at a place.
    pub fn new(place: impl Into<Cow<'static, str>>, outcome: impl Into<Cow<'static, str>>) -> Self {
        Self { place: place.into(), outcome: outcome.into() }
    }
}

/// Two sources that contradict each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Disagreement {
    /// The expression that counts.
    pub used: String,
    /// What the other source says; missing if it is a text or a name that is not known here.
    pub other: Resolved,
    /// Index of the other source in the package's claims.
    pub claim: usize,
}

impl Disagreement {
    /// Returns what the other source says, in words.
    pub fn words(&self) -> String {
        match &self.other {
            Resolved::Expression(expr) | Resolved::SuffixUnstated(expr) => expr.to_string(),
            Resolved::Candidates(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or "),
            Resolved::Modified { id, .. } => format!("modified {id}"),
            Resolved::Missing { .. } => "a text that is not recognized".to_owned(),
        }
    }
}

/// The license reasoned with and how it was reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolution {
    /// The outcome.
    pub resolved: Resolved,
    /// The kind of claim it rests on, if there is any.
    pub basis: Option<Basis>,
    /// What had to be repaired to read it.
    pub repairs: Vec<Repair>,
    /// Whether the ambiguity crosses no border above `obligation`, so that it is counted and not reported.
    pub imprecise: bool,
    /// Where sources contradict each other.
    pub disagreements: Vec<Disagreement>,
    /// Everything that was tried, in order.
    pub tried: Vec<Tried>,
    /// Whether the answer of a registry counts although nothing ties it to the lockfile.
    pub unverified_origin: bool,
    /// Bytes that are not the ones that were recorded: what was found where, and what was expected.
    pub mismatches: Vec<String>,
}

impl Resolution {
    /// Creates a resolution that found nothing.
    pub fn missing(complete_look: bool, tried: Vec<Tried>) -> Self {
        Self {
            resolved: Resolved::Missing { complete_look },
            basis: None,
            repairs: Vec::new(),
            imprecise: false,
            disagreements: Vec::new(),
            tried,
            unverified_origin: false,
            mismatches: Vec::new(),
        }
    }

    /// Returns the expressions to judge: one, or all candidates; none if nothing was found.
    ///
    /// For a GNU text without a notice it is the `-only` expression: the caller adds the other reading.
    pub fn readings(&self) -> Vec<Expr> {
        match &self.resolved {
            Resolved::Expression(expr) | Resolved::SuffixUnstated(expr) => vec![expr.clone()],
            Resolved::Candidates(candidates) => candidates.clone(),
            Resolved::Modified { .. } | Resolved::Missing { .. } => Vec::new(),
        }
    }
}
