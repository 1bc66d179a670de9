//! Judging 10,000 packages: every license of the knowledge, in every relation, with and without a user.
//!
//! `cargo bench --bench judge` prints how long it took.

#![expect(clippy::print_stdout, reason = "a command for developers: it prints")]

use std::time::Instant;

use ppl_check::license::expr::Expr;
use ppl_check::license::knowledge::Knowledge;
use ppl_check::model::Relation;
use ppl_check::policy::{Answers, Attestation, Entity, Judge, Purpose, Query, User};

const N_PACKAGES: usize = 10_000;

fn main() {
    let start = Instant::now();
    let knowledge = Knowledge::builtin();
    println!("knowledge ready after {} µs", start.elapsed().as_micros());
    let expressions: Vec<Expr> = knowledge
        .licenses()
        .iter()
        .filter_map(|license| Expr::parse(&license.id).ok())
        .map(|parsed| parsed.expr)
        .collect();
    let Ok(outbound) = Expr::parse(&knowledge.defaults().outbound) else { return };
    let user =
        User { entity: Entity::WorkerCoop, attest: [Attestation::Reserves].into(), purpose: Purpose::Commercial };
    for (words, user) in [("without a user", None), ("with a user", Some(user))] {
        let judge = Judge::new(knowledge, &outbound.expr, Answers::new());
        let start = Instant::now();
        let mut n_conflicts = 0_usize;
        for (at, expr) in expressions.iter().cycle().take(N_PACKAGES).enumerate() {
            let relation = Relation::ALL.get(at % Relation::ALL.len()).copied().unwrap_or(Relation::Static);
            let query = Query { relation, user: user.clone(), ..Query::default() };
            let judged = judge.judge(expr, &query);
            n_conflicts += usize::from(judged.verdict == ppl_check::model::Verdict::Conflict);
        }
        println!("{N_PACKAGES} packages {words}: {} µs, {n_conflicts} conflicts", start.elapsed().as_micros());
    }
}
