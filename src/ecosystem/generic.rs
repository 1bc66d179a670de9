//! Code of others that is fetched into the tree: git submodules, and what `CMake` scripts fetch by literal declarations.
//!
//! <https://git-scm.com/docs/gitmodules>, <https://cmake.org/cmake/help/latest/module/FetchContent.html>,
//! <https://github.com/cpm-cmake/CPM.cmake>.
//! Which revision of a submodule is wanted stands in git's own objects, which are not read: its version is unknown.
//! Left out on purpose: declarations whose address or version is a variable; they are counted in a diagnostic.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath, host_of, without_credentials};
use crate::model::{Origin, PackageRecord, Scope, Trait};
use crate::scan::Folder;
use crate::syntax::text::Lines;

use super::records::Records;
use super::wanted::{is_plain, line_number};
use super::{Copies, Ecosystem, FileKind, Input, Inspection, Knows, Parsed, Pattern, Role, Surroundings};

const ECOSYSTEM: &str = "generic";
/// The host whose repositories have a type of their own among package URLs.
const GITHUB: &str = "github.com";

static DECLARATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(FetchContent_Declare|CPMAddPackage|CPMFindPackage|CPMDeclarePackage|ExternalProject_Add)[ \t\r\n]*\(([^()]*)\)")
        .expect("it is valid")
});

pub(super) static GENERIC: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "Fetched code (git submodules, CMake)",
    files: &[
        FileKind { pattern: Pattern::Name(".gitmodules"), role: Role::Lockfile, knows: &[], parse: parse_submodules },
        FileKind {
            pattern: Pattern::Rule("CMakeLists.txt, *.cmake", is_script),
            role: Role::Lockfile,
            knows: &[Knows::Versions],
            parse: parse_script,
        },
    ],
    copies,
    inspect,
    fetch_command: "",
};

fn is_script(name: &str) -> bool {
    const END: &str = ".cmake";
    name == "CMakeLists.txt" || name.len() > END.len() && name.ends_with(END)
}

/// Returns the package of a repository: by host, owner and name where the type of package URLs says so.
fn repository(url: &str, fallback: &str, version: Option<&str>) -> Purl {
    let bare = without_credentials(url);
    let path = bare.split_once("://").map_or(bare.as_str(), |(_, rest)| rest);
    let path = path.split_once(['/', ':']).map_or("", |(_, path)| path);
    let path = path.trim_matches('/').trim_end_matches(".git");
    let mut parts = path.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(owner), Some(name), None) if host_of(url) == Some(GITHUB) && is_plain(owner) && is_plain(name) => {
            Purl::new("github", &format!("{owner}/{name}"), version)
        }
        _ => {
            let name = path.rsplit('/').next().filter(|name| is_plain(name)).unwrap_or(fallback);
            // A path on somebody's disk is nobody else's business.
            let address = if host_of(url).is_some() { bare.as_str() } else { "" };
            Purl::new(ECOSYSTEM, name, version).with_qualifier("vcs_url", address)
        }
    }
}

/// Returns the record of fetched code: where its folder holds something, that is what is looked at.
fn record(input: &Input, purl: Purl, url: &str, dirs: &[RelPath], at: Location) -> PackageRecord {
    let root = input.tree.root();
    let revision = purl.version().map(str::to_owned);
    let mut record = PackageRecord { direct: true, scope: Some(Scope::Runtime), ..PackageRecord::new(purl, at) };
    match dirs.iter().find(|dir| !root.list(dir).is_empty()) {
        Some(dir) => {
            record.origin = Origin::Path(dir.clone());
            record.dir = Some(dir.clone());
            record.traits.insert(Trait::Vendored);
        }
        None => record.origin = Origin::Repository { url: without_credentials(url), revision },
    }
    record
}

/// Reads sections `[submodule "name"]` with `path` and `url`.
fn parse_submodules(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut modules: Vec<(u32, BTreeMap<String, String>)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let entry = line.trim();
        if entry.starts_with("[submodule") {
            modules.push((line_number(index), BTreeMap::new()));
        } else if let (Some((key, value)), Some((_, values))) = (entry.split_once('='), modules.last_mut()) {
            values.insert(key.trim().to_ascii_lowercase(), value.trim().trim_matches('"').to_owned());
        }
    }
    let (mut records, mut parsed) = (Records::default(), Parsed::default());
    parsed.diagnostics.extend(input.unless_marked(&text, &["["]));
    let mut missing: Vec<(RelPath, Location)> = Vec::new();
    for (line, values) in &modules {
        let at = input.at(*line);
        let (Some(path), Some(url)) = (values.get("path"), values.get("url")) else {
            let message = "expected a submodule with `path` and `url`";
            parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            continue;
        };
        match input.resolve(path, *line) {
            Ok(dir) => {
                let fallback = dir.file_name().unwrap_or("submodule").to_owned();
                let purl = repository(url, &fallback, None);
                if input.tree.root().list(&dir).is_empty() {
                    missing.push((dir.clone(), at.clone()));
                }
                records.add(record(input, purl, url, &[dir], at));
            }
            Err(diagnostic) => parsed.diagnostics.push(diagnostic),
        }
    }
    parsed.diagnostics.extend(not_checked_out(&missing));
    parsed.records = records.finish();
    parsed
}

/// Says once which submodules are not there.
fn not_checked_out(missing: &[(RelPath, Location)]) -> Option<Diagnostic> {
    let ((first, at), others) = missing.split_first()?;
    let message = match others.len() {
        0 => format!("the submodule `{first}` is not checked out"),
        n => format!("the submodule `{first}` and {n} more are not checked out"),
    };
    Some(Diagnostic::new(Code::MissingFile, at.clone(), message).hint("run `git submodule update --init`"))
}

/// Blanks out comments, each byte in its place.
fn without_comments(text: &str) -> String {
    let blank = |line: &str| match line.find('#').filter(|at| !line.get(..*at).unwrap_or_default().contains('"')) {
        Some(at) => format!("{}{}", line.get(..at).unwrap_or_default(), " ".repeat(line.len() - at)),
        None => line.to_owned(),
    };
    text.split('\n').map(blank).collect::<Vec<_>>().join("\n")
}

/// What a declaration says.
#[derive(Default)]
struct Declared<'text> {
    name: &'text str,
    url: String,
    version: Option<String>,
}

/// Reads the arguments of a declaration; `None` if they are variables.
fn declared(arguments: &str) -> Option<Declared<'_>> {
    let words: Vec<&str> = arguments.split_whitespace().map(|word| word.trim_matches('"')).collect();
    let after = |keys: &[&str]| {
        let at = words.iter().position(|word| keys.contains(&word.to_ascii_uppercase().as_str()))?;
        words.get(at + 1).copied()
    };
    let github = |path: &str| format!("https://{GITHUB}/{path}");
    let mut found = Declared { name: words.first().copied().unwrap_or_default(), ..Declared::default() };
    // The short form of CPM: `gh:owner/name@1.0` or `gh:owner/name#tag`.
    if let (Some(short), true) = (found.name.split_once(':'), words.len() == 1) {
        let (path, version) =
            short.1.split_once(['@', '#']).map_or((short.1, None), |(path, version)| (path, Some(version)));
        let host = match short.0 {
            "gh" => GITHUB,
            "gl" => "gitlab.com",
            "bb" => "bitbucket.org",
            _ => return None,
        };
        found.url = format!("https://{host}/{path}");
        found.name = path.rsplit('/').next().unwrap_or(path);
        found.version = version.map(str::to_owned);
    } else {
        found.name = after(&["NAME"]).unwrap_or(found.name);
        found.url = after(&["GITHUB_REPOSITORY"])
            .map(github)
            .or_else(|| after(&["GIT_REPOSITORY", "URL", "SVN_REPOSITORY", "HG_REPOSITORY"]).map(str::to_owned))?;
        found.version = after(&["GIT_TAG", "VERSION", "HG_TAG", "SVN_REVISION"]).map(str::to_owned);
    }
    let literal = |text: &str| !text.contains(['$', '<']);
    let is_literal = is_plain(found.name) && literal(&found.url) && found.version.as_deref().is_none_or(literal);
    is_literal.then_some(found)
}

/// Reads the declarations of a script.
fn parse_script(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let code = without_comments(&text);
    let lines = Lines::new(&code);
    let (mut records, mut parsed) = (Records::default(), Parsed::default());
    for captures in DECLARATION.captures_iter(&code) {
        let (Some(command), Some(arguments)) = (captures.get(1), captures.get(2)) else { continue };
        let at = input.at(lines.of(command.start()));
        let is_local =
            !["URL", "REPOSITORY", ":"].iter().any(|word| arguments.as_str().to_ascii_uppercase().contains(word));
        if is_local {
            continue;
        }
        let Some(Declared { name, url, version }) = declared(arguments.as_str()) else {
            let message = format!("what `{}` fetches is not written as a literal", command.as_str());
            parsed.diagnostics.push(Diagnostic::new(Code::NotUnderstood, at, message));
            continue;
        };
        let folder = format!("{}-src", name.to_ascii_lowercase());
        let build = |name: &str| input.dir().join(name).join("_deps").join(&folder);
        let purl = repository(&url, name, version.as_deref());
        records.add(record(input, purl, &url, &["build", "out/build", "cmake-build-release"].map(build), at));
    }
    parsed.records = records.finish();
    parsed
}

/// What is here was named with its folder; nothing else holds it.
fn copies(_: &PackageRecord, _: &Surroundings) -> Copies {
    Copies::default()
}

fn inspect(_: &Folder) -> Inspection {
    Inspection::default()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{World, lines, problems};
    use super::*;

    #[test]
    fn submodules_that_are_there_and_that_are_not() {
        let world = World::fixture("generic/fetched");
        let parsed = world.parse("generic", ".gitmodules");
        assert_eq!(
            lines(&parsed),
            ["ledger - direct runtime vendored .gitmodules:1", "coop/zl - direct runtime .gitmodules:5"]
        );
        assert_eq!(
            parsed.records[0].purl.to_string(),
            "pkg:generic/ledger?vcs_url=https:%2F%2Fgit.example.org/coop/ledger.git".replace("%2F%2F", "//")
        );
        assert_eq!(parsed.records[0].dir, RelPath::new("libs/ledger").ok());
        assert_eq!(parsed.records[1].purl.to_string(), "pkg:github/coop/zl");
        assert_eq!(
            problems(&parsed)
                .iter()
                .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
                .collect::<Vec<_>>(),
            ["path-escape .gitmodules:8", "invalid-entry .gitmodules:11", "missing-file .gitmodules:5"]
        );
    }

    #[test]
    fn submodules_that_are_not_there_are_named_once() {
        let section =
            |name: &str| format!("[submodule \"{name}\"]\npath = {name}\nurl = https://example.org/{name}.git\n");
        let world = World::of(&[(".gitmodules", (section("a") + &section("b") + &section("c")).as_bytes())]);
        assert_eq!(
            problems(&world.parse("generic", ".gitmodules")),
            ["missing-file .gitmodules:1 the submodule `a` and 2 more are not checked out"]
        );
    }

    #[test]
    fn declarations_by_their_literals() {
        let world = World::fixture("generic/fetched");
        let parsed = world.parse("generic", "CMakeLists.txt");
        assert_eq!(
            lines(&parsed),
            [
                "coop/fmt 10.2.1 direct runtime vendored CMakeLists.txt:2",
                "coop/json 3.11.3 direct runtime CMakeLists.txt:8",
                "lua-5.4.tar.gz 5.4 direct runtime CMakeLists.txt:9",
            ]
        );
        assert_eq!(
            problems(&parsed),
            ["not-understood CMakeLists.txt:10 what `FetchContent_Declare` fetches is not written as a literal"]
        );
        let near = World::of(&[("near/x.cmake", b"set(FetchContent_Declare 1)\n")]);
        assert_eq!(near.parse("generic", "near/x.cmake"), Parsed::default());
    }
}
