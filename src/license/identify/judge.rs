//! Which differences between a text and a known text matter.

use std::cmp::Reverse;
use std::rc::Rc;

use super::align::{Alignment, Difference, align};
use super::format::{
    GAP, NAMED, UNIT_ADDRESS, UNIT_BLANK, UNIT_ITEM, UNIT_OPTIONAL, UNIT_WORD, UNKNOWN, WORD_GUARD, WORD_MINOR,
    difference_hash,
};
use super::index::{Content, Index, TextNumber};
use super::library::{Known, Library};
use super::search::Candidate;
use super::words::{ADDRESS, COPYRIGHT, ITEM, ITEM_LIKE, Word, hash_of, is_hidden};

/// A stretch of a text that is a known text, or was made from one.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    /// The known text.
    pub(crate) text: TextNumber,
    /// The stretch and its differences.
    pub(crate) alignment: Alignment,
    /// The differences that matter.
    pub(crate) matter: Vec<Difference>,
    /// Words in them.
    pub(crate) weight: usize,
    /// Words in the other differences, but for those that no comparison counts.
    pub(crate) harmless: usize,
}

impl Judged {
    /// Sort key: the better, the less.
    pub(crate) fn rank(&self) -> (usize, Reverse<usize>, usize, usize) {
        (self.weight, Reverse(self.alignment.found.len()), self.harmless, self.missing())
    }

    /// Words of the known text that are not there, whether they have to be or not.
    fn missing(&self) -> usize {
        self.alignment.differences.iter().map(|difference| difference.known.len()).sum()
    }

    /// Share of the known text that is found unchanged, from 0 to 1.
    pub(crate) fn likeness(&self, index: &Index) -> f64 {
        let required = f64::from(index.required(self.text).max(1));
        let weight = f64::from(u32::try_from(self.weight).unwrap_or(u32::MAX));
        (1.0 - weight / required).max(0.0)
    }
}

/// Compares a text with the known texts of candidates, the likeliest closely.
pub(crate) fn judge(library: &Library<'_>, source: &str, content: &Content, candidates: &[&Candidate]) -> Vec<Judged> {
    /// So many are looked at closely.
    const CLOSELY: usize = 3;
    let index = library.index;
    let mut rough: Vec<(usize, Comparison<'_>, Alignment)> = Vec::new();
    for candidate in candidates {
        let known = library.open(candidate.text);
        let Some(alignment) = align(&content.units, &known.units, candidate) else { continue };
        let comparison = Comparison { index, source, content, known };
        let differences = alignment.differences.iter();
        let weight = differences.map(|difference| comparison.weigh(difference, Care::Rough).words()).sum();
        rough.push((weight, comparison, alignment));
    }
    rough.sort_by_key(|(weight, comparison, _)| (*weight, Reverse(comparison.known.units.len())));
    let mut judged: Vec<Judged> = Vec::new();
    for (weight, comparison, alignment) in rough.into_iter().take(CLOSELY) {
        let mut next = Judged { text: comparison.known.text, alignment, matter: Vec::new(), weight, harmless: 0 };
        if next.likeness(index) >= HOPELESS {
            comparison.judge(&mut next);
            judged.push(next);
        }
    }
    judged
}

/// Less of a known text than this is not worth a closer look.
const HOPELESS: f64 = 0.4;

/// How closely a difference is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Care {
    /// By the numbers of the words alone.
    Rough,
    /// By their letters too, and by what is not counted in either text.
    Full,
}

enum Weight {
    /// Nothing that counts.
    None,
    /// Another wording of the same.
    Harmless(usize),
    /// Another meaning, for all that is known.
    Matters(usize),
}

impl Weight {
    /// Words that matter.
    fn words(&self) -> usize {
        match self {
            Self::Matters(words) => *words,
            Self::None | Self::Harmless(_) => 0,
        }
    }
}

struct Comparison<'a> {
    index: &'a Index,
    source: &'a str,
    content: &'a Content,
    known: Rc<Known>,
}

impl Comparison<'_> {
    fn judge(&self, judged: &mut Judged) {
        judged.weight = 0;
        let mut rest = judged.alignment.differences.as_slice();
        while let Some((difference, after)) = rest.split_first() {
            rest = after;
            match self.weigh(difference, Care::Full) {
                Weight::None => {}
                Weight::Harmless(words) => judged.harmless += words,
                Weight::Matters(words) => {
                    if let Some((merged, words)) = self.harmless_together(difference, after) {
                        rest = after.get(merged..).unwrap_or_default();
                        judged.harmless += words;
                        continue;
                    }
                    judged.weight += words;
                    judged.matter.push(difference.clone());
                }
            }
        }
    }

    fn weigh(&self, difference: &Difference, care: Care) -> Weight {
        let known = self.known.units.get(difference.known.clone()).unwrap_or_default();
        let broken = self.breaks_optional(difference);
        let counts = |unit: &&u32| {
            let optional = **unit & UNIT_OPTIONAL != 0 && !(broken && self.index.word_is(**unit, WORD_GUARD));
            !optional && **unit & (UNIT_ITEM | UNIT_ADDRESS) == 0
        };
        let removed: Vec<u32> = known.iter().filter(counts).copied().collect();
        let added: Vec<(usize, u32)> = difference
            .found
            .clone()
            .filter(|&at| self.content.word(at).is_some_and(|word| !word.is(ADDRESS | ITEM_LIKE)))
            .filter_map(|at| Some((at, *self.content.units.get(at)?)))
            .collect();
        if removed.is_empty() && added.is_empty() {
            return Weight::None;
        }
        let size = removed.len() + added.len();
        if self.fills_blank(difference, &removed, &added) {
            return Weight::None;
        }
        let plain = |unit: u32| unit & UNIT_WORD;
        let removed_words: Vec<u32> = removed.iter().copied().map(plain).collect();
        let added_words: Vec<u32> = added.iter().map(|(_, unit)| *unit).collect();
        let strong = |words: &[u32]| -> Vec<u32> {
            words.iter().copied().filter(|&word| !self.index.word_is(word, WORD_MINOR)).collect()
        };
        let (strong_removed, strong_added) = (strong(&removed_words), strong(&added_words));
        if strong_removed == strong_added
            || self.is_harmless(&removed_words, &added_words)
            || self.is_harmless(&strong_removed, &strong_added)
        {
            return Weight::Harmless(size);
        }
        if care == Care::Rough {
            return Weight::Matters(size);
        }
        if self.set_aside(difference, &removed, &added) {
            return Weight::None;
        }
        if self.same_letters(difference) || self.misspelled(difference, &removed_words, &added) {
            return Weight::Harmless(size);
        }
        Weight::Matters(size)
    }

    /// Tells whether an optional part is there but for these words: a part may be left out, a `not` in it may not.
    fn breaks_optional(&self, difference: &Difference) -> bool {
        const LONGEST: usize = 6;
        let optional = |at: usize| self.known.units.get(at).is_some_and(|unit| unit & UNIT_OPTIONAL != 0);
        difference.known.len() <= LONGEST
            && difference.known.start.checked_sub(1).is_some_and(optional)
            && optional(difference.known.end)
    }

    /// Tells whether this difference and some that follow it closely are together another wording of
    /// the same; returns how many follow, and the words in them.
    fn harmless_together(&self, first: &Difference, after: &[Difference]) -> Option<(usize, usize)> {
        const MOST: usize = 6;
        const NEAR: usize = 8;
        let mut end = first.known.end;
        for (at, next) in after.iter().enumerate().take(MOST) {
            if next.known.start > end + NEAR {
                return None;
            }
            end = next.known.end;
            let known = self.known.units.get(first.known.start..next.known.end)?;
            let known: Vec<u32> = known.iter().map(|unit| unit & UNIT_WORD).collect();
            let found = self.content.units.get(first.found.start..next.found.end)?;
            if self.is_harmless(&known, found) || self.names_somebody(&known, first.found.start..next.found.end) {
                return Some((at + 1, known.len() + found.len()));
            }
        }
        None
    }

    fn is_harmless(&self, removed: &[u32], added: &[u32]) -> bool {
        self.index.harmless(difference_hash(None, removed, added))
            || self.index.harmless(difference_hash(Some(self.known.text), removed, added))
    }

    /// Tells whether the words are another wording of the same with a name filled in.
    fn names_somebody(&self, known: &[u32], found: std::ops::Range<usize>) -> bool {
        const LONGEST_NAME: usize = 12;
        const LONGEST: usize = 60;
        let units = self.content.units.get(found.clone()).unwrap_or_default();
        if units.len() > LONGEST || !self.is_harmless(known, NAMED) {
            return false;
        }
        let guard = |unit: usize| self.content.units.get(unit).is_some_and(|&word| !self.may_name(word));
        (0..units.len()).any(|start| {
            let longest = (start + LONGEST_NAME).min(units.len());
            let ends = (start + 1..=longest).take_while(|end| !guard(found.start + end - 1));
            ends.into_iter().any(|end| {
                let (before, after) = (units.get(..start), units.get(end..));
                let wording = [before.unwrap_or_default(), &[GAP], after.unwrap_or_default()].concat();
                self.is_harmless(known, &wording)
            })
        })
    }

    /// Tells whether a word may stand in a name, or between several: `neither the name of Ada nor that of Charles`.
    fn may_name(&self, word: u32) -> bool {
        !self.index.word_is(word, WORD_GUARD) || word == self.index.word(hash_of("nor"))
    }

    /// Tells whether the added words stand where the known text leaves room for them.
    fn fills_blank(&self, difference: &Difference, removed: &[u32], added: &[(usize, u32)]) -> bool {
        const LONGEST: usize = 24;
        let known = self.known.units.get(difference.known.clone()).unwrap_or_default();
        let around = [difference.known.start.checked_sub(1), Some(difference.known.end)];
        let around = around.into_iter().flatten().filter_map(|at| self.known.units.get(at));
        let beside_blank = around.clone().any(|unit| unit & UNIT_BLANK != 0);
        let mut around = around;
        let in_optional = added.is_empty() || around.any(|unit| unit & UNIT_OPTIONAL != 0);
        let has_blank = beside_blank || known.iter().any(|unit| unit & UNIT_BLANK != 0);
        let all_blank = removed.iter().all(|unit| unit & UNIT_BLANK != 0 || self.index.word_is(*unit, WORD_MINOR));
        let quiet = added.len() <= LONGEST && added.iter().all(|(_, unit)| !self.index.word_is(*unit, WORD_GUARD));
        let names = !removed.is_empty() && added.len() <= LONGEST && added.iter().all(|(_, unit)| self.may_name(*unit));
        has_blank && all_blank && (quiet || names) || quiet && removed.is_empty() && in_optional
    }

    /// Tells whether both sides have the same letters: words joined or parted, as at a hyphen.
    fn same_letters(&self, difference: &Difference) -> bool {
        let (n_known, n_found) = (difference.known.len(), difference.found.len());
        if n_known == 0 || n_found == 0 || (n_known, n_found) == (1, 1) {
            return false;
        }
        let found: String = difference
            .found
            .clone()
            .filter_map(|at| self.content.word(at))
            .map(|word| letters(self.source, word))
            .collect();
        let known = self.known_letters(difference);
        found.eq_ignore_ascii_case(&known)
    }

    fn known_letters(&self, difference: &Difference) -> String {
        let published = self.known.published(self.index);
        let words = difference.known.clone().filter_map(|unit| published.content.word(unit));
        words.map(|word| letters(&published.text, word)).collect()
    }

    /// Tells whether the words stand in the other text too, but were not counted there: copyright
    /// lines and item numbers that line breaks made look different.
    fn set_aside(&self, difference: &Difference, removed: &[u32], added: &[(usize, u32)]) -> bool {
        let removed_hidden = removed.is_empty() || {
            let aside: Vec<u32> =
                aside(self.content, &difference.found).iter().map(|word| self.index.word(word.hash)).collect();
            in_order(removed.iter().map(|unit| unit & UNIT_WORD), &aside)
        };
        if !removed_hidden || added.is_empty() {
            return removed_hidden;
        }
        let hashes: Vec<u64> =
            added.iter().filter_map(|(unit, _)| self.content.word(*unit)).map(|word| word.hash).collect();
        let known = difference.known.clone();
        let published = self.known.published(self.index);
        let aside: Vec<u64> = aside(&published.content, &known).iter().map(|word| word.hash).collect();
        in_order(hashes, &aside)
    }

    /// Tells whether one word is the plural of the other, or a slip in writing it: long, and no word of any license.
    fn misspelled(&self, difference: &Difference, removed: &[u32], added: &[(usize, u32)]) -> bool {
        const SHORTEST: usize = 6;
        let ([removed], [(at, unit)]) = (removed, added) else {
            return false;
        };
        if self.index.word_is(*removed, WORD_GUARD) || self.index.word_is(*unit, WORD_GUARD) {
            return false;
        }
        let Some(found) = self.content.word(*at).map(|word| letters(self.source, word).to_lowercase()) else {
            return false;
        };
        let is_known = |word: &str| self.index.word(hash_of(word)) == *removed;
        let singular = |many: &str| match many.strip_suffix("ies") {
            Some(stem) => is_known(&format!("{stem}y")),
            None => many.strip_suffix('s').is_some_and(is_known),
        };
        let plural = |one: &str| {
            is_known(&format!("{one}s")) || one.strip_suffix('y').is_some_and(|stem| is_known(&format!("{stem}ies")))
        };
        if plural(&found) || singular(&found) {
            return true;
        }
        if *unit != UNKNOWN || found.len() < SHORTEST || !found.is_ascii() {
            return false;
        }
        let known = self.known_letters(difference).to_lowercase();
        let most = if found.get(..2) == known.get(..2) { 2 } else { 1 };
        known.len() >= SHORTEST && distance(found.as_bytes(), known.as_bytes()) <= most
    }
}

/// The words around a stretch of units that do not count.
fn aside(content: &Content, units: &std::ops::Range<usize>) -> Vec<Word> {
    const MOST: usize = 80;
    let place = |unit: usize| content.places.get(unit).map(|place| *place as usize);
    // One unit more on either side: where a word repeats, it is not said which of the two is missing.
    let from = units.start.checked_sub(2).and_then(place).map_or(0, |place| place + 1);
    let to = place(units.end + 1).unwrap_or(content.words.len());
    let words = content.words.get(from..to).unwrap_or_default();
    words.iter().filter(|word| word.is(ITEM | COPYRIGHT)).take(MOST).copied().collect()
}

/// Tells whether these words stand among others, in the same order.
fn in_order<T: PartialEq>(words: impl IntoIterator<Item = T>, among: &[T]) -> bool {
    let mut among = among.iter();
    words.into_iter().all(|word| among.any(|other| *other == word))
}

fn letters(text: &str, word: &Word) -> String {
    let spelled = text.get(word.start as usize..word.end as usize).unwrap_or_default();
    spelled.chars().filter(|letter| letter.is_alphanumeric() || is_hidden(*letter)).collect()
}

/// Number of letters to change, add or leave out to turn one word into the other.
fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, from) in left.iter().enumerate() {
        let mut diagonal = at;
        let mut before = at + 1;
        if let Some(first) = row.first_mut() {
            *first = before;
        }
        for (cell, to) in row.iter_mut().skip(1).zip(right) {
            let changed = diagonal + usize::from(from != to);
            diagonal = *cell;
            *cell = changed.min(diagonal + 1).min(before + 1);
            before = *cell;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance(b"merchantability", b"merchantibility"), 1);
        assert_eq!(distance(b"abc", b"abc"), 0);
        assert_eq!(distance(b"", b"ab"), 2);
    }
}
