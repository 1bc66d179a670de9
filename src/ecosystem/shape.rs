//! Files that bear the name of a manifest or lockfile and are none: what they hold back must not pass for nothing.
//!
//! Code that is only searched for literals cannot be malformed, so its parser finds nothing where there is nothing to
//! find. A file that names no package and has none of the words that every file of its kind has is a problem.

use crate::base::{Code, Diagnostic};
use crate::scan::Limits;
use crate::syntax::text::{decode, is_binary};

use super::{FileKind, Input, Parsed, Pattern, Role};

/// What a kind of file looks like.
struct Shape {
    pattern: Pattern,
    /// One of these stands in every file that says something.
    marks: &'static [&'static str],
}

const fn named(name: &'static str, marks: &'static [&'static str]) -> Shape {
    Shape { pattern: Pattern::Name(name), marks }
}

/// Calls, values, blocks that every build has, and the properties that need no sign between name and value.
const GRADLE: &[&str] = &["(", " = ", "apply", "plugins", "dependencies", "description", "group", "version"];

/// Sorted by name.
#[rustfmt::skip]
static SHAPES: &[Shape] = &[
    named("CMakeLists.txt", &["("]),
    named("Containerfile", &["FROM", "from"]),
    named("Directory.Build.props", &["<Project"]),
    named("Directory.Packages.props", &["<Project"]),
    named("Dockerfile", &["FROM", "from"]),
    named("Gemfile", &["gem", "source", "ruby", "group"]),
    named("Package.swift", &["Package"]),
    named("Podfile", &["pod", "target", "platform", "source"]),
    named("build.gradle", GRADLE),
    named("build.gradle.kts", GRADLE),
    named("compose.yaml", &["services", "include", "version", "x-"]),
    named("conanfile.py", &["conan"]),
    named("conanfile.txt", &["["]),
    named("cpanfile", &["requires", "recommends", "suggests", "conflicts", "feature", "on "]),
    named("docker-compose.yml", &["services", "include", "version", "x-"]),
    named("gems.rb", &["gem", "source", "ruby", "group"]),
    named("mix.exs", &["Mix.Project", "project"]),
    named("npm-shrinkwrap.json", &["\"lockfileVersion\"", "\"dependencies\"", "\"packages\""]),
    named("package-lock.json", &["\"lockfileVersion\"", "\"dependencies\"", "\"packages\""]),
    named("packages.lock.json", &["\"dependencies\""]),
    named("paket.dependencies", &["source", "nuget", "github", "git ", "http", "group", "framework", "storage"]),
    named("pubspec.yaml", &["name:", "dependencies:", "environment:", "workspace:"]),
    named("pyvenv.cfg", &["home", "version"]),
    named("rebar.config", &["}.", "]."]),
    named("renv.lock", &["\"Packages\"", "\"R\""]),
    named("setup.cfg", &["["]),
    named("setup.py", &["setup", "import"]),
    named("stack.yaml", &["resolver:", "snapshot:", "packages:", "extra-deps:"]),
    named("stack.yaml.lock", &["packages"]),
    Shape { pattern: Pattern::Path("composer/installed.json"), marks: &["\"packages\"", "\"name\"", "[]"] },
    Shape { pattern: Pattern::Path("dist-newstyle/cache/plan.json"), marks: &["\"install-plan\""] },
    Shape { pattern: Pattern::Path("obj/project.assets.json"), marks: &["\"libraries\"", "\"targets\""] },
    Shape { pattern: Pattern::Path("vendor/modules.txt"), marks: &["# "] },
    Shape { pattern: Pattern::Suffix(".cabal"), marks: &["name:", "Name:", "build-depends"] },
    Shape { pattern: Pattern::Suffix(".cmake"), marks: &["("] },
    Shape { pattern: Pattern::Suffix(".gemspec"), marks: &["Gem::Specification"] },
];

/// Files that pin packages and hold nothing where there is nothing: some are written by people, and git leaves an empty
/// list of submodules behind.
const MAY_BE_EMPTY: &[&str] = &[".cmake", ".gitmodules", "CMakeLists.txt", "go.sum", "modules.txt", "yarn.lock"];

fn may_be_empty(name: &str) -> bool {
    MAY_BE_EMPTY.iter().any(|end| name.ends_with(end))
}

/// How comments start in the files of any kind.
const COMMENTS: &[&str] = &["#", "//", "/*", "*", "%", "--", ";"];

/// Reads a file, and says so if it names no package and is not what its name promises.
pub fn parse(kind: &FileKind, input: &Input) -> Parsed {
    let mut parsed = (kind.parse)(input);
    if parsed.diagnostics.is_empty() && parsed.records.iter().all(|record| record.own) {
        parsed.diagnostics.extend(misshapen(kind, input));
    }
    parsed
}

fn misshapen(kind: &FileKind, input: &Input) -> Option<Diagnostic> {
    let name = input.path.file_name().unwrap_or_default();
    let shape = SHAPES.iter().find(|shape| shape.pattern.matches(input.path));
    if shape.is_none() && kind.role == Role::Manifest {
        return None;
    }
    let problem = |message: String| Some(Diagnostic::new(Code::InvalidSyntax, input.at(1), message));
    let bytes = input.tree.read(input.path, Limits::DEFAULT.lockfile).ok()?;
    if is_binary(&bytes) {
        return problem("expected a text, found binary data".to_owned());
    }
    let text = decode(&bytes).text;
    let mut said = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    if said.peek().is_none() {
        let is_fine = kind.role == Role::Manifest || may_be_empty(name);
        return if is_fine { None } else { problem("expected a lockfile, found an empty file".to_owned()) };
    }
    let is_marked = |marks: &&[&str]| marks.iter().any(|mark| text.contains(mark));
    let marks = shape.map(|shape| shape.marks).filter(|marks| !is_marked(marks))?;
    let is_comment = |line: &str| COMMENTS.iter().any(|start| line.starts_with(start));
    if said.all(is_comment) {
        return None;
    }
    let marks: Vec<String> = marks.iter().map(|mark| format!("`{}`", mark.trim())).collect();
    problem(format!("expected {}, found none of it", marks.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::super::ECOSYSTEMS;
    use super::super::testing::World;
    use super::*;

    /// Kinds of which anything may be a file: prose is a `copyright` file too, and other tools have such names.
    const ANYTHING: &[&str] = &["DESCRIPTION", "debian/copyright", "workflows/x.yaml", "workflows/x.yml"];

    const NONE_OF_IT: &[(&str, &[u8])] = &[
        ("words", b"Lorem ipsum dolor sit amet, this is nothing of the kind.\nAnother line of words.\n"),
        ("a program", b"\x7fELF\x02\x01\x01\x00\x00\xff\xfe\x80\x81 (gem 'a' = {[\x00\x00"),
        ("a page", b"<!DOCTYPE html>\n<html><body><p>Not Found</p></body></html>\n"),
        ("the start of a file", b"{\"packages\": {\"a"),
        ("two versions", b"a\n<<<<<<< HEAD\nfoo: 1\n=======\nfoo: 2\n>>>>>>> main\n"),
    ];

    fn every_file(mut check: impl FnMut(&FileKind, &'static str, &str)) {
        for ecosystem in ECOSYSTEMS {
            for kind in ecosystem.files {
                for name in kind.pattern.words().split(", ") {
                    check(kind, ecosystem.ty, &name.replace('*', "x"));
                }
            }
        }
    }

    #[test]
    fn a_file_of_every_name_that_is_something_else_is_one_problem() {
        every_file(|_, ty, path| {
            for (what, content) in NONE_OF_IT.iter().filter(|_| !ANYTHING.contains(&path)) {
                let parsed = World::of(&[(path, content)]).parse(ty, path);
                let found = parsed.records.iter().any(|record| !record.own);
                let named = parsed.diagnostics.iter().filter(|diagnostic| {
                    diagnostic.at.as_ref().is_some_and(|at| at.path.as_str() == path)
                        && diagnostic.code.makes_incomplete()
                });
                assert!(found || named.count() > 0, "{path} with {what}: {:?}", parsed.diagnostics);
            }
        });
    }

    #[test]
    fn an_empty_manifest_says_nothing_and_an_empty_lockfile_is_a_problem() {
        every_file(|kind, ty, path| {
            let parsed = World::of(&[(path, b" \n\n")]).parse(ty, path);
            let name = path.rsplit('/').next().unwrap();
            if kind.role == Role::Lockfile {
                assert_eq!(parsed.diagnostics.is_empty(), may_be_empty(name), "{path}");
            } else if SHAPES.iter().any(|shape| matches!(shape.pattern, Pattern::Name(known) if known == name)) {
                assert_eq!(parsed.diagnostics, [], "{path}");
            }
        });
    }

    #[test]
    fn comments_alone_are_no_problem() {
        for (ty, path, text) in [
            ("gem", "Gemfile", "# frozen_string_literal: true\n"),
            ("maven", "build.gradle", "// Everything is in the modules.\n"),
            ("hex", "rebar.config", "%% nothing\n"),
            ("hackage", "x.cabal", "-- nothing\n"),
            ("cpan", "cpanfile", "# nothing\n"),
        ] {
            assert_eq!(World::of(&[(path, text.as_bytes())]).parse(ty, path).diagnostics, [], "{path}");
        }
    }

    #[test]
    fn shapes_are_those_of_files_that_are_read() {
        for shape in SHAPES {
            let path = crate::base::RelPath::root().join(&shape.pattern.words().replace('*', "x"));
            let mut kinds = ECOSYSTEMS.iter().flat_map(|ecosystem| ecosystem.files);
            assert!(kinds.any(|kind| kind.pattern.matches(&path)), "{path}");
        }
    }
}
