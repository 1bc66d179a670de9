//! Package URLs, as the purl specification (ECMA-427) defines them.
//!
//! A purl is `pkg:type/namespace/name@version?qualifiers#subpath`.
//! Names are normalized as each type demands, so that two spellings of one package compare equal.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

/// The identity of a package: type, namespace, name, version, qualifiers, subpath.
///
/// Copies share their parts: an identity stands in records, packages and findings at once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purl(Arc<Parts>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Parts {
    ty: String,
    namespace: Option<String>,
    name: String,
    version: Option<String>,
    qualifiers: BTreeMap<String, String>,
    subpath: Option<String>,
}

/// Why a string is not a package URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PurlError {
    /// It does not start with `pkg:`.
    #[error("a package URL starts with `pkg:`")]
    Scheme,
    /// The type is missing or has characters outside `a-z0-9.-`.
    #[error("a package URL needs a type, as in `pkg:npm/…`")]
    Type,
    /// The name is missing.
    #[error("a package URL needs a name")]
    Name,
    /// A percent escape is broken or decodes to bytes that are not UTF-8.
    #[error("a percent escape in the package URL is broken")]
    Escape,
    /// A qualifier has no `=` or a bad key.
    #[error("a qualifier of the package URL is broken")]
    Qualifier,
}

impl Purl {
    /// Creates a package URL for a type and a full name as the ecosystem writes it.
    ///
    /// The namespace is split off where the type has one in its names:
    /// ```
    /// use ppl_check::base::Purl;
    /// assert_eq!(Purl::new("npm", "@vue/core", Some("3.4.0")).to_string(), "pkg:npm/%40vue/core@3.4.0");
    /// assert_eq!(Purl::new("pypi", "Zope.Interface", None).to_string(), "pkg:pypi/zope-interface");
    /// assert_eq!(Purl::new("composer", "Symfony/Yaml", Some("7.0.0")).to_string(), "pkg:composer/symfony/yaml@7.0.0");
    /// ```
    pub fn new(ty: &str, full_name: &str, version: Option<&str>) -> Self {
        let (namespace, name) = match full_name.rsplit_once('/') {
            Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() => (Some(namespace), name),
            _ => (None, full_name),
        };
        Self::with_namespace(ty, namespace, name, version)
    }

    /// Creates a package URL from its parts, for types whose namespace is not part of the name (Maven).
    pub fn with_namespace(ty: &str, namespace: Option<&str>, name: &str, version: Option<&str>) -> Self {
        let ty = ty.to_ascii_lowercase();
        Self(Arc::new(Parts {
            namespace: namespace
                .map(|namespace| normalize_namespace(&ty, namespace.trim_matches('/')))
                .filter(|namespace| !namespace.is_empty()),
            name: normalize_name(&ty, name),
            version: version.filter(|version| !version.is_empty()).map(str::to_owned),
            qualifiers: BTreeMap::new(),
            subpath: None,
            ty,
        }))
    }

    /// Returns the same package with one more qualifier (`arch=amd64`).
    #[must_use]
    pub fn with_qualifier(mut self, key: &str, value: &str) -> Self {
        if !value.is_empty() {
            Arc::make_mut(&mut self.0).qualifiers.insert(key.to_ascii_lowercase(), value.to_owned());
        }
        self
    }

    /// Returns the type: `cargo`, `npm`, `pypi` …
    pub fn ty(&self) -> &str {
        &self.0.ty
    }

    /// Returns the namespace, such as an npm scope (`@vue`) or a Maven group.
    pub fn namespace(&self) -> Option<&str> {
        self.0.namespace.as_deref()
    }

    /// Returns the name without its namespace.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Returns the version, if it is known.
    pub fn version(&self) -> Option<&str> {
        self.0.version.as_deref()
    }

    /// Returns the qualifiers.
    pub fn qualifiers(&self) -> &BTreeMap<String, String> {
        &self.0.qualifiers
    }

    /// Returns the name as the ecosystem writes it: `@vue/core`, `symfony/yaml`, `org.slf4j:slf4j-api`.
    pub fn full_name(&self) -> String {
        match &self.0.namespace {
            Some(namespace) if self.0.ty == "maven" => format!("{namespace}:{}", self.0.name),
            Some(namespace) => format!("{namespace}/{}", self.0.name),
            None => self.0.name.clone(),
        }
    }

    /// Returns the same package without version, qualifiers and subpath.
    #[must_use]
    pub fn without_version(&self) -> Self {
        let parts = Parts::clone(&self.0);
        Self(Arc::new(Parts { version: None, qualifiers: BTreeMap::new(), subpath: None, ..parts }))
    }
}

fn normalize_namespace(ty: &str, namespace: &str) -> String {
    match ty {
        "alpm" | "apk" | "bitbucket" | "composer" | "deb" | "github" | "hex" | "rpm" => namespace.to_ascii_lowercase(),
        _ => namespace.to_owned(),
    }
}

fn normalize_name(ty: &str, name: &str) -> String {
    match ty {
        "alpm" | "apk" | "bitbucket" | "composer" | "deb" | "github" | "hex" => name.to_ascii_lowercase(),
        // PEP 503: runs of `-`, `_` and `.` are one `-`.
        "pypi" => {
            let mut normal = String::with_capacity(name.len());
            for char in name.chars() {
                if matches!(char, '-' | '_' | '.') {
                    if !normal.ends_with('-') {
                        normal.push('-');
                    }
                } else {
                    normal.push(char.to_ascii_lowercase());
                }
            }
            normal
        }
        "pub" => name.to_ascii_lowercase().replace(|char: char| !char.is_ascii_alphanumeric(), "_"),
        _ => name.to_owned(),
    }
}

fn encode(out: &mut fmt::Formatter<'_>, text: &str, keep: &str) -> fmt::Result {
    for char in text.chars() {
        if char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_' | '~' | ':') || keep.contains(char) {
            write!(out, "{char}")?;
        } else {
            let mut buffer = [0; 4];
            for byte in char.encode_utf8(&mut buffer).bytes() {
                write!(out, "%{byte:02X}")?;
            }
        }
    }
    Ok(())
}

fn decode(text: &str) -> Result<String, PurlError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
            let (Some(high), Some(low)) = (digit(), digit()) else { return Err(PurlError::Escape) };
            bytes.push(u8::try_from(high * 16 + low).map_err(|_| PurlError::Escape)?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).map_err(|_| PurlError::Escape)
}

impl fmt::Display for Purl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "pkg:{}/", self.0.ty)?;
        if let Some(namespace) = &self.0.namespace {
            encode(out, namespace, "/")?;
            out.write_str("/")?;
        }
        encode(out, &self.0.name, "")?;
        if let Some(version) = &self.0.version {
            out.write_str("@")?;
            encode(out, version, "")?;
        }
        for (index, (key, value)) in self.0.qualifiers.iter().enumerate() {
            out.write_str(if index == 0 { "?" } else { "&" })?;
            write!(out, "{key}=")?;
            encode(out, value, "/")?;
        }
        if let Some(subpath) = &self.0.subpath {
            out.write_str("#")?;
            encode(out, subpath, "/")?;
        }
        Ok(())
    }
}

impl FromStr for Purl {
    type Err = PurlError;

    fn from_str(text: &str) -> Result<Self, PurlError> {
        let rest = text.trim().strip_prefix("pkg:").ok_or(PurlError::Scheme)?.trim_start_matches('/');
        let (rest, subpath) = rest.split_once('#').map_or((rest, None), |(rest, subpath)| (rest, Some(subpath)));
        let (rest, qualifiers) = rest.split_once('?').map_or((rest, ""), |(rest, qualifiers)| (rest, qualifiers));
        let (ty, rest) = rest.split_once('/').ok_or(PurlError::Name)?;
        let valid = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-');
        if ty.is_empty() || !ty.chars().all(valid) || ty.starts_with(|char: char| char.is_ascii_digit()) {
            return Err(PurlError::Type);
        }
        let rest = rest.trim_matches('/');
        // The version starts at the last `@` after the last `/`; an npm scope may stand unescaped.
        let name_start = rest.rfind('/').map_or(0, |slash| slash + 1);
        let (path, version) = match rest.get(name_start..).and_then(|last| last.find('@')) {
            Some(0) | None => (rest, None),
            Some(at) => rest
                .split_at_checked(name_start + at)
                .map_or((rest, None), |(path, version)| (path, version.strip_prefix('@'))),
        };
        let (namespace, name) = path.rsplit_once('/').map_or((None, path), |(namespace, name)| (Some(namespace), name));
        if name.is_empty() {
            return Err(PurlError::Name);
        }
        let namespace = namespace.map(decode).transpose()?;
        let version = version.map(decode).transpose()?;
        let mut purl = Self::with_namespace(ty, namespace.as_deref(), &decode(name)?, version.as_deref());
        for pair in qualifiers.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').ok_or(PurlError::Qualifier)?;
            if key.is_empty() {
                return Err(PurlError::Qualifier);
            }
            purl = purl.with_qualifier(key, &decode(value)?);
        }
        Arc::make_mut(&mut purl.0).subpath = subpath.map(decode).transpose()?.filter(|subpath| !subpath.is_empty());
        Ok(purl)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // From the test suite of the purl specification.
    #[test]
    fn canonical_forms() {
        for (text, expect) in [
            ("pkg:maven/org.apache.commons/io@1.3.4", "pkg:maven/org.apache.commons/io@1.3.4"),
            ("pkg:npm/%40angular/animation@12.3.1", "pkg:npm/%40angular/animation@12.3.1"),
            ("pkg:npm/@angular/animation@12.3.1", "pkg:npm/%40angular/animation@12.3.1"),
            // Names of old packages have capitals, and mean other packages than the same letters without them.
            ("pkg:npm/JSONStream@1.3.5", "pkg:npm/JSONStream@1.3.5"),
            ("pkg:PYPI/Django_package@1.11.1.dev1", "pkg:pypi/django-package@1.11.1.dev1"),
            (
                "pkg:golang/google.golang.org/genproto#googleapis/api",
                "pkg:golang/google.golang.org/genproto#googleapis/api",
            ),
            (
                "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
                "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
            ),
            ("pkg:gem/ruby-advisory-db-check@0.12.4", "pkg:gem/ruby-advisory-db-check@0.12.4"),
            ("pkg:cargo/serde@1.0.0%2Bmeta", "pkg:cargo/serde@1.0.0%2Bmeta"),
        ] {
            assert_eq!(text.parse::<Purl>().map(|purl| purl.to_string()), Ok(expect.to_owned()), "{text}");
        }
    }

    #[test]
    fn broken_forms() {
        for (text, expect) in [
            ("npm/x@1", PurlError::Scheme),
            ("pkg:npm", PurlError::Name),
            ("pkg:npm/", PurlError::Name),
            ("pkg:n&g/inx", PurlError::Type),
            ("pkg:npm/x%4", PurlError::Escape),
            ("pkg:npm/x?arch", PurlError::Qualifier),
        ] {
            assert_eq!(text.parse::<Purl>(), Err(expect), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn display_and_parse_round_trip(
            ty in "(npm|cargo|pypi|composer|maven|generic)",
            namespace in proptest::option::of("[a-zA-Z@.]{1,8}(/[a-z]{1,4})?"),
            name in "[^/\u{0}]{1,12}",
            version in proptest::option::of("[^\u{0}]{1,12}"),
        ) {
            let purl = Purl::with_namespace(&ty, namespace.as_deref(), &name, version.as_deref());
            proptest::prop_assert_eq!(purl.to_string().parse::<Purl>(), Ok(purl));
        }
    }
}
