//! C and C++ packages of Conan: `conan.lock`, `conanfile.txt`, and `conanfile.py` by its literals.
//!
//! <https://docs.conan.io/2/reference/conanfile_txt.html>, <https://docs.conan.io/2/tutorial/versioning/lockfiles.html>.
//! A lockfile of Conan 2 does not say who needs whom; one of Conan 1 does.
//! Left out on purpose: Conan's cache, which only its data base can tell the versions of.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::value::RawValue;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::model::{Claim, ClaimKind, FieldFormat, Join, Origin, PackageRecord, Scope};
use crate::scan::{Folder, Limits};
use crate::syntax::json::{Json, Object, read};
use crate::syntax::text::Lines;

use super::records::Records;
use super::wanted::{Project, Wanted, is_plain, laid_at, line_number};
use super::{Copies, Ecosystem, FileKind, Input, Inspection, Knows, Parsed, Pattern, Role, Surroundings};

const ECOSYSTEM: &str = "conan";
const RECIPE: &str = "conanfile.py";
const LIST: &str = "conanfile.txt";
const HINT: &str = "commit `conan.lock`: `conan lock create` writes it";

static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?m)^[ \t]+(name|version|license)[ \t]*=[ \t]*(\([^)]*\)|"[^"\n]*"|'[^'\n]*')"#).expect("it is valid")
});
static LISTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?m)^[ \t]+(requires|tool_requires|build_requires|test_requires)[ \t]*=[ \t]*(\[[^\]]*\]|\([^)]*\)|[^\n]*)",
    )
    .expect("it is valid")
});
static CALLED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"self\.(requires|tool_requires|build_requires|test_requires)\(\s*([^\n)]*)").expect("it is valid")
});
static QUOTED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#""([^"\n]*)"|'([^'\n]*)'"#).expect("it is valid"));

pub(super) static CONAN: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "C and C++ (Conan)",
    files: &[
        FileKind {
            pattern: Pattern::Name("conan.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Scopes],
            parse: parse_lock,
        },
        FileKind {
            pattern: Pattern::Name(RECIPE),
            role: Role::Manifest,
            knows: &[Knows::Versions, Knows::Scopes, Knows::Licenses],
            parse: parse_manifest,
        },
        FileKind {
            pattern: Pattern::Name(LIST),
            role: Role::Manifest,
            knows: &[Knows::Versions, Knows::Scopes],
            parse: parse_manifest,
        },
    ],
    copies,
    inspect,
    fetch_command: "conan install . --deployer=full_deploy",
};

/// Reads `name/version@user/channel#revision%time`; a range of versions is no version.
fn reference(text: &str) -> Option<Purl> {
    let text = text.split(['#', '%', ':']).next()?.trim();
    let (package, channel) = text.split_once('@').map_or((text, ""), |(package, channel)| (package, channel));
    let (name, version) = package.split_once('/')?;
    let version = Some(version.trim()).filter(|version| is_plain(version));
    if !is_plain(name) || !channel.chars().all(|char| is_plain(&char.to_string()) || matches!(char, '/' | '.')) {
        return None;
    }
    let mut parts = channel.split('/');
    let (user, channel) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let purl = Purl::new(ECOSYSTEM, name, version);
    Some(purl.with_qualifier("user", user).with_qualifier("channel", channel))
}

fn scope(kind: &str) -> Scope {
    match kind {
        "build_requires" | "tool_requires" | "python_requires" | "config_requires" => Scope::Build,
        "test_requires" => Scope::Test,
        _ => Scope::Runtime,
    }
}

fn quoted(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let found = QUOTED.captures_iter(text).filter_map(|captures| captures.get(1).or_else(|| captures.get(2)));
    found.map(|found| (found.as_str(), found.start()))
}

/// Blanks out comments, each byte in its place.
fn without_comments(text: &str) -> String {
    let blank = |line: &str| if line.trim_start().starts_with('#') { " ".repeat(line.len()) } else { line.to_owned() };
    text.split('\n').map(blank).collect::<Vec<_>>().join("\n")
}

/// Reads a recipe by its literals.
///
/// In `f"name/{version}"` the name is one all the same; what code puts together otherwise is a diagnostic.
fn recipe(text: &str, path: &RelPath, diagnostics: &mut Vec<Diagnostic>) -> Project {
    let code = without_comments(text);
    let (lines, file) = (Lines::new(&code), Location::file(path.clone()));
    let mut fields: BTreeMap<&str, (Vec<String>, u32)> = BTreeMap::new();
    for captures in FIELD.captures_iter(&code) {
        let (Some(key), Some(value)) = (captures.get(1), captures.get(2)) else { continue };
        let values = quoted(value.as_str()).map(|(value, _)| value.to_owned()).collect();
        fields.entry(key.as_str()).or_insert((values, lines.of(key.start())));
    }
    let one = |key: &str| fields.get(key).and_then(|(values, _)| values.first()).filter(|value| is_plain(value));
    let dir = path.parent().unwrap_or_default();
    let mut project = match one("name") {
        Some(name) => {
            let line = fields.get("name").map_or(1, |(_, line)| *line);
            Project::new(Purl::new(ECOSYSTEM, name, one("version").map(String::as_str)), file.at_line(line), dir)
        }
        None => Project::unnamed(ECOSYSTEM, file.clone(), dir),
    };
    if let Some((values, line)) = fields.get("license").filter(|(values, _)| !values.is_empty()) {
        // How the members of a tuple combine, Conan does not say.
        let (kind, at) = (ClaimKind::Declared, file.at_line(*line));
        let claim = Claim::fields(kind, FieldFormat::Spdx, Join::Unknown, values.clone(), at);
        project.record.claims.push(claim.heuristic());
    }
    for captures in LISTED.captures_iter(&code).chain(CALLED.captures_iter(&code)) {
        let (Some(kind), Some(list)) = (captures.get(1), captures.get(2)) else { continue };
        let is_call = code.get(kind.end()..).is_some_and(|rest| rest.starts_with('('));
        // Behind the first argument of a call stand options.
        let named: Vec<_> = quoted(list.as_str()).take(if is_call { 1 } else { usize::MAX }).collect();
        for (text, offset) in &named {
            let at = file.at_line(lines.of(list.start() + offset));
            if let Some(purl) = reference(text) {
                project.want(purl, scope(kind.as_str()), at);
            } else {
                let message = format!("`{}` is not written as a literal `NAME/VERSION`", kind.as_str());
                diagnostics.push(Diagnostic::new(Code::NotUnderstood, at, message));
            }
        }
        if named.is_empty() && !matches!(list.as_str().trim(), "" | "[]" | "()" | "None") {
            let message = format!("what `{}` names is not written as a literal", kind.as_str());
            diagnostics.push(Diagnostic::new(Code::NotUnderstood, file.at_line(lines.of(kind.start())), message));
        }
    }
    project
}

/// Reads the sections of a list of packages.
fn list(text: &str, path: &RelPath, diagnostics: &mut Vec<Diagnostic>) -> Project {
    let file = Location::file(path.clone());
    let mut project = Project::unnamed(ECOSYSTEM, file.clone(), path.parent().unwrap_or_default());
    let mut section = "";
    for (index, line) in text.lines().enumerate() {
        let entry = line.split(" #").next().unwrap_or_default().trim();
        if let Some(name) = entry.strip_prefix('[') {
            section = name.trim_end_matches(']');
        } else if section.ends_with("requires") && !entry.is_empty() && !entry.starts_with('#') {
            let at = file.at_line(line_number(index));
            if let Some(purl) = reference(entry) {
                project.want(purl, scope(section), at);
            } else {
                let message = "expected `NAME/VERSION`";
                diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            }
        }
    }
    project
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
    let (records, parsed) = (Records::default(), Parsed::default());
    let mut lock = Lock { json: &json, input, at: at.clone(), records, parsed };
    match root.get("version").map(RawValue::get) {
        Some("\"0.5\"") => {}
        Some("\"0.4\"") => lock.nodes(&root.object("graph_lock").object("nodes")),
        other => {
            let found = other.unwrap_or("none").chars().take(20).collect::<String>();
            let message = format!("version {found} is not known here");
            lock.parsed.diagnostics.push(Diagnostic::new(Code::UnknownLockfileVersion, at.clone(), message));
        }
    }
    for kind in ["requires", "build_requires", "python_requires", "config_requires"] {
        for value in root.array(kind) {
            lock.add(value, Some(scope(kind)));
        }
    }
    let Lock { mut records, mut parsed, .. } = lock;
    for name in [RECIPE, LIST] {
        let path = input.dir().join(name);
        let project = match input.other(&path) {
            Some(Ok(text)) if name == RECIPE => recipe(&text, &path, &mut parsed.diagnostics),
            Some(Ok(text)) => list(&text, &path, &mut parsed.diagnostics),
            Some(Err(diagnostic)) => {
                parsed.diagnostics.push(diagnostic);
                continue;
            }
            None => continue,
        };
        parsed.covers.insert(path);
        // What the lockfile has in another version is asked for in the version of the lockfile.
        let unversioned = |want: &Wanted| Wanted { purl: want.purl.without_version(), ..want.clone() };
        let wants = project.wants.iter().map(unversioned).collect();
        let joined = Project { wants, ..project }.join(
            &mut records,
            "conan.lock",
            "bring it up to date with `conan lock create`",
        );
        parsed.diagnostics.extend(joined);
    }
    parsed.records = if parsed.covers.is_empty() {
        Project::join_roots(Project::unnamed(ECOSYSTEM, at, input.dir()).record, records)
    } else {
        records.finish()
    };
    parsed
}

/// A lockfile while it is being read.
struct Lock<'json, 'text> {
    json: &'json Json<'text>,
    input: &'json Input<'text>,
    at: Location,
    records: Records,
    parsed: Parsed,
}

impl Lock<'_, '_> {
    fn add(&mut self, value: &RawValue, scope: Option<Scope>) -> Option<usize> {
        let at = self.at.at_line(self.json.line(value));
        let purl = read::<String>(value).and_then(|text| reference(&text)).filter(|purl| purl.version().is_some());
        let Some(purl) = purl else {
            let message = "expected `NAME/VERSION`";
            self.parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            return None;
        };
        let origin = if purl.qualifiers().contains_key("user") { Origin::Unknown } else { Origin::Registry };
        Some(self.records.add(PackageRecord { scope, origin, ..PackageRecord::new(purl, at) }))
    }

    /// Reads the graph of Conan 1; the node with a place, or without a name and version, is the project.
    fn nodes(&mut self, nodes: &Object) {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        let mut open = Vec::new();
        for (id, value) in nodes.iter() {
            let node: Object = read(value).unwrap_or_default();
            let Some(reference) = node.get("ref").filter(|value| value.get().contains('/')) else { continue };
            let Some(record_idx) = self.add(reference, None) else { continue };
            known.insert(id, record_idx);
            // Only a recipe of the project itself has a place.
            let folder =
                node.string("path").map(|path| path.rsplit_once('/').map_or(".".to_owned(), |(dir, _)| dir.to_owned()));
            if let Some((folder, record)) = folder.zip(self.records.get_mut(record_idx)) {
                *record = laid_at(record.clone(), self.input, &folder);
            }
            for (key, scope) in [("requires", Scope::Runtime), ("build_requires", Scope::Build)] {
                let ids = node.array(key).into_iter().filter_map(read::<String>);
                open.extend(ids.map(|id| (record_idx, id, scope)));
            }
        }
        for (from, id, scope) in open {
            if let Some(&target) = known.get(id.as_str()) {
                self.records.need(from, target, scope, false);
            }
        }
    }
}

fn parse_manifest(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut diagnostics = Vec::new();
    let project = if input.path.file_name() == Some(RECIPE) {
        recipe(&text, input.path, &mut diagnostics)
    } else {
        list(&text, input.path, &mut diagnostics)
    };
    let mut parsed = project.alone(HINT);
    parsed.diagnostics.extend(diagnostics);
    parsed
}

/// Finds what a deployer has copied: `full_deploy/host/NAME/VERSION/…/licenses`.
fn copies(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    let (name, version) = (record.purl.name(), record.purl.version().unwrap_or_default());
    let root = surroundings.tree.root();
    let project = record.at.path.parent().unwrap_or_default();
    for context in ["host", "build"] {
        let dir = project.join(&format!("full_deploy/{context}/{name}/{version}"));
        // Between the version and the license texts lie the configuration and the architecture, or nothing.
        let texts = (1..=3).flat_map(|depth| root.list_deep(&dir, depth).to_vec());
        let mut folders = texts.filter_map(|text| text.parent()).filter(|dir| dir.file_name() == Some("licenses"));
        if let Some(package) = folders.next().and_then(|licenses| licenses.parent()) {
            copies.folders.push(Folder::on_disk(root, package.clone(), package));
        }
    }
    if copies.folders.is_empty() {
        copies.tried.push(format!("full_deploy/host/{name}/{version}"));
    }
    copies
}

/// Reads a recipe, where the package brings one.
fn inspect(folder: &Folder) -> Inspection {
    let mut inspection = Inspection::default();
    if let Ok(text) = folder.read_text(RECIPE, Limits::DEFAULT.manifest) {
        let at = folder.location(RECIPE);
        let claims = recipe(&text, &at.path, &mut inspection.diagnostics).record.claims;
        inspection.claims =
            claims.into_iter().map(|claim| Claim { at: Location { store: at.store, ..claim.at }, ..claim }).collect();
    }
    inspection
}

#[cfg(test)]
mod tests {
    use super::super::testing::{World, lines, problems};

    /// The lockfile is what Conan 2.x wrote for three recipes of our own.
    #[test]
    fn a_lockfile_a_list_and_what_was_deployed() {
        let world = World::fixture("conan/lock");
        let parsed = world.parse("conan", "conan.lock");
        assert_eq!(
            lines(&parsed),
            [
                "zl 1.3.1 runtime conan.lock:4",
                "math 2.0 runtime conan.lock:5",
                "mk 1.0 build conan.lock:8",
                "project - own conanfile.txt -> math runtime, mk build, gone runtime",
                "gone - conanfile.txt:3",
            ]
        );
        assert_eq!(problems(&parsed), ["stale-lockfile conanfile.txt:3 `gone` not in `conan.lock`"]);
        assert_eq!(world.copies("conan", &parsed.records[0]).0, ["full_deploy/host/zl/1.3.1/Release/x86_64: ; "]);
    }

    #[test]
    fn a_recipe_by_its_literals() {
        let recipe: &[u8] = b"from conan import ConanFile\nclass Shop(ConanFile):\n    name = \"shop\"\n    version = '1.4.0'\n    license = (\"MIT\", \"Apache-2.0\")\n    requires = \"zl/[>=1.3 <2]\", \"fmt/10.2.1@coop/stable\"\n    # requires = \"off/1.0\"\n    def build_requirements(self):\n        self.tool_requires(\"mk/1.0\")\n        self.test_requires(f\"gtest/{v}\")\n        self.requires(self.chosen, force=True)\n        self.requires(f\"{x}/1\")\n";
        let world = World::of(&[("conanfile.py", recipe)]);
        let parsed = world.parse("conan", "conanfile.py");
        assert_eq!(
            lines(&parsed),
            [
                "shop 1.4.0 own conanfile.py:3 `MIT | Apache-2.0` 5 -> zl runtime, fmt runtime, mk build, gtest test",
                "zl - conanfile.py:6",
                "fmt 10.2.1 conanfile.py:6",
                "mk 1.0 conanfile.py:9",
                "gtest - conanfile.py:10",
            ]
        );
        assert_eq!(parsed.records[2].purl.to_string(), "pkg:conan/fmt@10.2.1?channel=stable&user=coop");
        assert_eq!(
            problems(&parsed),
            [
                "no-lockfile conanfile.py:6 nothing pins what this project needs",
                "not-understood conanfile.py:11 what `requires` names is not written as a literal",
                "not-understood conanfile.py:12 `requires` is not written as a literal `NAME/VERSION`",
            ]
        );
    }

    #[test]
    fn lockfiles_of_conan_1_and_broken_ones() {
        let old: &[u8] = b"{\"graph_lock\": {\"nodes\": {\n\"0\": {\"ref\": \"shop\"},\n\"1\": {\"ref\": \"math/2.0#aa\", \"requires\": [\"2\"], \"build_requires\": [\"9\"]},\n\"2\": {\"ref\": \"zl/1.3.1\"},\n\"3\": {\"ref\": \"../x/1\"},\n\"4\": {\"ref\": \"till/1.0\", \"path\": \"till/conanfile.py\", \"requires\": [\"2\"]}}},\n\"version\": \"0.4\"}";
        let parsed = World::of(&[("conan.lock", old)]).parse("conan", "conan.lock");
        assert_eq!(
            lines(&parsed),
            [
                "math 2.0 conan.lock:3 -> zl runtime",
                "zl 1.3.1 conan.lock:4",
                "till 1.0 own conan.lock:6 -> zl runtime",
                "project - own conan.lock -> math runtime, till runtime"
            ]
        );
        assert_eq!(problems(&parsed), ["invalid-entry conan.lock:5 expected `NAME/VERSION`"]);
        let parsed = World::of(&[("conan.lock", b"{\"version\": \"9\", \"requires\": [3, \"a/[>1]\", \"b/1\"]}")])
            .parse("conan", "conan.lock");
        assert_eq!((parsed.records.len(), parsed.diagnostics.len()), (2, 3));
    }
}
