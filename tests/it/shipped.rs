//! A development dependency that production sources import is judged as shipped, with what it needs.

use crate::program::{Project, package};

const MANIFEST: &str = r#"{
  "name": "shop", "version": "1.0.0", "license": "PPL",
  "devDependencies": {
    "vite": "^5", "left-pad": "^1", "editor": "^1", "linter": "^1", "tested": "^1", "theme4": "npm:theme@^4", "typed": "^1"
  }
}"#;

const LOCK: &str = r#"{
  "name": "shop", "version": "1.0.0", "lockfileVersion": 3, "requires": true,
  "packages": {
    "": {},
    "node_modules/vite": {"version": "5.0.0", "license": "MIT", "dev": true},
    "node_modules/left-pad": {"version": "1.0.0", "license": "MIT", "dev": true},
    "node_modules/editor": {"version": "1.0.0", "license": "MIT", "dev": true, "dependencies": {"deep": "^1"}},
    "node_modules/deep": {"version": "1.0.0", "license": "GPL-3.0-only", "dev": true},
    "node_modules/linter": {"version": "1.0.0", "license": "GPL-3.0-only", "dev": true},
    "node_modules/tested": {"version": "1.0.0", "license": "MIT", "dev": true},
    "node_modules/theme4": {"name": "theme", "version": "4.0.0", "license": "MIT", "dev": true},
    "node_modules/typed": {"version": "1.0.0", "license": "MIT", "dev": true}
  }
}"#;

fn shop() -> Project {
    Project::new(&[
        ("package.json", MANIFEST),
        ("package-lock.json", LOCK),
        ("index.html", "<script type=\"module\" src=\"/web/main.ts\"></script>"),
        ("web/main.ts", "import './style.css'\nimport { edit } from './lib/edit.js'\nimport type { T } from 'typed'\n"),
        ("web/style.css", "@import \"~theme4/base.css\";\n"),
        ("web/lib/edit.ts", "// edits\nexport * from 'editor/core'\n"),
        ("src/edit.test.ts", "import 'tested'\n"),
        ("tests/edit.ts", "import 'tested'\n"),
        ("eslint.config.js", "import linter from 'linter'\n"),
        ("scripts/pad.js", "require('left-pad')\n"),
    ])
}

#[test]
fn what_production_sources_import_is_shipped() {
    let (code, document) = shop().check(&[]);
    let scope = |purl: &str| package(&document, purl)["scope"].clone();
    for shipped in ["pkg:npm/editor@1.0.0", "pkg:npm/deep@1.0.0", "pkg:npm/theme@4.0.0"] {
        assert_eq!(scope(shipped), "runtime", "{shipped}");
    }
    for tool in ["vite@5.0.0", "left-pad@1.0.0", "linter@1.0.0", "tested@1.0.0", "typed@1.0.0"] {
        assert_eq!(scope(&format!("pkg:npm/{tool}")), "dev", "{tool}");
    }
    // The bundler puts the package that the editor needs into one file with the work.
    assert_eq!(package(&document, "pkg:npm/deep@1.0.0")["verdict"], "conflict");
    assert_ne!(package(&document, "pkg:npm/linter@1.0.0")["verdict"], "conflict");
    assert_eq!(code, Some(1));
}

#[test]
fn why_names_the_import() {
    let project = shop();
    let said = |name: &str| project.run(&["why", name]).stdout;
    assert!(said("editor").contains("imported by web/lib/edit.ts:2"), "{}", said("editor"));
    assert!(said("deep").contains("imported by web/lib/edit.ts:2"), "{}", said("deep"));
    assert!(said("theme").contains("imported by web/style.css:1"), "{}", said("theme"));
    assert!(!said("linter").contains("imported by"), "{}", said("linter"));
}

#[test]
fn without_a_bundler_the_lockfile_counts() {
    let project = shop();
    project.write("package-lock.json", LOCK.replace("node_modules/vite", "node_modules/other"));
    project.write("package.json", MANIFEST.replace("vite", "other"));
    let (_, document) = project.check(&[]);
    assert_eq!(package(&document, "pkg:npm/editor@1.0.0")["scope"], "dev");
}

#[test]
fn a_source_that_cannot_be_read_may_import_anything() {
    let project = shop();
    project.write("web/lib/edit.ts", vec![b' '; 5 * 1024 * 1024]);
    let (_, document) = project.check(&[]);
    assert_eq!(package(&document, "pkg:npm/linter@1.0.0")["scope"], "runtime");
}

#[test]
fn members_of_a_workspace_may_import_what_the_root_installs() {
    let lock = LOCK.replace(
        "\"\": {},",
        "\"\": {\"workspaces\": [\"web\"]}, \"web\": {\"name\": \"web\"},\n\
         \"node_modules/web\": {\"resolved\": \"web\", \"link\": true},",
    );
    let manifest = MANIFEST.replace("\"name\"", "\"workspaces\": [\"web\"], \"name\"");
    let files = [("web/package.json", r#"{"name": "web"}"#), ("web/src/a.vue", "<script>\nimport 'editor'\n</script>")];
    let project = Project::new(&[&files[..], &[("package.json", &manifest), ("package-lock.json", &lock)]].concat());
    let (_, document) = project.check(&[]);
    assert_eq!(package(&document, "pkg:npm/editor@1.0.0")["scope"], "runtime");
    assert_eq!(package(&document, "pkg:npm/linter@1.0.0")["scope"], "dev");
}
