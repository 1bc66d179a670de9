//! `dist-newstyle/cache/plan.json`: every unit that Cabal is to build, with what each part of it needs.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::base::{Code, Diagnostic, Location, Purl, without_credentials};
use crate::ecosystem::records::Records;
use crate::ecosystem::wanted::{Project, is_plain};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Checksum, Origin, PackageRecord, Scope};
use crate::syntax::json::{Json, Object, read};

use super::ECOSYSTEM;
use super::cabal::projects_below;

/// What one part of a unit needs, by the ids of other units.
struct Open {
    from: usize,
    scope: Scope,
    ids: Vec<String>,
}

/// Reads the plan of the project two folders above it.
pub(super) fn parse(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let at = Location::file(input.path.clone());
    let json = Json::new(&text);
    let root = match json.object(&at) {
        Ok(root) => root,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut parsed = Parsed::default();
    let dir = input.dir().parent().and_then(|dir| dir.parent()).unwrap_or_default();
    let mut own: BTreeMap<String, Project> = projects_below(input, &dir, &mut parsed)
        .into_iter()
        .map(|project| (project.record.purl.full_name(), project))
        .collect();
    let mut records = Records::default();
    let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
    let mut open = Vec::new();
    for value in root.array("install-plan") {
        let at = at.at_line(json.line(value));
        let unit: Object = read(value).unwrap_or_default();
        let (name, version) = (unit.string("pkg-name"), unit.string("pkg-version"));
        let (Some(name), Some(version)) = (name.filter(|name| is_plain(name)), version.filter(|word| is_plain(word)))
        else {
            let message = "expected a package with `pkg-name` and `pkg-version`";
            parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            continue;
        };
        let is_local = unit.object("pkg-src").string("type").as_deref() == Some("local");
        let record = match own.remove(&name).filter(|_| is_local) {
            Some(project) => project.record,
            None => record(&unit, &name, &version, at, is_local.then(|| dir.clone())),
        };
        let known = is_local.then(|| records.named(&name).first().copied()).flatten();
        let record_idx = known.unwrap_or_else(|| records.add(record));
        if let Some(id) = unit.string("id") {
            by_id.insert(id, record_idx);
        }
        open.extend(needs(&unit, record_idx));
    }
    for Open { from, scope, ids } in open {
        for target in ids.iter().filter_map(|id| by_id.get(id)) {
            records.need(from, *target, scope, false);
        }
    }
    parsed.records = records.finish();
    parsed
}

fn record(
    unit: &Object,
    name: &str,
    version: &str,
    at: Location,
    local: Option<crate::base::RelPath>,
) -> PackageRecord {
    let purl = Purl::new(ECOSYSTEM, name, Some(version));
    if let Some(dir) = local {
        return Project::new(purl, at, dir).record;
    }
    let source = unit.object("pkg-src");
    let repository = source.object("source-repo");
    let origin = match repository.string("location") {
        Some(url) => Origin::Repository { url: without_credentials(&url), revision: repository.string("tag") },
        None => Origin::Registry,
    };
    let hex = unit.string("pkg-src-sha256").filter(|_| origin == Origin::Registry);
    let checksums = hex.map(|hex| Checksum { algorithm: "sha256".to_owned(), hex }).into_iter().collect();
    PackageRecord { origin, checksums, ..PackageRecord::new(purl, at) }
}

/// Returns what a unit needs: of its only part, or of each of its parts.
fn needs(unit: &Object, from: usize) -> Vec<Open> {
    let mut open = Vec::new();
    let mut part = |name: &str, part: &Object| {
        let scope = match name.split(':').next() {
            Some("test") => Scope::Test,
            Some("bench") => Scope::Dev,
            Some("setup") => Scope::Build,
            _ => Scope::Runtime,
        };
        let ids = |key: &str| part.array(key).into_iter().filter_map(read::<String>).collect();
        open.push(Open { from, scope, ids: ids("depends") });
        open.push(Open { from, scope: scope.min(Scope::Build), ids: ids("exe-depends") });
    };
    part(&unit.string("component-name").unwrap_or_default(), unit);
    let components = unit.object("components");
    for (name, value) in components.iter() {
        let value: &RawValue = value;
        part(name, &read(value).unwrap_or_default());
    }
    open
}
