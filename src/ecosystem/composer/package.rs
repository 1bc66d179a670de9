//! One package as `composer.lock` and `installed.json` write it, and the edges between all of them.

use std::collections::BTreeMap;

use crate::base::{Code, Diagnostic, Location, Purl, is_official_registry, without_credentials};
use crate::ecosystem::records::Records;
use crate::model::{Checksum, Claim, ClaimKind, FieldFormat, Join, Origin, PackageRecord, Scope, Trait};
use crate::syntax::json::{Json, Object, kind, read};
use serde_json::value::RawValue;

/// The longest name that is taken for one, in bytes.
const MAX_NAME: usize = 1024;

/// Packages while a file is being read.
#[derive(Debug, Default)]
pub(super) struct Packages {
    /// The packages.
    pub(super) records: Records,
    /// What could not be read.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What each package requires, to become edges.
    requires: Vec<(usize, Vec<String>)>,
    /// Names that packages stand in for.
    stands_in: BTreeMap<String, Vec<usize>>,
}

/// Where a package that is no archive of a registry lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A path, as written.
    Path(String),
    /// Anywhere else.
    Elsewhere(Origin),
}

impl Packages {
    /// Reads one entry and returns its record, not added yet; one that is no package costs itself.
    pub(super) fn read<'text>(
        &mut self,
        json: &Json<'text>,
        value: &'text RawValue,
        file: &Location,
    ) -> Option<(Object<'text>, PackageRecord)> {
        let at = file.at_line(json.line(value));
        let Some(package) = read::<Object>(value) else {
            let message = format!("expected an object for a package, found {}", kind(value));
            self.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            return None;
        };
        let name = package.string("name").filter(|name| is_package_name(name));
        let Some(name) = name else {
            let message = "expected a package with a `name` such as `vendor/name`";
            self.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            return None;
        };
        let line = package.get("name").map_or_else(|| json.line(value), |name| json.line(name));
        let version = package.string("version").filter(|version| version.len() <= MAX_NAME);
        let purl = Purl::new("composer", &name, version.as_deref());
        let mut record = PackageRecord::new(purl, file.at_line(line));
        record.traits.extend(plugin(&package));
        record.checksums = checksums(&package);
        record.claims = license_claims(json, &package, ClaimKind::Lockfile, file, &mut self.diagnostics);
        Some((package, record))
    }

    /// Adds a record with what its entry says of other packages, and returns its index.
    pub(super) fn add(&mut self, package: &Object, record: PackageRecord) -> usize {
        let record_idx = self.records.add(record);
        let requires = package.object("require");
        let requires = requires.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        self.requires.push((record_idx, requires));
        for key in ["provide", "replace"] {
            for (name, _) in package.object(key).iter() {
                self.stands_in.entry(name.to_ascii_lowercase()).or_default().push(record_idx);
            }
        }
        record_idx
    }

    /// Draws the edges between the packages.
    pub(super) fn connect(&mut self) {
        for (from, names) in std::mem::take(&mut self.requires) {
            for name in names {
                self.need(from, &name, Scope::Runtime);
            }
        }
    }

    /// Draws an edge to a package or to what stands in for it, and returns whether there is any.
    pub(super) fn need(&mut self, from: usize, name: &str, scope: Scope) -> bool {
        let name = name.to_ascii_lowercase();
        if self.records.need_named(from, &name, scope, false) {
            return true;
        }
        let others = self.stands_in.get(&name).cloned().unwrap_or_default();
        for &target in &others {
            self.records.need(from, target, scope, false);
        }
        !others.is_empty()
    }
}

/// Returns whether a requirement is on the platform and names no package.
pub(super) fn is_platform(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "composer" | "composer-plugin-api" | "composer-runtime-api" | "hhvm" | "php")
        || ["ext-", "lib-", "php-"].iter().any(|start| name.starts_with(start))
}

/// Returns whether this is a package's name: `vendor/name`.
pub(super) fn is_package_name(name: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|char: char| char.is_ascii_alphanumeric())
            && part.chars().all(|char| char.is_ascii_alphanumeric() || "_.-".contains(char))
    };
    name.len() <= MAX_NAME && name.split_once('/').is_some_and(|(vendor, name)| is_part(vendor) && is_part(name))
}

/// Composer runs these while it installs; they are no part of the work.
pub(super) fn plugin(package: &Object) -> Option<Trait> {
    let ty = package.string("type");
    matches!(ty.as_deref(), Some("composer-installer" | "composer-plugin")).then_some(Trait::BuildPlugin)
}

fn checksums(package: &Object) -> Vec<Checksum> {
    let hex = package.object("dist").string("shasum").unwrap_or_default().to_ascii_lowercase();
    let valid = hex.len() == 40 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    valid.then(|| Checksum { algorithm: "sha1".to_owned(), hex }).into_iter().collect()
}

/// Returns where a package of a lockfile comes from.
pub(super) fn place(package: &Object) -> Place {
    let (dist, source) = (package.object("dist"), package.object("source"));
    let url = |from: &Object| from.string("url").filter(|url| !url.is_empty());
    if dist.string("type").as_deref() == Some("path") {
        return Place::Path(url(&dist).unwrap_or_default());
    }
    // Repositories of packages name the address that counts downloads; others have none.
    if let Some(notify) = package.string("notification-url") {
        return Place::Elsewhere(if is_official_registry("composer", &notify) {
            Origin::Registry
        } else {
            Origin::OtherRegistry(without_credentials(&notify))
        });
    }
    Place::Elsewhere(match (url(&source), url(&dist)) {
        (Some(url), _) => Origin::Repository { url: without_credentials(&url), revision: source.string("reference") },
        (None, Some(url)) => Origin::Url(without_credentials(&url)),
        (None, None) => Origin::Unknown,
    })
}

/// Reads the field `license`: a string, or an array of which any may be chosen.
pub(super) fn license_claims(
    json: &Json,
    package: &Object,
    kind: ClaimKind,
    file: &Location,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Claim> {
    let mut claims = Vec::new();
    for (_, value) in package.iter().filter(|(key, _)| *key == "license") {
        let at = file.at_line(json.line(value));
        let values = read::<String>(value).map(|one| vec![one]).or_else(|| read::<Vec<String>>(value));
        let Some(values) = values else {
            let message = format!(
                "expected a string or an array of strings in `license`, found {}",
                crate::syntax::json::kind(value)
            );
            diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            continue;
        };
        let values: Vec<String> = values.into_iter().filter(|value| !value.trim().is_empty()).collect();
        if !values.is_empty() {
            let claim = Claim::fields(kind, FieldFormat::Spdx, Join::Or, values, at);
            if !claims.contains(&claim) {
                claims.push(claim);
            }
        }
    }
    if let Some(second) = package.repeated("license").next() {
        let message = "`license` stands twice; readers disagree on which counts";
        diagnostics.push(Diagnostic::new(Code::DuplicateKey, file.at_line(json.line(second)), message));
    }
    claims
}
