//! What a license asks in return: share-alike, source, notices.

use serde::{Deserialize, Serialize};

use super::words;

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
