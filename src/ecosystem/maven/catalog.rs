//! `gradle/libs.versions.toml`: the names and versions that build scripts refer to.
//! <https://docs.gradle.org/current/userguide/version_catalogs.html>.

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::ecosystem::records::Records;
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{PackageRecord, Scope};
use crate::syntax::toml::{Document, Value};

use super::ECOSYSTEM;
use super::lockfile::is_locked;
use super::model::is_plain;
use super::script::{plugin, project_name};

/// Reads a catalog of a project without lockfiles: everything in it counts as used.
pub(super) fn parse(input: &Input) -> Parsed {
    let mut dir = input.dir();
    if dir.file_name() == Some("gradle") {
        dir = dir.parent().unwrap_or_default();
    }
    let locked_below = input.tree.files_below(&dir).iter().any(|file| file.path.file_name() == Some("gradle.lockfile"));
    if locked_below || is_locked(input, &dir) {
        return Parsed::default();
    }
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let document = Document::parse(&text);
    let mut parsed = Parsed::default();
    for problem in &document.problems {
        let diagnostic = Diagnostic::new(Code::InvalidSyntax, input.at(problem.line), problem.message.clone());
        parsed.diagnostics.push(diagnostic);
    }
    let mut records = Records::default();
    let own = own(input, &dir, &mut records);
    let root = &document.root;
    let mut first = None;
    for entry in root.get("libraries").map(Value::entries).unwrap_or_default() {
        let Some((group, artifact, version)) = library(&entry.value, root) else {
            let message = "expected `group:artifact:version` or a table with `module`, found something else";
            parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, input.at(entry.line), message));
            continue;
        };
        let purl = Purl::with_namespace(ECOSYSTEM, Some(&group), &artifact, version.as_deref());
        let target = records.add(PackageRecord::new(purl, input.at(entry.line)));
        records.need(own, target, Scope::Runtime, false);
        first = Some(first.map_or(entry.line, |line: u32| line.min(entry.line)));
    }
    for entry in root.get("plugins").map(Value::entries).unwrap_or_default() {
        let (id, version) = match entry.value.str() {
            Some(text) => text.split_once(':').map_or((Some(text), None), |(id, version)| (Some(id), Some(version))),
            None => (entry.value.get("id").and_then(Value::str), version_of(&entry.value, root)),
        };
        if let (Some(id), Some(version)) = (id.filter(|id| is_plain(id)), version.filter(|version| is_plain(version))) {
            let target = records.add(plugin(id, version, input.at(entry.line)));
            records.need(own, target, Scope::Build, false);
        }
    }
    parsed.records = records.finish();
    if let Some(line) = first {
        let message = "nothing pins what the libraries of this catalog bring along";
        let diagnostic = Diagnostic::new(Code::NoLockfile, input.at(line), message);
        let hint = "turn on `dependencyLocking` and commit what `gradle dependencies --write-locks` writes";
        parsed.diagnostics.push(diagnostic.hint(hint));
    }
    parsed
}

fn own(input: &Input, dir: &RelPath, records: &mut Records) -> usize {
    let (name, at): (String, Location) = project_name(input, dir);
    records.add(PackageRecord::own(Purl::new(ECOSYSTEM, &name, None), at, dir.clone()))
}

/// Reads `"group:artifact:version"` or a table.
fn library(value: &Value, root: &Value) -> Option<(String, String, Option<String>)> {
    let (module, version) = match (value.str(), value.get("module").and_then(Value::str)) {
        (Some(text), _) => match text.splitn(3, ':').collect::<Vec<_>>().as_slice() {
            [group, artifact, version] => ((*group, *artifact), Some(*version)),
            [group, artifact] => ((*group, *artifact), None),
            _ => return None,
        },
        (None, Some(module)) => (module.split_once(':')?, version_of(value, root)),
        (None, None) => {
            let part = |name: &str| value.get(name).and_then(Value::str);
            ((part("group")?, part("name")?), version_of(value, root))
        }
    };
    let (group, artifact) = module;
    let version = version.filter(|version| is_plain(version) && !version.ends_with('+')).map(str::to_owned);
    (is_plain(group) && is_plain(artifact)).then(|| (group.to_owned(), artifact.to_owned(), version))
}

/// Returns the version of an entry: said here or by reference, plain or as the strictest of several words.
fn version_of<'doc>(value: &'doc Value, root: &'doc Value) -> Option<&'doc str> {
    let mut version = value.get("version")?;
    if let Some(name) = version.get("ref").and_then(Value::str) {
        version = root.at(&["versions", name])?;
    }
    // Of ranges and one version the version is what the build prefers.
    let words = ["strictly", "require", "prefer"];
    let said = || words.iter().filter_map(|word| version.get(word).and_then(Value::str));
    version.str().or_else(|| said().find(|version| is_plain(version)))
}
