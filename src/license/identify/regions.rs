//! The known texts in a text: one for each stretch, the one that differs least.

use std::cmp::Reverse;
use std::ops::Range;

use super::format::sequence_hash;
use super::index::{Content, Index, TextNumber};
use super::judge::{Judged, judge};
use super::library::Library;
use super::search::{COMPARED, Candidate, candidates};

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

/// So many units are searched at once: memory does not grow with the file, and no step sees all of it.
const WINDOW: usize = 36_000;

/// What starts so close to the end of a window is left to the next: no known text is as long.
const MARGIN: usize = 14_000;

/// Finds the known texts, by position.
pub(crate) fn regions(library: &Library<'_>, source: &str, content: &Content) -> Vec<Region> {
    if let Some(region) = whole(library.index, content) {
        return vec![region];
    }
    let n_units = content.units.len();
    let mut found: Vec<Region> = Vec::new();
    let mut start = 0;
    loop {
        let end = (start + WINDOW).min(n_units);
        let mut next = if end == n_units { end } else { end - MARGIN };
        let mut inside = in_window(library, source, content, start..end);
        inside.sort_by_key(|region| region.judged.alignment.found.start);
        for region in inside {
            let stretch = &region.judged.alignment.found;
            if end == n_units || stretch.start < next {
                next = next.max(stretch.end);
                found.push(region);
            }
        }
        if end == n_units {
            break;
        }
        start = next;
    }
    found
}

/// Finds the known texts in a window, the strongest first.
fn in_window(library: &Library<'_>, source: &str, content: &Content, window: Range<usize>) -> Vec<Region> {
    let mut open = Open::new(library.index, content, window);
    let mut found = Vec::new();
    while let Some(best) = open.strongest() {
        let (start, end) = (best.start(), best.end());
        let rivals = open.take_rivals(start, end);
        let Some(region) = best_of(library, source, content, &open.sorted(&rivals)) else {
            // Nobody won: the long candidate goes, shorter ones inside it get their chance.
            open.give_back(rivals, |candidate| (candidate.end() - candidate.start()) * 2 < end - start);
            continue;
        };
        // What the winner left over may hold a text of its own.
        let (from, to) = (region.judged.alignment.found.start, region.judged.alignment.found.end);
        open.give_back(rivals, |candidate| candidate.start() as usize >= to || (candidate.end() as usize) < from);
        open.drop_inside(from, to);
        found.push(region);
    }
    found
}

/// The candidates of a window that nothing was decided about yet.
struct Open {
    candidates: Vec<Candidate>,
    undecided: Vec<bool>,
    /// Numbers of the candidates, the strongest first.
    by_strength: Vec<usize>,
    /// Numbers of the candidates in each cell of the text: only neighbors are compared.
    cells: Vec<Vec<usize>>,
    /// Candidates before this place in `by_strength` are closed.
    next: usize,
    window: Range<usize>,
}

impl Open {
    /// Units of a cell.
    const CELL: usize = 256;

    fn new(index: &Index, content: &Content, window: Range<usize>) -> Self {
        let mut candidates = candidates(index, content.units.get(window.clone()).unwrap_or_default());
        let mut cells = vec![Vec::new(); window.len() / Self::CELL + 1];
        for (number, candidate) in candidates.iter_mut().enumerate() {
            let span = candidate.start() as usize / Self::CELL..=candidate.end() as usize / Self::CELL;
            cells.get_mut(span).unwrap_or_default().iter_mut().for_each(|cell| cell.push(number));
            candidate.shift(window.start);
        }
        let mut by_strength: Vec<usize> = (0..candidates.len()).collect();
        by_strength.sort_by_key(|&number| {
            candidates.get(number).map(|candidate| (Reverse(candidate.anchors.len()), candidate.text, Reverse(number)))
        });
        Self { undecided: vec![true; candidates.len()], candidates, by_strength, cells, next: 0, window }
    }

    fn strongest(&mut self) -> Option<&Candidate> {
        loop {
            let number = *self.by_strength.get(self.next)?;
            if self.undecided.get(number).is_some_and(|open| *open) {
                return self.candidates.get(number);
            }
            self.next += 1;
        }
    }

    /// Numbers of the open candidates near a stretch.
    fn near(&self, start: usize, end: usize) -> Vec<usize> {
        let cell = |unit: usize| unit.saturating_sub(self.window.start) / Self::CELL;
        let (first, last) = (cell(start), cell(end).min(self.cells.len().saturating_sub(1)));
        let mut numbers = Vec::new();
        for at in first..=last {
            for &number in self.cells.get(at).into_iter().flatten() {
                // One that lies in several cells is taken in the first.
                let begins = self.candidates.get(number).map_or(0, |candidate| cell(candidate.start() as usize));
                if self.undecided.get(number).is_some_and(|open| *open) && begins.max(first) == at {
                    numbers.push(number);
                }
            }
        }
        numbers.sort_unstable();
        numbers
    }

    fn set(&mut self, number: usize, open: bool) {
        self.undecided.iter_mut().skip(number).take(1).for_each(|place| *place = open);
    }

    /// Closes the candidates that compete for a stretch, and returns their numbers.
    fn take_rivals(&mut self, start: u32, end: u32) -> Vec<usize> {
        let mut rivals = self.near(start as usize, end as usize);
        rivals.retain(|&number| {
            self.candidates.get(number).is_some_and(|candidate| candidate.overlap(start, end) >= 0.5)
        });
        for &number in &rivals {
            self.set(number, false);
        }
        rivals
    }

    /// The candidates of these numbers, the likeliest first.
    fn sorted(&self, numbers: &[usize]) -> Vec<&Candidate> {
        let mut sorted: Vec<&Candidate> = numbers.iter().filter_map(|&number| self.candidates.get(number)).collect();
        sorted.sort_by(|left, right| right.likeness.total_cmp(&left.likeness));
        sorted
    }

    /// Opens those of these candidates again that `keep` holds for.
    fn give_back(&mut self, numbers: Vec<usize>, keep: impl Fn(&Candidate) -> bool) {
        for number in numbers {
            if self.candidates.get(number).is_some_and(&keep) {
                self.set(number, true);
            }
        }
    }

    /// Closes the candidates of which half or more lies inside a stretch.
    fn drop_inside(&mut self, from: usize, to: usize) {
        for number in self.near(from, to) {
            let Some(candidate) = self.candidates.get(number) else { continue };
            let (start, end) = (candidate.start() as usize, candidate.end() as usize);
            let inside = (end + 1).min(to).saturating_sub(start.max(from));
            if inside * 2 > end + 1 - start {
                self.set(number, false);
            }
        }
    }
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

fn best_of(library: &Library<'_>, source: &str, content: &Content, rivals: &[&Candidate]) -> Option<Region> {
    let compared = rivals.get(..COMPARED).unwrap_or(rivals);
    let mut judged = judge(library, source, content, compared);
    judged.retain(|judged| judged.likeness(library.index) >= LEAST_LIKENESS);
    judged.sort_by_key(Judged::rank);
    let mut judged = judged.into_iter();
    let best = judged.next()?;
    let rank = best.rank();
    let equal = judged.take_while(|other| other.rank() == rank).map(|other| other.text);
    // One text may fit in two ways.
    let ties = equal.filter(|text| *text != best.text).collect();
    Some(Region { judged: best, ties })
}

#[cfg(test)]
mod tests {
    use super::super::index::compiled;
    use super::*;

    #[test]
    fn no_known_text_is_longer_than_a_margin() {
        let index = compiled();
        let longest = (0..index.n_texts()).map(|text| index.units(text).len()).max();
        assert!(longest.is_some_and(|longest| longest < MARGIN), "{longest:?}");
    }

    #[test]
    fn texts_at_the_edges_of_windows_are_found_once() {
        let index = compiled();
        let gpl = spdx::license_id("GPL-2.0-only").unwrap().text();
        let mit = spdx::license_id("MIT").unwrap().text();
        let bundle = format!("{gpl}\n\n=====\n\n{mit}\n\n-----\n\n").repeat(40);
        let content = index.content(&bundle);
        assert!(content.units.len() > 2 * WINDOW);
        let found = regions(&Library::new(index), &bundle, &content);
        let ids: Vec<&str> = found.iter().map(|region| index.id(region.judged.text)).collect();
        assert_eq!(ids, ["GPL-2.0-only", "MIT"].repeat(40));
    }

    #[test]
    fn a_text_that_fits_in_two_ways_is_no_choice() {
        let index = compiled();
        let copies = (spdx::license_id("BSD-3-Clause").unwrap().text().to_owned() + "\n\n").repeat(30);
        let found = regions(&Library::new(index), &copies, &index.content(&copies));
        let ids: Vec<(&str, usize)> =
            found.iter().map(|region| (index.id(region.judged.text), region.ties.len())).collect();
        assert_eq!(ids, [("BSD-3-Clause", 0)].repeat(30));
    }
}
