//! The known texts in a text: one for each stretch, the one that differs least.

use super::format::sequence_hash;
use super::index::{Content, Index, TextNumber};
use super::judge::{Judged, judge};
use super::search::{Candidate, candidates};

/// A stretch with the known text it is, or was made from.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    /// The comparison with the best text.
    pub(crate) judged: Judged,
    /// Other texts that differ just as little.
    pub(crate) ties: Vec<TextNumber>,
}

/// Less of a known text than this does not make a text one that was made from it.
const LEAST_LIKENESS: f64 = 0.5;

/// So many candidates of a stretch are compared word by word.
const COMPARED: usize = 8;

/// Finds the known texts, by position.
pub(crate) fn regions(index: &Index, source: &str, content: &Content) -> Vec<Region> {
    if let Some(region) = whole(index, content) {
        return vec![region];
    }
    let mut open = candidates(index, &content.units);
    let mut found: Vec<Region> = Vec::new();
    while let Some(best) = strongest(&open) {
        let (start, end) = (best.start(), best.end());
        let (mut rivals, rest): (Vec<_>, Vec<_>) =
            open.into_iter().partition(|candidate| candidate.overlap(start, end) >= 0.5);
        open = rest;
        rivals.sort_by(|left, right| right.likeness.total_cmp(&left.likeness));
        let region = best_of(index, source, content, &rivals);
        if let Some(region) = region {
            // What the winner left over may hold a text of its own.
            let taken = &region.judged.alignment.found;
            let (from, to) = (taken.start, taken.end);
            open.extend(
                rivals
                    .into_iter()
                    .filter(|candidate| candidate.start() as usize >= to || (candidate.end() as usize) < from),
            );
            open.retain(|candidate| {
                let (start, end) = (candidate.start() as usize, candidate.end() as usize);
                let inside = (end + 1).min(to).saturating_sub(start.max(from));
                inside * 2 <= end + 1 - start
            });
            found.push(region);
        } else {
            // Nobody won: the long candidate goes, shorter ones inside it get their chance.
            rivals.retain(|candidate| (candidate.end() - candidate.start()) * 2 < end - start);
            open.extend(rivals);
        }
    }
    found.sort_by_key(|region| region.judged.alignment.found.start);
    found
}

/// The text is, word for word, a known one.
fn whole(index: &Index, content: &Content) -> Option<Region> {
    let text = index.whole(sequence_hash(content.units.iter().copied()))?;
    // The hash is of our own making: a file could be made to have the same.
    let known = index.units(text);
    let plain = |unit: &u32| unit & super::format::UNIT_WORD;
    let required = known.iter().filter(|unit| **unit & super::format::UNIT_OPTIONAL == 0).map(plain);
    let same = known.iter().map(plain).eq(content.units.iter().copied()) || required.eq(content.units.iter().copied());
    same.then(|| Region {
        judged: Judged {
            text,
            alignment: super::align::Alignment { found: 0..content.units.len(), differences: Vec::new() },
            matter: Vec::new(),
            weight: 0,
            harmless: 0,
        },
        ties: Vec::new(),
    })
}

fn strongest(open: &[Candidate]) -> Option<&Candidate> {
    open.iter().max_by_key(|candidate| (candidate.anchors.len(), std::cmp::Reverse(candidate.text)))
}

fn best_of(index: &Index, source: &str, content: &Content, rivals: &[Candidate]) -> Option<Region> {
    let compared = rivals.get(..COMPARED).unwrap_or(rivals);
    let mut judged = judge(index, source, content, compared);
    judged.retain(|judged| judged.likeness(index) >= LEAST_LIKENESS);
    judged.sort_by_key(Judged::rank);
    let mut judged = judged.into_iter();
    let best = judged.next()?;
    let rank = best.rank();
    let ties = judged.take_while(|other| other.rank() == rank).map(|other| other.text).collect();
    Some(Region { judged: best, ties })
}
