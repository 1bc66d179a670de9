//! Problems with inputs. A problem is not a judgement: see `policy` for findings.

use super::Location;

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing was lost.
    Note,
    /// Something looks wrong; nothing was lost.
    Warning,
    /// Something could not be read.
    Error,
}

impl Severity {
    /// Returns the word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

macro_rules! codes {
    ($($variant:ident = $id:literal, $severity:ident, $incomplete:literal, $words:literal;)*) => {
        /// What kind of problem a diagnostic reports.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $words] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the ids.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the id that reports print.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id),* }
            }

            /// Returns one sentence for a reader who meets the code for the first time.
            pub fn description(self) -> &'static str {
                match self { $(Self::$variant => $words),* }
            }

            /// Returns how much the problem matters.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity),* }
            }

            /// Returns whether packages or licenses may be missing because of it,
            /// so that the scan counts as incomplete.
            pub fn makes_incomplete(self) -> bool {
                match self { $(Self::$variant => $incomplete),* }
            }
        }
    };
}

codes! {
    BinaryLockfile = "binary-lockfile", Error, true, "A lockfile is in a binary format that cannot be read.";
    DuplicateKey = "duplicate-key", Warning, true, "A key that matters stands twice in one file; readers of the file may disagree on which counts.";
    DuplicateLockfile = "duplicate-lockfile", Warning, false, "Several lockfiles of one ecosystem lie in one folder; their packages are united.";
    EndedException = "ended-exception", Warning, false, "An exception of the configuration has ended and no longer accepts anything.";
    EndingException = "ending-exception", Warning, false, "An exception of the configuration ends within 14 days.";
    ForeignRegistry = "foreign-registry", Note, false, "A package comes from another registry than the ecosystem's official one and is not looked up.";
    IncompleteSbom = "incomplete-sbom", Warning, true, "An SBOM says of itself that it does not list everything.";
    InternalError = "internal-error", Error, true, "A parser failed in a way it should not; the file was not read to its end.";
    InvalidEntry = "invalid-entry", Error, true, "One entry of a file could not be read; the others were.";
    InvalidSyntax = "invalid-syntax", Error, true, "A file is not valid in its own syntax.";
    LookupFailed = "lookup-failed", Warning, false, "A registry could not answer for a package.";
    MissingFile = "missing-file", Warning, false, "A file that another file refers to is not there.";
    NoLockfile = "no-lockfile", Warning, true, "A manifest names dependencies and no lockfile pins them; what they bring with them is unknown.";
    NotInLockfile = "not-in-lockfile", Warning, false, "Packages are installed that the lockfile beside them does not name.";
    NotUnderstood = "not-understood", Warning, true, "A manifest was found for which there is no parser.";
    PathEscape = "path-escape", Error, true, "A path or link leads outside the scanned tree and was not followed.";
    RejectedArchive = "rejected-archive", Error, false, "An archive breaks a limit or a safety rule and was not used as evidence.";
    StaleLockfile = "stale-lockfile", Warning, true, "A manifest names a dependency that its lockfile lacks.";
    SwitchedRule = "switched-rule", Warning, false, "The configuration switches a rule off or makes its findings notes.";
    TooLarge = "too-large", Error, true, "A file or a structure is over a limit and was not read to its end.";
    UnknownLockfileVersion = "unknown-lockfile-version", Warning, true, "A lockfile has a version that is not known here; it was read as far as understood.";
    UnreadableFile = "unreadable-file", Error, true, "A file could not be opened or read.";
    UnusedRow = "unused-row", Warning, false, "A row of the configuration does nothing: no package or finding is what it names.";
    VoidException = "void-exception", Warning, false, "An exception no longer holds because the license text it accepted is another now.";
    VoidWaiver = "void-waiver", Warning, false, "A recorded waiver names a document that is not there or was changed, and does not count.";
}

/// One problem with one input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// What kind of problem it is.
    pub code: Code,
    /// Where it is, if it is in one place.
    pub at: Option<Location>,
    /// What was found, and what was expected: a lowercase fragment without a final period.
    pub message: String,
    /// What the reader can do about it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// Creates a diagnostic at a place.
    pub fn new(code: Code, at: Location, message: impl Into<String>) -> Self {
        Self { code, at: Some(at), message: message.into(), hint: None }
    }

    /// Adds what the reader can do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_described() {
        let ids: Vec<_> = Code::ALL.iter().map(|code| code.id()).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(Code::ALL.iter().all(|code| code.description().ends_with('.')));
    }
}
