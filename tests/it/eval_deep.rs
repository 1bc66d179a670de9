//! `eval --deep`: what a package needs directly, as recorded answers of its registry name it.

use serde_json::{Value, json};

use crate::lookup::tar_gz;
use crate::program::Project;
use crate::server::{Reply, Server};

/// Evaluates a package with what it needs; returns the exit code and, for each row, package, expression, who needs it.
fn deep(server: &Server, package: &str) -> (Option<i32>, Vec<(String, Value, Value)>) {
    let run = Project::new(&[]).run_online(&["eval", package, "--deep", "--format", "json"], &server.url());
    let rows = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap());
    let rows = rows.map(|row: Value| {
        (row["package"].as_str().unwrap().to_owned(), row["expression"].clone(), row["needed_by"].clone())
    });
    (run.code, rows.collect())
}

fn row(package: &str, expression: impl Into<Value>, by: impl Into<Value>) -> (String, Value, Value) {
    (package.to_owned(), expression.into(), by.into())
}

fn json_reply(value: &Value) -> Reply {
    Reply::body(value.to_string())
}

#[test]
fn npm_dependencies_are_judged_in_the_newest_version_that_will_do() {
    let version = |name: &str, version: &str, license: &str| {
        json_reply(&json!({"name": name, "version": version, "license": license}))
    };
    let manifest = json!({
        "name": "tree", "version": "1.0.0", "license": "MIT",
        "dependencies": {"leaf": "^1.2.0", "far": "git+ssh://git@host.example/far.git", "gone": "^9.0.0"},
        "devDependencies": {"tool": "^1.0.0"},
        "peerDependencies": {"bud": "1.x"},
    });
    let server = Server::start(&[
        ("/tree/1.0.0", json_reply(&manifest)),
        (
            "/leaf",
            json_reply(&json!({"versions": {"1.1.0": {}, "1.9.0": {}, "1.10.0": {}, "2.0.0": {}, "1.11.0-rc.1": {}}})),
        ),
        ("/leaf/1.10.0", version("leaf", "1.10.0", "GPL-3.0-only")),
        ("/bud", json_reply(&json!({"versions": {"1.0.0": {}}}))),
        ("/bud/1.0.0", version("bud", "1.0.0", "MIT")),
        ("/gone", json_reply(&json!({"versions": {"1.0.0": {}}}))),
    ]);
    let (code, rows) = deep(&server, "npm:tree@1.0.0");
    let tree = "pkg:npm/tree@1.0.0";
    let expect = [
        row(tree, "MIT", Value::Null),
        row("pkg:npm/bud@1.0.0", "MIT", tree),
        row("pkg:npm/far", Value::Null, tree),
        row("pkg:npm/gone", Value::Null, tree),
        row("pkg:npm/leaf@1.10.0", "GPL-3.0-only", tree),
    ];
    assert_eq!((code, rows), (Some(1), expect.to_vec()));
    assert!(!server.requests().iter().any(|path| path.contains("tool") || path.contains("far")));
    // Without the option nothing more is asked.
    let run = Project::new(&[]).run_online(&["eval", "npm:tree@1.0.0"], &server.url());
    assert_eq!((run.code, run.stdout.matches("needs").count()), (Some(0), 0));
    // For people, what stands in the way is told at length, and the rest in a line.
    let text = Project::new(&[]).run_online(&["eval", "npm:tree@1.0.0", "--deep"], &server.url()).stdout;
    assert!(text.contains("needs 1.x: pkg:npm/bud@1.0.0 (MIT): ok\nneeds"), "{text}");
    assert!(
        text.contains("needs ^1.2.0: pkg:npm/leaf@1.10.0 (GPL-3.0-only): conflict\n  conflict [copyleft"),
        "{text}"
    );
}

#[test]
fn crates_name_them_in_their_manifest_and_the_index_names_the_versions() {
    let krate = |name: &str, version: &str, more: &str| {
        let manifest = format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nlicense = \"MIT\"\n{more}");
        Reply::body(tar_gz(&format!("{name}-{version}"), &[("Cargo.toml", &manifest)]))
    };
    let needs = "[dependencies.leaf]\nversion = \"0.2\"\n[dependencies.other]\nversion = \"1\"\npackage = \"bud\"\n\
                 registry-index = \"https://crates.example/index\"\n[dev-dependencies]\ntool = \"1\"\n";
    let line = |version: &str, yanked: bool| json!({"name": "leaf", "vers": version, "yanked": yanked}).to_string();
    let index = [line("0.2.1", false), line("0.2.2", true), line("0.3.0", false)].join("\n");
    let server = Server::start(&[
        ("/crates/tree/tree-1.0.0.crate", krate("tree", "1.0.0", needs)),
        ("/le/af/leaf", Reply::body(index)),
        ("/crates/leaf/leaf-0.2.1.crate", krate("leaf", "0.2.1", "")),
    ]);
    let (code, rows) = deep(&server, "cargo:tree@1.0.0");
    let tree = "pkg:cargo/tree@1.0.0";
    let expect = [
        row(tree, "MIT", Value::Null),
        row("pkg:cargo/bud", Value::Null, tree),
        row("pkg:cargo/leaf@0.2.1", "MIT", tree),
    ];
    assert_eq!((code, rows), (Some(1), expect.to_vec()));
}

#[test]
fn python_extras_do_not_come_along() {
    let release = |name: &str, version: &str, needs: Value| {
        let info = json!({"name": name, "version": version, "license_expression": "MIT", "requires_dist": needs});
        json_reply(&json!({"info": info, "urls": []}))
    };
    let file = |name: &str, yanked: Value| json!({"filename": name, "url": "", "hashes": {}, "yanked": yanked});
    let files = json!({"files": [
        file("leaf-1.2-py3-none-any.whl", json!(false)),
        file("leaf-1.3.tar.gz", json!("broken")),
        file("leaf-2.0.tar.gz", json!(false)),
    ]});
    let server = Server::start(&[
        ("/pypi/tree/1.0/json", release("tree", "1.0", json!(["Leaf<2,>=1", "pdf>=1; extra == 'pdf'"]))),
        ("/simple/leaf/", json_reply(&files)),
        ("/pypi/leaf/1.2/json", release("leaf", "1.2", Value::Null)),
    ]);
    let (code, rows) = deep(&server, "pypi:tree@1.0");
    let expect = [row("pkg:pypi/tree@1.0", "MIT", Value::Null), row("pkg:pypi/leaf@1.2", "MIT", "pkg:pypi/tree@1.0")];
    assert_eq!((code, rows), (Some(0), expect.to_vec()));
}

#[test]
fn packagist_and_rubygems() {
    let composer = |name: &str, version: &str, requires: Value| {
        json_reply(
            &json!({"packages": {name: [{"name": name, "version": version, "license": ["MIT"], "require": requires}]}}),
        )
    };
    let server = Server::start(&[
        (
            "/p2/tree/tree.json",
            composer("tree/tree", "1.0.0", json!({"php": ">=8", "ext-json": "*", "tree/leaf": "~1.2"})),
        ),
        ("/p2/tree/leaf.json", composer("tree/leaf", "v1.9.0", json!({}))),
    ]);
    let (code, rows) = deep(&server, "composer:tree/tree@1.0.0");
    let tree = "pkg:composer/tree/tree@1.0.0";
    let expect = [row(tree, "MIT", Value::Null), row("pkg:composer/tree/leaf@v1.9.0", "MIT", tree)];
    assert_eq!((code, rows), (Some(0), expect.to_vec()));
    let gem = |name: &str, version: &str, runtime: Value| {
        let dependencies = json!({"development": [{"name": "tool", "requirements": ">= 0"}], "runtime": runtime});
        json_reply(&json!({"name": name, "version": version, "licenses": ["MIT"], "dependencies": dependencies}))
    };
    let server = Server::start(&[
        (
            "/api/v2/rubygems/tree/versions/1.0.json",
            gem("tree", "1.0", json!([{"name": "leaf", "requirements": "~> 1.2, < 1.9"}])),
        ),
        ("/api/v1/versions/leaf.json", json_reply(&json!([{"number": "2.0"}, {"number": "1.9"}, {"number": "1.8.1"}]))),
        ("/api/v2/rubygems/leaf/versions/1.8.1.json", gem("leaf", "1.8.1", json!([]))),
    ]);
    let (code, rows) = deep(&server, "gem:tree@1.0");
    let expect = [row("pkg:gem/tree@1.0", "MIT", Value::Null), row("pkg:gem/leaf@1.8.1", "MIT", "pkg:gem/tree@1.0")];
    assert_eq!((code, rows), (Some(0), expect.to_vec()));
}

#[test]
fn what_cannot_be_known_is_no_answer() {
    let pom = "<project><groupId>a</groupId><artifactId>b</artifactId><version>1</version>\
               <licenses><license><name>MIT</name></license></licenses></project>";
    let server = Server::start(&[("/a/b/1/b-1.pom", Reply::body(pom))]);
    let run = Project::new(&[]).run_online(&["eval", "maven:a:b@1", "--deep"], &server.url());
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(run.stderr.contains("does not say what a package needs"), "{}", run.stderr);
}

#[test]
fn the_answer_about_a_package_says_what_it_needs_too() {
    let tree =
        json!({"name": "tree", "version": "1.0.0", "license": "MIT", "dependencies": {}, "dist": {"shasum": "0"}});
    let server = Server::start(&[("/tree/1.0.0", Reply::body(tree.to_string()))]);
    let run = Project::new(&[]).run_online(&["eval", "npm:tree@1.0.0", "--deep", "--no-cache"], &server.url());
    assert_eq!((run.code, server.requests()), (Some(0), vec!["/tree/1.0.0".to_owned()]), "{}", run.stderr);
}

#[test]
fn a_dry_run_prints_what_would_be_asked_about_a_package() {
    let server = Server::start(&[]);
    let project = Project::new(&[("package.json", "{\"dependencies\": {\"not-this-one\": \"1.0.0\"}}")]);
    let run = project.run_online(&["eval", "npm:tree@1.0.0", "MIT", "--dry-run-network"], &server.url());
    assert_eq!((run.code, run.stdout), (Some(0), format!("{}/tree/1.0.0\n", server.url())));
    assert_eq!(server.requests(), [] as [String; 0]);
}
