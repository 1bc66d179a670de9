//! What a name in a notice means, with the version, the suffix and the exception beside it.

use super::format::{MEANS_EXCEPTION, MEANS_LATER, MEANS_NAME, MEANS_ONLY};
use super::phrases::{Mark, Marked};
use super::piece::expression;
use super::words::{ADDRESS, hash_of};
use crate::license::expr::{ExceptionId, Expr, License, exception_id};

/// A name with what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Named {
    /// What it may mean: at least one.
    pub(crate) readings: Vec<Expr>,
    /// The only reading is the `-only` one because nothing says whether later versions count.
    pub(crate) unstated: bool,
    /// First unit.
    pub(crate) start: usize,
    /// Unit after the last that belongs to it.
    pub(crate) end: usize,
}

/// Reads the name at a mark.
pub(crate) fn read(marked: &Marked<'_>, name: Mark) -> Option<Named> {
    let mut named = if let Some(expr) = name.value.strip_prefix('=') {
        Named { readings: vec![parse(expr)?], unstated: false, start: name.start, end: name.end }
    } else if let Some(readings) = name.value.strip_prefix('|') {
        let readings: Vec<Expr> = readings.split('|').filter_map(parse).collect();
        Named { readings, unstated: false, start: name.start, end: name.end }
    } else {
        versioned(marked, name)?
    };
    if let Some((id, end)) = exception(marked, named.end) {
        named.end = end;
        for expr in &mut named.readings {
            *expr = expr.map(&mut |license| Expr::License(License { exception: Some(id.clone()), ..license.clone() }));
        }
    }
    (!named.readings.is_empty()).then_some(named)
}

fn parse(text: &str) -> Option<Expr> {
    expression(text).or_else(|| Expr::parse(text).ok().map(|parsed| parsed.expr))
}

/// The parts of a name's value: see `compile_phrases`.
struct Versions<'a> {
    suffix: bool,
    fixed: &'a str,
    table: &'a str,
    unversioned: &'a str,
}

impl<'a> Versions<'a> {
    fn parse(value: &'a str) -> Option<Self> {
        let mut fields = value.strip_prefix('#')?.split('\t');
        let suffix = fields.next()? == "1";
        Some(Self { suffix, fixed: fields.next()?, table: fields.next()?, unversioned: fields.next()? })
    }

    /// The id of a version such as `2`, `2.0` or `v2.1`.
    fn id(&self, version: &str) -> Option<&'a str> {
        let version = version.trim_start_matches(['v', 'V']);
        let plain = version.strip_suffix(".0").unwrap_or(version);
        self.table.split(',').filter_map(|row| row.split_once('=')).find(|(key, _)| *key == plain).map(|(_, id)| id)
    }
}

fn versioned(marked: &Marked<'_>, name: Mark) -> Option<Named> {
    let versions = Versions::parse(name.value)?;
    let mut named = Named { readings: Vec::new(), unstated: false, start: name.start, end: name.end };
    let found = if versions.fixed.is_empty() { version(marked, name) } else { Some((versions.fixed, name.end - 1)) };
    let Some((version, at)) = found else {
        named.readings = versions.unversioned.split('|').filter_map(parse).collect();
        return (!named.readings.is_empty()).then_some(named);
    };
    let id = versions.id(version)?;
    named.start = named.start.min(at);
    named.end = named.end.max(at + 1);
    if !versions.suffix {
        named.readings = parse(id).into_iter().collect();
        return Some(named);
    }
    let suffix = suffix(marked, name, at);
    let ending = match suffix {
        Some((Suffix::Later, _)) => "-or-later",
        Some((Suffix::Only, _)) | None => "-only",
    };
    named.unstated = suffix.is_none();
    named.end = suffix.map_or(named.end, |(_, end)| named.end.max(end));
    named.readings = parse(&format!("{id}{ending}")).into_iter().collect();
    Some(named)
}

/// Finds the version beside a name, and where it stands.
fn version<'a>(marked: &Marked<'a>, name: Mark) -> Option<(&'a str, usize)> {
    const AHEAD: usize = 18;
    const BEHIND: usize = 6;
    let ahead = || {
        for unit in name.end..name.end + AHEAD {
            let spelled = marked.spelled(unit);
            if is_version(spelled) {
                return (unit == name.end
                    || introduces_version(marked, unit - 1)
                    || spelled.starts_with(['v', 'V'])
                    || spelled.contains('.'))
                .then_some((spelled, unit));
            }
            let address = marked.content.word(unit).is_some_and(|word| word.is(ADDRESS));
            let other = marked
                .meaning_at(unit, MEANS_NAME)
                .is_some_and(|other| other.value != name.value && !marked.is_filler(unit));
            if marked.ends_sentence(unit) || other || !(address || marked.is_filler(unit)) {
                return None;
            }
        }
        None
    };
    let behind = || {
        for unit in (name.start.saturating_sub(BEHIND)..name.start).rev() {
            let spelled = marked.spelled(unit);
            if is_version(spelled) {
                let introduced = unit.checked_sub(1).is_some_and(|before| introduces_version(marked, before));
                return (introduced || spelled.starts_with(['v', 'V'])).then_some((spelled, unit));
            }
            let only = marked.is_word(unit, hash_of("only"));
            if !(only || marked.is_filler(unit)) || marked.ends_sentence(unit + 1) {
                return None;
            }
        }
        None
    };
    let direct = ahead().filter(|(_, unit)| unit - name.end <= 2);
    direct.or_else(behind).or_else(ahead)
}

fn is_version(spelled: &str) -> bool {
    let digits = spelled.trim_start_matches(['v', 'V']);
    digits.len() <= 4
        && digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Tells whether the word at a unit stands before versions.
fn introduces_version(marked: &Marked<'_>, unit: usize) -> bool {
    const WORDS: [u64; 7] = [
        hash_of("version"),
        hash_of("versions"),
        hash_of("v"),
        hash_of("ver"),
        hash_of("vers"),
        hash_of("license"),
        hash_of("licence"),
    ];
    WORDS.iter().any(|word| marked.is_word(unit, *word))
}

#[derive(Clone, Copy)]
enum Suffix {
    Later,
    Only,
}

/// Finds the words that say whether later versions count: behind the version, or behind the name.
fn suffix(marked: &Marked<'_>, name: Mark, version: usize) -> Option<(Suffix, usize)> {
    const AHEAD: usize = 10;
    let plus = marked.content.word(version).and_then(|word| marked.source.as_bytes().get(word.end as usize));
    if plus == Some(&b'+') {
        return Some((Suffix::Later, version + 1));
    }
    let only_before = version
        .checked_sub(2)
        .is_some_and(|before| (before..version).any(|unit| marked.is_word(unit, hash_of("only"))));
    if only_before {
        return Some((Suffix::Only, version + 1));
    }
    let from = version + 1;
    let to = from.max(name.end) + AHEAD;
    for unit in from..to {
        if marked.ends_sentence(unit) {
            return None;
        }
        if let Some(mark) = marked.meaning_at(unit, MEANS_LATER) {
            return Some((Suffix::Later, mark.end));
        }
        if let Some(mark) = marked.meaning_at(unit, MEANS_ONLY) {
            return Some((Suffix::Only, mark.end));
        }
        let inside = unit < name.end && unit >= name.start;
        let other = marked.meaning_at(unit, MEANS_NAME).is_some_and(|other| other.value != name.value);
        if !inside && (other || !marked.is_filler(unit)) {
            return None;
        }
    }
    None
}

/// Finds `with the … exception` behind a name.
fn exception(marked: &Marked<'_>, from: usize) -> Option<(ExceptionId, usize)> {
    const AHEAD: usize = 10;
    let with = [hash_of("with"), hash_of("plus"), hash_of("including"), hash_of("w")];
    let start = (from..from + 3).find(|&unit| with.iter().any(|word| marked.is_word(unit, *word)))?;
    let mark = (start + 1..start + AHEAD).find_map(|unit| marked.meaning_at(unit, MEANS_EXCEPTION))?;
    let reference = || ExceptionId::Ref { document: None, name: mark.value.to_owned() };
    Some((exception_id(mark.value).map_or_else(reference, ExceptionId::Spdx), mark.end))
}
