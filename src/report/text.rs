//! The report for people at a terminal: what, where, why, what now; then the two answers.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use anstyle::{AnsiColor, Style as Color};
use unicode_width::UnicodeWidthStr;

use super::escape::{Ascii, line, words};
use super::groups::{Group, grouped};
use super::words::{Answer, answer, files_words, plural};
use super::{Report, Style};
use crate::base::{Code, Diagnostic, Severity};
use crate::model::{Cause, Finding, NotJudged, Verdict};
use crate::scan::SkipReason;

/// How many findings, and items of one list, are shown before the rest is counted.
const MAX_FINDINGS: usize = 50;
const MAX_LISTED: usize = 10;
/// How many clauses of one license are quoted.
const MAX_QUOTES: usize = 2;
const MAX_QUOTE: usize = 160;
/// The column in which the answers start.
const ANSWER: usize = 20;

pub(super) fn render(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = Ascii::of(style, out);
    let mut page = Page { report, style, out: &mut out, before: None };
    page.head()?;
    let groups = grouped(report);
    for group in groups.iter().take(MAX_FINDINGS) {
        page.group(group)?;
    }
    if groups.len() > MAX_FINDINGS {
        writeln!(page.out, "\n… and {} more findings: see `--format json`", groups.len() - MAX_FINDINGS)?;
    }
    page.comparison()?;
    page.diagnostics()?;
    page.answers()?;
    page.coverage()
}

struct Page<'r, 'out> {
    report: &'r Report,
    style: &'r Style,
    out: &'out mut dyn io::Write,
    /// The finding that was shown last.
    before: Option<&'r Finding>,
}

impl<'r> Page<'r, '_> {
    fn head(&mut self) -> io::Result<()> {
        let project = &self.report.project;
        let name = project.name.as_deref().unwrap_or("this project");
        let version = project.version.as_deref().map(|version| format!(" {}", line(version))).unwrap_or_default();
        let packages = &self.report.inventory.packages;
        let n_packages = packages.iter().filter(|package| package.not_judged.is_none()).count();
        let mut parts =
            vec![format!("{n_packages} {}", plural(n_packages, "package", "packages")), files_words(self.report)];
        parts.extend(self.style.elapsed.map(|elapsed| format!("{:.2} s", elapsed.as_secs_f64())));
        let title = format!("{}{version} ({})", self.bold(&line(name)), line(&project.outbound));
        writeln!(self.out, "{title} · {}", parts.join(" · "))?;
        if let Some(note) = &project.outbound_note {
            writeln!(self.out, "{}", line(note))?;
        }
        Ok(())
    }

    fn group(&mut self, group: &Group<'r>) -> io::Result<()> {
        let Some(finding) = group.first() else { return Ok(()) };
        let word = finding.word();
        let color = match word {
            "conflict" => AnsiColor::Red,
            "unknown" | "question" => AnsiColor::Yellow,
            _ => AnsiColor::Cyan,
        };
        writeln!(self.out)?;
        let heading = format!("{word}[{}]", finding.rule);
        writeln!(self.out, "{} {}", self.colored(&heading, color), group.message(self.report))?;
        if let Some(reason) = &finding.excepted {
            return writeln!(self.out, "  accepted {}", line(reason));
        }
        let places = group.places(&|at| self.style.place(at));
        if places.is_empty() {
            self.place(group)?;
        }
        for place in places {
            writeln!(self.out, "  {place}")?;
        }
        let before = self.before.replace(finding).filter(|before| is_same(before, finding));
        if let Some(before) = before {
            writeln!(self.out, "  as above")?;
            return if before.next.first() == finding.next.first() { Ok(()) } else { self.steps(finding) };
        }
        self.clauses(finding)?;
        if !finding.why.is_empty() {
            writeln!(self.out, "  {}", words(&finding.why))?;
        }
        if !finding.tried.is_empty() {
            let tried: Vec<_> = finding.tried.iter().map(|tried| line(tried)).collect();
            writeln!(self.out, "  tried    {}", tried.join(", "))?;
        }
        for note in &finding.notes {
            if self.style.verbosity > 0 {
                writeln!(self.out, "  note     {}", words(&note.text))?;
            }
        }
        self.steps(finding)?;
        writeln!(self.out, "  explain  ppl-check explain {}", finding.rule)
    }

    /// Says what to do: the cheapest, or all that is known.
    fn steps(&mut self, finding: &Finding) -> io::Result<()> {
        // Terms that conflict are mended, everything else is found out or decided.
        let is_mended = finding.cause == Cause::Terms && finding.verdict == Verdict::Conflict;
        let label = if is_mended { "fix " } else { "next" };
        let n_steps = if self.style.verbosity > 0 { finding.next.len() } else { 1 };
        for next in finding.next.iter().take(n_steps) {
            writeln!(self.out, "  {label}     {}", words(next))?;
        }
        Ok(())
    }

    /// Quotes the licenses; of each the first clauses, which the rule thinks most telling, unless all are asked for.
    fn clauses(&mut self, finding: &Finding) -> io::Result<()> {
        let mut n_quoted: BTreeMap<&str, usize> = BTreeMap::new();
        for clause in &finding.clauses {
            let n_quoted = n_quoted.entry(&clause.license).or_default();
            *n_quoted += 1;
            if *n_quoted > MAX_QUOTES && self.style.verbosity <= 0 {
                continue;
            }
            let label = format!("{} {}", line(&clause.license), section(&clause.section));
            writeln!(self.out, "  {label:<13} \"{}\"", cut(&words(&clause.quote), MAX_QUOTE))?;
        }
        Ok(())
    }

    fn place(&mut self, group: &Group) -> io::Result<()> {
        let at = group.first().and_then(|finding| finding.at.as_ref());
        let path = group
            .packages
            .first()
            .and_then(|idx| self.report.paths.get(*idx))
            .and_then(|paths| paths.shortest().next());
        let names: Vec<String> = path.into_iter().flatten().map(|idx| self.report.package_words(idx)).collect();
        let arrow = if self.style.ascii { " -> " } else { " → " };
        let before = at.map_or(INDENT, |at| INDENT + line(&at.to_string()).width() + GAP);
        let at = at.map(|at| self.style.place(at));
        let names = shortened(&names, arrow, if self.style.ascii { "..." } else { "…" }, self.style.width, before);
        match (at, names.is_empty()) {
            (Some(at), false) => writeln!(self.out, "  {at}   {names}"),
            (Some(at), true) => writeln!(self.out, "  {at}"),
            (None, false) => writeln!(self.out, "  {names}"),
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
        // What makes the scan incomplete stands among the findings, with place and hint.
        let found: BTreeSet<_> = self
            .report
            .findings
            .iter()
            .filter(|finding| finding.rule == "incomplete-scan" || finding.rule == Code::NotInLockfile.id())
            .map(|finding| &finding.at)
            .collect();
        let is_finding = |code: Code| code.makes_incomplete() || code == Code::NotInLockfile;
        let said = |diagnostic: &Diagnostic| is_finding(diagnostic.code) && found.contains(&diagnostic.at);
        let diagnostics: Vec<_> = self
            .report
            .diagnostics
            .iter()
            .filter(|diagnostic| shown(diagnostic.code.severity()) && !said(diagnostic))
            .collect();
        let samples = self.report.sample_diagnostics.iter().filter(|_| self.style.verbosity > 0);
        let diagnostics: Vec<_> = diagnostics.into_iter().chain(samples).collect();
        if diagnostics.is_empty() {
            return Ok(());
        }
        writeln!(self.out)?;
        for diagnostic in diagnostics.iter().take(MAX_FINDINGS) {
            let at = diagnostic.at.as_ref().map(|at| format!("{}: ", self.style.place(at))).unwrap_or_default();
            let heading = format!("{}[{}]", diagnostic.code.severity().word(), diagnostic.code.id());
            writeln!(self.out, "{heading} {at}{}", words(&diagnostic.message))?;
            if let Some(hint) = &diagnostic.hint {
                writeln!(self.out, "  next     {}", words(hint))?;
            }
        }
        if diagnostics.len() > MAX_FINDINGS {
            writeln!(self.out, "… and {} more: see `--format json`", diagnostics.len() - MAX_FINDINGS)?;
        }
        Ok(())
    }

    /// Says what was looked at and not judged, and what was not looked at.
    fn coverage(&mut self) -> io::Result<()> {
        let coverage = &self.report.coverage;
        let mut beside: Vec<String> = Vec::new();
        let n_samples = coverage.files.iter().filter(|file| file.sample).count();
        if n_samples > 0 {
            let packages = plural(coverage.n_samples, "package", "packages");
            let files = plural(n_samples, "file", "files");
            beside.push(format!("{n_samples} {files} of tests and examples with {} {packages}", coverage.n_samples));
        }
        if coverage.n_images > 0 {
            let images = plural(coverage.n_images, "picture", "pictures");
            beside.push(format!("{} {images} taken for the project's own", coverage.n_images));
        }
        let infrastructure =
            self.report.summary.not_judged.get(&NotJudged::Infrastructure).copied().unwrap_or_default();
        if infrastructure > 0 {
            beside.push(format!("{infrastructure} {} of infrastructure", plural(infrastructure, "part", "parts")));
        }
        let mut skipped: Vec<String> = Vec::new();
        for (reason, count) in &coverage.skipped {
            let named = match reason {
                SkipReason::Excluded if coverage.excluded.len() <= MAX_LISTED => {
                    let paths: Vec<_> = coverage.excluded.iter().map(|path| line(path.as_str())).collect();
                    format!(" ({})", paths.join(", "))
                }
                _ => String::new(),
            };
            skipped.push(format!("{count} {}{named}", reason.counted(*count)));
        }
        let mut known: Vec<String> = Vec::new();
        if coverage.n_imprecise > 0 {
            known.push(format!("{} with an imprecise license that changes nothing", coverage.n_imprecise));
        }
        if coverage.n_unverified > 0 {
            known.push(format!("{} from a registry without a checksum to compare", coverage.n_unverified));
        }
        let not_understood = self.report.diagnostics.iter().filter(|diagnostic| diagnostic.code == Code::NotUnderstood);
        let not_understood: Vec<String> =
            not_understood.filter_map(|diagnostic| Some(line(diagnostic.at.as_ref()?.path.as_str()))).collect();
        if self.style.verbosity >= 0 {
            for (label, parts) in [("Not judged", beside), ("Not walked", skipped), ("Counted as known", known)] {
                self.listed(label, &parts)?;
            }
        }
        self.listed("Not understood", &not_understood)?;
        if self.style.verbosity < 0 {
            return Ok(());
        }
        let short = |digest: &str| digest.get(..12).unwrap_or(digest).to_owned();
        let tool = concat!("ppl-check ", env!("CARGO_PKG_VERSION")).to_owned();
        let knowledge = format!("license knowledge {}", short(&self.report.data_digest));
        self.listed("Judged by", &[tool, knowledge, format!("policy {}", short(&self.report.policy_digest))])
    }

    fn listed(&mut self, label: &str, parts: &[String]) -> io::Result<()> {
        if parts.is_empty() {
            return Ok(());
        }
        let n_more = parts.len().saturating_sub(MAX_LISTED);
        let more = if n_more > 0 { format!(" and {n_more} more") } else { String::new() };
        let shown: Vec<&str> = parts.iter().take(MAX_LISTED).map(String::as_str).collect();
        writeln!(self.out, "{label:<ANSWER$}{}{more}", shown.join(", "))
    }

    fn answers(&mut self) -> io::Result<()> {
        let Answer { ship, counts } = answer(self.report);
        let question = format!("{:<1$}", format!("Ship it under {}?", line(&self.report.project.outbound)), ANSWER);
        let gap = if question.ends_with(' ') { "" } else { " " };
        writeln!(self.out, "\n{}{gap}{ship}: {counts}", self.bold(&question))?;
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
        for (idx, (user, answer)) in self.report.users.iter().enumerate() {
            let question = format!("{:<1$}", if idx == 0 { "Who may use it?" } else { "" }, ANSWER);
            writeln!(self.out, "{}{user}: {answer}", self.bold(&question))?;
        }
        Ok(())
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

/// Returns whether everything but what it is about, and what to do with that, stands above already.
fn is_same(before: &Finding, finding: &Finding) -> bool {
    (&before.rule, &before.why, &before.tried) == (&finding.rule, &finding.why, &finding.tried)
        && before.clauses == finding.clauses
        && before.notes == finding.notes
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

/// What stands before a place, and between it and the way there, in columns.
const INDENT: usize = 2;
const GAP: usize = 3;

/// Joins the steps of a way; where the terminal is too narrow, steps after the first are left out, the last never.
fn shortened(names: &[String], arrow: &str, dots: &str, columns: usize, before: usize) -> String {
    let whole = names.join(arrow);
    let Some((first, rest)) = names.split_first().filter(|_| columns > 0 && before + whole.width() > columns) else {
        return whole;
    };
    (1..rest.len())
        .map(|skipped| {
            let kept = rest.iter().skip(skipped).map(String::as_str);
            [first.as_str(), dots].into_iter().chain(kept).collect::<Vec<_>>().join(arrow)
        })
        .find(|way| before + way.width() <= columns)
        .or_else(|| Some([first.as_str(), dots, rest.last()?].join(arrow)))
        .filter(|way| way.width() < whole.width())
        .unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_shortened_to_the_terminal() {
        let names = ["shop", "shell-ui", "reader", "leaf"].map(str::to_owned);
        let shown = |columns, before| shortened(&names, " → ", "…", columns, before);
        assert_eq!(shown(0, 10), "shop → shell-ui → reader → leaf");
        assert_eq!(shown(80, 10), "shop → shell-ui → reader → leaf");
        assert_eq!(shown(36, 10), "shop → … → reader → leaf");
        assert_eq!(shown(28, 10), "shop → … → leaf");
        // First and last are never left out, however narrow it is.
        assert_eq!(shown(10, 10), "shop → … → leaf");
        assert_eq!(shortened(&names[..2], " → ", "…", 5, 2), "shop → shell-ui");
        assert_eq!(shortened(&[], " → ", "…", 5, 2), "");
    }
}
