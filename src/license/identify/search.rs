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
    let mut found_seeds: Vec<(u32, u32)> = Vec::new();
    seeds(units, |at, key| found_seeds.push((u32::try_from(at).unwrap_or(u32::MAX), key)));
    let reached = reached(index, &found_seeds);
    let mut hits: Vec<Vec<(u32, u32)>> = vec![Vec::new(); index.n_texts() as usize];
    for &(at, key) in &found_seeds {
        for (text, place) in index.occurrences(key) {
            if reached.get(text as usize).is_some_and(|reached| *reached)
                && let Some(hits) = hits.get_mut(text as usize)
            {
                hits.push((at, place));
            }
        }
    }
    let mut found = Vec::new();
    for (text, hits) in (0..).zip(hits) {
        if !hits.is_empty() {
            chains(text, &hits, &mut found);
        }
    }
    found.retain_mut(|candidate| {
        let shared = u32::try_from(candidate.anchors.len()).unwrap_or(u32::MAX);
        let n_seeds = index.n_seeds(candidate.text);
        let from = found_seeds.partition_point(|&(at, _)| at < candidate.start());
        let to = found_seeds.partition_point(|&(at, _)| at <= candidate.end());
        let spanned = u32::try_from(to - from).unwrap_or(u32::MAX);
        candidate.likeness = 2.0 * f64::from(shared) / f64::from((n_seeds + spanned).max(1));
        enough(shared, n_seeds) && candidate.likeness >= 0.2
    });
    found.sort_by_key(|candidate| (candidate.start(), candidate.end(), candidate.text));
    found
}

/// Tells for each known text whether enough different places in it are hit: a phrase that repeats for a megabyte is
/// still one phrase.
fn reached(index: &Index, found_seeds: &[(u32, u32)]) -> Vec<bool> {
    let mut keys: Vec<u32> = found_seeds.iter().map(|(_, key)| *key).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut places = vec![0_u32; index.n_texts() as usize];
    for key in keys {
        for (text, _) in index.occurrences(key) {
            places.iter_mut().skip(text as usize).take(1).for_each(|count| *count += 1);
        }
    }
    (0..).zip(places).map(|(text, places)| places > 0 && enough(places, index.n_seeds(text))).collect()
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
    let ends = |at: Option<&(i64, (u32, u32))>| at.map_or(0, |(diagonal, _)| *diagonal);
    let mut is_explained = vec![false; by_diagonal.len()];
    let mut explained = Explained::new(width, ends(by_diagonal.first()), ends(by_diagonal.last()));
    for (_, center) in buckets {
        let from = by_diagonal.partition_point(|(diagonal, _)| *diagonal < center - width);
        let to = by_diagonal.partition_point(|(diagonal, _)| *diagonal <= center + width);
        let around = by_diagonal.get(from..to).unwrap_or_default().iter().zip(is_explained.iter_mut().skip(from));
        let around = around.filter_map(|((_, hit), known)| {
            *known = *known || explained.holds(*hit);
            (!*known).then_some(*hit)
        });
        let run = trimmed(rising(around.collect()));
        if let (Some(first), Some(last)) = (run.first(), run.last()) {
            explained.add(*first, *last);
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

/// What the runs of fuller diagonals explain: it is not explained again.
struct Explained {
    /// Runs reach so far from their diagonal.
    reach: i64,
    /// The least neighborhood.
    least: i64,
    /// First and last position in the text and first diagonal of each run, by neighborhood of diagonals, so that only
    /// the few that can matter are looked at.
    runs: Vec<Vec<(u32, u32, i64)>>,
}

impl Explained {
    fn new(width: i64, least: i64, most: i64) -> Self {
        let reach = 2 * width;
        let least = least.div_euclid(reach);
        let n_neighborhoods = usize::try_from(most.div_euclid(reach) - least + 1).unwrap_or_default();
        Self { reach, least, runs: vec![Vec::new(); n_neighborhoods] }
    }

    /// The neighborhood of a diagonal.
    fn neighborhood(&self, diagonal: i64) -> usize {
        usize::try_from(diagonal.div_euclid(self.reach) - self.least).unwrap_or_default()
    }

    fn add(&mut self, first: (u32, u32), last: (u32, u32)) {
        let diagonal = diagonal(first);
        let at = self.neighborhood(diagonal);
        if let Some(runs) = self.runs.get_mut(at) {
            runs.push((first.0, last.0, diagonal));
        }
    }

    fn holds(&self, hit: (u32, u32)) -> bool {
        let diagonal = diagonal(hit);
        let middle = self.neighborhood(diagonal);
        let near = self.runs.iter().take(middle + 2).skip(middle.saturating_sub(1)).flatten();
        near.into_iter()
            .any(|(first, last, center)| (*first..=*last).contains(&hit.0) && (center - diagonal).abs() <= self.reach)
    }
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
