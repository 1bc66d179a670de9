//! The work of identification grows with the length of a text, whatever stands in it.

#[path = "../corpus/hostile.rs"]
mod hostile;

use std::time::{Duration, Instant};

use ppl_check::license::identify::identify;

fn time(name: &str, text: &str) -> Duration {
    let start = Instant::now();
    std::hint::black_box(identify(name, text));
    start.elapsed()
}

/// Five times the text, five times the work: a step that is quadratic needs twenty-five times as much of its own. What
/// takes next to no time is too short to compare.
#[test]
fn work_grows_with_the_length() {
    const LENGTH: usize = 24_000;
    const TIMES: usize = 5;
    const NOTHING: Duration = Duration::from_millis(30);
    const MOST: u32 = 13;
    /// A busy machine makes one measurement slow, not all.
    const TRIES: usize = 4;
    let mut superlinear = Vec::new();
    for (what, piece) in hostile::pieces() {
        let (short, long) = (hostile::filled(&piece, LENGTH), hostile::filled(&piece, TIMES * LENGTH));
        for name in ["LICENSE", "main.c"] {
            let is_linear = |_| {
                let spent = time(name, &long);
                spent < NOTHING || spent < time(name, &short) * MOST
            };
            if !(0..TRIES).any(is_linear) {
                superlinear.push(format!("{what} as {name}"));
            }
        }
    }
    assert!(superlinear.is_empty(), "{}", superlinear.join("\n"));
}
