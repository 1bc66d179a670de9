//! What one stretch of a text says, before the stretches are put together.

use std::ops::Range;

use super::format::{TEXT_EXCEPTION, TEXT_SUFFIX_UNSTATED};
use super::index::Content;
use super::library::Library;
use super::regions::Region;
use super::words::Word;
use super::{Change, Method};
use crate::license::expr::{ExceptionId, Expr, Id, exception_id, license_id};

/// One stretch with its meaning.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// Words of the text, among all its words.
    pub(crate) words: Range<usize>,
    /// First and last line, from 1.
    pub(crate) lines: (u32, u32),
    /// How it was found.
    pub(crate) method: Method,
    /// From 0 to 1.
    pub(crate) confidence: f64,
    /// What it says.
    pub(crate) reading: Reading,
    /// Whether it says so of a picture such as the logo, and not of the work.
    pub(crate) of_picture: bool,
}

/// What a stretch says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reading {
    /// An expression.
    License(Expr),
    /// A license whose text does not say whether later versions count: the `-only` expression.
    SuffixUnstated(Expr),
    /// One of several.
    Candidates(Vec<Expr>),
    /// An exception to a license named elsewhere.
    Exception(ExceptionId),
    /// A text made from that of a license.
    Modified(String, Vec<Change>),
    /// Another place that holds the license.
    Refers(String),
}

/// Returns the expression of an id, on the SPDX list or not.
pub(crate) fn expression(id: &str) -> Option<Expr> {
    match license_id(id) {
        Some(id) => Some(Expr::license(Id::Spdx(id))),
        None => Expr::parse(id).ok().map(|parsed| parsed.expr),
    }
}

/// Makes a piece of a region.
pub(crate) fn of_region(library: &Library<'_>, source: &str, content: &Content, region: &Region) -> Option<Piece> {
    let index = library.index;
    let judged = &region.judged;
    let id = index.id(judged.text);
    let found = judged.alignment.found.clone();
    let first = *content.places.get(found.start)? as usize;
    let last = *content.places.get(found.end.checked_sub(1)?)? as usize;
    let lines = (content.words.get(first)?.line, content.words.get(last)?.line);
    let likeness = judged.likeness(index);
    let (method, confidence, reading) = if judged.weight > 0 {
        let changes = changes(library, source, content, region);
        (Method::Aligned, likeness.min(0.99), Reading::Modified(id.to_owned(), changes))
    } else {
        let reading = if index.is(judged.text, TEXT_EXCEPTION) {
            let reference = || ExceptionId::Ref { document: None, name: id.to_owned() };
            Reading::Exception(exception_id(id).map_or_else(reference, ExceptionId::Spdx))
        } else if index.is(judged.text, TEXT_SUFFIX_UNSTATED) {
            Reading::SuffixUnstated(expression(id)?)
        } else if region.ties.is_empty() {
            Reading::License(expression(id)?)
        } else {
            let ids = std::iter::once(id).chain(region.ties.iter().map(|text| index.id(*text)));
            Reading::Candidates(ids.filter_map(expression).collect())
        };
        if judged.harmless == 0 {
            (Method::Exact, 1.0, reading)
        } else {
            let required = f64::from(index.required(judged.text).max(1));
            let harmless = f64::from(u32::try_from(judged.harmless).unwrap_or(u32::MAX));
            (Method::Aligned, (1.0 - harmless / required / 2.0).clamp(0.9, 0.999), reading)
        }
    };
    Some(Piece { words: first..last + 1, lines, method, confidence, reading, of_picture: false })
}

/// The differences that matter, in the words of both texts.
fn changes(library: &Library<'_>, source: &str, content: &Content, region: &Region) -> Vec<Change> {
    let known = library.open(region.judged.text);
    let published = known.published(library.index);
    let known = published.counted_words();
    let mut changes = Vec::new();
    for difference in &region.judged.matter {
        let removed = known.get(difference.known.clone()).unwrap_or_default();
        let words = difference.found.clone().filter_map(|unit| content.word(unit));
        let added: Vec<Word> = words.copied().collect();
        let near = content.word(difference.found.start).or_else(|| content.words.last());
        changes.push(Change {
            line: near.map_or(1, |word| word.line),
            removed: spelled(&published.text, removed),
            added: spelled(source, &added),
        });
    }
    changes
}

/// The words as they are written, on one line.
pub(crate) fn spelled(text: &str, words: &[Word]) -> String {
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return String::new();
    };
    let spelled = text.get(first.start as usize..last.end as usize).unwrap_or_default();
    spelled.split_whitespace().collect::<Vec<_>>().join(" ")
}
