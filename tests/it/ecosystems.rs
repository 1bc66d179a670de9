//! The table of `docs/ecosystems.md` is what the registry says, and files that nobody reads are named.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use ppl_check::ecosystem::{ECOSYSTEMS, Knows, Role, unread_files};

use crate::program::Project;

const HEAD: &str = "# Package managers and what their files say

Each row is a kind of file, with what can be known from it.
Where a lockfile and a manifest lie side by side the lockfile says which packages there are, and the manifest what they are for.
Licenses that a file does not name are read from copies that are installed, vendored or cached on the machine.

The table is generated: `PPL_CHECK_BLESS=1 cargo test --locked` rewrites it.

";

const UNREAD: &str = "
## Known and not read

A project with one of these files is not seen whole: the file is named, and the scan counts as incomplete.
Copied code (`vendor`, `third_party` and the like) is the exception: what its own manifests ask for is not part of the project.

";

fn table() -> String {
    let mut out = HEAD.to_owned();
    let words: Vec<&str> = Knows::ALL.iter().map(|knows| knows.word()).collect();
    writeln!(out, "| package manager | file | lockfile | {} |", words.join(" | ")).unwrap();
    writeln!(out, "|{}", "---|".repeat(3 + words.len())).unwrap();
    for ecosystem in ECOSYSTEMS {
        for file in ecosystem.files {
            let names = file.pattern.words();
            let names: Vec<String> = names.split(", ").map(|name| format!("`{name}`")).collect();
            let pins = if file.role == Role::Lockfile { "yes" } else { "" };
            let knows = Knows::ALL.iter().map(|knows| if file.knows.contains(knows) { "yes" } else { "" });
            let cells: Vec<&str> = [pins].into_iter().chain(knows).collect();
            writeln!(out, "| {} | {} | {} |", ecosystem.name, names.join(", "), cells.join(" | ")).unwrap();
        }
    }
    out.push_str(UNREAD);
    let mut unread: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (of, name) in unread_files() {
        unread.entry(of).or_default().push(format!("`{name}`"));
    }
    for (of, names) in unread {
        writeln!(out, "- {of}: {}", names.join(", ")).unwrap();
    }
    out
}

#[test]
fn the_table_in_the_docs_is_the_registry() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ecosystems.md");
    let expect = table();
    if std::env::var_os("PPL_CHECK_BLESS").is_some() {
        std::fs::write(&path, &expect).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expect, "docs/ecosystems.md differs from the registry: PPL_CHECK_BLESS=1 rewrites it");
}

#[test]
fn a_manifest_that_nobody_reads_is_named_and_counts() {
    let project = Project::new(&[
        ("package.json", "{\"name\": \"shop\", \"license\": \"PPL\"}"),
        ("web/bower.json", "{}"),
        ("tests/fixtures/elm.json", ""),
        ("third_party/x/dub.json", "{}"),
    ]);
    let run = project.run(&["check"]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(run.stdout.contains("Not understood") && run.stdout.contains("web/bower.json"), "{}", run.stdout);
    assert!(!run.stdout.contains("dub.json"), "{}", run.stdout);
    let manifest = ("package.json", "{\"name\": \"shop\", \"license\": \"PPL\"}");
    let sample = Project::new(&[manifest, ("tests/fixtures/elm.json", "")]);
    let run = sample.run(&["check"]);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
}
