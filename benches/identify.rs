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

#[path = "../tests/corpus/score.rs"]
mod score;

use std::time::{Duration, Instant};

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
    bundle();
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

/// One file with 160 published texts, about 1.1 MB.
fn bundle() {
    let mut text = String::new();
    let longest = spdx::text::LICENSE_TEXTS.iter().filter(|(id, text)| *id != "NOASSERTION" && text.len() > 3000);
    for (id, license) in longest.take(160) {
        text.extend(["\n", &"=".repeat(70), "\n", id, "\n\n", license, "\n"]);
    }
    let start = Instant::now();
    let found = identify("THIRD-PARTY-NOTICES", &text);
    let spent = start.elapsed();
    let texts = found.matches.iter().filter(|found| found.end_line > found.start_line + 3).count();
    println!("bundle of 160, {:.2} MB: {texts} texts {:>9.1} ms", megabytes(text.len()), milliseconds(spent));
}

fn license_files() {
    let cases = score::cases();
    let texts: Vec<_> = cases.iter().filter(|case| case.group != "header").collect();
    let (mut n_files, mut n_bytes) = (0_u32, 0);
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(1) {
        for case in &texts {
            std::hint::black_box(identify(&case.name, &case.text));
            n_files += 1;
            n_bytes += case.text.len();
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "license files, one core       {:>9.0} /s, {:.0} MB/s",
        f64::from(n_files) / seconds,
        megabytes(n_bytes) / seconds
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

/// Texts made to cost much: the most for 100 KB.
fn hostile() {
    const LENGTH: usize = 1 << 20;
    let mit = spdx::license_id("MIT").expect("it is on the list").text();
    let gpl = spdx::license_id("GPL-3.0-only").expect("it is on the list").text();
    let mut sentences: Vec<&str> = gpl.split(". ").collect();
    sentences.reverse();
    let shuffled = sentences.join(". ");
    let mut worst = (Duration::ZERO, "");
    for (what, piece) in [
        ("openings of one license", "Permission is hereby granted, free of charge, to any person "),
        ("copyright signs", "Copyright (c) "),
        ("open tags", "<license "),
        ("open brackets", "[[{[ license "),
        ("entities", "&amp;&#x41;license&"),
        ("addresses", "license.example.org/a/b/c "),
        ("names", "GPL MIT BSD Apache LGPL "),
        ("licensed under", "licensed under the GNU General Public License version "),
        ("tags", "// SPDX-License-Identifier: MIT\n"),
        ("whole texts", mit),
        ("shuffled sentences", shuffled.as_str()),
        ("backslashes", "\\license\\"),
        ("quotes", "\"'`license"),
    ] {
        let text = piece.repeat(LENGTH / piece.len() + 1);
        for name in ["LICENSE", "main.c", "main.py"] {
            let start = Instant::now();
            std::hint::black_box(identify(name, &text));
            let spent = start.elapsed() / 10;
            if spent > worst.0 {
                worst = (spent, what);
            }
        }
    }
    println!("hostile text, the worst       {:>9.2} ms for 100 KB ({})", milliseconds(worst.0), worst.1);
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
