//! `why`: where a package comes from, what is said of its license, and what follows.

use std::io::{self, Write};

use ppl_check::config::PackagePattern;
use ppl_check::model::{Inventory, PackageIdx, Routes, Statement, Ways};
use ppl_check::policy::narrowed;
use ppl_check::report::escape::{Ascii, line};
use ppl_check::report::{Paths, Report, Style, format};

use super::args::{Common, WhyArgs};
use super::ui::Ui;
use super::{FINE, Failure, run};

pub(crate) fn why(common: &Common, args: &WhyArgs, ui: &Ui) -> Result<u8, Failure> {
    let mut report = run::run(common, args.path.as_deref())?;
    let idx = find(&report, &args.package)?;
    let routes = Routes::new(&report.inventory);
    if let Some(paths) = report.paths.get_mut(idx) {
        // The one package that is asked for may lie as deep as it will.
        let shortest = routes.shortest(idx, usize::MAX);
        *paths = Paths::new(&shortest, routes.n_known(idx) > shortest.len());
    }
    if common.format.iter().any(|wanted| wanted == "json") {
        report.hidden = (0..report.inventory.packages.len()).map(|other| other != idx).collect();
        let about = report.findings.iter().filter(|finding| finding.packages.contains(&idx));
        let about =
            about.map(
                |finding| {
                    if finding.lacking { narrowed(&report.inventory, finding, vec![idx]) } else { finding.clone() }
                },
            );
        report.findings = about.collect();
        if let Some(json) = format("json") {
            ui.write(common.output.as_deref(), &|style, out| (json.render)(&report, style, out))?;
        }
        return Ok(FINE);
    }
    ui.write(common.output.as_deref(), &|style, out| explain(&report, idx, style, &mut Ascii::of(style, out)))?;
    Ok(FINE)
}

/// Finds the one package that is meant; several or none is no answer.
pub(crate) fn find(report: &Report, wanted: &str) -> Result<PackageIdx, Failure> {
    let pattern: PackagePattern = wanted.parse().map_err(|error| Failure::new(format!("{error}")))?;
    let found: Vec<PackageIdx> = report
        .inventory
        .packages
        .iter()
        .enumerate()
        .filter(|(_, package)| pattern.matches(&package.purl))
        .map(|(idx, _)| idx)
        .collect();
    match found.as_slice() {
        [only] => Ok(*only),
        [] => Err(Failure::new(format!("no package `{wanted}` was found")).hint("see `ppl-check list`")),
        several => {
            let purls: Vec<_> = several
                .iter()
                .filter_map(|idx| report.inventory.packages.get(*idx))
                .map(|package| package.purl.to_string())
                .collect();
            Err(Failure::new(format!("`{wanted}` is {} packages", several.len()))
                .hint(format!("one of {}", purls.join(", "))))
        }
    }
}

/// Says how many paths there are beside those that are shown.
fn others(inventory: &Inventory, idx: PackageIdx, n_shown: usize) -> String {
    const MANY: u64 = 1_000_000;
    let Ways { n, at_least } = Ways::to(inventory, idx);
    match (n.saturating_sub(u64::try_from(n_shown).unwrap_or(u64::MAX)), at_least) {
        (MANY.., _) => "more than a million other paths".to_owned(),
        (0 | 1, true) => "at least 1 other path".to_owned(),
        (n, true) => format!("at least {n} other paths"),
        (1, false) => "1 other path".to_owned(),
        (n, false) => format!("{n} other paths"),
    }
}

fn explain(report: &Report, idx: PackageIdx, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let Some(package) = report.inventory.packages.get(idx) else { return Ok(()) };
    let name = |idx: &PackageIdx| report.package_words(*idx);
    writeln!(out, "{} — {}", name(&idx), line(&report.license_words(package)))?;
    writeln!(out, "  {}", line(&package.purl.to_string()))?;
    for at in &package.at {
        writeln!(out, "  named in {}", style.place(at))?;
    }
    if let Some(paths) = report.paths.get(idx) {
        writeln!(out, "\nHow it comes in")?;
        for path in paths.shortest() {
            writeln!(out, "  {}", path.iter().map(name).collect::<Vec<_>>().join(" → "))?;
        }
        if paths.shortest().next().is_none() {
            writeln!(out, "  no file says what needs it")?;
        }
        if paths.more {
            writeln!(out, "  … and by {}", others(&report.inventory, idx, paths.shortest().count()))?;
        }
    }
    writeln!(out, "\nHow it is joined to the work")?;
    let scopes: Vec<_> = package.scopes.iter().rev().map(|scope| scope.word()).collect();
    let optional = if package.optional { ", optional" } else { "" };
    writeln!(
        out,
        "  scope {}{optional}; relation {}: {}",
        scopes.join(", "),
        package.relation,
        line(&package.relation_because)
    )?;
    if let Some(at) = &package.shipped_because {
        writeln!(out, "  shipped, although installed for developing: imported by {}", style.place(at))?;
    }
    writeln!(out, "\nWhat is said of its license")?;
    for (claim_idx, claim) in package.claims.iter().enumerate() {
        let used = if package.used_claims.contains(&claim_idx) { "counts" } else { "" };
        let text = match &claim.says {
            Statement::Text { .. } => format!("text of `{}`", line(&claim.raw)),
            Statement::SeeFile(file) => format!("see `{}`", line(file)),
            Statement::Field { .. } => format!("\"{}\"", line(&claim.raw)),
        };
        writeln!(out, "  {:<8} {text}  {} {used}", claim.kind.word(), style.place(&claim.at))?;
    }
    for repair in &package.resolution.repairs {
        writeln!(out, "  read `{}` as {} ({})", line(&repair.from), line(&repair.to), repair.why)?;
    }
    for other in &package.resolution.disagreements {
        writeln!(out, "  {}", line(&package.contradiction(other)))?;
    }
    for clause in &package.waived {
        writeln!(out, "  {} was waived for the project by a signed document", line(clause))?;
    }
    for tried in &package.resolution.tried {
        writeln!(out, "  tried {}: {}", line(&tried.place), line(&tried.outcome))?;
    }
    let Some(judgement) = report.judgement(idx) else { return Ok(()) };
    writeln!(out, "\nWhat follows: {}", judgement.verdict)?;
    for hit in &judgement.rules {
        let because = hit.because.as_deref().map(|because| format!(": {because}")).unwrap_or_default();
        writeln!(out, "  {} [{}] {}{}", hit.verdict, hit.rule, line(&hit.license), because)?;
    }
    for owed in judgement.obligations.iter().filter(|owed| owed.is_duty) {
        writeln!(out, "  owed: {} for {}", owed.id, line(&owed.license))?;
    }
    for branch in &judgement.alternatives {
        writeln!(out, "  under {} it would be: {}", line(&branch.expr.to_string()), branch.verdict)?;
    }
    for finding in report.findings.iter().filter(|finding| finding.packages.contains(&idx)) {
        for next in &finding.next {
            writeln!(out, "  next: {}", next.split(' ').map(line).collect::<Vec<_>>().join(" "))?;
        }
    }
    Ok(())
}
