//! Patterns of packages: `npm:@coop/*`, `cargo:ledger`, `npm:map-widget@1.13.3`, `pkg:npm/left-pad@1.3.0`.

use std::str::FromStr;

use serde::Deserialize;
use thiserror::Error;

use crate::base::Purl;

/// A pattern of packages by type, name and version; `*` in the name stands for any characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct PackagePattern {
    text: String,
    ty: Option<String>,
    name: String,
    version: Option<String>,
}

/// Why a string is not a pattern of packages.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("expected a package as `npm:name`, `npm:@scope/*` or `npm:name@version`, found `{0}`")]
pub struct PatternError(String);

impl PackagePattern {
    /// Returns whether a package fits the pattern.
    pub fn matches(&self, purl: &Purl) -> bool {
        self.ty.as_deref().is_none_or(|ty| ty == purl.ty())
            && self.version.as_deref().is_none_or(|version| purl.version() == Some(version))
            && (glob(&self.name, &purl.full_name()) || (self.ty.is_none() && glob(&self.name, purl.name())))
    }

    /// Returns whether the name has a `*`.
    pub fn is_wildcard(&self) -> bool {
        self.name.contains('*')
    }

    /// Returns the pattern as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for PackagePattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let failed = || PatternError(text.to_owned());
        if text.starts_with("pkg:") {
            let purl: Purl = text.parse().map_err(|_| failed())?;
            return Ok(Self {
                text: text.to_owned(),
                ty: Some(purl.ty().to_owned()),
                name: purl.full_name(),
                version: purl.version().map(str::to_owned),
            });
        }
        let (ty, rest) = match text.split_once(':') {
            Some((ty, rest)) if !ty.is_empty() && ty.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                (Some(ty), rest)
            }
            _ => (None, text),
        };
        // The first character may be the `@` of an npm scope.
        let at = rest.char_indices().skip(1).find(|(_, char)| *char == '@').map(|(at, _)| at);
        let (name, version) = match at.and_then(|at| rest.split_at_checked(at)) {
            Some((name, version)) => (name, version.strip_prefix('@')),
            None => (rest, None),
        };
        if name.is_empty() || name.contains(char::is_whitespace) || version.is_some_and(str::is_empty) {
            return Err(failed());
        }
        let name = match ty {
            Some(ty) if !name.contains('*') => Purl::new(ty, name, None).full_name(),
            _ => name.to_owned(),
        };
        Ok(Self {
            text: text.to_owned(),
            ty: ty.map(str::to_ascii_lowercase),
            name,
            version: version.map(str::to_owned),
        })
    }
}

impl TryFrom<String> for PackagePattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        text.parse()
    }
}

/// Compares with a pattern in which `*` stands for any characters, in time proportional to the product of both lengths
/// at the worst.
fn glob(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match name.split_once(part) {
            Some((_, after)) => name = after,
            None => return false,
        }
    }
    name.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, purl: &str) -> bool {
        pattern.parse::<PackagePattern>().unwrap().matches(&purl.parse().unwrap())
    }

    #[test]
    fn patterns_match_by_type_name_and_version() {
        assert!(matches("npm:@coop/*", "pkg:npm/%40coop/shop@1.0.0"));
        assert!(!matches("npm:@coop/*", "pkg:npm/%40coops/shop@1.0.0"));
        assert!(matches("npm:left-pad@1.3.0", "pkg:npm/left-pad@1.3.0"));
        assert!(!matches("npm:left-pad@1.3.0", "pkg:npm/left-pad@1.3.1"));
        assert!(matches("left-pad", "pkg:npm/left-pad@1.3.1"));
        assert!(matches("pypi:Zope.Interface", "pkg:pypi/zope-interface@5"));
        assert!(matches("maven:org.slf4j:slf4j-api", "pkg:maven/org.slf4j/slf4j-api@2"));
        assert!(matches("pkg:npm/left-pad", "pkg:npm/left-pad@1.3.1"));
        assert!(matches("npm:a*b*c", "pkg:npm/axxbyyc@1"));
        assert!(!matches("npm:a*b*c", "pkg:npm/axxc@1"));
        assert!(matches("npm:@coop/shop@2", "pkg:npm/%40coop/shop@2"));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "npm:", "npm:x@", "a b", "pkg:npm"] {
            assert!(text.parse::<PackagePattern>().is_err(), "{text}");
        }
    }
}
