//! Java and its kin: Maven's `pom.xml`, Gradle's lockfiles, catalogs and scripts, and jars.
//!
//! <https://maven.apache.org/pom.html>, <https://docs.gradle.org/current/userguide/dependency_locking.html>.
//! Maven pins nothing in the project itself: what its dependencies bring along is known where their own files lie in the
//! local repository. Gradle's scripts are programs: they are read by their literals alone.
//! Left out on purpose: settings of repositories and mirrors, activation of profiles (what a profile adds is optional).

mod catalog;
mod copies;
mod graph;
mod jar;
mod lockfile;
mod model;
mod pom;
mod project;
mod script;
#[cfg(test)]
mod tests;
mod verification;

use super::{Ecosystem, FileKind, Knows, Pattern, Role};

const ECOSYSTEM: &str = "maven";

pub(super) static MAVEN: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "Java (Maven, Gradle)",
    files: &[
        FileKind {
            pattern: Pattern::Name("gradle.lockfile"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: lockfile::parse,
        },
        FileKind {
            pattern: Pattern::Name("buildscript-gradle.lockfile"),
            role: Role::Manifest,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: lockfile::parse,
        },
        FileKind {
            pattern: Pattern::Inside("dependency-locks", ".lockfile"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: lockfile::parse_old,
        },
        FileKind {
            pattern: Pattern::Name("pom.xml"),
            role: Role::Manifest,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes, Knows::Licenses],
            parse: project::parse,
        },
        FileKind {
            pattern: Pattern::Suffix(".versions.toml"),
            role: Role::Manifest,
            knows: &[Knows::Versions],
            parse: catalog::parse,
        },
        FileKind {
            pattern: Pattern::Path("gradle/verification-metadata.xml"),
            role: Role::Manifest,
            knows: &[Knows::Versions],
            parse: verification::parse,
        },
        FileKind {
            pattern: Pattern::Name("build.gradle"),
            role: Role::Manifest,
            knows: &[Knows::Versions, Knows::Scopes],
            parse: script::parse,
        },
        FileKind {
            pattern: Pattern::Name("build.gradle.kts"),
            role: Role::Manifest,
            knows: &[Knows::Versions, Knows::Scopes],
            parse: script::parse,
        },
        FileKind {
            pattern: Pattern::Suffix(".jar"),
            role: Role::Manifest,
            knows: &[Knows::Versions, Knows::Licenses],
            parse: jar::parse,
        },
    ],
    copies: copies::find,
    inspect: copies::inspect,
    fetch_command: "mvn dependency:go-offline",
};
