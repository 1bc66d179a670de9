//! What stands behind a name in `dependencies`: a range, another name, a folder, a repository, an address.
//!
//! <https://docs.npmjs.com/cli/configuring-npm/package-json#dependencies>.

use crate::model::Origin;

use super::settings::Settings;
use super::source;

/// What a dependency asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Spec {
    /// Some version of the package of that name.
    Registry,
    /// Another package under this name.
    Alias(String),
    /// A package of the same workspace.
    Workspace,
    /// A folder or archive, as written.
    Local(String),
    /// Anything with an address.
    Elsewhere(Origin),
}

/// How folders are written.
const LOCAL: &[&str] = &["file:", "link:", "portal:", "./", "../", "/", "~/", ".\\", "..\\"];

impl Spec {
    /// Reads the words behind a name.
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim();
        if let Some(alias) = text.strip_prefix("npm:") {
            let (name, _) = split_version(alias);
            return if name.is_empty() { Self::Registry } else { Self::Alias(name.to_owned()) };
        }
        if text.starts_with("workspace:") {
            return Self::Workspace;
        }
        if let Some(prefix) = LOCAL.iter().find(|prefix| text.starts_with(**prefix)) {
            let path = if prefix.ends_with(':') { text.get(prefix.len()..).unwrap_or_default() } else { text };
            return Self::Local(path.to_owned());
        }
        if source::is_repository(text) {
            return Self::Elsewhere(source::repository(text));
        }
        match text.split_once(':') {
            Some(("http" | "https", _)) => Self::Elsewhere(source::address(text)),
            Some(("jsr", _)) => Self::Elsewhere(Origin::OtherRegistry("jsr".to_owned())),
            _ if is_short_repository(text) => Self::Elsewhere(source::repository(text)),
            _ => Self::Registry,
        }
    }

    /// Returns where the package of a name comes from.
    pub(super) fn origin(&self, name: &str, settings: &Settings) -> Origin {
        match self {
            Self::Registry | Self::Alias(_) => settings.origin(name),
            Self::Workspace => Origin::Unknown,
            Self::Local(path) => Origin::Outside(path.clone()),
            Self::Elsewhere(origin) => origin.clone(),
        }
    }
}

/// Splits `@scope/name@version` at the last `@` that does not start a scope.
pub(super) fn split_version(text: &str) -> (&str, Option<&str>) {
    match text.char_indices().skip(1).find(|(_, char)| *char == '@') {
        Some((at, _)) => (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
        None => (text, None),
    }
}

/// `user/repository` without more is a repository of a well-known host.
fn is_short_repository(text: &str) -> bool {
    let bare = text.split('#').next().unwrap_or_default();
    let is_part = |part: &str| {
        !part.is_empty() && part.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.'))
    };
    bare.split_once('/').is_some_and(|(user, name)| is_part(user) && is_part(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_a_dependency() {
        let local = |path: &str| Spec::Local(path.to_owned());
        for (text, expect) in [
            ("^1.2.3", Spec::Registry),
            ("1.x || >=2.5.0 || 5.0.0 - 7.2.3", Spec::Registry),
            ("", Spec::Registry),
            ("next", Spec::Registry),
            ("catalog:react18", Spec::Registry),
            ("npm:lodash@^4", Spec::Alias("lodash".to_owned())),
            ("npm:@vue/compat@3.4.0", Spec::Alias("@vue/compat".to_owned())),
            ("workspace:^", Spec::Workspace),
            ("file:../lib", local("../lib")),
            ("link:lib", local("lib")),
            ("../lib", local("../lib")),
        ] {
            assert_eq!(Spec::read(text), expect, "{text}");
        }
        let elsewhere = |text: &str| match Spec::read(text) {
            Spec::Elsewhere(origin) => origin,
            other => panic!("{text}: {other:?}"),
        };
        let repository = |url: &str, revision: Option<&str>| Origin::Repository {
            url: url.to_owned(),
            revision: revision.map(str::to_owned),
        };
        assert_eq!(elsewhere("coop/shop#v1"), repository("coop/shop", Some("v1")));
        assert_eq!(elsewhere("github:coop/shop"), repository("github:coop/shop", None));
        assert_eq!(
            elsewhere("git+ssh://git@host.example/a.git#semver:^1"),
            repository("ssh://host.example/a.git", Some("semver:^1"))
        );
        assert_eq!(elsewhere("https://u:p@host.example/a.tgz"), Origin::Url("https://host.example/a.tgz".to_owned()));
    }

    #[test]
    fn versions_are_split_off_names() {
        assert_eq!(split_version("@a/b@1.0.0"), ("@a/b", Some("1.0.0")));
        assert_eq!(split_version("@a/b"), ("@a/b", None));
        assert_eq!(split_version("a@npm:b@2"), ("a", Some("npm:b@2")));
    }
}
