//! Who may use the whole: for each kind of user, purpose and use, what blocks it or what it rests on.
//!
//! The parts rest on the branches that the outbound question picked. Where another branch would open a cell, it is
//! named. Of the project's own offer the best branch counts, because everybody may choose among what is offered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::license::expr::Expr;
use crate::license::facts::Kind;
use crate::license::knowledge::Knowledge;
use crate::model::{Cause, Finding, Inventory, Package, PackageIdx, Relation, Scope, Trait, Verdict};

use super::assess::readings;
use super::findings::leaves_open;
use super::judge::Judge;
use super::judgement::{Judgement, RuleHit};
use super::query::{Access, Act, Answers, Ask, Attestation, Entity, Purpose, Query, User};

/// Parts of the whole that are judged alike, as the outbound question left them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ingredient {
    /// The expressions to judge: the branch that was picked, or all candidates; none if nothing is known.
    pub picked: Vec<Expr>,
    /// The expressions before anything was picked.
    pub whole: Vec<Expr>,
    /// How it is joined to the work.
    pub relation: Relation,
    /// What it is.
    pub part: Kind,
    /// Whether its licensor is the project's own copyright holder.
    pub own_work: bool,
    /// The clauses that its licensor waived for the project.
    pub waived: BTreeSet<String>,
    /// What leaves open whether the expressions are right: sources that contradict each other, bytes that were changed.
    pub doubts: Vec<RuleHit>,
}

impl Ingredient {
    /// Creates the part that stands for what was not seen.
    fn unseen() -> Self {
        Self {
            picked: Vec::new(),
            whole: Vec::new(),
            relation: Relation::Static,
            part: Kind::Software,
            own_work: false,
            waived: BTreeSet::new(),
            doubts: Vec::new(),
        }
    }
}

/// Ingredients, each with the packages it stands for; none for what was not seen.
pub type Ingredients = BTreeMap<Ingredient, Vec<PackageIdx>>;

/// Collects the parts of a whole from what was judged.
///
/// Tools stay with the developer and are no part of it.
pub fn ingredients(inventory: &Inventory, judgements: &[Option<Arc<Judgement>>], findings: &[Finding]) -> Ingredients {
    let mut found = Ingredients::new();
    // What was not seen may hold anything: a part without a package, of which nothing is known.
    if findings.iter().any(leaves_open) {
        found.insert(Ingredient::unseen(), Vec::new());
    }
    for (idx, (package, judgement)) in inventory.packages.iter().zip(judgements).enumerate() {
        let Some(judgement) = judgement else { continue };
        if matches!(package.relation, Relation::Dev | Relation::Build) {
            continue;
        }
        let whole = readings(package);
        let ingredient = Ingredient {
            picked: judgement.chosen.as_ref().map_or_else(|| whole.clone(), |chosen| vec![chosen.clone()]),
            whole,
            relation: package.relation,
            part: if package.traits.contains(&Trait::Asset) { Kind::Content } else { Kind::Software },
            own_work: false,
            waived: package.waived.clone(),
            doubts: doubts(package, judgement),
        };
        found.entry(ingredient).or_default().push(idx);
    }
    found
}

/// Returns what the outbound question found to doubt in what is known of a license.
fn doubts(package: &Package, judgement: &Judgement) -> Vec<RuleHit> {
    let is_changed = !package.resolution.mismatches.is_empty();
    let doubts = judgement.rules.iter().filter(|hit| hit.cause == Cause::Evidence);
    doubts.filter(|hit| is_changed || hit.contradiction.is_some()).cloned().collect()
}

/// One kind of user of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Who it is.
    pub entity: Entity,
    /// What it attests.
    pub attest: &'static [Attestation],
    /// In words.
    pub words: &'static str,
    /// Whether it is listed where there is little room.
    pub is_common: bool,
}

/// The users that the matrix lists: every distinction that the texts make.
#[rustfmt::skip]
pub static PROFILES: &[Profile] = &[
    Profile { entity: Entity::WorkerCoop, attest: &[Attestation::SurplusToWorkers, Attestation::AllWorkersAreOwners], words: "worker co-ops and collectives that share out all surplus", is_common: true },
    Profile { entity: Entity::WorkerCoop, attest: &[Attestation::Reserves], words: "worker co-ops with reserves", is_common: true },
    Profile { entity: Entity::WorkerCoop, attest: &[Attestation::NonMemberEmployees], words: "worker co-ops with employees who are no members", is_common: false },
    Profile { entity: Entity::SoleTrader, attest: &[Attestation::NoEmployees], words: "sole traders without employees", is_common: false },
    Profile { entity: Entity::SoleTrader, attest: &[Attestation::HasEmployees], words: "sole traders with employees", is_common: false },
    Profile { entity: Entity::Individual, attest: &[], words: "private persons", is_common: false },
    Profile { entity: Entity::NonProfit, attest: &[], words: "non-profits", is_common: true },
    Profile { entity: Entity::PublicBody, attest: &[Attestation::NotMilitaryOrPolice], words: "public bodies", is_common: false },
    Profile { entity: Entity::ConsumerCoop, attest: &[], words: "consumer co-ops", is_common: false },
    Profile { entity: Entity::ConsumerCoop, attest: &[Attestation::MultiStakeholder], words: "multi-stakeholder co-ops", is_common: false },
    Profile { entity: Entity::Company, attest: &[Attestation::HasEmployees], words: "private firms that pay wages", is_common: true },
    Profile { entity: Entity::Company, attest: &[Attestation::NoEmployees], words: "companies without employees", is_common: false },
    Profile { entity: Entity::Company, attest: &[Attestation::HasEmployees, Attestation::NotPrivatelyOwned], words: "state-owned or listed companies", is_common: false },
];

impl Profile {
    /// Returns the user that the profile stands for.
    pub fn user(&self, purpose: Purpose) -> User {
        User { entity: self.entity, attest: self.attest.iter().copied().collect(), purpose }
    }
}

/// The answer for one kind of user, one purpose and one use.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The verdict for the whole.
    pub verdict: Verdict,
    /// Why.
    pub cause: Cause,
    /// What is worse than a duty, worst first; for a whole that is open, the duties.
    pub because: Vec<Obstacle>,
    /// The branch of the project's own offer that it rests on, if there are several.
    pub branch: Option<Expr>,
    /// Parts of which another branch would make the cell better.
    pub opens: Vec<(PackageIdx, Expr)>,
}

/// What stands in the way of a user, or asks something.
#[derive(Clone, Debug, PartialEq)]
pub struct Obstacle {
    /// The package; none for the project's own license, and for what was not seen.
    pub package: Option<PackageIdx>,
    /// The rule that speaks.
    pub hit: Arc<RuleHit>,
}

/// Whoever uses a whole.
#[derive(Debug)]
pub struct Whole<'run> {
    judge: Judge<'run>,
    offer: Vec<Expr>,
    ingredients: &'run Ingredients,
}

impl<'run> Whole<'run> {
    /// Puts a whole together from what the project offers and the parts it holds.
    pub fn new(knowledge: &'run Knowledge, answers: Answers, offer: &Expr, ingredients: &'run Ingredients) -> Self {
        let branches = match offer {
            Expr::Or(branches) => branches.clone(),
            Expr::License(_) | Expr::And(_) => vec![offer.clone()],
        };
        Self { judge: Judge::new(knowledge, offer, answers), offer: branches, ingredients }
    }

    /// Answers for one user and use.
    pub fn cell(&self, user: &User, act: Act) -> Cell {
        self.answer(&question(Some(user), act, None))
    }

    /// Answers for delivering the whole to a recipient: the worst of what holds for the one who delivers and for the
    /// recipient, who gets a copy of what is shipped and uses a service without one.
    pub fn delivery(&self, deliverer: Option<&User>, recipient: &User, act: Act) -> Cell {
        let access = if act == Act::Service { Access::Hosted } else { Access::Copy };
        // Whoever gets a copy runs it.
        let received = if act == Act::Ship { Act::InHouse } else { act };
        let theirs = self.answer(&question(Some(recipient), received, Some(access)));
        let Some(ours) = deliverer.map(|user| self.cell(user, act)) else { return theirs };
        let ours_first = (ours.verdict, ours.cause.weight()) >= (theirs.verdict, theirs.cause.weight());
        let (mut worse, other) = if ours_first { (ours, theirs) } else { (theirs, ours) };
        worse.because.extend(other.because.into_iter().filter(|obstacle| obstacle.hit.verdict > Verdict::Obligation));
        worse.opens.extend(other.opens);
        worse
    }

    fn answer(&self, query: &Query) -> Cell {
        let own = self.own(query);
        let (mut verdict, mut cause) = (own.1.verdict, own.1.cause);
        let mut because: Vec<Obstacle> =
            obstacles(&own.1).into_iter().map(|hit| Obstacle { package: None, hit }).collect();
        let mut opens = Vec::new();
        for (ingredient, packages) in self.ingredients {
            let query = Query {
                relation: ingredient.relation,
                part: ingredient.part,
                own_work: ingredient.own_work,
                waived: if query.access.is_none() { ingredient.waived.clone() } else { BTreeSet::new() },
                ..query.clone()
            };
            let judged = if packages.is_empty() {
                self.judge.judge_evidence("incomplete-scan", &query)
            } else {
                self.judge.judge_candidates(&ingredient.picked, &query)
            };
            if judged.verdict > Verdict::Obligation && ingredient.whole != ingredient.picked {
                let best = self.judge.judge_candidates(&ingredient.whole, &query);
                if let (true, Some(branch)) = (best.verdict < judged.verdict, best.chosen) {
                    opens.extend(packages.iter().map(|package| (*package, branch.clone())));
                }
            }
            if (judged.verdict, judged.cause.weight()) > (verdict, cause.weight()) {
                (verdict, cause) = (judged.verdict, judged.cause);
            }
            for hit in &ingredient.doubts {
                if (hit.verdict, hit.cause.weight()) > (verdict, cause.weight()) {
                    (verdict, cause) = (hit.verdict, hit.cause);
                }
            }
            for hit in obstacles(&judged).into_iter().chain(ingredient.doubts.iter().cloned().map(Arc::new)) {
                let of = |package: &PackageIdx| Obstacle { package: Some(*package), hit: Arc::clone(&hit) };
                because.extend(packages.iter().map(of));
                if packages.is_empty() {
                    because.push(Obstacle { package: None, hit });
                }
            }
        }
        because.sort_by(|left, right| {
            let key = |obstacle: &Obstacle| (std::cmp::Reverse(obstacle.hit.verdict), obstacle.package);
            key(left).cmp(&key(right)).then_with(|| left.hit.cmp(&right.hit))
        });
        if verdict > Verdict::Obligation {
            because.retain(|obstacle| obstacle.hit.verdict > Verdict::Obligation);
        }
        because.dedup();
        Cell { verdict, cause, because, branch: own.0, opens }
    }

    /// Judges the project's own license: the best of what is offered.
    fn own(&self, query: &Query) -> (Option<Expr>, Judgement) {
        let query = Query { own_work: true, ..query.clone() };
        let mut best: Option<(&Expr, Judgement)> = None;
        for branch in &self.offer {
            let judged = self.judge.judge(branch, &query).as_ref().clone();
            if best.as_ref().is_none_or(|(_, known)| judged.verdict < known.verdict) {
                best = Some((branch, judged));
            }
        }
        match best {
            Some((branch, judged)) => ((self.offer.len() > 1).then(|| branch.clone()), judged),
            None => (None, self.judge.judge_evidence("unknown-reference", &query)),
        }
    }
}

fn question(user: Option<&User>, act: Act, access: Option<Access>) -> Query {
    Query { ask: Ask::Use, act, user: user.cloned(), access, scope: Scope::Runtime, ..Query::default() }
}

/// Returns the rules that say more than that it is fine.
fn obstacles(judgement: &Judgement) -> Vec<Arc<RuleHit>> {
    judgement.rules.iter().filter(|hit| hit.verdict > Verdict::Ok).cloned().map(Arc::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expr(text: &str) -> Expr {
        Expr::parse(text).unwrap().expr
    }

    fn parts(parts: &[(PackageIdx, &str, &str)]) -> Ingredients {
        let ingredient = |picked: &str, whole: &str| Ingredient {
            picked: vec![expr(picked)],
            whole: vec![expr(whole)],
            relation: Relation::Static,
            part: Kind::Software,
            own_work: false,
            waived: BTreeSet::new(),
            doubts: Vec::new(),
        };
        parts.iter().map(|(package, picked, whole)| (ingredient(picked, whole), vec![*package])).collect()
    }

    fn user(entity: Entity, attest: &[Attestation], purpose: Purpose) -> User {
        User { entity, attest: attest.iter().copied().collect(), purpose }
    }

    #[test]
    fn the_whole_is_as_open_as_its_worst_part() {
        let noncommercial = "PolyForm-Noncommercial-1.0.0";
        let parts = parts(&[(0, "MIT", "MIT"), (1, noncommercial, noncommercial)]);
        let whole = Whole::new(Knowledge::builtin(), Answers::new(), &expr("PPL"), &parts);
        let coop = user(Entity::WorkerCoop, &[Attestation::SurplusToWorkers], Purpose::Commercial);
        let cell = whole.cell(&coop, Act::InHouse);
        assert_eq!(cell.verdict, Verdict::Conflict);
        assert_eq!(cell.because.iter().map(|obstacle| obstacle.package).collect::<Vec<_>>(), [Some(1)]);
        let private = User { purpose: Purpose::NonCommercial, ..coop };
        assert_eq!(whole.cell(&private, Act::InHouse).verdict, Verdict::Ok);
    }

    #[test]
    fn the_best_offered_branch_counts_and_is_named() {
        let none = Ingredients::new();
        let whole = Whole::new(Knowledge::builtin(), Answers::new(), &expr("PPL OR AGPL-3.0-or-later"), &none);
        let company = user(Entity::Company, &[], Purpose::Commercial);
        let cell = whole.cell(&company, Act::InHouse);
        assert_eq!((cell.verdict, cell.branch), (Verdict::Ok, Some(expr("AGPL-3.0-or-later"))));
        let alone = Whole::new(Knowledge::builtin(), Answers::new(), &expr("PPL"), &none);
        let cell = alone.cell(&company, Act::InHouse);
        assert_eq!((cell.verdict, cell.branch), (Verdict::Conflict, None));
    }

    #[test]
    fn a_branch_that_was_not_picked_is_named_if_it_would_open_the_cell() {
        let parts = parts(&[(7, "PPL", "PPL OR GPL-3.0-only")]);
        let whole = Whole::new(Knowledge::builtin(), Answers::new(), &expr("MIT"), &parts);
        let company = user(Entity::Company, &[], Purpose::Commercial);
        let cell = whole.cell(&company, Act::InHouse);
        assert_eq!(cell.verdict, Verdict::Conflict);
        assert_eq!(cell.opens, [(7, expr("GPL-3.0-only"))]);
    }

    #[test]
    fn a_client_of_a_service_gets_no_copy() {
        let none = Ingredients::new();
        let whole = Whole::new(Knowledge::builtin(), Answers::new(), &expr("PPL"), &none);
        let coop = user(Entity::WorkerCoop, &[Attestation::SurplusToWorkers], Purpose::Commercial);
        let company = user(Entity::Company, &[], Purpose::Commercial);
        let hosted = whole.delivery(Some(&coop), &company, Act::Service);
        assert_eq!((hosted.verdict, hosted.cause), (Verdict::Review, Cause::Reading));
        let copied = whole.delivery(Some(&coop), &company, Act::Ship);
        assert_eq!(copied.verdict, Verdict::Conflict);
    }
}
