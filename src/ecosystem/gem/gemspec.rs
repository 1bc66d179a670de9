//! Gemspecs, by their literals alone: those that people write, and those that RubyGems writes where it installs a gem.

use std::sync::LazyLock;

use regex::Regex;

use crate::base::Location;
use crate::ecosystem::{Credits, Inspection};
use crate::model::{Claim, ClaimKind, FieldFormat, Join, Scope};
use crate::syntax::text::Lines;

use super::is_gem_name;
use super::literals::{string, strings, without_comments};

static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*\w+\.(authors?|homepage|licenses?|name|version)\s*=\s*").expect("it is valid")
});

static NEED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*\w+\.add_(development_|runtime_)?dependency\b[ \t]*\(?").expect("it is valid")
});

static SOURCE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"["']source_code_uri["']\]?\s*=>?\s*"#).expect("it is valid"));

/// What a gemspec says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Gemspec {
    pub(super) name: Option<(String, u32)>,
    pub(super) version: Option<String>,
    pub(super) claims: Vec<Claim>,
    pub(super) needs: Vec<Need>,
    pub(super) credits: Credits,
}

/// A gem that is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) name: String,
    pub(super) scope: Scope,
    pub(super) line: u32,
}

impl Gemspec {
    /// Reads the code of a gemspec.
    pub(super) fn read(text: &str, at: &Location) -> Self {
        // What RubyGems wrote is data in the form of code; what people wrote is code.
        let generated = text.lines().take(5).any(|line| line.starts_with("# stub: "));
        let code = without_comments(text);
        let lines = Lines::new(&code);
        let mut spec = Self::default();
        for found in FIELD.captures_iter(&code) {
            let (Some(whole), Some(field)) = (found.get(0), found.get(1)) else { continue };
            let Some(values) = code.get(whole.end()..).and_then(strings) else { continue };
            let line = lines.of(field.start());
            match field.as_str() {
                "license" | "licenses" => spec.claims.extend(claim(values, at.at_line(line), generated)),
                "author" | "authors" => spec.credits.authors = values,
                "homepage" => spec.credits.homepage = values.into_iter().next(),
                "name" => {
                    spec.name = values.into_iter().next().filter(|name| is_gem_name(name)).map(|name| (name, line));
                }
                _ => spec.version = values.into_iter().next(),
            }
        }
        for found in NEED.captures_iter(&code) {
            let Some(whole) = found.get(0) else { continue };
            let name = code.get(whole.end()..).and_then(string).filter(|(name, _)| is_gem_name(name));
            let is_dev = found.get(1).is_some_and(|kind| kind.as_str() == "development_");
            let scope = if is_dev { Scope::Dev } else { Scope::Runtime };
            let line = lines.of(whole.end());
            spec.needs.extend(name.map(|(name, _)| Need { name: name.to_owned(), scope, line }));
        }
        let source = SOURCE.find(&code).and_then(|found| code.get(found.end()..)).and_then(string);
        spec.credits.repository = source.map(|(source, _)| source.to_owned());
        spec
    }

    /// Returns what a copy of the gem says of itself.
    pub(super) fn inspection(self) -> Inspection {
        let identity = self.name.map(|(name, _)| name).zip(self.version);
        Inspection { identity, claims: self.claims, credits: self.credits, ..Inspection::default() }
    }
}

/// By custom a list of licenses is a choice.
fn claim(values: Vec<String>, at: Location, generated: bool) -> Option<Claim> {
    let said = values.iter().any(|value| !value.trim().is_empty());
    let claim = said.then(|| Claim::fields(ClaimKind::Declared, FieldFormat::Spdx, Join::Or, values, at))?;
    Some(if generated { claim } else { claim.heuristic() })
}

/// Reads what the metadata of an archive says: YAML with one list of licenses.
pub(super) fn read_metadata(text: &str, at: &Location) -> Inspection {
    let mut inspection = Inspection::default();
    let (mut name, mut version, mut licenses, mut line_of_licenses) = (None, None, Vec::new(), 1);
    let mut list = "";
    for (index, line) in text.lines().enumerate() {
        let value =
            |prefix: &str| line.strip_prefix(prefix).map(|value| value.trim().trim_matches(['"', '\'']).to_owned());
        if let Some(item) = value("- ") {
            match list {
                "licenses" => licenses.push(item),
                "authors" => inspection.credits.authors.push(item),
                _ => {}
            }
            continue;
        }
        if let Some(found) = value("  version: ").filter(|_| list == "version") {
            version.get_or_insert(found);
        }
        if let Some((key, rest)) = line.split_once(':').filter(|(key, _)| !key.starts_with([' ', '-'])) {
            list = key;
            if key == "licenses" {
                line_of_licenses = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
            }
            let rest = rest.trim().trim_matches(['"', '\'']).to_owned();
            match key {
                "name" => name = Some(rest),
                "homepage" => inspection.credits.homepage = Some(rest).filter(|rest| !rest.is_empty()),
                _ => {}
            }
        }
    }
    inspection.claims.extend(claim(licenses, at.at_line(line_of_licenses), true));
    inspection.identity = name.zip(version);
    inspection
}
