//! The project's own packages without a lockfile: the manifest, the members of its workspace, and what is installed.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::base::{Code, Diagnostic, Location, RelPath};
use crate::ecosystem::{Input, Parsed};

use super::graph::{Absence, Graph, Layout, Node};
use super::installed::Index;
use super::manifest::Manifest;
use super::{MANIFEST, installed, lock};

/// The lockfiles of other package managers, which read the manifests beside them too.
const OTHER_LOCKFILES: &[&str] = &["bun.lock", "bun.lockb", "pnpm-lock.yaml", "yarn.lock"];

/// Reads a manifest that no lockfile covers.
pub(super) fn parse(input: &Input) -> Parsed {
    if lockfile_beside(input) {
        return Parsed::default();
    }
    from_manifests(input)
}

/// Reads the project of a lockfile that could not be read.
pub(super) fn unlocked(input: &Input, diagnostic: Diagnostic) -> Parsed {
    let mut parsed = from_manifests(input);
    parsed.diagnostics.push(diagnostic);
    parsed
}

fn lockfile_beside(input: &Input) -> bool {
    let files = input.tree.root().list(&input.dir());
    let is_lockfile = |name: &str| lock::is_lockfile(name) || OTHER_LOCKFILES.contains(&name);
    files.iter().any(|file| is_lockfile(&file.name) && input.tree.has(&input.dir().join(&file.name)))
}

fn from_manifests(input: &Input) -> Parsed {
    let Some(manifest) = Manifest::in_tree(input, &input.dir()) else { return Parsed::default() };
    if !manifest.says_anything() {
        return Parsed::default();
    }
    let mut diagnostics = Vec::new();
    let mut nodes = vec![Node::new("", Location::file(manifest.file.path.clone()))];
    let members = members(input, &input.dir(), &manifest.workspaces);
    let installed = installed::nodes(input, &mut diagnostics);
    for dir in &members {
        let Some(key) = below(&input.dir(), dir) else { continue };
        nodes.push(Node::new(key, Location::file(dir.join(MANIFEST))));
        let Some((name, _)) = Manifest::in_tree(input, dir).and_then(|member| member.name) else { continue };
        let link = Some(key.to_owned());
        nodes.push(Node { link, ..Node::new(&format!("node_modules/{name}"), Location::file(dir.join(MANIFEST))) });
    }
    let taken: BTreeSet<String> = nodes.iter().map(|node| node.key.clone()).collect();
    nodes.extend(installed.into_iter().filter(|node| !taken.contains(&node.key)));
    let absence = Absence {
        code: Code::NoLockfile,
        words: "not pinned by any lockfile, nor further dependencies".to_owned(),
        hint: "npm install, and commit `package-lock.json`",
    };
    let mut parsed = Graph::new(input, nodes, Layout::Paths(Index::default())).finish(&absence);
    parsed.diagnostics.extend(diagnostics);
    parsed
}

/// Finds the folders of a workspace: those with a manifest that fit a pattern and none that starts with `!`.
pub(super) fn members(input: &Input, root: &RelPath, patterns: &[String]) -> Vec<RelPath> {
    if patterns.is_empty() {
        return Vec::new();
    }
    let (without, with): (Vec<&str>, Vec<&str>) =
        patterns.iter().map(String::as_str).partition(|pattern| pattern.starts_with('!'));
    let (with, without) =
        (globs(with.into_iter()), globs(without.iter().map(|pattern| pattern.trim_start_matches('!'))));
    let manifests = input.tree.files_below(root).iter().filter(|file| file.path.file_name() == Some(MANIFEST));
    let folders = manifests.filter_map(|file| file.path.parent());
    folders.filter(|dir| below(root, dir).is_some_and(|path| with.is_match(path) && !without.is_match(path))).collect()
}

fn globs<'pattern>(patterns: impl Iterator<Item = &'pattern str>) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let trimmed = pattern.trim_start_matches("./").trim_end_matches('/');
        if let Ok(glob) = GlobBuilder::new(trimmed).literal_separator(true).build() {
            set.add(glob);
        }
    }
    set.build().unwrap_or_default()
}

/// Returns a path inside a folder, relative to it.
pub(super) fn below<'path>(root: &RelPath, path: &'path RelPath) -> Option<&'path str> {
    if root.is_root() {
        return Some(path.as_str()).filter(|path| !path.is_empty());
    }
    path.as_str().strip_prefix(root.as_str())?.strip_prefix('/')
}
