//! The shape of `licenses/identify/*.toml`: what may differ between copies of one license.
//!
//! Only `build.rs` reads these files; what they say ends up in the index.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `licenses/identify/words.toml`: words that are compared in a special way.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct WordsFile {
    /// Spellings of one word: the first stands for all.
    pub(crate) spellings: Vec<Vec<String>>,
    /// Words that change what a sentence allows.
    pub(crate) guard: Vec<String>,
    /// Articles and the like.
    pub(crate) minor: Vec<String>,
}

/// `licenses/identify/texts.toml`: parts of known texts that are optional or variable.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TextsFile {
    /// Openings of parts behind the terms: from there to the end everything is optional.
    pub(crate) appendix: Vec<String>,
    /// Groups of wordings that mean the same in every text.
    pub(crate) equal: Vec<Vec<String>>,
    /// What holds for single texts.
    #[serde(default)]
    pub(crate) text: Vec<TextMarks>,
}

/// Marks of one text.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TextMarks {
    /// The ids it holds for; a `*` at the end stands for any rest.
    pub(crate) ids: Vec<String>,
    /// Phrases that may be missing; `a … b` reaches from `a` to `b`, a closing ` …` to the end.
    #[serde(default)]
    pub(crate) optional: Vec<String>,
    /// Phrases in whose place other words may stand.
    #[serde(default)]
    pub(crate) blank: Vec<String>,
    /// Groups of wordings that mean the same here.
    #[serde(default)]
    pub(crate) equal: Vec<Vec<String>>,
}

/// `licenses/identify/notices.toml`: the words of notices.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct NoticesFile {
    /// Words that put something under the license named behind them.
    pub(crate) grant: Vec<String>,
    /// Words that may stand between a name and its version, or between a grant and a name.
    pub(crate) filler: Vec<String>,
    /// Later versions count too.
    pub(crate) later: Vec<String>,
    /// Later versions do not count.
    pub(crate) only: Vec<String>,
    /// The licenses named are offered for choice.
    pub(crate) either: Vec<String>,
    /// The licenses named all apply, each to a part.
    pub(crate) both: Vec<String>,
    /// What is named is compared with, not granted.
    pub(crate) denial: Vec<String>,
    /// Other places that hold the license.
    pub(crate) reference: Vec<String>,
    /// Words that limit what a license beside them grants.
    pub(crate) limit: Vec<String>,
    /// Words that look like a limit and set none.
    pub(crate) no_limit: Vec<String>,
    /// Names that say everything: expression and its spellings.
    #[serde(default)]
    pub(crate) name: Vec<Name>,
    /// Names that need a version.
    #[serde(default)]
    pub(crate) versioned: Vec<Versioned>,
    /// Names of exceptions.
    #[serde(default)]
    pub(crate) exception: Vec<Name>,
}

/// Spellings of one name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Name {
    /// The expression, or the id of the exception.
    pub(crate) means: String,
    /// How it is written.
    pub(crate) spellings: Vec<String>,
}

/// A name that becomes an id by the version beside it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Versioned {
    /// How it is written.
    pub(crate) spellings: Vec<String>,
    /// Version, without a closing `.0`, to id.
    pub(crate) versions: BTreeMap<String, String>,
    /// Whether the ids take `-only` and `-or-later`.
    #[serde(default)]
    pub(crate) suffix: bool,
    /// What it may mean without a version; empty: nothing.
    #[serde(default)]
    pub(crate) unversioned: Vec<String>,
}

/// The parts of `licenses/aliases.toml` that notices use too.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Aliases {
    /// Spelling to expression.
    #[serde(default)]
    pub(crate) alias: BTreeMap<String, String>,
    /// Spelling to the expressions it may mean.
    #[serde(default)]
    pub(crate) ambiguous: BTreeMap<String, Vec<String>>,
    /// Address to expression.
    #[serde(default)]
    pub(crate) url: BTreeMap<String, String>,
}
