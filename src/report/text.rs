//! The report for people at a terminal: what, where, why, what now; then the two answers.

use std::collections::BTreeMap;
use std::io;

use anstyle::{AnsiColor, Style as Color};

use super::escape::line;
use super::words::{Answer, answer, plural};
use super::{Report, Style};
use crate::base::Severity;
use crate::model::{Finding, PackageIdx};

/// How many findings, and packages in one finding, are shown before the rest is counted.
const MAX_FINDINGS: usize = 50;
const MAX_PACKAGES: usize = 5;
const MAX_QUOTE: usize = 160;

pub(super) fn render(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = Page { report, style, out };
    page.head()?;
    let groups = grouped(report);
    for group in groups.iter().take(MAX_FINDINGS) {
        page.finding(group)?;
    }
    if groups.len() > MAX_FINDINGS {
        writeln!(page.out, "\n… and {} more findings: see `--format json`", groups.len() - MAX_FINDINGS)?;
    }
    page.comparison()?;
    page.diagnostics()?;
    page.coverage()?;
    page.answers()
}

/// Findings that share rule, cause and remedy are shown as one: what is missing for a thousand packages is one fact.
struct Group<'r> {
    first: &'r Finding,
    packages: Vec<PackageIdx>,
}

fn grouped(report: &Report) -> Vec<Group<'_>> {
    let mut groups: Vec<Group> = Vec::new();
    let mut by_key: BTreeMap<(String, String, String, bool), usize> = BTreeMap::new();
    for finding in &report.findings {
        if finding.word() != "unknown" || finding.excepted.is_some() || finding.packages.is_empty() {
            groups.push(Group { first: finding, packages: finding.packages.clone() });
            continue;
        }
        let ty = finding.packages.first().and_then(|idx| report.inventory.packages.get(*idx));
        let ty = ty.map(|package| package.purl.ty().to_owned()).unwrap_or_default();
        let next = finding.next.first().cloned().unwrap_or_default();
        let key = (finding.rule.clone(), ty, next, finding.tools_only);
        if let Some(group) = by_key.get(&key).and_then(|idx| groups.get_mut(*idx)) {
            group.packages.extend(&finding.packages);
        } else {
            by_key.insert(key, groups.len());
            groups.push(Group { first: finding, packages: finding.packages.clone() });
        }
    }
    groups
}

struct Page<'r, 'out> {
    report: &'r Report,
    style: &'r Style,
    out: &'out mut dyn io::Write,
}

impl Page<'_, '_> {
    fn head(&mut self) -> io::Result<()> {
        let project = &self.report.project;
        let name = project.name.as_deref().unwrap_or("this project");
        let version = project.version.as_deref().map(|version| format!(" {}", line(version))).unwrap_or_default();
        let packages = &self.report.inventory.packages;
        let n_packages = packages.iter().filter(|package| package.not_judged.is_none()).count();
        let files: Vec<&str> = {
            let read = self.report.coverage.files.iter().filter(|file| !file.sample);
            read.map(|file| file.path.as_str()).collect()
        };
        let shown = match files.as_slice() {
            [] => "no lockfile or manifest".to_owned(),
            [first, second, rest @ ..] if rest.len() > 1 => {
                format!("{}, {} and {} more files", line(first), line(second), rest.len())
            }
            few => few.iter().map(|file| line(file)).collect::<Vec<_>>().join(", "),
        };
        let dot = self.dot();
        writeln!(
            self.out,
            "{}{version} ({}){dot}{n_packages} {}{dot}{shown}",
            self.bold(&line(name)),
            line(&project.outbound),
            plural(n_packages, "package", "packages"),
        )?;
        if let Some(note) = &project.outbound_note {
            writeln!(self.out, "{}", line(note))?;
        }
        Ok(())
    }

    fn finding(&mut self, group: &Group) -> io::Result<()> {
        let finding = group.first;
        let word = finding.word();
        let color = match word {
            "conflict" => AnsiColor::Red,
            "unknown" | "question" => AnsiColor::Yellow,
            _ => AnsiColor::Cyan,
        };
        writeln!(self.out)?;
        let heading = format!("{word}[{}]", finding.rule);
        let message = self.message(group);
        writeln!(self.out, "{} {message}", self.colored(&heading, color))?;
        if let Some(reason) = &finding.excepted {
            return writeln!(self.out, "  accepted {}", line(reason));
        }
        self.places(group)?;
        for clause in &finding.clauses {
            let label = format!("{} {}", line(&clause.license), section(&clause.section));
            writeln!(self.out, "  {label:<13} \"{}\"", cut(&line_long(&clause.quote), MAX_QUOTE))?;
        }
        if !finding.why.is_empty() {
            writeln!(self.out, "  {}", line_long(&finding.why))?;
        }
        if !finding.tried.is_empty() {
            let tried: Vec<_> = finding.tried.iter().map(|tried| line(tried)).collect();
            writeln!(self.out, "  tried    {}", tried.join(", "))?;
        }
        for note in &finding.notes {
            if self.style.verbosity > 0 {
                writeln!(self.out, "  note     {}", line_long(&note.text))?;
            }
        }
        if let Some(next) = finding.next.first() {
            writeln!(self.out, "  next     {}", line_long(next))?;
        }
        writeln!(self.out, "  explain  ppl-check explain {}", finding.rule)
    }

    fn message(&self, group: &Group) -> String {
        let n_packages = group.packages.len();
        if n_packages > 1 && group.first.packages.len() == 1 {
            let names: Vec<_> = group.packages.iter().take(MAX_PACKAGES).filter_map(|idx| self.name(*idx)).collect();
            let more = if n_packages > MAX_PACKAGES {
                format!(" and {} more", n_packages - MAX_PACKAGES)
            } else {
                String::new()
            };
            return format!("{n_packages} packages have no license that could be read: {}{more}", names.join(", "));
        }
        line_long(&group.first.message)
    }

    fn places(&mut self, group: &Group) -> io::Result<()> {
        let finding = group.first;
        let path =
            group.packages.first().and_then(|idx| self.report.paths.get(*idx)).and_then(|paths| paths.shortest.first());
        let names: Vec<String> = path.into_iter().flatten().filter_map(|idx| self.name(*idx)).collect();
        let arrow = if self.style.ascii { " -> " } else { " → " };
        match (&finding.at, names.is_empty()) {
            (Some(at), false) => writeln!(self.out, "  {}   {}", line(&at.to_string()), names.join(arrow)),
            (Some(at), true) => writeln!(self.out, "  {}", line(&at.to_string())),
            (None, false) => writeln!(self.out, "  {}", names.join(arrow)),
            (None, true) => Ok(()),
        }
    }

    fn comparison(&mut self) -> io::Result<()> {
        let Some(difference) = &self.report.difference else { return Ok(()) };
        let n_new = difference.new.len();
        writeln!(
            self.out,
            "\nCompared with {}: {n_new} new {}, {} there before, {} fixed; the answers below are about the whole",
            line(&difference.base),
            plural(n_new, "finding", "findings"),
            difference.n_known,
            difference.fixed.len(),
        )
    }

    fn diagnostics(&mut self) -> io::Result<()> {
        let shown = |severity: Severity| match severity {
            Severity::Note => self.style.verbosity > 0,
            Severity::Warning | Severity::Error => self.style.verbosity >= 0,
        };
        let diagnostics: Vec<_> =
            self.report.diagnostics.iter().filter(|diagnostic| shown(diagnostic.code.severity())).collect();
        let samples = self.report.sample_diagnostics.iter().filter(|_| self.style.verbosity > 0);
        let diagnostics: Vec<_> = diagnostics.into_iter().chain(samples).collect();
        if diagnostics.is_empty() {
            return Ok(());
        }
        writeln!(self.out)?;
        for diagnostic in diagnostics.iter().take(MAX_FINDINGS) {
            let at = diagnostic.at.as_ref().map(|at| format!("{}: ", line(&at.to_string()))).unwrap_or_default();
            let heading = format!("{}[{}]", diagnostic.code.severity().word(), diagnostic.code.id());
            writeln!(self.out, "{heading} {at}{}", line_long(&diagnostic.message))?;
            if let Some(hint) = &diagnostic.hint {
                writeln!(self.out, "  next     {}", line_long(hint))?;
            }
        }
        if diagnostics.len() > MAX_FINDINGS {
            writeln!(self.out, "… and {} more: see `--format json`", diagnostics.len() - MAX_FINDINGS)?;
        }
        Ok(())
    }

    fn coverage(&mut self) -> io::Result<()> {
        let coverage = &self.report.coverage;
        let mut parts: Vec<String> = Vec::new();
        let n_samples = coverage.files.iter().filter(|file| file.sample).count();
        if n_samples > 0 {
            let packages = plural(coverage.n_samples, "package", "packages");
            let files = plural(n_samples, "sample file", "sample files");
            parts.push(format!("{n_samples} {files} with {} {packages} (listed, not judged)", coverage.n_samples));
        }
        for (reason, count) in &coverage.skipped {
            parts.push(format!("{count} {}", reason.words()));
        }
        if coverage.n_imprecise > 0 {
            parts.push(format!("{} with an imprecise license that changes nothing", coverage.n_imprecise));
        }
        if coverage.n_unverified > 0 {
            parts.push(format!("{} from a registry without a checksum to compare", coverage.n_unverified));
        }
        if parts.is_empty() || self.style.verbosity < 0 {
            return Ok(());
        }
        writeln!(self.out, "\nBeside these: {}", parts.join(", "))
    }

    fn answers(&mut self) -> io::Result<()> {
        let Answer { ship, counts } = answer(self.report);
        let question = format!("Ship it under {}?", line(&self.report.project.outbound));
        writeln!(self.out, "\n{} {ship}: {counts}", self.bold(&question))?;
        for artifact in &self.report.artifacts {
            if self.report.artifacts.len() > 1 || artifact.branches.len() > 1 {
                let branches: Vec<_> = artifact
                    .branches
                    .iter()
                    .map(|(license, verdict)| format!("{}: {verdict}", line(license)))
                    .collect();
                let branches = if branches.len() > 1 { format!(" ({})", branches.join(", ")) } else { String::new() };
                writeln!(
                    self.out,
                    "  {} under {}: {}{branches}",
                    line(&artifact.name),
                    line(&artifact.license),
                    artifact.verdict
                )?;
            }
        }
        if let Some(((first_user, first_answer), rest)) = self.report.users.split_first() {
            writeln!(self.out, "{} {first_user}: {first_answer}", self.bold("Who may use it?"))?;
            for (user, answer) in rest {
                writeln!(self.out, "                {user}: {answer}")?;
            }
        }
        Ok(())
    }

    fn name(&self, idx: PackageIdx) -> Option<String> {
        (idx < self.report.inventory.packages.len()).then(|| self.report.package_words(idx))
    }

    fn dot(&self) -> &'static str {
        if self.style.ascii { " - " } else { " · " }
    }

    fn bold(&self, text: &str) -> String {
        self.styled(text, Color::new().bold())
    }

    fn colored(&self, text: &str, color: AnsiColor) -> String {
        self.styled(text, Color::new().bold().fg_color(Some(color.into())))
    }

    fn styled(&self, text: &str, color: Color) -> String {
        if self.style.color { format!("{color}{text}{color:#}") } else { text.to_owned() }
    }
}

/// Our own words may be longer than a name; what they quote was cut before.
fn line_long(text: &str) -> String {
    text.split(' ').map(line).collect::<Vec<_>>().join(" ")
}

fn section(section: &str) -> String {
    if section.starts_with(|char: char| char.is_ascii_digit()) { format!("§{section}") } else { line(section) }
}

fn cut(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max_chars).collect();
    format!("{} …", kept.rsplit_once(' ').map_or(kept.as_str(), |(kept, _)| kept))
}
