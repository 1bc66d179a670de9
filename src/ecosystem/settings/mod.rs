//! Settings of the project and of the user that send a package manager elsewhere than to the official registry. They
//! are read, never obeyed: what may be private is not asked for in public.
//!
//! npm's and Cargo's settings are read where their lockfiles are, since those name origins package by package.
//! Left out on purpose: lockfiles that name the index of every package by themselves count more than settings.
//! A file that cannot be read says nothing good: then nothing of its ecosystem counts as public.

mod gradle;
mod readers;

use std::collections::BTreeMap;

use super::Input;
use crate::base::RelPath;
use crate::model::{Origin, PackageRecord};
use crate::scan::{Limits, StoreKind};
use crate::syntax::text::decode;

/// Adds what the text of a file says.
type Read = fn(&mut Elsewhere, &str);

/// Where the settings of one ecosystem stand.
struct Settings {
    /// The purl type of its packages.
    ty: &'static str,
    /// Names of files, in the folder of a project or above.
    in_tree: &'static [(&'static str, Read)],
    /// Files below the user's home folder.
    of_user: &'static [(&'static str, Read)],
    /// Variables of the environment.
    variables: &'static [(&'static str, Read)],
    /// Variables of the environment that name a file.
    files: &'static [(&'static str, Read)],
    /// Files that name the index of every package by themselves.
    explicit: &'static [&'static str],
}

/// Every ecosystem with such settings, sorted by purl type.
#[rustfmt::skip]
static SETTINGS: &[Settings] = &[
    Settings {
        ty: "composer",
        in_tree: &[("composer.json", readers::composer)],
        of_user: &[
            (".config/composer/config.json", readers::composer),
            (".composer/config.json", readers::composer),
        ],
        variables: &[],
        files: &[],
        explicit: &[],
    },
    Settings {
        ty: "gem",
        in_tree: &[(".bundle/config", readers::bundler)],
        of_user: &[(".bundle/config", readers::bundler)],
        variables: &[],
        files: &[],
        explicit: &[],
    },
    Settings {
        ty: "golang",
        in_tree: &[],
        of_user: &[(".config/go/env", readers::go_env)],
        variables: &[
            ("GONOPROXY", readers::go_private),
            ("GOPRIVATE", readers::go_private),
            ("GOPROXY", readers::go_proxy),
        ],
        files: &[],
        explicit: &[],
    },
    Settings {
        ty: "maven",
        in_tree: &[
            ("build.gradle", gradle::script),
            ("build.gradle.kts", gradle::script),
            ("pom.xml", readers::maven),
            ("settings.gradle", gradle::script),
            ("settings.gradle.kts", gradle::script),
        ],
        of_user: &[
            (".gradle/init.gradle", gradle::script),
            (".gradle/init.gradle.kts", gradle::script),
            (".m2/settings.xml", readers::maven),
        ],
        variables: &[],
        files: &[],
        explicit: &[],
    },
    Settings {
        ty: "nuget",
        in_tree: &[
            ("NuGet.Config", readers::nuget),
            ("NuGet.config", readers::nuget),
            ("nuget.config", readers::nuget),
        ],
        of_user: &[
            (".nuget/NuGet/NuGet.Config", readers::nuget),
            (".config/NuGet/NuGet.Config", readers::nuget),
        ],
        variables: &[],
        files: &[],
        explicit: &["paket.lock"],
    },
    Settings {
        ty: "pypi",
        in_tree: &[
            ("pdm.toml", readers::python_toml),
            ("pip.conf", readers::pip),
            ("pip.ini", readers::pip),
            ("uv.toml", readers::python_toml),
        ],
        of_user: &[
            (".config/pdm/config.toml", readers::python_toml),
            (".config/pip/pip.conf", readers::pip),
            (".config/uv/uv.toml", readers::python_toml),
            (".pip/pip.conf", readers::pip),
            // That of all users, in `/etc`.
            ("pip.conf", readers::pip),
        ],
        variables: &[
            ("PIP_EXTRA_INDEX_URL", readers::python_index),
            ("PIP_INDEX_URL", readers::python_index),
            ("UV_DEFAULT_INDEX", readers::python_index),
            ("UV_EXTRA_INDEX_URL", readers::python_index),
            ("UV_INDEX", readers::python_index),
            ("UV_INDEX_URL", readers::python_index),
        ],
        files: &[
            ("PDM_CONFIG_FILE", readers::python_toml),
            ("PIP_CONFIG_FILE", readers::pip),
            ("UV_CONFIG_FILE", readers::python_toml),
        ],
        explicit: &["Pipfile.lock", "poetry.lock", "uv.lock"],
    },
];

/// Returns the names of the variables that say where packages come from, for the caller to look up.
pub fn variables() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().flat_map(|settings| settings.variables).map(|(name, _)| *name).chain(["npm_config_registry"])
}

/// Returns the names of the variables that name a file of settings: its text stands for the variable.
pub fn file_variables() -> impl Iterator<Item = &'static str> {
    let npm = ["NPM_CONFIG_USERCONFIG", "npm_config_userconfig"];
    SETTINGS.iter().flat_map(|settings| settings.files).map(|(name, _)| *name).chain(npm)
}

/// What the settings of an ecosystem send elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Elsewhere {
    /// Another address for everything, or besides the official one.
    all: Option<String>,
    /// Patterns of names that are private.
    private: Vec<String>,
    /// Patterns of names that come from the official registry all the same.
    public: Vec<String>,
}

impl Elsewhere {
    /// Reads the settings in force for a folder: its own, those of all folders above it, and the user's.
    fn load(settings: &Settings, input: &Input) -> Self {
        let mut found = Self::default();
        let mut folder = Some(input.dir());
        while let Some(at) = folder {
            for (name, read) in settings.in_tree {
                let path = at.join(name);
                if input.tree.has(&path) {
                    match input.tree.read_text(&path, Limits::DEFAULT.manifest) {
                        Ok(text) => read(&mut found, &text),
                        Err(_) => found.add_unknown(),
                    }
                }
            }
            folder = at.parent();
        }
        // With an empty file in their place, pip reads none of its own.
        let without_pip = input.stores.variable("PIP_CONFIG_FILE").is_some_and(str::is_empty);
        for store in input.stores.of(StoreKind::Settings) {
            for (path, read) in settings.of_user.iter().filter(|(path, _)| !without_pip || !path.ends_with("pip.conf"))
            {
                // The folder of settings may be another one than `~/.config`.
                for path in [Some(*path), path.strip_prefix(".config/")].into_iter().flatten() {
                    if let Ok(bytes) = store.read(&RelPath::root().join(path), Limits::DEFAULT.manifest) {
                        read(&mut found, &decode(&bytes).text);
                    }
                }
            }
        }
        for (name, read) in settings.variables.iter().chain(settings.files) {
            if let Some(value) = input.stores.variable(name) {
                read(&mut found, value);
            }
        }
        found
    }

    /// Returns the address, or its kind, from which a package of a name may come instead.
    fn of(&self, name: &str) -> Option<&str> {
        let is_like = |pattern: &String| matches(pattern, name);
        if self.private.iter().any(is_like) {
            return Some("private");
        }
        self.all.as_deref().filter(|_| !self.public.iter().any(is_like))
    }

    fn add(&mut self, address: &str) {
        self.all.get_or_insert_with(|| crate::base::without_credentials(address));
    }

    /// Takes everything for a package of an unknown registry.
    fn add_unknown(&mut self) {
        self.add("unknown");
    }
}

/// Compares a name with a pattern in which `*` stands for anything, whatever the case.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_ascii_lowercase(), name.to_ascii_lowercase());
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

/// Lets packages of which a file does not say that they come from elsewhere do so, if the settings in force say it.
pub fn apply(input: &Input, records: &mut [PackageRecord]) {
    let file = input.path.file_name().unwrap_or_default();
    let mut loaded: BTreeMap<&str, Elsewhere> = BTreeMap::new();
    for record in records.iter_mut().filter(|record| record.origin == Origin::Registry && !record.own) {
        let Some(settings) = SETTINGS.iter().find(|settings| settings.ty == record.purl.ty()) else { continue };
        if settings.explicit.contains(&file) {
            continue;
        }
        let elsewhere = loaded.entry(settings.ty).or_insert_with(|| Elsewhere::load(settings, input));
        if let Some(address) = elsewhere.of(&record.purl.full_name()) {
            record.origin = Origin::OtherRegistry(address.to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
