//! How long the program takes, from outside: start-up, a tree of 1,000 packages, 150,000 files, and graphs that punish.
//!
//! `cargo bench --bench speed` makes every tree, runs the optimized program on it and prints a table with the budgets.
//! A name after `--` picks rows: `cargo bench --bench speed -- files`. The figures mean something on an idle machine.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a command for developers: it makes trees, runs the program and prints"
)]

#[path = "speed/lockfiles.rs"]
mod lockfiles;

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// One row of the table.
struct Row {
    name: &'static str,
    build: fn(&Path),
    args: &'static [&'static str],
    /// Wall time, in milliseconds.
    wall_ms: u128,
    /// Processor time, in milliseconds.
    cpu_ms: u128,
    /// Resident memory, in MiB.
    peak_mib: u64,
}

const CHECK: &[&str] = &["check", "--offline", "--format", "json", "-o", "/dev/null"];

/// With the evidence file alone, as in CI.
const LOCKED: &[&str] = &["check", "--locked", "--format", "json", "-o", "/dev/null"];

#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row { name: "start: --version", build: nothing, args: &["--version"], wall_ms: 10, cpu_ms: 10, peak_mib: 150 },
    Row { name: "start: explain PPL", build: nothing, args: &["explain", "PPL"], wall_ms: 10, cpu_ms: 10, peak_mib: 150 },
    Row { name: "start: eval MIT", build: nothing, args: &["eval", "MIT"], wall_ms: 10, cpu_ms: 10, peak_mib: 150 },
    Row { name: "packages: 1,000 at hand", build: at_hand, args: CHECK, wall_ms: 150, cpu_ms: 300, peak_mib: 150 },
    Row { name: "packages: 1,000 with --locked", build: with_evidence, args: LOCKED, wall_ms: 150, cpu_ms: 300, peak_mib: 150 },
    Row { name: "packages: 10,000 not at hand", build: |root| graph(root, 10_000, &|at| vec![at / 2]), args: CHECK, wall_ms: 1000, cpu_ms: 1000, peak_mib: 150 },
    Row { name: "files: 150,000 of 4 KiB", build: files, args: CHECK, wall_ms: 1000, cpu_ms: 2000, peak_mib: 150 },
    Row { name: "hostile: 100,000 side by side", build: |root| graph(root, 100_000, &|_| Vec::new()), args: CHECK, wall_ms: 10_000, cpu_ms: 10_000, peak_mib: 256 },
    Row { name: "hostile: chain of 100,000", build: |root| graph(root, 100_000, &|at| vec![at + 1]), args: CHECK, wall_ms: 10_000, cpu_ms: 10_000, peak_mib: 256 },
    Row { name: "hostile: circle of 100,000", build: |root| graph(root, 100_000, &|at| vec![(at + 1) % 100_000]), args: CHECK, wall_ms: 10_000, cpu_ms: 10_000, peak_mib: 256 },
    Row { name: "hostile: clique of 1,000", build: |root| graph(root, 1000, &|_| (0..1000).collect()), args: CHECK, wall_ms: 5000, cpu_ms: 5000, peak_mib: 256 },
    Row { name: "100,000 in go.mod", build: |root| locked(root, "go.mod"), args: CHECK, wall_ms: 10_000, cpu_ms: 10_000, peak_mib: 256 },
    Row { name: "100,000 in package-lock.json", build: |root| locked(root, "package-lock.json"), args: CHECK, wall_ms: 10_000, cpu_ms: 10_000, peak_mib: 256 },
    Row { name: "100,000 in pnpm-lock.yaml", build: |root| locked(root, "pnpm-lock.yaml"), args: CHECK, wall_ms: 10_000, cpu_ms: 10_000, peak_mib: 256 },
    Row { name: "100,000 in poetry.lock", build: |root| locked(root, "poetry.lock"), args: CHECK, wall_ms: 10_000, cpu_ms: 10_000, peak_mib: 256 },
    Row { name: "100,000 in uv.lock", build: |root| locked(root, "uv.lock"), args: CHECK, wall_ms: 10_000, cpu_ms: 10_000, peak_mib: 256 },
    Row { name: "100,000 in yarn.lock", build: |root| locked(root, "yarn.lock"), args: CHECK, wall_ms: 10_000, cpu_ms: 10_000, peak_mib: 256 },
    Row { name: "hostile: 2,000 lockfiles", build: many_lockfiles, args: CHECK, wall_ms: 5000, cpu_ms: 5000, peak_mib: 256 },
    Row { name: "hostile: 200,000 empty folders", build: folders, args: CHECK, wall_ms: 2000, cpu_ms: 2000, peak_mib: 256 },
];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    println!("{:<32} {:>9} {:>9} {:>9}   over budget", "", "wall ms", "cpu ms", "peak MiB");
    for row in ROWS.iter().filter(|row| wanted.is_empty() || wanted.iter().any(|word| row.name.contains(word.as_str())))
    {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("project");
        std::fs::create_dir(&project).unwrap();
        (row.build)(&project);
        // The first run brings the files into memory.
        run(row, &project);
        let n_runs = if row.wall_ms <= 1000 { 10 } else { 1 };
        let before = children_cpu();
        let runs: Vec<(Duration, u64)> = (0..n_runs).map(|_| run(row, &project)).collect();
        let cpu = children_cpu().saturating_sub(before) / n_runs;
        let wall = runs.iter().map(|(wall, _)| wall.as_micros()).min().unwrap_or_default();
        let peak = runs.iter().map(|(_, peak)| *peak).max().unwrap_or_default() / 1024;
        let mut over = Vec::new();
        over.extend((wall / 1000 >= row.wall_ms).then(|| format!("wall {}", row.wall_ms)));
        over.extend((cpu.as_millis() >= row.cpu_ms).then(|| format!("cpu {}", row.cpu_ms)));
        over.extend((peak >= row.peak_mib).then(|| format!("peak {}", row.peak_mib)));
        let wall = format!("{}.{:02}", wall / 1000, wall % 1000 / 10);
        println!("{:<32} {wall:>9} {:>9} {peak:>9}   {}", row.name, cpu.as_millis(), over.join(", "));
    }
}

fn run(row: &Row, project: &Path) -> (Duration, u64) {
    let start = Instant::now();
    let mut child = program(row.args, project).spawn().unwrap();
    let mut peak = 0;
    let pid = child.id();
    while child.try_wait().unwrap().is_none() {
        peak = peak.max(high_water(pid));
        std::thread::sleep(Duration::from_micros(500));
    }
    (start.elapsed(), peak)
}

/// The program, to be run in a project.
fn program(args: &[&str], project: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ppl-check"));
    let home = project.parent().unwrap().join("home");
    command.args(args).current_dir(project).env_clear().env("HOME", home).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Returns the most memory a process has had, in KiB, where the system says so.
fn high_water(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

/// Returns the processor time of all children that have ended, in steps of ten milliseconds.
fn children_cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(13).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn nothing(_: &Path) {}

fn manifest(root: &Path, name: &str) {
    let text =
        format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n[dependencies]\np0 = \"1\"\n");
    std::fs::write(root.join("Cargo.toml"), text).unwrap();
}

/// A lockfile of `p0` … in which each package needs those that `needs` gives for it, as far as there are such.
fn graph(root: &Path, n_packages: usize, needs: &dyn Fn(usize) -> Vec<usize>) {
    manifest(root, "shop");
    let mut text =
        "version = 4\n\n[[package]]\nname = \"shop\"\nversion = \"1.0.0\"\ndependencies = [\"p0\"]\n".to_owned();
    for at in 0..n_packages {
        write!(text, "\n[[package]]\nname = \"p{at}\"\nversion = \"1.0.0\"\nsource = \"{REGISTRY}\"\n").unwrap();
        let needs: Vec<String> = needs(at)
            .into_iter()
            .filter(|need| *need < n_packages && *need != at)
            .map(|need| format!(" \"p{need}\",\n"))
            .collect();
        if !needs.is_empty() {
            write!(text, "dependencies = [\n{}]\n", needs.concat()).unwrap();
        }
    }
    std::fs::write(root.join("Cargo.lock"), text).unwrap();
}

/// A thousand packages as Cargo unpacks them: a manifest of fifty lines, sources, one or two license files.
fn at_hand(root: &Path) {
    graph(root, 1000, &|at| vec![at * 2 + 1, at * 2 + 2, at / 3]);
    let text = |wanted: &str| spdx::text::LICENSE_TEXTS.iter().find(|(id, _)| *id == wanted).unwrap().1;
    let store = root.parent().unwrap().join("home/.cargo/registry/src/index.crates.io-0");
    for at in 0..1000 {
        let folder = store.join(format!("p{at}-1.0.0"));
        std::fs::create_dir_all(folder.join("src")).unwrap();
        let mut manifest = format!(
            "[package]\nname = \"p{at}\"\nversion = \"1.0.0\"\nedition = \"2021\"\nauthors = [\"Ada <ada@example.org>\"]\ndescription = \"A package of its own\"\nrepository = \"https://example.org/p{at}\"\nlicense = \"MIT OR Apache-2.0\"\n\n[lib]\nname = \"p{at}\"\npath = \"src/lib.rs\"\n\n"
        );
        for need in [at * 2 + 1, at * 2 + 2, at / 3].into_iter().filter(|need| *need < 1000) {
            write!(
                manifest,
                "[dependencies.p{need}]\nversion = \"1\"\ndefault-features = false\nfeatures = [\"std\"]\n\n"
            )
            .unwrap();
        }
        manifest.push_str("[features]\n");
        for feature in 0..20 {
            writeln!(manifest, "f{feature} = []").unwrap();
        }
        std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        let holder = format!("Copyright (c) 20{:02} The authors of p{at}", at % 25);
        let mit = text("MIT").replace("Copyright (c) <year> <copyright holders>", &holder);
        std::fs::write(folder.join("LICENSE-MIT"), mit).unwrap();
        std::fs::write(folder.join("LICENSE-APACHE"), text("Apache-2.0")).unwrap();
        for source in 0..8 {
            std::fs::write(folder.join(format!("src/m{source}.rs")), "pub fn f() {}\n".repeat(40)).unwrap();
        }
    }
}

/// The same with its evidence recorded in `ppl-check.lock`.
fn with_evidence(root: &Path) {
    at_hand(root);
    assert!(program(&["lock", "--offline"], root).status().unwrap().success());
}

fn files(root: &Path) {
    manifest(root, "shop");
    let line = "    let total: u64 = rows.iter().map(|row| row.count * row.price).sum();\n";
    let source = format!("//! Sums of rows.\n\n{}", line.repeat(4096 / line.len()));
    for folder in 0..1500 {
        let folder = root.join(format!("src/a{}/b{folder}", folder % 40));
        std::fs::create_dir_all(&folder).unwrap();
        for file in 0..100 {
            std::fs::write(folder.join(format!("f{file}.rs")), &source).unwrap();
        }
    }
}

/// A lockfile of 100,000 packages in one of the formats.
fn locked(root: &Path, format: &str) {
    let (_, make) = lockfiles::FORMATS.iter().find(|(name, _)| *name == format).unwrap();
    for (name, text) in make(100_000) {
        std::fs::write(root.join(name), text).unwrap();
    }
}

fn many_lockfiles(root: &Path) {
    for folder in 0..2000 {
        let folder = root.join(format!("d{folder}"));
        std::fs::create_dir(&folder).unwrap();
        graph(&folder, 10, &|at| vec![at + 1]);
    }
}

fn folders(root: &Path) {
    manifest(root, "shop");
    for folder in 0..200_000 {
        std::fs::create_dir_all(root.join(format!("{}/{folder}", folder % 400))).unwrap();
    }
}
