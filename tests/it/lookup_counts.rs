//! How often a registry is asked: once for a package, twice where the first answer is silent and the archive is read;
//! never again after that, and never where `ppl-check.lock` has a row.

use ppl_check::base::{official_address, sha256_hex};
use serde_json::{Value, json};

use crate::lookup::tar_gz;
use crate::lookup_others::{gz, tar, text, zip};
use crate::program::{Project, package};
use crate::server::{Reply, Server};

/// A project that needs `leaf`, whose license the first answer names, and `twig`, about which it is silent.
struct Case {
    ty: &'static str,
    files: Vec<(&'static str, String)>,
    replies: Vec<(&'static str, Vec<u8>)>,
    leaf: (&'static str, &'static str),
    /// Without an expression, the registry has nothing that could be read.
    twig: (&'static str, Option<&'static str>),
    /// How many requests each of the two needs.
    n_requests: (usize, usize),
}

fn cases() -> Vec<Case> {
    vec![cargo(), composer(), gem(), golang(), hex(), maven(), npm(), nuget(), r#pub(), pypi()]
}

fn cargo() -> Case {
    let krate = |name: &str, license: &str| {
        let manifest = format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n{license}\n");
        tar_gz(&format!("{name}-1.0.0"), &[("Cargo.toml", &manifest), ("LICENSE", text("MIT"))])
    };
    let (leaf, twig) = (krate("leaf", "license = \"MIT\""), krate("twig", ""));
    let entry = |name: &str, bytes: &[u8]| {
        let source = "registry+https://github.com/rust-lang/crates.io-index";
        let sum = sha256_hex(bytes);
        format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\nsource = \"{source}\"\nchecksum = \"{sum}\"\n\n")
    };
    let own = "[[package]]\nname = \"shop\"\nversion = \"1.0.0\"\ndependencies = [\"leaf\", \"twig\"]\n";
    let lock = format!("version = 4\n\n{}{}{own}", entry("leaf", &leaf), entry("twig", &twig));
    let manifest = "[package]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n\n[dependencies]\nleaf = \"1\"\ntwig = \"1\"\n";
    Case {
        ty: "cargo",
        files: vec![("Cargo.toml", manifest.to_owned()), ("Cargo.lock", lock)],
        replies: vec![("/crates/leaf/leaf-1.0.0.crate", leaf), ("/crates/twig/twig-1.0.0.crate", twig)],
        leaf: ("pkg:cargo/leaf@1.0.0", "MIT"),
        twig: ("pkg:cargo/twig@1.0.0", Some("MIT")),
        // The archive is the first answer.
        n_requests: (1, 1),
    }
}

fn composer() -> Case {
    let listing = |name: &str, license: Value| {
        let version = json!({"name": name, "version": "v1.0.0", "license": license, "dist": {"shasum": ""}});
        json!({"packages": {name: [version]}, "minified": "composer/2.0"}).to_string().into_bytes()
    };
    let notify = format!("{}/downloads/", official_address("composer").unwrap());
    let locked = |name: &str| {
        json!({"name": name, "version": "v1.0.0", "license": [], "notification-url": notify,
               "dist": {"type": "zip", "url": "https://host.example/x.zip", "reference": "0", "shasum": ""}})
    };
    let lock = json!({"content-hash": "0", "packages": [locked("tree/leaf"), locked("tree/twig")], "packages-dev": []});
    let manifest =
        json!({"name": "coop/shop", "license": "PPL", "require": {"tree/leaf": "^1.0", "tree/twig": "^1.0"}});
    Case {
        ty: "composer",
        files: vec![("composer.json", manifest.to_string()), ("composer.lock", lock.to_string())],
        replies: vec![
            ("/p2/tree/leaf.json", listing("tree/leaf", json!(["MIT"]))),
            ("/p2/tree/twig.json", listing("tree/twig", json!([]))),
        ],
        leaf: ("pkg:composer/tree/leaf@v1.0.0", "MIT"),
        // Archives lie with those who host the code, and nobody else is asked.
        twig: ("pkg:composer/tree/twig@v1.0.0", None),
        n_requests: (1, 1),
    }
}

fn gem() -> Case {
    let data = gz(&tar(&[("LICENSE.txt", text("MIT").as_bytes())]));
    let bytes = tar(&[("metadata.gz", &gz(b"--- !ruby/object:Gem::Specification\n")), ("data.tar.gz", &data)]);
    let sum = sha256_hex(&bytes);
    let answer = |name: &str, licenses: Value| {
        let answer = json!({"name": name, "version": "1.0.0", "platform": "ruby", "licenses": licenses, "sha": sum});
        answer.to_string().into_bytes()
    };
    let remote = official_address("gem").unwrap();
    let lock = format!(
        "GEM\n  remote: {remote}/\n  specs:\n    leaf (1.0.0)\n    twig (1.0.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  leaf\n  twig\n\n\
         CHECKSUMS\n  leaf (1.0.0) sha256={sum}\n  twig (1.0.0) sha256={sum}\n\nBUNDLED WITH\n   2.5.0\n"
    );
    Case {
        ty: "gem",
        files: vec![("Gemfile", format!("source \"{remote}\"\ngem \"leaf\"\ngem \"twig\"\n")), ("Gemfile.lock", lock)],
        replies: vec![
            ("/api/v2/rubygems/leaf/versions/1.0.0.json", answer("leaf", json!(["MIT"]))),
            ("/api/v2/rubygems/twig/versions/1.0.0.json", answer("twig", Value::Null)),
            ("/gems/twig-1.0.0.gem", bytes.clone()),
        ],
        leaf: ("pkg:gem/leaf@1.0.0", "MIT"),
        twig: ("pkg:gem/twig@1.0.0", Some("MIT")),
        n_requests: (1, 2),
    }
}

fn golang() -> Case {
    let module = |name: &str, id: &str| zip(&[(&format!("example.org/{name}@v1.0.0/LICENSE"), text(id))]);
    let manifest =
        "module example.org/shop\n\ngo 1.22\n\nrequire (\n\texample.org/leaf v1.0.0\n\texample.org/twig v1.0.0\n)\n";
    Case {
        ty: "golang",
        files: vec![("go.mod", manifest.to_owned())],
        replies: vec![
            ("/example.org/leaf/@v/v1.0.0.zip", module("leaf", "MIT")),
            ("/example.org/twig/@v/v1.0.0.zip", module("twig", "ISC")),
        ],
        leaf: ("pkg:golang/example.org/leaf@v1.0.0", "MIT"),
        twig: ("pkg:golang/example.org/twig@v1.0.0", Some("ISC")),
        n_requests: (1, 1),
    }
}

fn hex() -> Case {
    let package = |name: &str, licenses: &str, id: &str| {
        let contents = gz(&tar(&[("LICENSE", text(id).as_bytes())]));
        let metadata = format!("{{<<\"name\">>,<<\"{name}\">>}}.\n{{<<\"licenses\">>,[{licenses}]}}.\n");
        tar(&[("VERSION", b"3"), ("metadata.config", metadata.as_bytes()), ("contents.tar.gz", &contents)])
    };
    let (leaf, twig) = (package("leaf", "<<\"MIT\">>", "MIT"), package("twig", "", "ISC"));
    let row = |name: &str, bytes: &[u8]| {
        let sum = sha256_hex(bytes);
        let zeros = "0".repeat(64);
        format!("  \"{name}\": {{:hex, :{name}, \"1.0.0\", \"{zeros}\", [:mix], [], \"hexpm\", \"{sum}\"}},\n")
    };
    Case {
        ty: "hex",
        files: vec![("mix.lock", format!("%{{\n{}{}}}\n", row("leaf", &leaf), row("twig", &twig)))],
        replies: vec![("/tarballs/leaf-1.0.0.tar", leaf), ("/tarballs/twig-1.0.0.tar", twig)],
        leaf: ("pkg:hex/leaf@1.0.0", "MIT"),
        twig: ("pkg:hex/twig@1.0.0", Some("ISC")),
        n_requests: (1, 1),
    }
}

fn maven() -> Case {
    let pom = |artifact: &str, inner: &str| {
        format!(
            "<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>{artifact}</artifactId>\
             <version>1.0.0</version>{inner}</project>"
        )
    };
    let mit = "<licenses><license><name>MIT License</name><url>https://opensource.org/licenses/MIT</url></license></licenses>";
    let need = |artifact: &str| {
        format!(
            "<dependency><groupId>org.example</groupId><artifactId>{artifact}</artifactId><version>1.0.0</version></dependency>"
        )
    };
    let needs = format!("<dependencies>{}{}</dependencies>", need("leaf"), need("twig"));
    let jar = zip(&[("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n"), ("META-INF/LICENSE", text("ISC"))]);
    Case {
        ty: "maven",
        files: vec![("pom.xml", pom("shop", &needs))],
        replies: vec![
            ("/org/example/leaf/1.0.0/leaf-1.0.0.pom", pom("leaf", mit).into_bytes()),
            ("/org/example/twig/1.0.0/twig-1.0.0.pom", pom("twig", "").into_bytes()),
            ("/org/example/twig/1.0.0/twig-1.0.0.jar", jar),
        ],
        leaf: ("pkg:maven/org.example/leaf@1.0.0", "MIT"),
        twig: ("pkg:maven/org.example/twig@1.0.0", Some("ISC")),
        n_requests: (1, 2),
    }
}

fn npm() -> Case {
    let bytes = tar_gz("package", &[("package.json", "{\"name\": \"twig\"}"), ("LICENSE", text("MIT"))]);
    let answer = |name: &str, license: Value| {
        let answer = json!({"name": name, "version": "1.0.0", "license": license, "dist": {"shasum": "00"}});
        answer.to_string().into_bytes()
    };
    let lock = json!({"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "packages": {
        "": {"name": "shop", "version": "1.0.0", "license": "PPL", "dependencies": {"leaf": "*", "twig": "*"}},
        "node_modules/leaf": {"version": "1.0.0"}, "node_modules/twig": {"version": "1.0.0"}}});
    let manifest =
        json!({"name": "shop", "version": "1.0.0", "license": "PPL", "dependencies": {"leaf": "*", "twig": "*"}});
    Case {
        ty: "npm",
        files: vec![("package.json", manifest.to_string()), ("package-lock.json", lock.to_string())],
        replies: vec![
            ("/leaf/1.0.0", answer("leaf", "MIT".into())),
            ("/twig/1.0.0", answer("twig", Value::Null)),
            ("/twig/-/twig-1.0.0.tgz", bytes),
        ],
        leaf: ("pkg:npm/leaf@1.0.0", "MIT"),
        twig: ("pkg:npm/twig@1.0.0", Some("MIT")),
        n_requests: (1, 2),
    }
}

fn nuget() -> Case {
    let manifest = |name: &str, license: &str| {
        format!("<package><metadata><id>{name}</id><version>1.0.0</version>{license}</metadata></package>")
    };
    let silent = manifest("Twig", "");
    let locked = json!({"type": "Direct", "requested": "[1.0.0, )", "resolved": "1.0.0"});
    let lock = json!({"version": 1, "dependencies": {"net8.0": {"Leaf": locked, "Twig": locked}}});
    let mit = "<license type=\"expression\">MIT</license>";
    let nupkg = zip(&[("Twig.nuspec", &silent), ("LICENSE.txt", text("ISC"))]);
    Case {
        ty: "nuget",
        files: vec![("packages.lock.json", lock.to_string())],
        replies: vec![
            ("/v3-flatcontainer/leaf/1.0.0/leaf.nuspec", manifest("Leaf", mit).into_bytes()),
            ("/v3-flatcontainer/twig/1.0.0/twig.nuspec", silent.into_bytes()),
            ("/v3-flatcontainer/twig/1.0.0/twig.1.0.0.nupkg", nupkg),
        ],
        leaf: ("pkg:nuget/Leaf@1.0.0", "MIT"),
        twig: ("pkg:nuget/Twig@1.0.0", Some("ISC")),
        n_requests: (1, 2),
    }
}

fn r#pub() -> Case {
    let package = |id: &str| gz(&tar(&[("LICENSE", text(id).as_bytes())]));
    let (leaf, twig) = (package("MIT"), package("ISC"));
    let url = official_address("pub").unwrap();
    let entry = |name: &str, bytes: &[u8]| {
        let sum = sha256_hex(bytes);
        format!(
            "  {name}:\n    dependency: \"direct main\"\n    description:\n      name: {name}\n      sha256: \"{sum}\"\n      \
             url: \"{url}\"\n    source: hosted\n    version: \"1.0.0\"\n"
        )
    };
    Case {
        ty: "pub",
        files: vec![("pubspec.lock", format!("packages:\n{}{}", entry("leaf", &leaf), entry("twig", &twig)))],
        replies: vec![("/api/archives/leaf-1.0.0.tar.gz", leaf), ("/api/archives/twig-1.0.0.tar.gz", twig)],
        leaf: ("pkg:pub/leaf@1.0.0", "MIT"),
        twig: ("pkg:pub/twig@1.0.0", Some("ISC")),
        n_requests: (1, 1),
    }
}

fn pypi() -> Case {
    let source = tar_gz(
        "twig-1.0.0",
        &[("PKG-INFO", "Metadata-Version: 2.1\nName: twig\nVersion: 1.0.0\n"), ("LICENSE", text("MIT"))],
    );
    let sum = sha256_hex(&source);
    let answer = |name: &str, license: Value| {
        let file = json!({"filename": format!("{name}-1.0.0.tar.gz"), "packagetype": "sdist", "size": 100,
            "url": format!("/packages/aa/bb/{name}-1.0.0.tar.gz"), "digests": {"sha256": sum}});
        let info = json!({"name": name, "version": "1.0.0", "license_expression": license});
        json!({"info": info, "urls": [file]}).to_string().into_bytes()
    };
    let requirements = format!("leaf==1.0.0 --hash=sha256:{sum}\ntwig==1.0.0 --hash=sha256:{sum}\n");
    Case {
        ty: "pypi",
        files: vec![("requirements.txt", requirements)],
        replies: vec![
            ("/pypi/leaf/1.0.0/json", answer("leaf", "MIT".into())),
            ("/pypi/twig/1.0.0/json", answer("twig", Value::Null)),
            ("/packages/aa/bb/twig-1.0.0.tar.gz", source),
        ],
        leaf: ("pkg:pypi/leaf@1.0.0", "MIT"),
        twig: ("pkg:pypi/twig@1.0.0", Some("MIT")),
        n_requests: (1, 2),
    }
}

impl Case {
    fn project(&self) -> Project {
        let files: Vec<(&str, &str)> = self.files.iter().map(|(path, content)| (*path, content.as_str())).collect();
        Project::new(&files)
    }

    fn server(&self) -> Server {
        let replies: Vec<(&str, Reply)> =
            self.replies.iter().map(|(path, body)| (*path, Reply::body(body.clone()))).collect();
        Server::start(&replies)
    }
}

#[test]
fn every_registry_is_one_of_them() {
    let types: Vec<&str> = cases().iter().map(|case| case.ty).collect();
    assert_eq!(types, ppl_check::registry::types().collect::<Vec<_>>());
}

#[test]
fn one_request_a_package_two_where_the_answer_is_silent_and_none_after_that() {
    for case in cases() {
        let (project, server, ty) = (case.project(), case.server(), case.ty);
        let check = |project: &Project, more: &[&str]| {
            let run = project.run_online(&[&["check", "--format", "json"], more].concat(), &server.url());
            assert!(matches!(run.code, Some(0 | 1)), "{ty}: {}", run.stderr);
            run.stdout
        };
        let cold = check(&project, &[]);
        let document: Value = serde_json::from_str(&cold).unwrap();
        assert_eq!(package(&document, case.leaf.0)["expression"], case.leaf.1, "{ty}");
        assert_eq!(package(&document, case.twig.0)["expression"].as_str(), case.twig.1, "{ty}");
        // Every connection is one request.
        let asked = server.requests();
        let of = |name: &str| asked.iter().filter(|path| path.contains(name)).count();
        assert_eq!(
            (of("leaf"), of("twig"), asked.len()),
            (case.n_requests.0, case.n_requests.1, asked.len()),
            "{asked:?}"
        );
        assert_eq!(asked.len(), case.n_requests.0 + case.n_requests.1, "{ty}: {asked:?}");
        let n_cold = asked.len();
        let warm = check(&project, &[]);
        assert!(cold == warm, "{ty}: other bytes in the second run");
        assert_eq!(server.requests().len(), n_cold, "{ty}: the second run");

        let locked = project.run_online(&["lock"], &server.url());
        assert_eq!(locked.code, Some(0), "{ty}: {}", locked.stderr);
        let here = check(&project, &[]);
        let elsewhere = case.project();
        let rows = std::fs::read(project.path().join("ppl-check.lock")).unwrap();
        elsewhere.write("ppl-check.lock", rows);
        let there = check(&elsewhere, &["--locked"]);
        // Of what is not known there is no row to take along.
        assert!(there == here || case.twig.1.is_none(), "{ty}: other bytes on a machine that has nothing");
        assert_eq!(server.requests().len(), n_cold, "{ty}: with rows");
        let document: Value = serde_json::from_str(&there).unwrap();
        assert_eq!(package(&document, case.leaf.0)["expression"], case.leaf.1, "{ty}");
        assert_eq!(package(&document, case.twig.0)["expression"].as_str(), case.twig.1, "{ty}");
    }
}
