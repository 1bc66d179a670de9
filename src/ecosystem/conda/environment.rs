//! `environment.yml`: what an environment is made of, and what pip adds to it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::{Diagnostic, Location, Purl, RelPath};
use crate::ecosystem::wanted::{Project, is_plain, line_number};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::Scope;
use crate::syntax::yaml;

use super::{ECOSYSTEM, name_of, version_of};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Environment {
    dependencies: Option<Vec<Item>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Item {
    Spec(String),
    Pip { pip: Vec<String> },
    Other(serde::de::IgnoredAny),
}

/// Reads the environment beside a lockfile.
pub(super) fn beside(input: &Input, parsed: &mut Parsed) -> Option<Project> {
    for name in ["environment.yml", "environment.yaml"] {
        let path = input.dir().join(name);
        let Some(text) = input.other(&path) else { continue };
        match text.and_then(|text| project(&text, &path)) {
            Ok(project) => {
                parsed.covers.insert(path);
                let mut project = project?;
                for want in &mut project.wants {
                    want.purl = want.purl.without_version();
                }
                return Some(project);
            }
            Err(diagnostic) => parsed.diagnostics.push(diagnostic),
        }
    }
    None
}

/// Reads an environment; a file of this name without dependencies is another program's.
fn project(text: &str, path: &RelPath) -> Result<Option<Project>, Diagnostic> {
    let file = Location::file(path.clone());
    let environment: Environment = yaml::read(text, &file)?;
    let Some(items) = environment.dependencies else { return Ok(None) };
    let mut project = Project::unnamed(ECOSYSTEM, file.clone(), path.parent().unwrap_or_default());
    // The first line that has an item is where it stands.
    let mut lines: BTreeMap<&str, u32> = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let item = line.trim_start().trim_start_matches("- ").split(" #").next().unwrap_or_default();
        lines.entry(item.trim().trim_matches(['"', '\''])).or_insert(line_number(index));
    }
    let at = |spec: &str| lines.get(spec.trim()).map_or_else(|| file.clone(), |line| file.at_line(*line));
    for item in items {
        match item {
            Item::Spec(spec) => {
                if let Some(name) = name_of(&spec) {
                    project.want(Purl::new(ECOSYSTEM, name, version_of(&spec)), Scope::Runtime, at(&spec));
                }
            }
            Item::Pip { pip } => {
                // What starts with a hyphen is an option: another file, an index.
                for spec in pip.iter().filter(|spec| !spec.starts_with('-')) {
                    let Some(name) = name_of(spec) else { continue };
                    let version =
                        spec.split_once("==").map(|(_, version)| version.trim()).filter(|word| is_plain(word));
                    project.want(Purl::new("pypi", name, version), Scope::Runtime, at(spec));
                }
            }
            Item::Other(_) => {}
        }
    }
    Ok(Some(project))
}

/// Reads an environment that no lockfile covers.
pub(super) fn parse(input: &Input) -> Parsed {
    let read = input.text(Role::Manifest).and_then(|text| project(&text, input.path));
    match read {
        Ok(Some(project)) => project.alone("commit a lockfile: `conda-lock` or `pixi` writes one"),
        Ok(None) => Parsed::default(),
        Err(diagnostic) => Parsed::failed(diagnostic),
    }
}
