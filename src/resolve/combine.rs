//! Weighing claims: the declared license, the texts, and what to make of their differences.

use std::collections::BTreeSet;

use super::evidence::{Evidence, LICENSE_FOLDERS};
use crate::license::expr::{Expr, Id, Repair, text_name};
use crate::license::identify::Conclusion;
use crate::license::knowledge::Knowledge;
use crate::license::lenient::{JoinOperands, Outcome, Reading, joined, read};
use crate::model::{Basis, Claim, ClaimKind, Disagreement, Join, Resolution, Resolved, Statement};

/// A resolution and the claims it rests on.
pub(super) struct Combined {
    pub(super) resolution: Resolution,
    pub(super) used: BTreeSet<usize>,
}

/// What one claim or several come to.
struct Found {
    resolved: Resolved,
    used: BTreeSet<usize>,
    repairs: Vec<Repair>,
}

/// Decides which license counts.
///
/// A declared expression counts, and a text or another field that is not among its licenses is a disagreement.
/// Declared candidates are narrowed by the text. Without a declaration the texts count; several texts without words
/// on how they combine are candidates both ways.
pub(super) fn combine(evidence: &Evidence, ty: &str, knowledge: &Knowledge) -> Combined {
    let claims = &evidence.claims;
    let declared = declared(claims, ty, knowledge);
    let texts = texts(claims);
    let unreadable = declared.is_err();
    let (found, basis) = match (declared.ok().flatten(), texts) {
        (Some((declared, basis)), Some(texts)) => (Some(narrow(declared, &texts)), Some(basis)),
        (Some((declared, basis)), None) => (Some(declared), Some(basis)),
        (None, Some(texts)) => (Some(texts), Some(ClaimKind::Text)),
        (None, None) => (None, None),
    };
    // A license text that is not known here is not the absence of one, nor is a license that is named in passing.
    let speaks = claims.iter().any(|claim| matches!(claim.kind, ClaimKind::Text | ClaimKind::Notice));
    let complete_look = evidence.looked && !evidence.cut_short && !unreadable && !speaks && !refers(claims);
    let mut resolution = Resolution::missing(complete_look, evidence.tried.clone());
    let mut used = BTreeSet::new();
    if let Some(found) = found {
        resolution.disagreements = disagreements(&found, claims, ty, knowledge);
        resolution.resolved = found.resolved;
        resolution.repairs = found.repairs;
        resolution.basis = basis;
        used = found.used;
    }
    Combined { resolution, used }
}

/// Returns whether a text of the package points elsewhere for its license.
fn refers(claims: &[Claim]) -> bool {
    claims.iter().any(|claim| match &claim.says {
        Statement::SeeFile(_) => true,
        Statement::Text { identification, .. } => matches!(identification.conclusion, Conclusion::Refers(_)),
        Statement::Field { .. } => false,
    })
}

/// Returns what fields say: the first expression among the most trusted kind, else the narrowest candidates.
///
/// `Err` means that there are fields and none of them can be understood.
fn declared(claims: &[Claim], ty: &str, knowledge: &Knowledge) -> Result<Option<(Found, Basis)>, ()> {
    let mut any = false;
    let mut best: Option<(Found, Basis)> = None;
    for (idx, claim) in claims.iter().enumerate() {
        let Statement::Field { .. } = &claim.says else { continue };
        let reading = read_field(claim, ty, knowledge);
        let resolved = match reading.outcome {
            Outcome::Expression(expr) => Resolved::Expression(expr),
            Outcome::Candidates(candidates) => Resolved::Candidates(candidates),
            Outcome::SeeFile(_) => continue,
            Outcome::Unknown(_) => {
                any = true;
                continue;
            }
        };
        let found = Found { resolved, used: BTreeSet::from([idx]), repairs: reading.repairs };
        best = match best {
            None => Some((found, claim.kind)),
            Some((known, kind)) => Some((prefer(known, found), kind)),
        };
    }
    if best.is_none() && any { Err(()) } else { Ok(best) }
}

/// Keeps the first field, unless it is ambiguous and the second one says which of its candidates is meant.
fn prefer(first: Found, second: Found) -> Found {
    let Resolved::Candidates(candidates) = &first.resolved else { return first };
    let narrower = match &second.resolved {
        Resolved::Expression(expr) => candidates.contains(expr),
        Resolved::Candidates(others) => {
            others.len() < candidates.len() && others.iter().all(|other| candidates.contains(other))
        }
        Resolved::SuffixUnstated(_) | Resolved::Modified { .. } | Resolved::Missing { .. } => false,
    };
    if narrower { second } else { first }
}

fn read_field(claim: &Claim, ty: &str, knowledge: &Knowledge) -> Reading {
    let Statement::Field { values, join, format } = &claim.says else {
        return Reading { outcome: Outcome::Unknown(String::new()), repairs: Vec::new() };
    };
    let mut readings = values.iter().map(|value| read(value, *format, Some(ty), knowledge));
    if values.len() == 1
        && let Some(only) = readings.next()
    {
        return only;
    }
    let mut repairs = Vec::new();
    let mut parts: Vec<Vec<Expr>> = Vec::new();
    for reading in readings {
        repairs.extend(reading.repairs);
        match reading.outcome {
            Outcome::Expression(expr) => parts.push(vec![expr]),
            Outcome::Candidates(candidates) => parts.push(candidates),
            // One value that is not understood leaves the whole field so.
            other @ (Outcome::SeeFile(_) | Outcome::Unknown(_)) => return Reading { outcome: other, repairs },
        }
    }
    if *join == Join::OneOf {
        return Reading { outcome: one_of(parts.concat()), repairs };
    }
    let joins: &[JoinOperands] = match join {
        Join::Or => &[Expr::any],
        Join::And => &[Expr::all],
        Join::OneOf | Join::Unknown => &[Expr::all, Expr::any],
    };
    let outcome = joined(&parts, joins);
    Reading { outcome, repairs }
}

/// Returns an outcome that is one of several expressions.
fn one_of(mut candidates: Vec<Expr>) -> Outcome {
    candidates.sort();
    candidates.dedup();
    match (candidates.len(), candidates.pop()) {
        (1, Some(only)) => Outcome::Expression(only),
        (_, Some(last)) => Outcome::Candidates([candidates, vec![last]].concat()),
        (_, None) => Outcome::Unknown("the field is empty".to_owned()),
    }
}

/// Returns what the license texts of the package come to; notices of parts do not count here.
fn texts(claims: &[Claim]) -> Option<Found> {
    let mut used = BTreeSet::new();
    // Each text with its readings; the same text twice says nothing more.
    let mut parts: BTreeSet<Vec<Expr>> = BTreeSet::new();
    let mut unstated = false;
    for (idx, claim) in claims.iter().enumerate().filter(|(_, claim)| claim.kind == ClaimKind::Text) {
        let Statement::Text { identification, .. } = &claim.says else { continue };
        if !is_understood(&identification.conclusion) {
            let resolved = Resolved::Missing { complete_look: false };
            return Some(Found { resolved, used: BTreeSet::from([idx]), repairs: Vec::new() });
        }
        match &identification.conclusion {
            Conclusion::Expression(expr) => parts.insert(vec![expr.clone()]),
            Conclusion::SuffixUnstated(expr) => {
                unstated = true;
                parts.insert(vec![expr.clone()])
            }
            Conclusion::Candidates(candidates) => parts.insert(candidates.clone()),
            // A changed text decides: whatever else lies beside it, its changes must be read.
            Conclusion::Modified { id, changes } => {
                let resolved = Resolved::Modified { id: id.clone(), changes: changes.clone() };
                return Some(Found { resolved, used: BTreeSet::from([idx]), repairs: Vec::new() });
            }
            Conclusion::Nothing | Conclusion::Exception(_) | Conclusion::Refers(_) => continue,
        };
        used.insert(idx);
    }
    let parts: Vec<Vec<Expr>> = parts.into_iter().collect();
    let outcome = match parts.len() {
        0 => return None,
        1 => joined(&parts, &[Expr::all]),
        // Operands that several texts share count once.
        _ => joined(
            &parts,
            &[|texts| Expr::all(texts).map(|all| all.canonical()), |texts| Expr::any(texts).map(|any| any.canonical())],
        ),
    };
    let resolved = match outcome {
        Outcome::Expression(only) if unstated && parts.len() == 1 => Resolved::SuffixUnstated(only),
        Outcome::Expression(only) => Resolved::Expression(only),
        Outcome::Candidates(all) => Resolved::Candidates(all),
        Outcome::SeeFile(_) | Outcome::Unknown(_) => return None,
    };
    Some(Found { resolved, used, repairs: Vec::new() })
}

/// Returns whether a text names no license that nobody knows, as a tag may.
fn is_understood(conclusion: &Conclusion) -> bool {
    let known = |expr: &Expr| expr.licenses().iter().all(|license| license.id != Id::NoAssertion);
    match conclusion {
        Conclusion::Expression(expr) | Conclusion::SuffixUnstated(expr) => known(expr),
        Conclusion::Candidates(candidates) => candidates.iter().all(known),
        Conclusion::Nothing | Conclusion::Modified { .. } | Conclusion::Exception(_) | Conclusion::Refers(_) => true,
    }
}

/// Narrows declared candidates by what the texts are; an expression stays as declared.
fn narrow(mut declared: Found, texts: &Found) -> Found {
    let Resolved::Candidates(candidates) = &declared.resolved else { return declared };
    let found = match &texts.resolved {
        Resolved::Expression(expr) | Resolved::SuffixUnstated(expr) => bases(expr),
        Resolved::Candidates(_) | Resolved::Modified { .. } | Resolved::Missing { .. } => return declared,
    };
    let mut kept: Vec<Expr> = candidates.iter().filter(|candidate| bases(candidate) == found).cloned().collect();
    declared.resolved = match (kept.len(), kept.pop()) {
        (_, None) => return declared,
        (1, Some(only)) => Resolved::Expression(only),
        (_, Some(last)) => {
            kept.push(last);
            Resolved::Candidates(kept)
        }
    };
    declared.used.extend(&texts.used);
    declared
}

/// Finds texts and fields that are not among the licenses that count, and texts that are not known here.
fn disagreements(found: &Found, claims: &[Claim], ty: &str, knowledge: &Knowledge) -> Vec<Disagreement> {
    let declared: Vec<&Expr> = match &found.resolved {
        Resolved::Expression(expr) | Resolved::SuffixUnstated(expr) => vec![expr],
        Resolved::Candidates(candidates) => candidates.iter().collect(),
        Resolved::Modified { .. } | Resolved::Missing { .. } => return Vec::new(),
    };
    let known: BTreeSet<String> = declared.iter().flat_map(|expr| bases(expr)).collect();
    let used = declared.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
    let within = |expr: &Expr| bases(expr).is_subset(&known);
    let mut all = Vec::new();
    for (claim_idx, claim) in claims.iter().enumerate().filter(|(idx, _)| !found.used.contains(idx)) {
        let other = match &claim.says {
            // Notices may be those of parts.
            Statement::Text { identification, .. } if claim.kind == ClaimKind::Text && is_of_whole(&claim.raw) => {
                of_text(&identification.conclusion)
            }
            Statement::Field { .. } => of_field(&claim.raw, read_field(claim, ty, knowledge).outcome, knowledge),
            Statement::Text { .. } | Statement::SeeFile(_) => None,
        };
        let agrees = match &other {
            None => true,
            Some(Resolved::Expression(expr) | Resolved::SuffixUnstated(expr)) => within(expr),
            Some(Resolved::Candidates(candidates)) => candidates.iter().any(within),
            Some(Resolved::Modified { .. } | Resolved::Missing { .. }) => false,
        };
        if let Some(other) = other.filter(|_| !agrees) {
            all.push(Disagreement { used: used.clone(), other, claim: claim_idx });
        }
    }
    all
}

/// Returns whether a text is about the package as a whole: those in sub-folders may be about parts, but for the one
/// with the plain name in a folder of licenses, which is where wheels have it.
fn is_of_whole(file: &str) -> bool {
    let Some((folder, name)) = file.rsplit_once('/') else { return true };
    let stem = name.split('.').next().unwrap_or(name).to_ascii_uppercase();
    let is_plain = matches!(stem.as_str(), "LICENSE" | "LICENCE" | "COPYING" | "UNLICENSE");
    is_plain && (LICENSE_FOLDERS.contains(&folder) || folder == "license_files")
}

/// Returns what a license text says, if that can contradict anything; one that is not known here can.
fn of_text(conclusion: &Conclusion) -> Option<Resolved> {
    match conclusion {
        Conclusion::Expression(expr) => Some(Resolved::Expression(expr.clone())),
        Conclusion::SuffixUnstated(expr) => Some(Resolved::SuffixUnstated(expr.clone())),
        Conclusion::Candidates(candidates) => Some(Resolved::Candidates(candidates.clone())),
        Conclusion::Modified { id, changes } => Some(Resolved::Modified { id: id.clone(), changes: changes.clone() }),
        Conclusion::Nothing => Some(Resolved::Missing { complete_look: false }),
        Conclusion::Exception(_) | Conclusion::Refers(_) => None,
    }
}

/// Returns what a field says, if that can contradict anything; words that are not understood can, unless they leave it
/// to others to say which license is meant.
fn of_field(raw: &str, outcome: Outcome, knowledge: &Knowledge) -> Option<Resolved> {
    match outcome {
        Outcome::Expression(expr) => Some(Resolved::Expression(expr)),
        Outcome::Candidates(candidates) => Some(Resolved::Candidates(candidates)),
        Outcome::Unknown(why) if !raw.trim().is_empty() && !knowledge.aliases().is_silent(&why) => {
            Some(Resolved::Missing { complete_look: false })
        }
        Outcome::SeeFile(_) | Outcome::Unknown(_) => None,
    }
}

/// Returns whether a text holds every license of a declaration, whatever else it holds.
pub fn holds_all(text: &Claim, declared: &[Expr]) -> bool {
    let Statement::Text { identification, .. } = &text.says else { return false };
    let found = match &identification.conclusion {
        Conclusion::Expression(expr) | Conclusion::SuffixUnstated(expr) => std::slice::from_ref(expr),
        Conclusion::Candidates(candidates) => candidates.as_slice(),
        Conclusion::Modified { .. } | Conclusion::Nothing | Conclusion::Exception(_) | Conclusion::Refers(_) => &[],
    };
    let declared: BTreeSet<String> = declared.iter().flat_map(bases).collect();
    !found.is_empty() && !declared.is_empty() && found.iter().all(|expr| declared.is_subset(&bases(expr)))
}

/// Returns the licenses of an expression without `+`, `-only`, `-or-later` and exceptions, which a text alone
/// does not decide.
fn bases(expr: &Expr) -> BTreeSet<String> {
    expr.licenses().into_iter().map(|license| text_name(&license.id.to_string()).to_owned()).collect()
}
