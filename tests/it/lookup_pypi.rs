//! PyPI: the release's metadata, and one of its files where that leaves the license open.
//!
//! The shape of the answers is that of <https://docs.pypi.org/api/json/> and of the simple index in JSON.

use ppl_check::base::sha256_hex;
use serde_json::{Value, json};

use crate::lookup::{check_in, tar_gz};
use crate::program::{Project, package};
use crate::server::{Reply, Server};

const RELEASE: &str = "/pypi/leaf/1.0.0/json";
const SOURCE: &str = "/packages/aa/bb/leaf-1.0.0.tar.gz";
const LEAF: &str = "pkg:pypi/leaf@1.0.0";

fn project(sha256: Option<&str>) -> Project {
    let hash = sha256.map(|hex| format!(" --hash=sha256:{hex}")).unwrap_or_default();
    Project::new(&[("requirements.txt", &format!("leaf==1.0.0{hash}\n"))])
}

/// A source distribution whose text, and not its metadata, names the license.
fn source() -> Vec<u8> {
    let mit = spdx::license_id("MIT").unwrap().text();
    tar_gz("leaf-1.0.0", &[("PKG-INFO", "Metadata-Version: 2.1\nName: leaf\nVersion: 1.0.0\n"), ("LICENSE", mit)])
}

fn release(info: Value, url: &str, sha256: &str) -> Reply {
    let mut info = info;
    info["name"] = "leaf".into();
    info["version"] = "1.0.0".into();
    info["description"] = "not kept".into();
    let file = json!({"filename": "leaf-1.0.0.tar.gz", "packagetype": "sdist", "size": 100, "url": url,
        "digests": {"blake2b_256": "00", "md5": "00", "sha256": sha256}, "yanked": false});
    Reply::body(json!({"info": info, "last_serial": 1, "urls": [file], "vulnerabilities": []}).to_string())
}

fn replies(info: Value, sha256: &str) -> Server {
    let file = |server: &str| format!("{server}{SOURCE}");
    // The address of the file is on the registry's own host, whatever stands in its place.
    Server::start(&[(RELEASE, release(info, &file(""), sha256)), (SOURCE, Reply::body(source()))])
}

#[test]
fn metadata_that_names_the_license_is_one_request() {
    let sum = sha256_hex(&source());
    for (info, expression) in [
        (json!({"license_expression": "MIT OR Apache-2.0", "license": "BSD"}), "MIT OR Apache-2.0"),
        (json!({"license": "MIT", "classifiers": ["License :: OSI Approved :: MIT License"]}), "MIT"),
        (json!({"license": "", "classifiers": ["License :: OSI Approved :: MIT License"]}), "MIT"),
    ] {
        let server = replies(info, &sum);
        let project = project(Some(&sum));
        let (_, document) = check_in(&project, &server, &[]);
        let leaf = package(&document, LEAF);
        assert_eq!((&leaf["expression"], &leaf["unverified_origin"]), (&expression.into(), &false.into()));
        assert!(leaf["claims"].as_array().unwrap().iter().all(|claim| claim["kind"] == "registry"), "{leaf}");
        assert_eq!(server.requests(), [RELEASE]);
        check_in(&project, &server, &[]);
        assert_eq!(server.requests(), [RELEASE], "the second run asks nothing");
    }
}

#[test]
fn where_metadata_is_silent_the_archive_is_read() {
    let sum = sha256_hex(&source());
    for info in [json!({}), json!({"license": "UNKNOWN"}), json!({"license": "see LICENSE"})] {
        let server = replies(info, &sum);
        let project = project(Some(&sum));
        let (_, first) = check_in(&project, &server, &[]);
        let leaf = package(&first, LEAF);
        assert_eq!((&leaf["expression"], &leaf["claims"][0]["kind"]), (&"MIT".into(), &"text".into()), "{leaf}");
        assert_eq!(server.requests(), [SOURCE, RELEASE]);
        let (_, second) = check_in(&project, &server, &[]);
        assert_eq!(first, second);
        assert_eq!(server.requests().len(), 2);
    }
}

#[test]
fn a_namesake_with_other_files_is_a_conflict() {
    let server = replies(json!({"license": "MIT"}), &sha256_hex(&source()));
    let (code, document) = check_in(&project(Some(&"1".repeat(64))), &server, &[]);
    assert_eq!((code, &document["findings"][0]["rule"]), (Some(1), &"evidence-mismatch".into()));
    assert_eq!(server.requests(), [RELEASE]);
}

#[test]
fn an_archive_that_is_not_the_one_listed_counts_for_nothing() {
    let server = replies(json!({}), &"1".repeat(64));
    let (_, document) = check_in(&project(None), &server, &[]);
    assert_eq!(package(&document, LEAF)["missing"], true);
    assert!(document["findings"].to_string().contains("not the one that the registry lists"), "{document:#}");
}

#[test]
fn files_elsewhere_are_not_asked_for() {
    let other = Server::start(&[(SOURCE, Reply::body(source()))]);
    let elsewhere = format!("{}{SOURCE}", other.url());
    for url in [elsewhere.as_str(), "http://169.254.169.254/leaf.tar.gz", "file:///etc/passwd"] {
        let server = Server::start(&[(RELEASE, release(json!({}), url, &sha256_hex(&source())))]);
        let (_, document) = check_in(&project(None), &server, &[]);
        assert_eq!(package(&document, LEAF)["missing"], true, "{url}");
    }
    assert_eq!(other.requests(), [""; 0]);
}

#[test]
fn a_mirror_may_have_the_index_alone() {
    let sum = sha256_hex(&source());
    let wheel = "/packages/cc/dd/leaf-1.0.0-py3-none-any.whl";
    let files = json!([
        {"filename": "leaf-0.9.tar.gz", "hashes": {"sha256": "00"}, "url": "/x"},
        {"filename": "leaf-1.0.0-py3-none-any.whl", "hashes": {"sha256": "22"}, "url": wheel, "core-metadata": {"sha256": "3"}},
        {"filename": "leaf-1.0.0.tar.gz", "hashes": {"sha256": sum}, "url": SOURCE, "core-metadata": false},
    ]);
    let index = json!({"meta": {"api-version": "1.1"}, "name": "leaf", "files": files}).to_string();
    let metadata = "Metadata-Version: 2.4\nName: leaf\nVersion: 1.0.0\nLicense-Expression: ISC\n";
    let beside = format!("{wheel}.metadata");
    let with = |metadata: Reply| {
        let index = ("/simple/leaf/", Reply::body(index.clone()));
        Server::start(&[index, (beside.as_str(), metadata), (SOURCE, Reply::body(source()))])
    };
    let server = with(Reply::body(metadata));
    let (_, document) = check_in(&project(Some(&sum)), &server, &[]);
    assert_eq!(package(&document, LEAF)["expression"], "ISC");
    let server = with(Reply::Status(404, Vec::new()));
    let (_, document) = check_in(&project(Some(&sum)), &server, &[]);
    assert_eq!(package(&document, LEAF)["expression"], "MIT");
}
