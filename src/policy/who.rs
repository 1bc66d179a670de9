//! Who may use the whole: for each kind of user, purpose and use, what blocks it or what it rests on.
//!
//! The parts rest on the branches that the outbound question picked. Where another branch would open a cell, it is
//! named. Of the project's own offer the best branch counts, because everybody may choose among what is offered.

use crate::license::expr::Expr;
use crate::license::facts::Kind;
use crate::license::knowledge::Knowledge;
use crate::model::{Cause, PackageIdx, Relation, Scope, Verdict};

use super::judge::Judge;
use super::judgement::{Judgement, RuleHit};
use super::query::{Access, Act, Answers, Ask, Attestation, Entity, Purpose, Query, User};

/// A part of the whole, as the outbound question left it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ingredient {
    /// The package.
    pub package: PackageIdx,
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
}

/// The users that the matrix lists: every distinction that the texts make.
#[rustfmt::skip]
pub static PROFILES: &[Profile] = &[
    Profile { entity: Entity::WorkerCoop, attest: &[Attestation::SurplusToWorkers, Attestation::AllWorkersAreOwners], words: "worker co-ops and collectives that share out all surplus" },
    Profile { entity: Entity::WorkerCoop, attest: &[Attestation::Reserves], words: "worker co-ops with reserves" },
    Profile { entity: Entity::WorkerCoop, attest: &[Attestation::NonMemberEmployees], words: "worker co-ops with employees who are no members" },
    Profile { entity: Entity::SoleTrader, attest: &[Attestation::NoEmployees], words: "sole traders without employees" },
    Profile { entity: Entity::SoleTrader, attest: &[Attestation::HasEmployees], words: "sole traders with employees" },
    Profile { entity: Entity::Individual, attest: &[], words: "private persons" },
    Profile { entity: Entity::NonProfit, attest: &[], words: "non-profits" },
    Profile { entity: Entity::PublicBody, attest: &[Attestation::NotMilitaryOrPolice], words: "public bodies" },
    Profile { entity: Entity::ConsumerCoop, attest: &[], words: "consumer co-ops" },
    Profile { entity: Entity::ConsumerCoop, attest: &[Attestation::MultiStakeholder], words: "multi-stakeholder co-ops" },
    Profile { entity: Entity::Company, attest: &[Attestation::HasEmployees], words: "private firms that pay wages" },
    Profile { entity: Entity::Company, attest: &[Attestation::NoEmployees], words: "companies without employees" },
    Profile { entity: Entity::Company, attest: &[Attestation::HasEmployees, Attestation::NotPrivatelyOwned], words: "state-owned or listed companies" },
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
    /// The package; none for the project's own license.
    pub package: Option<PackageIdx>,
    /// The rule that speaks.
    pub hit: RuleHit,
}

/// Whoever uses a whole.
#[derive(Debug)]
pub struct Whole<'run> {
    judge: Judge<'run>,
    offer: Vec<Expr>,
    ingredients: &'run [Ingredient],
}

impl<'run> Whole<'run> {
    /// Puts a whole together from what the project offers and the parts it holds.
    pub fn new(knowledge: &'run Knowledge, answers: Answers, offer: &Expr, ingredients: &'run [Ingredient]) -> Self {
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
        let mut because = obstacles(None, &own.1);
        let mut opens = Vec::new();
        for ingredient in self.ingredients {
            // Tools stay with the developer and are no part of the whole.
            if matches!(ingredient.relation, Relation::Dev | Relation::Build) {
                continue;
            }
            let query = Query {
                relation: ingredient.relation,
                part: ingredient.part,
                own_work: ingredient.own_work,
                ..query.clone()
            };
            let judged = self.judge.judge_candidates(&ingredient.picked, &query);
            if judged.verdict > Verdict::Obligation && ingredient.whole != ingredient.picked {
                let best = self.judge.judge_candidates(&ingredient.whole, &query);
                if let (true, Some(branch)) = (best.verdict < judged.verdict, best.chosen) {
                    opens.push((ingredient.package, branch));
                }
            }
            if (judged.verdict, judged.cause.weight()) > (verdict, cause.weight()) {
                (verdict, cause) = (judged.verdict, judged.cause);
            }
            because.extend(obstacles(Some(ingredient.package), &judged));
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

fn obstacles(package: Option<PackageIdx>, judgement: &Judgement) -> Vec<Obstacle> {
    let speaking = judgement.rules.iter().filter(|hit| hit.verdict > Verdict::Ok);
    speaking.map(|hit| Obstacle { package, hit: hit.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expr(text: &str) -> Expr {
        Expr::parse(text).unwrap().expr
    }

    fn ingredient(package: PackageIdx, picked: &str, whole: &str) -> Ingredient {
        Ingredient {
            package,
            picked: vec![expr(picked)],
            whole: vec![expr(whole)],
            relation: Relation::Static,
            part: Kind::Software,
            own_work: false,
        }
    }

    fn user(entity: Entity, attest: &[Attestation], purpose: Purpose) -> User {
        User { entity, attest: attest.iter().copied().collect(), purpose }
    }

    #[test]
    fn the_whole_is_as_open_as_its_worst_part() {
        let parts = [
            ingredient(0, "MIT", "MIT"),
            ingredient(1, "PolyForm-Noncommercial-1.0.0", "PolyForm-Noncommercial-1.0.0"),
        ];
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
        let whole = Whole::new(Knowledge::builtin(), Answers::new(), &expr("PPL OR AGPL-3.0-or-later"), &[]);
        let company = user(Entity::Company, &[], Purpose::Commercial);
        let cell = whole.cell(&company, Act::InHouse);
        assert_eq!((cell.verdict, cell.branch), (Verdict::Ok, Some(expr("AGPL-3.0-or-later"))));
        let alone = Whole::new(Knowledge::builtin(), Answers::new(), &expr("PPL"), &[]);
        let cell = alone.cell(&company, Act::InHouse);
        assert_eq!((cell.verdict, cell.branch), (Verdict::Conflict, None));
    }

    #[test]
    fn a_branch_that_was_not_picked_is_named_if_it_would_open_the_cell() {
        let parts = [ingredient(7, "PPL", "PPL OR GPL-3.0-only")];
        let whole = Whole::new(Knowledge::builtin(), Answers::new(), &expr("MIT"), &parts);
        let company = user(Entity::Company, &[], Purpose::Commercial);
        let cell = whole.cell(&company, Act::InHouse);
        assert_eq!(cell.verdict, Verdict::Conflict);
        assert_eq!(cell.opens, [(7, expr("GPL-3.0-only"))]);
    }

    #[test]
    fn a_client_of_a_service_gets_no_copy() {
        let whole = Whole::new(Knowledge::builtin(), Answers::new(), &expr("PPL"), &[]);
        let coop = user(Entity::WorkerCoop, &[Attestation::SurplusToWorkers], Purpose::Commercial);
        let company = user(Entity::Company, &[], Purpose::Commercial);
        let hosted = whole.delivery(Some(&coop), &company, Act::Service);
        assert_eq!((hosted.verdict, hosted.cause), (Verdict::Review, Cause::Reading));
        let copied = whole.delivery(Some(&coop), &company, Act::Ship);
        assert_eq!(copied.verdict, Verdict::Conflict);
    }
}
