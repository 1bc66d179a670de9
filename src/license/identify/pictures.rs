//! Statements about a picture that goes with a work, such as its logo, and not about the work.
//!
//! Only what shows a work and is no part of how it works counts: icons, fonts and documentation are of use to whoever
//! uses the work.

use super::phrases::Marked;
use super::words::{LINE_START, PARAGRAPH, hash_of};

const PICTURES: [u64; 4] = [hash_of("logo"), hash_of("logos"), hash_of("logotype"), hash_of("mascot")];

/// Words that may tell of more than a picture.
const MORE: [u64; 18] = [
    hash_of("all"),
    hash_of("and"),
    hash_of("assets"),
    hash_of("code"),
    hash_of("content"),
    hash_of("contents"),
    hash_of("documentation"),
    hash_of("everything"),
    hash_of("except"),
    hash_of("files"),
    hash_of("including"),
    hash_of("library"),
    hash_of("or"),
    hash_of("program"),
    hash_of("repository"),
    hash_of("software"),
    hash_of("source"),
    hash_of("without"),
];

/// Tells whether the name of a license at a unit is that of a picture: by its sentence up to there, or else by the
/// heading above.
pub(crate) fn is_of_picture(marked: &Marked<'_>, unit: usize) -> bool {
    const LONGEST: usize = 40;
    const HEADING: usize = 5;
    let is = |unit: usize, flags: u8| marked.content.word(unit).is_some_and(|word| word.is(flags));
    let one_of = |unit: usize, words: &[u64]| words.iter().any(|word| marked.is_word(unit, *word));
    let opens = |unit: &usize| *unit == 0 || is(*unit, PARAGRAPH) || marked.ends_sentence(*unit);
    let Some(start) = (unit.saturating_sub(LONGEST)..=unit).rev().find(opens) else { return false };
    if (start..unit).any(|unit| one_of(unit, &MORE)) {
        return false;
    }
    if (start..unit).any(|unit| one_of(unit, &PICTURES)) {
        return true;
    }
    // The line above, if it is a paragraph of its own.
    let above = start.saturating_sub(HEADING)..start;
    let Some(heading) = above.rev().find(|unit| *unit == 0 || is(*unit, LINE_START | PARAGRAPH)) else { return false };
    is(start, PARAGRAPH)
        && (heading == 0 || is(heading, PARAGRAPH))
        && (heading..start).any(|unit| one_of(unit, &PICTURES))
        && !(heading..start).any(|unit| one_of(unit, &MORE))
}
