//! Paths inside the scanned tree or inside a package, always relative, always with `/`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

/// A normalized path relative to some root: no leading `/`, no `.` or `..`, separated by `/`.
///
/// The empty path is the root itself.
/// A name that is not UTF-8 is shown lossily and keeps its bytes, so that the file can still be opened.
/// Copies share the text: a lockfile is where a hundred thousand packages are named.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelPath {
    text: Arc<str>,
    raw: Option<Arc<[u8]>>,
}

/// Why a path written in a file cannot be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PathError {
    /// The path leaves the root.
    #[error("the path leads outside the scanned tree")]
    Escape,
    /// The path is absolute (`/x`, `C:\x`, `\\server\share`).
    #[error("the path is absolute")]
    Absolute,
    /// The path has a NUL byte or is longer than 4,096 bytes.
    #[error("the path is not a valid file name")]
    Invalid,
}

impl RelPath {
    /// The longest path that is followed, in bytes, as on Linux.
    pub const MAX_BYTES: usize = 4096;

    /// Returns the root.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads a path as written in a file, relative to the root.
    ///
    /// ```
    /// use ppl_check::base::{PathError, RelPath};
    /// assert_eq!(RelPath::new("./a//b/../c").unwrap().as_str(), "a/c");
    /// assert_eq!(RelPath::new("../x"), Err(PathError::Escape));
    /// assert_eq!(RelPath::new(r"C:\x"), Err(PathError::Absolute));
    /// ```
    pub fn new(text: &str) -> Result<Self, PathError> {
        Self::root().resolve(text)
    }

    /// Follows `reference` from this folder, lexically.
    ///
    /// Backslashes count as separators, because manifests written on Windows have them.
    pub fn resolve(&self, reference: &str) -> Result<Self, PathError> {
        if reference.contains('\0') || reference.len() > Self::MAX_BYTES {
            return Err(PathError::Invalid);
        }
        let reference = reference.replace('\\', "/");
        if reference.starts_with('/') || has_drive(&reference) {
            return Err(PathError::Absolute);
        }
        let mut parts: Vec<&str> = self.components().collect();
        for part in reference.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop().ok_or(PathError::Escape)?;
                }
                // `./C:/x` leads from the root to a drive, like `C:/x`.
                name if parts.is_empty() && has_drive(name) => return Err(PathError::Absolute),
                name => parts.push(name),
            }
        }
        let text = parts.join("/");
        if text.len() > Self::MAX_BYTES {
            return Err(PathError::Invalid);
        }
        Ok(Self { text: text.into(), raw: None })
    }

    /// Builds the path of an entry met while walking: `name` is one component, as the file system gave it.
    pub fn child(&self, name: &std::ffi::OsStr) -> Self {
        let shown = name.to_string_lossy();
        let text = if self.text.is_empty() { shown.to_string() } else { format!("{}/{shown}", self.text) };
        let raw = (self.raw.is_some() || name.to_str().is_none()).then(|| {
            let mut bytes = self.raw.as_deref().unwrap_or(self.text.as_bytes()).to_vec();
            if !bytes.is_empty() {
                bytes.push(b'/');
            }
            bytes.extend_from_slice(name.as_encoded_bytes());
            bytes.into()
        });
        Self { text: text.into(), raw }
    }

    /// Appends one component or a clean relative path of our own making, such as `Cargo.toml`.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        self.child(std::ffi::OsStr::new(name))
    }

    /// Returns the text to show, lossy where the name is not UTF-8.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the bytes of a name that is not UTF-8.
    pub fn raw_bytes(&self) -> Option<&[u8]> {
        self.raw.as_deref()
    }

    /// Returns whether this is the root.
    pub fn is_root(&self) -> bool {
        self.text.is_empty()
    }

    /// Returns the components from the root down.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.text.split('/').filter(|part| !part.is_empty())
    }

    /// Returns the last component; the root has none.
    pub fn file_name(&self) -> Option<&str> {
        self.components().next_back()
    }

    /// Returns the folder that holds this path; the root has none.
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        let text = self.text.rsplit_once('/').map_or("", |(parent, _)| parent).into();
        let raw = self.raw.as_ref().and_then(|bytes| {
            let end = bytes.iter().rposition(|&byte| byte == b'/').unwrap_or(0);
            let parent = bytes.get(..end)?;
            std::str::from_utf8(parent).is_err().then(|| parent.into())
        });
        Some(Self { text, raw })
    }

    /// Returns whether `self` is `folder` or lies below it.
    pub fn is_within(&self, folder: &Self) -> bool {
        folder.is_root()
            || self.text == folder.text
            || self.text.strip_prefix(&*folder.text).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Returns the path on disk below `root`.
    pub fn on_disk(&self, root: &Path) -> PathBuf {
        match &self.raw {
            Some(bytes) => root.join(os_path(bytes)),
            None if self.text.is_empty() => root.to_path_buf(),
            None => root.join(&*self.text),
        }
    }
}

#[cfg(unix)]
fn os_path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn os_path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// Returns whether a path starts with a drive of Windows.
fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

impl fmt::Display for RelPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.text.is_empty() { "." } else { &self.text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_lexically_and_never_leaves() {
        let folder = RelPath::new("a/b").unwrap();
        for (reference, expect) in [
            ("c", Ok("a/b/c")),
            ("../c", Ok("a/c")),
            ("../../c", Ok("c")),
            ("../../../c", Err(PathError::Escape)),
            (".", Ok("a/b")),
            (r"..\c", Ok("a/c")),
            ("/etc/passwd", Err(PathError::Absolute)),
            (r"\\srv\share", Err(PathError::Absolute)),
            ("c:/x", Err(PathError::Absolute)),
            ("../.././/c:x", Err(PathError::Absolute)),
            ("../../x/../c:x", Err(PathError::Absolute)),
            ("c/c:x", Ok("a/b/c/c:x")),
            ("x\0", Err(PathError::Invalid)),
        ] {
            let found = folder.resolve(reference);
            assert_eq!(found.as_ref().map(RelPath::as_str).map_err(|error| *error), expect, "{reference}");
        }
        assert_eq!(folder.resolve(&"x/".repeat(3000)), Err(PathError::Invalid));
    }

    #[test]
    fn is_within_compares_components() {
        let folder = RelPath::new("a/b").unwrap();
        assert!(RelPath::new("a/b/c").unwrap().is_within(&folder));
        assert!(!RelPath::new("a/bc").unwrap().is_within(&folder));
        assert!(folder.is_within(&RelPath::root()));
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_utf8_round_trips() {
        use std::os::unix::ffi::{OsStrExt, OsStringExt};
        let name = std::ffi::OsString::from_vec(b"LICEN\xff".to_vec());
        let path = RelPath::new("dir").unwrap().child(&name);
        assert_eq!(path.as_str(), "dir/LICEN\u{fffd}");
        assert_eq!(path.on_disk(Path::new("/r")).as_os_str().as_bytes(), b"/r/dir/LICEN\xff");
        assert_eq!(path.parent().unwrap(), RelPath::new("dir").unwrap());
    }
}
