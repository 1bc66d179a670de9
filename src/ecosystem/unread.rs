//! Manifests and lockfiles of package managers that are known by name and not read.
//!
//! A project that has one is not seen whole: the file is named, and the scan counts as incomplete.

use crate::base::RelPath;

use super::Pattern;

/// A file that is not read.
struct Unread {
    pattern: Pattern,
    /// Whose file it is.
    of: &'static str,
}

const fn named(name: &'static str, of: &'static str) -> Unread {
    Unread { pattern: Pattern::Name(name), of }
}

/// Sorted by package manager.
#[rustfmt::skip]
static UNREAD: &[Unread] = &[
    named("MODULE.bazel", "Bazel"),
    named("WORKSPACE.bazel", "Bazel"),
    Unread { pattern: Pattern::Suffix(".MODULE.bazel"), of: "Bazel" },
    named("bower.json", "Bower"),
    named("Cartfile", "Carthage"),
    named("Cartfile.resolved", "Carthage"),
    named("deps.edn", "Clojure"),
    named("project.clj", "Clojure (Leiningen)"),
    named("shard.lock", "Crystal"),
    named("shard.yml", "Crystal"),
    named("dub.json", "D (dub)"),
    named("dub.sdl", "D (dub)"),
    named("elm.json", "Elm"),
    named("gleam.toml", "Gleam"),
    named("Godeps.json", "Go (before modules)"),
    named("Gopkg.lock", "Go (before modules)"),
    named("Gopkg.toml", "Go (before modules)"),
    named("glide.lock", "Go (before modules)"),
    named("glide.yaml", "Go (before modules)"),
    named("package.yaml", "Haskell (hpack)"),
    named("Brewfile", "Homebrew"),
    named("Brewfile.lock.json", "Homebrew"),
    named("ivy.xml", "Java (Ivy)"),
    named("JuliaManifest.toml", "Julia"),
    named("JuliaProject.toml", "Julia"),
    named("Manifest.toml", "Julia"),
    Unread { pattern: Pattern::Suffix(".rockspec"), of: "Lua (LuaRocks)" },
    Unread { pattern: Pattern::Inside("subprojects", ".wrap"), of: "Meson" },
    Unread { pattern: Pattern::Suffix(".nimble"), of: "Nim (Nimble)" },
    named("nimble.lock", "Nim (Nimble)"),
    named("flake.lock", "Nix"),
    Unread { pattern: Pattern::Suffix(".opam"), of: "OCaml (opam)" },
    Unread { pattern: Pattern::Suffix(".opam.locked"), of: "OCaml (opam)" },
    named("Build.PL", "Perl"),
    named("META.yml", "Perl"),
    named("Makefile.PL", "Perl"),
    named("dist.ini", "Perl"),
    named("packrat.lock", "R (Packrat)"),
    Unread { pattern: Pattern::Inside("gemfiles", ".gemfile"), of: "Ruby (Appraisal)" },
    named("build.sbt", "Scala (sbt)"),
    named("build.zig.zon", "Zig"),
    named("vcpkg-configuration.json", "vcpkg (registries)"),
];

/// Files that say no more than another one beside them, which is read.
const TWINS: &[(&str, &str)] = &[("META.yml", "META.json")];

/// Returns whose file it is, if it is known and not read; `has` says what else is there.
pub fn unread(path: &RelPath, has: impl Fn(&RelPath) -> bool) -> Option<&'static str> {
    let twin = TWINS.iter().find(|(name, _)| path.file_name() == Some(*name));
    let has_twin = twin.is_some_and(|(_, twin)| has(&path.parent().unwrap_or_default().join(twin)));
    UNREAD.iter().find(|file| file.pattern.matches(path) && !has_twin).map(|file| file.of)
}

/// Returns the names of the files and whose they are, for the docs.
pub fn unread_files() -> impl Iterator<Item = (&'static str, String)> {
    UNREAD.iter().map(|file| (file.of, file.pattern.words()))
}

#[cfg(test)]
mod tests {
    use super::super::ECOSYSTEMS;
    use super::*;

    #[test]
    fn what_is_read_is_not_among_them() {
        for (of, words) in unread_files() {
            let path = RelPath::root().join(&words.replace('*', "x"));
            assert_eq!(unread(&path, |_| false), Some(of));
            let mut kinds = ECOSYSTEMS.iter().flat_map(|ecosystem| ecosystem.files);
            assert!(!kinds.any(|kind| kind.pattern.matches(&path)), "{words}");
        }
        assert_eq!(unread(&RelPath::root().join("README"), |_| true), None);
        assert_eq!(unread(&RelPath::root().join("META.yml"), |path| path.as_str() == "META.json"), None);
    }
}
