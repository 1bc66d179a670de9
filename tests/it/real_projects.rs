//! Shapes that real projects have, shrunken to what matters, and what a person reads about them.

use crate::program::{Project, package};

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// A program with a library, and a tool that only its tests need.
fn cargo_project() -> Project {
    let manifest = "[package]\nname = \"till\"\nversion = \"0.4.0\"\nlicense = \"PPL\"\n\n[dependencies]\nledger = \"1\"\n\n[dev-dependencies]\nassert-ledger = \"2\"\n";
    let entry = |name: &str, version: &str| {
        format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"{REGISTRY}\"\n\n")
    };
    let lock = format!(
        "version = 4\n\n{}{}[[package]]\nname = \"till\"\nversion = \"0.4.0\"\ndependencies = [\n \"assert-ledger\",\n \"ledger\",\n]\n",
        entry("assert-ledger", "2.0.0"),
        entry("ledger", "1.2.0"),
    );
    Project::new(&[("Cargo.toml", manifest), ("Cargo.lock", &lock)])
}

/// Puts a fetched copy of a package beside the project.
fn fetch(project: &Project, name_version: &str, files: &[(&str, &str)]) {
    let folder = project.home().join(format!(".cargo/registry/src/index.crates.io-0/{name_version}"));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

/// A Composer project whose lockfile holds packages of these licenses.
fn composer_project(licenses: &[(&str, &str)]) -> Project {
    let package =
        |(name, license): &(&str, &str)| serde_json::json!({"name": name, "version": "1.0.0", "license": [license]});
    let lock = serde_json::json!({"packages": licenses.iter().map(package).collect::<Vec<_>>(), "packages-dev": []});
    let require: serde_json::Map<_, _> = licenses.iter().map(|(name, _)| ((*name).to_owned(), "*".into())).collect();
    let manifest = serde_json::json!({"name": "coop/shop", "license": "PPL", "require": require});
    Project::new(&[("composer.json", &manifest.to_string()), ("composer.lock", &lock.to_string())])
}

fn text(id: &str) -> &'static str {
    spdx::license_id(id).unwrap().text()
}

fn headings(text: &str) -> Vec<&str> {
    let kinds = ["conflict[", "unknown[", "question["];
    text.lines().filter(|line| kinds.iter().any(|kind| line.starts_with(kind))).collect()
}

#[test]
fn copies_that_are_missing_are_one_finding_for_the_work_and_its_tools() {
    let run = cargo_project().run(&[]);
    assert_eq!(
        headings(&run.stdout),
        [
            "unknown[undetermined-license] 2 packages have no copy here to read a license from (1 of them tools): ledger 1.2.0, assert-ledger 2.0.0"
        ]
    );
    assert!(run.stdout.contains("\n  next     cargo fetch"), "{}", run.stdout);
    assert_eq!(run.stdout.matches("not there").count(), 1, "{}", run.stdout);
}

#[test]
fn a_license_text_that_nobody_knows_is_unknown_and_none_at_all_is_a_conflict() {
    let project = cargo_project();
    let manifest = |name: &str, more: &str| format!("[package]\nname = \"{name}\"\nversion = \"1.2.0\"\n{more}");
    let own = "The village may use this library on days without rain.\n";
    fetch(
        &project,
        "ledger-1.2.0",
        &[("Cargo.toml", &manifest("ledger", "license-file = \"TERMS\"\n")), ("TERMS", own)],
    );
    let (_, document) = project.check(&[]);
    let ledger = package(&document, "pkg:cargo/ledger@1.2.0");
    assert_eq!((&ledger["verdict"], &ledger["cause"]), (&"review".into(), &"evidence".into()));
    let run = project.run(&[]);
    assert!(run.stdout.contains("ledger 1.2.0 says \"TERMS\", which names no license"), "{}", run.stdout);

    for license in ["", "\n \n"] {
        fetch(&project, "ledger-1.2.0", &[("Cargo.toml", &manifest("ledger", "")), ("LICENSE", license)]);
        std::fs::remove_file(project.home().join(".cargo/registry/src/index.crates.io-0/ledger-1.2.0/TERMS")).ok();
        let (code, document) = project.check(&[]);
        let ledger = package(&document, "pkg:cargo/ledger@1.2.0");
        assert_eq!(
            (code, &ledger["verdict"], &ledger["rules"][0]),
            (Some(1), &"conflict".into(), &"no-license".into())
        );
    }
}

#[test]
fn what_could_not_be_read_is_said_once_with_its_own_remedy() {
    let project = Project::new(&[
        ("api/requirements.txt", "flask\n"),
        ("jobs/requirements.txt", "celery\n"),
        ("pyproject.toml", "[project]\nname = \"x\"\nversion = \"1\"\nlicense = \"PPL\"\n"),
    ]);
    let run = project.run(&[]);
    assert_eq!(run.stdout.matches("does not pin").count(), 1, "{}", run.stdout);
    assert_eq!(run.stdout.matches("[incomplete-scan]").count(), 1, "{}", run.stdout);
    assert!(
        run.stdout.contains("need themselves: 2 places\n  api/requirements.txt:1\n  jobs/requirements.txt:1\n"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("next     compile it with hashes"), "{}", run.stdout);
    assert!(!run.stdout.contains("warning["), "{}", run.stdout);
}

#[test]
fn what_no_registry_is_asked_for_stands_apart_and_is_not_told_to_look_there() {
    let lock = "GIT\n  remote: https://git.example.org/ledger.git\n  revision: abc\n  specs:\n    ledger (1.0)\n\n\
                GEM\n  remote: https://rubygems.org/\n  specs:\n    rack (3.0.0)\n    rake (13.0.0)\n\n\
                PLATFORMS\n  ruby\n\nDEPENDENCIES\n  ledger!\n  rack\n  rake\n";
    let project = Project::new(&[("Gemfile.lock", lock), ("Gemfile", "source 'https://rubygems.org'\n")]);
    let run = project.run(&[]);
    let findings: Vec<&str> = run.stdout.split("\n\n").filter(|part| part.starts_with("unknown[")).collect();
    let [ledger, others] = findings.as_slice() else { panic!("{}", run.stdout) };
    assert!(ledger.starts_with("unknown[undetermined-license] ledger 1.0 has no copy here"), "{ledger}");
    assert!(ledger.contains("registry (not asked: it comes from a repository)"), "{ledger}");
    assert!(ledger.contains("next     bundle install, or commit ppl-check.lock\n"), "{ledger}");
    assert!(others.starts_with("unknown[undetermined-license] 2 packages have no copy here"), "{others}");
    assert!(others.contains("next     bundle install, or drop --offline, or commit ppl-check.lock\n"), "{others}");
}

#[test]
fn copied_code_of_which_nothing_says_what_it_is_is_one_finding() {
    let project = Project::new(&[
        ("composer.json", r#"{"name": "coop/shop", "license": "PPL"}"#),
        ("lang/vendor/mail/de.php", "<?php return [];\n"),
        ("views/vendor/pages/page.php", "<?php echo 1;\n"),
        ("fonts/sign.woff", "wOFF"),
    ]);
    let run = project.run(&[]);
    let said = "unknown[undetermined-license] 2 copied parts name no license, and nothing beside them does: \
                lang/vendor/mail, views/vendor/pages\n  lang/vendor/mail\n";
    assert!(run.stdout.contains(said), "{}", run.stdout);
    assert!(
        run.stdout.contains("next     put its license text into its folder, or say it in REUSE.toml"),
        "{}",
        run.stdout
    );
    assert_eq!(headings(&run.stdout).len(), 2, "{}", run.stdout);
}

#[test]
fn what_the_project_says_of_itself_comes_first() {
    let manifest = r#"{"name": "coop/shop", "license": "Peer Production License", "require": {"acme/pay": "*"}}"#;
    let lock =
        r#"{"packages": [{"name": "acme/pay", "version": "1.0.0", "license": ["proprietary"]}], "packages-dev": []}"#;
    let mit = text("MIT");
    let project = Project::new(&[("composer.json", manifest), ("composer.lock", lock), ("LICENSE", mit)]);
    let run = project.run(&[]);
    assert_eq!(
        headings(&run.stdout),
        [
            "unknown[own-license-contradicts] coop/shop declares PPL, and its LICENSE is MIT",
            "conflict[no-license] acme/pay 1.0.0 says \"proprietary\", which grants nothing, loaded by the interpreter",
        ]
    );
}

#[test]
fn what_several_findings_share_is_said_once() {
    let gpl = "GPL-2.0-or-later";
    let run = composer_project(&[("acme/one", gpl), ("acme/three", "AGPL-3.0-only"), ("acme/two", gpl)]).run(&[]);
    assert_eq!(headings(&run.stdout).len(), 3, "{}", run.stdout);
    assert_eq!(run.stdout.matches("\n  as above\n").count(), 1, "{}", run.stdout);
    assert_eq!(run.stdout.matches("explain copyleft-linked-dynamically").count(), 2, "{}", run.stdout);
}

#[test]
fn a_license_file_may_hold_more_than_the_declared_license() {
    let project = cargo_project();
    let manifest = "[package]\nname = \"ledger\"\nversion = \"1.2.0\"\nlicense = \"MIT\"\n";
    let judged = |license: &str| {
        fetch(&project, "ledger-1.2.0", &[("Cargo.toml", manifest), ("LICENSE", license)]);
        let (_, document) = project.check(&[]);
        let ledger = package(&document, "pkg:cargo/ledger@1.2.0");
        (ledger["verdict"].as_str().unwrap().to_owned(), ledger["rules"].to_string())
    };
    // The text of a part that asks for more adds its duties; the text of another license contradicts.
    let (verdict, rules) = judged(&format!("{}\n\nThird-party parts:\n\n{}", text("MIT"), text("MPL-2.0")));
    assert_eq!(verdict, "obligation", "{rules}");
    let (verdict, rules) = judged(text("MPL-2.0"));
    assert_eq!((verdict.as_str(), rules.contains("declared-differs-from-text")), ("review", true), "{rules}");
    let (verdict, rules) = judged(&format!("{}\n\nThird-party parts:\n\n{}", text("MIT"), text("AGPL-3.0-only")));
    assert_eq!((verdict.as_str(), rules.contains("declared-differs-from-text")), ("review", true), "{rules}");
}

#[test]
fn parts_of_a_repository_name_each_other_without_versions() {
    let part = |name: &str, wants: &str| {
        format!(r#"{{"name": "coop/{name}", "license": "PPL", "require": {{"php": ">=8", {wants}}}}}"#)
    };
    let lock = r#"{"packages": [{"name": "Acme/Pay", "version": "2.0.0", "license": ["MIT"]}], "packages-dev": []}"#;
    let project = Project::new(&[
        ("composer.json", &part("shop", r#""acme/pay": "^2""#)),
        ("composer.lock", lock),
        ("core/composer.json", &part("core", r#""acme/pay": "*""#)),
        ("plugins/till/composer.json", &part("till", r#""coop/core": "^1", "acme/pay": "^2""#)),
        ("plugins/web/composer.json", &part("web", r#""coop/core": "^1", "acme/view": "^3""#)),
    ]);
    let (_, document) = project.check(&[]);
    let purls: Vec<&str> =
        document["packages"].as_array().unwrap().iter().map(|package| package["purl"].as_str().unwrap()).collect();
    assert_eq!(
        purls,
        [
            "pkg:composer/acme/pay@2.0.0",
            "pkg:composer/acme/view",
            "pkg:composer/coop/core",
            "pkg:composer/coop/shop",
            "pkg:composer/coop/till",
            "pkg:composer/coop/web",
        ]
    );
    assert_eq!(package(&document, "pkg:composer/coop/core")["own"], true);
    let told: Vec<&str> =
        document["diagnostics"].as_array().unwrap().iter().map(|row| row["message"].as_str().unwrap()).collect();
    assert_eq!(told, ["nothing pins `coop/core`, `acme/view` or further dependencies"]);
}

#[test]
fn a_lockfile_need_not_have_what_no_member_turns_on() {
    let project = cargo_project();
    let manifest = |name: &str, more: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"0.4.0\"\nlicense = \"PPL\"\n\n[dependencies]\n{more}")
    };
    project.write("till/Cargo.toml", manifest("till", "drawer = { path = \"../drawer\" }\n"));
    project.write("drawer/Cargo.toml", manifest("drawer", "arrays = { version = \"1\", optional = true }\n"));
    let entry = |name: &str, more: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"0.4.0\"\n{more}\n");
    let lock =
        format!("version = 4\n\n{}{}", entry("drawer", ""), entry("till", "dependencies = [\n \"drawer\",\n]\n"));
    project.write("till/Cargo.lock", &lock);
    let stale = |project: &Project| project.check(&[]).1["diagnostics"].to_string().contains("stale-lockfile");
    assert!(!stale(&project));
    project.write("drawer/Cargo.toml", manifest("drawer", "arrays = \"1\"\n"));
    assert!(stale(&project));
}

#[test]
fn a_lockfile_of_a_sample_that_lags_behind_the_work_says_nothing_of_the_work() {
    let lock = |packages: &str| format!("version = 4\n\n[[package]]\nname = \"shop\"\nversion = \"1.0.0\"\n{packages}");
    let ledger = "dependencies = [\"ledger\"]\n\n[[package]]\nname = \"ledger\"\nversion = \"1.0.0\"\n\
                  source = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
    let manifest =
        "[package]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n[dependencies]\nledger = \"1\"\n";
    let fuzz =
        "[package]\nname = \"shop-fuzz\"\nversion = \"0.0.0\"\n[dependencies]\nshop = { path = \"..\" }\n[workspace]\n";
    let old = "\n[[package]]\nname = \"shop-fuzz\"\nversion = \"0.0.0\"\ndependencies = [\"shop\"]\n";
    let files = [
        ("Cargo.toml", manifest),
        ("Cargo.lock", &lock(ledger)),
        ("fuzz/Cargo.toml", fuzz),
        ("fuzz/Cargo.lock", &lock(old)),
    ];
    let project = Project::new(&files);
    let stale = |document: &serde_json::Value, rows: &str| {
        let rows = document[rows].as_array().unwrap();
        rows.iter().filter(|row| row["code"] == "stale-lockfile").map(|row| row["sample"].clone()).collect::<Vec<_>>()
    };
    let (_, document) = project.check(&[]);
    assert_eq!(stale(&document, "diagnostics"), [true]);
    assert!(document["findings"].as_array().unwrap().iter().all(|row| row["rule"] != "incomplete-scan"), "{document}");
    // It is no lockfile of the work: without one of its own the work is read, and pinned by nothing.
    std::fs::remove_file(project.path().join("Cargo.lock")).unwrap();
    project.write("fuzz/Cargo.lock", lock(&format!("{ledger}{old}")));
    let (code, document) = project.check(&[]);
    let row = document["packages"].as_array().unwrap().iter().find(|row| row["name"] == "shop" && row["own"] == true);
    assert!(code == Some(1) && row.is_some(), "{document}");
    assert!(document["findings"].as_array().unwrap().iter().any(|row| row["rule"] == "incomplete-scan"), "{document}");
    project.write("Cargo.lock", lock(ledger));
    project.write("fuzz/Cargo.lock", lock(old));
    // Judged like everything else, it makes the scan incomplete.
    let (_, document) = project.check(&["--include-tests"]);
    assert_eq!(stale(&document, "diagnostics"), [false]);
    assert!(document["findings"].as_array().unwrap().iter().any(|row| row["rule"] == "incomplete-scan"), "{document}");
}

#[test]
fn a_workspace_member_called_tests_is_judged_and_the_samples_in_its_folder_are_not() {
    let project = cargo_project();
    project.write(
        "Cargo.toml",
        "[package]\nname = \"till\"\nversion = \"0.4.0\"\nlicense = \"PPL\"\n\n[workspace]\nmembers = [\"tests\"]\n",
    );
    project.write("tests/Cargo.toml", "[package]\nname = \"till-tests\"\nversion = \"0.1.0\"\nlicense = \"PPL\"\n");
    let own = |name: &str, version: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\n");
    project.write("Cargo.lock", format!("version = 4\n\n{}{}", own("till", "0.4.0"), own("till-tests", "0.1.0")));
    let lock = r#"{"packages": [{"name": "acme/secret", "version": "1.0.0", "license": ["proprietary"]}]}"#;
    project.write("tests/cases/install/composer.lock", lock);
    let (code, document) = project.check(&[]);
    assert_eq!(package(&document, "pkg:cargo/till-tests@0.1.0")["not_judged"], "own");
    assert_eq!(package(&document, "pkg:composer/acme/secret@1.0.0")["not_judged"], "sample");
    assert_eq!((code, &document["findings"]), (Some(0), &serde_json::json!([])));
}

#[test]
fn a_manifest_that_says_nothing_contradicts_nothing() {
    let composer = r#"{"name": "coop/shop", "license": "MIT"}"#;
    let python = |license: &str| format!("[project]\nname = \"shop\"\nversion = \"1\"\n{license}");
    let own = [("composer.json", composer), ("LICENSE", text("MIT"))];
    let contradicts = |license: &str| {
        let project = Project::new(&own);
        project.write("pyproject.toml", python(license));
        project.run(&[]).stdout.contains("own-license-contradicts")
    };
    assert!(!contradicts(""));
    assert!(!contradicts("license = \"MIT\"\n"));
    assert!(contradicts("license = \"ISC\"\n"));
}

#[test]
fn what_composer_locks_say_of_licenses() {
    let lock = r#"{"packages": [
        {"name": "acme/choice", "version": "v1.2.0", "license": ["BSD-3-Clause", "GPL-2.0-only", "GPL-3.0-only"]},
        {"name": "acme/expression", "version": "1.0.0", "license": ["(LGPL-2.1-only or GPL-3.0-or-later)"]},
        {"name": "acme/nothing", "version": "1.0.0", "license": []},
        {"name": "acme/old", "version": "1.0.0", "license": ["LGPL-2.1"]},
        {"name": "acme/plugin", "version": "dev-main", "type": "composer-plugin", "license": ["AGPL-3.0-only"]},
        {"name": "acme/secret", "version": "1.0.0", "license": ["proprietary"]}
    ], "packages-dev": []}"#;
    let project =
        Project::new(&[("composer.json", r#"{"name": "coop/shop", "license": "PPL"}"#), ("composer.lock", lock)]);
    let (_, document) = project.check(&[]);
    let row = |name: &str| {
        let row = package(&document, &format!("pkg:composer/acme/{name}"));
        let expression = row["expression"].as_str().unwrap_or("none").to_owned();
        (expression, row["verdict"].as_str().unwrap().to_owned(), row["relation"].as_str().unwrap().to_owned())
    };
    let expect = |expression: &str, verdict: &str, relation: &str| (expression.into(), verdict.into(), relation.into());
    assert_eq!(row("choice@v1.2.0"), expect("BSD-3-Clause OR GPL-2.0-only OR GPL-3.0-only", "ok", "import"));
    assert_eq!(row("expression@1.0.0"), expect("LGPL-2.1-only OR GPL-3.0-or-later", "obligation", "import"));
    assert_eq!(row("nothing@1.0.0"), expect("none", "review", "import"));
    assert_eq!(row("old@1.0.0"), expect("LGPL-2.1-only", "obligation", "import"));
    assert_eq!(row("plugin@dev-main"), expect("AGPL-3.0-only", "ok", "build"));
    assert_eq!(row("secret@1.0.0"), expect("NONE", "conflict", "import"));
    // The same entry with its copy at hand, which holds no license either, grants nothing.
    project.write("vendor/acme/nothing/composer.json", r#"{"name": "acme/nothing"}"#);
    let installed = r#"{"packages": [{"name": "acme/nothing", "version": "1.0.0", "license": [], "install-path": "../acme/nothing"}]}"#;
    project.write("vendor/composer/installed.json", installed);
    let (_, document) = project.check(&[]);
    assert_eq!(package(&document, "pkg:composer/acme/nothing@1.0.0")["verdict"], "conflict");
}

#[test]
fn a_python_environment_counts_where_no_lockfile_does() {
    let project = Project::new(&[
        (
            "pyproject.toml",
            "[project]\nname = \"till\"\nversion = \"1\"\nlicense = \"PPL\"\ndependencies = [\"ledger\"]\n",
        ),
        (".venv/pyvenv.cfg", "home = /usr/bin\n"),
    ]);
    let site = ".venv/lib/python3.12/site-packages";
    let metadata = |name: &str, more: &str| format!("Metadata-Version: 2.1\nName: {name}\nVersion: 2.0\n{more}\n");
    project.write(
        &format!("{site}/ledger-2.0.dist-info/METADATA"),
        metadata("ledger", "License: MIT\nRequires-Dist: Book_Keeping (>=1)\n"),
    );
    let dual = "License: Dual License\nClassifier: License :: OSI Approved :: BSD License\nClassifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)\n";
    project.write(&format!("{site}/book_keeping-2.0.dist-info/METADATA"), metadata("book-keeping", dual));
    let (code, document) = project.check(&[]);
    let keeping = package(&document, "pkg:pypi/book-keeping@2.0");
    assert_eq!((code, &keeping["verdict"], &keeping["scope"]), (Some(0), &"ok".into(), &"runtime".into()));
    assert_eq!(
        keeping["paths"][0],
        serde_json::json!(["pkg:pypi/till@1", "pkg:pypi/ledger@2.0", "pkg:pypi/book-keeping@2.0"])
    );
    // Somewhere else, it counts when it is named.
    let elsewhere = project.home().with_file_name("environment");
    std::fs::rename(project.path().join(".venv"), &elsewhere).unwrap();
    let (code, document) = project.check(&[]);
    assert_eq!((code, &package(&document, "pkg:pypi/ledger")["missing"]), (Some(1), &true.into()));
    let (code, document) = project.check(&["--python-env", elsewhere.to_str().unwrap()]);
    assert_eq!((code, &package(&document, "pkg:pypi/ledger@2.0")["expression"]), (Some(0), &"MIT".into()));
}

#[test]
fn the_unicode_text_in_circulation_is_the_declared_one() {
    let whole = text("Unicode-DFS-2016");
    let (_, terms) = whole.split_once("NOTICE TO USER").unwrap();
    let page = "See Terms of Use <https://www.unicode.org/copyright.html>\nfor definitions of Unicode Inc.'s Data Files and Software.";
    let title = "UNICODE, INC. LICENSE AGREEMENT - DATA FILES AND SOFTWARE";
    let license = format!("{title}\n\n{page}\n\nNOTICE TO USER{terms}");
    let manifest = "[package]\nname = \"ledger\"\nversion = \"1.2.0\"\nlicense = \"MIT AND Unicode-DFS-2016\"\n";
    let project = cargo_project();
    let verdict = |license: &str| {
        fetch(&project, "ledger-1.2.0", &[("Cargo.toml", manifest), ("LICENSE-UNICODE", license)]);
        package(&project.check(&[]).1, "pkg:cargo/ledger@1.2.0")["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict(&license), "ok");
    let limited = license.replace("free of charge, to any person", "free of charge, to any non-profit person");
    assert_eq!(verdict(&limited), "review");
}

#[test]
fn the_first_line_names_the_files_that_matter() {
    let module = "module example.org/shop\n\ngo 1.22\n\nrequire example.org/till v1.2.0\n";
    let workflow = "jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n";
    let project = Project::new(&[
        (".github/workflows/a.yml", workflow),
        (".github/workflows/b.yml", workflow),
        ("go.mod", module),
    ]);
    let head = project.run(&[]).stdout.lines().next().unwrap().to_owned();
    assert!(head.contains("1 package · go.mod, .github/workflows/a.yml and 1 more file"), "{head}");
}
