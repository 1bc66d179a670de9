//! Installed distributions: the `site-packages` of virtual environments in the tree and of environments named by the
//! user.
//!
//! <https://packaging.python.org/en/latest/specifications/recording-installed-packages/>.
//! Where no lockfile pins the set, the environment beside the project defines it; elsewhere it is evidence only.
//! Environments of test runners (`.tox`, `.nox`) define nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::{Purl, RelPath, without_credentials};
use crate::ecosystem::records::Records;
use crate::ecosystem::{Input, Parsed};
use crate::model::{Origin, PackageRecord, Scope};
use crate::scan::{Folder, Limits, ListedKind, Root, SkipReason, StoreKind, Stores, Tree};
use crate::syntax::headers::{Block, first_block};
use crate::syntax::json::Json;

use super::lock::is_lockfile;
use super::project::{Project, normal_name};
use super::requirement::Requirement;

/// What every new environment holds.
const SEEDS: &[&str] = &["pip", "setuptools", "wheel"];

/// A folder with installed distributions.
#[derive(Clone, Debug)]
pub(super) struct Site {
    root: Arc<Root>,
    path: RelPath,
    /// How reports show the folder: inside a store, not at all.
    shown: RelPath,
}

/// One installed distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Distribution {
    /// The name as purls have it, from the name of the folder.
    pub(super) name: String,
    /// The version, from the name of the folder.
    pub(super) version: String,
    /// The folder or file that holds its metadata, below the site.
    entry: String,
    is_file: bool,
}

/// The environments that count for a project.
#[derive(Debug)]
pub(super) struct Environments {
    sites: Vec<Site>,
    /// Those named by the user: no file of the tree speaks for them.
    given: Vec<Site>,
    installed: BTreeMap<String, String>,
}

impl Site {
    /// Finds the sites of an environment in a folder, or takes the folder for one.
    fn find(root: &Arc<Root>, environment: &RelPath, shown: &RelPath) -> Vec<Self> {
        let mut paths = Vec::new();
        for lib in ["lib", "lib64"] {
            let below = environment.join(lib);
            for python in root.list(&below).iter().filter(|entry| entry.name.starts_with("python")) {
                paths.push(below.join(&python.name).join("site-packages"));
            }
            // `lib64` is most often a link to `lib`.
            if !paths.is_empty() {
                break;
            }
        }
        paths.push(environment.join("Lib").join("site-packages"));
        paths.retain(|path| !root.list(path).is_empty());
        if paths.is_empty() {
            paths.push(environment.clone());
        }
        let site = |path: RelPath| Self {
            root: Arc::clone(root),
            shown: if root.store().is_none() { path.clone() } else { shown.clone() },
            path,
        };
        paths.into_iter().map(site).collect()
    }

    /// Returns the sites of all environments in the tree.
    pub(super) fn in_tree(tree: &Tree) -> Vec<Self> {
        let mut sites: Vec<_> =
            environments(tree).flat_map(|folder| Self::find(tree.root(), folder, &RelPath::root())).collect();
        // PEP 582: `__pypackages__/3.11/lib`.
        let local = RelPath::root().join("__pypackages__");
        for version in tree.root().list(&local).iter() {
            let path = local.join(&version.name).join("lib");
            sites.push(Self { root: Arc::clone(tree.root()), shown: path.clone(), path });
        }
        sites
    }

    /// Returns the sites of the stores of one kind.
    pub(super) fn in_stores(stores: &Stores, kind: StoreKind) -> Vec<Self> {
        stores.of(kind).flat_map(|root| Self::find(root, &RelPath::root(), &RelPath::root())).collect()
    }

    /// Finds a distribution by its name, as purls have it, and its version, if that is known.
    pub(super) fn distribution(&self, name: &str, version: Option<&str>) -> Option<Distribution> {
        let first = name.bytes().next()?;
        let listing = self.root.list(&self.path);
        let mut candidates = listing
            .iter()
            .filter(|entry| entry.name.bytes().next().is_some_and(|byte| byte.eq_ignore_ascii_case(&first)));
        candidates.find_map(|entry| {
            let found = Distribution::read(&entry.name, entry.kind)?;
            (found.name == name && version.is_none_or(|version| same_version(version, &found.version))).then_some(found)
        })
    }

    /// Returns every distribution, sorted by the name of its folder.
    pub(super) fn distributions(&self) -> Vec<Distribution> {
        self.root.list(&self.path).iter().filter_map(|entry| Distribution::read(&entry.name, entry.kind)).collect()
    }

    /// Opens the metadata of a distribution.
    pub(super) fn open(&self, distribution: &Distribution) -> Folder {
        let path = self.path.join(&distribution.entry);
        let shown = self.shown.join(&distribution.entry);
        if !distribution.is_file {
            let site = |entry: &RelPath| entry.parent().unwrap_or_default();
            let rest = Folder::on_disk(&self.root, site(&path), site(&shown));
            return Folder::on_disk(&self.root, path, shown).with_rest(rest);
        }
        // Distutils left a single file with the metadata and nothing else.
        let metadata = self.root.read(&path, Limits::DEFAULT.manifest);
        let files = metadata.into_iter().map(|bytes| ("PKG-INFO".to_owned(), bytes)).collect();
        Folder::in_memory(files, self.root.store(), shown)
    }

    /// Returns how a list of what was tried names the site.
    pub(super) fn place(&self) -> String {
        match self.root.store() {
            Some(_) => "the environment in use".to_owned(),
            None => self.shown.to_string(),
        }
    }
}

impl Distribution {
    /// Reads `Name-1.0.dist-info`, `Name-1.0-py3.11.egg-info`, `Name-1.0-py3.11.egg`.
    fn read(entry: &str, kind: ListedKind) -> Option<Self> {
        let is_file = kind == ListedKind::File;
        let (stem, extension) = entry.rsplit_once('.')?;
        let stem = match extension {
            "dist-info" if !is_file => stem,
            "egg-info" | "egg" if extension == "egg-info" || !is_file => stem.split("-py").next().unwrap_or(stem),
            _ => return None,
        };
        let (name, version) = stem.rsplit_once('-').unwrap_or((stem, ""));
        let entry = if extension == "egg" { format!("{entry}/EGG-INFO") } else { entry.to_owned() };
        Some(Self { name: normal_name(name), version: version.to_owned(), entry, is_file })
    }
}

/// In the name of a folder `-` is written as `_`.
fn same_version(wanted: &str, found: &str) -> bool {
    wanted == found || wanted.replace('-', "_") == found
}

impl Environments {
    /// Finds the environments beside a file and above it, and those named by the user.
    pub(super) fn around(input: &Input) -> Self {
        let dir = input.dir();
        let folders = environments(input.tree).filter(|folder| {
            !is_test_environment(folder) && folder.parent().is_some_and(|owner| dir.is_within(&owner))
        });
        let mut sites: Vec<_> =
            folders.flat_map(|folder| Site::find(input.tree.root(), folder, &RelPath::root())).collect();
        let given = Site::in_stores(input.stores, StoreKind::PythonEnv);
        sites.extend(given.iter().cloned());
        let mut installed = BTreeMap::new();
        for distribution in sites.iter().flat_map(Site::distributions) {
            installed.entry(distribution.name).or_insert(distribution.version);
        }
        Self { sites, given, installed }
    }

    /// Returns the version of a distribution that is installed, by its name as purls have it.
    pub(super) fn version(&self, name: &str) -> Option<String> {
        self.installed.get(name).filter(|version| !version.is_empty()).cloned()
    }

    /// Returns whether a distribution is installed.
    pub(super) fn has(&self, name: &str) -> bool {
        self.installed.contains_key(name)
    }

    /// Names what is installed in the environments of a folder of the tree.
    pub(super) fn installed_in(input: &Input, dir: &RelPath) -> BTreeSet<String> {
        let root = input.tree.root();
        let own = environments(input.tree)
            .filter(|folder| !is_test_environment(folder) && folder.parent().as_ref() == Some(dir));
        let sites = own.flat_map(|folder| Site::find(root, folder, &RelPath::root()));
        let names = sites.flat_map(|site| site.distributions()).map(|distribution| distribution.name);
        names.filter(|name| !SEEDS.contains(&name.as_str())).collect()
    }

    /// Adds everything in the environments that the user named.
    pub(super) fn add_given(&self, input: &Input, records: &mut Records) {
        for site in &self.given {
            add_site(input, site, records);
        }
    }

    /// Returns what an installed distribution says it needs.
    pub(super) fn requirements(&self, name: &str) -> Vec<Requirement> {
        let found = self.sites.iter().find_map(|site| Some((site, site.distribution(name, None)?)));
        found
            .and_then(|(site, found)| metadata(&site.open(&found)))
            .map_or_else(Vec::new, |(block, _)| requires(&block))
    }
}

/// Reads the environment that a `pyvenv.cfg` marks, if no lockfile says what belongs in it.
pub(super) fn parse(input: &Input) -> Parsed {
    let environment = input.dir();
    let owner = environment.parent().unwrap_or_default();
    let mut records = Records::default();
    if !is_test_environment(&environment) && !is_locked(input.tree, &owner) {
        for site in Site::find(input.tree.root(), &environment, &RelPath::root()) {
            add_site(input, &site, &mut records);
        }
    }
    Parsed { records: records.finish(), ..Parsed::default() }
}

/// Returns the folders of the environments in the tree: the walk did not go into them.
fn environments(tree: &Tree) -> impl Iterator<Item = &RelPath> {
    let stores = tree.skipped().iter().filter(|skipped| skipped.reason == SkipReason::PackageStore);
    stores.map(|skipped| &skipped.path).filter(|folder| tree.has(&folder.join("pyvenv.cfg")))
}

fn is_test_environment(folder: &RelPath) -> bool {
    folder.components().any(|part| matches!(part, ".nox" | ".tox"))
}

/// Returns whether a lockfile lies in the folder, above it or below it.
fn is_locked(tree: &Tree, folder: &RelPath) -> bool {
    tree.files().iter().any(|file| {
        let name = file.path.file_name().unwrap_or_default();
        is_lockfile(name)
            && file.path.parent().is_some_and(|dir| {
                folder.is_within(&dir) || dir.is_within(folder) && !Tree::is_sample(&file.path, folder)
            })
    })
}

fn add_site(input: &Input, site: &Site, records: &mut Records) {
    let mut needs: Vec<(usize, Vec<Requirement>)> = Vec::new();
    for distribution in site.distributions() {
        let folder = site.open(&distribution);
        let read = metadata(&folder);
        let (block, file) = read.unwrap_or_default();
        let name = block.str("Name").unwrap_or(&distribution.name);
        let version = block.str("Version").unwrap_or(&distribution.version);
        let record = PackageRecord::new(Purl::new("pypi", name, Some(version)), folder.location(file));
        let Some(record) = place(input, &folder, record) else { continue };
        let record_idx = records.add(record);
        needs.push((record_idx, requires(&block)));
    }
    for (record_idx, requirements) in needs {
        for requirement in requirements {
            records.need_named(record_idx, &normal_name(&requirement.name), Scope::Runtime, requirement.is_optional());
        }
    }
}

/// Reads where a distribution was installed from; the user's own, which its own files describe, is left out.
fn place(input: &Input, folder: &Folder, record: PackageRecord) -> Option<PackageRecord> {
    let Ok(text) = folder.read_text("direct_url.json", Limits::DEFAULT.manifest) else { return Some(record) };
    let Ok(root) = Json::new(&text).object(&record.at) else { return Some(record) };
    let url = root.string("url").unwrap_or_default();
    if let Some(path) = url.strip_prefix("file://") {
        let tree_root = input.tree.root().path().to_string_lossy().into_owned();
        let below = path.strip_prefix(&tree_root).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        if let Some(dir) = below.and_then(|rest| RelPath::new(rest.trim_start_matches('/')).ok()) {
            let described = Project::read(input, &dir).is_some();
            return (!described).then(|| PackageRecord::own(record.purl, record.at, dir));
        }
        // The machine's path says nothing to a reader elsewhere.
        let name = path.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default().to_owned();
        return Some(PackageRecord { origin: Origin::Outside(name), ..record });
    }
    let vcs = root.object("vcs_info");
    let origin = if vcs.is_empty() {
        super::origin::of_reference(&url)
    } else {
        Origin::Repository { url: without_credentials(&url), revision: vcs.string("commit_id") }
    };
    Some(PackageRecord { origin, ..record })
}

/// Reads the headers of a distribution's metadata, and the name of the file.
fn metadata(folder: &Folder) -> Option<(Block, &'static str)> {
    ["METADATA", "PKG-INFO"].into_iter().find_map(|file| {
        let text = folder.read_text(file, Limits::DEFAULT.manifest).ok()?;
        Some((first_block(&text), file))
    })
}

fn requires(block: &Block) -> Vec<Requirement> {
    block.all("Requires-Dist").filter_map(|field| Requirement::parse(&field.value)).collect()
}
