//! The whole report as one HTML page: it needs no network, works from a disk, can be searched and printed.
//!
//! Style and script stand inside the page; its policy allows these two, by their digests, and nothing else.
//! Without the script everything is there and readable, only search and filters are missing.

mod findings;
mod packages;
mod users;

use std::io::{self, Write};

use super::escape::{line, xml};
use super::words::{Answer, answer, duties, files_words};
use super::{DISCLAIMER, Report, Style};
use crate::base::base64_sha256;
use crate::model::PackageIdx;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// How many packages are named in one line before the rest is folded away.
const MAX_NAMED: usize = 8;

pub(super) fn render(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let project = &report.project;
    let name = project.name.as_deref().map_or_else(|| "this project".to_owned(), line);
    let version = project.version.as_deref().map(|version| format!(" {}", line(version))).unwrap_or_default();
    let title = format!("Licenses of {name}{version}");
    open("en", &title, SCRIPT, out)?;
    writeln!(out, "<a class=\"skip\" href=\"#main\">Skip to the findings</a>")?;
    writeln!(out, "<header><h1>{}</h1>", xml(&title))?;
    head(report, out)?;
    writeln!(out, "</header>")?;
    contents(report, out)?;
    writeln!(out, "<main id=\"main\">")?;
    findings::section(report, out)?;
    users::section(report, out)?;
    checklist(report, out)?;
    packages::section(report, out)?;
    texts(report, out)?;
    read(report, out)?;
    writeln!(out, "</main>")?;
    foot(report, out)?;
    writeln!(out, "<script>{SCRIPT}</script>\n</body>\n</html>")
}

/// Opens a page: everything up to the start of its body.
pub(super) fn open(language: &str, title: &str, script: &str, out: &mut dyn Write) -> io::Result<()> {
    let script = if script.is_empty() { String::new() } else { format!("; script-src 'sha256-{}'", digest(script)) };
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{}'{script}; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        digest(STYLE),
        xml(&line(title))
    )
}

fn digest(text: &str) -> String {
    base64_sha256(text.as_bytes())
}

fn head(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let project = &report.project;
    let packages = report.shown().filter(|(_, package)| package.not_judged.is_none()).count();
    writeln!(out, "<p class=\"lead\">{packages} packages judged, from {}</p>", xml(&files_words(report)))?;
    if let Some(note) = &project.outbound_note {
        writeln!(out, "<p class=\"lead\">{}</p>", xml(&line(note)))?;
    }
    let Answer { ship, counts } = answer(report);
    writeln!(out, "<div class=\"answers\">\n<section class=\"card\" aria-labelledby=\"ship\">")?;
    writeln!(out, "<h2 id=\"ship\">Ship it under {}?</h2>", xml(&line(&project.outbound)))?;
    writeln!(out, "<p class=\"answer\">{}</p><p>{}</p>", sentence(ship), xml(&counts))?;
    if report.artifacts.len() > 1 || report.artifacts.iter().any(|artifact| artifact.branches.len() > 1) {
        writeln!(out, "<ul>")?;
        for artifact in &report.artifacts {
            let branches: Vec<String> =
                artifact.branches.iter().map(|(license, verdict)| format!("{}: {verdict}", line(license))).collect();
            let branches = if branches.len() > 1 { format!(" ({})", branches.join(", ")) } else { String::new() };
            let license = line(&artifact.license);
            let words = format!("{} under {license}: {}{branches}", line(&artifact.name), artifact.verdict);
            writeln!(out, "<li>{}</li>", xml(&words))?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(
        out,
        "</section>\n<section class=\"card\" aria-labelledby=\"use\"><h2 id=\"use\">Who may use it?</h2><dl>"
    )?;
    for (user, answer) in &report.users {
        writeln!(out, "<div><dt>{}</dt><dd>{}</dd></div>", xml(&sentence(&line(user))), xml(&line(answer)))?;
    }
    writeln!(out, "</dl></section>\n</div>")
}

/// Returns words with a capital letter at their start.
fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn contents(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<nav class=\"contents\" aria-label=\"Contents\"><ul>")?;
    for (id, words) in [
        ("findings", format!("Findings ({})", report.findings.len())),
        ("users", "Who may use it".to_owned()),
        ("duties", "Duties".to_owned()),
        ("packages", format!("Packages ({})", report.shown().count())),
        ("texts", "License texts".to_owned()),
        ("read", "What was read".to_owned()),
    ] {
        writeln!(out, "<li><a href=\"#{id}\">{words}</a></li>")?;
    }
    writeln!(out, "</ul></nav>")
}

fn checklist(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<section id=\"duties\" aria-labelledby=\"duties-title\"><h2 id=\"duties-title\">Duties</h2>")?;
    let duties = duties(report);
    if duties.is_empty() {
        return writeln!(out, "<p>None were found.</p></section>");
    }
    writeln!(out, "<p>What whoever passes the work on has to do. Ticks are not kept.</p>\n<ul class=\"duties\">")?;
    for (number, owing) in duties.iter().enumerate() {
        let title = if owing.duty.title.is_empty() { owing.id } else { &owing.duty.title };
        let extent = owing.extent.map(|extent| format!(" ({extent})")).unwrap_or_default();
        writeln!(
            out,
            "<li><input type=\"checkbox\" id=\"duty-{number}\"><div><label for=\"duty-{number}\"><strong>{}{}</strong>\
             </label><p>{}</p>",
            xml(&sentence(title)),
            xml(&extent),
            xml(&owing.duty.about)
        )?;
        named(report, &owing.packages, "For ", out)?;
        writeln!(out, "</div></li>")?;
    }
    writeln!(out, "</ul></section>")
}

/// Names packages; many are folded away.
fn named(report: &Report, packages: &[PackageIdx], lead: &str, out: &mut dyn Write) -> io::Result<()> {
    let names = || packages.iter().map(|idx| xml(&report.package_words(*idx)));
    if packages.len() <= MAX_NAMED {
        return writeln!(out, "<p class=\"note\">{lead}{}.</p>", names().collect::<Vec<_>>().join(", "));
    }
    writeln!(out, "<details><summary>{lead}{} packages</summary><ul class=\"facts\">", packages.len())?;
    for name in names() {
        writeln!(out, "<li>{name}</li>")?;
    }
    writeln!(out, "</ul></details>")
}

fn texts(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let texts = super::attribution::license_texts(report, report.shown());
    writeln!(out, "<section id=\"texts\" aria-labelledby=\"texts-title\"><h2 id=\"texts-title\">License texts</h2>")?;
    writeln!(out, "<p>Exactly as they came with the packages, each once.</p>")?;
    for text in texts {
        let n_packages = text.packages.len();
        let note = if text.published { "as published, for packages without a text" } else { "as it came" };
        writeln!(
            out,
            "<details class=\"text\"><summary>{}, {note} ({n_packages} {})</summary>",
            xml(&line(&text.title)),
            super::words::plural(n_packages, "package", "packages")
        )?;
        named(report, &text.packages, "", out)?;
        writeln!(out, "<pre>{}</pre></details>", xml(&super::escape::block(text.text)))?;
    }
    writeln!(out, "</section>")
}

fn read(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<section id=\"read\" aria-labelledby=\"read-title\"><h2 id=\"read-title\">What was read</h2><ul>")?;
    for file in report.coverage.files.iter().filter(|file| !file.sample) {
        writeln!(out, "<li><code>{}</code>: {} packages</li>", xml(&line(file.path.as_str())), file.n_records)?;
    }
    let n_samples = report.coverage.files.iter().filter(|file| file.sample).count();
    if n_samples > 0 {
        writeln!(out, "<li>{n_samples} files of tests and examples: listed, not judged</li>")?;
    }
    for (reason, count) in &report.coverage.skipped {
        writeln!(out, "<li>{count} {}</li>", reason.words())?;
    }
    writeln!(out, "</ul>")?;
    if !report.diagnostics.is_empty() {
        writeln!(out, "<h3>Problems with files</h3><ul>")?;
        for diagnostic in &report.diagnostics {
            let at = diagnostic.at.as_ref().map(|at| format!("{}: ", line(&at.to_string()))).unwrap_or_default();
            let words = super::escape::words(&diagnostic.message);
            let severity = diagnostic.code.severity().word();
            writeln!(out, "<li><strong>{severity}</strong> {}{}</li>", xml(&at), xml(&words))?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "</section>")
}

fn foot(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<footer class=\"page\"><p>{DISCLAIMER}</p><p>ppl-check {}, license knowledge <code>{}</code>, policy \
         <code>{}</code></p></footer>",
        env!("CARGO_PKG_VERSION"),
        xml(&report.data_digest),
        xml(&report.policy_digest)
    )
}
