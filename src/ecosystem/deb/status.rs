//! `var/lib/dpkg/status`: what is installed in the file system around it, such as that of an image.

use std::collections::BTreeMap;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::ecosystem::records::Records;
use crate::ecosystem::wanted::Project;
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{PackageRecord, Scope, Trait};
use crate::syntax::headers::{Block, blocks};

use super::control::{is_name, is_version, needs};
use super::{ECOSYSTEM, VENDOR};

/// How deep below the root of the file system the file lies.
const DEPTH: usize = 3;

/// What an installed package needs, and whether it can do without.
const FIELDS: &[(&str, bool)] = &[("Depends", false), ("Pre-Depends", false), ("Recommends", true)];

/// Reads the list of packages; those that were removed and left settings behind are not installed.
pub(super) fn parse(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut parsed = Parsed::default();
    parsed.diagnostics.extend(input.unless_marked(&text, &["Package:"]));
    let root = (0..DEPTH).try_fold(input.dir(), |dir, _| dir.parent()).unwrap_or_default();
    let blocks = blocks(&text);
    let (mut records, mut by_name, mut open) = (Records::default(), BTreeMap::<String, Vec<usize>>::new(), Vec::new());
    for block in &blocks {
        let Some(name) = block.get("Package") else { continue };
        if !block.str("Status").unwrap_or("installed").trim_end().ends_with(" installed") {
            continue;
        }
        let Some(record) = record(block, input.at(name.line), &root) else {
            let message = "expected a package with a name and a `Version`";
            parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, input.at(name.line), message));
            continue;
        };
        let record_idx = records.add(record);
        let provided = block.get("Provides").into_iter().flat_map(needs).map(|need| need.name);
        for name in provided.chain([name.value.trim().to_owned()]) {
            by_name.entry(name).or_default().push(record_idx);
        }
        open.push((record_idx, block));
    }
    for (from, block) in open {
        for (field, optional) in FIELDS {
            for need in block.get(field).into_iter().flat_map(needs) {
                for target in by_name.get(&need.name).into_iter().flatten() {
                    records.need(from, *target, Scope::Runtime, *optional || need.is_alternative);
                }
            }
        }
    }
    let own = Project::unnamed(ECOSYSTEM, Location::file(input.path.clone()), root).record;
    parsed.records = Project::join_roots(own, records);
    parsed
}

fn record(block: &Block, at: Location, root: &RelPath) -> Option<PackageRecord> {
    let name = block.str("Package").map(str::trim).filter(|name| is_name(name))?;
    let version = block.str("Version").map(str::trim).filter(|version| is_version(version))?;
    let purl = Purl::with_namespace(ECOSYSTEM, Some(VENDOR), name, Some(version));
    let purl = match block.str("Architecture").map(str::trim).filter(|arch| is_name(arch)) {
        Some(arch) => purl.with_qualifier("arch", arch),
        None => purl,
    };
    let dir = root.join("usr/share/doc").join(name);
    Some(PackageRecord { dir: Some(dir), traits: [Trait::SystemPackage].into(), ..PackageRecord::new(purl, at) })
}
