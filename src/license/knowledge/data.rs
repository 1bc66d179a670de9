//! The knowledge as data, and look-ups in it.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::aliases::Aliases;
use super::rule_schema::{
    AboutQuestion, Defaults, DownstreamWords, Faq, FormEntry, Letter, Note, RelationEntry, Switch,
};
use super::rules::{Obligation, Rule};
use super::schema::{Contested, Effect, Quote, Status};
use crate::license::facts::Facts;

/// Everything known about licenses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Knowledge {
    /// The digest of the files it was made from, in hexadecimal.
    pub digest: String,
    pub(super) families: Vec<Family>,
    pub(super) licenses: Vec<License>,
    pub(super) exceptions: Vec<Exception>,
    pub(super) aliases: Aliases,
    pub(super) rules: Vec<Rule>,
    pub(super) obligations: Vec<Obligation>,
    pub(super) switches: Vec<Switch>,
    pub(super) relations: Relations,
    pub(super) notes: Vec<Note>,
    pub(super) questions: Vec<AboutQuestion>,
    pub(super) faq: Vec<Faq>,
    pub(super) letters: Vec<Letter>,
    pub(super) downstream: Vec<DownstreamWords>,
    pub(super) defaults: Defaults,
}

/// What licenses of one family share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Family {
    /// The id.
    pub id: String,
    /// One line.
    pub title: String,
    /// Two to five plain sentences.
    pub about: String,
    /// The shared facts, as TOML, for members that an overlay adds.
    pub facts: String,
    /// The shared quotes.
    pub quotes: Vec<Quote>,
    /// The shared contested facts.
    pub contested: Vec<Contested>,
    /// What a waiver of a clause changes: the clause, and facts as TOML.
    pub waivable: Vec<(String, String)>,
}

/// One license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct License {
    /// The SPDX id, or `LicenseRef-…`.
    pub id: String,
    /// The name, for ids that are not on the SPDX list.
    pub name: Option<String>,
    /// The id of its family.
    pub family: String,
    /// How the record came to be.
    pub status: Status,
    /// For a derived record: the sibling it was compared with.
    pub derived_from: Option<String>,
    /// For a derived record: how the texts differ.
    pub difference: Option<String>,
    /// What is known of it.
    pub record: Record,
    /// Its later versions.
    pub later: Vec<String>,
    /// Words of its text that show facts.
    pub quotes: Vec<Quote>,
    /// Facts on which readers disagree.
    pub contested: Vec<Contested>,
    /// What a waiver of a clause changes: the clause, and facts as TOML.
    pub waivable: Vec<(String, String)>,
    /// What a reader should know besides.
    pub note: Option<String>,
    /// Where it was read.
    pub sources: Vec<String>,
}

/// What is known of a license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Record {
    /// Its facts.
    Facts(Box<Facts>),
    /// A deprecated id: the expression that replaces it.
    ReplacedBy(String),
    /// An id that stands for several versions: each of them.
    AnyOf(Vec<String>),
    /// Nothing yet.
    Unread,
}

/// One exception.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// The id.
    pub id: String,
    /// The name, for ids that are not on the SPDX list.
    pub name: Option<String>,
    /// How the record came to be.
    pub status: Status,
    /// What it does.
    pub effect: Effect,
    /// The licenses it is written for; any if empty.
    pub registered_for: Vec<String>,
    /// The facts that an added restriction replaces, as TOML.
    pub facts: String,
    /// One or two plain sentences.
    pub about: String,
    /// Words of its text.
    pub quotes: Vec<Quote>,
    /// What a reader should know besides.
    pub note: Option<String>,
    /// Where it was read.
    pub sources: Vec<String>,
}

/// How parts are joined to a work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relations {
    /// The relations in which a copy of the part is in what is shipped.
    pub given_on: Vec<String>,
    /// What each relation means in copyright law, sorted by relation.
    pub reach: Vec<(String, String)>,
    /// The direct dependencies that mark a tree as bundled, by package type.
    pub bundlers: Vec<(String, Vec<String>)>,
    /// How a found part is joined: the first row that matches counts.
    pub rows: Vec<RelationEntry>,
    /// What reaches each form in which the work is given on.
    pub forms: Vec<FormEntry>,
}

impl Relations {
    /// Returns whether a part reaches a form; `holds` says whether the work has packages of a type.
    pub fn reaches(&self, form: &str, relation: &str, ty: &str, holds: impl Fn(&str) -> bool) -> bool {
        let Some(row) = self.forms.iter().find(|row| row.form == form) else { return true };
        let has = |words: &[String], word: &str| words.iter().any(|known| known == word);
        (row.relations.is_empty() || has(&row.relations, relation))
            && !has(&row.without_types, ty)
            && (has(&row.types, ty) || !row.types.iter().any(|known| holds(known)))
    }
}

impl Knowledge {
    /// Returns the license with an id, compared without case.
    pub fn license(&self, id: &str) -> Option<&License> {
        by_id(&self.licenses, id, |license| &license.id)
    }

    /// Returns the exception with an id, compared without case.
    pub fn exception(&self, id: &str) -> Option<&Exception> {
        by_id(&self.exceptions, id, |exception| &exception.id)
    }

    /// Returns the family with an id.
    pub fn family(&self, id: &str) -> Option<&Family> {
        by_id(&self.families, id, |family| &family.id)
    }

    /// Returns the rule with an id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        by_id(&self.rules, id, |rule| &rule.id)
    }

    /// Returns the obligation with an id.
    pub fn obligation(&self, id: &str) -> Option<&Obligation> {
        by_id(&self.obligations, id, |obligation| &obligation.id)
    }

    /// Returns the switch with an id.
    pub fn switch(&self, id: &str) -> Option<&Switch> {
        by_id(&self.switches, id, |switch| &switch.id)
    }

    /// Returns the note with an id.
    pub fn note(&self, id: &str) -> Option<&Note> {
        by_id(&self.notes, id, |note| &note.id)
    }

    /// Returns the question and answer with an id.
    pub fn faq(&self, id: &str) -> Option<&Faq> {
        by_id(&self.faq, id, |faq| &faq.id)
    }

    /// Returns every license, by id without case.
    pub fn licenses(&self) -> &[License] {
        &self.licenses
    }

    /// Returns every exception, by id without case.
    pub fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }

    /// Returns every family, by id.
    pub fn families(&self) -> &[Family] {
        &self.families
    }

    /// Returns every rule, by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Returns every obligation, by id.
    pub fn obligations(&self) -> &[Obligation] {
        &self.obligations
    }

    /// Returns every switch, by id.
    pub fn switches(&self) -> &[Switch] {
        &self.switches
    }

    /// Returns every note, by id.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Returns what each question means that rules answer.
    pub fn questions(&self) -> &[AboutQuestion] {
        &self.questions
    }

    /// Returns what every project is asked, by id.
    pub fn faqs(&self) -> &[Faq] {
        &self.faq
    }

    /// Returns the letters to authors, by id and language.
    pub fn letters(&self) -> &[Letter] {
        &self.letters
    }

    /// Returns the words of the page for those who get a work, by language.
    pub fn downstream(&self) -> &[DownstreamWords] {
        &self.downstream
    }

    /// Returns the spellings people use.
    pub fn aliases(&self) -> &Aliases {
        &self.aliases
    }

    /// Returns how parts are joined to a work.
    pub fn relations(&self) -> &Relations {
        &self.relations
    }

    /// Returns the ids the program needs by itself.
    pub fn defaults(&self) -> &Defaults {
        &self.defaults
    }

    /// Forgets the cases of the rules, which only checks of the data need.
    pub fn drop_cases(&mut self) {
        self.rules.iter_mut().for_each(|rule| rule.cases.clear());
    }

    /// Returns the facts of a license id that has some of its own.
    pub fn facts(&self, id: &str) -> Option<&Facts> {
        match &self.license(id)?.record {
            Record::Facts(facts) => Some(facts),
            Record::ReplacedBy(_) | Record::AnyOf(_) | Record::Unread => None,
        }
    }
}

impl Exception {
    /// Returns whether it is written for a license; one that names no license is written for any.
    pub fn is_registered_for(&self, license: &str) -> bool {
        let matches = |pattern: &String| match pattern.strip_suffix('*') {
            Some(prefix) => license.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)),
            None => pattern.eq_ignore_ascii_case(license),
        };
        self.registered_for.is_empty() || self.registered_for.iter().any(matches)
    }
}

impl Relations {
    /// Returns what a relation means in copyright law.
    pub fn reach(&self, relation: &str) -> Option<&str> {
        let at = self.reach.binary_search_by(|(known, _)| known.as_str().cmp(relation)).ok()?;
        self.reach.get(at).map(|(_, reach)| reach.as_str())
    }

    /// Returns whether a direct dependency marks its tree as bundled.
    pub fn is_bundler(&self, ty: &str, name: &str) -> bool {
        self.bundlers.iter().any(|(known, names)| known == ty && names.iter().any(|bundler| bundler == name))
    }

    /// Returns the first row about a part of a package type with a name and what was seen of it.
    pub fn infer(&self, ty: &str, name: &str, traits: &[&str]) -> Option<&RelationEntry> {
        self.rows.iter().find(|row| {
            (row.types.is_empty() || row.types.iter().any(|known| known == ty))
                && row.traits.iter().all(|wanted| traits.contains(&wanted.as_str()))
                && (row.names.is_empty() || row.names.iter().any(|pattern| matches_pattern(pattern, name)))
        })
    }
}

/// Returns whether a name fits a pattern in which `*` stands for any characters.
fn matches_pattern(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(middle) = last.replace(part) {
            let Some((_, after)) = rest.split_once(middle) else { return false };
            rest = after;
        }
    }
    last.map_or(rest.is_empty(), |ending: &str| rest.ends_with(ending))
}

fn by_id<'a, T>(entries: &'a [T], id: &str, id_of: impl Fn(&T) -> &String) -> Option<&'a T> {
    let at = entries.binary_search_by(|entry| compare_ids(id_of(entry), id)).ok()?;
    entries.get(at)
}

/// Orders ids without case.
pub(super) fn compare_ids(left: &str, right: &str) -> Ordering {
    left.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(right.bytes().map(|byte| byte.to_ascii_lowercase()))
}
