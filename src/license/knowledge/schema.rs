//! The shape of the files in `licenses/`, as people write them.
//!
//! `build.rs` includes this file, so that what is compiled in and what is loaded at run time cannot differ.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `licenses/families/<id>.toml`: licenses that share most of their facts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FamilyFile {
    /// The stem of the file.
    pub id: String,
    /// One line.
    pub title: String,
    /// Two to five plain sentences: what these licenses ask and give.
    pub about: String,
    /// The facts that members share; a member's own facts replace them key by key.
    #[serde(default)]
    pub facts: toml::Table,
    /// Quotes that stand in the text of every member that does not replace the fact.
    #[serde(default)]
    pub quotes: Vec<Quote>,
    /// Facts on which readers disagree, for every member.
    #[serde(default)]
    pub contested: Vec<Contested>,
    /// What a written waiver of a clause changes, for every member.
    #[serde(default)]
    pub waivable: Vec<Waivable>,
    /// The members, sorted by id.
    #[serde(rename = "license")]
    pub licenses: Vec<LicenseEntry>,
}

/// One license.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LicenseEntry {
    /// The SPDX id, or `LicenseRef-…`.
    pub id: String,
    /// The name, for ids that are not on the SPDX list.
    #[serde(default)]
    pub name: Option<String>,
    /// How the facts came to be.
    pub status: Status,
    /// For `derived`: the sibling whose text it was compared with.
    #[serde(default)]
    pub derived_from: Option<String>,
    /// For `derived`: how the texts differ.
    #[serde(default)]
    pub difference: Option<String>,
    /// For a deprecated id: the expression that replaces it. Such an entry has no facts.
    #[serde(default)]
    pub replaced_by: Option<String>,
    /// For an id that stands for several versions (`-or-later`): each of them. Such an entry has no facts.
    #[serde(default)]
    pub any_of: Vec<String>,
    /// Later versions of this license, for `+`.
    #[serde(default)]
    pub later: Vec<String>,
    /// Facts that differ from the family's.
    #[serde(default)]
    pub facts: toml::Table,
    /// Quotes from this text.
    #[serde(default)]
    pub quotes: Vec<Quote>,
    /// Facts on which readers disagree.
    #[serde(default)]
    pub contested: Vec<Contested>,
    /// What a written waiver of a clause changes.
    #[serde(default)]
    pub waivable: Vec<Waivable>,
    /// What a reader should know besides.
    #[serde(default)]
    pub note: Option<String>,
    /// Where the text and what is said of it were read.
    #[serde(default)]
    pub sources: Vec<String>,
}

/// How a record came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The text was read for it.
    Read,
    /// From a sibling's record and the difference between the texts.
    Derived,
    /// Not read yet: judged as review.
    Unread,
}

/// Words that stand in a license text and show a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Quote {
    /// The fact it shows, as named in `facts`.
    pub fact: String,
    /// The section as the text numbers it, such as `4(c)`.
    pub clause: String,
    /// The words, verbatim; ` … ` stands for words left out.
    pub text: String,
}

/// What changes if the licensor waives a clause in writing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Waivable {
    /// The clause as the text numbers it, such as `4(c)(ii)`.
    pub clause: String,
    /// The facts that hold instead.
    pub facts: toml::Table,
}

/// A fact on which respectable readers disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Contested {
    /// The fact.
    pub fact: String,
    /// The situation in which the readings differ.
    pub scenario: String,
    /// At least two readings.
    pub readings: Vec<Reading>,
}

/// One reading of a contested fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reading {
    /// What the reading says.
    pub says: String,
    /// Who holds it.
    pub by: String,
    /// Where it can be read.
    pub source: String,
}

/// `licenses/exceptions/<stem>.toml`: what a `WITH` changes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExceptionFile {
    /// The exceptions, sorted by id.
    #[serde(rename = "exception")]
    pub exceptions: Vec<ExceptionEntry>,
}

/// One exception.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExceptionEntry {
    /// The SPDX id, or `LicenseRef-…` or `AdditionRef-…`.
    pub id: String,
    /// The name, for ids that are not on the SPDX list.
    #[serde(default)]
    pub name: Option<String>,
    /// How the record came to be.
    pub status: Status,
    /// What it does.
    pub effect: Effect,
    /// The licenses it is written for: ids, or prefixes that end in `*`; empty if it names none.
    #[serde(default)]
    pub registered_for: Vec<String>,
    /// Facts of the license it stands with that it replaces, for an added restriction.
    #[serde(default)]
    pub facts: toml::Table,
    /// One or two plain sentences.
    pub about: String,
    /// Words from its text that show the effect.
    #[serde(default)]
    pub quotes: Vec<Quote>,
    /// What a reader should know besides.
    #[serde(default)]
    pub note: Option<String>,
    /// Where it was read.
    #[serde(default)]
    pub sources: Vec<String>,
}

/// What an exception does to the license it stands with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Linking with the work does not bring the whole under the license.
    Linking,
    /// The runtime parts that a tool adds to its output are free of the license.
    Runtime,
    /// What the tool generates is free of the license.
    GeneratedOutput,
    /// Embedding (fonts in documents) is free of the license.
    Embedding,
    /// The license ends at a boundary, such as the kernel's system calls.
    Boundary,
    /// Only combinations with listed free or open-source licenses are freed.
    FossListOnly,
    /// Only combinations with a named component are freed.
    NamedComponent,
    /// It adds a restriction.
    AddedRestriction,
    /// It changes nothing that matters here.
    None,
}

/// `licenses/aliases.toml`: spellings people use.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AliasFile {
    /// Spelling (compared without case, punctuation runs folded) to expression.
    #[serde(default)]
    pub alias: BTreeMap<String, String>,
    /// Spellings that name several licenses: the set of candidates.
    #[serde(default)]
    pub ambiguous: BTreeMap<String, Vec<String>>,
    /// Spellings that say nothing that can be judged, with the reason.
    #[serde(default)]
    pub unknown: BTreeMap<String, String>,
    /// Reasons of unknown spellings that leave it to a text beside them to say which license is meant.
    #[serde(default)]
    pub silent: Vec<String>,
    /// Spellings in one ecosystem only: `[ecosystem.npm.alias]` and so on.
    #[serde(default)]
    pub ecosystem: BTreeMap<String, Aliases>,
    /// Trove classifiers.
    #[serde(default)]
    pub classifier: BTreeMap<String, Vec<String>>,
    /// Addresses of licenses, without scheme, `www.` and trailing `/`.
    #[serde(default)]
    pub url: BTreeMap<String, String>,
    /// Short names of Debian copyright files.
    #[serde(default)]
    pub debian: BTreeMap<String, String>,
}

/// Aliases that hold in one ecosystem.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Aliases {
    /// Spelling to expression.
    #[serde(default)]
    pub alias: BTreeMap<String, String>,
    /// Spellings that name several licenses.
    #[serde(default)]
    pub ambiguous: BTreeMap<String, Vec<String>>,
}
