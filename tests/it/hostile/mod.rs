//! Inputs that somebody built to harm: made at test time, run through the program under limits.
//!
//! Whatever the input, the exit code is 0, 1 or 2, no signal ends the run, memory and time are bounded, nothing
//! outside of the root is opened, and a scan that lost something never exits 0.

mod archives;
mod files;
mod graphs;
mod hiding;
mod limits;
mod output;
mod paths;
mod syntax;
#[cfg(target_os = "linux")]
mod watch;

use std::fmt::Write;

use ppl_check::base::Code;
use serde_json::Value;

use crate::program::Project;
use limits::{Bounded, bounded};

/// The most memory a run may take, in KiB, unless its case says less.
const PEAK_KIB: u64 = 256 * 1024;

/// One hostile input and what must come of it.
struct Case {
    /// What it is, for the reader of a failure.
    name: &'static str,
    /// Builds it.
    build: fn(&Project),
    /// The exit code of `check`.
    code: i32,
    /// Ids of diagnostics or rules that must be in the document.
    expect: &'static [&'static str],
    /// The most memory, in KiB.
    peak_kib: u64,
}

impl Case {
    const fn new(name: &'static str, build: fn(&Project), code: i32, expect: &'static [&'static str]) -> Self {
        Self { name, build, code, expect, peak_kib: PEAK_KIB }
    }

    const fn peak_mib(self, mib: u64) -> Self {
        Self { peak_kib: mib * 1024, ..self }
    }
}

/// Builds each case, checks it, and holds the outcome against what is expected and what holds for every input.
fn check_all(cases: &[Case]) {
    for case in cases {
        let project = Project::new(&[]);
        (case.build)(&project);
        let (run, document) = check(&project, case.name);
        assert!(run.peak_kib <= case.peak_kib, "{}: {} KiB", case.name, run.peak_kib);
        let ids = ids(&document);
        for expected in case.expect {
            assert!(ids.iter().any(|id| id == expected), "{}: no `{expected}` among {ids:?}", case.name);
        }
        assert_eq!(run.code, Some(case.code), "{}: {}", case.name, run.all());
    }
}

/// Runs `check` for programs and for people on a project and returns the former, after what holds for every input.
fn check(project: &Project, name: &str) -> (Bounded, Value) {
    let run = bounded(project, &["check", "--format", "json"]);
    assert_eq!(run.signal, None, "{name}: ended by a signal: {}", run.all());
    let document = run.document();
    let lost = document["diagnostics"].as_array().unwrap().iter().any(|diagnostic| {
        let makes_incomplete = |code: &&Code| code.makes_incomplete() && diagnostic["code"] == code.id();
        diagnostic["sample"] == false && Code::ALL.iter().any(|code| makes_incomplete(&code))
    });
    let incomplete = ids(&document).iter().any(|id| id == "incomplete-scan");
    assert_eq!(lost, incomplete, "{name}: {}", run.all());
    assert!(!incomplete || run.code != Some(0), "{name}: an incomplete scan passed");
    // What is large for programs takes long for people as well, and shows no more.
    if run.stdout.len() < 100_000 {
        let text = bounded(project, &["check"]);
        assert_eq!(text.code, run.code, "{name}: {}", text.all());
    }
    (run, document)
}

/// Returns the ids of all diagnostics and rules of a document.
fn ids(document: &Value) -> Vec<String> {
    let of = |rows: &str, key: &str| -> Vec<String> {
        document[rows].as_array().unwrap().iter().map(|row| row[key].as_str().unwrap().to_owned()).collect()
    };
    [of("diagnostics", "code"), of("findings", "rule")].concat()
}

/// The manifest of an own package under the PPL with these dependencies.
fn manifest(dependencies: &str) -> String {
    format!("[package]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n\n[dependencies]\n{dependencies}")
}

/// The address by which lockfiles name the official registry of Cargo.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// A lockfile of these packages: name and needs; the first is the own one.
fn lockfile<'n>(packages: impl IntoIterator<Item = (&'n str, Vec<&'n str>)>) -> String {
    let mut text = "version = 4\n".to_owned();
    for (position, (name, needs)) in packages.into_iter().enumerate() {
        writeln!(text, "\n[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"").unwrap();
        if position > 0 {
            writeln!(text, "source = \"{REGISTRY}\"").unwrap();
        }
        if !needs.is_empty() {
            writeln!(text, "dependencies = [\n \"{}\",\n]", needs.join("\",\n \"")).unwrap();
        }
    }
    text
}

/// Puts an unpacked MIT package into the store of the home folder.
fn fetch(project: &Project, name: &str) {
    let text = format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n");
    let folder = project.home().join(format!(".cargo/registry/src/index.crates.io-0/{name}-1.0.0"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("Cargo.toml"), text).unwrap();
}
