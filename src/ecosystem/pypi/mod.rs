//! Python: lockfiles of Poetry, uv, PDM and Pipenv, `pylock.toml`, requirements files, project metadata, environments.
//!
//! No lockfile of Python holds licenses; built metadata does, wherever a copy of the distribution lies.

mod copies;
mod environment;
mod lock;
mod manifest;
mod metadata;
mod origin;
mod pdm;
mod pipfile;
mod poetry;
mod project;
mod pylock;
mod pyproject;
pub(crate) mod requirement;
mod requirements;
mod setup;
#[cfg(test)]
mod tests;
mod uv;

use super::{Ecosystem, FileKind, Knows, Pattern, Role};

pub(crate) use metadata::{is_said, license_classifiers};

pub(super) static PYPI: Ecosystem = Ecosystem {
    ty: "pypi",
    name: "Python",
    files: &[
        FileKind {
            pattern: Pattern::Name("uv.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: uv::parse,
        },
        FileKind {
            pattern: Pattern::Name("poetry.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: poetry::parse,
        },
        FileKind {
            pattern: Pattern::Name("pdm.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: pdm::parse,
        },
        FileKind {
            pattern: Pattern::Rule("pylock.toml, pylock.*.toml", pylock::is_pylock),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: pylock::parse,
        },
        FileKind {
            pattern: Pattern::Name("Pipfile.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Scopes],
            parse: pipfile::parse_lock,
        },
        FileKind {
            pattern: Pattern::Name("pyproject.toml"),
            role: Role::Manifest,
            knows: &[Knows::Scopes, Knows::Licenses],
            parse: manifest::parse,
        },
        FileKind {
            pattern: Pattern::Name("setup.cfg"),
            role: Role::Manifest,
            knows: &[Knows::Scopes, Knows::Licenses],
            parse: manifest::parse,
        },
        FileKind {
            pattern: Pattern::Name("setup.py"),
            role: Role::Manifest,
            knows: &[Knows::Licenses],
            parse: manifest::parse,
        },
        FileKind {
            pattern: Pattern::Name("Pipfile"),
            role: Role::Manifest,
            knows: &[Knows::Scopes],
            parse: manifest::parse,
        },
        FileKind {
            pattern: Pattern::Rule("*requirements*.txt, *requirements*.in", requirements::is_requirements),
            role: Role::Manifest,
            knows: &[Knows::Versions, Knows::Scopes],
            parse: requirements::parse,
        },
        FileKind {
            pattern: Pattern::Inside("requirements", ".txt"),
            role: Role::Manifest,
            knows: &[Knows::Versions, Knows::Scopes],
            parse: requirements::parse,
        },
        FileKind {
            pattern: Pattern::Name("pyvenv.cfg"),
            role: Role::Manifest,
            knows: &[Knows::Versions, Knows::Edges, Knows::Licenses],
            parse: environment::parse,
        },
    ],
    copies: copies::find,
    inspect: metadata::inspect,
    fetch_command: "install into .venv (uv sync, poetry install, pdm sync, pipenv sync, pip install -r)",
};
