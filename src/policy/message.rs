//! What was found, in words: of one package, and of many that lack the same.

use super::RuleHit;
use super::assess::why_missing;
use crate::license::expr::{Expr, Id};
use crate::license::identify::Conclusion;
use crate::model::{
    Claim, ClaimKind, Finding, Inventory, Package, PackageIdx, Relation, Resolved, Scope, Statement, Trait,
    candidate_words,
};

/// How many readings of an ambiguous license a message lists before the rest is counted.
const MAX_READINGS: usize = 3;

/// How many packages that lack the same are named before the rest is counted.
const MAX_NAMED: usize = 5;

/// Returns what a finding says of some of its packages alone.
pub fn narrowed(inventory: &Inventory, finding: &Finding, packages: Vec<PackageIdx>) -> Finding {
    let some = members(inventory, &packages);
    Finding {
        message: lack(&some).unwrap_or_else(|| finding.message.clone()),
        tools_only: is_tools_only(&some),
        at: some.first().and_then(|package| package.at.first().cloned()),
        packages,
        ..finding.clone()
    }
}

/// Returns packages by their number.
pub(super) fn members<'run>(inventory: &'run Inventory, packages: &[PackageIdx]) -> Vec<&'run Package> {
    packages.iter().filter_map(|idx| inventory.packages.get(*idx)).collect()
}

/// Returns whether the packages are tools alone: nothing of them ends up in the work.
pub(super) fn is_tools_only(packages: &[&Package]) -> bool {
    !packages.is_empty() && packages.iter().all(|package| is_tool(package))
}

/// What parts of the tree are called that no package manager brought: single files, such as fonts, and copies of code.
const FILES: &str = "files";
const PARTS: &str = "copied parts";

/// Returns what kind of thing a package is: a part of the tree, or of which ecosystem.
pub(super) fn kind(package: &Package) -> &str {
    match package.purl.ty() {
        "generic" if package.traits.contains(&Trait::Asset) => FILES,
        "generic" if package.traits.contains(&Trait::Vendored) => PARTS,
        ty => ty,
    }
}

/// Returns whether nothing of a package ends up in the work.
pub(super) fn is_tool(package: &Package) -> bool {
    package.scope() < Scope::Runtime
}

/// Returns the license of a package in words: the expression, the candidates, or nothing.
pub(super) fn described(package: &Package) -> String {
    license_words(package, usize::MAX)
}

/// Returns the license of a package in words that fit on a line.
fn shortened(package: &Package) -> String {
    license_words(package, MAX_READINGS)
}

fn license_words(package: &Package, max_readings: usize) -> String {
    match &package.resolution.resolved {
        Resolved::Expression(expr) => expr.to_string(),
        Resolved::SuffixUnstated(expr) => format!("{expr}, or a later version: it does not say"),
        Resolved::Candidates(candidates) => readings_words(candidates, max_readings),
        Resolved::Modified { id, .. } => format!("a changed text of {id}"),
        Resolved::Missing { .. } => String::new(),
    }
}

/// Lists the readings of an ambiguous license.
fn readings_words(readings: &[Expr], max: usize) -> String {
    let listed = readings.iter().take(max).map(|expr| candidate_words(&expr.to_string()).to_owned());
    let listed: Vec<String> = listed.collect();
    match readings.len().saturating_sub(max) {
        0 => listed.join(", or "),
        n => format!("{}, or {n} more readings", listed.join(", or ")),
    }
}

/// Returns what was found, in one line.
pub(super) fn message(hit: &RuleHit, packages: &[&Package]) -> String {
    let Some(first) = packages.first() else { return String::new() };
    let name = name(first);
    if let Some(mismatch) = first.resolution.mismatches.first() {
        return format!("{name}: {mismatch}");
    }
    if let Some(message) = lack(packages) {
        return message;
    }
    let license = shortened(first);
    let joined = joined_how(first.relation);
    if let Some(differing) = hit.contradiction.and_then(|idx| first.resolution.disagreements.get(idx)) {
        return format!("{name} {}, {joined}", first.contradiction(differing));
    }
    let said = match packages.len() {
        1 => match unclear(first) {
            Some(words) if grants_nothing(first) => format!("{name} says \"{words}\", which grants nothing"),
            Some(words) => format!("{name} says \"{words}\", read as {license}"),
            None => format!("{name} is {license}"),
        },
        n => format!("{name} and {} more are {license}", n - 1),
    };
    format!("{said}, {joined}")
}

fn name(package: &Package) -> String {
    match package.purl.version() {
        Some(version) => format!("{} {version}", package.purl.full_name()),
        None => package.purl.full_name(),
    }
}

/// Says of packages without a license what they lack, and how many of them are tools, which fail under `--strict` only.
fn lack(packages: &[&Package]) -> Option<String> {
    let first = packages.first()?;
    let Resolved::Missing { complete_look } = first.resolution.resolved else { return None };
    let (of_one, of_several) = missing(first, complete_look);
    let aside = match packages.iter().filter(|package| is_tool(package)).count() {
        0 => String::new(),
        n_tools if n_tools == packages.len() => " (of tools alone)".to_owned(),
        n_tools => format!(" ({n_tools} of them tools)"),
    };
    if packages.len() == 1 {
        return Some(format!("{} {of_one}{aside}", name(first)));
    }
    let names: Vec<String> = packages.iter().take(MAX_NAMED).map(|package| name(package)).collect();
    let more = match packages.len().saturating_sub(MAX_NAMED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let what = match kind(first) {
        kind @ (FILES | PARTS) => kind,
        _ => "packages",
    };
    Some(format!("{} {what} {of_several}{aside}: {}{more}", packages.len(), names.join(", ")))
}

/// Returns what is wrong with a package that has no license: as said of one, and of several.
fn missing(package: &Package, complete_look: bool) -> (String, &'static str) {
    match why_missing(package, complete_look) {
        "nothing-declared" => (
            "grants nothing: its contents were read and hold no license".to_owned(),
            "grant nothing: their contents were read and hold no license",
        ),
        "unclear-statement" => (
            match (statement(package), text_of_kind(package, ClaimKind::Text), text_of_kind(package, ClaimKind::Notice))
            {
                (Some(words), ..) => format!("says \"{words}\", which names no license that is known here"),
                (None, Some((file, _)), _) => format!("has a {file} whose text is not known here"),
                (None, None, Some((file, license))) => {
                    format!("names {license} in its {file} alone, and nothing says that it is the license of the whole")
                }
                (None, None, None) => "says nothing that names a license".to_owned(),
            },
            "say nothing that names a license known here",
        ),
        "missing-reference" => (
            format!("points to \"{}\" for its license, and that is not here", statement(package).unwrap_or_default()),
            "point to files for their licenses that are not here",
        ),
        "silent-file" => {
            ("names no license, and nothing beside it does".to_owned(), "name no license, and nothing beside them does")
        }
        "lookup-failed" => {
            ("has no copy here, and looking it up failed".to_owned(), "have no copy here, and looking them up failed")
        }
        _ => ("has no copy here to read a license from".to_owned(), "have no copy here to read a license from"),
    }
}

/// Returns whether the package says itself that nothing is granted.
fn grants_nothing(package: &Package) -> bool {
    matches!(&package.resolution.resolved, Resolved::Expression(Expr::License(leaf)) if leaf.id == Id::None)
}

/// Returns the words a license was read from, if they do not say by themselves what was read.
fn unclear(package: &Package) -> Option<String> {
    let used = package.used_claims.iter().filter_map(|idx| package.claims.get(*idx));
    let mut words = used.filter(|claim| matches!(claim.says, Statement::Field { .. })).map(Claim::words);
    let is_read =
        matches!(package.resolution.resolved, Resolved::Candidates(_)) || !package.resolution.repairs.is_empty();
    words.next().filter(|_| is_read)
}

/// Returns the words of the first claim that could not be understood.
fn statement(package: &Package) -> Option<String> {
    package
        .claims
        .iter()
        .find(|claim| matches!(claim.says, Statement::Field { .. } | Statement::SeeFile(_)))
        .map(Claim::words)
}

/// Returns the first text of a kind: its file, and what it names.
fn text_of_kind(package: &Package, kind: ClaimKind) -> Option<(&str, String)> {
    let mut texts = package.claims.iter().filter(|claim| claim.kind == kind);
    texts.find_map(|claim| match &claim.says {
        Statement::Text { identification, .. } => {
            let named = match &identification.conclusion {
                Conclusion::Expression(expr) | Conclusion::SuffixUnstated(expr) => expr.to_string(),
                Conclusion::Candidates(readings) => readings_words(readings, MAX_READINGS),
                Conclusion::Modified { .. }
                | Conclusion::Nothing
                | Conclusion::Exception(_)
                | Conclusion::Refers(_) => "a license".to_owned(),
            };
            Some((claim.raw.as_str(), named))
        }
        Statement::Field { .. } | Statement::SeeFile(_) => None,
    })
}

fn joined_how(relation: Relation) -> &'static str {
    match relation {
        Relation::Dev => "used for developing alone",
        Relation::Build => "used for building alone",
        Relation::Service => "called over a network",
        Relation::SeparateProcess => "started as a program of its own",
        Relation::Output => "made by a tool",
        Relation::Aggregate => "shipped beside the work",
        Relation::Asset => "used as data, font or media",
        Relation::Import => "loaded by the interpreter",
        Relation::Dynamic => "linked at run time",
        Relation::Static => "linked into the work",
        Relation::Vendored => "copied into the tree",
        Relation::Modified => "copied and changed",
    }
}

/// Returns where evidence was looked for, of a package without a license.
pub(super) fn tried(package: &Package) -> Vec<String> {
    let missing = matches!(package.resolution.resolved, Resolved::Missing { .. });
    let tried = package.resolution.tried.iter().filter(|_| missing);
    let mut tried: Vec<String> = tried.map(|tried| format!("{} ({})", tried.place, tried.outcome)).collect();
    // The many folders of one environment have one name.
    tried.dedup();
    tried
}
