//! Packages whose metadata names no license: what else they hold decides whether they grant nothing or are unknown.

use serde_json::Value;

use crate::program::{Project, package};

const SITE: &str = ".venv/lib/python3.12/site-packages";
const METADATA: &str = "Metadata-Version: 2.1\nName: ledger\nVersion: 2.0\nLicense: UNKNOWN\n";
const LEDGER: &str = "pkg:pypi/ledger@2.0";

fn text_of(id: &str) -> &'static str {
    spdx::license_id(id).unwrap().text()
}

/// Checks an environment with one distribution, whose files are given below the folder of all.
fn installed(files: &[(&str, &str)]) -> Value {
    let manifest = "[project]\nname = \"till\"\nversion = \"1\"\nlicense = \"PPL\"\ndependencies = [\"ledger\"]\n";
    let project = Project::new(&[("pyproject.toml", manifest), (".venv/pyvenv.cfg", "home = /usr/bin\n")]);
    for (path, text) in files {
        project.write(&format!("{SITE}/{path}"), text);
    }
    project.check(&[]).1
}

fn message(document: &Value) -> &str {
    document["findings"][0]["message"].as_str().unwrap_or_default()
}

#[test]
fn a_list_of_files_leads_to_texts_beside_the_metadata() {
    let record = "ledger/__init__.py,,\n\"ledger/LICENSE\",sha256=x,12\nledger-2.0.dist-info/METADATA,,\n";
    let installed_files = "../ledger/__init__.py\n../ledger/LICENSE\nPKG-INFO\n";
    for (info, metadata, list, lines) in [
        ("ledger-2.0.dist-info", "METADATA", "RECORD", record),
        ("ledger-2.0-py3.12.egg-info", "PKG-INFO", "installed-files.txt", installed_files),
    ] {
        let document = installed(&[
            (&format!("{info}/{metadata}"), METADATA),
            (&format!("{info}/{list}"), lines),
            ("ledger/LICENSE", text_of("MIT")),
            // What the list does not name belongs to others.
            ("other/LICENSE", text_of("GPL-3.0-only")),
        ]);
        let ledger = package(&document, LEDGER);
        assert_eq!((&ledger["expression"], &ledger["verdict"]), (&"MIT".into(), &"ok".into()), "{info}");
        let claim = &ledger["claims"][0];
        assert_eq!(claim["location"]["path"], format!("{SITE}/ledger/LICENSE"));
    }
}

#[test]
fn only_a_list_that_names_no_text_is_a_complete_look() {
    let check = |list: Option<&str>| {
        let metadata = ("ledger-2.0.dist-info/METADATA", METADATA);
        let list = list.map(|list| ("ledger-2.0.dist-info/RECORD", list));
        let parts = ("ledger/_vendor/left/LICENSE", text_of("MIT"));
        let document = installed(&[&[metadata, parts], list.as_slice()].concat());
        let ledger = package(&document, LEDGER);
        assert_eq!(ledger["missing"], true);
        (ledger["verdict"].as_str().unwrap().to_owned(), message(&document).to_owned())
    };
    let (grants_nothing, says_nothing) = ("conflict".to_owned(), "review".to_owned());
    let silent = "ledger 2.0 names no license, and nothing beside it does".to_owned();
    let nothing = "ledger 2.0 grants nothing: its contents were read and hold no license".to_owned();
    assert_eq!(check(Some("ledger/__init__.py,,\n")), (grants_nothing, nothing));
    // Without a list nobody knows what belongs to it; a text of a part is not that of the whole; what lies elsewhere
    // is not read.
    assert_eq!(check(None), (says_nothing.clone(), silent.clone()));
    assert_eq!(check(Some("ledger/_vendor/left/LICENSE,,\n")), (says_nothing.clone(), silent.clone()));
    assert_eq!(check(Some("../../../share/doc/ledger/COPYING,,\n")), (says_nothing.clone(), silent.clone()));
    assert_eq!(check(Some("/usr/share/doc/ledger/COPYING,,\n")), (says_nothing, silent));
}

#[test]
fn a_license_file_that_is_named_and_absent_is_missed() {
    let metadata = METADATA.replace("License: UNKNOWN", "License-File: LICENSE");
    let record = "ledger/__init__.py,,\n";
    let document = installed(&[("ledger-2.0.dist-info/METADATA", &metadata), ("ledger-2.0.dist-info/RECORD", record)]);
    assert_eq!(package(&document, LEDGER)["verdict"], "review");
    assert_eq!(message(&document), "ledger 2.0 points to \"LICENSE\" for its license, and that is not here");
}

#[test]
fn a_description_that_names_a_license_leaves_it_unknown() {
    let manifest = r#"{"name": "shop", "version": "1.0.0", "license": "PPL", "dependencies": {"left": "^1.0.0"}}"#;
    let check = |files: &[(&str, &str)]| {
        let project = Project::new(&[("package.json", manifest)]);
        project.write("node_modules/left/package.json", r#"{"name": "left", "version": "1.0.0"}"#);
        for (path, text) in files {
            project.write(&format!("node_modules/left/{path}"), text);
        }
        let document = project.check(&[]).1;
        let left = package(&document, "pkg:npm/left@1.0.0");
        let found = (left["expression"].clone(), left["verdict"].as_str().unwrap().to_owned());
        (found.0, found.1, message_about(&document, "left"))
    };
    let readme = format!("# left\n\nAdds spaces.\n\n## License\n\n{}\n", text_of("MIT"));
    let (expression, verdict, words) = check(&[("Readme.md", &readme)]);
    assert_eq!((expression, verdict.as_str()), (Value::Null, "review"));
    assert!(words.starts_with("left 1.0.0 names MIT in its Readme.md alone"), "{words}");
    let (_, verdict, words) = check(&[("README", "# left\n\nAdds spaces.\n")]);
    assert_eq!(verdict, "conflict");
    assert!(words.starts_with("left 1.0.0 grants nothing"), "{words}");
    // A text counts by itself, whatever the description says.
    let (expression, verdict, _) =
        check(&[("README.md", "Licensed under the GPL version 3.\n"), ("LICENSE", text_of("MIT"))]);
    assert_eq!((expression, verdict.as_str()), ("MIT".into(), "ok"));
    // A text that is no text is not the absence of one.
    let (_, verdict, words) = check(&[("LICENSE.pdf", "%PDF-1.4\n\0\0\0")]);
    assert_eq!(verdict, "review");
    assert!(words.starts_with("left 1.0.0 has a LICENSE.pdf whose text is not known here"), "{words}");
}

fn message_about(document: &Value, name: &str) -> String {
    let findings = document["findings"].as_array().unwrap();
    let mut messages = findings.iter().filter_map(|finding| finding["message"].as_str());
    messages.find(|message| message.starts_with(name)).unwrap_or_default().to_owned()
}

#[test]
fn the_description_in_an_archive_counts_as_one_on_disk() {
    let lock = "version = 4\n\n[[package]]\nname = \"leaf\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n\n\
                [[package]]\nname = \"shop\"\nversion = \"1.0.0\"\ndependencies = [\"leaf\"]\n";
    let manifest =
        "[package]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n\n[dependencies]\nleaf = \"1\"\n";
    let check = |readme: &str| {
        let project = Project::new(&[("Cargo.toml", manifest), ("Cargo.lock", lock)]);
        let files = [("Cargo.toml", "[package]\nname = \"leaf\"\nversion = \"1.0.0\"\n"), ("README.md", readme)];
        let cache = project.home().join(".cargo/registry/cache/index.crates.io-0");
        std::fs::create_dir_all(&cache).unwrap();
        std::fs::write(cache.join("leaf-1.0.0.crate"), crate::lookup::tar_gz("leaf-1.0.0", &files)).unwrap();
        package(&project.check(&[]).1, "pkg:cargo/leaf@1.0.0")["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(check("A leaf.\n"), "conflict");
    assert_eq!(check("A leaf.\n\nLicensed under the MIT license.\n"), "review");
}

#[test]
fn what_is_installed_and_not_locked_is_one_finding() {
    let manifest = r#"{"name": "shop", "version": "1.0.0", "license": "PPL", "dependencies": {"left": "^1.0.0"}}"#;
    let lock = r#"{"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "packages": {
        "": {"name": "shop", "version": "1.0.0", "dependencies": {"left": "^1.0.0"}},
        "node_modules/left": {"version": "1.0.0", "license": "MIT"}}}"#;
    let project = Project::new(&[("package.json", manifest), ("package-lock.json", lock)]);
    let install = |path: &str, name: &str| {
        let text = format!("{{\"name\": \"{name}\", \"version\": \"1.0.0\", \"license\": \"GPL-3.0-only\"}}");
        project.write(&format!("node_modules/{path}/package.json"), text);
    };
    project.write("node_modules/left/package.json", r#"{"name": "left", "version": "1.0.0", "license": "MIT"}"#);
    project.write("node_modules/.cache/package.json", "{}");
    assert_eq!(project.check(&[]).0, Some(0));
    install("stray", "stray");
    install("@coop/other", "@coop/other");
    install("left/node_modules/inner", "inner");
    let (code, document) = project.check(&[]);
    let findings = document["findings"].as_array().unwrap();
    let found: Vec<_> = findings.iter().map(|finding| [&finding["rule"], &finding["message"]]).collect();
    let words = "`@coop/other` and 2 more are installed, and no lockfile names them";
    assert_eq!((code, found), (Some(1), vec![[&"not-in-lockfile".into(), &words.into()]]));
    assert_eq!(findings[0]["location"]["path"], "package-lock.json");
    let text = project.run(&[]).stdout;
    assert_eq!(text.matches("installed, and no lockfile names").count(), 1, "{text}");
    // What yarn installed stands in its own lockfile.
    project.write("yarn.lock", "# yarn lockfile v1\n");
    assert!(!project.run(&[]).stdout.contains("no lockfile names"));
}

#[test]
fn composer_names_what_its_lockfile_lacks() {
    let package = |name: &str| format!("{{\"name\": \"{name}\", \"version\": \"1.0.0\", \"license\": [\"MIT\"]}}");
    let project = Project::new(&[
        ("composer.json", r#"{"name": "coop/shop", "license": "PPL", "require": {"acme/a": "^1"}}"#),
        ("composer.lock", &format!("{{\"packages\": [{}], \"packages-dev\": []}}", package("acme/a"))),
    ]);
    project.write("vendor/composer/installed.json", format!("{{\"packages\": [{}]}}", package("Acme/A")));
    assert_eq!(project.check(&[]).0, Some(0));
    let both = format!("{{\"packages\": [{}, {}]}}", package("acme/a"), package("acme/b"));
    project.write("vendor/composer/installed.json", both);
    let (code, document) = project.check(&[]);
    assert_eq!((code, &document["findings"][0]["rule"]), (Some(1), &"not-in-lockfile".into()));
}

#[test]
fn an_environment_beside_a_lockfile_holds_what_it_names() {
    let project = Project::new(&[
        (
            "pyproject.toml",
            "[project]\nname = \"till\"\nversion = \"1\"\nlicense = \"PPL\"\ndependencies = [\"ledger\"]\n",
        ),
        (
            "poetry.lock",
            "[[package]]\nname = \"ledger\"\nversion = \"2.0\"\noptional = false\ngroups = [\"main\"]\nfiles = []\n\n[metadata]\nlock-version = \"2.1\"\n",
        ),
        (".venv/pyvenv.cfg", "home = /usr/bin\n"),
    ]);
    let install = |name: &str| {
        let text = format!("Name: {name}\nVersion: 2.0\nLicense: MIT\n");
        project.write(&format!("{SITE}/{}-2.0.dist-info/METADATA", name.replace('-', "_")), text);
    };
    ["ledger", "till", "pip"].into_iter().for_each(install);
    assert_eq!(project.check(&[]).0, Some(0));
    install("book-keeping");
    let (code, document) = project.check(&[]);
    assert_eq!(code, Some(1));
    assert_eq!(message(&document), "`book-keeping` is installed, and no lockfile names it");
}

#[test]
fn the_license_of_a_logo_binds_a_package_that_ships_it() {
    let lock = r#"{"name": "till", "version": "1.0.0", "lockfileVersion": 3, "packages": {
        "": {"name": "till", "version": "1.0.0", "license": "LicenseRef-PPL", "dependencies": {"find": "1"}},
        "node_modules/find": {"version": "1.0.0", "license": "ISC"}}}"#;
    let project = Project::new(&[
        (
            "package.json",
            r#"{"name": "till", "version": "1.0.0", "license": "LicenseRef-PPL", "dependencies": {"find": "1"}}"#,
        ),
        ("package-lock.json", lock),
        ("node_modules/find/package.json", r#"{"name": "find", "version": "1.0.0", "license": "ISC"}"#),
        ("node_modules/find/lib/find.js", "module.exports = 1;\n"),
    ]);
    let logo = "\n\n## Logo\n\nThe logo of find is licensed under a Creative Commons Attribution-ShareAlike 4.0 \
                International License.\n";
    project.write("node_modules/find/LICENSE", format!("{}{logo}", text_of("ISC")));
    let verdict = || package(&project.check(&[]).1, "pkg:npm/find@1.0.0")["verdict"].clone();
    assert_eq!(verdict(), "ok");
    // A folder in which nothing is seen may be one that cannot be opened.
    let folder = project.path().join("node_modules/find/docs");
    std::fs::create_dir(&folder).unwrap();
    assert_ne!(verdict(), "ok");
    project.write("node_modules/find/docs/use.txt", "Look things up.\n");
    assert_eq!(verdict(), "ok");
    project.write("node_modules/find/docs/logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    assert_ne!(verdict(), "ok");
}
