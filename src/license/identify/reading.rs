//! The reading of one file, from the words to the conclusion.

use std::collections::BTreeSet;
use std::ops::Range;

use super::combine::{Operator, beside, combine, conclusion};
use super::format::{MEANS_BOTH, MEANS_EITHER};
use super::index::{Content, compiled};
use super::kind::Kind;
use super::library::Library;
use super::limits::{Limit, limits, sentence};
use super::notice::notices;
use super::phrases::{Mark, Marked};
use super::piece::{Piece, Reading, of_region};
use super::regions::regions;
use super::words::hash_of;
use super::{Conclusion, Copyright, Identification, Match, Method, holders, tag};
use crate::license::expr::Expr;

/// Reads a file.
pub(crate) fn read(kind: Kind, text: &str) -> Identification {
    let index = compiled();
    let content = index.content(text);
    let library = Library::new(index);
    let regions = regions(&library, text, &content);
    let covered: Vec<Range<usize>> = regions.iter().map(|region| region.judged.alignment.found.clone()).collect();
    let marked = Marked::new(index, text, &content, &covered);
    let mut texts: Vec<Piece> =
        regions.iter().filter_map(|region| of_region(&library, text, &content, region)).collect();
    let has_own_terms = limit(&marked, &covered, &mut texts, kind);
    let tags: Vec<Piece> = tag::licenses(text)
        .into_iter()
        .filter(|tag| {
            let after = texts.partition_point(|known| known.lines.0 <= tag.lines.0);
            let before = after.checked_sub(1).and_then(|last| texts.get(last));
            before.is_none_or(|known| known.lines.1 < tag.lines.1)
        })
        .collect();
    let found_notices = if tags.is_empty() { notices(&marked, kind.license) } else { Vec::new() };
    let copyrights = copyrights(text, &content);
    let operator = operator(&marked, &texts, &copyrights, kind);
    let mut pieces = texts;
    pieces.extend(tags);
    pieces.extend(found_notices);
    pieces.sort_by_key(|piece| (piece.lines, piece.method));
    let (conclusion_of_all, confidence, method) =
        if has_own_terms { (Conclusion::Nothing, 0.0, None) } else { combine(&pieces, operator) };
    let (conclusion, without_pictures) = if !has_own_terms && pieces.iter().any(|piece| piece.of_picture) {
        let (pictures, work): (Vec<Piece>, Vec<Piece>) = pieces.iter().cloned().partition(|piece| piece.of_picture);
        let of_work = combine(&work, operator).0;
        (beside(of_work.clone(), combine(&pictures, Operator::All).0), Some(of_work))
    } else {
        (conclusion_of_all, None)
    };
    Identification {
        conclusion,
        without_pictures,
        confidence,
        method,
        license_only: license_only(&content, &covered, &pieces),
        copyrights,
        matches: pieces.iter().map(matched).collect(),
    }
}

/// Reads the tags of a file and nothing else.
pub(crate) fn tags(text: &str) -> Identification {
    let pieces = tag::licenses(text);
    let (conclusion, confidence, method) = combine(&pieces, Operator::All);
    let matches = pieces.iter().map(matched).collect();
    let copyrights = tag::copyrights(text);
    Identification { conclusion, confidence, method, matches, copyrights, ..Identification::default() }
}

fn matched(piece: &Piece) -> Match {
    Match {
        conclusion: conclusion(&piece.reading),
        method: piece.method,
        confidence: piece.confidence,
        start_line: piece.lines.0,
        end_line: piece.lines.1,
    }
}

/// A text beside which something limits it is no longer that license.
///
/// Returns whether the file has terms of its own, far from every known text: what is known in it is that of parts.
fn limit(marked: &Marked<'_>, covered: &[Range<usize>], texts: &mut [Piece], kind: Kind) -> bool {
    let mut has_own_terms = false;
    if kind.bundle {
        return has_own_terms;
    }
    for Limit { unit, change, is_far } in limits(marked, covered, kind.license) {
        if is_far {
            has_own_terms = true;
            continue;
        }
        let place = marked.content.places.get(unit).map_or(0, |place| *place as usize);
        let near = |piece: &&mut Piece| {
            if place < piece.words.start { piece.words.start - place } else { place.saturating_sub(piece.words.end) }
        };
        // By position: the nearest is one of the two around the place.
        let after = texts.partition_point(|piece| piece.words.start <= place);
        let around = texts.iter_mut().take(after + 1).skip(after.saturating_sub(1));
        let Some(piece) = around.min_by_key(near) else { return has_own_terms };
        // The text itself may be there word for word, but it is not all that counts.
        piece.method = piece.method.max(Method::Aligned);
        piece.confidence = piece.confidence.min(0.99);
        match &mut piece.reading {
            Reading::License(expr) | Reading::SuffixUnstated(expr) => {
                piece.reading = Reading::Modified(id_of(expr), vec![change]);
            }
            Reading::Modified(_, changes) => changes.push(change),
            Reading::Candidates(_) | Reading::Exception(_) | Reading::Refers(_) => {}
        }
    }
    has_own_terms
}

fn id_of(expr: &Expr) -> String {
    expr.licenses().first().map(|license| license.id.to_string()).unwrap_or_default()
}

/// How the licenses of the file belong together, by the words outside of their texts.
fn operator(marked: &Marked<'_>, texts: &[Piece], copyrights: &[Copyright], kind: Kind) -> Operator {
    const PARTS: [u64; 4] = [hash_of("modifications"), hash_of("parts"), hash_of("portions"), hash_of("some")];
    let everywhere = 0..marked.content.units.len();
    // `Modifications of these files are dual licensed` offers nothing for the whole.
    let of_parts =
        |mark: &Mark| sentence(marked, mark.start).any(|unit| PARTS.iter().any(|part| marked.is_word(unit, *part)));
    let choice = marked.within(everywhere.clone(), MEANS_EITHER).any(|mark| !of_parts(&mark));
    let parts = marked.within(everywhere, MEANS_BOTH).next().is_some();
    if kind.bundle || is_debian_copyright(marked.source) {
        Operator::All
    } else if choice && texts.len() <= 4 {
        if parts { Operator::EitherOfParts } else { Operator::Either }
    } else if parts || texts.len() > 4 || each_has_a_holder(texts, copyrights) {
        Operator::All
    } else {
        Operator::Unknown
    }
}

/// Tells whether every text stands below a copyright line that names nobody whom the lines before name: the texts are
/// those of different works, and none is an offer in the place of another.
fn each_has_a_holder(texts: &[Piece], copyrights: &[Copyright]) -> bool {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut end = 0;
    texts.len() > 1
        && texts.iter().all(|text| {
            let above = copyrights.iter().filter(|line| line.line > end && line.line <= text.lines.1);
            let names: Vec<String> = above.flat_map(|line| names_in(&line.holder)).collect();
            end = text.lines.1;
            let is_new = !names.is_empty() && !names.iter().any(|name| known.contains(name));
            known.extend(names);
            is_new
        })
}

/// The words of a holder's name that tell it from others.
fn names_in(holder: &str) -> impl Iterator<Item = String> {
    const SHORTEST: usize = 3;
    const COMMON: [&str; 24] = [
        "and",
        "authors",
        "com",
        "company",
        "contributors",
        "corp",
        "corporation",
        "developers",
        "foundation",
        "gmbh",
        "http",
        "https",
        "inc",
        "limited",
        "llc",
        "ltd",
        "mailto",
        "members",
        "org",
        "other",
        "others",
        "project",
        "team",
        "the",
    ];
    let words = holder.split(|letter: char| !letter.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| word.chars().count() >= SHORTEST && !COMMON.contains(&word.as_str()))
}

/// Tells whether a text is a machine-readable Debian copyright file: one license for each group of files.
fn is_debian_copyright(text: &str) -> bool {
    let mut fields = text.lines().take(10).filter_map(|line| line.split_once(':'));
    fields.any(|(name, value)| name.starts_with("Format") && value.contains("copyright-format"))
}

/// Tells whether little is left when license texts and notices are taken away.
fn license_only(content: &Content, covered: &[Range<usize>], pieces: &[Piece]) -> bool {
    const SLACK: usize = 12;
    let texts: usize = covered.iter().map(Range::len).sum();
    let rest = content.units.len() - texts.min(content.units.len());
    // Copyright lines are set aside: a file of nothing else is left with no words at all.
    rest == 0 || !pieces.is_empty() && rest <= SLACK + pieces.len() * SLACK
}

/// The copyright lines, and the tags that say the same.
fn copyrights(text: &str, content: &Content) -> Vec<Copyright> {
    let mut found = holders::read(text, &content.words);
    found.extend(tag::copyrights(text));
    found.sort_by(|left, right| (left.line, &left.text).cmp(&(right.line, &right.text)));
    found.dedup_by(|left, right| left.holder == right.holder && left.years == right.years);
    found
}
