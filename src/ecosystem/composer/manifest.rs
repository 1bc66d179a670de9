//! `composer.json`: of the project, and of each package.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::ecosystem::{Credits, Input, Inspection, Parsed};
use crate::model::{ClaimKind, PackageRecord, Scope, Trait};
use crate::scan::{Folder, Limits, ReadError, is_vendored};
use crate::syntax::json::{Json, Object, read};

use super::installed::Installed;
use super::package::{Packages, is_package_name, is_platform, license_claims, plugin};

/// What a project says of itself.
#[derive(Debug)]
pub(super) struct Manifest {
    /// Its record, without edges.
    pub(super) record: PackageRecord,
    /// The packages it asks for, less those it stands in for itself.
    pub(super) wants: Vec<Want>,
    /// The file.
    pub(super) file: Location,
    /// What could not be read.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// One package that a project asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Want {
    /// The name.
    pub(super) name: String,
    /// In which scope.
    pub(super) scope: Scope,
    /// The line, from 1.
    pub(super) line: u32,
}

impl Manifest {
    /// Reads `composer.json` in a folder, if the walk met one.
    pub(super) fn read(input: &Input, dir: &RelPath) -> Option<Self> {
        let path = dir.join("composer.json");
        let file = Location::file(path.clone());
        let name = dir.file_name().unwrap_or("project");
        let mut manifest = Self {
            record: PackageRecord::own(Purl::new("composer", name, None), file.clone(), dir.clone()),
            wants: Vec::new(),
            file,
            diagnostics: Vec::new(),
        };
        match input.other(&path)? {
            Ok(text) => manifest.fill(&text),
            Err(diagnostic) => manifest.diagnostics.push(diagnostic),
        }
        if is_vendored(dir) {
            manifest.record.own = false;
            manifest.record.traits.insert(Trait::Vendored);
        }
        Some(manifest)
    }

    fn fill(&mut self, text: &str) {
        let json = Json::new(text);
        let root = match json.object(&self.file) {
            Ok(root) => root,
            Err(diagnostic) => return self.diagnostics.push(diagnostic),
        };
        if let Some(name) = root.string("name").filter(|name| is_package_name(name)) {
            self.record.purl = Purl::new("composer", &name, root.string("version").as_deref());
            self.record.at = self.file.at_line(root.get("name").map_or(1, |value| json.line(value)));
        }
        self.record.claims = license_claims(&json, &root, ClaimKind::Declared, &self.file, &mut self.diagnostics);
        let stood_in_for: BTreeSet<String> = ["provide", "replace"]
            .into_iter()
            .flat_map(|key| root.object(key).iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>())
            .collect();
        for (key, scope) in [("require", Scope::Runtime), ("require-dev", Scope::Dev)] {
            let requires = root.object(key);
            let names = requires.iter().filter(|(name, _)| !is_platform(name) && !stood_in_for.contains(*name));
            let want = |(name, value)| Want { name: String::from(name), scope, line: json.line(value) };
            let (wants, invalid): (Vec<_>, Vec<_>) = names.map(want).partition(|want| is_package_name(&want.name));
            self.wants.extend(wants);
            for want in invalid {
                let message = "expected the name of a package such as `vendor/name`";
                let at = self.file.at_line(want.line);
                self.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            }
        }
    }
}

/// Returns a record for a package that a project asks for and of which nothing else is known.
pub(super) fn missing(want: &Want, file: &Location) -> PackageRecord {
    PackageRecord::new(Purl::new("composer", &want.name, None), file.at_line(want.line))
}

/// Reads the file of a project without a lockfile: what is installed beside it tells versions.
pub(super) fn parse(input: &Input) -> Parsed {
    let Some(manifest) = Manifest::read(input, &input.dir()) else { return Parsed::default() };
    let installed = Installed::beside(input);
    let mut packages = Packages::default();
    packages.diagnostics = manifest.diagnostics;
    let own = packages.records.add(manifest.record);
    let mut open: Vec<&Want> = Vec::new();
    let above = if manifest.wants.is_empty() { BTreeMap::new() } else { pinned_above(input) };
    for want in &manifest.wants {
        let found =
            installed.version_of(&want.name).or_else(|| above.get(&want.name.to_ascii_lowercase()).map(String::as_str));
        if found.is_none() && !installed.stands_in(&want.name) {
            open.push(want);
        }
        let record = missing(want, &manifest.file);
        let purl = Purl::new("composer", &want.name, found);
        // What stands in for the package is listed with what is installed.
        if found.is_some() || !installed.stands_in(&want.name) {
            let target = packages.records.add(PackageRecord { purl, ..record });
            packages.records.need(own, target, want.scope, false);
        }
    }
    if let Some(first) = open.iter().map(|want| want.line).min() {
        let names: Vec<_> = open.iter().map(|want| format!("`{}`", want.name)).collect();
        let message = format!("nothing pins {} or further dependencies", names.join(", "));
        let hint = "commit `composer.lock`, or run `composer install`";
        packages.diagnostics.push(Diagnostic::new(Code::NoLockfile, manifest.file.at_line(first), message).hint(hint));
    }
    Parsed { records: packages.records.finish(), diagnostics: packages.diagnostics, ..Parsed::default() }
}

/// Returns what the nearest lockfile above a folder pins, by name.
///
/// A part of an application without a lockfile of its own is loaded with the packages of the application.
fn pinned_above(input: &Input) -> BTreeMap<String, String> {
    let mut folder = input.dir().parent();
    while let Some(dir) = folder {
        let Some(text) = input.other(&dir.join("composer.lock")) else {
            folder = dir.parent();
            continue;
        };
        let Ok(text) = text else { break };
        let json = Json::new(&text);
        let Ok(root) = json.object(&Location::file(input.path.clone())) else { break };
        let packages = ["packages", "packages-dev"].into_iter().flat_map(|key| root.array(key));
        let pinned = packages
            .filter_map(read::<Object>)
            .filter_map(|package| Some((package.string("name")?.to_ascii_lowercase(), package.string("version")?)));
        return pinned.collect();
    }
    BTreeMap::new()
}

/// Reads what the folder of a package says of itself.
pub(super) fn inspect(folder: &Folder) -> Inspection {
    let mut inspection = Inspection::default();
    let at = folder.location("composer.json");
    let text = match folder.read_text("composer.json", Limits::DEFAULT.manifest) {
        Ok(text) => text,
        Err(ReadError::NotFound) => return inspection,
        Err(error) => {
            inspection.diagnostics.push(error.diagnostic(at));
            return inspection;
        }
    };
    let json = Json::new(&text);
    let root = match json.object(&at) {
        Ok(root) => root,
        Err(diagnostic) => {
            inspection.diagnostics.push(diagnostic);
            return inspection;
        }
    };
    if let (Some(name), Some(version)) = (root.string("name"), root.string("version")) {
        inspection.identity = Some((name, version));
    }
    inspection.claims = license_claims(&json, &root, ClaimKind::Declared, &at, &mut inspection.diagnostics);
    inspection.traits.extend(plugin(&root));
    inspection.credits = credits(&root);
    inspection
}

fn credits(root: &Object) -> Credits {
    let authors = root.array("authors").into_iter().filter_map(read::<Object>);
    Credits {
        authors: authors.filter_map(|author| author.string("name")).collect(),
        homepage: root.string("homepage"),
        repository: root.object("support").string("source"),
    }
}
