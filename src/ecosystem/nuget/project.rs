//! Projects: what they reference, with the versions that files above them hold.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::Node;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Claim, ClaimKind, FieldFormat, PackageRecord, Scope, Trait};
use crate::scan::is_vendored;
use crate::syntax::xml::Xml;

use super::packages::Packages;
use super::{ECOSYSTEM, is_plain, is_project};

/// How deep properties may refer to each other.
const MAX_DEPTH: usize = 16;
/// The longest value of a property, in bytes.
const MAX_VALUE: usize = 4096;
/// The package that makes a project one of tests.
const TEST_SDK: &str = "microsoft.net.test.sdk";

/// A project and what it references.
#[derive(Clone, Debug, Default)]
pub(super) struct Project {
    pub(super) path: RelPath,
    pub(super) references: Vec<Reference>,
    /// Other projects, by their path in the tree or as written where they lie outside.
    pub(super) projects: Vec<Result<RelPath, String>>,
    /// Files that were read with it.
    pub(super) files: BTreeSet<RelPath>,
    pub(super) diagnostics: Vec<Diagnostic>,
    properties: BTreeMap<String, (String, Location)>,
    /// Versions of the central file, by id in lower case.
    central: BTreeMap<String, String>,
}

/// A package that is referenced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) id: String,
    pub(super) version: Option<String>,
    /// Whether it serves the build alone.
    pub(super) is_tool: bool,
    /// Whether a condition decides if it is referenced at all.
    pub(super) optional: bool,
    pub(super) at: Location,
}

impl Project {
    /// Reads a project of the tree, the shared files above it first.
    pub(super) fn read(input: &Input, path: &RelPath) -> Self {
        let mut project = Self { path: path.clone(), ..Self::default() };
        let dir = path.parent().unwrap_or_default();
        for name in ["Directory.Build.props", "Directory.Packages.props"] {
            if let Some(shared) = nearest(input, &dir, name) {
                project.take(input, &shared);
            }
        }
        project.take(input, path);
        for reference in &mut project.references {
            if reference.version.is_none() {
                reference.version = project.central.get(&reference.id.to_lowercase()).cloned();
            }
        }
        project
    }

    fn take(&mut self, input: &Input, path: &RelPath) {
        let at = Location::file(path.clone());
        let text = match input.other(path) {
            Some(Ok(text)) => text,
            Some(Err(diagnostic)) => return self.diagnostics.push(diagnostic),
            None => return,
        };
        self.files.insert(path.clone());
        match Xml::parse(text.trim_start(), &at) {
            Ok(xml) => self.items(&xml, &at),
            Err(diagnostic) => self.diagnostics.push(diagnostic),
        }
    }

    fn items(&mut self, xml: &Xml, at: &Location) {
        let dir = at.path.parent().unwrap_or_default();
        for group in xml.root().descendants().filter(|node| node.tag_name().name() == "PropertyGroup") {
            for property in group.children().filter(Node::is_element) {
                let value = property.text().unwrap_or_default().trim().to_owned();
                let place = at.at_line(xml.line(property));
                self.properties.insert(property.tag_name().name().to_lowercase(), (value, place));
            }
        }
        for group in xml.root().descendants().filter(|node| node.tag_name().name() == "ItemGroup") {
            let is_conditional = group.attribute("Condition").is_some();
            for item in group.children().filter(Node::is_element) {
                let optional = is_conditional || item.attribute("Condition").is_some();
                let place = at.at_line(xml.line(item));
                match item.tag_name().name() {
                    "PackageReference" | "GlobalPackageReference" => self.reference(item, optional, &place),
                    "PackageVersion" => {
                        let version = metadata(item, "Version").and_then(|version| self.fill(version));
                        if let Some((id, version)) = item.attribute("Include").zip(version) {
                            self.central.insert(id.to_lowercase(), version);
                        }
                    }
                    "ProjectReference" => {
                        let written = item.attribute("Include").and_then(|path| self.fill(path));
                        let found = written.map(|written| dir.resolve(&written).map_err(|_| written));
                        self.projects.extend(found);
                    }
                    _ => {}
                }
            }
        }
    }

    fn reference(&mut self, item: Node, optional: bool, at: &Location) {
        let version = metadata(item, "VersionOverride").or_else(|| metadata(item, "Version"));
        let version = version.and_then(|version| self.fill(version));
        // `Update` says more about what another file includes.
        if let Some(id) = item.attribute("Update") {
            let known = self.references.iter_mut().find(|known| known.id.eq_ignore_ascii_case(id));
            if let Some(known) = known.filter(|_| version.is_some()) {
                known.version = version;
            }
            return;
        }
        let Some(id) = item.attribute("Include").and_then(|id| self.fill(id)) else { return };
        if !is_plain(&id) {
            let message = format!("expected the id of a package, found `{}`", id.chars().take(100).collect::<String>());
            return self.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at.clone(), message));
        }
        let is_global = item.tag_name().name() == "GlobalPackageReference";
        let is_tool = is_global || is_tool(item);
        self.references.push(Reference { id, version, is_tool, optional, at: at.clone() });
    }

    /// Puts properties in the place of `$(Name)`; one that nobody says leaves the whole unknown.
    fn fill(&self, text: &str) -> Option<String> {
        let mut filled = text.trim().to_owned();
        for _ in 0..MAX_DEPTH {
            let Some((before, rest)) = filled.split_once("$(") else { return Some(filled) };
            let (name, after) = rest.split_once(')')?;
            let (value, _) = self.properties.get(&name.to_lowercase())?;
            filled = format!("{before}{value}{after}");
            if filled.len() > MAX_VALUE {
                return None;
            }
        }
        None
    }

    fn property(&self, name: &str) -> Option<(String, Location)> {
        let (value, at) = self.properties.get(name).filter(|(value, _)| !value.is_empty())?;
        Some((self.fill(value)?, at.clone()))
    }

    /// Returns whether the project is one of tests, of which nothing is shipped.
    pub(super) fn is_test(&self) -> bool {
        let said = self.property("istestproject").map(|(value, _)| value.eq_ignore_ascii_case("true"));
        said.unwrap_or_else(|| self.references.iter().any(|reference| reference.id.eq_ignore_ascii_case(TEST_SDK)))
    }

    /// Returns in which scope a reference is needed.
    pub(super) fn scope(&self, reference: &Reference) -> Scope {
        match (self.is_test(), reference.is_tool) {
            (true, _) => Scope::Test,
            (false, true) => Scope::Build,
            (false, false) => Scope::Runtime,
        }
    }

    /// Returns the names under which other files know the project, in lower case.
    pub(super) fn names(&self) -> Vec<String> {
        let stem = self.path.file_name().unwrap_or_default();
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem).to_owned();
        let said = ["packageid", "assemblyname"].into_iter().filter_map(|name| Some(self.property(name)?.0));
        said.chain([stem]).map(|name| name.to_lowercase()).collect()
    }

    /// Returns the record of the project itself.
    pub(super) fn record(&self) -> PackageRecord {
        let stem = self.path.file_name().unwrap_or_default();
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        let named = ["packageid", "assemblyname"].into_iter().find_map(|name| self.property(name));
        let (name, at) = named.unwrap_or_else(|| (stem.to_owned(), Location::file(self.path.clone())));
        let version = ["packageversion", "version", "versionprefix"].into_iter().find_map(|name| self.property(name));
        let purl = Purl::new(ECOSYSTEM, &name, version.as_ref().map(|(version, _)| version.as_str()));
        let mut record = PackageRecord::own(purl, at, self.path.parent().unwrap_or_default());
        if let Some((expression, at)) = self.property("packagelicenseexpression") {
            record.claims.push(Claim::field(ClaimKind::Declared, FieldFormat::Spdx, &expression, at));
        } else if let Some((file, at)) = self.property("packagelicensefile") {
            record.claims.push(Claim::see_file(ClaimKind::Declared, &file, at));
        }
        if record.dir.as_ref().is_some_and(is_vendored) {
            record.own = false;
            record.traits.insert(Trait::Vendored);
        }
        record
    }
}

/// Reads a project that no lockfile covers: the versions of what it names are the lowest that do.
pub(super) fn parse(input: &Input) -> Parsed {
    if let Err(diagnostic) = input.text(Role::Manifest) {
        return Parsed::failed(diagnostic);
    }
    let project = Project::read(input, input.path);
    let mut packages = Packages::default();
    let own = packages.records.add(project.record());
    packages.connect_projects(input, &project, own);
    for reference in &project.references {
        let version = reference.version.as_deref().and_then(lowest);
        let purl = Purl::new(ECOSYSTEM, &reference.id, version);
        let target = packages.records.add(PackageRecord::new(purl, reference.at.clone()));
        packages.records.need(own, target, project.scope(reference), reference.optional);
    }
    let mut diagnostics = project.diagnostics;
    if let Some(first) = project.references.first() {
        let message = "nothing pins what this project references or what that brings along";
        let diagnostic = Diagnostic::new(Code::NoLockfile, first.at.clone(), message);
        let hint = "set `RestorePackagesWithLockFile` and commit `packages.lock.json`, or run `dotnet restore`";
        diagnostics.push(diagnostic.hint(hint));
    }
    Parsed { records: packages.records.finish(), diagnostics, covers: project.files }
}

/// Returns the version that a plain requirement or an exact one leads to; floating ones and other ranges to none.
fn lowest(requirement: &str) -> Option<&str> {
    let inner = requirement.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(requirement).trim();
    (is_plain(inner) && !inner.contains('*')).then_some(inner)
}

/// Returns whether a reference is for the build alone: nothing of it is passed on, and nothing is compiled against it.
fn is_tool(item: Node) -> bool {
    let has = |name: &str, word: &str| {
        let assets = metadata(item, name).unwrap_or_default();
        assets.split(';').any(|asset| asset.trim().eq_ignore_ascii_case(word))
    };
    let compiled = has("IncludeAssets", "compile") || has("IncludeAssets", "all");
    has("PrivateAssets", "all") && !compiled
}

/// Returns the projects in a folder.
pub(super) fn projects_in(input: &Input, dir: &RelPath) -> Vec<RelPath> {
    let listing = input.tree.root().list(dir);
    let projects = listing.iter().filter(|file| is_project(&file.name)).map(|file| dir.join(&file.name));
    projects.filter(|path| input.tree.has(path)).collect()
}

fn nearest(input: &Input, dir: &RelPath, name: &str) -> Option<RelPath> {
    let mut above = Some(dir.clone());
    while let Some(folder) = above {
        let path = folder.join(name);
        if input.tree.has(&path) {
            return Some(path);
        }
        above = folder.parent();
    }
    None
}

/// Returns what an item says in an attribute or in an element inside of it.
fn metadata<'node>(item: Node<'node, '_>, name: &str) -> Option<&'node str> {
    let attribute = item.attributes().find(|attribute| attribute.name().eq_ignore_ascii_case(name));
    attribute.map(|attribute| attribute.value()).or_else(|| {
        let inside = item.children().find(|child| child.tag_name().name().eq_ignore_ascii_case(name));
        inside.and_then(|node| node.text())
    })
}
