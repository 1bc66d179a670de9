//! What each kind of settings file says.

use serde_json::Value as Json;

use super::Elsewhere;
use super::gradle::add as add_repository;
use crate::base::{Location, RelPath, is_official_registry};
use crate::syntax::toml::{Document, Value};
use crate::syntax::xml::{Xml, child, children, text as text_of};

/// The words that stand for `official`, in the configuration of Composer.
const PACKAGIST: &[&str] = &["packagist", "packagist.org"];

/// <https://getcomposer.org/doc/05-repositories.md#disabling-packagist-org>. Another repository beside Packagist is
/// named by the lockfile, package by package.
pub(super) fn composer(found: &mut Elsewhere, text: &str) {
    let Ok(file) = serde_json::from_str::<Json>(text) else { return found.add_unknown() };
    let is_off = |entry: &Json| PACKAGIST.iter().any(|name| entry.get(name) == Some(&Json::Bool(false)));
    let repositories = file.get("repositories").unwrap_or(&Json::Null);
    if is_off(repositories) || repositories.as_array().is_some_and(|list| list.iter().any(is_off)) {
        found.add("not Packagist");
    }
}

/// <https://bundler.io/man/bundle-config.1.html>: mirrors.
pub(super) fn bundler(found: &mut Elsewhere, text: &str) {
    for (key, value) in text.lines().filter_map(|line| line.split_once(": ")) {
        let mirror = key.trim().trim_matches('"').strip_prefix("BUNDLE_MIRROR__");
        let of_all = |mirror: &str| mirror.starts_with("ALL") || mirror.contains("RUBYGEMS__ORG");
        let address = value.trim().trim_matches('"');
        if mirror.is_some_and(of_all) && address.contains("://") && !is_official_registry("gem", address) {
            found.add(address);
        }
    }
}

/// <https://go.dev/ref/mod#environment-variables>, as `go env -w` writes them.
pub(super) fn go_env(found: &mut Elsewhere, text: &str) {
    for (name, value) in text.lines().filter_map(|line| line.trim().split_once('=')) {
        match name {
            "GONOPROXY" | "GOPRIVATE" => go_private(found, value),
            "GOPROXY" => go_proxy(found, value),
            _ => {}
        }
    }
}

/// Patterns of module paths: each stands for itself and all that lies below.
pub(super) fn go_private(found: &mut Elsewhere, value: &str) {
    for pattern in value.split(',').map(|pattern| pattern.trim().trim_end_matches('/')) {
        match pattern.find(['*', '?', '[']) {
            _ if pattern.is_empty() || pattern == "none" => {}
            // A pattern inside of a name is taken for more than it says.
            Some(at) => found.private.push(format!("{}*", pattern.get(..at).unwrap_or_default())),
            None => found.private.extend([pattern.to_owned(), format!("{pattern}/*")]),
        }
    }
}

/// The first proxy is asked for everything.
pub(super) fn go_proxy(found: &mut Elsewhere, value: &str) {
    let first = value.split([',', '|']).next().unwrap_or_default().trim();
    if !first.is_empty() && !is_official_registry("golang", first) {
        found.add(first);
    }
}

/// <https://maven.apache.org/settings.html>, <https://maven.apache.org/pom.html#Repositories>.
pub(super) fn maven(found: &mut Elsewhere, text: &str) {
    let Ok(xml) = Xml::parse(text.trim_start(), &Location::file(RelPath::root())) else { return found.add_unknown() };
    let root = xml.root();
    let profiles = child(root, "profiles").into_iter().flat_map(|profiles| children(profiles, "profile"));
    let mirrors = child(root, "mirrors").into_iter().flat_map(|list| children(list, "mirror"));
    let lists = profiles.chain([root]).filter_map(|place| child(place, "repositories"));
    let repositories = lists.flat_map(|list| children(list, "repository")).chain(mirrors);
    for address in repositories.filter_map(|node| text_of(node, "url")) {
        add_repository(found, address);
    }
}

/// <https://learn.microsoft.com/en-us/nuget/reference/nuget-config-file>: sources, and which packages each may serve.
pub(super) fn nuget(found: &mut Elsewhere, text: &str) {
    let Ok(xml) = Xml::parse(text.trim_start(), &Location::file(RelPath::root())) else { return found.add_unknown() };
    let mut official = Vec::new();
    let sources = child(xml.root(), "packageSources").into_iter().flat_map(|list| children(list, "add"));
    for source in sources {
        match (source.attribute("key"), source.attribute("value")) {
            (Some(key), Some(address)) if is_official_registry("nuget", address) => official.push(key),
            (_, Some(address)) => found.add(address),
            (_, None) => found.add_unknown(),
        }
    }
    let mapping = child(xml.root(), "packageSourceMapping");
    for source in mapping.into_iter().flat_map(|mapping| children(mapping, "packageSource")) {
        if source.attribute("key").is_some_and(|key| official.contains(&key)) {
            let patterns = children(source, "package").filter_map(|package| package.attribute("pattern"));
            // The pattern for everything is the one that others are more exact than.
            found.public.extend(patterns.filter(|pattern| *pattern != "*").map(str::to_owned));
        }
    }
}

/// <https://pip.pypa.io/en/stable/topics/configuration/>. Values of several lines go on with an indent.
pub(super) fn pip(found: &mut Elsewhere, text: &str) {
    let mut points = false;
    for line in text.lines().filter(|line| !line.trim_start().starts_with(['#', ';'])) {
        let value = match line.split_once(['=', ':']) {
            Some((key, value)) if !line.starts_with([' ', '\t']) => {
                let key = key.trim().replace('_', "-");
                points = matches!(key.as_str(), "index-url" | "extra-index-url" | "find-links");
                value
            }
            _ => line,
        };
        if points {
            python_index(found, value);
        }
    }
}

/// Addresses of indexes, with a blank between them, and perhaps a name before each.
pub(super) fn python_index(found: &mut Elsewhere, value: &str) {
    for word in value.split_whitespace() {
        let address =
            word.split_once('=').filter(|(name, _)| !name.contains("://")).map_or(word, |(_, address)| address);
        if !is_official_registry("pypi", address) {
            found.add(address);
        }
    }
}

/// `uv.toml` (<https://docs.astral.sh/uv/reference/settings/>) and PDM's `pdm.toml`.
pub(super) fn python_toml(found: &mut Elsewhere, text: &str) {
    let document = Document::parse(text);
    if !document.problems.is_empty() {
        return found.add_unknown();
    }
    let root = &document.root;
    for place in [Some(root), root.get("pip"), root.get("pypi")].into_iter().flatten() {
        let of = |key: &str| place.get(key);
        let single = ["index-url", "url"].into_iter().filter_map(of).filter_map(Value::str);
        let several = ["extra-index-url", "find-links"].into_iter().filter_map(of).flat_map(Value::strings);
        // An explicit index serves only the packages whose source names it.
        let is_explicit = |index: &&Value| index.get("explicit").and_then(Value::bool) == Some(true);
        let listed = of("index").map_or(&[][..], Value::items).iter().filter(|index| !is_explicit(index));
        let listed = listed.filter_map(|index| index.get("url")?.str());
        for address in single.chain(several.map(|(address, _)| address)).chain(listed) {
            python_index(found, address);
        }
    }
}
