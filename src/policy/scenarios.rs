//! The standard situations in which every license is compared: in the documentation, and before and after a change
//! of the license knowledge.

use crate::license::expr::Expr;
use crate::license::knowledge::Knowledge;
use crate::model::{Relation, Scope, Verdict};

use super::judge::Judge;
use super::query::{Act, Answers, Ask, Attestation, Entity, Purpose, Query, User};

/// A situation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// A short id.
    pub id: &'static str,
    /// One line.
    pub title: &'static str,
    /// What is asked.
    pub query: Query,
}

/// Returns the standard situations.
pub fn scenarios() -> Vec<Scenario> {
    let coop = User {
        entity: Entity::WorkerCoop,
        attest: [Attestation::SurplusToWorkers, Attestation::AllWorkersAreOwners].into(),
        purpose: Purpose::Commercial,
    };
    let company = User { entity: Entity::Company, attest: [].into(), purpose: Purpose::Commercial };
    let non_profit = User { entity: Entity::NonProfit, attest: [].into(), purpose: Purpose::NonCommercial };
    let use_by = |user: User, act: Act| Query { ask: Ask::Use, act, user: Some(user), ..Query::default() };
    vec![
        Scenario {
            id: "outbound-static",
            title: "shipped under the PPL, in one binary",
            query: Query { relation: Relation::Static, ..Query::default() },
        },
        Scenario {
            id: "outbound-dynamic",
            title: "shipped under the PPL, linked at run time",
            query: Query { relation: Relation::Dynamic, ..Query::default() },
        },
        Scenario {
            id: "developer-tool",
            title: "a tool of a worker co-op's developers",
            query: Query {
                relation: Relation::Dev,
                scope: Scope::Dev,
                act: Act::InHouse,
                user: Some(coop.clone()),
                ..Query::default()
            },
        },
        Scenario {
            id: "worker-coop-service",
            title: "a commercial service of a worker co-op that shares out all surplus",
            query: use_by(coop, Act::Service),
        },
        Scenario {
            id: "company-service",
            title: "a commercial service of a private firm",
            query: use_by(company, Act::Service),
        },
        Scenario {
            id: "non-profit",
            title: "noncommercial use by a non-profit",
            query: use_by(non_profit, Act::InHouse),
        },
    ]
}

/// Returns the verdict of an expression in each standard situation, in their order.
pub fn verdicts(judge: &Judge<'_>, expr: &Expr, scenarios: &[Scenario]) -> Vec<Verdict> {
    scenarios.iter().map(|scenario| judge.judge(expr, &scenario.query).verdict).collect()
}

/// A license whose verdicts differ between two sets of knowledge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The license.
    pub license: String,
    /// The situation, by id.
    pub scenario: &'static str,
    /// The verdict before; none for a license that was not known.
    pub before: Option<Verdict>,
    /// The verdict after; none for a license that is not known any more.
    pub after: Option<Verdict>,
}

/// Compares the verdicts of every license in the standard situations.
pub fn moved(before: &Knowledge, after: &Knowledge) -> Vec<Moved> {
    let scenarios = scenarios();
    let mut ids: Vec<&str> =
        before.licenses().iter().chain(after.licenses()).map(|license| license.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let (judge_before, judge_after) = (default_judge(before), default_judge(after));
    let verdict = |knowledge: &Knowledge, judge: &Option<Judge<'_>>, expr: &Expr, scenario: &Scenario| {
        let known = expr.licenses().iter().all(|leaf| knowledge.license(&leaf.id.to_string()).is_some());
        judge.as_ref().filter(|_| known).map(|judge| judge.judge(expr, &scenario.query).verdict)
    };
    let mut moved = Vec::new();
    for id in ids {
        let Ok(expr) = Expr::parse(id).map(|parsed| parsed.expr) else { continue };
        for scenario in &scenarios {
            let was = verdict(before, &judge_before, &expr, scenario);
            let is = verdict(after, &judge_after, &expr, scenario);
            if was != is {
                moved.push(Moved { license: id.to_owned(), scenario: scenario.id, before: was, after: is });
            }
        }
    }
    moved
}

/// Returns a judge for the outbound license that stands in the defaults.
fn default_judge(knowledge: &Knowledge) -> Option<Judge<'_>> {
    let outbound = Expr::parse(&knowledge.defaults().outbound).ok()?.expr;
    Some(Judge::new(knowledge, &outbound, Answers::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::license::knowledge::File;

    #[test]
    fn a_changed_fact_shows_as_moved_verdicts() {
        let before = Knowledge::builtin();
        assert_eq!(moved(before, before), []);
        let text = "id = \"mit\"\ntitle = \"x\"\nabout = \"x\"\n[[license]]\nid = \"MIT\"\nstatus = \"read\"\n\
                    facts = { commercial-use = \"forbidden\" }\n";
        let file = File { path: "families/mit.toml".to_owned(), text: text.to_owned() };
        let after = before.overlay(&[file]).unwrap();
        let found = moved(before, &after);
        assert!(found.iter().all(|moved| moved.license == "MIT"), "{found:?}");
        assert!(found.contains(&Moved {
            license: "MIT".to_owned(),
            scenario: "outbound-static",
            before: Some(Verdict::Ok),
            after: Some(Verdict::Conflict),
        }));
    }
}
