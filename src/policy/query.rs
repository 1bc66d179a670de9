//! What can be asked about a part: how it is joined, what is done with the work, and by whom.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::license::facts::Kind;
use crate::model::{Relation, Scope, words};

words! {
    /// Which question is asked.
    Ask {
        /// May the work be offered under the outbound license with this part in it?
        Outbound = "outbound",
        /// May this user use the part?
        Use = "use",
    }
}

words! {
    /// What is done with the work.
    Act {
        /// Copies are given to others.
        Ship = "ship",
        /// Others use it over a network.
        Service = "service",
        /// It is used by its user alone.
        InHouse = "in-house",
    }
}

words! {
    /// The form in which the work is shipped.
    Form {
        /// Source code.
        Source = "source",
        /// Programs.
        Binary = "binary",
        /// Scripts, pages and media sent to browsers.
        Web = "web",
        /// A container image.
        Container = "container",
        /// A store with technical protection.
        AppStore = "app-store",
    }
}

words! {
    /// Who uses the work.
    Entity {
        /// A co-operative owned by its workers.
        WorkerCoop = "worker-coop",
        /// An informal collective owned by its workers.
        WorkerCollective = "worker-collective",
        /// A person in business alone.
        SoleTrader = "sole-trader",
        /// A private person.
        Individual = "individual",
        /// A non-profit organization or charity.
        NonProfit = "non-profit",
        /// A public body, a public school or university.
        PublicBody = "public-body",
        /// A co-operative owned by its customers or users.
        ConsumerCoop = "consumer-coop",
        /// A company.
        Company = "company",
    }
}

words! {
    /// Something a user says about itself; it is never inferred.
    Attestation {
        /// All surplus is shared out among the worker-owners.
        SurplusToWorkers = "surplus-to-workers",
        /// Part of the surplus goes to reserves, taxes or the community.
        Reserves = "reserves",
        /// Some who work there are not members.
        NonMemberEmployees = "non-member-employees",
        /// Nobody is employed.
        NoEmployees = "no-employees",
        /// Somebody is employed.
        HasEmployees = "has-employees",
        /// Workers are among several groups of owners.
        MultiStakeholder = "multi-stakeholder",
        /// Everybody who works there is an owner, with equal equity or an equal vote.
        AllWorkersAreOwners = "all-workers-are-owners",
        /// It is governed democratically.
        Democratic = "democratic",
        /// It has the legal status of a social and solidarity enterprise.
        SseStatus = "sse-status",
        /// It is neither military nor police.
        NotMilitaryOrPolice = "not-military-or-police",
        /// It is state-owned or listed on an exchange.
        NotPrivatelyOwned = "not-privately-owned",
    }
}

words! {
    /// Whether a use is commercial.
    Purpose {
        /// Directed toward commercial advantage or money.
        Commercial = "commercial",
        /// Not so.
        NonCommercial = "non-commercial",
    }
}

words! {
    /// How a recipient gets at the work.
    Access {
        /// The recipient runs a copy.
        Copy = "copy",
        /// The recipient uses a service.
        Hosted = "hosted",
    }
}

/// Who uses the work, and what for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct User {
    /// Who it is.
    pub entity: Entity,
    /// What it says about itself.
    pub attest: BTreeSet<Attestation>,
    /// What for.
    pub purpose: Purpose,
}

impl User {
    /// Returns the user that a configuration names.
    pub fn of(config: &Config) -> Option<Self> {
        let you = &config.you;
        let entity = you.kind.as_deref().and_then(Entity::from_word)?;
        let purpose = you.purpose.as_deref().and_then(Purpose::from_word).unwrap_or(Purpose::Commercial);
        let attest = you.attest.iter().filter_map(|word| Attestation::from_word(word)).collect();
        Some(Self { entity, attest, purpose })
    }

    /// Returns a pair of attestations that contradict each other.
    pub fn contradiction(&self) -> Option<(Attestation, Attestation)> {
        let pairs = [
            (Attestation::NoEmployees, Attestation::HasEmployees),
            (Attestation::NoEmployees, Attestation::NonMemberEmployees),
            (Attestation::AllWorkersAreOwners, Attestation::NonMemberEmployees),
        ];
        pairs.into_iter().find(|(one, other)| self.attest.contains(one) && self.attest.contains(other))
    }
}

/// One question about one part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Query {
    /// Which question.
    pub ask: Ask,
    /// How the part is joined to the work.
    pub relation: Relation,
    /// How strongly it ends up in the work.
    pub scope: Scope,
    /// What is done with the work.
    pub act: Act,
    /// The form it is shipped in; any form if unsaid.
    pub form: Option<Form>,
    /// What the part is.
    pub part: Kind,
    /// Whether the licensor of the part is the project's own copyright holder.
    pub own_work: bool,
    /// Whether the licensor asked for removal of credit.
    pub credit_removed: bool,
    /// The clauses that the licensor of the part has waived for the project, in writing.
    pub waived: BTreeSet<String>,
    /// Who uses it; with the outbound question the rules about users are added.
    pub user: Option<User>,
    /// For a recipient: how it gets at the work.
    pub access: Option<Access>,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            ask: Ask::Outbound,
            relation: Relation::Static,
            scope: Scope::Runtime,
            act: Act::Ship,
            form: None,
            part: Kind::Software,
            own_work: false,
            credit_removed: false,
            waived: BTreeSet::new(),
            user: None,
            access: None,
        }
    }
}

/// Answers to switches, by id; a switch that is not named has its default.
pub type Answers = BTreeMap<String, String>;
