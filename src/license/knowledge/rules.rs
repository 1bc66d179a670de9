//! Rules, obligations and their conditions, ready to be evaluated.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::load::hex;
use super::rule_schema::{Because, Case, Outcome, Question, RuleQuote, Translation, Weight};
use super::vocabulary::{Key, Subject};

/// One rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The id that reports print.
    pub id: String,
    /// One line.
    pub title: String,
    /// Two to five plain sentences that name the sections.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// The question it answers.
    pub question: Question,
    /// Where to read more.
    pub refs: Vec<String>,
    /// The facts of the part's license whose quotes a finding prints.
    pub shows: Vec<String>,
    /// Words of named licenses.
    pub quotes: Vec<RuleQuote>,
    /// The rows: the first that matches counts.
    pub rows: Vec<Row>,
    /// Renderings by language.
    pub translations: Vec<(String, Translation)>,
    /// Examples; empty in the compiled-in knowledge.
    pub cases: Vec<Case>,
}

/// A rule's words in a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rendering<'a> {
    /// There is none: the English words count.
    None,
    /// It renders the English words as they are.
    Current(&'a Translation),
    /// It renders other English words than those that stand there now.
    Stale,
}

impl Rule {
    /// Returns the digest of the English words, by which a rendering says what it renders.
    pub fn digest(&self) -> String {
        let words = [self.title.as_str(), self.why.as_str(), self.fix.as_str()].join("\n");
        let mut digest = hex(&Sha256::digest(words));
        digest.truncate(8);
        digest
    }

    /// Returns the words of the rule in a language.
    pub fn rendering(&self, language: &str) -> Rendering<'_> {
        match self.translations.iter().find(|(known, _)| known == language) {
            None => Rendering::None,
            Some((_, translation)) if translation.of == self.digest() => Rendering::Current(translation),
            Some(_) => Rendering::Stale,
        }
    }
}

/// One row of a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What must hold.
    pub condition: Condition,
    /// The switches it depends on, each with the answers under which it holds.
    pub switches: Vec<(String, Vec<String>)>,
    /// What the rule says.
    pub verdict: Outcome,
    /// Why.
    pub cause: Because,
    /// One plain sentence on this row.
    pub because: Option<String>,
    /// Notes to print beside it.
    pub notes: Vec<String>,
}

/// Tests that must all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The tests.
    pub tests: Vec<Test>,
}

/// Whether a subject has one of some words, or none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// What is asked about.
    pub key: Key,
    /// The words, as bits.
    pub words: u64,
    /// Whether none of them may hold.
    pub negated: bool,
}

impl Condition {
    /// Returns whether every test holds.
    pub fn holds(&self, subject: &Subject) -> bool {
        self.tests.iter().all(|test| (subject.bits(test.key) & test.words != 0) != test.negated)
    }
}

/// Something owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obligation {
    /// The id that reports print.
    pub id: String,
    /// One line.
    pub title: String,
    /// What to do, in plain words.
    pub about: String,
    /// Whether it goes with `ok`.
    pub weight: Weight,
    /// The facts whose quotes show it.
    pub shows: Vec<String>,
    /// When it is owed, and what it extends to.
    pub when: Vec<(Condition, Option<String>)>,
}
