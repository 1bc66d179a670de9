//! Which known texts a text may hold, and where: runs of shared seeds.

use super::format::seeds;
use super::index::{Index, TextNumber};

/// A stretch that shares seeds, in order, with a known text.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// The known text.
    pub(crate) text: TextNumber,
    /// Shared seeds: position in the text, position in the known text; both rise.
    pub(crate) anchors: Vec<(u32, u32)>,
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

    /// How much of the shorter of two stretches lies in the other, from 0 to 1.
    pub(crate) fn overlap(&self, start: u32, end: u32) -> f64 {
        let shared = f64::from((self.end().min(end) + 1).saturating_sub(self.start().max(start)));
        let shorter = (self.end() - self.start()).min(end.saturating_sub(start)) + 1;
        shared / f64::from(shorter)
    }
}

/// Finds the candidates of a text, by position.
pub(crate) fn candidates(index: &Index, units: &[u32]) -> Vec<Candidate> {
    let mut hits: Vec<Vec<(u32, u32)>> = vec![Vec::new(); index.n_texts() as usize];
    let mut seed_places = Vec::new();
    seeds(units, |at, key| {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        seed_places.push(at);
        for (text, place) in index.occurrences(key) {
            if let Some(hits) = hits.get_mut(text as usize) {
                hits.push((at, place));
            }
        }
    });
    let mut found = Vec::new();
    for (text, hits) in (0..).zip(hits) {
        let n_seeds = index.n_seeds(text);
        // Too few for any stretch to count.
        if !hits.is_empty() && enough(u32::try_from(hits.len()).unwrap_or(u32::MAX), n_seeds) {
            chains(text, &hits, &mut found);
        }
    }
    found.retain_mut(|candidate| {
        let shared = u32::try_from(candidate.anchors.len()).unwrap_or(u32::MAX);
        let n_seeds = index.n_seeds(candidate.text);
        let from = seed_places.partition_point(|&at| at < candidate.start());
        let to = seed_places.partition_point(|&at| at <= candidate.end());
        let spanned = u32::try_from(to - from).unwrap_or(u32::MAX);
        candidate.likeness = 2.0 * f64::from(shared) / f64::from((n_seeds + spanned).max(1));
        enough(shared, n_seeds) && candidate.likeness >= 0.2
    });
    found.sort_by_key(|candidate| (candidate.start(), candidate.end(), candidate.text));
    found
}

/// Tells whether so many shared seeds are worth a closer look.
fn enough(shared: u32, n_seeds: u32) -> bool {
    shared >= 2.min(n_seeds) && shared * 10 >= n_seeds * 3
}

/// Groups the hits of one known text into stretches in which both positions rise together.
///
/// Where the text holds the known one, hits lie on about the same diagonal. From the fullest
/// diagonal on, the longest rising sequence around each makes a run; runs that follow each other
/// make a stretch.
fn chains(text: TextNumber, hits: &[(u32, u32)], found: &mut Vec<Candidate>) {
    const BUCKET: i64 = 32;
    const WIDEST: i64 = 200;
    let length = hits.iter().map(|hit| i64::from(hit.1)).max().unwrap_or_default();
    let width = WIDEST.min(length / 2).max(BUCKET);
    let mut by_diagonal: Vec<(i64, (u32, u32))> = hits.iter().map(|&hit| (diagonal(hit), hit)).collect();
    by_diagonal.sort_unstable();
    let mut buckets: Vec<(usize, i64)> = by_diagonal
        .chunk_by(|left, right| left.0.div_euclid(BUCKET) == right.0.div_euclid(BUCKET))
        .filter_map(|chunk| Some((chunk.len(), chunk.get(chunk.len() / 2)?.0)))
        .filter(|(count, _)| *count > 1)
        .collect();
    if buckets.is_empty() {
        buckets.extend(by_diagonal.first().map(|first| (1, first.0)));
    }
    buckets.sort_by_key(|&(count, center)| (std::cmp::Reverse(count), center));
    let mut runs: Vec<Vec<(u32, u32)>> = Vec::new();
    for (_, center) in buckets {
        let from = by_diagonal.partition_point(|(diagonal, _)| *diagonal < center - width);
        let to = by_diagonal.partition_point(|(diagonal, _)| *diagonal <= center + width);
        let around = by_diagonal.get(from..to).unwrap_or_default().iter().map(|(_, hit)| *hit);
        // What a fuller diagonal explains is not explained again.
        let free = |hit: &(u32, u32)| {
            !runs.iter().any(|run| match (run.first(), run.last()) {
                (Some(first), Some(last)) => {
                    first.0 <= hit.0 && hit.0 <= last.0 && (diagonal(*first) - diagonal(*hit)).abs() <= 2 * width
                }
                _ => false,
            })
        };
        let run = trimmed(rising(around.filter(free).collect()));
        if !run.is_empty() {
            runs.push(run);
        }
    }
    if runs.iter().any(|run| run.len() > 1) {
        // A single hit is as likely a phrase that stands elsewhere too.
        runs.retain(|run| run.len() > 1);
    }
    runs.sort_by_key(|run| run.first().copied());
    join(text, runs, found);
}

fn diagonal(hit: (u32, u32)) -> i64 {
    i64::from(hit.0) - i64::from(hit.1)
}

/// The longest sequence of hits in which both positions rise.
fn rising(mut hits: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    hits.sort_unstable_by_key(|hit| (hit.0, std::cmp::Reverse(hit.1)));
    // For each length the hit with the least second position that ends a sequence of it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(hits.len());
    let place = |at: usize| hits.get(at).map_or(u32::MAX, |hit| hit.1);
    for at in 0..hits.len() {
        let length = ends.partition_point(|&end| place(end) < place(at));
        before.push(length.checked_sub(1).and_then(|length| ends.get(length).copied()));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut sequence = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(at) = next {
        sequence.extend(hits.get(at));
        next = before.get(at).copied().flatten();
    }
    sequence.reverse();
    sequence
}

/// Cuts off hits at the ends that lie far from the rest.
fn trimmed(mut run: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    const FAR: u32 = 60;
    const SHIFT: i64 = 8;
    let stray = |outer: (u32, u32), inner: (u32, u32)| {
        inner.0.abs_diff(outer.0) > FAR && (diagonal(inner) - diagonal(outer)).abs() > SHIFT
    };
    while let [.., inner, outer] = run.as_slice() {
        if run.len() < 4 || !stray(*outer, *inner) {
            break;
        }
        run.pop();
    }
    while let [outer, inner, ..] = run.as_slice() {
        if run.len() < 4 || !stray(*outer, *inner) {
            break;
        }
        run.remove(0);
    }
    run
}

/// Joins runs that follow each other, with words put in or left out between them.
fn join(text: TextNumber, runs: Vec<Vec<(u32, u32)>>, found: &mut Vec<Candidate>) {
    const INSERTED: i64 = 250;
    const DROPPED: i64 = 4000;
    const OPEN: usize = 12;
    let mut open: Vec<Vec<(u32, u32)>> = Vec::new();
    let mut close = |anchors| found.push(Candidate { text, anchors, likeness: 0.0 });
    for run in runs {
        let Some(&first) = run.first() else { continue };
        let best = open
            .iter_mut()
            .filter_map(|chain| {
                let (step, shift) = offset(*chain.last()?, first)?;
                let length = i64::try_from(chain.len()).unwrap_or(i64::MAX);
                (-DROPPED..=INSERTED).contains(&shift).then_some((shift.abs() * 2 + step / 4 - length, chain))
            })
            .min_by_key(|(cost, _)| *cost);
        if let Some((_, chain)) = best {
            chain.extend(run);
            continue;
        }
        if open.len() == OPEN {
            close(open.remove(0));
        }
        open.push(run);
    }
    open.into_iter().for_each(close);
}

/// Step from one hit to the next in the text, and by how much it is longer than the step in the known text.
fn offset(from: (u32, u32), to: (u32, u32)) -> Option<(i64, i64)> {
    let step = i64::from(to.0) - i64::from(from.0);
    let advance = i64::from(to.1) - i64::from(from.1);
    (step > 0 && advance > 0).then_some((step, step - advance))
}
