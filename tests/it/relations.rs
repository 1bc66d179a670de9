//! Every row of `licenses/relations.toml` has a tree in which it decides, and every package type is judged by its row.

use serde::Deserialize;

use crate::program::{Project, package};

#[derive(Deserialize)]
struct Table {
    relation: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "as")]
    relation: String,
    #[serde(default)]
    traits: Vec<String>,
    #[serde(default)]
    types: Vec<String>,
    because: String,
}

fn rows() -> Vec<Row> {
    toml::from_str::<Table>(include_str!("../../licenses/relations.toml")).unwrap().relation
}

/// A row by what it asks, the part to which it applies, and a tree that holds the part.
type Tree = (&'static str, &'static str, Project);

const CARGO: &str = "[package]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n";

fn cargo(section: &str, manifest_of_left: &str) -> Project {
    let manifest = format!("{CARGO}\n[{section}]\nleft = \"1\"\n");
    let lock = r#"version = 4

[[package]]
name = "left"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "shop"
version = "1.0.0"
dependencies = ["left"]
"#;
    let project = Project::new(&[("Cargo.toml", &manifest), ("Cargo.lock", lock), ("src/lib.rs", "")]);
    let store = project.home().join(".cargo/registry/src/index.crates.io-0/left-1.0.0");
    std::fs::create_dir_all(&store).unwrap();
    let manifest = format!("[package]\nname = \"left\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n{manifest_of_left}");
    std::fs::write(store.join("Cargo.toml"), manifest).unwrap();
    project
}

fn npm(needs: &str, installed: &[&str]) -> Project {
    let manifest = format!("{{\"name\": \"shop\", \"version\": \"1.0.0\", \"license\": \"PPL\", {needs}}}");
    let own = format!("\"\": {{{needs}}}");
    let packages = [&[own.as_str()], installed].concat().join(", ");
    let lock =
        format!("{{\"name\": \"shop\", \"version\": \"1.0.0\", \"lockfileVersion\": 3, \"packages\": {{{packages}}}}}");
    Project::new(&[("package.json", &manifest), ("package-lock.json", &lock)])
}

const LEFT: &str = r#""node_modules/left": {"version": "1.0.0", "license": "MIT"}"#;

/// A part for one platform, with one more file and what its manifest says beside.
fn for_a_platform(more: &str, file: Option<&str>) -> Project {
    let project = npm(
        r#""dependencies": {"left": "^1"}"#,
        &[r#""node_modules/left": {"version": "1.0.0", "license": "MIT", "os": ["linux"], "cpu": ["x64"]}"#],
    );
    if let Some(file) = file {
        let manifest = format!(
            "{{\"name\": \"left\", \"version\": \"1.0.0\", \"license\": \"MIT\", \"os\": [\"linux\"], \"cpu\": [\"x64\"]{more}}}"
        );
        project.write("node_modules/left/package.json", manifest);
        project.write(&format!("node_modules/left/{file}"), b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    }
    project
}

fn maven(scope: &str) -> Project {
    let text = format!(
        "<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>shop</artifactId>\
         <version>1.0</version><dependencies><dependency><groupId>org.example</groupId><artifactId>left</artifactId>\
         <version>1.0</version>{scope}</dependency></dependencies></project>"
    );
    Project::new(&[("pom.xml", &text)])
}

fn sbom(purl: &str) -> Project {
    let text = format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "components": [{{"type": "library", "name": "left", "version": "1.0", "purl": "{purl}"}}]}}"#
    );
    Project::new(&[("bom.cdx.json", &text)])
}

fn composer_plugin() -> Project {
    Project::new(&[
        ("composer.json", r#"{"name": "acme/shop", "license": "PPL", "require": {"acme/left": "^1"}}"#),
        (
            "composer.lock",
            r#"{"packages": [{"name": "acme/left", "version": "1.0.0", "type": "composer-plugin", "license": ["MIT"]}],
                "packages-dev": []}"#,
        ),
    ])
}

fn trees_of_scopes_and_traits() -> Vec<Tree> {
    let status = "Package: left\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\n\n";
    vec![
        ("scope-test", "pkg:maven/org.example/left@1.0", maven("<scope>test</scope>")),
        (
            "scope-dev",
            "pkg:npm/left@1.0.0",
            npm(
                r#""devDependencies": {"left": "^1"}"#,
                &[r#""node_modules/left": {"version": "1.0.0", "license": "MIT", "dev": true}"#],
            ),
        ),
        (
            "vendored",
            "pkg:generic/lib/left",
            Project::new(&[
                ("Cargo.toml", CARGO),
                ("lib/left/LICENSE", spdx::license_id("MIT").unwrap().text()),
                ("lib/left/left.c", "int left;\n"),
            ]),
        ),
        (
            "deb",
            "pkg:deb/debian/left@1.0-1?arch=amd64",
            Project::new(&[("Cargo.toml", CARGO), ("image/var/lib/dpkg/status", status)]),
        ),
        ("asset", "pkg:generic/left.otf", Project::new(&[("Cargo.toml", CARGO), ("left.otf", "OTTO")])),
        ("build-plugin", "pkg:composer/acme/left@1.0.0", composer_plugin()),
        ("cargo proc-macro", "pkg:cargo/left@1.0.0", cargo("dependencies", "\n[lib]\nproc-macro = true\n")),
        ("scope-build", "pkg:cargo/left@1.0.0", cargo("build-dependencies", "")),
    ]
}

fn trees_of_platforms_and_types() -> Vec<Tree> {
    vec![
        ("platform-executable", "pkg:npm/left@1.0.0", for_a_platform("", Some("bin/left"))),
        ("platform-library", "pkg:npm/left@1.0.0", for_a_platform(", \"main\": \"left.node\"", Some("left.node"))),
        ("platform-files", "pkg:npm/left@1.0.0", for_a_platform("", None)),
        (
            "npm bundled-tree",
            "pkg:npm/left@1.0.0",
            npm(
                r#""dependencies": {"left": "^1"}, "devDependencies": {"vite": "^5"}"#,
                &[LEFT, r#""node_modules/vite": {"version": "5.0.0", "license": "MIT", "dev": true}"#],
            ),
        ),
        ("npm", "pkg:npm/left@1.0.0", npm(r#""dependencies": {"left": "^1"}"#, &[LEFT])),
        ("pypi", "pkg:pypi/left@1.0", Project::new(&[("requirements.txt", "left==1.0\n")])),
        ("maven", "pkg:maven/org.example/left@1.0", maven("")),
        ("cargo", "pkg:cargo/left@1.0.0", cargo("dependencies", "")),
        ("", "pkg:github/example/left@1.0", sbom("pkg:github/example/left@1.0")),
    ]
}

fn trees() -> Vec<Tree> {
    [trees_of_scopes_and_traits(), trees_of_platforms_and_types()].into_iter().flatten().collect()
}

/// Returns whether a tree's word, a package type or a trait or both, stands for a row.
fn is_about(row: &Row, what: &str) -> bool {
    let (types, traits): (Vec<&str>, Vec<&str>) =
        what.split_whitespace().partition(|word| rows().iter().any(|row| row.types.iter().any(|ty| ty == word)));
    traits == row.traits
        && types.is_empty() == row.types.is_empty()
        && types.iter().all(|ty| row.types.iter().any(|known| known == ty))
}

/// Returns how the program says a part is joined, and why.
fn joined(project: &Project, purl: &str) -> (String, String) {
    let is_sbom = project.path().join("bom.cdx.json").exists();
    let document = project.check(if is_sbom { &["bom.cdx.json"] } else { &[] }).1;
    let word = |key: &str| package(&document, purl)[key].as_str().unwrap().to_owned();
    (word("relation"), word("relation_because"))
}

#[test]
fn every_row_decides_in_a_tree() {
    let (rows, trees) = (rows(), trees());
    for row in &rows {
        let words = [row.types.concat(), row.traits.concat()].concat();
        let mut own = trees.iter().filter(|(what, ..)| is_about(row, what)).peekable();
        assert!(own.peek().is_some(), "no tree shows the row `{words}`, {}", row.because);
        for (what, purl, project) in own {
            assert_eq!(joined(project, purl), (row.relation.clone(), row.because.clone()), "{what}");
        }
    }
    for (what, ..) in &trees {
        assert_eq!(rows.iter().filter(|row| is_about(row, what)).count(), 1, "`{what}` is about no row, or several");
    }
    // Rows that say the same could not be told apart.
    let mut said: Vec<&str> = rows.iter().map(|row| row.because.as_str()).collect();
    said.sort_unstable();
    said.dedup();
    assert_eq!(said.len(), rows.len());
}

#[test]
fn every_package_type_is_joined_as_its_row_says() {
    for row in rows().iter().filter(|row| row.traits.is_empty()) {
        for ty in &row.types {
            let purl = match ty.as_str() {
                "clojars" | "composer" | "maven" | "golang" | "swift" | "cpan" | "alpm" | "apk" | "deb" | "rpm" => {
                    format!("pkg:{ty}/example/left@1.0")
                }
                _ => format!("pkg:{ty}/left@1.0"),
            };
            assert_eq!(joined(&sbom(&purl), &purl), (row.relation.clone(), row.because.clone()), "{purl}");
        }
    }
}
