//! The ways from own packages to every other: up to five shortest ones, found in one pass over the graph.

use std::collections::VecDeque;

use super::package::{Edge, Inventory, Package, PackageIdx};

/// The shortest ways to each package.
#[derive(Clone, Debug)]
pub struct Routes {
    steps: Vec<Step>,
    /// For each package the steps that arrive at it, shortest first.
    arrivals: Vec<Arrivals>,
}

/// One step of a way; ways that begin alike share their steps.
///
/// There are up to six for each package of a graph: numbers of four bytes are enough for any that fits a lockfile.
#[derive(Clone, Copy, Debug)]
struct Step {
    package: u32,
    /// The step before; none at an own package.
    before: u32,
    /// The first package after the own one.
    direct: u32,
    n_packages: u32,
}

/// Stands for no step and no package.
const NONE: u32 = u32::MAX;

/// The steps that arrive at a package.
#[derive(Clone, Copy, Debug)]
struct Arrivals {
    steps: [u32; Routes::MAX + 1],
    n_known: u8,
}

impl Arrivals {
    fn as_slice(&self) -> &[u32] {
        self.steps.get(..usize::from(self.n_known)).unwrap_or_default()
    }
}

impl Routes {
    /// The most ways that are told apart for one package.
    pub const MAX: usize = 5;

    /// The longest way that is followed where a shorter one is known, in packages.
    const MAX_DETOUR: usize = 64;

    /// Walks the graph breadth first from the own packages.
    ///
    /// A package is left at most once more than ways are kept, so that cliques stay linear in their edges.
    /// Of ways of one length the one through the earlier packages comes first.
    pub fn new(inventory: &Inventory) -> Self {
        let own: Vec<bool> = inventory.packages.iter().map(Package::is_own).collect();
        Self::through(&own, |idx| inventory.needs(idx))
    }

    fn through<'edges>(own: &[bool], needs: impl Fn(PackageIdx) -> &'edges [Edge]) -> Self {
        let nowhere = Arrivals { steps: [NONE; Self::MAX + 1], n_known: 0 };
        let mut routes = Self { steps: Vec::new(), arrivals: vec![nowhere; own.len()] };
        let starts = own.iter().enumerate().filter(|(_, own)| **own).map(|(idx, _)| idx);
        let mut queue: VecDeque<u32> = starts.filter_map(|idx| routes.arrive(idx, NONE, NONE)).collect();
        while let Some(at) = queue.pop_front() {
            let Some(step) = routes.step(at) else { continue };
            let mut last = None;
            for edge in needs(wide(step.package)) {
                // Edges of one pair differ in scope alone, and stand side by side.
                let is_repeated = last.replace(edge.to) == Some(edge.to);
                if is_repeated || own.get(edge.to).copied().unwrap_or(true) {
                    continue;
                }
                let direct = if step.direct == NONE { narrow(edge.to) } else { Some(step.direct) };
                queue.extend(direct.and_then(|direct| routes.arrive(edge.to, at, direct)));
            }
        }
        routes
    }

    /// Returns the dependency of an own package by which a package comes in on its shortest way.
    pub fn direct(&self, idx: PackageIdx) -> Option<PackageIdx> {
        let first = self.arrivals(idx).first().and_then(|at| self.step(*at))?;
        (first.direct != NONE).then(|| wide(first.direct))
    }

    /// Returns how many ways to a package are known; one more than [`Self::MAX`] stands for any number.
    pub fn n_known(&self, idx: PackageIdx) -> usize {
        self.arrivals(idx).len()
    }

    /// Returns up to [`Self::MAX`] shortest ways of at most `max_packages` packages, each from an own package to the
    /// package itself. An own package is the way to itself.
    pub fn shortest(&self, idx: PackageIdx, max_packages: usize) -> Vec<Vec<PackageIdx>> {
        let steps = self.arrivals(idx).iter().take(Self::MAX).filter_map(|at| self.step(*at));
        let short = steps.filter(|step| wide(step.n_packages) <= max_packages);
        short
            .map(|step| {
                let mut way: Vec<PackageIdx> = self.back_from(step).collect();
                way.reverse();
                way
            })
            .collect()
    }

    fn arrivals(&self, idx: PackageIdx) -> &[u32] {
        self.arrivals.get(idx).map_or(&[], Arrivals::as_slice)
    }

    fn step(&self, at: u32) -> Option<Step> {
        self.steps.get(wide(at)).copied()
    }

    /// Remembers a step, if it is one of the shortest and no circle; returns its index.
    fn arrive(&mut self, package: PackageIdx, before: u32, direct: u32) -> Option<u32> {
        let from = self.step(before);
        let n_packages = from.map_or(0, |from| from.n_packages) + 1;
        let n_known = self.n_known(package);
        // The first arrival cannot be a circle. To look for one in all others would take too long in a deep graph.
        if n_known > Self::MAX || (n_known > 0 && wide(n_packages) > Self::MAX_DETOUR) {
            return None;
        }
        if n_known > 0 && from.is_some_and(|from| self.back_from(from).any(|known| known == package)) {
            return None;
        }
        let at = narrow(self.steps.len())?;
        let arrivals = self.arrivals.get_mut(package)?;
        *arrivals.steps.get_mut(n_known)? = at;
        arrivals.n_known += 1;
        self.steps.push(Step { package: narrow(package)?, before, direct, n_packages });
        Some(at)
    }

    fn back_from(&self, step: Step) -> impl Iterator<Item = PackageIdx> {
        let steps = std::iter::successors(Some(step), |step| self.step(step.before));
        steps.map(|step| wide(step.package))
    }
}

/// Returns an index in four bytes; a graph that is larger has no ways beyond.
fn narrow(idx: usize) -> Option<u32> {
    u32::try_from(idx).ok().filter(|idx| *idx != NONE)
}

fn wide(idx: u32) -> usize {
    usize::try_from(idx).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Scope;

    /// The ways through a graph whose package 0 is the own one.
    fn routes(n_packages: usize, edges: impl IntoIterator<Item = (usize, usize)>) -> Routes {
        let edge = |(from, to)| Edge { from, to, scope: Scope::Runtime, optional: false };
        let mut edges: Vec<Edge> = edges.into_iter().map(edge).collect();
        edges.sort();
        let own: Vec<bool> = (0..n_packages).map(|idx| idx == 0).collect();
        let inventory = Inventory { packages: Vec::new(), edges };
        Routes::through(&own, |idx| inventory.needs(idx))
    }

    #[test]
    fn the_shortest_come_first_and_the_rest_is_counted() {
        let diamond = routes(4, [(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)]);
        assert_eq!(diamond.shortest(3, usize::MAX), [vec![0, 3], vec![0, 1, 3], vec![0, 2, 3]]);
        assert_eq!(diamond.shortest(3, 2), [[0, 3]]);
        assert_eq!((diamond.direct(3), diamond.direct(2), diamond.direct(0)), (Some(3), Some(2), None));
        assert_eq!(diamond.shortest(0, usize::MAX), [[0]]);
        let wide = routes(10, (1..9).flat_map(|middle| [(0, middle), (middle, 9)]));
        assert_eq!(wide.shortest(9, usize::MAX).len(), Routes::MAX);
        assert_eq!(wide.n_known(9), Routes::MAX + 1);
    }

    #[test]
    fn nothing_leads_to_what_nothing_needs_and_circles_are_no_ways() {
        let circle = routes(4, [(0, 1), (1, 2), (2, 1)]);
        assert_eq!(circle.shortest(1, usize::MAX), [[0, 1]]);
        assert_eq!(circle.shortest(2, usize::MAX), [[0, 1, 2]]);
        assert!(circle.shortest(3, usize::MAX).is_empty());
    }

    #[test]
    fn deep_and_dense_graphs_take_no_more_than_their_edges() {
        let n = 20_000;
        let chain = routes(n, (1..n).map(|to| (to - 1, to)));
        assert_eq!(chain.shortest(n - 1, usize::MAX)[0].len(), n);
        let ladder = routes(n, (2..n).flat_map(|to| [(to - 2, to), (to - 1, to)]).chain([(0, 1)]));
        assert_eq!(ladder.direct(n - 1), Some(1));
        let clique = routes(200, (0..200).flat_map(|from| (0..200).map(move |to| (from, to))));
        assert_eq!(clique.n_known(199), Routes::MAX + 1);
    }
}
