//! `conda-lock.yml`: a package for each platform, with what it needs by name.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::{Code, Diagnostic, Location, Purl};
use crate::ecosystem::records::Records;
use crate::ecosystem::wanted::{Project, is_plain, line_number};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Checksum, PackageRecord, Scope};
use crate::syntax::yaml;

use super::{ECOSYSTEM, environment, name_of};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Lock {
    version: String,
    package: Vec<Package>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Package {
    name: String,
    version: String,
    manager: String,
    platform: String,
    dependencies: BTreeMap<String, String>,
    hash: BTreeMap<String, String>,
    category: Option<String>,
    optional: bool,
}

/// Reads the file, and the environment beside it that it was made from.
pub(super) fn parse(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let file = Location::file(input.path.clone());
    let lock: Lock = match yaml::read(&text, &file) {
        Ok(lock) => lock,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut parsed = Parsed::default();
    if lock.version != "1" {
        let message = format!("version {} is not known here", lock.version.chars().take(20).collect::<String>());
        parsed.diagnostics.push(Diagnostic::new(Code::UnknownLockfileVersion, file.at_line(1), message));
    }
    let starts = item_lines(&text, "package:");
    let (mut records, mut by_platform, mut open) = (Records::default(), BTreeMap::new(), Vec::new());
    for (index, package) in lock.package.iter().enumerate() {
        let at = starts.get(index).map_or_else(|| file.clone(), |line| file.at_line(*line));
        if !is_plain(&package.name) || !is_plain(&package.version) {
            let message = "expected a package with `name` and `version`";
            parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            continue;
        }
        let ty = if package.manager == "pip" { "pypi" } else { ECOSYSTEM };
        let checksum = |(algorithm, hex): (&String, &String)| Checksum {
            algorithm: algorithm.clone(),
            hex: hex.to_ascii_lowercase(),
        };
        let record_idx = records.add(PackageRecord {
            scope: Some(scope(package.category.as_deref())),
            optional: package.optional,
            checksums: package.hash.iter().map(checksum).collect(),
            ..PackageRecord::new(Purl::new(ty, &package.name, Some(&package.version)), at)
        });
        // What a package needs is the one for its own platform.
        let platform = package.platform.as_str();
        let name = Purl::new(ty, &package.name, None).full_name();
        by_platform.insert((platform, name), record_idx);
        open.extend(package.dependencies.keys().map(|name| (record_idx, platform, name)));
    }
    for (from, platform, name) in open {
        let Some(name) = name_of(name) else { continue };
        let mut names = [ECOSYSTEM, "pypi"].into_iter().map(|ty| Purl::new(ty, name, None).full_name());
        if let Some(target) = names.find_map(|name| by_platform.get(&(platform, name))) {
            records.need(from, *target, Scope::Runtime, false);
        }
    }
    if let Some(project) = environment::beside(input, &mut parsed) {
        let diagnostic = project.join(&mut records, "conda-lock.yml", "bring it up to date with `conda-lock`");
        parsed.diagnostics.extend(diagnostic);
        parsed.records = records.finish();
    } else {
        let own = Project::unnamed(ECOSYSTEM, file, input.dir()).record;
        parsed.records = Project::join_roots(own, records);
    }
    parsed
}

/// Categories are names that people choose; `main` is the one that every file has.
fn scope(category: Option<&str>) -> Scope {
    match category {
        Some("dev" | "docs") => Scope::Dev,
        Some("test" | "tests") => Scope::Test,
        Some("build") => Scope::Build,
        _ => Scope::Runtime,
    }
}

/// Returns the lines on which the items of a top-level list start.
pub(super) fn item_lines(text: &str, section: &str) -> Vec<u32> {
    let mut lines = Vec::new();
    let (mut inside, mut depth) = (false, None);
    for (index, line) in text.lines().enumerate() {
        let entry = line.trim_start_matches(' ');
        let indent = line.len() - entry.len();
        let is_item = entry.starts_with("- ");
        if indent == 0 && !is_item && !entry.is_empty() && !entry.starts_with('#') {
            inside = entry.trim_end() == section;
        } else if inside && is_item && *depth.get_or_insert(indent) == indent {
            lines.push(line_number(index));
        }
    }
    lines
}
