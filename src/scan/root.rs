//! A folder that files are read below, and never outside of.
//!
//! On Linux the kernel keeps every access beneath the root (`openat2` with `RESOLVE_BENEATH`), links included.
//! Elsewhere the resolved path is compared with the root before the file is opened.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use thiserror::Error;

use super::revision::Revision;
use crate::base::{Code, Diagnostic, Location, RelPath, Store};

/// A folder on disk with everything below it.
#[derive(Debug)]
pub struct Root {
    path: PathBuf,
    store: Option<Store>,
    /// Files of an earlier time that stand for those on disk.
    revision: Option<Revision>,
    #[cfg(target_os = "linux")]
    handle: std::os::fd::OwnedFd,
    listings: Mutex<BTreeMap<RelPath, Arc<Vec<Listed>>>>,
    deep_listings: Mutex<DeepListings>,
}

/// The files some folders below a folder, by both.
type DeepListings = BTreeMap<(RelPath, usize), Arc<Vec<RelPath>>>;

/// One entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Its name, lossy where it is not UTF-8.
    pub name: String,
    /// The bytes of a name that is not UTF-8.
    pub raw: Option<OsString>,
    /// What it is.
    pub kind: ListedKind,
}

impl Listed {
    fn new(name: &OsStr, kind: ListedKind) -> Self {
        let raw = name.to_str().is_none().then(|| name.to_owned());
        Self { name: name.to_string_lossy().into_owned(), raw, kind }
    }
}

/// What an entry of a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListedKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link; it is followed only when opened, and only inside the root.
    Link,
    /// A device, a pipe, a socket.
    Other,
}

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    /// There is none.
    #[error("the file is not there")]
    NotFound,
    /// It is a folder, a device, a pipe or a socket.
    #[error("expected a regular file, found something else")]
    NotAFile,
    /// A link on the way leads out of the root.
    #[error("a link leads outside")]
    Escape,
    /// It is larger than the limit, in bytes.
    #[error("the file is larger than the limit of {0} bytes")]
    TooLarge(u64),
    /// The system refused.
    #[error("{0}")]
    Io(String),
}

impl ReadError {
    /// Returns the diagnostic for a file that should have been read.
    pub fn diagnostic(&self, at: Location) -> Diagnostic {
        let (code, hint) = match self {
            Self::NotFound => (Code::MissingFile, None),
            Self::NotAFile | Self::Io(_) => (Code::UnreadableFile, None),
            Self::Escape => (Code::PathEscape, Some("copy the file to where the link stands")),
            Self::TooLarge(_) => (Code::TooLarge, None),
        };
        let diagnostic = Diagnostic::new(code, at, self.to_string());
        match hint {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        }
    }

    fn from_io(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NotFound,
            io::ErrorKind::CrossesDevices => Self::Escape,
            io::ErrorKind::PermissionDenied => Self::Io("permission denied".to_owned()),
            kind => Self::Io(kind.to_string()),
        }
    }
}

impl Root {
    /// Opens a folder. `store` is its name in reports; the scanned tree has none.
    #[expect(clippy::disallowed_methods, reason = "`scan` reads the disk")]
    pub fn open(path: &Path, store: Option<Store>) -> io::Result<Self> {
        let path = std::fs::canonicalize(path)?;
        let handle = File::open(&path)?;
        if !handle.metadata()?.is_dir() {
            return Err(io::Error::new(io::ErrorKind::NotADirectory, "expected a folder"));
        }
        Ok(Self {
            path,
            store,
            revision: None,
            #[cfg(target_os = "linux")]
            handle: handle.into(),
            listings: Mutex::default(),
            deep_listings: Mutex::default(),
        })
    }

    /// Puts the files of an earlier revision in the place of those on disk; package stores stay as they are.
    #[must_use]
    pub fn at_revision(self, files: BTreeMap<RelPath, Vec<u8>>) -> Self {
        Self { revision: Some(Revision::new(files)), ..self }
    }

    /// Returns whether files of an earlier revision stand for those on disk.
    pub fn is_revision(&self) -> bool {
        self.revision.is_some()
    }

    /// Returns the folder on disk.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the name of the store; the scanned tree has none.
    pub fn store(&self) -> Option<Store> {
        self.store
    }

    /// Reads a file of at most `limit` bytes.
    pub fn read(&self, path: &RelPath, limit: u64) -> Result<Vec<u8>, ReadError> {
        let (bytes, complete) = match self.revised(path, limit) {
            Some(revised) => revised?,
            None => match self.open_file(path)? {
                // A size over the limit is enough to know; a smaller one may be wrong, and nothing rests on it.
                (_, size) if size > limit => return Err(ReadError::TooLarge(limit)),
                (file, size) => read_at_most(file, size, limit)?,
            },
        };
        if complete { Ok(bytes) } else { Err(ReadError::TooLarge(limit)) }
    }

    /// Reads the first `limit` bytes of a file, and says whether that was all.
    pub fn read_head(&self, path: &RelPath, limit: u64) -> Result<(Vec<u8>, bool), ReadError> {
        if let Some(revised) = self.revised(path, limit) {
            return revised;
        }
        let (file, size) = self.open_file(path)?;
        read_at_most(file, size, limit)
    }

    /// Reads a file of an earlier revision; `None` if the file on disk counts.
    fn revised(&self, path: &RelPath, limit: u64) -> Option<Result<(Vec<u8>, bool), ReadError>> {
        let revision = self.revision.as_ref()?;
        match revision.read(path) {
            Some(bytes) => Some(Ok(head(bytes, limit))),
            None => (!Revision::is_store(path)).then_some(Err(ReadError::NotFound)),
        }
    }

    /// Opens a regular file, looking at what was opened, and returns it with the size it says it has.
    fn open_file(&self, path: &RelPath) -> Result<(File, u64), ReadError> {
        let failed = |error: io::Error| ReadError::from_io(&error);
        let file = self.open_beneath(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_file() { Ok((file, metadata.len())) } else { Err(ReadError::NotAFile) }
    }

    /// Returns whether a regular file can be opened at the path.
    pub fn has_file(&self, path: &RelPath) -> bool {
        if let Some(revision) = &self.revision
            && (revision.read(path).is_some() || !Revision::is_store(path))
        {
            return revision.read(path).is_some();
        }
        self.open_beneath(path).and_then(|file| file.metadata()).is_ok_and(|metadata| metadata.is_file())
    }

    /// Lists a folder, sorted by name; a folder that cannot be opened is empty. Listings are remembered.
    pub fn list(&self, folder: &RelPath) -> Arc<Vec<Listed>> {
        let known = self.listings.lock().ok().and_then(|listings| listings.get(folder).cloned());
        known.unwrap_or_else(|| {
            let mut entries = self.entries(folder).unwrap_or_default();
            if let Some(revision) = &self.revision {
                entries = revision.list(folder, entries);
            }
            entries.sort();
            let listing = Arc::new(entries);
            if let Ok(mut listings) = self.listings.lock() {
                listings.insert(folder.clone(), Arc::clone(&listing));
            }
            listing
        })
    }

    /// Lists what in a folder has a name that starts with these letters.
    pub fn list_starting(&self, folder: &RelPath, start: &str) -> Vec<Listed> {
        let listing = self.list(folder);
        let first = listing.partition_point(|entry| entry.name.as_str() < start);
        let found = listing.get(first..).unwrap_or_default().iter();
        found.take_while(|entry| entry.name.starts_with(start)).cloned().collect()
    }

    /// Lists the files exactly `depth` folders below a folder, sorted. Listings are remembered.
    pub fn list_deep(&self, folder: &RelPath, depth: usize) -> Arc<Vec<RelPath>> {
        let key = (folder.clone(), depth);
        let known = self.deep_listings.lock().ok().and_then(|listings| listings.get(&key).cloned());
        known.unwrap_or_else(|| {
            let below = |folder: &RelPath, keep: fn(ListedKind) -> bool| {
                let listing = self.list(folder);
                let kept = listing.iter().filter(|entry| keep(entry.kind));
                kept.map(|entry| folder.join(&entry.name)).collect::<Vec<_>>()
            };
            let mut folders = vec![folder.clone()];
            for _ in 0..depth {
                folders = folders.iter().flat_map(|folder| below(folder, |kind| kind == ListedKind::Folder)).collect();
            }
            let files = folders.iter().flat_map(|folder| below(folder, |kind| kind == ListedKind::File)).collect();
            let listing = Arc::new(files);
            if let Ok(mut listings) = self.deep_listings.lock() {
                listings.insert(key, Arc::clone(&listing));
            }
            listing
        })
    }

    #[cfg(target_os = "linux")]
    fn open_beneath(&self, path: &RelPath) -> io::Result<File> {
        use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
        let on_disk = if path.is_root() { PathBuf::from(".") } else { path.on_disk(Path::new("")) };
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        match openat2(&self.handle, &on_disk, flags, Mode::empty(), resolve) {
            Ok(file) => Ok(file.into()),
            // An older kernel, or a sandbox that does not know the call.
            Err(rustix::io::Errno::NOSYS | rustix::io::Errno::PERM) => self.open_checked(path),
            Err(error) => Err(error.into()),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn open_beneath(&self, path: &RelPath) -> io::Result<File> {
        self.open_checked(path)
    }

    /// Opens a file after comparing its resolved path with the root.
    #[expect(clippy::disallowed_methods, reason = "`scan` reads the disk")]
    fn open_checked(&self, path: &RelPath) -> io::Result<File> {
        let resolved = std::fs::canonicalize(path.on_disk(&self.path))?;
        if !resolved.starts_with(&self.path) {
            return Err(io::ErrorKind::CrossesDevices.into());
        }
        // A pipe would block for ever when opened: look before.
        let metadata = std::fs::metadata(&resolved)?;
        if !metadata.is_file() && !metadata.is_dir() {
            return Err(io::Error::other("expected a regular file, found something else"));
        }
        File::open(resolved)
    }

    #[cfg(target_os = "linux")]
    fn entries(&self, folder: &RelPath) -> io::Result<Vec<Listed>> {
        use std::os::unix::ffi::OsStrExt;

        use rustix::fs::{Dir, FileType};
        let mut entries = Vec::new();
        for entry in Dir::read_from(self.open_beneath(folder)?)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            let kind = match entry.file_type() {
                FileType::RegularFile => ListedKind::File,
                FileType::Directory => ListedKind::Folder,
                // Some file systems do not say; opening will tell.
                FileType::Symlink | FileType::Unknown => ListedKind::Link,
                _ => ListedKind::Other,
            };
            entries.push(Listed::new(name, kind));
        }
        Ok(entries)
    }

    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::disallowed_methods, reason = "`scan` reads the disk")]
    fn entries(&self, folder: &RelPath) -> io::Result<Vec<Listed>> {
        let resolved = std::fs::canonicalize(folder.on_disk(&self.path))?;
        if !resolved.starts_with(&self.path) {
            return Err(io::ErrorKind::CrossesDevices.into());
        }
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(resolved)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let kind = if kind.is_file() {
                ListedKind::File
            } else if kind.is_dir() {
                ListedKind::Folder
            } else if kind.is_symlink() {
                ListedKind::Link
            } else {
                ListedKind::Other
            };
            entries.push(Listed::new(&entry.file_name(), kind));
        }
        Ok(entries)
    }
}

/// Reads a file, or a pipe, that the user named: wherever it lies, at most `limit` bytes.
#[expect(clippy::disallowed_methods, reason = "`scan` reads the disk")]
pub fn read_named(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let failed = |error: io::Error| ReadError::from_io(&error);
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(ReadError::NotAFile);
    }
    let (bytes, complete) = read_at_most(file, metadata.len(), limit)?;
    if complete { Ok(bytes) } else { Err(ReadError::TooLarge(limit)) }
}

/// Reads the first `limit` bytes, and says whether that was all.
fn read_at_most(file: File, size: u64, limit: u64) -> Result<(Vec<u8>, bool), ReadError> {
    // The size is a hint only: a pseudo file says 0 and may be endless.
    let expected = usize::try_from(size.min(limit)).unwrap_or_default();
    let mut bytes = Vec::with_capacity(expected + 1);
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| ReadError::from_io(&error))?;
    let complete = u64::try_from(bytes.len()).is_ok_and(|length| length <= limit);
    if !complete {
        bytes.pop();
    }
    Ok((bytes, complete))
}

/// Returns the first `limit` bytes, and whether that was all.
fn head(bytes: &[u8], limit: u64) -> (Vec<u8>, bool) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    (bytes.get(..limit).unwrap_or(bytes).to_vec(), bytes.len() <= limit)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn path(text: &str) -> RelPath {
        RelPath::new(text).unwrap()
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "builds a tree")]
    fn links_are_followed_inside_and_never_outside() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret"), "s").unwrap();
        let inside = tempfile::tempdir().unwrap();
        std::fs::create_dir(inside.path().join("a")).unwrap();
        std::fs::write(inside.path().join("LICENSE"), "text").unwrap();
        symlink("../LICENSE", inside.path().join("a/LICENSE")).unwrap();
        symlink(outside.path().join("secret"), inside.path().join("a/absolute")).unwrap();
        symlink("../../../../../../../etc/passwd", inside.path().join("a/dots")).unwrap();
        symlink("self", inside.path().join("a/self")).unwrap();
        symlink("nowhere", inside.path().join("a/dangling")).unwrap();
        symlink(outside.path(), inside.path().join("out")).unwrap();
        let root = Root::open(inside.path(), None).unwrap();
        assert_eq!(root.read(&path("a/LICENSE"), 10), Ok(b"text".to_vec()));
        assert_eq!(root.read(&path("a/absolute"), 10), Err(ReadError::Escape));
        assert_eq!(root.read(&path("a/dots"), 10), Err(ReadError::Escape));
        assert_eq!(root.read(&path("out/secret"), 10), Err(ReadError::Escape));
        assert_eq!(
            root.read(&path("a/self"), 10),
            Err(ReadError::Io("filesystem loop or indirection limit (e.g. symlink loop)".to_owned()))
        );
        assert_eq!(root.read(&path("a/dangling"), 10), Err(ReadError::NotFound));
        assert_eq!(root.read(&path("a"), 10), Err(ReadError::NotAFile));
        assert_eq!(root.read(&path("LICENSE"), 3), Err(ReadError::TooLarge(3)));
        assert_eq!(root.read_head(&path("LICENSE"), 3), Ok((b"tex".to_vec(), false)));
        assert!(root.list(&path("out")).is_empty());
        assert!(root.open_checked(&path("a/dots")).is_err());
        assert!(root.open_checked(&path("a/LICENSE")).is_ok());
    }
}
