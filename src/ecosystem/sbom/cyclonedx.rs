//! What both forms of CycloneDX documents share: licenses, scopes, kinds of components.

use super::document::Element;
use crate::base::Location;
use crate::model::{Claim, ClaimKind, FieldFormat, Join, Scope};

/// The versions that are known.
pub(super) const VERSIONS: &[&str] = &["1.4", "1.5", "1.6", "1.7"];

/// The licenses of one component.
#[derive(Debug, Default)]
pub(super) struct Licenses {
    values: Vec<String>,
    free: bool,
    concluded: bool,
}

impl Licenses {
    pub(super) fn expression(&mut self, expression: &str) {
        self.values.push(expression.trim().to_owned());
    }

    /// Adds a license by its id or, if it has none, by its name, which may be any words.
    pub(super) fn license(&mut self, id: Option<&str>, name: Option<&str>) {
        match (id, name) {
            (Some(id), _) => self.values.push(id.trim().to_owned()),
            (None, Some(name)) => {
                self.free = true;
                self.values.push(name.trim().to_owned());
            }
            (None, None) => {}
        }
    }

    /// Notes whether the author of the document concluded the license or found it declared.
    pub(super) fn acknowledged(&mut self, word: Option<&str>) {
        self.concluded |= word == Some("concluded");
    }

    /// Returns the claim; how several licenses combine the format does not say.
    pub(super) fn claim(mut self, at: &Location) -> Option<Claim> {
        self.values.retain(|value| !matches!(value.as_str(), "" | "NOASSERTION"));
        let kind = if self.concluded { ClaimKind::Concluded } else { ClaimKind::Declared };
        let format = if self.free { FieldFormat::Free } else { FieldFormat::Spdx };
        (!self.values.is_empty()).then(|| Claim::fields(kind, format, Join::Unknown, self.values, at.clone()))
    }
}

/// Returns what the scope of a component says: excluded components are not there at run time.
pub(super) fn scope(word: Option<&str>) -> (Option<Scope>, bool) {
    match word {
        Some("required") => (Some(Scope::Runtime), false),
        Some("optional") => (None, true),
        Some("excluded") => (Some(Scope::Dev), false),
        _ => (None, false),
    }
}

/// Reads a property of the taxonomy that says what the scope does not.
pub(super) fn property(element: &mut Element, name: &str, value: &str) {
    let development = ["cdx:npm:package:development", "cdx:composer:package:isDevRequirement"];
    if development.contains(&name) && value == "true" {
        element.scope = Some(Scope::Dev);
    }
}

/// Returns whether a component is no part of a work by its type. A lone file is one if it has a license.
pub(super) fn is_infrastructure(ty: Option<&str>, element: &Element) -> bool {
    match ty {
        Some("operating-system" | "platform" | "container" | "device" | "cryptographic-asset") => true,
        Some("file") => element.purl.is_none() && element.claims.is_empty(),
        _ => false,
    }
}

/// Returns whether a composition is known not to be whole.
pub(super) fn is_partial(aggregate: &str) -> bool {
    aggregate.starts_with("incomplete")
}
