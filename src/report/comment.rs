//! What changed, as one comment for a pull request: Markdown, grouped and capped, nothing if nothing changed.

use std::io;

use super::annotation::project_place;
use super::escape::{line, markdown};
use super::{Difference, Report};
use crate::model::Finding;

/// How many rows of one kind are shown before the rest is counted.
const MAX_ROWS: usize = 20;

/// Writes the comment; writes nothing if there is nothing to tell.
pub fn comment(report: &Report, difference: &Difference, out: &mut dyn io::Write) -> io::Result<()> {
    if difference.is_empty() {
        return Ok(());
    }
    writeln!(out, "## ppl-check: what changes since {}\n", code(&difference.base))?;
    let new: Vec<&Finding> = difference.new.iter().filter_map(|idx| report.findings.get(*idx)).collect();
    for (kind, title) in [
        ("conflict", "New conflicts"),
        ("unknown", "New unknowns"),
        ("question", "New questions"),
        ("obligation", "New duties of parts"),
    ] {
        let rows = new.iter().filter(|finding| finding.word() == kind).map(|finding| finding_row(report, finding));
        section(title, &rows.collect::<Vec<_>>(), out)?;
    }
    let relicensed = difference.relicensed.iter().map(|row| {
        let versions = if row.versions.0 == row.versions.1 {
            code(&row.versions.0)
        } else {
            format!("{} → {}", code(&row.versions.0), code(&row.versions.1))
        };
        format!("{} {versions}: {} → {}", code(&row.package), code(&row.licenses.0), code(&row.licenses.1))
    });
    section("Licenses that changed", &relicensed.collect::<Vec<_>>(), out)?;
    let duties = difference.new_duties.iter().map(|(duty, package)| format!("{} ({})", code(duty), code(package)));
    section("New duties", &duties.collect::<Vec<_>>(), out)?;
    let fixed = difference.fixed.iter().map(|seen| format!("{} {}", code(&seen.rule), escaped(&seen.message)));
    section("Fixed", &fixed.collect::<Vec<_>>(), out)?;
    writeln!(
        out,
        "{} packages added, {} removed, {} updated with the same license; {} findings were there before.",
        difference.added.len(),
        difference.removed.len(),
        difference.updated.len(),
        difference.n_known
    )
}

fn finding_row(report: &Report, finding: &Finding) -> String {
    let (path, at) = project_place(report, finding);
    let at = at.map(|at| format!(":{at}")).unwrap_or_default();
    let next = finding.next.first().map(|next| format!("<br>next: {}", escaped(next))).unwrap_or_default();
    let place = code(&format!("{path}{at}"));
    format!("{} {} ({place}){next}", code(&finding.rule), escaped(&finding.message))
}

fn section(title: &str, rows: &[String], out: &mut dyn io::Write) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "### {title} ({})\n", rows.len())?;
    for row in rows.iter().take(MAX_ROWS) {
        writeln!(out, "- {row}")?;
    }
    if rows.len() > MAX_ROWS {
        writeln!(out, "- … and {} more", rows.len() - MAX_ROWS)?;
    }
    writeln!(out)
}

/// A span of code: in it Markdown means nothing but the backtick.
fn code(text: &str) -> String {
    format!("`{}`", line(text).replace('`', "'"))
}

/// Words outside of a span of code, as they are written. A service looks for mentions in what is left of the markup:
/// nobody is called by a package's name.
fn escaped(text: &str) -> String {
    text.split_whitespace().map(markdown).collect::<Vec<_>>().join(" ").replace("\\@", "@\u{2060}")
}
