//! Registries that are not asked for real: recorded answers, after what their own documentation shows.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use ppl_check::base::{official_address, sha256_hex, sha512_hex};
use serde_json::{Value, json};

use crate::lookup::check_in;
use crate::lookup_npm::base64;
use crate::program::{Project, package};
use crate::server::{Reply, Server};

pub(crate) fn text(id: &str) -> &'static str {
    spdx::license_id(id).unwrap().text()
}

pub(crate) fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

pub(crate) fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Checks a project and returns the license of a package, and whether nothing ties it to the lockfile.
fn license(project: &Project, server: &Server, purl: &str) -> (Value, Value) {
    let (_, document) = check_in(project, server, &[]);
    let row = package(&document, purl);
    (row["expression"].clone(), row["unverified_origin"].clone())
}

#[test]
fn the_go_proxy_gives_what_go_sum_pins() {
    let files = [
        ("example.org/Tree/leaf@v1.0.0/LICENSE", text("MIT")),
        ("example.org/Tree/leaf@v1.0.0/leaf.go", "package leaf\n"),
    ];
    // As `go.sum` has it: the digest of a list of the digests of all files.
    let lines: Vec<String> =
        files.iter().map(|(name, content)| format!("{}  {name}\n", sha256_hex(content.as_bytes()))).collect();
    let sum = base64(&sha256_hex(lines.concat().as_bytes()));
    let path = "/example.org/!tree/leaf/@v/v1.0.0.zip";
    let server = Server::start(&[(path, Reply::body(zip(&files)))]);
    let module = "module example.org/shop\n\ngo 1.22\n\nrequire example.org/Tree/leaf v1.0.0\n";
    let of = |sum: &str| {
        let sums = format!("example.org/Tree/leaf v1.0.0 h1:{sum}\nexample.org/Tree/leaf v1.0.0/go.mod h1:{sum}\n");
        Project::new(&[("go.mod", module), ("go.sum", &sums)])
    };
    let purl = "pkg:golang/example.org/Tree/leaf@v1.0.0";
    assert_eq!(license(&of(&sum), &server, purl), ("MIT".into(), false.into()));
    assert_eq!(server.requests(), [path]);
    let (code, document) = check_in(&of(&base64(&"0".repeat(64))), &server, &[]);
    assert_eq!((code, &document["findings"][0]["rule"]), (Some(1), &"evidence-mismatch".into()));
}

#[test]
fn packagist_writes_what_differs_from_the_version_before() {
    let versions = json!([
        {"name": "tree/leaf", "version": "v2.0.0", "license": ["GPL-3.0-only"], "dist": {"shasum": ""}},
        {"version": "v1.0.0", "license": ["MIT", "Apache-2.0"]},
    ]);
    let listing = json!({"packages": {"tree/leaf": versions}, "minified": "composer/2.0"}).to_string();
    let server = Server::start(&[("/p2/tree/leaf.json", Reply::body(listing))]);
    let notify = format!("{}/downloads/", official_address("composer").unwrap());
    let locked = json!({"name": "tree/leaf", "version": "v1.0.0", "license": [], "notification-url": notify,
        "dist": {"type": "zip", "url": "https://host.example/leaf.zip", "reference": "0", "shasum": ""}});
    let lock = json!({"content-hash": "0", "packages": [locked], "packages-dev": []}).to_string();
    let manifest = json!({"name": "coop/shop", "license": "PPL", "require": {"tree/leaf": "^1.0"}}).to_string();
    let project = Project::new(&[("composer.json", &manifest), ("composer.lock", &lock)]);
    let purl = "pkg:composer/tree/leaf@v1.0.0";
    assert_eq!(license(&project, &server, purl), ("MIT OR Apache-2.0".into(), true.into()));
}

#[test]
fn rubygems_names_licenses_or_gives_the_gem() {
    let data = gz(&tar(&[("LICENSE.txt", text("MIT").as_bytes())]));
    let gem = tar(&[("metadata.gz", &gz(b"--- !ruby/object:Gem::Specification\n")), ("data.tar.gz", &data)]);
    let sum = sha256_hex(&gem);
    let remote = official_address("gem").unwrap();
    let lock = format!(
        "GEM\n  remote: {remote}/\n  specs:\n    leaf (1.0.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  leaf\n\n\
         CHECKSUMS\n  leaf (1.0.0) sha256={sum}\n\nBUNDLED WITH\n   2.5.0\n"
    );
    let (version, file) = ("/api/v2/rubygems/leaf/versions/1.0.0.json", "/gems/leaf-1.0.0.gem");
    for (licenses, expression, requests) in [
        (json!(["MIT", "Ruby"]), "MIT OR Ruby", vec![version]),
        (json!([]), "MIT", vec![version, file]),
        (Value::Null, "MIT", vec![version, file]),
    ] {
        let answer = json!({"name": "leaf", "version": "1.0.0", "platform": "ruby", "licenses": licenses, "sha": sum});
        let server = Server::start(&[(version, Reply::body(answer.to_string())), (file, Reply::body(gem.clone()))]);
        let project =
            Project::new(&[("Gemfile", &format!("source \"{remote}\"\ngem \"leaf\"\n")), ("Gemfile.lock", &lock)]);
        let found = license(&project, &server, "pkg:gem/leaf@1.0.0");
        assert_eq!(found, (expression.into(), false.into()), "{licenses}");
        assert_eq!(server.requests(), requests, "{licenses}");
    }
}

#[test]
fn maven_central_has_licenses_in_parents() {
    let pom = |artifact: &str, inner: &str| {
        format!(
            "<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>{artifact}</artifactId>\
             <version>1.0.0</version>{inner}</project>"
        )
    };
    let parent = "<parent><groupId>org.example</groupId><artifactId>tree</artifactId><version>7</version></parent>";
    let mit = "<licenses><license><name>MIT License</name><url>https://opensource.org/licenses/MIT</url></license></licenses>";
    let (leaf, tree) = ("/org/example/leaf/1.0.0/leaf-1.0.0.pom", "/org/example/tree/7/tree-7.pom");
    let jar = "/org/example/leaf/1.0.0/leaf-1.0.0.jar";
    let dependency = "<dependencies><dependency><groupId>org.example</groupId><artifactId>leaf</artifactId>\
                      <version>1.0.0</version></dependency></dependencies>";
    let project = || Project::new(&[("pom.xml", &pom("shop", dependency))]);
    let purl = "pkg:maven/org.example/leaf@1.0.0";
    let server = Server::start(&[(leaf, Reply::body(pom("leaf", parent))), (tree, Reply::body(pom("tree", mit)))]);
    assert_eq!(license(&project(), &server, purl), ("MIT".into(), true.into()));
    assert_eq!(server.requests(), [leaf, tree]);
    let bytes = zip(&[("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n"), ("META-INF/LICENSE", text("ISC"))]);
    let server = Server::start(&[(leaf, Reply::body(pom("leaf", ""))), (jar, Reply::body(bytes))]);
    assert_eq!(license(&project(), &server, purl), ("ISC".into(), true.into()));
    assert_eq!(server.requests(), [jar, leaf]);
}

#[test]
fn nuget_has_a_manifest_or_the_package() {
    let manifest = |license: &str| {
        format!("<package><metadata><id>Tree.Leaf</id><version>1.0.0</version>{license}</metadata></package>")
    };
    let (nuspec, nupkg) = (
        "/v3-flatcontainer/tree.leaf/1.0.0/tree.leaf.nuspec",
        "/v3-flatcontainer/tree.leaf/1.0.0/tree.leaf.1.0.0.nupkg",
    );
    let lock = |hash: &str| {
        let leaf =
            json!({"type": "Direct", "requested": "[1.0.0, )", "resolved": "1.0.0", "contentHash": base64(hash)});
        json!({"version": 1, "dependencies": {"net8.0": {"Tree.Leaf": leaf}}}).to_string()
    };
    let purl = "pkg:nuget/Tree.Leaf@1.0.0";
    for (said, expression, requests) in [
        ("<license type=\"expression\">MIT OR Apache-2.0</license>", "MIT OR Apache-2.0", vec![nuspec]),
        ("<license type=\"file\">terms.txt</license>", "ISC", vec![nuspec, nupkg]),
    ] {
        let bytes = zip(&[("Tree.Leaf.nuspec", &manifest(said)), ("terms.txt", text("ISC"))]);
        let hash = sha512_hex(&bytes);
        let server = Server::start(&[(nuspec, Reply::body(manifest(said))), (nupkg, Reply::body(bytes))]);
        let found = license(&Project::new(&[("packages.lock.json", &lock(&hash))]), &server, purl);
        // A manifest by itself has no hash; the package has the one of the lockfile.
        assert_eq!(found, (expression.into(), (requests.len() == 1).into()), "{said}");
        let mut asked = server.requests();
        asked.reverse();
        assert_eq!(asked, requests, "{said}");
        if requests.len() > 1 {
            let other = Project::new(&[("packages.lock.json", &lock(&"0".repeat(128)))]);
            let (code, document) = check_in(&other, &server, &[]);
            assert_eq!((code, &document["findings"][0]["rule"]), (Some(1), &"evidence-mismatch".into()));
        }
    }
}

#[test]
fn hex_and_pub_dev_give_archives() {
    let contents = gz(&tar(&[("LICENSE", text("Apache-2.0").as_bytes())]));
    let metadata: &[u8] = b"{<<\"name\">>,<<\"leaf\">>}.\n{<<\"licenses\">>,[<<\"Apache-2.0\">>]}.\n";
    let package = tar(&[("VERSION", b"3"), ("metadata.config", metadata), ("contents.tar.gz", &contents)]);
    for (ty, path, bytes, kind) in [
        ("hex", "/tarballs/leaf-1.0.0.tar", package, "Apache-2.0"),
        (
            "pub",
            "/api/archives/leaf-1.0.0.tar.gz",
            gz(&tar(&[("LICENSE", text("BSD-3-Clause").as_bytes())])),
            "BSD-3-Clause",
        ),
    ] {
        let server = Server::start(&[(path, Reply::body(bytes))]);
        let run = Project::new(&[]).run_online(&["eval", "--format=json", &format!("{ty}:leaf@1.0.0")], &server.url());
        let row: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
        assert_eq!((run.code, &row["expression"]), (Some(0), &kind.into()), "{row}");
        assert_eq!(server.requests(), [path]);
    }
}
