//! `pdm.lock`, lock versions 2 to 4.
//!
//! A package with extras stands there once more for them: both entries are one package.
//! Groups stand beside a package only with the strategy `inherit_metadata`; else scopes follow from the edges.

use crate::base::without_credentials;
use crate::ecosystem::{Input, Parsed};
use crate::model::{Origin, PackageRecord, Scope};
use crate::syntax::toml::Value;

use super::lock::{Lock, checksum};
use super::origin;
use super::project::normal_name;
use super::pyproject::{items_at, str_at};
use super::requirement::Requirement;

/// Reads the file.
pub(super) fn parse(input: &Input) -> Parsed {
    let (mut lock, root) = match Lock::read(input) {
        Ok(read) => read,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let root = &root;
    lock.expect_version("lock_version", root.at(&["metadata", "lock_version"]).and_then(Value::str), &["2", "3", "4"]);
    let packages = items_at(root, &["package"]);
    let indexes: Vec<_> = packages.iter().map(|package| add(&mut lock, package, root)).collect();
    for (package, package_idx) in packages.iter().zip(indexes) {
        let Some(package_idx) = package_idx else { continue };
        for (text, line) in package.get("dependencies").into_iter().flat_map(Value::strings) {
            match Requirement::parse(text) {
                Some(found) => {
                    let name = normal_name(&found.name);
                    lock.records.need_named(package_idx, &name, Scope::Runtime, found.is_optional());
                }
                None => lock.invalid(line, "expected a requirement such as `name >= 1`"),
            }
        }
    }
    lock.connect_project();
    if let Some(project) = lock.project() {
        let wants = lock.wants.clone();
        lock.report_missing(project, &wants);
    }
    lock.finish()
}

fn add(lock: &mut Lock, package: &Value, root: &Value) -> Option<usize> {
    let name = package.get("name");
    let line = name.unwrap_or(package).line();
    let purl = lock.purl(name.and_then(Value::str), str_at(package, "version"), line)?;
    let of = |key: &str| str_at(package, key);
    let origin = match (of("path"), of("git"), of("url")) {
        (Some(path), _, _) if !is_archive(path) => return Some(lock.add_local(purl, path, line)),
        (Some(path), _, _) => Origin::Outside(path.to_owned()),
        (None, Some(git), _) => Origin::Repository {
            url: without_credentials(git),
            revision: of("revision").or_else(|| of("ref")).map(str::to_owned),
        },
        (None, None, Some(url)) => origin::of_reference(url),
        (None, None, None) => registry(lock),
    };
    // Before lock version 4.4 the files of all packages stood in one table, by name and version.
    let files = match items_at(package, &["files"]) {
        [] => {
            let key = format!("{} {}", of("name").unwrap_or_default(), of("version").unwrap_or_default());
            items_at(root, &["metadata", "files", &key])
        }
        files => files,
    };
    // Other groups are extras of the project or for developing: the edges tell which.
    let is_main = package.get("groups").is_some_and(|groups| groups.strings().any(|(group, _)| group == "default"));
    let record = PackageRecord {
        scope: is_main.then_some(Scope::Runtime),
        origin,
        checksums: files.iter().filter_map(|file| checksum(str_at(file, "hash")?)).collect(),
        ..PackageRecord::new(purl, lock.input.at(line))
    };
    Some(lock.records.add(record))
}

/// The lockfile does not say which index a package came from; the project does, for all packages alike.
fn registry(lock: &Lock) -> Origin {
    let mut origins = lock.wants.iter().map(|want| &want.origin);
    origins.find(|origin| matches!(origin, Origin::OtherRegistry(_))).cloned().unwrap_or_default()
}

fn is_archive(path: &str) -> bool {
    [".whl", ".gz", ".zip", ".bz2", ".xz"].iter().any(|end| path.ends_with(end))
}
