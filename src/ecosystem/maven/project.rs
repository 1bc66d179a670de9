//! The projects of a tree: a `pom.xml`, its modules, and what they bring along.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::ecosystem::records::Records;
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Claim, ClaimKind, FieldFormat, Join, Origin, PackageRecord, Scope, Trait};
use crate::scan::is_vendored;

use super::ECOSYSTEM;
use super::graph::{Graph, exact};
use super::model::{Model, Poms};
use super::pom::Pom;

/// The most modules of one project.
const MAX_MODULES: usize = 10_000;

struct Project {
    model: Model,
    path: RelPath,
    record: usize,
}

struct Reader<'input, 'run> {
    input: &'input Input<'run>,
    poms: Poms<'run>,
    records: Records,
    diagnostics: Vec<Diagnostic>,
    covers: BTreeSet<RelPath>,
    projects: Vec<Project>,
    /// The records of the projects, by group and artifact.
    own: BTreeMap<(String, String), usize>,
}

/// Reads a project and its modules.
pub(super) fn parse(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut reader = Reader {
        input,
        poms: Poms::new(input.tree, input.stores),
        records: Records::default(),
        diagnostics: Vec::new(),
        covers: BTreeSet::new(),
        projects: Vec::new(),
        own: BTreeMap::new(),
    };
    reader.take(&text, input.path.clone());
    reader.connect();
    Parsed { records: reader.records.finish(), diagnostics: reader.diagnostics, covers: reader.covers }
}

impl Reader<'_, '_> {
    /// Takes a project and, one after the other, the modules that it and they name.
    fn take(&mut self, text: &str, path: RelPath) {
        let mut open = VecDeque::from([(text.to_owned(), path)]);
        while let Some((text, path)) = open.pop_front() {
            if self.projects.len() >= MAX_MODULES || !self.covers.insert(path.clone()) {
                continue;
            }
            let at = Location::file(path.clone());
            let pom = match Pom::read(&text, &at) {
                Ok(pom) => pom,
                Err(diagnostic) => {
                    self.diagnostics.push(diagnostic);
                    continue;
                }
            };
            let dir = path.parent().unwrap_or_default();
            for (module, line) in &pom.modules {
                match self.module(&dir, module) {
                    Ok(found) => open.push_back(found),
                    Err(diagnostic) => self.diagnostics.push(Diagnostic { at: Some(at.at_line(*line)), ..diagnostic }),
                }
            }
            self.add(pom, path);
        }
    }

    fn module(&self, dir: &RelPath, module: &str) -> Result<(String, RelPath), Diagnostic> {
        let at = Location::file(dir.clone());
        let mut path = dir
            .resolve(module)
            .map_err(|error| Diagnostic::new(Code::PathEscape, at.clone(), format!("`{module}`: {error}")))?;
        if !self.input.tree.has(&path) {
            path = path.join("pom.xml");
        }
        match self.input.other(&path) {
            Some(text) => Ok((text?, path)),
            None => Err(Diagnostic::new(Code::InvalidEntry, at, format!("there is no `{path}`"))),
        }
    }

    fn add(&mut self, pom: Pom, path: RelPath) {
        let (line, dir) = (pom.line, path.parent().unwrap_or_default());
        let model = self.poms.of_file(pom, &path);
        let name = if model.artifact.is_empty() { dir.file_name().unwrap_or("project") } else { &model.artifact };
        let purl = Purl::with_namespace(ECOSYSTEM, Some(&model.group), name, model.version.as_deref());
        let mut record = PackageRecord::own(purl, Location::line(path.clone(), line), dir.clone());
        record.claims = claims(&model);
        if is_vendored(&dir) {
            record.own = false;
            record.traits.insert(Trait::Vendored);
        }
        let record = self.records.add(record);
        self.own.insert((model.group.clone(), model.artifact.clone()), record);
        self.projects.push(Project { model, path, record });
    }

    /// Adds what the projects bring along.
    fn connect(&mut self) {
        let projects = std::mem::take(&mut self.projects);
        let (mut unread, mut open) = (BTreeSet::new(), BTreeMap::new());
        for project in &projects {
            let own = &self.own;
            let is_own = |group: &str, artifact: &str| own.contains_key(&(group.to_owned(), artifact.to_owned()));
            let graph = Graph::of(&project.model, &mut self.poms, &is_own);
            let mut targets = Vec::new();
            for taken in &graph.taken {
                let at = Location::line(project.path.clone(), taken.line);
                if taken.version.is_none() {
                    open.entry(at.clone()).or_insert_with(|| format!("{}:{}", taken.group, taken.artifact));
                }
                let purl =
                    Purl::with_namespace(ECOSYSTEM, Some(&taken.group), &taken.artifact, taken.version.as_deref());
                let origin = if taken.is_system { Origin::Unknown } else { Origin::Registry };
                let own = self.own.get(&(taken.group.clone(), taken.artifact.clone())).copied();
                targets.push(
                    own.unwrap_or_else(|| self.records.add(PackageRecord { origin, ..PackageRecord::new(purl, at) })),
                );
            }
            for (from, target, edge) in &graph.edges {
                let from = from.map_or(Some(project.record), |from| targets.get(from).copied());
                let scope = if edge.is_test { Scope::Test } else { Scope::Runtime };
                if let (Some(from), Some(&target)) = (from, targets.get(*target)) {
                    // In which scope a project needs something is said where it needs it itself.
                    let scope = if from == project.record { scope } else { Scope::Runtime };
                    self.records.need(from, target, scope, edge.optional);
                }
            }
            unread.extend(graph.unread);
            unread.extend(project.model.missing.iter().cloned());
            self.plugins(project);
        }
        self.report(&open, &unread);
    }

    /// Adds the plugins of the build whose version is said.
    fn plugins(&mut self, project: &Project) {
        for plugin in &project.model.plugins {
            let Some(version) = plugin.version.as_deref().and_then(exact) else { continue };
            let purl = Purl::with_namespace(ECOSYSTEM, Some(&plugin.group), &plugin.artifact, Some(&version));
            let mut record = PackageRecord::new(purl, Location::line(project.path.clone(), plugin.line));
            record.traits.insert(Trait::BuildPlugin);
            let target = self.records.add(record);
            self.records.need(project.record, target, Scope::Build, false);
        }
    }

    fn report(&mut self, open: &BTreeMap<Location, String>, unread: &BTreeSet<String>) {
        if let Some(at) = open.keys().next() {
            let message = format!("no version could be determined for {}", listed(open.values()));
            let diagnostic = Diagnostic::new(Code::NoLockfile, at.clone(), message);
            self.diagnostics.push(diagnostic.hint("fill the local repository with `mvn dependency:go-offline`"));
        }
        if !unread.is_empty() {
            let message = format!("what {} bring along is not at hand", listed(unread.iter()));
            let diagnostic = Diagnostic::new(Code::NoLockfile, Location::file(self.input.path.clone()), message);
            self.diagnostics.push(diagnostic.hint("fill the local repository with `mvn dependency:go-offline`"));
        }
    }
}

/// Lists names, the first few of many.
fn listed<'name>(names: impl Iterator<Item = &'name String>) -> String {
    const MAX_NAMES: usize = 5;
    let names: BTreeSet<&String> = names.collect();
    let first: Vec<String> = names.iter().take(MAX_NAMES).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(MAX_NAMES) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// Quotes the licenses of a model. Of several the user may select any, says the reference of the format.
pub(super) fn claims(model: &Model) -> Vec<Claim> {
    let (Some(first), Some(at)) = (model.licenses.first(), &model.licenses_at) else { return Vec::new() };
    let values = model.licenses.iter().map(super::pom::License::value).collect();
    vec![Claim::fields(ClaimKind::Declared, FieldFormat::NameAndUrl, Join::Or, values, at.at_line(first.line))]
}
