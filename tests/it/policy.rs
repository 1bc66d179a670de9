//! The judgement engine over all of the compiled-in knowledge.

use ppl_check::license::expr::Expr;
use ppl_check::license::knowledge::{Knowledge, Record};
use ppl_check::model::{Relation, Verdict};
use ppl_check::policy::{Act, Answers, Ask, Attestation, Entity, Judge, Purpose, Query, User};

fn expr(text: &str) -> Expr {
    Expr::parse(text).unwrap().expr
}

fn judge() -> Judge<'static> {
    let knowledge = Knowledge::builtin();
    Judge::new(knowledge, &expr(&knowledge.defaults().outbound), Answers::new())
}

#[test]
fn some_rule_speaks_of_every_license_in_every_situation() {
    let judge = judge();
    let mut open = Vec::new();
    for license in judge.knowledge().licenses() {
        if !matches!(license.record, Record::Facts(_)) {
            continue;
        }
        let expr = expr(&license.id);
        let mut queries = Vec::new();
        for &act in Act::ALL {
            queries.extend(Relation::ALL.iter().map(|&relation| Query { relation, act, ..Query::default() }));
            for &entity in Entity::ALL {
                queries.extend(Purpose::ALL.iter().map(|&purpose| Query {
                    ask: Ask::Use,
                    act,
                    user: Some(User { entity, attest: [].into(), purpose }),
                    ..Query::default()
                }));
            }
        }
        for query in queries {
            let judged = judge.judge(&expr, &query);
            let nobody = |text: &str| text.starts_with("no rule speaks");
            if judged.rules.iter().any(|hit| hit.because.as_deref().is_some_and(nobody)) {
                open.push(format!("{} {query:?}", license.id));
            }
        }
    }
    assert!(open.is_empty(), "{} situations:\n{}", open.len(), open.join("\n"));
}

/// The examples that the rules are written from, by expression, relation and use.
#[test]
fn known_verdicts() {
    let judge = judge();
    let mut wrong = Vec::new();
    for (text, relation, act, expect) in [
        ("MIT", Relation::Static, Act::Ship, Verdict::Ok),
        ("Apache-2.0", Relation::Static, Act::Ship, Verdict::Ok),
        ("BSD-3-Clause", Relation::Static, Act::Ship, Verdict::Ok),
        ("ISC", Relation::Static, Act::Ship, Verdict::Ok),
        ("0BSD", Relation::Static, Act::Ship, Verdict::Ok),
        ("CC0-1.0", Relation::Asset, Act::Ship, Verdict::Ok),
        ("BSD-4-Clause", Relation::Static, Act::Ship, Verdict::Obligation),
        ("OpenSSL", Relation::Static, Act::Ship, Verdict::Obligation),
        ("GPL-2.0-only", Relation::Static, Act::Ship, Verdict::Conflict),
        ("GPL-3.0-or-later", Relation::Import, Act::Ship, Verdict::Conflict),
        ("GPL-3.0-or-later", Relation::Import, Act::Service, Verdict::Ok),
        ("GPL-3.0-or-later", Relation::Dev, Act::Ship, Verdict::Ok),
        ("AGPL-3.0-or-later", Relation::Static, Act::Service, Verdict::Conflict),
        ("AGPL-3.0-only", Relation::Static, Act::InHouse, Verdict::Ok),
        ("LGPL-2.1-or-later", Relation::Dynamic, Act::Ship, Verdict::Obligation),
        ("LGPL-2.1-only", Relation::Static, Act::Ship, Verdict::Review),
        ("LGPL-3.0-only", Relation::Static, Act::Ship, Verdict::Review),
        ("MPL-2.0", Relation::Static, Act::Ship, Verdict::Obligation),
        ("EPL-2.0", Relation::Static, Act::Ship, Verdict::Obligation),
        ("CDDL-1.0", Relation::Static, Act::Ship, Verdict::Obligation),
        ("EUPL-1.2", Relation::Static, Act::Ship, Verdict::Conflict),
        ("EUPL-1.2", Relation::Dynamic, Act::Ship, Verdict::Review),
        ("OSL-3.0", Relation::Dynamic, Act::Ship, Verdict::Review),
        ("CECILL-2.1", Relation::Static, Act::Ship, Verdict::Conflict),
        ("Sleepycat", Relation::Static, Act::Ship, Verdict::Review),
        ("CC-BY-4.0", Relation::Asset, Act::Ship, Verdict::Obligation),
        ("CC-BY-SA-4.0", Relation::Asset, Act::Ship, Verdict::Obligation),
        ("CC-BY-SA-4.0", Relation::Static, Act::Ship, Verdict::Conflict),
        ("CC-BY-NC-4.0", Relation::Static, Act::Ship, Verdict::Conflict),
        ("CC-BY-ND-4.0", Relation::Asset, Act::Ship, Verdict::Obligation),
        ("CC-BY-ND-4.0", Relation::Static, Act::Ship, Verdict::Conflict),
        ("SSPL-1.0", Relation::Static, Act::Ship, Verdict::Conflict),
        ("BUSL-1.1", Relation::Static, Act::Ship, Verdict::Conflict),
        ("Elastic-2.0", Relation::Static, Act::Ship, Verdict::Conflict),
        ("JSON", Relation::Static, Act::Ship, Verdict::Review),
        ("Hippocratic-2.1", Relation::Static, Act::Ship, Verdict::Review),
        ("PPL", Relation::Static, Act::Ship, Verdict::Obligation),
        ("Parity-7.0.0", Relation::Dev, Act::Ship, Verdict::Conflict),
        ("GPL-2.0-only WITH Classpath-exception-2.0", Relation::Static, Act::Ship, Verdict::Obligation),
        ("GPL-3.0-only WITH GCC-exception-3.1", Relation::Static, Act::Ship, Verdict::Obligation),
        ("GPL-2.0-with-classpath-exception", Relation::Static, Act::Ship, Verdict::Obligation),
        ("Apache-2.0 WITH LLVM-exception", Relation::Static, Act::Ship, Verdict::Ok),
        ("GPL-3.0-only OR MIT", Relation::Static, Act::Ship, Verdict::Ok),
        ("GPL-3.0-only AND MIT", Relation::Static, Act::Ship, Verdict::Conflict),
        ("MIT AND LicenseRef-x", Relation::Static, Act::Ship, Verdict::Review),
        ("NONE", Relation::Static, Act::Ship, Verdict::Conflict),
        ("NONE AND MIT", Relation::Static, Act::Ship, Verdict::Conflict),
        ("NOASSERTION", Relation::Static, Act::Ship, Verdict::Review),
        ("NOASSERTION OR MIT", Relation::Static, Act::Ship, Verdict::Ok),
    ] {
        let judged = judge.judge(&expr(text), &Query { relation, act, ..Query::default() });
        if judged.verdict != expect {
            let rules: Vec<String> = judged.rules.iter().map(|hit| format!("{} {}", hit.rule, hit.verdict)).collect();
            let owed: Vec<&str> = judged.obligations.iter().map(|owed| owed.id.as_str()).collect();
            wrong.push(format!(
                "{text} {relation} {act}: expected {expect}, found {}: {} / {}",
                judged.verdict,
                rules.join(", "),
                owed.join(" ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Who may use a work under the Peer Production License: the table that its sections 4(b) to 4(d) give, row by row.
#[test]
fn users_of_a_work_under_the_peer_production_license() {
    use Attestation::{
        HasEmployees, MultiStakeholder, NoEmployees, NonMemberEmployees, NotPrivatelyOwned, Reserves, SurplusToWorkers,
    };
    use Entity::{Company, ConsumerCoop, Individual, NonProfit, PublicBody, SoleTrader, WorkerCollective, WorkerCoop};
    use Verdict::{Conflict, Ok, Review};
    #[rustfmt::skip]
    let rows: &[(&[Entity], &[Attestation], Verdict, Verdict)] = &[
        (&[WorkerCoop, WorkerCollective], &[SurplusToWorkers], Ok, Ok),
        (&[WorkerCoop, WorkerCollective], &[], Ok, Review),
        (&[WorkerCoop, WorkerCollective], &[Reserves], Ok, Review),
        (&[WorkerCoop, WorkerCollective], &[NonMemberEmployees], Ok, Review),
        (&[WorkerCoop, WorkerCollective], &[SurplusToWorkers, Reserves], Ok, Review),
        (&[WorkerCoop, WorkerCollective], &[SurplusToWorkers, NonMemberEmployees], Ok, Review),
        (&[SoleTrader], &[NoEmployees], Ok, Review),
        (&[SoleTrader], &[], Review, Review),
        (&[SoleTrader], &[HasEmployees], Conflict, Conflict),
        (&[Individual], &[], Ok, Review),
        (&[Individual], &[NoEmployees], Ok, Review),
        (&[NonProfit], &[], Ok, Review),
        (&[PublicBody], &[], Ok, Review),
        (&[ConsumerCoop], &[], Ok, Conflict),
        (&[ConsumerCoop], &[MultiStakeholder], Ok, Review),
        (&[Company], &[], Conflict, Conflict),
        (&[Company], &[HasEmployees], Conflict, Conflict),
        (&[Company], &[NoEmployees], Ok, Review),
        (&[Company], &[NotPrivatelyOwned], Review, Review),
    ];
    let judge = judge();
    let ask = |license: &str, entity: Entity, attest: &[Attestation], purpose: Purpose| {
        let user = User { entity, attest: attest.iter().copied().collect(), purpose };
        let query = Query { ask: Ask::Use, act: Act::InHouse, user: Some(user), ..Query::default() };
        judge.judge(&expr(license), &query).verdict
    };
    let mut wrong = Vec::new();
    for (entities, attest, non_commercial, commercial) in rows {
        for entity in *entities {
            for (purpose, expect) in [(Purpose::NonCommercial, non_commercial), (Purpose::Commercial, commercial)] {
                let found = ask("PPL", *entity, attest, purpose);
                if found != *expect {
                    wrong.push(format!("{entity} {attest:?} {purpose}: expected {expect}, found {found}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The Spanish text names non-profits beside the worker-owned.
    assert_eq!(ask("LicenseRef-PPL-es", NonProfit, &[], Purpose::Commercial), Ok);
}
