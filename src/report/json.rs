//! The report as one JSON document; `docs/check.schema.json` describes it.
//!
//! The names are a promise to programs. A `#` is written as `\u0023`, so that no line can hold a command to a CI
//! runner.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::{Difference, Report, Style, escape};
use crate::base::{Diagnostic, Location};
use crate::model::{Claim, Finding, Package, PackageIdx, Resolved, Statement};
use crate::policy::{Judgement, Owed};

/// The version of the shape; it grows when a name changes or goes.
const SCHEMA: &str = "ppl-check/1";

pub(super) fn render(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    write_safe(&Document::of(report), out)
}

/// Writes a document that harms no log and no terminal, pretty, with a line feed at the end.
pub(crate) fn write_safe(document: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    serde_json::to_writer_pretty(escape::Json(&mut out), document)?;
    out.write_all(b"\n")?;
    out.flush()
}

#[derive(Serialize)]
struct Document<'r> {
    schema: &'static str,
    tool: Tool,
    data: &'r str,
    policy: &'r str,
    project: Project<'r>,
    artifacts: Vec<Artifact<'r>>,
    packages: Packages<'r>,
    findings: Findings<'r>,
    diagnostics: Vec<DiagnosticRow<'r>>,
    coverage: Coverage<'r>,
    users: Vec<UserRow<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<Comparison<'r>>,
    summary: Summary,
}

/// The packages: rows are made one by one as they are written.
struct Packages<'r>(&'r Report);

impl Serialize for Packages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.shown().map(|(idx, package)| package_row(self.0, idx, package)))
    }
}

/// The findings: rows are made one by one as they are written.
struct Findings<'r>(&'r Report);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let findings = self.0.findings.iter().enumerate();
        serializer.collect_seq(findings.map(|(idx, finding)| finding_row(self.0, idx, finding)))
    }
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Project<'r> {
    name: Option<&'r str>,
    version: Option<&'r str>,
    declared: &'r [String],
    outbound: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'r str>,
}

#[derive(Serialize)]
struct Artifact<'r> {
    name: &'r str,
    license: &'r str,
    r#use: &'r [String],
    form: &'r [String],
    verdict: &'static str,
    branches: Vec<Branch<'r>>,
}

#[derive(Serialize)]
struct Branch<'r> {
    license: &'r str,
    verdict: &'static str,
}

#[derive(Serialize)]
struct LocationRow<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<&'static str>,
    path: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
}

#[expect(clippy::struct_excessive_bools, reason = "independent flags of the published format")]
#[derive(Serialize)]
struct PackageRow<'r> {
    purl: String,
    name: String,
    version: Option<&'r str>,
    license: String,
    expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suffix: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<&'r str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<ChangeRow<'r>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    missing: bool,
    basis: Option<&'static str>,
    verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_judged: Option<&'static str>,
    cause: Option<&'static str>,
    rules: Vec<&'r str>,
    obligations: Vec<ObligationRow<'r>>,
    chosen: Option<String>,
    scope: &'static str,
    scopes: Vec<&'static str>,
    optional: bool,
    direct: bool,
    own: bool,
    relation: &'static str,
    relation_because: &'r str,
    imprecise: bool,
    unverified_origin: bool,
    locations: Vec<LocationRow<'r>>,
    claims: Vec<ClaimRow<'r>>,
    repairs: Vec<RepairRow<'r>>,
    tried: Vec<TriedRow<'r>>,
    paths: Vec<Vec<String>>,
    more_paths: bool,
}

#[derive(Serialize)]
struct ChangeRow<'r> {
    line: u32,
    removed: &'r str,
    added: &'r str,
}

#[derive(Serialize)]
struct ClaimRow<'r> {
    kind: &'static str,
    raw: &'r str,
    location: LocationRow<'r>,
    used: bool,
    heuristic: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<&'r str>,
}

#[derive(Serialize)]
struct RepairRow<'r> {
    from: &'r str,
    to: &'r str,
    why: &'r str,
}

#[derive(Serialize)]
struct TriedRow<'r> {
    place: &'r str,
    outcome: &'r str,
}

#[derive(Serialize)]
struct ObligationRow<'r> {
    id: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    extent: Option<&'r str>,
    license: &'r str,
}

#[derive(Serialize)]
struct FindingRow<'r> {
    rule: &'r str,
    verdict: &'static str,
    kind: &'static str,
    cause: &'static str,
    purls: Vec<String>,
    expression: Option<&'r str>,
    message: &'r str,
    why: &'r str,
    location: Option<LocationRow<'r>>,
    clauses: Vec<ClauseRow<'r>>,
    tried: &'r [String],
    next: Option<&'r str>,
    steps: Vec<&'r str>,
    notes: Vec<NoteRow<'r>>,
    excepted: Option<&'r str>,
    tools_only: bool,
    fails: bool,
    fingerprints: Vec<String>,
}

#[derive(Serialize)]
struct ClauseRow<'r> {
    license: &'r str,
    section: &'r str,
    quote: &'r str,
}

#[derive(Serialize)]
struct NoteRow<'r> {
    id: &'r str,
    text: &'r str,
}

#[derive(Serialize)]
struct DiagnosticRow<'r> {
    sample: bool,
    code: &'static str,
    severity: &'static str,
    message: &'r str,
    hint: Option<&'r str>,
    location: Option<LocationRow<'r>>,
}

#[derive(Serialize)]
struct Coverage<'r> {
    files: Vec<FileRow<'r>>,
    skipped: BTreeMap<&'static str, usize>,
    excluded: Vec<&'r str>,
    samples: usize,
    images: usize,
    imprecise: usize,
    unverified_origin: usize,
}

#[derive(Serialize)]
struct FileRow<'r> {
    path: &'r str,
    ecosystem: &'static str,
    packages: usize,
    sample: bool,
}

#[derive(Serialize)]
struct UserRow<'r> {
    user: &'r str,
    answer: &'r str,
}

/// What changed since another report.
#[derive(Serialize)]
pub(super) struct Comparison<'r> {
    base: &'r str,
    known: usize,
    fixed: Vec<SeenRow<'r>>,
    added: Vec<ChangedPackage<'r>>,
    removed: Vec<ChangedPackage<'r>>,
    updated: Vec<UpdatedPackage<'r>>,
    relicensed: Vec<RelicensedRow<'r>>,
    new_duties: Vec<DutyRow<'r>>,
}

#[derive(Serialize)]
struct SeenRow<'r> {
    kind: &'r str,
    rule: &'r str,
    message: &'r str,
}

#[derive(Serialize)]
struct ChangedPackage<'r> {
    package: &'r str,
    version: &'r str,
}

#[derive(Serialize)]
struct UpdatedPackage<'r> {
    package: &'r str,
    before: &'r str,
    now: &'r str,
}

#[derive(Serialize)]
struct RelicensedRow<'r> {
    package: &'r str,
    versions: [&'r str; 2],
    licenses: [&'r str; 2],
}

#[derive(Serialize)]
struct DutyRow<'r> {
    id: &'r str,
    package: &'r str,
}

#[derive(Serialize)]
struct Summary {
    reason: &'static str,
    conflict: usize,
    unknown: usize,
    question: usize,
    obligation: usize,
    ok: usize,
    excepted: usize,
    not_judged: BTreeMap<&'static str, usize>,
}

impl<'r> Document<'r> {
    fn of(report: &'r Report) -> Self {
        Self {
            schema: SCHEMA,
            tool: Tool { name: "ppl-check", version: env!("CARGO_PKG_VERSION") },
            data: &report.data_digest,
            policy: &report.policy_digest,
            project: Project {
                name: report.project.name.as_deref(),
                version: report.project.version.as_deref(),
                declared: &report.project.declared,
                outbound: &report.project.outbound,
                note: report.project.outbound_note.as_deref(),
            },
            artifacts: report.artifacts.iter().map(artifact).collect(),
            packages: Packages(report),
            findings: Findings(report),
            diagnostics: {
                let own = report.diagnostics.iter().map(|diagnostic| diagnostic_row(diagnostic, false));
                own.chain(report.sample_diagnostics.iter().map(|diagnostic| diagnostic_row(diagnostic, true))).collect()
            },
            coverage: coverage(report),
            users: report.users.iter().map(|(user, answer)| UserRow { user, answer }).collect(),
            comparison: report.difference.as_ref().map(comparison),
            summary: summary(report),
        }
    }
}

fn comparison(difference: &Difference) -> Comparison<'_> {
    Comparison {
        base: &difference.base,
        known: difference.n_known,
        fixed: difference
            .fixed
            .iter()
            .map(|seen| SeenRow { kind: &seen.kind, rule: &seen.rule, message: &seen.message })
            .collect(),
        added: difference.added.iter().map(|(package, version)| ChangedPackage { package, version }).collect(),
        removed: difference.removed.iter().map(|(package, version)| ChangedPackage { package, version }).collect(),
        updated: difference
            .updated
            .iter()
            .map(|(package, before, now)| UpdatedPackage { package, before, now })
            .collect(),
        relicensed: difference
            .relicensed
            .iter()
            .map(|row| RelicensedRow {
                package: &row.package,
                versions: [&row.versions.0, &row.versions.1],
                licenses: [&row.licenses.0, &row.licenses.1],
            })
            .collect(),
        new_duties: difference.new_duties.iter().map(|(id, package)| DutyRow { id, package }).collect(),
    }
}

fn artifact(artifact: &super::Artifact) -> Artifact<'_> {
    Artifact {
        name: &artifact.name,
        license: &artifact.license,
        r#use: &artifact.uses,
        form: &artifact.forms,
        verdict: artifact.verdict.word(),
        branches: artifact
            .branches
            .iter()
            .map(|(license, verdict)| Branch { license, verdict: verdict.word() })
            .collect(),
    }
}

fn location(at: &Location) -> LocationRow<'_> {
    LocationRow {
        store: at.store,
        path: at.path.as_str(),
        path_bytes: at.path.raw_bytes().map(crate::base::hex),
        line: at.line,
        column: at.column,
    }
}

fn package_row<'r>(report: &'r Report, idx: PackageIdx, package: &'r Package) -> PackageRow<'r> {
    let judgement = report.judgement(idx);
    let paths = report.paths.get(idx);
    let resolution = &package.resolution;
    let mut row = PackageRow {
        purl: package.purl.to_string(),
        name: package.purl.full_name(),
        version: package.purl.version(),
        license: report.license_words(package),
        expression: None,
        suffix: None,
        candidates: Vec::new(),
        modified: None,
        changes: Vec::new(),
        missing: false,
        basis: resolution.basis.map(crate::model::ClaimKind::word),
        verdict: judgement.map(|judgement| judgement.verdict.word()),
        not_judged: package.not_judged.map(crate::model::NotJudged::word),
        cause: judgement.map(|judgement| judgement.cause.word()),
        rules: judgement.map(rules).unwrap_or_default(),
        obligations: judgement.map(|judgement| obligations(&judgement.obligations)).unwrap_or_default(),
        chosen: judgement.and_then(|judgement| judgement.chosen.as_ref()).map(ToString::to_string),
        scope: package.scope().word(),
        scopes: package.scopes.iter().rev().map(|scope| scope.word()).collect(),
        optional: package.optional,
        direct: package.direct,
        own: package.is_own(),
        relation: package.relation.word(),
        relation_because: &package.relation_because,
        imprecise: resolution.imprecise,
        unverified_origin: resolution.unverified_origin,
        locations: package.at.iter().map(location).collect(),
        claims: package.claims.iter().enumerate().map(|(at, claim)| claim_row(package, at, claim)).collect(),
        repairs: resolution
            .repairs
            .iter()
            .map(|repair| RepairRow { from: &repair.from, to: &repair.to, why: repair.why })
            .collect(),
        tried: resolution.tried.iter().map(|tried| TriedRow { place: &tried.place, outcome: &tried.outcome }).collect(),
        paths: paths.map(|paths| paths.shortest().map(|path| report.purls(&path)).collect()).unwrap_or_default(),
        more_paths: paths.is_some_and(|paths| paths.more),
    };
    match &resolution.resolved {
        Resolved::Expression(expr) => row.expression = Some(expr.to_string()),
        Resolved::SuffixUnstated(expr) => {
            row.expression = Some(expr.to_string());
            row.suffix = Some("unstated");
        }
        Resolved::Candidates(candidates) => row.candidates = candidates.iter().map(ToString::to_string).collect(),
        Resolved::Modified { id, changes } => {
            row.modified = Some(id);
            row.changes = changes
                .iter()
                .map(|change| ChangeRow { line: change.line, removed: &change.removed, added: &change.added })
                .collect();
        }
        Resolved::Missing { .. } => row.missing = true,
    }
    row
}

fn rules(judgement: &Judgement) -> Vec<&str> {
    let mut rules: Vec<&str> = judgement.rules.iter().map(|hit| hit.rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

fn obligations(owed: &[Owed]) -> Vec<ObligationRow<'_>> {
    owed.iter()
        .map(|owed| ObligationRow { id: &owed.id, extent: owed.extent.as_deref(), license: &owed.license })
        .collect()
}

fn claim_row<'r>(package: &Package, at: usize, claim: &'r Claim) -> ClaimRow<'r> {
    ClaimRow {
        kind: claim.kind.word(),
        raw: &claim.raw,
        location: location(&claim.at),
        used: package.used_claims.contains(&at),
        heuristic: claim.heuristic,
        sha256: match &claim.says {
            Statement::Text { sha256, .. } => Some(sha256),
            Statement::Field { .. } | Statement::SeeFile(_) => None,
        },
    }
}

fn finding_row<'r>(report: &Report, idx: usize, finding: &'r Finding) -> FindingRow<'r> {
    FindingRow {
        rule: &finding.rule,
        verdict: finding.verdict.word(),
        kind: finding.word(),
        cause: finding.cause.word(),
        purls: report.purls(&finding.packages),
        expression: finding.expression.as_deref(),
        message: &finding.message,
        why: &finding.why,
        location: finding.at.as_ref().map(location),
        clauses: finding
            .clauses
            .iter()
            .map(|clause| ClauseRow { license: &clause.license, section: &clause.section, quote: &clause.quote })
            .collect(),
        tried: &finding.tried,
        next: finding.next.first().map(AsRef::as_ref),
        steps: finding.next.iter().map(AsRef::as_ref).collect(),
        notes: finding.notes.iter().map(|note| NoteRow { id: &note.id, text: &note.text }).collect(),
        excepted: finding.excepted.as_deref(),
        tools_only: finding.tools_only,
        fails: report.failing.get(idx).copied().unwrap_or_default(),
        fingerprints: report.fingerprints(finding),
    }
}

fn diagnostic_row(diagnostic: &Diagnostic, sample: bool) -> DiagnosticRow<'_> {
    DiagnosticRow {
        sample,
        code: diagnostic.code.id(),
        severity: diagnostic.code.severity().word(),
        message: &diagnostic.message,
        hint: diagnostic.hint.as_deref(),
        location: diagnostic.at.as_ref().map(location),
    }
}

fn coverage(report: &Report) -> Coverage<'_> {
    let coverage = &report.coverage;
    Coverage {
        files: coverage
            .files
            .iter()
            .map(|file| FileRow {
                path: file.path.as_str(),
                ecosystem: file.ty,
                packages: file.n_records,
                sample: file.sample,
            })
            .collect(),
        skipped: coverage.skipped.iter().map(|(reason, count)| (reason.words(), *count)).collect(),
        excluded: coverage.excluded.iter().map(crate::base::RelPath::as_str).collect(),
        samples: coverage.n_samples,
        images: coverage.n_images,
        imprecise: coverage.n_imprecise,
        unverified_origin: coverage.n_unverified,
    }
}

fn summary(report: &Report) -> Summary {
    let summary = &report.summary;
    Summary {
        reason: summary.reason.word(),
        conflict: summary.n_conflicts,
        unknown: summary.n_unknowns,
        question: summary.n_questions,
        obligation: summary.n_obligations,
        ok: summary.n_ok,
        excepted: summary.n_excepted,
        not_judged: summary.not_judged.iter().map(|(why, count)| (why.word(), *count)).collect(),
    }
}
