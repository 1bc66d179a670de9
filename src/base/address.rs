//! Addresses written in lockfiles: what may be shown of them, and whose they are.

/// The hosts (and paths below them) from which each ecosystem's official registry serves, by purl type.
///
/// This is the one place that names them: a package whose lockfile points elsewhere is never looked up.
#[rustfmt::skip]
const OFFICIAL: &[(&str, &[&str])] = &[
    ("cargo", &["crates.io", "github.com/rust-lang/crates.io-index", "index.crates.io", "static.crates.io"]),
    ("composer", &["packagist.org", "repo.packagist.org"]),
    ("gem", &["index.rubygems.org", "rubygems.org"]),
    ("golang", &["proxy.golang.org"]),
    ("hex", &["hex.pm", "repo.hex.pm"]),
    ("jsr", &["jsr.io", "npm.jsr.io"]),
    ("maven", &["repo.maven.apache.org/maven2", "repo1.maven.org/maven2"]),
    ("npm", &["registry.npmjs.com", "registry.npmjs.org", "registry.yarnpkg.com"]),
    ("nuget", &["api.nuget.org", "nuget.org", "www.nuget.org"]),
    ("pub", &["pub.dartlang.org", "pub.dev"]),
    ("pypi", &["files.pythonhosted.org", "pypi.org", "pypi.python.org"]),
];

/// Returns whether an address belongs to the official registry of a purl type.
///
/// ```
/// use ppl_check::base::is_official_registry;
/// assert!(is_official_registry("pypi", "https://pypi.org/simple"));
/// assert!(!is_official_registry("pypi", "https://pypi.org.example/simple"));
/// assert!(!is_official_registry("pypi", "https://pypi.org@registry.example/simple"));
/// ```
pub fn is_official_registry(ty: &str, address: &str) -> bool {
    let hosts = OFFICIAL.iter().find(|(known, _)| *known == ty).map_or(&[][..], |(_, hosts)| hosts);
    // Readers of addresses disagree about backslashes: such an address is nobody's.
    let Some(host) = host_of(address).filter(|_| !address.contains('\\')) else { return false };
    let path = path_of(address);
    hosts.iter().any(|official| match official.split_once('/') {
        Some((official, below)) => {
            host.eq_ignore_ascii_case(official)
                && path.strip_prefix(below).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
        }
        None => host.eq_ignore_ascii_case(official),
    })
}

/// Returns the host of an address, without user, password and port.
///
/// ```
/// use ppl_check::base::host_of;
/// assert_eq!(host_of("git+ssh://git@example.org:22/a.git"), Some("example.org"));
/// assert_eq!(host_of("git@example.org:a/b.git"), Some("example.org"));
/// assert_eq!(host_of("./lib"), None);
/// ```
pub fn host_of(address: &str) -> Option<&str> {
    let Some((_, rest)) = address.split_once("://") else {
        // The short form of ssh: `user@host:path`.
        let (user_host, _) = address.split_once(':')?;
        return user_host.rsplit_once('@').map(|(_, host)| host).filter(|host| !host.contains('/'));
    };
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => host,
    };
    (!host.is_empty()).then_some(host)
}

/// Returns an address without user, password, query and fragment, in which tokens may stand.
///
/// ```
/// use ppl_check::base::without_credentials;
/// assert_eq!(without_credentials("https://u:secret@x.example/a?token=1#b"), "https://x.example/a");
/// assert_eq!(without_credentials("git@x.example:a/b.git#main"), "x.example:a/b.git");
/// ```
pub fn without_credentials(address: &str) -> String {
    let bare = address.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = match bare.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, bare),
    };
    let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match scheme {
        Some(scheme) => format!("{scheme}://{host}{path}"),
        None => format!("{host}{path}"),
    }
}

fn path_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    rest.split_once('/').map_or("", |(_, path)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(OFFICIAL.iter().map(|(ty, _)| ty).is_sorted());
        assert!(OFFICIAL.iter().all(|(_, hosts)| hosts.is_sorted()));
    }

    #[test]
    fn look_alikes_are_not_official() {
        for (ty, address, expect) in [
            ("cargo", "https://github.com/rust-lang/crates.io-index", true),
            ("cargo", "https://github.com/rust-lang/crates.io-index.git", true),
            ("cargo", "https://github.com/rust-lang/crates.io-indexes", false),
            ("cargo", "https://github.com/somebody/crates.io-index", false),
            ("npm", "http://REGISTRY.npmjs.org:443/a/-/a-1.0.0.tgz", true),
            ("npm", "https://registry.npmjs.org.evil.example/a", false),
            ("npm", "https://evil.example/registry.npmjs.org/a", false),
            ("npm", "https://evil.example?registry.npmjs.org/", false),
            ("npm", "https://registry.npmjs.org\\@evil.example/a", false),
            ("npm", "registry.npmjs.org", false),
            ("npm", "", false),
            ("unknown", "https://registry.npmjs.org/", false),
        ] {
            assert_eq!(is_official_registry(ty, address), expect, "{address}");
        }
    }

    #[test]
    fn credentials_are_dropped_wherever_they_stand() {
        for (address, expect) in [
            ("https://user:tok@en@host.example/a/@scope/b", "https://host.example/a/@scope/b"),
            ("ssh://git@host.example", "ssh://host.example"),
            ("https://host.example/a", "https://host.example/a"),
            ("", ""),
        ] {
            assert_eq!(without_credentials(address), expect);
        }
    }
}
