//! `vendor/composer/installed.json`: Composer's index of installed packages.
//!
//! Composer 2 writes an object with `packages`, the names of those for developing, and where each lies; Composer 1 wrote
//! an array alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;

use crate::base::{Diagnostic, Location, Purl, RelPath};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{PackageRecord, Scope};
use crate::scan::Limits;
use crate::syntax::json::{Json, Object, read};

use super::package::{Packages, Place, is_package_name, place};

/// What is installed beside a project.
#[derive(Clone, Debug, Default)]
pub(super) struct Installed {
    /// Version and folder by name.
    packages: BTreeMap<String, (String, Option<RelPath>)>,
    stood_in_for: BTreeSet<String>,
}

impl Installed {
    /// Reads the index in `vendor` beside a file; where there is none, nothing is installed.
    pub(super) fn beside(input: &Input) -> Self {
        let folder = input.dir().join("vendor").join("composer");
        let path = folder.join("installed.json");
        let Ok(text) = input.tree.read_text(&path, Limits::DEFAULT.lockfile) else { return Self::default() };
        let json = Json::new(&text);
        // A broken index is reported where it is read by itself.
        let Ok((packages, _)) = entries(&json, &text, &Location::file(path)) else { return Self::default() };
        let mut installed = Self::default();
        for package in packages.into_iter().filter_map(read::<Object>) {
            let Some(name) = package.string("name").filter(|name| is_package_name(name)) else { continue };
            for key in ["provide", "replace"] {
                installed.stood_in_for.extend(package.object(key).iter().map(|(name, _)| name.to_ascii_lowercase()));
            }
            let version = package.string("version").unwrap_or_default();
            let dir = dir(&folder, &package, &name);
            installed.packages.insert(name.to_ascii_lowercase(), (version, dir));
        }
        installed
    }

    /// Returns the version in which a package is installed.
    pub(super) fn version_of(&self, name: &str) -> Option<&str> {
        self.packages.get(&name.to_ascii_lowercase()).map(|(version, _)| version.as_str())
    }

    /// Names what is installed and not among these.
    pub(super) fn unnamed(&self, named: &BTreeSet<String>) -> Vec<String> {
        self.packages.keys().filter(|name| !named.contains(*name)).cloned().collect()
    }

    /// Returns whether something that is installed stands in for a name.
    pub(super) fn stands_in(&self, name: &str) -> bool {
        self.stood_in_for.contains(&name.to_ascii_lowercase())
    }

    /// Returns where a package lies, if it is installed in exactly this version.
    pub(super) fn dir_of(&self, purl: &Purl) -> Option<RelPath> {
        let (version, dir) = self.packages.get(&purl.full_name())?;
        dir.clone().filter(|_| purl.version() == Some(version))
    }
}

/// The path of a package is written relative to the folder of the index; Composer 1 knew only `vendor/NAME`.
fn dir(folder: &RelPath, package: &Object, name: &str) -> Option<RelPath> {
    match package.string("install-path") {
        Some(path) => folder.resolve(&path).ok(),
        None => folder.resolve(&format!("../{name}")).ok(),
    }
}

/// Returns the packages of either form of the file, and the names of those that are for developing.
fn entries<'text>(
    json: &Json<'text>,
    text: &'text str,
    file: &Location,
) -> Result<(Vec<&'text RawValue>, BTreeSet<String>), Diagnostic> {
    if text.trim_start().starts_with('[') {
        let packages: Option<Vec<&RawValue>> = serde_json::from_str(text).ok();
        if let Some(packages) = packages {
            return Ok((packages, BTreeSet::new()));
        }
    }
    let root = json.object(file)?;
    let dev: Vec<String> = root.get("dev-package-names").and_then(read).unwrap_or_default();
    Ok((root.array("packages"), dev.iter().map(|name| name.to_ascii_lowercase()).collect()))
}

/// Reads the index of a project without a lockfile: it defines the set.
pub(super) fn parse(input: &Input) -> Parsed {
    let folder = input.dir();
    let owner = folder.parent().and_then(|vendor| vendor.parent()).unwrap_or_default();
    if input.tree.has(&owner.join("composer.lock")) {
        return Parsed::default();
    }
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let file = Location::file(input.path.clone());
    let json = Json::new(&text);
    let (values, dev) = match entries(&json, &text, &file) {
        Ok(entries) => entries,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut packages = Packages::default();
    for value in values {
        let Some((package, record)) = packages.read(&json, value, &file) else { continue };
        let name = record.purl.full_name();
        let dir = dir(&folder, &package, &name);
        let record = match place(&package) {
            Place::Elsewhere(origin) => PackageRecord { dir, origin, ..record },
            // A linked folder of the project: what it says of itself is read where it lies.
            Place::Path(path) => match owner.resolve(&path) {
                Ok(own) => PackageRecord { claims: record.claims, ..PackageRecord::own(record.purl, record.at, own) },
                Err(_) => PackageRecord { origin: crate::model::Origin::Outside(path), ..record },
            },
        };
        // Without the project's own file the index alone tells what is for developing.
        let scope = dev.contains(&name).then_some(Scope::Dev);
        packages.add(&package, PackageRecord { scope, ..record });
    }
    packages.connect();
    Parsed { records: packages.records.finish(), diagnostics: packages.diagnostics, ..Parsed::default() }
}
