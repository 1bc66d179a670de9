//! `.npmrc`: from which registries the project has its packages. It is read, never obeyed.
//!
//! <https://docs.npmjs.com/cli/configuring-npm/npmrc>.

use std::collections::BTreeMap;

use crate::base::{RelPath, is_official_registry, without_credentials};
use crate::ecosystem::Input;
use crate::model::Origin;
use crate::scan::Limits;

use super::ECOSYSTEM;

/// The registries in force for a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    /// The address for everything, if it is said.
    registry: Option<String>,
    /// The addresses for scopes: `@coop`.
    scopes: BTreeMap<String, String>,
}

impl Settings {
    /// Reads the files of a folder and of all folders above it; the nearest counts.
    pub(super) fn load(input: &Input, dir: &RelPath) -> Self {
        let mut settings = Self::default();
        let mut folder = Some(dir.clone());
        while let Some(at) = folder {
            let path = at.join(".npmrc");
            if input.tree.has(&path)
                && let Ok(text) = input.tree.read_text(&path, Limits::DEFAULT.manifest)
            {
                settings.add_npmrc(&text);
            }
            folder = at.parent();
        }
        settings
    }

    /// Returns where a package of a name comes from, if nothing else is said of it.
    pub(super) fn origin(&self, name: &str) -> Origin {
        let scope = name.split_once('/').map(|(scope, _)| scope).filter(|scope| scope.starts_with('@'));
        let address = scope.and_then(|scope| self.scopes.get(scope)).or(self.registry.as_ref());
        match address {
            Some(address) if !is_official_registry(ECOSYSTEM, address) => {
                Origin::OtherRegistry(without_credentials(address))
            }
            _ => Origin::Registry,
        }
    }

    fn add_npmrc(&mut self, text: &str) {
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
            let Some((key, value)) = line.split_once('=') else { continue };
            self.add(key.trim(), value.trim().trim_matches(['"', '\'']));
        }
    }

    fn add(&mut self, key: &str, address: &str) {
        if key == "registry" {
            self.registry.get_or_insert_with(|| address.to_owned());
        } else if let Some(scope) = key.strip_suffix(":registry").filter(|scope| scope.starts_with('@')) {
            self.scopes.entry(scope.to_owned()).or_insert_with(|| address.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::testing::World;

    #[test]
    fn the_nearest_file_counts() {
        let world = World::of(&[
            (".npmrc", b"registry=https://far.example/\n@coop:registry = \"https://coop.example/npm/\"\n"),
            ("web/.npmrc", b"; near\nregistry = https://u:secret@near.example/\n//near.example/:_authToken=x\n"),
            ("web/package.json", b"{}"),
        ]);
        let path = RelPath::new("web/package.json").unwrap();
        let input = Input { tree: &world.tree, stores: &world.stores, path: &path };
        let settings = Settings::load(&input, &input.dir());
        assert_eq!(settings.origin("a"), Origin::OtherRegistry("https://near.example/".to_owned()));
        assert_eq!(settings.origin("@coop/a"), Origin::OtherRegistry("https://coop.example/npm/".to_owned()));
        assert_eq!(Settings::default().origin("@coop/a"), Origin::Registry);
    }
}
