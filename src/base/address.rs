//! Addresses written in lockfiles: what may be shown of them, and whose they are.

/// One ecosystem's official registry.
struct Official {
    /// The purl type of its packages.
    ty: &'static str,
    /// The hosts, and paths below them, by which lockfiles know it.
    known_as: &'static [&'static str],
    /// Where look-ups start, if it is asked at all; from there on its answers may lead to any host it is known as.
    asked_at: Option<&'static str>,
}

/// The official registries, by purl type.
///
/// This is the one place that names their hosts: a package whose lockfile points elsewhere is never looked up, and
/// nothing but these is ever asked unless the user names another address.
#[rustfmt::skip]
const OFFICIAL: &[Official] = &[
    Official {
        ty: "cargo",
        known_as: &["crates.io", "github.com/rust-lang/crates.io-index", "index.crates.io", "static.crates.io"],
        asked_at: Some("https://static.crates.io"),
    },
    Official {
        ty: "composer",
        known_as: &["packagist.org", "repo.packagist.org"],
        asked_at: Some("https://repo.packagist.org"),
    },
    Official {
        ty: "gem",
        known_as: &["index.rubygems.org", "rubygems.org"],
        asked_at: Some("https://rubygems.org"),
    },
    Official {
        ty: "golang",
        known_as: &["proxy.golang.org"],
        asked_at: Some("https://proxy.golang.org"),
    },
    Official {
        ty: "hex",
        known_as: &["hex.pm", "repo.hex.pm"],
        asked_at: Some("https://repo.hex.pm"),
    },
    Official {
        ty: "jsr",
        known_as: &["jsr.io", "npm.jsr.io"],
        asked_at: None,
    },
    Official {
        ty: "maven",
        known_as: &["repo.maven.apache.org/maven2", "repo1.maven.org/maven2"],
        asked_at: Some("https://repo1.maven.org/maven2"),
    },
    Official {
        ty: "npm",
        known_as: &["registry.npmjs.com", "registry.npmjs.org", "registry.yarnpkg.com"],
        asked_at: Some("https://registry.npmjs.org"),
    },
    Official {
        ty: "nuget",
        known_as: &["api.nuget.org", "nuget.org", "www.nuget.org"],
        asked_at: Some("https://api.nuget.org"),
    },
    Official {
        ty: "pub",
        known_as: &["pub.dartlang.org", "pub.dev"],
        asked_at: Some("https://pub.dev"),
    },
    Official {
        ty: "pypi",
        known_as: &["files.pythonhosted.org", "pypi.org", "pypi.python.org"],
        asked_at: Some("https://pypi.org"),
    },
];

fn official(ty: &str) -> Option<&'static Official> {
    OFFICIAL.iter().find(|official| official.ty == ty)
}

/// Returns the address from which look-ups in the official registry of a purl type start, if it has one.
pub fn official_address(ty: &str) -> Option<&'static str> {
    official(ty)?.asked_at
}

/// Repositories of Java packages that are open to everybody beside the official one, sorted. Hosts that also have
/// repositories of their users alone, such as those of Space, are none of them.
const PUBLIC_REPOSITORIES: &[&str] = &[
    "central.sonatype.com",
    "dl.google.com",
    "maven.google.com",
    "oss.sonatype.org",
    "plugins.gradle.org",
    "repo.spring.io",
    "repository.apache.org",
    "s01.oss.sonatype.org",
];

/// Repositories that build what a name says, from public code and from private code of their users
/// (<https://docs.jitpack.io/private>), with the names of such packages.
const BUILDERS: &[(&str, &[&str])] =
    &[("jitpack.io", &["com.azure.*", "com.github.*", "com.gitlab.*", "org.bitbucket.*"])];

/// Returns patterns of the names that a repository of Java packages builds from code that may be private.
pub fn built_names(address: &str) -> &'static [&'static str] {
    let host = host_of(address).filter(|_| !address.contains('\\')).map(str::to_ascii_lowercase);
    BUILDERS.iter().find(|(builder, _)| host.as_deref() == Some(*builder)).map_or(&[], |(_, names)| names)
}

/// Returns whether an address is that of a repository of Java packages whose names are no secret.
pub fn is_public_repository(address: &str) -> bool {
    let host = host_of(address).filter(|_| !address.contains('\\'));
    host.is_some_and(|host| PUBLIC_REPOSITORIES.contains(&host.to_ascii_lowercase().as_str()))
}

/// Returns where the official registry of a purl type lists versions, if not at the address from which look-ups start.
pub fn index_address(ty: &str) -> Option<&'static str> {
    (ty == "cargo").then_some("https://index.crates.io")
}

/// Returns whether an address belongs to the official registry of a purl type.
///
/// ```
/// use ppl_check::base::is_official_registry;
/// assert!(is_official_registry("pypi", "https://pypi.org/simple"));
/// assert!(!is_official_registry("pypi", "https://pypi.org.example/simple"));
/// assert!(!is_official_registry("pypi", "https://pypi.org@registry.example/simple"));
/// ```
pub fn is_official_registry(ty: &str, address: &str) -> bool {
    let hosts = official(ty).map_or(&[][..], |official| official.known_as);
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

/// Returns whether an address lies on this machine.
pub fn is_loopback(address: &str) -> bool {
    let host = host_of(address).unwrap_or_default().trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Returns where to ask instead of an address that a registry's answer gives, if it may be asked at all.
///
/// Only the registry's own hosts are followed. Where the user has named another address for the registry, that address
/// alone is asked, and stands for the registry's own hosts.
pub fn followed(ty: &str, base: &str, is_replaced: bool, address: &str) -> Option<String> {
    if let Some(rest) = address.strip_prefix('/').filter(|rest| !rest.starts_with('/')) {
        return Some(format!("{}/{rest}", origin(base)));
    }
    let official = address.starts_with("https://") && is_official_registry(ty, address);
    match (is_replaced, official) {
        (false, true) => Some(address.to_owned()),
        (false, false) => None,
        (true, true) => {
            let path = address.splitn(4, '/').nth(3).unwrap_or_default();
            Some(format!("{base}/{path}"))
        }
        (true, false) => {
            let rest = address.strip_prefix(origin(base))?;
            rest.starts_with('/').then(|| address.to_owned())
        }
    }
}

/// Returns scheme and host of an address.
fn origin(address: &str) -> &str {
    let start = address.find("://").map_or(0, |at| at + 3);
    let end = address.get(start..).and_then(|rest| rest.find('/')).map_or(address.len(), |at| start + at);
    address.get(..end).unwrap_or(address)
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
        assert!(OFFICIAL.iter().map(|official| official.ty).is_sorted());
        assert!(OFFICIAL.iter().all(|official| official.known_as.is_sorted()));
        assert!(PUBLIC_REPOSITORIES.is_sorted());
    }

    #[test]
    fn what_is_asked_is_official_and_encrypted() {
        for official in OFFICIAL {
            let is_own = |address: &str| address.starts_with("https://") && is_official_registry(official.ty, address);
            assert!(official.asked_at.is_none_or(is_own), "{}", official.ty);
            assert!(index_address(official.ty).is_none_or(is_own), "{}", official.ty);
        }
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

    #[test]
    fn only_own_hosts_are_followed() {
        let official = |address: &str| followed("pypi", "https://pypi.org", false, address);
        let file = "https://files.pythonhosted.org/packages/a/x.whl";
        assert_eq!(official(file).as_deref(), Some(file));
        assert_eq!(official("/simple/a").as_deref(), Some("https://pypi.org/simple/a"));
        for elsewhere in [
            "http://files.pythonhosted.org/packages/a/x.whl",
            "https://files.example/x.whl",
            "https://files.pythonhosted.org.example/x.whl",
            "https://files.pythonhosted.org@files.example/x.whl",
            "http://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
            "//files.example/x.whl",
        ] {
            assert_eq!(official(elsewhere), None, "{elsewhere}");
        }
        let replaced = |address: &str| followed("pypi", "http://127.0.0.1:9/pypi", true, address);
        assert_eq!(replaced(file).as_deref(), Some("http://127.0.0.1:9/pypi/packages/a/x.whl"));
        assert_eq!(replaced("http://127.0.0.1:9/x").as_deref(), Some("http://127.0.0.1:9/x"));
        assert_eq!(replaced("http://127.0.0.1:91/x"), None);
        assert_eq!(replaced("http://127.0.0.1:9@host.example/x"), None);
    }

    #[test]
    fn loopback_is_this_machine_alone() {
        for (address, expect) in [
            ("http://127.0.0.1:80/", true),
            ("http://127.9.9.9", true),
            ("http://[::1]:80", true),
            ("http://localhost:8080", true),
            ("http://localhost.example", false),
            ("http://10.0.0.1", false),
            ("http://127.0.0.1.example", false),
            ("http://127.0.0.1@host.example", false),
        ] {
            assert_eq!(is_loopback(address), expect, "{address}");
        }
    }
}
