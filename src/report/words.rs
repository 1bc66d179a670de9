//! The two answers and the duties in words, as every document gives them.

use std::collections::{BTreeMap, BTreeSet};

use super::escape::line;
use super::{Duty, Reason, Report};
use crate::model::PackageIdx;

/// Whether the whole may be shipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// In words.
    pub(super) ship: &'static str,
    /// What it rests on.
    pub(super) counts: String,
}

/// Returns the first answer.
pub(super) fn answer(report: &Report) -> Answer {
    let summary = &report.summary;
    if summary.reason == Reason::NothingToCheck {
        let counts = "there is no manifest, license text, tag or notice to look at".to_owned();
        return Answer { ship: "no answer", counts };
    }
    let mut against: Vec<String> = Vec::new();
    for (count, one, many) in [
        (summary.n_conflicts, "conflict", "conflicts"),
        (summary.n_unknowns, "unknown", "unknowns"),
        (summary.n_questions, "question", "questions"),
    ] {
        if count > 0 {
            against.push(format!("{count} {}", plural(count, one, many)));
        }
    }
    let ship = if summary.n_conflicts + summary.n_unknowns > 0 {
        "not as it stands"
    } else if summary.n_questions > 0 {
        "needs a decision"
    } else {
        "nothing found against it"
    };
    let aside = match (summary.n_obligations, summary.n_ok) {
        (0, ok) => format!("{ok} fine"),
        (duties, ok) => format!("{duties} {}, {ok} fine", plural(duties, "carries duties", "carry duties")),
    };
    let counts = if against.is_empty() { aside } else { format!("{} ({aside})", against.join(", ")) };
    Answer { ship, counts }
}

/// Names the files that the packages come from: lockfiles, then manifests, then those that name nothing to judge.
pub(super) fn files_words(report: &Report) -> String {
    let mut read: Vec<_> = report.coverage.files.iter().filter(|file| !file.sample).collect();
    let judged = report.inventory.packages.iter().filter(|package| package.not_judged.is_none());
    let naming: BTreeSet<_> = judged.flat_map(|package| &package.at).map(|at| &at.path).collect();
    read.sort_by_key(|file| (!file.lockfile, !naming.contains(&file.path)));
    let names: Vec<String> = read.iter().take(2).map(|file| line(file.path.as_str())).collect();
    match read.len().saturating_sub(2) {
        _ if names.is_empty() => "no lockfile or manifest".to_owned(),
        0 => names.join(", "),
        n => format!("{} and {n} more {}", names.join(", "), plural(n, "file", "files")),
    }
}

/// Returns the word that goes with a number.
pub(super) fn plural(count: usize, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

/// One duty and the packages for which it is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owing<'r> {
    /// The id.
    pub(super) id: &'r str,
    /// What it asks for.
    pub(super) duty: Duty,
    /// What it extends to.
    pub(super) extent: Option<&'r str>,
    /// For which packages.
    pub(super) packages: Vec<PackageIdx>,
}

/// Returns what is owed, duties before notices.
pub(super) fn duties(report: &Report) -> Vec<Owing<'_>> {
    let mut found: BTreeMap<(bool, &str, Option<&str>), Vec<PackageIdx>> = BTreeMap::new();
    for (idx, _) in report.shown() {
        let Some(judgement) = report.judgement(idx) else { continue };
        for owed in &judgement.obligations {
            let packages = found.entry((!owed.is_duty, &owed.id, owed.extent.as_deref())).or_default();
            if packages.last() != Some(&idx) {
                packages.push(idx);
            }
        }
    }
    found
        .into_iter()
        .map(|((_, id, extent), packages)| {
            let duty = report.documents.duties.get(id).cloned().unwrap_or_default();
            Owing { id, duty, extent, packages }
        })
        .collect()
}
