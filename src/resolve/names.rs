//! Which files hold licenses, by their names alone.

/// What a license file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileRole {
    /// The license of the package itself.
    License,
    /// Notices, credits and the licenses of parts.
    Notice,
    /// A description of the package, which may name its license and those of others.
    Description,
}

/// Beginnings of names, in lower case. `licence` is as common as `license`.
const LICENSE_STARTS: &[&str] = &["copying", "copyright", "licence", "license", "unlicense"];
/// Beginnings of the names of lists of people, which manifests name among their license files.
const PEOPLE_STARTS: &[&str] = &["author", "contributor", "credits", "maintainer"];
const NOTICE_STARTS: &[&str] = &["acknowledg", "notice", "patents", "third"];
/// Words anywhere in a name that say whose licenses stand in it.
const OTHERS: &[&str] = &["3rd-party", "3rd_party", "3rdparty", "third-party", "third_party", "thirdparty"];

/// Extensions of texts; any other with lower-case letters marks code, data or a picture.
const TEXT_EXTENSIONS: &[&str] =
    &["", "adoc", "asciidoc", "htm", "html", "markdown", "md", "org", "pdf", "rst", "rtf", "text", "txt"];

/// Extensions of files that are about licenses without being one.
const OTHER_EXTENSIONS: &[&str] = &[
    "bat", "c", "cc", "class", "cpp", "cs", "css", "csv", "dart", "ex", "exs", "gif", "go", "h", "hpp", "hs", "java",
    "jpg", "js", "json", "jsx", "kt", "lock", "lua", "map", "mjs", "php", "pl", "png", "po", "ps1", "py", "pyc", "rb",
    "rs", "scala", "scss", "sh", "spdx", "svg", "swift", "toml", "tpl", "ts", "tsx", "vue", "xml", "yaml", "yml",
];

/// Returns what a file holds by its name; most files hold no license.
///
/// ```
/// use ppl_check::resolve::{FileRole, file_role};
/// assert_eq!(file_role("LICENSE-MIT"), Some(FileRole::License));
/// assert_eq!(file_role("Copying.LESSER"), Some(FileRole::License));
/// assert_eq!(file_role("THIRD-PARTY-NOTICES.txt"), Some(FileRole::Notice));
/// assert_eq!(file_role("license.rs"), None);
/// ```
pub fn file_role(name: &str) -> Option<FileRole> {
    let lower = name.to_ascii_lowercase();
    let (stem, extension) = lower.rsplit_once('.').unwrap_or((&lower, ""));
    if OTHER_EXTENSIONS.contains(&extension) {
        return None;
    }
    if NOTICE_STARTS.iter().any(|start| lower.starts_with(start)) || OTHERS.iter().any(|others| lower.contains(others))
    {
        return Some(FileRole::Notice);
    }
    if let Some(start) = LICENSE_STARTS.iter().find(|start| lower.starts_with(**start)) {
        // `licensecheck`, `copyrights_test`: the name goes on with a letter, save for the plural.
        let rest = stem.strip_prefix(start).unwrap_or_default().trim_start_matches(['s', 'd']);
        let goes_on = rest.starts_with(|char: char| char.is_ascii_alphabetic()) && !rest.starts_with("file");
        return (!goes_on).then_some(FileRole::License);
    }
    let ends = ["-license", "-licence", "_license", "_licence", ".license", ".licence", "-copying", ".copying"];
    // `logo.png.license` speaks of the picture alone.
    if extension == "license" && stem.rsplit_once('.').is_some_and(|(_, inner)| OTHER_EXTENSIONS.contains(&inner)) {
        return None;
    }
    let text_of = |name: &str| ends.iter().any(|end| name.ends_with(end));
    let named = text_of(&lower) || (TEXT_EXTENSIONS.contains(&extension) && text_of(stem));
    named.then_some(FileRole::License)
}

/// Returns what a file holds that a manifest names among its license files, whatever its name.
pub(super) fn named_role(name: &str) -> FileRole {
    let lower = name.to_ascii_lowercase();
    let of_people = PEOPLE_STARTS.iter().any(|start| lower.starts_with(start));
    file_role(name).unwrap_or(if of_people { FileRole::Description } else { FileRole::License })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_names() {
        for name in [
            "LICENSE",
            "license",
            "LICENCE.md",
            "License.txt",
            "LICENSE-APACHE",
            "LICENSE.MIT",
            "LICENSE_BSD.txt",
            "COPYING",
            "COPYING.LESSER",
            "COPYING.LIB",
            "COPYRIGHT",
            "UNLICENSE",
            "MIT-LICENSE",
            "MIT-LICENSE.txt",
            "zlib-license",
            "LICENSES",
            "licenses.md",
            "LICENSE.code",
            "LICENSE-2.0.txt",
            "gpl-3.0.LICENSE",
            "LICENSE.html",
        ] {
            assert_eq!(file_role(name), Some(FileRole::License), "{name}");
        }
        for name in
            ["NOTICE", "NOTICE.txt", "ThirdPartyNotices.txt", "LICENSE-third-party", "LICENSE-3RD-PARTY.txt", "PATENTS"]
        {
            assert_eq!(file_role(name), Some(FileRole::Notice), "{name}");
        }
        for name in [
            "license.rs",
            "licenses.json",
            "README.md",
            "copying.c",
            "licensecheck",
            "LicenseHeader.java",
            "main",
            "logo.png.license",
        ] {
            assert_eq!(file_role(name), None, "{name}");
        }
        for (name, role) in [
            ("AUTHORS.rst", FileRole::Description),
            ("EULA.txt", FileRole::License),
            ("LICENSE", FileRole::License),
            ("NOTICE", FileRole::Notice),
        ] {
            assert_eq!(named_role(name), role, "{name}");
        }
    }
}
