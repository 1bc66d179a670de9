//! Word by word comparison of a stretch of a text with a known text.

use std::ops::Range;

use super::format::{UNIT_OPTIONAL, UNIT_WORD, UNKNOWN};
use super::search::Candidate;

/// One difference: words of the known text, and the words that stand in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Units of the known text.
    pub(crate) known: Range<usize>,
    /// Units of the text.
    pub(crate) found: Range<usize>,
}

/// A stretch of a text beside a known text.
#[derive(Clone, Debug)]
pub(crate) struct Alignment {
    /// The stretch: units of the text.
    pub(crate) found: Range<usize>,
    /// Where they differ, in order.
    pub(crate) differences: Vec<Difference>,
}

/// Cells of the largest table that is filled; larger gaps count as replaced as a whole.
const LARGEST_TABLE: usize = 200_000;

/// Aligns a text with a known text along the candidate's anchors.
pub(crate) fn align(units: &[u32], known: &[u32], candidate: &Candidate) -> Option<Alignment> {
    let &(at, place) = candidate.anchors.first()?;
    let (at, place) = (at as usize, place as usize);
    let mut differences = Vec::new();
    let start = head(units, known, at, place, &mut differences);
    let (mut found, mut reached) = (at, place);
    let mut anchors = candidate.anchors.iter().map(|&(at, place)| (at as usize, place as usize)).peekable();
    loop {
        while same(units.get(found), known.get(reached)) {
            found += 1;
            reached += 1;
        }
        while anchors.next_if(|&(at, place)| at < found || place < reached).is_some() {}
        let Some((at, place)) = anchors.next() else { break };
        between(units, known, found..at, reached..place, &mut differences);
        (found, reached) = (at, place);
    }
    let end = tail(units, known, found, reached, &mut differences);
    Some(Alignment { found: start..end, differences })
}

fn same(unit: Option<&u32>, known: Option<&u32>) -> bool {
    match (unit, known) {
        (Some(&unit), Some(&known)) => unit != UNKNOWN && unit == known & UNIT_WORD,
        _ => false,
    }
}

/// Compares what stands between two anchors.
fn between(units: &[u32], known: &[u32], found: Range<usize>, reached: Range<usize>, out: &mut Vec<Difference>) {
    let pairs = common(units.get(found.clone()).unwrap_or_default(), known.get(reached.clone()).unwrap_or_default());
    let (mut at, mut place) = (found.start, reached.start);
    let ends = std::iter::once((found.len(), reached.len()));
    for (pair_at, pair_place) in pairs.into_iter().chain(ends) {
        let (next_at, next_place) = (found.start + pair_at, reached.start + pair_place);
        if next_at > at || next_place > place {
            out.push(Difference { known: place..next_place, found: at..next_at });
        }
        (at, place) = (next_at + 1, next_place + 1);
    }
}

/// Compares what stands before the first anchor; returns where the stretch starts.
fn head(units: &[u32], known: &[u32], at: usize, place: usize, out: &mut Vec<Difference>) -> usize {
    let (mut at, mut place) = (at, place);
    while at > 0 && place > 0 && same(units.get(at - 1), known.get(place - 1)) {
        at -= 1;
        place -= 1;
    }
    if place == 0 {
        return at;
    }
    let reach = at.saturating_sub(place + SLACK);
    let pairs = common(units.get(reach..at).unwrap_or_default(), known.get(..place).unwrap_or_default());
    // From the anchor outwards, as long as the words stay close together.
    let mut near = Vec::new();
    let (mut last_at, mut last_place) = (at, place);
    for (pair_at, pair_place) in pairs.into_iter().rev() {
        let pair_at = reach + pair_at;
        if last_at - pair_at > last_place - pair_place + SLACK / 2 {
            break;
        }
        near.push((pair_at, pair_place));
        (last_at, last_place) = (pair_at, pair_place);
    }
    near.reverse();
    // A word of the title that stands somewhere in the sentence before is no title.
    while let Some(&(pair_at, pair_place)) = near.first() {
        let next = near.get(1).map_or(at, |pair| pair.0);
        let optional = known.get(pair_place).is_some_and(|unit| unit & UNIT_OPTIONAL != 0);
        if !optional || next == pair_at + 1 {
            break;
        }
        near.remove(0);
    }
    let start = near.first().map_or(at, |pair| pair.0);
    let mut place_from = 0;
    let mut at_from = start;
    for (pair_at, pair_place) in near.into_iter().chain(std::iter::once((at, place))) {
        if pair_at > at_from || pair_place > place_from {
            out.push(Difference { known: place_from..pair_place, found: at_from..pair_at });
        }
        (at_from, place_from) = (pair_at + 1, pair_place + 1);
    }
    start
}

/// Words beyond the length of the missing part that are looked at.
const SLACK: usize = 24;

/// Fewer words in a row are no sign of an optional part.
const SHORTEST_RUN: usize = 5;

/// How many pairs at the end follow each other without a gap; nothing if there are no pairs.
fn last_run(pairs: &[(usize, usize)]) -> Option<usize> {
    let breaks = pairs.windows(2).rposition(|pair| match pair {
        [left, right] => right.0 != left.0 + 1 || right.1 != left.1 + 1,
        _ => true,
    });
    (!pairs.is_empty()).then(|| pairs.len() - breaks.map_or(0, |at| at + 1))
}

/// Compares what stands behind the last anchor; returns where the stretch ends.
fn tail(units: &[u32], known: &[u32], at: usize, place: usize, out: &mut Vec<Difference>) -> usize {
    let left = known.len().saturating_sub(place);
    if left == 0 {
        return at;
    }
    let reach = (at + left + SLACK).min(units.len());
    let pairs = common(units.get(at..reach).unwrap_or_default(), known.get(place..).unwrap_or_default());
    let mut near: Vec<(usize, usize)> = Vec::new();
    let (mut last_at, mut last_place) = (at, place);
    for (pair_at, pair_place) in pairs {
        let (pair_at, pair_place) = (at + pair_at, place + pair_place);
        if pair_at - last_at > pair_place - last_place + SLACK / 2 {
            break;
        }
        near.push((pair_at, pair_place));
        (last_at, last_place) = (pair_at + 1, pair_place + 1);
    }
    // A few words of the appendix that stand somewhere in the text behind are no appendix.
    while let Some(run) = last_run(&near) {
        let optional = near.last().and_then(|pair| known.get(pair.1)).is_some_and(|unit| unit & UNIT_OPTIONAL != 0);
        if !optional || run >= SHORTEST_RUN {
            break;
        }
        near.truncate(near.len() - run);
    }
    let (mut at_from, mut place_from) = (at, place);
    for (pair_at, pair_place) in near {
        if pair_at > at_from || pair_place > place_from {
            out.push(Difference { known: place_from..pair_place, found: at_from..pair_at });
        }
        (at_from, place_from) = (pair_at + 1, pair_place + 1);
    }
    if place_from < known.len() {
        out.push(Difference { known: place_from..known.len(), found: at_from..at_from });
    }
    at_from
}

/// Returns the longest common subsequence as pairs of positions.
fn common(units: &[u32], known: &[u32]) -> Vec<(usize, usize)> {
    let (rows, columns) = (units.len(), known.len());
    if rows == 0 || columns == 0 || rows.saturating_mul(columns) > LARGEST_TABLE {
        return Vec::new();
    }
    let steps = Steps::new(units, known);
    let mut pairs = Vec::new();
    let (mut row, mut column) = (0, 0);
    while row < rows && column < columns {
        if same(units.get(row), known.get(column)) {
            pairs.push((row, column));
            row += 1;
            column += 1;
        } else if steps.next_row(row, column) {
            row += 1;
        } else {
            column += 1;
        }
    }
    pairs
}

/// Where two sequences have no more in common from the next row on than from the next column on.
///
/// How much ends of them have in common is a string of bits for each row, the last column first: a zero where the
/// length grows by one. A row follows from the next with a few operations for 64 columns (Hyyrö, "Bit-parallel
/// LCS-length computation revisited", 2004); where the addition carries, the length is greater than in the next row.
struct Steps {
    columns: usize,
    /// Machine words of a row.
    width: usize,
    /// Rows, the last first; a one where the next row has as much in common as the next column.
    rows: Vec<u64>,
}

impl Steps {
    fn new(units: &[u32], known: &[u32]) -> Self {
        let width = known.len().div_ceil(64);
        let mut places: Vec<(u32, usize)> =
            known.iter().rev().enumerate().map(|(bit, unit)| (unit & UNIT_WORD, bit)).collect();
        places.sort_unstable();
        let mut rows = Vec::with_capacity(units.len() * width);
        let mut lengths = vec![u64::MAX; width];
        let mut matches = vec![0_u64; width];
        for unit in units.iter().rev() {
            let from = if *unit == UNKNOWN { places.len() } else { places.partition_point(|(word, _)| word < unit) };
            let after = places.get(from..).unwrap_or_default();
            let n_bits = after.iter().take_while(|(word, _)| word == unit).count();
            if n_bits == 0 {
                rows.resize(rows.len() + width, u64::MAX);
                continue;
            }
            let bits = after.iter().take(n_bits).map(|(_, bit)| *bit);
            for bit in bits.clone() {
                matches.iter_mut().skip(bit / 64).take(1).for_each(|word| *word |= 1 << (bit % 64));
            }
            let mut carry = false;
            for (old, matched) in lengths.iter_mut().zip(&matches) {
                let shared = *old & matched;
                let (sum, over) = old.overflowing_add(shared);
                let (sum, over_again) = sum.overflowing_add(u64::from(carry));
                carry = over || over_again;
                let new = sum | (*old & !shared);
                let into = sum ^ *old ^ shared;
                let carries = shared | (*old & into);
                rows.push(!new | !carries);
                *old = new;
            }
            for bit in bits {
                matches.iter_mut().skip(bit / 64).take(1).for_each(|word| *word = 0);
            }
        }
        Self { columns: known.len(), width, rows }
    }

    /// Tells whether as much is in common from the next row on as from the next column on.
    fn next_row(&self, row: usize, column: usize) -> bool {
        let bit = self.columns - column - 1;
        let from_end = (self.rows.len() / self.width).saturating_sub(row + 1);
        self.rows.get(from_end * self.width + bit / 64).is_some_and(|word| word >> (bit % 64) & 1 != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aligned(units: &[u32], known: &[u32], anchors: &[(u32, u32)]) -> (Range<usize>, Vec<Difference>) {
        let candidate = Candidate { text: 0, anchors: anchors.to_vec(), likeness: 0.0 };
        let alignment = align(units, known, &candidate).unwrap();
        (alignment.found, alignment.differences)
    }

    #[test]
    fn what_is_in_common_is_found_as_in_the_plain_definition() {
        fn plain(left: &[u32], right: &[u32]) -> Vec<(usize, usize)> {
            let mut lengths = vec![vec![0; right.len() + 1]; left.len() + 1];
            for (row, unit) in left.iter().enumerate().rev() {
                for (column, known) in right.iter().enumerate().rev() {
                    let longer = lengths[row + 1][column].max(lengths[row][column + 1]);
                    lengths[row][column] = if unit == known { lengths[row + 1][column + 1] + 1 } else { longer };
                }
            }
            let (mut pairs, mut row, mut column) = (Vec::new(), 0, 0);
            while row < left.len() && column < right.len() {
                if left[row] == right[column] {
                    pairs.push((row, column));
                    (row, column) = (row + 1, column + 1);
                } else if lengths[row + 1][column] >= lengths[row][column + 1] {
                    row += 1;
                } else {
                    column += 1;
                }
            }
            pairs
        }
        let mut state = 7_u32;
        let mut next = |most: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % most
        };
        for (n_rows, n_columns, n_words) in
            [(1, 1, 2), (9, 64, 3), (64, 9, 3), (40, 65, 5), (130, 129, 8), (128, 128, 30), (90, 200, 40)]
        {
            for _ in 0..20 {
                let units: Vec<u32> = (0..n_rows).map(|_| next(n_words)).collect();
                let known: Vec<u32> = (0..n_columns).map(|_| next(n_words)).collect();
                assert_eq!(common(&units, &known), plain(&units, &known), "{units:?} {known:?}");
            }
        }
    }

    #[test]
    fn what_surrounds_the_text_is_left_out() {
        let (found, differences) = aligned(&[90, 91, 1, 2, 3, 4, 92], &[1, 2, 3, 4], &[(3, 1)]);
        assert_eq!((found, differences), (2..6, vec![]));
    }

    #[test]
    fn differences_are_found() {
        let (found, differences) = aligned(&[1, 2, 50, 3, 4, 5, 8], &[1, 2, 3, 4, 5, 6, 7, 8], &[(0, 0), (4, 3)]);
        assert_eq!(found, 0..7);
        let expected = [Difference { known: 2..2, found: 2..3 }, Difference { known: 5..7, found: 6..6 }];
        assert_eq!(differences, expected);
    }

    #[test]
    fn a_missing_start_and_end_are_differences() {
        let (found, differences) = aligned(&[3, 4], &[1, 2, 3, 4, 5], &[(0, 2)]);
        assert_eq!(found, 0..2);
        assert_eq!(differences.len(), 2);
    }
}
