//! `check`: the two answers, and an exit code for CI.

use std::path::{Path, PathBuf};

use ppl_check::model::Finding;
use ppl_check::report::{FORMATS, Format, Reason, Report, comment, format};

use super::args::{Common, FailOn};
use super::ui::Ui;
use super::{FINE, FOUND, Failure, NO_ANSWER, compare, run};

pub(crate) fn check(common: &Common, path: Option<&Path>, ui: &Ui) -> Result<u8, Failure> {
    let outputs = outputs(common, find)?;
    let base = compare::base(common, path)?;
    let mut report = run::run(common, path)?;
    report.failing = report.findings.iter().map(|finding| fails(finding, common)).collect();
    if let Some((words, before)) = base {
        report.compare(&words, &before);
    }
    for (format, file) in &outputs {
        ui.write(file.as_deref(), &|style, out| match &report.difference {
            // Compared with something, Markdown is the comment on a pull request.
            Some(difference) if format.name == "markdown" => comment(&report, difference, out),
            _ => (format.render)(&report, style, out),
        })?;
    }
    Ok(exit_code(&report, common))
}

/// Finds a format of `check`.
fn find(name: &str) -> Result<&'static Format, Failure> {
    format(name).ok_or_else(|| unknown_format(name, &mut FORMATS.iter()))
}

/// Says which formats there are.
pub(super) fn unknown_format(name: &str, known: &mut dyn Iterator<Item = &'static Format>) -> Failure {
    let names: Vec<_> = known.map(|format| format.name).collect();
    Failure::new(format!("`{name}` is not a known format")).hint(format!("one of {}", names.join(", ")))
}

/// Returns what is written where: `--format NAME[=FILE]`, and `-o` for the one that goes to stdout; text if nothing is
/// asked for.
pub(super) fn outputs(
    common: &Common,
    find: fn(&str) -> Result<&'static Format, Failure>,
) -> Result<Vec<(&'static Format, Option<PathBuf>)>, Failure> {
    let mut outputs = parse_outputs(common, find)?;
    if outputs.is_empty() {
        outputs.push((find("text")?, common.output.clone()));
    }
    Ok(outputs)
}

/// Reads `--format NAME[=FILE]` as often as it was given; `find` knows the names.
pub(super) fn parse_outputs(
    common: &Common,
    find: impl Fn(&str) -> Result<&'static Format, Failure>,
) -> Result<Vec<(&'static Format, Option<PathBuf>)>, Failure> {
    let mut outputs = Vec::new();
    for wanted in &common.format {
        let (name, file) = wanted.split_once('=').map_or((wanted.as_str(), None), |(name, file)| (name, Some(file)));
        outputs.push((find(name)?, file.map(PathBuf::from).or_else(|| common.output.clone())));
    }
    if outputs.iter().filter(|(_, file)| *file == common.output).count() > 1 {
        return Err(
            Failure::new("two formats would be written to one place").hint("name files as in --format json=FILE")
        );
    }
    Ok(outputs)
}

pub(super) fn exit_code(report: &Report, common: &Common) -> u8 {
    if report.summary.reason == Reason::NothingToCheck {
        return NO_ANSWER;
    }
    let incomplete =
        report.findings.iter().any(|finding| finding.rule == "incomplete-scan" && finding.excepted.is_none());
    if common.strict && incomplete {
        return NO_ANSWER;
    }
    if report.failing.contains(&true) { FOUND } else { FINE }
}

pub(super) fn fails(finding: &Finding, common: &Common) -> bool {
    let on = |kind: FailOn| common.fail_on.contains(&kind);
    if finding.excepted.is_some() || on(FailOn::Never) {
        return false;
    }
    match finding.word() {
        "conflict" => on(FailOn::Conflict),
        "unknown" => on(FailOn::Unknown) && (!finding.tools_only || common.strict),
        "question" => (on(FailOn::Question) && !finding.tools_only) || common.strict,
        "obligation" => on(FailOn::Obligation),
        _ => false,
    }
}
