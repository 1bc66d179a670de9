//! Words beside a license text that limit what it grants, such as a clause put on top of it.

use std::ops::Range;

use super::Change;
use super::format::{MEANS_LIMIT, MEANS_NAME, MEANS_NO_LIMIT};
use super::phrases::Marked;
use super::piece::spelled;
use super::words::{PARAGRAPH, Word};

/// A sentence that limits what a license text grants.
pub(crate) struct Limit {
    /// The unit it stands at.
    pub(crate) unit: usize,
    /// What it adds.
    pub(crate) change: Change,
    /// Whether it is so far from every known text that it belongs to terms which are not known.
    pub(crate) is_far: bool,
}

/// Finds the sentences outside of the license texts that limit them.
pub(crate) fn limits(marked: &Marked<'_>, covered: &[Range<usize>], license_file: bool) -> Vec<Limit> {
    /// Farther away, only a file made for licenses speaks of the license.
    const NEAR: usize = 80;
    /// Farther away, even there something else is spoken of.
    const FAR: usize = 500;
    let mut found: Vec<Limit> = Vec::new();
    let mut reached = 0;
    for mark in marked.within(0..marked.content.units.len(), MEANS_LIMIT) {
        if mark.start < reached {
            continue;
        }
        // Stretches do not overlap: the nearest is one of the two around the mark.
        let after = covered.partition_point(|range| range.start <= mark.start);
        let around = covered.get(after.saturating_sub(1)..(after + 1).min(covered.len())).unwrap_or_default();
        let distance = around.iter().map(|range| distance(range, mark.start)).min();
        let Some(distance) = distance.filter(|distance| *distance <= NEAR || license_file) else { continue };
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
        let change = Change { line, removed: String::new(), added: spelled(marked.source, &words) };
        found.push(Limit { unit: mark.start, change, is_far: distance > FAR });
    }
    found
}

fn distance(range: &Range<usize>, unit: usize) -> usize {
    if unit < range.start { range.start - unit } else { unit.saturating_sub(range.end) }
}

/// The sentence around a unit.
pub(crate) fn sentence(marked: &Marked<'_>, unit: usize) -> Range<usize> {
    const LONGEST: usize = 60;
    let boundary =
        |unit: usize| marked.ends_sentence(unit) || marked.content.word(unit).is_none_or(|word| word.is(PARAGRAPH));
    let start = (unit.saturating_sub(LONGEST)..=unit).rev().find(|&unit| boundary(unit)).unwrap_or(unit);
    let end = (unit + 1..unit + LONGEST).find(|&unit| boundary(unit)).unwrap_or(unit + LONGEST);
    start..end.min(marked.content.units.len())
}
