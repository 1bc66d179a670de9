//! `list`: every package with its license and verdict.

use std::io::{self, Write};
use std::path::PathBuf;

use ppl_check::model::{Package, PackageIdx};
use ppl_check::report::{Report, escape, format, spreadsheet_row};
use unicode_width::UnicodeWidthStr;

use super::args::{Common, ListArgs};
use super::ui::Ui;
use super::{FINE, Failure, run};

pub(crate) fn list(common: &Common, args: &ListArgs, ui: &Ui) -> Result<u8, Failure> {
    let mut report = run::run(common, args.path.as_deref())?;
    keep(&mut report, args);
    let (name, file) = match common.format.first().map(String::as_str) {
        None => ("text", None),
        Some(wanted) => wanted.split_once('=').map_or((wanted, None), |(name, file)| (name, Some(PathBuf::from(file)))),
    };
    let file = file.or_else(|| common.output.clone());
    ui.write(file.as_deref(), &|style, out| match (name, format(name)) {
        ("text", _) => table(&report, out),
        ("csv", _) => csv(&report, out),
        (_, Some(format)) => (format.render)(&report, style, out),
        (_, None) => Err(io::Error::other(format!("`{name}` is not a known format of `list`"))),
    })?;
    Ok(FINE)
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

fn rows(report: &Report) -> Vec<[String; 6]> {
    report
        .shown()
        .map(|(idx, package)| {
            let judgement = report.judgement(idx);
            let verdict = match (judgement, package.not_judged) {
                (Some(judgement), _) => judgement.verdict.word(),
                (None, Some(why)) => why.word(),
                (None, None) => "",
            };
            [
                format!("{}:{}", package.purl.ty(), package.purl.full_name()),
                package.purl.version().unwrap_or_default().to_owned(),
                report.license_words(package),
                verdict.to_owned(),
                package.scope().word().to_owned(),
                package.relation.word().to_owned(),
            ]
        })
        .collect()
}

const HEADER: [&str; 6] = ["package", "version", "license", "verdict", "scope", "relation"];

fn table(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<[String; 6]> = rows(report).into_iter().map(|row| row.map(|cell| escape::line(&cell))).collect();
    let mut widths = HEADER.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width()).min(48);
        }
    }
    let header = HEADER.map(str::to_owned);
    for row in std::iter::once(&header).chain(&rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn csv(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{}\r\n", HEADER.join(","))?;
    for row in rows(report) {
        write!(out, "{}\r\n", spreadsheet_row(&row))?;
    }
    Ok(())
}
