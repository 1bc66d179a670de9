//! crates.io: one request to the static download host gives manifest and license texts of exactly the bytes that the
//! lockfile pins. The index has no licenses: it serves for the list of versions
//! alone. The web interface is not for programs.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::address::segment;
use super::http::{Session, Size};
use super::needs::{Named, Needs};
use super::range::Dialect;
use super::{Answer, Asked, LookupError, Registry, garbled, inspect_as, sha256};
use crate::base::Purl;
use crate::ecosystem::packed::{Packing, unpack};
use crate::scan::ArchiveKind;
use crate::syntax::text::decode;
use crate::syntax::toml::{Document, Value};

pub(super) static CRATES_IO: Registry = Registry {
    ty: "cargo",
    name: "crates.io",
    first,
    look_up,
    open: None,
    inspect: None,
    needs: Some(Needs { named, versions, dialect: Dialect::Cargo }),
    pause: Duration::from_millis(5),
};

const PACKING: Packing = Packing {
    kind: ArchiveKind::TarGz,
    strip: true,
    is_manifest: |file| file == "Cargo.toml",
    inspect: |folder| inspect_as("cargo", folder),
};

fn first(purl: &Purl) -> Option<String> {
    let (name, version) = (segment(purl.name())?, segment(purl.version()?)?);
    Some(format!("/crates/{name}/{name}-{version}.crate"))
}

fn look_up(asked: &Asked, session: &Session) -> Result<Answer, LookupError> {
    let bytes = session.first(asked, Size::Archive)?;
    Ok(Answer { files: unpack(&bytes, &PACKING)?, whole: true, checksums: vec![sha256(&bytes)] })
}

fn named(answer: &Answer) -> Result<Vec<Named>, LookupError> {
    let manifest = answer.files.get("Cargo.toml").map(|bytes| decode(bytes).text).unwrap_or_default();
    let document = Document::parse(&manifest);
    if !document.problems.is_empty() {
        return Err(LookupError::Garbled("its Cargo.toml is not valid".to_owned()));
    }
    let platforms = document.root.get("target").map_or(&[][..], Value::entries);
    let places = platforms.iter().map(|entry| (&entry.value, true)).chain([(&document.root, false)]);
    let mut found: BTreeMap<String, Named> = BTreeMap::new();
    for (place, is_partial) in places {
        let lists = ["dependencies", "build-dependencies"].into_iter().filter_map(|list| place.get(list));
        for entry in lists.flat_map(Value::entries) {
            let part = |key: &str| entry.value.get(key).and_then(Value::str);
            let requirement = entry.value.str().or_else(|| part("version")).unwrap_or("*");
            let is_optional = entry.value.get("optional").and_then(Value::bool) == Some(true);
            let named = Named {
                optional: is_optional || is_partial,
                elsewhere: part("registry-index").is_some(),
                ..Named::new(Purl::new("cargo", part("package").unwrap_or(&entry.key), None), requirement)
            };
            // What is needed without conditions anywhere is needed.
            found.insert(format!("{} {requirement}", named.purl), named);
        }
    }
    Ok(found.into_values().collect())
}

/// A line of the index.
#[derive(Deserialize)]
struct Release {
    vers: String,
    yanked: bool,
}

/// <https://doc.rust-lang.org/cargo/reference/registry-index.html#index-files>
fn versions(purl: &Purl, session: &Session) -> Result<Vec<String>, LookupError> {
    let name = segment(&purl.name().to_ascii_lowercase()).ok_or(LookupError::NotFound)?;
    let part = |from: usize, to: usize| name.get(from..to).unwrap_or_default();
    let folder = match name.len() {
        1 | 2 => name.len().to_string(),
        3 => format!("3/{}", part(0, 1)),
        _ => format!("{}/{}", part(0, 2), part(2, 4)),
    };
    let bytes = session.beside(&format!("/{folder}/{name}"), Size::Answer)?;
    let releases: Result<Vec<Release>, _> =
        serde_json::Deserializer::from_slice(&bytes).into_iter::<Release>().collect();
    let releases = releases.map_err(|error| garbled(&error))?;
    Ok(releases.into_iter().filter(|release| !release.yanked).map(|release| release.vers).collect())
}
