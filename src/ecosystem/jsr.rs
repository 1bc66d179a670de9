//! Deno: `deno.lock` and `deno.json`, with packages of JSR and of npm.
//!
//! <https://docs.deno.com/runtime/fundamentals/modules/>. Packages of npm in a lockfile of Deno are packages of npm.
//! Left out on purpose: modules that are imported by their addresses (`remote`), which are files and not packages; they
//! are counted in a diagnostic.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath, hex_of_base64};
use crate::model::{Checksum, Claim, ClaimKind, FieldFormat, PackageRecord, Scope};
use crate::scan::{Folder, Limits};
use crate::syntax::json::{Json, Object, read, without_comments};

use super::records::Records;
use super::wanted::{Project, is_plain};
use super::{Copies, Ecosystem, FileKind, Input, Inspection, Knows, Parsed, Pattern, Role, Surroundings};

const ECOSYSTEM: &str = "jsr";
const NPM: &str = "npm";
const MANIFESTS: &[&str] = &["deno.json", "deno.jsonc"];
const LOCKFILE: &str = "deno.lock";

/// The versions of the lockfile that are known: until 3 the packages stand in `packages`, since 4 at the top.
const VERSIONS: &[&str] = &["3", "4", "5"];

pub(super) static JSR: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "Deno (JSR, npm)",
    files: &[
        FileKind {
            pattern: Pattern::Name(LOCKFILE),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges],
            parse: parse_lock,
        },
        FileKind {
            pattern: Pattern::Rule("deno.json, deno.jsonc", |name| MANIFESTS.contains(&name)),
            role: Role::Manifest,
            knows: &[Knows::Licenses],
            parse: parse_manifest,
        },
    ],
    copies,
    inspect,
    fetch_command: "deno install",
};

/// Splits `@std/path@1.0.8`, `chalk@4.1.2_peer@1.0.0` or `@a/b@^1`.
fn split(text: &str) -> Option<(&str, &str)> {
    let at = text.char_indices().skip(1).find(|(_, char)| *char == '@').map(|(at, _)| at);
    let (name, version) = match at {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text, ""),
    };
    let plain = name.strip_prefix('@').unwrap_or(name).split('/').all(is_plain) && name.matches('/').count() < 2;
    plain.then_some((name, version))
}

/// Reads `jsr:@std/path@^1.0.0/join` and `npm:chalk@4`: type, name, and the range without a path behind it.
fn specifier(text: &str) -> Option<(&'static str, &str, &str)> {
    let (ty, rest) = match text.split_once(':')? {
        ("jsr", rest) => (ECOSYSTEM, rest),
        ("npm", rest) => (NPM, rest),
        _ => return None,
    };
    let rest = rest.trim_start_matches('/');
    let slashes = if rest.starts_with('@') { 2 } else { 1 };
    let end = rest.match_indices('/').nth(slashes - 1).map_or(rest.len(), |(at, _)| at);
    let (name, range) = split(rest.get(..end)?)?;
    Some((ty, name, range))
}

fn purl(ty: &str, name: &str, version: &str) -> Purl {
    // What a package of npm was resolved beside stands behind its version.
    let version = version.split('_').next().filter(|version| is_plain(version));
    Purl::new(ty, name, version)
}

/// A lockfile while it is being read.
struct Reader<'json, 'text> {
    json: &'json Json<'text>,
    file: Location,
    records: Records,
    /// The index of each key, `npm:chalk@4.1.2`.
    by_key: BTreeMap<String, usize>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_, '_> {
    /// Adds the packages of a section, and returns who needs what, in the words of the file.
    fn section(&mut self, ty: &'static str, section: &Object) -> Vec<(usize, String)> {
        let mut open = Vec::new();
        for (key, value) in section.iter() {
            let at = self.file.at_line(self.json.line(value));
            let found = split(key).map(|(name, version)| purl(ty, name, version));
            let Some(purl) = found.filter(|purl| purl.version().is_some()) else {
                let message = "expected the name and version of a package as key";
                self.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
                continue;
            };
            let entry: Object = read(value).unwrap_or_default();
            let record_idx = self.records.add(PackageRecord {
                checksums: entry.string("integrity").and_then(|text| checksum(&text)).into_iter().collect(),
                ..PackageRecord::new(purl, at)
            });
            self.by_key.insert(format!("{ty}:{key}"), record_idx);
            open.extend(dependencies(&entry, ty).into_iter().map(|name| (record_idx, name)));
        }
        open
    }

    /// Finds what a dependency means: the key that was resolved for it, or every version of the name.
    fn find(&self, text: &str, specifiers: &BTreeMap<String, String>) -> Vec<usize> {
        let Some((ty, name, range)) = specifier(text) else { return Vec::new() };
        let resolved = specifiers.get(text).map(|version| version.rsplit('@').next().unwrap_or(version));
        let keys = [format!("{ty}:{name}@{}", resolved.unwrap_or(range)), format!("{ty}:{name}@{range}")];
        if let Some(idx) = keys.iter().find_map(|key| self.by_key.get(key)) {
            return vec![*idx];
        }
        let full_name = Purl::new(ty, name, None).full_name();
        let of_type = |idx: &usize| self.records.get(*idx).is_some_and(|record| record.purl.ty() == ty);
        self.records.named(&full_name).iter().copied().filter(of_type).collect()
    }
}

/// Reads a checksum as npm writes it. That of JSR is of a list of files, which no archive is.
fn checksum(text: &str) -> Option<Checksum> {
    let (algorithm, base64) = text.split_once('-')?;
    Some(Checksum { algorithm: algorithm.to_owned(), hex: hex_of_base64(base64)? })
}

/// Returns the dependencies of an entry: names, `name@version`, or `jsr:` and `npm:` specifiers.
fn dependencies(entry: &Object, ty: &str) -> Vec<String> {
    let qualified = |text: String| if text.contains(':') { text } else { format!("{ty}:{text}") };
    let mut found = Vec::new();
    for key in ["dependencies", "optionalDependencies"] {
        let Some(value) = entry.get(key) else { continue };
        match read::<Vec<String>>(value) {
            Some(list) => found.extend(list.into_iter().map(qualified)),
            // Until version 3 a map from names to keys.
            None => found.extend(entry.object(key).iter().filter_map(|(_, key)| Some(qualified(read::<String>(key)?)))),
        }
    }
    found
}

fn parse_lock(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let file = Location::file(input.path.clone());
    let json = Json::new(&text);
    let root = match json.object(&file) {
        Ok(root) => root,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut reader = Reader {
        json: &json,
        file: file.clone(),
        records: Records::default(),
        by_key: BTreeMap::new(),
        diagnostics: Vec::new(),
    };
    let version = root.string("version").unwrap_or_default();
    if !VERSIONS.contains(&version.as_str()) {
        let message = format!("version {} is not known here", version.chars().take(20).collect::<String>());
        reader.diagnostics.push(Diagnostic::new(Code::UnknownLockfileVersion, file.at_line(1), message));
    }
    let nested = root.object("packages");
    let packages = if nested.is_empty() { &root } else { &nested };
    let specifiers: BTreeMap<String, String> =
        packages.object("specifiers").iter().filter_map(|(key, value)| Some((key.to_owned(), read(value)?))).collect();
    let mut open = reader.section(ECOSYSTEM, &packages.object("jsr"));
    open.extend(reader.section(NPM, &packages.object("npm")));
    for (from, text) in open {
        for target in reader.find(&text, &specifiers) {
            reader.records.need(from, target, Scope::Runtime, false);
        }
    }
    let n_remote = root.object("remote").len();
    if n_remote > 0 {
        let line = root.get("remote").map_or(1, |value| json.line(value));
        let message =
            format!("{n_remote} modules are imported by their addresses, and their licenses are not looked for");
        let diagnostic = Diagnostic::new(Code::NotUnderstood, file.at_line(line), message);
        reader.diagnostics.push(diagnostic.hint("import them from JSR or npm, or copy them into the tree"));
    }
    finish(input, reader, &root, &specifiers)
}

/// Adds the project and what it asks for: by its manifest, by the lockfile's own words, and in its code.
fn finish(input: &Input, mut reader: Reader, root: &Object, specifiers: &BTreeMap<String, String>) -> Parsed {
    let mut parsed = Parsed::default();
    let path = MANIFESTS.iter().map(|name| input.dir().join(name)).find(|path| input.tree.has(path));
    let manifest = path.as_ref().and_then(|path| input.other(path));
    let project = match (&path, manifest) {
        (Some(path), Some(Ok(text))) => project(&text, path, &mut parsed.diagnostics),
        (_, problem) => {
            parsed.diagnostics.extend(problem.and_then(Result::err));
            Project::unnamed(ECOSYSTEM, reader.file.clone(), input.dir())
        }
    };
    parsed.covers.extend(path);
    let own = reader.records.add(project.record.clone());
    // Everything that any file of the project names has a specifier, whether the manifest lists it or not.
    let workspace: Vec<String> =
        root.object("workspace").array("dependencies").into_iter().filter_map(read::<String>).collect();
    for text in specifiers.keys().chain(&workspace) {
        for target in reader.find(text, specifiers) {
            reader.records.need(own, target, Scope::Runtime, false);
        }
    }
    let joined = project.join(&mut reader.records, LOCKFILE, "bring it up to date with `deno install`");
    parsed.diagnostics.extend(reader.diagnostics);
    parsed.diagnostics.extend(joined);
    parsed.records = reader.records.finish();
    parsed
}

fn project(text: &str, path: &RelPath, diagnostics: &mut Vec<Diagnostic>) -> Project {
    let text = without_comments(text);
    let (json, file) = (Json::new(&text), Location::file(path.clone()));
    let dir = path.parent().unwrap_or_default();
    let root = match json.object(&file) {
        Ok(root) => root,
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            return Project::unnamed(ECOSYSTEM, file, dir);
        }
    };
    let named = root.get("name").and_then(|value| Some((read::<String>(value)?, json.line(value))));
    let mut project = match named.filter(|(name, _)| split(name).is_some_and(|(_, version)| version.is_empty())) {
        Some((name, line)) => {
            Project::new(Purl::new(ECOSYSTEM, &name, root.string("version").as_deref()), file.at_line(line), dir)
        }
        None => Project::unnamed(ECOSYSTEM, file.clone(), dir),
    };
    project.record.claims.extend(license(&json, &root, &file));
    for (_, value) in root.object("imports").iter() {
        let value: &RawValue = value;
        let text: String = read(value).unwrap_or_default();
        let Some((ty, name, _)) = specifier(&text) else { continue };
        project.want(Purl::new(ty, name, None), Scope::Runtime, file.at_line(json.line(value)));
    }
    project
}

fn license(json: &Json, root: &Object, file: &Location) -> Option<Claim> {
    let value = root.get("license")?;
    let license = read::<String>(value).filter(|license| !license.trim().is_empty())?;
    Some(Claim::field(ClaimKind::Declared, FieldFormat::Spdx, &license, file.at_line(json.line(value))))
}

fn parse_manifest(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut diagnostics = Vec::new();
    let mut parsed = project(&text, input.path, &mut diagnostics).alone("commit `deno.lock`: `deno install` writes it");
    parsed.diagnostics.extend(diagnostics);
    parsed
}

/// Packages of JSR lie in `vendor` where the project asks for that, and below `node_modules` for Node.
fn copies(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    let root = surroundings.tree.root();
    let project = record.at.path.parent().unwrap_or_default();
    let (name, version) = (record.purl.full_name(), record.purl.version().unwrap_or_default());
    let for_node = name.trim_start_matches('@').replace('/', "__");
    for dir in [format!("vendor/jsr.io/{name}/{version}"), format!("node_modules/@jsr/{for_node}")] {
        let dir = project.join(&dir);
        if root.list(&dir).is_empty() {
            copies.tried.push(dir.to_string());
        } else {
            copies.folders.push(Folder::on_disk(root, dir.clone(), dir));
        }
    }
    copies
}

fn inspect(folder: &Folder) -> Inspection {
    let mut inspection = Inspection::default();
    for name in MANIFESTS.iter().chain(&["jsr.json"]) {
        let Ok(text) = folder.read_text(name, Limits::DEFAULT.manifest) else { continue };
        let text = without_comments(&text);
        let (json, at) = (Json::new(&text), folder.location(name));
        let Ok(root) = json.object(&at) else { continue };
        inspection.identity = root.string("name").zip(root.string("version"));
        inspection.claims.extend(license(&json, &root, &at));
        return inspection;
    }
    inspection
}

#[cfg(test)]
mod tests {
    use super::super::testing::{World, lines, problems};
    use super::*;

    /// Shaped after what Deno 2 wrote for a project of ours with packages of npm; the section of JSR is as its lockfile
    /// format documents it.
    #[test]
    fn a_lockfile_with_packages_of_both_registries() {
        let world = World::fixture("jsr/locked");
        let parsed = world.parse("jsr", "deno.lock");
        assert_eq!(
            lines(&parsed),
            [
                "@std/internal 1.0.5 deno.lock:9",
                "@std/path 1.0.8 deno.lock:12 -> @std/internal runtime",
                "ansi-styles 4.3.0 deno.lock:20",
                "chalk 4.1.2 deno.lock:23 -> ansi-styles runtime",
                "yaml 2.4.0 deno.lock:29",
                "@coop/shop 1.4.0 own deno.json:3 `PPL` 5 -> @std/path runtime, chalk runtime, yaml runtime",
            ]
        );
        assert_eq!(problems(&parsed), [] as [String; 0]);
        assert_eq!(parsed.records[3].purl.to_string(), "pkg:npm/chalk@4.1.2");
        assert_eq!((parsed.records[3].checksums.len(), parsed.records[1].checksums.len()), (1, 0));
        let dir = "vendor/jsr.io/@std/path/1.0.8";
        assert_eq!(
            world.copies("jsr", &parsed.records[1]).0,
            [format!("{dir}: `MIT` {dir}/deno.json:1; @std/path 1.0.8")]
        );
    }

    #[test]
    fn specifiers() {
        assert_eq!(specifier("jsr:@std/path@^1.0.0/join"), Some(("jsr", "@std/path", "^1.0.0")));
        assert_eq!(specifier("npm:/chalk@4"), Some(("npm", "chalk", "4")));
        assert_eq!(specifier("npm:chalk"), Some(("npm", "chalk", "")));
        assert_eq!(specifier("https://x.example/mod.ts"), None);
        assert_eq!(specifier("npm:../x@1"), None);
    }

    #[test]
    fn older_lockfiles_broken_ones_and_none() {
        let old: &[u8] = b"{\"version\": \"3\", \"packages\": {\"specifiers\": {\"npm:chalk@4\": \"npm:chalk@4.1.2\"}, \"npm\": {\n\"chalk@4.1.2\": {\"dependencies\": {\"ansi-styles\": \"ansi-styles@4.3.0\"}},\n\"ansi-styles@4.3.0\": {}, \"../x@1\": {}}},\n\"remote\": {\"https://x.example/mod.ts\": \"00\"}}";
        let parsed = World::of(&[("deno.lock", old)]).parse("jsr", "deno.lock");
        assert_eq!(
            lines(&parsed),
            [
                "chalk 4.1.2 deno.lock:2 -> ansi-styles runtime",
                "ansi-styles 4.3.0 deno.lock:3",
                "project - own deno.lock -> chalk runtime"
            ]
        );
        assert_eq!(
            problems(&parsed),
            [
                "invalid-entry deno.lock:3 expected the name and version of a package as key",
                "not-understood deno.lock:4 1 modules are imported by their addresses, and their licenses are not looked for",
            ]
        );
        let manifest: &[u8] = b"{\n// a comment\n\"imports\": {\"x\": \"npm:x@1\", \"y\": \"./y.ts\"},\n}";
        let parsed = World::of(&[("deno.jsonc", manifest)]).parse("jsr", "deno.jsonc");
        assert_eq!(lines(&parsed), ["project - own deno.jsonc -> x runtime", "x - deno.jsonc:3"]);
        assert_eq!(problems(&parsed), ["no-lockfile deno.jsonc:3 nothing pins what this project needs"]);
        assert_eq!(
            World::of(&[("deno.lock", b"[]")]).parse("jsr", "deno.lock").diagnostics[0].code,
            Code::InvalidSyntax
        );
    }
}
