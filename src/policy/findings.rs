//! From judgements to findings: one per root cause, with what to do about it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use super::assess::{Scene, why_missing};
use super::remedies::{Stage, Stages, next};
use super::{Act, Judge, Judgement, Query, RuleHit};
use crate::base::{Code, Diagnostic, Location, RelPath, Shared};
use crate::config::{FILE_NAME, RuleLevel};
use crate::license::expr::{Expr, Id};
use crate::license::identify::Conclusion;
use crate::model::{
    Cause, Claim, ClaimKind, Finding, NotJudged, Note, Package, PackageIdx, Relation, Resolved, Routes, Scope,
    Statement, Verdict, candidate_words,
};
use crate::resolve::holds_all;

/// Findings under way, grouped by rule, license and the direct dependency that brings the packages in.
pub(super) struct Groups<'run> {
    scene: &'run Scene<'run>,
    /// Where findings arise: what is offered there, what is done with it, and its name.
    places: Vec<Place<'run>>,
    /// The ways to each package; the second on the shortest is the dependency that brings it in.
    routes: Routes,
    by_key: BTreeMap<Key, Group>,
}

/// The rule for a project whose own declarations disagree.
const OWN_CONTRADICTS: &str = "own-license-contradicts";

/// The note that names the artifacts in which a finding arises.
const PLACES_NOTE: &str = "artifacts";

/// How many readings of an ambiguous license a message lists before the rest is counted.
const MAX_READINGS: usize = 3;

/// The longest way on which a step is looked for that can be left out, in packages.
const MAX_STEPS: usize = 64;

/// What makes one finding: verdict and rule, what was judged, what brings it in.
type Key = (String, String, Verdict, Option<PackageIdx>);

/// Where findings arise.
pub(super) struct Place<'run> {
    /// Judges by what is offered.
    pub(super) judge: Judge<'run>,
    /// What is done with it.
    pub(super) acts: Vec<Act>,
    /// Its name and its license, for a project with several.
    pub(super) name: String,
}

/// One finding under way.
pub(super) struct Group {
    /// The places where it arose, by number.
    places: BTreeSet<usize>,
    judgement: Arc<Judgement>,
    /// Which of its rules.
    hit_idx: usize,
    packages: Vec<PackageIdx>,
}

impl<'run> Groups<'run> {
    pub(super) fn new(scene: &'run Scene<'run>) -> Self {
        Self { scene, places: Vec::new(), routes: Routes::new(scene.inventory), by_key: BTreeMap::new() }
    }

    /// Enters a place: what is added from now on arose there.
    pub(super) fn enter(&mut self, place: Place<'run>) {
        self.places.push(place);
    }

    /// Returns what judges at the place that was entered last.
    pub(super) fn judge(&self) -> Option<&Judge<'run>> {
        self.places.last().map(|place| &place.judge)
    }

    /// Adds what is said of a package: the rules that reach its verdict, if that is worth a finding.
    pub(super) fn add(&mut self, idx: PackageIdx, judgement: &Arc<Judgement>) {
        if judgement.verdict < Verdict::Review {
            return;
        }
        let Some(package) = self.scene.inventory.packages.get(idx) else { return };
        // What is not known has to be found out whatever else there is.
        let counts = |(_, hit): &(usize, &RuleHit)| {
            hit.verdict == judgement.verdict || (hit.verdict == Verdict::Review && hit.cause == Cause::Evidence)
        };
        // That a name leaves open what is meant says already that one of its readings is not known.
        let is_open = |hit: &RuleHit| hit.cause == Cause::Evidence && hit.license.is_empty();
        let is_said = |(_, hit): &(usize, &RuleHit)| {
            hit.cause == Cause::Evidence && !is_open(hit) && judgement.rules.iter().any(is_open)
        };
        for (hit_idx, hit) in judgement.rules.iter().enumerate().filter(counts).filter(|hit| !is_said(hit)) {
            // What is unknown is unknown of each package by itself.
            let root = match hit.cause {
                Cause::Evidence => Some(idx),
                Cause::Terms | Cause::Reading | Cause::Entity => self.routes.direct(idx).or(Some(idx)),
            };
            let key = (hit.rule.clone(), described(package), hit.verdict, root);
            let group = self.by_key.entry(key).or_insert_with(|| Group {
                judgement: Arc::clone(judgement),
                hit_idx,
                packages: Vec::new(),
                places: BTreeSet::new(),
            });
            group.places.extend(self.places.len().checked_sub(1));
            if group.packages.last() != Some(&idx) {
                group.packages.push(idx);
            }
        }
    }

    pub(super) fn finish(self) -> Vec<Finding> {
        let Self { scene, places, routes, by_key } = self;
        let mut findings = Vec::with_capacity(by_key.len());
        let mut words = Words::default();
        findings.extend(by_key.into_values().filter_map(|group| finding(scene, &places, &routes, group, &mut words)));
        findings
    }
}

/// What many findings say alike.
#[derive(Default)]
struct Words {
    texts: Shared<str>,
    lists: Shared<[String]>,
}

fn finding(scene: &Scene, places: &[Place], routes: &Routes, group: Group, words: &mut Words) -> Option<Finding> {
    let Group { judgement, hit_idx, places: arose, mut packages } = group;
    let hit = judgement.rules.get(hit_idx)?;
    packages.sort_unstable();
    packages.dedup();
    let rule = scene.knowledge.rule(&hit.rule);
    let first = packages.first().and_then(|idx| scene.inventory.packages.get(*idx));
    let (message, shared) = message(scene, hit, &packages);
    let shortest = packages.first().and_then(|idx| routes.shortest(*idx, MAX_STEPS).into_iter().next());
    let path = shortest.unwrap_or_default();
    let arose = || arose.iter().filter_map(|at| places.get(*at));
    let stages = Stages(arose().map(|place| Stage { judge: &place.judge, acts: &place.acts }).collect());
    let names: Vec<&str> = arose().map(|place| place.name.as_str()).collect();
    let place = (scene.parts.len() > 1)
        .then(|| Note { id: PLACES_NOTE.to_owned(), text: format!("it arises in {}", names.join(", ")) });
    let why = hit.because.as_ref().or(rule.map(|rule| &rule.title)).cloned().unwrap_or_default();
    let next = next(scene, &stages, hit, &judgement, first.map(|package| (package, path.as_slice())));
    Some(Finding {
        rule: hit.rule.clone(),
        verdict: hit.verdict,
        cause: hit.cause,
        message,
        shared: shared.map(|shared| words.texts.keep(shared)),
        why: words.texts.keep(why),
        clauses: hit.clauses.clone(),
        expression: first.map(described).filter(|text| !text.is_empty()),
        at: first.and_then(|package| package.at.first().cloned()),
        tried: words.lists.keep(first.map(tried).unwrap_or_default()),
        next: next.into_iter().map(|step| words.texts.keep(step)).collect(),
        notes: [place.into_iter().collect(), hit.notes.clone(), other_readings(scene, &judgement)].concat(),
        excepted: None,
        tools_only: is_tools_only(scene, &packages),
        packages,
    })
}

/// Returns whether the packages are tools alone: nothing of them ends up in the work.
fn is_tools_only(scene: &Scene, packages: &[PackageIdx]) -> bool {
    let is_tool =
        |idx: &PackageIdx| scene.inventory.packages.get(*idx).is_some_and(|package| package.scope() < Scope::Runtime);
    !packages.is_empty() && packages.iter().all(is_tool)
}

/// Returns the license of a package in words: the expression, the candidates, or nothing.
fn described(package: &Package) -> String {
    license_words(package, usize::MAX)
}

/// Returns the license of a package in words that fit on a line.
fn shortened(package: &Package) -> String {
    license_words(package, MAX_READINGS)
}

fn license_words(package: &Package, max_readings: usize) -> String {
    match &package.resolution.resolved {
        Resolved::Expression(expr) => expr.to_string(),
        Resolved::SuffixUnstated(expr) => format!("{expr}, or a later version: it does not say"),
        Resolved::Candidates(candidates) => readings_words(candidates, max_readings),
        Resolved::Modified { id, .. } => format!("a changed text of {id}"),
        Resolved::Missing { .. } => String::new(),
    }
}

/// Lists the readings of an ambiguous license.
fn readings_words(readings: &[Expr], max: usize) -> String {
    let listed = readings.iter().take(max).map(|expr| candidate_words(&expr.to_string()).to_owned());
    let listed: Vec<String> = listed.collect();
    match readings.len().saturating_sub(max) {
        0 => listed.join(", or "),
        n => format!("{}, or {n} more readings", listed.join(", or ")),
    }
}

/// Returns what was found, in one line: of the first package, and as said of several.
fn message(scene: &Scene, hit: &RuleHit, packages: &[PackageIdx]) -> (String, Option<String>) {
    let packages: Vec<&Package> = packages.iter().filter_map(|idx| scene.inventory.packages.get(*idx)).collect();
    let Some(first) = packages.first() else { return Default::default() };
    let name = match first.purl.version() {
        Some(version) => format!("{} {version}", first.purl.full_name()),
        None => first.purl.full_name(),
    };
    if let Some(mismatch) = first.resolution.mismatches.first() {
        return (format!("{name}: {mismatch}"), None);
    }
    if let Resolved::Missing { complete_look } = first.resolution.resolved {
        let (of_one, of_several) = missing(first, complete_look);
        return (format!("{name} {of_one}"), Some(of_several.to_owned()));
    }
    let license = shortened(first);
    let joined = joined_how(first.relation);
    if let Some(differing) = hit.contradiction.and_then(|idx| first.resolution.disagreements.get(idx)) {
        return (format!("{name} {}, {joined}", first.contradiction(differing)), None);
    }
    let said = match packages.len() {
        1 => match unclear(first) {
            Some(words) if grants_nothing(first) => format!("{name} says \"{words}\", which grants nothing"),
            Some(words) => format!("{name} says \"{words}\", read as {license}"),
            None => format!("{name} is {license}"),
        },
        n => format!("{name} and {} more are {license}", n - 1),
    };
    (format!("{said}, {joined}"), None)
}

/// Returns what is wrong with a package that has no license: as said of one, and of several.
fn missing(package: &Package, complete_look: bool) -> (String, &'static str) {
    match why_missing(package, complete_look) {
        "nothing-declared" => (
            "grants nothing: its contents were read and hold no license".to_owned(),
            "grant nothing: their contents were read and hold no license",
        ),
        "unclear-statement" => (
            match (statement(package), text_of_kind(package, ClaimKind::Text), text_of_kind(package, ClaimKind::Notice))
            {
                (Some(words), ..) => format!("says \"{words}\", which names no license that is known here"),
                (None, Some((file, _)), _) => format!("has a {file} whose text is not known here"),
                (None, None, Some((file, license))) => {
                    format!("names {license} in its {file} alone, and nothing says that it is the license of the whole")
                }
                (None, None, None) => "says nothing that names a license".to_owned(),
            },
            "say nothing that names a license known here",
        ),
        "missing-reference" => (
            format!("points to \"{}\" for its license, and that is not here", statement(package).unwrap_or_default()),
            "point to files for their licenses that are not here",
        ),
        "silent-file" => {
            ("names no license, and nothing beside it does".to_owned(), "name no license, and nothing beside them does")
        }
        "lookup-failed" => {
            ("has no copy here, and looking it up failed".to_owned(), "have no copy here, and looking them up failed")
        }
        _ => ("has no copy here to read a license from".to_owned(), "have no copy here to read a license from"),
    }
}

/// Returns whether the package says itself that nothing is granted.
fn grants_nothing(package: &Package) -> bool {
    matches!(&package.resolution.resolved, Resolved::Expression(Expr::License(leaf)) if leaf.id == Id::None)
}

/// Returns the words a license was read from, if they do not say by themselves what was read.
fn unclear(package: &Package) -> Option<String> {
    let used = package.used_claims.iter().filter_map(|idx| package.claims.get(*idx));
    let mut words = used.filter(|claim| matches!(claim.says, Statement::Field { .. })).map(Claim::words);
    let is_read =
        matches!(package.resolution.resolved, Resolved::Candidates(_)) || !package.resolution.repairs.is_empty();
    words.next().filter(|_| is_read)
}

/// Returns the words of the first claim that could not be understood.
fn statement(package: &Package) -> Option<String> {
    package
        .claims
        .iter()
        .find(|claim| matches!(claim.says, Statement::Field { .. } | Statement::SeeFile(_)))
        .map(Claim::words)
}

/// Returns the first text of a kind: its file, and what it names.
fn text_of_kind(package: &Package, kind: ClaimKind) -> Option<(&str, String)> {
    let mut texts = package.claims.iter().filter(|claim| claim.kind == kind);
    texts.find_map(|claim| match &claim.says {
        Statement::Text { identification, .. } => {
            let named = match &identification.conclusion {
                Conclusion::Expression(expr) | Conclusion::SuffixUnstated(expr) => expr.to_string(),
                Conclusion::Candidates(readings) => readings_words(readings, MAX_READINGS),
                Conclusion::Modified { .. }
                | Conclusion::Nothing
                | Conclusion::Exception(_)
                | Conclusion::Refers(_) => "a license".to_owned(),
            };
            Some((claim.raw.as_str(), named))
        }
        Statement::Field { .. } | Statement::SeeFile(_) => None,
    })
}

fn joined_how(relation: Relation) -> &'static str {
    match relation {
        Relation::Dev => "used for developing alone",
        Relation::Build => "used for building alone",
        Relation::Service => "called over a network",
        Relation::SeparateProcess => "started as a program of its own",
        Relation::Output => "made by a tool",
        Relation::Aggregate => "shipped beside the work",
        Relation::Asset => "used as data, font or media",
        Relation::Import => "loaded by the interpreter",
        Relation::Dynamic => "linked at run time",
        Relation::Static => "linked into the work",
        Relation::Vendored => "copied into the tree",
        Relation::Modified => "copied and changed",
    }
}

fn tried(package: &Package) -> Vec<String> {
    let missing = matches!(package.resolution.resolved, Resolved::Missing { .. });
    let tried = package.resolution.tried.iter().filter(|_| missing);
    let mut tried: Vec<String> = tried.map(|tried| format!("{} ({})", tried.place, tried.outcome)).collect();
    // The many folders of one environment have one name.
    tried.dedup();
    tried
}

/// Judges the works that the project says it adapts, named by their license.
pub(super) fn adaptations(scene: &Scene, judge: &Judge) -> Vec<Finding> {
    let mut findings = Vec::new();
    for text in &scene.config.project.derived_from {
        let Ok(parsed) = Expr::parse(text) else { continue };
        let judgement = judge.judge(&parsed.expr, &Query { relation: Relation::Modified, ..Query::default() });
        for hit in judgement.rules.iter().filter(|hit| hit.verdict > Verdict::Obligation) {
            let at = RelPath::new(FILE_NAME).ok().map(Location::file);
            let message = format!("the project adapts a work under {}", parsed.expr);
            let plain = plain(scene, &hit.rule, Vec::new(), message, at);
            findings.push(Finding {
                verdict: hit.verdict,
                cause: hit.cause,
                why: hit.because.as_deref().map_or_else(|| Arc::clone(&plain.why), Arc::from),
                clauses: hit.clauses.clone(),
                expression: Some(parsed.expr.to_string()),
                notes: [hit.notes.clone(), other_readings(scene, &judgement)].concat(),
                ..plain
            });
        }
    }
    findings.dedup();
    findings
}

/// Says of each switch that decided which reading is in force, and what another would give.
fn other_readings(scene: &Scene, judgement: &Judgement) -> Vec<Note> {
    let mut notes = Vec::new();
    for used in &judgement.switches {
        let Some(switch) = scene.knowledge.switch(&used.id) else { continue };
        let reading = |id: &str| switch.answers.iter().find(|answer| answer.id == id).map(|answer| &answer.reading);
        let Some(in_force) = reading(&used.answer) else { continue };
        let mut text = format!("{} = {}: {} ({})", used.id, used.answer, in_force.says, in_force.by);
        for (answer, verdict) in &used.otherwise {
            let Some(other) = reading(answer) else { continue };
            let _ = write!(text, " Under {answer} it would be {verdict}: {} ({})", other.says, other.by);
        }
        notes.push(Note { id: used.id.clone(), text });
    }
    notes
}

/// Finds own packages whose declarations contradict each other.
pub(super) fn own_contradictions(scene: &Scene) -> Vec<Finding> {
    let own = || {
        scene.inventory.packages.iter().enumerate().filter(|(_, package)| package.not_judged == Some(NotJudged::Own))
    };
    let mut lines = Vec::new();
    let mut packages = Vec::new();
    let mut by_dir: BTreeMap<&RelPath, BTreeMap<String, PackageIdx>> = BTreeMap::new();
    for (idx, package) in own() {
        let declared = package.resolution.readings();
        let differ =
            package.resolution.disagreements.iter().filter(|differing| {
                package.claims.get(differing.claim).is_none_or(|claim| !holds_all(claim, &declared))
            });
        for disagreement in differ {
            lines.push(format!("{} {}", package.purl.full_name(), package.contradiction(disagreement)));
            packages.push(idx);
        }
        // What rests on a text was compared above: that the manifest says nothing is no contradiction.
        let is_said = package.resolution.basis.is_some_and(|basis| basis != ClaimKind::Text);
        let declared = described(package);
        for dir in package.dirs.iter().filter(|_| is_said && !declared.is_empty()) {
            by_dir.entry(dir).or_default().insert(declared.clone(), idx);
        }
    }
    for (dir, declared) in by_dir.into_iter().filter(|(_, declared)| declared.len() > 1) {
        let words: Vec<_> = declared.keys().cloned().collect();
        lines.push(format!("manifests in `{dir}` declare {}", words.join(" and ")));
        packages.extend(declared.into_values());
    }
    if lines.is_empty() {
        return Vec::new();
    }
    packages.sort_unstable();
    packages.dedup();
    let at = packages
        .first()
        .and_then(|idx| scene.inventory.packages.get(*idx))
        .and_then(|package| package.at.first().cloned());
    vec![plain(scene, OWN_CONTRADICTS, packages, lines.join("; "), at)]
}

/// Turns what could not be read to its end into findings, so that an incomplete scan never passes for a clean one.
pub(super) fn incomplete_scans(scene: &Scene) -> Vec<Finding> {
    let mut by_place: BTreeMap<Option<&Location>, Vec<&Diagnostic>> = BTreeMap::new();
    for diagnostic in scene.diagnostics.iter().filter(|diagnostic| diagnostic.code.makes_incomplete()) {
        by_place.entry(diagnostic.at.as_ref()).or_default().push(diagnostic);
    }
    let finding = |(at, diagnostics): (Option<&Location>, Vec<&Diagnostic>)| {
        let messages: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        let mut finding = plain(scene, "incomplete-scan", Vec::new(), messages.join("; "), at.cloned());
        // What is particular to this file comes before what holds for all.
        let hints: Vec<Arc<str>> =
            diagnostics.iter().filter_map(|diagnostic| diagnostic.hint.as_deref().map(Arc::from)).collect();
        finding.next = [hints, finding.next].concat();
        finding
    };
    by_place.into_iter().map(finding).collect()
}

/// Turns what is installed and not locked into findings: whether it belongs to the work cannot be seen.
pub(super) fn not_in_lockfiles(scene: &Scene) -> impl Iterator<Item = Finding> {
    let unnamed = scene.diagnostics.iter().filter(|diagnostic| diagnostic.code == Code::NotInLockfile);
    unnamed.map(|diagnostic| {
        plain(scene, diagnostic.code.id(), Vec::new(), diagnostic.message.clone(), diagnostic.at.clone())
    })
}

/// Says that the tree brings another configuration than the one it is judged by.
pub(super) fn policy_changed(scene: &Scene) -> Option<Finding> {
    let at = scene.policy_changed.clone()?;
    let message = format!("`{}` differs from the revision that the policy is taken from", at.path);
    Some(plain(scene, "policy-changed", Vec::new(), message, Some(at)))
}

/// Creates a finding about the project itself, by evidence.
fn plain(scene: &Scene, rule: &str, packages: Vec<PackageIdx>, message: String, at: Option<Location>) -> Finding {
    let known = scene.knowledge.rule(rule);
    Finding {
        rule: rule.to_owned(),
        verdict: Verdict::Review,
        cause: Cause::Evidence,
        packages,
        message,
        shared: None,
        why: known.map_or("", |rule| &rule.title).into(),
        clauses: Vec::new(),
        expression: None,
        at,
        tried: Arc::default(),
        next: known.map(|rule| rule.fix.as_str().into()).into_iter().collect(),
        notes: Vec::new(),
        excepted: None,
        tools_only: false,
    }
}

/// Lays the configuration over the findings and puts them in order: worst first, the work before its tools.
pub(super) fn settle(scene: &Scene, findings: &mut Vec<Finding>) {
    let level = |finding: &Finding| scene.config.rules.get(&finding.rule).map(|setting| setting.level);
    findings.retain(|finding| level(finding) != Some(RuleLevel::Off));
    for finding in findings.iter_mut() {
        if level(finding) == Some(RuleLevel::Note)
            && let Some(setting) = scene.config.rules.get(&finding.rule)
        {
            finding.excepted = Some(format!("the rule is set to `note`: {}", setting.reason));
        }
        if let Some(reason) = excepted(scene, finding) {
            finding.excepted = Some(reason);
        }
    }
    findings.sort_by(|a, b| {
        let key = |finding: &Finding| {
            // What the project itself is offered under decides about everything else.
            let own = finding.rule == OWN_CONTRADICTS;
            (finding.excepted.is_some(), !own, finding.tools_only, std::cmp::Reverse(finding.verdict), finding.cause)
        };
        key(a).cmp(&key(b)).then_with(|| {
            (&a.rule, &a.expression, &a.at, &a.packages).cmp(&(&b.rule, &b.expression, &b.at, &b.packages))
        })
    });
}

/// Returns the reason for which all packages of a finding are accepted, if they are.
fn excepted(scene: &Scene, finding: &Finding) -> Option<String> {
    let mut reasons = Vec::new();
    for idx in &finding.packages {
        let package = scene.inventory.packages.get(*idx)?;
        let row = scene.config.exceptions.iter().find(|row| {
            (row.rule == finding.rule || row.rule == "*")
                && row.package.matches(&package.purl)
                && holds(scene, row, package)
        })?;
        reasons.push(row.reason.clone());
    }
    reasons.dedup();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

/// Returns whether an exception has not ended, and the license text is still the one that was accepted.
fn holds(scene: &Scene, row: &crate::config::Exception, package: &Package) -> bool {
    let ended = row
        .until
        .and_then(|until| until.to_string().parse::<crate::base::Date>().ok())
        .is_some_and(|until| scene.today.is_none_or(|today| today > until));
    !ended && same_text(row, package)
}

/// Returns whether the license text of a package is the one that was accepted, if the row names one.
pub(super) fn same_text(row: &crate::config::Exception, package: &Package) -> bool {
    row.text.as_deref().is_none_or(|wanted| {
        let wanted = wanted.trim_start_matches("sha256:");
        package.claims.iter().any(|claim| matches!(&claim.says, Statement::Text { sha256, .. } if sha256 == wanted))
    })
}
