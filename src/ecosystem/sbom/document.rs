//! What all SBOM formats come to before they become records: elements, what they need, what the document is about.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Code, Diagnostic, Location, Purl};
use crate::ecosystem::Parsed;
use crate::ecosystem::records::Records;
use crate::model::{Checksum, Claim, ClaimKind, FieldFormat, Join, Origin, PackageRecord, Scope, Trait};

/// What precedes the names under which we keep what the fields of the formats cannot say.
const PREFIX: &str = "ppl-check:";

/// One package of a document.
#[derive(Clone, Debug, Default)]
pub(super) struct Element {
    /// Its identifier inside the document.
    pub(super) id: String,
    /// Its package URL, as written.
    pub(super) purl: Option<String>,
    /// Its namespace.
    pub(super) group: Option<String>,
    /// Its name.
    pub(super) name: String,
    /// Its version.
    pub(super) version: Option<String>,
    /// The line on which it starts.
    pub(super) line: u32,
    /// What is said of its license.
    pub(super) claims: Vec<Claim>,
    /// The checksums of its archive.
    pub(super) checksums: Vec<Checksum>,
    /// The scope, where the document says it.
    pub(super) scope: Option<Scope>,
    /// Whether it is optional.
    pub(super) optional: bool,
    /// Whether it is no part of a work: an operating system, a container, a lone file.
    pub(super) infrastructure: bool,
    /// Names without prefix and values that we wrote ourselves.
    pub(super) ours: Vec<(String, String)>,
}

/// What one element is to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) scope: Scope,
    pub(super) optional: bool,
}

impl Link {
    /// A plain dependency.
    pub(super) const RUNTIME: Self = Self { scope: Scope::Runtime, optional: false };
}

/// A document under way.
#[derive(Debug)]
pub(super) struct Document {
    at: Location,
    elements: Vec<Element>,
    links: Vec<(String, String, Link)>,
    subjects: BTreeSet<String>,
    diagnostics: Vec<Diagnostic>,
}

impl Document {
    pub(super) fn new(at: &Location) -> Self {
        Self {
            at: at.clone(),
            elements: Vec::new(),
            links: Vec::new(),
            subjects: BTreeSet::new(),
            diagnostics: Vec::new(),
        }
    }

    /// Returns a line of the document as a place.
    pub(super) fn line(&self, line: u32) -> Location {
        self.at.at_line(line)
    }

    /// Compares the version of the format with those that are known.
    pub(super) fn expect_version(&mut self, found: Option<&str>, known: &[&str]) {
        if !found.is_some_and(|found| known.contains(&found)) {
            let found = found.map_or("none".to_owned(), |found| format!("`{}`", super::super::shortened(found)));
            let message = format!("expected version {}, found {found}", known.join(", "));
            self.diagnostics.push(Diagnostic::new(Code::UnknownLockfileVersion, self.at.clone(), message));
        }
    }

    /// Reports an entry that could not be read.
    pub(super) fn invalid(&mut self, line: u32, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(Code::InvalidEntry, self.line(line), message));
    }

    /// Notes that the document does not list everything.
    pub(super) fn incomplete(&mut self, line: u32) {
        let message = "the document says that it does not list everything";
        self.diagnostics.push(Diagnostic::new(Code::IncompleteSbom, self.line(line), message));
    }

    pub(super) fn add(&mut self, element: Element) {
        if element.name.is_empty() && element.purl.is_none() {
            self.invalid(element.line, "expected a package with a name");
        } else {
            self.elements.push(element);
        }
    }

    pub(super) fn link(&mut self, from: &str, to: &str, link: Link) {
        self.links.push((from.to_owned(), to.to_owned(), link));
    }

    /// Notes what the document is about.
    pub(super) fn about(&mut self, id: &str) {
        self.subjects.insert(id.to_owned());
    }

    /// Turns the elements into records.
    pub(super) fn finish(mut self) -> Parsed {
        let own = self.own();
        // One package of one's own is what the document is about, and lies where it lies.
        let dir = (own.len() == 1).then(crate::base::RelPath::root);
        let mut records = Records::default();
        let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
        for element in std::mem::take(&mut self.elements) {
            let is_own = own.contains(&element.id);
            let id = element.id.clone();
            let mut record = self.record(element, is_own);
            record.dir = dir.clone().filter(|_| is_own);
            let record_idx = records.add(record);
            if !id.is_empty() {
                by_id.entry(id).or_insert(record_idx);
            }
        }
        for (from, to, link) in &self.links {
            if let (Some(from), Some(to)) = (by_id.get(from), by_id.get(to)) {
                records.need(*from, *to, link.scope, link.optional);
            }
        }
        Parsed { records: records.finish(), diagnostics: self.diagnostics, ..Parsed::default() }
    }

    /// Returns which elements are the user's own.
    ///
    /// A document that is about all its packages alike is a plain list of them: nothing would be left to judge.
    fn own(&self) -> BTreeSet<String> {
        let marked = self
            .elements
            .iter()
            .filter(|element| element.ours.iter().any(|(name, value)| name == "not-judged" && value == "own"));
        let marked: BTreeSet<String> = marked.map(|element| element.id.clone()).collect();
        if !marked.is_empty() {
            return marked;
        }
        let needs_others: BTreeSet<&str> = self.links.iter().map(|(from, _, _)| from.as_str()).collect();
        let alone = self.subjects.len() == 1 && self.elements.len() > 1;
        let own = self.subjects.iter().filter(|id| alone || needs_others.contains(id.as_str()));
        own.cloned().collect()
    }

    fn record(&mut self, element: Element, own: bool) -> PackageRecord {
        let at = self.line(element.line);
        let purl = match element.purl.as_deref().map(str::parse::<Purl>) {
            Some(Ok(purl)) => Some(purl),
            Some(Err(error)) => {
                let written = element.purl.as_deref().unwrap_or_default();
                self.invalid(element.line, format!("`{}`: {error}", super::super::shortened(written)));
                None
            }
            None => None,
        };
        let version = element.version.as_deref();
        let purl =
            purl.unwrap_or_else(|| Purl::with_namespace("generic", element.group.as_deref(), &element.name, version));
        // A document does not say where packages came from: no registry is asked for them.
        let mut record = PackageRecord { own, origin: Origin::Unknown, ..PackageRecord::new(purl, at.clone()) };
        record.scope = element.scope.filter(|_| !own);
        record.optional = element.optional;
        record.checksums = element.checksums;
        record.claims = element.claims;
        if element.infrastructure {
            record.traits.insert(Trait::Infrastructure);
        }
        for (name, value) in element.ours {
            match name.as_str() {
                "scope" if !own => record.scope = Scope::from_word(&value).or(record.scope),
                "optional" => record.optional = value == "true",
                "trait" => record.traits.extend(Trait::from_word(&value)),
                "license" => record.claims = vec![stated(&value, &at)],
                "not-judged" if value == "infrastructure" => {
                    record.traits.insert(Trait::Infrastructure);
                }
                _ => {}
            }
        }
        record
    }
}

/// Returns the name of a property of ours without its prefix.
pub(super) fn ours(name: &str) -> Option<&str> {
    name.strip_prefix(PREFIX)
}

/// Returns the claim behind a license that we could not put into the fields of a format.
fn stated(value: &str, at: &Location) -> Claim {
    let values: Vec<String> = value.split(" | ").map(str::to_owned).collect();
    Claim::fields(ClaimKind::Concluded, FieldFormat::Spdx, Join::OneOf, values, at.clone())
}

/// Returns what a document concludes and declares as one claim: if the two differ, one of them holds.
pub(super) fn concluded(concluded: Option<&str>, declared: Option<&str>, at: &Location) -> Option<Claim> {
    let said =
        |text: Option<&str>| text.map(str::trim).filter(|text| !matches!(*text, "" | "NOASSERTION")).map(str::to_owned);
    let field = |kind, text: String| Claim::field(kind, FieldFormat::Spdx, &text, at.clone());
    match (said(concluded), said(declared)) {
        (Some(concluded), Some(declared)) if concluded != declared => {
            let values = vec![concluded, declared];
            Some(Claim::fields(ClaimKind::Concluded, FieldFormat::Spdx, Join::OneOf, values, at.clone()))
        }
        (Some(concluded), _) => Some(field(ClaimKind::Concluded, concluded)),
        (None, Some(declared)) => Some(field(ClaimKind::Declared, declared)),
        (None, None) => None,
    }
}

/// Reads a checksum, whatever the algorithm is called: `SHA256`, `SHA-256`.
pub(super) fn checksum(algorithm: &str, digits: &str) -> Option<Checksum> {
    let algorithm = algorithm.trim().to_ascii_lowercase().replace('-', "");
    let digits = digits.trim();
    let valid = !digits.is_empty() && digits.len() <= 256 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    valid.then(|| Checksum { algorithm, hex: digits.to_ascii_lowercase() })
}
