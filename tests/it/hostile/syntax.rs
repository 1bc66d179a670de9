//! Files that are deep, long or repeat themselves: parsers answer or refuse, and never overflow.

use std::fmt::Write;

use ppl_check::base::RelPath;
use ppl_check::ecosystem::{ECOSYSTEMS, Input, Pattern, Role};
use ppl_check::scan::{Stores, Tree, WalkOptions};

use super::limits::bounded;
use super::{Case, check_all, manifest};
use crate::program::Project;

/// How deep a file is: what no stack holds.
const DEEP: usize = 1_000_000;
/// What a pattern is tried on: the program under test is not optimized.
const MANY: usize = 200_000;

fn deep_json(name: &'static str) -> impl Fn(&Project) {
    move |project| project.write(name, format!("{{\"a\": {}", "[".repeat(DEEP)))
}

/// Nine aliases of nine aliases, nine times: as many words as no memory holds.
fn aliases(project: &Project) {
    let mut bomb =
        "lockfileVersion: '9.0'\na: &a [\"x\", \"x\", \"x\", \"x\", \"x\", \"x\", \"x\", \"x\", \"x\"]\n".to_owned();
    for (name, before) in ["b", "c", "d", "e", "f", "g", "h", "i"].iter().zip(["a", "b", "c", "d", "e", "f", "g", "h"])
    {
        let row = vec![format!("*{before}"); 9].join(", ");
        writeln!(bomb, "{name}: &{name} [{row}]").unwrap();
    }
    project.write("pnpm-lock.yaml", bomb + "packages: *i\nimporters: *i\n");
}

/// A billion laughs, and a file that an entity names.
fn entities(project: &Project) {
    let mut pom = "<!DOCTYPE project [<!ENTITY file SYSTEM \"file:///etc/passwd\"><!ENTITY a0 \"lol\">".to_owned();
    for level in 1..10 {
        let row = format!("&a{};", level - 1).repeat(10);
        write!(pom, "<!ENTITY a{level} \"{row}\">").unwrap();
    }
    project.write("pom.xml", pom + "]>\n<project><artifactId>&a9;</artifactId><version>&file;</version></project>");
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case::new("deep composer.lock", |project| deep_json("composer.lock")(project), 1, &["invalid-syntax"]),
    Case::new("deep composer.json", |project| deep_json("composer.json")(project), 1, &["invalid-syntax"]),
    Case::new("deep Pipfile.lock", |project| deep_json("Pipfile.lock")(project), 1, &["invalid-syntax"]),
    Case::new("deep package.json", |project| deep_json("package.json")(project), 1, &["invalid-syntax"]),
    Case::new("deep package-lock.json", |project| deep_json("package-lock.json")(project), 1, &["invalid-syntax"]),
    Case::new("deep packages.lock.json", |project| deep_json("packages.lock.json")(project), 1, &["invalid-syntax"]),
    Case::new("deep project.assets.json", |project| deep_json("obj/project.assets.json")(project), 1, &["invalid-syntax"]),
    Case::new("deep deno.lock", |project| deep_json("deno.lock")(project), 1, &["invalid-syntax"]),
    Case::new("deep JSON that is closed again", |project| {
        project.write("composer.lock", format!("{{\"packages\": {}{}}}", "[".repeat(DEEP), "]".repeat(DEEP)));
    }, 1, &[]),
    Case::new("deep arrays in Cargo.lock", |project| project.write("Cargo.lock", "x = ".to_owned() + &"[".repeat(DEEP)), 1, &["invalid-syntax"]),
    Case::new("deep tables in Cargo.toml", |project| project.write("Cargo.toml", "x = ".to_owned() + &"{a=".repeat(DEEP)), 1, &["invalid-syntax"]),
    Case::new("deep keys in pyproject.toml", |project| project.write("pyproject.toml", "a.".repeat(DEEP)), 1, &["invalid-syntax"]),
    Case::new("deep headings in uv.lock", |project| project.write("uv.lock", format!("[{}a]", "a.".repeat(DEEP))), 1, &["invalid-syntax"]),
    Case::new("aliases of aliases in pnpm-lock.yaml", aliases, 1, &["invalid-syntax"]).peak_mib(100),
    Case::new("deep brackets in pnpm-lock.yaml", |project| project.write("pnpm-lock.yaml", "a: ".to_owned() + &"[".repeat(100_000)), 1, &["invalid-syntax"]).peak_mib(100),
    Case::new("deep lists in stack.yaml.lock", |project| project.write("stack.yaml.lock", "- ".repeat(10_000)), 1, &["invalid-syntax"]).peak_mib(100),
    Case::new("deep blocks in conda-lock.yml", |project| {
        project.write("conda-lock.yml", (0..3000).fold(String::new(), |text, depth| text + &" ".repeat(depth) + "a:\n"));
    }, 1, &["invalid-syntax"]).peak_mib(100),
    Case::new("entities of entities and of files in pom.xml", entities, 1, &["invalid-syntax"]).peak_mib(100),
    Case::new("deep pom.xml", |project| project.write("pom.xml", "<a>".repeat(DEEP)), 1, &["invalid-syntax"]),
    Case::new("deep shop.csproj", |project| project.write("shop.csproj", "<a>".repeat(DEEP)), 1, &["invalid-syntax"]),
    Case::new("a hundred thousand mistakes", |project| project.write("Cargo.lock", "=\n".repeat(100_000)), 1, &["invalid-syntax"]),
    Case::new("one line of requirements", |project| project.write("requirements.txt", "a".repeat(1 << 20)), 1, &[]),
    Case::new("a line that never ends", |project| project.write("requirements.txt", "a==1 \\\n".repeat(100_000)), 1, &[]),
    Case::new("letters for every pattern", |project| project.write("setup.py", "a".repeat(MANY)), 1, &["invalid-syntax"]),
    Case::new("openings for every pattern", |project| project.write("setup.py", "classifiers=[".repeat(20_000)), 1, &["invalid-syntax"]),
    Case::new("blanks for every pattern", |project| project.write("setup.py", format!("setup({}", " ".repeat(MANY))), 0, &[]),
    Case::new("quotes for every pattern", |project| project.write("setup.py", "name = \"\n".repeat(50_000)), 1, &["invalid-syntax"]),
    Case::new("headers without end", |project| {
        let folder = ".venv/lib/python3.13/site-packages/x-1.dist-info/METADATA";
        project.write(".venv/pyvenv.cfg", "home = /usr/bin\n");
        project.write(folder, "Name: x\nVersion: 1\n".to_owned() + &"Classifier: License :: Nothing\n".repeat(20_000));
    }, 1, &[]),
];

#[test]
fn deep_and_endless_files() {
    check_all(CASES);
}

/// A file that is not what its name promises must not pass for one that names nothing.
#[test]
fn a_lockfile_that_is_none_is_told() {
    let garbage =
        ["!!! this is none of it !!!\nand: more\n", "<<<<<<< HEAD\n=======\n>>>>>>> other\n", "\u{1}\u{2}x\u{7f}"];
    let mut silent = Vec::new();
    for ecosystem in ECOSYSTEMS {
        for kind in ecosystem.files.iter().filter(|kind| kind.role == Role::Lockfile) {
            let (Pattern::Name(name) | Pattern::Path(name)) = kind.pattern else { continue };
            for text in garbage {
                let project = Project::new(&[(name, text)]);
                let tree = Tree::walk(&project.path(), &WalkOptions::default()).unwrap();
                let path = RelPath::new(name).unwrap();
                let parsed = (kind.parse)(&Input { tree: &tree, stores: &Stores::default(), path: &path });
                if parsed.diagnostics.is_empty() {
                    silent.push(format!("{name}: {text:?}: {} records", parsed.records.len()));
                }
            }
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

/// A license field with an expression, in the manifest of the project itself.
fn field(expression: &str) -> String {
    manifest("").replace("\"PPL\"", &format!("'{expression}'"))
}

#[test]
fn deep_and_huge_expressions_are_answered_or_refused() {
    let deep = |depth: usize| format!("{}MIT{}", "(".repeat(depth), ")".repeat(depth));
    let long = |operator: &str, n_terms: usize| vec!["MIT"; n_terms].join(operator);
    let choices = vec!["(MIT OR ISC)"; 40].join(" AND ");
    let alternating = format!("{}PPL{}", "MIT AND (ISC OR (".repeat(250), "))".repeat(250));
    for (name, expression, code) in [
        ("4,000 parentheses", deep(4000), 0),
        ("10,000 parentheses", deep(10_000), 2),
        ("512 licenses", long(" AND ", 512), 0),
        ("513 licenses", long(" AND ", 513), 2),
        ("15,000 licenses", long(" OR ", 15_000), 2),
        ("forty choices", choices, 0),
        ("operators that take turns", alternating, 0),
    ] {
        let project = Project::new(&[]);
        let run = bounded(&project, &["eval", &expression]);
        assert_eq!((run.code, run.signal), (Some(code), None), "{name}: {}", run.all());
        assert!(run.stderr.len() < 1000, "{name}: {}", run.all());
        // The same expression in a field: what is refused there is unknown, never fine.
        project.write("Cargo.toml", field(&expression));
        let run = bounded(&project, &["check", "--format", "json"]);
        assert!(matches!(run.code, Some(0 | 1)) && run.signal.is_none(), "{name}: {}", run.all());
        let package = &run.document()["packages"][0];
        assert_eq!(package["expression"].is_null(), code == 2, "{name}");
    }
    // An argument cannot be longer than 128 KiB on Linux; a field can.
    let project = Project::new(&[]);
    project.write("Cargo.toml", field(&long(" OR ", 100_000)));
    let run = bounded(&project, &["check", "--format", "json"]);
    assert_eq!(run.signal, None);
    assert!(run.document()["packages"][0]["expression"].is_null());
}
