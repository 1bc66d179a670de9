//! The words that conditions in `licenses/` may use: facts of a license, and circumstances of its use.
//!
//! A condition never names a license. Each key has at most 64 words, so that what holds for one license in one
//! situation is a row of bit sets and a condition is a handful of bit operations.

use serde::{Deserialize, Serialize};

use crate::license::facts::{
    Attribution, Commercial, Drm, EntityBar, Facts, FieldLimit, Grant, Kind, LicenseCopy, Link, Linking, NetworkClause,
    NonprofitCommercial, Organization, Patent, PublicDomain, Reserves, Restrictions, SafeHarbor, ShareScope,
    ShareTrigger, Source, Sublicense, Surplus, Termination,
};

const YES_NO: &[&str] = &["no", "yes"];
const STATUS: &[&str] = &["read", "derived", "unread"];
const TARGET: &[&str] = &["later", "listed", "osi-any", "permissive-superset", "reasonable-conditions"];
const FACT_NAMES: &[&str] = &[
    "allowed-organizations",
    "attribution",
    "business-size",
    "changes-marked",
    "commercial-use",
    "credit-removal",
    "delay",
    "disclaimer-kept",
    "drm",
    "entity-bar",
    "export-note",
    "field-of-use",
    "further-restrictions-forbidden",
    "grant",
    "kind",
    "license-copy",
    "limit-any-purpose",
    "linking",
    "nc-safe-harbor",
    "network-clause",
    "no-derivatives",
    "no-endorsement",
    "nonprofit-commercial",
    "notice-file",
    "object-code-terms",
    "patent",
    "public-domain",
    "relicense-to",
    "rename-on-change",
    "reserves",
    "secondary-license",
    "share-alike",
    "source",
    "sublicense",
    "surplus",
    "termination",
    "trademark-excluded",
];

/// How an exception changes the license it stands with, as conditions name it.
pub const EXCEPTION: &[&str] = &[
    "linking",
    "runtime",
    "generated-output",
    "embedding",
    "boundary",
    "foss-list-only",
    "named-component",
    "added-restriction",
    "none",
    "unknown",
    "not-registered",
];

/// How a part is joined to the work, strongest first.
pub const RELATION: &[&str] = &[
    "modified",
    "vendored",
    "static",
    "dynamic",
    "import",
    "asset",
    "aggregate",
    "output",
    "separate-process",
    "service",
    "build",
    "dev",
];

/// What a relation means in copyright law.
pub const REACH: &[&str] = &["adaptation", "linking", "collection", "output", "apart", "tool"];

/// How strongly a package ends up in the work.
pub const SCOPE: &[&str] = &["test", "dev", "build", "runtime"];

/// What is done with the work.
pub const USE: &[&str] = &["ship", "service", "in-house"];

/// The form in which the work is shipped.
pub const FORM: &[&str] = &["source", "binary", "web", "container", "app-store"];

/// Who uses the work.
pub const ENTITY: &[&str] = &[
    "worker-coop",
    "worker-collective",
    "sole-trader",
    "individual",
    "non-profit",
    "public-body",
    "consumer-coop",
    "company",
];

/// What a user attests about itself.
pub const ATTEST: &[&str] = &[
    "surplus-to-workers",
    "reserves",
    "non-member-employees",
    "no-employees",
    "has-employees",
    "multi-stakeholder",
    "all-workers-are-owners",
    "democratic",
    "sse-status",
    "not-military-or-police",
    "not-privately-owned",
];

/// Whether a use is commercial.
pub const PURPOSE: &[&str] = &["commercial", "non-commercial"];

/// How a recipient gets at the work.
pub const ACCESS: &[&str] = &["copy", "hosted"];

/// How the license of a package came to be known, or why it did not.
pub const EVIDENCE: &[&str] = &[
    "expression",
    "nothing-declared",
    "grants-nothing",
    "contents-not-seen",
    "silent-file",
    "lookup-failed",
    "no-assertion",
    "unknown-reference",
    "missing-reference",
    "unclear-statement",
    "modified-text",
    "ambiguous-name",
    "text-differs",
    "own-license-contradicts",
    "incomplete-scan",
    "not-in-lockfile",
    "digest-mismatch",
    "policy-changed",
    "imported-by-production",
];

macro_rules! keys {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $words:expr, $meanings:expr;)*) => {
        /// One thing a condition can ask about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Key {
            $($(#[doc = $doc])+ $variant,)*
        }

        impl Key {
            /// Every key.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the name used in `licenses/`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Returns the words it can have.
            pub fn words(self) -> &'static [&'static str] {
                match self { $(Self::$variant => $words),* }
            }

            /// Returns what each of its words means, in the same order; nothing for words that speak for themselves.
            pub fn meanings(self) -> &'static [&'static str] {
                match self { $(Self::$variant => $meanings),* }
            }

            /// Returns what it asks about, in plain words.
            pub fn about(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii()),* }
            }
        }
    };
}

keys! {
    /// What is granted at all.
    Grant = "grant", Grant::WORDS, Grant::MEANINGS;
    /// Who may act commercially.
    CommercialUse = "commercial-use", Commercial::WORDS, Commercial::MEANINGS;
    /// What happens to surplus.
    Surplus = "surplus", Surplus::WORDS, Surplus::MEANINGS;
    /// Whether reserves are allowed.
    Reserves = "reserves", Reserves::WORDS, Reserves::MEANINGS;
    /// The organizations that a restricted license allows.
    AllowedOrganizations = "allowed-organizations", Organization::WORDS, Organization::MEANINGS;
    /// Users barred from any use.
    EntityBar = "entity-bar", EntityBar::WORDS, EntityBar::MEANINGS;
    /// Non-profits acting commercially.
    NonprofitCommercial = "nonprofit-commercial", NonprofitCommercial::WORDS, NonprofitCommercial::MEANINGS;
    /// Organizations that count as noncommercial.
    NcSafeHarbor = "nc-safe-harbor", SafeHarbor::WORDS, SafeHarbor::MEANINGS;
    /// Limits on what the work may be used for.
    FieldOfUse = "field-of-use", FieldLimit::WORDS, FieldLimit::MEANINGS;
    /// Whether the limit in `commercial-use` holds for every purpose.
    LimitAnyPurpose = "limit-any-purpose", YES_NO, &[];
    /// How far share-alike reaches.
    ShareAlike = "share-alike", ShareScope::WORDS, ShareScope::MEANINGS;
    /// What starts share-alike.
    Trigger = "trigger", ShareTrigger::WORDS, ShareTrigger::MEANINGS;
    /// What besides the license itself meets share-alike.
    Target = "target", TARGET, &[];
    /// Whether further restrictions are forbidden.
    Restrictions = "further-restrictions-forbidden", Restrictions::WORDS, Restrictions::MEANINGS;
    /// What source must be offered.
    Source = "source", Source::WORDS, Source::MEANINGS;
    /// What is said of use over a network.
    NetworkClause = "network-clause", NetworkClause::WORDS, NetworkClause::MEANINGS;
    /// How the license must accompany copies.
    LicenseCopy = "license-copy", LicenseCopy::WORDS, LicenseCopy::MEANINGS;
    /// How authors must be named.
    Attribution = "attribution", Attribution::WORDS, Attribution::MEANINGS;
    /// What the license was written for.
    Kind = "kind", Kind::WORDS, Kind::MEANINGS;
    /// Sublicensing.
    Sublicense = "sublicense", Sublicense::WORDS, Sublicense::MEANINGS;
    /// What is said of linking into one binary.
    LinkingStatic = "linking-static", Link::WORDS, Link::MEANINGS;
    /// What is said of linking at run time.
    LinkingDynamic = "linking-dynamic", Link::WORDS, Link::MEANINGS;
    /// Whether object code may be under other terms only on conditions.
    ObjectCodeTerms = "object-code-terms", YES_NO, &[];
    /// Whether a NOTICE file must be passed on.
    NoticeFile = "notice-file", YES_NO, &[];
    /// Whether changes must be marked.
    ChangesMarked = "changes-marked", YES_NO, &[];
    /// Whether a changed version needs another name.
    RenameOnChange = "rename-on-change", YES_NO, &[];
    /// Whether changed versions may not be given on.
    NoDerivatives = "no-derivatives", YES_NO, &[];
    /// Whether names may not be used to promote.
    NoEndorsement = "no-endorsement", YES_NO, &[];
    /// Whether the disclaimer must be kept.
    DisclaimerKept = "disclaimer-kept", YES_NO, &[];
    /// Whether the text speaks of export law.
    ExportNote = "export-note", YES_NO, &[];
    /// Whether credit must be removed on request.
    CreditRemoval = "credit-removal", YES_NO, &[];
    /// Technical protection.
    Drm = "drm", Drm::WORDS, Drm::MEANINGS;
    /// Patents.
    Patent = "patent", Patent::WORDS, Patent::MEANINGS;
    /// Whether trademarks are expressly not granted.
    TrademarkExcluded = "trademark-excluded", YES_NO, &[];
    /// How rights end.
    Termination = "termination", Termination::WORDS, Termination::MEANINGS;
    /// Whether the work is put outside copyright.
    PublicDomain = "public-domain", PublicDomain::WORDS, PublicDomain::MEANINGS;
    /// Whether the terms change by themselves after a time.
    Delayed = "delayed", YES_NO, &[];
    /// The facts on which readers disagree.
    Contested = "contested", FACT_NAMES, &[];
    /// What the exception beside the license does.
    Exception = "exception", EXCEPTION, &[];
    /// How the record of the license came to be.
    Status = "status", STATUS, &[];

    /// How the part is joined to the work.
    Relation = "relation", RELATION, &[];
    /// What that means in copyright law.
    Reach = "reach", REACH, &[];
    /// Whether a copy of the part is given to others: the work is shipped, and the part is in it.
    GivenOn = "given-on", YES_NO, &[];
    /// How strongly the package ends up in the work.
    Scope = "scope", SCOPE, &[];
    /// What is done with the work.
    Use = "use", USE, &[];
    /// The form it is shipped in.
    Form = "form", FORM, &[];
    /// Who uses it.
    Entity = "entity", ENTITY, &[];
    /// What the user attests.
    Attest = "attest", ATTEST, &[];
    /// Whether the use is commercial.
    Purpose = "purpose", PURPOSE, &[];
    /// How a recipient gets at the work.
    Access = "access", ACCESS, &[];
    /// What the part is: a program, a font, a picture.
    Part = "part", Kind::WORDS, Kind::MEANINGS;
    /// Whether the use starts the share-alike duty.
    TriggerMet = "trigger-met", YES_NO, &[];
    /// Whether the license the project is offered under meets the share-alike duty.
    OutboundAccepted = "outbound-accepted", YES_NO, &[];
    /// Whether that license limits who may use the work, as copyfarleft does.
    OutboundCopyfarleft = "outbound-copyfarleft", YES_NO, &[];
    /// Who may act commercially under that license.
    OutboundCommercialUse = "outbound-commercial-use", Commercial::WORDS, Commercial::MEANINGS;
    /// How far that license asks for the same license.
    OutboundShareAlike = "outbound-share-alike", ShareScope::WORDS, ShareScope::MEANINGS;
    /// Whether that license forbids further restrictions.
    OutboundRestrictions = "outbound-further-restrictions-forbidden", Restrictions::WORDS, Restrictions::MEANINGS;
    /// What that license says of patents, in each version that may be chosen.
    OutboundPatent = "outbound-patent", Patent::WORDS, Patent::MEANINGS;
    /// Whether the licensor of the part is the project's own copyright holder.
    OwnWork = "own-work", YES_NO, &[];
    /// Whether the licensor asked for removal of credit, as `[project]` records.
    CreditRemoved = "credit-removed", YES_NO, &[];
    /// How the license came to be known, or why it did not.
    Evidence = "evidence", EVIDENCE, &[];
}

impl Key {
    /// Returns the key of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|key| key.name() == name)
    }

    /// Returns the bit of a word.
    pub fn bit(self, word: &str) -> Option<u64> {
        self.words().iter().position(|known| *known == word).map(|at| 1 << at)
    }
}

/// Returns the names that quotes and contested readings may give as their fact.
pub fn fact_names() -> &'static [&'static str] {
    FACT_NAMES
}

/// What holds for one license in one situation: for each key the words that apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    words: [u64; Key::ALL.len()],
}

impl Default for Subject {
    fn default() -> Self {
        Self { words: [0; Key::ALL.len()] }
    }
}

impl Subject {
    /// Adds a word; an unknown word is ignored, because callers pass words of the vocabulary.
    pub fn add(&mut self, key: Key, word: &str) {
        let bit = key.bit(word).unwrap_or(0);
        if let Some(words) = self.words.get_mut(key as usize) {
            *words |= bit;
        }
    }

    /// Replaces the words of a key by one word.
    pub fn set(&mut self, key: Key, word: &str) {
        if let Some(words) = self.words.get_mut(key as usize) {
            *words = 0;
        }
        self.add(key, word);
    }

    /// Replaces the words of a key by `yes` or `no`.
    pub fn set_flag(&mut self, key: Key, holds: bool) {
        self.set(key, if holds { "yes" } else { "no" });
    }

    /// Returns the words of a key as bits.
    pub fn bits(&self, key: Key) -> u64 {
        self.words.get(key as usize).copied().unwrap_or(0)
    }

    /// Returns whether a word holds.
    pub fn has(&self, key: Key, word: &str) -> bool {
        key.bit(word).is_some_and(|bit| self.bits(key) & bit != 0)
    }

    /// Adds everything a license says.
    pub fn add_facts(&mut self, facts: &Facts) {
        self.set(Key::Grant, facts.grant.word());
        self.set(Key::CommercialUse, facts.commercial_use.word());
        self.set(Key::Surplus, facts.surplus.word());
        self.set(Key::Reserves, facts.reserves.word());
        self.set(Key::NonprofitCommercial, facts.nonprofit_commercial.word());
        self.set(Key::ShareAlike, facts.share_alike.scope.word());
        self.set(Key::Trigger, facts.share_alike.trigger.word());
        self.set(Key::Restrictions, facts.further_restrictions_forbidden.word());
        self.set(Key::Source, facts.source.word());
        self.set(Key::NetworkClause, facts.network_clause.word());
        self.set(Key::LicenseCopy, facts.license_copy.word());
        self.set(Key::Kind, facts.kind.word());
        self.set(Key::Sublicense, facts.sublicense.word());
        self.set(Key::Drm, facts.drm.word());
        self.set(Key::Patent, facts.patent.word());
        self.set(Key::Termination, facts.termination.word());
        self.set(Key::PublicDomain, facts.public_domain.word());
        let linking = effective_linking(facts);
        self.set(Key::LinkingStatic, linking.statically.word());
        self.set(Key::LinkingDynamic, linking.dynamically.word());
        self.add_fact_lists(facts);
        for (key, holds) in [
            (Key::ObjectCodeTerms, facts.object_code_terms),
            (Key::NoticeFile, facts.notice_file),
            (Key::ChangesMarked, facts.changes_marked),
            (Key::RenameOnChange, facts.rename_on_change),
            (Key::NoDerivatives, facts.no_derivatives),
            (Key::NoEndorsement, facts.no_endorsement),
            (Key::DisclaimerKept, facts.disclaimer_kept),
            (Key::ExportNote, facts.export_note),
            (Key::CreditRemoval, facts.credit_removal),
            (Key::TrademarkExcluded, facts.trademark_excluded),
            (Key::LimitAnyPurpose, facts.limit_any_purpose),
            (Key::Delayed, facts.delay.is_some()),
        ] {
            self.set_flag(key, holds);
        }
    }

    fn add_fact_lists(&mut self, facts: &Facts) {
        facts.allowed_organizations.iter().for_each(|word| self.add(Key::AllowedOrganizations, word.word()));
        facts.entity_bar.iter().for_each(|word| self.add(Key::EntityBar, word.word()));
        facts.nc_safe_harbor.iter().for_each(|word| self.add(Key::NcSafeHarbor, word.word()));
        facts.field_of_use.iter().for_each(|word| self.add(Key::FieldOfUse, word.word()));
        facts.attribution.iter().for_each(|word| self.add(Key::Attribution, word.word()));
        for target in &facts.share_alike.target {
            self.add(Key::Target, if TARGET.contains(&target.as_str()) { target } else { "listed" });
        }
    }
}

/// Returns what a license says of linking, or what follows from the reach of its share-alike if it says nothing.
pub fn effective_linking(facts: &Facts) -> Linking {
    let same = |link| Linking { statically: link, dynamically: link };
    facts.linking.clone().unwrap_or_else(|| match facts.share_alike.scope {
        ShareScope::None
        | ShareScope::SameNotice
        | ShareScope::File
        | ShareScope::Module
        | ShareScope::NetworkFile
        | ShareScope::ToolOutput => same(Link::Free),
        ShareScope::Library => same(Link::Relink),
        ShareScope::Work | ShareScope::Network | ShareScope::Content | ShareScope::Data | ShareScope::WorkImplied => {
            same(Link::Covered)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_fits_its_bits_and_names_are_unique() {
        let mut names: Vec<_> = Key::ALL.iter().map(|key| key.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Key::ALL.len());
        for key in Key::ALL {
            assert!(key.words().len() <= 64, "{}", key.name());
            assert_eq!(Key::from_name(key.name()), Some(*key));
        }
        assert!(FACT_NAMES.is_sorted());
    }

    #[test]
    fn a_subject_holds_words_by_key() {
        let mut subject = Subject::default();
        subject.add(Key::Attest, "reserves");
        subject.add(Key::Attest, "no-employees");
        subject.set(Key::Use, "ship");
        subject.set(Key::Use, "service");
        assert!(subject.has(Key::Attest, "reserves") && subject.has(Key::Attest, "no-employees"));
        assert!(subject.has(Key::Use, "service") && !subject.has(Key::Use, "ship"));
        assert!(!subject.has(Key::Use, "no-such-word"));
    }
}
