//! `decisions`: everything the configuration decides, as a log for those who audit it.

use std::io::{self, Write};

use ppl_check::base::Date;
use ppl_check::config::{Config, PackagePattern};
use ppl_check::report::Report;
use ppl_check::report::escape::{Ascii, line};

use super::super::args::Common;
use super::super::ui::Ui;
use super::super::{FINE, Failure, run};
use super::DecisionsArgs;

/// One row of the log.
struct Row {
    kind: &'static str,
    about: String,
    says: String,
    reason: String,
    state: String,
}

pub(crate) fn decisions(common: &Common, args: &DecisionsArgs, ui: &Ui) -> Result<u8, Failure> {
    let report = run::run(common, args.path.as_deref())?;
    let (config, today) = run::policy(common, args.path.as_deref())?;
    let rows = rows(&config, &report, today);
    ui.write(common.output.as_deref(), &|style, out| print(&rows, &mut Ascii::of(style, out)))?;
    Ok(FINE)
}

fn rows(config: &Config, report: &Report, today: Option<Date>) -> Vec<Row> {
    let matched = |pattern: &PackagePattern| {
        let n = report.inventory.packages.iter().filter(|package| pattern.matches(&package.purl)).count();
        if n == 0 { "matches no package".to_owned() } else { format!("matches {n}") }
    };
    let mut rows = Vec::new();
    for row in &config.decisions {
        let (about, says) = (row.question.clone(), row.answer.clone());
        rows.push(Row { kind: "decision", about, says, reason: row.reason.clone(), state: "in force".to_owned() });
    }
    for row in &config.waivers {
        rows.push(Row {
            kind: "waiver",
            about: row.package.as_str().to_owned(),
            says: format!("clause {} waived by {} in {}", row.clause, row.from, row.document),
            reason: format!("sha256 {}", row.sha256),
            state: matched(&row.package),
        });
    }
    for row in &config.clarifications {
        rows.push(Row {
            kind: "clarification",
            about: row.package.as_str().to_owned(),
            says: row.expression.clone(),
            reason: row.reason.clone().unwrap_or_default(),
            state: matched(&row.package),
        });
    }
    for row in &config.relations {
        let about = row.package.as_ref().map(|package| package.as_str().to_owned());
        let about = about.or_else(|| row.path.clone()).or_else(|| row.ecosystem.clone()).unwrap_or_default();
        let state = row.package.as_ref().map_or_else(|| "in force".to_owned(), matched);
        rows.push(Row { kind: "relation", about, says: row.relation.clone(), reason: row.reason.clone(), state });
    }
    for row in &config.exceptions {
        let until = row.until.and_then(|until| until.to_string().parse::<Date>().ok());
        let ended = until.filter(|until| today.is_some_and(|today| today > *until));
        let state = match (ended, until) {
            (Some(until), _) => format!("ended on {until}"),
            (None, Some(until)) => format!("{}, until {until}", matched(&row.package)),
            (None, None) => matched(&row.package),
        };
        let (about, says) = (row.package.as_str().to_owned(), row.rule.clone());
        rows.push(Row { kind: "exception", about, says, reason: row.reason.clone(), state });
    }
    for (rule, setting) in &config.rules {
        let says = format!("{:?}", setting.level).to_lowercase();
        let (about, reason) = (rule.clone(), setting.reason.clone());
        rows.push(Row { kind: "rule", about, says, reason, state: "in force".to_owned() });
    }
    rows
}

fn print(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    if rows.is_empty() {
        return writeln!(out, "nothing is decided: every verdict is the default");
    }
    for row in rows {
        writeln!(out, "{:<13} {}: {} ({})", row.kind, line(&row.about), line(&row.says), line(&row.state))?;
        if !row.reason.is_empty() {
            writeln!(out, "              {}", row.reason.split_whitespace().map(line).collect::<Vec<_>>().join(" "))?;
        }
    }
    Ok(())
}
