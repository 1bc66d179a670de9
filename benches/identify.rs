//! Identification of the files given on the command line: what they are, and how fast that was found.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a command for developers: it reads the files it is given and prints"
)]

use std::time::Instant;

use ppl_check::license::identify::identify;

fn main() {
    let (mut n_files, mut n_bytes) = (0_u32, 0);
    let mut spent = std::time::Duration::ZERO;
    for path in std::env::args().skip(1).filter(|argument| !argument.starts_with("--")) {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        let start = Instant::now();
        let found = identify(&path, &text);
        spent += start.elapsed();
        n_files += 1;
        n_bytes += bytes.len();
        println!("== {path}\n  C {:?} {:?} {:.3}", found.conclusion, found.method, found.confidence);
        for found in &found.matches {
            println!(
                "    {}-{} {:?} {:?} {:.3}",
                found.start_line, found.end_line, found.conclusion, found.method, found.confidence
            );
        }
    }
    println!("{n_files} files, {n_bytes} bytes, {} µs", spent.as_micros());
}
