//! SARIF 2.1.0 (OASIS), for code scanning services.
//!
//! The whole rule catalog is written, not only the rules that fired, so that a rule keeps its index from run to run.
//! Accepted findings are results with a suppression. Problems with inputs are notifications of the invocation.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;

use serde::Serialize;

use super::annotation::{plain_message, project_place};
use super::{FINGERPRINT, Report, RuleWords, Style, json};
use crate::base::{Diagnostic, RelPath, Severity};
use crate::model::Finding;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const ROOT: &str = "%SRCROOT%";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Tool<'r>,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<ResultRow<'r>>,
    properties: RunProperties<'r>,
}

#[derive(Serialize)]
struct RunProperties<'r> {
    data: &'r str,
    policy: &'r str,
    outbound: &'r str,
}

#[derive(Serialize)]
struct Tool<'r> {
    driver: Driver<'r>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'r> {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'r> {
    id: &'r str,
    short_description: Text,
    full_description: Text,
    help: Text,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    descriptor: Descriptor,
    level: &'static str,
    message: Text,
    locations: Vec<Location>,
}

#[derive(Serialize)]
struct Descriptor {
    id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultRow<'r> {
    rule_id: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Text,
    locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    suppressions: Vec<Suppression<'r>>,
    properties: ResultProperties<'r>,
}

#[derive(Serialize)]
struct ResultProperties<'r> {
    verdict: &'static str,
    kind: &'static str,
    cause: &'static str,
    expression: Option<&'r str>,
    purls: Vec<String>,
}

#[derive(Serialize)]
struct Suppression<'r> {
    kind: &'static str,
    justification: &'r str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
}

pub(super) fn render(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    let rules = report.rules.iter().map(rule).collect();
    let run = Run {
        tool: Tool { driver: Driver { name: "ppl-check", version, semantic_version: version, rules } },
        invocations: [Invocation {
            execution_successful: true,
            tool_execution_notifications: report.diagnostics.iter().map(notification).collect(),
        }],
        column_kind: "unicodeCodePoints",
        results: report.findings.iter().map(|finding| result(report, finding)).collect(),
        properties: RunProperties {
            data: &report.data_digest,
            policy: &report.policy_digest,
            outbound: &report.project.outbound,
        },
    };
    json::write_safe(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] }, out)
}

fn rule(rule: &RuleWords) -> Rule<'_> {
    let text = |text: &str| Text { text: text.to_owned() };
    Rule {
        id: &rule.id,
        short_description: text(&rule.title),
        full_description: text(if rule.why.is_empty() { &rule.title } else { &rule.why }),
        help: Text { text: format!("{}\nppl-check explain {}", rule.fix, rule.id) },
    }
}

fn result<'r>(report: &'r Report, finding: &'r Finding) -> ResultRow<'r> {
    let (path, line) = project_place(report, finding);
    let suppression = |reason: &'r String| Suppression { kind: "external", justification: reason };
    ResultRow {
        rule_id: &finding.rule,
        rule_index: report.rules.binary_search_by(|rule| rule.id.cmp(&finding.rule)).ok(),
        level: level(finding),
        message: Text { text: plain_message(finding) },
        locations: vec![location(&path, line)],
        partial_fingerprints: BTreeMap::from([(FINGERPRINT, report.fingerprint(finding))]),
        suppressions: finding.excepted.iter().map(suppression).collect(),
        properties: ResultProperties {
            verdict: finding.verdict.word(),
            kind: finding.word(),
            cause: finding.cause.word(),
            expression: finding.expression.as_deref(),
            purls: report.purls(&finding.packages),
        },
    }
}

fn level(finding: &Finding) -> &'static str {
    match (finding.word(), finding.tools_only) {
        ("conflict", _) | ("unknown", false) => "error",
        ("unknown", true) | ("question", _) => "warning",
        _ => "note",
    }
}

fn notification(diagnostic: &Diagnostic) -> Notification {
    let own = diagnostic.at.iter().filter(|at| at.store.is_none() && !at.path.is_root());
    Notification {
        descriptor: Descriptor { id: diagnostic.code.id() },
        level: match diagnostic.code.severity() {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        },
        message: Text { text: super::escape::words(&diagnostic.message) },
        locations: own.map(|at| location(&at.path, at.line)).collect(),
    }
}

fn location(path: &RelPath, line: Option<u32>) -> Location {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(path), uri_base_id: ROOT },
            region: line.map(|start_line| Region { start_line }),
        },
    }
}

/// Returns a path as a relative URI reference (RFC 3986): every byte that is not plain is percent-encoded.
fn uri(path: &RelPath) -> String {
    let mut uri = String::new();
    let bytes = path.raw_bytes().map_or_else(|| path.as_str().as_bytes().to_vec(), <[u8]>::to_vec);
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~/+@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_uri_references() {
        let uri = |path: &str| super::uri(&RelPath::new(path).unwrap());
        assert_eq!(uri("a b/#c/d:e.lock"), "a%20b/%23c/d%3Ae.lock");
        assert_eq!(uri("näh/Cargo.lock"), "n%C3%A4h/Cargo.lock");
    }
}
