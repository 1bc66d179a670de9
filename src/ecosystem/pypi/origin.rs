//! Where a distribution comes from, as lockfiles and requirements write it.

use crate::base::{RelPath, is_official_registry, without_credentials};
use crate::ecosystem::Input;
use crate::model::Origin;
use crate::scan::is_vendored;

/// Returns the origin for the address of an index.
pub(super) fn of_index(url: &str) -> Origin {
    if is_official_registry("pypi", url) { Origin::Registry } else { Origin::OtherRegistry(without_credentials(url)) }
}

/// Returns the origin for what follows `@` in a requirement, or stands there alone: a repository, an address, a path.
pub(super) fn of_reference(reference: &str) -> Origin {
    let (scheme, rest) = reference.split_once("://").unwrap_or(("", reference));
    if let Some((_, transport)) = scheme.split_once('+') {
        return of_repository(&format!("{transport}://{rest}"));
    }
    match scheme {
        "git" | "ssh" => of_repository(reference),
        "file" => Origin::Outside(rest.rsplit('/').find(|part| !part.is_empty()).unwrap_or(rest).to_owned()),
        "" => Origin::Outside(reference.to_owned()),
        // A file on the official host is what the registry serves.
        _ if is_official_registry("pypi", reference) => Origin::Registry,
        _ => Origin::Url(without_credentials(reference)),
    }
}

/// Returns the origin for `https://host/repository@revision#egg=name`.
fn of_repository(url: &str) -> Origin {
    let bare = url.split('#').next().unwrap_or_default();
    let path_start = bare.find("://").map_or(0, |at| at + 3);
    let slash = bare.get(path_start..).and_then(|rest| rest.find('/')).map_or(bare.len(), |at| path_start + at);
    let revision_at = bare.rfind('@').filter(|&at| at > slash);
    let (address, revision) = match revision_at.and_then(|at| bare.split_at_checked(at)) {
        Some((address, revision)) => (address, revision.strip_prefix('@').map(str::to_owned)),
        None => (bare, None),
    };
    Origin::Repository { url: without_credentials(address), revision }
}

/// A folder or file on disk that a file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Local {
    /// The project's own.
    Own(RelPath),
    /// In the tree, but copied there from elsewhere.
    Vendored(RelPath),
    /// Outside the tree, as written.
    Outside(String),
}

/// Follows a path written in the file that is being read.
pub(super) fn local(input: &Input, reference: &str) -> Local {
    match input.dir().resolve(reference) {
        Ok(path) if is_vendored(&path) => Local::Vendored(path),
        Ok(path) => Local::Own(path),
        Err(_) => Local::Outside(reference.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_and_their_origins() {
        let repository = |url: &str, revision: Option<&str>| Origin::Repository {
            url: url.to_owned(),
            revision: revision.map(str::to_owned),
        };
        for (reference, expect) in [
            ("git+https://host.example/a/b.git@v1#egg=b", repository("https://host.example/a/b.git", Some("v1"))),
            ("git+ssh://git@host.example/a/b.git", repository("ssh://host.example/a/b.git", None)),
            ("hg+https://u:secret@host.example/a@1", repository("https://host.example/a", Some("1"))),
            ("https://u:secret@host.example/x.whl?token=1", Origin::Url("https://host.example/x.whl".to_owned())),
            ("file:///home/somebody/x", Origin::Outside("x".to_owned())),
            ("../x", Origin::Outside("../x".to_owned())),
        ] {
            assert_eq!(of_reference(reference), expect, "{reference}");
        }
    }
}
