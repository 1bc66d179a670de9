//! The walk over the scanned tree: which files there are, what was passed over and why.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use thiserror::Error;
use walkdir::{DirEntry, WalkDir};

use crate::base::{Code, Diagnostic, Location, RelPath};

use super::Limits;
use super::root::{ListedKind, ReadError, Root};

/// The scanned tree.
#[derive(Clone, Debug)]
pub struct Tree {
    root: Arc<Root>,
    files: Vec<TreeFile>,
    skipped: Vec<Skipped>,
    diagnostics: Vec<Diagnostic>,
}

/// One file of the tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TreeFile {
    /// Where it is.
    pub path: RelPath,
    /// Whether it is a symbolic link.
    pub link: bool,
}

/// A folder or file that was not walked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Why.
    pub reason: SkipReason,
    /// Where it is.
    pub path: RelPath,
}

/// Why something was not walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// The data of a version control system.
    VersionControl,
    /// Output of a build, by proof: `CACHEDIR.TAG`, `target` beside `Cargo.toml`, `__pycache__`.
    BuildOutput,
    /// Packages put there by a package manager: opened by name for locked packages.
    PackageStore,
    /// `[scan] exclude`.
    Excluded,
    /// A symbolic link to a folder.
    LinkedFolder,
    /// A device, a pipe or a socket: nothing can be read from it.
    Special,
}

impl SkipReason {
    /// Returns the words that stand for it in reports.
    pub fn words(self) -> &'static str {
        match self {
            Self::VersionControl => "version control",
            Self::BuildOutput => "build output",
            Self::PackageStore => "package stores",
            Self::Excluded => "excluded",
            Self::LinkedFolder => "linked folders",
            Self::Special => "pipes, sockets and devices",
        }
    }

    /// Returns the words for so many of them.
    pub fn counted(self, count: usize) -> &'static str {
        let (one, many) = match self {
            Self::VersionControl => ("folder of version control", "folders of version control"),
            Self::BuildOutput => ("folder of build output", "folders of build output"),
            Self::PackageStore => {
                ("package store, opened for named packages alone", "package stores, opened for named packages alone")
            }
            Self::Excluded => ("path excluded by the configuration", "paths excluded by the configuration"),
            Self::LinkedFolder => ("linked folder", "linked folders"),
            Self::Special => ("pipe, socket or device", "pipes, sockets and devices"),
        };
        if count == 1 { one } else { many }
    }
}

/// What to leave out of the walk.
#[derive(Clone, Debug, Default)]
pub struct WalkOptions {
    /// Patterns of paths, relative to the root; a folder that matches is left out with everything below it.
    pub exclude: Vec<String>,
}

/// Why there is no tree to scan.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The root cannot be opened.
    #[error("failed to open `{path}`")]
    Root {
        /// As given.
        path: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// A pattern is not valid.
    #[error("`{pattern}` is not a valid pattern")]
    Pattern {
        /// As given.
        pattern: String,
        /// What is wrong with it.
        #[source]
        source: globset::Error,
    },
}

/// Names of folders that hold tests, examples and the like.
const SAMPLE_FOLDERS: &[&str] = &[
    "__fixtures__",
    "benches",
    "benchmarks",
    "corpus",
    "examples",
    "fixtures",
    "fuzz",
    "spec",
    "test",
    "testdata",
    "tests",
];

/// Files whose presence says what their folder is; met before all others of the folder.
const MARKERS: &[(&str, SkipReason)] = &[
    (".cargo-checksum.json", SkipReason::PackageStore),
    ("CACHEDIR.TAG", SkipReason::BuildOutput),
    (ENVIRONMENT_MARKER, SkipReason::PackageStore),
];

/// The files by which package managers know what they have put into `vendor`.
const STORE_INDEXES: &[&str] = &["composer/installed.json", "modules.txt"];

/// The file at the top of a Python environment.
const ENVIRONMENT_MARKER: &str = "pyvenv.cfg";

/// How many folders deep the walk goes.
const MAX_DEPTH: usize = 255;

/// How `CACHEDIR.TAG` begins, by its specification: <https://bford.info/cachedir/>.
const TAG_SIGNATURE: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";

impl Tree {
    /// Walks the tree below `root`, sorted, without following links.
    pub fn walk(root: &Path, options: &WalkOptions) -> Result<Self, ScanError> {
        let opened = Root::open(root, None)
            .map_err(|source| ScanError::Root { path: root.to_string_lossy().into_owned(), source })?;
        Self::of(opened, options)
    }

    /// Walks the tree as it was: `files` are those of an earlier revision, by their path below `root`.
    pub fn at_revision(
        root: &Path,
        files: BTreeMap<RelPath, Vec<u8>>,
        options: &WalkOptions,
    ) -> Result<Self, ScanError> {
        let opened = Root::open(root, None)
            .map_err(|source| ScanError::Root { path: root.to_string_lossy().into_owned(), source })?;
        Self::of(opened.at_revision(files), options)
    }

    fn of(root: Root, options: &WalkOptions) -> Result<Self, ScanError> {
        let exclude = exclude_set(&options.exclude)?;
        let mut tree = Self { root: Arc::new(root), files: Vec::new(), skipped: Vec::new(), diagnostics: Vec::new() };
        if tree.root.is_revision() {
            tree.collect_listed(&exclude);
        } else {
            tree.collect(&exclude);
        }
        tree.files.sort();
        tree.skipped.sort();
        Ok(tree)
    }

    /// Returns the root, to open package stores inside the tree.
    pub fn root(&self) -> &Arc<Root> {
        &self.root
    }

    /// Returns every file, sorted by path.
    pub fn files(&self) -> &[TreeFile] {
        &self.files
    }

    /// Returns the files below a folder, sorted by path.
    pub fn files_below(&self, folder: &RelPath) -> &[TreeFile] {
        if folder.is_root() {
            return &self.files;
        }
        let prefix = format!("{folder}/");
        let start = self.files.partition_point(|file| file.path.as_str() < prefix.as_str());
        let rest = self.files.get(start..).unwrap_or_default();
        let length = rest.partition_point(|file| file.path.as_str().starts_with(&prefix));
        rest.get(..length).unwrap_or_default()
    }

    /// Returns whether the walk met a file at the path.
    pub fn has(&self, path: &RelPath) -> bool {
        self.files.binary_search_by(|file| file.path.cmp(path)).is_ok()
    }

    /// Returns what was not walked, sorted.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Returns how many folders and files were not walked, by reason.
    pub fn skipped_counts(&self) -> BTreeMap<SkipReason, usize> {
        let mut counts = BTreeMap::new();
        for skipped in &self.skipped {
            *counts.entry(skipped.reason).or_default() += 1;
        }
        counts
    }

    /// Returns the problems met on the walk.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Reads a file of at most `limit` bytes, walked or in a package store.
    pub fn read(&self, path: &RelPath, limit: u64) -> Result<Vec<u8>, ReadError> {
        self.root.read(path, limit)
    }

    /// Reads a file and decodes it.
    pub fn read_text(&self, path: &RelPath, limit: u64) -> Result<String, ReadError> {
        self.read(path, limit).map(|bytes| crate::syntax::text::decode(&bytes).text)
    }

    /// Returns whether a path below `base` belongs to a sample: a test, a fixture, an example.
    pub fn is_sample(path: &RelPath, base: &RelPath) -> bool {
        let n_base = base.components().count();
        let folders = path.parent().unwrap_or_default();
        folders.components().skip(n_base).any(|name| SAMPLE_FOLDERS.contains(&name))
    }

    fn collect(&mut self, exclude: &GlobSet) {
        let walk_root = self.root.path().to_path_buf();
        let mut walk =
            WalkDir::new(&walk_root).max_depth(MAX_DEPTH).sort_by(|a, b| sort_key(a).cmp(&sort_key(b))).into_iter();
        let mut folders = vec![RelPath::root()];
        let mut n_entries = 0;
        while let Some(entry) = walk.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.report_walk_error(&error);
                    continue;
                }
            };
            n_entries += 1;
            if n_entries > Limits::DEFAULT.entries {
                let message = format!("the tree has more than {} entries", Limits::DEFAULT.entries);
                self.diagnostics.push(Diagnostic::new(Code::TooLarge, Location::file(RelPath::root()), message));
                return;
            }
            folders.truncate(entry.depth().max(1));
            if entry.depth() == 0 {
                continue;
            }
            let Some(folder) = folders.last() else { continue };
            let path = folder.child(entry.file_name());
            if exclude.is_match(path.as_str()) {
                self.skipped.push(Skipped { reason: SkipReason::Excluded, path });
                skip_folder(&mut walk, &entry);
            } else if entry.file_type().is_dir() && entry.depth() == MAX_DEPTH {
                let message = format!("the tree is more than {MAX_DEPTH} folders deep here");
                self.diagnostics.push(Diagnostic::new(Code::TooLarge, Location::file(path), message));
            } else if entry.file_type().is_dir() {
                if let Some(reason) = self.skip_reason(&path) {
                    self.add_indexes(&path, reason);
                    self.skipped.push(Skipped { reason, path });
                    walk.skip_current_dir();
                } else {
                    folders.push(path);
                }
            } else if let Some(reason) = marker(&entry).filter(|_| entry.depth() > 1 && self.is_proof(folder, &path)) {
                // An environment may call itself a cache as well. Its marker speaks for it: environments define the
                // set of packages where no lockfile does.
                let environment = folder.join(ENVIRONMENT_MARKER);
                let is_environment = self.root.has_file(&environment);
                let reason = if is_environment { SkipReason::PackageStore } else { reason };
                self.skipped.push(Skipped { reason, path: folder.clone() });
                if is_environment {
                    self.files.push(TreeFile { path: environment, link: false });
                }
                walk.skip_current_dir();
            } else {
                self.add_file(path, &entry);
            }
        }
    }

    /// Collects what `collect` would, from the listings of an earlier revision.
    fn collect_listed(&mut self, exclude: &GlobSet) {
        let mut folders = vec![RelPath::root()];
        while let Some(folder) = folders.pop() {
            let listing = Arc::clone(&self.root).list(&folder);
            let found = MARKERS.iter().find(|(name, _)| listing.iter().any(|entry| entry.name == *name));
            if let Some((_, reason)) =
                found.filter(|(name, _)| !folder.is_root() && self.is_proof(&folder, &folder.join(name)))
            {
                let environment = folder.join(ENVIRONMENT_MARKER);
                let is_environment = self.root.has_file(&environment);
                let reason = if is_environment { SkipReason::PackageStore } else { *reason };
                self.files.extend(is_environment.then_some(TreeFile { path: environment, link: false }));
                self.skipped.push(Skipped { reason, path: folder });
                continue;
            }
            for entry in listing.iter() {
                let path = folder.join(&entry.name);
                if exclude.is_match(path.as_str()) {
                    self.skipped.push(Skipped { reason: SkipReason::Excluded, path });
                } else if entry.kind != ListedKind::Folder {
                    self.files.push(TreeFile { path, link: entry.kind == ListedKind::Link });
                } else if let Some(reason) = self.skip_reason(&path) {
                    self.add_indexes(&path, reason);
                    self.skipped.push(Skipped { reason, path });
                } else {
                    folders.push(path);
                }
            }
        }
    }

    /// Returns whether a marker says the truth: what it stands for has more than the marker alone.
    fn is_proof(&self, folder: &RelPath, marker: &RelPath) -> bool {
        match marker.file_name() {
            Some(ENVIRONMENT_MARKER) => {
                let inside = self.root.list(folder);
                inside.iter().any(|entry| matches!(entry.name.as_str(), "bin" | "lib" | "Lib" | "Scripts"))
            }
            Some(".cargo-checksum.json") => self.root.has_file(&folder.join("Cargo.toml")),
            _ => {
                let head = self.root.read_head(marker, TAG_SIGNATURE.len() as u64);
                head.is_ok_and(|(head, _)| head == TAG_SIGNATURE)
            }
        }
    }

    /// Takes the files of a package store that list what is in it.
    fn add_indexes(&mut self, folder: &RelPath, reason: SkipReason) {
        let indexes = STORE_INDEXES.iter().filter(|_| reason == SkipReason::PackageStore);
        let present = indexes.filter_map(|index| folder.resolve(index).ok()).filter(|path| self.root.has_file(path));
        let found: Vec<_> = present.map(|path| TreeFile { path, link: false }).collect();
        self.files.extend(found);
    }

    fn add_file(&mut self, path: RelPath, entry: &DirEntry) {
        let kind = entry.file_type();
        if kind.is_file() {
            self.files.push(TreeFile { path, link: false });
        } else if kind.is_symlink() {
            // A link to a folder would bring files in twice; a link to a file is read where it stands.
            if entry.path().is_dir() {
                self.skipped.push(Skipped { reason: SkipReason::LinkedFolder, path });
            } else {
                self.files.push(TreeFile { path, link: true });
            }
        } else {
            // Where its name says that it matters, whoever reads it reports that it is no file.
            self.skipped.push(Skipped { reason: SkipReason::Special, path: path.clone() });
            self.files.push(TreeFile { path, link: false });
        }
    }

    fn skip_reason(&self, path: &RelPath) -> Option<SkipReason> {
        let beside = |name: &str| self.root.has_file(&path.parent().unwrap_or_default().join(name));
        let inside = |name: &str| path.resolve(name).is_ok_and(|file| self.root.has_file(&file));
        match path.file_name()? {
            ".git" | ".hg" | ".svn" => Some(SkipReason::VersionControl),
            "__pycache__" => Some(SkipReason::BuildOutput),
            "target" if beside("Cargo.toml") => Some(SkipReason::BuildOutput),
            "node_modules" => Some(SkipReason::PackageStore),
            "vendor" if STORE_INDEXES.iter().any(|index| inside(index)) => Some(SkipReason::PackageStore),
            "bundle" if path.parent().and_then(|parent| parent.file_name().map(|name| name == "vendor"))? => {
                Some(SkipReason::PackageStore)
            }
            "Pods" if beside("Podfile") || beside("Podfile.lock") => Some(SkipReason::PackageStore),
            "deps" if beside("mix.exs") => Some(SkipReason::PackageStore),
            "_build" if beside("mix.exs") || beside("rebar.config") => Some(SkipReason::PackageStore),
            ".pixi" if beside("pixi.lock") || beside("pixi.toml") => Some(SkipReason::PackageStore),
            "library" if beside("activate.R") => Some(SkipReason::PackageStore),
            "local" if beside("cpanfile") => Some(SkipReason::PackageStore),
            "vcpkg_installed" if beside("vcpkg.json") => Some(SkipReason::PackageStore),
            _ if inside("conda-meta/history") => Some(SkipReason::PackageStore),
            _ => None,
        }
    }

    fn report_walk_error(&mut self, error: &walkdir::Error) {
        let path = error.path().and_then(|path| path.strip_prefix(self.root.path()).ok());
        let shown = path.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
        let at = Location::file(RelPath::new(&shown).unwrap_or_default());
        let message = match error.io_error().map(io::Error::kind) {
            Some(io::ErrorKind::PermissionDenied) => "permission denied".to_owned(),
            Some(kind) => kind.to_string(),
            None => "the folder could not be walked".to_owned(),
        };
        self.diagnostics.push(Diagnostic::new(Code::UnreadableFile, at, message));
    }
}

/// Markers first, so that a folder is left before anything in it is taken.
fn sort_key(entry: &DirEntry) -> (bool, &std::ffi::OsStr) {
    (marker(entry).is_none(), entry.file_name())
}

fn marker(entry: &DirEntry) -> Option<SkipReason> {
    let name = entry.file_name();
    MARKERS.iter().find(|(marker, _)| name == *marker && entry.file_type().is_file()).map(|(_, reason)| *reason)
}

fn skip_folder(walk: &mut walkdir::IntoIter, entry: &DirEntry) {
    if entry.file_type().is_dir() {
        walk.skip_current_dir();
    }
}

fn exclude_set(patterns: &[String]) -> Result<GlobSet, ScanError> {
    let failed = |pattern: &String| {
        let pattern = pattern.clone();
        move |source| ScanError::Pattern { pattern, source }
    };
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let trimmed = pattern.trim_start_matches("./").trim_end_matches('/');
        let glob = GlobBuilder::new(trimmed).literal_separator(true).build().map_err(failed(pattern))?;
        set.add(glob);
    }
    set.build().map_err(failed(&patterns.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "builds a tree")]
    fn tree(files: &[&str], exclude: &[&str]) -> (tempfile::TempDir, Tree) {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let text = if file.ends_with("CACHEDIR.TAG") { TAG_SIGNATURE } else { b"x" };
            std::fs::write(path, text).unwrap();
        }
        let options = WalkOptions { exclude: exclude.iter().map(ToString::to_string).collect() };
        let tree = Tree::walk(dir.path(), &options).unwrap();
        (dir, tree)
    }

    fn check(files: &[&str], exclude: &[&str], expect_files: &[&str], expect_skipped: &[(&str, SkipReason)]) {
        let (_dir, tree) = tree(files, exclude);
        let found: Vec<_> = tree.files().iter().map(|file| file.path.as_str()).collect();
        assert_eq!(found, expect_files);
        let skipped: Vec<_> = tree.skipped().iter().map(|skipped| (skipped.path.as_str(), skipped.reason)).collect();
        assert_eq!(skipped, expect_skipped);
    }

    #[test]
    fn build_output_is_skipped_on_proof_alone() {
        check(
            &["Cargo.toml", "target/x", "a/target/y", "dist/z", "c/CACHEDIR.TAG", "c/AAA", "c/d/e", "p/__pycache__/q"],
            &[],
            &["Cargo.toml", "a/target/y", "dist/z"],
            &[
                ("c", SkipReason::BuildOutput),
                ("p/__pycache__", SkipReason::BuildOutput),
                ("target", SkipReason::BuildOutput),
            ],
        );
    }

    #[test]
    fn package_stores_are_skipped_on_proof_alone() {
        check(
            &[
                "node_modules/a/package.json",
                "vendor/modules.txt",
                "php/vendor/composer/installed.json",
                "copied/vendor/LICENSE",
                ".venv/pyvenv.cfg",
                ".venv/CACHEDIR.TAG",
                ".venv/bin/x",
                "crates/vendor/serde/.cargo-checksum.json",
                "crates/vendor/serde/Cargo.toml",
                "deps/x",
                ".git/config",
            ],
            &[],
            &[
                ".venv/pyvenv.cfg",
                "copied/vendor/LICENSE",
                "deps/x",
                "php/vendor/composer/installed.json",
                "vendor/modules.txt",
            ],
            &[
                (".git", SkipReason::VersionControl),
                (".venv", SkipReason::PackageStore),
                ("crates/vendor/serde", SkipReason::PackageStore),
                ("node_modules", SkipReason::PackageStore),
                ("php/vendor", SkipReason::PackageStore),
                ("vendor", SkipReason::PackageStore),
            ],
        );
    }

    #[test]
    fn ignore_files_hide_nothing_and_excludes_are_named() {
        check(
            &[".gitignore", ".ignore", "third_party/gpl/COPYING", "third_party/unused/x", "a/b/gen/x"],
            &["third_party/unused", "**/gen"],
            &[".gitignore", ".ignore", "third_party/gpl/COPYING"],
            &[("a/b/gen", SkipReason::Excluded), ("third_party/unused", SkipReason::Excluded)],
        );
    }

    #[test]
    fn an_earlier_revision_is_walked_like_the_disk() {
        let (dir, _) = tree(&["new/x", "node_modules/a/package.json", "Cargo.toml"], &[]);
        let old = ["Cargo.toml", "old/y", "target/z", "gen/x"];
        let files = old.iter().map(|path| (RelPath::new(path).unwrap(), b"then".to_vec())).collect();
        let tree = Tree::at_revision(dir.path(), files, &WalkOptions { exclude: vec!["gen".to_owned()] }).unwrap();
        let found: Vec<_> = tree.files().iter().map(|file| file.path.as_str()).collect();
        assert_eq!(found, ["Cargo.toml", "old/y"]);
        let skipped: Vec<_> = tree.skipped().iter().map(|skipped| skipped.path.as_str()).collect();
        assert_eq!(skipped, ["target", "node_modules", "gen"]);
        let read = |path: &str| tree.read(&RelPath::new(path).unwrap(), 100);
        assert_eq!(read("Cargo.toml"), Ok(b"then".to_vec()));
        assert_eq!(read("node_modules/a/package.json"), Ok(b"x".to_vec()));
        assert_eq!(read("new/x"), Err(ReadError::NotFound));
    }

    #[test]
    fn files_below_a_folder_are_a_range() {
        let (_dir, tree) = tree(&["a-b/x", "a/b/c", "a/d", "ab/x"], &[]);
        let found: Vec<_> =
            tree.files_below(&RelPath::new("a").unwrap()).iter().map(|file| file.path.as_str()).collect();
        assert_eq!(found, ["a/b/c", "a/d"]);
        assert!(tree.has(&RelPath::new("a/d").unwrap()));
    }

    #[test]
    fn samples_are_known_by_their_folder() {
        let sample =
            |path: &str, base: &str| Tree::is_sample(&RelPath::new(path).unwrap(), &RelPath::new(base).unwrap());
        assert!(sample("tests/a/Cargo.lock", ""));
        assert!(!sample("tests", ""));
        assert!(!sample("tests/a/Cargo.lock", "tests/a"));
        assert!(sample("tests/a/fixtures/Cargo.lock", "tests/a"));
        assert!(!sample("contest/Cargo.lock", ""));
    }
}
