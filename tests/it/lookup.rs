//! Licenses that are not on disk: what is asked, what comes of the answers, and of the lack of them.

use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use ppl_check::base::{Purl, sha256_hex};
use ppl_check::model::Checksum;
use ppl_check::registry::{Asked, LookupError, Lookups, Network, Outcome, Patience, Step, Tie};

use crate::program::{Project, Run, package};
use crate::server::{Reply, Server};

/// Packs files into a `.tar.gz` below one folder.
pub(crate) fn tar_gz(top: &str, files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, format!("{top}/{name}"), content.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

fn krate(name: &str, license: &str) -> Vec<u8> {
    let manifest = format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n{license}\n");
    tar_gz(&format!("{name}-1.0.0"), &[("Cargo.toml", &manifest), ("src/lib.rs", "")])
}

/// A project that needs `leaf` 1.0.0; `source` and `checksum` are what its lockfile says of it.
fn project(source: &str, checksum: Option<&str>) -> Project {
    let manifest =
        "[package]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n\n[dependencies]\nleaf = \"1\"\n";
    let checksum = checksum.map(|hex| format!("checksum = \"{hex}\"\n")).unwrap_or_default();
    let lock = format!(
        "version = 4\n\n[[package]]\nname = \"leaf\"\nversion = \"1.0.0\"\nsource = \"{source}\"\n{checksum}\n\
         [[package]]\nname = \"shop\"\nversion = \"1.0.0\"\ndependencies = [\"leaf\"]\n"
    );
    Project::new(&[("Cargo.toml", manifest), ("Cargo.lock", &lock)])
}

const OFFICIAL: &str = "registry+https://github.com/rust-lang/crates.io-index";
const PATH: &str = "/crates/leaf/leaf-1.0.0.crate";
const LEAF: &str = "pkg:cargo/leaf@1.0.0";

pub(crate) fn check_in(project: &Project, server: &Server, args: &[&str]) -> (Option<i32>, serde_json::Value) {
    let run = online(project, server, &[&["check", "--format", "json"], args].concat());
    (
        run.code,
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}\n{}{}", run.stdout, run.stderr)),
    )
}

fn online(project: &Project, server: &Server, args: &[&str]) -> Run {
    project.run_online(args, &server.url())
}

#[test]
fn a_checksum_ties_the_answer_to_the_lockfile() {
    let bytes = krate("leaf", "license = \"MIT\"");
    let server = Server::start(&[(PATH, Reply::body(bytes.clone()))]);
    let project = project(OFFICIAL, Some(&sha256_hex(&bytes)));
    let (code, document) = check_in(&project, &server, &[]);
    let leaf = package(&document, LEAF);
    assert_eq!((code, &leaf["expression"], &leaf["verdict"]), (Some(0), &"MIT".into(), &"ok".into()));
    assert_eq!(leaf["unverified_origin"], false);
    assert_eq!(leaf["claims"][0]["location"]["store"], "registry");
    assert_eq!(leaf["claims"][0]["location"]["path"], "leaf-1.0.0/Cargo.toml");
    assert_eq!(leaf["claims"][0]["location"]["line"], 4);
    assert_eq!(server.requests(), [PATH]);
    // The second run asks nothing and says the same, even under `--strict`.
    let (code, again) = check_in(&project, &server, &["--strict"]);
    assert_eq!((code, again["packages"].clone()), (Some(0), document["packages"].clone()));
    assert_eq!(server.requests(), [PATH]);
    // Without the cache it asks again.
    check_in(&project, &server, &["--no-cache"]);
    assert_eq!(server.requests(), [PATH, PATH]);
}

#[test]
fn other_bytes_of_the_same_name_are_a_conflict_and_count_for_nothing() {
    let server = Server::start(&[(PATH, Reply::body(krate("leaf", "license = \"MIT\"")))]);
    let project = project(OFFICIAL, Some(&"0".repeat(64)));
    for _ in 0..2 {
        let (code, document) = check_in(&project, &server, &[]);
        assert_eq!((code, &document["findings"][0]["rule"]), (Some(1), &"evidence-mismatch".into()));
        let leaf = package(&document, LEAF);
        assert_eq!((&leaf["verdict"], &leaf["expression"]), (&"conflict".into(), &serde_json::Value::Null));
    }
    assert_eq!(server.requests().len(), 2, "what does not fit is not kept");
}

#[test]
fn without_a_checksum_the_answer_counts_and_is_counted() {
    let server = Server::start(&[(PATH, Reply::body(krate("leaf", "license = \"MIT\"")))]);
    let project = project(OFFICIAL, None);
    let (code, document) = check_in(&project, &server, &[]);
    assert_eq!((code, &package(&document, LEAF)["unverified_origin"]), (Some(0), &true.into()));
    assert!(online(&project, &server, &[]).stdout.contains("1 from a registry without a checksum"));
    let (code, document) = check_in(&project, &server, &["--strict"]);
    let leaf = package(&document, LEAF);
    assert_eq!((code, &leaf["expression"], &leaf["missing"]), (Some(1), &serde_json::Value::Null, &true.into()));
}

#[test]
fn an_archive_without_a_grant_is_a_conflict() {
    let bytes = krate("leaf", "");
    let server = Server::start(&[(PATH, Reply::body(bytes.clone()))]);
    let (code, document) = check_in(&project(OFFICIAL, Some(&sha256_hex(&bytes))), &server, &[]);
    assert_eq!((code, &document["findings"][0]["rule"]), (Some(1), &"no-license".into()));
}

#[test]
fn a_failed_look_up_is_unknown_and_says_what_was_tried() {
    for (reply, words) in [
        (Reply::Status(404, Vec::new()), "not found there"),
        (Reply::Status(403, Vec::new()), "refused with status 403"),
        (Reply::body("<html>sign in</html>"), "could not be read"),
        (Reply::To("https://elsewhere.example/leaf.crate".to_owned()), "another address"),
    ] {
        let server = Server::start(&[(PATH, reply)]);
        let (code, document) = check_in(&project(OFFICIAL, None), &server, &[]);
        let finding = &document["findings"][0];
        assert_eq!((code, &finding["rule"]), (Some(1), &"undetermined-license".into()), "{words}");
        let tried = finding["tried"].as_array().unwrap();
        assert!(tried.iter().any(|tried| tried.as_str().unwrap().contains(words)), "{tried:?}");
        assert_eq!(server.requests(), [PATH], "{words}");
    }
}

#[test]
fn what_is_not_the_registrys_own_is_never_asked_for() {
    let server = Server::start(&[]);
    let at_server = |path: &str| format!("{}{path}", server.url());
    for source in [
        format!("registry+{}", at_server("/index")),
        format!("sparse+{}", at_server("/index/")),
        format!("git+{}#0123456", at_server("/leaf.git")),
        "registry+http://169.254.169.254/index".to_owned(),
        "registry+file:///etc/passwd".to_owned(),
    ] {
        let (code, document) = check_in(&project(&source, None), &server, &[]);
        assert_eq!(code, Some(1), "{source}");
        assert!(document["packages"].as_array().unwrap().iter().any(|row| row["missing"] == true), "{source}");
    }
    let own = project(OFFICIAL, None);
    own.write("ppl-check.toml", "own = [\"cargo:leaf\"]\n");
    check_in(&own, &server, &[]);
    let replaced = project(OFFICIAL, None);
    let config = format!("[source.crates-io]\nreplace-with = \"a\"\n[source.a]\nregistry = \"{}\"\n", at_server("/"));
    replaced.write(".cargo/config.toml", config);
    check_in(&replaced, &server, &[]);
    online(&project(OFFICIAL, None), &server, &["--offline"]);
    assert_eq!(server.requests(), [""; 0]);
}

#[test]
fn a_dry_run_prints_what_would_be_asked() {
    let server = Server::start(&[]);
    let run = online(&project(OFFICIAL, None), &server, &["--dry-run-network"]);
    assert_eq!((run.code, run.stdout), (Some(0), format!("{}{PATH}\n", server.url())));
    assert_eq!(server.requests(), [""; 0]);
}

#[test]
fn an_address_in_the_place_of_a_registry_is_checked() {
    let project = project(OFFICIAL, None);
    for wrong in ["cargo", "nothing=https://a.example", "cargo=http://a.example", "cargo=https://u:p@a.example"] {
        let run = project.run(&["--registry-url", wrong]);
        assert_eq!(run.code, Some(2), "{wrong}");
        assert!(run.stderr.contains("--registry-url"), "{}", run.stderr);
    }
}

#[test]
fn a_busy_registry_is_asked_again() {
    let bytes = krate("leaf", "license = \"MIT\"");
    for status in [429, 500, 503] {
        let later = Box::new(Reply::body(bytes.clone()));
        let reply = Reply::First(2, Box::new(Reply::Status(status, Vec::new())), later);
        let server = Server::start(&[(PATH, reply)]);
        let outcome = ask(&server, &[sum(&bytes)]);
        assert!(matches!(outcome, Outcome::Answered(_, Tie::Equal)), "{outcome:?}");
        assert_eq!(server.requests().len(), 3);
    }
    let server = Server::start(&[(PATH, Reply::Status(503, Vec::new()))]);
    assert_eq!(ask(&server, &[]), Outcome::Failed(LookupError::Busy(503)));
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn bodies_are_bounded_in_size_and_time() {
    let bytes = krate("leaf", "license = \"MIT\"");
    let server = Server::start(&[(PATH, Reply::CutAt(bytes.len() / 2, bytes.clone()))]);
    assert!(matches!(ask(&server, &[]), Outcome::Failed(LookupError::Unreachable(_))));
    let server = Server::start(&[(PATH, Reply::Silence)]);
    let started = Instant::now();
    assert_eq!(ask(&server, &[]), Outcome::Failed(LookupError::TimedOut));
    assert!(started.elapsed() < Duration::from_secs(2));
    assert_eq!(server.requests().len(), 1, "what was slow once is not asked again");
    let server = Server::start(&[(PATH, Reply::Endless)]);
    let outcome = ask(&server, &[]);
    assert!(matches!(outcome, Outcome::Failed(LookupError::TooLarge(_) | LookupError::TimedOut)), "{outcome:?}");
}

#[test]
fn few_redirects_are_followed_and_none_elsewhere() {
    let bytes = krate("leaf", "license = \"MIT\"");
    let to = |path: &str| Reply::To(path.to_owned());
    let server =
        Server::start(&[(PATH, to("/1")), ("/1", to("/2")), ("/2", to("/3")), ("/3", Reply::body(bytes.clone()))]);
    assert!(matches!(ask(&server, &[sum(&bytes)]), Outcome::Answered(..)));
    let server = Server::start(&[(PATH, to(PATH))]);
    assert_eq!(ask(&server, &[]), Outcome::Failed(LookupError::Elsewhere));
    assert_eq!(server.requests().len(), 4);
    let other = Server::start(&[]);
    let server = Server::start(&[(PATH, Reply::To(format!("{}{PATH}", other.url())))]);
    assert_eq!(ask(&server, &[]), Outcome::Failed(LookupError::Elsewhere));
    assert_eq!(other.requests(), [""; 0]);
}

#[test]
fn a_registry_that_does_not_answer_is_left_alone() {
    let server = Server::start(&[]);
    let purls: Vec<Purl> = (0..40).map(|n| Purl::new("cargo", &format!("busy{n}"), Some("1.0.0"))).collect();
    let mut replies = Vec::new();
    let paths: Vec<String> = (0..40).map(|n| format!("/crates/busy{n}/busy{n}-1.0.0.crate")).collect();
    replies.extend(paths.iter().map(|path| (path.as_str(), Reply::Status(500, Vec::new()))));
    drop(server);
    let server = Server::start(&replies);
    let asked: Vec<_> = purls.iter().map(|purl| (Asked { purl, checksums: &[] }, Step::First)).collect();
    let outcomes = Lookups::new(network(&server), None).ask(&asked);
    assert!(outcomes.contains(&Outcome::Failed(LookupError::GivenUp)));
    assert!(server.requests().len() < 80, "{}", server.requests().len());
}

fn sum(bytes: &[u8]) -> Checksum {
    Checksum { algorithm: "sha256".to_owned(), hex: sha256_hex(bytes) }
}

fn network(server: &Server) -> Network {
    let mut network = Network::default();
    network.patience = Patience {
        answer: Duration::from_millis(700),
        archive: Duration::from_millis(700),
        pause: Duration::from_millis(1),
        tries: 3,
    };
    network.replace("cargo", &server.url()).unwrap();
    network
}

fn ask(server: &Server, checksums: &[Checksum]) -> Outcome {
    let purl = Purl::new("cargo", "leaf", Some("1.0.0"));
    let lookups = Lookups::new(network(server), None);
    lookups.ask(&[(Asked { purl: &purl, checksums }, Step::First)]).remove(0)
}

#[test]
fn a_package_is_judged_before_it_is_added() {
    let bytes = krate("leaf", "license = \"GPL-3.0-only\"");
    let server = Server::start(&[(PATH, Reply::body(bytes))]);
    let project = Project::new(&[]);
    let eval =
        |package: &str, more: &[&str]| online(&project, &server, &[&["eval", "--format=json", package], more].concat());
    for package in ["cargo:leaf@1.0.0", LEAF] {
        let run = eval(package, &[]);
        let row: serde_json::Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
        assert_eq!(
            (run.code, &row["verdict"], &row["rules"][0]),
            (Some(1), &"conflict".into(), &"copyleft-dependency".into())
        );
        assert_eq!((&row["package"], &row["expression"]), (&LEAF.into(), &"GPL-3.0-only".into()));
    }
    assert_eq!(eval("cargo:leaf@1.0.0", &["--relation", "separate-process"]).code, Some(0));
    for (package, words) in [
        ("cargo:leaf@2.0.0", "not found"),
        ("cargo:leaf", "no version"),
        ("pkg:generic/leaf@1", "not looked up"),
        ("nothing:leaf@1.0.0", "not looked up"),
    ] {
        let run = eval(package, &[]);
        assert_eq!(run.code, Some(2), "{package}");
        assert!(run.stderr.contains(words), "{package}: {}", run.stderr);
    }
    let asked = ["/crates/leaf/leaf-1.0.0.crate", "/crates/leaf/leaf-2.0.0.crate"];
    assert_eq!(server.requests(), asked, "a second look is kept");
    assert_eq!(eval("cargo:leaf@2.0.0", &["--offline"]).code, Some(1));
}

#[test]
fn the_users_own_configuration_may_name_an_address() {
    let server = Server::start(&[(PATH, Reply::body(krate("leaf", "license = \"MIT\"")))]);
    let project = project(OFFICIAL, None);
    let config = project.home().join(".config/ppl-check");
    std::fs::create_dir_all(&config).unwrap();
    let write = |text: &str| std::fs::write(config.join("config.toml"), text).unwrap();
    let others = Server::start(&[]);
    let run = |project: &Project| {
        let urls: Vec<String> = ppl_check::registry::types()
            .filter(|ty| *ty != "cargo")
            .map(|ty| format!("--registry-url={ty}={}", others.url()))
            .collect();
        project.run_bare(&urls.iter().map(String::as_str).collect::<Vec<_>>())
    };
    write(&format!("[registry-url]\ncargo = \"{}\"\n", server.url()));
    assert_eq!((run(&project).code, server.requests()), (Some(0), vec![PATH.to_owned()]));
    for wrong in ["[registry-url]\ncargo = \"http://host.example\"\n", "[registry]\n", "["] {
        write(wrong);
        assert_eq!(project.run(&[]).code, Some(2), "{wrong}");
    }
    // The tree's own configuration may not.
    write("");
    project.write("ppl-check.toml", format!("[registry-url]\ncargo = \"{}\"\n", server.url()));
    assert_eq!(project.run(&[]).code, Some(2));
    assert_eq!(server.requests().len(), 1);
}
