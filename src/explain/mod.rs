//! What anything with an id means: licenses, rules, duties, switches, diagnostics, words of the vocabulary.
//!
//! An explanation is data: a title and sections of sentences, named values, quotes and readings. `report` writes it
//! for people and for programs. Nothing is judged here that `policy` does not judge.

mod facts;
mod license;
mod listing;
mod rule;
mod things;

use crate::base::Code;
use crate::base::nearest::nearest;
use crate::ecosystem::ECOSYSTEMS;
use crate::license::knowledge::Knowledge;
use crate::license::knowledge::vocabulary::Key;
use crate::model::{Cause, Relation, Scope, Verdict};
use crate::policy::{Act, Attestation, Entity, Form, Purpose};

pub use listing::LISTS;

/// What one id means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What it is: `license`, `rule`, `obligation` and so on.
    pub kind: &'static str,
    /// The id.
    pub id: String,
    /// One line.
    pub title: String,
    /// The rest, in the order in which a reader wants it.
    pub sections: Vec<Section>,
}

/// A part of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// A word that stays the same, for programs.
    pub id: &'static str,
    /// The heading for people; empty for what needs none.
    pub heading: String,
    /// What it says.
    pub items: Vec<Item>,
}

/// One thing that an explanation says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Sentences.
    Text(String),
    /// A value under a name, with what it means.
    Row {
        /// The name.
        name: String,
        /// The value.
        value: String,
        /// What it means; may be empty.
        about: String,
    },
    /// Words of a license.
    Quote {
        /// The license, by id.
        license: String,
        /// The section, as the text numbers it.
        clause: String,
        /// The words, verbatim.
        text: String,
    },
    /// One reading of a contested text.
    Reading {
        /// What it says.
        says: String,
        /// Who holds it.
        by: String,
        /// Where it can be read.
        source: String,
    },
}

impl Explanation {
    fn new(kind: &'static str, id: impl Into<String>, title: impl Into<String>) -> Self {
        Self { kind, id: id.into(), title: title.into(), sections: Vec::new() }
    }

    /// Adds a section that says something.
    fn with(mut self, id: &'static str, heading: impl Into<String>, items: Vec<Item>) -> Self {
        if !items.is_empty() {
            self.sections.push(Section { id, heading: heading.into(), items });
        }
        self
    }
}

impl Item {
    fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    fn row(name: impl Into<String>, value: impl Into<String>, about: impl Into<String>) -> Self {
        Self::Row { name: name.into(), value: value.into(), about: about.into() }
    }
}

/// Explains everything that has an id: several explanations if several things share it, none if nothing has it.
///
/// Rules are explained in the language that is asked for, if they are rendered in it; clauses stay as they are.
pub fn explain(knowledge: &Knowledge, id: &str, language: &str) -> Vec<Explanation> {
    let mut found = Vec::new();
    found.extend(listing::list(knowledge, id));
    found.extend(license::license(knowledge, id));
    found.extend(license::exception(knowledge, id));
    found.extend(rule::rule(knowledge, id, language));
    found.extend(things::obligation(knowledge, id));
    found.extend(things::switch(knowledge, id));
    found.extend(things::question(knowledge, id));
    found.extend(things::faq(knowledge, id));
    found.extend(things::note(knowledge, id));
    // Families are often called after their best-known license, which says the same and more.
    if found.is_empty() {
        found.extend(things::family(knowledge, id));
    }
    found.extend(things::diagnostic(id));
    found.extend(things::ecosystem(id));
    found.extend(facts::fact(knowledge, id));
    found.extend(things::word(id));
    if found.is_empty() {
        found.extend(license::spelling(knowledge, id));
    }
    found
}

/// Returns the id that may have been meant.
pub fn suggestion(knowledge: &Knowledge, id: &str) -> Option<String> {
    let ids = ids(knowledge);
    let near = nearest(id, ids.iter().map(String::as_str)).map(str::to_owned);
    // Half of a long id is as good as a slip of the finger.
    let folded = id.to_ascii_lowercase();
    near.or_else(|| ids.into_iter().find(|known| id.len() > 2 && known.to_ascii_lowercase().contains(&folded)))
}

/// Returns every id that can be explained.
pub fn ids(knowledge: &Knowledge) -> Vec<String> {
    let mut ids: Vec<String> = LISTS.iter().map(|list| list.id.to_owned()).collect();
    ids.extend(knowledge.licenses().iter().map(|license| license.id.clone()));
    ids.extend(knowledge.exceptions().iter().map(|exception| exception.id.clone()));
    ids.extend(knowledge.rules().iter().map(|rule| rule.id.clone()));
    ids.extend(knowledge.obligations().iter().map(|obligation| obligation.id.clone()));
    ids.extend(knowledge.switches().iter().map(|switch| switch.id.clone()));
    ids.extend(knowledge.questions().iter().map(|question| question.id.word().to_owned()));
    ids.extend(knowledge.faqs().iter().map(|faq| faq.id.clone()));
    ids.extend(knowledge.notes().iter().map(|note| note.id.clone()));
    ids.extend(knowledge.families().iter().map(|family| family.id.clone()));
    ids.extend(Code::ALL.iter().map(|code| code.id().to_owned()));
    ids.extend(ECOSYSTEMS.iter().map(|ecosystem| ecosystem.ty.to_owned()));
    ids.extend(Key::ALL.iter().map(|key| key.name().to_owned()));
    ids.extend(words().into_iter().map(|(_, word, _)| word.to_owned()));
    ids
}

/// The words of options and reports: what each is about, the word, what it means.
fn words() -> Vec<(&'static str, &'static str, &'static str)> {
    let mut words = Vec::new();
    words.extend(Act::ALL.iter().map(|word| ("use", word.word(), word.meaning())));
    words.extend(Attestation::ALL.iter().map(|word| ("attestation", word.word(), word.meaning())));
    words.extend(Cause::ALL.iter().map(|word| ("cause", word.word(), word.meaning())));
    words.extend(Entity::ALL.iter().map(|word| ("entity", word.word(), word.meaning())));
    words.extend(Form::ALL.iter().map(|word| ("form", word.word(), word.meaning())));
    words.extend(Purpose::ALL.iter().map(|word| ("purpose", word.word(), word.meaning())));
    words.extend(Relation::ALL.iter().map(|word| ("relation", word.word(), word.meaning())));
    words.extend(Scope::ALL.iter().map(|word| ("scope", word.word(), word.meaning())));
    words.extend(Verdict::ALL.iter().map(|word| ("verdict", word.word(), word.meaning())));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_with_an_id_is_explained() {
        let knowledge = Knowledge::builtin();
        for id in ids(knowledge) {
            let found = explain(knowledge, &id, "en");
            assert!(!found.is_empty(), "{id}");
            for explanation in found {
                assert!(!explanation.title.is_empty(), "{id}");
                let says_something = !explanation.sections.is_empty() || explanation.kind == "verdict";
                assert!(says_something, "{id}: {}", explanation.kind);
            }
        }
    }

    #[test]
    fn what_is_not_known_is_suggested() {
        let knowledge = Knowledge::builtin();
        assert!(explain(knowledge, "copyleft-dependancy", "en").is_empty());
        assert_eq!(suggestion(knowledge, "copyleft-dependancy").as_deref(), Some("copyleft-dependency"));
        assert_eq!(suggestion(knowledge, "GPL-3.0-onyl").as_deref(), Some("GPL-3.0-only"));
        assert_eq!(suggestion(knowledge, "no such thing at all"), None);
    }

    #[test]
    fn a_spelling_leads_to_its_license() {
        let found = explain(Knowledge::builtin(), "Apache License, Version 2.0", "en");
        assert_eq!(found.first().map(|found| found.id.as_str()), Some("Apache License, Version 2.0"));
        assert_eq!(found.get(1).map(|found| found.id.as_str()), Some("Apache-2.0"));
        // A name of several things is not taken for one of them.
        let found = explain(Knowledge::builtin(), "ACSL", "en");
        assert!(found.iter().all(|found| found.kind == "spelling"), "{found:?}");
    }

    #[test]
    fn what_answers_refer_to_can_be_explained() {
        let knowledge = Knowledge::builtin();
        for faq in knowledge.faqs() {
            for id in &faq.see {
                assert!(!explain(knowledge, id, "en").is_empty(), "{} refers to `{id}`", faq.id);
            }
        }
    }

    #[test]
    fn a_rule_is_explained_in_the_language_asked_for() {
        let knowledge = Knowledge::builtin();
        let title = |language: &str| explain(knowledge, "copyleft-dependency", language).remove(0).title;
        assert_eq!(title("es"), "una parte cuya licencia reclama la obra entera");
        assert_eq!(title("en"), "a part whose license claims the whole work");
        assert_eq!(title("xx"), title("en"));
        // A rendering of other words than those that stand there now is not shown as if it were one.
        let text = crate::license::knowledge::source_files()
            .into_iter()
            .find(|file| file.path == "rules/copyleft-dependency.toml")
            .map(|file| file.text.replacen("a part whose license claims", "a part whose terms claim", 1))
            .unwrap();
        let file = crate::license::knowledge::File { path: "rules/copyleft-dependency.toml".to_owned(), text };
        let changed = knowledge.overlay(&[file]).unwrap();
        let explained = explain(&changed, "copyleft-dependency", "es").remove(0);
        assert_eq!(explained.title, "a part whose terms claim the whole work");
        let marked = |item: &Item| matches!(item, Item::Text(text) if text.contains("out of date"));
        assert!(explained.sections.iter().flat_map(|section| &section.items).any(marked));
    }
}
