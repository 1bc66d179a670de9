//! Copyright lines: set aside before texts are compared, and kept for attribution.
//!
//! A line counts only if it has the form of a statement (a mark or the word, then a year, a name
//! or a blank to fill in). A line that also holds words of permission or prohibition stays part
//! of the text: nothing that changes a license can hide in it.

use super::words::{ADDRESS, BLANK, COPYRIGHT, ITEM, LINE_START, PARAGRAPH, SENTENCE, Word, hash_of};

/// Marks the words of copyright lines with [`COPYRIGHT`].
pub(crate) fn mark(text: &str, words: &mut [Word]) {
    let mut at = 0;
    let mut line_start = 0;
    while let Some(&word) = words.get(at) {
        if word.is(LINE_START) {
            line_start = at;
        }
        if let Some(end) = statement(text, words, at, line_start) {
            for word in words.get_mut(line_start..end).unwrap_or_default() {
                word.flags |= COPYRIGHT;
            }
            at = end;
        } else if let Some(end) = reserved(text, words, at) {
            for word in words.get_mut(at..end).unwrap_or_default() {
                word.flags |= COPYRIGHT;
            }
            at = end;
        } else {
            at += 1;
        }
    }
}

/// Words that open a statement.
pub(crate) const WORD: [u64; 5] =
    [hash_of("copyright"), hash_of("copyrights"), hash_of("copr"), hash_of("copyrighted"), hash_of("copyleft")];
/// The mark that opens a statement.
pub(crate) const MARK: u64 = hash_of("c");

/// Words after `copyright` that show it is not a statement.
const PROSE: [u64; 32] = [
    hash_of("notice"),
    hash_of("notices"),
    hash_of("holder"),
    hash_of("holders"),
    hash_of("owner"),
    hash_of("owners"),
    hash_of("law"),
    hash_of("laws"),
    hash_of("license"),
    hash_of("licence"),
    hash_of("licenses"),
    hash_of("act"),
    hash_of("and"),
    hash_of("or"),
    hash_of("statement"),
    hash_of("in"),
    hash_of("interest"),
    hash_of("is"),
    hash_of("protection"),
    hash_of("permission"),
    hash_of("file"),
    hash_of("treaty"),
    hash_of("treaties"),
    hash_of("rights"),
    hash_of("information"),
    hash_of("disclaimer"),
    hash_of("on"),
    hash_of("to"),
    hash_of("for"),
    hash_of("the"),
    hash_of("infringement"),
    hash_of("status"),
];

/// Words with which the text goes on behind a statement on the same line.
const TEXT: [u64; 20] = [
    hash_of("permission"),
    hash_of("permissions"),
    hash_of("redistribution"),
    hash_of("licensed"),
    hash_of("under"),
    hash_of("released"),
    hash_of("distributed"),
    hash_of("license"),
    hash_of("you"),
    hash_of("see"),
    hash_of("use"),
    hash_of("is"),
    hash_of("are"),
    hash_of("everyone"),
    hash_of("verbatim"),
    hash_of("provided"),
    hash_of("spdx"),
    hash_of("available"),
    hash_of("published"),
    hash_of("subject"),
];

/// Words of permission and prohibition: a line that has one is text.
const OPERATIVE: [u64; 18] = [
    hash_of("may"),
    hash_of("must"),
    hash_of("shall"),
    hash_of("not"),
    hash_of("only"),
    hash_of("except"),
    hash_of("prohibited"),
    hash_of("permitted"),
    hash_of("commercial"),
    hash_of("noncommercial"),
    hash_of("without"),
    hash_of("unless"),
    hash_of("granted"),
    hash_of("forbidden"),
    hash_of("cannot"),
    hash_of("retain"),
    hash_of("claim"),
    hash_of("reproduce"),
];

/// Returns the end of the copyright statement that opens at word `at`.
fn statement(text: &str, words: &[Word], at: usize, line_start: usize) -> Option<usize> {
    const LONGEST: usize = 60;
    const LEAD: usize = 5;
    let word = *words.get(at)?;
    let is_word = WORD.contains(&word.hash);
    let is_mark = word.hash == MARK && is_mark(text, word);
    if !(is_word || is_mark) || at - line_start > LEAD {
        return None;
    }
    let mut next = at + 1;
    let mut dated = is_mark;
    while let Some(word) = words.get(next) {
        if word.hash == MARK && (is_mark || word.is(ITEM) || is_sign(text, *word)) {
            dated = true;
        } else if !WORD.contains(&word.hash) {
            break;
        }
        next += 1;
        if next - at > LONGEST {
            return None;
        }
    }
    let first = *words.get(next)?;
    if first.line > word.line + 1 || PROSE.contains(&first.hash) && !dated {
        return None;
    }
    let named = is_year(text, first) || first.is(BLANK) || is_name(text, first);
    if !named || (!dated && !has_year_or_blank(text, words.get(next..)?, word.line) && at > line_start + 1) {
        return None;
    }
    if !dated && !is_year(text, first) && !first.is(BLANK) && !capitalized_word(text, word) {
        return None;
    }
    let mut end = next;
    while let Some(&word) = words.get(end) {
        let before = words.get(end.checked_sub(1)?)?;
        if end > next && (ends_line(text, before, &word) || TEXT.contains(&word.hash)) {
            break;
        }
        if OPERATIVE.contains(&word.hash) && !names_files(text, word) || end - at > LONGEST {
            return None;
        }
        end += 1;
    }
    Some(reserved(text, words, end).unwrap_or(end))
}

/// Tells whether a word opens a remark on the files that a holder wrote: `(ONLY ./src/helpers/* files)`.
fn names_files(text: &str, word: Word) -> bool {
    let before = text.get(..word.start as usize).unwrap_or_default();
    let rest = text.get(word.start as usize..).unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default().trim_end();
    before.ends_with('(') && ["file)", "files)"].iter().any(|end| line.ends_with(end)) && line.contains(['/', '*'])
}

/// Tells whether the statement ends between these two words.
fn ends_line(text: &str, before: &Word, word: &Word) -> bool {
    if !word.is(LINE_START) {
        return false;
    }
    let goes_on = text
        .get(before.end as usize..word.start as usize)
        .is_some_and(|between| between.trim_start().starts_with([',', '&']));
    word.is(PARAGRAPH) || !(goes_on || before.hash == hash_of("and") || is_year(text, *word))
}

/// Returns the end of `All rights reserved` or the like at word `at`.
fn reserved(text: &str, words: &[Word], at: usize) -> Option<usize> {
    const PHRASE: [u64; 3] = [hash_of("all"), hash_of("rights"), hash_of("reserved")];
    let candidate = words.get(at..at + PHRASE.len())?;
    let same = candidate.iter().zip(PHRASE).all(|(word, expected)| word.hash == expected);
    let next = words.get(at + PHRASE.len());
    let closed = next.is_none_or(|next| next.is(LINE_START | SENTENCE) || capitalized_word(text, *next));
    (same && closed).then_some(at + PHRASE.len())
}

/// Returns a word as it is spelled.
pub(crate) fn slice<'a>(text: &'a str, word: &Word) -> &'a str {
    text.get(word.start as usize..word.end as usize).unwrap_or_default()
}

fn capitalized_word(text: &str, word: Word) -> bool {
    slice(text, &word).starts_with(char::is_uppercase)
}

fn is_name(text: &str, word: Word) -> bool {
    let spelled = slice(text, &word);
    word.is(ADDRESS)
        || spelled.starts_with(|first: char| !first.is_lowercase())
        || matches!(spelled, "by" | "the")
        || !spelled.is_ascii()
}

/// Tells whether `c` is a copyright mark here: the sign, or `(c)` before a year or a name.
fn is_mark(text: &str, word: Word) -> bool {
    if slice(text, &word) == "©" {
        return true;
    }
    is_sign(text, word)
        && text.get(word.end as usize + 1..).is_some_and(|rest| {
            let rest = rest.trim_start();
            rest.starts_with("19") || rest.starts_with("20") || starts_with_copyright(rest)
        })
}

fn starts_with_copyright(rest: &str) -> bool {
    const OPENING: &str = "copyright";
    rest.get(..OPENING.len()).is_some_and(|opening| opening.eq_ignore_ascii_case(OPENING))
}

fn is_sign(text: &str, word: Word) -> bool {
    let start = (word.start as usize).saturating_sub(1);
    text.get(start..word.end as usize + 1).is_some_and(|spelled| spelled.eq_ignore_ascii_case("(c)"))
}

/// Tells whether a word is a year.
pub(crate) fn is_year(text: &str, word: Word) -> bool {
    let spelled = slice(text, &word);
    spelled.len() == 4
        && (spelled.starts_with("19") || spelled.starts_with("20"))
        && spelled.bytes().all(|byte| byte.is_ascii_digit())
}

fn has_year_or_blank(text: &str, words: &[Word], line: u32) -> bool {
    words
        .iter()
        .take_while(|word| word.line == line)
        .take(20)
        .any(|word| is_year(text, *word) || word.is(BLANK | ADDRESS))
}
