//! How strongly each package ends up in the work, by the paths that lead to it.

use std::collections::{BTreeSet, VecDeque};

use crate::model::{Inventory, NotJudged, PackageRecord, Scope};

/// Sets scopes and the optional flag of every package.
///
/// What a lockfile says of a scope by itself counts; else the scope of a path is its weakest edge, and a package has
/// the scopes of all paths from own packages. A package that nothing reaches counts as runtime.
pub(super) fn derive(inventory: &mut Inventory, records: &[Vec<PackageRecord>]) {
    let reached = reach(inventory, |_| true);
    let required = reach(inventory, |optional| !optional);
    for (idx, package) in inventory.packages.iter_mut().enumerate() {
        let records = records.get(idx).map_or(&[][..], Vec::as_slice);
        let mut scopes: BTreeSet<Scope> = records.iter().filter_map(|record| record.scope).collect();
        let said = !scopes.is_empty();
        if !said {
            scopes = reached.get(idx).cloned().unwrap_or_default();
        }
        if package.not_judged == Some(NotJudged::Sample) {
            scopes = BTreeSet::from([Scope::Test]);
        } else if scopes.is_empty() {
            scopes.insert(Scope::Runtime);
        }
        package.optional = if said {
            records.iter().filter(|record| record.scope.is_some()).all(|record| record.optional)
        } else {
            let by_records = !records.is_empty() && records.iter().all(|record| record.optional);
            let only_optional_paths = required.get(idx).is_some_and(BTreeSet::is_empty)
                && reached.get(idx).is_some_and(|scopes| !scopes.is_empty());
            by_records || only_optional_paths
        };
        package.scopes = scopes;
    }
}

/// Returns the scopes in which each package is reached from own packages along edges that `follow` accepts.
///
/// A package is visited at most once in each scope, so that cycles and cliques stay linear.
fn reach(inventory: &Inventory, follow: impl Fn(bool) -> bool) -> Vec<BTreeSet<Scope>> {
    let mut reached: Vec<BTreeSet<Scope>> = vec![BTreeSet::new(); inventory.packages.len()];
    let mut queue = VecDeque::new();
    for (idx, package) in inventory.packages.iter().enumerate() {
        if package.is_own() {
            queue.push_back((idx, Scope::Runtime));
            if let Some(scopes) = reached.get_mut(idx) {
                scopes.insert(Scope::Runtime);
            }
        }
    }
    while let Some((from, scope)) = queue.pop_front() {
        for edge in inventory.needs(from).iter().filter(|edge| follow(edge.optional)) {
            let scope = scope.min(edge.scope);
            if reached.get_mut(edge.to).is_some_and(|scopes| scopes.insert(scope)) {
                queue.push_back((edge.to, scope));
            }
        }
    }
    reached
}
