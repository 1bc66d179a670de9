//! Every package with its license and verdict, as a table: for a terminal, and for spreadsheets.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::{Report, Style, escape};

/// The columns of both tables.
const HEADER: [&str; 6] = ["package", "version", "license", "verdict", "scope", "relation"];

/// The widest that a column is made for the sake of those below it, in columns of a terminal.
const MAX_WIDTH: usize = 48;

fn rows(report: &Report) -> Vec<[String; 6]> {
    let row = |idx, package: &crate::model::Package| {
        let verdict = match (report.judgement(idx), package.not_judged) {
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
    };
    report.shown().map(|(idx, package)| row(idx, package)).collect()
}

pub(super) fn text(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = escape::Ascii::of(style, out);
    let rows: Vec<[String; 6]> = rows(report).into_iter().map(|row| row.map(|cell| escape::line(&cell))).collect();
    let mut widths = HEADER.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width()).min(MAX_WIDTH);
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

pub(super) fn csv(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    write!(out, "{}\r\n", HEADER.join(","))?;
    for row in rows(report) {
        write!(out, "{}\r\n", spreadsheet_row(&row))?;
    }
    Ok(())
}

/// Writes one row of a table for spreadsheets (RFC 4180); a cell that would start a formula starts with `'`.
///
/// ```
/// use ppl_check::report::spreadsheet_row;
/// assert_eq!(spreadsheet_row(&["=1+1".to_owned(), "a,b".to_owned()]), "'=1+1,\"a,b\"");
/// ```
pub fn spreadsheet_row(cells: &[String]) -> String {
    let cell = |text: &String| {
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']);
        let safe = escape::whole(text);
        let safe = if formula { format!("'{safe}") } else { safe };
        if safe.contains(['"', ',']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
    };
    cells.iter().map(cell).collect::<Vec<_>>().join(",")
}
