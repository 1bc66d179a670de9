//! The closed vocabulary of facts about a license.
//!
//! A fact is something a reader can point at in the text of a license.
//! Verdicts are computed from facts, never stored.
//! `licenses/README.md` explains each with an example.

use serde::{Deserialize, Serialize};

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

words! {
    /// What a license is written for.
    Kind {
        /// Programs.
        Software = "software",
        /// Texts, pictures, music.
        Content = "content",
        /// Typefaces.
        Font = "font",
        /// Databases and data sets.
        Data = "data",
        /// Manuals.
        Documentation = "documentation",
        /// Designs of physical things.
        Hardware = "hardware",
        /// Trained models.
        Model = "model",
    }
}

words! {
    /// Who or what may exercise the rights commercially.
    Commercial {
        /// Everybody.
        Allowed = "allowed",
        /// Nobody.
        Forbidden = "forbidden",
        /// Worker-owned businesses and collectives only; see the `surplus` and `reserves` facts.
        WorkerOwnedOnly = "worker-owned-only",
        /// The organizations named in `allowed-organizations` only.
        RestrictedOrganizations = "restricted-organizations",
        /// Organizations below a size.
        SmallBusiness = "small-business",
        /// Not for production, or not competing, until a date; then the change license.
        TimeDelayed = "time-delayed",
        /// In-house only.
        InternalOnly = "internal-only",
        /// Everything but offering it as a hosted service.
        NoHostedService = "no-hosted-service",
        /// Everything but selling it or services whose value comes from it.
        NoSale = "no-sale",
        /// Everything but taking money for copies.
        NoPaidDistribution = "no-paid-distribution",
        /// Everything but competing with the licensor.
        NonCompeting = "non-competing",
        /// The text says nothing that settles it, or it was not read.
        Unknown = "unknown",
    }
}

words! {
    /// What must happen to the surplus of a worker-owned business.
    Surplus {
        /// All surplus of the business goes to the worker-owners.
        All = "all",
        /// All surplus after tax goes to the worker-owners.
        AfterTax = "after-tax",
        /// All surplus made with this work goes to the worker-owners.
        FromWork = "from-work",
        /// The text asks nothing.
        Unstated = "unstated",
    }
}

words! {
    /// Whether a worker-owned business may keep surplus in reserves or give it to the community.
    Reserves {
        /// Read literally, no.
        Forbidden = "forbidden",
        /// By unanimous decision.
        Consensus = "consensus",
        /// Yes, or the text asks nothing.
        Allowed = "allowed",
    }
}

words! {
    /// A kind of organization a license names.
    Organization {
        /// A person acting for themselves.
        Individual = "individual",
        /// A non-profit.
        NonProfit = "non-profit",
        /// A school or university.
        Education = "education",
        /// A co-operative or collective owned by its workers.
        WorkerOwned = "worker-owned",
        /// As `worker-owned`, and all workers have equal equity or an equal vote.
        WorkerOwnedEqual = "worker-owned-equal",
        /// An organization that is governed democratically.
        Democratic = "democratic",
        /// An enterprise of the social and solidarity economy in the sense of the law.
        SocialEconomy = "social-economy",
        /// A public body.
        PublicBody = "public-body",
    }
}

words! {
    /// Users that a license bars from any use, whatever the purpose.
    EntityBar {
        /// Privately owned and managed businesses that seek profit from the labor of employees.
        PrivateWageFirm = "private-wage-firm",
        /// Military and law enforcement.
        MilitaryPolice = "military-police",
        /// Everybody who is not a co-operative.
        NonCoop = "non-coop",
        /// For-profit users that are not governed democratically.
        UndemocraticForProfit = "undemocratic-for-profit",
        /// Named companies, industries or states.
        Named = "named",
    }
}

words! {
    /// Whether a non-profit may act commercially under a worker-owned-only license.
    NonprofitCommercial {
        /// As everybody else: the commercial-use fact decides.
        AsAllowed = "as-allowed",
        /// Allowed beside the worker-owned.
        Allowed = "allowed",
        /// Not allowed.
        Forbidden = "forbidden",
        /// Text and intent differ.
        Contested = "contested",
    }
}

words! {
    /// Organizations whose use a noncommercial license counts as noncommercial whatever the purpose.
    SafeHarbor {
        /// Charities.
        Charity = "charity",
        /// Educational institutions.
        Education = "education",
        /// Government institutions.
        Government = "government",
    }
}

words! {
    /// Limits on what a work may be used for.
    FieldLimit {
        /// Harm to people, human rights, a code of ethics.
        Ethics = "ethics",
        /// No nuclear facilities.
        NoNuclear = "no-nuclear",
        /// No military use.
        NoMilitary = "no-military",
        /// Not to compete with the licensor.
        CompetingUse = "competing-use",
        /// On one platform or with one product only.
        Platform = "platform",
        /// A list of prohibited uses of a model.
        ModelUse = "model-use",
        /// Research, evaluation or teaching only.
        ResearchOnly = "research-only",
        /// Another limit, named in a quote.
        Other = "other",
    }
}

words! {
    /// How far a duty to license in the same way reaches.
    ShareScope {
        /// No such duty.
        None = "none",
        /// The same notice or terms on copies of the work itself.
        SameNotice = "same-notice",
        /// Files that hold licensed code.
        File = "file",
        /// The module or component; object code may be under other terms that meet conditions.
        Module = "module",
        /// The library, with conditions on programs that link with it.
        Library = "library",
        /// The whole program or work based on it.
        Work = "work",
        /// As `work`, and network use counts.
        Network = "network",
        /// As `file`, and network use counts.
        NetworkFile = "network-file",
        /// Works made with the tool.
        ToolOutput = "tool-output",
        /// Adaptations of content.
        Content = "content",
        /// Derived databases.
        Data = "data",
        /// On the work itself by the text; on adaptations only by name or preamble.
        WorkImplied = "work-implied",
    }
}

words! {
    /// The act that starts a share-alike duty.
    ShareTrigger {
        /// There is no such duty.
        None = "none",
        /// Giving copies to others.
        Distribute = "distribute",
        /// Enabling others to make or receive copies.
        Convey = "convey",
        /// Letting others use it over a network.
        NetworkUse = "network-use",
        /// Deploying it inside the organization.
        InternalDeploy = "internal-deploy",
        /// Using it as a tool.
        AnyUseAsTool = "any-use-as-tool",
    }
}

words! {
    /// How widely a license forbids further restrictions.
    Restrictions {
        /// Not at all.
        No = "no",
        /// On the licensed part.
        Part = "part",
        /// On the whole covered work.
        Work = "work",
    }
}

words! {
    /// Whether sublicensing is allowed.
    Sublicense {
        /// Yes.
        Allowed = "allowed",
        /// No: each recipient is licensed by the licensor directly.
        Forbidden = "forbidden",
        /// The text says nothing.
        Unstated = "unstated",
    }
}

words! {
    /// What a license says of linking with a library under it.
    Link {
        /// No condition.
        Free = "free",
        /// Allowed if the user can relink with a changed library and reverse engineer for it.
        Relink = "relink",
        /// As `relink`, and the terms of the whole may restrict anything but changes of the library's portions.
        RelinkLibrary = "relink-library",
        /// The whole is covered.
        Covered = "covered",
        /// The license's own drafters or readers disagree.
        Contested = "contested",
    }
}

words! {
    /// What source code must be offered.
    Source {
        /// None.
        None = "none",
        /// Of the licensed files.
        File = "file",
        /// Of the library.
        Library = "library",
        /// Of the whole work.
        Work = "work",
        /// Of the whole work, also to those who use it over a network.
        Network = "network",
        /// Of the work and the tools and services around it.
        WorkPlusTools = "work-plus-tools",
    }
}

words! {
    /// What a license says of use over a network.
    NetworkClause {
        /// Nothing.
        None = "none",
        /// Users who interact remotely with a modified version are offered its source.
        RemoteInteraction = "remote-interaction",
        /// Deployment for others counts as distribution.
        ExternalDeployment = "external-deployment",
        /// Offering it as a service asks for the source of the service.
        ServiceSource = "service-source",
    }
}

words! {
    /// How the authors must be named, beyond the copyright notice.
    Attribution {
        /// By the copyright notice alone.
        Notice = "notice",
        /// Title, author, source, license.
        Tasl = "tasl",
        /// A badge or credit in the user interface or in documentation.
        Badge = "badge",
        /// In advertising material.
        Advertising = "advertising",
        /// By citation in publications.
        Citation = "citation",
        /// Not at all.
        None = "none",
    }
}

words! {
    /// How the license must accompany copies.
    LicenseCopy {
        /// Not at all.
        None = "none",
        /// As a copy of the text.
        Copy = "copy",
        /// As its address.
        Uri = "uri",
        /// As either.
        Either = "either",
    }
}

words! {
    /// What a license says of technical protection measures.
    Drm {
        /// Nothing.
        Silent = "silent",
        /// Not allowed.
        Forbidden = "forbidden",
        /// Allowed beside an unprotected copy.
        ParallelAllowed = "parallel-allowed",
        /// Installation information must be given for user products.
        InstallationInformation = "installation-information",
    }
}

words! {
    /// What a license says of patents.
    Patent {
        /// Nothing.
        None = "none",
        /// A grant.
        Grant = "grant",
        /// A grant that ends for who sues over the work.
        GrantRetaliation = "grant-retaliation",
        /// A grant, and the whole license ends for who sues.
        GrantRetaliationStrong = "grant-retaliation-strong",
        /// Patents are expressly not granted.
        Excluded = "excluded",
    }
}

words! {
    /// How rights end.
    Termination {
        /// The text says nothing.
        Unstated = "unstated",
        /// By any breach.
        Automatic = "automatic",
        /// By breach, with a time to cure it.
        AutomaticWithCure = "automatic-with-cure",
        /// At the licensor's will.
        AtWill = "at-will",
    }
}

words! {
    /// Whether and how a work is put outside copyright.
    PublicDomain {
        /// It is not.
        No = "no",
        /// A named dedication or a text that gives up all rights.
        Dedication = "dedication",
        /// An assertion that depends on a jurisdiction.
        Assertion = "assertion",
    }
}

words! {
    /// What a license grants at all.
    Grant {
        /// Use, copying, changing and giving on, as the other facts limit them.
        Full = "full",
        /// Copying and use, no changes to be given on.
        Unmodified = "unmodified",
        /// Changing and use, without a right to give copies on.
        NoDistribution = "no-distribution",
        /// Use alone.
        UseOnly = "use-only",
        /// Nothing.
        Nothing = "nothing",
    }
}

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
