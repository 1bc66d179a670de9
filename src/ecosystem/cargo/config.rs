//! `.cargo/config.toml`: which sources the project puts in the place of others. It is read, never obeyed.
//!
//! Specified in the Cargo book, "Source Replacement".

use std::collections::BTreeMap;

use crate::base::{RelPath, is_official_registry, without_credentials};
use crate::ecosystem::Input;
use crate::model::Origin;
use crate::scan::{Limits, StoreKind};
use crate::syntax::text::decode;
use crate::syntax::toml::{Document, Value};

use super::ECOSYSTEM;
use super::source::origin;

/// Cargo's own name for the official registry.
const OFFICIAL_NAME: &str = "crates-io";
/// Chains of replacements that are longer are taken for a circle.
const MAX_CHAIN: usize = 16;

/// The sources that configuration files define.
#[derive(Debug, Default)]
pub(super) struct Sources {
    by_name: BTreeMap<String, Source>,
}

/// One `[source.NAME]` table; a nearer file wins key by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Source {
    replace_with: Option<String>,
    /// A registry or repository.
    address: Option<String>,
    /// A folder of unpacked packages; a path that leads outside the tree is left out.
    directory: Option<RelPath>,
}

impl Sources {
    /// Reads the configuration in force for a folder: its own, that of all folders above it, and the user's.
    pub(super) fn load(input: &Input, dir: &RelPath) -> Self {
        let mut sources = Self::default();
        let mut folder = Some(dir.clone());
        while let Some(at) = folder {
            // The name without an ending is older and wins where both exist, as in Cargo.
            let names = [".cargo/config", ".cargo/config.toml"].map(|name| at.join(name));
            if let Some(path) = names.iter().find(|path| input.tree.has(path))
                && let Ok(text) = input.tree.read_text(path, Limits::DEFAULT.manifest)
            {
                sources.add(&Document::parse(&text).root, Some(&at));
            }
            folder = at.parent();
        }
        // What the user has set for all projects; a folder that it names lies outside of the tree.
        for store in input.stores.of(StoreKind::Cargo) {
            let files = ["config", "config.toml"].map(|name| RelPath::root().join(name));
            let found = files.iter().find_map(|path| store.read(path, Limits::DEFAULT.manifest).ok());
            if let Some(bytes) = found {
                sources.add(&Document::parse(&decode(&bytes).text).root, None);
            }
        }
        sources
    }

    /// Returns where a package comes from, once what the project puts in the place of its source is known.
    pub(super) fn origin(&self, source: &str) -> Origin {
        let plain = origin(source);
        let address = source.split_once('+').map_or(source, |(_, address)| address);
        let address = address.split(['?', '#']).next().unwrap_or_default();
        let named = self.by_name.iter().find(|(_, source)| source.address.as_deref() == Some(address));
        let name = match (&plain, named) {
            (_, Some((name, _))) => name.as_str(),
            (Origin::Registry, None) => OFFICIAL_NAME,
            (_, None) => return plain,
        };
        self.replaced(name, address).unwrap_or(plain)
    }

    /// Returns where packages of the official registry come from.
    pub(super) fn official(&self) -> Origin {
        self.replaced(OFFICIAL_NAME, "").unwrap_or_default()
    }

    /// Returns the other registry at the end of a chain of replacements.
    fn replaced(&self, name: &str, address: &str) -> Option<Origin> {
        let mut last = self.by_name.get(name);
        for _ in 0..MAX_CHAIN {
            let Some(next) = last.and_then(|source| source.replace_with.as_ref()) else { break };
            last = self.by_name.get(next);
        }
        let other = last?.address.as_deref().filter(|other| *other != address)?;
        (!is_official_registry(ECOSYSTEM, other)).then(|| Origin::OtherRegistry(without_credentials(other)))
    }

    /// Returns the folders in which the project keeps copies of packages.
    pub(super) fn directories(&self) -> impl Iterator<Item = &RelPath> {
        self.by_name.values().filter_map(|source| source.directory.as_ref())
    }

    fn add(&mut self, config: &Value, dir: Option<&RelPath>) {
        for entry in config.get("source").map_or(&[][..], Value::entries) {
            let text = |key: &str| entry.value.get(key).and_then(Value::str);
            let source = self.by_name.entry(entry.key.clone()).or_default();
            let address = text("registry").or_else(|| text("git"));
            source.replace_with = source.replace_with.take().or(text("replace-with").map(str::to_owned));
            source.address = source.address.take().or(address.map(|address| bare(address).to_owned()));
            source.directory = source.directory.take().or(text("directory").and_then(|path| dir?.resolve(path).ok()));
        }
    }
}

fn bare(address: &str) -> &str {
    let address = address.strip_prefix("sparse+").or_else(|| address.strip_prefix("registry+")).unwrap_or(address);
    address.trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(config: &str) -> Sources {
        let mut sources = Sources::default();
        sources.add(&Document::parse(config).root, Some(&RelPath::root()));
        sources
    }

    const OFFICIAL: &str = "registry+https://github.com/rust-lang/crates.io-index";

    #[test]
    fn a_directory_holds_copies_of_the_same_packages() {
        let sources = sources(
            "[source.crates-io]\nreplace-with = \"vendored-sources\"\n[source.vendored-sources]\ndirectory = \"v\"\n",
        );
        assert_eq!(sources.origin(OFFICIAL), Origin::Registry);
        assert_eq!(sources.directories().map(RelPath::as_str).collect::<Vec<_>>(), ["v"]);
    }

    #[test]
    fn another_registry_is_another_origin() {
        let sources = sources(
            "[source.crates-io]\nreplace-with = \"a\"\n[source.a]\nreplace-with = \"b\"\n\
             [source.b]\nregistry = \"sparse+https://crates.example/index/\"\n",
        );
        assert_eq!(sources.origin(OFFICIAL), Origin::OtherRegistry("https://crates.example/index".to_owned()));
    }

    #[test]
    fn circles_end_and_escapes_are_left_out() {
        let sources = sources(
            "[source.crates-io]\nreplace-with = \"a\"\n[source.a]\nreplace-with = \"crates-io\"\n\
             [source.b]\ndirectory = \"../../v\"\n",
        );
        assert_eq!(sources.origin(OFFICIAL), Origin::Registry);
        assert_eq!(sources.directories().count(), 0);
    }
}
