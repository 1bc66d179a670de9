//! `uv.lock`, version 1.
//!
//! A workspace is locked as one: its members are the packages whose source is a folder.
//! Scopes follow from the edges of the members: `dependencies`, `optional-dependencies` (extras) and
//! `dev-dependencies` (groups). Documented in part at <https://docs.astral.sh/uv/concepts/projects/layout/>.

use std::collections::BTreeSet;

use crate::base::{Purl, without_credentials};
use crate::ecosystem::{Input, Parsed};
use crate::model::{Checksum, Origin, PackageRecord, Scope};
use crate::syntax::toml::Value;

use super::lock::{Lock, checksum};
use super::origin::{self, Local, local};
use super::project::normal_name;
use super::pyproject::{entries_at, items_at, str_at};
use super::requirement::is_partial;

/// The kinds of source that are a folder on disk.
const FOLDERS: &[&str] = &["virtual", "editable", "directory"];

/// Reads the file.
pub(super) fn parse(input: &Input) -> Parsed {
    let (mut lock, root) = match Lock::read(input) {
        Ok(read) => read,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let root = &root;
    lock.expect_version("version", root.get("version").and_then(Value::integer), &["1"]);
    let packages = items_at(root, &["package"]);
    let indexes: Vec<_> = packages.iter().map(|package| add(&mut lock, package)).collect();
    for (package, package_idx) in packages.iter().zip(indexes) {
        if let Some(package_idx) = package_idx {
            connect(&mut lock, package, package_idx);
        }
    }
    connect_groups(&mut lock, root);
    report_missing(&mut lock, root, packages);
    lock.finish()
}

fn add(lock: &mut Lock, package: &Value) -> Option<usize> {
    let name = package.get("name");
    let line = name.unwrap_or(package).line();
    let purl = lock.purl(name.and_then(Value::str), str_at(package, "version"), line)?;
    let source = package.get("source");
    let of = |key: &str| source.and_then(|source| str_at(source, key));
    if let Some(path) = FOLDERS.iter().find_map(|key| of(key)) {
        return Some(lock.add_local(purl, path, line));
    }
    let origin = if let Some(url) = of("registry") {
        // A registry may be a folder of wheels.
        if url.contains("://") { origin::of_index(url) } else { Origin::OtherRegistry(url.to_owned()) }
    } else if let Some(git) = of("git") {
        git_origin(git)
    } else if let Some(url) = of("url") {
        origin::of_reference(url)
    } else if let Some(path) = of("path") {
        Origin::Outside(path.to_owned())
    } else {
        Origin::Unknown
    };
    let record =
        PackageRecord { origin, checksums: checksums(package), ..PackageRecord::new(purl, lock.input.at(line)) };
    Some(lock.records.add(record))
}

/// Reads `https://host/repository?rev=v1#commit`.
fn git_origin(url: &str) -> Origin {
    let commit = url.split_once('#').map(|(_, commit)| commit.to_owned());
    Origin::Repository { url: without_credentials(url), revision: commit }
}

fn checksums(package: &Value) -> Vec<Checksum> {
    let files = package.get("sdist").into_iter().chain(items_at(package, &["wheels"]));
    files.filter_map(|file| checksum(str_at(file, "hash")?)).collect()
}

fn connect(lock: &mut Lock, package: &Value, package_idx: usize) {
    let own = lock.records.get(package_idx).is_some_and(|record| record.own);
    for edge in items_at(package, &["dependencies"]) {
        add_edge(lock, package_idx, edge, Scope::Runtime, false);
    }
    for extra in entries_at(package, &["optional-dependencies"]) {
        // Extras of other packages stand there only if somebody asks for them.
        for edge in extra.value.items() {
            add_edge(lock, package_idx, edge, Scope::Runtime, own);
        }
    }
    for group in entries_at(package, &["dev-dependencies"]) {
        for edge in group.value.items() {
            add_edge(lock, package_idx, edge, Scope::Dev, false);
        }
    }
}

fn add_edge(lock: &mut Lock, from: usize, edge: &Value, scope: Scope, optional: bool) {
    let Some(name) = str_at(edge, "name") else {
        lock.invalid(edge.line(), "expected a dependency with a `name`");
        return;
    };
    let optional = optional || str_at(edge, "marker").is_some_and(is_partial);
    let exact = str_at(edge, "version").and_then(|version| lock.records.find(&Purl::new("pypi", name, Some(version))));
    match exact {
        Some(target) => lock.records.need(from, target, scope, optional),
        None => {
            lock.records.need_named(from, &normal_name(name), scope, optional);
        }
    }
}

/// A workspace without a package of its own has its requirements and groups in the table `manifest`.
fn connect_groups(lock: &mut Lock, root: &Value) {
    let Some(project) = lock.project() else { return };
    for edge in items_at(root, &["manifest", "requirements"]) {
        add_edge(lock, project, edge, Scope::Runtime, false);
    }
    for group in entries_at(root, &["manifest", "dependency-groups"]) {
        for edge in group.value.items() {
            add_edge(lock, project, edge, Scope::Dev, false);
        }
    }
}

/// Compares the lockfile with the projects it locks: the one beside it and the members of the workspace.
fn report_missing(lock: &mut Lock, root: &Value, packages: &[Value]) {
    if let Some(project) = lock.project() {
        let wants = lock.wants.clone();
        lock.report_missing(project, &wants);
    }
    let members: BTreeSet<_> = root
        .at(&["manifest", "members"])
        .into_iter()
        .flat_map(Value::strings)
        .map(|(name, _)| normal_name(name))
        .collect();
    for package in packages {
        let name = str_at(package, "name").map(normal_name).unwrap_or_default();
        let folder = FOLDERS.iter().find_map(|key| package.get("source").and_then(|source| str_at(source, key)));
        let Some(Local::Own(dir)) = folder.map(|folder| local(lock.input, folder)) else { continue };
        if members.contains(&name)
            && dir != lock.input.dir()
            && let Some((member, wants)) = lock.member(&dir)
        {
            lock.report_missing(member, &wants);
        }
    }
}
