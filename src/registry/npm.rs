//! npm: what the registry says of one version is that version's manifest; where the manifest leaves the license open,
//! the archive is read.
//!
//! <https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md>. The shortened form for installers has no
//! license: it serves for the list of versions alone.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::address::segment;
use super::http::{Session, Size};
use super::needs::{Named, Needs};
use super::range::Dialect;
use super::{Answer, Asked, LookupError, Registry, garbled, inspect_as, same_as_listed};
use crate::base::{Purl, sha512_hex};
use crate::ecosystem::npm::checksums;
use crate::ecosystem::packed::{Files, Packing, unpack};
use crate::model::Checksum;
use crate::scan::ArchiveKind;

pub(super) static NPM: Registry = Registry {
    ty: "npm",
    name: "the npm registry",
    first,
    look_up,
    open: Some(open),
    inspect: None,
    needs: Some(Needs { named, versions, dialect: Dialect::Npm }),
    pause: Duration::from_millis(5),
};

const MANIFEST: &str = "package.json";

const PACKING: Packing = Packing {
    kind: ArchiveKind::TarGz,
    strip: true,
    is_manifest: |file| file == MANIFEST,
    inspect: |folder| inspect_as("npm", folder),
};

#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    dist: Dist,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Dist {
    integrity: Option<String>,
    shasum: Option<String>,
}

/// Returns the name as addresses have it: the slash after a scope is escaped.
fn name(purl: &Purl) -> Option<String> {
    segment(&purl.full_name())
}

fn first(purl: &Purl) -> Option<String> {
    Some(format!("/{}/{}", name(purl)?, segment(purl.version()?)?))
}

fn look_up(asked: &Asked, session: &Session) -> Result<Answer, LookupError> {
    let bytes = session.first(asked, Size::Answer)?;
    let version: Version = serde_json::from_slice(&bytes).map_err(|error| garbled(&error))?;
    Ok(Answer { files: Files::from([(MANIFEST.to_owned(), bytes)]), whole: false, checksums: version.dist.checksums() })
}

fn open(asked: &Asked, first: &Answer, session: &Session) -> Result<Answer, LookupError> {
    let (Some(scope), Some(bare), Some(version)) = (
        asked.purl.namespace().map_or(Some(String::new()), |scope| Some(format!("{}/", segment(scope)?))),
        segment(asked.purl.name()),
        asked.purl.version().and_then(segment),
    ) else {
        return Err(LookupError::NotFound);
    };
    let bytes = session.get(&format!("/{scope}{bare}/-/{bare}-{version}.tgz"), Size::Archive)?;
    let checksum = Checksum { algorithm: "sha512".to_owned(), hex: sha512_hex(&bytes) };
    same_as_listed(&checksum, first)?;
    Ok(Answer { files: unpack(&bytes, &PACKING)?, whole: true, checksums: vec![checksum] })
}

/// The lists of a manifest that bring packages along, and whether it works without them; the last word on a name counts.
const LISTS: &[(&str, bool)] = &[("dependencies", false), ("peerDependencies", false), ("optionalDependencies", true)];

fn named(answer: &Answer) -> Result<Vec<Named>, LookupError> {
    let manifest = answer.files.get(MANIFEST).map_or(&[][..], Vec::as_slice);
    let manifest: serde_json::Value = serde_json::from_slice(manifest).map_err(|error| garbled(&error))?;
    let mut found = BTreeMap::new();
    for (list, optional) in LISTS {
        for (name, requirement) in manifest.get(list).and_then(serde_json::Value::as_object).into_iter().flatten() {
            let meta = manifest.get("peerDependenciesMeta").and_then(|meta| meta.get(name)?.get("optional"));
            let optional = *optional || *list == "peerDependencies" && meta == Some(&true.into());
            found.insert(name, Named { optional, ..needed(name, requirement.as_str().unwrap_or_default()) });
        }
    }
    Ok(found.into_values().collect())
}

/// Reads `^1.2`, `npm:other@^1.2`; anything else with a colon or slash is no package of the registry.
fn needed(name: &str, requirement: &str) -> Named {
    let (name, requirement) = match requirement.strip_prefix("npm:") {
        Some(alias) => alias.rsplit_once('@').filter(|(name, _)| !name.is_empty()).unwrap_or((alias, "*")),
        None => (name, requirement),
    };
    let elsewhere = requirement.contains([':', '/']);
    Named { elsewhere, ..Named::new(Purl::new("npm", name, None), requirement) }
}

#[derive(Deserialize)]
struct Versions<'text> {
    #[serde(borrow)]
    versions: BTreeMap<String, &'text RawValue>,
}

fn versions(purl: &Purl, session: &Session) -> Result<Vec<String>, LookupError> {
    let path = format!("/{}", name(purl).ok_or(LookupError::NotFound)?);
    let bytes = session.get_as(&path, "application/vnd.npm.install-v1+json")?;
    let listing: Versions = serde_json::from_slice(&bytes).map_err(|error| garbled(&error))?;
    Ok(listing.versions.into_keys().collect())
}

impl Dist {
    fn checksums(&self) -> Vec<Checksum> {
        let integrity = self.integrity.iter().flat_map(|integrity| checksums(integrity));
        let sha1 =
            self.shasum.iter().map(|hex| Checksum { algorithm: "sha1".to_owned(), hex: hex.to_ascii_lowercase() });
        integrity.chain(sha1).collect()
    }
}
