//! `packages.lock.json`: for each target framework the packages, resolved.

use serde_json::value::RawValue;

use crate::base::{Code, Diagnostic, Location, Purl, hex_of_base64};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Checksum, PackageRecord, Scope};
use crate::syntax::json::{Json, Object, read};

use super::packages::{Packages, owner};
use super::project::{Project, projects_in};
use super::{ECOSYSTEM, is_plain};

/// The algorithm of the checksums: SHA-512 of an archive without its signature.
pub(crate) const CONTENT_HASH: &str = "nuget-content-sha512";

/// The versions of the format that are known.
const VERSIONS: &[&str] = &["1", "2"];

/// Reads a lockfile, and the project beside it.
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
    let name = input.path.file_name().and_then(|name| name.strip_prefix("packages.")?.strip_suffix(".lock.json"));
    let project = owner(projects_in(input, &input.dir()), name).map(|path| Project::read(input, &path));
    let mut parsed = Parsed::default();
    if let Some(version) = root.get("version").filter(|version| !VERSIONS.contains(&version.get())) {
        let message = format!("version {} is not known here", version.get().chars().take(20).collect::<String>());
        parsed.diagnostics.push(Diagnostic::new(Code::UnknownLockfileVersion, at.at_line(json.line(version)), message));
    }
    let mut reader =
        Reader { json: &json, at, packages: Packages::default(), diagnostics: Vec::new(), open: Vec::new() };
    let unnamed = || {
        let name = input.dir().file_name().unwrap_or("project").to_owned();
        PackageRecord::own(Purl::new(ECOSYSTEM, &name, None), reader.at.clone(), input.dir())
    };
    let own = project.as_ref().map_or_else(unnamed, Project::record);
    let own = reader.packages.records.add(own);
    if let Some(project) = &project {
        reader.packages.connect_projects(input, project, own);
    }
    for (framework, value) in root.object("dependencies").iter() {
        for (id, value) in read::<Object>(value).unwrap_or_default().iter() {
            reader.entry(framework, id, value, own, project.as_ref());
        }
    }
    reader.connect();
    parsed.diagnostics.extend(reader.diagnostics);
    if let Some(project) = project {
        parsed.diagnostics.extend(stale(&project, &reader.packages, &root));
        parsed.diagnostics.extend(project.diagnostics);
        parsed.covers = project.files;
    }
    parsed.records = reader.packages.records.finish();
    parsed
}

struct Reader<'json, 'text> {
    json: &'json Json<'text>,
    at: Location,
    packages: Packages,
    diagnostics: Vec<Diagnostic>,
    /// What each package needs, to become edges.
    open: Vec<(String, usize, Vec<String>)>,
}

impl Reader<'_, '_> {
    fn entry(&mut self, framework: &str, id: &str, value: &RawValue, own: usize, project: Option<&Project>) {
        let at = self.at.at_line(self.json.line(value));
        let entry: Object = read(value).unwrap_or_default();
        let ty = entry.string("type").unwrap_or_default();
        let needs: Vec<String> = entry.object("dependencies").iter().map(|(id, _)| id.to_owned()).collect();
        if ty == "Project" {
            if let Some(project) = self.packages.find(framework, id) {
                self.open.push((framework.to_owned(), project, needs));
            }
            return;
        }
        let version = entry.string("resolved").filter(|version| is_plain(version));
        let (Some(version), true) = (version, is_plain(id)) else {
            let message = "expected a package with a version in `resolved`";
            return self.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
        };
        let hash = entry.string("contentHash").and_then(|hash| hex_of_base64(&hash));
        let checksums = hash.map(|hex| Checksum { algorithm: CONTENT_HASH.to_owned(), hex }).into_iter().collect();
        let record = PackageRecord { checksums, ..PackageRecord::new(Purl::new(ECOSYSTEM, id, Some(&version)), at) };
        let target = self.packages.add(framework, id, record);
        if ty == "Direct" {
            let reference = |project: &Project| {
                let found = project.references.iter().find(|reference| reference.id.eq_ignore_ascii_case(id));
                found.map(|reference| (project.scope(reference), reference.optional))
            };
            let (scope, optional) = project.and_then(reference).unwrap_or((Scope::Runtime, false));
            self.packages.records.need(own, target, scope, optional);
        }
        self.open.push((framework.to_owned(), target, needs));
    }

    fn connect(&mut self) {
        for (framework, from, needs) in std::mem::take(&mut self.open) {
            self.packages.need(&framework, from, &needs);
        }
    }
}

/// Reports what the project references and the lockfile lacks.
fn stale(project: &Project, packages: &Packages, root: &Object) -> Option<Diagnostic> {
    let frameworks: Vec<String> =
        root.object("dependencies").iter().map(|(framework, _)| framework.to_owned()).collect();
    let is_locked = |id: &str| frameworks.iter().any(|framework| packages.find(framework, id).is_some());
    let mut lacking = project.references.iter().filter(|reference| !reference.optional && !is_locked(&reference.id));
    let first = lacking.next()?;
    let names: Vec<String> =
        [first].into_iter().chain(lacking).map(|reference| format!("`{}`", reference.id)).collect();
    let message = format!("{} not in `packages.lock.json`", names.join(", "));
    let diagnostic = Diagnostic::new(Code::StaleLockfile, first.at.clone(), message);
    Some(diagnostic.hint("bring it up to date with `dotnet restore --force-evaluate`"))
}
