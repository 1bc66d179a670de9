//! The contents of one package, wherever they lie: a folder of the tree, of a store, or an archive read into memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{Location, RelPath, Store};

use super::root::{ListedKind, ReadError, Root};

/// How the names of files start that belong to a package and lie beside its folder.
pub const BESIDE: &str = "../";

/// The files of one package.
#[derive(Clone, Debug)]
pub struct Folder {
    contents: Contents,
    /// Where a report says the files lie.
    shown: RelPath,
    store: Option<Store>,
    outer: Option<Arc<Folder>>,
    rest: Option<Arc<Folder>>,
}

#[derive(Clone, Debug)]
enum Contents {
    Disk { root: Arc<Root>, path: RelPath },
    Memory { files: Arc<BTreeMap<String, Vec<u8>>> },
}

impl Folder {
    /// Points at a folder below a root. `shown` is its path in reports: for a store, the package's name and version.
    pub fn on_disk(root: &Arc<Root>, path: RelPath, shown: RelPath) -> Self {
        let contents = Contents::Disk { root: Arc::clone(root), path };
        Self { store: root.store(), contents, shown, outer: None, rest: None }
    }

    /// Holds files read from an archive, by their path inside the package; those that start with `../` lie beside it.
    pub fn in_memory(files: BTreeMap<String, Vec<u8>>, store: Option<Store>, shown: RelPath) -> Self {
        let (beside, files): (BTreeMap<_, _>, BTreeMap<_, _>) =
            files.into_iter().partition(|(file, _)| file.starts_with(BESIDE));
        let name = |(file, bytes): (String, _)| Some((file.strip_prefix(BESIDE)?.to_owned(), bytes));
        let beside: BTreeMap<_, _> = beside.into_iter().filter_map(name).collect();
        let rest = (!beside.is_empty()).then(|| Arc::new(Self::in_memory(beside, store, shown.clone())));
        Self { contents: Contents::Memory { files: Arc::new(files) }, shown, store, outer: None, rest }
    }

    /// Says where the files of the package lie that are not below this folder; their names start with `../`.
    #[must_use]
    pub fn with_rest(self, rest: Self) -> Self {
        Self { rest: Some(Arc::new(rest)), ..self }
    }

    /// Says in which folder this one lies, for what its manifest inherits from there by name.
    ///
    /// License texts are never looked for in it: it is another package.
    #[must_use]
    pub fn inside(self, outer: Self) -> Self {
        Self { outer: Some(Arc::new(outer)), ..self }
    }

    /// Returns the folder around this one, where it is known.
    pub fn outer(&self) -> Option<&Self> {
        self.outer.as_deref()
    }

    /// Returns whether there is anything.
    pub fn exists(&self) -> bool {
        match &self.contents {
            Contents::Disk { root, path } => !root.list(path).is_empty(),
            Contents::Memory { files } => !files.is_empty(),
        }
    }

    /// Returns the names of the files directly inside a sub-folder (`""` for the package itself), sorted.
    pub fn files(&self, below: &str) -> Vec<String> {
        match &self.contents {
            Contents::Disk { .. } => self.listed(below, |kind| kind != ListedKind::Folder),
            Contents::Memory { files } => {
                let names = files.keys().filter_map(|file| inside(file, below));
                names.filter(|rest| !rest.contains('/')).map(str::to_owned).collect()
            }
        }
    }

    /// Returns the names of the folders directly inside a sub-folder (`""` for the package itself), sorted.
    pub fn folders(&self, below: &str) -> Vec<String> {
        match &self.contents {
            Contents::Disk { .. } => self.listed(below, |kind| kind == ListedKind::Folder),
            Contents::Memory { files } => {
                let folders = files.keys().filter_map(|file| inside(file, below)?.split_once('/'));
                let mut names: Vec<String> = folders.map(|(folder, _)| folder.to_owned()).collect();
                names.sort();
                names.dedup();
                names
            }
        }
    }

    /// Returns whether a file of a wanted name lies at any depth; nothing where that cannot be told: a folder in memory
    /// holds no more than was asked for of an archive, and a link may lead anywhere.
    pub fn holds(&self, wanted: &dyn Fn(&str) -> bool) -> Option<bool> {
        const MOST: usize = 1_000;
        let Contents::Disk { root, path } = &self.contents else { return None };
        let mut open = vec![path.clone()];
        for _ in 0..MOST {
            let Some(folder) = open.pop() else { return Some(false) };
            let listing = root.list(&folder);
            if listing.is_empty() {
                // A folder that cannot be opened looks the same.
                return None;
            }
            for entry in listing.iter() {
                match entry.kind {
                    ListedKind::Folder => open.push(folder.join(&entry.name)),
                    ListedKind::File if wanted(&entry.name) => return Some(true),
                    ListedKind::File => {}
                    ListedKind::Link | ListedKind::Other => return None,
                }
            }
        }
        None
    }

    /// Reads a file by its path inside the package; a path that leads outside is an error.
    pub fn read(&self, file: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        if let (Some(rest), Some(beside)) = (&self.rest, file.strip_prefix(BESIDE)) {
            return rest.read(beside, limit);
        }
        let inside = RelPath::new(file).map_err(|_| ReadError::Escape)?;
        match &self.contents {
            Contents::Disk { root, path } => {
                let path = path.resolve(inside.as_str()).map_err(|_| ReadError::Escape)?;
                root.read(&real_name(root, path)?, limit)
            }
            Contents::Memory { files } => {
                let bytes = files.get(inside.as_str()).ok_or(ReadError::NotFound)?;
                let fits = u64::try_from(bytes.len()).is_ok_and(|length| length <= limit);
                if fits { Ok(bytes.clone()) } else { Err(ReadError::TooLarge(limit)) }
            }
        }
    }

    /// Reads a file and decodes it.
    pub fn read_text(&self, file: &str, limit: u64) -> Result<String, ReadError> {
        self.read(file, limit).map(|bytes| crate::syntax::text::decode(&bytes).text)
    }

    /// Returns where a report says a file of the package lies.
    pub fn location(&self, file: &str) -> Location {
        let path = self.shown.resolve(file).unwrap_or_else(|_| self.shown.clone());
        Location { store: self.store, path, line: None, column: None }
    }

    /// Returns the words that name this place in a list of what was tried.
    pub fn place(&self) -> String {
        match self.store {
            Some(store) => format!("{store}:{}", self.shown),
            None => self.shown.to_string(),
        }
    }

    fn listed(&self, below: &str, keep: impl Fn(ListedKind) -> bool) -> Vec<String> {
        let Contents::Disk { root, path } = &self.contents else { return Vec::new() };
        let Ok(folder) = path.resolve(below) else { return Vec::new() };
        root.list(&folder).iter().filter(|entry| keep(entry.kind)).map(|entry| entry.name.clone()).collect()
    }
}

/// Finds the file whose name is not UTF-8 and shows as this one.
fn real_name(root: &Root, path: RelPath) -> Result<RelPath, ReadError> {
    let (Some(name), Some(folder)) = (path.file_name().filter(|name| name.contains('\u{fffd}')), path.parent()) else {
        return Ok(path);
    };
    let listing = root.list(&folder);
    let mut real = listing.iter().filter(|entry| entry.name == name).filter_map(|entry| entry.raw.as_ref());
    match (real.next(), real.next()) {
        (None, _) => Ok(path),
        (Some(raw), None) => Ok(folder.child(raw)),
        (Some(_), Some(_)) => {
            Err(ReadError::Io("several files have names that are not UTF-8 and look alike".to_owned()))
        }
    }
}

fn inside<'file>(file: &'file str, below: &str) -> Option<&'file str> {
    if below.is_empty() { Some(file) } else { file.strip_prefix(below)?.strip_prefix('/') }
}
