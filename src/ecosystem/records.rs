//! The records of one file: one for each package, found by name, with the edges between them.

use std::collections::BTreeMap;

use crate::base::Purl;
use crate::model::{Need, PackageRecord, Scope};

/// Records while a file is being read.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    list: Vec<PackageRecord>,
    by_purl: BTreeMap<Purl, usize>,
    by_name: BTreeMap<String, Vec<usize>>,
}

impl Records {
    /// Adds a record and returns its index; a package that is there already keeps its place and takes what is new.
    pub(super) fn add(&mut self, record: PackageRecord) -> usize {
        if let Some(&known_idx) = self.by_purl.get(&record.purl) {
            if let Some(known) = self.list.get_mut(known_idx) {
                join(known, record);
            }
            return known_idx;
        }
        let record_idx = self.list.len();
        self.by_purl.insert(record.purl.clone(), record_idx);
        self.by_name.entry(record.purl.full_name()).or_default().push(record_idx);
        self.list.push(record);
        record_idx
    }

    /// Returns the indexes of all versions of a package, by its name as the purl has it.
    pub(super) fn named(&self, name: &str) -> &[usize] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns the index of a package.
    pub(super) fn find(&self, purl: &Purl) -> Option<usize> {
        self.by_purl.get(purl).copied()
    }

    /// Returns a record, to say more about it.
    pub(super) fn get_mut(&mut self, record_idx: usize) -> Option<&mut PackageRecord> {
        self.list.get_mut(record_idx)
    }

    /// Returns a record.
    pub(super) fn get(&self, record_idx: usize) -> Option<&PackageRecord> {
        self.list.get(record_idx)
    }

    /// Notes that one package needs another.
    pub(super) fn need(&mut self, from: usize, target: usize, scope: Scope, optional: bool) {
        if let Some(record) = self.list.get_mut(from).filter(|_| from != target) {
            record.needs.push(Need { target, scope, optional });
        }
    }

    /// Notes that a package needs each known version of another, and returns whether there is one.
    pub(super) fn need_named(&mut self, from: usize, name: &str, scope: Scope, optional: bool) -> bool {
        let targets = self.named(name).to_vec();
        for &target in &targets {
            self.need(from, target, scope, optional);
        }
        !targets.is_empty()
    }

    /// Returns the records, their edges sorted and each there once.
    pub(super) fn finish(mut self) -> Vec<PackageRecord> {
        for record in &mut self.list {
            record.needs.sort();
            record.needs.dedup();
        }
        self.list
    }
}

fn join(known: &mut PackageRecord, record: PackageRecord) {
    if record.own && !known.own {
        known.own = true;
        known.origin = record.origin;
    }
    known.dir = known.dir.take().or(record.dir);
    // A missing scope follows from edges and may turn out stronger than any that is said.
    known.scope = known.scope.zip(record.scope).map(|(a, b)| a.max(b));
    known.optional &= record.optional;
    known.direct |= record.direct;
    known.checksums.extend(record.checksums);
    known.checksums.sort();
    known.checksums.dedup();
    for claim in record.claims {
        if !known.claims.contains(&claim) {
            known.claims.push(claim);
        }
    }
    known.needs.extend(record.needs);
    known.traits.extend(record.traits);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Location, RelPath};

    fn record(name: &str, version: &str) -> PackageRecord {
        PackageRecord::new(Purl::new("pypi", name, Some(version)), Location::file(RelPath::root()))
    }

    #[test]
    fn one_package_is_one_record() {
        let mut records = Records::default();
        let a = records.add(PackageRecord { scope: Some(Scope::Dev), optional: true, ..record("a", "1") });
        let b = records.add(record("b", "1"));
        assert_eq!(records.add(PackageRecord { scope: Some(Scope::Runtime), ..record("A", "1") }), a);
        let c = records.add(record("a", "2"));
        assert!(records.need_named(b, "a", Scope::Runtime, false));
        assert!(records.need_named(b, "a", Scope::Runtime, false));
        assert!(!records.need_named(b, "none", Scope::Runtime, false));
        let found = records.finish();
        assert_eq!(found.len(), 3);
        assert_eq!((found[a].scope, found[a].optional), (Some(Scope::Runtime), false));
        let targets: Vec<_> = found[b].needs.iter().map(|need| need.target).collect();
        assert_eq!(targets, [a, c]);
    }
}
