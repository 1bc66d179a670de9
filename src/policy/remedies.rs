//! Ways out: what would make a verdict better, computed from the graph and the facts, cheapest first.
//!
//! A way out is judged like anything else before it is named; nothing is promised that the rules do not say.

use super::assess::{Scene, query, readings};
use super::judge::Judge;
use super::judgement::{Judgement, RuleHit};
use super::query::{Act, Ask, Query, User};
use crate::ecosystem::fetch_command;
use crate::license::expr::Expr;
use crate::license::facts::Kind;
use crate::license::knowledge::Knowledge;
use crate::license::knowledge::rule_schema::Question;
use crate::license::knowledge::schema::{Effect, Status};
use crate::model::{Cause, Origin, Package, PackageIdx, Relation, Resolved, Trait, Tried, Verdict};
use crate::registry::{LookupError, STORE};

/// Where a finding arose: what is offered there, and what is done with it.
pub(super) struct Stage<'run, 'k> {
    /// Judges by what is offered.
    pub(super) judge: &'run Judge<'k>,
    /// What is done with it.
    pub(super) acts: &'run [Act],
}

/// Every place where a finding arose; a way out has to hold in all of them.
pub(super) struct Stages<'run, 'k>(pub(super) Vec<Stage<'run, 'k>>);

impl<'k> Stages<'_, 'k> {
    fn knowledge(&self) -> Option<&'k Knowledge> {
        self.0.first().map(|stage| stage.judge.knowledge())
    }

    /// Returns the worst verdict over all places; nothing is fine where nothing is asked.
    fn verdict(&self, expressions: &[Expr], asked: &Query) -> Verdict {
        let asked = self.0.iter().flat_map(|stage| {
            stage
                .acts
                .iter()
                .map(|act| stage.judge.judge_candidates(expressions, &Query { act: *act, ..asked.clone() }).verdict)
        });
        asked.max().unwrap_or(Verdict::Conflict)
    }
}

/// Returns what to do about a finding, cheapest first: what the graph and the facts offer, then what the rule advises.
pub(super) fn next(
    scene: &Scene,
    stages: &Stages,
    hit: &RuleHit,
    judgement: &Judgement,
    packages: &[&Package],
    path: &[PackageIdx],
) -> Vec<String> {
    let mut next = Vec::new();
    let package = packages.first().copied();
    let fix = scene.knowledge.rule(&hit.rule).map(|rule| rule.fix.trim().to_owned()).filter(|fix| !fix.is_empty());
    if hit.cause == Cause::Evidence {
        next.extend(package.into_iter().flat_map(|package| evidence(package, packages.len())));
        next.extend(fix);
        return next;
    }
    let better = judgement.alternatives.iter().filter(|branch| branch.verdict < hit.verdict);
    next.extend(better.map(|branch| format!("use it under {} instead", branch.expr)));
    next.extend(package.and_then(|package| left_out(scene, package, path)));
    let ways: Vec<String> =
        package.into_iter().flat_map(|package| terms(scene, stages, hit, package)).chain(fix).collect();
    let decide: Vec<String> =
        decisions(hit, judgement).into_iter().chain(package.map(|package| accept(hit, package))).collect();
    // What is a question is to be decided; what conflicts is better mended.
    let [first, then] = if hit.verdict == Verdict::Review { [decide, ways] } else { [ways, decide] };
    next.extend(first.into_iter().chain(then));
    next
}

/// Returns how to write down that a finding is accepted.
fn accept(hit: &RuleHit, package: &Package) -> String {
    let words =
        if hit.verdict == Verdict::Review { "decide whether that will do, and write it down" } else { "accept it" };
    format!("{words}: ppl-check except {} {} --reason WHY", pattern(package), hit.rule)
}

/// Returns how a package is named to commands, as one word of a shell: what is printed is copied there.
fn pattern(package: &Package) -> String {
    let version = package.purl.version().map(|version| format!("@{version}")).unwrap_or_default();
    shell_word(&format!("{}:{}{version}", package.purl.ty(), package.purl.full_name()))
}

fn shell_word(word: &str) -> String {
    let plain = |char: char| char.is_ascii_alphanumeric() || "@/:._+-%".contains(char);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// Returns the step that brings the evidence about a package and about others like it, if there is one.
pub(super) fn shared_step(package: &Package) -> Option<String> {
    let is_part = [Trait::Asset, Trait::Vendored].iter().any(|what| package.traits.contains(what));
    if is_part && package.claims.is_empty() {
        return Some("put its license text into its folder, or say it in REUSE.toml".to_owned());
    }
    if matches!(package.origin, Origin::Outside(_)) {
        return Some("it lies outside the folder: check a folder that holds both".to_owned());
    }
    let file = package.at.first().map(|at| at.path.as_str()).unwrap_or_default();
    let command = fetch_command(package.purl.ty(), file);
    let is_offline = |tried: &Tried| tried.place == STORE && tried.outcome == LookupError::Offline.to_string();
    // What no registry is asked for is not found there either.
    let look_up = if package.resolution.tried.iter().any(is_offline) { ", or drop --offline" } else { "" };
    (!was_opened(package) && !command.is_empty()).then(|| format!("{command}{look_up}, or commit ppl-check.lock"))
}

fn was_opened(package: &Package) -> bool {
    package.resolution.tried.iter().any(|tried| tried.outcome == "read" || tried.outcome == Tried::SAYS_NOTHING)
}

/// Returns how evidence about a package is brought, or about several that lack the same.
fn evidence(package: &Package, n_packages: usize) -> Vec<String> {
    let pattern = if n_packages == 1 { pattern(package) } else { "PACKAGE".to_owned() };
    let mut next: Vec<String> = shared_step(package).into_iter().collect();
    next.push(format!("read the license yourself and record it: ppl-check clarify {pattern} LICENSE --reason WHY"));
    if was_opened(package) {
        next.push(format!("ask its authors: ppl-check ask {pattern}"));
    }
    next
}

/// Names the optional step on the way to a package.
fn left_out(scene: &Scene, package: &Package, path: &[PackageIdx]) -> Option<String> {
    let name = |idx: PackageIdx| scene.inventory.packages.get(idx).map(|package| package.purl.full_name());
    let step = path.iter().zip(path.iter().skip(1)).find_map(|(from, to)| {
        let edge = scene.inventory.needs(*from).iter().find(|edge| edge.to == *to && edge.optional)?;
        Some(format!("{} needs {} only optionally: leave it out", name(edge.from)?, name(edge.to)?))
    });
    step.or_else(|| package.optional.then(|| "it is optional: leave it out".to_owned()))
}

/// Returns ways that lie in how the part is joined and in what its authors may grant.
fn terms(scene: &Scene, stages: &Stages, hit: &RuleHit, package: &Package) -> Vec<String> {
    let asks_use = scene.knowledge.rule(&hit.rule).is_some_and(|rule| rule.question == Question::Use);
    let asked = query(scene, package, Act::Ship, None);
    let asked = if asks_use && asked.user.is_some() { Query { ask: Ask::Use, ..asked } } else { asked };
    let expressions = readings(package);
    let mut next = Vec::new();
    if asks_use {
        next.extend(waivers(stages, hit, package, &asked));
    } else {
        let already = |(relation, way): (Relation, String)| {
            format!("{way}; if it is so already: ppl-check relate {} {relation} --reason WHY", pattern(package))
        };
        next.extend(relations(stages, &expressions, &asked, hit.verdict).into_iter().map(already));
        next.extend(exceptions(stages, &expressions, &asked));
    }
    next.extend(second_license(stages, &expressions, &asked).map(|license| {
        format!("ask its authors to offer it under {license} as well: ppl-check ask {}", pattern(package))
    }));
    next
}

/// Names other relations under which the part would do.
fn relations(stages: &Stages, expressions: &[Expr], asked: &Query, verdict: Verdict) -> Vec<(Relation, String)> {
    let ways = [
        (Relation::Dynamic, "link it at run time instead"),
        (Relation::Asset, "ship it unmodified, as a file of its own"),
        (Relation::SeparateProcess, "run it as a program of its own"),
    ];
    let mut found = Vec::new();
    for (relation, words) in ways.into_iter().filter(|(relation, _)| *relation < asked.relation) {
        // Code is no data, and what an interpreter loads is linked at run time as it is.
        let is_possible = match relation {
            Relation::Asset => asked.part == Kind::Content,
            Relation::Dynamic => asked.relation != Relation::Import,
            _ => true,
        };
        if !is_possible {
            continue;
        }
        let then = stages.verdict(expressions, &Query { relation, ..asked.clone() });
        if then <= Verdict::Obligation && then < verdict {
            found.push((relation, format!("{words} (then: {then})")));
        }
    }
    found
}

/// Names an exception that the authors could grant, as others have.
fn exceptions(stages: &Stages, expressions: &[Expr], asked: &Query) -> Option<String> {
    let [Expr::License(leaf)] = expressions else { return None };
    if leaf.exception.is_some() {
        return None;
    }
    let id = leaf.id.to_string();
    let suited = stages.knowledge()?.exceptions().iter().filter(|exception| {
        exception.effect == Effect::Linking
            && exception.status != Status::Unread
            && !exception.registered_for.is_empty()
            && exception.is_registered_for(&id)
    });
    let granted = suited.filter_map(|exception| Expr::parse(&format!("{id} WITH {}", exception.id)).ok());
    let judged =
        granted.map(|parsed| (stages.verdict(std::slice::from_ref(&parsed.expr), asked), parsed.expr.to_string()));
    let (verdict, text) = judged.min_by(|left, right| left.0.cmp(&right.0))?;
    (verdict <= Verdict::Obligation)
        .then(|| format!("ask its authors for a linking exception, as in {text} (then: {verdict})"))
}

/// Returns the license that the authors could offer beside their own, if one would do.
fn second_license<'k>(stages: &Stages<'_, 'k>, expressions: &[Expr], asked: &Query) -> Option<&'k str> {
    let suggested = stages.knowledge()?.defaults().suggested.iter();
    suggested.map(String::as_str).find(|license| {
        let offered = expressions.iter().filter_map(|expr| Expr::parse(&format!("({expr}) OR {license}")).ok());
        let offered: Vec<Expr> = offered.map(|parsed| parsed.expr).collect();
        !offered.is_empty() && stages.verdict(&offered, asked) <= Verdict::Obligation
    })
}

/// Names the clauses whose waiver would let the user in.
fn waivers(stages: &Stages, hit: &RuleHit, package: &Package, asked: &Query) -> Option<String> {
    let clause = waivable(stages, &hit.license, &readings(package), asked)?;
    Some(format!("ask the licensor to waive section {clause} in writing: ppl-check ask {}", pattern(package)))
}

/// Returns the narrowest clause of the license whose waiver would let the user in.
fn waivable<'k>(stages: &Stages<'_, 'k>, license: &str, expressions: &[Expr], asked: &Query) -> Option<&'k str> {
    let license = stages.knowledge()?.license(license)?;
    let mut clauses: Vec<&str> = license.waivable.iter().map(|(clause, _)| clause.as_str()).collect();
    clauses.sort_by_key(|clause| std::cmp::Reverse(clause.len()));
    clauses.into_iter().find(|clause| {
        let waived = Query { ask: Ask::Use, waived: std::iter::once((*clause).to_owned()).collect(), ..asked.clone() };
        stages.verdict(expressions, &waived) <= Verdict::Obligation
    })
}

/// What can be asked of the authors of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The letter, by id.
    pub letter: &'static str,
    /// The license they could offer it under.
    pub suggested: Option<String>,
    /// The clause they could waive, and its words.
    pub clause: Option<(String, String)>,
}

/// Returns what to ask the authors of a package for, if anything stands in the way that they could lift.
pub fn request(judge: &Judge, package: &Package, user: Option<&User>) -> Option<Request> {
    let none = Request { letter: "", suggested: None, clause: None };
    let stages = Stages(vec![Stage { judge, acts: &[Act::Ship] }]);
    let suggested =
        |expressions: &[Expr], asked: &Query| second_license(&stages, expressions, asked).map(str::to_owned);
    let asked = Query { relation: package.relation, scope: package.scope(), ..Query::default() };
    match &package.resolution.resolved {
        Resolved::Missing { .. } => {
            let first = judge.knowledge().defaults().suggested.first().cloned();
            return Some(Request { letter: "missing-license", suggested: first, ..none });
        }
        Resolved::Modified { .. } => return Some(Request { letter: "ambiguous-name", ..none }),
        Resolved::Candidates(_) | Resolved::Expression(_) | Resolved::SuffixUnstated(_) => {}
    }
    let expressions = readings(package);
    if expressions.len() > 1 && expressions.iter().any(Expr::is_open) {
        return Some(Request { letter: "ambiguous-name", ..none });
    }
    let verdict = |expr: &Expr, asked: &Query| judge.judge(expr, asked).verdict;
    let fine = |expr: &&Expr| verdict(expr, &asked) <= Verdict::Obligation;
    match expressions.iter().filter(fine).count() {
        n_fine if n_fine == expressions.len() => {}
        0 => {
            let suggested = suggested(&expressions, &asked);
            return Some(Request { letter: "dual-license", suggested, ..none });
        }
        _ => return Some(Request { letter: "ambiguous-name", ..none }),
    }
    let asked = Query { ask: Ask::Use, user: Some(user?.clone()), waived: package.waived.clone(), ..asked };
    let judged = judge.judge_candidates(&expressions, &asked);
    let hit = judged.rules.iter().find(|hit| hit.verdict == judged.verdict && hit.verdict > Verdict::Obligation)?;
    let Some(clause) = waivable(&stages, &hit.license, &expressions, &asked) else {
        return Some(Request { letter: "dual-license", suggested: suggested(&expressions, &asked), ..none });
    };
    let quotes = &judge.knowledge().license(&hit.license)?.quotes;
    let words = quotes.iter().find(|quote| quote.clause.starts_with(clause)).map(|quote| quote.text.clone());
    Some(Request { letter: "waiver", clause: Some((clause.to_owned(), words.unwrap_or_default())), ..none })
}

/// Names what can be said or decided so that the verdict becomes another one.
fn decisions(hit: &RuleHit, judgement: &Judgement) -> Vec<String> {
    let mut next = Vec::new();
    if hit.cause == Cause::Entity {
        next.push("say what is so of the user: --attest FACT, or `attest` below [you] in ppl-check.toml".to_owned());
    }
    for switch in &judgement.switches {
        for (answer, verdict) in switch.otherwise.iter().filter(|(_, verdict)| *verdict < hit.verdict) {
            let id = &switch.id;
            next.push(format!(
                "if you read the law otherwise: ppl-check decide {id} {answer} --reason WHY (then: {verdict})"
            ));
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::license::knowledge::{Knowledge, Record};
    use crate::policy::Answers;

    fn judge() -> Judge<'static> {
        Judge::new(Knowledge::builtin(), &Expr::parse("PPL").unwrap().expr, Answers::new())
    }

    fn shipped<'run>(judge: &'run Judge<'static>) -> Stages<'run, 'static> {
        Stages(vec![Stage { judge, acts: &[Act::Ship] }])
    }

    #[test]
    fn every_conflict_of_a_license_has_a_way_out() {
        let judge = judge();
        let stages = shipped(&judge);
        for license in judge.knowledge().licenses() {
            if !matches!(license.record, Record::Facts(_)) {
                continue;
            }
            let expressions = [Expr::parse(&license.id).unwrap().expr];
            for relation in [Relation::Static, Relation::Dynamic, Relation::Import, Relation::Modified] {
                let asked = Query { relation, ..Query::default() };
                if judge.judge_candidates(&expressions, &asked).verdict == Verdict::Conflict {
                    assert!(second_license(&stages, &expressions, &asked).is_some(), "{} {relation}", license.id);
                }
            }
        }
    }

    #[test]
    fn ways_out_are_those_that_the_rules_allow() {
        let judge = judge();
        let stages = shipped(&judge);
        let expr = |text: &str| [Expr::parse(text).unwrap().expr];
        let asked = |relation: Relation| Query { relation, ..Query::default() };
        let ways = |text: &str, relation| relations(&stages, &expr(text), &asked(relation), Verdict::Conflict);
        // The GPL reaches what is linked at run time as well, read cautiously; a program of its own it does not reach.
        let found = ways("GPL-3.0-only", Relation::Static);
        assert_eq!(found.iter().map(|(relation, _)| *relation).collect::<Vec<_>>(), [Relation::SeparateProcess]);
        let lgpl = relations(&stages, &expr("LGPL-3.0-only"), &asked(Relation::Static), Verdict::Review);
        assert_eq!(lgpl[0], (Relation::Dynamic, "link it at run time instead (then: obligation)".to_owned()));
        // Code does not become data by lying in a file of its own; a picture may lie beside the work.
        let cc = |part| {
            let asked = Query { part, ..asked(Relation::Vendored) };
            let found = relations(&stages, &expr("CC-BY-SA-4.0"), &asked, Verdict::Conflict);
            found.iter().any(|(relation, _)| *relation == Relation::Asset)
        };
        assert!(cc(Kind::Content) && !cc(Kind::Software));
        // A noncommercial part is no better anywhere in the work.
        assert_eq!(ways("PolyForm-Noncommercial-1.0.0", Relation::Static), Vec::new());
        let exception = exceptions(&stages, &expr("GPL-2.0-only"), &asked(Relation::Static)).unwrap();
        assert!(exception.contains("GPL-2.0-only WITH "), "{exception}");
        assert_eq!(exceptions(&stages, &expr("SSPL-1.0"), &asked(Relation::Static)), None);
        assert_eq!(second_license(&stages, &expr("GPL-3.0-only"), &asked(Relation::Static)), Some("MIT"));
    }

    #[test]
    fn a_name_is_one_word_of_a_shell() {
        assert_eq!(shell_word("npm:@coop/shop@1.0.0+1"), "npm:@coop/shop@1.0.0+1");
        assert_eq!(shell_word("npm:a$(b);'c"), r"'npm:a$(b);'\''c'");
    }

    #[test]
    fn a_way_out_holds_wherever_the_finding_arose() {
        let (one, mit) = (judge(), Judge::new(Knowledge::builtin(), &Expr::parse("MIT").unwrap().expr, Answers::new()));
        let expr = [Expr::parse("CDDL-1.0").unwrap().expr];
        let gpl = Judge::new(Knowledge::builtin(), &Expr::parse("GPL-2.0-only").unwrap().expr, Answers::new());
        let stage = |judge| Stage { judge, acts: &[Act::Ship] };
        assert_eq!(Stages(vec![stage(&one), stage(&mit)]).verdict(&expr, &Query::default()), Verdict::Obligation);
        assert_eq!(Stages(vec![stage(&one), stage(&gpl)]).verdict(&expr, &Query::default()), Verdict::Conflict);
        assert_eq!(Stages(Vec::new()).verdict(&expr, &Query::default()), Verdict::Conflict);
    }
}
