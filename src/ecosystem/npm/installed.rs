//! What is installed below `node_modules`: where no lockfile pins the set, it defines it.
//!
//! Links are read where they stand and not walked: what they lead to is listed under its own path.

use crate::base::{Code, Diagnostic, Location, RelPath};
use crate::ecosystem::Input;
use crate::scan::ListedKind;

use super::graph::Node;
use super::manifest::{Manifest, is_package_name};

const STORE: &str = "node_modules";
/// pnpm's folder of everything that is installed.
const VIRTUAL_STORE: &str = ".pnpm";
const MAX_PACKAGES: usize = 100_000;
const MAX_DEPTH: usize = 64;

/// Returns a node for each package that is installed beside a file.
pub(super) fn nodes(input: &Input, diagnostics: &mut Vec<Diagnostic>) -> Vec<Node> {
    let mut walk = Walk { input, nodes: Vec::new(), is_cut: false };
    walk.store(STORE, 0);
    if walk.is_cut {
        let at = Location::file(input.dir().join(STORE));
        diagnostics.push(Diagnostic::new(Code::TooLarge, at, "more packages are installed than are read"));
    }
    walk.nodes
}

struct Walk<'run> {
    input: &'run Input<'run>,
    nodes: Vec<Node>,
    is_cut: bool,
}

impl Walk<'_> {
    fn list(&self, key: &str) -> Vec<(String, bool)> {
        let Ok(dir) = self.input.dir().resolve(key) else { return Vec::new() };
        let listing = self.input.tree.root().list(&dir);
        let folders = listing.iter().filter(|entry| matches!(entry.kind, ListedKind::Folder | ListedKind::Link));
        folders.map(|entry| (entry.name.clone(), entry.kind == ListedKind::Link)).collect()
    }

    /// Reads one `node_modules`.
    fn store(&mut self, key: &str, depth: usize) {
        if depth > MAX_DEPTH || self.nodes.len() > MAX_PACKAGES {
            self.is_cut = true;
            return;
        }
        for (name, is_link) in self.list(key) {
            let inner = format!("{key}/{name}");
            if name == VIRTUAL_STORE && !is_link {
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
        if !is_package_name(super::graph::name_of(key)) {
            return;
        }
        if let Some(manifest) = Manifest::installed(self.input, &dir) {
            self.nodes.push(node(key, &dir, manifest));
        }
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
