//! `package-lock.json` and `npm-shrinkwrap.json`.
//!
//! <https://docs.npmjs.com/cli/configuring-npm/package-lock-json>.
//! Versions 2 and 3 have `packages`, an entry for each path; version 1 has `dependencies`, a tree of names, and no
//! word of the project itself.

use std::collections::BTreeSet;

use crate::base::{Code, Diagnostic, Location};
use crate::ecosystem::install::not_in_lockfile;
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{ClaimKind, Scope, Trait};
use crate::syntax::json::{Json, Object, kind, read};

use super::graph::{Absence, Graph, Layout, Node, escape, name_of};
use super::installed::{Index, unnamed};
use super::manifest::{Want, is_for_platforms, is_package_name, wants};
use super::{license, workspace};

const SHRINKWRAP: &str = "npm-shrinkwrap.json";
/// How deep the tree of version 1 may be.
const MAX_DEPTH: usize = 64;

/// Returns whether a file is a lockfile of npm.
pub(super) fn is_lockfile(name: &str) -> bool {
    matches!(name, "package-lock.json" | SHRINKWRAP)
}

/// Reads the file, with the project and its workspace around it.
pub(super) fn parse(input: &Input) -> Parsed {
    let name = input.path.file_name().unwrap_or_default();
    if name != SHRINKWRAP && input.tree.has(&input.dir().join(SHRINKWRAP)) {
        let message = format!("`{SHRINKWRAP}` lies beside it and counts");
        let diagnostic = Diagnostic::new(Code::DuplicateLockfile, Location::file(input.path.clone()), message);
        return Parsed::failed(diagnostic.hint("remove the lockfile that is not in use"));
    }
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return workspace::unlocked(input, diagnostic),
    };
    let json = Json::new(&text);
    let file = Location::file(input.path.clone());
    let root = match json.object(&file) {
        Ok(root) => root,
        Err(diagnostic) => return workspace::unlocked(input, diagnostic),
    };
    let mut reader = Reader { json: &json, file, nodes: Vec::new(), diagnostics: Vec::new() };
    reader.read(&root);
    let Reader { nodes, diagnostics, .. } = reader;
    let absence = Absence {
        code: Code::StaleLockfile,
        words: format!("not in `{name}` as the manifest asks for it"),
        hint: "npm install --package-lock-only",
    };
    let named = nodes.iter().flat_map(|node| [node.name.clone(), name_of(&node.key).to_owned()]).collect();
    let mut parsed = Graph::new(input, nodes, Layout::Paths(Index::default())).finish(&absence);
    parsed.diagnostics.extend(diagnostics);
    parsed.diagnostics.extend(not_in_lockfile(&Location::file(input.path.clone()), &unnamed(input, &named)));
    parsed
}

struct Reader<'file, 'text> {
    json: &'file Json<'text>,
    file: Location,
    nodes: Vec<Node>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_, '_> {
    fn read(&mut self, root: &Object) {
        let version = root.get("lockfileVersion");
        let known =
            version.is_none_or(|version| read::<u32>(version).is_some_and(|version| (1..=3).contains(&version)));
        if let Some(version) = version.filter(|_| !known) {
            let message = format!("expected a lockfile of version 1 to 3, found {}", version.get());
            let at = self.file.at_line(self.json.line(version));
            self.diagnostics.push(Diagnostic::new(Code::UnknownLockfileVersion, at, message));
        }
        let has_packages = root.get("packages").is_some();
        if has_packages {
            self.check_object(root, "packages");
            self.packages(&root.object("packages"));
        } else {
            self.check_object(root, "dependencies");
            self.dependencies(&root.object("dependencies"), "", 0);
        }
        if !self.nodes.iter().any(|node| node.key.is_empty()) {
            let mut node = Node::new("", self.file.at_line(1));
            node.name =
                root.string("name").filter(|name| is_package_name(name)).unwrap_or_else(|| "project".to_owned());
            node.version = root.string("version");
            self.nodes.push(node);
        }
    }

    fn check_object(&mut self, root: &Object, key: &str) {
        let found = root.get(key).map(|value| (kind(value), self.file.at_line(self.json.line(value))));
        if let Some((found, at)) = found.filter(|(found, _)| *found != "an object") {
            let message = format!("expected an object in `{key}`, found {found}");
            self.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
        }
        if let Some(second) = root.repeated(key).next() {
            self.repeated(key, self.json.line(second));
        }
    }

    fn repeated(&mut self, key: &str, line: u32) {
        let message = format!("`{key}` stands twice; readers disagree on which counts");
        self.diagnostics.push(Diagnostic::new(Code::DuplicateKey, self.file.at_line(line), message));
    }

    /// Reads the entries of versions 2 and 3.
    fn packages(&mut self, packages: &Object) {
        let mut seen = BTreeSet::new();
        for (key, value) in packages.iter() {
            let line = self.json.line(value);
            let at = self.file.at_line(line);
            if !seen.insert(key) {
                self.repeated(key, line);
            }
            let Some(entry) = read::<Object>(value) else {
                let message = format!("expected an object for `{key}`, found {}", kind(value));
                self.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
                continue;
            };
            match self.entry(key, &entry, at.clone()) {
                Some(node) => self.nodes.push(node),
                None => self.diagnostics.push(escape(at, key)),
            }
        }
    }

    /// Reads one entry; its key has to be a path that npm could have written.
    fn entry(&mut self, key: &str, entry: &Object, at: Location) -> Option<Node> {
        let is_installed = key.contains("node_modules/");
        if is_installed && (!is_package_name(name_of(key)) || key.split('/').any(|part| part == ".." || part == ".")) {
            return None;
        }
        let mut node = Node::new(key, at);
        if let Some(name) = entry.string("name").filter(|name| is_package_name(name)) {
            node.name = name;
        }
        let flag = |key: &str| entry.get(key).and_then(read::<bool>).unwrap_or_default();
        let resolved = entry.string("resolved");
        if flag("link") {
            node.link = resolved;
            return Some(node);
        }
        node.version = entry.string("version");
        node.resolved = resolved;
        node.integrity = entry.string("integrity");
        (node.scope, node.optional) = scope(flag("dev"), flag("optional"), flag("devOptional"));
        node.traits.extend(flag("inBundle").then_some(Trait::Bundled));
        node.traits.extend(is_for_platforms(entry).then_some(Trait::PlatformFiles));
        node.wants = wants(self.json, entry);
        node.claims = license::claims(self.json, entry, ClaimKind::Lockfile, &self.file, &mut self.diagnostics);
        Some(node)
    }

    /// Reads one level of the tree of version 1.
    fn dependencies(&mut self, level: &Object, parent: &str, depth: usize) {
        let prefix = if parent.is_empty() { String::new() } else { format!("{parent}/") };
        let mut seen = BTreeSet::new();
        for (name, value) in level.iter() {
            let at = self.file.at_line(self.json.line(value));
            if !is_package_name(name) {
                let message = format!("expected the name of a package, found `{name}`");
                self.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
                continue;
            }
            let Some(entry) = read::<Object>(value).filter(|_| depth < MAX_DEPTH) else {
                let message = format!("expected an object for `{name}`, found {}", kind(value));
                self.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
                continue;
            };
            if !seen.insert(name) {
                self.repeated(name, self.json.line(value));
            }
            let node = self.dependency(&format!("{prefix}node_modules/{name}"), &entry, at);
            let key = node.link.clone().unwrap_or_else(|| node.key.clone());
            if let Some(target) = &node.link {
                // The folder to which the link leads has no entry of its own.
                let target = Node { link: None, local: Some(target.clone()), key: target.clone(), ..node.clone() };
                self.nodes.push(target);
            }
            self.nodes.push(node);
            self.dependencies(&entry.object("dependencies"), &key, depth + 1);
        }
    }

    fn dependency(&self, key: &str, entry: &Object, at: Location) -> Node {
        let mut node = Node::new(key, at);
        let flag = |key: &str| entry.get(key).and_then(read::<bool>).unwrap_or_default();
        (node.scope, node.optional) = scope(flag("dev"), flag("optional"), flag("devOptional"));
        node.traits.extend(flag("bundled").then_some(Trait::Bundled));
        node.integrity = entry.string("integrity");
        node.resolved = entry.string("resolved");
        let version = entry.string("version").unwrap_or_default();
        if let Some((name, version)) = version.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@')) {
            node.version = Some(version.to_owned());
            if is_package_name(name) {
                name.clone_into(&mut node.name);
            }
        } else if let Some(path) = version.strip_prefix("file:") {
            if is_archive(path) {
                node.resolved = Some(version);
            } else {
                node.link = Some(path.to_owned());
            }
        } else if version.contains(':') {
            // The address stands in the place of the version.
            node.resolved = Some(version);
        } else {
            node.version = Some(version);
        }
        node.wants = requires(self.json, entry);
        node
    }
}

/// Reads what an entry of version 1 asks for; whether it may be missing is not said.
fn requires(json: &Json, entry: &Object) -> Vec<Want> {
    let requires = entry.object("requires");
    let names = requires.iter().filter(|(name, _)| is_package_name(name));
    names
        .map(|(name, value)| Want {
            name: name.to_owned(),
            spec: read(value).unwrap_or_default(),
            scope: Scope::Runtime,
            optional: false,
            peer: false,
            line: json.line(value),
        })
        .collect()
}

/// Returns whether a path is that of an archive.
pub(super) fn is_archive(path: &str) -> bool {
    [".tgz", ".tar.gz", ".tar"].iter().any(|end| path.ends_with(end))
}

/// Reads the flags: without one a package is needed to run.
///
/// `devOptional` is what developing needs and running may use.
fn scope(dev: bool, optional: bool, dev_optional: bool) -> (Option<Scope>, bool) {
    let scope = if dev && !dev_optional { Scope::Dev } else { Scope::Runtime };
    (Some(scope), optional || dev_optional)
}
