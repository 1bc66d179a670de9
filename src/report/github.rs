//! For GitHub Actions: the report for people, then one annotation a finding at the line of the project's own file.
//!
//! The runner reads commands from the log. What they quote is escaped as its own toolkit does it: `%`, carriage return
//! and line feed in a message, `:` and `,` as well in a property.

use std::io;

use super::annotation::{plain_message, project_place};
use super::{Report, Style, escape, text};
use crate::model::Finding;

/// GitHub shows ten annotations of a level for each step.
const MAX_OF_A_LEVEL: usize = 10;

pub(super) fn render(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    text::render(report, &Style { color: false, root_address: None, ..style.clone() }, out)?;
    for level in ["error", "warning", "notice"] {
        let findings: Vec<&Finding> = report.findings.iter().filter(|finding| self::level(finding) == level).collect();
        let n_shown = if findings.len() > MAX_OF_A_LEVEL { MAX_OF_A_LEVEL - 1 } else { findings.len() };
        for finding in findings.iter().take(n_shown) {
            annotation(report, level, finding, out)?;
        }
        if findings.len() > n_shown {
            let n_more = findings.len() - n_shown;
            writeln!(out, "::{level} title=ppl-check::and {n_more} more findings: see the log of this step")?;
        }
    }
    Ok(())
}

fn annotation(report: &Report, level: &str, finding: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
    let (path, line) = project_place(report, finding);
    let line = line.map(|line| format!(",line={line}")).unwrap_or_default();
    let title = format!("{}[{}]", finding.word(), finding.rule);
    let file = property(&escape::line(path.as_str()));
    writeln!(out, "::{level} file={file}{line},title={}::{}", property(&title), message(&plain_message(finding)))
}

/// Accepted findings are notices: they are in the log, and nobody has to act.
fn level(finding: &Finding) -> &'static str {
    match (finding.word(), finding.tools_only) {
        _ if finding.excepted.is_some() => "notice",
        ("conflict", _) | ("unknown", false) => "error",
        ("unknown", true) | ("question", _) => "warning",
        _ => "notice",
    }
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_hold_no_other_command() {
        assert_eq!(message("50% of\r\n::stop"), "50%25 of%0D%0A::stop");
        assert_eq!(property("a:b,c%0A"), "a%3Ab%2Cc%250A");
    }
}
