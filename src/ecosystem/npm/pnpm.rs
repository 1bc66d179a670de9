//! `pnpm-lock.yaml`.
//!
//! <https://github.com/pnpm/spec/blob/master/lockfile/9.0.md>. `importers` has the project's own packages and what each
//! asks for; `packages` what there is; since version 9 `snapshots` has the edges, which stood in `packages` before.
//! Keys are `/name/version_peers` up to version 5, `/name@version(peers)` in version 6, without the slash since.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::base::{Code, Diagnostic, Location};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Scope, Trait};
use crate::syntax::yaml;

use super::graph::{Absence, Graph, Layout, Node};
use super::installed::Index;
use super::manifest::{Want, is_package_name};
use super::spec::split_version;
use super::workspace;

/// The whole file, as far as it is read.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Lock {
    lockfile_version: String,
    importers: BTreeMap<String, Importer>,
    packages: BTreeMap<String, Package>,
    snapshots: BTreeMap<String, Edges>,
    // The only importer, where there is no workspace, before version 9.
    dependencies: BTreeMap<String, Reference>,
    dev_dependencies: BTreeMap<String, Reference>,
    optional_dependencies: BTreeMap<String, Reference>,
}

/// One of the project's own packages.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Importer {
    dependencies: BTreeMap<String, Reference>,
    dev_dependencies: BTreeMap<String, Reference>,
    optional_dependencies: BTreeMap<String, Reference>,
}

/// A package; before version 9 with its edges.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Package {
    name: Option<Box<str>>,
    version: Option<Box<str>>,
    resolution: Resolution,
    dependencies: Pairs,
    optional_dependencies: Pairs,
    dev: Option<bool>,
    optional: bool,
    os: Option<Words>,
    cpu: Option<Words>,
    libc: Option<Words>,
}

/// The edges of a package, since version 9.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Edges {
    dependencies: Pairs,
    optional_dependencies: Pairs,
    optional: bool,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Resolution {
    integrity: Option<Box<str>>,
    tarball: Option<Box<str>>,
    commit: Option<Box<str>>,
    repo: Option<Box<str>>,
    directory: Option<Box<str>>,
}

/// Names and what they mean, in the order of the file: a map for each of many packages would be mostly room.
#[derive(Debug, Default)]
struct Pairs(Vec<(Box<str>, Box<str>)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("names and versions")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        pairs.shrink_to_fit();
        Ok(Pairs(pairs))
    }

    fn visit_unit<E>(self) -> Result<Pairs, E> {
        Ok(Pairs::default())
    }
}

/// A list of words, of which only matters that it is there.
#[derive(Debug)]
struct Words;

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// What an importer asks for: the version alone, or with the words of the manifest.
#[derive(Debug)]
struct Reference(String);

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReferenceVisitor)
    }
}

struct ReferenceVisitor;

impl<'de> Visitor<'de> for ReferenceVisitor {
    type Value = Reference;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a version")
    }

    fn visit_str<E>(self, text: &str) -> Result<Reference, E> {
        Ok(Reference(text.to_owned()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Reference, E> {
        Ok(Reference(number.to_string()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Reference, A::Error> {
        let mut version = String::new();
        while let Some(key) = map.next_key::<String>()? {
            let value: String = map.next_value()?;
            if key == "version" {
                version = value;
            }
        }
        Ok(Reference(version))
    }
}

/// Reads the file, with the project and its workspace around it.
pub(super) fn parse(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return workspace::unlocked(input, diagnostic),
    };
    let file = Location::file(input.path.clone());
    let lock: Lock = match yaml::read(&text, &file) {
        Ok(lock) => lock,
        Err(diagnostic) => return workspace::unlocked(input, diagnostic),
    };
    let mut diagnostics = Vec::new();
    let is_known = ["5.", "6.", "9."].iter().any(|known| lock.lockfile_version.starts_with(known));
    if !is_known {
        let message = format!("expected a lockfile of version 5, 6 or 9, found `{}`", lock.lockfile_version);
        diagnostics.push(Diagnostic::new(Code::UnknownLockfileVersion, file.at_line(1), message));
    }
    let reader = Reader { lines: lines(&text), file, lock };
    let mut nodes = reader.importers();
    let dirs: Vec<String> = nodes.iter().map(|node| node.key.clone()).collect();
    nodes.extend(reader.packages(&mut diagnostics));
    drop((reader, text));
    let absence = Absence {
        code: Code::StaleLockfile,
        words: "not in `pnpm-lock.yaml`".to_owned(),
        hint: "pnpm install --lockfile-only",
    };
    let layout = Layout::Exact(Index::of(input, dirs.iter().map(String::as_str)));
    let mut parsed = Graph::new(input, nodes, layout).finish(&absence);
    parsed.diagnostics.extend(diagnostics);
    parsed
}

struct Reader {
    lines: BTreeMap<String, u32>,
    file: Location,
    lock: Lock,
}

impl Reader {
    fn at(&self, section: &str, key: &str) -> Location {
        self.file.at_line(self.lines.get(&format!("{section} {key}")).copied().unwrap_or(1))
    }

    /// Returns whether edges are found under a key.
    fn is_key(&self, key: &str) -> bool {
        let Lock { packages, snapshots, .. } = &self.lock;
        if snapshots.is_empty() { packages.contains_key(key) } else { snapshots.contains_key(key) }
    }

    fn importers(&self) -> Vec<Node> {
        let alone = (&self.lock.dependencies, &self.lock.dev_dependencies, &self.lock.optional_dependencies);
        let members = self.lock.importers.iter().map(|(dir, importer)| {
            (dir.as_str(), (&importer.dependencies, &importer.dev_dependencies, &importer.optional_dependencies))
        });
        let mut all: Vec<_> = members.collect();
        if all.is_empty() {
            all.push((".", alone));
        }
        let read = |(dir, (runtime, dev, optional)): (&str, (_, _, _))| {
            let key = if dir == "." { "" } else { dir };
            let mut node = Node::new(key, self.at("importers", dir));
            for (references, scope, optional) in
                [(runtime, Scope::Runtime, false), (optional, Scope::Runtime, true), (dev, Scope::Dev, false)]
            {
                let references: &BTreeMap<String, Reference> = references;
                for (name, Reference(reference)) in references {
                    let spec = self.target(name, reference, key);
                    node.wants.push(Want { name: name.clone(), spec, scope, optional, peer: false, line: 1 });
                }
            }
            node
        };
        all.into_iter().map(read).collect()
    }

    /// Returns the key that a reference means.
    fn target(&self, name: &str, reference: &str, importer: &str) -> String {
        if let Some(path) = reference.strip_prefix("link:") {
            let dir = crate::base::RelPath::new(importer).ok().and_then(|dir| dir.resolve(path).ok());
            return dir.map_or_else(|| path.to_owned(), |dir| dir.as_str().to_owned());
        }
        let forms = [
            reference.to_owned(),
            format!("{name}@{reference}"),
            format!("/{name}@{reference}"),
            format!("/{name}/{reference}"),
        ];
        forms.into_iter().find(|key| self.is_key(key)).unwrap_or_default()
    }

    fn packages(&self, diagnostics: &mut Vec<Diagnostic>) -> Vec<Node> {
        let Lock { packages, snapshots, .. } = &self.lock;
        let unlisted = Package::default();
        let of_snapshots = snapshots.iter().map(|(key, edges)| {
            // The peers of a snapshot stand in parentheses behind the key of its package.
            let bare = key.split('(').next().unwrap_or(key);
            let package = packages.get(key).or_else(|| packages.get(bare)).unwrap_or(&unlisted);
            let at = if packages.contains_key(bare) { self.at("packages", bare) } else { self.at("snapshots", key) };
            let node = self.node(key, package, [&edges.dependencies, &edges.optional_dependencies], at.clone());
            (key, at, node.map(|node| Node { optional: node.optional || edges.optional, ..node }))
        });
        let of_packages = packages.iter().filter(|_| snapshots.is_empty()).map(|(key, package)| {
            let at = self.at("packages", key);
            let edges = [&package.dependencies, &package.optional_dependencies];
            (key, at.clone(), self.node(key, package, edges, at))
        });
        let mut nodes = Vec::new();
        for (key, at, node) in of_snapshots.chain(of_packages) {
            let Some(node) = node else {
                let message = format!("expected the name and version of a package, found `{key}`");
                diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
                continue;
            };
            nodes.push(node);
        }
        nodes
    }

    /// Makes the node of a package: `edges` are what it needs, and what it needs optionally.
    fn node(&self, key: &str, package: &Package, edges: [&Pairs; 2], at: Location) -> Option<Node> {
        let (name, version) = name_version(key);
        let name = package.name.as_deref().map(str::to_owned).or(name).filter(|name| is_package_name(name))?;
        let mut node = Node::fetched(key, &name, at);
        node.version = package.version.as_deref().map(str::to_owned).or(version);
        let resolution = &package.resolution;
        node.integrity = resolution.integrity.as_deref().map(str::to_owned);
        node.resolved = match (&resolution.repo, &resolution.tarball, registry_of(key)) {
            (Some(repository), _, _) => {
                Some(format!("git+{repository}#{}", resolution.commit.as_deref().unwrap_or_default()))
            }
            (None, Some(tarball), _) => Some(tarball.to_string()),
            (None, None, Some(host)) => Some(format!("https://{host}/{name}/-/")),
            (None, None, None) => None,
        };
        node.local = resolution.directory.as_deref().map(str::to_owned);
        node.scope = package.dev.map(|dev| if dev { Scope::Dev } else { Scope::Runtime });
        node.optional = package.optional;
        let is_for_platforms = package.os.is_some() || package.cpu.is_some() || package.libc.is_some();
        node.traits.extend(is_for_platforms.then_some(Trait::PlatformFiles));
        for (Pairs(needs), optional) in edges.into_iter().zip([false, true]) {
            node.wants.extend(needs.iter().map(|(name, reference)| {
                let spec = self.target(name, reference, "");
                Want { name: name.to_string(), spec, scope: Scope::Runtime, optional, peer: false, line: 1 }
            }));
        }
        Some(node)
    }
}

/// Reads a key: `name@1.0.0(peer@2)`, `/name@1.0.0`, `/name/1.0.0_peer@2`.
fn name_version(key: &str) -> (Option<String>, Option<String>) {
    let bare = key.split('(').next().unwrap_or(key);
    let bare = registry_of(key).and_then(|host| bare.strip_prefix(host)).unwrap_or(bare);
    let path = bare.strip_prefix('/');
    if let Some((name, version)) = path.and_then(|path| path.rsplit_once('/'))
        && is_package_name(name)
        && version.starts_with(|char: char| char.is_ascii_digit())
    {
        return (Some(name.to_owned()), version.split('_').next().map(str::to_owned));
    }
    let (name, version) = split_version(path.unwrap_or(bare));
    let version = version.filter(|version| !version.contains([':', '/']));
    (Some(name.to_owned()), version.map(str::to_owned))
}

/// Before version 9 a package of another registry had its host before the slash.
fn registry_of(key: &str) -> Option<&str> {
    let (host, rest) = key.split_once('/')?;
    (host.contains('.') && !host.contains(['@', ':']) && rest.contains('/')).then_some(host)
}

/// Finds the lines of the keys of each section; the writer indents them by two.
fn lines(text: &str) -> BTreeMap<String, u32> {
    let mut lines = BTreeMap::new();
    let mut section = "";
    for (line, number) in text.lines().zip(1_u32..) {
        if line.trim().is_empty() {
            continue;
        }
        let indent = line.len() - line.trim_start_matches(' ').len();
        let key = line.trim().trim_end_matches(" {}").trim_end_matches(':').trim_matches(['\'', '"']);
        match indent {
            0 => section = key,
            2 => {
                lines.insert(format!("{section} {key}"), number);
            }
            _ => {}
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_all_versions() {
        for (key, name, version) in [
            ("ms@2.1.3", "ms", Some("2.1.3")),
            ("@s/a@1.0.0(react@18.3.1)(@x/y@1)", "@s/a", Some("1.0.0")),
            ("/ms@2.1.3", "ms", Some("2.1.3")),
            ("/@s/a@1.0.0(react@18.3.1)", "@s/a", Some("1.0.0")),
            ("/ms/2.1.3", "ms", Some("2.1.3")),
            ("/@s/a/1.0.0_react@18.3.1", "@s/a", Some("1.0.0")),
            ("npm.example.org/@s/a/1.0.0", "@s/a", Some("1.0.0")),
            ("odd@git+file:///x/odd#f67e", "odd", None),
            ("semantic@file:local", "semantic", None),
        ] {
            assert_eq!(name_version(key), (Some(name.to_owned()), version.map(str::to_owned)), "{key}");
        }
    }
}
