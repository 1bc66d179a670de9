//! The compiled index of known texts, read in place.

use std::ops::Range;
use std::sync::LazyLock;

use flate2::{Decompress, FlushDecompress};

use super::copyright::mark;
use super::format::{
    Field, PHRASE_GOES_ON, PHRASE_SEED, PLACE_BITS, RECORD, SECTIONS, SEED_BUCKET_BITS, SLOT, SUMMED, Section,
    UNIT_WORD, UNKNOWN, dictionary, fold,
};
use super::words::{COPYRIGHT, ITEM, Word, split};

/// The texts that are known.
pub(crate) struct Index {
    sections: [&'static [u8]; SECTIONS],
}

/// Number of a known text.
pub(crate) type TextNumber = u32;

/// Where a seed occurs in the known texts: the same for every seed of the same words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Occurrences {
    start: u32,
    end: u32,
}

/// A text as it is compared: its words, and which of them count.
pub(crate) struct Content {
    /// All words, in order.
    pub(crate) words: Vec<Word>,
    /// Numbers of the words that count.
    pub(crate) units: Vec<u32>,
    /// For each of these its place among all words.
    pub(crate) places: Vec<u32>,
}

impl Content {
    /// Returns the word behind a unit.
    pub(crate) fn word(&self, unit: usize) -> Option<&Word> {
        self.words.get(*self.places.get(unit)? as usize)
    }
}

/// Returns the index that was compiled into the program.
pub(crate) fn compiled() -> &'static Index {
    static INDEX: LazyLock<Index> =
        LazyLock::new(|| Index::new(include_bytes!(concat!(env!("OUT_DIR"), "/texts.idx"))));
    &INDEX
}

/// Reads the number at place `at` of a section.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at.checked_mul(4)?..)?;
    bytes.first_chunk().map(|chunk| u32::from_le_bytes(*chunk))
}

impl Index {
    fn new(bytes: &'static [u8]) -> Self {
        let mut sections: [&[u8]; SECTIONS] = [&[]; SECTIONS];
        for (at, section) in sections.iter_mut().enumerate() {
            if let (Some(start), Some(length)) = (number(bytes, at * 2), number(bytes, at * 2 + 1)) {
                *section = bytes.get(start as usize..(start + length) as usize).unwrap_or_default();
            }
        }
        Self { sections }
    }

    fn section(&self, section: Section) -> &'static [u8] {
        self.sections.get(section as usize).copied().unwrap_or_default()
    }

    fn at(&self, section: Section, at: usize) -> Option<u32> {
        number(self.section(section), at)
    }

    /// How many texts there are.
    pub(crate) fn n_texts(&self) -> u32 {
        u32::try_from(self.section(Section::Texts).len() / 4 / RECORD).unwrap_or_default()
    }

    fn field(&self, text: TextNumber, field: Field) -> u32 {
        self.at(Section::Texts, text as usize * RECORD + field as usize).unwrap_or_default()
    }

    /// The id of a text.
    pub(crate) fn id(&self, text: TextNumber) -> &'static str {
        let start = self.field(text, Field::IdStart) as usize;
        let end = start + self.field(text, Field::IdLength) as usize;
        let bytes = self.section(Section::Strings).get(start..end).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// Tells whether one of these `TEXT_*` constants holds.
    pub(crate) fn is(&self, text: TextNumber, kind: u32) -> bool {
        self.field(text, Field::Kind) & kind != 0
    }

    /// How many seeds the required part of a text has.
    pub(crate) fn n_seeds(&self, text: TextNumber) -> u32 {
        self.field(text, Field::Seeds)
    }

    /// How many words have to be there.
    pub(crate) fn required(&self, text: TextNumber) -> u32 {
        self.field(text, Field::Required)
    }

    /// The units of a text.
    pub(crate) fn units(&self, text: TextNumber) -> Vec<u32> {
        let start = self.field(text, Field::UnitStart);
        let end = start + self.field(text, Field::UnitCount);
        let bytes = self.section(Section::Units).get(start as usize * 2..end as usize * 2).unwrap_or_default();
        let mut units: Vec<u32> =
            bytes.as_chunks().0.iter().map(|chunk| u32::from(u16::from_le_bytes(*chunk))).collect();
        let flags = self.section(Section::UnitFlags).as_chunks().0;
        let place = |chunk: &[u8; 4]| u32::from_le_bytes(*chunk) & UNIT_WORD;
        let first = flags.partition_point(|chunk| place(chunk) < start);
        for chunk in flags.iter().skip(first).take_while(|chunk| place(chunk) < end) {
            if let Some(unit) = units.get_mut((place(chunk) - start) as usize) {
                *unit |= u32::from_le_bytes(*chunk) & !UNIT_WORD;
            }
        }
        units
    }

    /// The text itself, as published.
    pub(crate) fn verbatim(&self, text: TextNumber) -> String {
        let start = self.field(text, Field::VerbatimStart) as usize;
        let end = start + self.field(text, Field::VerbatimLength) as usize;
        let bytes = self.section(Section::Verbatim).get(start..end).unwrap_or_default();
        let mut inflater = Decompress::new(false);
        if let Some(neighbor) = self.field(text, Field::Neighbor).checked_sub(1) {
            // The bytes were written by our own build; a failure would leave the text empty.
            let _ = inflater.set_dictionary(dictionary(&self.verbatim(neighbor)));
        }
        let mut verbatim = Vec::with_capacity(self.field(text, Field::VerbatimSize) as usize);
        let _ = inflater.decompress_vec(bytes, &mut verbatim, FlushDecompress::Finish);
        String::from_utf8(verbatim).unwrap_or_default()
    }

    /// Number of a word, [`UNKNOWN`] if no text has it.
    pub(crate) fn word(&self, hash: u64) -> u32 {
        self.slot(Section::Words, hash).map_or(UNKNOWN, |number| u32::from(number) - 1)
    }

    /// Looks a hash up in an open-addressed table.
    fn slot(&self, section: Section, hash: u64) -> Option<u16> {
        let table = self.section(section).as_chunks::<SLOT>().0;
        let mask = table.len().wrapping_sub(1);
        let tag = u32::try_from(hash >> 32).ok()?;
        let mut slot = usize::try_from(hash & mask as u64).ok()?;
        for _ in 0..table.len() {
            let &[a, b, c, d, low, high] = table.get(slot)?;
            let value = u16::from_le_bytes([low, high]);
            if value == 0 {
                return None;
            }
            if u32::from_le_bytes([a, b, c, d]) == tag {
                return Some(value);
            }
            slot = (slot + 1) & mask;
        }
        None
    }

    /// Tells whether a word is of one of these `WORD_*` kinds.
    pub(crate) fn word_is(&self, word: u32, kind: u8) -> bool {
        let kinds = self.section(Section::WordKinds).get((word & UNIT_WORD) as usize);
        kinds.is_some_and(|kinds| kinds & kind != 0)
    }

    /// Cuts a text into what is compared.
    pub(crate) fn content(&self, text: &str) -> Content {
        let mut words = split(text);
        mark(text, &mut words);
        let mut units = Vec::with_capacity(words.len());
        let mut places = Vec::with_capacity(words.len());
        for (place, word) in words.iter().enumerate() {
            if !word.is(ITEM | COPYRIGHT) {
                units.push(self.word(word.hash));
                places.push(u32::try_from(place).unwrap_or(u32::MAX));
            }
        }
        Content { words, units, places }
    }

    /// Where a seed occurs, if it stands in any known text.
    pub(crate) fn seed(&self, key: u32) -> Option<Occurrences> {
        let keys = self.section(Section::SeedKeys).as_chunks().0;
        let bucket =
            self.counted(Section::SeedBuckets, 1 << SEED_BUCKET_BITS, (key >> (32 - SEED_BUCKET_BITS)) as usize)?;
        let [low, high, ..] = key.to_le_bytes();
        let at = bucket.start + keys.get(bucket)?.iter().position(|chunk| *chunk == [low, high])?;
        let places = self.counted(Section::SeedStarts, keys.len(), at)?;
        Some(Occurrences { start: u32::try_from(places.start).ok()?, end: u32::try_from(places.end).ok()? })
    }

    /// Where the things counted by entry `at` of a section of sums stand among all.
    fn counted(&self, section: Section, n_entries: usize, at: usize) -> Option<Range<usize>> {
        let (sums, counts) = self.section(section).split_at_checked(n_entries.div_ceil(SUMMED) * 4)?;
        let group = at / SUMMED;
        let before = counts.get(group * SUMMED..at)?;
        let start = number(sums, group)? as usize + before.iter().map(|count| usize::from(*count)).sum::<usize>();
        Some(start..start + usize::from(*counts.get(at)?))
    }

    /// Pairs of text and position.
    pub(crate) fn occurrences(&self, of: Occurrences) -> impl DoubleEndedIterator<Item = (TextNumber, u32)> {
        let places = self.section(Section::SeedPlaces).as_chunks().0.get(of.start as usize..of.end as usize);
        places.unwrap_or_default().iter().map(|&[low, middle, high]| {
            let place = u32::from_le_bytes([low, middle, high, 0]);
            (place >> PLACE_BITS, place & ((1 << PLACE_BITS) - 1))
        })
    }

    /// The text whose words have this hash.
    pub(crate) fn whole(&self, hash: u64) -> Option<TextNumber> {
        let entries = self.section(Section::Whole).as_chunks::<12>().0;
        let key = |entry: &[u8; 12]| entry.first_chunk().map_or(0, |chunk| u64::from_le_bytes(*chunk));
        let at = entries.partition_point(|entry| key(entry) < hash);
        let entry = entries.get(at).filter(|entry| key(entry) == hash)?;
        entry.last_chunk().map(|chunk| u32::from_le_bytes(*chunk))
    }

    /// Calls `found` with every phrase that starts with the first of these words: length, `MEANS_*`, value.
    pub(crate) fn phrases(&self, words: &[u32], mut found: impl FnMut(usize, u32, &'static str)) {
        let mut hash = PHRASE_SEED;
        for (at, word) in words.iter().enumerate() {
            hash = fold(hash, u64::from(*word));
            let Some(place) = self.slot(Section::Phrases, hash) else { break };
            if place == PHRASE_GOES_ON {
                continue;
            }
            let meaning = (usize::from(place) - 1) * 3;
            let read = |offset| self.at(Section::Meanings, meaning + offset).unwrap_or_default();
            let (start, length) = (read(1) as usize, read(2) as usize);
            let value = self.section(Section::Strings).get(start..start + length).unwrap_or_default();
            found(at + 1, read(0), std::str::from_utf8(value).unwrap_or_default());
        }
    }

    /// Tells whether a difference with this hash does not matter.
    pub(crate) fn harmless(&self, hash: u64) -> bool {
        /// Hashes lie evenly: hardly ever farther from the place they should have.
        const FAR: usize = 32;
        let entries = self.section(Section::Harmless).as_chunks::<8>().0;
        let at = |place: usize| entries.get(place).map(|entry| u64::from_le_bytes(*entry));
        let place = usize::try_from((u128::from(hash) * entries.len() as u128) >> 64).unwrap_or_default();
        let from = if at(place.saturating_sub(FAR)).is_some_and(|entry| entry <= hash) {
            place.saturating_sub(FAR)
        } else {
            0
        };
        let to = if at(place + FAR).is_some_and(|entry| entry > hash) { place + FAR } else { entries.len() };
        let near = entries.get(from..to).unwrap_or_default();
        near.binary_search_by_key(&hash, |entry| u64::from_le_bytes(*entry)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::super::format::sequence_hash;
    use super::*;

    #[test]
    fn words_of_texts_are_numbered_as_when_compiled() {
        let index = compiled();
        assert!(index.n_texts() > 600);
        for text in 0..index.n_texts() {
            let content = index.content(&index.verbatim(text));
            let units: Vec<u32> = index.units(text).iter().map(|unit| unit & UNIT_WORD).collect();
            assert_eq!(content.units, units, "{}", index.id(text));
            let found = index.whole(sequence_hash(units)).map(|found| index.id(found));
            assert_eq!(found, Some(index.id(text)), "two texts with the same words");
        }
    }
}
