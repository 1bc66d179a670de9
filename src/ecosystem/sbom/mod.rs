//! SBOMs as input: SPDX 2.2 and 2.3 (JSON, tag-value), CycloneDX 1.4 to 1.7 (JSON, XML).
//!
//! An SBOM is read only when it is what was asked about, never when it is met in a tree: there the files it was made
//! from lie beside it and say more.
//! The package it is about is the user's own if it holds or needs others; everything else is judged.
//! Left out on purpose: files, snippets, services, vulnerabilities, signatures.

mod cyclonedx;
mod cyclonedx_json;
mod cyclonedx_xml;
mod document;
mod spdx;
mod spdx_json;
mod spdx_tags;

use super::Parsed;
use crate::base::{Code, Diagnostic, Location, RelPath};
use crate::syntax::text::decode;

/// Reads an SBOM, whichever it is.
pub fn parse_sbom(path: &RelPath, bytes: &[u8]) -> Parsed {
    let text = decode(bytes).text;
    let at = Location::file(path.clone());
    let start = text.trim_start();
    if start.starts_with('{') {
        return json(&text, &at);
    }
    if start.starts_with('<') {
        return cyclonedx_xml::parse(&text, &at);
    }
    if start.lines().take(200).any(|line| line.trim_start().starts_with("SPDXVersion:")) {
        return spdx_tags::parse(&text, &at);
    }
    unknown(&at, "expected an SBOM: SPDX (JSON, tag-value) or CycloneDX (JSON, XML)")
}

fn json(text: &str, at: &Location) -> Parsed {
    let json = crate::syntax::json::Json::new(text);
    let object = match json.object(at) {
        Ok(object) => object,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    if object.get("bomFormat").is_some() {
        cyclonedx_json::parse(&json, &object, at)
    } else if object.get("spdxVersion").is_some() {
        spdx_json::parse(&json, &object, at)
    } else if object.get("@graph").is_some() {
        unknown(at, "SPDX 3 is not understood: expected SPDX 2.2 or 2.3, or CycloneDX")
    } else {
        unknown(at, "expected an SBOM: an object with `spdxVersion` or `bomFormat`")
    }
}

fn unknown(at: &Location, message: &str) -> Parsed {
    Parsed::failed(Diagnostic::new(Code::InvalidSyntax, at.clone(), message))
}
