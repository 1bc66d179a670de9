//! `pixi.lock`: the packages of all environments, with their licenses; `pixi.toml`.

use serde::Deserialize;

use crate::base::{Code, Diagnostic, Location, Purl, without_credentials};
use crate::ecosystem::records::Records;
use crate::ecosystem::wanted::{Project, Wanted, is_plain, laid_at};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Checksum, Claim, ClaimKind, FieldFormat, Origin, PackageRecord, Scope};
use crate::syntax::toml::{Document, Value};
use crate::syntax::yaml;

use super::lock::item_lines;
use super::{ECOSYSTEM, archive, name_of, version_of};

const MANIFEST: &str = "pixi.toml";

/// The versions of the lockfile that are known.
const VERSIONS: &[&str] = &["4", "5", "6", "7"];

#[derive(Default, Deserialize)]
#[serde(default)]
struct Lock {
    version: String,
    packages: Vec<Package>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Package {
    // Until version 5 the kind stands by itself; since version 6 it is the key of the address.
    kind: Option<String>,
    conda: Option<String>,
    // Since version 7: `NAME[hash] @ PLACE`.
    conda_source: Option<String>,
    pypi: Option<String>,
    name: Option<String>,
    version: Option<String>,
    sha256: Option<String>,
    depends: Vec<String>,
    requires_dist: Vec<String>,
    license: Option<String>,
}

impl Package {
    fn record(&self, input: &Input, at: &Location) -> Option<PackageRecord> {
        let source = self.conda_source.as_deref().and_then(|source| source.split_once(" @ "));
        let place = source.map(|(_, place)| place).or(self.conda.as_deref()).or(self.pypi.as_deref());
        let ty = match (self.conda.is_some() || source.is_some(), &self.pypi, self.kind.as_deref()) {
            (true, ..) | (_, _, Some("conda")) => ECOSYSTEM,
            (_, Some(_), _) | (_, _, Some("pypi")) => "pypi",
            _ => return None,
        };
        let address = self.conda.as_deref().and_then(archive);
        let named = source.and_then(|(name, _)| name.split('[').next());
        let name = self.name.as_deref().or(named).or(address.map(|(name, _)| name)).filter(|name| is_plain(name))?;
        let version = self.version.as_deref().or(address.map(|(_, version)| version)).filter(|word| is_plain(word));
        // What is built here may get its version then.
        let local = place.filter(|place| !place.contains("://") && address.is_none());
        version.or(local).or(self.conda_source.as_deref())?;
        let mut record = PackageRecord::new(Purl::new(ty, name, version), at.clone());
        if let Some(path) = local {
            return Some(laid_at(record, input, path));
        }
        if let Some((_, url)) = source {
            record.origin = Origin::Url(without_credentials(url));
        }
        let hex = self.sha256.iter().map(|hex| hex.to_ascii_lowercase());
        record.checksums = hex.map(|hex| Checksum { algorithm: "sha256".to_owned(), hex }).collect();
        let license = self.license.iter().filter(|license| !license.trim().is_empty());
        record.claims =
            license.map(|license| Claim::field(ClaimKind::Lockfile, FieldFormat::Free, license, at.clone())).collect();
        Some(record)
    }
}

pub(super) fn parse_lock(input: &Input) -> Parsed {
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
    if !VERSIONS.contains(&lock.version.as_str()) {
        let message = format!("version {} is not known here", lock.version.chars().take(20).collect::<String>());
        parsed.diagnostics.push(Diagnostic::new(Code::UnknownLockfileVersion, file.at_line(1), message));
    }
    let starts = item_lines(&text, "packages:");
    let (mut records, mut open) = (Records::default(), Vec::new());
    for (index, package) in lock.packages.iter().enumerate() {
        let at = starts.get(index).map_or_else(|| file.clone(), |line| file.at_line(*line));
        let Some(record) = package.record(input, &at) else {
            let message = "expected a package of Conda or PyPI with a version";
            parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            continue;
        };
        let ty = record.purl.ty().to_owned();
        let record_idx = records.add(record);
        let needs = package.depends.iter().chain(&package.requires_dist).filter_map(|spec| name_of(spec));
        open.extend(needs.map(|name| (record_idx, Purl::new(&ty, name, None).full_name())));
    }
    for (from, name) in open {
        records.need_named(from, &name, Scope::Runtime, false);
    }
    let path = input.dir().join(MANIFEST);
    let project = match input.other(&path) {
        Some(Ok(text)) => Some(project(&text, &Location::file(path.clone()), &mut parsed)),
        Some(Err(diagnostic)) => {
            parsed.diagnostics.push(diagnostic);
            None
        }
        None => None,
    };
    let Some(project) = project else {
        parsed.records = Project::join_roots(Project::unnamed(ECOSYSTEM, file, input.dir()).record, records);
        return parsed;
    };
    parsed.covers.insert(path);
    let unversioned = |want: &Wanted| Wanted { purl: want.purl.without_version(), ..want.clone() };
    let wants = project.wants.iter().map(unversioned).collect();
    let joined = Project { wants, ..project }.join(&mut records, "pixi.lock", "bring it up to date with `pixi lock`");
    parsed.diagnostics.extend(joined);
    parsed.records = records.finish();
    parsed
}

fn project(text: &str, file: &Location, parsed: &mut Parsed) -> Project {
    let Document { root, problems } = Document::parse(text);
    let problem = |problem: crate::syntax::toml::Problem| {
        Diagnostic::new(Code::InvalidSyntax, file.at_line(problem.line), problem.message)
    };
    parsed.diagnostics.extend(problems.into_iter().map(problem));
    let about = ["workspace", "project", "package"].into_iter().find_map(|key| root.get(key));
    let field = |key: &str| about.and_then(|about| about.get(key));
    let dir = file.path.parent().unwrap_or_default();
    let mut project = match field("name").and_then(|name| Some((name.str()?, name.line()))) {
        Some((name, line)) if is_plain(name) => {
            Project::new(Purl::new(ECOSYSTEM, name, field("version").and_then(Value::str)), file.at_line(line), dir)
        }
        _ => Project::unnamed(ECOSYSTEM, file.clone(), dir),
    };
    if let Some((license, line)) = field("license").and_then(|license| Some((license.str()?, license.line()))) {
        project.record.claims.push(Claim::field(ClaimKind::Declared, FieldFormat::Spdx, license, file.at_line(line)));
    }
    add(&mut project, &root, file, Scope::Runtime);
    for feature in root.get("feature").map(Value::entries).unwrap_or_default() {
        let scope = match feature.key.as_str() {
            "test" | "tests" => Scope::Test,
            "dev" | "docs" | "lint" => Scope::Dev,
            _ => Scope::Runtime,
        };
        add(&mut project, &feature.value, file, scope);
    }
    project
}

/// Adds the dependencies of a table, and of its platforms.
fn add(project: &mut Project, table: &Value, file: &Location, scope: Scope) {
    let mut list = |table: &Value, optional: bool| {
        for (key, ty, scope) in [
            ("dependencies", ECOSYSTEM, scope),
            ("host-dependencies", ECOSYSTEM, scope),
            ("run-dependencies", ECOSYSTEM, scope),
            ("build-dependencies", ECOSYSTEM, scope.min(Scope::Build)),
            ("pypi-dependencies", "pypi", scope),
        ] {
            for entry in table.get(key).map(Value::entries).unwrap_or_default() {
                if !is_plain(&entry.key) {
                    continue;
                }
                let spec = entry.value.str().unwrap_or_default();
                let purl = Purl::new(ty, &entry.key, version_of(spec).filter(|_| spec.starts_with("==")));
                project.wants.push(Wanted { purl, scope, optional, at: file.at_line(entry.line) });
            }
        }
    };
    list(table, false);
    for target in table.get("target").map(Value::entries).unwrap_or_default() {
        list(&target.value, true);
    }
}

/// Reads a manifest that no lockfile covers.
pub(super) fn parse_manifest(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut read = Parsed::default();
    let project = project(&text, &Location::file(input.path.clone()), &mut read);
    let mut parsed = project.alone("commit `pixi.lock`: `pixi lock` writes it");
    parsed.diagnostics.extend(read.diagnostics);
    parsed
}
