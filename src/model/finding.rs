//! Judgements that a person should see.

use std::sync::Arc;

use crate::base::Location;

use super::package::PackageIdx;
use super::verdict::{Cause, Verdict};

/// Words of a license that a finding rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clause {
    /// The license, by id.
    pub license: String,
    /// The section, as the text numbers it.
    pub section: String,
    /// The words, verbatim.
    pub quote: String,
}

/// Something that goes with a finding and has no verdict.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// Its id.
    pub id: String,
    /// Its words.
    pub text: String,
}

/// One judgement about one package or several that share a root cause.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule that fired.
    pub rule: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub cause: Cause,
    /// The packages it is about, the work's before its tools, each in the order of their identity; empty for one about the project itself.
    pub packages: Vec<PackageIdx>,
    /// Whether each of the packages lacks a license for the same reason: named together, counted and compared singly.
    pub lacking: bool,
    /// What was found, in one line.
    pub message: String,
    /// Why that is so, in plain words.
    pub why: Arc<str>,
    /// The words of the licenses it rests on.
    pub clauses: Vec<Clause>,
    /// The expression that was judged, if there is one.
    pub expression: Option<String>,
    /// Where the project brings it in.
    pub at: Option<Location>,
    /// What was tried to settle it.
    pub tried: Arc<[String]>,
    /// What to do, cheapest first.
    pub next: Vec<Arc<str>>,
    /// What goes with it.
    pub notes: Vec<Note>,
    /// The reason given for accepting it, if the configuration does.
    pub excepted: Option<String>,
    /// Whether it concerns tools alone (build, dev, test), so that an unknown or a question does not fail by default.
    pub tools_only: bool,
}

impl Finding {
    /// Returns how the finding is printed and counted.
    pub fn word(&self) -> &'static str {
        match (self.verdict, self.cause) {
            (Verdict::Review, Cause::Evidence) => "unknown",
            (Verdict::Review, _) => "question",
            (verdict, _) => verdict.word(),
        }
    }
}
