//! Licenses and exceptions: what they give and ask, who may use them, what they do to a project.

use std::collections::{BTreeSet, VecDeque};

use super::{Explanation, Item, facts};
use crate::license::expr::{Expr, license_name};
use crate::license::facts::Kind;
use crate::license::knowledge::schema::{Contested, Effect, Quote, Status};
use crate::license::knowledge::{Exception, Family, Knowledge, License, Record, Spelling};
use crate::model::{Relation, Scope, Verdict};
use crate::policy::{Act, Answers, Ask, Judge, PROFILES, Purpose, Query};
use crate::report::who::both_purposes;

pub(super) fn license(knowledge: &Knowledge, id: &str) -> Option<Explanation> {
    let license = knowledge.license(id)?;
    let title = license.name.as_deref().or_else(|| license_name(&license.id)).unwrap_or(&license.id);
    let mut about = Vec::new();
    if let Some(family) = knowledge.family(&license.family) {
        about.push(Item::text(family.about.trim()));
    }
    about.extend(stands_for(license));
    about.extend(license.note.as_deref().map(Item::text));
    let expr = Expr::parse(&license.id).ok().map(|parsed| parsed.expr);
    let explanation = Explanation::new("license", &license.id, title).with("about", "", about);
    let explanation = match expr.filter(|_| !matches!(license.record, Record::Unread)) {
        Some(expr) => judged(explanation, knowledge, license, &expr),
        None => explanation,
    };
    let texts = texts(knowledge, license);
    let mut explanation = explanation;
    for text in &texts {
        let Record::Facts(facts) = &text.record else { continue };
        let of = if texts.len() > 1 { format!(" ({})", text.id) } else { String::new() };
        explanation = explanation.with("facts", format!("What the text says, as facts{of}"), facts::rows(facts));
    }
    let words = texts.iter().flat_map(|text| quotes(&text.id, &text.quotes)).collect();
    explanation = explanation.with("quotes", "In its own words", words);
    let mut readings: Vec<Contested> = Vec::new();
    for entry in texts.iter().flat_map(|text| &text.contested) {
        if !readings.contains(entry) {
            readings.push(entry.clone());
        }
    }
    let explanation = contested(explanation, &readings);
    Some(explanation.with("record", "How this is known", provenance(license)))
}

/// Returns the licenses whose texts an id means: itself, or what it stands for.
fn texts<'k>(knowledge: &'k Knowledge, license: &'k License) -> Vec<&'k License> {
    let mut texts = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open = VecDeque::from([license]);
    while let Some(license) = open.pop_front() {
        if !seen.insert(&license.id) {
            continue;
        }
        match &license.record {
            Record::Facts(_) | Record::Unread => texts.push(license),
            Record::AnyOf(ids) => open.extend(ids.iter().filter_map(|id| knowledge.license(id))),
            Record::ReplacedBy(expression) => {
                let parsed = Expr::parse(expression).map(|parsed| parsed.expr);
                let named: Vec<String> =
                    parsed.iter().flat_map(Expr::licenses).map(|leaf| leaf.id.to_string()).collect();
                open.extend(named.iter().filter_map(|id| knowledge.license(id)));
            }
        }
    }
    texts
}

/// Says what an id without facts of its own stands for.
fn stands_for(license: &License) -> Option<Item> {
    match &license.record {
        Record::ReplacedBy(expression) => {
            Some(Item::text(format!("This id is out of use: {expression} says the same.")))
        }
        Record::AnyOf(ids) => Some(Item::text(format!("You may choose among its versions: {}.", ids.join(", ")))),
        Record::Unread => Some(Item::text("Its text has not been read yet, so it is judged as unknown.")),
        Record::Facts(_) => None,
    }
}

/// Adds who may use it, what it asks, and what it does to a project.
fn judged(explanation: Explanation, knowledge: &Knowledge, license: &License, expr: &Expr) -> Explanation {
    let Ok(outbound) = Expr::parse(&knowledge.defaults().outbound) else { return explanation };
    let judge = Judge::new(knowledge, &outbound.expr, Answers::new());
    let kind = knowledge.facts(&license.id).map_or(Kind::Software, |facts| facts.kind);
    explanation
        .with("users", "Who may use it", users(&judge, expr))
        .with("obligations", "What it asks when copies are given to others", owed(&judge, expr, kind))
        .with("verdicts", format!("In a project under {}", outbound.expr), verdicts(&judge, expr, kind))
}

/// Answers for every kind of user and use; one line where all answers are equal.
fn users(judge: &Judge<'_>, expr: &Expr) -> Vec<Item> {
    let mut answers: Vec<(String, Vec<&str>)> = Vec::new();
    for profile in PROFILES {
        let said = |act: Act, purpose: Purpose| {
            let user = Some(profile.user(purpose));
            let judged = judge.judge(expr, &Query { ask: Ask::Use, act, user, ..Query::default() });
            (judged.verdict, judged.cause)
        };
        // What giving copies on asks in addition stands below.
        let beyond_duties = |act: Act, purpose: Purpose| match said(act, purpose) {
            (Verdict::Obligation, _) => said(Act::InHouse, purpose),
            other => other,
        };
        let both =
            |act| both_purposes(beyond_duties(act, Purpose::NonCommercial), beyond_duties(act, Purpose::Commercial));
        let answer = by_use(&both(Act::InHouse), &both(Act::Service), &both(Act::Ship));
        match answers.iter_mut().find(|(known, _)| *known == answer) {
            Some((_, users)) => users.push(profile.words),
            None => answers.push((answer, vec![profile.words])),
        }
    }
    let everybody = answers.len() == 1;
    let row = |(answer, users): (String, Vec<&str>)| {
        let users = if everybody { "everybody".to_owned() } else { users.join("; ") };
        Item::row(answer, users, "")
    };
    answers.into_iter().map(row).collect()
}

/// Puts the answers for three uses into one.
fn by_use(in_house: &str, service: &str, ship: &str) -> String {
    match (service == in_house, ship == in_house) {
        (true, true) => in_house.to_owned(),
        (false, true) => format!("as a service: {service}; otherwise: {in_house}"),
        (true, false) => format!("giving copies on: {ship}; otherwise: {in_house}"),
        (false, false) if service == ship => format!("in-house: {in_house}; otherwise: {ship}"),
        (false, false) => format!("in-house: {in_house}; as a service: {service}; giving copies on: {ship}"),
    }
}

/// The relation in which a work of this kind is usually joined.
fn usual(kind: Kind) -> Relation {
    match kind {
        Kind::Software | Kind::Hardware | Kind::Documentation => Relation::Static,
        Kind::Content | Kind::Font | Kind::Data | Kind::Model => Relation::Asset,
    }
}

fn owed(judge: &Judge<'_>, expr: &Expr, kind: Kind) -> Vec<Item> {
    let query = Query { relation: usual(kind), part: kind, ..Query::default() };
    let judged = judge.judge(expr, &query);
    let mut ids: Vec<&str> = judged.obligations.iter().map(|owed| owed.id.as_str()).collect();
    ids.dedup();
    let rows = ids.into_iter().filter_map(|id| judge.knowledge().obligation(id));
    rows.map(|obligation| Item::row(&obligation.id, &obligation.title, "")).collect()
}

fn verdicts(judge: &Judge<'_>, expr: &Expr, kind: Kind) -> Vec<Item> {
    let shipped = |words: &'static str, relation: Relation| (words, relation, Scope::Runtime, Act::Ship);
    let situations = [
        shipped("copied in and changed", Relation::Modified),
        shipped("linked into one program", Relation::Static),
        shipped("linked or imported at run time", Relation::Dynamic),
        shipped("a font, picture or data file", Relation::Asset),
        shipped("a program of its own, shipped along", Relation::SeparateProcess),
        ("behind a service, nothing shipped", Relation::Static, Scope::Runtime, Act::Service),
        ("a tool for developing alone", Relation::Dev, Scope::Dev, Act::Ship),
    ];
    let row = |(words, relation, scope, act): (&str, Relation, Scope, Act)| {
        let judged = judge.judge(expr, &Query { relation, scope, act, part: kind, ..Query::default() });
        let deciding = judged.rules.iter().find(|hit| hit.verdict == judged.verdict).or(judged.rules.first());
        let why = deciding.map_or_else(String::new, |hit| {
            let because = hit.because.as_deref().unwrap_or_default();
            format!("{because} [{}]", hit.rule)
        });
        Item::row(words, judged.verdict.word(), why)
    };
    situations.into_iter().map(row).collect()
}

pub(super) fn quotes(license: &str, quotes: &[Quote]) -> Vec<Item> {
    let mut shown: Vec<&Quote> = Vec::new();
    for quote in quotes {
        if !shown.iter().any(|known| known.text == quote.text) {
            shown.push(quote);
        }
    }
    let item = |quote: &Quote| Item::Quote {
        license: license.to_owned(),
        clause: quote.clause.clone(),
        text: quote.text.clone(),
    };
    shown.into_iter().map(item).collect()
}

/// Adds each contested fact with its readings, whichever of them is in force.
pub(super) fn contested(mut explanation: Explanation, contested: &[Contested]) -> Explanation {
    for entry in contested {
        let heading = format!("Where readers disagree: {} ({})", entry.fact, entry.scenario);
        let readings = entry.readings.iter().map(|reading| Item::Reading {
            says: reading.says.clone(),
            by: reading.by.clone(),
            source: reading.source.clone(),
        });
        explanation = explanation.with("contested", heading, readings.collect());
    }
    explanation
}

fn provenance(license: &License) -> Vec<Item> {
    let derived = license.derived_from.as_deref().zip(license.difference.as_deref());
    let status = match (license.status, derived) {
        (Status::Read, _) => "its text was read for this".to_owned(),
        (Status::Derived, Some((from, difference))) => format!("from {from}; {difference}"),
        (Status::Derived, None) => "from a sibling's record".to_owned(),
        (Status::Unread, _) => "not read yet".to_owned(),
    };
    let status = Item::row(status_word(license.status), status, "");
    let family = Item::row("family", &license.family, "");
    let sources = license.sources.iter().map(|source| Item::row("source", source, ""));
    [status, family].into_iter().chain(sources).collect()
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Read => "read",
        Status::Derived => "derived",
        Status::Unread => "unread",
    }
}

pub(super) fn exception(knowledge: &Knowledge, id: &str) -> Option<Explanation> {
    let exception = knowledge.exception(id)?;
    let effect = Item::row("effect", effect_word(exception.effect), effect_meaning(exception.effect));
    let mut about = vec![Item::text(exception.about.trim()), effect];
    about.extend(exception.note.as_deref().map(Item::text));
    let name = exception.name.as_deref().or_else(|| exception_name(&exception.id)).unwrap_or(&exception.id);
    let sources = exception.sources.iter().map(|source| Item::row("source", source, ""));
    let record = std::iter::once(Item::row("record", status_word(exception.status), "")).chain(sources).collect();
    Some(
        Explanation::new("exception", &exception.id, name)
            .with("about", "", about)
            .with("quotes", "In its own words", quotes(&exception.id, &exception.quotes))
            .with("verdicts", "What it changes", changes(knowledge, exception))
            .with("record", "How this is known", record),
    )
}

fn exception_name(id: &str) -> Option<&'static str> {
    let known = spdx::identifiers::EXCEPTIONS.iter().find(|exception| exception.name == id);
    known.map(|exception| exception.name)
}

/// Compares the first license the exception is written for, alone and with it.
fn changes(knowledge: &Knowledge, exception: &Exception) -> Vec<Item> {
    let mut items = vec![Item::row(
        "written for",
        if exception.registered_for.is_empty() {
            "any license".to_owned()
        } else {
            exception.registered_for.join(", ")
        },
        "",
    )];
    let registered = |license: &&License| {
        !exception.registered_for.is_empty()
            && exception.is_registered_for(&license.id)
            && matches!(license.record, Record::Facts(_))
    };
    let Some(license) = knowledge.licenses().iter().find(registered) else { return items };
    let Ok(outbound) = Expr::parse(&knowledge.defaults().outbound) else { return items };
    let judge = Judge::new(knowledge, &outbound.expr, Answers::new());
    for text in [license.id.clone(), format!("{} WITH {}", license.id, exception.id)] {
        let Ok(expr) = Expr::parse(&text) else { continue };
        let judged = judge.judge(&expr.expr, &Query::default());
        let because = judged.rules.first().and_then(|hit| hit.because.as_deref()).unwrap_or_default();
        items.push(Item::row(text, judged.verdict.word(), because));
    }
    items
}

fn effect_word(effect: Effect) -> &'static str {
    match effect {
        Effect::Linking => "linking",
        Effect::Runtime => "runtime",
        Effect::GeneratedOutput => "generated-output",
        Effect::Embedding => "embedding",
        Effect::Boundary => "boundary",
        Effect::FossListOnly => "foss-list-only",
        Effect::NamedComponent => "named-component",
        Effect::AddedRestriction => "added-restriction",
        Effect::None => "none",
    }
}

fn effect_meaning(effect: Effect) -> &'static str {
    match effect {
        Effect::Linking => "linking with the part does not bring the whole under its license",
        Effect::Runtime => "what a tool adds to its output is free of the license",
        Effect::GeneratedOutput => "what the tool generates is free of the license",
        Effect::Embedding => "embedding, as of a font in a document, is free of the license",
        Effect::Boundary => "the license ends at a boundary, such as the system calls of a kernel",
        Effect::FossListOnly => "it frees combinations with listed free licenses only, and the PPL is none of them",
        Effect::NamedComponent => "it frees combinations with a named component only",
        Effect::AddedRestriction => "it takes away something that the license grants",
        Effect::None => "it changes nothing that matters here",
    }
}

/// Explains what is no id: an expression, or a spelling people use, and each license it names.
pub(super) fn spelling(knowledge: &Knowledge, raw: &str) -> Vec<Explanation> {
    let (about, title, expression) =
        match knowledge.aliases().spelling(None, raw).or_else(|| knowledge.aliases().address(raw)) {
            Some(Spelling::Expression(expression)) => (SPELLING, format!("is read as {expression}"), expression),
            Some(Spelling::Ambiguous(candidates)) => {
                let title = format!("names several things: {}", candidates.join(", or "));
                return vec![spelled(raw, title, SPELLING)];
            }
            Some(Spelling::Unknown(reason)) => {
                return vec![spelled(raw, format!("says nothing that can be judged: {reason}"), SPELLING)];
            }
            None => (EXPRESSION, "a license expression".to_owned(), raw),
        };
    let Ok(parsed) = Expr::parse(expression) else { return Vec::new() };
    let mut explained = vec![spelled(raw, title, about)];
    for leaf in parsed.expr.licenses() {
        explained.extend(license(knowledge, &leaf.id.to_string()));
        explained.extend(leaf.exception.as_ref().and_then(|id| exception(knowledge, &id.to_string())));
    }
    // An expression of which no part is known explains nothing.
    if explained.len() == 1 { Vec::new() } else { explained }
}

const SPELLING: &str = "This is a spelling people use, and no id of the SPDX license list.";
const EXPRESSION: &str = "`ppl-check eval` judges it as a whole; these are its parts.";

fn spelled(raw: &str, title: String, about: &str) -> Explanation {
    Explanation::new("spelling", raw, title).with("about", "", vec![Item::text(about)])
}

/// Returns the licenses of a family in words.
pub(super) fn members(knowledge: &Knowledge, family: &Family) -> Vec<String> {
    let members = knowledge.licenses().iter().filter(|license| license.family == family.id);
    members.map(|license| license.id.clone()).collect()
}
