//! Stretches in which a text follows a known one: shared seeds that lie on about the same diagonal.
//!
//! Where a text holds a known one, the positions in both rise together. From the fullest band of diagonals on, the
//! longest rising sequence around each makes a run; runs that follow each other make a stretch.

use std::cmp::Reverse;
use std::ops::Range;

/// A seed that a text and a known text share: its position in either.
pub(crate) type Hit = (u32, u32);

/// Diagonals of a band.
const BAND: u32 = 32;

/// Finds the stretches of one known text after the other; what was needed for one serves for the next.
#[derive(Default)]
pub(crate) struct Chains {
    bands: Bands,
    rising: Rising,
    around: Vec<Hit>,
    /// The runs that were found, and the hits of all of them.
    runs: Vec<Run>,
    hits: Vec<Hit>,
}

/// Hits in which both positions rise: which of the hits of all runs.
type Run = Range<usize>;

impl Chains {
    /// Calls `found` with the hits of each stretch of one known text, in parts that follow each other.
    ///
    /// `hits` are sorted by position in the text; of several at one position the last in the known text is first.
    pub(crate) fn find(&mut self, hits: &[Hit], mut found: impl FnMut(&[&[Hit]])) {
        const WIDEST: u32 = 200;
        let (mut length, mut least, mut most) = (0, u32::MAX, 0);
        for hit in hits {
            length = length.max(hit.1);
            least = least.min(diagonal(*hit));
            most = most.max(diagonal(*hit));
        }
        let width = WIDEST.min(length / 2).max(BAND);
        if most.saturating_sub(least) <= width && is_rising(hits) && trimmed(hits).len() == hits.len() {
            // However they are looked at, they are one run.
            found(&[hits]);
            return;
        }
        self.bands.fill(hits, least, most);
        self.find_runs(width);
        if self.runs.iter().any(|run| run.len() > 1) {
            // A single hit is as likely a phrase that stands elsewhere too.
            self.runs.retain(|run| run.len() > 1);
        }
        let mut runs: Vec<&[Hit]> = self.runs.iter().filter_map(|run| self.hits.get(run.clone())).collect();
        runs.sort_unstable_by_key(|run| run.first().copied());
        join(&runs, found);
    }

    fn find_runs(&mut self, width: u32) {
        self.runs.clear();
        self.hits.clear();
        self.bands.sort_by_fullness();
        for &(_, center) in &std::mem::take(&mut self.bands.full) {
            self.bands.around(center, width, &mut self.around);
            let run = trimmed(self.rising.longest(&mut self.around));
            if let (Some(first), Some(last)) = (run.first(), run.last()) {
                // What one run explains is not explained again.
                self.bands.explain(*first, *last, 2 * width);
                let start = self.hits.len();
                self.hits.extend_from_slice(run);
                self.runs.push(start..self.hits.len());
            }
        }
    }
}

/// How much farther a hit is in the text than in the known text: the same along a copy. Counted from the end of the
/// longest possible text, so that it is never negative.
fn diagonal(hit: Hit) -> u32 {
    hit.0.wrapping_add(1 << 16).wrapping_sub(hit.1)
}

fn is_rising(hits: &[Hit]) -> bool {
    hits.is_sorted_by(|left, right| left.0 < right.0 && left.1 < right.1)
}

/// The hits of one known text by their diagonals.
#[derive(Default)]
struct Bands {
    /// Number of the first band.
    least: u32,
    /// The hits of one band behind those of the other, in each by position in the text.
    hits: Vec<Hit>,
    /// Whether a run explains them.
    explained: Vec<bool>,
    /// Where the hits of each band start; one more at the end.
    starts: Vec<usize>,
    /// How many hits of each band are left to explain.
    left: Vec<usize>,
    /// The bands with more than one hit, the fullest first: their number of hits, a diagonal in their middle.
    full: Vec<(Reverse<usize>, u32)>,
}

impl Bands {
    /// The place of the band of a diagonal.
    fn place(&self, diagonal: u32) -> usize {
        (diagonal / BAND).saturating_sub(self.least) as usize
    }

    /// The bands that hold diagonals so close to one.
    fn near(&self, center: u32, reach: u32) -> Range<usize> {
        self.place(center.saturating_sub(reach))..(self.place(center + reach) + 1).min(self.left.len())
    }

    /// The hits of a band.
    fn of(&self, band: usize) -> Range<usize> {
        let start = |band| self.starts.get(band).copied().unwrap_or(self.hits.len());
        start(band)..start(band + 1)
    }

    fn fill(&mut self, hits: &[Hit], least: u32, most: u32) {
        self.least = least / BAND;
        let n_bands = self.place(most) + 1;
        self.left.clear();
        self.left.resize(n_bands, 0);
        for hit in hits {
            let band = self.place(diagonal(*hit));
            if let Some(count) = self.left.get_mut(band) {
                *count += 1;
            }
        }
        self.starts.clear();
        self.starts.push(0);
        let mut total = 0;
        self.starts.extend(self.left.iter().map(|count| {
            let start = total;
            total += count;
            start
        }));
        self.hits.resize(hits.len(), (0, 0));
        for &hit in hits {
            // Each start moves to that of the next band.
            let band = self.place(diagonal(hit));
            if let Some(next) = self.starts.get_mut(band + 1)
                && let Some(place) = self.hits.get_mut(*next)
            {
                *place = hit;
                *next += 1;
            }
        }
        self.explained.clear();
        self.explained.resize(hits.len(), false);
    }

    fn sort_by_fullness(&mut self) {
        let mut full = std::mem::take(&mut self.full);
        full.clear();
        for (band, &count) in self.left.iter().enumerate().filter(|(_, count)| **count > 1) {
            let middle = self.hits.get(self.of(band).start + count / 2);
            full.extend(middle.map(|hit| (Reverse(count), diagonal(*hit))));
        }
        if full.is_empty() {
            full.extend(self.hits.first().map(|hit| (Reverse(1), diagonal(*hit))));
        }
        full.sort_unstable();
        self.full = full;
    }

    /// The hits around a diagonal that nothing explains yet, by position in the text.
    fn around(&self, center: u32, width: u32, out: &mut Vec<Hit>) {
        out.clear();
        let mut sorted = true;
        for band in self.near(center, width) {
            if self.left.get(band).is_none_or(|left| *left == 0) {
                continue;
            }
            let hits = self.hits.get(self.of(band)).unwrap_or_default();
            let explained = self.explained.get(self.of(band)).unwrap_or_default();
            let open = hits.iter().zip(explained).filter(|(_, explained)| !**explained).map(|(hit, _)| *hit);
            let before = out.len();
            out.extend(open.filter(|hit| diagonal(*hit).abs_diff(center) <= width));
            sorted &= before == 0 || before == out.len();
        }
        if !sorted {
            // Of several hits at one position, the last in the known text stays first.
            out.sort_by_key(|hit| hit.0);
        }
    }

    /// Marks what lies beside a run.
    fn explain(&mut self, first: Hit, last: Hit, reach: u32) {
        let center = diagonal(first);
        for band in self.near(center, reach) {
            let range = self.of(band);
            let Some(left) = self.left.get_mut(band).filter(|left| **left > 0) else { continue };
            let hits = self.hits.get(range.clone()).unwrap_or_default();
            let from = range.start + hits.partition_point(|hit| hit.0 < first.0);
            let beside = self.hits.get(from..range.end).unwrap_or_default();
            let explained = self.explained.get_mut(from..range.end).unwrap_or_default();
            for (hit, explained) in beside.iter().zip(explained).take_while(|(hit, _)| hit.0 <= last.0) {
                if !*explained && diagonal(*hit).abs_diff(center) <= reach {
                    *explained = true;
                    *left -= 1;
                }
            }
        }
    }
}

/// Finds the longest rising sequences.
#[derive(Default)]
struct Rising {
    /// For each length the least second position that ends a sequence of it, and the number of that hit.
    ends: Vec<(u32, usize)>,
    /// For each hit the one before it.
    before: Vec<Option<usize>>,
}

impl Rising {
    /// The longest sequence of hits in which both positions rise; the hits are sorted as those of [`Chains::find`].
    fn longest<'a>(&mut self, hits: &'a mut [Hit]) -> &'a [Hit] {
        if is_rising(hits) {
            return hits;
        }
        self.ends.clear();
        self.before.clear();
        for (at, &(_, place)) in hits.iter().enumerate() {
            let longest = self.ends.last().is_none_or(|end| end.0 < place);
            let length = if longest { self.ends.len() } else { self.ends.partition_point(|end| end.0 < place) };
            self.before.push(length.checked_sub(1).and_then(|length| self.ends.get(length)).map(|end| end.1));
            match self.ends.get_mut(length) {
                Some(end) => *end = (place, at),
                None => self.ends.push((place, at)),
            }
        }
        // The sequence takes the place of the last hits.
        let mut start = hits.len();
        let mut next = self.ends.last().map(|end| end.1);
        while let Some(at) = next {
            start -= 1;
            hits.swap(start, at);
            next = self.before.get(at).copied().flatten();
        }
        hits.get(start..).unwrap_or_default()
    }
}

/// Cuts off hits at the ends that lie far from the rest.
fn trimmed(mut run: &[Hit]) -> &[Hit] {
    const FAR: u32 = 60;
    const SHIFT: u32 = 8;
    const FEWEST: usize = 4;
    let stray =
        |outer: Hit, inner: Hit| inner.0.abs_diff(outer.0) > FAR && diagonal(inner).abs_diff(diagonal(outer)) > SHIFT;
    while let [rest @ .., outer] = run
        && run.len() >= FEWEST
        && rest.last().is_some_and(|inner| stray(*outer, *inner))
    {
        run = rest;
    }
    while let [outer, rest @ ..] = run
        && run.len() >= FEWEST
        && rest.first().is_some_and(|inner| stray(*outer, *inner))
    {
        run = rest;
    }
    run
}

/// Runs that follow each other.
struct Chain<'a> {
    last: Hit,
    /// Hits in all runs.
    length: i64,
    runs: Vec<&'a [Hit]>,
}

/// Joins runs that follow each other, with words put in or left out between them.
fn join(runs: &[&[Hit]], mut found: impl FnMut(&[&[Hit]])) {
    const INSERTED: i64 = 250;
    const DROPPED: i64 = 4000;
    const OPEN: usize = 12;
    let mut open: Vec<Chain<'_>> = Vec::new();
    for &run in runs {
        let (Some(&first), Some(&last)) = (run.first(), run.last()) else { continue };
        let length = i64::try_from(run.len()).unwrap_or(i64::MAX);
        let best = open
            .iter_mut()
            .filter_map(|chain| {
                let (step, shift) = offset(chain.last, first)?;
                (-DROPPED..=INSERTED).contains(&shift).then_some((shift.abs() * 2 + step / 4 - chain.length, chain))
            })
            .min_by_key(|(cost, _)| *cost);
        if let Some((_, chain)) = best {
            chain.last = last;
            chain.length += length;
            chain.runs.push(run);
            continue;
        }
        if open.len() == OPEN {
            found(&open.remove(0).runs);
        }
        open.push(Chain { last, length, runs: vec![run] });
    }
    for chain in open {
        found(&chain.runs);
    }
}

/// Step from one hit to the next in the text, and by how much it is longer than the step in the known text.
fn offset(from: Hit, to: Hit) -> Option<(i64, i64)> {
    let step = i64::from(to.0) - i64::from(from.0);
    let advance = i64::from(to.1) - i64::from(from.1);
    (step > 0 && advance > 0).then_some((step, step - advance))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(hits: &[Hit]) -> Vec<Vec<Hit>> {
        let mut found = Vec::new();
        Chains::default().find(hits, |parts| found.push(parts.concat()));
        found
    }

    /// Hits where a text holds the known positions 0, 10, … 90 from a position on.
    fn copy_at(start: u32) -> Vec<Hit> {
        (0..10).map(|at| (start + at * 10, at * 10)).collect()
    }

    #[test]
    fn each_copy_is_a_stretch() {
        assert_eq!(found(&copy_at(40)), [copy_at(40)]);
        let copies = [copy_at(40), copy_at(140), copy_at(600)];
        assert_eq!(found(&copies.concat()), copies);
    }

    #[test]
    fn words_put_in_part_no_stretch() {
        let mut hits = copy_at(0);
        hits.iter_mut().skip(5).for_each(|hit| hit.0 += 150);
        assert_eq!(found(&hits), [hits]);
    }

    #[test]
    fn of_crossing_hits_the_longest_rising_sequence_counts() {
        // A phrase that stands at 20 and 70 of the known text is there but once.
        let mut hits = copy_at(0);
        hits.insert(2, (20, 70));
        assert_eq!(found(&hits), [copy_at(0)]);
    }
}
