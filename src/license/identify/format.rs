//! Layout of the compiled index of known texts, shared by the code that writes it and the code that reads it.
//!
//! The index is a list of sections of little-endian numbers. Nothing is decoded when the program
//! starts: every access reads the bytes in place.

/// Sections, in the order in which they stand in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// Open-addressed table of [`SLOT`]s from word hash to word number + 1.
    Words,
    /// One byte a word: which of the `WORD_*` constants hold.
    WordKinds,
    /// Records of [`RECORD`] numbers, one a known text.
    Texts,
    /// Words of all known texts, two bytes each.
    Units,
    /// Which of them have `UNIT_*` flags, sorted: place among all units in the low bits, flags above.
    UnitFlags,
    /// How many seeds each bucket has, by the upper bits of the key, as sums like those below.
    SeedBuckets,
    /// Keys of seeds, sorted: the lower bits, two bytes each, which their bucket completes.
    SeedKeys,
    /// How often each seed occurs, as sums: of all before every [`SUMMED`] of them, then a byte for each.
    SeedStarts,
    /// Occurrences, three bytes each: number of the text in the upper bits, position in the [`PLACE_BITS`] lower.
    SeedPlaces,
    /// Pairs of halves of the hash of a whole text, sorted, each followed by the number of the text.
    Whole,
    /// Differences that do not matter: halves of their hash, sorted.
    Harmless,
    /// Open-addressed table of [`SLOT`]s from the hash of a phrase, or of its start, to the number of its meaning + 1
    /// or [`PHRASE_GOES_ON`].
    Phrases,
    /// Meanings of phrases: `MEANS_*` constants, start and length of the value in the strings.
    Meanings,
    /// All strings, UTF-8.
    Strings,
    /// All texts, each deflated.
    Verbatim,
}

/// How many sections there are.
pub(crate) const SECTIONS: usize = 15;

/// Bytes of an entry of an open-addressed table: the upper half of the hash, and two bytes that tell what was found, 0
/// if nothing is there.
pub(crate) const SLOT: usize = 6;

/// Of so many small numbers together the sum of all before is known.
pub(crate) const SUMMED: usize = 16;

/// Bits of an occurrence that hold the position.
pub(crate) const PLACE_BITS: u32 = 14;

/// Numbers in one record of [`Section::Texts`].
pub(crate) const RECORD: usize = 11;

/// Field of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// First byte of the id in the strings.
    IdStart,
    /// Bytes of the id.
    IdLength,
    /// First unit.
    UnitStart,
    /// Number of units.
    UnitCount,
    /// Units that have to be there.
    Required,
    /// Seeds among the required units.
    Seeds,
    /// Which of the `TEXT_*` constants hold.
    Kind,
    /// First byte of the deflated text.
    VerbatimStart,
    /// Bytes of the deflated text.
    VerbatimLength,
    /// Bytes of the text.
    VerbatimSize,
    /// Number + 1 of the text that is its [`dictionary`], 0 if none is.
    Neighbor,
}

/// Bytes of the longest dictionary that deflating knows.
pub(crate) const DICTIONARY: usize = 1 << 15;

/// What of a text is a dictionary for another.
pub(crate) fn dictionary(text: &str) -> &[u8] {
    text.as_bytes().get(text.len().saturating_sub(DICTIONARY)..).unwrap_or_default()
}

/// The text is one of an exception.
pub(crate) const TEXT_EXCEPTION: u32 = 1;
/// The text leaves open whether later versions of the license count.
pub(crate) const TEXT_SUFFIX_UNSTATED: u32 = 2;
/// Bits of a unit that hold the number of the word.
pub(crate) const UNIT_WORD: u32 = (1 << 24) - 1;
/// The unit may be missing.
pub(crate) const UNIT_OPTIONAL: u32 = 1 << 24;
/// Other words may stand in its place.
pub(crate) const UNIT_BLANK: u32 = 1 << 25;
/// The unit is shaped like an item number.
pub(crate) const UNIT_ITEM: u32 = 1 << 26;
/// The unit is an address.
pub(crate) const UNIT_ADDRESS: u32 = 1 << 27;

/// A word that changes what a sentence allows: never absorbed by a blank.
pub(crate) const WORD_GUARD: u8 = 1;
/// An article or the like: exchanged or left out without a change of meaning.
pub(crate) const WORD_MINOR: u8 = 2;

/// A hash in the table of phrases is that of the start of longer ones only.
pub(crate) const PHRASE_GOES_ON: u16 = u16::MAX;

/// The phrase puts something under the license named behind it.
pub(crate) const MEANS_GRANT: u32 = 1;
/// The phrase may stand between a grant and a name, or between a name and its version.
pub(crate) const MEANS_FILLER: u32 = 1 << 1;
/// Later versions count too.
pub(crate) const MEANS_LATER: u32 = 1 << 2;
/// Later versions do not count.
pub(crate) const MEANS_ONLY: u32 = 1 << 3;
/// Licenses are offered for choice.
pub(crate) const MEANS_EITHER: u32 = 1 << 4;
/// Licenses apply each to a part.
pub(crate) const MEANS_BOTH: u32 = 1 << 5;
/// What is named is not granted.
pub(crate) const MEANS_DENIAL: u32 = 1 << 6;
/// The license stands elsewhere.
pub(crate) const MEANS_REFERENCE: u32 = 1 << 7;
/// The phrase limits a grant.
pub(crate) const MEANS_LIMIT: u32 = 1 << 8;
/// The phrase names a license; the value says which.
pub(crate) const MEANS_NAME: u32 = 1 << 9;
/// The name is unmistakable.
pub(crate) const MEANS_STRONG: u32 = 1 << 10;
/// The phrase names an exception; the value is its id.
pub(crate) const MEANS_EXCEPTION: u32 = 1 << 11;
/// The phrase is the address of a license; the value says which.
pub(crate) const MEANS_ADDRESS: u32 = 1 << 12;
/// Words that look like a limit and set none.
pub(crate) const MEANS_NO_LIMIT: u32 = 1 << 13;

/// Hash before the first word of a phrase.
pub(crate) const PHRASE_SEED: u64 = 0x6a09_e667_f3bc_c908;

/// Number of a word that no known text has.
pub(crate) const UNKNOWN: u32 = UNIT_WORD;
/// Stands in a wording for a name that may be filled in: see [`Section::Harmless`].
pub(crate) const GAP: u32 = UNIT_WORD - 1;
/// Stands for all wordings with a [`GAP`] that may take the place of one: few have any.
pub(crate) const NAMED: &[u32] = &[GAP, UNKNOWN];

/// Words in a seed.
pub(crate) const SEED_LENGTH: usize = 4;
/// Of so many neighboring seeds, the least is kept.
pub(crate) const SEED_WINDOW: usize = 4;
/// Bits of the bucket of a seed.
pub(crate) const SEED_BUCKET_BITS: u32 = 16;

/// Calls `found` with position and key of the seeds of a text.
///
/// Of every [`SEED_WINDOW`] neighboring runs of [`SEED_LENGTH`] words the one with the least key
/// counts, so that two texts that share a long enough run share its seeds.
pub(crate) fn seeds(words: &[u32], mut found: impl FnMut(usize, u32)) {
    let mut window = [(u32::MAX, usize::MAX); SEED_WINDOW];
    let mut last = usize::MAX;
    let mut run = 0;
    for (at, grams) in words.windows(SEED_LENGTH).enumerate() {
        let known = grams.iter().all(|word| *word != UNKNOWN);
        let key = if known { seed_key(grams) } else { u32::MAX };
        if let Some(slot) = window.get_mut(at % SEED_WINDOW) {
            *slot = (key, at);
        }
        run += 1;
        if run < SEED_WINDOW {
            continue;
        }
        if let Some(&(key, place)) = window.iter().min()
            && key != u32::MAX
            && place != last
        {
            last = place;
            found(place, key);
        }
    }
    if run > 0 && run < SEED_WINDOW {
        // Shorter than a window: every run counts.
        for &(key, place) in window.iter().take(run) {
            if key != u32::MAX {
                found(place, key);
            }
        }
    }
}

fn seed_key(words: &[u32]) -> u32 {
    let hash = words.iter().fold(0x9e37_79b9_7f4a_7c15_u64, |hash, word| fold(hash, u64::from(*word)));
    // The finishing step of a multiplicative hash: the upper bits depend on all words.
    let mixed = (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    u32::try_from(mixed >> 32).unwrap_or_default()
}

/// Adds a number to a hash.
pub(crate) const fn fold(hash: u64, number: u64) -> u64 {
    (hash.rotate_left(5) ^ number).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// Hash of a sequence of words.
pub(crate) fn sequence_hash(words: impl IntoIterator<Item = u32>) -> u64 {
    let hash = words.into_iter().fold(0x2545_f491_4f6c_dd1d_u64, |hash, word| fold(hash, u64::from(word)));
    hash ^ (hash >> 31)
}

/// Hash of a difference: words taken out and words put in, in one text or in any.
pub(crate) fn difference_hash(text: Option<u32>, removed: &[u32], added: &[u32]) -> u64 {
    let scope = text.map_or(0, |text| u64::from(text) + 1);
    let hash = fold(fold(0, scope), sequence_hash(removed.iter().copied()));
    let hash = fold(hash, sequence_hash(added.iter().copied()));
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(words: &[u32]) -> Vec<u32> {
        let mut keys = Vec::new();
        seeds(words, |_, key| keys.push(key));
        keys
    }

    #[test]
    fn shared_runs_share_seeds() {
        let long: Vec<u32> = (0..200).collect();
        let part = keys(&long[50..57]);
        assert!(!part.is_empty());
        let all = keys(&long);
        assert!(part.iter().any(|key| all.contains(key)));
    }

    #[test]
    fn short_texts_have_seeds_and_unknown_words_none() {
        assert_eq!(keys(&[1, 2, 3, 4]).len(), 1);
        assert_eq!(keys(&[1, 2, 3]).len(), 0);
        assert_eq!(keys(&[1, 2, UNKNOWN, 3, 4]).len(), 0);
    }
}
