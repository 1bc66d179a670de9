//! Which known texts a text may hold, and where: runs of shared seeds.

use std::ops::Range;

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

/// So many candidates of a stretch are compared word by word.
pub(crate) const COMPARED: usize = 8;

/// Less is no likeness.
const LEAST_LIKENESS: f64 = 0.2;

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
    let before = |unit: u32| n_before.get(unit as usize).copied().unwrap_or(n_seeds);
    let hits = Hits::new(index, &shared);
    let mut chains = Chains::default();
    let mut cover = Cover::new(units.len());
    let mut found = Vec::new();
    for text in &hits.texts {
        let hits = hits.of(text);
        if cover.outdoes(text, hits) {
            continue;
        }
        chains.find(hits, |parts| {
            let ends = (parts.first().and_then(|part| part.first()), parts.last().and_then(|part| part.last()));
            let (Some(first), Some(last)) = ends else { return };
            let n_shared = u32::try_from(parts.iter().map(|part| part.len()).sum::<usize>()).unwrap_or(u32::MAX);
            let likeness = likeness(n_shared, text.n_known, before(last.0 + 1) - before(first.0));
            if enough(n_shared, text.n_known) && likeness >= LEAST_LIKENESS {
                let candidate = Candidate { text: text.number, anchors: parts.concat(), likeness };
                cover.add(&candidate);
                found.push(candidate);
            }
        });
    }
    found.sort_by_key(|candidate| (candidate.start(), candidate.end(), candidate.text));
    found
}

/// Share of the seeds of both sides that they have in common.
fn likeness(n_shared: u32, n_known: u32, n_found: u32) -> f64 {
    2.0 * f64::from(n_shared) / f64::from((n_known + n_found).max(1))
}

/// Tells whether so many shared seeds are worth a closer look.
fn enough(shared: u32, n_seeds: u32) -> bool {
    shared >= 2.min(n_seeds) && shared * 10 >= n_seeds * 3
}

/// The seeds that a text shares with the known texts that it shares enough with.
struct Hits {
    /// Those of one known text behind those of the other.
    hits: Vec<Hit>,
    /// The likeliest text first.
    texts: Vec<Reached>,
}

/// A known text, many seeds of which are there.
struct Reached {
    number: TextNumber,
    /// Where its hits are among those of all.
    hits: Range<usize>,
    /// How many seeds it has.
    n_known: u32,
    /// How many places in it are hit.
    n_places: u32,
    /// No stretch is more like it.
    most_likeness: f64,
}

impl Hits {
    fn new(index: &Index, shared: &[(u32, Occurrences)]) -> Self {
        let mut seeds: Vec<Occurrences> = shared.iter().map(|(_, occurrences)| *occurrences).collect();
        seeds.sort_unstable();
        // For each known text its hits and the places hit: a phrase that repeats for a megabyte is still one phrase.
        let mut counts = vec![(0, 0); index.n_texts() as usize];
        for same in seeds.chunk_by(|left, right| left == right) {
            for (text, _) in same.first().into_iter().flat_map(|seed| index.occurrences(*seed)) {
                if let Some((n_hits, n_places)) = counts.get_mut(text as usize) {
                    *n_hits += same.len();
                    *n_places += 1;
                }
            }
        }
        let mut texts = Vec::new();
        let mut ends = vec![None; counts.len()];
        let mut total = 0;
        for ((number, (n_hits, n_places)), end) in (0..).zip(counts).zip(&mut ends) {
            let n_known = index.n_seeds(number);
            if n_places > 0 && enough(n_places, n_known) {
                let most_likeness = likeness(n_places, n_known, n_places);
                texts.push(Reached { number, hits: total..total + n_hits, n_known, n_places, most_likeness });
                *end = Some(total);
                total += n_hits;
            }
        }
        texts.sort_by(|left, right| right.most_likeness.total_cmp(&left.most_likeness));
        Self { hits: sorted_by_text(index, shared, ends, total), texts }
    }

    fn of(&self, text: &Reached) -> &[Hit] {
        self.hits.get(text.hits.clone()).unwrap_or_default()
    }
}

/// The hits of the texts that have a place for them.
fn sorted_by_text(
    index: &Index,
    shared: &[(u32, Occurrences)],
    mut places: Vec<Option<usize>>,
    n_hits: usize,
) -> Vec<Hit> {
    let mut hits = vec![(0, 0); n_hits];
    for &(at, occurrences) in shared {
        // Of several places in one text the last comes first.
        for (text, place) in index.occurrences(occurrences).rev() {
            if let Some(Some(next)) = places.get_mut(text as usize)
                && let Some(hit) = hits.get_mut(*next)
            {
                *hit = (at, place);
                *next += 1;
            }
        }
    }
    hits
}

/// How well the candidates found so far cover a text.
///
/// Of many that compete for a stretch only the likeliest few are compared with it: where there are enough of them, a
/// text that can only be less like it need not be looked for.
struct Cover {
    cells: Vec<Cell>,
}

/// The candidates that reach into a few units.
#[derive(Clone, Copy, Default)]
struct Cell {
    /// The greatest likenesses, the least of them first.
    likeliest: [f64; COMPARED],
    /// The most anchors.
    n_anchors: u32,
}

impl Cover {
    /// Units of a cell.
    const CELL: u32 = 16;

    fn new(n_units: usize) -> Self {
        Self { cells: vec![Cell::default(); n_units / Self::CELL as usize + 1] }
    }

    fn add(&mut self, candidate: &Candidate) {
        let cells = (candidate.start() / Self::CELL) as usize..=(candidate.end() / Self::CELL) as usize;
        let n_anchors = u32::try_from(candidate.anchors.len()).unwrap_or(u32::MAX);
        for cell in self.cells.get_mut(cells).unwrap_or_default() {
            cell.n_anchors = cell.n_anchors.max(n_anchors);
            let n_less = cell.likeliest.iter().take_while(|known| **known < candidate.likeness).count();
            // It takes the place of the least.
            if let Some(less @ [_, ..]) = cell.likeliest.get_mut(..n_less) {
                less.rotate_left(1);
                less.last_mut().into_iter().for_each(|last| *last = candidate.likeness);
            }
        }
    }

    /// Tells whether better ones are known nearly everywhere a text is hit: elsewhere it is not hit enough.
    fn outdoes(&self, text: &Reached, hits: &[Hit]) -> bool {
        let better = |cell: &Cell| {
            text.n_places < cell.n_anchors && cell.likeliest.first().is_some_and(|least| text.most_likeness < *least)
        };
        let cell = |hit: &Hit| self.cells.get((hit.0 / Self::CELL) as usize);
        let mut n_open = 0;
        !hits.iter().any(|hit| {
            n_open += u32::from(!cell(hit).is_some_and(better));
            n_open > 0 && enough(n_open, text.n_known)
        })
    }
}
