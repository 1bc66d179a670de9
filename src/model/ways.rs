//! How many ways lead to a package, over the whole graph.
//!
//! Ways that meet no circle are counted exactly, in one pass over the edges. To count those through circles would take
//! longer than any graph is old: an edge that closes a circle is left out, and then there are at least as many.

use super::package::{Inventory, Package, PackageIdx};

/// The number of ways from own packages to one package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ways {
    /// How many were counted; the largest number stands for itself and more.
    pub n: u64,
    /// Whether there may be more.
    pub at_least: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

impl Ways {
    /// Counts the ways to a package; an own package is the start of a way and never in the middle of one.
    pub fn to(inventory: &Inventory, target: PackageIdx) -> Self {
        let own: Vec<bool> = inventory.packages.iter().map(Package::is_own).collect();
        Self::through(&own, target, |idx| inventory.needs(idx).iter().map(|edge| edge.to).collect())
    }

    fn through(own: &[bool], target: PackageIdx, needs: impl Fn(PackageIdx) -> Vec<PackageIdx>) -> Self {
        let mut state = vec![State::New; own.len()];
        // Packages after everything they need, with those needs that close no circle.
        let mut done: Vec<(PackageIdx, Vec<PackageIdx>)> = Vec::new();
        let mut closing: Vec<PackageIdx> = Vec::new();
        let is_own = |idx: PackageIdx| own.get(idx).copied().unwrap_or(true);
        let open = |idx: PackageIdx| {
            let mut targets = needs(idx);
            targets.retain(|to| !is_own(*to) && *to != idx);
            targets.sort_unstable();
            targets.dedup();
            (idx, targets, 0)
        };
        for start in (0..own.len()).filter(|idx| is_own(*idx)) {
            let mut stack = vec![open(start)];
            while let Some((idx, targets, next)) = stack.last_mut() {
                let Some(&to) = targets.get(*next) else {
                    let (idx, targets) = (*idx, std::mem::take(targets));
                    set(&mut state, idx, State::Done);
                    done.push((idx, targets));
                    stack.pop();
                    continue;
                };
                set(&mut state, *idx, State::Open);
                match state.get(to) {
                    Some(State::New) => {
                        *next += 1;
                        set(&mut state, to, State::Open);
                        stack.push(open(to));
                    }
                    Some(State::Open) => {
                        closing.push(to);
                        targets.swap_remove(*next);
                    }
                    Some(State::Done) | None => *next += 1,
                }
            }
        }
        let (mut ways, mut leads) = (vec![0_u64; own.len()], vec![false; own.len()]);
        for (idx, targets) in &done {
            let found = *idx == target || targets.iter().any(|to| leads.get(*to) == Some(&true));
            if let Some(lead) = leads.get_mut(*idx) {
                *lead = found;
            }
        }
        for (idx, targets) in done.iter().rev() {
            let here = if is_own(*idx) { 1 } else { ways.get(*idx).copied().unwrap_or_default() };
            for to in targets {
                if let Some(ways) = ways.get_mut(*to) {
                    *ways = ways.saturating_add(here);
                }
            }
        }
        let n = if is_own(target) { 1 } else { ways.get(target).copied().unwrap_or_default() };
        Self { n, at_least: n == u64::MAX || closing.iter().any(|idx| leads.get(*idx) == Some(&true)) }
    }
}

fn set(state: &mut [State], idx: PackageIdx, to: State) {
    if let Some(state) = state.get_mut(idx) {
        *state = to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts the ways through a graph whose package 0 is the own one.
    fn ways(n_packages: usize, target: usize, edges: &[(usize, usize)]) -> (u64, bool) {
        let own: Vec<bool> = (0..n_packages).map(|idx| idx == 0).collect();
        let mut by_start = vec![Vec::new(); n_packages];
        for (from, to) in edges {
            by_start[*from].push(*to);
        }
        let found = Ways::through(&own, target, |idx| by_start[idx].clone());
        (found.n, found.at_least)
    }

    #[test]
    fn every_way_counts_once() {
        let diamond = [(0, 1), (0, 2), (1, 3), (2, 3), (0, 3), (0, 3)];
        assert_eq!(ways(4, 3, &diamond), (3, false));
        assert_eq!(ways(4, 1, &diamond), (1, false));
        assert_eq!(ways(5, 4, &diamond), (0, false));
        assert_eq!(ways(4, 0, &diamond), (1, false));
        // Ten diamonds in a row have a way for each choice.
        let row: Vec<_> = (0..10)
            .flat_map(|at| {
                [(3 * at, 3 * at + 1), (3 * at, 3 * at + 2), (3 * at + 1, 3 * at + 3), (3 * at + 2, 3 * at + 3)]
            })
            .collect();
        assert_eq!(ways(31, 30, &row), (1024, false));
    }

    #[test]
    fn circles_leave_a_least_number() {
        assert_eq!(ways(3, 2, &[(0, 1), (1, 2), (2, 1)]), (1, true));
        // A circle that leads elsewhere changes nothing.
        assert_eq!(ways(4, 3, &[(0, 3), (0, 1), (1, 2), (2, 1)]), (1, false));
        assert_eq!(ways(2, 1, &[(0, 1), (1, 1)]), (1, false));
    }

    #[test]
    fn deep_and_dense_graphs_are_counted_at_once() {
        let n = 100_000;
        let chain: Vec<_> = (1..n).map(|to| (to - 1, to)).collect();
        assert_eq!(ways(n, n - 1, &chain), (1, false));
        let ladder: Vec<_> = (2..n).flat_map(|to| [(to - 2, to), (to - 1, to)]).chain([(0, 1)]).collect();
        assert_eq!(ways(n, n - 1, &ladder), (u64::MAX, true));
        let clique: Vec<_> = (0..300).flat_map(|from| (0..300).map(move |to| (from, to))).collect();
        assert!(ways(300, 299, &clique).1);
    }
}
