//! Answers kept on disk: one file for each package and checksum, so that no registry is asked twice.
//!
//! An entry is never trusted by its name: it carries its key and a digest of itself, and one that does not fit is
//! removed and counts as a miss. Files are written beside and renamed, so that runs side by side do no harm.

#![expect(clippy::disallowed_methods, reason = "the cache lies outside of the scanned tree and writes its own files")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Answer, Asked};
use crate::base::sha256_hex;
use crate::model::Checksum;

/// Changes with the shape of the entries.
const MAGIC: &[u8] = b"ppl-check answer 2\n";
const ENDING: &str = "answer";
/// No entry is larger: it holds parts of one archive.
const MAX_ENTRY: u64 = 128 * 1024 * 1024;

/// A folder of answers.
#[derive(Debug)]
pub struct Cache {
    dir: PathBuf,
    /// Whether nothing was kept when the folder was opened, as on most machines that build.
    was_empty: bool,
    n_written: AtomicUsize,
}

/// Why a folder cannot be the cache.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CacheError {
    /// It cannot be made or read.
    #[error("the cache cannot be opened")]
    Open(#[from] io::Error),
    /// It is a link, or not a folder.
    #[error("the cache is not a folder")]
    NotAFolder,
    /// Others could write to it.
    #[error("the cache belongs to somebody else, or others may write to it")]
    NotOwn,
    /// It lies in the tree that is scanned.
    #[error("the cache lies inside the scanned folder")]
    InsideTree,
}

/// An entry of the cache.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    /// The package; `None` if the entry is damaged.
    pub purl: Option<String>,
    /// Its size on disk.
    pub n_bytes: u64,
    /// The name of its file.
    file: String,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    key: String,
    purl: String,
    whole: bool,
    checksums: Vec<(String, String)>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Cache {
    /// Opens a folder, and makes it if it is not there. `tree` is the folder that is scanned.
    pub fn open(dir: &Path, tree: Option<&Path>) -> Result<Self, CacheError> {
        if let Some(tree) = tree.and_then(|tree| fs::canonicalize(tree).ok()) {
            let nearest = dir.ancestors().find_map(|above| fs::canonicalize(above).ok());
            if nearest.is_some_and(|nearest| nearest.starts_with(&tree)) {
                return Err(CacheError::InsideTree);
            }
        }
        make(dir)?;
        let metadata = fs::symlink_metadata(dir)?;
        if !metadata.is_dir() {
            return Err(CacheError::NotAFolder);
        }
        if !is_own(&metadata) {
            return Err(CacheError::NotOwn);
        }
        let was_empty = fs::read_dir(dir)?.next().is_none();
        Ok(Self { dir: dir.to_path_buf(), was_empty, n_written: AtomicUsize::new(0) })
    }

    /// Returns the answer about a package, if it is there and whole.
    pub(super) fn get(&self, asked: &Asked) -> Option<Answer> {
        if self.was_empty && self.n_written.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let key = key(asked);
        let path = self.path(&key);
        let bytes = read(&path).ok()?;
        let stored = decode(&bytes).filter(|stored| stored.key == key);
        if stored.is_none() {
            let _ = fs::remove_file(&path);
        }
        let Stored { whole, checksums, files, .. } = stored?;
        let checksums = checksums.into_iter().map(|(algorithm, hex)| Checksum { algorithm, hex }).collect();
        Some(Answer { files, whole, checksums })
    }

    /// Keeps an answer. A full disk costs the next run a request, and this one nothing.
    pub(super) fn put(&self, asked: &Asked, answer: &Answer) {
        let checksums = answer.checksums.iter().map(|sum| (sum.algorithm.clone(), sum.hex.clone())).collect();
        let stored = Stored {
            key: key(asked),
            purl: asked.purl.to_string(),
            whole: answer.whole,
            checksums,
            files: answer.files.clone(),
        };
        let Ok(payload) = postcard::to_allocvec(&stored) else { return };
        let n = self.n_written.fetch_add(1, Ordering::Relaxed);
        let beside = self.dir.join(format!(".{}-{n}.part", std::process::id()));
        let written = create(&beside).and_then(|mut file| {
            file.write_all(MAGIC)?;
            file.write_all(sha256_hex(&payload).as_bytes())?;
            file.write_all(&payload)
        });
        if written.and_then(|()| fs::rename(&beside, self.path(&stored.key))).is_err() {
            let _ = fs::remove_file(&beside);
        }
    }

    /// Returns everything that is kept, by package.
    pub fn entries(&self) -> io::Result<Vec<Held>> {
        let mut held = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let file = entry.file_name().to_string_lossy().into_owned();
            let n_bytes = entry.metadata().map(|metadata| metadata.len()).unwrap_or_default();
            let purl = Path::new(&file).extension().filter(|ending| *ending == ENDING).and_then(|_| {
                let stored = decode(&read(&entry.path()).ok()?)?;
                (self.path(&stored.key) == entry.path()).then_some(stored.purl)
            });
            held.push(Held { purl, n_bytes, file });
        }
        held.sort();
        Ok(held)
    }

    /// Removes an entry.
    pub fn remove(&self, held: &Held) -> io::Result<()> {
        match fs::remove_file(self.dir.join(&held.file)) {
            // Another run was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn path(&self, key: &str) -> PathBuf {
        self.dir.join(sha256_hex(key.as_bytes())).with_extension(ENDING)
    }
}

/// Names a package exactly: its identity, and the bytes that the lockfile pins.
fn key(asked: &Asked) -> String {
    let checksums = asked.checksums.iter().map(|checksum| format!("{}:{}", checksum.algorithm, checksum.hex));
    std::iter::once(asked.purl.to_string()).chain(checksums).collect::<Vec<_>>().join(" ")
}

fn decode(bytes: &[u8]) -> Option<Stored> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (digest, payload) = rest.split_at_checked(64)?;
    if sha256_hex(payload).as_bytes() != digest {
        return None;
    }
    postcard::from_bytes(payload).ok()
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut options = fs::OpenOptions::new();
    options.read(true);
    no_follow(&mut options);
    let file = options.open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    file.take(MAX_ENTRY).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn create(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    private(&mut options);
    options.open(path)
}

#[cfg(unix)]
fn make(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

#[cfg(unix)]
fn is_own(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.uid() == rustix::process::geteuid().as_raw() && metadata.mode() & 0o022 == 0
}

#[cfg(unix)]
fn no_follow(options: &mut fs::OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    options.custom_flags(i32::try_from(flags.bits()).unwrap_or_default());
}

#[cfg(unix)]
fn private(options: &mut fs::OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn make(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

#[cfg(not(unix))]
fn is_own(_: &fs::Metadata) -> bool {
    true
}

#[cfg(not(unix))]
fn no_follow(_: &mut fs::OpenOptions) {}

#[cfg(not(unix))]
fn private(_: &mut fs::OpenOptions) {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Purl;

    fn answer() -> Answer {
        let files = [("LICENSE", "text"), ("Cargo.toml", "[package]")];
        Answer {
            files: files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into_iter().collect(),
            whole: true,
            checksums: vec![Checksum { algorithm: "sha256".to_owned(), hex: "aa".to_owned() }],
        }
    }

    #[test]
    fn an_entry_is_for_one_package_and_checksum() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(&dir.path().join("a/b"), None).unwrap();
        let (purl, other) = (Purl::new("cargo", "a", Some("1.0.0")), Purl::new("cargo", "a", Some("1.0.1")));
        let checksums = answer().checksums;
        let asked = Asked { purl: &purl, checksums: &checksums };
        cache.put(&asked, &answer());
        assert_eq!(cache.get(&asked), Some(answer()));
        assert_eq!(cache.get(&Asked { purl: &other, ..asked }), None);
        assert_eq!(cache.get(&Asked { checksums: &[], ..asked }), None);
        let held = cache.entries().unwrap();
        assert_eq!(held.iter().map(|held| held.purl.as_deref()).collect::<Vec<_>>(), [Some("pkg:cargo/a@1.0.0")]);
        cache.remove(&held[0]).unwrap();
        assert_eq!((cache.get(&asked), cache.entries().unwrap().len()), (None, 0));
    }

    #[test]
    fn damage_is_a_miss_and_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(&dir.path().join("cache"), None).unwrap();
        let purl = Purl::new("cargo", "a", Some("1.0.0"));
        let asked = Asked { purl: &purl, checksums: &[] };
        cache.put(&asked, &answer());
        let path = cache.path(&key(&asked));
        let whole = fs::read(&path).unwrap();
        let damaged = (0..whole.len()).map(|length| whole[..length].to_vec()).chain((0..whole.len() * 8).map(|bit| {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            flipped
        }));
        for bytes in damaged {
            fs::write(&path, bytes).unwrap();
            assert_eq!(cache.get(&asked), None);
            assert!(!path.exists());
        }
        fs::write(&path, &whole).unwrap();
        assert_eq!(cache.get(&asked), Some(answer()));
    }

    #[test]
    fn the_tree_holds_no_cache() {
        let dir = tempfile::tempdir().unwrap();
        let inside = dir.path().join("x/cache");
        assert!(matches!(Cache::open(&inside, Some(dir.path())), Err(CacheError::InsideTree)));
        assert!(!inside.exists());
        assert!(Cache::open(&inside, Some(&dir.path().join("other"))).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_must_be_ones_own_and_no_link() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real"), dir.path().join("link"));
        assert!(Cache::open(&real, None).is_ok());
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o700);
        symlink(&real, &link).unwrap();
        assert!(matches!(Cache::open(&link, None), Err(CacheError::NotAFolder)));
        fs::set_permissions(&real, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(Cache::open(&real, None), Err(CacheError::NotOwn)));
    }
}
