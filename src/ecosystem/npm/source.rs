//! Where a lockfile says that a package comes from, and the digests it gives.

use crate::base::{Purl, hex_of_base64, is_official_registry, without_credentials};
use crate::model::{Checksum, Origin};

use super::ECOSYSTEM;

/// How addresses of repositories start.
const REPOSITORY: &[&str] =
    &["git+", "git:", "git@", "github:", "gitlab:", "bitbucket:", "gist:", "ssh:", "hg+", "svn+"];

/// Returns whether an address is that of a version control repository.
pub(super) fn is_repository(address: &str) -> bool {
    let bare = address.split(['#', '?']).next().unwrap_or_default();
    REPOSITORY.iter().any(|start| address.starts_with(start))
        || (bare.contains("://") && bare.split('.').next_back() == Some("git"))
}

/// Reads the address of a repository, with a revision behind `#`.
pub(super) fn repository(address: &str) -> Origin {
    let (url, fragment) = address.split_once('#').map_or((address, None), |(url, rest)| (url, Some(rest)));
    let url = url.strip_prefix("git+").unwrap_or(url);
    // Yarn writes `commit=`.
    let revision = fragment.map(|text| text.strip_prefix("commit=").unwrap_or(text).to_owned());
    Origin::Repository { url: without_credentials(url), revision: revision.filter(|text| !text.is_empty()) }
}

/// Reads the address of an archive: of a registry if it has the form that registries share.
pub(super) fn address(url: &str) -> Origin {
    if is_official_registry(ECOSYSTEM, url) {
        return Origin::Registry;
    }
    let bare = without_credentials(url);
    match bare.split_once("/-/") {
        // `https://host/base/@scope/name/-/name-1.0.0.tgz`
        Some((before, _)) => {
            let parent = before.rsplit_once('/').map_or(before, |(parent, _)| parent);
            let scope = parent.rsplit_once('/').filter(|(_, last)| last.starts_with('@') || last.starts_with("%40"));
            Origin::OtherRegistry(scope.map_or(parent, |(registry, _)| registry).to_owned())
        }
        None => Origin::Url(bare),
    }
}

/// Reads the field `resolved`, if it is more than a path.
pub(super) fn origin(resolved: &str) -> Origin {
    if is_repository(resolved) {
        return repository(resolved);
    }
    if resolved.starts_with("http:") || resolved.starts_with("https:") {
        return address(resolved);
    }
    // `file:lib/a-1.0.0.tgz`
    Origin::Url(without_credentials(resolved))
}

/// Says in the identity of a package that it is not the one of the registry.
pub(super) fn qualified(purl: Purl, origin: &Origin) -> Purl {
    match origin {
        Origin::OtherRegistry(url) => purl.with_qualifier("repository_url", url),
        Origin::Repository { url, revision } => {
            let revision = revision.as_ref().map(|revision| format!("@{revision}")).unwrap_or_default();
            purl.with_qualifier("vcs_url", &format!("git+{url}{revision}"))
        }
        Origin::Url(url) => purl.with_qualifier("download_url", url),
        Origin::Registry | Origin::Path(_) | Origin::Outside(_) | Origin::Unknown => purl,
    }
}

/// Reads a subresource integrity string: `sha512-…`, perhaps several, strongest first.
pub(crate) fn checksums(integrity: &str) -> Vec<Checksum> {
    let read = |part: &str| {
        let (algorithm, digest) = part.split_once('-')?;
        let hex = hex_of_base64(digest.split('?').next().unwrap_or_default())?;
        let length = match algorithm {
            "sha1" => 20,
            "sha256" => 32,
            "sha384" => 48,
            "sha512" => 64,
            _ => return None,
        };
        (hex.len() == length * 2).then(|| Checksum { algorithm: algorithm.to_owned(), hex })
    };
    let mut found: Vec<Checksum> = integrity.split_ascii_whitespace().filter_map(read).collect();
    found.sort_by(|a, b| b.algorithm.cmp(&a.algorithm));
    found
}

/// Returns the version in the name of an archive of the official registry: `…/name/-/name-1.0.0.tgz`.
pub(super) fn archive_version<'url>(name: &str, url: &'url str) -> Option<&'url str> {
    let base = name.rsplit('/').next()?;
    let file = url.split(['#', '?']).next()?.rsplit('/').next()?.strip_suffix(".tgz")?;
    file.strip_prefix(base)?.strip_prefix('-').filter(|_| is_official_registry(ECOSYSTEM, url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_archives_come_from() {
        let other = |base: &str| Origin::OtherRegistry(base.to_owned());
        assert_eq!(origin("https://npm.example/a/-/a-1.0.0.tgz"), other("https://npm.example"));
        assert_eq!(origin("https://npm.example/x/@s/a/-/a-1.0.0.tgz"), other("https://npm.example/x"));
        assert_eq!(origin("https://t:s@host.example/a.tgz?k=1"), Origin::Url("https://host.example/a.tgz".to_owned()));
        assert_eq!(origin("file:lib/a-1.0.0.tgz"), Origin::Url("file:lib/a-1.0.0.tgz".to_owned()));
        let repository = Origin::Repository {
            url: "ssh://host.example/a.git".to_owned(),
            revision: Some("f67e910fe617bd72a46a2eb518ff8388fe26e51a".to_owned()),
        };
        let text = "git+ssh://git@host.example/a.git#f67e910fe617bd72a46a2eb518ff8388fe26e51a";
        assert_eq!(origin(text), repository);
        assert!(!is_repository("https://host.example/x.git/a.tgz"));
    }

    #[test]
    fn digests_are_decoded_strongest_first() {
        let sha512 = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
        let found = checksums(&format!("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk= {sha512} md5-1B2M2Y8AsgTpgAmY7PhCfg=="));
        let named: Vec<_> = found.iter().map(|sum| (sum.algorithm.as_str(), sum.hex.get(..8).unwrap())).collect();
        assert_eq!(named, [("sha512", "cf83e135"), ("sha1", "da39a3ee")]);
        assert_eq!(checksums("sha512-AAAA"), []);
    }
}
