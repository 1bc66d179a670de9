//! What a report says about the configuration itself: rows that do nothing, that have ended or soon will, and rules
//! that are switched.

use super::assess::Scene;
use super::findings::same_text;
use super::waivers;
use crate::base::{Code, Date, Diagnostic, Location, RelPath};
use crate::config::{Exception, FILE_NAME, PackagePattern, RuleLevel};
use crate::model::Finding;

/// How many days before its end an exception is announced.
const DAYS_BEFORE_END: u32 = 14;

/// Returns what is to be said about the configuration, given the findings it was laid over.
pub(super) fn upkeep(scene: &Scene, findings: &[Finding]) -> Vec<Diagnostic> {
    let config = scene.config;
    let mut found: Vec<Diagnostic> =
        config.exceptions.iter().filter_map(|row| exception(scene, row, findings)).collect();
    let named =
        |pattern: &PackagePattern| scene.inventory.packages.iter().any(|package| pattern.matches(&package.purl));
    let idle = |table: &str, pattern: &PackagePattern| {
        let message = format!("[[{table}]] for `{}`: no package is called so", pattern.as_str());
        said(Code::UnusedRow, message).hint("remove the row, or correct the name")
    };
    let clarified = config.clarifications.iter().map(|row| ("clarification", &row.package));
    let related = config.relations.iter().filter_map(|row| Some(("relation", row.package.as_ref()?)));
    let waived = config.waivers.iter().map(|row| ("waiver", &row.package));
    let rows = clarified.chain(related).chain(waived);
    found.extend(rows.filter(|(_, pattern)| !named(pattern)).map(|(table, pattern)| idle(table, pattern)));
    found.extend(waivers::idle(scene));
    found.extend(config.rules.iter().map(|(rule, setting)| {
        let level = match setting.level {
            RuleLevel::Off => "off",
            RuleLevel::Note => "a note",
        };
        said(Code::SwitchedRule, format!("`{rule}` is {level}: {}", setting.reason))
    }));
    found
}

fn exception(scene: &Scene, row: &Exception, findings: &[Finding]) -> Option<Diagnostic> {
    let about = format!("[[exception]] for `{}` from `{}`", row.package.as_str(), row.rule);
    let until = row.until.and_then(|until| until.to_string().parse::<Date>().ok());
    if let (Some(until), Some(today)) = (until, scene.today) {
        if today > until {
            let hint = "settle the finding, or look at it again and set a new date";
            return Some(said(Code::EndedException, format!("{about} ended on {until}")).hint(hint));
        }
        if today.days_until(until) <= DAYS_BEFORE_END {
            return Some(said(Code::EndingException, format!("{about} ends on {until}")));
        }
    }
    let packages = || scene.inventory.packages.iter().filter(|package| row.package.matches(&package.purl));
    if packages().next().is_some() && !packages().any(|package| same_text(row, package)) {
        let message = format!("{about}: the license text is no longer the one that was accepted");
        return Some(said(Code::VoidException, message).hint("read the new text before you accept it"));
    }
    let applies = |finding: &Finding| {
        let about_it = finding.packages.iter().filter_map(|idx| scene.inventory.packages.get(*idx));
        (row.rule == "*" || row.rule == finding.rule)
            && about_it.into_iter().any(|package| row.package.matches(&package.purl))
    };
    let unused = !findings.iter().any(applies);
    unused.then(|| said(Code::UnusedRow, format!("{about} accepts nothing that is found")).hint("remove the row"))
}

fn said(code: Code, message: String) -> Diagnostic {
    Diagnostic::new(code, Location::file(RelPath::root().join(FILE_NAME)), message)
}
