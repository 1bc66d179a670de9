//! How registries are asked: options, proxy and certificates of the environment, the cache.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ppl_check::registry::{AddressError, Cache, Lookups, Network};
use serde::Deserialize;

use super::args::Common;
use super::ui::Ui;
use super::{Failure, environment};

/// Returns how registries are asked in a run, over a folder or none, or `None` if they are left out of it.
pub(crate) fn lookups<'run>(common: &Common, root: Option<&Path>) -> Result<Option<Lookups<'run>>, Failure> {
    let mut network = Network::default();
    for (ty, address) in own_addresses()? {
        let failed = |error: AddressError| Failure::new(format!("{OWN}, registry-url.{ty}: {error}"));
        network.replace(&ty, &address).map_err(failed)?;
    }
    // The command line has the last word.
    for text in &common.registry_url {
        let (ty, address) = pair(text)?;
        let failed = |error: AddressError| Failure::new(format!("--registry-url {ty}: {error}"));
        network.replace(ty, address).map_err(failed)?;
    }
    if common.locked {
        return Ok(None);
    }
    if common.offline {
        return Ok(Some(Lookups::new(network, cache(common, root)).offline()));
    }
    network.proxy = environment::proxy();
    network.roots = environment::certificates();
    Ok(Some(Lookups::new(network, cache(common, root))))
}

/// How messages name the user's own configuration.
const OWN: &str = "the user's config.toml";

/// The user's own configuration: nothing of it changes a verdict.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Own {
    registry_url: BTreeMap<String, String>,
}

/// Returns the addresses that the user has put in the place of registries, for all projects.
fn own_addresses() -> Result<BTreeMap<String, String>, Failure> {
    let Some(read) = environment::own_configuration() else { return Ok(BTreeMap::new()) };
    let text = read.map_err(|error| Failure::new(format!("failed to read {OWN}: {error}")))?;
    let own: Own = toml::from_str(&text).map_err(|error| Failure::new(format!("{OWN}: {}", error.message())))?;
    Ok(own.registry_url)
}

fn pair(text: &str) -> Result<(&str, &str), Failure> {
    let failed = || {
        Failure::new(format!("--registry-url: expected ECOSYSTEM=URL, found `{text}`"))
            .hint("as in --registry-url npm=https://npm.example.org")
    };
    text.split_once('=').ok_or_else(failed)
}

/// Opens the cache of answers. A run without one asks more, and says no less.
fn cache(common: &Common, root: Option<&Path>) -> Option<Cache> {
    if common.no_cache {
        return None;
    }
    match Cache::open(&folder()?, root) {
        Ok(cache) => Some(cache),
        Err(error) => {
            Ui::new(common, None).warn(&format!("answers of registries are not kept: {error}"));
            None
        }
    }
}

/// Returns where the cache lies, if the environment says where such things do.
pub(crate) fn folder() -> Option<PathBuf> {
    environment::cache_folder().map(|folder| folder.join("ppl-check"))
}
