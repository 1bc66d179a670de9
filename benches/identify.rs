//! How well and how fast texts are identified.
//!
//! `cargo bench --bench identify` prints accuracy over `tests/corpus` and over the published texts, then speed and
//! memory. With `-- --show` every answer that is not exact is printed; with files, what they are and how long it took.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a command for developers: it reads the files it is given and prints"
)]

#[path = "../tests/corpus/hostile.rs"]
mod hostile;
#[path = "../tests/corpus/score.rs"]
mod score;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ppl_check::base::sha256_hex;
use ppl_check::license::identify::identify;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let files: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    if !files.is_empty() {
        for path in files {
            look(path);
        }
        return;
    }
    let start = Instant::now();
    let _ = identify("LICENSE", "Permission is hereby granted, free of charge, to any person");
    println!("ready, with the first answer  {:>9.2} ms", milliseconds(start.elapsed()));
    bundles();
    println!("peak memory so far            {:>9.1} MB", peak_memory());
    license_files();
    silence();
    hostile();
    accuracy(arguments.iter().any(|argument| argument == "--show"));
}

/// Prints what one file is.
fn look(path: &str) {
    let Ok(bytes) = std::fs::read(path) else { return };
    let text = String::from_utf8_lossy(&bytes);
    let start = Instant::now();
    let found = identify(path, &text);
    let spent = start.elapsed();
    println!("{path}: {:?} {:?} {:.3} in {} µs", found.conclusion, found.method, found.confidence, spent.as_micros());
    for found in &found.matches {
        println!("  {}-{} {:?} {:?}", found.start_line, found.end_line, found.conclusion, found.method);
    }
}

fn accuracy(show: bool) {
    let cases = score::cases();
    let groups = score::tally(&cases, |case, outcome, found| {
        if show {
            println!("{outcome:?}: {} {}: {:?}", case.group, case.origin, found.conclusion);
        }
    });
    println!("{:<10} {:>6} {:>8} {:>13} {:>6}", "corpus", "files", "exact", "undetermined", "wrong");
    for (group, tally) in groups {
        let (undetermined, wrong) = (tally.undetermined, tally.wrong);
        println!("{group:<10} {:>6} {:>6.1} % {undetermined:>13} {wrong:>6}", tally.n_cases(), tally.exactness());
    }
}

/// Files with 160 published texts each: of usual length, and the longest.
fn bundles() {
    let texts = || spdx::text::LICENSE_TEXTS.iter().filter(|(id, _)| *id != "NOASSERTION");
    let usual: Vec<_> = texts().filter(|(_, text)| (3_000..12_000).contains(&text.len())).take(160).collect();
    let long: Vec<_> = texts().filter(|(_, text)| text.len() > 3_000).take(160).collect();
    for chosen in [usual, long] {
        let mut text = String::new();
        for (id, license) in &chosen {
            text.extend(["\n", &"=".repeat(70), "\n", id, "\n\n", license, "\n"]);
        }
        let found = identify("THIRD-PARTY-NOTICES", &text);
        let spent = least(|| identify("THIRD-PARTY-NOTICES", &text));
        let n_found = found.matches.iter().filter(|found| found.end_line > found.start_line + 3).count();
        println!(
            "bundle of {}, {:.2} MB: {n_found} texts {:>9.1} ms",
            chosen.len(),
            megabytes(text.len()),
            milliseconds(spent)
        );
    }
}

/// License files of packages: each text once, and as often as the packages of the corpus hold it with the answers of
/// a run remembered by content, as `resolve` does.
fn license_files() {
    let cases = score::cases();
    let files: Vec<_> = cases.iter().filter(|case| case.group != "header").collect();
    let mut texts = files.clone();
    texts.sort_by_key(|case| &case.text);
    texts.dedup_by_key(|case| &case.text);
    let rate = |what: &str, mut work: Box<dyn FnMut() -> (u32, usize)>| {
        let (mut n_files, mut n_bytes) = (0, 0);
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(1) {
            let (files, bytes) = work();
            n_files += files;
            n_bytes += bytes;
        }
        let seconds = start.elapsed().as_secs_f64();
        let (files, bytes) = (f64::from(n_files) / seconds, megabytes(n_bytes) / seconds);
        println!("{what:<29} {files:>9.0} /s, {bytes:.0} MB/s");
    };
    let size = |cases: &[&score::Case]| {
        (u32::try_from(cases.len()).unwrap_or(u32::MAX), cases.iter().map(|case| case.text.len()).sum())
    };
    let (each, all) = (size(&texts), size(&files));
    rate(
        "distinct texts, one core",
        Box::new(move || {
            for case in &texts {
                std::hint::black_box(identify(&case.name, &case.text));
            }
            each
        }),
    );
    rate(
        "with repeats remembered",
        Box::new(move || {
            let mut known = BTreeMap::new();
            for case in &files {
                let digest = sha256_hex(case.text.as_bytes());
                known.entry(digest).or_insert_with(|| identify(&case.name, &case.text));
            }
            std::hint::black_box(known);
            all
        }),
    );
}

/// Source code without a word about licenses: our own, without the lines that have one.
fn silence() {
    let mut sources = Vec::new();
    collect(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src").as_path(), &mut sources);
    let quiet = |line: &&str| {
        let line = line.to_lowercase();
        !["licen", "copy", "permission", "redistribut", "public domain", "warranty"]
            .iter()
            .any(|word| line.contains(word))
    };
    let sources: Vec<String> =
        sources.iter().map(|source| source.lines().filter(quiet).collect::<Vec<_>>().join("\n")).collect();
    let mut n_bytes = 0;
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(1) {
        for source in &sources {
            std::hint::black_box(identify("main.rs", source));
            n_bytes += source.len();
        }
    }
    println!("sources without a license     {:>9.0} MB/s", megabytes(n_bytes) / start.elapsed().as_secs_f64());
}

fn collect(folder: &std::path::Path, sources: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("sources are there") {
        let path = entry.expect("sources can be listed").path();
        if path.is_dir() {
            collect(&path, sources);
        } else {
            sources.push(std::fs::read_to_string(path).expect("sources are UTF-8"));
        }
    }
}

/// Texts made to cost much: every one over the budget of 10 ms for 100 KB, and the worst.
fn hostile() {
    const LENGTH: usize = 1 << 20;
    const BUDGET: Duration = Duration::from_millis(10);
    let mut worst = (Duration::ZERO, String::new());
    for (what, piece) in hostile::pieces() {
        let text = hostile::filled(&piece, LENGTH);
        for name in ["LICENSE", "main.c", "THIRD-PARTY.html"] {
            let spent = least(|| identify(name, &text)) / 10;
            if spent > BUDGET {
                println!("over budget                   {:>9.2} ms for 100 KB ({what}, {name})", milliseconds(spent));
            }
            if spent > worst.0 {
                worst = (spent, format!("{what}, {name}"));
            }
        }
    }
    println!("hostile text, the worst       {:>9.2} ms for 100 KB ({})", milliseconds(worst.0), worst.1);
}

/// The least of three runs: what other programs on the machine cost is left out.
fn least<T>(work: impl Fn() -> T) -> Duration {
    let runs = (0..3).map(|_| {
        let start = Instant::now();
        std::hint::black_box(work());
        start.elapsed()
    });
    runs.min().unwrap_or_default()
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn megabytes(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes / 1000).unwrap_or(u32::MAX)) / 1000.0
}

/// Most memory held by this process, where the system tells; else 0.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let row = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = row.and_then(|row| row.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1000.0
}
