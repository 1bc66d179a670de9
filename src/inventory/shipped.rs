//! Development dependencies that end up in what is shipped.
//!
//! A lockfile says what is installed, not what is shipped: where a bundler is at work, what sources import is in its
//! output, whatever the manifest calls it. So a direct development dependency that production sources name counts as
//! runtime, with everything it needs, and the import is kept as the reason.
//! Production sources are what the entry points lead to by relative imports, and everything below `src` and the folders
//! of well-known frameworks; without tests, configuration and samples.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::base::{Location, RelPath};
use crate::license::knowledge::Knowledge;
use crate::model::{Inventory, PackageIdx, Scope};
use crate::scan::{ReadError, Tree};
use crate::syntax::imports::{imports, scripts};
use crate::syntax::json::{Json, Object, read};
use crate::syntax::text::decode;

/// The package type of trees that a bundler works on.
const TYPE: &str = "npm";
const MANIFEST: &str = "package.json";
/// Larger files are taken for generated ones; what they import is not known.
const MAX_SOURCE: u64 = 4 * 1024 * 1024;
/// The folders in which sources lie by custom.
const SOURCE_FOLDERS: &[&str] = &["app", "components", "composables", "layouts", "pages", "plugins", "src"];
/// Where pages lie that load scripts.
const PAGES: &[&str] = &["index.html", "public/index.html", "src/index.html"];
/// The ends of names of sources, in the order in which a name without one is completed.
#[rustfmt::skip]
const ENDS: &[&str] = &[
    "ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "vue", "svelte", "astro", "css", "scss", "sass", "less", "pcss",
];
/// Folders of tests besides those of samples.
const TEST_FOLDERS: &[&str] = &["__mocks__", "__tests__", "cypress", "e2e", "stories"];
/// Parts of names of files that are no production sources.
const TEST_NAMES: &[&str] = &[".config.", ".cy.", ".d.", ".mock.", ".spec.", ".stories.", ".test."];

/// Raises what is imported to runtime.
pub fn raise_shipped(tree: &Tree, inventory: &mut Inventory, knowledge: &Knowledge) {
    let projects = projects(inventory);
    if projects.is_empty() || !has_bundler(inventory, knowledge) {
        return;
    }
    let mut reasons: BTreeMap<PackageIdx, Location> = BTreeMap::new();
    for project in projects.values() {
        let wanted = wanted(tree, &projects, project, inventory);
        if wanted.is_empty() {
            continue;
        }
        for (name, at) in named(tree, project, &projects) {
            for &package_idx in name.as_ref().map_or_else(
                || wanted.values().flatten().collect::<Vec<_>>(),
                |name| wanted.get(name).into_iter().flatten().collect(),
            ) {
                let known = reasons.entry(package_idx).or_insert_with(|| at.clone());
                *known = known.clone().min(at.clone());
            }
        }
    }
    for (package_idx, at) in reasons {
        raise(inventory, package_idx, &at);
    }
}

/// One of the project's own packages.
struct Project {
    package_idx: PackageIdx,
    dir: RelPath,
}

fn projects(inventory: &Inventory) -> BTreeMap<RelPath, Project> {
    let own =
        inventory.packages.iter().enumerate().filter(|(_, package)| package.is_own() && package.purl.ty() == TYPE);
    own.flat_map(|(package_idx, package)| {
        package.dirs.iter().map(move |dir| (dir.clone(), Project { package_idx, dir: dir.clone() }))
    })
    .collect()
}

fn has_bundler(inventory: &Inventory, knowledge: &Knowledge) -> bool {
    let direct = inventory.packages.iter().filter(|package| package.direct && package.purl.ty() == TYPE);
    direct.into_iter().any(|package| knowledge.relations().is_bundler(TYPE, &package.purl.full_name()))
}

/// Returns the direct development dependencies that the sources of a project may import, by the name in the import:
/// its own, and those of the packages around it.
fn wanted(
    tree: &Tree,
    projects: &BTreeMap<RelPath, Project>,
    project: &Project,
    inventory: &Inventory,
) -> BTreeMap<String, BTreeSet<PackageIdx>> {
    let mut wanted: BTreeMap<String, BTreeSet<PackageIdx>> = BTreeMap::new();
    for outer in projects.values().filter(|outer| project.dir.is_within(&outer.dir)) {
        let aliases = aliases(tree, &outer.dir);
        for edge in inventory.needs(outer.package_idx).iter().filter(|edge| edge.scope == Scope::Dev) {
            let Some(package) = inventory.packages.get(edge.to) else { continue };
            if package.not_judged.is_some() || package.scopes.contains(&Scope::Runtime) {
                continue;
            }
            let name = package.purl.full_name();
            let names = aliases.iter().filter(|(_, real)| **real == name).map(|(alias, _)| alias.clone());
            for name in names.chain([name.clone()]) {
                wanted.entry(name).or_default().insert(edge.to);
            }
        }
    }
    wanted
}

/// Returns the names under which a manifest asks for packages of other names.
fn aliases(tree: &Tree, dir: &RelPath) -> BTreeMap<String, String> {
    let mut aliases = BTreeMap::new();
    with_manifest(tree, dir, |manifest| {
        for (alias, value) in manifest.object("devDependencies").iter() {
            let spec: String = read(value).unwrap_or_default();
            if let Some(real) = spec.strip_prefix("npm:") {
                let end = real.char_indices().skip(1).find(|(_, char)| *char == '@').map_or(real.len(), |(at, _)| at);
                aliases.insert(alias.to_owned(), real.get(..end).unwrap_or(real).to_owned());
            }
        }
    });
    aliases
}

fn with_manifest(tree: &Tree, dir: &RelPath, mut see: impl FnMut(&Object)) {
    let path = dir.join(MANIFEST);
    let Ok(text) = tree.read_text(&path, MAX_SOURCE) else { return };
    if let Ok(manifest) = Json::new(&text).object(&Location::file(path)) {
        see(&manifest);
    }
}

/// Returns every package that production sources of a project name, with the first place of each; without a name, a
/// file that could not be read and may name any.
fn named(tree: &Tree, project: &Project, projects: &BTreeMap<RelPath, Project>) -> BTreeMap<Option<String>, Location> {
    let belongs = |path: &RelPath| {
        let mut inner = projects.keys().filter(|dir| **dir != project.dir && dir.is_within(&project.dir));
        !inner.any(|dir| path.is_within(dir))
    };
    let mut queue: Vec<RelPath> = seeds(tree, &project.dir).into_iter().filter(|path| belongs(path)).collect();
    let mut seen: BTreeSet<RelPath> = queue.iter().cloned().collect();
    let mut found: BTreeMap<Option<String>, Location> = BTreeMap::new();
    while !queue.is_empty() {
        let read: Vec<_> = queue.par_iter().map(|path| (path.clone(), read_source(tree, path))).collect();
        queue.clear();
        for (path, names) in read {
            let Some(names) = names else {
                found.entry(None).or_insert_with(|| Location::file(path));
                continue;
            };
            for (name, line) in names {
                let at = Location::line(path.clone(), line);
                if let Some(package) = package_of(&name) {
                    let known = found.entry(Some(package)).or_insert_with(|| at.clone());
                    *known = known.clone().min(at);
                } else if let Some(next) = relative(tree, &path, &name, &project.dir)
                    && seen.insert(next.clone())
                {
                    queue.push(next);
                }
            }
        }
    }
    found
}

/// Returns what a source names; `None` if it cannot be read.
fn read_source(tree: &Tree, path: &RelPath) -> Option<Vec<(String, u32)>> {
    let bytes = match tree.read(path, MAX_SOURCE) {
        Ok(bytes) => bytes,
        Err(ReadError::NotFound) => return Some(Vec::new()),
        Err(_) => return None,
    };
    let text = decode(&bytes).text;
    let is_page = path.as_str().split('.').next_back() == Some("html");
    let mut names = if is_page { scripts(&text) } else { Vec::new() };
    names.extend(imports(&text));
    Some(names.into_iter().map(|import| (import.name.to_owned(), import.line)).collect())
}

/// Returns the files from which production sources are reached.
fn seeds(tree: &Tree, dir: &RelPath) -> BTreeSet<RelPath> {
    let mut seeds: BTreeSet<RelPath> = PAGES.iter().map(|page| dir.join(page)).filter(|page| tree.has(page)).collect();
    with_manifest(tree, dir, |manifest| {
        let entries = ["main", "module", "browser", "exports", "bin", "source", "svelte"];
        let values = entries.iter().filter_map(|key| manifest.get(key));
        let mut paths = Vec::new();
        values.for_each(|value| strings(value, 0, &mut paths));
        let page = dir.join(MANIFEST);
        seeds.extend(paths.iter().filter_map(|path| {
            let path = if path.starts_with('.') { path.clone() } else { format!("./{path}") };
            relative(tree, &page, &path, dir)
        }));
    });
    seeds.extend(relative(tree, &dir.join(MANIFEST), "./index", dir));
    for folder in SOURCE_FOLDERS {
        let files = tree.files_below(&dir.join(folder)).iter().map(|file| &file.path);
        seeds.extend(files.filter(|path| is_source(path) && !is_test(path, dir)).cloned());
    }
    seeds
}

/// Collects the strings of a field that maps conditions and paths to files.
fn strings(value: &serde_json::value::RawValue, depth: usize, found: &mut Vec<String>) {
    const MAX_DEPTH: usize = 8;
    if let Some(text) = read::<String>(value) {
        found.push(text);
    } else if depth < MAX_DEPTH {
        let members: Object = read(value).unwrap_or_default();
        members.iter().for_each(|(_, inner)| strings(inner, depth + 1, found));
    }
}

fn is_source(path: &RelPath) -> bool {
    path.file_name().and_then(|name| name.rsplit_once('.')).is_some_and(|(_, end)| ENDS.contains(&end))
}

fn is_test(path: &RelPath, dir: &RelPath) -> bool {
    let name = path.file_name().unwrap_or_default();
    let below = path.components().skip(dir.components().count());
    Tree::is_sample(path, dir)
        || TEST_NAMES.iter().any(|part| name.contains(part))
        || below.into_iter().any(|part| part.starts_with('.') || TEST_FOLDERS.contains(&part))
}

/// Returns the package that a name in an import belongs to: `@scope/name/file` to `@scope/name`.
fn package_of(name: &str) -> Option<String> {
    // Style sheets mark packages with a tilde.
    let name = name.trim_start_matches('~');
    if name.starts_with(['.', '/', '#', '$']) || name.starts_with("@/") || name.contains(':') {
        return None;
    }
    let mut parts = name.split('/');
    let first = parts.next().filter(|part| !part.is_empty())?;
    Some(if first.starts_with('@') { format!("{first}/{}", parts.next()?) } else { first.to_owned() })
}

/// Follows a relative name from a file of the tree, completing it as bundlers do.
fn relative(tree: &Tree, from: &RelPath, name: &str, dir: &RelPath) -> Option<RelPath> {
    let name = name.split(['?', '#']).next()?;
    let target = match name.strip_prefix('/') {
        // Pages name scripts from the folder of the project.
        Some(rest) => dir.resolve(rest).ok()?,
        None if name.starts_with('.') => from.parent().unwrap_or_default().resolve(name).ok()?,
        None => return None,
    };
    let is_there = |path: &RelPath| tree.has(path) && is_source(path) && !path.as_str().contains(".config.");
    if is_there(&target) {
        return Some(target);
    }
    let text = target.as_str();
    // A script of TypeScript is imported under the name it is compiled to.
    let stem = text.rsplit_once('.').filter(|(_, end)| matches!(*end, "js" | "jsx" | "mjs" | "cjs"));
    let stems =
        [Some(text), stem.map(|(stem, _)| stem), Some(&*format!("{text}/index"))].map(|stem| stem.map(str::to_owned));
    let completed = stems.into_iter().flatten().flat_map(|stem| ENDS.iter().map(move |end| format!("{stem}.{end}")));
    completed.filter_map(|path| RelPath::new(&path).ok()).find(is_there)
}

/// Adds the scope runtime to a package and to everything it needs to run.
fn raise(inventory: &mut Inventory, package_idx: PackageIdx, at: &Location) {
    let mut queue = vec![package_idx];
    while let Some(package_idx) = queue.pop() {
        let Some(package) = inventory.packages.get_mut(package_idx) else { continue };
        let is_first = package.shipped_because.is_none();
        let is_new = package.scopes.insert(Scope::Runtime);
        if !is_first || !is_new {
            continue;
        }
        package.shipped_because = Some(Box::new(at.clone()));
        let needs = inventory.needs(package_idx).iter().filter(|edge| edge.scope == Scope::Runtime);
        queue.extend(needs.map(|edge| edge.to));
    }
}
