//! Judging a whole project: every package for every artifact, and the findings a person should see.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::findings::{
    Groups, Place, adaptations, incomplete_scans, leaves_open, not_in_lockfiles, own_contradictions, policy_changed,
    settle,
};
use super::upkeep::upkeep;
use super::{Access, Act, Answers, Ask, Form, Judge, Judgement, Query, User};
use crate::base::{Date, Diagnostic, Location, RelPath, Shared};
use crate::config::Config;
use crate::license::expr::{Expr, Id};
use crate::license::facts::Kind;
use crate::license::knowledge::Knowledge;
use crate::license::knowledge::rule_schema::Question;
use crate::model::{
    Claim, ClaimKind, Finding, Inventory, Origin, Package, PackageIdx, Relation, Resolved, Statement, Trait, Tried,
    Verdict,
};
use crate::registry::STORE;
use crate::resolve::holds_all;

/// What is judged, and as what.
pub struct Scene<'run> {
    /// The packages.
    pub inventory: &'run Inventory,
    /// Problems with inputs, which may make the scan incomplete.
    pub diagnostics: &'run [Diagnostic],
    /// What the project says of itself and of single packages.
    pub config: &'run Config,
    /// The license knowledge.
    pub knowledge: &'run Knowledge,
    /// The expression under which the whole is offered.
    pub outbound: Expr,
    /// The parts that are shipped.
    pub parts: Vec<Part>,
    /// The expression the project declares, if it promises something else than it is judged under.
    pub promised: Option<Expr>,
    /// Who uses it, if that is known.
    pub user: Option<User>,
    /// To whom it is delivered.
    pub clients: Vec<User>,
    /// The day for which ends of exceptions are judged.
    pub today: Option<Date>,
    /// The configuration in the tree, if it is not the one to judge by.
    pub policy_changed: Option<Location>,
}

impl Scene<'_> {
    /// Returns the answers to contested questions.
    pub fn answers(&self) -> Answers {
        let decisions = self.config.decisions.iter();
        decisions.map(|decision| (decision.question.clone(), decision.answer.clone())).collect()
    }
}

/// A part that is shipped.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// The expression under which it is offered.
    pub outbound: Expr,
    /// The folders it is made from; the whole tree if empty.
    pub roots: Vec<RelPath>,
    /// What is done with it.
    pub acts: Vec<Act>,
    /// In which forms; any if empty.
    pub forms: Vec<Form>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// What is said of each package; `None` for those that are not judged.
    pub judgements: Vec<Option<Arc<Judgement>>>,
    /// Whether a package's license is ambiguous in a way that changes nothing.
    pub imprecise: BTreeSet<PackageIdx>,
    /// Findings, worst first.
    pub findings: Vec<Finding>,
    /// For each part the worst verdict, and that of each branch it is offered under.
    pub parts: Vec<(Verdict, Vec<(Expr, Verdict)>)>,
    /// What is to be said about the configuration itself.
    pub upkeep: Vec<Diagnostic>,
}

/// Judges every package.
pub fn assess(scene: &Scene) -> Assessment {
    let answers = scene.answers();
    let mut judgements: Vec<Option<Arc<Judgement>>> = vec![None; scene.inventory.packages.len()];
    // Most packages share a license, and with it all that is said of them.
    let mut known = Shared::default();
    let mut imprecise = BTreeSet::new();
    let mut groups = Groups::new(scene);
    let mut parts: Vec<(Verdict, Vec<(Expr, Verdict)>)> = Vec::new();
    for part in &scene.parts {
        groups.enter(Place {
            judge: Judge::new(scene.knowledge, &part.outbound, answers.clone()),
            acts: part.acts.clone(),
            name: format!("{} ({})", part.name, part.outbound),
        });
        let members = members(scene.inventory, part);
        let mut branches: BTreeMap<Expr, Verdict> = BTreeMap::new();
        let mut worst = Verdict::Ok;
        for (idx, package) in scene.inventory.packages.iter().enumerate() {
            if package.not_judged.is_some() || !members.get(idx).copied().unwrap_or_default() {
                continue;
            }
            let Some(judged) = groups.judge().map(|judge| in_part(judge, scene, part, package)) else { continue };
            worst = worst.max(judged.judgement.verdict);
            for (branch, verdict) in judged.branches {
                let known = branches.entry(branch).or_insert(Verdict::Ok);
                *known = (*known).max(verdict);
            }
            let judgement = known.keep(judged.judgement);
            if judged.imprecise {
                imprecise.insert(idx);
            } else {
                groups.add(idx, &judgement);
            }
            if let Some(slot) = judgements.get_mut(idx) {
                *slot = match slot.take() {
                    Some(before) => Judgement::all(vec![Arc::unwrap_or_clone(before), Arc::unwrap_or_clone(judgement)])
                        .map(|both| known.keep(both)),
                    None => Some(judgement),
                };
            }
        }
        parts.push((worst, branches.into_iter().collect()));
    }
    if let Some(promised) = &scene.promised {
        promises(scene, promised, answers, &mut groups);
    }
    let mut findings: Vec<Finding> = groups.finish();
    for part in &scene.parts {
        let judge = Judge::new(scene.knowledge, &part.outbound, scene.answers());
        findings.extend(adaptations(scene, &judge));
    }
    findings.extend(own_contradictions(scene));
    findings.extend(incomplete_scans(scene));
    findings.extend(not_in_lockfiles(scene));
    findings.extend(policy_changed(scene));
    settle(scene, &mut findings);
    for (part, (worst, branches)) in scene.parts.iter().zip(&mut parts) {
        if findings.iter().any(|finding| leaves_open(finding) && concerns(part, finding)) {
            let verdicts = branches.iter_mut().map(|(_, verdict)| verdict);
            verdicts.chain([worst]).for_each(|verdict: &mut Verdict| *verdict = Verdict::Review.max(*verdict));
        }
    }
    let upkeep = upkeep(scene, &findings);
    Assessment { judgements, imprecise, findings, parts, upkeep }
}

/// Returns whether a finding about a file may be about a part: the file lies in its folders, or above them.
fn concerns(part: &Part, finding: &Finding) -> bool {
    let Some(folder) = finding.at.as_ref().and_then(|at| at.path.parent()) else { return true };
    part.roots.is_empty() || part.roots.iter().any(|root| folder.is_within(root) || root.is_within(&folder))
}

/// Asks of a project that promises something else what it holds that breaks the promise.
fn promises<'run>(scene: &'run Scene<'run>, promised: &Expr, answers: Answers, groups: &mut Groups<'run>) {
    let judge = Judge::new(scene.knowledge, promised, answers);
    if judge.is_copyfarleft() {
        return;
    }
    let name = format!("what the project declares ({promised})");
    groups.enter(Place { judge, acts: vec![Act::Ship], name });
    let is_reverse = |id: &str| scene.knowledge.rule(id).is_some_and(|rule| rule.question == Question::Reverse);
    for (idx, package) in scene.inventory.packages.iter().enumerate() {
        if package.not_judged.is_some() {
            continue;
        }
        let query = query(scene, package, Act::Ship, None);
        let Some(judge) = groups.judge() else { return };
        let judgement = judge.judge_candidates(&readings(package), &query);
        let rules: Vec<_> = judgement.rules.into_iter().filter(|hit| is_reverse(&hit.rule)).collect();
        if let Some(verdict) = rules.iter().map(|hit| hit.verdict).max() {
            groups.add(idx, &Arc::new(Judgement { verdict, rules, ..judgement }));
        }
    }
}

/// Returns which packages end up in a part: all, or what its own packages reach.
pub fn members(inventory: &Inventory, part: &Part) -> Vec<bool> {
    if part.roots.is_empty() {
        return vec![true; inventory.packages.len()];
    }
    let within = |dir: &RelPath| part.roots.iter().any(|root| dir.is_within(root));
    let mut members: Vec<bool> = vec![false; inventory.packages.len()];
    let mut stack: Vec<PackageIdx> = Vec::new();
    for (idx, package) in inventory.packages.iter().enumerate() {
        let named_inside = package.at.iter().any(|at| at.store.is_none() && within(&at.path));
        let own_inside = package.is_own() && package.dirs.iter().any(within);
        // Where a lockfile knows no edges, lying in the folder's lockfile is what ties a package to the part.
        if own_inside || (named_inside && !package.is_own()) {
            stack.push(idx);
        }
    }
    while let Some(idx) = stack.pop() {
        if let Some(member) = members.get_mut(idx).filter(|member| !**member) {
            *member = true;
            stack.extend(inventory.needs(idx).iter().map(|edge| edge.to));
        }
    }
    members
}

struct Judged {
    judgement: Judgement,
    imprecise: bool,
    branches: Vec<(Expr, Verdict)>,
}

/// Judges a package for each use and form of a part; the worst counts.
fn in_part(judge: &Judge, scene: &Scene, part: &Part, package: &Package) -> Judged {
    let forms: Vec<Option<Form>> =
        if part.forms.is_empty() { vec![None] } else { part.forms.iter().copied().map(Some).collect() };
    let mut all = Vec::new();
    let mut imprecise = true;
    let mut branches = Vec::new();
    let mut chosen = None;
    for act in &part.acts {
        for form in if *act == Act::Ship { forms.as_slice() } else { &[None] } {
            let query = query(scene, package, *act, *form);
            let (judgement, settled) = one(judge, package, &query);
            imprecise &= settled == Settled::Imprecisely;
            for reading in readings(package) {
                branches.extend(
                    judge.per_branch(&reading, &query).iter().map(|(branch, found)| (branch.clone(), found.verdict)),
                );
            }
            // A part is used under one branch: the one that holds where most is asked, and copies are given on.
            let asks = (judgement.verdict, *act == Act::Ship);
            if chosen.as_ref().is_none_or(|(known, _)| asks > *known) {
                chosen = Some((asks, judgement.chosen.clone()));
            }
            all.push(judgement);
        }
    }
    all.extend(deliveries(judge, scene, part, package));
    let mut judgement =
        Judgement::all(all).unwrap_or_else(|| judge.judge_evidence("contents-not-seen", &Query::default()));
    judgement.chosen = chosen.and_then(|(_, branch)| branch);
    Judged { judgement, imprecise, branches }
}

/// Judges a package for those to whom the part is delivered: what is shipped they run, a service they use.
fn deliveries(judge: &Judge, scene: &Scene, part: &Part, package: &Package) -> Vec<Judgement> {
    let mut all = Vec::new();
    if matches!(package.relation, Relation::Dev | Relation::Build) {
        return all;
    }
    for client in &scene.clients {
        for act in &part.acts {
            let (act, access) = match act {
                Act::Ship => (Act::InHouse, Access::Copy),
                Act::Service => (Act::Service, Access::Hosted),
                Act::InHouse => continue,
            };
            let asked = query(scene, package, act, None);
            let asked = Query {
                ask: Ask::Use,
                user: Some(client.clone()),
                access: Some(access),
                waived: BTreeSet::new(),
                ..asked
            };
            // What is not known of the package is said already.
            if !matches!(package.resolution.resolved, Resolved::Missing { .. } | Resolved::Modified { .. }) {
                all.push(for_client(judge.judge_candidates(&readings(package), &asked), client));
            }
        }
    }
    all
}

/// Says of every rule that speaks that it speaks of a client.
fn for_client(mut judgement: Judgement, client: &User) -> Judgement {
    for hit in &mut judgement.rules {
        let because = hit.because.take().unwrap_or_default();
        hit.because = Some(format!("for a client that is a {}: {because}", client.entity));
    }
    judgement
}

pub(super) fn query(scene: &Scene, package: &Package, act: Act, form: Option<Form>) -> Query {
    Query {
        ask: Ask::Outbound,
        relation: package.relation,
        scope: package.scope(),
        act,
        form,
        part: if package.traits.contains(&Trait::Asset) { Kind::Content } else { Kind::Software },
        own_work: false,
        credit_removed: scene.config.project.credit_removed.iter().any(|pattern| pattern.matches(&package.purl)),
        waived: package.waived.clone(),
        user: scene.user.clone(),
        access: None,
    }
}

/// Whether the license of a package is known as exactly as it matters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Settled {
    Exactly,
    Imprecisely,
}

/// Judges one package in one situation.
pub fn judge_package(judge: &Judge, package: &Package, query: &Query) -> Judgement {
    one(judge, package, query).0
}

fn one(judge: &Judge, package: &Package, query: &Query) -> (Judgement, Settled) {
    if !package.resolution.mismatches.is_empty() {
        return (judge.judge_evidence("digest-mismatch", query), Settled::Exactly);
    }
    match &package.resolution.resolved {
        Resolved::Modified { .. } => return (judge.judge_evidence("modified-text", query), Settled::Exactly),
        Resolved::Missing { complete_look } => {
            return (judge.judge_evidence(why_missing(package, *complete_look), query), Settled::Exactly);
        }
        Resolved::Expression(_) | Resolved::SuffixUnstated(_) | Resolved::Candidates(_) => {}
    }
    let readings = readings(package);
    let (mut judgement, is_ambiguous) = judge_readings(judge, &readings, query);
    if is_ambiguous {
        return (judgement, Settled::Exactly);
    }
    // The text may say otherwise than the declaration: that matters if it would be judged worse.
    match texts(judge, package, &judgement, query) {
        Texts::Agree => {}
        Texts::Add(more) => {
            let both = [vec![judgement], more].concat();
            judgement = Judgement::all(both).unwrap_or_else(|| judge.judge_evidence("text-differs", query));
        }
        Texts::Contradict(idx) => {
            let mut differs = judge.judge_evidence("text-differs", query);
            for hit in &mut differs.rules {
                hit.contradiction = Some(idx);
            }
            return (Judgement::all(vec![judgement, differs.clone()]).unwrap_or(differs), Settled::Exactly);
        }
    }
    let settled = if readings.len() > 1 && judgement.verdict <= Verdict::Obligation {
        Settled::Imprecisely
    } else {
        Settled::Exactly
    };
    (judgement, settled)
}

/// Judges the readings of a name or a text between which nothing decides, and says whether that is a question of its
/// own: some of them would do and some would not.
pub fn judge_readings(judge: &Judge, readings: &[Expr], query: &Query) -> (Judgement, bool) {
    let judgement = judge.judge_candidates(readings, query);
    if readings.len() > 1 && judgement.verdict > Verdict::Obligation && readings.iter().any(Expr::is_open) {
        return (judgement, true);
    }
    let fine = |reading: &Expr| judge.judge(reading, query).verdict <= Verdict::Obligation;
    if readings.len() < 2 || judgement.verdict <= Verdict::Obligation || !readings.iter().any(fine) {
        return (judgement, false);
    }
    let ambiguous = judge.judge_evidence("ambiguous-name", query);
    (Judgement::all(vec![judgement, ambiguous.clone()]).unwrap_or(ambiguous), true)
}

/// What the license texts of a package do to its declaration.
enum Texts {
    /// They say the same, or nothing that would be judged worse.
    Agree,
    /// They hold the declared licenses and those of further parts, whose duties come on top.
    Add(Vec<Judgement>),
    /// They are others: the contradiction, as its index among those of the package.
    Contradict(usize),
}

fn texts(judge: &Judge, package: &Package, declared: &Judgement, query: &Query) -> Texts {
    if query.relation == Relation::Dev && declared.verdict == Verdict::Ok {
        return Texts::Agree;
    }
    let mut more = Vec::new();
    for (idx, disagreement) in package.resolution.disagreements.iter().enumerate() {
        let judgement = match &disagreement.other {
            Resolved::Expression(expr) => judge.judge(expr, query).as_ref().clone(),
            Resolved::SuffixUnstated(expr) => judge.judge_candidates(&unstated(expr), query),
            Resolved::Candidates(candidates) => judge.judge_candidates(candidates, query),
            Resolved::Modified { .. } | Resolved::Missing { .. } if declared.verdict < Verdict::Review => {
                return Texts::Contradict(idx);
            }
            Resolved::Modified { .. } | Resolved::Missing { .. } => continue,
        };
        if judgement.verdict <= declared.verdict {
            continue;
        }
        let adds = |claim: &Claim| match claim.says {
            Statement::Text { .. } => holds_all(claim, &package.resolution.readings()),
            Statement::Field { .. } | Statement::SeeFile(_) => false,
        };
        let adds = package.claims.get(disagreement.claim).is_some_and(adds);
        if judgement.verdict > Verdict::Obligation || !adds {
            return Texts::Contradict(idx);
        }
        more.push(judgement);
    }
    if more.is_empty() { Texts::Agree } else { Texts::Add(more) }
}

/// Returns the expressions to judge; a GNU text without a notice is both its readings.
pub(super) fn readings(package: &Package) -> Vec<Expr> {
    match &package.resolution.resolved {
        Resolved::SuffixUnstated(expr) => unstated(expr),
        _ => package.resolution.readings(),
    }
}

fn unstated(expr: &Expr) -> Vec<Expr> {
    let later = expr.map(&mut |license| {
        let mut license = license.clone();
        if let Id::Spdx(id) = license.id
            && let Some(later) = id.strip_suffix("-only").map(|base| format!("{base}-or-later"))
            && let Some(later) = crate::license::expr::license_id(&later)
        {
            license.id = Id::Spdx(later);
        }
        Expr::License(license)
    });
    if later == *expr { vec![later] } else { vec![expr.clone(), later] }
}

pub(super) fn why_missing(package: &Package, complete_look: bool) -> &'static str {
    let says_something = package.claims.iter().any(|claim| match claim.says {
        Statement::Field { .. } => claim.kind != ClaimKind::Tag,
        // A license text that nobody here knows grants something, whatever that is; a license that is named in passing
        // may be that of the whole.
        Statement::Text { .. } => matches!(claim.kind, ClaimKind::Text | ClaimKind::Notice),
        Statement::SeeFile(_) => false,
    });
    let points_elsewhere = package.claims.iter().any(|claim| matches!(claim.says, Statement::SeeFile(_)));
    let lookup_failed = package
        .resolution
        .tried
        .iter()
        .any(|tried| tried.place == STORE && tried.outcome != "offline" && !tried.outcome.starts_with("not asked"));
    let is_asset = package.traits.contains(&Trait::Asset);
    // What package managers fetch may be missing; a copy lies in the tree.
    let is_in_tree =
        package.traits.contains(&Trait::Vendored) && (!package.dirs.is_empty() || package.origin == Origin::Unknown);
    let is_silent = package.resolution.tried.iter().any(|tried| tried.outcome == Tried::SAYS_NOTHING);
    if complete_look {
        "nothing-declared"
    } else if (is_asset || is_in_tree || is_silent) && package.claims.is_empty() {
        "silent-file"
    } else if says_something {
        "unclear-statement"
    } else if points_elsewhere {
        "missing-reference"
    } else if lookup_failed {
        "lookup-failed"
    } else {
        "contents-not-seen"
    }
}
