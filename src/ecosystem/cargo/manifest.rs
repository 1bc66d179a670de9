//! `Cargo.toml`: the package, its license, its dependencies and its workspace.
//!
//! Specified in the Cargo book, "The Manifest Format" and "Workspaces".

use crate::base::{Code, Diagnostic, Location};
use crate::model::{Claim, ClaimKind, FieldFormat, Scope};
use crate::syntax::toml::{Document, Entry, Value};

/// The tables that hold dependencies, with the older spellings that Cargo still reads.
const DEPENDENCY_TABLES: &[(&str, Scope)] = &[
    ("build-dependencies", Scope::Build),
    ("build_dependencies", Scope::Build),
    ("dependencies", Scope::Runtime),
    ("dev-dependencies", Scope::Dev),
    ("dev_dependencies", Scope::Dev),
];

/// How the headers start of tables that say nothing of the package itself: most of the text of most manifests.
const NEEDS: &[&str] = &[
    "[build-dependencies",
    "[dependencies",
    "[dev-dependencies",
    "[features]",
    "[target.",
    "[[bench]]",
    "[[bin]]",
    "[[example]]",
    "[[test]]",
];

/// How the headers start of tables that say nothing of what the package needs.
const NO_NEEDS: &[&str] = &["[[", "[badges", "[features]", "[lib]", "[lints", "[package", "[profile"];

/// One manifest.
#[derive(Debug)]
pub(super) struct Manifest {
    root: Value,
    /// The mistakes in it.
    pub(super) diagnostics: Vec<Diagnostic>,
    at: Location,
}

/// One dependency that a manifest names.
#[derive(Clone, Debug)]
pub(super) struct Dependency {
    /// The package, whatever the manifest calls it.
    pub(super) package: String,
    pub(super) requirement: Option<String>,
    pub(super) scope: Scope,
    /// Whether a feature or a platform decides about it.
    pub(super) optional: bool,
    /// A local folder, relative to `base`.
    pub(super) path: Option<String>,
    pub(super) git: Option<String>,
    /// The name or the index of another registry.
    pub(super) registry: Option<String>,
    /// Whether `path` is relative to the workspace and not to the manifest.
    pub(super) inherited: bool,
    pub(super) line: u32,
}

impl Manifest {
    /// Reads a manifest that lies at a place.
    pub(super) fn read(text: &str, at: Location) -> Self {
        Self::of(Document::parse(text), at)
    }

    /// Reads what a manifest says of the package itself, and not what it needs.
    pub(super) fn read_package(text: &str, at: Location) -> Self {
        Self::read_without(text, at, NEEDS)
    }

    /// Reads what a manifest says that the package needs.
    pub(super) fn read_needs(text: &str, at: Location) -> Self {
        Self::read_without(text, at, NO_NEEDS)
    }

    fn read_without(text: &str, at: Location, headers: &[&str]) -> Self {
        let is_wanted = |header: &str| !headers.iter().any(|start| header.starts_with(start));
        Self::of(Document::parse_tables(text, &is_wanted), at)
    }

    fn of(document: Document, at: Location) -> Self {
        let problems = document.problems.iter();
        let diagnostics = problems.map(|problem| {
            let at = at.at_line(problem.line);
            Diagnostic::new(Code::InvalidSyntax, at, &problem.message)
        });
        Self { diagnostics: diagnostics.collect(), root: document.root, at }
    }

    /// Returns a position in the manifest.
    pub(super) fn location(&self, line: u32) -> Location {
        self.at.at_line(line)
    }

    /// Returns the name of the package and its line; a manifest that only holds a workspace has none.
    pub(super) fn name(&self) -> Option<(&str, u32)> {
        let name = self.package()?.get("name")?;
        Some((name.str().filter(|name| !name.is_empty())?, name.line()))
    }

    /// Returns the version of the package.
    pub(super) fn version<'a>(&'a self, workspace: Option<&'a Self>) -> Option<&'a str> {
        self.field("version", workspace)?.0.str()
    }

    /// Returns the texts of a field of the package: of a string or of an array.
    pub(super) fn texts(&self, field: &str, workspace: Option<&Self>) -> Vec<String> {
        let Some((value, _)) = self.field(field, workspace) else { return Vec::new() };
        match value.str() {
            Some(text) => vec![text.to_owned()],
            None => value.strings().map(|(text, _)| text.to_owned()).collect(),
        }
    }

    /// Returns what the manifest says of the license, and the file it names, relative to where the claim stands.
    pub(super) fn claims(&self, workspace: Option<&Self>) -> (Vec<Claim>, Option<String>) {
        let mut claims = Vec::new();
        if let Some((value, at)) = self.field("license", workspace)
            && let Some(text) = value.str()
        {
            claims.push(Claim::field(ClaimKind::Declared, FieldFormat::Spdx, text, at.at_line(value.line())));
        }
        let mut file = None;
        if let Some((value, at)) = self.field("license-file", workspace)
            && let Some(text) = value.str()
        {
            claims.push(Claim::see_file(ClaimKind::Declared, text, at.at_line(value.line())));
            file = Some(text.to_owned());
        }
        (claims, file)
    }

    /// Returns whether the package is a compiler plugin that writes code into the output.
    pub(super) fn is_proc_macro(&self) -> bool {
        let Some(lib) = self.root.get("lib") else { return false };
        let flag = lib.get("proc-macro").or_else(|| lib.get("proc_macro")).and_then(Value::bool);
        let types = lib.get("crate-type").or_else(|| lib.get("crate_type"));
        flag == Some(true) || types.is_some_and(|types| types.strings().any(|(kind, _)| kind == "proc-macro"))
    }

    /// Returns the dependencies, in the order of the tables' and packages' names.
    pub(super) fn dependencies(&self, workspace: Option<&Self>) -> Vec<Dependency> {
        let mut found: Vec<Dependency> = dependencies(&self.root, workspace).collect();
        for target in self.root.get("target").map_or(&[][..], Value::entries) {
            let optional = |dependency| Dependency { optional: true, ..dependency };
            found.extend(dependencies(&target.value, workspace).map(optional));
        }
        found
    }

    /// Returns the `[workspace]` table.
    pub(super) fn workspace(&self) -> Option<&Value> {
        self.root.get("workspace").filter(|workspace| workspace.is_table())
    }

    /// Returns the folder of the workspace that the package says it belongs to.
    pub(super) fn workspace_folder(&self) -> Option<&str> {
        self.package()?.get("workspace")?.str()
    }

    /// Returns the local folders that `[patch]` and `[replace]` put in the place of packages.
    pub(super) fn patched_paths(&self) -> Vec<(String, u32)> {
        let patches = self.root.get("patch").map_or(&[][..], Value::entries);
        let tables = patches.iter().map(|registry| &registry.value).chain(self.root.get("replace"));
        let path = |entry: &Entry| {
            let path = entry.value.get("path")?;
            Some((path.str()?.to_owned(), path.line()))
        };
        tables.flat_map(Value::entries).filter_map(path).collect()
    }

    fn package(&self) -> Option<&Value> {
        // `[project]` is the name of the table from before 1.0.
        self.root.get("package").or_else(|| self.root.get("project"))
    }

    /// Returns a field of the package and whose it is: the package's own, or the workspace's if it is inherited.
    fn field<'a>(&'a self, name: &str, workspace: Option<&'a Self>) -> Option<(&'a Value, &'a Location)> {
        let value = self.package()?.get(name)?;
        if value.get("workspace").and_then(Value::bool) == Some(true) {
            let workspace = workspace?;
            return Some((workspace.workspace()?.at(&["package", name])?, &workspace.at));
        }
        Some((value, &self.at))
    }
}

/// Returns what the dependency tables below a value name.
fn dependencies(tables: &Value, workspace: Option<&Manifest>) -> impl Iterator<Item = Dependency> {
    let tables = DEPENDENCY_TABLES.iter().filter_map(|(table, scope)| Some((tables.get(table)?, *scope)));
    tables.flat_map(move |(table, scope)| table.entries().iter().map(move |entry| dependency(entry, scope, workspace)))
}

fn dependency(entry: &Entry, scope: Scope, workspace: Option<&Manifest>) -> Dependency {
    let inherited = entry.value.get("workspace").and_then(Value::bool) == Some(true);
    let shared = workspace.filter(|_| inherited).and_then(Manifest::workspace);
    let value = shared.and_then(|shared| shared.at(&["dependencies", &entry.key])).unwrap_or(&entry.value);
    let text = |name: &str| value.get(name).and_then(Value::str).map(str::to_owned);
    Dependency {
        package: text("package").unwrap_or_else(|| entry.key.clone()),
        requirement: value.str().map(str::to_owned).or_else(|| text("version")),
        scope,
        optional: entry.value.get("optional").and_then(Value::bool) == Some(true),
        path: text("path"),
        git: text("git"),
        registry: text("registry").or_else(|| text("registry-index")),
        inherited,
        line: entry.line,
    }
}
