//! Elixir and Erlang: `mix.lock`, `mix.exs` by its literals, rebar's files, and what is left in `deps` or `_build`.
//!
//! <https://hexdocs.pm/mix/Mix.Tasks.Deps.html>. Both files are programs; the lockfile has one package a line.

mod rebar;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath, without_credentials};
use crate::model::{Checksum, Claim, ClaimKind, FieldFormat, Join, Origin, PackageRecord, Scope, Trait};
use crate::scan::{Folder, Limits, is_vendored};
use crate::syntax::text::Lines;

use super::records::Records;
use super::{Copies, Ecosystem, FileKind, Input, Inspection, Knows, Parsed, Pattern, Role, Surroundings};

const ECOSYSTEM: &str = "hex";
const MANIFEST: &str = "mix.exs";
const METADATA: &str = "hex_metadata.config";

macro_rules! regexes {
    ($($name:ident = $pattern:literal;)*) => {
        $(static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("it is valid"));)*
    };
}

regexes! {
    ENTRY = r#"^\s*"(\w+)":\s*\{:(\w+),\s*(.*)$"#;
    HEX = r#"^:(\w+),\s*"([\w.+\-]+)",(.*)$"#;
    NEED = r#"\{:(\w+),\s*"[^"]*",\s*\[hex:"#;
    END = r#""([\w:.\-]+)",\s*"([0-9a-f]{64})"\},?\s*$"#;
    GIT = r#"^"([^"]+)",\s*"([0-9a-f]+)""#;
    APP = r"\bapp:\s*:(\w+)";
    VERSION = r#"\bversion:\s*"([\w.+\-]+)""#;
    LICENSES = r"\blicenses:\s*\[([^\]]*)\]";
    DEPENDENCY = r"\{:(\w+),([^{}]*)\}";
    ONLY = r"\bonly:\s*(\[[^\]]*\]|:\w+)";
    QUOTED = r#"<<"([^"]*)">>|"([^"]*)""#;
    METADATA_LICENSES = r#"\{<<"licenses">>,\s*\[([^\]]*)\]\}"#;
    METADATA_FIELD = r#"\{<<"(name|version)">>,\s*<<"([^"]*)">>\}"#;
}

/// Where Mix puts packages, by the names of their applications.
const STORE: &str = "deps";

pub(super) static HEX_PM: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "Elixir and Erlang (Mix, rebar)",
    files: &[
        FileKind {
            pattern: Pattern::Name("mix.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges],
            parse: parse_lock,
        },
        FileKind {
            pattern: Pattern::Name("rebar.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions],
            parse: rebar::parse_lock,
        },
        FileKind {
            pattern: Pattern::Name(MANIFEST),
            role: Role::Manifest,
            knows: &[Knows::Scopes, Knows::Licenses],
            parse: parse_manifest,
        },
        FileKind {
            pattern: Pattern::Name(rebar::MANIFEST),
            role: Role::Manifest,
            knows: &[Knows::Scopes, Knows::Licenses],
            parse: rebar::parse_manifest,
        },
    ],
    copies,
    inspect,
    fetch_command: "mix deps.get",
};

/// A project and what it asks for.
struct Project {
    record: PackageRecord,
    needs: BTreeMap<String, (Scope, u32)>,
}

impl Project {
    fn read(text: &str, path: &RelPath) -> Self {
        // Comments are blanked out line by line, so that what is turned off is not asked for.
        let code: String = text
            .lines()
            .map(|line| if line.trim_start().starts_with('#') { "\n".to_owned() } else { format!("{line}\n") })
            .collect();
        let lines = Lines::new(&code);
        let dir = path.parent().unwrap_or_default();
        let first = |regex: &Regex| regex.captures(&code).and_then(|captures| captures.get(1));
        let app = first(&APP);
        let name = app.map_or_else(|| dir.file_name().unwrap_or("project").to_owned(), |app| app.as_str().to_owned());
        let line = app.map_or(1, |app| lines.of(app.start()));
        let purl = Purl::new(ECOSYSTEM, &name, first(&VERSION).map(|version| version.as_str()));
        let mut record = PackageRecord::own(purl, Location::line(path.clone(), line), dir.clone());
        if let Some(licenses) = first(&LICENSES) {
            let at = Location::line(path.clone(), lines.of(licenses.start()));
            record.claims.extend(claim(quoted(licenses.as_str()), at).map(Claim::heuristic));
        }
        if is_vendored(&dir) {
            record.own = false;
            record.traits.insert(Trait::Vendored);
        }
        let mut needs = BTreeMap::new();
        for captures in DEPENDENCY.captures_iter(&code) {
            let (Some(name), Some(options)) = (captures.get(1), captures.get(2)) else { continue };
            let is_dependency = options.as_str().contains(['"', ':']);
            if is_dependency {
                needs.insert(name.as_str().to_owned(), (scope(options.as_str()), lines.of(name.start())));
            }
        }
        Self { record, needs }
    }
}

/// Returns in which scope a dependency is asked for; an environment that is not known counts as runtime.
fn scope(options: &str) -> Scope {
    let Some(only) = ONLY.captures(options).and_then(|captures| captures.get(1)) else { return Scope::Runtime };
    let words =
        only.as_str().split(|char: char| !char.is_alphanumeric() && char != '_').filter(|word| !word.is_empty());
    let of = |word: &str| match word {
        "test" => Scope::Test,
        "dev" => Scope::Dev,
        _ => Scope::Runtime,
    };
    words.map(of).max().unwrap_or(Scope::Runtime)
}

fn quoted(text: &str) -> Vec<String> {
    let found = QUOTED.captures_iter(text).filter_map(|captures| captures.get(1).or_else(|| captures.get(2)));
    found.map(|found| found.as_str().to_owned()).collect()
}

/// How several licenses combine, Hex does not say.
fn claim(licenses: Vec<String>, at: Location) -> Option<Claim> {
    let said = !licenses.is_empty();
    said.then(|| Claim::fields(ClaimKind::Declared, FieldFormat::Spdx, Join::Unknown, licenses, at))
}

/// Reads the project beside a lockfile, and those of an umbrella.
fn projects(input: &Input) -> (Vec<Project>, BTreeSet<RelPath>, Vec<Diagnostic>) {
    let apps = input.dir().join("apps");
    let below = input.tree.files_below(&apps).iter().map(|file| file.path.clone());
    let of_apps = below.filter(|path| {
        path.file_name() == Some(MANIFEST) && path.parent().and_then(|dir| dir.parent()).as_ref() == Some(&apps)
    });
    let (mut found, mut covers, mut diagnostics) = (Vec::new(), BTreeSet::new(), Vec::new());
    for path in [input.dir().join(MANIFEST)].into_iter().chain(of_apps) {
        match input.other(&path) {
            Some(Ok(text)) => {
                found.push(Project::read(&text, &path));
                covers.insert(path);
            }
            Some(Err(diagnostic)) => diagnostics.push(diagnostic),
            None => {}
        }
    }
    (found, covers, diagnostics)
}

fn parse_lock(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let (projects, covers, mut diagnostics) = projects(input);
    let mut records = Records::default();
    let owns: Vec<usize> = projects.iter().map(|project| records.add(project.record.clone())).collect();
    let app = |(project, own): (&Project, &usize)| (project.record.purl.name().to_owned(), *own);
    let mut by_app: BTreeMap<String, usize> = projects.iter().zip(&owns).map(app).collect();
    let mut open = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let at = input.at(u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1));
        if matches!(line.trim(), "" | "%{" | "}") {
            continue;
        }
        let Some(Entry { app, mut record, needs }) = entry(line, at.clone()) else {
            let message = "expected a package of Hex or of a repository, found something else";
            diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            continue;
        };
        if app != record.purl.name() {
            record.dir = Some(input.dir().join(STORE).join(&app));
        }
        let record_idx = records.add(record);
        by_app.insert(app, record_idx);
        open.push((record_idx, needs));
    }
    for (from, needs) in open {
        for target in needs.iter().filter_map(|need| by_app.get(need)) {
            records.need(from, *target, Scope::Runtime, false);
        }
    }
    let mut lacking = Vec::new();
    for (project, own) in projects.iter().zip(owns) {
        for (name, (scope, line)) in &project.needs {
            match by_app.get(name) {
                Some(target) => records.need(own, *target, *scope, false),
                None => lacking.push((project.record.at.at_line(*line), name, own, *scope)),
            }
        }
    }
    if let Some((at, ..)) = lacking.first() {
        let names: Vec<String> = lacking.iter().map(|(_, name, ..)| format!("`{name}`")).collect();
        let diagnostic =
            Diagnostic::new(Code::StaleLockfile, at.clone(), format!("{} not in `mix.lock`", names.join(", ")));
        diagnostics.push(diagnostic.hint("bring it up to date with `mix deps.get`"));
    }
    for (at, name, own, scope) in lacking {
        let target = records.add(PackageRecord::new(Purl::new(ECOSYSTEM, name, None), at));
        records.need(own, target, scope, false);
    }
    Parsed { records: records.finish(), diagnostics, covers }
}

/// One line of a lockfile.
struct Entry {
    /// The name of the application, by which others need it; that of its package may be another.
    app: String,
    record: PackageRecord,
    /// The applications that it needs.
    needs: Vec<String>,
}

fn entry(line: &str, at: Location) -> Option<Entry> {
    let captures = ENTRY.captures(line)?;
    let (name, kind, rest) = (captures.get(1)?.as_str(), captures.get(2)?.as_str(), captures.get(3)?.as_str());
    if kind == "git" {
        let captures = GIT.captures(rest)?;
        let revision = captures.get(2)?.as_str().to_owned();
        let origin = Origin::Repository {
            url: without_credentials(captures.get(1)?.as_str()),
            revision: Some(revision.clone()),
        };
        let record = PackageRecord::new(Purl::new(ECOSYSTEM, name, Some(&revision)), at);
        return Some(Entry { app: name.to_owned(), record: PackageRecord { origin, ..record }, needs: Vec::new() });
    }
    let captures = HEX.captures(rest).filter(|_| kind == "hex")?;
    let (package, version, rest) = (captures.get(1)?.as_str(), captures.get(2)?.as_str(), captures.get(3)?.as_str());
    let mut record = PackageRecord::new(Purl::new(ECOSYSTEM, package, Some(version)), at);
    if let Some(captures) = END.captures(rest) {
        let repository = captures.get(1)?.as_str();
        if repository != "hexpm" {
            record.origin = Origin::OtherRegistry(repository.to_owned());
        }
        record.checksums.push(Checksum { algorithm: "sha256".to_owned(), hex: captures.get(2)?.as_str().to_owned() });
    }
    let needs = NEED.captures_iter(rest).filter_map(|captures| Some(captures.get(1)?.as_str().to_owned())).collect();
    Some(Entry { app: name.to_owned(), record, needs })
}

/// Reads a project that no lockfile covers.
fn parse_manifest(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let project = Project::read(&text, input.path);
    let mut records = Records::default();
    let is_own = project.record.own;
    let own = records.add(project.record);
    let mut parsed = Parsed::default();
    // What copied code needs is installed by whoever copied it.
    for (name, (scope, line)) in project.needs.iter().filter(|_| is_own) {
        if parsed.diagnostics.is_empty() {
            let diagnostic = Diagnostic::new(Code::NoLockfile, input.at(*line), "nothing pins what this project needs");
            parsed.diagnostics.push(diagnostic.hint("commit `mix.lock`, or run `mix deps.get`"));
        }
        let target = records.add(PackageRecord::new(Purl::new(ECOSYSTEM, name, None), input.at(*line)));
        records.need(own, target, *scope, false);
    }
    parsed.records = records.finish();
    parsed
}

/// Packages lie in a folder of their name: in `deps`, or where rebar builds them.
fn copies(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    let is_rebar = record.at.path.file_name().is_some_and(|name| name.starts_with("rebar."));
    let store = if is_rebar { "_build/default/lib" } else { STORE };
    let by_name = || record.at.path.parent().unwrap_or_default().join(store).join(record.purl.name());
    let dir = record.dir.clone().unwrap_or_else(by_name);
    if surroundings.tree.root().list(&dir).is_empty() {
        copies.tried.push(dir.to_string());
    } else {
        copies.folders.push(Folder::on_disk(surroundings.tree.root(), dir.clone(), dir));
    }
    copies
}

/// Reads the metadata that Hex puts into each package, else the description of the application.
fn inspect(folder: &Folder) -> Inspection {
    let mut inspection = Inspection::default();
    let Ok(text) = folder.read_text(METADATA, Limits::DEFAULT.manifest) else {
        let Some(file) = rebar::description(folder) else { return inspection };
        let text = folder.read_text(&file, Limits::DEFAULT.manifest).unwrap_or_default();
        let (identity, claim) = rebar::application(&text, &folder.location(&file));
        inspection.identity = identity;
        inspection.claims.extend(claim);
        return inspection;
    };
    let field = |name: &str| {
        let mut found = METADATA_FIELD.captures_iter(&text);
        let found = found.find(|captures| captures.get(1).is_some_and(|found| found.as_str() == name))?;
        Some(found.get(2)?.as_str().to_owned())
    };
    inspection.identity = field("name").zip(field("version"));
    if let Some(licenses) = METADATA_LICENSES.captures(&text).and_then(|captures| captures.get(1)) {
        let at = folder.location(METADATA).at_line(Lines::new(&text).of(licenses.start()));
        inspection.claims.extend(claim(quoted(licenses.as_str()), at));
    }
    inspection
}

#[cfg(test)]
mod tests {
    use super::super::testing::{World, lines, problems};
    use super::*;

    #[test]
    fn a_lockfile_an_umbrella_and_installed_packages() {
        let world = World::fixture("hex/umbrella");
        let parsed = world.parse("hex", "mix.lock");
        assert_eq!(
            lines(&parsed),
            [
                "shop 1.4.0 own mix.exs:6 `PPL` 16 -> linter dev, tester test",
                "web 0.1.0 own apps/web/mix.exs:3 -> ledger runtime, mapper runtime",
                "base 1.2.0 mix.lock:2",
                "ini_beam 2.2.4 mix.lock:3",
                "ledger 2.10.0 mix.lock:4 -> base runtime, ini_beam runtime",
                "linter 1.7.0 mix.lock:5",
                "mapper 0123abcd mix.lock:6",
                "tester 3.0.0 mix.lock:7",
            ]
        );
        assert_eq!(problems(&parsed), [] as [String; 0]);
        assert_eq!(parsed.records[7].origin, Origin::OtherRegistry("coop".to_owned()));
        let found = world.copies("hex", &parsed.records[4]).0;
        assert_eq!(found, ["deps/ledger: `Apache-2.0 | MIT` deps/ledger/hex_metadata.config:3; ledger 2.10.0"]);
        // The application names the folder, not the package.
        assert_eq!(
            world.copies("hex", &parsed.records[3]).0,
            ["deps/ini: `MIT` deps/ini/hex_metadata.config:3; ini_beam 2.2.4"]
        );
        assert_eq!(parsed.covers.len(), 2);
    }

    #[test]
    fn broken_stale_and_without_a_lockfile() {
        let lock: &[u8] = b"%{\n  \"a\": {:hex, :a, \"../1\", \"x\", [:mix], [], \"hexpm\", \"y\"},\n  what\n}\n";
        let manifest: &[u8] = b"app: :m,\n[{:a, \"~> 1.0\"},\n# {:off, \"~> 1.0\"},\n {:b, \"~> 1.0\", only: :docs}]\n";
        let world = World::of(&[("mix.lock", lock), ("mix.exs", manifest)]);
        let parsed = world.parse("hex", "mix.lock");
        assert_eq!(lines(&parsed), ["m - own mix.exs:1 -> a runtime, b runtime", "a - mix.exs:2", "b - mix.exs:4"]);
        assert_eq!(parsed.diagnostics.len(), 3);
        let parsed = world.parse("hex", "mix.exs");
        assert_eq!(problems(&parsed), ["no-lockfile mix.exs:2 nothing pins what this project needs"]);
    }
}
