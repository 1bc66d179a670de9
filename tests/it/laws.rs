//! Laws of the judgement: what `AND` and `OR` mean, that nothing unknown is fine, and that limits never help.

use std::sync::LazyLock;

use ppl_check::license::expr::Expr;
use ppl_check::license::knowledge::schema::Effect;
use ppl_check::license::knowledge::{File, Knowledge, Record};
use ppl_check::model::{Relation, Scope, Verdict};
use ppl_check::policy::{Act, Answers, Ask, Attestation, Entity, Form, Judge, Purpose, Query, User};
use proptest::prelude::*;

static IDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut ids: Vec<String> = Knowledge::builtin().licenses().iter().map(|license| license.id.clone()).collect();
    ids.extend(["NONE", "NOASSERTION", "LicenseRef-not-known"].map(str::to_owned));
    ids
});

fn leaf() -> impl Strategy<Value = Expr> {
    (0..IDS.len()).prop_map(|index| expr(&IDS[index]))
}

fn small() -> impl Strategy<Value = Expr> {
    leaf().prop_recursive(2, 6, 3, |inner| {
        (prop::collection::vec(inner, 2..4), any::<bool>())
            .prop_map(|(parts, all)| if all { Expr::all(parts) } else { Expr::any(parts) }.unwrap())
    })
}

fn query() -> impl Strategy<Value = Query> {
    let user =
        (0..Entity::ALL.len(), 0..Purpose::ALL.len(), prop::collection::btree_set(0..Attestation::ALL.len(), 0..3))
            .prop_map(|(entity, purpose, attest)| User {
                entity: Entity::ALL[entity],
                purpose: Purpose::ALL[purpose],
                attest: attest.into_iter().map(|at| Attestation::ALL[at]).collect(),
            });
    (0..Relation::ALL.len(), 0..Act::ALL.len(), 0..Scope::ALL.len(), prop::option::of(user)).prop_map(
        |(relation, act, scope, user)| Query {
            relation: Relation::ALL[relation],
            act: Act::ALL[act],
            scope: Scope::ALL[scope],
            user,
            ..Query::default()
        },
    )
}

fn expr(text: &str) -> Expr {
    Expr::parse(text).unwrap().expr
}

fn judge() -> Judge<'static> {
    Judge::new(Knowledge::builtin(), &expr(&Knowledge::builtin().defaults().outbound), Answers::new())
}

fn all(parts: &[&Expr]) -> Expr {
    Expr::And(parts.iter().map(|part| (*part).clone()).collect())
}

fn any_of(parts: &[&Expr]) -> Expr {
    Expr::Or(parts.iter().map(|part| (*part).clone()).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn order_does_not_matter(a in small(), b in small(), query in query()) {
        let judge = judge();
        let one = judge.judge(&all(&[&a, &b]), &query);
        let other = judge.judge(&all(&[&b, &a]), &query);
        prop_assert_eq!((one.verdict, one.cause, &one.obligations), (other.verdict, other.cause, &other.obligations));
        let one = judge.judge(&any_of(&[&a, &b]), &query);
        let other = judge.judge(&any_of(&[&b, &a]), &query);
        prop_assert_eq!((one.verdict, one.cause, &one.obligations), (other.verdict, other.cause, &other.obligations));
        let chosen = |judged: &ppl_check::policy::Judgement| judged.chosen.as_ref().map(Expr::canonical);
        prop_assert_eq!(chosen(&one), chosen(&other));
    }

    #[test]
    fn grouping_absorption_and_distribution(a in small(), b in small(), c in small(), query in query()) {
        let judge = judge();
        let verdict = |expr: &Expr| judge.judge(expr, &query).verdict;
        prop_assert_eq!(verdict(&all(&[&all(&[&a, &b]), &c])), verdict(&all(&[&a, &all(&[&b, &c])])));
        prop_assert_eq!(verdict(&any_of(&[&any_of(&[&a, &b]), &c])), verdict(&any_of(&[&a, &any_of(&[&b, &c])])));
        prop_assert_eq!(verdict(&any_of(&[&a, &all(&[&a, &b])])), verdict(&a));
        prop_assert_eq!(verdict(&all(&[&a, &any_of(&[&a, &b])])), verdict(&a));
        prop_assert_eq!(
            verdict(&all(&[&a, &any_of(&[&b, &c])])),
            verdict(&any_of(&[&all(&[&a, &b]), &all(&[&a, &c])]))
        );
        prop_assert_eq!(verdict(&all(&[&a, &a])), verdict(&a));
    }

    #[test]
    fn more_conditions_are_never_better_and_more_choice_never_worse(a in small(), b in small(), query in query()) {
        let judge = judge();
        let alone = judge.judge(&a, &query);
        let both = judge.judge(&all(&[&a, &b]), &query);
        prop_assert!(both.verdict >= alone.verdict);
        prop_assert!(judge.judge(&any_of(&[&a, &b]), &query).verdict <= alone.verdict);
        if let (Expr::License(_), Expr::License(_)) = (&a, &b) {
            prop_assert!(alone.obligations.iter().all(|owed| both.obligations.contains(owed)));
        }
    }

    #[test]
    fn nothing_unknown_is_fine(a in small(), query in query()) {
        let judge = judge();
        for unknown in ["NOASSERTION", "LicenseRef-not-known", "DocumentRef-x:LicenseRef-y", "MIT WITH AdditionRef-x"] {
            prop_assert!(judge.judge(&expr(unknown), &query).verdict >= Verdict::Review, "{}", unknown);
            prop_assert!(judge.judge(&all(&[&a, &expr(unknown)]), &query).verdict >= Verdict::Review, "{}", unknown);
        }
        prop_assert!(judge.judge_candidates(&[], &query).verdict >= Verdict::Review);
    }

    #[test]
    fn the_worst_candidate_counts(a in small(), b in small(), query in query()) {
        let judge = judge();
        let both = judge.judge_candidates(&[a.clone(), b.clone()], &query);
        let verdicts = [&a, &b].map(|expr| judge.judge(expr, &query).verdict);
        // What nobody knows keeps the conflict of the other from being proved.
        let unknown = [&a, &b].into_iter().zip(verdicts).any(|(expr, verdict)| expr.is_open() && verdict == Verdict::Review);
        let worst = verdicts[0].max(verdicts[1]);
        prop_assert_eq!(both.verdict, if unknown { Verdict::Review } else { worst });
    }

    #[test]
    fn a_user_never_makes_the_outbound_answer_better(a in small(), query in query()) {
        let judge = judge();
        let without = Query { user: None, ..query.clone() };
        prop_assert!(judge.judge(&a, &query).verdict >= judge.judge(&a, &without).verdict);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn an_exception_that_is_not_known_never_helps(at in 0..IDS.len(), query in query()) {
        let judge = judge();
        let Ok(with) = Expr::parse(&format!("{} WITH AdditionRef-not-known", IDS[at])) else { return Ok(()) };
        let judged = judge.judge(&with.expr, &query).verdict;
        prop_assert!(judged >= Verdict::Review.max(judge.judge(&expr(&IDS[at]), &query).verdict), "{}", IDS[at]);
    }

    #[test]
    fn later_versions_are_a_choice(at in 0..IDS.len(), query in query()) {
        let judge = judge();
        let Ok(later) = Expr::parse(&format!("{}+", IDS[at])) else { return Ok(()) };
        prop_assert!(judge.judge(&later.expr, &query).verdict <= judge.judge(&expr(&IDS[at]), &query).verdict);
    }

    #[test]
    fn a_waiver_helps_its_user_alone(a in small(), query in query()) {
        let judge = judge();
        let waived = ["4(b)", "4(c)", "4(d)"].map(str::to_owned).into();
        let with = Query { waived, ..query.clone() };
        prop_assert!(judge.judge(&a, &with).verdict <= judge.judge(&a, &query).verdict);
        // What others may do with the work is as it was.
        let nobody = |query: Query| Query { user: None, ask: Ask::Outbound, ..query };
        prop_assert_eq!(judge.judge(&a, &nobody(with)).verdict, judge.judge(&a, &nobody(query)).verdict);
    }
}

/// What speaks for a user makes no answer worse, so that saying nothing never makes one better.
#[test]
fn what_is_unsaid_never_helps() {
    let judge = judge();
    let favorable = |entity: Entity| match entity {
        Entity::WorkerCoop | Entity::WorkerCollective => {
            vec![Attestation::SurplusToWorkers, Attestation::AllWorkersAreOwners, Attestation::Democratic]
        }
        Entity::SoleTrader | Entity::Individual | Entity::Company => vec![Attestation::NoEmployees],
        Entity::NonProfit | Entity::PublicBody => vec![Attestation::NotMilitaryOrPolice, Attestation::Democratic],
        Entity::ConsumerCoop => vec![Attestation::MultiStakeholder, Attestation::Democratic],
    };
    for id in IDS.iter() {
        let expr = expr(id);
        for &entity in Entity::ALL {
            for &purpose in Purpose::ALL {
                let ask = |attest: &[Attestation]| Query {
                    ask: Ask::Use,
                    act: Act::InHouse,
                    user: Some(User { entity, attest: attest.iter().copied().collect(), purpose }),
                    ..Query::default()
                };
                let unsaid = judge.judge(&expr, &ask(&[])).verdict;
                for attestation in favorable(entity) {
                    let said = judge.judge(&expr, &ask(&[attestation])).verdict;
                    assert!(said <= unsaid, "{id}: {entity} {attestation} {purpose}: {said}, unsaid {unsaid}");
                }
            }
        }
    }
}

/// What speaks against a user, and what money is made with, makes no answer better.
#[test]
fn what_speaks_against_a_user_never_helps() {
    let judge = judge();
    let unfavorable = [Attestation::HasEmployees, Attestation::NonMemberEmployees, Attestation::Reserves];
    for id in IDS.iter() {
        let expr = expr(id);
        for &entity in Entity::ALL {
            let asked = |attest: &[Attestation], purpose| {
                let user = Some(User { entity, attest: attest.iter().copied().collect(), purpose });
                judge.judge(&expr, &Query { ask: Ask::Use, act: Act::InHouse, user, ..Query::default() }).verdict
            };
            assert!(asked(&[], Purpose::Commercial) >= asked(&[], Purpose::NonCommercial), "{id}: {entity}");
            for &purpose in Purpose::ALL {
                // A company is taken to pay wages as it is; the others have to say so.
                for attestation in unfavorable {
                    let (said, unsaid) = (asked(&[attestation], purpose), asked(&[], purpose));
                    assert!(said >= unsaid, "{id}: {entity} {attestation} {purpose}: {said}, unsaid {unsaid}");
                    for kept in [Attestation::SurplusToWorkers, Attestation::MultiStakeholder] {
                        let (more, less) = (asked(&[kept, attestation], purpose), asked(&[kept], purpose));
                        assert!(more >= less, "{id}: {entity} {kept} {attestation} {purpose}: {more}, without {less}");
                    }
                }
            }
        }
    }
}

/// The closer a part is joined, and the more is done with the work, the worse; so is a locked form.
#[test]
fn a_closer_relation_a_wider_use_and_a_locked_form_never_help() {
    let judge = judge();
    let closer = [
        (Relation::Modified, Relation::Vendored),
        (Relation::Vendored, Relation::Static),
        (Relation::Static, Relation::Dynamic),
        (Relation::Dynamic, Relation::Import),
        (Relation::Import, Relation::Aggregate),
        (Relation::Aggregate, Relation::SeparateProcess),
        (Relation::SeparateProcess, Relation::Service),
        (Relation::Service, Relation::Dev),
    ];
    for id in IDS.iter() {
        let expr = expr(id);
        let verdict = |query: Query| judge.judge(&expr, &query).verdict;
        for &act in Act::ALL {
            let joined = |relation| verdict(Query { relation, act, ..Query::default() });
            for (closer, looser) in closer {
                assert!(joined(closer) >= joined(looser), "{id}: {act} {closer} better than {looser}");
            }
        }
        for &relation in Relation::ALL {
            let done = |act| verdict(Query { relation, act, ..Query::default() });
            assert!(done(Act::Ship) >= done(Act::Service), "{id}: {relation} shipped better than served");
            assert!(done(Act::Service) >= done(Act::InHouse), "{id}: {relation} served better than in-house");
            // Nothing said of the form means any but a locked one.
            let formed = |form| verdict(Query { relation, form: Some(form), ..Query::default() });
            for form in [Form::Source, Form::Binary, Form::Web, Form::Container] {
                assert!(formed(form) <= done(Act::Ship), "{id}: {relation} {form} worse than any form");
            }
            assert!(formed(Form::AppStore) >= formed(Form::Binary), "{id}: {relation} better where copies are locked");
        }
    }
}

/// A restriction that stands behind `WITH` or beside `AND` is no better than the license alone, and both are alike.
#[test]
fn a_restriction_on_top_never_helps() {
    let judge = judge();
    let restrictions: Vec<&str> = Knowledge::builtin()
        .exceptions()
        .iter()
        .filter(|exception| exception.effect == Effect::AddedRestriction && exception.registered_for.is_empty())
        .map(|exception| exception.id.as_str())
        .collect();
    assert!(!restrictions.is_empty());
    for id in ["MIT", "Apache-2.0", "MPL-2.0", "LGPL-2.1-only", "GPL-3.0-only", "AGPL-3.0-only", "PPL", "CC-BY-4.0"] {
        for restriction in &restrictions {
            for &relation in Relation::ALL {
                for &act in Act::ALL {
                    let query = Query { relation, act, ..Query::default() };
                    let verdict = |text: &str| judge.judge(&expr(text), &query).verdict;
                    let (alone, with) = (verdict(id), verdict(&format!("{id} WITH {restriction}")));
                    let beside = verdict(&format!("{id} AND {restriction}"));
                    assert!(with >= alone && beside >= alone, "{id} {restriction} {relation} {act}");
                    assert_eq!(with, beside, "{id} {restriction} {relation} {act}");
                }
            }
        }
    }
}

/// Facts that limit a license further never make a verdict better.
#[test]
fn a_further_limit_never_helps() {
    let knowledge = Knowledge::builtin();
    let plain = judge();
    for limit in [
        "commercial-use = \"forbidden\"",
        "commercial-use = \"unknown\"",
        "field-of-use = [\"ethics\"]",
        "entity-bar = [\"private-wage-firm\"]",
        "grant = \"use-only\"",
        "no-derivatives = true",
        "attribution = [\"advertising\"]",
        "attribution = [\"badge\"]",
        "rename-on-change = true",
        "object-code-terms = true",
        "network-clause = \"remote-interaction\"",
        "network-clause = \"service-source\"",
        "drm = \"forbidden\"",
        "commercial-use = \"worker-owned-only\"",
        "commercial-use = \"no-hosted-service\"",
        "commercial-use = \"small-business\"",
        "field-of-use = [\"competing-use\"]",
        "entity-bar = [\"named\"]",
        "grant = \"nothing\"",
        "share-alike = { scope = \"work\", trigger = \"distribute\" }",
        "share-alike = { scope = \"network\", trigger = \"network-use\" }",
        "source = \"work-plus-tools\"",
    ] {
        let ids =
            ["MIT", "Apache-2.0", "BSD-3-Clause", "MPL-2.0", "EPL-2.0", "LGPL-2.1-only", "CC-BY-4.0", "GPL-3.0-only"];
        let entry = |id: &&str| format!("[[license]]\nid = \"{id}\"\nstatus = \"read\"\nfacts = {{ {limit} }}\n");
        let entries = ids.iter().map(entry).collect::<Vec<_>>().concat();
        let text = format!("id = \"limited\"\ntitle = \"limited\"\nabout = \"limited\"\n{entries}");
        let file = File { path: "families/limited.toml".to_owned(), text };
        let limited = knowledge.overlay(&[file]).unwrap();
        let strict = Judge::new(&limited, &expr("PPL"), Answers::new());
        for id in ids {
            for &relation in Relation::ALL {
                for &act in Act::ALL {
                    let query = Query { relation, act, ..Query::default() };
                    let (before, after) =
                        (plain.judge(&expr(id), &query).verdict, strict.judge(&expr(id), &query).verdict);
                    // A narrower claim on a license that claims more already is no further limit.
                    let claims_less = id == "GPL-3.0-only" && limit.starts_with("share-alike");
                    assert!(after >= before || claims_less, "{id} {relation} {act} with {limit}: {before} to {after}");
                }
            }
        }
    }
    assert!(knowledge.licenses().iter().any(|license| matches!(license.record, Record::Facts(_))));
}
