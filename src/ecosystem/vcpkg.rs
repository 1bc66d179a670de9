//! C and C++ packages of vcpkg: `vcpkg.json`, and what is installed beside it.
//!
//! <https://learn.microsoft.com/vcpkg/reference/vcpkg-json>. There is no lockfile: a baseline in a repository of ports
//! decides versions. What `vcpkg install` leaves in `vcpkg_installed` says which they are, and who needs whom.

use std::collections::BTreeMap;

use crate::base::{Code, Diagnostic, Location, Purl};
use crate::model::{Claim, ClaimKind, FieldFormat, PackageRecord, Scope};
use crate::scan::{Folder, Limits};
use crate::syntax::headers::blocks;
use crate::syntax::json::{Json, Object, read};
use crate::syntax::text;

use super::records::Records;
use super::wanted::{Project, Wanted, is_plain};
use super::{Copies, Ecosystem, FileKind, Input, Inspection, Knows, Parsed, Pattern, Role, Surroundings};

const ECOSYSTEM: &str = "vcpkg";
const STORE: &str = "vcpkg_installed";
const METADATA: &str = "vcpkg.spdx.json";
const HINT: &str = "run `vcpkg install`, which leaves the versions in `vcpkg_installed`";

pub(super) static VCPKG: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "C and C++ (vcpkg)",
    files: &[FileKind {
        pattern: Pattern::Name("vcpkg.json"),
        role: Role::Manifest,
        knows: &[Knows::Versions, Knows::Edges, Knows::Scopes, Knows::Licenses],
        parse,
    }],
    copies,
    inspect,
    fetch_command: "vcpkg install",
};

/// The fields in which a manifest gives its version, of which it has one.
const VERSIONS: &[&str] = &["version", "version-semver", "version-date", "version-string"];

/// Reads a manifest: what it asks for, its features as well.
fn project(input: &Input, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Project> {
    let file = Location::file(input.path.clone());
    let json = Json::new(text);
    let root = match json.object(&file) {
        Ok(root) => root,
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            return None;
        }
    };
    let version = VERSIONS.iter().find_map(|key| root.string(key));
    let mut project = match root.string("name").filter(|name| is_plain(name)) {
        Some(name) => {
            let at = file.at_line(root.get("name").map_or(1, |value| json.line(value)));
            Project::new(Purl::new(ECOSYSTEM, &name, version.as_deref()), at, input.dir())
        }
        None => Project::unnamed(ECOSYSTEM, file.clone(), input.dir()),
    };
    project.record.claims = license(&json, &root, &file).into_iter().collect();
    let overrides = root.array("overrides").into_iter().filter_map(read::<Object>);
    let overrides: BTreeMap<String, Object> = overrides.filter_map(|pin| Some((pin.string("name")?, pin))).collect();
    let mut lists = vec![(root.array("dependencies"), false)];
    for (_, feature) in root.object("features").iter() {
        lists.push((read::<Object>(feature).unwrap_or_default().array("dependencies"), true));
    }
    for (value, optional) in
        lists.into_iter().flat_map(|(list, optional)| list.into_iter().map(move |item| (item, optional)))
    {
        let at = file.at_line(json.line(value));
        let entry: Object = read(value).unwrap_or_default();
        let Some(name) = read::<String>(value).or_else(|| entry.string("name")).filter(|name| is_plain(name)) else {
            let message = "expected the name of a package, or an object with `name`";
            diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            continue;
        };
        let pinned = overrides.get(&name);
        let version = pinned.and_then(|pin| VERSIONS.iter().find_map(|key| pin.string(key)));
        let scope = if entry.get("host").and_then(read) == Some(true) { Scope::Build } else { Scope::Runtime };
        let optional = optional || entry.get("platform").is_some();
        let purl = Purl::new(ECOSYSTEM, &name, version.as_deref().filter(|version| is_plain(version)));
        project.wants.push(Wanted { purl, scope, optional, at });
    }
    Some(project)
}

/// Null means that the license is said in the port's `copyright` file alone.
fn license(json: &Json, root: &Object, file: &Location) -> Option<Claim> {
    let value = root.get("license")?;
    let license = read::<String>(value).filter(|license| !license.trim().is_empty())?;
    Some(Claim::field(ClaimKind::Declared, FieldFormat::Spdx, &license, file.at_line(json.line(value))))
}

fn parse(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut diagnostics = Vec::new();
    let Some(project) = project(input, &text, &mut diagnostics) else {
        return Parsed { diagnostics, ..Parsed::default() };
    };
    let mut parsed = match installed(input) {
        Some(records) => joined(project, records),
        None => project.alone(HINT),
    };
    parsed.diagnostics.extend(diagnostics);
    parsed
}

fn joined(project: Project, mut records: Records) -> Parsed {
    // A feature that was not asked for, and what is for other platforms, need not be installed.
    let known = |want: &Wanted| !want.optional || !records.named(&want.purl.full_name()).is_empty();
    let wants: Vec<Wanted> = project.wants.iter().filter(|want| known(want)).cloned().collect();
    let diagnostic = Project { wants, ..project }.join(&mut records, "vcpkg_installed", "run `vcpkg install`");
    Parsed { records: records.finish(), diagnostics: diagnostic.into_iter().collect(), ..Parsed::default() }
}

/// Reads the status file of what is installed: a stanza for each package, and one for each of its features.
fn installed(input: &Input) -> Option<Records> {
    let path = input.dir().join(STORE).join("vcpkg/status");
    let bytes = input.tree.read(&path, Limits::DEFAULT.lockfile).ok()?;
    let mut records = Records::default();
    let mut open: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for block in blocks(&text::decode(&bytes).text) {
        let is_installed = block.str("Status").is_some_and(|status| status.ends_with("ok installed"));
        let Some(field) = block.get("Package").filter(|field| is_installed && is_plain(&field.value)) else { continue };
        let version = block.str("Version").filter(|version| is_plain(version));
        let known = records.named(&field.value).first().copied();
        let record_idx = match (version, known) {
            (Some(version), _) => {
                let port = block.str("Port-Version").filter(|port| *port != "0");
                let purl = Purl::new(ECOSYSTEM, &field.value, Some(version));
                let purl = purl.with_qualifier("port_version", port.unwrap_or_default());
                records.add(PackageRecord::new(purl, Location::line(path.clone(), field.line)))
            }
            (None, Some(known)) => known,
            (None, None) => continue,
        };
        let needs = block.str("Depends").unwrap_or_default().split(',');
        // `name:triplet` names what is built for another machine: the one that builds.
        let name = |need: &str| need.trim().split([':', '[', ' ']).next().unwrap_or_default().to_owned();
        open.entry(record_idx).or_default().extend(needs.map(name).filter(|name| !name.is_empty()));
    }
    for (from, name) in open.iter().flat_map(|(from, names)| names.iter().map(move |name| (*from, name))) {
        records.need_named(from, name, Scope::Runtime, false);
    }
    Some(records)
}

/// A package is installed for each machine: `vcpkg_installed/TRIPLET/share/NAME`.
fn copies(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    let root = surroundings.tree.root();
    let mut folder = record.at.path.parent();
    while let Some(dir) = folder {
        let store = if dir.file_name() == Some(STORE) { dir.clone() } else { dir.join(STORE) };
        for triplet in root.list(&store).iter() {
            let share = store.join(&triplet.name).join("share").join(record.purl.name());
            if root.has_file(&share.join("copyright")) || root.has_file(&share.join(METADATA)) {
                copies.folders.push(Folder::on_disk(root, share.clone(), share));
            }
        }
        if !copies.folders.is_empty() {
            return copies;
        }
        folder = dir.parent();
    }
    copies.tried.push(format!("{STORE}/*/share/{}", record.purl.name()));
    copies
}

/// Reads the document that vcpkg writes about each package it builds.
fn inspect(folder: &Folder) -> Inspection {
    let mut inspection = Inspection::default();
    let Ok(text) = folder.read_text(METADATA, Limits::DEFAULT.manifest) else { return inspection };
    let json = Json::new(&text);
    let Ok(root) = json.object(&folder.location(METADATA)) else { return inspection };
    let packages = root.array("packages").into_iter().filter_map(read::<Object>);
    let mut ports = packages.filter(|package| package.string("SPDXID").as_deref() == Some("SPDXRef-port"));
    let Some(port) = ports.next() else { return inspection };
    let version = port.string("versionInfo").unwrap_or_default();
    let version = version.split('#').next().unwrap_or_default().to_owned();
    inspection.identity = port.string("name").map(|name| (name, version));
    inspection.credits.homepage = port.string("homepage");
    // The license of the port stands as concluded in the file, though its author only declares it.
    for key in ["licenseConcluded", "licenseDeclared"] {
        let Some(value) = port.get(key) else { continue };
        let said = read::<String>(value).filter(|license| is_said(license));
        let at = folder.location(METADATA).at_line(json.line(value));
        if let Some(license) = said {
            inspection.claims.push(Claim::field(ClaimKind::Declared, FieldFormat::Spdx, &license, at));
            break;
        }
    }
    inspection
}

/// A port without a license has a reference of vcpkg's own in its place.
fn is_said(license: &str) -> bool {
    !matches!(license, "NOASSERTION" | "NONE" | "") && !license.starts_with("LicenseRef-vcpkg-null")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{World, lines, problems};
    use super::*;

    #[test]
    fn a_manifest_and_what_is_installed() {
        let world = World::fixture("vcpkg/installed");
        let parsed = world.parse("vcpkg", "vcpkg.json");
        assert_eq!(
            lines(&parsed),
            [
                "mk 2024-04-23 vcpkg_installed/vcpkg/status:1",
                "zl 1.3.1 vcpkg_installed/vcpkg/status:9 -> mk runtime",
                "math 2.0 vcpkg_installed/vcpkg/status:18 -> zl runtime",
                "coop-shop 1.4.0 own vcpkg.json:2 `PPL` 4 -> mk build, zl runtime, math runtime",
            ]
        );
        assert_eq!(problems(&parsed), [] as [String; 0]);
        assert_eq!(parsed.records[1].purl.to_string(), "pkg:vcpkg/zl@1.3.1?port_version=2");
        let share = "vcpkg_installed/x64-linux/share/zl";
        assert_eq!(
            world.copies("vcpkg", &parsed.records[1]).0,
            [format!("{share}: `Zlib` {share}/vcpkg.spdx.json:11; zl 1.3.1")]
        );
        assert_eq!(world.copies("vcpkg", &parsed.records[2]).0, ["vcpkg_installed/x64-linux/share/math: ; "]);
    }

    #[test]
    fn without_what_is_installed_and_broken() {
        let manifest: &[u8] = b"{\"name\": \"shop\",\n\"dependencies\": [\n\"zl\",\n{\"name\": \"mk\", \"host\": true},\n{\"platform\": \"x\"},\n\"../x\"],\n\"overrides\": [{\"name\": \"zl\", \"version\": \"1.3.1\"}],\n\"features\": {\"gui\": {\"dependencies\": [\n{\"name\": \"qt\"}]}}}";
        let world = World::of(&[
            ("vcpkg.json", manifest),
            ("bad/vcpkg.json", b"{"),
            ("near/vcpkg.json", b"{\"license\": null}"),
        ]);
        let parsed = world.parse("vcpkg", "vcpkg.json");
        assert_eq!(
            lines(&parsed),
            [
                "shop - own vcpkg.json:1 -> zl runtime, mk build, qt runtime?",
                "zl 1.3.1 vcpkg.json:3",
                "mk - vcpkg.json:4",
                "qt - vcpkg.json:9"
            ]
        );
        assert_eq!(problems(&parsed)[0], "no-lockfile vcpkg.json:3 nothing pins what this project needs");
        assert_eq!(parsed.diagnostics.len(), 3);
        assert_eq!(world.parse("vcpkg", "bad/vcpkg.json").diagnostics[0].code, Code::InvalidSyntax);
        assert_eq!(lines(&world.parse("vcpkg", "near/vcpkg.json")), ["near - own near/vcpkg.json"]);
    }
}
