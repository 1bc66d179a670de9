//! Packagist: one file for all versions of a package, each written as what differs from the one before it.
//!
//! <https://packagist.org/apidoc#get-package-data>. The archives lie with the hosts of the repositories, which are not
//! asked: where the metadata is silent, nothing more is known.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::address::segment;
use super::http::{Session, Size};
use super::needs::{Named, Needs};
use super::range::Dialect;
use super::{Answer, Asked, LookupError, Registry, garbled};
use crate::base::Purl;
use crate::ecosystem::packed::Files;
use crate::model::Checksum;

pub(super) static PACKAGIST: Registry = Registry {
    ty: "composer",
    name: "Packagist",
    first,
    look_up,
    open: None,
    inspect: None,
    needs: Some(Needs { named, versions, dialect: Dialect::Composer }),
    pause: Duration::from_millis(20),
};

#[derive(Deserialize)]
struct Listing {
    packages: Map<String, Value>,
}

const MANIFEST: &str = "composer.json";

/// Takes a key away that the version before had.
const UNSET: &str = "__unset";

fn first(purl: &Purl) -> Option<String> {
    let (vendor, name) = (segment(purl.namespace()?)?, segment(purl.name())?);
    // Branches stand in a file of their own.
    let branch = purl.version().is_some_and(|version| version.starts_with("dev-") || version.ends_with("-dev"));
    Some(format!("/p2/{vendor}/{name}{}.json", if branch { "~dev" } else { "" }))
}

/// Returns the entries of all versions of a package.
fn entries(purl: &Purl, session: &Session) -> Result<Vec<Value>, LookupError> {
    let bytes = session.get(&first(purl).ok_or(LookupError::NotFound)?, Size::Answer)?;
    let mut listing: Listing = serde_json::from_slice(&bytes).map_err(|error| garbled(&error))?;
    match listing.packages.get_mut(&purl.full_name()).map(Value::take) {
        Some(Value::Array(entries)) => Ok(entries),
        _ => Ok(Vec::new()),
    }
}

fn versions(purl: &Purl, session: &Session) -> Result<Vec<String>, LookupError> {
    let entries = entries(purl, session)?;
    let version = |entry: &Value| Some(entry.get("version")?.as_str()?.to_owned());
    Ok(entries.iter().filter_map(version).collect())
}

fn named(answer: &Answer) -> Result<Vec<Named>, LookupError> {
    let manifest = answer.files.get(MANIFEST).map_or(&[][..], Vec::as_slice);
    let manifest: Value = serde_json::from_slice(manifest).map_err(|error| garbled(&error))?;
    let requires = manifest.get("require").and_then(Value::as_object).into_iter().flatten();
    // PHP itself and its extensions have names without a vendor.
    let packages = requires.filter(|(name, _)| name.contains('/'));
    let named = |(name, requirement): (&String, &Value)| {
        Named::new(Purl::new("composer", name, None), requirement.as_str().unwrap_or_default())
    };
    Ok(packages.map(named).collect())
}

fn look_up(asked: &Asked, session: &Session) -> Result<Answer, LookupError> {
    let package = find(&entries(asked.purl, session)?, asked.purl.version().unwrap_or_default());
    let package = package.ok_or(LookupError::NotFound)?;
    let sha1 = package.get("dist").and_then(|dist| dist.get("shasum")).and_then(Value::as_str).unwrap_or_default();
    let checksum = Checksum { algorithm: "sha1".to_owned(), hex: sha1.to_ascii_lowercase() };
    let text = serde_json::to_vec_pretty(&package).map_err(|error| garbled(&error))?;
    Ok(Answer {
        files: Files::from([(MANIFEST.to_owned(), text)]),
        whole: false,
        checksums: Some(checksum).filter(|checksum| !checksum.hex.is_empty()).into_iter().collect(),
    })
}

/// Puts the entry of a version together from all that stand before it.
fn find(entries: &[Value], version: &str) -> Option<Map<String, Value>> {
    let bare = |text: &str| text.strip_prefix('v').unwrap_or(text).to_owned();
    let mut package = Map::new();
    for entry in entries.iter().filter_map(Value::as_object) {
        for (key, value) in entry {
            if value == UNSET {
                package.remove(key);
            } else {
                package.insert(key.clone(), value.clone());
            }
        }
        let found = package.get("version").and_then(Value::as_str).unwrap_or_default();
        if bare(found) == bare(version) {
            return Some(package);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn entries_inherit_from_those_before_them() {
        let entries = [
            json!({"name": "a/b", "version": "v3.0.0", "license": ["MIT"], "type": "library"}),
            json!({"version": "v2.0.0", "type": "__unset"}),
            json!({"version": "1.0.0", "license": ["GPL-3.0-only"]}),
        ];
        let of = |version: &str| find(&entries, version).map(Value::Object);
        assert_eq!(of("2.0.0"), Some(json!({"name": "a/b", "version": "v2.0.0", "license": ["MIT"]})));
        assert_eq!(of("v1.0.0").unwrap()["license"], json!(["GPL-3.0-only"]));
        assert_eq!(of("4.0.0"), None);
    }
}
