//! Erlang: `rebar.lock`, and `rebar.config` with `src/*.app.src` by their literals.
//!
//! <https://rebar3.org/docs/configuration/dependencies/>. The files are Erlang terms. A lockfile says how deep a package
//! lies and not who needs it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath, without_credentials};
use crate::ecosystem::records::Records;
use crate::ecosystem::wanted::{Project, is_plain};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Checksum, Claim, ClaimKind, FieldFormat, Join, Origin, PackageRecord, Scope};
use crate::scan::Folder;
use crate::syntax::text::Lines;

use super::ECOSYSTEM;

pub(super) const MANIFEST: &str = "rebar.config";

/// How the description of an application ends.
const APPLICATION: &str = ".app.src";

macro_rules! regexes {
    ($($name:ident = $pattern:literal;)*) => {
        $(static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("it is valid"));)*
    };
}

regexes! {
    ENTRY = r#"\{\s*<<"([^"]*)">>\s*,\s*(\{pkg\s*,\s*<<"([^"]*)">>\s*,\s*<<"([^"]*)">>[^{}]*\}|\{git\s*,\s*"([^"]*)"\s*,\s*\{\w+\s*,\s*"([^"]*)"\}\}|\{(?:hg|git_subdir|path|raw)\b[^{}]*(?:\{[^{}]*\})?[^{}]*\})\s*,\s*(\d+)\s*\}"#;
    HASHES = r"\{\s*pkg_hash_ext\s*,\s*\[([^\]]*)\]";
    HASH = r#"<<"([^"]*)">>\s*,\s*<<"([0-9A-Fa-f]{64})">>"#;
    DEPS = r"\{\s*deps\s*,\s*\[";
    PROFILE = r"\{\s*(test|dev|docs|prod)\s*,\s*\[";
    DEPENDENCY = r"^\s*(?:\{\s*)?'?([a-z]\w*)'?";
    APP = r"\{\s*application\s*,\s*'?(\w+)'?";
    VSN = r#"\{\s*vsn\s*,\s*"([\w.+\-]+)"\s*\}"#;
    LICENSES = r"\{\s*licenses\s*,\s*\[([^\]]*)\]";
    QUOTED = r#""([^"]*)""#;
}

/// Blanks out comments, each byte in its place; `%` inside of quotes is kept.
fn without_comments(text: &str) -> String {
    let blank = |line: &str| {
        let mut quoted = false;
        let at = line.char_indices().find(|(_, char)| {
            quoted ^= *char == '"';
            *char == '%' && !quoted
        });
        match at {
            Some((at, _)) => format!("{}{}", line.get(..at).unwrap_or_default(), " ".repeat(line.len() - at)),
            None => line.to_owned(),
        }
    };
    text.split('\n').map(blank).collect::<Vec<_>>().join("\n")
}

/// Returns where the list that opens before `start` ends.
fn list_end(code: &str, start: usize) -> usize {
    let mut depth = 1_usize;
    for (at, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    code.len()
}

/// Splits a list at the commas that lie in no bracket, with the place of each item.
fn items(code: &str, start: usize, end: usize) -> Vec<(usize, &str)> {
    let (mut found, mut depth, mut from) = (Vec::new(), 0_usize, start);
    for (at, byte) in code.bytes().enumerate().take(end).skip(start) {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                found.push((from, code.get(from..at).unwrap_or_default()));
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push((from, code.get(from..end).unwrap_or_default()));
    found
}

/// What the description of an application says of its license.
pub(super) fn application(text: &str, at: &Location) -> (Option<(String, String)>, Option<Claim>) {
    let code = without_comments(text);
    let first = |regex: &Regex| regex.captures(&code).and_then(|captures| captures.get(1));
    let identity = first(&APP).zip(first(&VSN)).map(|(app, vsn)| (app.as_str().to_owned(), vsn.as_str().to_owned()));
    let claim = first(&LICENSES).and_then(|list| {
        let values: Vec<String> =
            QUOTED.captures_iter(list.as_str()).filter_map(|found| Some(found.get(1)?.as_str().to_owned())).collect();
        let at = at.at_line(Lines::new(&code).of(list.start()));
        let said = !values.is_empty();
        said.then(|| Claim::fields(ClaimKind::Declared, FieldFormat::Spdx, Join::Unknown, values, at).heuristic())
    });
    (identity, claim)
}

/// Returns the description of the application in a folder.
pub(super) fn description(folder: &Folder) -> Option<String> {
    let found = folder.files("src").into_iter().find(|file| file.ends_with(APPLICATION))?;
    Some(format!("src/{found}"))
}

/// Reads the project in a folder.
fn project(input: &Input, dir: &RelPath, parsed: &mut Parsed) -> Project {
    let path = dir.join(MANIFEST);
    let file = Location::file(path.clone());
    let mut project = Project::unnamed(ECOSYSTEM, file.clone(), dir.clone());
    let source = dir.join("src");
    let described = input.tree.files_below(&source).iter().map(|file| &file.path);
    let described = { described }.find(|path| path.file_name().is_some_and(|name| name.ends_with(APPLICATION)));
    if let Some((path, Ok(text))) = described.and_then(|path| Some((path, input.other(path)?))) {
        let at = Location::file(path.clone());
        let (identity, claim) = application(&text, &at);
        if let Some((name, version)) = identity {
            project = Project::new(Purl::new(ECOSYSTEM, &name, Some(&version)), at, dir.clone());
        }
        project.record.claims.extend(claim);
    }
    match input.other(&path) {
        Some(Ok(text)) => wants(&text, &file, &mut project),
        Some(Err(diagnostic)) => parsed.diagnostics.push(diagnostic),
        None => {}
    }
    project
}

/// Reads every list of dependencies: the project's own, and those of profiles.
fn wants(text: &str, file: &Location, project: &mut Project) {
    let code = without_comments(text);
    let lines = Lines::new(&code);
    let profiles: Vec<(usize, usize, Scope)> = PROFILE
        .captures_iter(&code)
        .filter_map(|captures| {
            let (whole, name) = (captures.get(0)?, captures.get(1)?);
            let scope = match name.as_str() {
                "test" => Scope::Test,
                "prod" => Scope::Runtime,
                _ => Scope::Dev,
            };
            Some((whole.start(), list_end(&code, whole.end()), scope))
        })
        .take(MAX_LISTS)
        .collect();
    for list in DEPS.find_iter(&code).take(MAX_LISTS) {
        let profile = profiles.iter().find(|(start, end, _)| (*start..*end).contains(&list.start()));
        let scope = profile.map_or(Scope::Runtime, |(_, _, scope)| *scope);
        for (start, item) in items(&code, list.end(), list_end(&code, list.end())) {
            let Some(name) = DEPENDENCY.captures(item).and_then(|captures| captures.get(1)) else { continue };
            let at = file.at_line(lines.of(start + name.start()));
            project.want(Purl::new(ECOSYSTEM, name.as_str(), None), scope, at);
        }
    }
}

/// How many lists of a file are read: each is followed to its end.
const MAX_LISTS: usize = 64;

pub(super) fn parse_lock(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut parsed = Parsed::default();
    let hashes = HASHES.captures(&text).and_then(|captures| captures.get(1)).map_or("", |list| list.as_str());
    let hashes: BTreeMap<&str, String> = HASH
        .captures_iter(hashes)
        .filter_map(|captures| Some((captures.get(1)?.as_str(), captures.get(2)?.as_str().to_ascii_lowercase())))
        .collect();
    let lines = Lines::new(&text);
    let (mut records, mut direct, mut names) = (Records::default(), Vec::new(), BTreeMap::new());
    let n_said = text.matches(",0}").count() + text.matches(",1}").count();
    for captures in ENTRY.captures_iter(&text) {
        let (Some(whole), Some(app)) = (captures.get(0), captures.get(1)) else { continue };
        let at = input.at(lines.of(whole.start()));
        let Some(record) = record(&captures, &hashes, at.clone()) else {
            let message = "expected a package of Hex or of a repository";
            parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            continue;
        };
        let record_idx = records.add(record);
        names.insert(app.as_str().to_owned(), record_idx);
        if captures.get(7).is_some_and(|depth| depth.as_str() == "0") {
            direct.push(record_idx);
        }
    }
    if names.is_empty() && (n_said > 0 || !text.trim().trim_end_matches('.').trim().ends_with(']')) {
        let message = "expected a list of packages";
        parsed.diagnostics.push(Diagnostic::new(Code::InvalidSyntax, Location::file(input.path.clone()), message));
    }
    let project = project(input, &input.dir(), &mut parsed);
    let own = records.add(project.record.clone());
    let wanted: BTreeMap<String, Scope> =
        project.wants.iter().map(|want| (want.purl.full_name(), want.scope)).collect();
    // What lies deeper belongs to something above it; nobody says to what, so it counts as shipped.
    for (name, record_idx) in &names {
        let scope = wanted.get(name).copied().unwrap_or(Scope::Runtime);
        records.need(own, *record_idx, scope, false);
    }
    // Profiles have no place in the lockfile: what only they ask for is not pinned.
    let lacking = project.wants.iter().filter(|want| !names.contains_key(&want.purl.full_name()));
    for want in lacking.cloned().collect::<Vec<_>>() {
        let target = records.add(PackageRecord::new(want.purl, want.at.clone()));
        records.need(own, target, want.scope, false);
        if want.scope == Scope::Runtime {
            let message = format!(
                "`{}` not in `rebar.lock`",
                records.get(target).map(|record| record.purl.full_name()).unwrap_or_default()
            );
            let diagnostic = Diagnostic::new(Code::StaleLockfile, want.at, message);
            parsed.diagnostics.push(diagnostic.hint("bring it up to date with `rebar3 lock`"));
        }
    }
    for record_idx in direct {
        if let Some(record) = records.get_mut(record_idx) {
            record.direct = true;
        }
    }
    parsed.covers.insert(input.dir().join(MANIFEST));
    parsed.records = records.finish();
    parsed
}

/// Reads one entry: the name of an application, where it comes from, and how deep it lies.
fn record(captures: &regex::Captures, hashes: &BTreeMap<&str, String>, at: Location) -> Option<PackageRecord> {
    let app = captures.get(1)?.as_str();
    let text = |group: usize| captures.get(group).map(|found| found.as_str());
    if let (Some(package), Some(version)) = (text(3), text(4)) {
        if !is_plain(package) || !is_plain(version) {
            return None;
        }
        let record = PackageRecord::new(Purl::new(ECOSYSTEM, package, Some(version)), at);
        let checksum = |hex: &String| Checksum { algorithm: "sha256".to_owned(), hex: hex.clone() };
        return Some(PackageRecord { checksums: hashes.get(app).map(checksum).into_iter().collect(), ..record });
    }
    let (url, revision) = (text(5)?, text(6)?);
    let purl = Purl::new(ECOSYSTEM, Some(app).filter(|app| is_plain(app))?, Some(revision));
    let origin = Origin::Repository { url: without_credentials(url), revision: Some(revision.to_owned()) };
    Some(PackageRecord { origin, ..PackageRecord::new(purl, at) })
}

/// Reads a project that no lockfile covers; one without dependencies has none.
pub(super) fn parse_manifest(input: &Input) -> Parsed {
    if let Err(diagnostic) = input.text(Role::Manifest) {
        return Parsed::failed(diagnostic);
    }
    let mut read = Parsed::default();
    let mut parsed = project(input, &input.dir(), &mut read).alone("commit `rebar.lock`: `rebar3 lock` writes it");
    parsed.diagnostics.extend(read.diagnostics);
    parsed
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{World, lines, problems};

    /// The entries of repositories are what rebar3 3.19 wrote for two of our own; those of Hex are as published
    /// lockfiles have them.
    #[test]
    fn a_lockfile_a_project_and_what_is_built() {
        let world = World::fixture("hex/rebar");
        let parsed = world.parse("hex", "rebar.lock");
        assert_eq!(
            lines(&parsed),
            [
                "certs 2.12.0 rebar.lock:2",
                "dep2 6dee997a direct rebar.lock:3",
                "uuid_erl 2.0.1 direct rebar.lock:7",
                "shop 1.4.0 own src/shop.app.src `Apache-2.0` 5 -> certs runtime, dep2 runtime, uuid_erl runtime, mocker test",
                "mocker - rebar.config:7",
            ]
        );
        assert_eq!(problems(&parsed), [] as [String; 0]);
        assert_eq!((parsed.records[0].checksums.len(), parsed.records[1].checksums.len()), (1, 0));
        let dir = "_build/default/lib/certs";
        assert_eq!(
            world.copies("hex", &parsed.records[0]).0,
            [format!("{dir}: `BSD` {dir}/src/certs.app.src:3; certs 2.12.0")]
        );
    }

    #[test]
    fn broken_stale_and_without_a_lockfile() {
        let config: &[u8] = b"%% {deps, [off]}.\n{deps, [gone,\n  {other, \".*\", {git, \"https://git.example.org/o\", {tag, \"1\"}}}]}.\n";
        let lock: &[u8] = b"{\"1.2.0\",\n[{<<\"a\">>,{pkg,<<\"../a\">>,<<\"1\">>},0},\n {<<\"other\">>,{pkg,<<\"other\">>,<<\"1.0\">>},0}]}.\n";
        let world = World::of(&[
            ("rebar.config", config),
            ("rebar.lock", lock),
            ("bad/rebar.lock", b"what"),
            ("near/rebar.lock", b"[].\n"),
        ]);
        let parsed = world.parse("hex", "rebar.lock");
        assert_eq!(
            lines(&parsed),
            [
                "other 1.0 direct rebar.lock:3",
                "project - own rebar.config -> other runtime, gone runtime",
                "gone - rebar.config:2"
            ]
        );
        assert_eq!(
            problems(&parsed),
            [
                "invalid-entry rebar.lock:2 expected a package of Hex or of a repository",
                "stale-lockfile rebar.config:2 `gone` not in `rebar.lock`"
            ]
        );
        let parsed = world.parse("hex", "rebar.config");
        assert_eq!(
            lines(&parsed),
            [
                "project - own rebar.config -> gone runtime, other runtime",
                "gone - rebar.config:2",
                "other - rebar.config:3"
            ]
        );
        assert_eq!(
            problems(&world.parse("hex", "bad/rebar.lock")),
            ["invalid-syntax bad/rebar.lock expected a list of packages"]
        );
        assert_eq!(problems(&world.parse("hex", "near/rebar.lock")), [] as [String; 0]);
    }
}
