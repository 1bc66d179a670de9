//! The local packages around a lockfile or a root manifest: members of the workspace, path dependencies, patches.
//!
//! Cargo makes every path dependency below the workspace's root a member; here the difference matters only for
//! dev-dependencies, which count for members alone.

use std::collections::{BTreeMap, VecDeque};

use crate::base::{Code, Diagnostic, Location, RelPath};
use crate::ecosystem::Input;
use crate::model::Scope;
use crate::scan::Limits;
use crate::syntax::toml::Value;

use super::MANIFEST;
use super::manifest::{Dependency, Manifest};

/// The local packages.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    /// The manifest in the folder of the lockfile, if there is one.
    root: Option<Manifest>,
    dir: RelPath,
    /// Folders that `[workspace]` leaves out.
    exclude: Vec<RelPath>,
    /// Every local package inside the tree, by its folder; the root package is among them.
    pub(super) packages: BTreeMap<RelPath, Local>,
    /// Local packages outside the tree: name and path, as written.
    pub(super) outside: BTreeMap<String, String>,
    /// What could not be read.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// One local package.
#[derive(Debug)]
pub(super) struct Local {
    /// Its manifest; the root's stands in [`Workspace`].
    manifest: Option<Manifest>,
    pub(super) standing: Standing,
}

/// How a local package belongs to the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// It takes the place of somebody's package, by `[patch]` or `[replace]`.
    Patch,
    /// It is named by a path.
    Path,
    /// It is a member of the workspace, or the root package.
    Member,
}

impl Workspace {
    /// Reads the manifest in a folder and those of all local packages it leads to.
    pub(super) fn load(input: &Input, dir: &RelPath) -> Self {
        let mut workspace = Self { dir: dir.clone(), ..Self::default() };
        workspace.root = workspace.read(input, dir);
        let Some(root) = &workspace.root else { return workspace };
        let mut queue = VecDeque::new();
        if root.name().is_some() {
            queue.push_back((dir.clone(), Standing::Member));
        }
        workspace.exclude = excluded(root, dir);
        let (members, mut diagnostics) = members(input, root, dir);
        workspace.diagnostics.append(&mut diagnostics);
        queue.extend(members.into_iter().map(|dir| (dir, Standing::Member)));
        workspace.follow(input, &mut queue);
        let patches = workspace.root.as_ref().map(Manifest::patched_paths).unwrap_or_default();
        for (path, line) in patches {
            if let Ok(dir) = dir.resolve(&path) {
                queue.push_back((dir, Standing::Patch));
            } else {
                // Listed under its name by its lock entry; where it lies is outside.
                workspace.diagnostics.extend(workspace.missing(&path, line));
            }
        }
        workspace.follow(input, &mut queue);
        workspace
    }

    /// Returns whether the manifest belongs to a workspace above it, whose own manifest is in the tree.
    ///
    /// Only what `[workspace]` itself says is looked at: a package read twice is no harm.
    pub(super) fn encloses(input: &Input) -> bool {
        let dir = input.dir();
        let own = input.other(input.path).and_then(Result::ok).map(|text| Manifest::read(&text, input.at(1)));
        if own.as_ref().is_some_and(|own| own.workspace().is_some()) {
            return false;
        }
        let named = own.as_ref().and_then(Manifest::workspace_folder).and_then(|folder| dir.resolve(folder).ok());
        let mut above = dir.parent();
        while let Some(folder) = above {
            let path = folder.join(MANIFEST);
            if let Some(Ok(text)) = input.other(&path) {
                let root = Manifest::read(&text, Location::file(path));
                if root.workspace().is_some() {
                    return named.as_ref() == Some(&folder) || members(input, &root, &folder).0.contains(&dir);
                }
            }
            above = folder.parent();
        }
        false
    }

    /// Returns the manifest of a local package.
    pub(super) fn manifest(&self, dir: &RelPath) -> Option<&Manifest> {
        let local = self.packages.get(dir)?;
        local.manifest.as_ref().or(self.root.as_ref())
    }

    /// Returns the manifest that workspace fields are inherited from.
    pub(super) fn root(&self) -> Option<&Manifest> {
        self.root.as_ref()
    }

    /// Returns the folder that a dependency of a local package points to.
    pub(super) fn target(&self, dir: &RelPath, dependency: &Dependency) -> Option<RelPath> {
        let base = if dependency.inherited { &self.dir } else { dir };
        base.resolve(dependency.path.as_deref()?).ok()
    }

    /// Adds the packages of the queue and those they name by path.
    fn follow(&mut self, input: &Input, queue: &mut VecDeque<(RelPath, Standing)>) {
        while let Some((dir, standing)) = queue.pop_front() {
            if let Some(known) = self.packages.get_mut(&dir) {
                known.standing = known.standing.max(standing);
                continue;
            }
            let is_root = dir == self.dir;
            let manifest = if is_root { None } else { self.read(input, &dir) };
            let Some(read) = manifest.as_ref().or(self.root.as_ref().filter(|_| is_root)) else { continue };
            let standing = if self.takes_in(&dir, read) { standing.max(Standing::Member) } else { standing };
            for dependency in read.dependencies(self.root.as_ref()) {
                if dependency.path.is_none() || dependency.scope == Scope::Dev && standing != Standing::Member {
                    continue;
                }
                match self.target(&dir, &dependency) {
                    Some(target) => queue.push_back((target, Standing::Path)),
                    None => {
                        self.outside.insert(dependency.package, dependency.path.unwrap_or_default());
                    }
                }
            }
            self.packages.insert(dir, Local { manifest, standing });
        }
    }

    /// Returns whether a path dependency is a member without being named: below the root and not excluded.
    fn takes_in(&self, dir: &RelPath, manifest: &Manifest) -> bool {
        let is_workspace = self.root.as_ref().is_some_and(|root| root.workspace().is_some());
        is_workspace
            && dir.is_within(&self.dir)
            && manifest.workspace().is_none()
            && !self.exclude.iter().any(|folder| dir.is_within(folder))
    }

    fn read(&mut self, input: &Input, dir: &RelPath) -> Option<Manifest> {
        let path = dir.join(MANIFEST);
        // Read by its path even where the walk did not go: a member may lie in a package store.
        match input.tree.read_text(&path, Limits::DEFAULT.manifest) {
            Ok(text) => {
                let mut manifest = Manifest::read(&text, Location::file(path));
                self.diagnostics.append(&mut manifest.diagnostics);
                Some(manifest)
            }
            Err(error) => {
                if *dir != self.dir || input.tree.has(&path) {
                    self.diagnostics.push(error.diagnostic(Location::file(path)));
                }
                None
            }
        }
    }

    fn missing(&self, path: &str, line: u32) -> Option<Diagnostic> {
        let at = self.root.as_ref()?.location(line);
        Some(escape(path, at))
    }
}

fn escape(path: &str, at: Location) -> Diagnostic {
    let shown: String = path.chars().take(120).collect();
    Diagnostic::new(Code::PathEscape, at, format!("`{shown}` leads outside the scanned tree"))
}

/// Finds the folders of the members that `[workspace]` names.
fn members(input: &Input, root: &Manifest, dir: &RelPath) -> (Vec<RelPath>, Vec<Diagnostic>) {
    let Some(workspace) = root.workspace() else { return Default::default() };
    let mut diagnostics = Vec::new();
    let mut folders = Vec::new();
    let exclude = excluded(root, dir);
    for (pattern, line) in workspace.get("members").into_iter().flat_map(Value::strings) {
        let Ok(resolved) = dir.resolve(pattern) else {
            diagnostics.push(escape(pattern, root.location(line)));
            continue;
        };
        if !pattern.contains(['*', '?', '[']) {
            folders.push(resolved);
            continue;
        }
        let found = manifests(input).filter(|folder| matches(&resolved, folder));
        folders.extend(found.filter(|folder| !exclude.iter().any(|out| folder.is_within(out))));
    }
    folders.sort();
    folders.dedup();
    (folders, diagnostics)
}

/// Returns the folders that `[workspace]` leaves out.
fn excluded(root: &Manifest, dir: &RelPath) -> Vec<RelPath> {
    let exclude = root.workspace().and_then(|workspace| workspace.get("exclude"));
    exclude.into_iter().flat_map(Value::strings).filter_map(|(path, _)| dir.resolve(path).ok()).collect()
}

/// Returns the folders of all manifests of the tree.
fn manifests<'run>(input: &Input<'run>) -> impl Iterator<Item = RelPath> + 'run {
    let files = input.tree.files().iter();
    files.filter(|file| file.path.file_name() == Some(MANIFEST)).filter_map(|file| file.path.parent())
}

/// Returns whether a path matches a pattern, component by component; `**` stands for any number of them.
fn matches(pattern: &RelPath, path: &RelPath) -> bool {
    let pattern: Vec<&str> = pattern.components().collect();
    let path: Vec<&str> = path.components().collect();
    // Which numbers of path components the pattern so far can cover.
    let mut reached = vec![true];
    reached.resize(path.len() + 1, false);
    for part in pattern {
        let mut next = vec![false; path.len() + 1];
        for (covered, _) in reached.iter().enumerate().filter(|(_, reached)| **reached) {
            if part == "**" {
                next.iter_mut().skip(covered).for_each(|slot| *slot = true);
            } else if path.get(covered).is_some_and(|name| matches_name(part, name))
                && let Some(slot) = next.get_mut(covered + 1)
            {
                *slot = true;
            }
        }
        reached = next;
    }
    reached.last() == Some(&true)
}

/// Returns whether a name matches a pattern with `*` and `?`.
fn matches_name(pattern: &str, name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let mut reached = vec![true];
    reached.resize(name.len() + 1, false);
    for sign in pattern.chars() {
        if sign == '*' {
            let first = reached.iter().position(|reached| *reached).unwrap_or(reached.len());
            reached.iter_mut().skip(first).for_each(|slot| *slot = true);
            continue;
        }
        let mut next = vec![false; name.len() + 1];
        for (position, (reached, char)) in reached.iter().zip(&name).enumerate() {
            if *reached
                && (sign == '?' || sign == *char)
                && let Some(slot) = next.get_mut(position + 1)
            {
                *slot = true;
            }
        }
        reached = next;
    }
    reached.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn member_patterns() {
        for (pattern, path, expect) in [
            ("crates/*", "crates/a", true),
            ("crates/*", "crates/a/b", false),
            ("crates/*", "crates", false),
            ("crates/**", "crates/a/b", true),
            ("**/x", "x", true),
            ("**/x", "a/b/x", true),
            ("a-*-b?", "a-long-name-bc", true),
            ("a-*-b?", "a-long-name-b", false),
            ("*", "", false),
        ] {
            let found = matches(&RelPath::new(pattern).unwrap(), &RelPath::new(path).unwrap());
            assert_eq!(found, expect, "{pattern} {path}");
        }
        let hostile = "*a".repeat(500);
        assert!(!matches_name(&hostile, &"a".repeat(400)));
    }
}
