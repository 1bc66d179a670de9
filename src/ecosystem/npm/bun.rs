//! `bun.lock`: Bun's lockfile, JSON with comments and trailing commas.
//!
//! <https://bun.com/docs/pm/lockfile>. `workspaces` has the manifests of the project's own packages, `packages` an
//! entry for each path: `["name@version", registry, {dependencies …}, integrity]`.
//! Left out on purpose: the older `bun.lockb`, which is binary.

use crate::base::{Code, Diagnostic, Location};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::Trait;
use crate::syntax::json::{Json, Object, kind, read, without_comments};

use serde_json::value::RawValue;

use super::graph::{Absence, Graph, Layout, Node};
use super::installed::Index;
use super::manifest::{is_for_platforms, is_package_name, wants};
use super::spec::split_version;
use super::workspace;

/// Reads the file, with the project and its workspace around it.
pub(super) fn parse(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => without_comments(&text),
        Err(diagnostic) => return workspace::unlocked(input, diagnostic),
    };
    let json = Json::new(&text);
    let file = Location::file(input.path.clone());
    let root = match json.object(&file) {
        Ok(root) => root,
        Err(diagnostic) => return workspace::unlocked(input, diagnostic),
    };
    let mut diagnostics = Vec::new();
    let version = root.get("lockfileVersion");
    let is_known = version.and_then(read::<u32>).is_some_and(|version| version <= 2);
    if !is_known {
        let found = version.map_or("none", |version| version.get());
        let at = file.at_line(version.map_or(1, |version| json.line(version)));
        let message = format!("expected a lockfile of version 0 to 2, found {found}");
        diagnostics.push(Diagnostic::new(Code::UnknownLockfileVersion, at, message));
    }
    let mut nodes = Vec::new();
    for (dir, value) in root.object("workspaces").iter() {
        let mut node = Node::new(dir, file.at_line(json.line(value)));
        let member: Object = read(value).unwrap_or_default();
        if let Some(name) = member.string("name").filter(|name| is_package_name(name)) {
            node.name = name;
        }
        node.version = member.string("version");
        node.wants = wants(&json, &member);
        nodes.push(node);
    }
    let members: Vec<(String, String)> = nodes.iter().map(|node| (node.name.clone(), node.key.clone())).collect();
    for (key, value) in root.object("packages").iter() {
        let at = file.at_line(json.line(value));
        match entry(&json, key, value, &members, at.clone()) {
            Ok(node) => nodes.push(node),
            Err(message) => diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message)),
        }
    }
    let absence = Absence {
        code: Code::StaleLockfile,
        words: "not in `bun.lock` as the manifest asks for it".to_owned(),
        hint: "bun install --lockfile-only",
    };
    let dirs: Vec<String> = members.into_iter().map(|(_, dir)| dir).collect();
    let layout = Layout::Paths(Index::of(input, dirs.iter().map(String::as_str)));
    let mut parsed = Graph::new(input, nodes, layout).finish(&absence);
    parsed.diagnostics.extend(diagnostics);
    parsed
}

/// Reads the binary lockfile of older versions: that it is there, and nothing in it.
pub(super) fn parse_binary(input: &Input) -> Parsed {
    if input.tree.has(&input.dir().join("bun.lock")) {
        return Parsed::default();
    }
    let message = "a binary lockfile is not read";
    let diagnostic = Diagnostic::new(Code::BinaryLockfile, Location::file(input.path.clone()), message);
    workspace::unlocked(input, diagnostic.hint("bun install --save-text-lockfile"))
}

/// Reads one entry. Its key is the path without `node_modules`: `a/@s/b`.
fn entry(json: &Json, key: &str, value: &RawValue, members: &[(String, String)], at: Location) -> Result<Node, String> {
    let Some(tuple) = read::<Vec<&RawValue>>(value) else {
        return Err(format!("expected an array for `{key}`, found {}", kind(value)));
    };
    let first = tuple.first().and_then(|first| read::<String>(first)).unwrap_or_default();
    let (name, version) = split_version(&first);
    let path = path(key, members).ok_or_else(|| format!("expected the path of a package, found `{key}`"))?;
    let (true, Some(version)) = (is_package_name(name), version) else {
        return Err(format!("expected `name@version` for `{key}`"));
    };
    let mut node = Node::new(&path, at);
    name.clone_into(&mut node.name);
    let object = tuple.iter().skip(1).find_map(|value| read::<Object>(value)).unwrap_or_default();
    node.wants = wants(json, &object);
    node.traits.extend(is_for_platforms(&object).then_some(Trait::PlatformFiles));
    node.traits.extend(object.get("bundled").and_then(read::<bool>).unwrap_or_default().then_some(Trait::Bundled));
    let strings: Vec<String> = tuple.iter().skip(1).filter_map(|value| read(value)).collect();
    node.integrity = strings.iter().find(|text| text.starts_with("sha")).cloned();
    if let Some(dir) = version.strip_prefix("workspace:").or_else(|| version.strip_prefix("link:")) {
        node.link = Some(dir.to_owned());
        return Ok(node);
    }
    match version.split_once(':') {
        None => {
            node.version = Some(version.to_owned());
            // The second element names another registry, or the archive in it.
            node.resolved = strings.first().filter(|text| text.contains("://")).map(|url| {
                if url.contains("/-/") { url.clone() } else { format!("{}/{name}/-/", url.trim_end_matches('/')) }
            });
        }
        Some(("file", dir)) if !super::lock::is_archive(dir) => node.link = Some(dir.to_owned()),
        Some(_) => node.resolved = Some(version.to_owned()),
    }
    Ok(node)
}

/// Writes a key as the path at which the package lies; one that starts with a member of the workspace lies in its
/// folder.
fn path(key: &str, members: &[(String, String)]) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    let mut parts = key.split('/');
    while let Some(part) = parts.next() {
        names.push(if part.starts_with('@') { format!("{part}/{}", parts.next()?) } else { part.to_owned() });
    }
    if !names.iter().all(|name| is_package_name(name)) {
        return None;
    }
    let member = members.iter().find(|(name, dir)| names.len() > 1 && !dir.is_empty() && names.first() == Some(name));
    let mut path = match member {
        Some((_, dir)) => {
            names.remove(0);
            format!("{dir}/")
        }
        None => String::new(),
    };
    let inner: Vec<String> = names.iter().map(|name| format!("node_modules/{name}")).collect();
    path.push_str(&inner.join("/"));
    Some(path)
}
