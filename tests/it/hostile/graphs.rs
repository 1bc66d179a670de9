//! Graphs and names that punish what is not linear: chains, circles, cliques, colliding names, many lockfiles.

#[path = "../../../benches/speed/lockfiles.rs"]
mod lockfiles;
#[path = "../../../benches/speed/lockfiles_more.rs"]
mod lockfiles_more;

use std::fmt::Write;

use super::limits::bounded;
use super::{Case, check_all, fetch, lockfile, manifest};
use crate::program::Project;

/// `benches/speed.rs` measures the optimized program on many times as many.
const N_PACKAGES: usize = 2_000;

fn write(project: &Project, direct: &[&str], packages: &[(String, Vec<String>)]) {
    let dependencies = direct.iter().map(|name| format!("{name} = \"1\"\n")).collect::<Vec<_>>().concat();
    let rows = packages.iter().map(|(name, needs)| (name.as_str(), needs.iter().map(String::as_str).collect()));
    project.write("Cargo.toml", manifest(&dependencies));
    project.write("Cargo.lock", lockfile(std::iter::once(("shop", direct.to_vec())).chain(rows)));
}

fn name(number: usize) -> String {
    format!("p{number:06}")
}

fn chain(project: &Project) {
    let needs = |number: usize| if number + 1 < N_PACKAGES { vec![name(number + 1)] } else { Vec::new() };
    write(project, &["p000000"], &(0..N_PACKAGES).map(|number| (name(number), needs(number))).collect::<Vec<_>>());
}

fn circle(project: &Project) {
    let needs = |number: usize| vec![name((number + 1) % N_PACKAGES)];
    write(project, &["p000000"], &(0..N_PACKAGES).map(|number| (name(number), needs(number))).collect::<Vec<_>>());
}

fn clique(project: &Project) {
    let needs = |number: usize| (0..150).filter(|other| *other != number).map(name).collect();
    write(project, &["p000000"], &(0..150).map(|number| (name(number), needs(number))).collect::<Vec<_>>());
}

fn flat(project: &Project) {
    let names: Vec<String> = (0..N_PACKAGES).map(name).collect();
    let direct: Vec<&str> = names.iter().map(String::as_str).collect();
    let packages: Vec<_> = names.iter().map(|name| (name.clone(), Vec::new())).collect();
    write(project, &direct, &packages);
}

/// One name in thousands of versions, all needed by the project.
fn versions(project: &Project) {
    let mut text = "version = 4\n\n[[package]]\nname = \"shop\"\nversion = \"1.0.0\"\ndependencies = [\n".to_owned();
    for version in 0..N_PACKAGES {
        writeln!(text, " \"p 1.0.{version}\",").unwrap();
    }
    text.push_str("]\n");
    for version in 0..N_PACKAGES {
        let source = super::REGISTRY;
        writeln!(text, "\n[[package]]\nname = \"p\"\nversion = \"1.0.{version}\"\nsource = \"{source}\"").unwrap();
    }
    project.write("Cargo.toml", manifest("p = \"1\"\n"));
    project.write("Cargo.lock", text);
}

/// Names whose words differ by multiples of what simple hashes multiply with, so that they fall into few buckets.
fn colliding(project: &Project) {
    let packages = (0..N_PACKAGES).map(|number| {
        let word = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
        let spelled: String = word.iter().map(|byte| char::from(b'a' + byte % 16)).collect();
        (format!("{spelled}{}", "a".repeat(number % 64)), Vec::new())
    });
    let mut packages: Vec<(String, Vec<String>)> = packages.collect();
    packages.sort();
    packages.dedup();
    write(project, &[], &packages);
}

/// The same package again and again: identities that are equal are one package.
fn repeated(project: &Project) {
    write(project, &["p"], &(0..N_PACKAGES).map(|_| ("p".to_owned(), vec!["p".to_owned()])).collect::<Vec<_>>());
}

fn many_lockfiles(project: &Project) {
    for folder in 0..150 {
        let name = name(folder);
        project.write(&format!("d{folder}/Cargo.toml"), manifest(&format!("{name} = \"1\"\n")));
        project.write(&format!("d{folder}/Cargo.lock"), lockfile([("shop", vec![name.as_str()]), (&name, Vec::new())]));
    }
}

fn many_kinds(project: &Project) {
    let name = "p";
    fetch(project, name);
    project.write("Cargo.toml", manifest("p = \"1\"\n"));
    project.write("Cargo.lock", lockfile([("shop", vec![name]), (name, Vec::new())]));
    for lockfile in ["poetry.lock", "uv.lock", "pdm.lock", "pylock.toml", "Pipfile.lock", "composer.lock"] {
        project.write(lockfile, "");
    }
}

const UNDETERMINED: &[&str] = &["undetermined-license"];

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case::new("chain", chain, 1, UNDETERMINED),
    Case::new("circle", circle, 1, UNDETERMINED),
    Case::new("clique", clique, 1, UNDETERMINED),
    Case::new("flat", flat, 1, UNDETERMINED),
    Case::new("versions of one name", versions, 1, UNDETERMINED),
    Case::new("colliding names", colliding, 1, UNDETERMINED),
    Case::new("one package again and again", repeated, 1, &["invalid-entry", "undetermined-license"]),
    Case::new("many lockfiles", many_lockfiles, 1, UNDETERMINED),
    Case::new("lockfiles of every kind side by side", many_kinds, 1, &["invalid-syntax", "duplicate-lockfile"]),
    Case::new("a package that needs itself", |project| {
        fetch(project, "p");
        write(project, &["p"], &[("p".to_owned(), vec!["p".to_owned()])]);
    }, 0, &[]),
];

#[test]
fn graphs_and_names_stay_linear() {
    check_all(CASES);
}

/// The most memory that one package more may take, in KiB: a report of it, what it was read from, and what of it
/// cannot be used again at once.
const PEAK_KIB_PER_PACKAGE: u64 = 6;

/// Every format of lockfiles with four times as many packages takes about four times as long, whatever the machine,
/// and each package takes its share of memory and no more.
#[test]
fn lockfiles_of_every_format_stay_linear() {
    let lockfiles = lockfiles::FORMATS.iter().chain(lockfiles_more::MORE_FORMATS).map(|format| (format, false));
    for ((format, make), is_input) in lockfiles.chain(lockfiles_more::SBOMS.iter().map(|format| (format, true))) {
        let input = if is_input { format } else { "." };
        let took = |n_packages: usize| {
            let project = Project::new(&[]);
            for (name, text) in make(n_packages) {
                project.write(name, text);
            }
            let run = bounded(&project, &["check", "--format", "json", input]);
            assert_eq!((run.code, run.signal), (Some(1), None), "{format}: {}", run.all());
            assert_eq!(run.document()["packages"].as_array().unwrap().len(), n_packages + 1, "{format}");
            (run.cpu, run.peak_kib)
        };
        let ((few, small), (many, large)) = (took(500), took(2000));
        let grown = large.saturating_sub(small);
        assert!(grown < 1500 * PEAK_KIB_PER_PACKAGE, "{format}: {grown} KiB for 1500 packages more");
        // What grows with the square is sixteen times as long; start-up makes the first run look long.
        assert!(many < few * 10, "{format}: {few:?} for 500 packages, {many:?} for 2000");
    }
}
