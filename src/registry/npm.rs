//! npm: what the registry says of one version is that version's manifest; where the manifest leaves the license open,
//! the archive is read.
//!
//! <https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md>. Left out on purpose: the shortened form for
//! installers, which has no license.

use std::time::Duration;

use serde::Deserialize;

use super::address::segment;
use super::http::{Session, Size};
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

impl Dist {
    fn checksums(&self) -> Vec<Checksum> {
        let integrity = self.integrity.iter().flat_map(|integrity| checksums(integrity));
        let sha1 =
            self.shasum.iter().map(|hex| Checksum { algorithm: "sha1".to_owned(), hex: hex.to_ascii_lowercase() });
        integrity.chain(sha1).collect()
    }
}
