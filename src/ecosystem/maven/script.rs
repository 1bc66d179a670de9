//! Gradle's build scripts, by their literals: `"group:artifact:version"` behind the name of a configuration.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::ecosystem::records::Records;
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{PackageRecord, Scope, Trait};
use crate::syntax::text::Lines;

use super::ECOSYSTEM;
use super::lockfile::{is_locked, scope};
use super::model::is_plain;

/// The names of build scripts.
pub(super) const SCRIPTS: &[&str] = &["build.gradle", "build.gradle.kts"];

static NOTATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?m)^[ \t]*([A-Za-z]\w*)\b[ \t]*\(?[ \t]*(?:(?:platform|enforcedPlatform|testFixtures)\()?["']([\w.\-]+):([\w.\-]+)(?::([^"'@:]+))?[^"']*["']"#)
        .expect("it is valid")
});

static MAP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?m)^[ \t]*([A-Za-z]\w*)\b[ \t]*\(?[ \t]*group[ \t]*[:=][ \t]*["']([\w.\-]+)["'][ \t]*,[ \t]*name[ \t]*[:=][ \t]*["']([\w.\-]+)["'](?:[ \t]*,[ \t]*version[ \t]*[:=][ \t]*["']([^"']+)["'])?"#)
        .expect("it is valid")
});

static PLUGIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?m)^[ \t]*id[ \t]*\(?[ \t]*["']([\w.\-]+)["'][ \t]*\)?[ \t]+version[ \t]*\(?[ \t]*["']([\w.\-]+)["']"#,
    )
    .expect("it is valid")
});

static ROOT_NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?m)^[ \t]*rootProject\.name[ \t]*=[ \t]*["']([\w.\- ]+)["']"#).expect("it is valid")
});

/// One dependency that a script names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declared {
    pub(super) configuration: String,
    pub(super) group: String,
    pub(super) artifact: String,
    pub(super) version: Option<String>,
    pub(super) line: u32,
}

/// Returns the dependencies that a script names by literals.
pub(super) fn declared(text: &str) -> Vec<Declared> {
    let lines = Lines::new(text);
    let mut found = BTreeMap::new();
    for captures in NOTATION.captures_iter(text).chain(MAP.captures_iter(text)) {
        let part = |index: usize| captures.get(index).map(|part| part.as_str().to_owned());
        let (Some(configuration), Some(group), Some(artifact)) = (part(1), part(2), part(3)) else { continue };
        let at = captures.get(1).map_or(0, |part| part.start());
        // A variable in the place of a version says nothing here.
        let version = part(4).filter(|version| is_plain(version) && !version.ends_with('+'));
        // `id("x:y")` and the like are no dependencies.
        if matches!(configuration.as_str(), "id" | "url" | "exclude" | "include" | "substitute" | "module" | "println")
        {
            continue;
        }
        found.insert(at, Declared { configuration, group, artifact, version, line: lines.of(at) });
    }
    found.into_values().collect()
}

/// Returns the name of the project in a folder, and where it stands.
pub(super) fn project_name(input: &Input, dir: &RelPath) -> (String, Location) {
    for file in ["settings.gradle", "settings.gradle.kts"].map(|name| dir.join(name)) {
        let Some(Ok(text)) = input.other(&file) else { continue };
        if let Some(found) = ROOT_NAME.captures(&text).and_then(|captures| captures.get(1)) {
            return (found.as_str().to_owned(), Location::line(file, Lines::new(&text).of(found.start())));
        }
    }
    let script = SCRIPTS.iter().map(|name| dir.join(name)).find(|script| input.tree.has(script));
    let at = script.unwrap_or_else(|| input.path.clone());
    (dir.file_name().unwrap_or("project").to_owned(), Location::file(at))
}

/// Reads a script that no lockfile covers.
pub(super) fn parse(input: &Input) -> Parsed {
    if is_locked(input, &input.dir()) {
        return Parsed::default();
    }
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut records = Records::default();
    let (name, at) = project_name(input, &input.dir());
    let own = records.add(PackageRecord::own(Purl::new(ECOSYSTEM, &name, None), at, input.dir()));
    let found = declared(&text);
    for declared in &found {
        let purl =
            Purl::with_namespace(ECOSYSTEM, Some(&declared.group), &declared.artifact, declared.version.as_deref());
        let is_build = declared.configuration == "classpath";
        let mut record = PackageRecord::new(purl, input.at(declared.line));
        record.traits.extend(is_build.then_some(Trait::BuildPlugin));
        let target = records.add(record);
        let scope = if is_build { Scope::Build } else { scope(&declared.configuration) };
        records.need(own, target, scope, false);
    }
    let lines = Lines::new(&text);
    for captures in PLUGIN.captures_iter(&text) {
        let (Some(id), Some(version)) = (captures.get(1), captures.get(2)) else { continue };
        let target = records.add(plugin(id.as_str(), version.as_str(), input.at(lines.of(id.start()))));
        records.need(own, target, Scope::Build, false);
    }
    let mut parsed = Parsed { records: records.finish(), ..Parsed::default() };
    if let Some(first) = found.first() {
        let message = "nothing pins what this script names, and what code puts together is not seen";
        let diagnostic = Diagnostic::new(Code::NoLockfile, input.at(first.line), message);
        let hint = "turn on `dependencyLocking` and commit what `gradle dependencies --write-locks` writes";
        parsed.diagnostics.push(diagnostic.hint(hint));
    }
    parsed
}

/// Returns the record of a plugin: its id leads to an artifact of that name.
pub(super) fn plugin(id: &str, version: &str, at: Location) -> PackageRecord {
    let purl = Purl::with_namespace(ECOSYSTEM, Some(id), &format!("{id}.gradle.plugin"), Some(version));
    let mut record = PackageRecord::new(purl, at);
    record.traits.insert(Trait::BuildPlugin);
    record
}
