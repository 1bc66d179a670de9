//! The whole report in Markdown: the two answers, findings, duties, packages.

use std::collections::BTreeMap;
use std::io;

use super::escape::markdown as escape;
use super::words::{Answer, Owing, answer, duties};
use super::{DISCLAIMER, Report, Style};
use crate::model::{Finding, Package, PackageIdx};

pub(super) fn render(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    head(report, out)?;
    users(report, out)?;
    findings(report, out)?;
    checklist(report, out)?;
    packages(report, out)?;
    unread(report, out)?;
    writeln!(out, "\n---\n\n{DISCLAIMER}\n")?;
    writeln!(
        out,
        "ppl-check {}, license knowledge {}, policy {}.",
        env!("CARGO_PKG_VERSION"),
        short(&report.data_digest),
        short(&report.policy_digest)
    )
}

/// Writes the answers and the findings alone: the summary of a job.
pub(super) fn summary(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    head(report, out)?;
    users(report, out)?;
    findings(report, out)?;
    unread(report, out)
}

fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

fn head(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let project = &report.project;
    let name = project.name.as_deref().unwrap_or("this project");
    let version = project.version.as_deref().map(|version| format!(" {}", escape(version))).unwrap_or_default();
    writeln!(out, "# Licenses of {}{version}\n", escape(name))?;
    let Answer { ship, counts } = answer(report);
    writeln!(out, "**Ship it under {}?** {ship}: {counts}.", escape(&project.outbound))?;
    if let Some(note) = &project.outbound_note {
        writeln!(out, "\n{}", escape(note))?;
    }
    for artifact in report.artifacts.iter().filter(|_| report.artifacts.len() > 1) {
        writeln!(out, "\n- {} under {}: {}", escape(&artifact.name), escape(&artifact.license), artifact.verdict)?;
    }
    Ok(())
}

fn users(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "\n**Who may use it?**\n")?;
    writeln!(out, "| user | answer |\n|---|---|")?;
    for (user, answer) in &report.users {
        writeln!(out, "| {} | {} |", escape(user), escape(answer))?;
    }
    Ok(())
}

fn findings(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "\n## Findings\n")?;
    if report.findings.is_empty() {
        return writeln!(out, "None.");
    }
    for finding in &report.findings {
        one(report, finding, out)?;
    }
    Ok(())
}

fn one(report: &Report, finding: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "### {}: {}\n", finding.word(), escape_long(&finding.message))?;
    writeln!(out, "Rule `{}`.", finding.rule)?;
    if let Some(reason) = &finding.excepted {
        writeln!(out, "\nAccepted: {}", escape_long(reason))?;
    }
    if !finding.why.is_empty() {
        writeln!(out, "\n{}", escape_long(&finding.why))?;
    }
    if let Some(at) = &finding.at {
        writeln!(out, "\n- named in {}", escape(&at.to_string()))?;
    }
    for idx in finding.packages.iter().take(MAX_NAMED) {
        let path = report.paths.get(*idx).and_then(|paths| paths.shortest().next());
        let mut names: Vec<String> = path.into_iter().flatten().map(|idx| name(report, idx)).collect();
        if names.is_empty() && finding.packages.len() > 1 {
            names.push(name(report, *idx));
        }
        if !names.is_empty() {
            writeln!(out, "- {}", names.join(" → "))?;
        }
    }
    if finding.packages.len() > MAX_NAMED {
        writeln!(out, "- and {} more: see the table of packages", finding.packages.len() - MAX_NAMED)?;
    }
    for clause in &finding.clauses {
        writeln!(
            out,
            "\n> {}\n>\n> — {}, {}",
            escape_long(&clause.quote),
            escape(&clause.license),
            escape(&clause.section)
        )?;
    }
    for (index, step) in finding.next.iter().enumerate() {
        writeln!(
            out,
            "{}- {} {}",
            if index == 0 { "\n" } else { "" },
            if index == 0 { "next:" } else { "or:" },
            escape_long(step)
        )?;
    }
    writeln!(out)
}

fn checklist(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "## Duties\n")?;
    let duties = duties(report);
    if duties.is_empty() {
        return writeln!(out, "None found.");
    }
    for Owing { id, duty, extent, packages } in duties {
        let extent = extent.map(|extent| format!(" ({extent})")).unwrap_or_default();
        let names: Vec<String> = packages.iter().take(MAX_NAMED).map(|idx| name(report, *idx)).collect();
        let more = packages.len().saturating_sub(MAX_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let title = if duty.title.is_empty() { id } else { &duty.title };
        writeln!(out, "- [ ] **{title}**{extent}: {} For {}{more}.", duty.about, names.join(", "))?;
    }
    Ok(())
}

/// How many packages are named for one finding or duty.
const MAX_NAMED: usize = 20;

fn packages(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "\n## Packages\n")?;
    writeln!(out, "| package | version | license | verdict | scope | relation |\n|---|---|---|---|---|---|")?;
    for (idx, package) in report.shown() {
        writeln!(
            out,
            "| {}\\:{} | {} | {} | {} | {} | {} |",
            escape(package.purl.ty()),
            escape(&package.purl.full_name()),
            escape(package.purl.version().unwrap_or_default()),
            escape(&report.license_words(package)),
            verdict(report, idx, package),
            package.scope(),
            package.relation
        )?;
    }
    Ok(())
}

fn verdict(report: &Report, idx: PackageIdx, package: &Package) -> String {
    match (report.judgement(idx), package.not_judged) {
        (Some(judgement), _) => judgement.verdict.word().to_owned(),
        (None, Some(why)) => format!("not judged ({why})"),
        (None, None) => "not judged".to_owned(),
    }
}

fn unread(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    if report.diagnostics.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Problems with files\n")?;
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for diagnostic in &report.diagnostics {
        let at = diagnostic.at.as_ref().map(|at| format!("{}: ", escape(&at.to_string()))).unwrap_or_default();
        *counted.entry(format!("`{}` {at}{}", diagnostic.code.id(), escape_long(&diagnostic.message))).or_default() +=
            1;
    }
    for (text, _) in counted {
        writeln!(out, "- {text}")?;
    }
    Ok(())
}

fn name(report: &Report, idx: PackageIdx) -> String {
    let Some(package) = report.inventory.packages.get(idx) else { return String::new() };
    let version = package.purl.version().map(|version| format!(" {}", escape(version))).unwrap_or_default();
    format!("{}{version}", escape(&package.purl.full_name()))
}

/// Our own words may be longer than a name; what they quote was cut before.
fn escape_long(text: &str) -> String {
    text.split_whitespace().map(escape).collect::<Vec<_>>().join(" ")
}
