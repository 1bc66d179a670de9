//! `gradle/verification-metadata.xml`: every artifact that a build may use, with checksums.
//! <https://docs.gradle.org/current/userguide/dependency_verification.html>.

use crate::base::{Location, Purl};
use crate::ecosystem::records::Records;
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Checksum, PackageRecord};
use crate::syntax::xml::{Xml, child, children};

use super::ECOSYSTEM;
use super::lockfile::is_locked;
use super::model::is_plain;

/// Reads the list of a project without lockfiles: what of it is shipped is not said.
pub(super) fn parse(input: &Input) -> Parsed {
    let dir = input.dir().parent().unwrap_or_default();
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let xml = match Xml::parse(&text, &Location::file(input.path.clone())) {
        Ok(xml) => xml,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    if is_locked(input, &dir) {
        return Parsed::default();
    }
    let mut records = Records::default();
    let list = child(xml.root(), "components");
    for component in list.into_iter().flat_map(|list| children(list, "component")) {
        let part = |name: &str| component.attribute(name).filter(|value| is_plain(value));
        let (Some(group), Some(name), Some(version)) = (part("group"), part("name"), part("version")) else { continue };
        let purl = Purl::with_namespace(ECOSYSTEM, Some(group), name, Some(version));
        let jar = format!("{name}-{version}.jar");
        let artifacts = children(component, "artifact").filter(|artifact| artifact.attribute("name") == Some(&jar));
        let sums = artifacts.flat_map(|artifact| {
            let kinds = ["sha256", "sha512"].into_iter();
            kinds.flat_map(move |kind| {
                let values = children(artifact, kind).filter_map(|sum| sum.attribute("value")).collect::<Vec<_>>();
                values.into_iter().map(move |hex| (kind, hex.to_ascii_lowercase()))
            })
        });
        let checksums = sums.map(|(algorithm, hex)| Checksum { algorithm: algorithm.to_owned(), hex }).collect();
        records.add(PackageRecord { checksums, ..PackageRecord::new(purl, input.at(xml.line(component))) });
    }
    Parsed { records: records.finish(), ..Parsed::default() }
}
