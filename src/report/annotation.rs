//! What all formats for services say of a finding: its place in the project's own files, and its words.

use super::Report;
use super::escape::{line, words};
use crate::base::RelPath;
use crate::model::Finding;

/// The file a finding is pinned to if it has no place of its own and no file was read.
const NOWHERE: &str = "ppl-check.toml";

/// Returns path and line of the project's own file that a finding concerns.
///
/// Services show nothing for a finding without a place: what concerns the whole project is pinned to its first file.
pub(super) fn project_place(report: &Report, finding: &Finding) -> (RelPath, Option<u32>) {
    let own = finding.at.as_ref().filter(|at| at.store.is_none() && !at.path.is_root());
    let first = || report.coverage.files.iter().find(|file| !file.sample).map(|file| file.path.clone());
    match own {
        Some(at) => (at.path.clone(), at.line),
        None => (first().or_else(|| RelPath::new(NOWHERE).ok()).unwrap_or_default(), None),
    }
}

/// Returns a finding in plain lines: what, why, the clauses, what to do.
pub(super) fn plain_message(finding: &Finding) -> String {
    let mut lines = vec![words(&finding.message)];
    lines.extend((!finding.why.is_empty()).then(|| words(&finding.why)));
    for clause in &finding.clauses {
        lines.push(format!("{} {}: \"{}\"", line(&clause.license), line(&clause.section), words(&clause.quote)));
    }
    lines.extend(finding.next.first().map(|next| format!("next: {}", words(next))));
    lines.push(format!("explain: ppl-check explain {}", line(&finding.rule)));
    lines.join("\n")
}
