//! Swift packages: `Package.resolved`, wherever it lies, and `Package.swift` by its literals.
//!
//! <https://docs.swift.org/package-manager/PackageDescription/>. A pin names a repository and a version; who needs whom is
//! not said. Licenses are the texts of checkouts (`.build/checkouts/NAME`).

use std::sync::LazyLock;

use regex::Regex;
use serde_json::value::RawValue;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath, host_of, without_credentials};
use crate::model::{Origin, PackageRecord, Scope};
use crate::scan::Folder;
use crate::syntax::json::{Json, Object, read};
use crate::syntax::text::Lines;

use super::records::Records;
use super::{Copies, Ecosystem, FileKind, Input, Inspection, Knows, Parsed, Pattern, Role, Surroundings};

const ECOSYSTEM: &str = "swift";
const MANIFEST: &str = "Package.swift";
/// How deep in an Xcode project its lockfile may lie.
const MAX_ABOVE: usize = 6;

static DEPENDENCY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\.package\(\s*(?:name:\s*"[^"]*"\s*,\s*)?url:\s*"([^"]+)""#).expect("it is valid"));

static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\bPackage\(\s*name:\s*"([\w.\-]+)""#).expect("it is valid"));

pub(super) static SWIFT: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "Swift (Package Manager)",
    files: &[
        FileKind {
            pattern: Pattern::Name("Package.resolved"),
            role: Role::Lockfile,
            knows: &[Knows::Versions],
            parse: parse_lock,
        },
        FileKind { pattern: Pattern::Name(MANIFEST), role: Role::Manifest, knows: &[], parse: parse_manifest },
    ],
    copies,
    inspect,
    fetch_command: "swift package resolve",
};

/// Returns the folder of the project that a lockfile belongs to: in an Xcode project it lies deep inside of it.
fn project_dir(input: &Input) -> RelPath {
    let mut dir = input.dir();
    for _ in 0..MAX_ABOVE {
        let inside = dir.components().any(|name| name.contains(".xcodeproj") || name.contains(".xcworkspace"));
        match dir.parent().filter(|_| inside) {
            Some(parent) => dir = parent,
            None => break,
        }
    }
    dir
}

fn own(input: &Input, dir: RelPath) -> PackageRecord {
    let path = dir.join(MANIFEST);
    let text = input.other(&path).and_then(Result::ok).unwrap_or_default();
    let named = NAME.captures(&text).and_then(|captures| captures.get(1));
    let name = named.map_or_else(|| dir.file_name().unwrap_or("project").to_owned(), |name| name.as_str().to_owned());
    let at = match named {
        Some(name) => Location::line(path, Lines::new(&text).of(name.start())),
        None => Location::file(input.path.clone()),
    };
    PackageRecord::own(Purl::new(ECOSYSTEM, &name, None), at, dir)
}

/// Makes the record of a repository: it is known by host and path.
fn record(url: &str, version: Option<&str>, revision: Option<String>, at: Location) -> Option<PackageRecord> {
    let host = host_of(url)?;
    let bare = without_credentials(url);
    let path = bare.split_once("://").map_or(bare.as_str(), |(_, rest)| rest);
    let path = path.split_once(['/', ':'])?.1.trim_end_matches('/').trim_end_matches(".git");
    let valid = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_' | '/' | '~' | '+');
    if path.is_empty() || !path.chars().all(valid) {
        return None;
    }
    let record = PackageRecord::new(Purl::new(ECOSYSTEM, &format!("{host}/{path}"), version), at);
    Some(PackageRecord { origin: Origin::Repository { url: bare, revision }, ..record })
}

fn parse_lock(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let at = Location::file(input.path.clone());
    let json = Json::new(&text);
    let root = match json.object(&at) {
        Ok(root) => root,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut parsed = Parsed::default();
    // The first version of the format has its pins one level deeper, under other names.
    let (pins, url_key): (Vec<&RawValue>, _) = match root.get("version").map(RawValue::get) {
        Some("1") => (root.object("object").array("pins"), "repositoryURL"),
        Some("2" | "3") => (root.array("pins"), "location"),
        other => {
            let message =
                format!("version {} is not known here", other.unwrap_or("none").chars().take(20).collect::<String>());
            parsed.diagnostics.push(Diagnostic::new(Code::UnknownLockfileVersion, at.clone(), message));
            (root.array("pins"), "location")
        }
    };
    let mut records = Records::default();
    let dir = project_dir(input);
    parsed.covers.insert(dir.join(MANIFEST));
    let own = records.add(own(input, dir));
    for pin in pins {
        let at = at.at_line(json.line(pin));
        let entry: Object = read(pin).unwrap_or_default();
        let state = entry.object("state");
        let (version, revision) = (state.string("version"), state.string("revision"));
        let pinned = version.as_deref().or(revision.as_deref());
        let record = entry.string(url_key).and_then(|url| record(&url, pinned, revision.clone(), at.clone()));
        let Some(record) = record else {
            let message = "expected a pin with the address of a repository";
            parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            continue;
        };
        let target = records.add(record);
        // Which pins are asked for directly the file does not say.
        records.need(own, target, Scope::Runtime, false);
    }
    parsed.records = records.finish();
    parsed
}

fn parse_manifest(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let lines = Lines::new(&text);
    let mut parsed = Parsed::default();
    let mut records = Records::default();
    let own = records.add(own(input, input.dir()));
    for found in DEPENDENCY.captures_iter(&text).filter_map(|captures| captures.get(1)) {
        let at = input.at(lines.of(found.start()));
        if parsed.diagnostics.is_empty() {
            let diagnostic = Diagnostic::new(Code::NoLockfile, at.clone(), "nothing pins what this package needs");
            parsed.diagnostics.push(diagnostic.hint("commit `Package.resolved`, or run `swift package resolve`"));
        }
        if let Some(record) = record(found.as_str(), None, None, at) {
            let target = records.add(record);
            records.need(own, target, Scope::Runtime, false);
        }
    }
    parsed.records = records.finish();
    parsed
}

/// A checkout lies below the folder of the package that asks for it; which revision it is, nothing in it says.
fn copies(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    let root = surroundings.tree.root();
    let mut dir = record.at.path.parent();
    for _ in 0..MAX_ABOVE {
        let Some(above) = dir else { break };
        let checkout = above.join(".build").join("checkouts").join(record.purl.name());
        if !root.list(&checkout).is_empty() {
            copies.folders.push(Folder::on_disk(root, checkout.clone(), checkout));
            return copies;
        }
        dir = above.parent();
    }
    copies.tried.push(format!(".build/checkouts/{}", record.purl.name()));
    copies
}

fn inspect(_: &Folder) -> Inspection {
    Inspection::default()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{World, lines, problems};
    use super::*;

    #[test]
    fn pins_of_every_version_of_the_format() {
        let world = World::fixture("swift/pins");
        let parsed = world.parse("swift", "Package.resolved");
        assert_eq!(
            lines(&parsed),
            [
                "CoopShop - own Package.swift:5 -> git.example.org/coop/Ledger runtime, git.example.org/mapper runtime",
                "git.example.org/coop/Ledger 1.4.0 Package.resolved:3",
                "git.example.org/mapper 9d36a1 Package.resolved:12",
            ]
        );
        assert_eq!(problems(&parsed), [] as [String; 0]);
        assert_eq!(world.copies("swift", &parsed.records[1]).0, [".build/checkouts/Ledger: ; "]);
        let deep = "App.xcodeproj/project.xcworkspace/xcshareddata/swiftpm/Package.resolved";
        let parsed = world.parse("swift", deep);
        let found = lines(&parsed);
        assert_eq!(found[1], format!("git.example.org/coop/Ledger 1.4.0 {deep}:4"));
        assert_eq!(parsed.records[0].dir, Some(RelPath::root()));
    }

    #[test]
    fn broken_and_without_a_lockfile() {
        let lock: &[u8] = b"{\"version\": 9, \"pins\": [\n{\"location\": \"../x\"},\n3,\n{\"location\": \"https://u:p@git.example/a b\"}]}";
        let parsed = World::of(&[("Package.resolved", lock)]).parse("swift", "Package.resolved");
        assert_eq!((parsed.records.len(), parsed.diagnostics.len()), (1, 4));
        let manifest: &[u8] = b"let package = Package(\n name: \"a\",\n dependencies: [\n  .package(url: \"https://git.example/b.git\", from: \
                                \"1.0.0\"),\n  .package(path: \"../c\"),\n ])\n";
        let parsed = World::of(&[("Package.swift", manifest)]).parse("swift", "Package.swift");
        assert_eq!(
            lines(&parsed),
            ["a - own Package.swift:2 -> git.example/b runtime", "git.example/b - Package.swift:4"]
        );
        assert_eq!(problems(&parsed), ["no-lockfile Package.swift:4 nothing pins what this package needs"]);
    }
}
