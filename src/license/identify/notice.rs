//! Notices: sentences that put something under a license that they name.
//!
//! A name alone is no grant: it counts behind words that grant (`licensed under`), behind the
//! label or heading `License`, or where a file made for licenses opens with it.

use std::ops::Range;

use super::Method;
use super::combine::Operator;
use super::format::{
    MEANS_ADDRESS, MEANS_DENIAL, MEANS_EITHER, MEANS_GRANT, MEANS_NAME, MEANS_REFERENCE, MEANS_STRONG,
};
use super::names::{self, Named};
use super::phrases::{Mark, Marked};
use super::pictures::is_of_picture;
use super::piece::{Piece, Reading};
use super::words::{ADDRESS, LINE_START, PARAGRAPH, hash_of};
use crate::license::expr::Expr;

/// Reads the notices of a text.
///
/// `license_file` tells that the file is made for licenses, by its name.
pub(crate) fn notices(marked: &Marked<'_>, license_file: bool) -> Vec<Piece> {
    let mut groups: Vec<Vec<Named>> = Vec::new();
    for mark in marked.names() {
        if groups.last().and_then(|group| group.last()).is_some_and(|last| mark.start < last.end) {
            continue;
        }
        let Some(named) = names::read(marked, mark) else { continue };
        // `under a GPL compatible license` names another one.
        if marked.is_word(named.end, hash_of("compatible")) {
            continue;
        }
        let joined = groups.last().and_then(|group| group.last()).is_some_and(|last| goes_on(marked, last, &named));
        if joined {
            groups.last_mut().into_iter().for_each(|group| group.push(named.clone()));
        } else if is_granted(marked, mark, &named, license_file) {
            groups.push(vec![named]);
        }
    }
    let mut pieces: Vec<Piece> = groups.iter().filter_map(|group| piece(marked, group)).collect();
    pieces.extend(addresses(marked, license_file));
    pieces.extend(references(marked));
    pieces.sort_by_key(|piece| piece.words.start);
    pieces
}

/// Tells whether a name stands where it grants.
fn is_granted(marked: &Marked<'_>, mark: Mark, named: &Named, license_file: bool) -> bool {
    let strong = mark.means & MEANS_STRONG != 0;
    let start = named.start.min(mark.start);
    if let Some((grant, distance)) = granted_before(marked, start) {
        // `The rest of the program is licensed under …`, beside terms for this file alone.
        let elsewhere =
            !license_file && (grant.saturating_sub(6)..grant).any(|unit| marked.is_word(unit, hash_of("rest")));
        return !elsewhere && (strong || distance <= 4);
    }
    if labeled(marked, start) || is_called_licensed(marked, named) {
        return true;
    }
    if license_file && strong && stands_under(marked, start) {
        return true;
    }
    license_file
        && is_all_there_is(marked)
        && opens_paragraph(marked, start)
        && if strong { is_short_paragraph(marked, start) } else { fills_paragraph(marked, named.end) }
}

/// Finds the words that grant before a name; returns where they start, and how many units lie between.
fn granted_before(marked: &Marked<'_>, start: usize) -> Option<(usize, usize)> {
    const FAR: usize = 16;
    let from = start.saturating_sub(FAR);
    let grants: Vec<Mark> = marked.within(from..start, MEANS_GRANT).filter(|grant| grant.end <= start).collect();
    grants.iter().rev().find_map(|grant| {
        let gap = grant.end..start;
        let quiet = gap.clone().all(|unit| {
            !marked.ends_sentence(unit)
                && (marked.is_filler(unit)
                    || marked.meaning_at(unit, MEANS_NAME | MEANS_EITHER | MEANS_GRANT).is_some()
                    || marked
                        .within(grant.start..start, MEANS_NAME | MEANS_EITHER)
                        .any(|mark| (mark.start..mark.end).contains(&unit)))
        });
        let denied = marked
            .within(grant.start.saturating_sub(6)..grant.end, MEANS_DENIAL)
            .any(|denial| denial.end + 2 >= grant.start && !marked.ends_sentence(grant.start));
        let negated = (grant.start.saturating_sub(2)..grant.start).any(|unit| marked.is_word(unit, hash_of("not")));
        (quiet && !denied && !negated).then_some((grant.start, gap.len()))
    })
}

/// Tells whether `under` or `under the` stands right before a unit: enough in a file made for licenses.
fn stands_under(marked: &Marked<'_>, start: usize) -> bool {
    const BEFORE: usize = 6;
    let before =
        |back: usize, word: &str| start.checked_sub(back).is_some_and(|unit| marked.is_word(unit, hash_of(word)));
    let under = before(1, "under") || before(2, "under") && before(1, "the");
    let around = start.saturating_sub(BEFORE)..start;
    under
        && !around.clone().any(|unit| marked.is_word(unit, hash_of("not")))
        && marked.within(around, MEANS_DENIAL).next().is_none()
}

/// Tells whether the name stands in `is MIT licensed`.
fn is_called_licensed(marked: &Marked<'_>, named: &Named) -> bool {
    const NEAR: usize = 3;
    const IS: [u64; 3] = [hash_of("is"), hash_of("are"), hash_of("it's")];
    let licensed = (named.end.saturating_sub(1)..=named.end).any(|unit| marked.is_word(unit, hash_of("licensed")));
    let before = named.start.saturating_sub(NEAR)..named.start;
    licensed
        && before.clone().any(|unit| IS.iter().any(|is| marked.is_word(unit, *is)))
        && !before.clone().any(|unit| marked.is_word(unit, hash_of("not")))
        && !(before.start + 1..=named.start).any(|unit| marked.ends_sentence(unit))
}

/// Tells whether the label or heading `License` stands before a unit.
fn labeled(marked: &Marked<'_>, start: usize) -> bool {
    const LABELS: [u64; 6] = [
        hash_of("license"),
        hash_of("licence"),
        hash_of("licenses"),
        hash_of("licensing"),
        hash_of("copyright"),
        hash_of("copying"),
    ];
    const NEAR: usize = 3;
    let is_label = |unit: usize| LABELS.iter().any(|label| marked.is_word(unit, *label));
    (start.saturating_sub(NEAR)..start).any(|unit| {
        if !is_label(unit) || !(unit + 1..start).all(|between| marked.is_filler(between)) {
            return false;
        }
        let after = marked.between(unit, unit + 1);
        let colon =
            after.trim_start_matches(['*', '_', ' ', '`', '"', '\'']).starts_with([':', '=']) && !after.contains('\n');
        let heading = is_heading(marked, unit)
            && marked.content.word(unit + 1).is_some_and(|word| word.is(PARAGRAPH | LINE_START));
        let row = after.trim() == "|";
        colon || heading || row
    })
}

/// Tells whether a unit stands in a heading: a short line of its own.
fn is_heading(marked: &Marked<'_>, unit: usize) -> bool {
    let Some(word) = marked.content.word(unit) else { return false };
    let line = word.line;
    let n_words = (unit.saturating_sub(4)..unit + 4)
        .filter(|unit| marked.content.word(*unit).is_some_and(|word| word.line == line))
        .count();
    n_words <= 3
}

fn opens_paragraph(marked: &Marked<'_>, start: usize) -> bool {
    (start.saturating_sub(2)..=start).any(|unit| {
        marked.content.word(unit).is_some_and(|word| word.is(PARAGRAPH))
            && (unit..start).all(|between| marked.is_filler(between))
    })
}

/// Tells whether a file says little: the title of a license is no license where other terms stand below it.
fn is_all_there_is(marked: &Marked<'_>) -> bool {
    const LONGEST: usize = 30;
    let covered: usize = marked.covered.iter().map(Range::len).sum();
    marked.content.units.len().saturating_sub(covered) <= LONGEST
}

/// Tells whether nothing but filling words stands between a unit and the end of its paragraph.
fn fills_paragraph(marked: &Marked<'_>, from: usize) -> bool {
    let open = |unit: &usize| marked.content.word(*unit).is_some_and(|word| !word.is(PARAGRAPH));
    let joins = |unit: usize| {
        let version =
            marked.spelled(unit).trim_start_matches(['v', 'V']).starts_with(|first: char| first.is_ascii_digit());
        version
            || marked.is_filler(unit)
            || marked.meaning_at(unit, MEANS_NAME | MEANS_EITHER | MEANS_REFERENCE).is_some()
    };
    (from..marked.content.units.len()).take_while(open).all(joins)
}

fn is_short_paragraph(marked: &Marked<'_>, start: usize) -> bool {
    const LONGEST: usize = 14;
    (start + 1..=start + LONGEST).any(|unit| marked.content.word(unit).is_none_or(|word| word.is(PARAGRAPH)))
}

/// Tells whether a name goes on with what the one before it began: `MIT or Apache-2.0`.
fn goes_on(marked: &Marked<'_>, last: &Named, next: &Named) -> bool {
    const FAR: usize = 16;
    let gap = last.end..next.start;
    // `… any later version. or * the GNU …`: an `or` of its own joins what a list sets apart.
    let or = gap.clone().any(|unit| marked.is_word(unit, hash_of("or")));
    let joined = or && gap.clone().all(|unit| marked.is_filler(unit));
    if gap.len() > FAR || (!joined && gap.clone().any(|unit| marked.ends_sentence(unit))) {
        return false;
    }
    let joins = operator_between(marked, gap.clone()) != Operator::Unknown;
    let address = |unit: usize| marked.content.word(unit).is_some_and(|word| word.is(ADDRESS));
    let quiet = gap.clone().all(|unit| {
        let spelled = marked.spelled(unit);
        marked.is_filler(unit)
            || address(unit)
            || spelled.starts_with("LICEN")
            || spelled == "APACHE"
            || spelled == "MIT"
    });
    let denied = marked.within(gap, MEANS_DENIAL).next().is_some();
    (joins || quiet) && !denied
}

/// What the words between two names say about how they belong together.
fn operator_between(marked: &Marked<'_>, gap: Range<usize>) -> Operator {
    let bounds = (gap.start.saturating_sub(1), gap.end);
    let raw = marked.between(bounds.0, bounds.1);
    let word = |hash: u64| gap.clone().any(|unit| marked.is_word(unit, hash));
    if word(hash_of("or")) || (gap.is_empty() && raw.trim().starts_with(['/', '|'])) {
        Operator::Either
    } else if word(hash_of("and")) || (gap.is_empty() && raw.trim() == "&") {
        Operator::All
    } else {
        Operator::Unknown
    }
}

/// Makes one piece of the names of a sentence.
fn piece(marked: &Marked<'_>, group: &[Named]) -> Option<Piece> {
    const AROUND: usize = 14;
    /// So few words speak of one thing.
    const SHORT: usize = 100;
    let (first, last) = (group.first()?, group.last()?);
    let mut members: Vec<&Named> = Vec::new();
    for named in group {
        let repeats = members.iter().any(|known| {
            known.readings == named.readings || known.readings.iter().all(|reading| named.readings.contains(reading))
        });
        if !repeats {
            members.push(named);
        }
    }
    let reading = if let [only] = members.as_slice() {
        reading_of(only)
    } else {
        let choice =
            marked.within(first.start.saturating_sub(AROUND)..last.end + AROUND / 2, MEANS_EITHER).next().is_some();
        // `… three licenses: … These are included as LICENSE-A and LICENSE-B. You may use any of these licenses.`
        let short = marked.content.units.len() < SHORT;
        let choice = choice || short && marked.within(0..SHORT, MEANS_EITHER).next().is_some();
        let between = |pair: &[Named]| match pair {
            [left, right] => operator_between(marked, left.end..right.start),
            _ => Operator::Unknown,
        };
        let operators: Vec<Operator> = group.windows(2).map(between).collect();
        let operator = if choice || operators.contains(&Operator::Either) {
            Operator::Either
        } else if operators.contains(&Operator::All) {
            Operator::All
        } else {
            Operator::Unknown
        };
        joined(&members, operator)?
    };
    let confidence = if matches!(reading, Reading::License(_)) { 0.95 } else { 0.8 };
    Some(place(marked, first.start..last.end, Method::Notice, confidence, reading))
}

fn reading_of(named: &Named) -> Reading {
    match named.readings.as_slice() {
        [expr] if named.unstated => Reading::SuffixUnstated(expr.clone()),
        [expr] => Reading::License(expr.clone()),
        several => Reading::Candidates(several.to_vec()),
    }
}

/// Joins the licenses of one sentence, with every reading of each.
fn joined(members: &[&Named], operator: Operator) -> Option<Reading> {
    const MOST: usize = 16;
    let mut rows: Vec<Vec<Expr>> = vec![Vec::new()];
    for member in members {
        let mut readings = member.readings.clone();
        if member.unstated {
            readings.extend(member.readings.iter().filter_map(later));
        }
        rows = readings
            .iter()
            .flat_map(|reading| rows.iter().map(|row| [row.as_slice(), std::slice::from_ref(reading)].concat()))
            .take(MOST)
            .collect();
    }
    let mut exprs = Vec::new();
    for row in rows {
        if operator != Operator::Either {
            exprs.extend(Expr::all(row.clone()));
        }
        if operator != Operator::All {
            exprs.extend(Expr::any(row));
        }
    }
    match <[Expr; 1]>::try_from(exprs) {
        Ok([expr]) => Some(Reading::License(expr)),
        Err(exprs) if exprs.is_empty() => None,
        Err(exprs) => Some(Reading::Candidates(exprs)),
    }
}

/// The `-or-later` reading of an `-only` one.
fn later(only: &Expr) -> Option<Expr> {
    let text = only.to_string();
    Expr::parse(&text.replacen("-only", "-or-later", 1)).ok().map(|parsed| parsed.expr).filter(|expr| expr != only)
}

fn place(marked: &Marked<'_>, units: Range<usize>, method: Method, confidence: f64, reading: Reading) -> Piece {
    let word = |unit: usize| marked.content.places.get(unit).map_or(0, |place| *place as usize);
    let line = |unit: usize| marked.content.word(unit).map_or(1, |word| word.line);
    let last = units.end.saturating_sub(1).min(marked.content.units.len().saturating_sub(1));
    Piece {
        words: word(units.start)..word(last) + 1,
        lines: (line(units.start), line(last)),
        method,
        confidence,
        reading,
        of_picture: is_of_picture(marked, units.start),
    }
}

/// Addresses of licenses, and badges, where a license is spoken of.
fn addresses(marked: &Marked<'_>, license_file: bool) -> Vec<Piece> {
    const NEAR: usize = 24;
    const CONTEXT: [u64; 6] = [
        hash_of("license"),
        hash_of("licence"),
        hash_of("licensed"),
        hash_of("licenses"),
        hash_of("licensing"),
        hash_of("copyright"),
    ];
    let mut pieces = Vec::new();
    for unit in 0..marked.content.units.len() {
        if !marked.content.word(unit).is_some_and(|word| word.is(ADDRESS)) {
            continue;
        }
        if let Some(reading) = badge(marked, unit) {
            pieces.push(place(marked, unit..unit + 1, Method::Url, 0.7, reading));
            continue;
        }
        let Some(mark) = marked.meaning_at(unit, MEANS_ADDRESS) else { continue };
        let near = unit.saturating_sub(NEAR)..unit + 4;
        let context = license_file
            || marked.spelled(unit).to_ascii_lowercase().contains("licen")
            || near.clone().any(|unit| CONTEXT.iter().any(|word| marked.is_word(unit, *word)))
            || marked.within(near.clone(), MEANS_GRANT).next().is_some();
        let denied = marked.within(near, MEANS_DENIAL).next().is_some();
        let expr = mark.value.strip_prefix('=').and_then(|expr| Expr::parse(expr).ok());
        if let Some(parsed) = expr.filter(|_| context && !denied) {
            // Words that grant right before it make the address a notice like a name.
            let granted = granted_before(marked, unit).is_some() || labeled(marked, unit);
            let method = if granted { Method::Notice } else { Method::Url };
            pieces.push(place(marked, unit..unit + 1, method, 0.8, Reading::License(parsed.expr)));
        }
    }
    pieces
}

/// Reads a badge such as `…/badge/license-MIT-blue.svg`.
fn badge(marked: &Marked<'_>, unit: usize) -> Option<Reading> {
    let address = marked.spelled(unit);
    let (_, label) = address.split_once("/badge/")?;
    let lower = label.to_ascii_lowercase();
    let message = ["license-", "licence-", "license%20-"].iter().find_map(|start| lower.strip_prefix(start))?;
    // Two hyphens stand for one, a single one parts the message from the color.
    let plain = message.replace("--", "\u{1}").replace("%20", " ").replace("%2f", "/").replace('_', " ");
    let plain = plain.rsplit_once('-').map_or(plain.as_str(), |(message, _)| message).replace('\u{1}', "-");
    let exprs: Vec<Expr> = plain
        .split(['/', '|'])
        .flat_map(|part| part.split(" or "))
        .filter_map(|part| Expr::parse(part.trim()).ok().map(|parsed| parsed.expr))
        .filter(|expr| {
            expr.licenses().iter().all(|license| !matches!(license.id, crate::license::expr::Id::Ref { .. }))
        })
        .collect();
    Expr::any(exprs).map(Reading::License)
}

/// References to other places, such as `see the LICENSE file`.
fn references(marked: &Marked<'_>) -> Vec<Piece> {
    const AHEAD: usize = 6;
    let mut pieces: Vec<Piece> = Vec::new();
    let mut reached = 0;
    for mark in marked.within(0..marked.content.units.len(), MEANS_REFERENCE) {
        if mark.start < reached {
            continue;
        }
        reached = mark.end;
        let named = (mark.start..mark.end + AHEAD).map(|unit| file_name(marked, unit)).find(|name| !name.is_empty());
        let name = named.map_or_else(
            || (mark.start..mark.end).map(|unit| marked.spelled(unit)).collect::<Vec<_>>().join(" "),
            str::to_owned,
        );
        pieces.push(place(marked, mark.start..mark.end, Method::Reference, 0.5, Reading::Refers(name)));
    }
    pieces
}

/// The name of a license file that starts at a unit, or nothing.
fn file_name<'a>(marked: &Marked<'a>, unit: usize) -> &'a str {
    const STARTS: [&str; 5] = ["LICEN", "COPYING", "UNLICENSE", "COPYRIGHT", "NOTICE"];
    let Some(word) = marked.content.word(unit) else { return "" };
    let rest = marked.source.get(word.start as usize..).unwrap_or_default();
    let end =
        rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || "._-/".contains(letter))).unwrap_or(rest.len());
    let name = rest.get(..end).unwrap_or_default().trim_end_matches(['.', '-', '/']);
    let shaped = STARTS.iter().any(|start| name.starts_with(start))
        || (name.to_ascii_lowercase().starts_with("license.") && name.len() > 8);
    if shaped { name } else { "" }
}
