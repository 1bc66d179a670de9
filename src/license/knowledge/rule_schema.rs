//! The shape of the files that judge: rules, obligations, switches, relations, notes and defaults.
//!
//! `build.rs` includes this file, so that what is compiled in and what is loaded at run time cannot differ.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::schema::Reading;
use crate::license::facts::words;

words! {
    /// What a rule says of a part, worst last.
    Outcome {
        /// Allowed, at most with notices to keep.
        Ok = "ok",
        /// Allowed if a duty is met.
        Obligation = "obligation",
        /// Turns on something the tool cannot see or on a contested reading.
        Review = "review",
        /// Under the readings in force nothing satisfies both sides.
        Conflict = "conflict",
    }
}

words! {
    /// Why a rule says it.
    Because {
        /// The licenses say so.
        Terms = "terms",
        /// Something is unknown, ambiguous or incomplete.
        Evidence = "evidence",
        /// Readers of the law disagree.
        Reading = "reading",
        /// A fact about the user is unsaid.
        Entity = "entity",
    }
}

words! {
    /// Which question a rule answers.
    Question {
        /// May the work be offered under the outbound license with this part in it?
        Outbound = "outbound",
        /// May this user use the part?
        Use = "use",
        /// Does the part limit users whom the outbound license promises freedom?
        Reverse = "reverse",
        /// May the work be delivered to this recipient?
        Delivery = "delivery",
        /// What is owed for the part?
        Duty = "duty",
        /// Is enough known about the part?
        Evidence = "evidence",
    }
}

words! {
    /// How much an obligation weighs.
    Weight {
        /// Keeping what is there: goes with `ok`.
        Notice = "notice",
        /// Something must be done.
        Duty = "duty",
    }
}

/// `licenses/rules/<id>.toml`: one rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleFile {
    /// The stem of the file.
    pub id: String,
    /// One line.
    pub title: String,
    /// Two to five plain sentences that name the sections.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// The question it answers.
    pub question: Question,
    /// Where to read more: sections of licenses, or addresses.
    pub refs: Vec<String>,
    /// The facts of the part's license whose quotes a finding prints.
    #[serde(default)]
    pub shows: Vec<String>,
    /// Words of named licenses, printed if the license takes part in the finding.
    #[serde(default, rename = "quote")]
    pub quotes: Vec<RuleQuote>,
    /// The rows of the rule: the first that matches counts.
    #[serde(default, rename = "when")]
    pub rows: Vec<RowEntry>,
    /// Renderings in other languages.
    #[serde(default)]
    pub translation: BTreeMap<String, Translation>,
    /// Examples that the tests run.
    #[serde(default, rename = "case")]
    pub cases: Vec<Case>,
}

/// A rendering of a rule in another language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Translation {
    /// The first eight hexadecimal digits of the digest of the English `title`, `why` and `fix` it renders.
    pub of: String,
    /// One line.
    pub title: String,
    /// Two to five plain sentences.
    pub why: String,
    /// What to do.
    pub fix: String,
}

/// Words that stand in the text of a named license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleQuote {
    /// The license.
    pub license: String,
    /// The section as the text numbers it.
    pub clause: String,
    /// The words, verbatim; ` … ` stands for words left out.
    pub text: String,
}

/// One row of a rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RowEntry {
    /// All of these must hold: a key and a word, or a key and a list of words of which one must hold.
    #[serde(default)]
    pub is: toml::Table,
    /// None of these may hold.
    #[serde(default)]
    pub unless: toml::Table,
    /// The answers of switches on which the row depends.
    #[serde(default)]
    pub switch: toml::Table,
    /// What the rule says.
    pub verdict: Outcome,
    /// Why.
    #[serde(default = "default_cause")]
    pub cause: Because,
    /// One plain sentence on this row.
    #[serde(default)]
    pub because: Option<String>,
    /// Notes to print beside it, by id.
    #[serde(default)]
    pub notes: Vec<String>,
}

fn default_cause() -> Because {
    Because::Terms
}

/// An example in a rule file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Case {
    /// What the example shows.
    pub name: String,
    /// The expression of the part's license; none for a rule about evidence.
    #[serde(default)]
    pub license: Option<String>,
    /// The expression the project is offered under. Default: the outbound license of `defaults.toml`.
    #[serde(default)]
    pub outbound: Option<String>,
    /// Default: `static`.
    #[serde(default)]
    pub relation: Option<String>,
    /// Default: `runtime`.
    #[serde(default)]
    pub scope: Option<String>,
    /// Default: `ship`.
    #[serde(default, rename = "use")]
    pub use_: Option<String>,
    /// Default: any.
    #[serde(default)]
    pub form: Option<String>,
    /// Who uses it. Default: nobody asks.
    #[serde(default)]
    pub entity: Option<String>,
    /// What they attest.
    #[serde(default)]
    pub attest: Vec<String>,
    /// Default: `commercial`.
    #[serde(default)]
    pub purpose: Option<String>,
    /// How a recipient gets at it.
    #[serde(default)]
    pub access: Option<String>,
    /// What the part is. Default: `software`.
    #[serde(default)]
    pub part: Option<String>,
    /// What is known. Default: `expression`.
    #[serde(default)]
    pub evidence: Option<String>,
    /// Whether the licensor is the project's own copyright holder. Default: no.
    #[serde(default)]
    pub own_work: bool,
    /// The clauses that the licensor waived for the user. Default: none.
    #[serde(default)]
    pub waived: BTreeSet<String>,
    /// Whether removal of credit was asked for. Default: no.
    #[serde(default)]
    pub credit_removed: bool,
    /// Answers of switches that differ from the defaults.
    #[serde(default)]
    pub switch: BTreeMap<String, String>,
    /// What the rule says, or `silent`.
    pub expect: String,
    /// The cause, if the case is about it.
    #[serde(default)]
    pub cause: Option<Because>,
    /// The verdict over all rules, if the case is about it.
    #[serde(default)]
    pub verdict: Option<Outcome>,
}

/// `licenses/obligations.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ObligationFile {
    /// The obligations, sorted by id.
    #[serde(rename = "obligation")]
    pub obligations: Vec<ObligationEntry>,
}

/// Something owed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ObligationEntry {
    /// The id that reports print.
    pub id: String,
    /// One line.
    pub title: String,
    /// What to do, in plain words.
    pub about: String,
    /// Whether it goes with `ok`.
    pub weight: Weight,
    /// The facts whose quotes show it.
    #[serde(default)]
    pub shows: Vec<String>,
    /// When it is owed: any of these rows.
    pub when: Vec<ObligationRow>,
}

/// A situation in which an obligation is owed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ObligationRow {
    /// All of these must hold.
    #[serde(default)]
    pub is: toml::Table,
    /// None of these may hold.
    #[serde(default)]
    pub unless: toml::Table,
    /// What it extends to, such as `library` for a source offer.
    #[serde(default)]
    pub extent: Option<String>,
}

/// `licenses/switches.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SwitchFile {
    /// The switches, sorted by id.
    #[serde(rename = "switch")]
    pub switches: Vec<Switch>,
}

/// A contested question that a policy may answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Switch {
    /// The id used in the configuration and in reports.
    pub id: String,
    /// The question, one line.
    pub title: String,
    /// Why it is contested, in plain words.
    pub why: String,
    /// The answer in force unless a policy says otherwise.
    pub default: String,
    /// Whether it speaks only of works whose licensor is the project's own copyright holder.
    #[serde(default)]
    pub own_works_only: bool,
    /// The answers, the cautious one first.
    #[serde(rename = "answer")]
    pub answers: Vec<Answer>,
}

/// One answer to a switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Answer {
    /// The word used in the configuration.
    pub id: String,
    /// The reading behind it.
    #[serde(rename = "reading")]
    pub reading: Reading,
}

/// `licenses/relations.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RelationFile {
    /// The relations in which a copy of the part is in what is shipped.
    #[serde(default)]
    pub given_on: Vec<String>,
    /// What each relation means in copyright law.
    #[serde(default)]
    pub reach: BTreeMap<String, String>,
    /// The direct dependencies that mark a tree as bundled, by package type.
    #[serde(default)]
    pub bundlers: BTreeMap<String, Vec<String>>,
    /// How a found part is joined: the first row that matches counts.
    #[serde(rename = "relation")]
    pub relations: Vec<RelationEntry>,
    /// What reaches a form in which the work is given on.
    #[serde(default, rename = "form")]
    pub forms: Vec<FormEntry>,
}

/// What of a work reaches a form in which it is given on; a form without a row gets everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FormEntry {
    /// The form.
    pub form: String,
    /// Only parts in one of these relations; all if empty.
    #[serde(default)]
    pub relations: Vec<String>,
    /// Only packages of one of these types, if the tree holds any of them; all if empty.
    #[serde(default)]
    pub types: Vec<String>,
    /// No packages of these types.
    #[serde(default)]
    pub without_types: Vec<String>,
    /// Why, in one plain sentence.
    pub because: String,
}

/// One way a part is found, and the relation that follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RelationEntry {
    /// The relation.
    #[serde(rename = "as")]
    pub relation: String,
    /// The package types it is about; all if empty.
    #[serde(default)]
    pub types: Vec<String>,
    /// What must have been seen of the part: all of these traits.
    #[serde(default)]
    pub traits: Vec<String>,
    /// Names of packages it is about, where `*` stands for any characters; all if empty.
    #[serde(default)]
    pub names: Vec<String>,
    /// One plain sentence that `why` prints.
    pub because: String,
}

/// `licenses/notes.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NoteFile {
    /// The notes, sorted by id.
    #[serde(rename = "note")]
    pub notes: Vec<Note>,
}

/// A remark that may accompany a finding and carries no verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Note {
    /// The id that reports print.
    pub id: String,
    /// The remark.
    pub text: String,
}

/// `licenses/questions.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct QuestionFile {
    /// The questions that rules answer, sorted by id.
    #[serde(rename = "question")]
    pub questions: Vec<AboutQuestion>,
}

/// What one of the questions means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AboutQuestion {
    /// The word that rules use.
    pub id: Question,
    /// The question itself.
    pub title: String,
    /// Plain sentences.
    pub about: String,
}

/// `licenses/faq.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FaqFile {
    /// The questions and answers, sorted by id.
    #[serde(rename = "faq")]
    pub faq: Vec<Faq>,
}

/// Something every project is asked, and the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Faq {
    /// The id.
    pub id: String,
    /// The question.
    pub question: String,
    /// Plain sentences.
    pub answer: String,
    /// What to read next: ids of anything that can be explained.
    #[serde(default)]
    pub see: Vec<String>,
    /// The words the answer rests on.
    #[serde(rename = "quote")]
    pub quotes: Vec<RuleQuote>,
}

/// `licenses/letters.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LetterFile {
    /// The letters, sorted by id and language.
    #[serde(rename = "letter")]
    pub letters: Vec<Letter>,
}

/// A letter to the authors of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Letter {
    /// The case it is for.
    pub id: String,
    /// The language, such as `es`.
    pub language: String,
    /// The word that stands before the subject in that language.
    pub heading: String,
    /// One line.
    pub subject: String,
    /// The letter, with names in braces to be filled in.
    pub body: String,
}

/// `licenses/downstream.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DownstreamFile {
    /// The pages, by language.
    #[serde(rename = "page")]
    pub pages: Vec<DownstreamWords>,
}

/// The words of the page for those who get a work; what stands in braces is filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DownstreamWords {
    /// The language, such as `es`.
    pub language: String,
    /// What stands in the place of the name of a project without one, at the start of a sentence.
    pub nameless: String,
    /// The heading.
    pub title: String,
    /// Which text governs.
    pub governs: String,
    /// Which texts of the same family the page does not explain.
    pub is_not: String,
    /// In which language the license is quoted.
    pub quotes: String,
    /// What holds for parts by others.
    pub parts: String,
    /// That one question was open.
    pub open_one: String,
    /// That several were.
    pub open_many: String,
    /// The heading of what the page cannot know.
    pub unknown_title: String,
    /// What it cannot know.
    pub unknown: Vec<String>,
    /// The names of languages, by code.
    pub languages: BTreeMap<String, String>,
    /// The last line.
    pub end: String,
    /// The sentences that lead to the words of the license, in order.
    pub leads: Vec<Lead>,
}

/// A sentence that leads to the words of a license that show a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lead {
    /// The fact.
    pub fact: String,
    /// The sentence.
    pub says: String,
}

/// `licenses/defaults.toml`: every id the program needs by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Defaults {
    /// The outbound license if a project names none that is copyfarleft.
    pub outbound: String,
    /// The license of generated reports and notices.
    pub reports: String,
    /// Licenses that `ask` suggests for a dual license, best first.
    #[serde(default)]
    pub suggested: Vec<String>,
}
