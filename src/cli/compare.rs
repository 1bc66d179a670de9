//! `diff`, `--since` and `--baseline`: what changed.

use std::io::{self, Write};
use std::path::Path;

use ppl_check::report::escape::{Ascii, line};
use ppl_check::report::{Difference, Report, Snapshot, comment, format};

use super::args::{Common, DiffArgs};
use super::ui::Ui;
use super::{FINE, FOUND, Failure, check, run};

/// The largest report that is read, in bytes.
const MAX_REPORT: u64 = 256 * 1024 * 1024;

/// Returns what the options ask to compare with, and its name.
pub(crate) fn base(common: &Common, path: Option<&Path>) -> Result<Option<(String, Snapshot)>, Failure> {
    match (&common.baseline, &common.since) {
        (Some(file), _) => from_file(file).map(Some),
        (None, Some(revision)) => at_revision(common, path, revision).map(Some),
        (None, None) => Ok(None),
    }
}

pub(crate) fn diff(common: &Common, args: &DiffArgs, ui: &Ui) -> Result<u8, Failure> {
    let path = args.path.as_deref();
    let file = Path::new(&args.base);
    let (words, before) = if file.is_file() { from_file(file)? } else { at_revision(common, path, &args.base)? };
    let mut report = run::run(common, path)?;
    report.failing = report.findings.iter().map(|finding| check::fails(finding, common)).collect();
    report.compare(&words, &before);
    let wanted = common.format.first().map_or("text", String::as_str);
    let (name, to) = wanted.split_once('=').map_or((wanted, None), |(name, file)| (name, Some(Path::new(file))));
    let Some(difference) = report.difference.as_ref() else { return Ok(FINE) };
    ui.write(to.or(common.output.as_deref()), &|style, out| match (name, format(name)) {
        ("text", _) => write_text(&report, difference, &mut Ascii::of(style, out)),
        ("markdown", _) => comment(&report, difference, out),
        (_, Some(format)) => (format.render)(&report, style, out),
        (_, None) => Err(io::Error::other(format!("`{name}` is not a known format of `diff`"))),
    })?;
    Ok(if report.failing.contains(&true) { FOUND } else { FINE })
}

fn at_revision(common: &Common, path: Option<&Path>, revision: &str) -> Result<(String, Snapshot), Failure> {
    Ok((revision.to_owned(), Snapshot::of(&run::run_at(common, path, revision)?)))
}

#[expect(clippy::disallowed_methods, reason = "`cli` reads a report that the user named")]
fn from_file(file: &Path) -> Result<(String, Snapshot), Failure> {
    use std::io::Read;
    let failed = |error: String| {
        Failure::new(format!("failed to read `{}`: {error}", file.display()))
            .hint("a baseline is what `ppl-check --format json=FILE` wrote")
    };
    let opened = std::fs::File::open(file).map_err(|error| failed(error.to_string()))?;
    let mut text = String::new();
    opened.take(MAX_REPORT).read_to_string(&mut text).map_err(|error| failed(error.to_string()))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok((name, Snapshot::from_json(&text).map_err(failed)?))
}

fn write_text(report: &Report, difference: &Difference, out: &mut dyn Write) -> io::Result<()> {
    if difference.is_empty() {
        return writeln!(out, "nothing changed since {}", line(&difference.base));
    }
    for finding in &report.findings {
        let at = finding.at.as_ref().map(|at| format!(" ({})", line(&at.to_string()))).unwrap_or_default();
        writeln!(out, "new       {}[{}] {}{at}", finding.word(), finding.rule, line(&finding.message))?;
        if let Some(next) = finding.next.first() {
            writeln!(out, "            next  {}", line(next))?;
        }
    }
    for seen in &difference.fixed {
        writeln!(out, "fixed     {}[{}] {}", line(&seen.kind), line(&seen.rule), line(&seen.message))?;
    }
    for row in &difference.relicensed {
        let (before, now) = (&row.licenses.0, &row.licenses.1);
        let versions = format!("{} → {}", line(&row.versions.0), line(&row.versions.1));
        writeln!(out, "license   {} {versions}: {} → {}", line(&row.package), line(before), line(now))?;
    }
    for (duty, package) in &difference.new_duties {
        writeln!(out, "duty      {} (for {})", line(duty), line(package))?;
    }
    for (word, rows) in [("added", &difference.added), ("removed", &difference.removed)] {
        for (package, version) in rows {
            writeln!(out, "{word:<9} {} {}", line(package), line(version))?;
        }
    }
    for (package, before, now) in &difference.updated {
        writeln!(out, "updated   {} {} → {}", line(package), line(before), line(now))?;
    }
    Ok(())
}
