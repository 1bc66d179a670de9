//! Dart and Flutter: `pubspec.lock` and `pubspec.yaml`.
//!
//! <https://dart.dev/tools/pub/pubspec>. The lockfile is YAML that only pub writes, one key a line: it is read by its
//! indentation. It does not say who needs whom; the packages in the cache do. A license is a text and nothing else.
//! Left out on purpose: packages of the SDK, which are part of what Flutter ships with.

use std::collections::BTreeMap;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath, host_of, is_official_registry, without_credentials};
use crate::model::{Checksum, Origin, PackageRecord, Scope};
use crate::scan::{Folder, Limits, StoreKind};

use super::records::Records;
use super::wanted::{laid_at, laid_in};
use super::{Copies, Ecosystem, FileKind, Input, Inspection, Knows, Parsed, Pattern, Role, Surroundings};

const ECOSYSTEM: &str = "pub";
const MANIFEST: &str = "pubspec.yaml";

pub(super) static PUB: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "Dart and Flutter (pub)",
    files: &[
        FileKind {
            pattern: Pattern::Name("pubspec.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Scopes],
            parse: parse_lock,
        },
        FileKind {
            pattern: Pattern::Name(MANIFEST),
            role: Role::Manifest,
            knows: &[Knows::Scopes],
            parse: parse_manifest,
        },
    ],
    copies,
    inspect,
    fetch_command: "dart pub get",
};

/// One line of the YAML that pub writes.
struct Line<'text> {
    depth: usize,
    key: &'text str,
    value: &'text str,
    number: u32,
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.lines().enumerate().filter_map(|(index, line)| {
        let entry = line.trim_start_matches(' ');
        let (key, value) = entry.split_once(':').filter(|_| !entry.starts_with(['#', '-']))?;
        let value = value.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\'']);
        let number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        Some(Line { depth: line.len() - entry.len(), key: key.trim_matches(['"', '\'']), value, number })
    })
}

/// Returns whether a word can be the name of a package: it cannot lead out of a folder.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 1024 && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
}

/// What the file of a package says.
#[derive(Default)]
struct Manifest {
    name: Option<(String, u32)>,
    version: Option<String>,
    needs: BTreeMap<String, (Scope, u32)>,
}

impl Manifest {
    fn read(text: &str) -> Self {
        let mut manifest = Self::default();
        let mut section = "";
        for line in lines(text) {
            match (line.depth, section) {
                (0, _) => {
                    section = line.key;
                    match line.key {
                        "name" if is_name(line.value) => manifest.name = Some((line.value.to_owned(), line.number)),
                        "version" if !line.value.is_empty() => manifest.version = Some(line.value.to_owned()),
                        _ => {}
                    }
                }
                (2, "dependencies") if is_name(line.key) => {
                    manifest.needs.insert(line.key.to_owned(), (Scope::Runtime, line.number));
                }
                (2, "dev_dependencies") if is_name(line.key) => {
                    manifest.needs.entry(line.key.to_owned()).or_insert((Scope::Dev, line.number));
                }
                _ => {}
            }
        }
        manifest
    }
}

/// How a package of an SDK is said to lie in it.
const SDK: &str = "the SDK of ";

/// Returns the project's own record and what it needs.
fn own(input: &Input) -> (PackageRecord, Manifest, Option<Diagnostic>) {
    let path = input.dir().join(MANIFEST);
    let (manifest, problem) = match input.other(&path) {
        Some(Ok(text)) => (Manifest::read(&text), None),
        Some(Err(diagnostic)) => (Manifest::default(), Some(diagnostic)),
        None => (Manifest::default(), None),
    };
    let dir = input.dir();
    let unnamed = || (dir.file_name().unwrap_or("project").to_owned(), 1);
    let (name, line) = manifest.name.clone().unwrap_or_else(unnamed);
    let at = if input.tree.has(&path) { Location::line(path, line) } else { Location::file(input.path.clone()) };
    let record = laid_in(PackageRecord::new(Purl::new(ECOSYSTEM, &name, manifest.version.as_deref()), at), dir);
    (record, manifest, problem)
}

/// One package while the lockfile is being read.
#[derive(Default)]
struct Entry<'text> {
    name: &'text str,
    line: u32,
    values: BTreeMap<&'text str, &'text str>,
}

fn parse_lock(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut entries: Vec<Entry> = Vec::new();
    let mut section = "";
    for line in lines(&text) {
        match line.depth {
            0 => section = line.key,
            2 if section == "packages" => entries.push(Entry { name: line.key, line: line.number, ..Entry::default() }),
            _ if section == "packages" => {
                if let Some(entry) = entries.last_mut() {
                    entry.values.insert(line.key, line.value);
                }
            }
            _ => {}
        }
    }
    let (own, manifest, problem) = own(input);
    let broken = input.unless_marked(&text, &["packages:"]);
    let mut parsed = Parsed { diagnostics: problem.into_iter().chain(broken).collect(), ..Parsed::default() };
    let mut records = Records::default();
    let own = records.add(own);
    let mut found = Vec::new();
    for entry in &entries {
        let version = entry.values.get("version").copied();
        if !is_name(entry.name) || version.is_none() {
            let message = "expected a package with a `version`";
            parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, input.at(entry.line), message));
            continue;
        }
        let record = record(input, entry, version);
        let record = records.add(record);
        let scope = match entry.values.get("dependency").copied() {
            Some("direct main" | "direct overridden") => Some(Scope::Runtime),
            Some("direct dev") => Some(Scope::Dev),
            _ => None,
        };
        if let Some(scope) = scope {
            records.need(own, record, scope, false);
        }
        found.push((record, entry.name, version.unwrap_or_default()));
    }
    for (from, name, version) in found {
        for need in cached_needs(input, name, version) {
            records.need_named(from, &need, Scope::Runtime, false);
        }
    }
    let lacking: Vec<_> =
        manifest.needs.iter().filter(|(name, _)| !entries.iter().any(|entry| entry.name == *name)).collect();
    if let Some((_, (_, line))) = lacking.first() {
        let names: Vec<String> = lacking.iter().map(|(name, _)| format!("`{name}`")).collect();
        let at = Location::line(input.dir().join(MANIFEST), *line);
        let diagnostic =
            Diagnostic::new(Code::StaleLockfile, at, format!("{} not in `pubspec.lock`", names.join(", ")));
        parsed.diagnostics.push(diagnostic.hint("bring it up to date with `dart pub get`"));
    }
    parsed.covers.insert(input.dir().join(MANIFEST));
    parsed.records = records.finish();
    parsed
}

fn record(input: &Input, entry: &Entry, version: Option<&str>) -> PackageRecord {
    let record = PackageRecord::new(Purl::new(ECOSYSTEM, entry.name, version), input.at(entry.line));
    let url = entry.values.get("url").copied();
    match entry.values.get("source").copied() {
        Some("git") => {
            let revision = entry.values.get("resolved-ref").map(ToString::to_string);
            let url = without_credentials(url.unwrap_or_default());
            PackageRecord { origin: Origin::Repository { url, revision }, ..record }
        }
        Some("path") => {
            let path = entry.values.get("path").copied().unwrap_or_default();
            laid_at(record, input, path)
        }
        // Flutter and what comes with it is shipped like any other package, and lies where the SDK is installed.
        Some("sdk") => {
            let sdk = entry.values.get("description").copied().unwrap_or_default();
            PackageRecord { origin: Origin::Outside(format!("{SDK}{sdk}")), ..record }
        }
        _ => {
            let foreign = url.filter(|url| !is_official_registry(ECOSYSTEM, url));
            let origin = foreign.map_or(Origin::Registry, |url| Origin::OtherRegistry(without_credentials(url)));
            let hex = entry.values.get("sha256").map(|hex| hex.to_ascii_lowercase());
            let checksums = hex.map(|hex| Checksum { algorithm: "sha256".to_owned(), hex }).into_iter().collect();
            PackageRecord { origin, checksums, ..record }
        }
    }
}

fn parse_manifest(input: &Input) -> Parsed {
    if let Err(diagnostic) = input.text(Role::Manifest) {
        return Parsed::failed(diagnostic);
    }
    let (own, manifest, problem) = own(input);
    let mut parsed = Parsed { diagnostics: problem.into_iter().collect(), ..Parsed::default() };
    let mut records = Records::default();
    let is_own = own.own;
    let own = records.add(own);
    let needs: Vec<_> = manifest.needs.iter().filter(|_| is_own).collect();
    for (name, (scope, line)) in &needs {
        let target = records.add(PackageRecord::new(Purl::new(ECOSYSTEM, name, None), input.at(*line)));
        records.need(own, target, *scope, false);
    }
    if let Some((_, (_, line))) = needs.first() {
        let message = "nothing pins what this package needs";
        let diagnostic = Diagnostic::new(Code::NoLockfile, input.at(*line), message);
        parsed.diagnostics.push(diagnostic.hint("commit `pubspec.lock`, or run `dart pub get`"));
    }
    parsed.records = records.finish();
    parsed
}

/// Returns where the cache of a registry keeps a package: `hosted/HOST/NAME-VERSION`.
fn place(host: &str, name: &str, version: &str) -> Option<RelPath> {
    let valid = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '+' | '_');
    let plain = is_name(name) && version.chars().all(valid) && host.chars().all(valid) && !host.contains("..");
    plain.then(|| RelPath::root().join(&format!("hosted/{host}/{name}-{version}")))
}

/// Returns what a package in the cache needs.
fn cached_needs(input: &Input, name: &str, version: &str) -> Vec<String> {
    let read = |store: &std::sync::Arc<crate::scan::Root>| {
        let hosts = store.list(&RelPath::root().join("hosted"));
        let files = hosts.iter().filter_map(|host| Some(place(&host.name, name, version)?.join(MANIFEST)));
        files.into_iter().find_map(|file| store.read(&file, Limits::DEFAULT.manifest).ok())
    };
    let Some(bytes) = input.stores.of(StoreKind::Pub).find_map(read) else { return Vec::new() };
    let manifest = Manifest::read(&crate::syntax::text::decode(&bytes).text);
    manifest.needs.into_iter().filter(|(_, (scope, _))| *scope == Scope::Runtime).map(|(name, _)| name).collect()
}

fn copies(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    let (name, version) = (record.purl.name(), record.purl.version().unwrap_or_default());
    for store in surroundings.stores.of(StoreKind::Pub) {
        for host in store.list(&RelPath::root().join("hosted")).iter() {
            let belongs = match &record.origin {
                Origin::Registry => is_official_registry(ECOSYSTEM, &format!("https://{}", host.name)),
                Origin::OtherRegistry(url) => host_of(url) == Some(host.name.as_str()),
                Origin::Repository { .. } | Origin::Url(_) | Origin::Path(_) | Origin::Outside(_) | Origin::Unknown => {
                    false
                }
            };
            let Some(place) = place(&host.name, name, version).filter(|_| belongs) else { continue };
            if !store.list(&place).is_empty() {
                copies.folders.push(Folder::on_disk(store, place, RelPath::root().join(&format!("{name}-{version}"))));
            }
        }
    }
    if copies.folders.is_empty() {
        let sdk = match &record.origin {
            Origin::Outside(place) => place.starts_with(SDK).then(|| place.clone()),
            _ => None,
        };
        copies.tried.push(sdk.unwrap_or_else(|| "~/.pub-cache/hosted".to_owned()));
    }
    copies
}

fn inspect(folder: &Folder) -> Inspection {
    let mut inspection = Inspection::default();
    if let Ok(text) = folder.read_text(MANIFEST, Limits::DEFAULT.manifest) {
        let top = |key: &str| {
            let found = lines(&text).find(|line| line.depth == 0 && line.key == key);
            found.map(|line| line.value.to_owned()).filter(|value| !value.is_empty())
        };
        inspection.credits.homepage = top("homepage");
        inspection.credits.repository = top("repository");
    }
    inspection
}

#[cfg(test)]
mod tests {
    use super::super::testing::{World, lines, problems};
    use super::*;

    const NONE: [String; 0] = [];

    #[test]
    fn a_lockfile_knows_what_is_direct_and_the_cache_who_needs_whom() {
        let world = World::fixture("pub/locked").with_store(
            StoreKind::Pub,
            &[
                ("hosted/pub.example/ledger-2.11.0/pubspec.yaml", b"name: ledger\ndependencies:\n  base: ^1.0.0\n"),
                ("hosted/pub.example/ledger-2.11.0/LICENSE", b"x"),
                ("hosted/other.example/tester-3.0.0/LICENSE", b"x"),
            ],
        );
        let parsed = world.parse("pub", "pubspec.lock");
        assert_eq!(
            lines(&parsed),
            [
                "coop_shop 1.4.0+7 own pubspec.yaml:1 -> flutter runtime, ledger runtime, local runtime, mapper runtime, tester dev",
                "base 1.2.0 pubspec.lock:4",
                "flutter 0.0.0 pubspec.lock:12",
                "ledger 2.11.0 pubspec.lock:17 -> base runtime",
                "local 0.0.1 own pubspec.lock:25",
                "mapper 0.9.0 pubspec.lock:32",
                "tester 3.0.0 pubspec.lock:41",
            ]
        );
        assert_eq!(problems(&parsed), NONE);
        assert!(
            matches!(&parsed.records[5].origin, Origin::Repository { revision: Some(revision), .. } if revision == "d14e51")
        );
        assert_eq!(world.copies("pub", &parsed.records[3]).0, ["pub:ledger-2.11.0: ; "]);
        assert_eq!(world.copies("pub", &parsed.records[2]).1.tried, ["the SDK of flutter"]);
        // The cache of another registry is no evidence.
        assert_eq!(world.copies("pub", &parsed.records[6]).0, NONE);
    }

    #[test]
    fn broken_stale_and_without_a_lockfile() {
        let lock: &[u8] = b"packages:\n  ../x:\n    version: \"1\"\n  a:\n    source: hosted\n  b:\n    source: path\n    description:\n      \
                            path: \"../../b\"\n    version: \"1\"\n";
        let manifest: &[u8] =
            b"name: m\ndependencies:\n  flutter:\n    sdk: flutter\n  gone: any\ndev_dependencies:\n  b: any\n";
        let world = World::of(&[("pubspec.lock", lock), ("pubspec.yaml", manifest)]);
        let parsed = world.parse("pub", "pubspec.lock");
        assert_eq!(lines(&parsed), ["m - own pubspec.yaml:1", "b 1 pubspec.lock:6"]);
        assert_eq!(parsed.records[1].origin, Origin::Outside("../../b".to_owned()));
        assert_eq!(
            problems(&parsed),
            [
                "invalid-entry pubspec.lock:2 expected a package with a `version`",
                "invalid-entry pubspec.lock:4 expected a package with a `version`",
                "stale-lockfile pubspec.yaml:3 `flutter`, `gone` not in `pubspec.lock`",
            ]
        );
        let parsed = world.parse("pub", "pubspec.yaml");
        assert_eq!(
            lines(&parsed),
            [
                "m - own pubspec.yaml:1 -> b dev, flutter runtime, gone runtime",
                "b - pubspec.yaml:7",
                "flutter - pubspec.yaml:3",
                "gone - pubspec.yaml:5"
            ]
        );
        assert_eq!(problems(&parsed), ["no-lockfile pubspec.yaml:7 nothing pins what this package needs"]);
    }
}
