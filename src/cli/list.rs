//! `list`: every package with its license and verdict.

use ppl_check::model::{Package, PackageIdx};
use ppl_check::report::{FORMATS, Format, LISTINGS, Report};

use super::args::{Common, ListArgs};
use super::check::{outputs, unknown_format};
use super::ui::Ui;
use super::{FINE, Failure, run};

pub(crate) fn list(common: &Common, args: &ListArgs, ui: &Ui) -> Result<u8, Failure> {
    let outputs = outputs(common, find)?;
    let mut report = run::run(common, args.path.as_deref())?;
    keep(&mut report, args);
    for (format, file) in &outputs {
        ui.write(file.as_deref(), &|style, out| (format.render)(&report, style, out))?;
    }
    Ok(FINE)
}

/// Finds a format of `list`: its own tables first.
fn find(name: &str) -> Result<&'static Format, Failure> {
    let mut known = LISTINGS.iter().chain(FORMATS.iter().filter(|format| format.name != "text"));
    known.clone().find(|format| format.name == name).ok_or_else(|| unknown_format(name, &mut known))
}

/// Leaves out the packages that the filters do not ask for, and what is said of them.
fn keep(report: &mut Report, args: &ListArgs) {
    let wanted = |idx: PackageIdx, package: &Package| {
        let verdict = report.judgement(idx).map(|judgement| judgement.verdict.word());
        let by_verdict = args.verdict.is_empty() || args.verdict.iter().any(|wanted| Some(wanted.as_str()) == verdict);
        let by_scope = args.scope.is_empty() || args.scope.iter().any(|wanted| wanted == package.scope().word());
        let names = || {
            package.resolution.readings().into_iter().any(|expr| {
                expr.licenses().into_iter().any(|license| {
                    args.license.as_ref().is_some_and(|wanted| license.id.to_string().eq_ignore_ascii_case(wanted))
                })
            })
        };
        by_verdict && by_scope && (args.license.is_none() || names()) && (!args.direct || package.direct)
    };
    let kept: Vec<bool> =
        report.inventory.packages.iter().enumerate().map(|(idx, package)| wanted(idx, package)).collect();
    report.hidden = kept.iter().map(|kept| !kept).collect();
}
