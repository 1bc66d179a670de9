//! Paket: `paket.lock` and `paket.dependencies`.
//!
//! <https://fsprojects.github.io/Paket/lock-file.html>. Both are lines by their indentation, in groups.
//! Left out on purpose: single files of repositories (`GITHUB`, `HTTP`), which are named in a diagnostic.

use std::collections::BTreeMap;

use crate::base::{Code, Diagnostic, Location, Purl, is_official_registry, without_credentials};
use crate::ecosystem::records::Records;
use crate::ecosystem::wanted::{Project, Wanted, line_number};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Origin, PackageRecord, Scope};

use super::{ECOSYSTEM, is_plain};

const MANIFEST: &str = "paket.dependencies";

/// Groups are names that people choose; the first has none, or is called `Main`.
fn scope(group: &str) -> Scope {
    match group.to_ascii_lowercase().as_str() {
        "test" | "tests" => Scope::Test,
        "build" | "fake" => Scope::Build,
        "docs" | "formatting" | "dev" => Scope::Dev,
        _ => Scope::Runtime,
    }
}

/// Reads `Name (1.2.3) - restriction: …`; what is asked for has a range in the parentheses.
fn entry(text: &str) -> Option<(&str, Option<&str>)> {
    let name = text.split([' ', '(']).next().filter(|name| is_plain(name))?;
    let version = text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(version, _)| version);
    Some((name, version.filter(|version| is_plain(version))))
}

/// One group's packages, by name.
#[derive(Default)]
struct Group {
    names: BTreeMap<String, usize>,
    open: Vec<(usize, String)>,
}

pub(super) fn parse_lock(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let (mut records, mut parsed) = (Records::default(), Parsed::default());
    parsed
        .diagnostics
        .extend(input.unless_marked(&text, &["NUGET", "GITHUB", "GIT", "HTTP", "GROUP", "RESTRICTION:", "STORAGE:"]));
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    let (mut group, mut source, mut remote) = (String::new(), "", "");
    let mut last = None;
    for (index, line) in text.lines().enumerate() {
        let item = line.trim();
        let depth = line.len() - line.trim_start_matches(' ').len();
        let at = input.at(line_number(index));
        match depth {
            _ if item.is_empty() => {}
            0 => {
                source = item;
                if let Some(name) = item.strip_prefix("GROUP ") {
                    group = name.trim().to_ascii_lowercase();
                }
            }
            2 => remote = item.strip_prefix("remote:").unwrap_or_default().trim(),
            4 if source == "NUGET" => {
                let Some((name, Some(version))) = entry(item) else {
                    let message = "expected a package and its version in parentheses";
                    parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
                    last = None;
                    continue;
                };
                let record = PackageRecord::new(Purl::new(ECOSYSTEM, name, Some(version)), at);
                let record_idx = records.add(PackageRecord { origin: origin(remote), ..record });
                groups.entry(group.clone()).or_default().names.insert(name.to_ascii_lowercase(), record_idx);
                last = Some(record_idx);
            }
            6 if source == "NUGET" => {
                if let (Some((name, _)), Some(from)) = (entry(item), last) {
                    groups.entry(group.clone()).or_default().open.push((from, name.to_ascii_lowercase()));
                }
            }
            4 => {
                let message =
                    format!("files of {source} are not looked for: `{}`", item.split(' ').next().unwrap_or_default());
                parsed.diagnostics.push(Diagnostic::new(Code::NotUnderstood, at, message));
            }
            _ => {}
        }
    }
    for group in groups.values() {
        for (from, name) in &group.open {
            if let Some(&target) = group.names.get(name) {
                records.need(*from, target, Scope::Runtime, false);
            }
        }
    }
    finish(input, records, &groups, parsed)
}

fn origin(remote: &str) -> Origin {
    // The second version of the interface had its own address on the same host.
    let is_official = remote.is_empty() || is_official_registry(ECOSYSTEM, remote);
    if is_official { Origin::Registry } else { Origin::OtherRegistry(without_credentials(remote)) }
}

/// Adds the project; in a group that no list names, what nothing else needs is what was asked for.
fn finish(input: &Input, mut records: Records, groups: &BTreeMap<String, Group>, mut parsed: Parsed) -> Parsed {
    let path = input.dir().join(MANIFEST);
    let file = Location::file(path.clone());
    let wants = match input.other(&path) {
        Some(Ok(text)) => {
            parsed.covers.insert(path);
            Some(wants(&text, &file))
        }
        other => {
            parsed.diagnostics.extend(other.and_then(Result::err));
            None
        }
    };
    let at = if wants.is_some() { file } else { Location::file(input.path.clone()) };
    let own = records.add(Project::unnamed(ECOSYSTEM, at, input.dir()).record);
    let mut lacking = Vec::new();
    for (group, want) in wants.iter().flatten() {
        let name = want.purl.full_name().to_ascii_lowercase();
        match groups.get(group).and_then(|group| group.names.get(&name)) {
            Some(&target) => records.need(own, target, want.scope, false),
            None => lacking.push(want),
        }
    }
    for (name, group) in groups.iter().filter(|_| wants.is_none()) {
        let needed: Vec<&String> = group.open.iter().map(|(_, name)| name).collect();
        let needed: std::collections::BTreeSet<&String> = needed.into_iter().collect();
        for (_, target) in group.names.iter().filter(|(name, _)| !needed.contains(name)) {
            records.need(own, *target, scope(name), false);
        }
    }
    if let Some(first) = lacking.first() {
        let names: Vec<String> = lacking.iter().map(|want| format!("`{}`", want.purl.full_name())).collect();
        let message = format!("{} not in `paket.lock`", names.join(", "));
        let diagnostic = Diagnostic::new(Code::StaleLockfile, first.at.clone(), message);
        parsed.diagnostics.push(diagnostic.hint("bring it up to date with `paket install`"));
    }
    for want in lacking {
        let target = records.add(PackageRecord::new(want.purl.clone(), want.at.clone()));
        records.need(own, target, want.scope, false);
    }
    parsed.records = records.finish();
    parsed
}

/// Reads `nuget Name version` and `clitool Name` in groups.
fn wants(text: &str, file: &Location) -> Vec<(String, Wanted)> {
    let mut found = Vec::new();
    let mut group = String::new();
    for (index, line) in text.lines().enumerate() {
        let mut words = line.split_whitespace();
        match (words.next(), words.next()) {
            (Some("group"), Some(name)) => group = name.to_ascii_lowercase(),
            (Some("nuget" | "clitool"), Some(name)) if is_plain(name.trim_matches('"')) => {
                let purl = Purl::new(ECOSYSTEM, name.trim_matches('"'), None);
                let at = file.at_line(line_number(index));
                found.push((group.clone(), Wanted { purl, scope: scope(&group), optional: false, at }));
            }
            _ => {}
        }
    }
    found
}

pub(super) fn parse_manifest(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let file = Location::file(input.path.clone());
    let mut project = Project::unnamed(ECOSYSTEM, file.clone(), input.dir());
    project.wants = wants(&text, &file).into_iter().map(|(_, want)| want).collect();
    project.alone("commit `paket.lock`: `paket install` writes it")
}

#[cfg(test)]
mod tests {
    use crate::ecosystem::testing::{World, lines, problems};
    use crate::model::Origin;

    /// After the lockfiles in Paket's documentation and tests.
    #[test]
    fn groups_have_versions_of_their_own() {
        let world = World::fixture("nuget/paket");
        let parsed = world.parse("nuget", "paket.lock");
        assert_eq!(
            lines(&parsed),
            [
                "Argu 6.1.1 paket.lock:4 -> FSharp.Core runtime",
                "FSharp.Core 8.0.400 paket.lock:6",
                "Coop.Ledger 2.1 paket.lock:12",
                "Tester 2.8.2 paket.lock:17 -> FSharp.Core runtime",
                "FSharp.Core 4.3.4 paket.lock:19",
                "project - own paket.dependencies -> Argu runtime, Coop.Ledger runtime, Tester test",
            ]
        );
        assert_eq!(
            problems(&parsed),
            ["not-understood paket.lock:9 files of GITHUB are not looked for: `modules/Octokit/Octokit.fsx`"]
        );
        assert_eq!(
            parsed.records[2].origin,
            Origin::OtherRegistry("https://nuget.example.org/v3/index.json".to_owned())
        );
        assert_eq!(parsed.records[3].needs.iter().map(|need| need.target).collect::<Vec<_>>(), [4]);
    }

    #[test]
    fn broken_stale_and_without_a_lockfile() {
        let lock: &[u8] =
            b"NUGET\n  remote: https://api.nuget.example/v3\n    ../x (1.0)\n    NoVersion\n    A (1.0)\n";
        let manifest: &[u8] = b"source https://nuget.example.org\n// nuget Off\nnuget a ~> 1.0\nnuget Gone\n";
        let world = World::of(&[
            ("paket.lock", lock),
            ("paket.dependencies", manifest),
            ("near/paket.lock", b"RESTRICTION: == net8.0\n"),
        ]);
        let parsed = world.parse("nuget", "paket.lock");
        assert_eq!(
            lines(&parsed),
            [
                "A 1.0 paket.lock:5",
                "project - own paket.dependencies -> A runtime, Gone runtime",
                "Gone - paket.dependencies:4"
            ]
        );
        assert_eq!(parsed.diagnostics.len(), 3);
        let parsed = world.parse("nuget", "paket.dependencies");
        assert_eq!(
            lines(&parsed),
            [
                "project - own paket.dependencies -> a runtime, Gone runtime",
                "a - paket.dependencies:3",
                "Gone - paket.dependencies:4"
            ]
        );
        assert_eq!(lines(&world.parse("nuget", "near/paket.lock")), ["near - own near/paket.lock"]);
    }
}
