//! Pipenv: `Pipfile.lock`, pipfile-spec 6, and `Pipfile`.
//!
//! The lockfile has no edges. `default` is runtime, `develop` is for developing; what any other category is for, only its
//! name can tell. <https://github.com/pypa/pipfile>.

use crate::base::{Code, Diagnostic, Location, RelPath, without_credentials};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Origin, PackageRecord, Scope};
use crate::syntax::json::{Json, Object, kind, read};
use crate::syntax::toml::Document;

use super::lock::{Lock, checksum};
use super::origin;
use super::project::{Said, Want};
use super::pyproject::{entries_at, is_true, items_at, source_origin, str_at, syntax_diagnostic};
use super::requirement::is_partial;
use super::requirements::is_dev_word;

/// Reads `Pipfile.lock`.
pub(super) fn parse_lock(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let json = Json::new(&text);
    let root = match json.object(&Location::file(input.path.clone())) {
        Ok(root) => root,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut lock = Lock::new(input);
    let meta = root.object("_meta");
    let version = meta.get("pipfile-spec").and_then(read::<u64>).map(|version| version.to_string());
    lock.expect_version("pipfile-spec", version.as_deref(), &["6"]);
    for (category, value) in root.iter().filter(|(category, _)| *category != "_meta") {
        let Some(packages) = read::<Object>(value) else {
            lock.invalid(json.line(value), format!("expected an object in `{category}`, found {}", kind(value)));
            continue;
        };
        for (name, value) in packages.iter() {
            let line = json.line(value);
            match read::<Object>(value) {
                Some(package) => add(&mut lock, name, &package, scope(category), &meta, line),
                None => lock.invalid(line, format!("expected an object in `{name}`, found {}", kind(value))),
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

fn add(lock: &mut Lock, name: &str, package: &Object, scope: Option<Scope>, meta: &Object, line: u32) {
    let version = package.string("version");
    let version = version.as_deref().map(|version| version.trim_start_matches('=').trim());
    let Some(purl) = lock.purl(Some(name), version, line) else { return };
    if let Some(path) = package.string("path") {
        lock.add_local(purl, &path, line);
        return;
    }
    let origin = if let Some(git) = package.string("git") {
        Origin::Repository { url: without_credentials(&git), revision: package.string("ref") }
    } else if let Some(file) = package.string("file") {
        origin::of_reference(&file)
    } else {
        index(meta, package.string("index").as_deref())
    };
    let hashes: Vec<String> = package.get("hashes").and_then(read).unwrap_or_default();
    let marker = package.string("markers").unwrap_or_default();
    lock.records.add(PackageRecord {
        scope,
        optional: is_partial(&marker),
        origin,
        checksums: hashes.iter().filter_map(|hash| checksum(hash)).collect(),
        ..PackageRecord::new(purl, lock.input.at(line))
    });
}

/// A package without the name of an index comes from the first.
fn index(meta: &Object, name: Option<&str>) -> Origin {
    let sources: Vec<Object> = meta.array("sources").into_iter().filter_map(read).collect();
    let named = |source: &&Object| source.string("name").as_deref() == name;
    let source = match name {
        Some(_) => sources.iter().find(named),
        None => sources.first(),
    };
    source.and_then(|source| source.string("url")).map_or(Origin::Unknown, |url| origin::of_index(&url))
}

fn scope(category: &str) -> Option<Scope> {
    match category {
        "default" | "packages" => Some(Scope::Runtime),
        "develop" | "dev-packages" => Some(Scope::Dev),
        other => is_dev_word(other).then_some(Scope::Dev),
    }
}

/// Reads `Pipfile`, which is TOML.
pub(super) fn read_manifest(text: &str, path: &RelPath) -> Said {
    let document = Document::parse(text);
    let file = Location::file(path.clone());
    let root = &document.root;
    let mut said = Said::default();
    said.diagnostics.extend(syntax_diagnostic(&document, &file));
    let mut other = items_at(root, &["source"]).iter().filter_map(|source| str_at(source, "url")).map(origin::of_index);
    let other = other.find(|origin| *origin != Origin::Registry);
    let categories = root.entries().iter().filter(|entry| entry.value.is_table());
    for category in categories.filter(|entry| !matches!(entry.key.as_str(), "pipenv" | "requires" | "scripts")) {
        for entry in entries_at(root, &[&category.key]) {
            let version = entry.value.str().or_else(|| str_at(&entry.value, "version")).unwrap_or_default();
            let exact = version.strip_prefix("==").filter(|exact| !exact.contains([',', '*']));
            let mut origin = source_origin(&entry.value, "index");
            if origin == Origin::Registry {
                origin = other.clone().unwrap_or_default();
            }
            if entry.value.str().is_none() && !entry.value.is_table() {
                let message =
                    format!("expected a version or a table for `{}`, found a {}", entry.key, entry.value.kind());
                said.diagnostics.push(Diagnostic::new(Code::InvalidEntry, file.at_line(entry.line), message));
                continue;
            }
            said.wants.push(Want {
                name: entry.key.clone(),
                version: exact.map(|exact| exact.trim().to_owned()),
                origin,
                at: file.at_line(entry.line),
                scope: scope(&category.key).unwrap_or(Scope::Runtime),
                optional: false,
                conditional: ["markers", "sys_platform", "os_name", "platform_system"]
                    .iter()
                    .any(|key| entry.value.get(key).is_some())
                    || is_true(&entry.value, "editable") && entry.value.get("path").is_some(),
            });
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipfile_has_categories() {
        let text = "[[source]]\nurl = \"https://registry.example/simple\"\nname = \"pypi\"\n[packages]\nflask = \"*\"\nb = \
                    {version = \"==1.2\", index = \"in-house\"}\n[dev-packages]\npytest = \"*\"\nbad = \
                    3\n[requires]\npython_version = \"3.11\"\n";
        let said = read_manifest(text, &RelPath::new("Pipfile").unwrap());
        let found: Vec<_> =
            said.wants.iter().map(|want| (want.name.as_str(), want.version.as_deref(), want.scope)).collect();
        assert_eq!(
            found,
            [("pytest", None, Scope::Dev), ("b", Some("1.2"), Scope::Runtime), ("flask", None, Scope::Runtime)]
        );
        assert_eq!(said.wants[1].origin, Origin::OtherRegistry("in-house".to_owned()));
        assert_eq!(said.wants[2].origin, Origin::OtherRegistry("https://registry.example/simple".to_owned()));
        assert_eq!(said.diagnostics.len(), 1);
    }
}
