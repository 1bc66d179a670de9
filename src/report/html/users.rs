//! The matrix of users: for each kind the answer by purpose and use, and what stands behind the answers.

use std::io::{self, Write};

use super::{Report, sentence};
use crate::model::Verdict;
use crate::policy::{Act, Cell, Purpose};
use crate::report::escape::{line, words, xml};
use crate::report::who::{answer, reasons};

pub(super) fn section(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<section id=\"users\" aria-labelledby=\"users-title\"><h2 id=\"users-title\">Who may use it</h2>")?;
    let Some(first) = report.documents.matrix.first() else { return writeln!(out, "</section>") };
    writeln!(
        out,
        "<div class=\"scroll\" role=\"region\" aria-labelledby=\"users-caption\" tabindex=\"0\"><table>\
         <caption id=\"users-caption\">What the license texts say for each kind of user, by purpose and use. That \
         nothing was found against a use is no permission. Numbers lead to the reasons below.</caption>"
    )?;
    head(&first.cells, out)?;
    writeln!(out, "<tbody>")?;
    let mut notes: Vec<Vec<String>> = Vec::new();
    for row in &report.documents.matrix {
        writeln!(out, "<tr><th scope=\"row\">{}</th>", xml(&sentence(&line(&row.user))))?;
        for (_, _, cell) in &row.cells {
            one(report, cell, &mut notes, out)?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody></table></div>")?;
    if !notes.is_empty() {
        writeln!(out, "<h3>Reasons</h3><ol>")?;
        for (index, note) in notes.iter().enumerate() {
            let lines: Vec<String> = note.iter().map(|reason| xml(&words(reason))).collect();
            writeln!(out, "<li id=\"reason-{}\">{}</li>", index + 1, lines.join("; "))?;
        }
        writeln!(out, "</ol>")?;
    }
    writeln!(out, "</section>")
}

/// Writes two rows of headers: purposes over uses.
fn head(cells: &[(Purpose, Act, Cell)], out: &mut dyn Write) -> io::Result<()> {
    let mut purposes: Vec<(Purpose, usize)> = Vec::new();
    for (purpose, _, _) in cells {
        match purposes.last_mut().filter(|(known, _)| known == purpose) {
            Some((_, n_uses)) => *n_uses += 1,
            None => purposes.push((*purpose, 1)),
        }
    }
    writeln!(out, "<thead><tr><td rowspan=\"2\"></td>")?;
    for (purpose, n_uses) in purposes {
        writeln!(out, "<th scope=\"colgroup\" colspan=\"{n_uses}\">{}</th>", sentence(purpose.word()))?;
    }
    writeln!(out, "</tr><tr>")?;
    for (_, act, _) in cells {
        let words = match act {
            Act::Ship => "passing it on",
            Act::Service => "running it for others",
            Act::InHouse => "using it in-house",
        };
        writeln!(out, "<th scope=\"col\">{}</th>", sentence(words))?;
    }
    writeln!(out, "</tr></thead>")
}

fn one(report: &Report, cell: &Cell, notes: &mut Vec<Vec<String>>, out: &mut dyn Write) -> io::Result<()> {
    let mut said = sentence(answer(cell.verdict, cell.cause));
    if let Some(branch) = &cell.branch {
        said = format!("{said}, under {branch}");
    }
    let reasons = if cell.verdict > Verdict::Obligation { reasons(report, cell) } else { Vec::new() };
    let number = if reasons.is_empty() {
        String::new()
    } else {
        let known = notes.iter().position(|known| *known == reasons);
        let number = known.unwrap_or_else(|| {
            notes.push(reasons);
            notes.len() - 1
        }) + 1;
        format!(" <a href=\"#reason-{number}\" aria-label=\"reason {number}\">{number}</a>")
    };
    writeln!(out, "<td class=\"{}\">{}{number}</td>", cell.verdict.word(), xml(&line(&said)))
}
