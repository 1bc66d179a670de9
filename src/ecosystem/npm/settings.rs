//! `.npmrc`, `.yarnrc`, `.yarnrc.yml`, `bunfig.toml`: from which registries the project has its packages. They are read,
//! never obeyed.
//!
//! <https://docs.npmjs.com/cli/configuring-npm/npmrc>, <https://yarnpkg.com/configuration/yarnrc>,
//! <https://bun.com/docs/runtime/bunfig>. A file that cannot be read says nothing good: then no package of its folder
//! counts as one of the official registry.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::{Location, RelPath, is_official_registry, without_credentials};
use crate::ecosystem::Input;
use crate::model::Origin;
use crate::scan::{Limits, StoreKind};
use crate::syntax::text::decode;
use crate::syntax::toml::{Document, Value};
use crate::syntax::yaml;

use super::ECOSYSTEM;

/// Adds what the text of a file says.
type Add = fn(&mut Settings, &str);

const FILES: &[(&str, Add)] = &[
    (".npmrc", Settings::add_npmrc),
    (".yarnrc", Settings::add_yarnrc),
    (".yarnrc.yml", Settings::add_yarnrc_yml),
    ("bunfig.toml", Settings::add_bunfig),
];

/// `.yarnrc.yml`, as far as it is read.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct YarnSettings {
    npm_registry_server: Option<String>,
    npm_scopes: BTreeMap<String, YarnScope>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct YarnScope {
    npm_registry_server: Option<String>,
}

/// The registries in force for a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    /// The address for everything, if it is said.
    registry: Option<String>,
    /// The addresses for scopes: `@coop`.
    scopes: BTreeMap<String, String>,
}

impl Settings {
    /// Reads the files of a folder, of all folders above it, and of the user; the nearest counts.
    pub(super) fn load(input: &Input, dir: &RelPath) -> Self {
        let mut settings = Self::default();
        let mut folder = Some(dir.clone());
        while let Some(at) = folder {
            for (name, add) in FILES {
                let path = at.join(name);
                if !input.tree.has(&path) {
                    continue;
                }
                match input.tree.read_text(&path, Limits::DEFAULT.manifest) {
                    Ok(text) => add(&mut settings, &text),
                    Err(_) => settings.add_unknown(),
                }
            }
            folder = at.parent();
        }
        settings.add_of_user(input);
        settings
    }

    /// Adds what the user has set for all projects: a name that is private there is not asked for in public.
    fn add_of_user(&mut self, input: &Input) {
        let hidden: (&str, Add) = (".bunfig.toml", Self::add_bunfig);
        for store in input.stores.of(StoreKind::Settings) {
            for (name, add) in FILES.iter().chain([&hidden]) {
                if let Ok(bytes) = store.read(&RelPath::root().join(name), Limits::DEFAULT.manifest) {
                    add(self, &decode(&bytes).text);
                }
            }
        }
        for name in ["NPM_CONFIG_USERCONFIG", "npm_config_userconfig"] {
            if let Some(text) = input.stores.variable(name) {
                self.add_npmrc(text);
            }
        }
        if let Some(address) = input.stores.variable("npm_config_registry") {
            self.add("registry", address);
        }
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

    /// Yarn 1: `registry "https://…"`, `"@scope:registry" "https://…"`.
    fn add_yarnrc(&mut self, text: &str) {
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
            let Some((key, value)) = line.split_once(' ') else { continue };
            self.add(key.trim_matches('"'), value.trim().trim_matches('"'));
        }
    }

    fn add_yarnrc_yml(&mut self, text: &str) {
        let Ok(file) = yaml::read::<YarnSettings>(text, &Location::file(RelPath::root())) else {
            return self.add_unknown();
        };
        if let Some(address) = file.npm_registry_server {
            self.add("registry", &address);
        }
        for (scope, settings) in file.npm_scopes {
            if let Some(address) = settings.npm_registry_server {
                self.add(&format!("@{scope}:registry"), &address);
            }
        }
    }

    fn add_bunfig(&mut self, text: &str) {
        let document = Document::parse(text);
        if !document.problems.is_empty() {
            self.add_unknown();
        }
        let Some(install) = document.root.get("install") else { return };
        let address = |value: &Value| value.str().or_else(|| value.get("url")?.str()).map(str::to_owned);
        if let Some(address) = install.get("registry").and_then(address) {
            self.add("registry", &address);
        }
        for scope in install.get("scopes").map(Value::entries).into_iter().flatten() {
            if let Some(address) = address(&scope.value) {
                self.add(&format!("@{}:registry", scope.key.trim_start_matches('@')), &address);
            }
        }
    }

    /// Takes everything for a package of an unknown registry.
    fn add_unknown(&mut self) {
        self.add("registry", "unknown");
    }

    fn add(&mut self, key: &str, address: &str) {
        // Which file a package manager reads first is not known here: one that points elsewhere counts.
        let is_better =
            |known: &str| is_official_registry(ECOSYSTEM, known) && !is_official_registry(ECOSYSTEM, address);
        if key == "registry" {
            if self.registry.as_deref().is_none_or(is_better) {
                self.registry = Some(address.to_owned());
            }
        } else if let Some(scope) = key.strip_suffix(":registry").filter(|scope| scope.starts_with('@'))
            && self.scopes.get(scope).is_none_or(|known| is_better(known))
        {
            self.scopes.insert(scope.to_owned(), address.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::testing::World;

    #[test]
    fn what_the_user_has_set_for_all_projects_counts_last() {
        let world = World::of(&[(".npmrc", b"@near:registry=https://near.example/\n")]).with_store(
            StoreKind::Settings,
            &[(".npmrc", b"@near:registry=https://far.example/\n@coop:registry=https://npm.coop.example/\n")],
        );
        let path = RelPath::new("package-lock.json").unwrap();
        let input = Input { tree: &world.tree, stores: &world.stores, path: &path };
        let settings = Settings::load(&input, &RelPath::root());
        let other = |address: &str| Origin::OtherRegistry(address.to_owned());
        assert_eq!(settings.origin("@coop/x"), other("https://npm.coop.example/"));
        assert_eq!(settings.origin("@near/x"), other("https://near.example/"));
        assert_eq!(settings.origin("x"), Origin::Registry);
    }

    #[test]
    fn files_of_other_package_managers() {
        let other = |address: &str| Origin::OtherRegistry(address.to_owned());
        for (name, text, coop, all) in [
            (".yarnrc", "# y\nregistry \"https://a.example/\"\n\"@coop:registry\" \"https://b.example/\"\n", "b", "a"),
            (
                ".yarnrc.yml",
                "nodeLinker: pnp\nnpmRegistryServer: 'https://a.example/'\nnpmScopes:\n  coop:\n    \
                 npmRegistryServer: https://b.example/\n",
                "b",
                "a",
            ),
            (
                "bunfig.toml",
                "[install]\nregistry = { url = \"https://a.example/\", token = \"x\" }\n[install.scopes]\n\"@coop\" = \
                 \"https://b.example/\"\n",
                "b",
                "a",
            ),
        ] {
            let settings = load(&[(name, text.as_bytes())]);
            assert_eq!(settings.origin("@coop/x"), other(&format!("https://{coop}.example/")), "{name}");
            assert_eq!(settings.origin("x"), other(&format!("https://{all}.example/")), "{name}");
        }
        // What cannot be read may say anything.
        for (name, text) in [(".yarnrc.yml", "a: ["), ("bunfig.toml", "[install")] {
            assert_eq!(load(&[(name, text.as_bytes())]).origin("x"), other("unknown"), "{name}");
        }
    }

    fn load(files: &[(&str, &[u8])]) -> Settings {
        let world = World::of(files);
        let path = RelPath::new("package.json").unwrap();
        let input = Input { tree: &world.tree, stores: &world.stores, path: &path };
        Settings::load(&input, &input.dir())
    }

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
