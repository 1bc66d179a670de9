//! Stores of packages outside the scanned tree: caches and environments.
//!
//! The command line finds them and passes them in; the library never looks for a home folder by itself.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::base::Store;

use super::root::Root;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident = $word:literal,)*) => {
        /// What a store outside the tree holds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum StoreKind {
            $($(#[doc = $doc])+ $variant,)*
        }

        impl StoreKind {
            /// Every kind, sorted by name.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the name used in reports.
            pub fn name(self) -> Store {
                match self { $(Self::$variant => $word),* }
            }
        }
    };
}

kinds! {
    /// `$CARGO_HOME`: `registry/src`, `registry/cache`, `git/checkouts`.
    Cargo = "cargo",
    /// Composer's cache: `files/VENDOR/NAME/*.zip`.
    Composer = "composer",
    /// Conda's packages and environments.
    Conda = "conda",
    /// Deno's cache: `npm/HOST/NAME/VERSION`.
    Deno = "deno",
    /// dpkg's status and the copyright files of installed packages: the root of a file system.
    Dpkg = "dpkg",
    /// RubyGems: a folder with `specifications` and `gems`.
    Gems = "gems",
    /// `$GOMODCACHE`.
    Go = "go",
    /// Gradle's `caches/modules-2/files-2.1`.
    Gradle = "gradle",
    /// The packages that GHC and Cabal have registered, and the archives that Cabal keeps.
    Haskell = "haskell",
    /// Maven's local repository.
    Maven = "maven",
    /// npm's cache: the folder that holds `_cacache`.
    Npm = "npm",
    /// NuGet's global packages folder.
    Nuget = "nuget",
    /// pip's cache.
    Pip = "pip",
    /// pnpm's content-addressed store.
    Pnpm = "pnpm",
    /// Dart's `~/.pub-cache`.
    Pub = "pub",
    /// A Python environment that the user named: where no lockfile pins the set, it defines it.
    PythonEnv = "python-env",
    /// A library of R, or renv's cache.
    R = "r",
    /// The user's home folder and the folders of settings, in which nothing is read but where packages come from.
    Settings = "settings",
    /// A Python environment that happens to be active, or its site-packages folder: evidence only.
    SitePackages = "site-packages",
    /// uv's cache.
    Uv = "uv",
    /// Yarn's global cache.
    Yarn = "yarn",
}

/// All stores of a run, in the order in which they are asked.
#[derive(Clone, Debug, Default)]
pub struct Stores {
    roots: Vec<(StoreKind, Arc<Root>)>,
    variables: BTreeMap<&'static str, String>,
}

impl Stores {
    /// Adds a store. A folder that is not there is an error the caller may ignore.
    pub fn add(&mut self, kind: StoreKind, path: &Path) -> io::Result<()> {
        let root = Arc::new(Root::open(path, Some(kind.name()))?);
        if !self.roots.iter().any(|(known, other)| *known == kind && other.path() == root.path()) {
            self.roots.push((kind, root));
        }
        Ok(())
    }

    /// Notes a variable of the environment that says where packages come from.
    pub fn set(&mut self, name: &'static str, value: String) {
        self.variables.insert(name, value);
    }

    /// Returns a variable that was noted.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Returns the stores of one kind.
    pub fn of(&self, kind: StoreKind) -> impl Iterator<Item = &Arc<Root>> {
        self.roots.iter().filter(move |(known, _)| *known == kind).map(|(_, root)| root)
    }
}
