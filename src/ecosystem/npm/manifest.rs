//! `package.json`: of the project, and of each package.
//!
//! <https://docs.npmjs.com/cli/configuring-npm/package-json>.

use std::collections::BTreeSet;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::ecosystem::{Credits, Input};
use crate::model::{Claim, ClaimKind, Origin, PackageRecord, Scope, Trait};
use crate::scan::{Limits, is_vendored};
use crate::syntax::json::{Json, Object, read};

use super::license;
use super::spec::Spec;
use super::{ECOSYSTEM, MANIFEST};

/// The longest name that is taken for one, in bytes.
const MAX_NAME: usize = 1024;

/// What a package says of itself.
#[derive(Clone, Debug)]
pub(super) struct Manifest {
    /// The file.
    pub(super) file: Location,
    /// The name, if it is one, and its line.
    pub(super) name: Option<(String, u32)>,
    /// The version.
    pub(super) version: Option<String>,
    /// What it says of its license.
    pub(super) claims: Vec<Claim>,
    /// What it asks for.
    pub(super) wants: Vec<Want>,
    /// Patterns of the folders of its workspace.
    pub(super) workspaces: Vec<String>,
    /// Whether it is for some platforms only.
    pub(super) is_for_platforms: bool,
    /// The file that is loaded when somebody imports the package, if it can be imported.
    pub(super) entry: Option<String>,
    /// Whom to credit.
    pub(super) credits: Credits,
    /// What could not be read.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// One package that another asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Want {
    /// The name under which it is asked for.
    pub(super) name: String,
    /// Which one, as written.
    pub(super) spec: String,
    /// In which scope.
    pub(super) scope: Scope,
    /// Whether it may be missing.
    pub(super) optional: bool,
    /// Whether whoever uses the package has to bring it.
    pub(super) peer: bool,
    /// The line, from 1.
    pub(super) line: u32,
}

impl Want {
    /// Returns whether something is wrong if it is not there.
    pub(super) fn is_required(&self) -> bool {
        !self.optional && !self.peer
    }
}

impl Manifest {
    /// Reads the manifest in a folder of the project, if the walk met one.
    pub(super) fn in_tree(input: &Input, dir: &RelPath) -> Option<Self> {
        let path = dir.join(MANIFEST);
        let file = Location::file(path.clone());
        Some(match input.other(&path)? {
            Ok(text) => Self::read(&text, file),
            Err(diagnostic) => Self { diagnostics: vec![diagnostic], ..Self::empty(file) },
        })
    }

    /// Reads the manifest of an installed package, if there is one.
    pub(super) fn installed(input: &Input, dir: &RelPath) -> Option<Self> {
        let path = dir.join(MANIFEST);
        let text = input.tree.read_text(&path, Limits::DEFAULT.manifest).ok()?;
        Some(Self::read(&text, Location::file(path)))
    }

    /// Reads a text; what is wrong with it is among the diagnostics.
    pub(super) fn read(text: &str, file: Location) -> Self {
        let mut manifest = Self::empty(file);
        let json = Json::new(text);
        match json.object(&manifest.file) {
            Ok(root) => manifest.fill(&json, &root),
            Err(diagnostic) => manifest.diagnostics.push(diagnostic),
        }
        manifest
    }

    fn empty(file: Location) -> Self {
        Self {
            file,
            name: None,
            version: None,
            claims: Vec::new(),
            wants: Vec::new(),
            workspaces: Vec::new(),
            is_for_platforms: false,
            entry: None,
            credits: Credits::default(),
            diagnostics: Vec::new(),
        }
    }

    fn fill(&mut self, json: &Json, root: &Object) {
        let name = root.get("name").and_then(|value| Some((read::<String>(value)?, json.line(value))));
        self.name = name.filter(|(name, _)| is_package_name(name));
        self.version = root.string("version").filter(|version| version.len() <= MAX_NAME);
        self.claims = license::claims(json, root, ClaimKind::Declared, &self.file, &mut self.diagnostics);
        self.wants = wants(json, root);
        self.workspaces = workspaces(root);
        self.is_for_platforms = is_for_platforms(root);
        self.entry = entry(root);
        self.credits = credits(root);
    }

    /// Returns whether the file is more than a mark for readers of modules (`{"type": "module"}`).
    pub(super) fn says_anything(&self) -> bool {
        self.name.is_some()
            || !self.wants.is_empty()
            || !self.claims.is_empty()
            || !self.workspaces.is_empty()
            || !self.diagnostics.is_empty()
    }

    /// Returns the record of a package of the tree: the project's own, or somebody else's that was copied into it.
    pub(super) fn record(&self, dir: &RelPath) -> PackageRecord {
        let (name, line) = match &self.name {
            Some((name, line)) => (name.as_str(), *line),
            None => (dir.file_name().unwrap_or("project"), 1),
        };
        local_record(Purl::new(ECOSYSTEM, name, self.version.as_deref()), self.file.at_line(line), dir, &self.claims)
    }
}

/// Returns the record of a package in a folder of the tree.
pub(super) fn local_record(purl: Purl, at: Location, dir: &RelPath, claims: &[Claim]) -> PackageRecord {
    let mut record = PackageRecord { claims: claims.to_vec(), ..PackageRecord::own(purl, at, dir.clone()) };
    if is_vendored(dir) {
        record.own = false;
        record.traits.insert(Trait::Vendored);
    }
    record
}

/// Returns whether this is a package's name: `name` or `@scope/name`.
pub(super) fn is_package_name(name: &str) -> bool {
    let is_part = |part: &str| {
        let is_dots = part.chars().all(|char| char == '.');
        let odd = |char: char| char.is_control() || char.is_whitespace() || "/\\:?#%@\"<>|".contains(char);
        !part.is_empty() && !is_dots && !part.contains(odd)
    };
    let (scope, name_only) = match name.strip_prefix('@').and_then(|rest| rest.split_once('/')) {
        Some((scope, rest)) => (Some(scope), rest),
        None => (None, name),
    };
    name.len() <= MAX_NAME && scope.is_none_or(is_part) && is_part(name_only)
}

/// Reads what a manifest, or an entry of a lockfile, asks for.
pub(super) fn wants(json: &Json, package: &Object) -> Vec<Want> {
    let mut wants: Vec<Want> = Vec::new();
    let meta = package.object("peerDependenciesMeta");
    let optional_peer = |name: &str| meta.object(name).get("optional").and_then(read).unwrap_or(false);
    for (key, scope) in [
        ("dependencies", Scope::Runtime),
        ("optionalDependencies", Scope::Runtime),
        ("peerDependencies", Scope::Runtime),
        ("devDependencies", Scope::Dev),
    ] {
        for (name, value) in package.object(key).iter().filter(|(name, _)| is_package_name(name)) {
            let peer = key == "peerDependencies";
            let optional = key == "optionalDependencies" || (peer && optional_peer(name));
            let spec = read::<String>(value).unwrap_or_default();
            if key == "optionalDependencies" {
                // Whoever lists a package in both means the optional one.
                wants.retain(|want| want.name != name);
            }
            wants.push(Want { name: name.to_owned(), spec, scope, optional, peer, line: json.line(value) });
        }
    }
    wants
}

fn workspaces(root: &Object) -> Vec<String> {
    let Some(value) = root.get("workspaces") else { return Vec::new() };
    read(value).or_else(|| read::<Object>(value)?.get("packages").and_then(read)).unwrap_or_default()
}

/// Returns whether a manifest, or an entry of a lockfile, names operating systems or processors.
pub(super) fn is_for_platforms(package: &Object) -> bool {
    let words = |key: &str| -> Vec<String> {
        let value = package.get(key);
        value.and_then(|value| read(value).or_else(|| Some(vec![read(value)?]))).unwrap_or_default()
    };
    ["os", "cpu", "libc"].into_iter().flat_map(words).any(|word| word != "any")
}

fn entry(root: &Object) -> Option<String> {
    if let Some(file) = root.string("main").or_else(|| root.string("module")).filter(|file| !file.is_empty()) {
        return Some(file);
    }
    ["exports", "browser", "main"].iter().any(|key| root.get(key).is_some()).then(|| "index.js".to_owned())
}

fn credits(root: &Object) -> Credits {
    let people = root.get("author").into_iter().chain(root.array("contributors"));
    let name = |value| {
        let text = read::<String>(value).or_else(|| read::<Object>(value)?.string("name"))?;
        // `Name <mail> (address)`
        let name = text.split(['<', '(']).next().unwrap_or_default().trim().to_owned();
        (!name.is_empty()).then_some(name)
    };
    let names: BTreeSet<String> = people.clone().filter_map(name).collect();
    let mut authors: Vec<String> = people.filter_map(name).collect();
    authors.dedup();
    if authors.len() > names.len() {
        authors = names.into_iter().collect();
    }
    Credits {
        authors,
        homepage: root.string("homepage"),
        repository: root.string("repository").or_else(|| root.object("repository").string("url")),
    }
}

/// Returns the record of a package that is asked for and of which nothing else is known.
pub(super) fn unpinned(want: &Want, file: &Location, origin: Origin) -> PackageRecord {
    let name = match Spec::read(&want.spec) {
        Spec::Alias(name) if is_package_name(&name) => name,
        _ => want.name.clone(),
    };
    PackageRecord { origin, ..PackageRecord::new(Purl::new(ECOSYSTEM, &name, None), file.at_line(want.line)) }
}

/// Groups what is asked for and is not there into one problem.
pub(super) fn lacking(code: Code, wants: &[&Want], file: &Location, words: &str, hint: &str) -> Option<Diagnostic> {
    const MAX_NAMES: usize = 8;
    let first = wants.iter().map(|want| want.line).min()?;
    let mut names: Vec<String> = wants.iter().take(MAX_NAMES).map(|want| format!("`{}`", want.name)).collect();
    if wants.len() > MAX_NAMES {
        names.push(format!("{} more", wants.len() - MAX_NAMES));
    }
    Some(Diagnostic::new(code, file.at_line(first), format!("{} {words}", names.join(", "))).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_packages() {
        for name in ["a", "@coop/a", "JSONStream", "lodash.get", "_", "@a.b/c-d", "~x"] {
            assert!(is_package_name(name), "{name}");
        }
        for name in ["", ".", "..", "@coop", "@/a", "@coop/", "a/b", "@a/b/c", "a b", "../x", "a:b", "a\u{1b}"] {
            assert!(!is_package_name(name), "{name:?}");
        }
    }
}
