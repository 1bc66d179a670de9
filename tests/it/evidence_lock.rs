//! `ppl-check.lock`: what a project has committed counts as much as the bytes, and no more.

use ppl_check::base::sha256_hex;
use serde_json::Value;

use crate::lookup::tar_gz;
use crate::program::{Project, Run, package};
use crate::server::{Reply, Server};

const MANIFEST: &str =
    "[package]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n\n[dependencies]\nleaf = \"1\"\n";
const LEAF: &str = "pkg:cargo/leaf@1.0.0";

/// A package that declares `license` and holds the text of another one, if given.
fn krate(license: &str, text: Option<&str>) -> Vec<u8> {
    let manifest = format!("[package]\nname = \"leaf\"\nversion = \"1.0.0\"\n{license}\n");
    let text = text.map(|id| spdx::license_id(id).unwrap().text());
    let files: Vec<(&str, &str)> =
        [("Cargo.toml", manifest.as_str())].into_iter().chain(text.map(|text| ("LICENSE", text))).collect();
    tar_gz("leaf-1.0.0", &files)
}

struct World {
    project: Project,
    server: Server,
}

impl World {
    fn new(bytes: Vec<u8>) -> Self {
        let source = "registry+https://github.com/rust-lang/crates.io-index";
        let lock = format!(
            "version = 4\n\n[[package]]\nname = \"leaf\"\nversion = \"1.0.0\"\nsource = \"{source}\"\nchecksum = \"{}\"\n\n\
             [[package]]\nname = \"shop\"\nversion = \"1.0.0\"\ndependencies = [\"leaf\"]\n",
            sha256_hex(&bytes)
        );
        let project = Project::new(&[("Cargo.toml", MANIFEST), ("Cargo.lock", &lock)]);
        Self { project, server: Server::start(&[("/crates/leaf/leaf-1.0.0.crate", Reply::body(bytes))]) }
    }

    fn online(&self, args: &[&str]) -> Run {
        self.project.run_online(args, &self.server.url())
    }

    fn lock_text(&self) -> String {
        std::fs::read_to_string(self.project.path().join("ppl-check.lock")).unwrap()
    }

    /// Puts a copy of the package where Cargo unpacks it.
    fn install(&self, manifest: &str) {
        let folder = self.project.home().join(".cargo/registry/src/index.crates.io-0/leaf-1.0.0");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    }
}

fn rule(document: &Value) -> &Value {
    &document["findings"][0]["rule"]
}

#[test]
fn what_is_new_changed_and_gone_is_told_apart() {
    let project = Project::new(&[("composer.json", r#"{"name": "coop/shop", "license": "PPL"}"#)]);
    let locked = |rows: &[(&str, &str)]| {
        let row = |(name, license): &(&str, &str)| {
            format!(r#"{{"name": "acme/{name}", "version": "1.0.0", "license": ["{license}"]}}"#)
        };
        let rows = rows.iter().map(row).collect::<Vec<_>>().join(",");
        project.write("composer.lock", format!(r#"{{"packages": [{rows}], "packages-dev": []}}"#));
        project.run(&["lock"]).stdout
    };
    let first = locked(&[("a", "MIT"), ("b", "MIT")]);
    assert_eq!(first, "ppl-check.lock: 2 packages (2 new, 0 changed, 0 gone), 0 unknown\n");
    let second = locked(&[("b", "ISC"), ("c", "MIT")]);
    let rows =
        "  new  pkg:composer/acme/c@1.0.0\n  changed  pkg:composer/acme/b@1.0.0\n  gone  pkg:composer/acme/a@1.0.0\n";
    assert_eq!(second, format!("ppl-check.lock: 2 packages (1 new, 1 changed, 1 gone), 0 unknown\n{rows}"));
}

#[test]
fn a_committed_row_gives_the_same_bytes_everywhere() {
    let world = World::new(krate("license = \"MIT OR Apache-2.0\"", Some("MIT")));
    let run = world.online(&["lock"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let text = world.lock_text();
    assert!(
        text.contains(&format!("purl = \"{LEAF}\"")) && text.contains("expression = \"MIT OR Apache-2.0\""),
        "{text}"
    );
    assert!(text.contains("texts = [\"sha256:") && text.contains("checksum = \"sha256:"), "{text}");
    assert!(!text.contains("127.0.0.1") && !text.contains("LICENSE"), "{text}");
    let n_requests = world.server.requests().len();
    let plain = world.online(&["check", "--format", "json", "--no-cache"]);
    let (code, document) = world.project.check(&["--locked"]);
    assert_eq!(code, Some(0));
    assert_eq!(serde_json::from_str::<Value>(&plain.stdout).unwrap(), document);
    assert_eq!(world.server.requests().len(), n_requests, "a row is enough");
    let leaf = package(&document, LEAF);
    assert_eq!(
        (&leaf["expression"], &leaf["claims"][0]["kind"]),
        (&"MIT OR Apache-2.0".into(), &"evidence-lock".into())
    );
    assert_eq!(leaf["claims"][0]["location"]["path"], "ppl-check.lock");
    // What lies outside of the folder is not looked at.
    world.install("[package]\nname = \"leaf\"\nversion = \"1.0.0\"\nlicense = \"GPL-3.0-only\"\n");
    assert_eq!(world.project.check(&["--locked"]).1, document);
}

#[test]
fn without_a_row_nothing_is_known_under_locked() {
    let world = World::new(krate("license = \"MIT\"", None));
    let (code, document) = world.project.check(&["--locked"]);
    assert_eq!((code, rule(&document)), (Some(1), &"undetermined-license".into()));
    assert_eq!(world.server.requests(), [""; 0]);
}

#[test]
fn bytes_that_disagree_with_a_row_are_a_conflict() {
    let world = World::new(krate("license = \"MIT\"", None));
    world.online(&["lock"]);
    world.install("[package]\nname = \"leaf\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n");
    assert_eq!(world.project.check(&[]).0, Some(0));
    world.install("[package]\nname = \"leaf\"\nversion = \"1.0.0\"\nlicense = \"Apache-2.0\"\n");
    let (code, document) = world.project.check(&[]);
    assert_eq!((code, rule(&document)), (Some(1), &"evidence-mismatch".into()));
    // A lockfile that pins other bytes voids the row.
    let lock = world.project.path().join("Cargo.lock");
    let text = std::fs::read_to_string(&lock).unwrap();
    let (before, after) = text.split_once("checksum = \"").unwrap();
    std::fs::write(&lock, format!("{before}checksum = \"{}{}", "0".repeat(64), after.split_at(64).1)).unwrap();
    let (code, document) = world.project.check(&["--locked"]);
    assert_eq!((code, rule(&document)), (Some(1), &"evidence-mismatch".into()));
}

#[test]
fn a_check_fails_when_something_differs() {
    let world = World::new(krate("license = \"MIT\"", None));
    assert_eq!(world.online(&["lock", "--check"]).code, Some(1));
    assert!(!world.project.path().join("ppl-check.lock").exists());
    world.online(&["lock"]);
    assert_eq!(world.online(&["lock", "--check"]).code, Some(0));
    let edited = world.lock_text().replace("\"MIT\"", "\"ISC\"");
    world.project.write("ppl-check.lock", &edited);
    let run = world.online(&["lock", "--check"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains(LEAF), "{}", run.stdout);
    // Where nothing can be found out now, the row stays.
    let run = world.project.run(&["lock", "--no-cache"]);
    assert_eq!((run.code, world.lock_text()), (Some(0), edited));
}

#[test]
fn what_makes_a_verdict_worse_is_recorded_too() {
    for (license, text) in [
        ("license = \"MIT\"", Some("GPL-3.0-only")),
        ("license = \"GPL\"", None),
        ("", None),
        ("", Some("GPL-3.0-only")),
        ("license = \"NONE\"", None),
    ] {
        let world = World::new(krate(license, text));
        let online = world.online(&["check", "--format", "json"]);
        world.online(&["lock"]);
        let (code, document) = world.project.check(&["--locked"]);
        let online: Value = serde_json::from_str(&online.stdout).unwrap();
        let verdict = |document: &Value| (package(document, LEAF)["verdict"].clone(), rule(document).clone());
        assert_eq!(verdict(&document), verdict(&online), "{license} {text:?} {}", world.lock_text());
        assert_eq!(code, Some(1), "{license} {text:?}");
    }
}

#[test]
fn a_broken_file_never_passes() {
    let world = World::new(krate("license = \"MIT\"", None));
    world.online(&["lock"]);
    let whole = world.lock_text();
    for (from, to) in [
        ("version = 1", "version = 2"),
        ("expression = \"MIT\"", "expression = \"MIT"),
        ("expression = \"MIT\"", "expression = \"MIT OR\""),
        ("expression = \"MIT\"", "candidates = []"),
        ("expression = \"MIT\"", "expression = 1"),
        ("purl = \"pkg:", "purl = \"pkg"),
        ("checksum = \"sha256:", "checksum = \"sha256"),
    ] {
        world.project.write("ppl-check.lock", whole.replace(from, to));
        let (code, document) = world.project.check(&["--locked"]);
        assert_eq!(code, Some(1), "{to}");
        assert!(document["findings"].to_string().contains("incomplete-scan"), "{to}");
    }
    world.project.write("ppl-check.lock", format!("{whole}\n{}", whole.split_once("\n\n").unwrap().1));
    assert_eq!(world.project.check(&["--locked"]).0, Some(1), "two rows about one package");
}

#[test]
fn fetch_fills_the_cache_for_runs_without_a_network() {
    let world = World::new(krate("license = \"MIT\"", None));
    assert_eq!(world.project.check(&[]).0, Some(1));
    let run = world.online(&["fetch"]);
    assert_eq!((run.code, run.stdout.lines().next()), (Some(0), Some("1 packages looked up, 0 not found")));
    assert_eq!(world.project.check(&[]).0, Some(0));
    let run = world.project.run(&["cache"]);
    assert!(run.stdout.contains("1 entries") && run.stdout.contains(LEAF), "{}", run.stdout);
    assert!(world.project.run(&["cache", "prune", "npm:*"]).stdout.starts_with("0 entries removed"));
    assert!(world.project.run(&["cache", "prune"]).stdout.starts_with("1 entries removed"));
    assert_eq!(world.project.check(&[]).0, Some(1));
}
