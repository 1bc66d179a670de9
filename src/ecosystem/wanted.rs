//! What a project asks for, beside a lockfile and without one.

use std::collections::BTreeSet;

use super::records::Records;
use super::{Input, Parsed};
use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::model::{Need, Origin, PackageRecord, Scope, Trait};
use crate::scan::is_vendored;

/// One package that a project asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The package; with a version where the project itself names exactly one.
    pub(super) purl: Purl,
    /// What for.
    pub(super) scope: Scope,
    /// Whether the project works without it.
    pub(super) optional: bool,
    /// Where it stands.
    pub(super) at: Location,
}

/// A project and what it asks for.
#[derive(Clone, Debug)]
pub(super) struct Project {
    /// Its record, without edges.
    pub(super) record: PackageRecord,
    /// What it asks for.
    pub(super) wants: Vec<Wanted>,
}

impl Project {
    /// Creates the project of a folder; one below copied code is a package like any other.
    pub(super) fn new(purl: Purl, at: Location, dir: RelPath) -> Self {
        Self { record: laid_in(PackageRecord::new(purl, at), dir), wants: Vec::new() }
    }

    /// Creates the project of a folder that has no name but that of the folder.
    pub(super) fn unnamed(ty: &str, at: Location, dir: RelPath) -> Self {
        let name = dir.file_name().unwrap_or("project").to_owned();
        Self::new(Purl::new(ty, &name, None), at, dir)
    }

    /// Notes that the project asks for a package.
    pub(super) fn want(&mut self, purl: Purl, scope: Scope, at: Location) {
        self.wants.push(Wanted { purl, scope, optional: false, at });
    }

    /// Draws the edges from the project to what a lockfile pins, and adds what it lacks, which is a diagnostic.
    pub(super) fn join(&self, records: &mut Records, lockfile: &str, hint: &str) -> Option<Diagnostic> {
        let own = records.add(self.record.clone());
        let mut lacking: Vec<&Wanted> = Vec::new();
        for want in &self.wants {
            let targets = records.named(&want.purl.full_name()).to_vec();
            let same_type = |idx: &usize| records.get(*idx).is_some_and(|record| record.purl.ty() == want.purl.ty());
            let targets: Vec<usize> = targets.into_iter().filter(same_type).collect();
            if targets.is_empty() {
                lacking.push(want);
            }
            for target in targets {
                records.need(own, target, want.scope, want.optional);
            }
        }
        for want in &lacking {
            let target = records.add(PackageRecord::new(want.purl.clone(), want.at.clone()));
            records.need(own, target, want.scope, want.optional);
        }
        let first = lacking.iter().map(|want| &want.at).min()?.clone();
        let names: Vec<String> = lacking.iter().map(|want| format!("`{}`", want.purl.full_name())).collect();
        let message = format!("{} not in `{lockfile}`", names.join(", "));
        Some(Diagnostic::new(Code::StaleLockfile, first, message).hint(hint))
    }

    /// Draws edges from the project to every package that no other needs, where nothing says what it asks for; of those
    /// that need each other in a circle, to the first.
    pub(super) fn join_roots(record: PackageRecord, records: Records) -> Vec<PackageRecord> {
        let mut list = records.finish();
        let targets: BTreeSet<usize> = list.iter().flat_map(|record| &record.needs).map(|need| need.target).collect();
        let (tops, inner): (Vec<usize>, Vec<usize>) = (0..list.len()).partition(|idx| !targets.contains(idx));
        let (mut own, mut reached) = (record, BTreeSet::new());
        for root in tops.into_iter().chain(inner) {
            if reached.contains(&root) {
                continue;
            }
            let scope = list.get(root).and_then(|record| record.scope).unwrap_or(Scope::Runtime);
            own.needs.push(Need { target: root, scope, optional: false });
            let mut open = vec![root];
            while let Some(idx) = open.pop() {
                if reached.insert(idx) {
                    open.extend(list.get(idx).into_iter().flat_map(|record| &record.needs).map(|need| need.target));
                }
            }
        }
        list.push(own);
        list
    }

    /// Returns everything that is known where no lockfile pins what the project asks for.
    pub(super) fn alone(self, hint: &str) -> Parsed {
        let mut records = Records::default();
        let is_own = self.record.own;
        let own = records.add(self.record);
        let mut parsed = Parsed::default();
        // What copied code needs is installed by whoever copied it.
        let wants: Vec<Wanted> = self.wants.into_iter().filter(|_| is_own).collect();
        if let Some(first) = wants.iter().map(|want| &want.at).min() {
            let message = "nothing pins what this project needs";
            parsed.diagnostics.push(Diagnostic::new(Code::NoLockfile, first.clone(), message).hint(hint));
        }
        for want in wants {
            let target = records.add(PackageRecord::new(want.purl, want.at));
            records.need(own, target, want.scope, want.optional);
        }
        parsed.records = records.finish();
        parsed
    }
}

/// Lays a package into a folder of the tree: it is the project's own, unless it was copied there.
pub(super) fn laid_in(record: PackageRecord, dir: RelPath) -> PackageRecord {
    let mut record = PackageRecord { origin: Origin::Path(dir.clone()), ..record };
    record.own = !is_vendored(&dir);
    record.traits.extend((!record.own).then_some(Trait::Vendored));
    PackageRecord { dir: Some(dir), ..record }
}

/// Lays a package where a path of the file says, in the tree or outside of it.
pub(super) fn laid_at(record: PackageRecord, input: &Input, path: &str) -> PackageRecord {
    match input.dir().resolve(path) {
        Ok(dir) => laid_in(record, dir),
        Err(_) => PackageRecord { origin: Origin::Outside(path.to_owned()), ..record },
    }
}

/// Returns the number of the line at an index.
pub(super) fn line_number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}

/// Returns whether a word can be the name or the version of a package: it cannot lead out of a folder.
pub(super) fn is_plain(text: &str) -> bool {
    const MAX_BYTES: usize = 512;
    let valid = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_' | '+' | '~' | '!');
    !text.is_empty() && text.len() <= MAX_BYTES && !text.starts_with('.') && text.chars().all(valid)
}
