//! `whatif`: licenses a project could be offered under, compared on its real packages.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use ppl_check::model::Verdict;
use ppl_check::report::Report;
use ppl_check::report::escape::{self, Ascii, line};
use serde::Serialize;

use super::args::Common;
use super::ui::Ui;
use super::{FINE, Failure, eval, run};

/// Options of `whatif`.
#[derive(Args, Debug)]
pub(crate) struct WhatifArgs {
    /// The folder; where you are if nothing is said
    pub(crate) path: Option<PathBuf>,

    /// A license to compare; give at least one
    #[arg(long = "license", required = true, value_name = "EXPRESSION")]
    pub(crate) licenses: Vec<String>,
}

#[derive(Serialize)]
struct Row {
    license: String,
    conflicts: usize,
    unknowns: usize,
    questions: usize,
    obligations: usize,
    ok: usize,
    blocked_by: Vec<String>,
}

pub(crate) fn whatif(common: &Common, args: &WhatifArgs, ui: &Ui) -> Result<u8, Failure> {
    let as_json = eval::wants_json(common)?;
    let mut rows = Vec::new();
    for text in &args.licenses {
        let expr = eval::expression(text)?;
        let mut common = common.clone();
        common.outbound = Some(expr.to_string());
        let report = run::run(&common, args.path.as_deref())?;
        rows.push(row(expr.to_string(), &report));
    }
    ui.write(common.output.as_deref(), &|style, out| {
        if as_json {
            serde_json::to_writer_pretty(escape::Json(out), &rows)?;
            return writeln!(out);
        }
        table(&rows, &mut Ascii::of(style, out))
    })?;
    Ok(FINE)
}

fn row(license: String, report: &Report) -> Row {
    let blocked =
        report.inventory.packages.iter().zip(&report.judgements).filter(|(_, judgement)| {
            judgement.as_ref().is_some_and(|judgement| judgement.verdict == Verdict::Conflict)
        });
    Row {
        license,
        conflicts: report.summary.n_conflicts,
        unknowns: report.summary.n_unknowns,
        questions: report.summary.n_questions,
        obligations: report.summary.n_obligations,
        ok: report.summary.n_ok,
        blocked_by: blocked.map(|(package, _)| package.purl.to_string()).collect(),
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn table(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    const MAX_NAMED: usize = 5;
    for row in rows {
        writeln!(
            out,
            "{}: {}, {}, {}; {}, {} fine",
            line(&row.license),
            counted(row.conflicts, "conflict", "conflicts"),
            counted(row.unknowns, "unknown", "unknowns"),
            counted(row.questions, "question", "questions"),
            counted(row.obligations, "part carries duties", "parts carry duties"),
            row.ok
        )?;
        for purl in row.blocked_by.iter().take(MAX_NAMED) {
            writeln!(out, "  blocked by {}", line(purl))?;
        }
        if row.blocked_by.len() > MAX_NAMED {
            writeln!(out, "  and {} more", row.blocked_by.len() - MAX_NAMED)?;
        }
    }
    Ok(())
}
