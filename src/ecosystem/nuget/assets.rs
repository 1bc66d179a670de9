//! `obj/project.assets.json`: what a restore resolved, for each target framework.

use serde_json::value::RawValue;

use crate::base::{Location, Purl};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{PackageRecord, Scope};
use crate::syntax::json::{Json, Object, read};

use super::packages::{Packages, owner};
use super::project::{Project, projects_in};
use super::{ECOSYSTEM, is_lockfile, is_plain};

/// Reads what a restore left, unless a lockfile beside the project says the same.
pub(super) fn parse(input: &Input) -> Parsed {
    let dir = input.dir().parent().unwrap_or_default();
    if input.tree.root().list(&dir).iter().any(|file| is_lockfile(&file.name)) {
        return Parsed::default();
    }
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
    let restore = root.object("project").object("restore");
    let projects = projects_in(input, &dir);
    let name = restore.string("projectName").filter(|_| projects.len() > 1);
    let project = owner(projects, name.as_deref()).map(|path| Project::read(input, &path));
    let mut packages = Packages::default();
    let unnamed = || {
        let name = restore.string("projectName").filter(|name| is_plain(name));
        PackageRecord::own(Purl::new(ECOSYSTEM, name.as_deref().unwrap_or("project"), None), at.clone(), dir)
    };
    let own = packages.records.add(project.as_ref().map_or_else(unnamed, Project::record));
    if let Some(project) = &project {
        packages.connect_projects(input, project, own);
    }
    let targets = root.object("targets");
    let mut open = Vec::new();
    for (framework, value) in targets.iter() {
        for (library, value) in read::<Object>(value).unwrap_or_default().iter() {
            let entry: Object = read(value).unwrap_or_default();
            let Some((id, version)) = library.split_once('/').filter(|(id, version)| is_plain(id) && is_plain(version))
            else {
                continue;
            };
            if entry.string("type").as_deref() != Some("package") {
                continue;
            }
            let purl = Purl::new(ECOSYSTEM, id, Some(version));
            let target = packages.add(framework, id, PackageRecord::new(purl, at.at_line(json.line(value))));
            let needs: Vec<String> = entry.object("dependencies").iter().map(|(id, _)| id.to_owned()).collect();
            open.push((framework.to_owned(), target, needs));
        }
    }
    for (framework, from, needs) in open {
        packages.need(&framework, from, &needs);
    }
    direct(&root, &targets, project.as_ref(), own, &mut packages);
    let (diagnostics, covers) = project.map(|project| (project.diagnostics, project.files)).unwrap_or_default();
    Parsed { records: packages.records.finish(), diagnostics, covers }
}

/// Returns whether a package has files that are loaded when the work runs; `_._` stands for none.
fn runs(libraries: &RawValue, id: &str) -> bool {
    let libraries: Object = read(libraries).unwrap_or_default();
    let is_it = |library: &str| library.split_once('/').is_some_and(|(found, _)| found.eq_ignore_ascii_case(id));
    let entries = libraries.iter().filter(|(library, _)| is_it(library));
    entries.filter_map(|(_, entry)| read::<Object>(entry)).any(|entry| {
        let files = entry.object("runtime");
        files.iter().any(|(file, _)| !file.ends_with("/_._"))
    })
}

/// Connects the project with what it asks for itself; `suppressParent` is what `PrivateAssets` became.
fn direct(root: &Object, targets: &Object, project: Option<&Project>, own: usize, packages: &mut Packages) {
    let is_test = project.is_some_and(Project::is_test);
    for (_, framework) in root.object("project").object("frameworks").iter() {
        for (id, value) in read::<Object>(framework).unwrap_or_default().object("dependencies").iter() {
            let entry: Object = read(value).unwrap_or_default();
            let is_private = entry.string("suppressParent").is_some_and(|assets| assets.eq_ignore_ascii_case("all"));
            for (framework, libraries) in targets.iter() {
                let Some(target) = packages.find(framework, id) else { continue };
                let scope = match (is_test, is_private && !runs(libraries, id)) {
                    (true, _) => Scope::Test,
                    (false, true) => Scope::Build,
                    (false, false) => Scope::Runtime,
                };
                packages.records.need(own, target, scope, false);
            }
        }
    }
}
