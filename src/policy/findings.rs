//! From judgements to findings: one per root cause, with what to do about it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use super::assess::Scene;
use super::message::{described, is_tool, is_tools_only, kind, members, message, tried};
use super::remedies::{Stage, Stages, next, shared_step};
use super::{Act, Judge, Judgement, Query, RuleHit};
use crate::base::{Code, Diagnostic, Location, RelPath, Shared};
use crate::config::{FILE_NAME, RuleLevel};
use crate::license::expr::Expr;
use crate::model::{
    Cause, ClaimKind, Finding, NotJudged, Note, Package, PackageIdx, Relation, Resolved, Routes, Statement, Tried,
    Verdict,
};
use crate::registry::STORE;
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

/// The rule for what could not be read, or is pinned by nothing.
const INCOMPLETE_SCAN: &str = "incomplete-scan";

/// The rule for a project whose own declarations disagree.
const OWN_CONTRADICTS: &str = "own-license-contradicts";

/// The note that names the artifacts in which a finding arises.
const PLACES_NOTE: &str = "artifacts";

/// The longest way on which a step is looked for that can be left out, in packages.
const MAX_STEPS: usize = 64;

/// What makes one finding: verdict and rule, what was judged or is missing, what brings it in.
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
            let (what, root) = match (hit.cause, self.missing(package, hit)) {
                // What many packages lack for one reason is one thing if one step brings it for all.
                (Cause::Evidence, Some(missing)) => (missing, None),
                // All else that is unknown is unknown of each package by itself.
                (Cause::Evidence, None) => (described(package), Some(idx)),
                (Cause::Terms | Cause::Reading | Cause::Entity, _) => {
                    (described(package), self.routes.direct(idx).or(Some(idx)))
                }
            };
            let key = (hit.rule.clone(), what, hit.verdict, root);
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

    /// Returns what a package lacks as others of its ecosystem do; those that an exception accepts are told apart.
    fn missing(&self, package: &Package, hit: &RuleHit) -> Option<String> {
        let suits = is_missing(package) && package.resolution.mismatches.is_empty();
        let step = shared_step(package).filter(|_| suits)?;
        let accepted = self.scene.config.exceptions.iter().position(|row| concerns(row, &hit.rule, package));
        let accepted = accepted.map(|row| row.to_string()).unwrap_or_default();
        // Why no registry is asked is a reason of its own.
        let is_reason = |tried: &&Tried| tried.place == STORE && tried.outcome.starts_with("not asked");
        let not_asked = package.resolution.tried.iter().find(is_reason).map_or("", |tried| &tried.outcome);
        Some([kind(package), hit.because.as_deref().unwrap_or_default(), &step, &accepted, not_asked].join("\n"))
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
    packages.sort_unstable_by_key(|idx| (scene.inventory.packages.get(*idx).is_some_and(is_tool), *idx));
    packages.dedup();
    let rule = scene.knowledge.rule(&hit.rule);
    let members = members(scene.inventory, &packages);
    let first = members.first().copied();
    let shortest = packages.first().and_then(|idx| routes.shortest(*idx, MAX_STEPS).into_iter().next());
    let path = shortest.unwrap_or_default();
    let arose = || arose.iter().filter_map(|at| places.get(*at));
    let stages = Stages(arose().map(|place| Stage { judge: &place.judge, acts: &place.acts }).collect());
    let names: Vec<&str> = arose().map(|place| place.name.as_str()).collect();
    let place = (scene.parts.len() > 1)
        .then(|| Note { id: PLACES_NOTE.to_owned(), text: format!("it arises in {}", names.join(", ")) });
    let why = hit.because.as_ref().or(rule.map(|rule| &rule.title)).cloned().unwrap_or_default();
    let next = next(scene, &stages, hit, &judgement, &members, &path);
    Some(Finding {
        rule: hit.rule.clone(),
        verdict: hit.verdict,
        cause: hit.cause,
        lacking: hit.cause == Cause::Evidence && members.iter().all(|package| is_missing(package)),
        message: message(hit, &members),
        why: words.texts.keep(why),
        clauses: hit.clauses.clone(),
        expression: first.map(described).filter(|text| !text.is_empty()),
        at: first.and_then(|package| package.at.first().cloned()),
        tried: words.lists.keep(first.map(tried).unwrap_or_default()),
        next: next.into_iter().map(|step| words.texts.keep(step)).collect(),
        notes: [place.into_iter().collect(), hit.notes.clone(), other_readings(scene, &judgement)].concat(),
        excepted: None,
        tools_only: is_tools_only(&members),
        packages,
    })
}

fn is_missing(package: &Package) -> bool {
    matches!(package.resolution.resolved, Resolved::Missing { .. })
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
        let mut finding = plain(scene, INCOMPLETE_SCAN, Vec::new(), messages.join("; "), at.cloned());
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

/// Returns whether a finding leaves open what else belongs to the work.
pub(super) fn leaves_open(finding: &Finding) -> bool {
    finding.rule == INCOMPLETE_SCAN || finding.rule == Code::NotInLockfile.id()
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
        lacking: false,
        message,
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
        let mut rows = scene.config.exceptions.iter();
        let row = rows.find(|row| concerns(row, &finding.rule, package) && holds(scene, row, package))?;
        reasons.push(row.reason.clone());
    }
    reasons.dedup();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

/// Returns whether an exception is about a rule for a package.
fn concerns(row: &crate::config::Exception, rule: &str, package: &Package) -> bool {
    (row.rule == rule || row.rule == "*") && row.package.matches(&package.purl)
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
