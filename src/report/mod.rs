//! The report of a run, and the formats it is written in: one file each.
//!
//! **Invariant:** a format renders; it does not filter, sort, look things up or change a verdict.
//! Every string from the scanned tree passes `escape` on its way out.

mod annotation;
mod attribution;
pub mod audit;
mod comment;
mod cyclonedx;
mod difference;
mod downstream;
mod enrich;
pub mod escape;
pub mod eval;
pub mod explain;
mod fingerprint;
mod github;
mod gitlab;
mod groups;
mod html;
pub mod identify;
mod json;
mod junit;
mod listing;
mod markdown;
mod notice;
mod page;
mod sarif;
mod sbom;
mod set;
mod spdx;
mod text;
pub mod who;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::base::{Diagnostic, Location, RelPath};
use crate::inventory::ReadFile;
use crate::license::knowledge::rule_schema::DownstreamWords;
use crate::model::{Clause, Finding, Inventory, NotJudged, Package, PackageIdx, Resolved, Verdict, words};
use crate::policy::Judgement;
use crate::resolve::{Attribution, EvidenceTexts, Recorded};
use crate::scan::SkipReason;

pub use comment::comment;
pub use difference::{Difference, Relicensed, Seen, Snapshot, difference};
pub use enrich::enrich;
pub use fingerprint::FINGERPRINT;
pub use listing::spreadsheet_row;
pub use set::set;

/// Everything a run found out, in the order in which it is shown.
#[derive(Clone, Debug)]
pub struct Report {
    /// Digest of the license knowledge.
    pub data_digest: String,
    /// Digest of the configuration in force.
    pub policy_digest: String,
    /// The project.
    pub project: Project,
    /// What is shipped, each with its own judgement.
    pub artifacts: Vec<Artifact>,
    /// Packages and edges.
    pub inventory: Inventory,
    /// What is said of each package; `None` for those that are not judged.
    pub judgements: Vec<Option<Arc<Judgement>>>,
    /// Up to five shortest paths to each package.
    pub paths: Vec<Paths>,
    /// Whom to credit for each package, and which notices go with it.
    pub attributions: Vec<Attribution>,
    /// What only documents need, if it was asked for.
    pub documents: Documents,
    /// Judgements a person should see, worst first.
    pub findings: Vec<Finding>,
    /// For each finding, whether it makes the run fail; the command line decides.
    pub failing: Vec<bool>,
    /// What changed, if the report is compared with an earlier one; the findings are then the new ones alone.
    pub difference: Option<Difference>,
    /// Every rule, sorted by id, whether it fired or not.
    pub rules: Vec<RuleWords>,
    /// What the project has recorded in `ppl-check.lock`.
    pub recorded: Recorded,
    /// Problems with inputs.
    pub diagnostics: Vec<Diagnostic>,
    /// Problems with files of samples, which are often broken on purpose.
    pub sample_diagnostics: Vec<Diagnostic>,
    /// What was looked at.
    pub coverage: Coverage,
    /// The numbers and the reason for the exit code.
    pub summary: Summary,
    /// Who may use what is shipped: a kind of user and the answer.
    pub users: Vec<(String, String)>,
    /// Packages that were filtered out of a listing; empty if none were.
    pub hidden: Vec<bool>,
}

impl Report {
    /// Returns the packages that are shown.
    pub fn shown(&self) -> impl Iterator<Item = (PackageIdx, &Package)> {
        let hidden = |idx: &PackageIdx| self.hidden.get(*idx).copied().unwrap_or_default();
        self.inventory.packages.iter().enumerate().filter(move |(idx, _)| !hidden(idx))
    }

    /// Returns what is said of a package, if it is judged.
    pub fn judgement(&self, idx: PackageIdx) -> Option<&Judgement> {
        self.judgements.get(idx)?.as_deref()
    }

    /// Compares the report with an earlier one and keeps the findings that are new.
    pub fn compare(&mut self, base: &str, before: &Snapshot) {
        let mut difference = difference(base, before, self);
        let new = difference.new.iter().filter_map(|idx| {
            let finding = self.findings.get(*idx)?;
            Some((before.news(self, finding), self.failing.get(*idx).copied().unwrap_or_default()))
        });
        (self.findings, self.failing) = new.collect();
        difference.new = (0..self.findings.len()).collect();
        self.difference = Some(difference);
    }

    /// Returns the identities of packages.
    pub fn purls(&self, packages: &[PackageIdx]) -> Vec<String> {
        let found = packages.iter().filter_map(|idx| self.inventory.packages.get(*idx));
        found.map(|package| package.purl.to_string()).collect()
    }

    /// Returns name and version of a package as people say them.
    pub fn package_words(&self, idx: PackageIdx) -> String {
        let Some(package) = self.inventory.packages.get(idx) else { return String::new() };
        match package.purl.version() {
            Some(version) => format!("{} {}", escape::line(&package.purl.full_name()), escape::line(version)),
            None => escape::line(&package.purl.full_name()),
        }
    }

    /// Returns the license of a package in words: the expression, the candidates, or why there is none.
    pub fn license_words(&self, package: &Package) -> String {
        match &package.resolution.resolved {
            Resolved::Expression(expr) => expr.to_string(),
            Resolved::SuffixUnstated(expr) => format!("{expr} (or later: not said)"),
            Resolved::Candidates(candidates) => {
                format!("one of: {}", candidates.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "))
            }
            Resolved::Modified { id, .. } => format!("modified {id}"),
            Resolved::Missing { complete_look: true } => "none".to_owned(),
            Resolved::Missing { complete_look: false } => "unknown".to_owned(),
        }
    }
}

/// A rule as a catalog lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleWords {
    /// Its id.
    pub id: String,
    /// One line.
    pub title: String,
    /// Why it matters, in plain sentences.
    pub why: String,
    /// What to do.
    pub fix: String,
}

/// What release documents need beside verdicts.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    /// The moment that formats which demand one give, such as `2026-12-31T00:00:00Z`.
    pub created: String,
    /// The texts that were read as evidence, by SHA-256.
    pub texts: EvidenceTexts,
    /// Texts of licenses as published, by id: for parts that came without one.
    pub canonical: BTreeMap<String, String>,
    /// What each duty that is owed asks for, by id.
    pub duties: BTreeMap<String, Duty>,
    /// Who may use the whole, in full.
    pub matrix: Vec<who::UserRow>,
    /// The packages of which a copy is in what is given on, in the forms that are asked for.
    pub shipped: BTreeSet<PackageIdx>,
    /// The packages that are given on in other forms alone.
    pub elsewhere: BTreeSet<PackageIdx>,
    /// The packages whose licensors asked not to be credited.
    pub credit_removed: BTreeSet<PackageIdx>,
    /// What the governing license says, for those who get the work.
    pub terms: Vec<Terms>,
    /// The words of the pages that say so, by language.
    pub downstream: Vec<DownstreamWords>,
}

/// What a duty asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duty {
    /// One line.
    pub title: String,
    /// What to do.
    pub about: String,
    /// Whether it goes beyond keeping notices.
    pub is_duty: bool,
}

/// Words of a license under which the work is offered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The license, by id.
    pub license: String,
    /// Its name, if the id is not on the SPDX list.
    pub name: Option<String>,
    /// Texts of the same family that are not this one, by their names.
    pub siblings: Vec<String>,
    /// What its words show, and the words, in the order of its sections.
    pub clauses: Vec<(String, Clause)>,
}

/// The project under scan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// Its name, if a manifest in the root gives one.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Who holds the rights, if the configuration says so.
    pub holder: Option<String>,
    /// The licenses it declares, as expressions, sorted.
    pub declared: Vec<String>,
    /// The expression it is judged under.
    pub outbound: String,
    /// Why that expression, if the project does not declare it.
    pub outbound_note: Option<String>,
}

/// A part that is shipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Its name.
    pub name: String,
    /// The expression under which it is offered.
    pub license: String,
    /// What is done with it.
    pub uses: Vec<String>,
    /// In which forms.
    pub forms: Vec<String>,
    /// The worst verdict among its packages.
    pub verdict: Verdict,
    /// For an offer of several licenses: each branch and its verdict.
    pub branches: Vec<(String, Verdict)>,
}

/// Shortest paths to a package.
///
/// Every package has its own, so they are kept small: each path as its length and its packages, in numbers of four
/// bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    packed: Box<[u32]>,
    /// Whether there are more.
    pub more: bool,
}

impl Paths {
    /// Keeps these paths, each from an own package to the package itself.
    pub fn new(shortest: &[Vec<PackageIdx>], more: bool) -> Self {
        let numbers = shortest.iter().flat_map(|path| std::iter::once(path.len()).chain(path.iter().copied()));
        // More packages than four bytes can count do not fit into memory.
        Self { packed: numbers.map(|number| u32::try_from(number).unwrap_or(u32::MAX)).collect(), more }
    }

    /// Returns the paths, shortest first.
    pub fn shortest(&self) -> impl Iterator<Item = Vec<PackageIdx>> {
        let mut numbers = self.packed.iter().map(|number| usize::try_from(*number).unwrap_or(usize::MAX));
        std::iter::from_fn(move || {
            let length = numbers.next()?;
            Some(numbers.by_ref().take(length).collect())
        })
    }
}

/// What was looked at and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Lockfiles and manifests that were read.
    pub files: Vec<ReadFile>,
    /// How much was not walked, by reason.
    pub skipped: BTreeMap<SkipReason, usize>,
    /// What the configuration leaves out.
    pub excluded: Vec<RelPath>,
    /// How many packages only samples name.
    pub n_samples: usize,
    /// How many pictures were taken for the project's own, because nothing says otherwise.
    pub n_images: usize,
    /// How many packages have an ambiguous license that changes nothing.
    pub n_imprecise: usize,
    /// How many packages rest on an answer that nothing ties to the lockfile.
    pub n_unverified: usize,
}

words! {
    /// The most important thing a run has to say.
    Reason {
        /// Nothing stands against it.
        Clean = "clean",
        /// Duties are to be met.
        Obligation = "obligation",
        /// A question is open.
        Question = "question",
        /// Something is unknown.
        Unknown = "unknown",
        /// Something could not be read to its end.
        Incomplete = "incomplete",
        /// Licenses conflict.
        Conflict = "conflict",
        /// There was nothing to look at.
        NothingToCheck = "nothing-to-check",
    }
}

/// Numbers of findings and packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The most important thing.
    pub reason: Reason,
    /// Findings that conflict.
    pub n_conflicts: usize,
    /// Findings about what is unknown.
    pub n_unknowns: usize,
    /// Findings that are questions.
    pub n_questions: usize,
    /// Packages that carry duties.
    pub n_obligations: usize,
    /// Packages that are fine.
    pub n_ok: usize,
    /// Packages by why they are not judged.
    pub not_judged: BTreeMap<NotJudged, usize>,
    /// Accepted findings.
    pub n_excepted: usize,
}

/// A way to write a report.
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// One line for `explain formats`.
    pub about: &'static str,
    /// Writes a report.
    pub render: fn(&Report, &Style, &mut dyn io::Write) -> io::Result<()>,
}

/// How text is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether to use color; the writer may still take it out.
    pub color: bool,
    /// Whether to keep to ASCII.
    pub ascii: bool,
    /// Columns of the terminal; 0 for no limit.
    pub width: usize,
    /// How much is shown: less than 0 is quiet, more is verbose.
    pub verbosity: i8,
    /// How long the run took, if that is shown: to a person at a terminal alone, so that the same inputs give the
    /// same bytes everywhere else.
    pub elapsed: Option<Duration>,
    /// The address of the root, such as `file:///home/ana/shop`, if places are links to their files: at a terminal
    /// alone, as above.
    pub root_address: Option<String>,
}

impl Style {
    /// Returns a place and, where the terminal can open it, makes it a link to its file.
    pub fn place(&self, at: &Location) -> String {
        let text = escape::line(&at.to_string());
        match &self.root_address {
            Some(root) if at.store.is_none() => {
                let path = at.path.raw_bytes().unwrap_or(at.path.as_str().as_bytes());
                link(&text, &escape::file_address(root, path))
            }
            _ => text,
        }
    }

    /// Returns an address of our own knowledge, as a link where the terminal can open one.
    pub(crate) fn address(&self, address: &str) -> String {
        if self.root_address.is_some() { link(address, address) } else { address.to_owned() }
    }
}

/// Makes words a link at a terminal; an address holds nothing but letters, digits and marks of addresses.
fn link(words: &str, address: &str) -> String {
    format!("\x1b]8;;{address}\x1b\\{words}\x1b]8;;\x1b\\")
}

/// Every format of `check`, sorted by name.
pub static FORMATS: &[Format] = &[
    Format {
        name: "github",
        about: "for GitHub Actions: the text, and annotations at the lines of the project's files",
        render: github::render,
    },
    Format { name: "gitlab", about: "GitLab's code quality report", render: gitlab::render },
    Format {
        name: "json",
        about: "everything, for programs; the schema is in docs/check.schema.json",
        render: json::render,
    },
    Format { name: "junit", about: "JUnit's XML: a test case for each package", render: junit::render },
    Format {
        name: "markdown",
        about: "answers and findings, as the summary of a job; compared with something, a comment for a pull request",
        render: markdown::summary,
    },
    Format { name: "sarif", about: "SARIF 2.1.0, for code scanning services", render: sarif::render },
    Format { name: "text", about: "for people at a terminal", render: text::render },
];

/// What `list` writes beside the formats above, sorted by name.
pub static LISTINGS: &[Format] = &[
    Format { name: "csv", about: "every package in a row, for spreadsheets", render: listing::csv },
    Format { name: "text", about: "every package in a line, for people", render: listing::text },
];

/// Every document of `report`, sorted by name.
pub static DOCUMENTS: &[Format] = &[
    Format { name: "cyclonedx", about: "an SBOM: CycloneDX 1.6 in JSON", render: cyclonedx::render },
    Format {
        name: "downstream-en",
        about: "one page in plain words for those who get the work",
        render: downstream::english,
    },
    Format { name: "downstream-es", about: "the same in Spanish", render: downstream::spanish },
    Format { name: "downstream-fr", about: "the same in French", render: downstream::french },
    Format { name: "html", about: "the whole report as one page to search, print and give away", render: html::render },
    Format { name: "json", about: "the report of `check`, for programs", render: json::render },
    Format { name: "markdown", about: "the whole report, for people", render: markdown::render },
    Format {
        name: "notice",
        about: "credits, notices, source offers and license texts, as plain text",
        render: notice::text,
    },
    Format { name: "notice-html", about: "the same as a page", render: notice::html },
    Format { name: "notice-markdown", about: "the same in Markdown", render: notice::markdown },
    Format { name: "spdx", about: "an SBOM: SPDX 2.3 in JSON", render: spdx::render },
];

/// What every document says at its end.
pub const DISCLAIMER: &str = "Prepared by ppl-check from the license texts; it grants nothing and is not legal advice. \
                              This document is dedicated to the public domain under CC0-1.0.";

/// Finds a document by name.
pub fn document(name: &str) -> Option<&'static Format> {
    DOCUMENTS.iter().find(|format| format.name == name)
}

/// Finds a format by name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_sorted() {
        assert!(FORMATS.iter().map(|format| format.name).is_sorted());
        assert!(LISTINGS.iter().map(|format| format.name).is_sorted());
        assert!(DOCUMENTS.iter().map(|format| format.name).is_sorted());
    }
}
