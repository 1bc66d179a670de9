//! Gradle's lockfiles: `group:artifact:version=configurations`, one a line.
//! <https://docs.gradle.org/current/userguide/dependency_locking.html>.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Code, Diagnostic, Purl, RelPath};
use crate::ecosystem::records::Records;
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{PackageRecord, Scope, Trait};

use super::ECOSYSTEM;
use super::model::{Poms, is_plain};
use super::script::{SCRIPTS, declared, project_name};

/// Configurations of tools that look at the work or compile it; nothing of them is shipped.
#[rustfmt::skip]
const TOOLS: &[&str] = &[
    "checkstyle", "classpath", "codenarc", "detekt", "detektPlugins", "jacocoAgent", "jacocoAnt",
    "kotlinBuildToolsApiClasspath", "kotlinCompilerClasspath", "kotlinCompilerPluginClasspath",
    "kotlinKlibCommonizerClasspath", "ktlint", "ktlintRuleset", "pmd", "pmdAux", "spotbugs", "spotbugsPlugins",
];

/// Reads `gradle.lockfile` or `buildscript-gradle.lockfile`.
pub(super) fn parse(input: &Input) -> Parsed {
    let is_buildscript = input.path.file_name().is_some_and(|name| name.starts_with("buildscript"));
    let scope_of = |configuration: &str| if is_buildscript { Scope::Build } else { scope(configuration) };
    let mut reader = Reader::new(input, input.dir());
    reader.read(None, &scope_of);
    if is_buildscript {
        reader.mark_plugins();
    }
    reader.finish(!is_buildscript)
}

/// Reads one of the older files, of which each configuration had its own.
pub(super) fn parse_old(input: &Input) -> Parsed {
    let configuration = input.path.file_name().unwrap_or_default().trim_end_matches(".lockfile");
    let mut dir = input.dir().parent().unwrap_or_default();
    if dir.file_name() == Some("gradle") {
        dir = dir.parent().unwrap_or_default();
    }
    let mut reader = Reader::new(input, dir);
    let is_buildscript = configuration.starts_with("buildscript-");
    let scope_of = |configuration: &str| if is_buildscript { Scope::Build } else { scope(configuration) };
    reader.read(Some(configuration), &scope_of);
    if is_buildscript {
        reader.mark_plugins();
    }
    reader.finish(true)
}

/// Returns in which scope a configuration is used; one that is not known counts as runtime.
pub(super) fn scope(configuration: &str) -> Scope {
    if TOOLS.contains(&configuration) || configuration.starts_with("kotlinCompilerPluginClasspath") {
        return Scope::Build;
    }
    // `latestClasspath` is no test: the word starts the name or a hump of it.
    let is_test = configuration.starts_with("test") || configuration.contains("Test");
    if is_test { Scope::Test } else { Scope::Runtime }
}

/// Returns whether a lockfile of Gradle covers a folder.
pub(super) fn is_locked(input: &Input, dir: &RelPath) -> bool {
    let old = dir.join("gradle").join("dependency-locks");
    input.tree.has(&dir.join("gradle.lockfile")) || !input.tree.files_below(&old).is_empty()
}

struct Reader<'input, 'run> {
    input: &'input Input<'run>,
    dir: RelPath,
    records: Records,
    diagnostics: Vec<Diagnostic>,
    /// Group, artifact and version of each record.
    coordinates: BTreeMap<usize, (String, String, String)>,
}

impl<'input, 'run> Reader<'input, 'run> {
    fn new(input: &'input Input<'run>, dir: RelPath) -> Self {
        let (records, coordinates) = (Records::default(), BTreeMap::new());
        Self { input, dir, records, diagnostics: Vec::new(), coordinates }
    }

    fn read(&mut self, configuration: Option<&str>, scope_of: &dyn Fn(&str) -> Scope) {
        let text = match self.input.text(Role::Lockfile) {
            Ok(text) => text,
            Err(diagnostic) => return self.diagnostics.push(diagnostic),
        };
        for (index, line) in text.lines().enumerate() {
            let line_number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
            let line = line.trim();
            // The last line lists configurations without dependencies.
            if line.is_empty() || line.starts_with('#') || line.starts_with("empty=") {
                continue;
            }
            let (module, configurations) = line.split_once('=').unwrap_or((line, configuration.unwrap_or_default()));
            let parts: Vec<&str> = module.split(':').collect();
            let (&[group, artifact, version], true) = (parts.as_slice(), parts.iter().all(|part| is_plain(part)))
            else {
                let message = "expected `group:artifact:version=configurations`, found something else";
                self.diagnostics.push(Diagnostic::new(Code::InvalidEntry, self.input.at(line_number), message));
                continue;
            };
            let purl = Purl::with_namespace(ECOSYSTEM, Some(group), artifact, Some(version));
            let scope = configurations.split(',').map(|name| scope_of(name.trim())).max();
            let record = PackageRecord { scope, ..PackageRecord::new(purl, self.input.at(line_number)) };
            let record = self.records.add(record);
            self.coordinates.insert(record, (group.to_owned(), artifact.to_owned(), version.to_owned()));
        }
    }

    fn mark_plugins(&mut self) {
        for record in self.coordinates.keys() {
            if let Some(record) = self.records.get_mut(*record) {
                record.traits.insert(Trait::BuildPlugin);
            }
        }
    }

    /// Adds who needs whom, as far as the caches know, and the project, which needs what nobody else does.
    fn finish(mut self, names_direct: bool) -> Parsed {
        let mut poms = Poms::new(self.input.tree, self.input.stores);
        let named: BTreeMap<(String, String), usize> = self
            .coordinates
            .iter()
            .map(|(record, (group, artifact, _))| ((group.clone(), artifact.clone()), *record))
            .collect();
        let mut needed = BTreeSet::new();
        let mut edges = Vec::new();
        for (from, (group, artifact, version)) in &self.coordinates {
            let Some(model) = poms.published(group, artifact, version) else { continue };
            for dependency in model.dependencies.iter().filter(|found| !found.optional) {
                let runs = matches!(dependency.scope.as_deref(), None | Some("compile" | "runtime"));
                let target = named.get(&(dependency.group.clone(), dependency.artifact.clone())).filter(|_| runs);
                if let Some(&target) = target.filter(|target| **target != *from) {
                    needed.insert(target);
                    edges.push((*from, target));
                }
            }
        }
        let (name, at) = project_name(self.input, &self.dir);
        let own = self.records.add(PackageRecord::own(Purl::new(ECOSYSTEM, &name, None), at, self.dir.clone()));
        let mut covers = BTreeSet::new();
        let mut direct = BTreeSet::new();
        for script in SCRIPTS.iter().map(|name| self.dir.join(name)).filter(|_| names_direct) {
            if let Some(Ok(text)) = self.input.other(&script) {
                let found = declared(&text).into_iter();
                direct.extend(found.map(|declared| (declared.group, declared.artifact)));
                covers.insert(script);
            }
        }
        for (record, (group, artifact, _)) in &self.coordinates {
            if !needed.contains(record) || direct.contains(&(group.clone(), artifact.clone())) {
                let scope = self.records.get(*record).and_then(|record| record.scope).unwrap_or(Scope::Runtime);
                self.records.need(own, *record, scope, false);
            }
        }
        for (from, target) in edges {
            self.records.need(from, target, Scope::Runtime, false);
        }
        Parsed { records: self.records.finish(), diagnostics: self.diagnostics, covers }
    }
}
