//! What release documents need beside verdicts: texts, what duties ask for, the matrix of users, the terms.

use std::collections::{BTreeMap, BTreeSet};

use crate::license::expr::{Expr, Id};
use crate::license::identify::canonical_text;
use crate::license::knowledge::Knowledge;
use crate::license::knowledge::rule_schema::Weight;
use crate::model::{Clause, Inventory, Package, Statement};
use crate::policy::{Act, Answers, Assessment, Whole, ingredients};
use crate::report::who::matrix;
use crate::report::{Documents, Duty, Terms};
use crate::resolve::EvidenceTexts;

/// Collects it.
pub(super) fn collect(
    created: &str,
    knowledge: &Knowledge,
    outbound: &Expr,
    inventory: &Inventory,
    assessment: &Assessment,
    texts: EvidenceTexts,
) -> Documents {
    let parts = ingredients(inventory, &assessment.judgements);
    let whole = Whole::new(knowledge, Answers::new(), outbound, &parts);
    let mut wanted: BTreeSet<String> = ids(outbound).collect();
    for package in inventory.packages.iter().filter(|package| !has_text(package)) {
        wanted.extend(package.resolution.readings().iter().flat_map(ids));
    }
    Documents {
        created: created.to_owned(),
        canonical: wanted.into_iter().filter_map(|id| canonical_text(&id).map(|text| (id, text))).collect(),
        duties: duties(knowledge, assessment),
        matrix: matrix(&whole, None, Act::ALL),
        terms: ids(outbound).filter_map(|id| terms(knowledge, &id)).collect(),
        texts,
    }
}

/// Returns the licenses and exceptions of an expression, by id.
fn ids(expr: &Expr) -> impl Iterator<Item = String> {
    expr.licenses()
        .into_iter()
        .filter(|license| matches!(license.id, Id::Spdx(_) | Id::Ref { .. }))
        .flat_map(|license| {
            let exception = license.exception.as_ref().map(ToString::to_string);
            std::iter::once(license.id.to_string()).chain(exception)
        })
        .collect::<Vec<_>>()
        .into_iter()
}

fn has_text(package: &Package) -> bool {
    package.claims.iter().any(|claim| matches!(claim.says, Statement::Text { .. }))
}

fn duties(knowledge: &Knowledge, assessment: &Assessment) -> BTreeMap<String, Duty> {
    let owed = assessment.judgements.iter().flatten().flat_map(|judgement| &judgement.obligations);
    let ids: BTreeSet<&str> = owed.map(|owed| owed.id.as_str()).collect();
    let described = ids.into_iter().filter_map(|id| knowledge.obligation(id));
    described
        .map(|duty| {
            let (title, about) = (duty.title.clone(), duty.about.clone());
            (duty.id.clone(), Duty { title, about, is_duty: duty.weight == Weight::Duty })
        })
        .collect()
}

/// Returns what a license says of those who get the work, in the order of its sections.
fn terms(knowledge: &Knowledge, id: &str) -> Option<Terms> {
    let license = knowledge.license(id)?;
    let family = knowledge.family(&license.family);
    let quotes = license.quotes.iter().chain(family.into_iter().flat_map(|family| &family.quotes));
    let clause = |section: &str, quote: &str| Clause {
        license: license.id.clone(),
        section: section.to_owned(),
        quote: quote.to_owned(),
    };
    let mut clauses: Vec<_> = quotes.map(|quote| (quote.fact.clone(), clause(&quote.clause, &quote.text))).collect();
    clauses.sort_by(|(_, a), (_, b)| a.cmp(b));
    Some(Terms { license: license.id.clone(), name: license.name.clone(), clauses })
}
