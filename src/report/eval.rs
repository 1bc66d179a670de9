//! What `eval` says of one expression or package: a few lines for people, one JSON object a line for programs.

use std::fmt;
use std::io;

use serde::Serialize;

use super::escape::{self, line, words};
use crate::license::expr::Expr;
use crate::license::knowledge::Knowledge;
use crate::model::{Resolved, Verdict, candidate_words};
use crate::policy::{Judgement, Owed, RuleHit};

/// One expression or package, and what is said of it.
#[derive(Clone, Debug)]
pub struct Evaluation<'run> {
    /// Of a package that another one needs: by which, and how.
    pub needed: Option<Needed>,
    /// The package, if one was asked for.
    pub package: Option<String>,
    /// What was asked for, if it is no expression as it stands.
    pub raw: Option<String>,
    /// What it was read as.
    pub license: License,
    /// What is said of it.
    pub judgement: &'run Judgement,
    /// For an offer of several licenses: what is said under each branch.
    pub branches: &'run [(Expr, Judgement)],
}

/// How one package needs another.
#[derive(Clone, Debug)]
pub struct Needed {
    /// The package that needs the other.
    pub by: String,
    /// Which versions will do, as written.
    pub requirement: String,
    /// Whether it works without.
    pub optional: bool,
}

/// What is known of the license of something.
#[derive(Clone, Debug)]
pub enum License {
    /// One expression.
    Expression(String),
    /// A GNU text without a notice: the `-only` expression.
    SuffixUnstated(String),
    /// Several readings between which nothing decides.
    Candidates(Vec<String>),
    /// The text of a license with an operative clause changed.
    Modified(String),
    /// Nothing; why, in words.
    Missing(String),
}

impl From<&Resolved> for License {
    fn from(resolved: &Resolved) -> Self {
        match resolved {
            Resolved::Expression(expr) => Self::Expression(expr.to_string()),
            Resolved::SuffixUnstated(expr) => Self::SuffixUnstated(expr.to_string()),
            Resolved::Candidates(exprs) => Self::Candidates(exprs.iter().map(ToString::to_string).collect()),
            Resolved::Modified { id, .. } => Self::Modified(id.clone()),
            Resolved::Missing { .. } => Self::Missing("no license that could be read".to_owned()),
        }
    }
}

impl fmt::Display for License {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expression(expr) => f.write_str(expr),
            Self::SuffixUnstated(expr) => write!(f, "{expr}, or a later version"),
            Self::Candidates(exprs) => {
                f.write_str(&exprs.iter().map(|expr| candidate_words(expr)).collect::<Vec<_>>().join(", or "))
            }
            Self::Modified(id) => write!(f, "modified {id}"),
            Self::Missing(why) => f.write_str(why),
        }
    }
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    needed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requirement: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    optional: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<&'a str>,
    expression: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suffix: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    missing: bool,
    verdict: &'static str,
    cause: &'static str,
    rules: Vec<&'a str>,
    obligations: Vec<&'a str>,
    chosen: Option<String>,
    because: Vec<Hit<'a>>,
    owed: Vec<Duty<'a>>,
    alternatives: Vec<Branch>,
    switches: Vec<Switch<'a>>,
    outbound: Vec<Branch>,
    data: &'a str,
}

#[derive(Serialize)]
struct Hit<'a> {
    rule: &'a str,
    verdict: &'static str,
    cause: &'static str,
    license: &'a str,
    because: Option<&'a str>,
    clauses: Vec<Clause<'a>>,
    notes: Vec<Note<'a>>,
}

#[derive(Serialize)]
struct Clause<'a> {
    license: &'a str,
    section: &'a str,
    quote: &'a str,
}

#[derive(Serialize)]
struct Note<'a> {
    id: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct Duty<'a> {
    obligation: &'a str,
    extent: Option<&'a str>,
    license: &'a str,
    must: bool,
}

#[derive(Serialize)]
struct Branch {
    expression: String,
    verdict: &'static str,
    cause: &'static str,
}

#[derive(Serialize)]
struct Switch<'a> {
    id: &'a str,
    answer: &'a str,
    otherwise: Vec<Otherwise<'a>>,
}

#[derive(Serialize)]
struct Otherwise<'a> {
    answer: &'a str,
    verdict: &'static str,
}

/// Writes one JSON object and a line end.
pub fn json(evaluation: &Evaluation<'_>, knowledge: &Knowledge, out: &mut dyn io::Write) -> io::Result<()> {
    let Evaluation { needed, package, raw, license, judgement, branches } = evaluation;
    let branch = |(expr, judged): &(Expr, Judgement)| Branch {
        expression: expr.to_string(),
        verdict: judged.verdict.word(),
        cause: judged.cause.word(),
    };
    let row = Row {
        needed_by: needed.as_ref().map(|needed| needed.by.as_str()),
        requirement: needed.as_ref().map(|needed| needed.requirement.as_str()),
        optional: needed.as_ref().map(|needed| needed.optional),
        package: package.as_deref(),
        raw: raw.as_deref(),
        expression: match license {
            License::Expression(expr) | License::SuffixUnstated(expr) => Some(expr),
            License::Candidates(_) | License::Modified(_) | License::Missing(_) => None,
        },
        suffix: matches!(license, License::SuffixUnstated(_)).then_some("unstated"),
        candidates: match license {
            License::Candidates(exprs) => exprs.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        },
        modified: match license {
            License::Modified(id) => Some(id),
            _ => None,
        },
        missing: matches!(license, License::Missing(_)),
        verdict: judgement.verdict.word(),
        cause: judgement.cause.word(),
        rules: unique(judgement.rules.iter().map(|hit| hit.rule.as_str())),
        obligations: unique(judgement.obligations.iter().map(|owed| owed.id.as_str())),
        chosen: judgement.chosen.as_ref().map(ToString::to_string),
        because: judgement.rules.iter().map(hit).collect(),
        owed: judgement.obligations.iter().map(duty).collect(),
        alternatives: judgement
            .alternatives
            .iter()
            .map(|other| Branch {
                expression: other.expr.to_string(),
                verdict: other.verdict.word(),
                cause: other.cause.word(),
            })
            .collect(),
        switches: judgement
            .switches
            .iter()
            .map(|switch| Switch {
                id: &switch.id,
                answer: &switch.answer,
                otherwise: switch
                    .otherwise
                    .iter()
                    .map(|(answer, verdict)| Otherwise { answer, verdict: verdict.word() })
                    .collect(),
            })
            .collect(),
        outbound: branches.iter().map(branch).collect(),
        data: &knowledge.digest,
    };
    serde_json::to_writer(escape::Json(out), &row)?;
    writeln!(out)
}

fn hit(hit: &RuleHit) -> Hit<'_> {
    Hit {
        rule: &hit.rule,
        verdict: hit.verdict.word(),
        cause: hit.cause.word(),
        license: &hit.license,
        because: hit.because.as_deref(),
        clauses: hit
            .clauses
            .iter()
            .map(|clause| Clause { license: &clause.license, section: &clause.section, quote: &clause.quote })
            .collect(),
        notes: hit.notes.iter().map(|note| Note { id: &note.id, text: &note.text }).collect(),
    }
}

fn duty(owed: &Owed) -> Duty<'_> {
    Duty { obligation: &owed.id, extent: owed.extent.as_deref(), license: &owed.license, must: owed.is_duty }
}

/// Keeps the first of equal words.
fn unique<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut kept: Vec<&str> = Vec::new();
    for word in words {
        if !kept.contains(&word) {
            kept.push(word);
        }
    }
    kept
}

/// Writes a few lines for people.
pub fn text(evaluation: &Evaluation<'_>, knowledge: &Knowledge, out: &mut dyn io::Write) -> io::Result<()> {
    let Evaluation { needed, package, raw, license, judgement, branches } = evaluation;
    let license = license.to_string();
    if let Some(Needed { requirement, optional, .. }) = needed {
        let optional = if *optional { ", optional" } else { "" };
        write!(out, "needs {}{optional}: ", line(requirement))?;
    }
    match package.as_ref().or(raw.as_ref()) {
        Some(asked) => writeln!(out, "{} ({}): {}", line(asked), line(&license), judgement.verdict)?,
        None => writeln!(out, "{}: {}", line(&license), judgement.verdict)?,
    }
    // Of what is needed, only what stands in the way is told at length.
    if needed.is_some() && judgement.verdict < Verdict::Review {
        return Ok(());
    }
    if let Some(chosen) = judgement.chosen.as_ref().map(ToString::to_string).filter(|chosen| *chosen != license) {
        writeln!(out, "  rests on   {}", line(&chosen))?;
    }
    for hit in &judgement.rules {
        let because = hit.because.as_deref().unwrap_or_default();
        let of = if hit.license.is_empty() { String::new() } else { format!("{}: ", line(&hit.license)) };
        writeln!(out, "  {} [{}] {of}{}", hit.verdict, hit.rule, line(because))?;
        for clause in &hit.clauses {
            writeln!(out, "    {} {}  \"{}\"", line(&clause.license), line(&clause.section), words(&clause.quote))?;
        }
        for note in &hit.notes {
            writeln!(out, "    note  {}", words(&note.text))?;
        }
    }
    for (label, wanted) in [("owed", true), ("keep", false)] {
        let owed = judgement.obligations.iter().filter(|owed| owed.is_duty == wanted);
        for id in unique(owed.map(|owed| owed.id.as_str())) {
            let title = knowledge.obligation(id).map_or("", |obligation| obligation.title.as_str());
            writeln!(out, "  {label:<10} {id}: {}", line(title))?;
        }
    }
    for other in &judgement.alternatives {
        writeln!(out, "  otherwise  {}: {}", line(&other.expr.to_string()), other.verdict)?;
    }
    for switch in &judgement.switches {
        let otherwise: Vec<String> =
            switch.otherwise.iter().map(|(answer, verdict)| format!("{answer}: {verdict}")).collect();
        writeln!(out, "  decided by {} = {} ({})", switch.id, line(&switch.answer), line(&otherwise.join(", ")))?;
    }
    for (branch, judged) in *branches {
        writeln!(out, "  offered as {}: {}", line(&branch.to_string()), judged.verdict)?;
    }
    Ok(())
}
