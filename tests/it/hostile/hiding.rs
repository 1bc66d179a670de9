//! Ways to hide a dependency or to have code run: what is hidden is found or counted, and nothing runs.

use std::os::unix::fs::PermissionsExt;

use super::{Case, check, check_all, manifest};
use crate::program::Project;

/// Terms that no list of licenses knows.
const CONTRACT: &str = "ACME END USER LICENSE AGREEMENT\n\nThis software is the property of ACME. You may install one copy to \
    evaluate it for thirty days. You may not copy, modify or distribute it without written permission.\n";

/// An installed package `p` with a manifest and license files.
fn installed(project: &Project, manifest: &str, files: &[(&str, &str)]) {
    project.write("package.json", r#"{"name": "x", "version": "1.0.0", "license": "PPL", "dependencies": {"p": "1"}}"#);
    project.write("node_modules/p/package.json", manifest);
    for (file, text) in files {
        project.write(&format!("node_modules/p/{file}"), text);
    }
}

const MIT: &str = r#"{"name": "p", "version": "1.0.0", "license": "MIT"}"#;

fn mit_text() -> &'static str {
    spdx::text::LICENSE_TEXTS.iter().find(|(id, _)| *id == "MIT").unwrap().1
}

/// A lockfile with a package under a license that conflicts.
const COPYLEFT: &str =
    r#"{"packages": [{"name": "a/tool", "version": "1.0.0", "license": ["Elastic-2.0"]}], "packages-dev": []}"#;

fn hidden(project: &Project, path: &str, by: &[(&str, &str)]) {
    project.write("Cargo.toml", manifest(""));
    project.write(path, COPYLEFT);
    for (file, text) in by {
        project.write(file, text);
    }
}

const CONFLICT: &[&str] = &["source-available-dependency"];

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case::new("ignored by git", |project| hidden(project, "third_party/composer.lock", &[(".gitignore", "third_party/\n*.lock\n")]), 1, CONFLICT),
    Case::new("ignored by tools", |project| hidden(project, "a/composer.lock", &[(".ignore", "a\n"), (".rgignore", "a\n"), (".dockerignore", "a\n")]), 1, CONFLICT),
    Case::new("excluded in the clone alone", |project| hidden(project, "a/composer.lock", &[(".git/info/exclude", "a\n")]), 1, CONFLICT),
    Case::new("marked as somebody else's", |project| hidden(project, "a/composer.lock", &[(".gitattributes", "a/** linguist-vendored linguist-generated export-ignore\n")]), 1, CONFLICT),
    Case::new("a repository inside", |project| hidden(project, "a/composer.lock", &[("a/.git/HEAD", "ref: x\n")]), 1, CONFLICT),
    Case::new("a folder with a dot", |project| hidden(project, ".a/.b/composer.lock", &[]), 1, CONFLICT),
    Case::new("output by its name alone", |project| hidden(project, "dist/build/out/target/composer.lock", &[]), 1, CONFLICT),
    Case::new("a tag that is none", |project| hidden(project, "a/composer.lock", &[("a/CACHEDIR.TAG", "nothing")]), 1, CONFLICT),
    Case::new("an environment that is none", |project| hidden(project, "a/composer.lock", &[("a/pyvenv.cfg", "")]), 1, CONFLICT),
    Case::new("a vendored crate that is none", |project| hidden(project, "a/composer.lock", &[("a/.cargo-checksum.json", "{}")]), 1, CONFLICT),
    Case::new("license given twice", |project| {
        project.write("composer.lock", COPYLEFT.replace("\"license\": [\"Elastic-2.0\"]", "\"license\": [\"Elastic-2.0\"], \"license\": [\"MIT\"]"));
    }, 1, &["duplicate-key"]),
    Case::new("one license declared, another in the text", |project| {
        let gpl = spdx::text::LICENSE_TEXTS.iter().find(|(id, _)| *id == "GPL-3.0-only").unwrap().1;
        project.write("Cargo.toml", manifest("p = { path = \"vendor/p\" }\n"));
        project.write("vendor/p/Cargo.toml", "[package]\nname = \"p\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n");
        project.write("vendor/p/LICENSE", gpl);
    }, 1, &["declared-differs-from-text"]),
    Case::new("one license declared, another in the text of a wheel", |project| {
        let gpl = spdx::text::LICENSE_TEXTS.iter().find(|(id, _)| *id == "GPL-3.0-only").unwrap().1;
        let wheel = ".venv/lib/python3.13/site-packages/p-1.0.dist-info";
        let metadata = "Metadata-Version: 2.4\nName: p\nVersion: 1.0\nLicense-Expression: MIT\nLicense-File: LICENSE\n";
        project.write(".venv/pyvenv.cfg", "home = /usr/bin\nversion = 3.13\n");
        project.write(&format!("{wheel}/METADATA"), metadata);
        project.write(&format!("{wheel}/licenses/LICENSE"), gpl);
        project.write("pyproject.toml", "[project]\nname = \"shop\"\nversion = \"1\"\nlicense = \"PPL\"\ndependencies = [\"p\"]\n");
    }, 1, &["declared-differs-from-text"]),
    Case::new("one license declared, unknown terms in the text", |project| {
        installed(project, MIT, &[("LICENSE", CONTRACT)]);
    }, 1, &["declared-differs-from-text"]),
    Case::new("unknown terms beside a known text", |project| {
        installed(project, r#"{"name": "p", "version": "1.0.0"}"#, &[("LICENSE", mit_text()), ("LICENSE-EXTRA", CONTRACT)]);
    }, 1, &["declared-differs-from-text"]),
    Case::new("a word for restricted terms beside a known text", |project| {
        installed(project, r#"{"name": "p", "version": "1.0.0", "license": "Commercial"}"#, &[("LICENSE", mit_text())]);
    }, 1, &["declared-differs-from-text"]),
    Case::new("a name that nobody knows beside a known text", |project| {
        installed(project, r#"{"name": "p", "version": "1.0.0", "license": "Acme Terms 7"}"#, &[("LICENSE", mit_text())]);
    }, 1, &["declared-differs-from-text"]),
    Case::new("two license fields", |project| {
        installed(project, r#"{"name": "p", "version": "1.0.0", "license": "MIT", "licenses": [{"type": "GPL-3.0"}]}"#, &[]);
    }, 1, &["declared-differs-from-text"]),
];

#[test]
fn what_is_hidden_is_found() {
    check_all(CASES);
}

/// The near misses: nothing here contradicts what the manifest says.
#[test]
fn what_agrees_hides_nothing() {
    let two = r#"{"name": "p", "version": "1.0.0", "license": "MIT", "licenses": [{"type": "MIT"}]}"#;
    for (manifest, file, text) in [
        (MIT, "LICENSE", mit_text()),
        (MIT, "LICENSE", "Copyright (c) 2020 Somebody. All rights reserved.\n"),
        (two, "LICENSE", mit_text()),
        (r#"{"name": "p", "version": "1.0.0", "license": "Custom"}"#, "LICENSE", mit_text()),
        (r#"{"name": "p", "version": "1.0.0", "license": "see LICENSE file"}"#, "LICENSE", mit_text()),
        (r#"{"name": "p", "version": "1.0.0", "license": ""}"#, "LICENSE", mit_text()),
        (MIT, "NOTICE", "This product holds software made by Somebody.\n"),
    ] {
        let project = Project::new(&[]);
        installed(&project, manifest, &[(file, text)]);
        let (run, document) = check(&project, file);
        assert_eq!((run.code, &document["findings"]), (Some(0), &serde_json::json!([])), "{manifest} {text}");
    }
}

/// Where sources contradict each other, nobody is told that they may use the whole.
#[test]
fn a_contradiction_leaves_open_who_may_use_it() {
    let project = Project::new(&[]);
    installed(&project, MIT, &[("LICENSE", CONTRACT)]);
    let run = project.run(&["who", "--entity", "worker-coop", "--attest", "surplus-to-workers", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    for cell in document["cells"].as_array().unwrap() {
        assert_eq!((&cell["verdict"], &cell["cause"]), (&"review".into(), &"evidence".into()), "{cell}");
    }
}

/// Build output, version control and package stores are not walked; that is said with their number.
#[test]
fn what_is_passed_over_is_counted() {
    let tag = "Signature: 8a477f597d28d172789f06886806bc55\n";
    #[rustfmt::skip]
    let cases = [
        ("target/composer.lock", None, "build output"),
        ("a/composer.lock", Some(("a/CACHEDIR.TAG", tag)), "build output"),
        ("__pycache__/composer.lock", None, "build output"),
        (".git/composer.lock", None, "version control"),
    ];
    for (path, by, words) in cases {
        let project = Project::new(&[]);
        hidden(&project, path, by.as_slice());
        let (run, document) = check(&project, path);
        assert_eq!(run.code, Some(0), "{path}");
        assert_eq!(document["coverage"]["skipped"][words], 1, "{path}");
        let text = project.run(&[]).stdout;
        assert!(text.contains(&format!("1 folder of {words}")), "{text}");
    }
}

/// Everything that package managers and version control would run, each leaving a canary.
#[test]
fn nothing_of_the_project_runs() {
    let project = Project::new(&[]);
    let canary = project.path().join("canary");
    let touch = format!("#!/bin/sh\ntouch '{}'\n", canary.display());
    let run = format!("touch '{}'", canary.display());
    let tool = project.path().join("tool.sh");
    let tool = tool.to_str().unwrap();
    project.write("tool.sh", &touch);
    project.write("Cargo.toml", manifest("p = \"1\"\n"));
    project.write("build.rs", format!("fn main() {{ std::fs::write({canary:?}, \"\").unwrap(); }}"));
    project.write(".cargo/config.toml", format!("[build]\nrustc = \"{tool}\"\nrustc-wrapper = \"{tool}\"\nrustc-workspace-wrapper = \"{tool}\"\n[alias]\nmetadata = \"!{tool}\"\n[registry]\nglobal-credential-providers = [\"{tool}\"]\n"));
    project.write("rust-toolchain.toml", format!("[toolchain]\npath = \"{}\"\n", project.path().display()));
    project.write("bin/rustc", &touch);
    project.write("setup.py", format!("import pathlib\npathlib.Path({canary:?}).touch()\nfrom setuptools import setup\nsetup(name='shop', license='PPL')\n"));
    project.write(
        "pyproject.toml",
        "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n",
    );
    project.write("backend.py", format!("import pathlib\npathlib.Path({canary:?}).touch()\n"));
    project.write("sitecustomize.py", format!("import pathlib\npathlib.Path({canary:?}).touch()\n"));
    project.write(
        "package.json",
        serde_json::json!({"name": "shop", "license": "PPL", "scripts": {"preinstall": run, "prepare": run}})
            .to_string(),
    );
    project.write(".npmrc", format!("node-options=--require {tool}\nscript-shell={tool}\n"));
    project.write(".yarnrc.yml", format!("yarnPath: {tool}\nplugins: [{tool}]\n"));
    project.write("composer.json", serde_json::json!({"name": "a/shop", "license": "PPL", "scripts": {"post-install-cmd": run}, "config": {"allow-plugins": true}}).to_string());
    project.write("Gemfile", format!("system('{run}')\n"));
    project.write("mix.exs", format!("System.cmd(\"sh\", [\"-c\", \"{run}\"])\n"));
    project.write("build.gradle", format!("'{run}'.execute()\n"));
    project.write("Package.swift", "import Foundation\n");
    project.write(".git/config", format!("[core]\nfsmonitor = {tool}\nhooksPath = hooks\nsshCommand = {tool}\n[diff \"x\"]\ntextconv = {tool}\n[filter \"x\"]\nclean = {tool}\nsmudge = {tool}\n[remote \"p\"]\npromisor = true\nurl = ext::{tool}\n"));
    project.write(".git/HEAD", "ref: refs/heads/main\n");
    project.write(".gitattributes", "* diff=x filter=x\n");
    for hook in ["post-checkout", "post-index-change", "pre-auto-gc", "reference-transaction"] {
        project.write(&format!("hooks/{hook}"), &touch);
    }
    for file in [
        "tool.sh",
        "bin/rustc",
        "hooks/post-checkout",
        "hooks/post-index-change",
        "hooks/pre-auto-gc",
        "hooks/reference-transaction",
    ] {
        std::fs::set_permissions(project.path().join(file), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let search = format!("{}:/usr/local/bin:/usr/bin:/bin", project.path().join("bin").display());
    for args in [
        &["check"][..],
        &["check", "--format", "json"],
        &["list"],
        &["why", "p"],
        &["who"],
        &["eval", "MIT"],
        &["whatif", "--license", "MIT"],
    ] {
        let home = project.home();
        project.run_in(
            &project.path(),
            args,
            &[("HOME", home.to_str().unwrap()), ("PATH", &search), ("PYTHONPATH", "."), ("GIT_DIR", ".git")],
        );
        assert!(!canary.exists(), "{args:?} ran something");
    }
}
