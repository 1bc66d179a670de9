//! `setup.cfg`, and what `setup.py` says in literals.
//!
//! <https://setuptools.pypa.io/en/latest/userguide/declarative_config.html>.
//! `setup.py` is a program and is not run: strings given directly to `setup(…)` are read, and what they say counts as a
//! guess. `file:` and `attr:` references are left out.

use std::sync::LazyLock;

use regex::Regex;

use crate::base::{Location, RelPath};
use crate::model::{Claim, ClaimKind, FieldFormat, Join, Scope};
use crate::syntax::text::Lines;

use super::metadata::license_classifiers;
use super::project::{Said, Want};

/// One key of an INI file: its section, its name, the lines of its value.
struct Key<'text> {
    section: &'text str,
    name: String,
    values: Vec<(&'text str, u32)>,
}

/// Reads `setup.cfg`.
pub(super) fn read_cfg(text: &str, path: &RelPath) -> Said {
    let file = Location::file(path.clone());
    let mut said = Said::default();
    for key in keys(text) {
        let first = key.values.first().filter(|(value, _)| !value.starts_with("file:") && !value.starts_with("attr:"));
        match (key.section, key.name.as_str(), first) {
            ("metadata", "name", Some((name, line))) => said.name = Some(((*name).to_owned(), file.at_line(*line))),
            ("metadata", "version", Some((version, _))) => said.version = Some((*version).to_owned()),
            ("metadata", "license", Some((license, line))) => {
                let at = file.at_line(*line);
                said.claims.push(Claim::field(ClaimKind::Declared, FieldFormat::Free, license, at));
            }
            ("metadata", "classifiers" | "classifier", Some((_, line))) => {
                let found = license_classifiers(key.values.iter().map(|(value, _)| *value));
                push_classifiers(&mut said, found, file.at_line(*line));
            }
            ("options", "install_requires", Some(_)) => wants(&mut said, &key, &file, Scope::Runtime, false),
            ("options", "tests_require", Some(_)) => wants(&mut said, &key, &file, Scope::Dev, false),
            ("options.extras_require", _, Some(_)) => wants(&mut said, &key, &file, Scope::Runtime, true),
            _ => {}
        }
    }
    said
}

fn wants(said: &mut Said, key: &Key, file: &Location, scope: Scope, optional: bool) {
    for (value, line) in &key.values {
        let want = Want::parse(value, file.at_line(*line), scope);
        said.wants.extend(want.map(|want| Want { optional: want.optional || optional, ..want }));
    }
}

fn push_classifiers(said: &mut Said, found: Vec<String>, at: Location) {
    if !found.is_empty() {
        let (kind, format) = (ClaimKind::Declared, FieldFormat::Classifier);
        said.claims.push(Claim::fields(kind, format, Join::Unknown, found, at));
    }
}

fn keys(text: &str) -> Vec<Key<'_>> {
    let mut keys: Vec<Key> = Vec::new();
    let mut section = "";
    for (index, line) in text.lines().enumerate() {
        let number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            if let Some(key) = keys.last_mut().filter(|key| key.section == section) {
                key.values.push((trimmed, number));
            }
        } else if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.trim();
        } else if let Some((name, value)) = trimmed.split_once(['=', ':']) {
            let values = Some((value.trim(), number)).filter(|(value, _)| !value.is_empty());
            let name = name.trim().to_ascii_lowercase().replace('-', "_");
            keys.push(Key { section, name, values: values.into_iter().collect() });
        }
    }
    keys
}

static STRING_ARGUMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?m)^\s*(?:setup\()?\s*(name|version|license)\s*=\s*(?:"([^"\\\n]*)"|'([^'\\\n]*)')\s*(?:,|\)|$)"#)
        .expect("the pattern is constant, see tests")
});

static LIST_ARGUMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*(classifiers|install_requires|tests_require)\s*=\s*\[([^\]]*)\]")
        .expect("the pattern is constant, see tests")
});

/// Reads the literals of `setup.py`.
pub(super) fn read_py(text: &str, path: &RelPath) -> Said {
    let mut said = Said::default();
    // A file that does not call `setup` is a module that happens to have the name.
    if !text.contains("setup(") {
        return said;
    }
    let file = Location::file(path.clone());
    let lines = Lines::new(text);
    for found in STRING_ARGUMENT.captures_iter(text) {
        let Some(value) = found.get(2).or_else(|| found.get(3)) else { continue };
        let at = file.at_line(lines.of(value.start()));
        match found.get(1).map(|name| name.as_str()) {
            Some("name") if said.name.is_none() => said.name = Some((value.as_str().to_owned(), at)),
            Some("version") if said.version.is_none() => said.version = Some(value.as_str().to_owned()),
            Some("license") if !value.as_str().trim().is_empty() => {
                let claim = Claim::field(ClaimKind::Declared, FieldFormat::Free, value.as_str(), at);
                said.claims.push(claim.heuristic());
            }
            _ => {}
        }
    }
    for found in LIST_ARGUMENT.captures_iter(text) {
        let (Some(name), Some(list)) = (found.get(1), found.get(2)) else { continue };
        let found = literals(list.as_str()).into_iter();
        let literals = found.map(|(value, offset)| (value, lines.of(list.start() + offset)));
        match name.as_str() {
            "classifiers" => {
                let found = license_classifiers(literals.map(|(value, _)| value));
                if !found.is_empty() {
                    let (kind, format, at) =
                        (ClaimKind::Declared, FieldFormat::Classifier, file.at_line(lines.of(list.start())));
                    said.claims.push(Claim::fields(kind, format, Join::Unknown, found, at).heuristic());
                }
            }
            list => {
                let scope = if list == "tests_require" { Scope::Dev } else { Scope::Runtime };
                said.wants.extend(literals.filter_map(|(value, line)| Want::parse(value, file.at_line(line), scope)));
            }
        }
    }
    said
}

/// Returns the strings in a list and where they start, leaving out comments.
fn literals(list: &str) -> Vec<(&str, usize)> {
    let mut found = Vec::new();
    let mut rest = list.char_indices();
    while let Some((at, char)) = rest.next() {
        match char {
            '#' => {
                rest.find(|(_, char)| *char == '\n');
            }
            '"' | '\'' => {
                let end = rest.find(|(_, next)| *next == char).map_or(list.len(), |(end, _)| end);
                found.extend(list.get(at + 1..end).map(|value| (value, at + 1)));
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path() -> RelPath {
        RelPath::new("setup.x").unwrap()
    }

    #[test]
    fn setup_cfg_has_metadata_and_options() {
        let said = read_cfg(
            "[metadata]\nname = shop\nversion = attr: shop.version\nlicense = MIT License\nclassifiers =\n    Topic :: X\n    \
             License :: OSI Approved :: MIT License\n\n[options]\ninstall_requires =\n    flask>=3\n    # not me\n    \
             requests; os_name == 'nt'\n[options.extras_require]\npdf = reportlab\n[flake8]\nmax = 3\n",
            &path(),
        );
        assert_eq!(said.name.unwrap().0, "shop");
        assert_eq!(said.version, None);
        let raw: Vec<_> = said.claims.iter().map(|claim| (claim.raw.as_str(), claim.at.line)).collect();
        assert_eq!(raw, [("MIT License", Some(4)), ("License :: OSI Approved :: MIT License", Some(6))]);
        let wants: Vec<_> = said.wants.iter().map(|want| (want.name.as_str(), want.at.line, want.optional)).collect();
        assert_eq!(wants, [("flask", Some(11), false), ("requests", Some(13), true), ("reportlab", Some(15), true)]);
    }

    #[test]
    fn setup_py_is_read_by_its_literals_alone() {
        let said = read_py(
            "from setuptools import setup\nsetup(name='shop',\n    version=VERSION,\n    license=\"GPLv3+\",\n    \
             install_requires=[\n        'flask>=3',  # 'web'\n        \"requests\", 'six',\n    ] + extra,\n    \
             classifiers=['License :: OSI Approved'],\n)\n",
            &path(),
        );
        assert_eq!(said.name.unwrap(), ("shop".to_owned(), Location::line(path(), 2)));
        assert_eq!(said.version, None);
        assert!(said.claims.iter().all(|claim| claim.heuristic));
        assert_eq!(said.claims.iter().map(|claim| claim.raw.as_str()).collect::<Vec<_>>(), ["GPLv3+"]);
        let wants: Vec<_> = said.wants.iter().map(|want| (want.name.as_str(), want.at.line)).collect();
        assert_eq!(wants, [("flask", Some(6)), ("requests", Some(7)), ("six", Some(7))]);
        assert!(read_py("name = 'x'\n", &path()).name.is_none());
    }
}
