//! GitLab's code quality report: a list of issues, which GitLab compares with those of the target branch.
//!
//! The format is described in GitLab's documentation under "Code Quality report format".
//! Accepted findings are left out: the format has no word for them.

use std::io;

use serde::Serialize;

use super::annotation::{plain_message, project_place};
use super::{Report, Style, json};
use crate::model::Finding;

#[derive(Serialize)]
struct Issue<'r> {
    description: String,
    check_name: &'r str,
    fingerprint: String,
    severity: &'static str,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

pub(super) fn render(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let open = report.findings.iter().filter(|finding| finding.excepted.is_none());
    let issues: Vec<Issue> = open.map(|finding| issue(report, finding)).collect();
    json::write_safe(&issues, out)
}

fn issue<'r>(report: &Report, finding: &'r Finding) -> Issue<'r> {
    let (path, line) = project_place(report, finding);
    Issue {
        description: plain_message(finding),
        check_name: &finding.rule,
        fingerprint: report.fingerprint(finding),
        severity: severity(finding),
        location: Place { path: path.to_string(), lines: Lines { begin: line.unwrap_or(1) } },
    }
}

fn severity(finding: &Finding) -> &'static str {
    match (finding.word(), finding.tools_only) {
        ("conflict", _) => "critical",
        ("unknown", false) => "major",
        ("unknown", true) | ("question", _) => "minor",
        _ => "info",
    }
}
