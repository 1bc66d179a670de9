//! From one license of an expression to the facts that hold for it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::license::expr::{Expr, Id, License as Leaf};
use crate::license::facts::{Facts, Link, Linking, Restrictions, ShareScope, Source};
use crate::license::knowledge::schema::{Effect, Status};
use crate::license::knowledge::vocabulary::{Key, Subject};
use crate::license::knowledge::{Exception, Knowledge, License, Record, Spelling};

use super::waivers::covers;

/// One version of a license, with what an exception makes of it.
#[derive(Clone, Debug)]
pub(super) struct Version<'k> {
    /// The record.
    pub(super) license: &'k License,
    /// Its facts; none if it was not read yet.
    pub(super) facts: Option<Cow<'k, Facts>>,
    /// How the exception beside it counts.
    pub(super) exception: Option<&'static str>,
    /// The record of the exception, if there is one.
    pub(super) beside: Option<&'k Exception>,
}

/// What one license of an expression stands for.
#[derive(Clone, Debug)]
pub(super) enum Meaning<'k> {
    /// One of these versions, as the user chooses.
    Versions(Vec<Version<'k>>),
    /// Another expression.
    Replaced(Expr),
    /// Nothing that can be judged: the word of the evidence.
    Nothing(&'static str),
    /// Words that do not say which license is meant: the word of the evidence, and why they do not.
    Unclear(&'static str, String),
}

/// Returns what one license of an expression stands for.
pub(super) fn meaning<'k>(knowledge: &'k Knowledge, leaf: &Leaf) -> Meaning<'k> {
    match &leaf.id {
        Id::None => return Meaning::Nothing("grants-nothing"),
        Id::NoAssertion => return Meaning::Nothing("no-assertion"),
        Id::Ref { document: Some(_), .. } => return Meaning::Nothing("unknown-reference"),
        Id::Spdx(_) | Id::Ref { document: None, .. } => {}
    }
    let Some(license) = knowledge.license(&leaf.id.to_string()) else { return reference(knowledge, leaf) };
    if let Some(both) = restricted(knowledge, leaf) {
        return Meaning::Replaced(both);
    }
    match &license.record {
        Record::ReplacedBy(expression) => replaced(leaf, expression),
        Record::AnyOf(ids) => {
            let versions = ids.iter().filter_map(|id| knowledge.license(id));
            Meaning::Versions(versions.map(|version| with_exception(knowledge, leaf, license, version)).collect())
        }
        Record::Facts(_) | Record::Unread => {
            let later = if leaf.or_later { license.later.as_slice() } else { &[] };
            let versions = std::iter::once(license).chain(later.iter().filter_map(|id| knowledge.license(id)));
            Meaning::Versions(versions.map(|version| with_exception(knowledge, leaf, license, version)).collect())
        }
    }
}

/// Reads a reference that is no license's id as the spelling it is.
fn reference<'k>(knowledge: &'k Knowledge, leaf: &Leaf) -> Meaning<'k> {
    match knowledge.aliases().spelling(None, &leaf.id.to_string()) {
        Some(Spelling::Expression(expression)) => replaced(leaf, expression),
        Some(Spelling::Ambiguous(_)) => {
            Meaning::Unclear("ambiguous-name", "several licenses have this name".to_owned())
        }
        Some(Spelling::Unknown(reason)) => Meaning::Unclear("unclear-statement", reason.to_owned()),
        None => Meaning::Nothing("unknown-reference"),
    }
}

/// Reads a restriction behind `WITH` that is a license of its own as what it is: terms beside those of the license,
/// which all stay in force.
fn restricted(knowledge: &Knowledge, leaf: &Leaf) -> Option<Expr> {
    let exception = knowledge.exception(&leaf.exception.as_ref()?.to_string())?;
    if exception.effect != Effect::AddedRestriction || exception.status == Status::Unread {
        return None;
    }
    let restriction = knowledge.license(&exception.id).and_then(|license| Expr::parse(&license.id).ok())?;
    Some(Expr::And(vec![Expr::License(Leaf { exception: None, ..leaf.clone() }), restriction.expr]))
}

/// Reads the replacement of a deprecated id and hands it the `+` and the exception of the id.
fn replaced<'k>(leaf: &Leaf, expression: &str) -> Meaning<'k> {
    let Ok(parsed) = Expr::parse(expression) else { return Meaning::Nothing("unknown-reference") };
    match (parsed.expr, &leaf.exception) {
        (Expr::License(mut other), beside) => {
            other.or_later |= leaf.or_later;
            let with = |exception: &Option<_>| Expr::License(Leaf { exception: exception.clone(), ..other.clone() });
            Meaning::Replaced(match (&other.exception, beside) {
                // Which of the two is meant, or whether both are, nobody says: the worse counts.
                (Some(_), Some(_)) => Expr::And(vec![with(&other.exception), with(beside)]),
                (None, _) => with(beside),
                (_, None) => with(&other.exception),
            })
        }
        (expr, None) => Meaning::Replaced(expr),
        (expr, Some(_)) => {
            let unclear = Leaf { id: Id::NoAssertion, or_later: false, exception: None };
            Meaning::Replaced(Expr::And(vec![expr, Expr::License(unclear)]))
        }
    }
}

fn with_exception<'k>(
    knowledge: &'k Knowledge,
    leaf: &Leaf,
    written: &'k License,
    version: &'k License,
) -> Version<'k> {
    let facts = match &version.record {
        Record::Facts(facts) => Some(Cow::Borrowed(facts.as_ref())),
        Record::ReplacedBy(_) | Record::AnyOf(_) | Record::Unread => None,
    };
    let mut found = Version { license: version, facts, exception: None, beside: None };
    let Some(id) = &leaf.exception else { return found };
    let Some(exception) = knowledge.exception(&id.to_string()) else {
        found.exception = Some("unknown");
        return found;
    };
    found.beside = Some(exception);
    let registered = exception.is_registered_for(&written.id) || exception.is_registered_for(&version.id);
    let read = exception.status != Status::Unread;
    found.exception = Some(match (registered, read) {
        (_, false) => "unknown",
        (false, true) => "not-registered",
        (true, true) => effect_word(exception.effect),
    });
    if registered && read {
        found.facts = found.facts.map(|facts| Cow::Owned(apply(exception, facts.into_owned())));
    }
    found
}

/// Returns the word by which conditions name an effect.
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

/// Changes the facts of a license as an exception does.
fn apply(exception: &Exception, mut facts: Facts) -> Facts {
    match exception.effect {
        Effect::Linking | Effect::Runtime => {
            if matches!(facts.share_alike.scope, ShareScope::Work | ShareScope::Network | ShareScope::Library) {
                facts.share_alike.scope = ShareScope::Library;
                facts.linking = Some(Linking { statically: Link::Free, dynamically: Link::Free });
            }
            if facts.further_restrictions_forbidden == Restrictions::Work {
                facts.further_restrictions_forbidden = Restrictions::Part;
            }
            if matches!(facts.source, Source::Work | Source::Network) {
                facts.source = Source::Library;
            }
        }
        // The first three matter for one relation only, and rules ask for them by name; a combination with named
        // components is not what is asked here; an added restriction states its own facts.
        Effect::GeneratedOutput
        | Effect::Embedding
        | Effect::Boundary
        | Effect::FossListOnly
        | Effect::NamedComponent
        | Effect::AddedRestriction
        | Effect::None => {}
    }
    overlay(facts, &exception.facts)
}

fn overlay(facts: Facts, changes: &str) -> Facts {
    if changes.is_empty() {
        return facts;
    }
    let merged =
        toml::Table::try_from(&facts).ok().zip(changes.parse::<toml::Table>().ok()).map(|(mut all, changes)| {
            all.extend(changes);
            toml::Value::Table(all)
        });
    // The loader has checked that the changes are facts.
    merged.and_then(|merged| merged.try_into().ok()).unwrap_or(facts)
}

impl Version<'_> {
    /// Returns the version without the clauses that were waived, if any of them changes a fact.
    ///
    /// A waiver of `4(c)` covers `4(c)(ii)`, not the other way round.
    pub(super) fn relieved(&self, waived: &BTreeSet<String>) -> Option<Self> {
        let covers = |clause: &str| waived.iter().any(|waived| covers(waived, clause));
        let lifted: Vec<&str> = self
            .license
            .waivable
            .iter()
            .filter(|(clause, _)| covers(clause))
            .map(|(_, facts)| facts.as_str())
            .collect();
        let facts = self.facts.as_ref().filter(|_| !lifted.is_empty())?;
        let facts = lifted.into_iter().fold(facts.clone().into_owned(), overlay);
        Some(Version { facts: Some(Cow::Owned(facts)), ..self.clone() })
    }

    /// Adds what holds for this version, whatever the situation.
    pub(super) fn describe(&self, subject: &mut Subject) {
        if let Some(facts) = &self.facts {
            subject.add_facts(facts);
        }
        let status = match self.license.status {
            Status::Read => "read",
            Status::Derived => "derived",
            Status::Unread => "unread",
        };
        subject.set(Key::Status, status);
        for contested in &self.license.contested {
            subject.add(Key::Contested, &contested.fact);
        }
        if let Some(word) = self.exception {
            subject.set(Key::Exception, word);
        }
    }
}
