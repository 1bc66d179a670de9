//! `*.cabal`: fields and sections by their indentation.
//!
//! Conditions are read as if they held: what a flag may bring in counts.

use crate::base::{Location, Purl, RelPath};
use crate::ecosystem::wanted::{Project, Wanted, is_plain, line_number};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Claim, ClaimKind, FieldFormat, Scope};

use super::{ECOSYSTEM, FETCH};

/// How descriptions of packages end.
pub(super) const EXTENSION: &str = ".cabal";

/// One field, in lower case, with the section it stands in.
struct Field<'text> {
    section: &'text str,
    name: String,
    value: String,
    line: u32,
}

/// Reads the fields of a file; a line that is indented deeper than a field's name continues it.
fn fields(text: &str) -> Vec<Field<'_>> {
    let mut fields: Vec<(usize, Field)> = Vec::new();
    let mut section = "";
    let mut is_open = false;
    for (index, line) in text.lines().enumerate() {
        let entry = line.trim_start();
        let depth = line.len() - entry.len();
        if entry.is_empty() || entry.starts_with("--") {
            continue;
        }
        if let Some((_, field)) = fields.last_mut().filter(|(known, _)| is_open && depth > *known) {
            field.value.push('\n');
            field.value.push_str(entry.trim_end());
            continue;
        }
        let name = entry.split(':').next().unwrap_or_default().trim();
        let is_name = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_');
        is_open = entry.contains(':') && !name.is_empty() && name.chars().all(is_name);
        if is_open {
            let section = if depth == 0 { "" } else { section };
            let value = entry.split_once(':').map_or("", |(_, value)| value.trim()).to_owned();
            let field = Field { section, name: name.to_ascii_lowercase(), value, line: line_number(index) };
            fields.push((depth, field));
        } else if depth == 0 {
            section = entry.split_whitespace().next().unwrap_or_default();
        }
    }
    fields.into_iter().map(|(_, field)| field).collect()
}

/// Returns what a dependency of a section is for; `None` if the field names none.
fn scope(section: &str, field: &str) -> Option<Scope> {
    match field {
        "build-tool-depends" | "build-tools" | "setup-depends" => Some(Scope::Build),
        "build-depends" => Some(match section.to_ascii_lowercase().as_str() {
            "test-suite" => Scope::Test,
            "benchmark" => Scope::Dev,
            "custom-setup" => Scope::Build,
            _ => Scope::Runtime,
        }),
        _ => None,
    }
}

/// What the description of a package says.
pub(super) struct Description {
    pub(super) project: Project,
    /// The files that hold the license.
    pub(super) license_files: Vec<String>,
}

impl Description {
    pub(super) fn read(text: &str, path: &RelPath) -> Self {
        let fields = fields(text);
        let file = Location::file(path.clone());
        let top = |name: &str| fields.iter().find(|field| field.section.is_empty() && field.name == name);
        let value = |name: &str| top(name).map(|field| field.value.trim()).filter(|value| is_plain(value));
        let stem = path.file_name().and_then(|name| name.strip_suffix(EXTENSION)).unwrap_or("project");
        let name = value("name").unwrap_or(stem);
        let at = value("name").and(top("name")).map_or(file.clone(), |field| file.at_line(field.line));
        let purl = Purl::new(ECOSYSTEM, name, value("version"));
        let mut project = Project::new(purl, at, path.parent().unwrap_or_default());
        let license = top("license").filter(|field| !field.value.trim().is_empty());
        project.record.claims = license
            .map(|field| {
                let at = file.at_line(field.line);
                Claim::field(ClaimKind::Declared, FieldFormat::Spdx, field.value.trim(), at)
            })
            .into_iter()
            .collect();
        for field in &fields {
            let Some(scope) = scope(field.section, &field.name) else { continue };
            for (list, line) in field.value.lines().zip(field.line..) {
                for name in list.split(',').filter_map(dependency).filter(|found| *found != name) {
                    let purl = Purl::new(ECOSYSTEM, name, None);
                    project.wants.push(Wanted { purl, scope, optional: false, at: file.at_line(line) });
                }
            }
        }
        let files = fields.iter().filter(|field| matches!(field.name.as_str(), "license-file" | "license-files"));
        let files = files.flat_map(|field| field.value.split([',', '\n'])).map(str::trim);
        let license_files = files.filter(|file| !file.is_empty()).map(str::to_owned).collect();
        Self { project, license_files }
    }
}

/// Returns the package of `text >=1 && <3`, `lib:sub` or `happy:happy`.
fn dependency(text: &str) -> Option<&str> {
    let text = text.trim();
    let end = text.find(|char: char| !char.is_ascii_alphanumeric() && char != '-').unwrap_or(text.len());
    // A list broken across lines begins anywhere; a constraint that was cut off is no name.
    text.get(..end).filter(|name| name.chars().any(|char| char.is_ascii_alphabetic()))
}

/// Reads a description that no lockfile covers.
pub(super) fn parse(input: &Input) -> Parsed {
    match input.text(Role::Manifest) {
        Ok(text) => {
            let hint = format!("commit `cabal.project.freeze`, or run `{FETCH}`");
            Description::read(&text, input.path).project.alone(&hint)
        }
        Err(diagnostic) => Parsed::failed(diagnostic),
    }
}

/// Returns the projects at and below the folder of a lockfile.
pub(super) fn projects_below(input: &Input, dir: &RelPath, parsed: &mut Parsed) -> Vec<Project> {
    let mut found = Vec::new();
    let below = input.tree.files_below(dir).iter().map(|file| file.path.clone());
    let files: Vec<RelPath> = below.filter(is_description).collect();
    for path in files {
        match input.other(&path) {
            Some(Ok(text)) => {
                found.push(Description::read(&text, &path).project);
                parsed.covers.insert(path);
            }
            Some(Err(diagnostic)) => parsed.diagnostics.push(diagnostic),
            None => {}
        }
    }
    found
}

/// What the build has unpacked is not the project's own.
fn is_description(path: &RelPath) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.ends_with(EXTENSION)
        && name != EXTENSION
        && path.components().all(|part| !matches!(part, "dist-newstyle" | ".stack-work"))
}
