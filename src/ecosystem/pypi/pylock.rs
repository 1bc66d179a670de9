//! `pylock.toml` and `pylock.NAME.toml` (PEP 751), lock version 1.0.
//!
//! <https://packaging.python.org/en/latest/specifications/pylock-toml/>.
//! Edges are optional in it; a marker that asks for an extra or a group tells the scope.

use crate::base::{Purl, without_credentials};
use crate::ecosystem::{Input, Parsed};
use crate::model::{Checksum, Origin, PackageRecord, Scope};
use crate::syntax::toml::Value;

use super::lock::{Lock, checksum};
use super::origin;
use super::project::normal_name;
use super::pyproject::{items_at, str_at};
use super::requirement::is_partial;

/// Returns whether a file name is one of the format.
pub(super) fn is_pylock(name: &str) -> bool {
    let middle = name.strip_prefix("pylock.").and_then(|rest| rest.strip_suffix(".toml"));
    name == "pylock.toml" || middle.is_some_and(|middle| !middle.is_empty() && !middle.contains('.'))
}

/// Reads the file.
pub(super) fn parse(input: &Input) -> Parsed {
    let (mut lock, root) = match Lock::read(input) {
        Ok(read) => read,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let root = &root;
    lock.expect_version("lock-version", root.get("lock-version").and_then(Value::str), &["1"]);
    let packages = items_at(root, &["packages"]);
    let indexes: Vec<_> = packages.iter().map(|package| add(&mut lock, package)).collect();
    for (package, package_idx) in packages.iter().zip(indexes) {
        let Some(package_idx) = package_idx else { continue };
        for edge in items_at(package, &["dependencies"]) {
            let Some(name) = str_at(edge, "name") else {
                lock.invalid(edge.line(), "expected a dependency with a `name`");
                continue;
            };
            let version = str_at(edge, "version");
            let exact = version.and_then(|version| lock.records.find(&Purl::new("pypi", name, Some(version))));
            match exact {
                Some(target) => lock.records.need(package_idx, target, Scope::Runtime, false),
                None => {
                    lock.records.need_named(package_idx, &normal_name(name), Scope::Runtime, false);
                }
            }
        }
    }
    lock.connect_project();
    lock.finish()
}

fn add(lock: &mut Lock, package: &Value) -> Option<usize> {
    let name = package.get("name");
    let line = name.unwrap_or(package).line();
    let purl = lock.purl(name.and_then(Value::str), str_at(package, "version"), line)?;
    if let Some(folder) = package.at(&["directory", "path"]).and_then(Value::str) {
        return Some(lock.add_local(purl, folder, line));
    }
    let marker = str_at(package, "marker").unwrap_or_default();
    let record = PackageRecord {
        scope: Some(scope(marker)),
        optional: is_partial(marker),
        origin: origin_of(package),
        checksums: checksums(package),
        ..PackageRecord::new(purl, lock.input.at(line))
    };
    Some(lock.records.add(record))
}

/// `'pdf' in extras`, `'dev' in dependency_groups`: what is in no group is for all.
fn scope(marker: &str) -> Scope {
    let in_group_alone = marker.contains("dependency_groups") && !marker.contains("extras") && !marker.contains(" or ");
    if in_group_alone { Scope::Dev } else { Scope::Runtime }
}

fn origin_of(package: &Value) -> Origin {
    if let Some(vcs) = package.get("vcs") {
        let url = str_at(vcs, "url").or_else(|| str_at(vcs, "path")).unwrap_or_default();
        let revision = str_at(vcs, "commit-id").map(str::to_owned);
        return Origin::Repository { url: without_credentials(url), revision };
    }
    if let Some(archive) = package.get("archive") {
        return match str_at(archive, "url") {
            Some(url) => origin::of_reference(url),
            None => Origin::Outside(str_at(archive, "path").unwrap_or_default().to_owned()),
        };
    }
    if let Some(index) = str_at(package, "index") {
        return origin::of_index(index);
    }
    // Without an index, the addresses of the files tell.
    let files = package.get("sdist").into_iter().chain(items_at(package, &["wheels"]));
    let mut urls = files.filter_map(|file| str_at(file, "url")).map(origin::of_reference);
    urls.find(|origin| *origin != Origin::Registry).unwrap_or_default()
}

fn checksums(package: &Value) -> Vec<Checksum> {
    let files = package.get("sdist").into_iter().chain(package.get("archive")).chain(items_at(package, &["wheels"]));
    let hashes = files.filter_map(|file| file.get("hashes")).flat_map(Value::entries);
    hashes.filter_map(|hash| checksum(&format!("{}:{}", hash.key, hash.value.str()?))).collect()
}
