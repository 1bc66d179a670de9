//! Where a lockfile says a package comes from: `registry+URL`, `sparse+URL`, `git+URL?…#REVISION`.

use crate::base::{is_official_registry, without_credentials};
use crate::model::Origin;

use super::ECOSYSTEM;

/// Reads the `source` of a lockfile entry.
pub(super) fn origin(source: &str) -> Origin {
    let (kind, address) = source.split_once('+').unwrap_or(("", source));
    match kind {
        "registry" | "sparse" if is_official_registry(ECOSYSTEM, address) => Origin::Registry,
        "registry" | "sparse" => Origin::OtherRegistry(without_credentials(address)),
        "git" => {
            let revision = address.rsplit_once('#').map(|(_, revision)| revision.to_owned());
            Origin::Repository { url: without_credentials(address), revision }
        }
        // `path+file:///…` names a folder of some machine: nothing to show.
        _ => Origin::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_source() {
        let other = |url: &str| Origin::OtherRegistry(url.to_owned());
        let repository = |url: &str, revision: Option<&str>| Origin::Repository {
            url: url.to_owned(),
            revision: revision.map(str::to_owned),
        };
        for (source, expect) in [
            ("registry+https://github.com/rust-lang/crates.io-index", Origin::Registry),
            (
                "registry+https://github.com/somebody/crates.io-index",
                other("https://github.com/somebody/crates.io-index"),
            ),
            ("sparse+https://user:token@crates.example/index/", other("https://crates.example/index/")),
            (
                "git+https://git.example/a/b.git?branch=x#0123abc",
                repository("https://git.example/a/b.git", Some("0123abc")),
            ),
            ("git+ssh://git@git.example/a/b", repository("ssh://git.example/a/b", None)),
            ("path+file:///home/somebody/b", Origin::Unknown),
            ("", Origin::Unknown),
        ] {
            assert_eq!(origin(source), expect, "{source}");
        }
    }
}
