//! The shape of `ppl-check.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::PackagePattern;

/// The whole configuration.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Shared policies that this one builds on.
    pub extends: Vec<String>,
    /// Keys that those who extend this file may not set, such as `project.outbound`.
    #[serde(rename = "final")]
    pub final_keys: Vec<String>,
    /// Packages that are the project's own.
    pub own: Vec<PackagePattern>,
    /// Who asks.
    pub you: You,
    /// The project itself.
    pub project: Project,
    /// Folders of license knowledge that are laid over what is compiled in.
    pub data: Vec<String>,
    /// What is scanned.
    pub scan: Scan,
    /// Parts that are shipped, each judged on its own.
    #[serde(rename = "artifact")]
    pub artifacts: Vec<Artifact>,
    /// How packages hang together with the work, where that is inferred wrongly.
    #[serde(rename = "relation")]
    pub relations: Vec<OwnRelation>,
    /// Answers to contested questions.
    #[serde(rename = "decision")]
    pub decisions: Vec<Decision>,
    /// Clauses that another licensor has lifted in writing.
    #[serde(rename = "waiver")]
    pub waivers: Vec<Waiver>,
    /// Licenses that the user has read for themselves.
    #[serde(rename = "clarification")]
    pub clarifications: Vec<Clarification>,
    /// Findings that are accepted.
    #[serde(rename = "exception")]
    pub exceptions: Vec<Exception>,
    /// Rules that are silenced or softened.
    pub rules: BTreeMap<String, RuleSetting>,
}

/// `[you]`: facts about the user, never inferred.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct You {
    /// What kind of organization.
    pub kind: Option<String>,
    /// Facts that are attested.
    pub attest: Vec<String>,
    /// Commercial or not.
    pub purpose: Option<String>,
    /// To whom the work is delivered.
    pub clients: Vec<String>,
}

/// `[project]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Project {
    /// Who holds the rights.
    pub holder: Option<String>,
    /// The expression under which the project is offered.
    pub outbound: Option<String>,
    /// Works that this one adapts.
    pub derived_from: Vec<String>,
    /// Packages whose licensor asked for removal of credit.
    pub credit_removed: Vec<PackagePattern>,
}

/// `[scan]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scan {
    /// Patterns of paths that are left out.
    pub exclude: Vec<String>,
}

/// `[[artifact]]`: a part that is shipped.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Artifact {
    /// Its name.
    pub name: String,
    /// The folders it is made from.
    #[serde(default)]
    pub roots: Vec<String>,
    /// The expression under which it is offered.
    #[serde(default)]
    pub license: Option<String>,
    /// What is done with it: `ship`, `service`, `in-house`.
    #[serde(default, rename = "use")]
    pub uses: Vec<String>,
    /// In which forms: `source`, `binary`, `web`, `container`, `app-store`.
    #[serde(default)]
    pub form: Vec<String>,
}

/// `[[relation]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OwnRelation {
    /// Which packages; exactly one of `package`, `path` and `ecosystem` is given.
    #[serde(default)]
    pub package: Option<PackagePattern>,
    /// Packages whose files lie below this folder.
    #[serde(default)]
    pub path: Option<String>,
    /// All packages of a type.
    #[serde(default)]
    pub ecosystem: Option<String>,
    /// The relation.
    #[serde(rename = "as")]
    pub relation: String,
    /// Why.
    pub reason: String,
}

/// `[[decision]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Decision {
    /// The switch or question.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// Why.
    pub reason: String,
}

/// `[[waiver]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Waiver {
    /// Whose work.
    pub package: PackagePattern,
    /// Which clause.
    pub clause: String,
    /// Who waives it.
    pub from: String,
    /// The signed document.
    pub document: String,
    /// Its SHA-256.
    pub sha256: String,
}

/// `[[clarification]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Clarification {
    /// Which package.
    pub package: PackagePattern,
    /// Its license.
    pub expression: String,
    /// The files that were read; other contents void the clarification.
    #[serde(default)]
    pub files: Vec<ClarifiedFile>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A file that a clarification rests on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClarifiedFile {
    /// Its path inside the package.
    pub path: String,
    /// Its SHA-256.
    pub sha256: String,
}

/// `[[exception]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Exception {
    /// Which package.
    pub package: PackagePattern,
    /// Which rule; `*` for all, if the package is named without wildcard.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// The digest of the license text that was accepted; another text voids the exception.
    #[serde(default)]
    pub text: Option<String>,
    /// The last day on which it holds.
    #[serde(default)]
    pub until: Option<toml::value::Datetime>,
}

/// A row of `[rules]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleSetting {
    /// What becomes of its findings.
    pub level: RuleLevel,
    /// Why.
    pub reason: String,
}

/// What becomes of a rule's findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleLevel {
    /// They are left out; the report lists the rule.
    Off,
    /// They are printed and never fail.
    Note,
}
