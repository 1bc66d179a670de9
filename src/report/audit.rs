//! What `data check` says of license knowledge, as text for people and as JSON.

use std::io;

use serde::Serialize;

use super::escape::{self, line, words};
use crate::license::knowledge::{DataError, Knowledge};
use crate::model::Verdict;
use crate::policy::{Audit, Moved, scenarios};

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    tool: &'static str,
    version: &'static str,
    data: &'a str,
    sound: bool,
    licenses: usize,
    exceptions: usize,
    rules: usize,
    cases: usize,
    quotes: usize,
    problems: Vec<Problem<'a>>,
    failed_cases: Vec<Example<'a>>,
    failed_quotes: Vec<Misquote<'a>>,
    references: &'a [String],
    missing: &'a [String],
    without_text: &'a [String],
    stale: &'a [String],
    moved: Vec<Move<'a>>,
}

#[derive(Serialize)]
struct Problem<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    message: &'a str,
    hint: Option<&'a str>,
}

#[derive(Serialize)]
struct Example<'a> {
    rule: &'a str,
    case: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct Misquote<'a> {
    by: &'a str,
    license: &'a str,
    section: &'a str,
    quote: &'a str,
}

#[derive(Serialize)]
struct Move<'a> {
    license: &'a str,
    scenario: &'static str,
    before: Option<&'static str>,
    after: Option<&'static str>,
}

/// Writes one JSON document.
pub fn json(knowledge: &Knowledge, audit: &Audit, out: &mut dyn io::Write) -> io::Result<()> {
    let word = |verdict: Option<Verdict>| verdict.map(Verdict::word);
    let document = Document {
        schema: 1,
        tool: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        data: &knowledge.digest,
        sound: audit.is_sound(),
        licenses: knowledge.licenses().len(),
        exceptions: knowledge.exceptions().len(),
        rules: knowledge.rules().len(),
        cases: audit.n_cases,
        quotes: audit.n_quotes,
        problems: audit.problems.iter().map(problem).collect(),
        failed_cases: audit
            .cases
            .iter()
            .map(|failed| Example { rule: &failed.rule, case: &failed.case, message: &failed.message })
            .collect(),
        failed_quotes: audit
            .quotes
            .iter()
            .map(|quote| Misquote {
                by: &quote.by,
                license: &quote.license,
                section: &quote.clause,
                quote: &quote.text,
            })
            .collect(),
        references: &audit.references,
        missing: &audit.missing,
        without_text: &audit.without_text,
        stale: &audit.stale,
        moved: audit
            .moved
            .iter()
            .map(|moved| Move {
                license: &moved.license,
                scenario: moved.scenario,
                before: word(moved.before),
                after: word(moved.after),
            })
            .collect(),
    };
    serde_json::to_writer_pretty(escape::Json(out), &document)?;
    writeln!(out)
}

fn problem(error: &DataError) -> Problem<'_> {
    let DataError { file, line, column, message, hint } = error;
    Problem { file, line: *line, column: *column, message, hint: hint.as_deref() }
}

/// Writes a page for people: what is wrong, then what moved.
pub fn text(knowledge: &Knowledge, audit: &Audit, out: &mut dyn io::Write) -> io::Result<()> {
    for error in &audit.problems {
        writeln!(out, "{}:{}:{}: {}", line(&error.file), error.line, error.column, words(&error.message))?;
        if let Some(hint) = &error.hint {
            writeln!(out, "  {}", words(hint))?;
        }
    }
    if !audit.problems.is_empty() {
        return writeln!(out, "\n{} to mend before anything else can be checked", audit.problems.len());
    }
    writeln!(
        out,
        "{} licenses, {} exceptions, {} rules; data {}",
        knowledge.licenses().len(),
        knowledge.exceptions().len(),
        knowledge.rules().len(),
        line(knowledge.digest.get(..12).unwrap_or(&knowledge.digest))
    )?;
    writeln!(out, "{} examples run, {} fail", audit.n_cases, audit.cases.len())?;
    writeln!(out, "{} quotes looked for, {} not found", audit.n_quotes, audit.quotes.len())?;
    if !audit.without_text.is_empty() {
        writeln!(out, "no text here to look in for: {}", words(&audit.without_text.join(", ")))?;
    }
    for failed in &audit.cases {
        writeln!(out, "\nexample  {}: {}\n  {}", line(&failed.rule), words(&failed.case), words(&failed.message))?;
    }
    for quote in &audit.quotes {
        let (by, license, clause) = (line(&quote.by), line(&quote.license), line(&quote.clause));
        writeln!(out, "\nquote    {by}: this does not stand in {license} {clause}\n  \"{}\"", words(&quote.text))?;
    }
    for reference in &audit.references {
        writeln!(out, "\nname     {}", words(reference))?;
    }
    for stale in &audit.stale {
        writeln!(out, "\nlanguage {}", words(stale))?;
    }
    if !audit.missing.is_empty() {
        writeln!(out, "\nmissing  nothing is said of {}", words(&audit.missing.join(", ")))?;
    }
    moves(&audit.moved, out)
}

fn moves(moved: &[Moved], out: &mut dyn io::Write) -> io::Result<()> {
    if moved.is_empty() {
        return writeln!(out, "no verdict moved");
    }
    writeln!(out, "\nVerdicts that moved")?;
    let titles = scenarios();
    let title = |id: &str| titles.iter().find(|scenario| scenario.id == id).map_or("", |scenario| scenario.title);
    let word = |verdict: Option<Verdict>| verdict.map_or("not known", Verdict::word);
    let mut license = "";
    for entry in moved {
        if entry.license != license {
            license = &entry.license;
            writeln!(out, "  {}", line(license))?;
        }
        writeln!(out, "    {}: {} → {}", title(entry.scenario), word(entry.before), word(entry.after))?;
    }
    Ok(())
}
