//! `yarn.lock`, of Yarn 1 and of Yarn 2 and later (Berry).
//!
//! <https://classic.yarnpkg.com/lang/en/docs/yarn-lock/>, <https://yarnpkg.com/configuration/manifest>.
//! Both are indented text: an entry in column 0 for one or several of what is asked for (`name@range`), its fields
//! below. Yarn 1 writes `key "value"`; Berry writes the same as YAML, and it has entries for the project's own packages.
//! Left out on purpose: what a patch of the project changes in a package.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Code, Diagnostic, Location, RelPath};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Scope, Trait};

use super::MANIFEST;
use super::graph::{Absence, Graph, Layout, Node};
use super::installed::Index;
use super::manifest::{Manifest, Want, is_package_name};
use super::spec::split_version;
use super::workspace;

/// Reads the file, with the project and its workspace around it.
pub(super) fn parse(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return workspace::unlocked(input, diagnostic),
    };
    let file = Location::file(input.path.clone());
    let mut diagnostics = Vec::new();
    let entries = entries(&text, &file, &mut diagnostics);
    drop(text);
    let is_berry = entries.iter().any(|entry| entry.keys == ["__metadata"]);
    let mut nodes = Vec::new();
    let mut by_descriptor = BTreeMap::new();
    for entry in entries.into_iter().filter(|entry| entry.keys != ["__metadata"]) {
        let node = if is_berry { berry(&entry, &file) } else { classic(&entry, &file) };
        let Some(mut node) = node else {
            let message = format!("expected `name@range`, found `{}`", entry.keys.join(", "));
            diagnostics.push(Diagnostic::new(Code::InvalidEntry, file.at_line(entry.line), message));
            continue;
        };
        node.wants = entry.wants;
        for want in &mut node.wants {
            want.optional |= entry.optional.contains(&want.name);
        }
        for key in entry.keys {
            if let Some((bare, _)) = key.split_once("::") {
                by_descriptor.entry(bare.to_owned()).or_insert(nodes.len());
            }
            by_descriptor.insert(key, nodes.len());
        }
        nodes.push(node);
    }
    let dirs = add_members(input, &file, &mut nodes);
    let absence = Absence {
        code: Code::StaleLockfile,
        words: "not in `yarn.lock`".to_owned(),
        hint: "yarn install --mode=update-lockfile",
    };
    let layout = Layout::Descriptors(by_descriptor, Index::of(input, dirs.iter().map(String::as_str)));
    let mut parsed = Graph::new(input, nodes, layout).finish(&absence);
    parsed.diagnostics.extend(diagnostics);
    parsed
}

/// Adds the project and the members of its workspace that have no entry, and returns the folders of all.
fn add_members(input: &Input, file: &Location, nodes: &mut Vec<Node>) -> Vec<String> {
    let known: BTreeSet<String> = nodes.iter().filter_map(|node| node.local.clone()).collect();
    let root = Manifest::in_tree(input, &input.dir());
    let patterns = root.map(|root| root.workspaces).unwrap_or_default();
    let members = workspace::members(input, &input.dir(), &patterns);
    let keys = members.iter().filter_map(|dir| workspace::below(&input.dir(), dir)).map(str::to_owned);
    let mut dirs: Vec<String> = keys.chain([String::new()]).collect();
    for dir in dirs.iter().filter(|dir| !known.contains(*dir)) {
        let path = input.dir().resolve(dir).unwrap_or_default();
        let mut node = Node::new(dir, Location::file(path.join(MANIFEST)));
        if let Some((name, _)) = Manifest::in_tree(input, &path).and_then(|manifest| manifest.name) {
            node.name = name;
        } else if dir.is_empty() {
            node.at = file.clone();
        }
        nodes.push(node);
    }
    dirs.extend(known);
    dirs.sort();
    dirs.dedup();
    dirs
}

/// Makes a node of an entry of Yarn 1.
fn classic(entry: &Entry, file: &Location) -> Option<Node> {
    let first = entry.keys.first()?;
    let (name, range) = split_version(first);
    let range = range?;
    let real = range.strip_prefix("npm:").map_or(name, |alias| split_version(alias).0);
    let mut node = Node::fetched(first, Some(real).filter(|name| is_package_name(name))?, file.at_line(entry.line));
    node.version = entry.field("version").map(str::to_owned);
    node.resolved = entry.field("resolved").map(|url| {
        // The digest of the archive stands behind the address.
        let is_digest = |rest: &str| rest.len() == 40 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_archive = !super::source::is_repository(url);
        url.rsplit_once('#').filter(|(_, rest)| is_archive && is_digest(rest)).map_or(url, |(url, _)| url).to_owned()
    });
    node.integrity = entry.field("integrity").map(str::to_owned);
    if node.resolved.is_none() {
        node.local = range.strip_prefix("file:").map(str::to_owned);
    }
    Some(node)
}

/// Makes a node of an entry of Berry: `resolution` says what it is.
fn berry(entry: &Entry, file: &Location) -> Option<Node> {
    let (name, resolution) = split_version(entry.field("resolution")?);
    let resolution = resolution?;
    let first = entry.keys.first()?;
    let mut node = Node::fetched(first, Some(name).filter(|name| is_package_name(name))?, file.at_line(entry.line));
    node.version = entry.field("version").map(str::to_owned);
    let (protocol, rest) = resolution.split_once(':').unwrap_or(("npm", resolution));
    let (bare, parameters) = rest.split_once("::").unwrap_or((rest, ""));
    match protocol {
        "npm" => node.resolved = parameter(parameters, "__archiveUrl"),
        "workspace" => {
            node.local = Some(if bare == "." { String::new() } else { bare.to_owned() });
            node.version = None;
        }
        "file" | "link" | "portal" => {
            let owner = parameter(parameters, "locator").unwrap_or_default();
            let owner = owner.rsplit_once("workspace:").map_or("", |(_, dir)| dir).to_owned();
            let path = bare.split('#').next().unwrap_or_default();
            let is_archive = super::lock::is_archive(path);
            let dir = RelPath::new(&owner).ok().and_then(|owner| owner.resolve(path).ok());
            let path = dir.map_or_else(|| path.to_owned(), |dir| dir.as_str().to_owned());
            if is_archive {
                node.resolved = Some(format!("file:{path}"));
            } else {
                node.local = Some(path);
            }
        }
        // The package that is patched is the one of the registry.
        "patch" | "virtual" => {}
        _ => node.resolved = Some(resolution.to_owned()),
    }
    node.traits.extend(entry.field("conditions").map(|_| Trait::PlatformFiles));
    Some(node)
}

/// Reads one of the parameters behind `::`, which are written as in addresses.
fn parameter(parameters: &str, wanted: &str) -> Option<String> {
    let value = parameters.split('&').find_map(|part| part.strip_prefix(wanted)?.strip_prefix('='))?;
    let mut decoded = Vec::new();
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        decoded.push(digit(bytes.next()?)? * 16 + digit(bytes.next()?)?);
    }
    String::from_utf8(decoded).ok()
}

/// One entry, as it is written.
#[derive(Debug, Default, PartialEq, Eq)]
struct Entry {
    /// What is asked for and answered by this entry.
    keys: Vec<String>,
    line: u32,
    /// Fields that are one word.
    fields: Vec<(String, String)>,
    /// What the rows of other fields ask for.
    wants: Vec<Want>,
    /// The names that may be missing.
    optional: BTreeSet<String>,
}

impl Entry {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().rev().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// Splits the file into entries.
fn entries(text: &str, file: &Location, diagnostics: &mut Vec<Diagnostic>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let (mut field, mut name) = (String::new(), String::new());
    for (line, number) in text.lines().zip(1_u32..) {
        let content = line.trim();
        // Berry writes very long keys as `? key`, and the colon on a line of its own.
        if content.is_empty() || content.starts_with('#') || content == ":" {
            continue;
        }
        if ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| content.starts_with(mark)) {
            let message = "found the marks of a merge that was not finished";
            diagnostics.push(Diagnostic::new(Code::InvalidSyntax, file.at_line(number), message));
            continue;
        }
        let indent = line.len() - line.trim_start_matches(' ').len();
        if indent == 0 {
            entries.push(Entry { keys: keys(content), line: number, ..Entry::default() });
            continue;
        }
        let (key, value) = pair(content);
        let Some(entry) = entries.last_mut() else {
            let message = "expected an entry in the first column";
            diagnostics.push(Diagnostic::new(Code::InvalidEntry, file.at_line(number), message));
            continue;
        };
        match (indent, value) {
            (2, Some(value)) => entry.fields.push((key, value)),
            (2, None) => field = key,
            (4, Some(spec)) => entry.wants.extend(want(&field, key, spec, number)),
            (4, None) => name = key,
            (_, value) => {
                if key == "optional" && value.as_deref() == Some("true") {
                    entry.optional.insert(name.clone());
                }
            }
        }
    }
    entries
}

/// Reads a row of a field that asks for packages.
fn want(field: &str, name: String, spec: String, line: u32) -> Option<Want> {
    let (optional, peer) = match field {
        "dependencies" => (false, false),
        "optionalDependencies" => (true, false),
        "peerDependencies" => (false, true),
        _ => return None,
    };
    is_package_name(&name).then_some(Want { name, spec, scope: Scope::Runtime, optional, peer, line })
}

/// Reads the first line of an entry.
fn keys(line: &str) -> Vec<String> {
    let line = line.trim_start_matches("? ").trim_end_matches(':');
    let mut keys = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let (key, after) = token(rest, |text| text.find(", ").unwrap_or(text.len()));
        // Berry writes all keys in one string.
        keys.extend(key.split(", ").map(str::to_owned));
        rest = after.trim_start_matches([',', ' ']);
    }
    keys
}

/// Reads `key value`, `key: value` or `key:`, each with or without quotes.
fn pair(line: &str) -> (String, Option<String>) {
    let end = |text: &str| {
        let colon = text.find(": ").or_else(|| text.strip_suffix(':').map(str::len));
        let blank = text.find(' ').unwrap_or(text.len());
        colon.map_or(blank, |colon| colon.min(blank))
    };
    let (key, after) = token(line, end);
    let rest = after.trim_start_matches(':').trim();
    (key, (!rest.is_empty()).then(|| token(rest, str::len).0))
}

/// Takes a string in quotes, or as much as `end` says, and returns what is left.
fn token(text: &str, end: impl Fn(&str) -> usize) -> (String, &str) {
    let Some(inner) = text.strip_prefix('"') else {
        let (token, rest) = text.split_at_checked(end(text)).unwrap_or((text, ""));
        return (token.to_owned(), rest);
    };
    let mut token = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return (token, inner.get(at + 1..).unwrap_or_default()),
            '\\' => token.extend(chars.next().map(|(_, char)| char)),
            _ => token.push(char),
        }
    }
    (token, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_both_forms() {
        let pair = |line: &str| {
            let (key, value) = pair(line);
            (key, value.unwrap_or_else(|| "-".to_owned()))
        };
        let check =
            |line: &str, key: &str, value: &str| assert_eq!(pair(line), (key.to_owned(), value.to_owned()), "{line}");
        check("version \"1.0.0\"", "version", "1.0.0");
        check("version: 1.0.0", "version", "1.0.0");
        check("dependencies:", "dependencies", "-");
        check("\"@s/a\" \"^1.0 || 2\"", "@s/a", "^1.0 || 2");
        check("\"@s/a\": \"npm:^1.0\"", "@s/a", "npm:^1.0");
        check("integrity sha512-x==", "integrity", "sha512-x==");
        check("conditions: os=linux & cpu=x64", "conditions", "os=linux & cpu=x64");
        assert_eq!(keys("a@^1, \"b@>= 1, x\", c@^2:").len(), 4);
        assert_eq!(keys("\"a@npm:^1, a@npm:~1.2\":"), ["a@npm:^1", "a@npm:~1.2"]);
        assert_eq!(keys("? \"a@npm:^1, a@npm:~1.2\""), ["a@npm:^1", "a@npm:~1.2"]);
    }

    #[test]
    fn parameters_are_decoded() {
        let parameters = "hash=e54055&locator=coop-shop%40workspace%3A.";
        assert_eq!(parameter(parameters, "locator").as_deref(), Some("coop-shop@workspace:."));
        assert_eq!(parameter("a=%zz", "a"), None);
    }
}
