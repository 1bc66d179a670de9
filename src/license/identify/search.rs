//! Which known texts a text may hold, and where: runs of shared seeds.

use super::chain::{Chains, Hit};
use super::format::seeds;
use super::index::{Index, Occurrences, TextNumber};

/// A stretch that shares seeds, in order, with a known text.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// The known text.
    pub(crate) text: TextNumber,
    /// Shared seeds: position in the text, position in the known text; both rise.
    pub(crate) anchors: Vec<Hit>,
    /// Likeness from 0 to 1, by seeds.
    pub(crate) likeness: f64,
}

impl Candidate {
    /// First position in the text.
    pub(crate) fn start(&self) -> u32 {
        self.anchors.first().map_or(0, |anchor| anchor.0)
    }

    /// Last position in the text.
    pub(crate) fn end(&self) -> u32 {
        self.anchors.last().map_or(0, |anchor| anchor.0)
    }

    /// Moves the positions in the text.
    pub(crate) fn shift(&mut self, by: usize) {
        let by = u32::try_from(by).unwrap_or(u32::MAX);
        self.anchors.iter_mut().for_each(|anchor| anchor.0 = anchor.0.saturating_add(by));
    }

    /// How much of the shorter of two stretches lies in the other, from 0 to 1.
    pub(crate) fn overlap(&self, start: u32, end: u32) -> f64 {
        let shared = f64::from((self.end().min(end) + 1).saturating_sub(self.start().max(start)));
        let shorter = (self.end() - self.start()).min(end.saturating_sub(start)) + 1;
        shared / f64::from(shorter)
    }
}

/// Finds the candidates of a stretch of a text, by position.
pub(crate) fn candidates(index: &Index, units: &[u32]) -> Vec<Candidate> {
    let mut shared: Vec<(u32, Occurrences)> = Vec::new();
    // How many seeds stand before each unit.
    let mut n_before: Vec<u32> = Vec::with_capacity(units.len() + 1);
    let mut n_seeds = 0;
    seeds(units, |at, key| {
        n_before.resize(at + 1, n_seeds);
        n_seeds += 1;
        shared.extend(index.seed(key).map(|occurrences| (u32::try_from(at).unwrap_or(u32::MAX), occurrences)));
    });
    n_before.resize(units.len() + 1, n_seeds);
    let n_between = |first: u32, last: u32| {
        let before = |unit: u32| n_before.get(unit as usize).copied().unwrap_or(n_seeds);
        before(last + 1) - before(first)
    };
    let hits = Hits::new(index, &shared);
    let mut chains = Chains::default();
    let mut found = Vec::new();
    for (text, hits) in hits.by_text() {
        chains.find(hits, |parts| {
            let (Some(first), Some(last)) =
                (parts.first().and_then(|part| part.first()), parts.last().and_then(|part| part.last()))
            else {
                return;
            };
            let n_shared = u32::try_from(parts.iter().map(|part| part.len()).sum::<usize>()).unwrap_or(u32::MAX);
            let n_known = index.n_seeds(text);
            let likeness = 2.0 * f64::from(n_shared) / f64::from((n_known + n_between(first.0, last.0)).max(1));
            if enough(n_shared, n_known) && likeness >= 0.2 {
                found.push(Candidate { text, anchors: parts.concat(), likeness });
            }
        });
    }
    found.sort_by_key(|candidate| (candidate.start(), candidate.end(), candidate.text));
    found
}

/// The seeds that a text shares with each known text that it shares enough with.
struct Hits {
    /// Those of one known text behind those of the other.
    hits: Vec<Hit>,
    /// For each known text where its hits end.
    ends: Vec<usize>,
}

impl Hits {
    fn new(index: &Index, shared: &[(u32, Occurrences)]) -> Self {
        let counts = counts(index, shared);
        let mut total = 0;
        let mut ends: Vec<usize> = counts
            .iter()
            .map(|count| {
                let start = total;
                total += count;
                start
            })
            .collect();
        let mut hits = vec![(0, 0); total];
        for &(at, occurrences) in shared {
            // Of several places in one text the last comes first.
            for (text, place) in index.occurrences(occurrences).rev() {
                if counts.get(text as usize).is_some_and(|count| *count > 0)
                    && let Some(next) = ends.get_mut(text as usize)
                {
                    hits.iter_mut().skip(*next).take(1).for_each(|hit| *hit = (at, place));
                    *next += 1;
                }
            }
        }
        Self { hits, ends }
    }

    fn by_text(&self) -> impl Iterator<Item = (TextNumber, &[Hit])> {
        let mut start = 0;
        (0..).zip(&self.ends).filter_map(move |(text, &end)| {
            let hits = self.hits.get(start..end).filter(|hits| !hits.is_empty());
            start = end;
            Some((text, hits?))
        })
    }
}

/// Counts the hits of each known text of which enough different places are hit, 0 for others: a phrase that repeats
/// for a megabyte is still one phrase.
fn counts(index: &Index, shared: &[(u32, Occurrences)]) -> Vec<usize> {
    let mut seeds: Vec<Occurrences> = shared.iter().map(|(_, occurrences)| *occurrences).collect();
    seeds.sort_unstable();
    // Hits and places of each text.
    let mut counts = vec![(0, 0); index.n_texts() as usize];
    for same in seeds.chunk_by(|left, right| left == right) {
        for (text, _) in same.first().into_iter().flat_map(|seed| index.occurrences(*seed)) {
            if let Some((hits, places)) = counts.get_mut(text as usize) {
                *hits += same.len();
                *places += 1;
            }
        }
    }
    let reached = |text, places| places > 0 && enough(places, index.n_seeds(text));
    (0..).zip(counts).map(|(text, (hits, places))| if reached(text, places) { hits } else { 0 }).collect()
}

/// Tells whether so many shared seeds are worth a closer look.
fn enough(shared: u32, n_seeds: u32) -> bool {
    shared >= 2.min(n_seeds) && shared * 10 >= n_seeds * 3
}
