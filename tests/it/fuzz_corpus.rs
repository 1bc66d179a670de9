//! Replays the seeds of `fuzz/corpus` with the functions that are fuzzed.

use std::path::Path;

#[path = "../../fuzz/src/targets.rs"]
#[expect(unreachable_pub, reason = "the crate of the targets exports them")]
mod targets;

#[test]
fn every_seed_passes_its_target() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    assert!(targets::ALL.is_sorted_by_key(|(name, _)| name));
    for (name, target) in targets::ALL {
        let seeds: Vec<_> = std::fs::read_dir(corpus.join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(!seeds.is_empty(), "no seed for `{name}`");
        for seed in seeds {
            let bytes = std::fs::read(&seed).unwrap();
            target(&bytes);
            // Damage: cut short, and with one bit of every few bytes flipped.
            for cut in 0..8 {
                target(&bytes[..bytes.len() * cut / 8]);
            }
            for at in (0..bytes.len()).step_by(bytes.len() / 8 + 1) {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << (at % 8);
                target(&damaged);
            }
        }
    }
}
