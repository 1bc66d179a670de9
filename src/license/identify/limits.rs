//! Words beside a license text that limit what it grants, such as a clause put on top of it.

use std::ops::Range;

use super::Change;
use super::format::{MEANS_LIMIT, MEANS_NAME, MEANS_NO_LIMIT};
use super::phrases::Marked;
use super::piece::spelled;
use super::words::{PARAGRAPH, Word};

/// Finds the sentences outside of the license texts that limit them: each with the unit it stands at.
pub(crate) fn limits(marked: &Marked<'_>, covered: &[Range<usize>], license_file: bool) -> Vec<(usize, Change)> {
    /// Farther away, only a file made for licenses speaks of the license.
    const NEAR: usize = 80;
    let mut found: Vec<(usize, Change)> = Vec::new();
    let mut reached = 0;
    for mark in marked.within(0..marked.content.units.len(), MEANS_LIMIT) {
        if mark.start < reached {
            continue;
        }
        // Stretches do not overlap: the nearest is one of the two around the mark.
        let after = covered.partition_point(|range| range.start <= mark.start);
        let around = covered.get(after.saturating_sub(1)..(after + 1).min(covered.len())).unwrap_or_default();
        let distance = around.iter().map(|range| distance(range, mark.start)).min();
        if !distance.is_some_and(|distance| distance <= NEAR || license_file) {
            continue;
        }
        let sentence = sentence(marked, mark.start);
        reached = sentence.end;
        let mut harmless = marked.within(sentence.start.saturating_sub(1)..sentence.end, MEANS_NO_LIMIT);
        if harmless.any(|wording| wording.start <= mark.start && mark.start < wording.end) {
            reached = mark.end;
            continue;
        }
        // A notice that names a license is read as a notice.
        if marked.within(sentence.clone(), MEANS_NAME).next().is_some() && !license_file {
            continue;
        }
        let words: Vec<Word> = sentence.clone().filter_map(|unit| marked.content.word(unit)).copied().collect();
        let line = words.first().map_or(1, |word| word.line);
        found.push((mark.start, Change { line, removed: String::new(), added: spelled(marked.source, &words) }));
    }
    found
}

fn distance(range: &Range<usize>, unit: usize) -> usize {
    if unit < range.start { range.start - unit } else { unit.saturating_sub(range.end) }
}

/// The sentence around a unit.
fn sentence(marked: &Marked<'_>, unit: usize) -> Range<usize> {
    const LONGEST: usize = 60;
    let boundary =
        |unit: usize| marked.ends_sentence(unit) || marked.content.word(unit).is_none_or(|word| word.is(PARAGRAPH));
    let start = (unit.saturating_sub(LONGEST)..=unit).rev().find(|&unit| boundary(unit)).unwrap_or(unit);
    let end = (unit + 1..unit + LONGEST).find(|&unit| boundary(unit)).unwrap_or(unit + LONGEST);
    start..end.min(marked.content.units.len())
}
