//! What release documents need beside verdicts: texts, what duties ask for, the matrix of users, the terms.

use std::collections::{BTreeMap, BTreeSet};

use crate::license::identify::canonical_text;
use crate::license::knowledge::Knowledge;
use crate::license::knowledge::rule_schema::Weight;
use crate::model::{Clause, Inventory, Package, PackageIdx};
use crate::policy::{Act, Assessment, Form, Part, Scene, Whole, ingredients, members};
use crate::report::who::matrix;
use crate::report::{Documents, Duty, Terms};
use crate::resolve::EvidenceTexts;

/// Collects it.
pub(super) fn collect(created: &str, scene: &Scene, assessment: &Assessment, texts: EvidenceTexts) -> Documents {
    let Scene { knowledge, config, outbound, inventory, .. } = scene;
    let parts = ingredients(inventory, &assessment.judgements, &assessment.findings);
    let whole = Whole::new(knowledge, scene.answers(), outbound, &parts);
    let mut wanted: BTreeSet<String> = outbound.names();
    wanted.extend(
        inventory.packages.iter().flat_map(|package| package.resolution.readings()).flat_map(|expr| expr.names()),
    );
    let asked = |package: &Package| config.project.credit_removed.iter().any(|pattern| pattern.matches(&package.purl));
    let packages = inventory.packages.iter().enumerate();
    let (shipped, elsewhere) = shipped(knowledge, inventory, &scene.parts);
    Documents {
        created: created.to_owned(),
        canonical: wanted.into_iter().filter_map(|id| canonical_text(&id).map(|text| (id, text))).collect(),
        duties: duties(knowledge, assessment),
        matrix: matrix(&whole, None, Act::ALL),
        downstream: knowledge.downstream().to_vec(),
        terms: outbound.names().iter().filter_map(|id| terms(knowledge, id)).collect(),
        shipped,
        elsewhere,
        credit_removed: packages.filter(|(_, package)| asked(package)).map(|(idx, _)| idx).collect(),
        texts,
    }
}

/// Returns the packages of which a copy is in what is given on: in the forms of the parts, and in others alone.
fn shipped(
    knowledge: &Knowledge,
    inventory: &Inventory,
    parts: &[Part],
) -> (BTreeSet<PackageIdx>, BTreeSet<PackageIdx>) {
    let relations = knowledge.relations();
    let is_given = |package: &Package| {
        package.not_judged.is_none() && relations.given_on.iter().any(|relation| relation == package.relation.word())
    };
    let mut named = BTreeSet::new();
    for part in parts {
        let members = members(inventory, part);
        let in_part = |idx: &PackageIdx| members.get(*idx).copied().unwrap_or_default();
        let types: BTreeSet<&str> = inventory
            .packages
            .iter()
            .enumerate()
            .filter(|(idx, package)| in_part(idx) && is_given(package))
            .map(|(_, package)| package.purl.ty())
            .collect();
        let reaches = |package: &Package| {
            let (relation, ty) = (package.relation.word(), package.purl.ty());
            let to = |form: &Form| relations.reaches(form.word(), relation, ty, |known| types.contains(known));
            part.forms.is_empty() || part.forms.iter().any(to)
        };
        let given = inventory.packages.iter().enumerate();
        named.extend(given.filter(|(idx, package)| in_part(idx) && reaches(package)).map(|(idx, _)| idx));
    }
    let given = inventory.packages.iter().enumerate().filter(|(_, package)| is_given(package)).map(|(idx, _)| idx);
    given.partition(|idx| named.contains(idx))
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
    let others = knowledge.licenses().iter().filter(|other| other.family == license.family && other.id != license.id);
    let siblings = others.map(|other| other.name.clone().unwrap_or_else(|| other.id.clone())).collect();
    Some(Terms { license: license.id.clone(), name: license.name.clone(), siblings, clauses })
}
