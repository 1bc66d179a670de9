//! The XML of `JUnit`: a test case for each judged package and for each finding about the project itself.
//!
//! There is no standard; this is the shape that CI services read (`testsuites`, `testsuite`, `testcase`, `failure`,
//! `skipped`). A finding that fails the run is a failure, an accepted one a skipped test.

use std::collections::BTreeMap;
use std::io;

use super::annotation::{plain_message, project_place};
use super::escape::{whole, xml};
use super::{Report, Style};
use crate::model::{Finding, PackageIdx, Scope};

/// One test case: who, and the findings about it.
struct Case<'r> {
    class: String,
    name: String,
    findings: Vec<(&'r Finding, bool)>,
}

pub(super) fn render(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let cases = cases(report);
    let n_failures = cases.iter().filter(|case| case.findings.iter().any(|(_, fails)| *fails)).count();
    let n_skipped = cases.iter().filter(|case| is_skipped(case)).count();
    let counts = format!("tests=\"{}\" failures=\"{n_failures}\" errors=\"0\"", cases.len());
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"ppl-check\" {counts}>")?;
    writeln!(out, "  <testsuite name=\"ppl-check\" {counts} skipped=\"{n_skipped}\">")?;
    for case in &cases {
        write_case(report, case, out)?;
    }
    writeln!(out, "  </testsuite>")?;
    writeln!(out, "</testsuites>")
}

fn cases(report: &Report) -> Vec<Case<'_>> {
    let mut by_package: BTreeMap<PackageIdx, Vec<(&Finding, bool)>> = BTreeMap::new();
    let mut of_project = Vec::new();
    for (idx, finding) in report.findings.iter().enumerate() {
        let fails = report.failing.get(idx).copied().unwrap_or_default();
        for package_idx in &finding.packages {
            // Where both lack the same, a tool does not fail because the work does.
            let package = report.inventory.packages.get(*package_idx);
            let is_tool = package.is_some_and(|package| package.scope() < Scope::Runtime);
            let fails = fails && (!finding.lacking || !is_tool || finding.tools_only);
            by_package.entry(*package_idx).or_default().push((finding, fails));
        }
        if finding.packages.is_empty() {
            let (class, name) = ("project".to_owned(), finding.rule.clone());
            of_project.push(Case { class, name, findings: vec![(finding, fails)] });
        }
    }
    let judged = report.shown().filter(|(_, package)| package.not_judged.is_none());
    let packages = judged.map(|(idx, package)| Case {
        class: package.purl.ty().to_owned(),
        name: package.purl.to_string(),
        findings: by_package.get(&idx).cloned().unwrap_or_default(),
    });
    packages.chain(of_project).collect()
}

fn is_skipped(case: &Case) -> bool {
    !case.findings.is_empty() && case.findings.iter().all(|(finding, _)| finding.excepted.is_some())
}

/// Makes a text safe in an attribute, on one line.
fn attribute(text: &str) -> String {
    xml(&whole(text))
}

fn write_case(report: &Report, case: &Case, out: &mut dyn io::Write) -> io::Result<()> {
    let file = case.findings.first().map(|(finding, _)| project_place(report, finding).0);
    let file = file.map(|file| format!(" file=\"{}\"", attribute(file.as_str()))).unwrap_or_default();
    let head =
        format!("    <testcase classname=\"{}\" name=\"{}\"{file}", attribute(&case.class), attribute(&case.name));
    if case.findings.is_empty() {
        return writeln!(out, "{head}/>");
    }
    writeln!(out, "{head}>")?;
    for (finding, _) in case.findings.iter().filter(|(_, fails)| *fails) {
        let kind = format!("{}[{}]", finding.word(), finding.rule);
        let message = plain_message(finding);
        let first_line = message.lines().next().unwrap_or_default();
        let (kind, first_line, message) = (xml(&kind), xml(first_line), xml(&message));
        writeln!(out, "      <failure type=\"{kind}\" message=\"{first_line}\">{message}</failure>")?;
    }
    if is_skipped(case) {
        let reasons: Vec<&str> = case.findings.iter().filter_map(|(finding, _)| finding.excepted.as_deref()).collect();
        writeln!(out, "      <skipped message=\"{}\"/>", attribute(&reasons.join("; ")))?;
    }
    for (finding, _) in case.findings.iter().filter(|(finding, fails)| !fails && finding.excepted.is_none()) {
        writeln!(out, "      <system-out>{}</system-out>", xml(&plain_message(finding)))?;
    }
    writeln!(out, "    </testcase>")
}
