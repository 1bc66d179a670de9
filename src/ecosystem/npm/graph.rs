//! Packages by the paths at which they lie, and the edges between them: a name means the nearest folder of that name in
//! a `node_modules` on the way up, as Node looks for it.
//!
//! <https://nodejs.org/api/modules.html#loading-from-node_modules-folders>.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::ecosystem::records::Records;
use crate::ecosystem::{Input, Parsed};
use crate::model::{Claim, Origin, PackageRecord, Scope, Trait};

use super::installed::Index;
use super::manifest::{Manifest, Want, lacking, local_record, unpinned};
use super::settings::Settings;
use super::spec::Spec;
use super::{ECOSYSTEM, MANIFEST, source};

/// One place at which a package lies.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// What edges call it; where packages are told apart by their paths, the path, relative to the folder of the
    /// project: `node_modules/a/node_modules/b`, `packages/c`, nothing for the project itself.
    pub(super) key: String,
    /// The folder of a package that was not fetched, relative to that of the project.
    pub(super) local: Option<String>,
    /// The name of the package, which may differ from that of its folder.
    pub(super) name: String,
    /// The version, if it is known.
    pub(super) version: Option<String>,
    /// Where it was fetched from.
    pub(super) resolved: Option<String>,
    /// The digest of its archive.
    pub(super) integrity: Option<String>,
    /// The path to which this one is a link.
    pub(super) link: Option<String>,
    /// The scope, if a file says it.
    pub(super) scope: Option<Scope>,
    /// Whether it may be missing.
    pub(super) optional: bool,
    /// What was seen of it.
    pub(super) traits: BTreeSet<Trait>,
    /// What it asks for.
    pub(super) wants: Vec<Want>,
    /// What a file says of its license.
    pub(super) claims: Vec<Claim>,
    /// Where it stands.
    pub(super) at: Location,
}

impl Node {
    /// Creates a node of a path, about which nothing is said yet.
    pub(super) fn new(key: &str, at: Location) -> Self {
        let local = (!key.contains("node_modules/")).then(|| key.to_owned());
        Self { local, ..Self::fetched(key, name_of(key), at) }
    }

    /// Creates a node of a package that was fetched from somewhere.
    pub(super) fn fetched(key: &str, name: &str, at: Location) -> Self {
        Self {
            name: name.to_owned(),
            key: key.to_owned(),
            local: None,
            version: None,
            resolved: None,
            integrity: None,
            link: None,
            scope: None,
            optional: false,
            traits: BTreeSet::new(),
            wants: Vec::new(),
            claims: Vec::new(),
            at,
        }
    }
}

/// Returns the name of the folder at a path, with its scope.
pub(super) fn name_of(key: &str) -> &str {
    match key.rsplit_once("node_modules/") {
        Some((_, name)) => name,
        None => key.rsplit('/').next().unwrap_or(key),
    }
}

/// How packages are told apart, and where their copies are.
pub(super) enum Layout {
    /// By the paths at which they lie; copies elsewhere are looked up in the index.
    Paths(Index),
    /// By what is asked for: `name@range`, for each the index of its node.
    Descriptors(BTreeMap<String, usize>, Index),
    /// By the keys that are written where something is asked for.
    Exact(Index),
}

/// What to say of packages that are asked for and have no place.
pub(super) struct Absence {
    pub(super) code: Code,
    pub(super) words: String,
    pub(super) hint: &'static str,
}

/// One of the project's own packages.
struct Own {
    node_idx: usize,
    record_idx: usize,
    file: Location,
    wants: Vec<Want>,
}

/// All nodes of a project, on their way to becoming records.
pub(super) struct Graph<'run> {
    input: &'run Input<'run>,
    settings: Settings,
    layout: Layout,
    nodes: Vec<Node>,
    by_name: BTreeMap<String, Vec<usize>>,
    by_key: BTreeMap<String, usize>,
    /// The record of each node; links have none.
    record_of: Vec<Option<usize>>,
    own: Vec<Own>,
    records: Records,
    parsed: Parsed,
}

impl<'run> Graph<'run> {
    /// Takes the nodes of a project whose folder is that of the file.
    pub(super) fn new(input: &'run Input<'run>, nodes: Vec<Node>, layout: Layout) -> Self {
        let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (node_idx, node) in nodes.iter().enumerate().filter(|_| matches!(layout, Layout::Descriptors(..))) {
            by_name.entry(node.name.clone()).or_default().push(node_idx);
        }
        let by_key = nodes.iter().enumerate().map(|(idx, node)| (node.key.clone(), idx)).collect();
        Self {
            settings: Settings::load(input, &input.dir()),
            input,
            layout,
            nodes,
            by_name,
            by_key,
            record_of: Vec::new(),
            own: Vec::new(),
            records: Records::default(),
            parsed: Parsed::default(),
        }
    }

    /// Makes records of the nodes and draws the edges.
    pub(super) fn finish(mut self, absence: &Absence) -> Parsed {
        for node_idx in 0..self.nodes.len() {
            let record = self.add(node_idx);
            self.record_of.push(record);
        }
        self.connect_packages();
        self.connect_own(absence);
        self.parsed.records = self.records.finish();
        self.parsed
    }

    fn add(&mut self, node_idx: usize) -> Option<usize> {
        let node = self.nodes.get(node_idx)?.clone();
        if let Some(target) = &node.link {
            return (!self.by_key.contains_key(target)).then(|| self.add_local(node_idx, &node, target));
        }
        if let Some(dir) = &node.local {
            return Some(self.add_local(node_idx, &node, dir));
        }
        let record = self.fetched(&node);
        Some(self.records.add(record))
    }

    /// Adds a package that lies in a folder of its own: the project, a member of its workspace, a link's target.
    fn add_local(&mut self, node_idx: usize, node: &Node, key: &str) -> usize {
        let purl = Purl::new(ECOSYSTEM, &node.name, node.version.as_deref());
        let Ok(dir) = self.input.dir().resolve(key) else {
            let origin = Origin::Outside(key.to_owned());
            let claims = node.claims.clone();
            let record = PackageRecord { origin, claims, ..PackageRecord::new(purl, node.at.clone()) };
            return self.records.add(record);
        };
        let Some(mut manifest) = Manifest::in_tree(self.input, &dir) else {
            let record = local_record(purl, node.at.clone(), &dir, &node.claims);
            let record_idx = self.records.add(record);
            let own = Own { node_idx, record_idx, file: node.at.clone(), wants: node.wants.clone() };
            self.own.push(own);
            return record_idx;
        };
        self.parsed.covers.insert(dir.join(MANIFEST));
        self.parsed.diagnostics.append(&mut manifest.diagnostics);
        let record_idx = self.records.add(manifest.record(&dir));
        self.own.push(Own { node_idx, record_idx, file: manifest.file, wants: manifest.wants });
        record_idx
    }

    /// Returns the record of a package that was fetched from somewhere.
    fn fetched(&self, node: &Node) -> PackageRecord {
        let said = node.resolved.as_deref().map(source::origin);
        let dir = self.dir(node);
        let version = match (&node.version, &said, &dir) {
            (Some(version), _, _) => Some(version.clone()),
            // Old lockfiles have an address in the place of a version.
            (None, Some(Origin::Registry), _) => {
                let url = node.resolved.as_deref().unwrap_or_default();
                source::archive_version(&node.name, url).map(str::to_owned)
            }
            (None, _, Some(dir)) => Manifest::installed(self.input, dir).and_then(|manifest| manifest.version),
            (None, _, None) => None,
        };
        let mut purl = Purl::new(ECOSYSTEM, &node.name, version.as_deref());
        let origin = match said {
            None | Some(Origin::Registry) => self.settings.origin(&node.name),
            Some(Origin::Url(url)) if url.starts_with("file:") => self.local_archive(&url),
            Some(other) => {
                purl = source::qualified(purl, &other);
                other
            }
        };
        PackageRecord {
            dir,
            scope: node.scope,
            optional: node.optional,
            origin,
            checksums: node.integrity.as_deref().map(source::checksums).unwrap_or_default(),
            claims: node.claims.clone(),
            traits: node.traits.clone(),
            ..PackageRecord::new(purl, node.at.clone())
        }
    }

    /// Finds the folder in which a package is installed.
    fn dir(&self, node: &Node) -> Option<RelPath> {
        let (Layout::Paths(index) | Layout::Descriptors(_, index) | Layout::Exact(index)) = &self.layout;
        let at_path = match &self.layout {
            Layout::Paths(_) => self.input.dir().resolve(&node.key).ok(),
            Layout::Descriptors(..) | Layout::Exact(_) => None,
        };
        at_path
            .filter(|dir| self.input.tree.root().has_file(&dir.join(MANIFEST)))
            .or_else(|| index.find(self.input, &node.name, node.version.as_deref()))
    }

    /// An archive in the tree is named by its path from the root.
    fn local_archive(&self, url: &str) -> Origin {
        let path = url.strip_prefix("file:").unwrap_or(url);
        match self.input.dir().resolve(path) {
            Ok(path) => Origin::Url(format!("file:{path}")),
            Err(_) => Origin::Outside(path.to_owned()),
        }
    }

    /// Finds the records that a node means by what it asks for: none, one, or all of a name where nothing tells
    /// which.
    fn find(&self, node_idx: usize, key: &str, want: &Want) -> Vec<usize> {
        let found: Vec<usize> = match &self.layout {
            Layout::Paths(_) => self.find_above(key, &want.name).into_iter().collect(),
            Layout::Descriptors(by_descriptor, _) => {
                let forms = [format!("{}@{}", want.name, want.spec), format!("{}@npm:{}", want.name, want.spec)];
                let exact = forms.iter().find_map(|form| by_descriptor.get(form));
                let named = || self.by_name.get(&want.name).cloned().unwrap_or_default();
                exact.map_or_else(named, |node_idx| vec![*node_idx])
            }
            Layout::Exact(_) => {
                let locked = self.nodes.get(node_idx).map_or(&[][..], |node| node.wants.as_slice());
                let locked = locked.iter().find(|locked| locked.name == want.name);
                locked.and_then(|locked| self.by_key.get(&locked.spec)).copied().into_iter().collect()
            }
        };
        found.into_iter().filter_map(|node_idx| self.record_of.get(node_idx).copied().flatten()).collect()
    }

    /// Finds the node that a name means at a path.
    fn find_above(&self, from: &str, name: &str) -> Option<usize> {
        let mut folder = from;
        loop {
            let is_store = folder == "node_modules" || folder.ends_with("/node_modules");
            let key = match (folder, is_store) {
                ("", _) => format!("node_modules/{name}"),
                (_, true) => format!("{folder}/{name}"),
                (_, false) => format!("{folder}/node_modules/{name}"),
            };
            if let Some(&node_idx) = self.by_key.get(&key) {
                let link = self.nodes.get(node_idx).and_then(|node| node.link.as_ref());
                return Some(link.and_then(|target| self.by_key.get(target)).copied().unwrap_or(node_idx));
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
    }

    fn connect_packages(&mut self) {
        let own: BTreeSet<usize> = self.own.iter().map(|own| own.node_idx).collect();
        for (node_idx, node) in self.nodes.iter().enumerate() {
            let Some(from) = self.record_of.get(node_idx).copied().flatten() else { continue };
            if own.contains(&node_idx) {
                continue;
            }
            for want in &node.wants {
                for target in self.find(node_idx, &node.key, want) {
                    self.records.need(from, target, want.scope, want.optional);
                }
            }
        }
    }

    fn connect_own(&mut self, absence: &Absence) {
        let mut shipped = Vec::new();
        for own in std::mem::take(&mut self.own) {
            let key = self.nodes.get(own.node_idx).map(|node| node.link.clone().unwrap_or_else(|| node.key.clone()));
            let key = key.unwrap_or_default();
            let mut open: Vec<&Want> = Vec::new();
            for want in &own.wants {
                let targets = self.find(own.node_idx, &key, want);
                for &target in &targets {
                    self.records.need(own.record_idx, target, want.scope, want.optional);
                    shipped.extend((want.peer && !want.optional).then_some(target));
                }
                if targets.is_empty() && want.is_required() {
                    let is_local = self.add_unpinned(own.record_idx, want, &own.file);
                    open.extend((!is_local).then_some(want));
                } else if !targets.is_empty() && self.is_other(own.node_idx, want) {
                    open.push(want);
                }
            }
            self.parsed.diagnostics.extend(lacking(absence.code, &open, &own.file, &absence.words, absence.hint));
        }
        raise(&mut self.records, shipped);
    }

    /// Returns whether the lockfile was made for another version of what a manifest asks for.
    fn is_other(&self, node_idx: usize, want: &Want) -> bool {
        if !matches!(self.layout, Layout::Paths(_)) {
            return false;
        }
        let locked = self.nodes.get(node_idx).map_or(&[][..], |node| node.wants.as_slice());
        let mut same = locked.iter().filter(|locked| locked.name == want.name && locked.scope == want.scope).peekable();
        let is_range = matches!(Spec::read(&want.spec), Spec::Registry | Spec::Alias(_));
        is_range && same.peek().is_some() && same.all(|locked| locked.spec.trim() != want.spec.trim())
    }

    /// Adds what no file pins: a folder of the tree, or a package without version. Returns whether it is a folder.
    fn add_unpinned(&mut self, from: usize, want: &Want, file: &Location) -> bool {
        let spec = Spec::read(&want.spec);
        let folder = file.path.parent().unwrap_or_default();
        let local = match &spec {
            Spec::Local(path) => folder.resolve(path).ok(),
            Spec::Registry | Spec::Alias(_) | Spec::Workspace | Spec::Elsewhere(_) => None,
        };
        let manifest = local.as_ref().and_then(|dir| Manifest::in_tree(self.input, dir));
        let (record, is_local) = match (local, manifest) {
            (Some(dir), Some(manifest)) => {
                self.parsed.covers.insert(dir.join(MANIFEST));
                (manifest.record(&dir), true)
            }
            _ => (unpinned(want, file, spec.origin(&want.name, &self.settings)), false),
        };
        let target = self.records.add(record);
        self.records.need(from, target, want.scope, want.optional);
        is_local
    }
}

/// Lets what the project's own packages ask their users to bring count as shipped, with what it needs: lockfiles mark
/// it as for developing if it is installed for developing as well.
fn raise(records: &mut Records, mut queue: Vec<usize>) {
    let mut seen = BTreeSet::new();
    while let Some(record_idx) = queue.pop() {
        let Some(record) = records.get_mut(record_idx).filter(|_| seen.insert(record_idx)) else { continue };
        record.scope = record.scope.map(|scope| scope.max(Scope::Runtime));
        let needs = record.needs.iter().filter(|need| need.scope == Scope::Runtime && !need.optional);
        queue.extend(needs.map(|need| need.target));
    }
}

/// Reports a path of a file that leads outside, in the words of the file.
pub(super) fn escape(at: Location, key: &str) -> Diagnostic {
    Diagnostic::new(Code::PathEscape, at, format!("expected a path below the project, found `{key}`"))
}
