//! Joining records of all files into packages and a graph.

use std::collections::{BTreeMap, BTreeSet};

use super::Collected;
use super::carried::{Carried, carried};
use super::read::ParsedFile;
use crate::base::Purl;
use crate::config::Config;
use crate::model::{Edge, Inventory, NotJudged, Package, PackageIdx, PackageRecord, Scope, Trait};

/// Joins records by identity: one package remembers all files that name it.
pub(super) fn join(mut parsed: Vec<ParsedFile>, config: &Config) -> Collected {
    let mut by_purl: BTreeMap<&Purl, Vec<(&ParsedFile, &PackageRecord)>> = BTreeMap::new();
    for file in &parsed {
        for record in &file.records {
            by_purl.entry(&record.purl).or_default().push((file, record));
        }
    }
    let index: BTreeMap<&Purl, PackageIdx> = by_purl.keys().enumerate().map(|(idx, purl)| (*purl, idx)).collect();
    let carried = carried(&parsed);
    let edges = edges(&parsed, &carried, &index);
    let mut packages: Vec<Package> = by_purl.into_iter().map(|(purl, found)| package(purl, &found, config)).collect();
    for Carried { purl, at, .. } in carried {
        if let Ok(idx) = packages.binary_search_by(|package| package.purl.cmp(purl))
            && let Some(package) = packages.get_mut(idx)
            && let Err(place) = package.at.binary_search(at)
        {
            package.at.insert(place, at.clone());
        }
    }
    let records = by_package(&mut parsed, &packages);
    let mut inventory = Inventory { packages, edges };
    mark_direct(&mut inventory);
    let files = parsed.into_iter().map(|file| file.file).collect();
    Collected { inventory, records, files, ..Collected::default() }
}

/// Takes the records of each package out of the files.
///
/// What samples say counts only where nothing else names the package.
fn by_package(parsed: &mut [ParsedFile], packages: &[Package]) -> Vec<Vec<PackageRecord>> {
    let mut all: Vec<Vec<PackageRecord>> = vec![Vec::new(); packages.len()];
    // Most packages are named once.
    for records in &mut all {
        records.reserve_exact(1);
    }
    for sample in [false, true] {
        let files = parsed.iter_mut().filter(|file| file.file.sample == sample);
        for record in files.flat_map(|file| std::mem::take(&mut file.records)) {
            let found = packages.binary_search_by(|package| package.purl.cmp(&record.purl));
            let known = found.ok().and_then(|idx| Some((packages.get(idx)?, all.get_mut(idx)?)));
            if let Some((package, records)) = known
                && (!sample || package.not_judged == Some(NotJudged::Sample))
            {
                records.push(record);
            }
        }
    }
    all
}

fn edges(parsed: &[ParsedFile], carried: &[Carried], index: &BTreeMap<&Purl, PackageIdx>) -> Vec<Edge> {
    let mut edges = Vec::new();
    for Carried { by, purl, scope, .. } in carried {
        if let (Some(&from), Some(&to)) = (index.get(by), index.get(purl))
            && from != to
        {
            edges.push(Edge { from, to, scope: *scope, optional: false });
        }
    }
    for file in parsed {
        for record in &file.records {
            let Some(&from) = index.get(&record.purl) else { continue };
            for need in &record.needs {
                let target = file.records.get(need.target).and_then(|target| index.get(&target.purl));
                if let Some(&to) = target.filter(|to| **to != from) {
                    let scope = if file.file.sample { Scope::Test } else { need.scope };
                    edges.push(Edge { from, to, scope, optional: need.optional });
                }
            }
        }
    }
    edges.sort_unstable();
    edges.dedup();
    edges
}

fn package(purl: &Purl, found: &[(&ParsedFile, &PackageRecord)], config: &Config) -> Package {
    let mut at: Vec<_> = found.iter().map(|(_, record)| record.at.clone()).collect();
    at.sort();
    at.dedup();
    let mut dirs: Vec<_> = found.iter().filter_map(|(_, record)| record.dir.clone()).collect();
    dirs.sort();
    dirs.dedup();
    let counting = || {
        let all_samples = found.iter().all(|(file, _)| file.file.sample);
        found.iter().filter(move |(file, _)| all_samples || !file.file.sample).map(|(_, record)| *record)
    };
    let traits: BTreeSet<Trait> = counting().flat_map(|record| record.traits.iter().copied()).collect();
    let own = counting().any(|record| record.own) || config.own.iter().any(|pattern| pattern.matches(purl));
    let not_judged = if found.iter().all(|(file, _)| file.file.sample) {
        Some(NotJudged::Sample)
    } else if own {
        Some(NotJudged::Own)
    } else if traits.contains(&Trait::Infrastructure) {
        Some(NotJudged::Infrastructure)
    } else {
        None
    };
    let mut checksums: Vec<_> = counting().flat_map(|record| record.checksums.clone()).collect();
    checksums.sort();
    checksums.dedup();
    // Room for four is taken for the first; nearly every package has one.
    checksums.shrink_to_fit();
    Package {
        at,
        not_judged,
        dirs,
        direct: counting().any(|record| record.direct),
        // Any origin but the official registry is the more telling one: the package is then not looked up.
        origin: counting().map(|record| record.origin.clone()).max().unwrap_or_default(),
        checksums,
        traits,
        ..Package::new(purl.clone())
    }
}

fn mark_direct(inventory: &mut Inventory) {
    let own: Vec<bool> = inventory.packages.iter().map(Package::is_own).collect();
    for edge in &inventory.edges {
        if own.get(edge.from).copied().unwrap_or_default()
            && let Some(package) = inventory.packages.get_mut(edge.to)
        {
            package.direct = true;
        }
    }
}
