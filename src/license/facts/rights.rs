//! What a license grants, to whom, for what, and how that ends.

use serde::{Deserialize, Serialize};

use super::words;

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
