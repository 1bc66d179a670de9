//! `poetry.lock`, lock versions 1.x and 2.x.
//!
//! 2.1 names the groups of each package; 1.0 and 1.1 its category; in between neither stands there, and scopes follow
//! from `pyproject.toml` and the edges. Poetry documents the format nowhere: see its `packages/locker.py`.

use crate::ecosystem::{Input, Parsed};
use crate::model::{Origin, PackageRecord, Scope};
use crate::syntax::toml::Value;

use super::lock::{Lock, checksum};
use super::origin;
use super::project::normal_name;
use super::pyproject::{entries_at, is_true, items_at, str_at};

/// Reads the file.
pub(super) fn parse(input: &Input) -> Parsed {
    let (mut lock, root) = match Lock::read(input) {
        Ok(read) => read,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let root = &root;
    let version = root.at(&["metadata", "lock-version"]).and_then(Value::str);
    // Before 1.0 of Poetry there was no version.
    if version.is_some() || root.at(&["metadata", "content-hash"]).is_none() {
        lock.expect_version("lock-version", version, &["1", "2"]);
    }
    let packages = items_at(root, &["package"]);
    let indexes: Vec<_> = packages.iter().map(|package| add(&mut lock, package, root)).collect();
    for (package, package_idx) in packages.iter().zip(indexes) {
        let Some(package_idx) = package_idx else { continue };
        for entry in entries_at(package, &["dependencies"]) {
            // Several tables give several constraints; one that is not optional is enough.
            let tables = entry.value.items();
            let optional = match tables {
                [] => is_true(&entry.value, "optional"),
                tables => tables.iter().all(|table| is_true(table, "optional")),
            };
            lock.records.need_named(package_idx, &normal_name(&entry.key), Scope::Runtime, optional);
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
    let name = name.and_then(Value::str);
    let purl = lock.purl(name, str_at(package, "version"), line)?;
    let source = package.get("source");
    let of = |key: &str| source.and_then(|source| str_at(source, key)).unwrap_or_default();
    let origin = match of("type") {
        "directory" => return Some(lock.add_local(purl, of("url"), line)),
        "file" => Origin::Outside(of("url").to_owned()),
        "git" => {
            let revision = [of("resolved_reference"), of("reference")].into_iter().find(|text| !text.is_empty());
            Origin::Repository {
                url: crate::base::without_credentials(of("url")),
                revision: revision.map(str::to_owned),
            }
        }
        "url" => origin::of_reference(of("url")),
        "legacy" => origin::of_index(of("url")),
        "" => Origin::Registry,
        _ => Origin::Unknown,
    };
    // Before lock version 2.0 the files of all packages stood in one table.
    let files = match items_at(package, &["files"]) {
        [] => items_at(root, &["metadata", "files", name.unwrap_or_default()]),
        files => files,
    };
    let record = PackageRecord {
        scope: scope(package),
        optional: is_true(package, "optional"),
        origin,
        checksums: files.iter().filter_map(|file| checksum(str_at(file, "hash")?)).collect(),
        ..PackageRecord::new(purl, lock.input.at(line))
    };
    Some(lock.records.add(record))
}

fn scope(package: &Value) -> Option<Scope> {
    let of_main = |main: bool| if main { Scope::Runtime } else { Scope::Dev };
    if let Some(groups) = package.get("groups") {
        return Some(of_main(groups.strings().any(|(group, _)| group == "main")));
    }
    str_at(package, "category").map(|category| of_main(category == "main"))
}
