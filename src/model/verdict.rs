//! Verdicts, their causes, and the relations they depend on.

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[doc = $doc:literal])+ $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[doc = $doc])+ $variant,)*
        }

        impl $name {
            /// Every value, least first.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the word used in files, options and reports.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// Returns what it means, in plain words.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii()),* }
            }

            /// Finds a value by its word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.word())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// A judgement, best first.
    Verdict {
        /// Allowed; at most notices and texts must be kept.
        Ok = "ok",
        /// Allowed if a further duty is met.
        Obligation = "obligation",
        /// Turns on a fact that cannot be seen here, or on a contested reading.
        Review = "review",
        /// No way satisfies both licenses under the readings in force.
        Conflict = "conflict",
    }
}

words! {
    /// Why a verdict is what it is.
    Cause {
        /// The licenses say so.
        Terms = "terms",
        /// Contested law: the reading in force decides.
        Reading = "reading",
        /// A fact about the user is unsaid.
        Entity = "entity",
        /// Evidence is missing, ambiguous or incomplete.
        Evidence = "evidence",
    }
}

words! {
    /// How a package and the work hang together, weakest first: over several paths the last of these counts.
    Relation {
        /// Used while testing or developing only.
        Dev = "dev",
        /// A tool that makes the work.
        Build = "build",
        /// Called over a network.
        Service = "service",
        /// Started as a program of its own.
        SeparateProcess = "separate-process",
        /// Made by a tool.
        Output = "output",
        /// Shipped beside the work, unmodified.
        Aggregate = "aggregate",
        /// Data, a font or media used by the work.
        Asset = "asset",
        /// Loaded by an interpreter.
        Import = "import",
        /// Linked at run time.
        Dynamic = "dynamic",
        /// Linked or bundled into one artifact.
        Static = "static",
        /// Copied into the tree.
        Vendored = "vendored",
        /// Copied and changed.
        Modified = "modified",
    }
}

impl Cause {
    /// Returns how much the cause matters where two judgements of one verdict meet: what is unknown comes first,
    /// what only a reading decides comes last.
    pub fn weight(self) -> u8 {
        match self {
            Self::Reading => 0,
            Self::Entity => 1,
            Self::Terms => 2,
            Self::Evidence => 3,
        }
    }
}
