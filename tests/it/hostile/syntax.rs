//! Files that are deep, long or repeat themselves: parsers answer or refuse, and never overflow.

use super::limits::bounded;
use super::{Case, check_all, manifest};
use crate::program::Project;

/// A tenth of what the limits let in: the program under test is not optimized.
const MANY: usize = 200_000;

fn deep_json(name: &'static str) -> impl Fn(&Project) {
    move |project| project.write(name, format!("{{\"a\": {}", "[".repeat(MANY)))
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case::new("deep composer.lock", |project| deep_json("composer.lock")(project), 1, &["invalid-syntax"]),
    Case::new("deep composer.json", |project| deep_json("composer.json")(project), 1, &["invalid-syntax"]),
    Case::new("deep Pipfile.lock", |project| deep_json("Pipfile.lock")(project), 1, &["invalid-syntax"]),
    Case::new("deep JSON that is closed again", |project| {
        project.write("composer.lock", format!("{{\"packages\": {}{}}}", "[".repeat(MANY), "]".repeat(MANY)));
    }, 1, &[]),
    Case::new("deep arrays in Cargo.lock", |project| project.write("Cargo.lock", "x = ".to_owned() + &"[".repeat(MANY)), 1, &["invalid-syntax"]),
    Case::new("deep tables in Cargo.toml", |project| project.write("Cargo.toml", "x = ".to_owned() + &"{a=".repeat(MANY)), 1, &["invalid-syntax"]),
    Case::new("deep keys in pyproject.toml", |project| project.write("pyproject.toml", "a.".repeat(MANY)), 1, &["invalid-syntax"]),
    Case::new("deep headings in uv.lock", |project| project.write("uv.lock", format!("[{}a]", "a.".repeat(MANY))), 1, &["invalid-syntax"]),
    Case::new("a hundred thousand mistakes", |project| project.write("Cargo.lock", "=\n".repeat(100_000)), 1, &["invalid-syntax"]),
    Case::new("one line of requirements", |project| project.write("requirements.txt", "a".repeat(1 << 20)), 1, &[]),
    Case::new("a line that never ends", |project| project.write("requirements.txt", "a==1 \\\n".repeat(100_000)), 1, &[]),
    Case::new("letters for every pattern", |project| project.write("setup.py", "a".repeat(MANY)), 0, &[]),
    Case::new("openings for every pattern", |project| project.write("setup.py", "classifiers=[".repeat(20_000)), 0, &[]),
    Case::new("blanks for every pattern", |project| project.write("setup.py", format!("setup({}", " ".repeat(MANY))), 0, &[]),
    Case::new("quotes for every pattern", |project| project.write("setup.py", "name = \"\n".repeat(50_000)), 0, &[]),
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
