//! CocoaPods: `Podfile.lock`, and `Podfile` by its literals.
//!
//! <https://guides.cocoapods.org/using/the-podfile.html>. The lockfile is YAML that only CocoaPods writes, read by its
//! indentation. `A/B` is a part of the pod `A` and no package of its own. Licenses are the texts below `Pods`.

use std::sync::LazyLock;

use regex::Regex;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath, without_credentials};
use crate::model::{Origin, PackageRecord, Scope};
use crate::scan::Folder;
use crate::syntax::text::Lines;

use super::records::Records;
use super::wanted::laid_at;
use super::{Copies, Ecosystem, FileKind, Input, Inspection, Knows, Parsed, Pattern, Role, Surroundings};

const ECOSYSTEM: &str = "cocoapods";

static POD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?m)^[ \t]*pod[ \t]*\(?[ \t]*["']([\w.+\-]+)(?:/[\w.+\-/]+)?["']"#).expect("it is valid")
});

pub(super) static COCOAPODS: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "Swift and Objective-C (CocoaPods)",
    files: &[
        FileKind {
            pattern: Pattern::Name("Podfile.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges],
            parse: parse_lock,
        },
        FileKind { pattern: Pattern::Name("Podfile"), role: Role::Manifest, knows: &[], parse: parse_manifest },
    ],
    copies,
    inspect,
    fetch_command: "pod install",
};

/// Returns the name of the pod that an entry is a part of, and its version: `A/B (1.0)`.
fn entry(text: &str) -> Option<(&str, Option<&str>)> {
    let text = text.trim_end_matches(':').trim_matches('"');
    let (name, rest) = text.split_once(" (").map_or((text, None), |(name, rest)| (name, Some(rest)));
    let name = name.split('/').next().unwrap_or(name);
    let valid = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_' | '+');
    let version = rest.map(|rest| rest.trim_end_matches(')')).filter(|version| version.chars().all(valid));
    (!name.is_empty() && !name.starts_with('.') && name.chars().all(valid)).then_some((name, version))
}

fn own(input: &Input) -> PackageRecord {
    let dir = input.dir();
    let manifest = dir.join("Podfile");
    let at = if input.tree.has(&manifest) { manifest } else { input.path.clone() };
    let purl = Purl::new(ECOSYSTEM, dir.file_name().unwrap_or("project"), None);
    PackageRecord::own(purl, Location::file(at), dir)
}

fn parse_lock(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut parsed = Parsed::default();
    // A lockfile of nothing names the version of the tool alone.
    parsed.diagnostics.extend(input.unless_marked(&text, &["PODS:", "COCOAPODS:"]));
    let mut records = Records::default();
    let own = records.add(own(input));
    let (mut section, mut open) = ("", None);
    let (mut needs, mut direct, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for (index, line) in text.lines().enumerate() {
        let at = input.at(u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1));
        let depth = line.len() - line.trim_start_matches(' ').len();
        let item = line.trim().strip_prefix("- ");
        match (section, depth, item) {
            (_, 0, _) => section = line.trim_end_matches(':'),
            ("PODS", 2, Some(item)) => {
                open = None;
                let Some((name, Some(version))) = entry(item) else {
                    let message = "expected a pod with its version, found something else";
                    parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
                    continue;
                };
                open = Some(records.add(PackageRecord::new(Purl::new(ECOSYSTEM, name, Some(version)), at)));
            }
            ("PODS", 4, Some(item)) => needs.extend(open.zip(entry(item).map(|(name, _)| name.to_owned()))),
            ("DEPENDENCIES", 2, Some(item)) => direct.extend(entry(item).map(|(name, _)| name.to_owned())),
            ("EXTERNAL SOURCES", 2, None) => {
                open = entry(line.trim()).and_then(|(name, _)| records.named(name).first().copied());
            }
            ("EXTERNAL SOURCES", 4, None) => places.extend(open.zip(line.trim().split_once(": "))),
            _ => {}
        }
    }
    for (record, (key, value)) in places {
        let value = value.trim_matches(['"', '\'']);
        let Some(record) = records.get_mut(record) else { continue };
        match key {
            ":git" => record.origin = Origin::Repository { url: without_credentials(value), revision: None },
            ":path" | ":podspec" => place(record, input, value),
            _ => {}
        }
    }
    for (from, name) in needs {
        records.need_named(from, &name, Scope::Runtime, false);
    }
    for name in direct {
        records.need_named(own, &name, Scope::Runtime, false);
    }
    parsed.covers.insert(input.dir().join("Podfile"));
    parsed.records = records.finish();
    parsed
}

/// Lays a pod where its path says; one that leads to its description means the folder around it.
fn place(record: &mut PackageRecord, input: &Input, path: &str) {
    let is_description = path.ends_with(".podspec") || path.ends_with(".podspec.json");
    let folder = if is_description { path.rsplit_once('/').map_or(".", |(folder, _)| folder) } else { path };
    *record = laid_at(record.clone(), input, folder);
}

fn parse_manifest(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let lines = Lines::new(&text);
    let mut records = Records::default();
    let own = records.add(own(input));
    let mut parsed = Parsed::default();
    for found in POD.captures_iter(&text).filter_map(|captures| captures.get(1)) {
        let at = input.at(lines.of(found.start()));
        if parsed.diagnostics.is_empty() {
            let diagnostic = Diagnostic::new(Code::NoLockfile, at.clone(), "nothing pins what this file names");
            parsed.diagnostics.push(diagnostic.hint("commit `Podfile.lock`, or run `pod install`"));
        }
        let target = records.add(PackageRecord::new(Purl::new(ECOSYSTEM, found.as_str(), None), at));
        records.need(own, target, Scope::Runtime, false);
    }
    parsed.records = records.finish();
    parsed
}

/// Pods lie in `Pods`, in a folder of their name; which version it is, nothing in it says.
fn copies(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    let dir: RelPath = record.at.path.parent().unwrap_or_default().join("Pods").join(record.purl.name());
    if surroundings.tree.root().list(&dir).is_empty() {
        copies.tried.push(dir.to_string());
    } else {
        copies.folders.push(Folder::on_disk(surroundings.tree.root(), dir.clone(), dir));
    }
    copies
}

fn inspect(_: &Folder) -> Inspection {
    Inspection::default()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{World, lines, problems};
    use super::*;

    const NONE: [String; 0] = [];

    #[test]
    fn parts_of_a_pod_are_the_pod() {
        let world = World::fixture("cocoapods/locked");
        let parsed = world.parse("cocoapods", "Podfile.lock");
        assert_eq!(
            lines(&parsed),
            [
                "project - own Podfile -> Ledger runtime, Local runtime, Mapper runtime",
                "Base 1.2.0 Podfile.lock:2",
                "Ledger 4.0.1 Podfile.lock:3 -> Base runtime",
                "Local 0.1.0 own Podfile.lock:7",
                "Mapper 0.9.0 Podfile.lock:8",
            ]
        );
        assert_eq!(problems(&parsed), NONE);
        assert_eq!(
            parsed.records[4].origin,
            Origin::Repository { url: "https://git.example.org/m.git".to_owned(), revision: None }
        );
        assert_eq!(world.copies("cocoapods", &parsed.records[2]).0, ["Pods/Ledger: ; "]);
    }

    #[test]
    fn broken_and_without_a_lockfile() {
        let lock: &[u8] =
            b"PODS:\n  - A\n  - ../x (1)\n  - B (1.0):\n    - A (= 2)\nEXTERNAL SOURCES:\n  B:\n    :path: ../../b\n";
        let parsed = World::of(&[("ios/Podfile.lock", lock)]).parse("cocoapods", "ios/Podfile.lock");
        assert_eq!(lines(&parsed), ["ios - own ios/Podfile.lock", "B 1.0 ios/Podfile.lock:4"]);
        assert_eq!(parsed.diagnostics.len(), 2);
        assert_eq!(parsed.records[1].origin, Origin::Outside("../../b".to_owned()));
        let pods: &[u8] = b"target 'X' do\n  # pod 'No'\n  pod 'Ledger/Core', '~> 4'\n  pod \"Base\"\nend\n";
        let parsed = World::of(&[("Podfile", pods)]).parse("cocoapods", "Podfile");
        assert_eq!(
            lines(&parsed),
            ["project - own Podfile -> Ledger runtime, Base runtime", "Ledger - Podfile:3", "Base - Podfile:4"]
        );
        assert_eq!(parsed.diagnostics.len(), 1);
    }
}
