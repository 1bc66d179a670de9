//! `ppl-check.lock`: the evidence a project has committed, so that every machine comes to the same answer.
//!
//! One block for each package, sorted, without dates, hosts and paths:
//!
//! ```toml
//! [[package]]
//! purl = "pkg:cargo/leaf@1.0.0"
//! checksum = "sha256:…"          # of the lockfile; another one voids the row
//! expression = "MIT"             # or `candidates`, or `modified`
//! basis = "declared"
//! texts = ["sha256:…"]           # what was read
//! ```
//!
//! A row counts where the bytes are not at hand. Bytes that are at hand and disagree with it are a conflict.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::license::expr::Expr;
use crate::license::identify::{Conclusion, Identification};
use crate::model::{
    Basis, Checksum, Claim, ClaimKind, Disagreement, FieldFormat, Package, Resolution, Resolved, Statement, Trait,
};
use crate::syntax::toml::{Document, Value};

/// The name of the file in the root of a project.
pub const LOCK_NAME: &str = "ppl-check.lock";

const VERSION: &str = "1";
const HEAD: &str = "\
# Evidence of licenses, written by `ppl-check lock`. Commit it: a license that changes shows as a changed line.
version = 1
";
/// A package whose contents were read and grant nothing.
const NONE: &str = "NONE";
/// A text that is not known here.
const NO_ASSERTION: &str = "NOASSERTION";
/// A GNU text that does not say whether later versions count.
const UNSTATED: &str = "unstated";

/// The rows of a file, by package.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorded {
    rows: BTreeMap<String, Row>,
}

/// What is recorded about one package.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    at: Location,
    checksum: Option<Checksum>,
    license: Option<Resolved>,
    basis: Option<Basis>,
    texts: BTreeSet<String>,
    /// What contradicts the license that counts.
    others: Vec<(Source, Resolved)>,
    traits: BTreeSet<Trait>,
}

/// What else speaks of the license of a package.
#[derive(Clone, Debug, PartialEq)]
enum Source {
    /// A text, by its digest.
    Text(String),
    /// A field, as written.
    Field(String),
}

impl Recorded {
    /// Reads the text of a file. What is wrong with a row costs the row.
    pub fn parse(text: &str) -> (Self, Vec<Diagnostic>) {
        let file = Location::file(RelPath::root().join(LOCK_NAME));
        let document = Document::parse(text);
        let mut diagnostics = Vec::new();
        for problem in &document.problems {
            diagnostics.push(Diagnostic::new(Code::InvalidSyntax, file.at_line(problem.line), problem.message.clone()));
        }
        let version = document.root.get("version").and_then(Value::integer);
        if version != Some(VERSION) && !text.trim().is_empty() {
            let found = version.unwrap_or("none");
            let message = format!("expected version {VERSION}, found {found}");
            diagnostics.push(Diagnostic::new(Code::UnknownLockfileVersion, file.clone(), message));
        }
        let mut recorded = Self::default();
        for block in document.root.get("package").map_or(&[][..], Value::items) {
            let at = file.at_line(block.get("purl").unwrap_or(block).line());
            match row(block, at.clone()) {
                Ok((purl, row)) => {
                    if recorded.rows.insert(purl.clone(), row).is_some() {
                        let message = format!("`{purl}` stands twice");
                        diagnostics.push(Diagnostic::new(Code::DuplicateKey, at, message));
                    }
                }
                Err(message) => diagnostics
                    .push(Diagnostic::new(Code::InvalidEntry, at, message).hint("ppl-check lock writes the file anew")),
            }
        }
        (recorded, diagnostics)
    }

    /// Returns the row of a package.
    pub fn get(&self, purl: &Purl) -> Option<&Row> {
        self.rows.get(&purl.to_string())
    }

    /// Records what was found out about packages. A package about which nothing was found now keeps its old row, as
    /// long as that is about the same bytes.
    #[must_use]
    pub fn of(packages: &[Package], old: &Self) -> Self {
        let mut rows = BTreeMap::new();
        for package in packages.iter().filter(|package| package.not_judged.is_none()) {
            let kept = || old.get(&package.purl).filter(|row| row.fits(&package.checksums).is_ok()).cloned();
            if let Some(row) = Row::of(package).or_else(kept) {
                rows.insert(package.purl.to_string(), row);
            }
        }
        Self { rows }
    }

    /// Returns how many packages there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether there is no package.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns whether there is a row about a package.
    pub fn has(&self, purl: &str) -> bool {
        self.rows.contains_key(purl)
    }

    /// Returns the packages whose rows differ from those of another file, sorted.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let purls: BTreeSet<&String> = self.rows.keys().chain(other.rows.keys()).collect();
        let text = |rows: &BTreeMap<String, Row>, purl: &str| rows.get(purl).map(|row| row.render(purl));
        purls.into_iter().filter(|purl| text(&self.rows, purl) != text(&other.rows, purl)).cloned().collect()
    }

    /// Renders the file.
    pub fn render(&self) -> String {
        let rows = self.rows.iter().map(|(purl, row)| row.render(purl));
        std::iter::once(HEAD.to_owned()).chain(rows).collect::<Vec<_>>().join("\n")
    }
}

impl Row {
    fn of(package: &Package) -> Option<Self> {
        let resolution = &package.resolution;
        if !resolution.mismatches.is_empty() {
            return None;
        }
        let license = match &resolution.resolved {
            Resolved::Missing { complete_look: false } => return None,
            // The user's own reading stands in the configuration, and rests on the texts alone.
            _ if resolution.basis == Some(ClaimKind::Clarification) => None,
            Resolved::Modified { id, .. } => Some(Resolved::Modified { id: id.clone(), changes: Vec::new() }),
            other => Some(other.clone()),
        };
        let texts = texts_of(&package.claims);
        let others = resolution.disagreements.iter().filter_map(|other| {
            let claim = package.claims.get(other.claim)?;
            let source = match &claim.says {
                Statement::Text { sha256, .. } => Source::Text(sha256.clone()),
                Statement::Field { .. } | Statement::SeeFile(_) => Source::Field(claim.raw.clone()),
            };
            let license = match &other.other {
                Resolved::Modified { id, .. } => Resolved::Modified { id: id.clone(), changes: Vec::new() },
                license => license.clone(),
            };
            Some((source, license))
        });
        Some(Self {
            at: Location::file(RelPath::root().join(LOCK_NAME)),
            checksum: package.checksums.first().cloned(),
            basis: resolution.basis.filter(|basis| *basis != ClaimKind::EvidenceLock),
            others: others.collect(),
            traits: package.traits.clone(),
            license,
            texts,
        })
    }

    /// Says how the lockfile contradicts the row, if it does.
    pub(super) fn fits(&self, checksums: &[Checksum]) -> Result<(), String> {
        let Some(recorded) = &self.checksum else { return Ok(()) };
        let mut comparable = checksums.iter().filter(|checksum| checksum.algorithm == recorded.algorithm).peekable();
        let Some(first) = comparable.peek().copied() else { return Ok(()) };
        if comparable.any(|checksum| checksum == recorded) {
            return Ok(());
        }
        let (algorithm, hex) = (&recorded.algorithm, &recorded.hex);
        Err(format!("{LOCK_NAME} records {algorithm} {hex}, and the lockfile has {}", first.hex))
    }

    /// Says how a copy that was read contradicts the row, if it does.
    pub(super) fn agrees(&self, claims: &[Claim], resolved: &Resolved) -> Result<(), String> {
        let texts = texts_of(claims);
        let (gone, new): (Vec<_>, Vec<_>) =
            (self.texts.difference(&texts).collect(), texts.difference(&self.texts).collect());
        // Wheels and source archives of one release need not hold the same files.
        if let (Some(gone), Some(new)) = (gone.first(), new.first()) {
            return Err(format!("{LOCK_NAME} records a text with sha256 {gone}, and the copy here has {new}"));
        }
        let Some(recorded) = &self.license else { return Ok(()) };
        let compatible = match (recorded, resolved) {
            (_, Resolved::Missing { complete_look: false }) => true,
            (Resolved::Modified { id, .. }, Resolved::Modified { id: other, .. }) => id == other,
            (Resolved::Candidates(some), Resolved::Candidates(others)) => some.iter().any(|one| others.contains(one)),
            (Resolved::Candidates(candidates), Resolved::Expression(expr))
            | (Resolved::Expression(expr), Resolved::Candidates(candidates)) => candidates.contains(expr),
            (one, other) => one == other,
        };
        if compatible { Ok(()) } else { Err(format!("{LOCK_NAME} records another license than the copy here has")) }
    }

    /// Returns the license, the claims it rests on, and the properties, where the bytes are not at hand.
    pub(super) fn resolution(&self, resolution: Resolution) -> Option<(Resolution, Vec<Claim>)> {
        let license = self.license.clone()?;
        let raw = match &license {
            Resolved::Expression(expr) | Resolved::SuffixUnstated(expr) => expr.to_string(),
            Resolved::Candidates(candidates) => join(candidates),
            Resolved::Modified { id, .. } => format!("modified {id}"),
            Resolved::Missing { .. } => NONE.to_owned(),
        };
        let mut claims = vec![Claim::field(ClaimKind::EvidenceLock, FieldFormat::Spdx, &raw, self.at.clone())];
        let mut disagreements = Vec::new();
        let mut texts = self.texts.clone();
        for (source, license) in &self.others {
            disagreements.push(Disagreement { used: raw.clone(), other: license.clone(), claim: claims.len() });
            claims.push(match source {
                Source::Text(sha256) => {
                    texts.remove(sha256);
                    self.text(sha256, Some(license))
                }
                Source::Field(said) => Claim::field(ClaimKind::EvidenceLock, FieldFormat::Spdx, said, self.at.clone()),
            });
        }
        claims.extend(texts.iter().map(|sha256| self.text(sha256, None)));
        let basis = Some(ClaimKind::EvidenceLock);
        Some((Resolution { resolved: license, basis, disagreements, ..resolution }, claims))
    }

    /// Returns the texts that were read, as claims that can be compared.
    pub(super) fn texts(&self) -> Vec<Claim> {
        self.texts.iter().map(|sha256| self.text(sha256, None)).collect()
    }

    /// Returns the properties of the package.
    pub(super) fn traits(&self) -> &BTreeSet<Trait> {
        &self.traits
    }

    fn text(&self, sha256: &str, license: Option<&Resolved>) -> Claim {
        let conclusion = match license {
            None | Some(Resolved::Missing { .. }) => Conclusion::Nothing,
            Some(Resolved::Expression(expr)) => Conclusion::Expression(expr.clone()),
            Some(Resolved::SuffixUnstated(expr)) => Conclusion::SuffixUnstated(expr.clone()),
            Some(Resolved::Candidates(candidates)) => Conclusion::Candidates(candidates.clone()),
            Some(Resolved::Modified { id, .. }) => Conclusion::Modified { id: id.clone(), changes: Vec::new() },
        };
        let identification = Arc::new(Identification { conclusion, ..Identification::default() });
        Claim {
            kind: ClaimKind::EvidenceLock,
            raw: format!("sha256:{sha256}"),
            at: self.at.clone(),
            says: Statement::Text { sha256: sha256.to_owned(), identification },
            heuristic: false,
        }
    }

    fn render(&self, purl: &str) -> String {
        let mut out = String::from("[[package]]\n");
        let mut line = |key: &str, value: String| {
            let _ = writeln!(out, "{key} = {value}");
        };
        line("purl", quoted(purl));
        if let Some(Checksum { algorithm, hex }) = &self.checksum {
            line("checksum", quoted(&format!("{algorithm}:{hex}")));
        }
        for (key, value) in self.license.iter().flat_map(keys) {
            line(key, value);
        }
        if let Some(basis) = self.basis {
            line("basis", quoted(basis.word()));
        }
        if !self.texts.is_empty() {
            line("texts", array(self.texts.iter().map(|sha256| quoted(&format!("sha256:{sha256}")))));
        }
        let other = |(source, license): &(Source, Resolved)| {
            let keys = keys(license).into_iter().map(|(key, value)| format!(", {key} = {value}"));
            let source = match source {
                Source::Text(sha256) => format!("text = {}", quoted(&format!("sha256:{sha256}"))),
                Source::Field(said) => format!("field = {}", quoted(said)),
            };
            format!("{{ {source}{} }}", keys.collect::<Vec<_>>().concat())
        };
        if !self.others.is_empty() {
            line("disagrees", array(self.others.iter().map(other)));
        }
        if !self.traits.is_empty() {
            line("traits", array(self.traits.iter().map(|word| quoted(word.word()))));
        }
        out
    }
}

fn texts_of(claims: &[Claim]) -> BTreeSet<String> {
    let digest = |claim: &Claim| match &claim.says {
        Statement::Text { sha256, .. } => Some(sha256.clone()),
        Statement::Field { .. } | Statement::SeeFile(_) => None,
    };
    claims.iter().filter_map(digest).collect()
}

fn join(exprs: &[Expr]) -> String {
    exprs.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
}

/// Returns the keys that say what a license is.
fn keys(license: &Resolved) -> Vec<(&'static str, String)> {
    match license {
        Resolved::Expression(expr) => vec![("expression", quoted(&expr.to_string()))],
        Resolved::SuffixUnstated(expr) => {
            vec![("expression", quoted(&expr.to_string())), ("suffix", quoted(UNSTATED))]
        }
        Resolved::Candidates(candidates) => {
            vec![("candidates", array(candidates.iter().map(|expr| quoted(&expr.to_string()))))]
        }
        Resolved::Modified { id, .. } => vec![("modified", quoted(id))],
        Resolved::Missing { complete_look: true } => vec![("expression", quoted(NONE))],
        Resolved::Missing { complete_look: false } => vec![("expression", quoted(NO_ASSERTION))],
    }
}

fn array(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.len() < 2 {
        return format!("[{}]", items.concat());
    }
    // One a line, so that two branches that add one each can be merged.
    format!("[\n  {},\n]", items.join(",\n  "))
}

/// Writes a TOML string; what is written here has no control characters, or has them escaped.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            char if char.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out.push('"');
    out
}

fn row(block: &Value, at: Location) -> Result<(String, Row), String> {
    let purl = block.get("purl").and_then(Value::str).ok_or("expected a `purl`")?;
    purl.parse::<Purl>().map_err(|error| error.to_string())?;
    let checksum = match block.get("checksum") {
        None => None,
        Some(value) => Some(value.str().and_then(checksum).ok_or("expected a `checksum` such as `sha256:…`")?),
    };
    let basis = match block.get("basis").and_then(Value::str) {
        None => None,
        Some(word) => Some(Basis::from_word(word).ok_or_else(|| format!("`{word}` is no basis"))?),
    };
    let texts = block.get("texts").map_or(&[][..], Value::items);
    let texts = texts.iter().map(|text| text.str().and_then(digest).ok_or("expected `texts` such as `sha256:…`"));
    let others = block.get("disagrees").map_or(&[][..], Value::items).iter().map(|other| {
        let text = other.get("text").and_then(Value::str).and_then(digest).map(Source::Text);
        let source =
            text.or_else(|| other.get("field").and_then(Value::str).map(|said| Source::Field(said.to_owned())));
        let license = license(other)?;
        source.zip(license).ok_or("expected a `text` or a `field` and a license in `disagrees`".to_owned())
    });
    let mut traits = BTreeSet::new();
    for (word, _) in block.get("traits").into_iter().flat_map(Value::strings) {
        traits.insert(Trait::from_word(word).ok_or_else(|| format!("`{word}` is no property of a package"))?);
    }
    let row = Row {
        checksum,
        license: license(block)?,
        basis,
        texts: texts.collect::<Result<_, _>>()?,
        others: others.collect::<Result<_, String>>()?,
        traits,
        at,
    };
    Ok((purl.to_owned(), row))
}

fn license(block: &Value) -> Result<Option<Resolved>, String> {
    let expr = |text: &str| match Expr::parse(text) {
        Ok(parsed) => Ok(parsed.expr),
        Err(error) => Err(format!("`{text}` is no license expression: {error}")),
    };
    if let Some(id) = block.get("modified").and_then(Value::str) {
        return Ok(Some(Resolved::Modified { id: id.to_owned(), changes: Vec::new() }));
    }
    if let Some(candidates) = block.get("candidates") {
        let candidates: Vec<Expr> = candidates.strings().map(|(text, _)| expr(text)).collect::<Result<_, _>>()?;
        let none = candidates.is_empty();
        return if none {
            Err("expected at least one expression in `candidates`".to_owned())
        } else {
            Ok(Some(Resolved::Candidates(candidates)))
        };
    }
    let Some(text) = block.get("expression") else { return Ok(None) };
    match (text.str().ok_or("expected a string in `expression`")?, block.get("suffix").and_then(Value::str)) {
        (NONE, _) => Ok(Some(Resolved::Missing { complete_look: true })),
        (NO_ASSERTION, _) => Ok(Some(Resolved::Missing { complete_look: false })),
        (text, Some(UNSTATED)) => Ok(Some(Resolved::SuffixUnstated(expr(text)?))),
        (text, _) => Ok(Some(Resolved::Expression(expr(text)?))),
    }
}

fn checksum(text: &str) -> Option<Checksum> {
    let (algorithm, hex) = text.split_once(':')?;
    let valid = !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    valid.then(|| Checksum { algorithm: algorithm.to_owned(), hex: hex.to_owned() })
}

fn digest(text: &str) -> Option<String> {
    checksum(text).filter(|sum| sum.algorithm == "sha256" && sum.hex.len() == 64).map(|sum| sum.hex)
}
