//! Phrases of notices in a text: names of licenses, and the words around them.

use std::ops::Range;

use super::format::{MEANS_FILLER, MEANS_NAME};
use super::index::{Content, Index};
use super::words::{SENTENCE, hash_of};

/// Words that stand before the name of a license as its label.
const LABELS: [u64; 3] = [hash_of("license"), hash_of("licence"), hash_of("licenses")];

/// A phrase that means something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    /// First unit.
    pub(crate) start: usize,
    /// Unit after the last.
    pub(crate) end: usize,
    /// Which of the `MEANS_*` constants hold.
    pub(crate) means: u32,
    /// The value of a name, an address or an exception.
    pub(crate) value: &'static str,
}

/// The phrases of a text, with the text they stand in.
pub(crate) struct Marked<'a> {
    pub(crate) index: &'a Index,
    pub(crate) source: &'a str,
    pub(crate) content: &'a Content,
    /// The stretches that are known texts.
    pub(crate) covered: &'a [Range<usize>],
    /// By start, then by length.
    pub(crate) marks: Vec<Mark>,
}

impl<'a> Marked<'a> {
    /// Finds the phrases outside of the given stretches.
    pub(crate) fn new(index: &'a Index, source: &'a str, content: &'a Content, covered: &'a [Range<usize>]) -> Self {
        const LONGEST: usize = 14;
        let units = &content.units;
        let mut marks = Vec::new();
        let mut ahead = covered.iter().peekable();
        let mut start = 0;
        while start < units.len() {
            while ahead.next_if(|range| range.end <= start).is_some() {}
            let limit = match ahead.peek() {
                Some(range) if range.contains(&start) => {
                    start = range.end;
                    continue;
                }
                Some(range) => range.start,
                None => units.len(),
            };
            let rest = units.get(start..(start + LONGEST).min(limit)).unwrap_or_default();
            index.phrases(rest, |length, means, value| {
                if means != MEANS_FILLER {
                    marks.push(Mark { start, end: start + length, means, value });
                }
            });
            start += 1;
        }
        Self { index, source, content, covered, marks }
    }

    /// The marks that start at a unit.
    pub(crate) fn at(&self, unit: usize) -> &[Mark] {
        let from = self.marks.partition_point(|mark| mark.start < unit);
        let to = self.marks.partition_point(|mark| mark.start <= unit);
        self.marks.get(from..to).unwrap_or_default()
    }

    /// The longest mark of one meaning that starts at a unit.
    pub(crate) fn meaning_at(&self, unit: usize, means: u32) -> Option<Mark> {
        self.at(unit).iter().rev().find(|mark| mark.means & means != 0).copied()
    }

    /// The marks of one meaning that start in a stretch.
    pub(crate) fn within(&self, units: Range<usize>, means: u32) -> impl Iterator<Item = Mark> {
        let from = self.marks.partition_point(|mark| mark.start < units.start);
        let to = self.marks.partition_point(|mark| mark.start < units.end);
        let marks = self.marks.get(from..to.max(from)).unwrap_or_default();
        marks.iter().filter(move |mark| mark.means & means != 0).copied()
    }

    /// The longest names, none inside another.
    pub(crate) fn names(&self) -> Vec<Mark> {
        let mut names: Vec<Mark> = Vec::new();
        for mark in self.marks.iter().filter(|mark| mark.means & MEANS_NAME != 0) {
            // `License: GPL` is a label and a name, though lists of spellings have the two as one.
            if LABELS.iter().any(|label| self.is_word(mark.start, *label))
                && self.meaning_at(mark.start + 1, MEANS_NAME).is_some_and(|inner| inner.end >= mark.end)
            {
                continue;
            }
            // A list of everything a spelling may mean says less than a name that is read with its version.
            let tells_more = |last: &Mark| last.value.starts_with('|') && mark.value.starts_with('#');
            let tells_less = |last: &Mark| last.value.starts_with('#') && mark.value.starts_with('|');
            match names.last_mut() {
                Some(last) if last.end > mark.start && tells_more(last) => *last = *mark,
                Some(last) if last.start == mark.start && !tells_less(last) => *last = *mark,
                // `the MIT` is a name, and so is the `MIT X11 license` that starts inside.
                Some(last) if last.end > mark.start && mark.end > last.end && mark.value == last.value => {
                    *last = Mark { start: last.start, ..*mark };
                }
                Some(last) if last.end > mark.start => {}
                _ => names.push(*mark),
            }
        }
        names
    }

    /// Tells whether a unit may stand between the parts of a notice.
    pub(crate) fn is_filler(&self, unit: usize) -> bool {
        let word = self.content.units.get(unit..=unit).unwrap_or_default();
        let mut filler = false;
        self.index.phrases(word, |_, means, _| filler |= means & MEANS_FILLER != 0);
        filler
    }

    /// What stands between two units in the text.
    pub(crate) fn between(&self, before: usize, after: usize) -> &'a str {
        match (self.content.word(before), self.content.word(after)) {
            (Some(before), Some(after)) => {
                self.source.get(before.end as usize..after.start as usize).unwrap_or_default()
            }
            _ => "",
        }
    }

    /// A unit as it is spelled.
    pub(crate) fn spelled(&self, unit: usize) -> &'a str {
        let word = self.content.word(unit);
        word.and_then(|word| self.source.get(word.start as usize..word.end as usize)).unwrap_or_default()
    }

    /// Tells whether a sentence ends before this unit.
    pub(crate) fn ends_sentence(&self, unit: usize) -> bool {
        let Some(before) = unit.checked_sub(1) else { return true };
        self.content.word(unit).is_some_and(|word| word.is(SENTENCE))
            && self
                .between(before, unit)
                .trim_start_matches(['"', '\'', ')', '*', '_', '`', ']', '>'])
                .starts_with(['.', '!'])
    }

    /// Tells whether a unit is the word of this hash.
    pub(crate) fn is_word(&self, unit: usize, hash: u64) -> bool {
        self.content.word(unit).is_some_and(|word| word.hash == hash)
    }
}
