//! `*.nuspec`: what a package says of itself. <https://learn.microsoft.com/nuget/reference/nuspec>.

use crate::ecosystem::{Credits, Inspection};
use crate::model::{Claim, ClaimKind, FieldFormat};
use crate::scan::{Folder, Limits};
use crate::syntax::xml::{Xml, child, text};

/// Reads the specification in the folder of a package.
pub(super) fn inspect(folder: &Folder) -> Inspection {
    let mut inspection = Inspection::default();
    let Some(file) = folder.files("").into_iter().find(|name| name.ends_with(".nuspec")) else { return inspection };
    let at = folder.location(&file);
    let content = match folder.read_text(&file, Limits::DEFAULT.manifest) {
        Ok(content) => content,
        Err(error) => {
            inspection.diagnostics.push(error.diagnostic(at));
            return inspection;
        }
    };
    let xml = match Xml::parse(content.trim_start(), &at) {
        Ok(xml) => xml,
        Err(diagnostic) => {
            inspection.diagnostics.push(diagnostic);
            return inspection;
        }
    };
    let Some(metadata) = child(xml.root(), "metadata") else { return inspection };
    let license = child(metadata, "license");
    let value = license.and_then(|license| license.text()).map(str::trim).filter(|value| !value.is_empty());
    if let (Some(license), Some(value)) = (license, value) {
        let at = at.at_line(xml.line(license));
        inspection.claims.push(match license.attribute("type") {
            Some("file") => Claim::see_file(ClaimKind::Declared, value, at),
            _ => Claim::field(ClaimKind::Declared, FieldFormat::Spdx, value, at),
        });
    } else if let Some((node, url)) = child(metadata, "licenseUrl").zip(text(metadata, "licenseUrl")) {
        // Beside a license the address is written by the packer and says nothing more.
        let at = at.at_line(xml.line(node));
        inspection.claims.push(Claim::field(ClaimKind::Declared, FieldFormat::Url, url, at));
    }
    let repository = child(metadata, "repository").and_then(|node| node.attribute("url")).map(str::to_owned);
    let authors =
        text(metadata, "authors").map(|authors| authors.split(',').map(|name| name.trim().to_owned()).collect());
    inspection.credits = Credits {
        authors: authors.unwrap_or_default(),
        homepage: text(metadata, "projectUrl").map(str::to_owned),
        repository,
    };
    inspection
}
