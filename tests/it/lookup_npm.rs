//! npm: the manifest of one version, and its archive where that leaves the license open.
//!
//! The answer for a version is its `package.json` with `dist` beside it, as
//! <https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md> describes.

use ppl_check::base::sha512_hex;
use serde_json::{Value, json};

use crate::lookup::{check_in, tar_gz};
use crate::program::{Project, package};
use crate::server::{Reply, Server};

/// Returns base64 of bytes given in hexadecimal.
pub(crate) fn base64(hex: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let bytes: Vec<u8> = hex.as_bytes().chunks(2).map(byte).collect();
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().enumerate().fold(0_u32, |word, (n, byte)| word | u32::from(*byte) << (16 - 8 * n));
        let n_chars = chunk.len() + 1;
        out.extend(
            (0..4).map(|n| if n < n_chars { char::from(ALPHABET[(word >> (18 - 6 * n) & 63) as usize]) } else { '=' }),
        );
    }
    out
}

fn project(name: &str, version: &str, entry: Value) -> Project {
    let mut entry = entry;
    entry["version"] = version.into();
    let lock = json!({"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "packages": {
        "": {"name": "shop", "version": "1.0.0", "license": "PPL", "dependencies": {name: "*"}},
        format!("node_modules/{name}"): entry,
    }});
    let manifest = json!({"name": "shop", "version": "1.0.0", "license": "PPL", "dependencies": {name: "*"}});
    Project::new(&[("package.json", &manifest.to_string()), ("package-lock.json", &lock.to_string())])
}

fn archive(manifest: &Value) -> Vec<u8> {
    let mit = spdx::license_id("MIT").unwrap().text();
    tar_gz("package", &[("package.json", &manifest.to_string()), ("LICENSE.txt", mit)])
}

fn answer(manifest: &Value, integrity: &str) -> Reply {
    let mut answer = manifest.clone();
    answer["_id"] = "leaf@1.0.0".into();
    answer["dist"] = json!({"integrity": integrity, "shasum": "00", "tarball": "http://169.254.169.254/leaf.tgz"});
    Reply::body(answer.to_string())
}

#[test]
fn a_manifest_that_names_the_license_is_one_request() {
    for (name, path, purl) in [
        ("leaf", "/leaf/1.0.0", "pkg:npm/leaf@1.0.0"),
        ("@tree/leaf", "/@tree%2Fleaf/1.0.0", "pkg:npm/%40tree/leaf@1.0.0"),
        ("LeafStream", "/LeafStream/1.0.0", "pkg:npm/LeafStream@1.0.0"),
    ] {
        let manifest = json!({"name": name, "version": "1.0.0", "license": "(MIT OR Apache-2.0)"});
        let integrity = format!("sha512-{}", base64(&"ab".repeat(64)));
        let server = Server::start(&[(path, answer(&manifest, &integrity))]);
        let project = project(name, "1.0.0", json!({"integrity": integrity}));
        let (code, document) = check_in(&project, &server, &["--strict"]);
        let leaf = package(&document, purl);
        assert_eq!((code, &leaf["expression"]), (Some(0), &"MIT OR Apache-2.0".into()), "{leaf}");
        assert_eq!((&leaf["claims"][0]["kind"], &leaf["unverified_origin"]), (&"registry".into(), &false.into()));
        assert_eq!(server.requests(), [path]);
    }
}

#[test]
fn a_manifest_that_points_to_a_file_has_its_archive_read() {
    for license in [json!("SEE LICENSE IN LICENSE.txt"), Value::Null] {
        let manifest = json!({"name": "leaf", "version": "1.0.0", "license": license});
        let bytes = archive(&manifest);
        let integrity = format!("sha512-{}", base64(&sha512_hex(&bytes)));
        let file = "/leaf/-/leaf-1.0.0.tgz";
        let server = Server::start(&[("/leaf/1.0.0", answer(&manifest, &integrity)), (file, Reply::body(bytes))]);
        let project = project("leaf", "1.0.0", json!({"integrity": integrity, "license": license}));
        let (_, first) = check_in(&project, &server, &[]);
        assert_eq!(package(&first, "pkg:npm/leaf@1.0.0")["expression"], "MIT", "{first:#}");
        assert_eq!(server.requests(), [file, "/leaf/1.0.0"]);
        assert_eq!(check_in(&project, &server, &[]).1, first);
        assert_eq!(server.requests().len(), 2, "the second run asks nothing");
    }
}

#[test]
fn a_public_namesake_is_a_conflict() {
    let manifest = json!({"name": "leaf", "version": "1.0.0", "license": "MIT"});
    let of = |digit: &str| format!("sha512-{}", base64(&digit.repeat(128)));
    let server = Server::start(&[("/leaf/1.0.0", answer(&manifest, &of("a")))]);
    let (code, document) = check_in(&project("leaf", "1.0.0", json!({"integrity": of("b")})), &server, &[]);
    assert_eq!((code, &document["findings"][0]["rule"]), (Some(1), &"evidence-mismatch".into()));
}

#[test]
fn what_comes_from_elsewhere_is_never_asked_for() {
    let server = Server::start(&[]);
    let resolved = |url: String| json!({"resolved": url});
    for entry in [
        resolved(format!("{}/leaf/-/leaf-1.0.0.tgz", server.url())),
        resolved("http://169.254.169.254/leaf-1.0.0.tgz".to_owned()),
        resolved("file:///etc/passwd".to_owned()),
        resolved("git+ssh://git@host.example/leaf.git#0123456789012345678901234567890123456789".to_owned()),
    ] {
        check_in(&project("leaf", "1.0.0", entry), &server, &[]);
    }
    let scoped = project("@coop/leaf", "1.0.0", json!({}));
    scoped.write(".npmrc", format!("@coop:registry={}\n", server.url()));
    check_in(&scoped, &server, &[]);
    let all = project("leaf", "1.0.0", json!({}));
    all.write(".npmrc", "registry=https://npm.example.org/\n");
    check_in(&all, &server, &[]);
    let own = project("@coop/leaf", "1.0.0", json!({}));
    own.write("ppl-check.toml", "own = [\"npm:@coop/*\"]\n");
    check_in(&own, &server, &[]);
    assert_eq!(server.requests(), [""; 0]);
}
