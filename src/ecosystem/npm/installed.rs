//! What is installed below `node_modules`: where no lockfile pins the set, it defines it.
//!
//! Links are read where they stand and not walked: what they lead to is listed under its own path.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Code, Diagnostic, Location, RelPath};
use crate::ecosystem::Input;
use crate::scan::ListedKind;

use super::graph::{Node, name_of};
use super::manifest::{Manifest, is_package_name};

const STORE: &str = "node_modules";
/// The folders of everything that is installed, of Bun and pnpm.
const VIRTUAL_STORES: &[&str] = &[".bun", ".pnpm"];
/// The lockfiles of those who install into the same folder.
const OTHER_LOCKFILES: &[&str] = &["bun.lock", "bun.lockb", "deno.lock", "pnpm-lock.yaml", "yarn.lock"];
const MAX_PACKAGES: usize = 100_000;
const MAX_DEPTH: usize = 64;

/// Returns a node for each package that is installed beside a file.
pub(super) fn nodes(input: &Input, diagnostics: &mut Vec<Diagnostic>) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut walk = Walk::new(input);
    walk.store(STORE, 0);
    for (key, dir, _) in &walk.found {
        nodes.extend(Manifest::installed(input, dir).map(|manifest| node(key, dir, manifest)));
    }
    if walk.is_cut {
        let at = Location::file(input.dir().join(STORE));
        diagnostics.push(Diagnostic::new(Code::TooLarge, at, "more packages are installed than are read"));
    }
    nodes
}

/// Names the packages that are installed beside a lockfile of npm which does not name them.
pub(super) fn unnamed(input: &Input, named: &BTreeSet<String>) -> Vec<String> {
    // What another package manager has installed stands in its lockfile.
    if OTHER_LOCKFILES.iter().any(|name| input.tree.has(&input.dir().join(name))) {
        return Vec::new();
    }
    let mut walk = Walk::new(input);
    walk.store(STORE, 0);
    let strays = walk.found.iter().filter(|(key, _, is_link)| !is_link && !named.contains(name_of(key)));
    strays.filter_map(|(_, dir, _)| Manifest::installed(input, dir)?.name).map(|(name, _)| name).collect()
}

/// The folders of installed packages, by the name of the folder.
#[derive(Debug, Default)]
pub(super) struct Index {
    folders: BTreeMap<String, Vec<RelPath>>,
}

impl Index {
    /// Lists what is installed in folders of a project, given by their paths from the file.
    pub(super) fn of<'key>(input: &Input, dirs: impl Iterator<Item = &'key str>) -> Self {
        let mut folders: BTreeMap<String, Vec<RelPath>> = BTreeMap::new();
        let mut walk = Walk::new(input);
        for dir in dirs {
            walk.store(&if dir.is_empty() { STORE.to_owned() } else { format!("{dir}/{STORE}") }, 0);
        }
        // What a link leads to is listed under its own path.
        for (key, dir, _) in walk.found.into_iter().filter(|(_, _, is_link)| !is_link) {
            folders.entry(name_of(&key).to_owned()).or_default().push(dir);
        }
        Self { folders }
    }

    /// Finds the folder whose manifest has a name and version; packages are never taken by the name alone.
    pub(super) fn find(&self, input: &Input, name: &str, version: Option<&str>) -> Option<RelPath> {
        let mut folders = self.folders.get(name)?.iter();
        let fits = |dir: &&RelPath| {
            let found = Manifest::installed(input, dir).and_then(|manifest| manifest.version);
            version.is_some() && found.as_deref() == version
        };
        folders.find(fits).cloned()
    }
}

struct Walk<'run> {
    input: &'run Input<'run>,
    /// Path from the file, path from the root, and whether it is a link.
    found: Vec<(String, RelPath, bool)>,
    is_cut: bool,
}

impl<'run> Walk<'run> {
    fn new(input: &'run Input<'run>) -> Self {
        Self { input, found: Vec::new(), is_cut: false }
    }

    fn list(&self, key: &str) -> Vec<(String, bool)> {
        let Ok(dir) = self.input.dir().resolve(key) else { return Vec::new() };
        let listing = self.input.tree.root().list(&dir);
        let folders = listing.iter().filter(|entry| matches!(entry.kind, ListedKind::Folder | ListedKind::Link));
        folders.map(|entry| (entry.name.clone(), entry.kind == ListedKind::Link)).collect()
    }

    /// Reads one `node_modules`.
    fn store(&mut self, key: &str, depth: usize) {
        if depth > MAX_DEPTH || self.found.len() > MAX_PACKAGES {
            self.is_cut = true;
            return;
        }
        for (name, is_link) in self.list(key) {
            let inner = format!("{key}/{name}");
            if VIRTUAL_STORES.contains(&name.as_str()) && !is_link {
                for (package, _) in self.list(&inner) {
                    self.store(&format!("{inner}/{package}/{STORE}"), depth + 1);
                }
            } else if name.starts_with('@') && !is_link {
                for (rest, is_link) in self.list(&inner) {
                    self.package(&format!("{inner}/{rest}"), is_link, depth);
                }
            } else {
                self.package(&inner, is_link, depth);
            }
        }
    }

    fn package(&mut self, key: &str, is_link: bool, depth: usize) {
        let Ok(dir) = self.input.dir().resolve(key) else { return };
        if !is_package_name(name_of(key)) {
            return;
        }
        self.found.push((key.to_owned(), dir, is_link));
        if !is_link {
            self.store(&format!("{key}/{STORE}"), depth + 1);
        }
    }
}

fn node(key: &str, dir: &RelPath, manifest: Manifest) -> Node {
    let line = manifest.name.as_ref().map_or(1, |(_, line)| *line);
    let mut node = Node::new(key, Location::line(dir.join(super::MANIFEST), line));
    if let Some((name, _)) = manifest.name {
        node.name = name;
    }
    node.version = manifest.version;
    node.wants = manifest.wants.into_iter().filter(|want| want.scope != crate::model::Scope::Dev).collect();
    node
}
