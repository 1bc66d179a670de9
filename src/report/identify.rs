//! What `identify` says of one text: a few lines for people, one JSON object a line for programs.

use std::io;
use std::sync::Arc;

use anstyle::{AnsiColor, Style as Color};
use serde::Serialize;

use super::Style;
use super::escape::{self, line};
use crate::license::identify::{
    Change as Difference, Compared, ComparedPart, Conclusion, Copyright, Identification, Match as Found,
};

/// One text and what was found in it.
#[derive(Clone, Debug)]
pub struct Identified {
    /// Where it was read, as asked for.
    pub path: String,
    /// What it says.
    pub found: Arc<Identification>,
    /// The text beside the known texts, if asked for.
    pub compared: Option<Vec<Compared>>,
}

#[derive(Serialize)]
struct Row<'a> {
    path: &'a str,
    #[serde(flatten)]
    says: Says<'a>,
    confidence: f64,
    method: Option<&'static str>,
    matches: Vec<Match<'a>>,
    copyrights: Vec<CopyrightLine<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<Vec<Diff<'a>>>,
}

/// An expression, or null with the reason beside it.
#[derive(Serialize)]
struct Says<'a> {
    expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suffix: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    candidates: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<Change<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refers: Option<&'a [String]>,
}

#[derive(Serialize)]
struct Match<'a> {
    start_line: u32,
    end_line: u32,
    #[serde(flatten)]
    says: Says<'a>,
    confidence: f64,
    method: &'static str,
}

#[derive(Serialize)]
struct Change<'a> {
    line: u32,
    removed: &'a str,
    added: &'a str,
}

#[derive(Serialize)]
struct CopyrightLine<'a> {
    line: u32,
    text: &'a str,
    holder: &'a str,
    years: &'a str,
}

#[derive(Serialize)]
struct Diff<'a> {
    id: &'a str,
    start_line: u32,
    end_line: u32,
    differences: Vec<DiffRow<'a>>,
}

#[derive(Serialize)]
struct DiffRow<'a> {
    line: u32,
    removed: &'a str,
    added: &'a str,
    matters: bool,
}

impl<'a> From<&'a Conclusion> for Says<'a> {
    fn from(conclusion: &'a Conclusion) -> Self {
        let nothing = Says {
            expression: None,
            suffix: None,
            candidates: None,
            modified: None,
            changes: None,
            missing: None,
            exception: None,
            refers: None,
        };
        match conclusion {
            Conclusion::Nothing => Says { missing: Some(true), ..nothing },
            Conclusion::Expression(expr) => Says { expression: Some(expr.to_string()), ..nothing },
            Conclusion::SuffixUnstated(expr) => {
                Says { expression: Some(expr.to_string()), suffix: Some("unstated"), ..nothing }
            }
            Conclusion::Candidates(candidates) => {
                Says { candidates: Some(candidates.iter().map(ToString::to_string).collect()), ..nothing }
            }
            Conclusion::Modified { id, changes } => {
                Says { modified: Some(id), changes: Some(changes.iter().map(Change::from).collect()), ..nothing }
            }
            Conclusion::Exception(id) => Says { missing: Some(true), exception: Some(id.to_string()), ..nothing },
            Conclusion::Refers(places) => Says { missing: Some(true), refers: Some(places), ..nothing },
        }
    }
}

impl<'a> From<&'a Difference> for Change<'a> {
    fn from(change: &'a Difference) -> Self {
        Self { line: change.line, removed: &change.removed, added: &change.added }
    }
}

impl<'a> From<&'a Found> for Match<'a> {
    fn from(found: &'a Found) -> Self {
        Self {
            start_line: found.start_line,
            end_line: found.end_line,
            says: Says::from(&found.conclusion),
            confidence: rounded(found.confidence),
            method: found.method.word(),
        }
    }
}

impl<'a> From<&'a Copyright> for CopyrightLine<'a> {
    fn from(copyright: &'a Copyright) -> Self {
        Self { line: copyright.line, text: &copyright.text, holder: &copyright.holder, years: &copyright.years }
    }
}

impl<'a> From<&'a Compared> for Diff<'a> {
    fn from(compared: &'a Compared) -> Self {
        let row = |part: &'a ComparedPart| match part {
            ComparedPart::Same(_) => None,
            ComparedPart::Changed { line, removed, added, matters } => {
                Some(DiffRow { line: *line, removed, added, matters: *matters })
            }
        };
        Self {
            id: &compared.id,
            start_line: compared.start_line,
            end_line: compared.end_line,
            differences: compared.parts.iter().filter_map(row).collect(),
        }
    }
}

/// Cut after three digits, so that nothing but an exact match is 1.
fn rounded(confidence: f64) -> f64 {
    (confidence * 1000.0).floor() / 1000.0
}

/// Writes one JSON object and a line break.
pub fn json(identified: &Identified, out: &mut dyn io::Write) -> io::Result<()> {
    let found = &identified.found;
    let row = Row {
        path: &identified.path,
        says: Says::from(&found.conclusion),
        confidence: rounded(found.confidence),
        method: found.method.map(crate::license::identify::Method::word),
        matches: found.matches.iter().map(Match::from).collect(),
        copyrights: found.copyrights.iter().map(CopyrightLine::from).collect(),
        diff: identified.compared.as_ref().map(|compared| compared.iter().map(Diff::from).collect()),
    };
    serde_json::to_writer(escape::Json(out), &row)?;
    writeln!(out)
}

/// Writes a few lines for people.
pub fn text(identified: &Identified, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let Identified { path, found, compared } = identified;
    write!(out, "{}: {}", line(path), words(&found.conclusion))?;
    match found.method {
        Some(method) => writeln!(out, "  ({}, {:.3})", method.word(), rounded(found.confidence))?,
        None => writeln!(out)?,
    }
    for each in &found.matches {
        let (from, to) = (each.start_line, each.end_line);
        let lines = if from == to { format!("line {from}") } else { format!("lines {from}-{to}") };
        writeln!(
            out,
            "  {lines:<14} {}  {} {:.3}",
            words(&each.conclusion),
            each.method.word(),
            rounded(each.confidence)
        )?;
        if let Conclusion::Modified { changes, .. } = &each.conclusion {
            for change in changes.iter().filter(|_| compared.is_none()) {
                write!(out, "    line {:<7} ", change.line)?;
                difference(&change.removed, &change.added, true, style, out)?;
                writeln!(out)?;
            }
        }
    }
    if style.verbosity > 0 {
        for copyright in &found.copyrights {
            writeln!(out, "  {:<14} {}", format!("line {}", copyright.line), escape::words(&copyright.text))?;
        }
    }
    for compared in compared.iter().flatten() {
        diff(compared, style, out)?;
    }
    Ok(())
}

/// What a text says, in words.
fn words(conclusion: &Conclusion) -> String {
    match conclusion {
        Conclusion::Nothing => "no license recognized".to_owned(),
        Conclusion::Expression(expr) => expr.to_string(),
        Conclusion::SuffixUnstated(expr) => format!("{expr} (or later: not said)"),
        Conclusion::Candidates(candidates) => {
            format!("one of: {}", candidates.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "))
        }
        Conclusion::Modified { id, .. } => format!("modified {id}"),
        Conclusion::Exception(id) => format!("the exception {id}, without a license"),
        Conclusion::Refers(places) => {
            format!("refers to {}", places.iter().map(|place| line(place)).collect::<Vec<_>>().join(", "))
        }
    }
}

/// Writes a text beside the known one: words it lacks, words it adds, and a few words around them.
fn diff(compared: &Compared, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let n_changed = compared.parts.iter().filter(|part| matches!(part, ComparedPart::Changed { .. })).count();
    let id = line(&compared.id);
    if n_changed == 0 {
        return writeln!(out, "  lines {}-{}: word for word {id}", compared.start_line, compared.end_line);
    }
    let plural = if n_changed == 1 { "difference" } else { "differences" };
    writeln!(out, "  lines {}-{} beside {id}: {n_changed} {plural}", compared.start_line, compared.end_line)?;
    let mut line_shown = 0;
    for (at, part) in compared.parts.iter().enumerate() {
        let ComparedPart::Changed { line, removed, added, matters } = part else { continue };
        let shown = if *line == line_shown { String::new() } else { line.to_string() };
        line_shown = *line;
        write!(out, "  {shown:>6}  {}", around(compared.parts.get(at.wrapping_sub(1)), Side::Before))?;
        difference(removed, added, *matters, style, out)?;
        let note = if *matters { "" } else { "   (does not matter)" };
        writeln!(out, "{}{note}", around(compared.parts.get(at + 1), Side::After))?;
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Side {
    Before,
    After,
}

/// The words beside a difference.
fn around(part: Option<&ComparedPart>, side: Side) -> String {
    const WORDS: usize = 6;
    let Some(ComparedPart::Same(same)) = part else { return String::new() };
    let words: Vec<&str> = same.split_whitespace().collect();
    let joined = |words: &[&str]| escape::words(&words.join(" "));
    match side {
        Side::Before => format!("{} ", joined(words.get(words.len().saturating_sub(WORDS)..).unwrap_or_default())),
        Side::After => format!(" {}", joined(words.get(..WORDS.min(words.len())).unwrap_or_default())),
    }
}

/// Writes `[-removed-]` and `{+added+}`, in color where it matters.
fn difference(removed: &str, added: &str, matters: bool, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let color = |color: AnsiColor| {
        if style.color && matters { Color::new().fg_color(Some(color.into())) } else { Color::new() }
    };
    let (red, green) = (color(AnsiColor::Red), color(AnsiColor::Green));
    if !removed.is_empty() {
        write!(out, "{red}[-{}-]{red:#}", escape::words(removed))?;
    }
    if !added.is_empty() {
        write!(out, "{green}{{+{}+}}{green:#}", escape::words(added))?;
    }
    Ok(())
}
