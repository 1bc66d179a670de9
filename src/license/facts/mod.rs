//! The closed vocabulary of facts about a license.
//!
//! A fact is something a reader can point at in the text of a license.
//! Verdicts are computed from facts, never stored.
//! `licenses/README.md` explains each with an example.

mod duties;
mod rights;

use serde::{Deserialize, Serialize};

pub use duties::{Attribution, Drm, LicenseCopy, Link, NetworkClause, Restrictions, ShareScope, ShareTrigger, Source};
pub use rights::{
    Commercial, EntityBar, FieldLimit, Grant, Kind, NonprofitCommercial, Organization, Patent, PublicDomain, Reserves,
    SafeHarbor, Sublicense, Surplus, Termination,
};

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[doc = $doc:literal])+ $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[doc = $doc])+ #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every value, in the order of the definition.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word of every value, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// What every value means, in the same order.
            pub const MEANINGS: &'static [&'static str] = &[$(concat!($($doc),+).trim_ascii()),*];

            /// Returns the word used in `licenses/`, in rules and in reports.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }
    };
}

pub(crate) use words;

/// A duty to license in the same way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ShareAlike {
    /// How far it reaches.
    pub scope: ShareScope,
    /// What starts it.
    pub trigger: ShareTrigger,
    /// The licenses that meet it besides the license itself: ids, or the words `later`, `osi-any`,
    /// `permissive-superset` (a license that allows everything this one does), `reasonable-conditions`.
    #[serde(default)]
    pub target: Vec<String>,
}

/// What a library license says of linking, by kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Linking {
    /// Into one binary.
    #[serde(rename = "static")]
    pub statically: Link,
    /// At run time.
    #[serde(rename = "dynamic")]
    pub dynamically: Link,
}

/// The parameters of a time-delayed license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Delay {
    /// Years from publication at the most; 0 if the work itself names the date.
    pub years: u32,
    /// The expression that applies afterwards; `None` if the work itself names it.
    #[serde(default)]
    pub change_license: Option<String>,
}

/// The parameters of a small-business license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BusinessSize {
    /// Fewer people than this; 0 if the work itself names the number.
    pub people: u32,
    /// Less revenue a year than this, in US dollars of `year`; 0 if there is no such limit.
    pub revenue: u64,
    /// The year whose dollars count.
    pub year: u32,
}

/// Everything known about one license.
///
/// In `licenses/` a family states the facts its members share and each member what differs;
/// a fact stated nowhere has the default named beside it here, except the first eight, which must be stated.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each with its own name in the data")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Facts {
    /// What is granted at all. Must be stated.
    pub grant: Grant,
    /// Who may act commercially. Must be stated.
    pub commercial_use: Commercial,
    /// The duty to license in the same way. Must be stated.
    pub share_alike: ShareAlike,
    /// Whether further restrictions are forbidden. Must be stated.
    pub further_restrictions_forbidden: Restrictions,
    /// What source must be offered. Must be stated.
    pub source: Source,
    /// What is said of use over a network. Must be stated.
    pub network_clause: NetworkClause,
    /// How the license must accompany copies. Must be stated.
    pub license_copy: LicenseCopy,
    /// How authors must be named. Must be stated; several may apply.
    pub attribution: Vec<Attribution>,

    /// What it is written for. Default: software.
    #[serde(default = "default_kind")]
    pub kind: Kind,
    /// Surplus of the worker-owned. Default: unstated.
    #[serde(default = "default_surplus")]
    pub surplus: Surplus,
    /// Reserves of the worker-owned. Default: allowed.
    #[serde(default = "default_reserves")]
    pub reserves: Reserves,
    /// Organizations that a `restricted-organizations` license allows.
    #[serde(default)]
    pub allowed_organizations: Vec<Organization>,
    /// Users that are barred from any use.
    #[serde(default)]
    pub entity_bar: Vec<EntityBar>,
    /// Non-profits acting commercially. Default: as-allowed.
    #[serde(default = "default_nonprofit")]
    pub nonprofit_commercial: NonprofitCommercial,
    /// Organizations that always count as noncommercial.
    #[serde(default)]
    pub nc_safe_harbor: Vec<SafeHarbor>,
    /// Limits on what it may be used for.
    #[serde(default)]
    pub field_of_use: Vec<FieldLimit>,
    /// The limit in `commercial-use` holds for every purpose, noncommercial ones included. Default: no.
    #[serde(default)]
    pub limit_any_purpose: bool,
    /// Size limits of a small-business license.
    #[serde(default)]
    pub business_size: Option<BusinessSize>,
    /// Parameters of a time-delayed license.
    #[serde(default)]
    pub delay: Option<Delay>,
    /// Sublicensing. Default: unstated.
    #[serde(default = "default_sublicense")]
    pub sublicense: Sublicense,
    /// Linking, for licenses that speak of it. Default: free for `share-alike` none, file and module;
    /// relink for library; covered otherwise, which the loader fills in.
    #[serde(default)]
    pub linking: Option<Linking>,
    /// Object code may be under other terms only if they meet conditions (Eclipse and its kin). Default: no.
    #[serde(default)]
    pub object_code_terms: bool,
    /// A NOTICE file must be passed on. Default: no.
    #[serde(default)]
    pub notice_file: bool,
    /// Changes must be marked. Default: no.
    #[serde(default)]
    pub changes_marked: bool,
    /// A changed version must have another name. Default: no.
    #[serde(default)]
    pub rename_on_change: bool,
    /// Changed versions may not be given on. Default: no.
    #[serde(default)]
    pub no_derivatives: bool,
    /// The names of authors may not be used to promote. Default: no.
    #[serde(default)]
    pub no_endorsement: bool,
    /// The disclaimer must be kept. Default: yes.
    #[serde(default = "default_true")]
    pub disclaimer_kept: bool,
    /// The text speaks of export law. Default: no.
    #[serde(default)]
    pub export_note: bool,
    /// Credit must be removed when the licensor asks. Default: no.
    #[serde(default)]
    pub credit_removal: bool,
    /// Technical protection. Default: silent.
    #[serde(default = "default_drm")]
    pub drm: Drm,
    /// Patents. Default: none.
    #[serde(default = "default_patent")]
    pub patent: Patent,
    /// Trademarks are expressly not granted. Default: no.
    #[serde(default)]
    pub trademark_excluded: bool,
    /// How rights end. Default: unstated.
    #[serde(default = "default_termination")]
    pub termination: Termination,
    /// Whether the work is put outside copyright. Default: no.
    #[serde(default = "default_public_domain")]
    pub public_domain: PublicDomain,
    /// Licenses into which a recipient may move the work (LGPL into GPL, CeCILL into GPL).
    #[serde(default)]
    pub relicense_to: Vec<String>,
    /// Licenses under which a larger work may be given instead (MPL-2.0 and EPL-2.0 secondary licenses, EUPL appendix).
    #[serde(default)]
    pub secondary_license: Vec<String>,
}

fn default_true() -> bool {
    true
}
fn default_kind() -> Kind {
    Kind::Software
}
fn default_surplus() -> Surplus {
    Surplus::Unstated
}
fn default_reserves() -> Reserves {
    Reserves::Allowed
}
fn default_nonprofit() -> NonprofitCommercial {
    NonprofitCommercial::AsAllowed
}
fn default_sublicense() -> Sublicense {
    Sublicense::Unstated
}
fn default_drm() -> Drm {
    Drm::Silent
}
fn default_patent() -> Patent {
    Patent::None
}
fn default_termination() -> Termination {
    Termination::Unstated
}
fn default_public_domain() -> PublicDomain {
    PublicDomain::No
}
