//! Requirement strings as PEP 508 writes them: `name[extra] >=1; marker`, `name @ url`.
//!
//! Left out on purpose: evaluating markers and comparing versions.
//! Which platform or interpreter the work ends up on is not known, so every requirement may apply.

/// One requirement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// The name, as written.
    pub(crate) name: String,
    /// The address, of `name @ url`.
    pub(crate) url: Option<String>,
    /// The version specifiers, as written.
    pub(crate) specifiers: String,
    /// The environment marker, as written.
    pub(crate) marker: String,
}

/// The longest name or version that is taken for one, in bytes.
pub(super) const MAX_NAME: usize = 1024;

impl Requirement {
    /// Reads a requirement; what has no valid name is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text.find(|char: char| !char.is_ascii_alphanumeric() && !"-_.".contains(char)).unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end)?;
        if !is_name(name) {
            return None;
        }
        let mut rest = rest.trim_start();
        if let Some(extras) = rest.strip_prefix('[') {
            rest = extras.split_once(']')?.1.trim_start();
        }
        let requirement = Self { name: name.to_owned(), ..Self::default() };
        if let Some(reference) = rest.strip_prefix('@') {
            // An address may hold a semicolon; one after a blank starts the marker.
            let (url, marker) = reference.split_once(" ;").unwrap_or((reference, ""));
            return Some(Self { url: Some(url.trim().to_owned()), marker: marker.trim().to_owned(), ..requirement });
        }
        let (specifiers, marker) = rest.split_once(';').unwrap_or((rest, ""));
        let specifiers = specifiers.trim().trim_start_matches('(').trim_end_matches(')').trim();
        if !specifiers.is_empty() && !specifiers.starts_with(['<', '>', '=', '!', '~']) {
            return None;
        }
        Some(Self { specifiers: specifiers.to_owned(), marker: marker.trim().to_owned(), ..requirement })
    }

    /// Returns the version, if exactly one is allowed.
    pub(super) fn pinned(&self) -> Option<&str> {
        let version = self.specifiers.strip_prefix("===").or_else(|| self.specifiers.strip_prefix("=="))?.trim();
        let exact =
            !version.is_empty() && !version.contains([',', '*', ' ', '<', '>', '=']) && version.len() <= MAX_NAME;
        exact.then_some(version)
    }

    /// Returns whether it holds only for an extra, or on some platforms.
    pub(crate) fn is_optional(&self) -> bool {
        is_partial(&self.marker)
    }
}

/// Returns whether a marker speaks of extras or platforms; one about the interpreter's version alone does not count.
pub(super) fn is_partial(marker: &str) -> bool {
    ["extra", "sys_platform", "platform_", "os_name", "implementation_name"].iter().any(|word| marker.contains(word))
}

/// Returns whether this is a project name by PEP 508.
pub(super) fn is_name(text: &str) -> bool {
    let edge = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphanumeric());
    text.len() <= MAX_NAME
        && edge(text.chars().next())
        && edge(text.chars().next_back())
        && text.chars().all(|char| char.is_ascii_alphanumeric() || "-_.".contains(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, name: &str, specifiers: &str, url: Option<&str>, marker: &str) {
        let expect = Requirement {
            name: name.to_owned(),
            specifiers: specifiers.to_owned(),
            url: url.map(str::to_owned),
            marker: marker.to_owned(),
        };
        assert_eq!(Requirement::parse(text), Some(expect), "{text}");
    }

    #[test]
    fn requirements_as_people_write_them() {
        check("requests", "requests", "", None, "");
        check("requests[socks, use-chardet-on-py3] >=2.8.1, ==2.8.*", "requests", ">=2.8.1, ==2.8.*", None, "");
        check("zope.interface(>=3.1)", "zope.interface", ">=3.1", None, "");
        check("tomli>=1;python_version<'3.11'", "tomli", ">=1", None, "python_version<'3.11'");
        check("pip @ https://host.example/pip.zip", "pip", "", Some("https://host.example/pip.zip"), "");
        check(
            "pip@git+https://host.example/p;x#egg=pip ; os_name == 'nt'",
            "pip",
            "",
            Some("git+https://host.example/p;x#egg=pip"),
            "os_name == 'nt'",
        );
    }

    #[test]
    fn what_is_no_requirement() {
        for text in ["", "./wheel.whl", "-e .", "https://host.example/x.whl", "a b", "é", "-x", "x[", "foo/bar", "a-"]
        {
            assert_eq!(Requirement::parse(text), None, "{text}");
        }
    }

    #[test]
    fn only_one_exact_version_is_pinned() {
        for (text, expect) in [
            ("a==1.0", Some("1.0")),
            ("a === 1.0+local", Some("1.0+local")),
            ("a == 1.0 ; os_name == 'nt'", Some("1.0")),
            ("a==1.*", None),
            ("a==1,<2", None),
            ("a>=1", None),
            ("a", None),
        ] {
            assert_eq!(Requirement::parse(text).unwrap().pinned(), expect, "{text}");
        }
    }

    #[test]
    fn extras_and_platforms_are_optional_and_interpreters_are_not() {
        let of = |text: &str| Requirement::parse(text).unwrap();
        assert!(of("a; extra == \"pdf\" and python_version > '3'").is_optional());
        assert!(of("a; sys_platform == 'win32'").is_optional());
        assert!(!of("a; python_version >= '3.9'").is_optional());
    }
}
