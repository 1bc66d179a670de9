//! Findings: what was found, where it comes in, the words of the licenses, what to do.

use std::io::{self, Write};

use super::{Report, named, sentence};
use crate::model::Finding;
use crate::report::escape::{line, words, xml};

pub(super) fn section(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<section id=\"findings\" aria-labelledby=\"findings-title\"><h2 id=\"findings-title\">Findings</h2>"
    )?;
    if report.findings.is_empty() {
        writeln!(out, "<p>None.</p>")?;
    }
    for finding in &report.findings {
        one(report, finding, out)?;
    }
    writeln!(out, "</section>")
}

fn one(report: &Report, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let word = finding.word();
    writeln!(
        out,
        "<article class=\"finding\"><h3><span class=\"tag {word}\">{}</span> {}</h3>",
        sentence(word),
        xml(&words(&finding.message))
    )?;
    if let Some(reason) = &finding.excepted {
        writeln!(out, "<p><strong>Accepted:</strong> {}</p>", xml(&words(reason)))?;
    }
    if !finding.why.is_empty() {
        writeln!(out, "<p>{}</p>", xml(&words(&finding.why)))?;
    }
    for clause in &finding.clauses {
        let place = format!("{}, {}", line(&clause.license), line(&clause.section));
        writeln!(
            out,
            "<blockquote><p>{}</p><footer>{}</footer></blockquote>",
            xml(&words(&clause.quote)),
            xml(&place)
        )?;
    }
    places(report, finding, out)?;
    if !finding.tried.is_empty() {
        let tried: Vec<String> = finding.tried.iter().map(|tried| line(tried)).collect();
        writeln!(out, "<p class=\"note\">Tried: {}</p>", xml(&tried.join(", ")))?;
    }
    if !finding.next.is_empty() {
        writeln!(out, "<p><strong>What to do</strong>, cheapest first:</p><ol>")?;
        for step in &finding.next {
            writeln!(out, "<li>{}</li>", xml(&words(step)))?;
        }
        writeln!(out, "</ol>")?;
    }
    for note in &finding.notes {
        writeln!(out, "<p class=\"note\">{}</p>", xml(&words(&note.text)))?;
    }
    writeln!(out, "<p class=\"note\">Rule <code>{}</code></p></article>", xml(&line(&finding.rule)))
}

fn places(report: &Report, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    if let Some(at) = &finding.at {
        writeln!(out, "<p class=\"path\">Named in <code>{}</code></p>", xml(&line(&at.to_string())))?;
    }
    for idx in finding.packages.iter().take(1) {
        let path = report.paths.get(*idx).and_then(|paths| paths.shortest().next());
        let names: Vec<String> = path.into_iter().flatten().map(|idx| xml(&report.package_words(idx))).collect();
        if !names.is_empty() {
            writeln!(out, "<p class=\"path\">Comes in by {}</p>", names.join(" → "))?;
        }
    }
    if finding.packages.len() > 1 { named(report, &finding.packages, "Packages: ", out) } else { Ok(()) }
}
