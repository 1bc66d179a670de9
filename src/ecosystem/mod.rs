//! Package managers: which files are theirs and what those files say.
//!
//! Each ecosystem is a declaration table and plain parse functions, in a file or folder named after its purl type.
//! A parser quotes: it does not normalize licenses, merge packages, or judge.
//! It never fails: what it cannot read is a diagnostic, and the rest is kept.
//!
//! **Invariant:** nothing here knows what a license means, asks a registry, or runs a program.

mod cargo;
mod cocoapods;
mod composer;
mod conan;
mod conda;
mod cpan;
mod cran;
mod deb;
mod docker;
mod gem;
mod generic;
mod githubactions;
pub(crate) mod golang;
mod hackage;
mod hex;
mod install;
mod jsr;
mod maven;
pub(crate) mod npm;
pub(crate) mod nuget;
pub mod packed;
mod r#pub;
pub(crate) mod pypi;
mod records;
mod sbom;
pub mod settings;
mod shape;
mod swift;
mod terraform;
#[cfg(test)]
mod testing;
mod unread;
mod vcpkg;
mod wanted;

use std::collections::BTreeSet;

use crate::base::{Code, Diagnostic, Location, RelPath};
use crate::model::{Checksum, Claim, PackageRecord};
use crate::scan::{Folder, Limits, Stores, Tree};

pub use install::fetch_command;
pub use sbom::parse_sbom;
pub use shape::parse;
pub use unread::{unread, unread_files};

/// One package manager.
pub struct Ecosystem {
    /// The purl type of its packages.
    pub ty: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// The files it leaves in a project, lockfiles before the manifests they pin.
    pub files: &'static [FileKind],
    /// Returns where copies of a package may lie, best first: installed, vendored, cached.
    ///
    /// Archives are read here; what is wrong with one is a diagnostic.
    pub copies: fn(&PackageRecord, &Surroundings) -> Copies,
    /// Reads what a package's own folder says of its license.
    pub inspect: fn(&Folder) -> Inspection,
    /// The command with which the user brings missing packages here, such as `cargo fetch`.
    pub fetch_command: &'static str,
}

/// One kind of file of an ecosystem.
pub struct FileKind {
    /// Which files are of this kind.
    pub pattern: Pattern,
    /// What the file is for.
    pub role: Role,
    /// What can be known from it.
    pub knows: &'static [Knows],
    /// Reads it.
    pub parse: fn(&Input) -> Parsed,
}

/// Which files are of a kind, by their name alone.
pub enum Pattern {
    /// Exactly this name.
    Name(&'static str),
    /// This end of the name.
    Suffix(&'static str),
    /// This end of the whole path, from a component on: `composer/installed.json`.
    Path(&'static str),
    /// A folder and the end of the names of files directly in it: `requirements`, `.txt`.
    Inside(&'static str, &'static str),
    /// A rule about the name; the words describe it in the docs.
    Rule(&'static str, fn(&str) -> bool),
}

impl Pattern {
    /// Returns whether a file is of this kind.
    pub fn matches(&self, path: &RelPath) -> bool {
        let Some(name) = path.file_name() else { return false };
        match self {
            Self::Name(exact) => name == *exact,
            Self::Suffix(end) => name.ends_with(end) && name != *end,
            Self::Path(end) => path.as_str() == *end || path.as_str().ends_with(&format!("/{end}")),
            Self::Inside(folder, end) => {
                name.ends_with(end) && path.components().rev().nth(1) == Some(*folder) && name != *end
            }
            Self::Rule(_, rule) => rule(name),
        }
    }

    /// Returns how the docs name the files.
    pub fn words(&self) -> String {
        match self {
            Self::Name(words) | Self::Path(words) | Self::Rule(words, _) => (*words).to_owned(),
            Self::Suffix(end) => format!("*{end}"),
            Self::Inside(folder, end) => format!("{folder}/*{end}"),
        }
    }
}

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// It pins the set of packages.
    Lockfile,
    /// It names what is wanted; it is read by itself only where no lockfile covers it.
    Manifest,
}

/// What can be known from a kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Knows {
    /// Exact versions.
    Versions,
    /// Who needs whom.
    Edges,
    /// What is runtime and what is not.
    Scopes,
    /// Licenses.
    Licenses,
}

impl Knows {
    /// Every kind, in the order of the docs table.
    pub const ALL: &'static [Self] = &[Self::Versions, Self::Edges, Self::Scopes, Self::Licenses];

    /// Returns the word of the docs table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Versions => "versions",
            Self::Edges => "edges",
            Self::Scopes => "scopes",
            Self::Licenses => "licenses",
        }
    }
}

/// One file to read, and the tree around it.
pub struct Input<'run> {
    /// The tree, for files that belong to this one.
    pub tree: &'run Tree,
    /// The stores outside the tree.
    pub stores: &'run Stores,
    /// The file.
    pub path: &'run RelPath,
}

impl Input<'_> {
    /// Returns the folder of the file.
    pub fn dir(&self) -> RelPath {
        self.path.parent().unwrap_or_default()
    }

    /// Reads the file itself, as a lockfile or manifest, and decodes it.
    pub fn text(&self, role: Role) -> Result<String, Diagnostic> {
        let limit = match role {
            Role::Lockfile => Limits::DEFAULT.lockfile,
            Role::Manifest => Limits::DEFAULT.manifest,
        };
        self.tree.read_text(self.path, limit).map_err(|error| error.diagnostic(Location::file(self.path.clone())))
    }

    /// Says that a text of lines is not the file its name promises, if it says something and no line of it starts with
    /// any of these marks: what a broken file holds back must not pass for nothing.
    pub fn unless_marked(&self, text: &str, marks: &[&str]) -> Option<Diagnostic> {
        let mut said = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let (first, _) = said.clone().find(|(_, line)| !line.trim_start().starts_with('#'))?;
        let is_marked = |line: &str| marks.iter().any(|mark| line.trim_start().starts_with(mark));
        if said.any(|(_, line)| is_marked(line)) {
            return None;
        }
        let line = u32::try_from(first).unwrap_or(u32::MAX).saturating_add(1);
        let message = format!("expected a line that starts with `{}`, found none", marks.join("` or `"));
        Some(Diagnostic::new(Code::InvalidSyntax, self.at(line), message))
    }

    /// Reads another manifest of the tree, if the walk met it.
    pub fn other(&self, path: &RelPath) -> Option<Result<String, Diagnostic>> {
        self.tree.has(path).then(|| {
            let text = self.tree.read_text(path, Limits::DEFAULT.manifest);
            text.map_err(|error| error.diagnostic(Location::file(path.clone())))
        })
    }

    /// Returns a position in the file.
    pub fn at(&self, line: u32) -> Location {
        Location::line(self.path.clone(), line)
    }

    /// Follows a path written in the file, relative to its folder; one that leads outside is a diagnostic.
    pub fn resolve(&self, reference: &str, line: u32) -> Result<RelPath, Diagnostic> {
        self.dir().resolve(reference).map_err(|error| {
            Diagnostic::new(Code::PathEscape, self.at(line), format!("`{}`: {error}", shortened(reference)))
        })
    }
}

/// Cuts long words for a message.
fn shortened(text: &str) -> String {
    const MAX_CHARS: usize = 120;
    if text.chars().count() <= MAX_CHARS {
        return text.to_owned();
    }
    text.chars().take(MAX_CHARS).chain(['…']).collect()
}

/// What one file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// The packages it names; [`Need::target`](crate::model::Need::target) is an index into this list.
    pub records: Vec<PackageRecord>,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
    /// Manifests that were read together with this file and need not be read again.
    pub covers: BTreeSet<RelPath>,
}

impl Parsed {
    /// Returns a result that holds a problem alone.
    pub fn failed(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], ..Self::default() }
    }
}

/// Everything in which copies of packages may lie.
pub struct Surroundings<'run> {
    /// The tree, with its own package stores.
    pub tree: &'run Tree,
    /// The stores outside.
    pub stores: &'run Stores,
}

/// The copies of a package that were found.
#[derive(Clone, Debug, Default)]
pub struct Copies {
    /// Folders that hold the package, best first; the first that has evidence counts.
    pub folders: Vec<Folder>,
    /// What was looked at in vain, in words: `node_modules/x (not installed)`.
    pub tried: Vec<String>,
    /// Copies that are not what the lockfile pins; they are not among the folders.
    pub mismatches: Vec<Mismatch>,
    /// Archives that were refused, and the like.
    pub diagnostics: Vec<Diagnostic>,
}

/// A copy whose checksum is not the one that the lockfile gives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mismatch {
    /// The archive, or the file that names the checksum.
    pub at: Location,
    /// What the lockfile says.
    pub expected: Checksum,
    /// What the copy has.
    pub found: Checksum,
}

/// What a package's own folder says of its license.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inspection {
    /// Name and version as the folder's own manifest gives them, to be compared with what was asked for.
    pub identity: Option<(String, String)>,
    /// What its manifest says of its license.
    pub claims: Vec<Claim>,
    /// License files that the manifest names, by their path inside the folder.
    pub license_files: Vec<String>,
    /// Whom to credit and where the work lives, for attributions.
    pub credits: Credits,
    /// Properties that decide the package's relation to the work.
    pub traits: BTreeSet<crate::model::Trait>,
    /// Whether the folder is only a part of the package, and nothing says where the rest is or it was not searched.
    pub partial: bool,
    /// Whether every file of the package lies below the folder.
    pub whole: bool,
    /// The file that describes the package in prose, where it is not called `README`.
    pub readme: Option<&'static str>,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// Whom to credit for a package.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Credits {
    /// The authors, as written.
    pub authors: Vec<String>,
    /// The address of the project.
    pub homepage: Option<String>,
    /// The address of its source.
    pub repository: Option<String>,
}

/// Every ecosystem, sorted by purl type.
#[rustfmt::skip]
pub static ECOSYSTEMS: &[&Ecosystem] = &[
    &cargo::CARGO,
    &cocoapods::COCOAPODS,
    &composer::COMPOSER,
    &conan::CONAN,
    &conda::CONDA,
    &cpan::CPAN,
    &cran::CRAN,
    &deb::DEB,
    &docker::DOCKER,
    &gem::GEM,
    &generic::GENERIC,
    &githubactions::GITHUB_ACTIONS,
    &golang::GOLANG,
    &hackage::HACKAGE,
    &hex::HEX_PM,
    &jsr::JSR,
    &maven::MAVEN,
    &npm::NPM,
    &nuget::NUGET,
    &r#pub::PUB,
    &pypi::PYPI,
    &swift::SWIFT,
    &terraform::TERRAFORM,
    &vcpkg::VCPKG,
];

/// Finds an ecosystem by purl type.
pub fn by_type(ty: &str) -> Option<&'static Ecosystem> {
    ECOSYSTEMS.iter().copied().find(|ecosystem| ecosystem.ty == ty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_sorted() {
        assert!(ECOSYSTEMS.iter().map(|ecosystem| ecosystem.ty).is_sorted());
    }

    #[test]
    fn patterns_match_names() {
        let path = |text: &str| RelPath::new(text).unwrap();
        assert!(Pattern::Name("Cargo.lock").matches(&path("a/Cargo.lock")));
        assert!(!Pattern::Name("Cargo.lock").matches(&path("a/xCargo.lock")));
        assert!(Pattern::Suffix(".csproj").matches(&path("a/b.csproj")));
        assert!(!Pattern::Suffix(".csproj").matches(&path("a/.csproj")));
        assert!(Pattern::Path("composer/installed.json").matches(&path("vendor/composer/installed.json")));
        assert!(!Pattern::Path("composer/installed.json").matches(&path("xcomposer/installed.json")));
        assert!(Pattern::Inside("requirements", ".txt").matches(&path("a/requirements/dev.txt")));
        assert!(!Pattern::Inside("requirements", ".txt").matches(&path("requirements/a/dev.txt")));
    }
}
