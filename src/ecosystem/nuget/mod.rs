//! .NET: NuGet's and Paket's lockfiles, what a restore leaves in `obj`, projects with central versions, and `packages.config`.
//!
//! <https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files>.
//! Projects are programs: properties and conditions are read as far as they are literals.
//! Left out on purpose: `NuGet.Config`, whose sources say where packages come from and not what they are.

mod assets;
mod config;
mod copies;
mod lockfile;
mod nuspec;
mod packages;
mod paket;
mod project;
#[cfg(test)]
mod tests;

pub(crate) use lockfile::CONTENT_HASH;

use super::{Ecosystem, FileKind, Input, Knows, Parsed, Pattern, Role};

const ECOSYSTEM: &str = "nuget";

pub(super) static NUGET: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: ".NET (NuGet, Paket)",
    files: &[
        FileKind {
            pattern: Pattern::Rule("packages.lock.json", is_lockfile),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: lockfile::parse,
        },
        FileKind {
            pattern: Pattern::Path("obj/project.assets.json"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: assets::parse,
        },
        FileKind {
            pattern: Pattern::Name("packages.config"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Scopes],
            parse: config::parse,
        },
        FileKind {
            pattern: Pattern::Name("paket.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: paket::parse_lock,
        },
        FileKind {
            pattern: Pattern::Name("paket.dependencies"),
            role: Role::Manifest,
            knows: &[Knows::Scopes],
            parse: paket::parse_manifest,
        },
        FileKind {
            pattern: Pattern::Rule("*.csproj, *.fsproj, *.vbproj", is_project),
            role: Role::Manifest,
            knows: &[Knows::Versions, Knows::Scopes, Knows::Licenses],
            parse: project::parse,
        },
        FileKind {
            pattern: Pattern::Rule("Directory.Packages.props, Directory.Build.props", is_shared),
            role: Role::Manifest,
            knows: &[Knows::Versions],
            // The projects below read them.
            parse: nothing,
        },
    ],
    copies: copies::find,
    inspect: nuspec::inspect,
    fetch_command: "dotnet restore",
};

fn is_lockfile(name: &str) -> bool {
    name == "packages.lock.json" || name.starts_with("packages.") && name.ends_with(".lock.json")
}

/// Returns whether a file is a project of one of the three languages.
fn is_project(name: &str) -> bool {
    [".csproj", ".fsproj", ".vbproj"].iter().any(|end| name.ends_with(end) && name.len() > end.len())
}

fn is_shared(name: &str) -> bool {
    matches!(name, "Directory.Packages.props" | "Directory.Build.props")
}

fn nothing(_: &Input) -> Parsed {
    Parsed::default()
}

/// Returns whether a word can be the id or the version of a package: it cannot lead out of a folder.
fn is_plain(text: &str) -> bool {
    const MAX_BYTES: usize = 1024;
    let valid = |char: char| char.is_alphanumeric() || matches!(char, '.' | '-' | '_' | '+');
    !text.is_empty() && text.len() <= MAX_BYTES && !text.starts_with('.') && text.chars().all(valid)
}
