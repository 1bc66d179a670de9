//! A project's model: its `pom.xml` with what it inherits, imports and fills in.
//! <https://maven.apache.org/ref/current/maven-model-builder/>.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::base::{Location, RelPath};
use crate::ecosystem::Credits;
use crate::scan::{Limits, Root, StoreKind, Stores, Tree};

use super::pom::{Dependency, License, Parent, Pom};

/// How many parents and imports are followed from one file.
const MAX_DEPTH: usize = 32;
/// The longest value of a property, in bytes.
const MAX_VALUE: usize = 4096;

/// Group, artifact, type and classifier: what tells dependencies apart.
pub(super) type Key = (String, String, String, String);

/// A model.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Model {
    pub(super) group: String,
    pub(super) artifact: String,
    pub(super) version: Option<String>,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) managed: BTreeMap<Key, Dependency>,
    pub(super) plugins: Vec<Dependency>,
    /// The licenses, and the file in which they stand: its own or the nearest parent's that has any.
    pub(super) licenses: Vec<License>,
    pub(super) licenses_at: Option<Location>,
    pub(super) credits: Credits,
    /// Parents and imports that are not at hand.
    pub(super) missing: BTreeSet<String>,
}

/// All files that were read, and the models made of them.
pub(super) struct Poms<'run> {
    tree: &'run Tree,
    stores: &'run Stores,
    models: BTreeMap<String, Option<Rc<Model>>>,
}

/// A file and where it stands.
struct Read {
    pom: Pom,
    at: Location,
    /// Its folder, if it stands in the tree.
    dir: Option<RelPath>,
}

impl<'run> Poms<'run> {
    pub(super) fn new(tree: &'run Tree, stores: &'run Stores) -> Self {
        Self { tree, stores, models: BTreeMap::new() }
    }

    /// Makes the model of a file of the tree.
    pub(super) fn of_file(&mut self, pom: Pom, path: &RelPath) -> Model {
        let dir = path.parent().unwrap_or_default();
        self.build(Read { pom, at: Location::file(path.clone()), dir: Some(dir) }, 0)
    }

    /// Makes the model of a published artifact, if its file is in a store.
    pub(super) fn published(&mut self, group: &str, artifact: &str, version: &str) -> Option<Rc<Model>> {
        self.published_at(group, artifact, version, 0)
    }

    fn published_at(&mut self, group: &str, artifact: &str, version: &str, depth: usize) -> Option<Rc<Model>> {
        let key = format!("{group}:{artifact}:{version}");
        if let Some(known) = self.models.get(&key) {
            return known.clone();
        }
        // While it is being made it does not lead to itself.
        self.models.insert(key.clone(), None);
        let read = read_published(self.stores, group, artifact, version);
        let model = read.map(|(pom, at)| Rc::new(self.build(Read { pom, at, dir: None }, depth + 1)));
        self.models.insert(key, model.clone());
        model
    }

    fn build(&mut self, read: Read, depth: usize) -> Model {
        let mut missing = BTreeSet::new();
        let chain = self.chain(read, &mut missing);
        let values = Values::of(&chain);
        let mut model = Model { missing, ..Model::default() };
        for (of, field) in [(0, &mut model.group), (1, &mut model.artifact)] {
            let own = |read: &Read| if of == 0 { read.pom.group.clone() } else { read.pom.artifact.clone() };
            *field = chain.iter().take(if of == 0 { chain.len() } else { 1 }).find_map(own).unwrap_or_default();
        }
        model.group = values.fill(&model.group).unwrap_or_default();
        model.artifact = values.fill(&model.artifact).unwrap_or_default();
        model.version = values.get("project.version");
        let mut seen = BTreeSet::new();
        let mut imports = Vec::new();
        for read in &chain {
            for dependency in &read.pom.managed {
                let Some(filled) = values.dependency(dependency) else { continue };
                if filled.scope.as_deref() == Some("import") {
                    imports.push(filled);
                } else {
                    model.managed.entry(key(&filled)).or_insert(filled);
                }
            }
            if model.licenses.is_empty() && !read.pom.licenses.is_empty() {
                model.licenses.clone_from(&read.pom.licenses);
                model.licenses_at = Some(read.at.clone());
            }
        }
        self.import(imports, &mut model, depth);
        for read in &chain {
            let filled = read.pom.dependencies.iter().filter_map(|dependency| values.dependency(dependency));
            for dependency in filled {
                if seen.insert(key(&dependency)) {
                    model.dependencies.push(manage(dependency, &model.managed));
                }
            }
        }
        if let Some(own) = chain.first() {
            model.plugins = own.pom.plugins.iter().filter_map(|plugin| values.dependency(plugin)).collect();
            model.credits = own.pom.credits.clone();
        }
        model
    }

    /// Takes what imported lists say of versions, where nothing nearer does.
    fn import(&mut self, imports: Vec<Dependency>, model: &mut Model, depth: usize) {
        for import in imports {
            let name = format!("{}:{}", import.group, import.artifact);
            let version = import.version.as_deref().filter(|_| depth < MAX_DEPTH);
            let Some(found) =
                version.and_then(|version| self.published_at(&import.group, &import.artifact, version, depth))
            else {
                model.missing.insert(name);
                continue;
            };
            model.missing.extend(found.missing.iter().cloned());
            for (key, dependency) in &found.managed {
                model.managed.entry(key.clone()).or_insert_with(|| dependency.clone());
            }
        }
    }

    /// Returns a file and its parents, nearest first.
    fn chain(&self, read: Read, missing: &mut BTreeSet<String>) -> Vec<Read> {
        let mut chain = vec![read];
        while let Some(last) = chain.last().filter(|_| chain.len() < MAX_DEPTH) {
            let Some(parent) = &last.pom.parent else { break };
            let beside = last.dir.as_ref().and_then(|dir| self.beside(parent, dir));
            let found = beside.or_else(|| {
                let version = Values::of(&chain).fill(parent.version.as_deref()?)?;
                let (pom, at) = read_published(self.stores, &parent.group, &parent.artifact, &version)?;
                Some(Read { pom, at, dir: None })
            });
            let Some(found) = found else {
                missing.insert(format!("{}:{}", parent.group, parent.artifact));
                break;
            };
            chain.push(found);
        }
        chain
    }

    /// Reads the parent in the tree, if what stands there is the parent that is meant.
    fn beside(&self, parent: &Parent, dir: &RelPath) -> Option<Read> {
        let relative = parent.relative.as_deref().unwrap_or("..");
        let mut path = dir.resolve(relative).ok().filter(|_| !relative.is_empty())?;
        if !self.tree.has(&path) {
            path = path.join("pom.xml");
        }
        let text = self.tree.has(&path).then(|| self.tree.read_text(&path, Limits::DEFAULT.manifest).ok()).flatten()?;
        let at = Location::file(path.clone());
        let pom = Pom::read(&text, &at).ok()?;
        let group = pom.group.as_ref().or(pom.parent.as_ref().map(|parent| &parent.group));
        let is_it = pom.artifact.as_ref() == Some(&parent.artifact) && group == Some(&parent.group);
        is_it.then(|| Read { pom, at, dir: path.parent() })
    }
}

/// Reads the file of a published artifact from Maven's local repository or Gradle's cache.
pub(super) fn read_published(stores: &Stores, group: &str, artifact: &str, version: &str) -> Option<(Pom, Location)> {
    let (text, at) = published_file(stores, group, artifact, version, "pom")?;
    let text = crate::syntax::text::decode(&text).text;
    Some((Pom::read(&text, &at).ok()?, at))
}

/// Reads a file of a published artifact, and names it for reports.
pub(super) fn published_file(
    stores: &Stores,
    group: &str,
    artifact: &str,
    version: &str,
    extension: &str,
) -> Option<(Vec<u8>, Location)> {
    if ![group, artifact, version].into_iter().all(is_plain) {
        return None;
    }
    let name = format!("{artifact}-{version}.{extension}");
    let limit = if extension == "pom" { Limits::DEFAULT.manifest } else { Limits::DEFAULT.archive };
    let shown = RelPath::root().join(&format!("{group}/{artifact}/{version}/{name}"));
    let in_maven = |store: &Arc<Root>| {
        let path = RelPath::root().join(&format!("{}/{artifact}/{version}/{name}", group.replace('.', "/")));
        Some((store.read(&path, limit).ok()?, Location { store: store.store(), ..Location::file(shown.clone()) }))
    };
    let in_gradle = |store: &Arc<Root>| {
        // Below the version lies one folder for each checksum.
        let folder = RelPath::root().join(&format!("{group}/{artifact}/{version}"));
        let hashes = store.list(&folder);
        let read = |hash: &crate::scan::Listed| store.read(&folder.join(&hash.name).join(&name), limit).ok();
        Some((hashes.iter().find_map(read)?, Location { store: store.store(), ..Location::file(shown.clone()) }))
    };
    stores.of(StoreKind::Maven).find_map(in_maven).or_else(|| stores.of(StoreKind::Gradle).find_map(in_gradle))
}

/// Returns whether a coordinate can be part of a path: it cannot lead out of a folder.
pub(super) fn is_plain(text: &str) -> bool {
    let valid = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_' | '+' | '~');
    !text.is_empty() && !text.contains("..") && text != "." && text.chars().all(valid)
}

/// Returns what tells a dependency from others.
pub(super) fn key(dependency: &Dependency) -> Key {
    let ty = dependency.ty.clone().unwrap_or_else(|| "jar".to_owned());
    (dependency.group.clone(), dependency.artifact.clone(), ty, dependency.classifier.clone().unwrap_or_default())
}

/// Fills in what a dependency leaves to the list of managed ones.
fn manage(mut dependency: Dependency, managed: &BTreeMap<Key, Dependency>) -> Dependency {
    if let Some(managed) = managed.get(&key(&dependency)) {
        dependency.version = dependency.version.or_else(|| managed.version.clone());
        dependency.scope = dependency.scope.or_else(|| managed.scope.clone());
        dependency.optional |= managed.optional;
        dependency.exclusions.extend(managed.exclusions.iter().cloned());
    }
    dependency
}

/// The properties of a project.
struct Values {
    properties: BTreeMap<String, String>,
}

impl Values {
    fn of(chain: &[Read]) -> Self {
        let mut properties = BTreeMap::new();
        let all = chain.iter().map(|read| &read.pom.properties);
        for of_one in all.chain(chain.iter().map(|read| &read.pom.profile_properties)) {
            for (name, value) in of_one {
                properties.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        let parent = chain.first().and_then(|read| read.pom.parent.as_ref());
        let first = |of: &dyn Fn(&Read) -> Option<String>| chain.iter().find_map(of);
        let own = [
            (
                "groupId",
                first(&|read| read.pom.group.clone().or_else(|| Some(read.pom.parent.as_ref()?.group.clone()))),
            ),
            ("artifactId", chain.first().and_then(|read| read.pom.artifact.clone())),
            ("version", first(&|read| read.pom.version.clone().or_else(|| read.pom.parent.as_ref()?.version.clone()))),
            ("parent.groupId", parent.map(|parent| parent.group.clone())),
            ("parent.version", parent.and_then(|parent| parent.version.clone())),
        ];
        for (name, value) in own {
            for prefix in ["project.", "pom.", ""] {
                if let Some(value) = &value {
                    properties.insert(format!("{prefix}{name}"), value.clone());
                }
            }
        }
        Self { properties }
    }

    fn get(&self, name: &str) -> Option<String> {
        self.fill(self.properties.get(name)?)
    }

    /// Puts properties in the place of `${name}`; one that nobody says leaves the whole unknown.
    fn fill(&self, text: &str) -> Option<String> {
        let mut filled = text.to_owned();
        for _ in 0..MAX_DEPTH {
            let Some((before, rest)) = filled.split_once("${") else { return Some(filled) };
            let (name, after) = rest.split_once('}')?;
            filled = format!("{before}{}{after}", self.properties.get(name)?);
            if filled.len() > MAX_VALUE {
                return None;
            }
        }
        None
    }

    /// Fills in a dependency; without its names it is none, without its version it is one.
    fn dependency(&self, dependency: &Dependency) -> Option<Dependency> {
        let fill = |text: &Option<String>| text.as_deref().and_then(|text| self.fill(text));
        let exclusions = dependency.exclusions.iter();
        let exclusions = exclusions.filter_map(|(group, artifact)| Some((self.fill(group)?, self.fill(artifact)?)));
        Some(Dependency {
            group: self.fill(&dependency.group)?,
            artifact: self.fill(&dependency.artifact)?,
            version: fill(&dependency.version),
            ty: fill(&dependency.ty),
            classifier: fill(&dependency.classifier),
            scope: fill(&dependency.scope),
            exclusions: exclusions.collect(),
            optional: dependency.optional,
            line: dependency.line,
        })
    }
}
