//! What the name of a file or folder says about it.

use crate::base::RelPath;

/// How names of license files start, in lower case.
const LICENSE_STARTS: &[&str] = &["copying", "copyright", "licence", "license", "notice", "unlicence", "unlicense"];

/// Ends of names that hold code or data, whatever they start with: `license-checker.js`, `copyright.go`.
#[rustfmt::skip]
const CODE_ENDS: &[&str] = &[
    "bat", "c", "cc", "cjs", "class", "cpp", "cs", "css", "cts", "dart", "ex", "exs", "gif", "go", "gz", "h", "hpp",
    "hs", "java", "jpeg", "jpg", "js", "json", "jsx", "kt", "less", "lock", "map", "mjs", "mts", "php", "pl", "png",
    "pot", "po", "ps1", "py", "pyc", "rb", "rs", "scss", "sh", "sql", "svg", "swift", "tgz", "toml", "ts", "tsx",
    "vue", "xml", "xsl", "yaml", "yml", "zip",
];

/// Folders into which code of others is copied by hand.
const VENDORED_FOLDERS: &[&str] =
    &["3rdparty", "deps", "external", "node_modules", "third-party", "third_party", "thirdparty", "vendor"];

/// Returns whether a file, by its name, holds license terms, a notice or a list of copyright holders.
///
/// ```
/// use ppl_check::scan::is_license_name;
/// assert!(["LICENCE", "License.md", "COPYING.LESSER", "MIT-LICENSE.txt", "LICENSE-2.0.txt"].into_iter().all(is_license_name));
/// assert!(!["license.js", "licensing.md", "relicense"].into_iter().any(is_license_name));
/// ```
pub fn is_license_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    if name.rsplit_once('.').is_some_and(|(_, end)| CODE_ENDS.contains(&end)) {
        return false;
    }
    LICENSE_STARTS.iter().any(|word| name.strip_prefix(word).is_some_and(ends_the_word))
        || ["-license", "-licence", "_license", "_licence"].iter().any(|word| name.contains(word))
}

/// Returns whether a file, by its name, describes its folder in prose.
///
/// ```
/// use ppl_check::scan::is_readme;
/// assert!(["README", "Readme.md", "README.rst", "README.en.md"].into_iter().all(is_readme));
/// assert!(!["docs/README.md", "readme.js", "readmefirst"].into_iter().any(is_readme));
/// ```
pub fn is_readme(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_prose = !name.rsplit_once('.').is_some_and(|(_, end)| CODE_ENDS.contains(&end));
    is_prose && !name.contains('/') && name.strip_prefix("readme").is_some_and(ends_the_word)
}

/// Returns whether a path lies in or below a folder into which code of others is copied.
pub fn is_vendored(path: &RelPath) -> bool {
    path.components().any(|name| VENDORED_FOLDERS.contains(&name.to_ascii_lowercase().as_str()))
}

/// `licenses` is the word too, `licensed` is another.
fn ends_the_word(rest: &str) -> bool {
    !rest.starts_with(|next: char| next.is_ascii_alphabetic()) || rest == "s" || rest.starts_with("s.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn license_names() {
        for (name, expect) in [
            ("LICENSE", true),
            ("licence.TXT", true),
            ("LICENSES.txt", true),
            ("COPYING3", true),
            ("NOTICE", true),
            ("UNLICENSE", true),
            ("LICENSE.MIT", true),
            ("LICENSE-APACHE", true),
            ("Copyright.txt", true),
            ("jquery-license.txt", true),
            ("copyright.go", false),
            ("noticeable", false),
            ("licensed-users", false),
            ("license.json", false),
            ("README", false),
        ] {
            assert_eq!(is_license_name(name), expect, "{name}");
        }
    }

    #[test]
    fn vendored_folders_are_known_by_any_component() {
        let vendored = |path: &str| is_vendored(&RelPath::new(path).unwrap());
        assert!(vendored("a/Third_Party/b/c"));
        assert!(vendored("vendor"));
        assert!(!vendored("packages/vendors/b"));
    }
}
